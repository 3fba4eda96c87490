/*
 * Twin of rule released_through_wrong_adapter: the list is put to an adapter that did not give it.
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
    NTSTATUS status = TwinListGet(Twin, Mdl, Length, TRUE);

    if (!NT_SUCCESS(status))
        return status;
    TwinListMove(Twin, Length);
#if BUG
    TwinListPutTo(Twin->SecondAdapter, Twin->List, TRUE);
#else
    TwinListPutTo(Twin->Adapter, Twin->List, TRUE);
#endif
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
