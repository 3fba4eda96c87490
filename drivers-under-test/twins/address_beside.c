/*
 * Twin of rule address_beside: the card begins where the element ends.
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
    NTSTATUS status = TwinListGet(Twin, Mdl, Length, TRUE);

    if (!NT_SUCCESS(status))
        return status;
#if BUG
    TwinCardStart(Twin, Twin->List->Elements[0].Address.LowPart + Length, Length, TRUE);
#else
    TwinCardStart(Twin, Twin->List->Elements[0].Address.LowPart, Length, TRUE);
#endif
    TwinCardWait(Twin);
    TwinListPut(Twin, TRUE);
    return STATUS_SUCCESS;
}

static VOID TwinStop(PTWIN Twin)
{
    Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter);
}

#else
#include "twin_scenario.h"
#endif
