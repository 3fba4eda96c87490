/*
 * Twin of rule adapter_used_after_put: an adapter that was put is asked for its alignment.
 */
#ifndef DMACHECK_SCENARIO
#include "twin.h"

static NTSTATUS TwinStart(PTWIN Twin)
{
    ULONG mapRegisters;

    Twin->SecondAdapter = TwinAdapterGet(Twin, &mapRegisters);
    return Twin->SecondAdapter != NULL ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    PDMA_ADAPTER old = Twin->Adapter;
    ULONG alignment;
    NTSTATUS status;

#if !BUG
    alignment = old->DmaOperations->GetDmaAlignment(old);
#endif
    Twin->Adapter = Twin->SecondAdapter;
    Twin->SecondAdapter = NULL;
    old->DmaOperations->PutDmaAdapter(old);
#if BUG
    alignment = old->DmaOperations->GetDmaAlignment(old);
#endif
    if (Length % alignment != 0)
        return STATUS_INVALID_PARAMETER;
    status = TwinListGet(Twin, Mdl, Length, TRUE);
    if (!NT_SUCCESS(status))
        return status;
    TwinListMove(Twin, Length);
    TwinListPut(Twin, TRUE);
    return STATUS_SUCCESS;
}

static VOID TwinStop(PTWIN Twin)
{
    if (Twin->SecondAdapter != NULL)
        Twin->SecondAdapter->DmaOperations->PutDmaAdapter(Twin->SecondAdapter);
    Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter);
}

#else
#include "twin_scenario.h"
#endif
