/*
 * Twin of rule wdf_recursive_lock: a thread takes the lock of its device a second time.
 */
#ifndef DMACHECK_SCENARIO
#include "kmdf.h"

TWIN_STOPS_WITH_NOTHING

static NTSTATUS TwinStart(PTWIN Twin)
{
    WdfObjectAcquireLock(Twin->Device);
#if BUG
    WdfObjectAcquireLock(Twin->Device);
    WdfObjectReleaseLock(Twin->Device);
#endif
    WdfObjectReleaseLock(Twin->Device);
    return STATUS_SUCCESS;
}

static VOID TwinWrite(PTWIN Twin, WDFREQUEST Request, size_t Length)
{
    TwinComplete(Request, TwinTransfer(Twin, Request), Length);
}

#else
#include "twin_scenario.h"
#endif
