/*
 * Twin of rule adapter_leaked: the adapter is not put when the device stops.
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
#if !BUG
    Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter);
#else
    UNREFERENCED_PARAMETER(Twin);
#endif
}

#else
#include "twin_scenario.h"
#endif
