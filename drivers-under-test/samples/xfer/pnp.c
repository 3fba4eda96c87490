/*
 * Plug and Play. What has to be right here: nothing is started before the hardware is there,
 * nothing is under way when it goes, and a card that has been pulled out leaves no request behind.
 */
#include "xfer.h"

static IO_COMPLETION_ROUTINE XferSynchronousCompletion;

#ifdef ALLOC_PRAGMA
#pragma alloc_text(PAGE, XferDispatchPnp)
#endif

static NTSTATUS XferSynchronousCompletion(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeSetEvent(Context, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED; /* the IRP is ours again */
}

/* Sends an IRP down and waits until everybody below is done with it; completing it is ours. */
static NTSTATUS XferForwardAndWait(PXFER_DEVICE Device, PIRP Irp)
{
    KEVENT done;
    NTSTATUS status;

    KeInitializeEvent(&done, NotificationEvent, FALSE);
    IoCopyCurrentIrpStackLocationToNext(Irp);
    IoSetCompletionRoutine(Irp, XferSynchronousCompletion, &done, TRUE, TRUE, TRUE);
    status = IoCallDriver(Device->Lower, Irp);
    if (status == STATUS_PENDING) {
        KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
        status = Irp->IoStatus.Status;
    }
    return status;
}

static NTSTATUS XferPass(PXFER_DEVICE Device, PIRP Irp)
{
    NTSTATUS status;

    IoSkipCurrentIrpStackLocation(Irp);
    status = IoCallDriver(Device->Lower, Irp);
    IoReleaseRemoveLock(&Device->RemoveLock, Irp);
    return status;
}

/* --- bringing the hardware up and down --- */

static NTSTATUS XferBringUp(PXFER_DEVICE Device, PCM_RESOURCE_LIST Translated)
{
    NTSTATUS status = XferHardwareMap(Device, Translated);

    if (NT_SUCCESS(status))
        status = XferHardwareAllocate(Device);
    if (NT_SUCCESS(status))
        status = XferInterruptConnect(Device);
    if (NT_SUCCESS(status)) {
        XferHardwareRun(Device);
        Device->PowerState = PowerDeviceD0; /* the bus driver has put it there */
        return STATUS_SUCCESS;
    }
    XferInterruptDisconnect(Device);
    XferHardwareRelease(Device);
    return status;
}

static VOID XferTimersCancel(PXFER_DEVICE Device)
{
    ULONG i;

    for (i = 0; i < SGDMA_CHANNEL_COUNT; i++)
        KeCancelTimer(&Device->Channels[i].RetryTimer);
    KeFlushQueuedDpcs(); /* a timer may have queued its DPC just before */
}

/* Held, and the device there and well: everything under way ends by itself. */
static VOID XferDrain(PXFER_DEVICE Device)
{
    XferHold(Device, XFER_HOLD_PNP);
    XferWaitPumps(Device);
    XferWaitFlights(Device);
}

static VOID XferBringDown(PXFER_DEVICE Device)
{
    if (Device->Registers != NULL && Device->PowerState == PowerDeviceD0)
        XferHardwareHalt(Device);
    XferInterruptDisconnect(Device);
    XferTimersCancel(Device);
    XferHardwareRelease(Device);
}

/* The card has been pulled out: no interrupt will come for what it had. The interrupt goes first,
 * so that no DPC is looking at the ring while the lists are put. */
static VOID XferAbort(PXFER_DEVICE Device)
{
    ULONG i;

    XferHold(Device, XFER_HOLD_PNP);
    XferWaitPumps(Device);
    XferInterruptDisconnect(Device);
    XferTimersCancel(Device);
    XferWaitPumps(Device); /* the last DPCs may have pumped once more */
    for (i = 0; i < SGDMA_CHANNEL_COUNT; i++)
        XferReap(&Device->Channels[i], STATUS_NO_SUCH_DEVICE);
    XferWaitFlights(Device);
    XferHardwareRelease(Device);
}

/* What was not yet with the card: the queues, and the requests of which a part was. */
static VOID XferFailWaiting(PXFER_DEVICE Device, NTSTATUS Status)
{
    ULONG i;

    for (i = 0; i < SGDMA_CHANNEL_COUNT; i++) {
        PXFER_REQUEST request = Device->Channels[i].Current;

        Device->Channels[i].Current = NULL; /* held: no pump looks at it */
        if (request != NULL)
            XferRequestFail(request, Status);
    }
    XferQueueFail(Device, NULL, Status);
}

/* --- minor functions --- */

static NTSTATUS XferStart(PXFER_DEVICE Device, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status = XferForwardAndWait(Device, Irp); /* the bus first: then there is a device */

    if (NT_SUCCESS(status))
        status = XferBringUp(Device, stack->Parameters.StartDevice.AllocatedResourcesTranslated);
    if (NT_SUCCESS(status)) {
        Device->PnpState = XferStarted;
        (VOID)IoSetDeviceInterfaceState(&Device->InterfaceName, TRUE);
        /* A device that was stopped in D3 starts in D0 all the same. */
        XferUnhold(Device, XFER_HOLD_PNP | XFER_HOLD_POWER);
    }
    return XferComplete(Device, Irp, status, 0);
}

static NTSTATUS XferQuery(PXFER_DEVICE Device, PIRP Irp, XFER_PNP_STATE State)
{
    Device->PreviousPnpState = Device->PnpState;
    Device->PnpState = State;
    XferDrain(Device); /* requests that come now wait in the queues */
    Irp->IoStatus.Status = STATUS_SUCCESS;
    return XferPass(Device, Irp);
}

static NTSTATUS XferCancelQuery(PXFER_DEVICE Device, PIRP Irp, XFER_PNP_STATE State)
{
    NTSTATUS status;

    Irp->IoStatus.Status = STATUS_SUCCESS;
    status = XferForwardAndWait(Device, Irp); /* those below come back to work before we do */
    if (Device->PnpState == State) { /* else the query never reached us */
        Device->PnpState = Device->PreviousPnpState;
        if (Device->PnpState == XferStarted)
            XferUnhold(Device, XFER_HOLD_PNP);
    }
    return XferComplete(Device, Irp, status, 0);
}

static NTSTATUS XferStop(PXFER_DEVICE Device, PIRP Irp)
{
    XferDrain(Device);
    XferBringDown(Device);
    Device->PnpState = XferStopped; /* requests wait for the next start */
    Irp->IoStatus.Status = STATUS_SUCCESS;
    return XferPass(Device, Irp);
}

static NTSTATUS XferSurpriseRemoval(PXFER_DEVICE Device, PIRP Irp)
{
    Device->PnpState = XferSurpriseRemoved;
    (VOID)IoSetDeviceInterfaceState(&Device->InterfaceName, FALSE);
    XferAbort(Device);
    XferFailWaiting(Device, STATUS_NO_SUCH_DEVICE);
    Irp->IoStatus.Status = STATUS_SUCCESS;
    return XferPass(Device, Irp);
}

static NTSTATUS XferRemove(PXFER_DEVICE Device, PIRP Irp)
{
    PDEVICE_OBJECT fdo = Device->Self;
    BOOLEAN surprise = Device->PnpState == XferSurpriseRemoved;
    NTSTATUS status;

    Device->PnpState = XferRemoved;
    if (!surprise) {
        (VOID)IoSetDeviceInterfaceState(&Device->InterfaceName, FALSE);
        XferDrain(Device);
        XferBringDown(Device);
    }
    XferFailWaiting(Device, STATUS_DELETE_PENDING);

    Irp->IoStatus.Status = STATUS_SUCCESS;
    IoSkipCurrentIrpStackLocation(Irp);
    status = IoCallDriver(Device->Lower, Irp);
    IoReleaseRemoveLockAndWait(&Device->RemoveLock, Irp);
    IoDetachDevice(Device->Lower);
    RtlFreeUnicodeString(&Device->InterfaceName);
    IoDeleteDevice(fdo);
    return status;
}

NTSTATUS XferDispatchPnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PXFER_DEVICE device = DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status;

    PAGED_CODE();

    status = IoAcquireRemoveLock(&device->RemoveLock, Irp);
    if (!NT_SUCCESS(status)) {
        Irp->IoStatus.Status = status;
        IoCompleteRequest(Irp, IO_NO_INCREMENT);
        return status;
    }
    switch (stack->MinorFunction) {
    case IRP_MN_START_DEVICE:
        return XferStart(device, Irp);
    case IRP_MN_QUERY_STOP_DEVICE:
        return XferQuery(device, Irp, XferStopPending);
    case IRP_MN_QUERY_REMOVE_DEVICE:
        return XferQuery(device, Irp, XferRemovePending);
    case IRP_MN_CANCEL_STOP_DEVICE:
        return XferCancelQuery(device, Irp, XferStopPending);
    case IRP_MN_CANCEL_REMOVE_DEVICE:
        return XferCancelQuery(device, Irp, XferRemovePending);
    case IRP_MN_STOP_DEVICE:
        return XferStop(device, Irp);
    case IRP_MN_SURPRISE_REMOVAL:
        return XferSurpriseRemoval(device, Irp);
    case IRP_MN_REMOVE_DEVICE:
        return XferRemove(device, Irp);
    default:
        return XferPass(device, Irp);
    }
}
