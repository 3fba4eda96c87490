/*
 * Twin of rule address_unknown: the card gets a field that nobody has set.
 */
#ifndef DMACHECK_SCENARIO
#include "twin.h"

static NTSTATUS TwinStart(PTWIN Twin)
{
    Twin->Common = Twin->Adapter->DmaOperations->AllocateCommonBuffer(Twin->Adapter, PAGE_SIZE,
                                                                      &Twin->CommonLogical, TRUE);
    return Twin->Common != NULL ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    UNREFERENCED_PARAMETER(Mdl);
#if BUG
    TwinCardStart(Twin, 0xdeadc000u, Length, TRUE);
#else
    TwinCardStart(Twin, Twin->CommonLogical.LowPart, Length, TRUE);
#endif
    TwinCardWait(Twin);
    return STATUS_SUCCESS;
}

static VOID TwinStop(PTWIN Twin)
{
    if (Twin->Common != NULL)
        Twin->Adapter->DmaOperations->FreeCommonBuffer(Twin->Adapter, PAGE_SIZE, Twin->CommonLogical,
                                                       Twin->Common, TRUE);
    Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter);
}

#else
#include "twin_scenario.h"
#endif
