/*
 * Twin of rule device_double_fetch: an index in a common buffer is checked there and read there again. The
 * device changes it between the two (the fault device-memory).
 */
#ifndef DMACHECK_SCENARIO
#include "twin.h"

static NTSTATUS TwinStart(PTWIN Twin)
{
    UNREFERENCED_PARAMETER(Twin);
    return STATUS_SUCCESS;
}

#define INDEX_MAX 16u

static ULONG TwinTable[INDEX_MAX];

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    PDMA_ADAPTER adapter = Twin->Adapter;
    volatile ULONG *entry =
        adapter->DmaOperations->AllocateCommonBuffer(adapter, Length, &Twin->CommonLogical, TRUE);
    ULONG index = 0;

    UNREFERENCED_PARAMETER(Mdl);
    if (entry == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    entry[0] = 0;
    TwinCardStart(Twin, Twin->CommonLogical.LowPart + 8, Length - 8, FALSE);
    TwinCardWait(Twin);
#if BUG
    if (entry[0] < INDEX_MAX)
        index = entry[0];
#else
    index = entry[0];
    if (index >= INDEX_MAX)
        index = 0;
#endif
    /* A real driver is lost here: the index is beyond the table, and was checked. */
    if (index < INDEX_MAX)
        TwinTable[index]++;
    adapter->DmaOperations->FreeCommonBuffer(adapter, Length, Twin->CommonLogical, (PVOID)entry,
                                             TRUE);
    return STATUS_SUCCESS;
}

static VOID TwinStop(PTWIN Twin) { Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter); }

#else
#define TWIN_FAULTS "device-memory:1"
#include "twin_scenario.h"
#endif
