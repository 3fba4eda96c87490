/*
 * Twin of rule address_of_other_device: one card gets the buffer that was allocated for the other.
 */
#ifndef DMACHECK_SCENARIO
#include "twin.h"

static PTWIN Twins[2]; /* both cards, in the order of their start */

static NTSTATUS TwinStart(PTWIN Twin)
{
    Twins[Twins[0] != NULL] = Twin;
    Twin->Common = Twin->Adapter->DmaOperations->AllocateCommonBuffer(Twin->Adapter, PAGE_SIZE,
                                                                      &Twin->CommonLogical, TRUE);
    return Twin->Common != NULL ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    PTWIN other = Twin == Twins[0] ? Twins[1] : Twins[0];

    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(other);
#if BUG
    TwinCardStart(Twin, other->CommonLogical.LowPart, Length, TRUE);
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
#define TWIN_DEVICES "pktdma,pktdma"
#include "twin_scenario.h"
#endif
