/*
 * Twin of rule common_buffer_freed_while_device_runs: the buffer is freed as soon as the card has
 * been started on it.
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
    PDMA_ADAPTER adapter = Twin->Adapter;

    UNREFERENCED_PARAMETER(Mdl);
    Twin->Common =
        adapter->DmaOperations->AllocateCommonBuffer(adapter, Length, &Twin->CommonLogical, TRUE);
    if (Twin->Common == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    TwinCardStart(Twin, Twin->CommonLogical.LowPart, Length, FALSE);
#if !BUG
    TwinCardWait(Twin);
#endif
    adapter->DmaOperations->FreeCommonBuffer(adapter, Length, Twin->CommonLogical, Twin->Common,
                                             TRUE);
    TwinCardWait(Twin);
    return STATUS_SUCCESS;
}

static VOID TwinStop(PTWIN Twin) { Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter); }

#else
#include "twin_scenario.h"
#endif
