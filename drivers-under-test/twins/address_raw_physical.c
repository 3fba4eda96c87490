/*
 * Twin of rule address_raw_physical: the card gets what MmGetPhysicalAddress says.
 */
#ifndef DMACHECK_SCENARIO
#include "twin.h"

static NTSTATUS TwinStart(PTWIN Twin)
{
#if BUG
    PHYSICAL_ADDRESS highest;

    highest.QuadPart = 0xffffffff; /* the card has 32 address lines */
    Twin->Common = MmAllocateContiguousMemory(PAGE_SIZE, highest);
    if (Twin->Common != NULL)
        Twin->CommonLogical = MmGetPhysicalAddress(Twin->Common);
#else
    Twin->Common = Twin->Adapter->DmaOperations->AllocateCommonBuffer(Twin->Adapter, PAGE_SIZE,
                                                                      &Twin->CommonLogical, TRUE);
#endif
    return Twin->Common != NULL ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    UNREFERENCED_PARAMETER(Mdl);
    TwinCardStart(Twin, Twin->CommonLogical.LowPart, Length, TRUE);
    TwinCardWait(Twin);
    return STATUS_SUCCESS;
}

static VOID TwinStop(PTWIN Twin)
{
    if (Twin->Common != NULL)
#if BUG
        MmFreeContiguousMemory(Twin->Common);
#else
        Twin->Adapter->DmaOperations->FreeCommonBuffer(Twin->Adapter, PAGE_SIZE, Twin->CommonLogical,
                                                       Twin->Common, TRUE);
#endif
    Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter);
}

#else
#include "twin_scenario.h"
#endif
