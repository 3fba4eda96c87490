/*
 * Twin of rule common_buffer_freed_twice: the common buffer is freed twice, once more than it was
 * allocated.
 */
#ifndef DMACHECK_SCENARIO
#include "twin.h"

static NTSTATUS TwinStart(PTWIN Twin)
{
    Twin->Common = Twin->Adapter->DmaOperations->AllocateCommonBuffer(Twin->Adapter, PAGE_SIZE,
                                                                      &Twin->CommonLogical, TRUE);
    return Twin->Common != NULL ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

/* The card takes its bytes out of the common buffer. */
static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    PVOID from = MmGetSystemAddressForMdlSafe(Mdl, NormalPagePriority | MdlMappingNoExecute);

    if (from == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    RtlCopyMemory(Twin->Common, from, min(Length, PAGE_SIZE));
    TwinCardStart(Twin, Twin->CommonLogical.LowPart, min(Length, PAGE_SIZE), TRUE);
    TwinCardWait(Twin);
    return STATUS_SUCCESS;
}

static VOID TwinFree(PTWIN Twin)
{
    Twin->Adapter->DmaOperations->FreeCommonBuffer(Twin->Adapter, PAGE_SIZE, Twin->CommonLogical,
                                                   Twin->Common, TRUE);
}

static VOID TwinStop(PTWIN Twin)
{
    if (Twin->Common != NULL)
        TwinFree(Twin);
#if BUG
    if (Twin->Common != NULL)
        TwinFree(Twin);
#endif
    Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter);
}

#else
#include "twin_scenario.h"
#endif
