/*
 * Twin of rule completion_lost: the driver waits for a word of a card that was not asked to interrupt.
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
    TwinCardStart(Twin, Twin->List->Elements[0].Address.LowPart, Length, TRUE);
#if BUG
    KeWaitForSingleObject(&Twin->Granted, Executive, KernelMode, FALSE, NULL); /* no interrupt will set it */
#else
    TwinCardWait(Twin);
#endif
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
