/*
 * Twin of rule context_reused: a context is initialised once for two transactions.
 */
#ifndef DMACHECK_SCENARIO
#include "twin.h"
#include "twin_v3.h"

static NTSTATUS TwinStart(PTWIN Twin) { return TwinSecondGet(Twin); }

static DECLSPEC_NOINLINE NTSTATUS TwinTransaction(PTWIN Twin, PMDL Mdl, ULONG Length, BOOLEAN First)
{
    NTSTATUS status = STATUS_SUCCESS;

    if (First || !BUG)
        status = TwinContextInitialize(Twin, TwinSecond.Context);
    if (NT_SUCCESS(status))
        status = TwinSecondBuildOn(Twin, TwinSecond.Context, Mdl, Length, 0, TRUE);
    if (!NT_SUCCESS(status))
        return status;
    TwinSecondFree(Twin, DeallocateObjectKeepRegisters);
    TwinCardStart(Twin, Twin->List->Elements[0].Address.LowPart, Length, TRUE);
    TwinCardWait(Twin);
    TwinListPutTo(Twin->SecondAdapter, Twin->List, TRUE);
    return STATUS_SUCCESS;
}

/* A block of the driver's own goes first, then the request's. */
static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    PVOID page;
    PMDL mdl = TwinPageGet(Length, &page);
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;

    if (mdl == NULL)
        return status;
    RtlZeroMemory(page, PAGE_SIZE);
    status = TwinTransaction(Twin, mdl, Length, TRUE);
    TwinPageFree(mdl, page);
    if (NT_SUCCESS(status))
        status = TwinTransaction(Twin, Mdl, Length, FALSE);
    return status;
}

static VOID TwinStop(PTWIN Twin)
{
    TwinSecondPut(Twin);
    Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter);
}

#else
#include "twin_scenario.h"
#endif
