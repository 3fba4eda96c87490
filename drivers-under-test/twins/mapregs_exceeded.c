/*
 * Twin of rule mapregs_exceeded: one map register more is asked for than IoGetDmaAdapter gave.
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
#if BUG
    ULONG count = Twin->MapRegisters + 1;
#else
    ULONG count = Twin->MapRegisters;
#endif
    NTSTATUS status = TwinMapRegistersGet(Twin, count);

    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
    if (NT_SUCCESS(status))
        TwinMapRegistersFree(Twin, count);
    return STATUS_SUCCESS; /* the bytes are dropped: this twin is about the asking */
}

static VOID TwinStop(PTWIN Twin)
{
    Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter);
}

#else
#include "twin_scenario.h"
#endif
