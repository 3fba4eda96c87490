/*
 * Twin of rule adapter_references_left: the adapter is put although the adapter object of a list
 * was never freed.
 */
#ifndef DMACHECK_SCENARIO
#include "twin.h"
#include "twin_v3.h"

static NTSTATUS TwinStart(PTWIN Twin) { return TwinSecondGet(Twin); }

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    NTSTATUS status = TwinSecondBuild(Twin, Mdl, Length, 0, TRUE);

    if (!NT_SUCCESS(status))
        return status;
#if !BUG
    TwinSecondFree(Twin, DeallocateObjectKeepRegisters);
#endif
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
