/*
 * Twin of rule wdf_lock_operation: a spin lock is given back that nobody has.
 */
#ifndef DMACHECK_SCENARIO
#include "kmdf.h"

TWIN_STOPS_WITH_NOTHING

static NTSTATUS TwinStart(PTWIN Twin)
{
    WDF_OBJECT_ATTRIBUTES attributes;
    NTSTATUS status;
    KIRQL irql;

    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ParentObject = Twin->Device;
    status = WdfSpinLockCreate(&attributes, &Twin->Lock);
    if (!NT_SUCCESS(status))
        return status;
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
#if !BUG
    WdfSpinLockAcquire(Twin->Lock);
#endif
    WdfSpinLockRelease(Twin->Lock);
    KeLowerIrql(irql);
    return STATUS_SUCCESS;
}

static VOID TwinWrite(PTWIN Twin, WDFREQUEST Request, size_t Length)
{
    TwinComplete(Request, TwinTransfer(Twin, Request), Length);
}

#else
#include "twin_scenario.h"
#endif
