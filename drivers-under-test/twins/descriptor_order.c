/*
 * Twin of rule descriptor_order: the card gets the elements from the last to the first.
 */
#ifndef DMACHECK_SCENARIO
#include "twin.h"

static NTSTATUS TwinStart(PTWIN Twin)
{
    return TwinAdapter64(Twin);
}

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    PSCATTER_GATHER_ELEMENT element;
    NTSTATUS status = TwinListGet(Twin, Mdl, Length, TRUE);
    ULONG i, at, offset;

    if (!NT_SUCCESS(status))
        return status;
    for (i = 0, offset = 0; i < Twin->List->NumberOfElements; offset += element->Length, i++) {
#if BUG
        at = Twin->List->NumberOfElements - 1 - i;
#else
        at = i;
#endif
        element = &Twin->List->Elements[at];
        TwinCard64Start(Twin, element->Address.QuadPart, element->Length, TRUE, 0, offset);
        TwinCardWait(Twin);
    }
    TwinListPut(Twin, TRUE);
    return STATUS_SUCCESS;
}

static VOID TwinStop(PTWIN Twin)
{
    Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter);
}

#else
#include "card64.h"
#define TWIN_DEVICES "card64"
#define TWIN_BYTES 8192u
#include "twin_scenario.h"
#endif
