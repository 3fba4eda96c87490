/*
 * Twin of rule performance_counter_fast: no driver can cause it. With BUG the machine's timer is broken
 * (.faults); the driver only asks it twice.
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
    LARGE_INTEGER began = KeQueryPerformanceCounter(NULL), ended;
    NTSTATUS status = TwinListGet(Twin, Mdl, Length, TRUE);

    if (!NT_SUCCESS(status))
        return status;
    TwinListMove(Twin, Length);
    TwinListPut(Twin, TRUE);
    ended = KeQueryPerformanceCounter(NULL);
    DbgPrint("%I64d ticks\n", ended.QuadPart - began.QuadPart);
    return STATUS_SUCCESS;
}

static VOID TwinStop(PTWIN Twin) { Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter); }

#else
#if BUG
#define TWIN_FAULTS "counter-fast:2"
#endif
#include "twin_scenario.h"
#endif
