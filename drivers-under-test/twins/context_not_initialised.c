/*
 * Twin of rule context_not_initialised: a list is asked for with a context that was never
 * initialised.
 */
#ifndef DMACHECK_SCENARIO
#include "twin.h"
#include "twin_v3.h"

static NTSTATUS TwinStart(PTWIN Twin) { return TwinSecondGet(Twin); }

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    NTSTATUS status = STATUS_INVALID_PARAMETER;

#if BUG
    status = TwinSecondBuildOn(Twin, TwinSecond.Context, Mdl, Length, 0, TRUE);
#endif
    if (!NT_SUCCESS(status))
        status = TwinSecondBuild(Twin, Mdl, Length, 0, TRUE);
    if (!NT_SUCCESS(status))
        return status;
    TwinSecondFree(Twin, DeallocateObjectKeepRegisters);
    TwinCardStart(Twin, Twin->List->Elements[0].Address.LowPart, Length, TRUE);
    TwinCardWait(Twin);
    TwinListPutTo(Twin->SecondAdapter, Twin->List, TRUE);
    return STATUS_SUCCESS;
}

static VOID TwinStop(PTWIN Twin)
{
    TwinSecondPut(Twin);
    Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter);
}

#else
#include "twin_scenario.h"
#endif
