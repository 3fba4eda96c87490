/*
 * The queue of requests and the rule by which one of them is started: one at a time, none while
 * anybody holds. What waits here can be cancelled at any time.
 */
#include "pkt.h"

static PPKT_DEVICE PktCsqDevice(PIO_CSQ Csq)
{
    return CONTAINING_RECORD(Csq, PKT_DEVICE, Csq);
}

static VOID NTAPI PktCsqInsert(PIO_CSQ Csq, PIRP Irp)
{
    InsertTailList(&PktCsqDevice(Csq)->Queue, &Irp->Tail.Overlay.ListEntry);
}

static VOID NTAPI PktCsqRemove(PIO_CSQ Csq, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Csq);
    RemoveEntryList(&Irp->Tail.Overlay.ListEntry);
}

/* PeekContext is a file object, or NULL for any request. */
static PIRP NTAPI PktCsqPeekNext(PIO_CSQ Csq, PIRP Irp, PVOID PeekContext)
{
    PLIST_ENTRY head = &PktCsqDevice(Csq)->Queue;
    PLIST_ENTRY entry = Irp == NULL ? head->Flink : Irp->Tail.Overlay.ListEntry.Flink;

    for (; entry != head; entry = entry->Flink) {
        PIRP next = CONTAINING_RECORD(entry, IRP, Tail.Overlay.ListEntry);

        if (PeekContext == NULL ||
            (PVOID)IoGetCurrentIrpStackLocation(next)->FileObject == PeekContext)
            return next;
    }
    return NULL;
}

static VOID NTAPI PktCsqAcquireLock(PIO_CSQ Csq, PKIRQL Irql)
{
    KeAcquireSpinLock(&PktCsqDevice(Csq)->QueueLock, Irql);
}

static VOID NTAPI PktCsqReleaseLock(PIO_CSQ Csq, KIRQL Irql)
{
    KeReleaseSpinLock(&PktCsqDevice(Csq)->QueueLock, Irql);
}

static VOID NTAPI PktCsqCompleteCanceled(PIO_CSQ Csq, PIRP Irp)
{
    PktComplete(PktCsqDevice(Csq), Irp, STATUS_CANCELLED, 0);
}

NTSTATUS PktQueueInitialize(PPKT_DEVICE Device)
{
    KeInitializeSpinLock(&Device->QueueLock);
    InitializeListHead(&Device->Queue);
    return IoCsqInitialize(&Device->Csq, PktCsqInsert, PktCsqRemove, PktCsqPeekNext,
                           PktCsqAcquireLock, PktCsqReleaseLock, PktCsqCompleteCanceled);
}

/* Completes an IRP and lets go of the device. */
NTSTATUS PktComplete(PPKT_DEVICE Device, PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, NT_SUCCESS(Status) ? IO_DISK_INCREMENT : IO_NO_INCREMENT);
    IoReleaseRemoveLock(&Device->RemoveLock, Irp);
    return Status;
}

VOID PktQueueFail(PPKT_DEVICE Device, PFILE_OBJECT FileObject, NTSTATUS Status)
{
    PIRP irp;

    while ((irp = IoCsqRemoveNextIrp(&Device->Csq, FileObject)) != NULL)
        PktComplete(Device, irp, Status, 0);
}

BOOLEAN PktGone(PPKT_DEVICE Device)
{
    return Device->PnpState == PktSurpriseRemoved || Device->PnpState == PktRemoved;
}

/* --- who may start --- */

VOID PktHold(PPKT_DEVICE Device, ULONG Reason)
{
    KIRQL irql;

    KeAcquireSpinLock(&Device->StateLock, &irql);
    Device->Holds |= Reason;
    KeReleaseSpinLock(&Device->StateLock, irql);
}

VOID PktUnhold(PPKT_DEVICE Device, ULONG Reason)
{
    KIRQL irql;

    KeAcquireSpinLock(&Device->StateLock, &irql);
    Device->Holds &= ~Reason;
    KeReleaseSpinLock(&Device->StateLock, irql);
    PktStartNext(Device);
}

/* Once it is held, waits until the request under way has ended. */
VOID PktWaitIdle(PPKT_DEVICE Device)
{
    KeWaitForSingleObject(&Device->Idle, Executive, KernelMode, FALSE, NULL);
}

static BOOLEAN PktBusyBegin(PPKT_DEVICE Device)
{
    BOOLEAN begun = FALSE;
    KIRQL irql;

    KeAcquireSpinLock(&Device->StateLock, &irql);
    if (Device->Busy) {
        Device->Again = TRUE; /* whoever is busy looks once more before it stops */
    } else if (Device->Holds == 0) {
        Device->Busy = begun = TRUE;
        Device->Again = FALSE;
        KeClearEvent(&Device->Idle);
    }
    KeReleaseSpinLock(&Device->StateLock, irql);
    return begun;
}

/* FALSE: a request came meanwhile and nobody holds; go on being busy. */
static BOOLEAN PktBusyEnd(PPKT_DEVICE Device, BOOLEAN QueueWasEmpty)
{
    BOOLEAN ended = TRUE;
    KIRQL irql;

    KeAcquireSpinLock(&Device->StateLock, &irql);
    if (Device->Holds == 0 && (Device->Again || !QueueWasEmpty)) {
        Device->Again = FALSE;
        ended = FALSE;
    } else {
        Device->Busy = FALSE;
        KeSetEvent(&Device->Idle, IO_NO_INCREMENT, FALSE);
    }
    KeReleaseSpinLock(&Device->StateLock, irql);
    return ended;
}

/* Takes requests until one is on its way or none is left. The caller owns Busy. */
static VOID PktStartLoop(PPKT_DEVICE Device)
{
    for (;;) {
        PIRP irp = IoCsqRemoveNextIrp(&Device->Csq, NULL);
        NTSTATUS status;

        if (irp != NULL) {
            status = PktTransferStart(Device, irp);
            if (NT_SUCCESS(status))
                return; /* AdapterControl has it now, and Busy with it */
            PktComplete(Device, irp, status, 0);
        }
        if (PktBusyEnd(Device, irp == NULL))
            return;
    }
}

VOID PktStartNext(PPKT_DEVICE Device)
{
    if (PktBusyBegin(Device))
        PktStartLoop(Device);
}

/* The request under way has ended; its map registers are free. */
VOID PktCurrentDone(PPKT_DEVICE Device, NTSTATUS Status)
{
    PIRP irp = Device->Current.Irp;
    ULONG_PTR information = NT_SUCCESS(Status) ? Device->Current.Length : 0;

    Device->Current.Irp = NULL;
    PktComplete(Device, irp, Status, information);
    if (!PktBusyEnd(Device, FALSE))
        PktStartLoop(Device);
}

/* --- dispatch --- */

NTSTATUS NTAPI PktDispatchReadWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PPKT_DEVICE device = DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    BOOLEAN toCard = stack->MajorFunction == IRP_MJ_WRITE;
    ULONG length = toCard ? stack->Parameters.Write.Length : stack->Parameters.Read.Length;
    LONGLONG offset = toCard ? stack->Parameters.Write.ByteOffset.QuadPart
                             : stack->Parameters.Read.ByteOffset.QuadPart;
    NTSTATUS status = IoAcquireRemoveLock(&device->RemoveLock, Irp);

    if (!NT_SUCCESS(status)) {
        Irp->IoStatus.Status = status;
        Irp->IoStatus.Information = 0;
        IoCompleteRequest(Irp, IO_NO_INCREMENT);
        return status;
    }
    if (PktGone(device))
        return PktComplete(device, Irp, STATUS_DELETE_PENDING, 0);
    if (length == 0) /* there is no MDL either */
        return PktComplete(device, Irp, STATUS_SUCCESS, 0);
    if (offset < 0 || offset >= (LONGLONG)device->CardBytes ||
        length > device->CardBytes - (ULONG)offset)
        return PktComplete(device, Irp, STATUS_INVALID_PARAMETER, 0);

    /* The request may end before the queue returns: a hold of our own keeps the device here. */
    status = IoAcquireRemoveLock(&device->RemoveLock, device);
    if (!NT_SUCCESS(status))
        return PktComplete(device, Irp, status, 0);
    IoCsqInsertIrp(&device->Csq, Irp, NULL); /* marks it pending */
    PktStartNext(device);
    if (PktGone(device)) /* it came in just after the device went */
        PktQueueFail(device, NULL, STATUS_DELETE_PENDING);
    IoReleaseRemoveLock(&device->RemoveLock, device);
    return STATUS_PENDING;
}
