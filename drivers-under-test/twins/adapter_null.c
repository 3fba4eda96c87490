/*
 * Twin of rule adapter_null: a second adapter, which was never got, is put as well.
 */
#ifndef DMACHECK_SCENARIO
#include "twin.h"

static NTSTATUS TwinStart(PTWIN Twin)
{
    UNREFERENCED_PARAMETER(Twin);
    return STATUS_SUCCESS;
}

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    NTSTATUS status = TwinListGet(Twin, Mdl, Length, TRUE);

    if (!NT_SUCCESS(status))
        return status;
    TwinListMove(Twin, Length);
    TwinListPut(Twin, TRUE);
    return STATUS_SUCCESS;
}

static VOID TwinStop(PTWIN Twin)
{
    const DMA_OPERATIONS *operations = Twin->Adapter->DmaOperations;

#if !BUG
    if (Twin->SecondAdapter != NULL)
#endif
        operations->PutDmaAdapter(Twin->SecondAdapter);
    operations->PutDmaAdapter(Twin->Adapter);
}

#else
#include "twin_scenario.h"
#endif
