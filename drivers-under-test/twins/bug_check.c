/*
 * Twin of rule bug_check: the driver stops the machine itself when it does not know what to do.
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
    TwinListMove(Twin, Length);
    TwinListPut(Twin, TRUE);
#if BUG
    KeBugCheckEx(DRIVER_VIOLATION, 0, 0, 0, 0);
#endif
    return STATUS_SUCCESS;
}

static VOID TwinStop(PTWIN Twin)
{
    Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter);
}

#else
#include "twin_scenario.h"
#endif
