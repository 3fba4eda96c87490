/*
 * Twin of rule sgl_empty_accepted: a list without elements is taken for one that has been moved.
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
    ULONG i;

    if (!NT_SUCCESS(status))
        return status;
#if !BUG
    if (Twin->List->NumberOfElements == 0) { /* once more */
        TwinListPut(Twin, TRUE);
        status = TwinListGet(Twin, Mdl, Length, TRUE);
        if (!NT_SUCCESS(status))
            return status;
    }
#endif
    for (i = 0; i < Twin->List->NumberOfElements; i++) {
        TwinCardStart(Twin, Twin->List->Elements[i].Address.LowPart, Twin->List->Elements[i].Length,
                      TRUE);
        TwinCardWait(Twin);
    }
    TwinListPut(Twin, TRUE);
    return STATUS_SUCCESS;
}

static VOID TwinStop(PTWIN Twin) { Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter); }

#else
#define TWIN_FAULTS "sgl-empty:1"
#include "twin_scenario.h"
#endif
