/*
 * Twin of rule tag_after_changed: the byte behind the common buffer is written.
 */
#ifndef DMACHECK_SCENARIO
#include "twin.h"

#define COMMON_BYTES 1024

static NTSTATUS TwinStart(PTWIN Twin)
{
    Twin->Common = Twin->Adapter->DmaOperations->AllocateCommonBuffer(Twin->Adapter, COMMON_BYTES,
                                                                      &Twin->CommonLogical, TRUE);
    return Twin->Common != NULL ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    PUCHAR common = Twin->Common;

    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
#if BUG
    common[COMMON_BYTES] = 0;
#else
    common[COMMON_BYTES - 1] = 0;
#endif
    TwinCardStart(Twin, Twin->CommonLogical.LowPart, COMMON_BYTES, TRUE);
    TwinCardWait(Twin);
    return STATUS_SUCCESS;
}

static VOID TwinStop(PTWIN Twin)
{
    if (Twin->Common != NULL)
        Twin->Adapter->DmaOperations->FreeCommonBuffer(Twin->Adapter, COMMON_BYTES,
                                                       Twin->CommonLogical, Twin->Common, TRUE);
    Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter);
}

#else
#include "twin_scenario.h"
#endif
