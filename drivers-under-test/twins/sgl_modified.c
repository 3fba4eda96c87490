/*
 * Twin of rule sgl_modified: what the card has moved is taken off the element's length.
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
    volatile ULONG left;

    if (!NT_SUCCESS(status))
        return status;
    TwinListMove(Twin, Length);
    left = Twin->List->Elements[0].Length;
#if BUG
    ((volatile SCATTER_GATHER_LIST *)Twin->List)->Elements[0].Length -= Length / 2;
#else
    left -= Length / 2;
#endif
    UNREFERENCED_PARAMETER(left);
    TwinListPut(Twin, TRUE);
    return STATUS_SUCCESS;
}

static VOID TwinStop(PTWIN Twin) { Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter); }

#else
#include "twin_scenario.h"
#endif
