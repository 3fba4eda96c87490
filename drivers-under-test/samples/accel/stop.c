/*
 * What may come at any time: a request is cancelled, its handle closed, power goes, the device
 * goes, the card does not answer. All of it only leaves a reason in Stop and sees to it that the
 * engine's turn comes soon.
 */
#include "accel.h"

/* Under the lock. What the card has under way is aborted; who is nobody's becomes the engine's
 * DPC's. */
static VOID AccelStopLocked(PDEVICE_CONTEXT Device, ULONG Reason)
{
    PACCEL_ENGINE engine = &Device->Engine;
    ULONG i;

    engine->Stop |= Reason;
    if (engine->Pending) {
        for (i = 0; i < engine->BatchCount; i++)
            AccelWrite(Device, ACCEL_ABORT, (engine->BatchFirst + i) % ACCEL_ENTRIES);
    } else if (engine->Parked) {
        engine->Parked = FALSE;
        WdfDpcEnqueue(engine->Dpc);
    }
}

/* Ends the run of this handle, if it is the one under way. */
VOID AccelEngineStop(PDEVICE_CONTEXT Device, ULONG Reason, WDFFILEOBJECT File)
{
    PACCEL_ENGINE engine = &Device->Engine;

    WdfSpinLockAcquire(engine->Lock);
    if (engine->Request != NULL && engine->File == File)
        AccelStopLocked(Device, Reason);
    WdfSpinLockRelease(engine->Lock);
}

/* The timer may be late: its batch has ended, and another has begun. */
static BOOLEAN AccelIsLate(PACCEL_ENGINE Engine)
{
    return KeQueryInterruptTime() >= Engine->Due;
}

/* The card's turn is taken from it. After the reset it touches nothing any more, gone or not, so
 * that what is mapped for it may be unmapped. */
VOID AccelEngineSeize(PDEVICE_CONTEXT Device, ULONG Reason)
{
    PACCEL_ENGINE engine = &Device->Engine;

    WdfSpinLockAcquire(engine->Lock);
    if (engine->Pending && (Reason != ACCEL_STOP_STUCK || AccelIsLate(engine))) {
        engine->Stop |= Reason;
        engine->Pending = FALSE;
        if (AccelHardwareReset(Device) && Reason != ACCEL_STOP_GONE)
            AccelHardwareRun(Device, ACCEL_CONTROL_RUN | ACCEL_CONTROL_IRQ);
        WdfDpcEnqueue(engine->Dpc);
    } else if (Reason == ACCEL_STOP_GONE) {
        AccelStopLocked(Device, Reason);
    }
    WdfSpinLockRelease(engine->Lock);
}

/* The request is the engine's. If the engine is through with it and has found it cancelled before
 * this was called, it has been left to this to complete. */
VOID AccelEvtRequestCancel(WDFREQUEST Request)
{
    PDEVICE_CONTEXT device = AccelGetDevice(WdfIoQueueGetDevice(WdfRequestGetIoQueue(Request)));
    PACCEL_ENGINE engine = &device->Engine;
    BOOLEAN complete;

    WdfSpinLockAcquire(engine->Lock);
    engine->Cancelled = TRUE;
    complete = engine->CompleteInCancel;
    if (!complete)
        AccelStopLocked(device, ACCEL_STOP_CANCEL);
    WdfSpinLockRelease(engine->Lock);
    if (complete)
        AccelEngineComplete(device);
}

/* Power goes, or the device: the engine acknowledges at the next place where nothing is mapped, or
 * ends. */
VOID AccelEvtIoStop(WDFQUEUE Queue, WDFREQUEST Request, ULONG ActionFlags)
{
    PDEVICE_CONTEXT device = AccelGetDevice(WdfIoQueueGetDevice(Queue));

    UNREFERENCED_PARAMETER(Request);
    if (ActionFlags & WdfRequestStopActionPurge) {
        AccelEngineSeize(device, ACCEL_STOP_GONE);
        return;
    }
    WdfSpinLockAcquire(device->Engine.Lock);
    device->Engine.Stop |= ACCEL_STOP_POWER;
    WdfSpinLockRelease(device->Engine.Lock);
}

VOID AccelEvtIoResume(WDFQUEUE Queue, WDFREQUEST Request)
{
    PACCEL_ENGINE engine = &AccelGetDevice(WdfIoQueueGetDevice(Queue))->Engine;

    UNREFERENCED_PARAMETER(Request);
    WdfSpinLockAcquire(engine->Lock);
    if (engine->Parked) {
        engine->Parked = FALSE;
        WdfDpcEnqueue(engine->Dpc);
    }
    WdfSpinLockRelease(engine->Lock);
}
