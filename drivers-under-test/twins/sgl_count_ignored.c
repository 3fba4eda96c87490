/*
 * Twin of rule sgl_count_ignored: the card is told of the first element of a list, with the length
 * of all.
 */
#ifndef DMACHECK_SCENARIO
#include "twin.h"

static NTSTATUS TwinStart(PTWIN Twin) { return TwinAdapter64(Twin); }

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    PSCATTER_GATHER_ELEMENT element;
    NTSTATUS status = TwinListGet(Twin, Mdl, Length, TRUE);
    ULONG i, count, offset;

    if (!NT_SUCCESS(status))
        return status;
    count = BUG ? 1 : Twin->List->NumberOfElements;
    for (i = 0, offset = 0; i < count; offset += element->Length, i++) {
        element = &Twin->List->Elements[i];
        TwinCard64Start(Twin, element->Address.QuadPart, BUG ? Length : element->Length, TRUE, 0,
                        offset);
        TwinCardWait(Twin);
    }
    TwinListPut(Twin, TRUE);
    return STATUS_SUCCESS;
}

static VOID TwinStop(PTWIN Twin) { Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter); }

#else
#include "card64.h"
#define TWIN_DEVICES "card64"
#define TWIN_BYTES 8192u
#include "twin_scenario.h"
#endif
