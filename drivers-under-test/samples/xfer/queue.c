/*
 * Requests: from dispatch into a channel's cancel-safe queue, and from the last piece to
 * completion. A request that waits here can be cancelled at any time; once the pump has taken it,
 * it is looked at for cancellation between two pieces.
 */
#include "xfer.h"

static IO_CSQ_INSERT_IRP XferCsqInsert;
static IO_CSQ_REMOVE_IRP XferCsqRemove;
static IO_CSQ_PEEK_NEXT_IRP XferCsqPeekNext;
static IO_CSQ_ACQUIRE_LOCK XferCsqAcquireLock;
static IO_CSQ_RELEASE_LOCK XferCsqReleaseLock;
static IO_CSQ_COMPLETE_CANCELED_IRP XferCsqCompleteCanceled;

NTSTATUS XferQueueInitialize(PXFER_CHANNEL Channel)
{
    KeInitializeSpinLock(&Channel->QueueLock);
    InitializeListHead(&Channel->Queue);
    return IoCsqInitialize(&Channel->Csq, XferCsqInsert, XferCsqRemove, XferCsqPeekNext,
                           XferCsqAcquireLock, XferCsqReleaseLock, XferCsqCompleteCanceled);
}

static PXFER_CHANNEL XferCsqChannel(PIO_CSQ Csq)
{
    return CONTAINING_RECORD(Csq, XFER_CHANNEL, Csq);
}

static VOID XferCsqInsert(PIO_CSQ Csq, PIRP Irp)
{
    InsertTailList(&XferCsqChannel(Csq)->Queue, &Irp->Tail.Overlay.ListEntry);
}

static VOID XferCsqRemove(PIO_CSQ Csq, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Csq);
    RemoveEntryList(&Irp->Tail.Overlay.ListEntry);
}

/* PeekContext is a file object, or NULL for any request. */
static PIRP XferCsqPeekNext(PIO_CSQ Csq, PIRP Irp, PVOID PeekContext)
{
    PLIST_ENTRY head = &XferCsqChannel(Csq)->Queue;
    PLIST_ENTRY entry = Irp == NULL ? head->Flink : Irp->Tail.Overlay.ListEntry.Flink;

    for (; entry != head; entry = entry->Flink) {
        PIRP next = CONTAINING_RECORD(entry, IRP, Tail.Overlay.ListEntry);

        if (PeekContext == NULL ||
            IoGetCurrentIrpStackLocation(next)->FileObject == PeekContext)
            return next;
    }
    return NULL;
}

static VOID XferCsqAcquireLock(PIO_CSQ Csq, PKIRQL Irql)
{
    KeAcquireSpinLock(&XferCsqChannel(Csq)->QueueLock, Irql);
}

static VOID XferCsqReleaseLock(PIO_CSQ Csq, KIRQL Irql)
{
    KeReleaseSpinLock(&XferCsqChannel(Csq)->QueueLock, Irql);
}

static VOID XferCsqCompleteCanceled(PIO_CSQ Csq, PIRP Irp)
{
    UNREFERENCED_PARAMETER(Csq);
    XferRequestFail(Irp->Tail.Overlay.DriverContext[0], STATUS_CANCELLED);
}

/* Completes an IRP that was never made a request, and lets go of the device. */
NTSTATUS XferComplete(PXFER_DEVICE Device, PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    IoReleaseRemoveLock(&Device->RemoveLock, Irp);
    return Status;
}

static VOID XferOwnMdlFree(PMDL Mdl)
{
    if (Mdl == NULL)
        return;
    MmUnlockPages(Mdl);
    IoFreeMdl(Mdl);
}

/* One reference less; with the last one the request ends: every list has been put, so the buffer
 * belongs to the CPU again. */
VOID XferRequestRelease(PXFER_REQUEST Request)
{
    PXFER_DEVICE device = Request->Channel->Device;
    PIRP irp = Request->Irp;
    NTSTATUS status;
    ULONG information;

    if (InterlockedDecrement(&Request->References) != 0)
        return;
    status = Request->Status; /* what the others that held it have left there */
    information = NT_SUCCESS(status) ? Request->Length : 0;
    XferOwnMdlFree(Request->OwnMdl);
    ExFreePoolWithTag(Request, XFER_POOL_TAG);
    if (NT_SUCCESS(status)) {
        InterlockedIncrement(&device->Requests);
        InterlockedExchangeAdd64(&device->Bytes, information);
    }
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = information;
    IoCompleteRequest(irp, NT_SUCCESS(status) ? IO_DISK_INCREMENT : IO_NO_INCREMENT);
    IoReleaseRemoveLock(&device->RemoveLock, irp);
}

/* Ends a request that the pump does not have (any more): the first failure is the one told. */
VOID XferRequestFail(PXFER_REQUEST Request, NTSTATUS Status)
{
    InterlockedCompareExchange(&Request->Status, Status, STATUS_SUCCESS);
    XferRequestRelease(Request);
}

/* Takes what waits in the queues out of them: all of it, or what came through one file object. */
VOID XferQueueFail(PXFER_DEVICE Device, PFILE_OBJECT FileObject, NTSTATUS Status)
{
    ULONG i;

    for (i = 0; i < SGDMA_CHANNEL_COUNT; i++) {
        PIRP irp;

        while ((irp = IoCsqRemoveNextIrp(&Device->Channels[i].Csq, FileObject)) != NULL)
            XferRequestFail(irp->Tail.Overlay.DriverContext[0], Status);
    }
}

/* The channels of one direction take turns: that keeps all engines of the card at work. */
static PXFER_CHANNEL XferChannelChoose(PXFER_DEVICE Device, BOOLEAN ToCard)
{
    ULONG turn = (ULONG)InterlockedIncrement(ToCard ? &Device->NextToCard : &Device->NextFromCard);

    return &Device->Channels[turn % Device->ChannelsUsed +
                             (ToCard ? 0 : SGDMA_CHANNELS_EACH_WAY)];
}

/*
 * Makes a request of an IRP and queues it; the remove lock is held and goes with it. Returns
 * STATUS_PENDING, or the status with which the IRP has been completed. OwnMdl is taken in any case.
 * A second hold on the device lasts until this returns.
 */
NTSTATUS XferRequestQueue(PXFER_DEVICE Device, PIRP Irp, BOOLEAN ToCard, PMDL Mdl, PMDL OwnMdl,
                          ULONGLONG CardOffset, ULONG Length)
{
    PXFER_REQUEST request;
    PXFER_CHANNEL channel;
    NTSTATUS status = IoAcquireRemoveLock(&Device->RemoveLock, Device);

    if (!NT_SUCCESS(status)) {
        XferOwnMdlFree(OwnMdl);
        return XferComplete(Device, Irp, status, 0);
    }
    request = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(*request), XFER_POOL_TAG);
    if (request == NULL) {
        IoReleaseRemoveLock(&Device->RemoveLock, Device);
        XferOwnMdlFree(OwnMdl);
        return XferComplete(Device, Irp, STATUS_INSUFFICIENT_RESOURCES, 0);
    }
    request->Irp = Irp;
    request->Channel = XferChannelChoose(Device, ToCard);
    request->Mdl = Mdl;
    request->OwnMdl = OwnMdl;
    request->CardOffset = CardOffset;
    request->Length = Length;
    request->References = 1;
    request->Status = STATUS_SUCCESS;
    Irp->Tail.Overlay.DriverContext[0] = request;

    /* From here on the request may end on another processor, and its hold on the device with it. */
    channel = request->Channel;
    IoCsqInsertIrp(&channel->Csq, Irp, NULL); /* marks it pending */
    XferPump(channel);
    /* It may have come in just after the device went: then nobody else empties the queue. */
    if (XferGone(Device))
        XferQueueFail(Device, NULL, STATUS_DELETE_PENDING);
    IoReleaseRemoveLock(&Device->RemoveLock, Device);
    return STATUS_PENDING;
}

NTSTATUS XferDispatchReadWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PXFER_DEVICE device = DeviceObject->DeviceExtension;
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
    if (XferGone(device))
        return XferComplete(device, Irp, STATUS_DELETE_PENDING, 0);
    if (length == 0) /* there is no MDL either */
        return XferComplete(device, Irp, STATUS_SUCCESS, 0);
    if (offset < 0 || (ULONGLONG)offset >= device->CardBytes ||
        length > device->CardBytes - (ULONGLONG)offset)
        return XferComplete(device, Irp, STATUS_INVALID_PARAMETER, 0);
    return XferRequestQueue(device, Irp, toCard, Irp->MdlAddress, NULL, (ULONGLONG)offset, length);
}
