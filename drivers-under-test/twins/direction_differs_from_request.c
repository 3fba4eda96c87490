/*
 * Twin of rule direction_differs_from_request: the buffer of a write is mapped for the card to
 * write, which it then does.
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
    NTSTATUS status = TwinListGet(Twin, Mdl, Length, !BUG);

    if (!NT_SUCCESS(status))
        return status;
    TwinCardStart(Twin, Twin->List->Elements[0].Address.LowPart, Length, !BUG);
    TwinCardWait(Twin);
    TwinListPut(Twin, !BUG);
    return STATUS_SUCCESS;
}

static VOID TwinStop(PTWIN Twin) { Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter); }

#else
#include "twin_scenario.h"
#endif
