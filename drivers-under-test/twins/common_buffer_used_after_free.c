/*
 * Twin of rule common_buffer_used_after_free: the card is sent to a common buffer that was freed.
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
#if BUG
    adapter->DmaOperations->FreeCommonBuffer(adapter, Length, Twin->CommonLogical, Twin->Common,
                                             TRUE);
#endif
    TwinCardStart(Twin, Twin->CommonLogical.LowPart, Length, FALSE);
    TwinCardWait(Twin);
#if !BUG
    adapter->DmaOperations->FreeCommonBuffer(adapter, Length, Twin->CommonLogical, Twin->Common,
                                             TRUE);
#endif
    return STATUS_SUCCESS;
}

static VOID TwinStop(PTWIN Twin) { Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter); }

#else
#include "twin_scenario.h"
#endif
