/*
 * Twin of rule put_while_device_runs: the list is put as soon as the card has been started.
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
    TwinCardStart(Twin, Twin->List->Elements[0].Address.LowPart, Length, TRUE);
#if !BUG
    TwinCardWait(Twin);
#endif
    TwinListPut(Twin, TRUE);
    TwinCardWait(Twin);
    return STATUS_SUCCESS;
}

static VOID TwinStop(PTWIN Twin)
{
    Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter);
}

#else
#include "twin_scenario.h"
#endif
