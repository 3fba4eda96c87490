/*
 * Twin of rule adapter_freed_twice: the adapter is put once more when the device stops.
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
    Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter);
#if BUG
    Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter);
#endif
}

#else
#include "twin_scenario.h"
#endif
