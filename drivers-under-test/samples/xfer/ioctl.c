/*
 * IOCTLs, one of each transfer method at least: what the I/O manager has checked for each of them,
 * and what is left to the driver, is written at each.
 */
#include "xfer.h"

/* METHOD_BUFFERED: one system buffer, in and out; as long as the longer of the two. */
static NTSTATUS XferGetInfo(PXFER_DEVICE Device, PIRP Irp, ULONG OutputLength)
{
    PXFER_INFO info = Irp->AssociatedIrp.SystemBuffer;

    if (OutputLength < sizeof(*info))
        return XferComplete(Device, Irp, STATUS_BUFFER_TOO_SMALL, 0);
    RtlZeroMemory(info, sizeof(*info));
    info->Version = 1;
    info->ChannelsToCard = SGDMA_CHANNELS_EACH_WAY;
    info->ChannelsFromCard = SGDMA_CHANNELS_EACH_WAY;
    info->CardBytes = Device->CardBytes;
    info->Messages = Device->Messages;
    info->MapRegisters = Device->Channels[0].MapRegisters;
    return XferComplete(Device, Irp, STATUS_SUCCESS, sizeof(*info));
}

static NTSTATUS XferGetStatistics(PXFER_DEVICE Device, PIRP Irp, ULONG OutputLength)
{
    PXFER_STATISTICS statistics = Irp->AssociatedIrp.SystemBuffer;

    if (OutputLength < sizeof(*statistics))
        return XferComplete(Device, Irp, STATUS_BUFFER_TOO_SMALL, 0);
    statistics->Bytes = (ULONGLONG)InterlockedExchangeAdd64(&Device->Bytes, 0);
    statistics->Requests = (ULONG)InterlockedExchangeAdd(&Device->Requests, 0);
    statistics->Pieces = (ULONG)InterlockedExchangeAdd(&Device->Pieces, 0);
    statistics->Stalls = (ULONG)InterlockedExchangeAdd(&Device->Stalls, 0);
    statistics->Errors = (ULONG)InterlockedExchangeAdd(&Device->Errors, 0);
    return XferComplete(Device, Irp, STATUS_SUCCESS, sizeof(*statistics));
}

static NTSTATUS XferResetStatistics(PXFER_DEVICE Device, PIRP Irp)
{
    InterlockedExchange64(&Device->Bytes, 0);
    InterlockedExchange(&Device->Requests, 0);
    InterlockedExchange(&Device->Pieces, 0);
    InterlockedExchange(&Device->Stalls, 0);
    InterlockedExchange(&Device->Errors, 0);
    return XferComplete(Device, Irp, STATUS_SUCCESS, 0);
}

static BOOLEAN XferLocationValid(PXFER_DEVICE Device, ULONGLONG CardOffset, ULONG Length)
{
    return CardOffset <= Device->CardBytes && Length <= Device->CardBytes - CardOffset;
}

/* METHOD_IN_DIRECT and METHOD_OUT_DIRECT: the location is in the system buffer, the data in an MDL
 * that is locked for reading or for writing. No data, no MDL. */
static NTSTATUS XferDirect(PXFER_DEVICE Device, PIRP Irp, BOOLEAN ToCard)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    PXFER_LOCATION location = Irp->AssociatedIrp.SystemBuffer;
    ULONG length = stack->Parameters.DeviceIoControl.OutputBufferLength;

    if (stack->Parameters.DeviceIoControl.InputBufferLength < sizeof(*location))
        return XferComplete(Device, Irp, STATUS_BUFFER_TOO_SMALL, 0);
    if (!XferLocationValid(Device, location->CardOffset, length))
        return XferComplete(Device, Irp, STATUS_INVALID_PARAMETER, 0);
    if (length == 0)
        return XferComplete(Device, Irp, STATUS_SUCCESS, 0);
    return XferRequestQueue(Device, Irp, ToCard, Irp->MdlAddress, NULL, location->CardOffset,
                            length);
}

/* METHOD_NEITHER: the caller's own addresses, which nobody has looked at. They mean something in
 * the caller's context only, which is this one, and may go bad at any time: the input is probed and
 * copied once, the output is locked, both guarded. */
static NTSTATUS XferCaptureLocation(PIRP Irp, PVOID Buffer, PXFER_LOCATION Location)
{
    NTSTATUS status = STATUS_SUCCESS;

    __try {
        if (Irp->RequestorMode != KernelMode)
            ProbeForRead(Buffer, sizeof(*Location), sizeof(UCHAR));
        RtlCopyMemory(Location, Buffer, sizeof(*Location));
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
    }
    return status;
}

static NTSTATUS XferLockOutput(PIRP Irp, ULONG Length, PMDL *Mdl)
{
    NTSTATUS status = STATUS_SUCCESS;
    PMDL mdl = IoAllocateMdl(Irp->UserBuffer, Length, FALSE, FALSE, NULL);

    if (mdl == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    __try {
        if (Irp->RequestorMode != KernelMode)
            ProbeForWrite(Irp->UserBuffer, Length, sizeof(UCHAR));
        MmProbeAndLockPages(mdl, Irp->RequestorMode, IoWriteAccess); /* the card will write */
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
    }
    if (!NT_SUCCESS(status))
        IoFreeMdl(mdl);
    else
        *Mdl = mdl;
    return status;
}

static NTSTATUS XferNeither(PXFER_DEVICE Device, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG length = stack->Parameters.DeviceIoControl.OutputBufferLength;
    XFER_LOCATION location;
    PMDL mdl = NULL;
    NTSTATUS status;

    if (stack->Parameters.DeviceIoControl.InputBufferLength < sizeof(location))
        return XferComplete(Device, Irp, STATUS_BUFFER_TOO_SMALL, 0);
    status = XferCaptureLocation(Irp, stack->Parameters.DeviceIoControl.Type3InputBuffer,
                                 &location);
    if (!NT_SUCCESS(status))
        return XferComplete(Device, Irp, status, 0);
    if (!XferLocationValid(Device, location.CardOffset, length))
        return XferComplete(Device, Irp, STATUS_INVALID_PARAMETER, 0);
    if (length == 0)
        return XferComplete(Device, Irp, STATUS_SUCCESS, 0);
    status = XferLockOutput(Irp, length, &mdl);
    if (!NT_SUCCESS(status))
        return XferComplete(Device, Irp, status, 0);
    return XferRequestQueue(Device, Irp, FALSE, mdl, mdl, location.CardOffset, length);
}

NTSTATUS XferDispatchControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PXFER_DEVICE device = DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG outputLength = stack->Parameters.DeviceIoControl.OutputBufferLength;
    NTSTATUS status = IoAcquireRemoveLock(&device->RemoveLock, Irp);

    if (!NT_SUCCESS(status)) {
        Irp->IoStatus.Status = status;
        Irp->IoStatus.Information = 0;
        IoCompleteRequest(Irp, IO_NO_INCREMENT);
        return status;
    }
    if (XferGone(device))
        return XferComplete(device, Irp, STATUS_DELETE_PENDING, 0);
    switch (stack->Parameters.DeviceIoControl.IoControlCode) {
    case IOCTL_XFER_GET_INFO:
        return XferGetInfo(device, Irp, outputLength);
    case IOCTL_XFER_GET_STATISTICS:
        return XferGetStatistics(device, Irp, outputLength);
    case IOCTL_XFER_RESET_STATISTICS:
        return XferResetStatistics(device, Irp);
    case IOCTL_XFER_WRITE_CARD:
        return XferDirect(device, Irp, TRUE);
    case IOCTL_XFER_READ_CARD:
        return XferDirect(device, Irp, FALSE);
    case IOCTL_XFER_READ_CARD_NEITHER:
        return XferNeither(device, Irp);
    default:
        return XferComplete(device, Irp, STATUS_INVALID_DEVICE_REQUEST, 0);
    }
}
