/*
 * Twin of rule sgl_used_after_put: the card is started with an address of a list that was put.
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
    ULONG logical;

    if (!NT_SUCCESS(status))
        return status;
    logical = Twin->List->Elements[0].Address.LowPart;
    TwinListMove(Twin, Length);
    TwinListPut(Twin, TRUE);
#if BUG
    TwinCardStart(Twin, logical, Length, TRUE);
    TwinCardWait(Twin);
#endif
    UNREFERENCED_PARAMETER(logical);
    return STATUS_SUCCESS;
}

static VOID TwinStop(PTWIN Twin) { Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter); }

#else
#include "twin_scenario.h"
#endif
