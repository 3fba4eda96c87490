/*
 * IRPs that drivers let the I/O manager build: control requests, reads and writes, bound to the
 * caller's thread (ended and freed by the I/O manager) or not (freed by the driver).
 */
#include "sim/nt/io_request.h"

static bool is_transfer(ULONG major) { return major == IRP_MJ_READ || major == IRP_MJ_WRITE; }

/* A kernel buffer, or a user's in whose context the driver runs, locked for the device. */
static bool lock_buffer(struct sim *s, PIRP irp, PVOID buffer, ULONG length, LOCK_OPERATION op)
{
    PMDL mdl = mdl_create(s, buffer, length, NULL);

    if (!mdl)
        return false;
    if (!NT_SUCCESS(mdl_lock(s, mdl, KernelMode, op))) {
        mdl_destroy(s, mdl);
        return false;
    }
    irp->MdlAddress = mdl;
    return true;
}

static bool transfer_buffers(struct sim *s, PIRP irp, PDEVICE_OBJECT device, ULONG major,
                             PVOID buffer, ULONG length)
{
    if (!length)
        return true;
    if (device->Flags & DO_BUFFERED_IO) {
        if (!io_system_buffer(s, irp, length, buffer, major == IRP_MJ_WRITE ? length : 0))
            return false;
        if (major == IRP_MJ_READ) {
            irp->Flags |= IRP_INPUT_OPERATION;
            irp->UserBuffer = buffer;
        }
        return true;
    }
    if (device->Flags & DO_DIRECT_IO)
        return lock_buffer(s, irp, buffer, length,
                           major == IRP_MJ_READ ? IoWriteAccess : IoReadAccess);
    irp->UserBuffer = buffer;
    return true;
}

/* The part that the synchronous and the asynchronous form have in common. NULL: no memory. */
static PIRP build_transfer(struct sim *s, ULONG major, PDEVICE_OBJECT device, PVOID buffer,
                           ULONG length, PLARGE_INTEGER offset, PIO_STATUS_BLOCK iosb)
{
    PIRP irp = fault_take(s, FAULT_IRP) ? NULL : io_irp_alloc(s, device->StackSize);
    PIO_STACK_LOCATION at;

    if (!irp)
        return NULL;
    at = IoGetNextIrpStackLocation(irp);
    at->MajorFunction = (UCHAR)major;
    irp->Tail.Overlay.Thread = io_thread_object(s);
    irp->UserIosb = iosb;
    if (!is_transfer(major))
        return irp;
    at->Parameters.Read.Length = length;
    if (offset)
        at->Parameters.Read.ByteOffset = *offset;
    if (!transfer_buffers(s, irp, device, major, buffer, length)) {
        io_irp_free(s, irp);
        return NULL;
    }
    return irp;
}

/*
 * IoBuildAsynchronousFsdRequest: an IRP that the driver frees itself, in its completion routine.
 *
 * Irql     <= DISPATCH_LEVEL (APC_LEVEL by the page)
 * Units    Length: bytes
 * Returns  the IRP, or NULL
 * Gap      none known
 * Says     CALL, RETURN (object = the IRP)
 * Source   wdm/nf-wdm-iobuildasynchronousfsdrequest
 */
PIRP IoBuildAsynchronousFsdRequest(ULONG MajorFunction, PDEVICE_OBJECT DeviceObject, PVOID Buffer,
                                   ULONG Length, PLARGE_INTEGER StartingOffset,
                                   PIO_STATUS_BLOCK IoStatusBlock)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_IoBuildAsynchronousFsdRequest, 0, MajorFunction,
                               device_obj(s, DeviceObject), va_of(s, Buffer).v, Length);
    PIRP irp = build_transfer(s, MajorFunction, DeviceObject, Buffer, Length, StartingOffset,
                              IoStatusBlock);

    c.obj = irp ? io_irp_of(s, irp)->obj : 0;
    call_end(&c, c.obj, 0, 0, 0);
    return irp;
}

/*
 * IoBuildSynchronousFsdRequest: an IRP whose end sets an event; the I/O manager frees it.
 *
 * Irql     PASSIVE_LEVEL
 * Units    Length: bytes
 * Returns  the IRP, or NULL
 * Gap      IRPs of a thread that ends are not cancelled for it
 * Says     CALL, RETURN (object = the IRP)
 * Source   wdm/nf-wdm-iobuildsynchronousfsdrequest
 */
PIRP IoBuildSynchronousFsdRequest(ULONG MajorFunction, PDEVICE_OBJECT DeviceObject, PVOID Buffer,
                                  ULONG Length, PLARGE_INTEGER StartingOffset, PKEVENT Event,
                                  PIO_STATUS_BLOCK IoStatusBlock)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_IoBuildSynchronousFsdRequest, 0, MajorFunction,
                               device_obj(s, DeviceObject), va_of(s, Buffer).v, Length);
    PIRP irp = build_transfer(s, MajorFunction, DeviceObject, Buffer, Length, StartingOffset,
                              IoStatusBlock);

    if (irp) {
        irp->UserEvent = Event;
        io_irp_of(s, irp)->threaded = true;
        c.obj = io_irp_of(s, irp)->obj;
    }
    call_end(&c, c.obj, 0, 0, 0);
    return irp;
}

static bool control_buffers(struct sim *s, PIRP irp, ULONG code, PVOID in, ULONG in_bytes,
                            PVOID out, ULONG out_bytes)
{
    ULONG bytes = in_bytes;

    switch (code & 3) {
    case METHOD_BUFFERED:
        if (out_bytes > bytes)
            bytes = out_bytes;
        if (bytes && !io_system_buffer(s, irp, bytes, in, in_bytes))
            return false;
        irp->UserBuffer = out;
        irp->Flags |= bytes && out_bytes ? IRP_INPUT_OPERATION : 0;
        return true;
    case METHOD_NEITHER:
        irp->UserBuffer = out;
        IoGetNextIrpStackLocation(irp)->Parameters.DeviceIoControl.Type3InputBuffer = in;
        return true;
    default:
        if (in_bytes && !io_system_buffer(s, irp, in_bytes, in, in_bytes))
            return false;
        return !out_bytes ||
               lock_buffer(s, irp, out, out_bytes,
                           (code & 3) == METHOD_IN_DIRECT ? IoReadAccess : IoWriteAccess);
    }
}

static PIRP build_control(struct sim *s, ULONG code, PDEVICE_OBJECT device, PVOID in,
                          ULONG in_bytes, PVOID out, ULONG out_bytes, BOOLEAN internal)
{
    PIRP irp = fault_take(s, FAULT_IRP) ? NULL : io_irp_alloc(s, device->StackSize);
    PIO_STACK_LOCATION at;

    if (!irp)
        return NULL;
    at = IoGetNextIrpStackLocation(irp);
    at->MajorFunction = internal ? IRP_MJ_INTERNAL_DEVICE_CONTROL : IRP_MJ_DEVICE_CONTROL;
    at->Parameters.DeviceIoControl.OutputBufferLength = out_bytes;
    at->Parameters.DeviceIoControl.InputBufferLength = in_bytes;
    at->Parameters.DeviceIoControl.IoControlCode = code;
    irp->Tail.Overlay.Thread = io_thread_object(s);
    io_irp_of(s, irp)->threaded = true;
    if (!control_buffers(s, irp, code, in, in_bytes, out, out_bytes)) {
        io_buffers_drop(s, irp);
        io_irp_free(s, irp);
        return NULL;
    }
    return irp;
}

/*
 * IoBuildDeviceIoControlRequest: a control request whose end sets an event.
 *
 * Irql     PASSIVE_LEVEL
 * Units    lengths: bytes
 * Returns  the IRP, or NULL
 * Gap      IRPs of a thread that ends are not cancelled for it
 * Says     CALL, RETURN (object = the IRP)
 * Source   wdm/nf-wdm-iobuilddeviceiocontrolrequest
 */
PIRP IoBuildDeviceIoControlRequest(ULONG IoControlCode, PDEVICE_OBJECT DeviceObject,
                                   PVOID InputBuffer, ULONG InputBufferLength, PVOID OutputBuffer,
                                   ULONG OutputBufferLength, BOOLEAN InternalDeviceIoControl,
                                   PKEVENT Event, PIO_STATUS_BLOCK IoStatusBlock)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_IoBuildDeviceIoControlRequest, 0, IoControlCode,
                               device_obj(s, DeviceObject), InputBufferLength, OutputBufferLength);
    PIRP irp = build_control(s, IoControlCode, DeviceObject, InputBuffer, InputBufferLength,
                             OutputBuffer, OutputBufferLength, InternalDeviceIoControl);

    if (irp) {
        irp->UserEvent = Event;
        irp->UserIosb = IoStatusBlock;
        c.obj = io_irp_of(s, irp)->obj;
    }
    call_end(&c, c.obj, 0, 0, 0);
    return irp;
}
