/*
 * Twin of rule address_swapped: the card gets the address with its bytes swapped.
 */
#ifndef DMACHECK_SCENARIO
#include "twin.h"

static NTSTATUS TwinStart(PTWIN Twin)
{
    NTSTATUS status = TwinAdapter64(Twin);

    if (!NT_SUCCESS(status))
        return status;
    Twin->Common = Twin->Adapter->DmaOperations->AllocateCommonBuffer(Twin->Adapter, PAGE_SIZE,
                                                                      &Twin->CommonLogical, TRUE);
    return Twin->Common != NULL ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    UNREFERENCED_PARAMETER(Mdl);
#if BUG
    TwinCard64Start(Twin, RtlUlonglongByteSwap(Twin->CommonLogical.QuadPart), Length, TRUE, 0, 0);
#else
    TwinCard64Start(Twin, Twin->CommonLogical.QuadPart, Length, TRUE, 0, 0);
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
#include "card64.h"
#define TWIN_DEVICES "card64"
#include "twin_scenario.h"
#endif
