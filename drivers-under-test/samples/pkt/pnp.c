/*
 * Plug and Play. What has to be right here: nothing is started before the hardware is there,
 * nothing is under way when it goes, and a card that has been pulled out leaves no request behind.
 */
#include "pkt.h"

static IO_COMPLETION_ROUTINE PktSynchronousCompletion;

static NTSTATUS NTAPI PktSynchronousCompletion(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeSetEvent(Context, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED; /* the IRP is ours again */
}

/* Sends an IRP down and waits until everybody below is done with it; completing it is ours. */
static NTSTATUS PktForwardAndWait(PPKT_DEVICE Device, PIRP Irp)
{
    KEVENT done;
    NTSTATUS status;

    KeInitializeEvent(&done, NotificationEvent, FALSE);
    IoCopyCurrentIrpStackLocationToNext(Irp);
    IoSetCompletionRoutine(Irp, PktSynchronousCompletion, &done, TRUE, TRUE, TRUE);
    status = IoCallDriver(Device->Lower, Irp);
    if (status == STATUS_PENDING) {
        KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
        status = Irp->IoStatus.Status;
    }
    return status;
}

static NTSTATUS PktPass(PPKT_DEVICE Device, PIRP Irp)
{
    NTSTATUS status;

    IoSkipCurrentIrpStackLocation(Irp);
    status = IoCallDriver(Device->Lower, Irp);
    IoReleaseRemoveLock(&Device->RemoveLock, Irp);
    return status;
}

static VOID PktDrain(PPKT_DEVICE Device)
{
    PktHold(Device, PKT_HOLD_PNP);
    PktWaitIdle(Device);
}

/* Nothing is under way: quiet the card while it can hear, then give everything back. */
static VOID PktBringDown(PPKT_DEVICE Device)
{
    if (Device->Registers != NULL && Device->PowerState == PowerDeviceD0)
        PktWrite(Device, PKTDMA_CONTROL, PKTDMA_CONTROL_RESET);
    PktHardwareDown(Device);
}

/* --- minor functions --- */

static NTSTATUS PktStart(PPKT_DEVICE Device, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status = PktForwardAndWait(Device, Irp); /* the bus first: then there is a device */

    if (NT_SUCCESS(status))
        status = PktHardwareUp(Device, stack->Parameters.StartDevice.AllocatedResourcesTranslated);
    if (NT_SUCCESS(status)) {
        Device->PowerState = PowerDeviceD0; /* the bus driver has put it there */
        Device->PnpState = PktStarted;
        (VOID)IoSetDeviceInterfaceState(&Device->InterfaceName, TRUE);
        /* A device that was stopped in D3 starts in D0 all the same. */
        PktUnhold(Device, PKT_HOLD_PNP | PKT_HOLD_POWER);
    }
    return PktComplete(Device, Irp, status, 0);
}

static NTSTATUS PktQuery(PPKT_DEVICE Device, PIRP Irp, PKT_PNP_STATE State)
{
    Device->PreviousPnpState = Device->PnpState;
    Device->PnpState = State;
    PktDrain(Device); /* requests that come now wait in the queue */
    Irp->IoStatus.Status = STATUS_SUCCESS;
    return PktPass(Device, Irp);
}

static NTSTATUS PktCancelQuery(PPKT_DEVICE Device, PIRP Irp, PKT_PNP_STATE State)
{
    NTSTATUS status;

    Irp->IoStatus.Status = STATUS_SUCCESS;
    status = PktForwardAndWait(Device, Irp); /* those below come back to work before we do */
    if (Device->PnpState == State) { /* else the query never reached us */
        Device->PnpState = Device->PreviousPnpState;
        if (Device->PnpState == PktStarted)
            PktUnhold(Device, PKT_HOLD_PNP);
    }
    return PktComplete(Device, Irp, status, 0);
}

static NTSTATUS PktStop(PPKT_DEVICE Device, PIRP Irp)
{
    PktDrain(Device);
    PktBringDown(Device);
    Device->PnpState = PktStopped; /* requests wait for the next start */
    Irp->IoStatus.Status = STATUS_SUCCESS;
    return PktPass(Device, Irp);
}

/* The card has been pulled out: no interrupt will come for the piece it had. The interrupt goes
 * first, so that no DPC looks at that piece while it is ended here. A request that waits for map
 * registers is not cancelled by anybody: its AdapterControl runs some time, and finds the card
 * gone. */
static NTSTATUS PktSurpriseRemoval(PPKT_DEVICE Device, PIRP Irp)
{
    Device->PnpState = PktSurpriseRemoved;
    (VOID)IoSetDeviceInterfaceState(&Device->InterfaceName, FALSE);
    PktHold(Device, PKT_HOLD_PNP);
    PktInterruptDisconnect(Device);
    PktPieceAbort(Device);
    PktWaitIdle(Device);
    PktHardwareDown(Device);
    PktQueueFail(Device, NULL, STATUS_NO_SUCH_DEVICE);
    Irp->IoStatus.Status = STATUS_SUCCESS;
    return PktPass(Device, Irp);
}

static NTSTATUS PktRemove(PPKT_DEVICE Device, PIRP Irp)
{
    PDEVICE_OBJECT fdo = Device->Self;
    NTSTATUS status;

    if (Device->PnpState != PktSurpriseRemoved) {
        (VOID)IoSetDeviceInterfaceState(&Device->InterfaceName, FALSE);
        PktDrain(Device);
        PktBringDown(Device);
    }
    Device->PnpState = PktRemoved;
    PktQueueFail(Device, NULL, STATUS_DELETE_PENDING);

    Irp->IoStatus.Status = STATUS_SUCCESS;
    IoSkipCurrentIrpStackLocation(Irp);
    status = IoCallDriver(Device->Lower, Irp);
    IoReleaseRemoveLockAndWait(&Device->RemoveLock, Irp);
    KeFlushQueuedDpcs(); /* a DPC that has completed the last request may still be on its way out */
    IoDetachDevice(Device->Lower);
    RtlFreeUnicodeString(&Device->InterfaceName);
    IoDeleteDevice(fdo);
    return status;
}

NTSTATUS NTAPI PktDispatchPnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PPKT_DEVICE device = DeviceObject->DeviceExtension;
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
        return PktStart(device, Irp);
    case IRP_MN_QUERY_STOP_DEVICE:
        return PktQuery(device, Irp, PktStopPending);
    case IRP_MN_QUERY_REMOVE_DEVICE:
        return PktQuery(device, Irp, PktRemovePending);
    case IRP_MN_CANCEL_STOP_DEVICE:
        return PktCancelQuery(device, Irp, PktStopPending);
    case IRP_MN_CANCEL_REMOVE_DEVICE:
        return PktCancelQuery(device, Irp, PktRemovePending);
    case IRP_MN_STOP_DEVICE:
        return PktStop(device, Irp);
    case IRP_MN_SURPRISE_REMOVAL:
        return PktSurpriseRemoval(device, Irp);
    case IRP_MN_REMOVE_DEVICE:
        return PktRemove(device, Irp);
    default:
        return PktPass(device, Irp);
    }
}
