/*
 * Twin of rule common_buffer_touched_after_free: a common buffer is looked at after it was freed.
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
    volatile UCHAR *buffer;

    UNREFERENCED_PARAMETER(Mdl);
    buffer =
        adapter->DmaOperations->AllocateCommonBuffer(adapter, Length, &Twin->CommonLogical, TRUE);
    if (buffer == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    TwinCardStart(Twin, Twin->CommonLogical.LowPart, Length, FALSE);
    TwinCardWait(Twin);
#if !BUG
    (VOID) buffer[8];
#endif
    adapter->DmaOperations->FreeCommonBuffer(adapter, Length, Twin->CommonLogical, (PVOID)buffer,
                                             TRUE);
#if BUG
    (VOID) buffer[8];
#endif
    return STATUS_SUCCESS;
}

static VOID TwinStop(PTWIN Twin) { Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter); }

#else
#include "twin_scenario.h"
#endif
