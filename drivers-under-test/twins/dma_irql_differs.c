/*
 * Twin of rule dma_irql_differs: PutScatterGatherList is called at PASSIVE_LEVEL.
 */
#ifndef DMACHECK_SCENARIO
#include "twin_plain.h"

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    NTSTATUS status = TwinListGet(Twin, Mdl, Length, TRUE);

    if (!NT_SUCCESS(status))
        return status;
    TwinListMove(Twin, Length);
#if BUG
    Twin->Adapter->DmaOperations->PutScatterGatherList(Twin->Adapter, Twin->List, TRUE);
#else
    TwinListPut(Twin, TRUE);
#endif
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
