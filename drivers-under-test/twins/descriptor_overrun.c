/*
 * Twin of rule descriptor_overrun: the card reads two pages more than were mapped.
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
    TwinCardStart(Twin, Twin->List->Elements[0].Address.LowPart, Length + 2 * PAGE_SIZE, TRUE);
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
