/*
 * Twin of rule adapter_object_wrong_disposition: DeallocateObject takes the map registers from a
 * list that is not put yet.
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
    TwinCardStart(Twin, Twin->List->Elements[0].Address.LowPart, Length, TRUE);
    TwinCardWait(Twin);
    TwinSecondFree(Twin, BUG ? DeallocateObject : DeallocateObjectKeepRegisters);
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
