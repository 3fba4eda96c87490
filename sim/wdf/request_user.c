/*
 * A program's own pointers: what EvtIoInCallerContext may ask for, and how it makes them usable later.
 *
 * Source: wdf/accessing-data-buffers-in-wdf-drivers,
 *         microsoft/Windows-Driver-Frameworks (fxrequestapi.cpp, fxrequestkm.cpp)
 */
#include "sim/core/userptr.h"
#include "sim/wdf/io.h"

/* Where the pointer and its length are; STATUS_INVALID_DEVICE_REQUEST: this request brings none. */
static NTSTATUS pointer_of(const struct fx_request *r, bool output, PVOID *buffer, size_t *bytes)
{
    const IO_STACK_LOCATION *at = fx_request_at(r);
    UCHAR transfer = output ? IRP_MJ_READ : IRP_MJ_WRITE;

    if (at->MajorFunction == IRP_MJ_DEVICE_CONTROL &&
        METHOD_FROM_CTL_CODE(at->Parameters.DeviceIoControl.IoControlCode) == METHOD_NEITHER) {
        *bytes = output ? at->Parameters.DeviceIoControl.OutputBufferLength
                        : at->Parameters.DeviceIoControl.InputBufferLength;
        *buffer = output ? r->irp->UserBuffer : at->Parameters.DeviceIoControl.Type3InputBuffer;
        return STATUS_SUCCESS;
    }
    if (at->MajorFunction != transfer || r->device->io_type != WdfDeviceIoNeither)
        return STATUS_INVALID_DEVICE_REQUEST;
    *bytes = at->Parameters.Read.Length;
    *buffer = r->irp->UserBuffer;
    return STATUS_SUCCESS;
}

static NTSTATUS pointer_get(struct fx *f, WDFREQUEST request, bool output, enum api api,
                            size_t least, PVOID *buffer, size_t *bytes)
{
    struct fx_request *r = fx_request_of(f, request);
    size_t there = 0;
    PVOID p = NULL;
    NTSTATUS status;

    if (!r || !fx_required(f, buffer))
        return STATUS_INVALID_PARAMETER;
    *buffer = NULL;
    if (bytes)
        *bytes = 0;
    if (!fx_irql_check(f, api, r->object.obj, PASSIVE_LEVEL))
        return STATUS_INVALID_DEVICE_REQUEST;
    if (!r->in_caller) {
        fx_break(f, api, r->object.obj, WDF_BREAK_REQUEST_NOT_CALLER, 0, 0);
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    status = pointer_of(r, output, &p, &there);
    if (NT_SUCCESS(status) && there < least)
        status = STATUS_BUFFER_TOO_SMALL;
    if (!NT_SUCCESS(status))
        return status;
    *buffer = p;
    if (bytes)
        *bytes = there;
    return STATUS_SUCCESS;
}

/*
 * WdfRequestRetrieveUnsafeUserInputBuffer: the program's pointer to what the driver is to read.
 *
 * Irql     PASSIVE_LEVEL, in EvtIoInCallerContext
 * Units    lengths: bytes
 * Returns  STATUS_SUCCESS, STATUS_BUFFER_TOO_SMALL, STATUS_INVALID_DEVICE_REQUEST (not in that callback, or
 *          not METHOD_NEITHER)
 * Gap      none known
 * Says     CALL (a0 = least length), RETURN (status, length); MISUSE outside the callback
 * Source   wdfrequest/nf-wdfrequest-wdfrequestretrieveunsafeuserinputbuffer
 */
NTSTATUS imp_WdfRequestRetrieveUnsafeUserInputBuffer(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                     WDFREQUEST Request,
                                                     size_t MinimumRequiredLength,
                                                     PVOID *InputBuffer, size_t *Length)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfRequestRetrieveUnsafeUserInputBuffer,
                               fx_handle_obj(f, Request), MinimumRequiredLength, 0, 0, 0);
    NTSTATUS status = pointer_get(f, Request, false, API_WdfRequestRetrieveUnsafeUserInputBuffer,
                                  MinimumRequiredLength, InputBuffer, Length);

    (void)DriverGlobals;
    call_end(&c, (uint32_t)status, NT_SUCCESS(status) && Length ? *Length : 0, 0, 0);
    return status;
}

/*
 * WdfRequestRetrieveUnsafeUserOutputBuffer: the program's pointer to what the driver is to fill.
 *
 * Irql     PASSIVE_LEVEL, in EvtIoInCallerContext
 * Units    lengths: bytes
 * Returns  as WdfRequestRetrieveUnsafeUserInputBuffer
 * Gap      none known
 * Says     CALL (a0 = least length), RETURN (status, length); MISUSE outside the callback
 * Source   wdfrequest/nf-wdfrequest-wdfrequestretrieveunsafeuseroutputbuffer
 */
NTSTATUS imp_WdfRequestRetrieveUnsafeUserOutputBuffer(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                      WDFREQUEST Request,
                                                      size_t MinimumRequiredLength,
                                                      PVOID *OutputBuffer, size_t *Length)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfRequestRetrieveUnsafeUserOutputBuffer,
                               fx_handle_obj(f, Request), MinimumRequiredLength, 0, 0, 0);
    NTSTATUS status = pointer_get(f, Request, true, API_WdfRequestRetrieveUnsafeUserOutputBuffer,
                                  MinimumRequiredLength, OutputBuffer, Length);

    (void)DriverGlobals;
    call_end(&c, (uint32_t)status, NT_SUCCESS(status) && Length ? *Length : 0, 0, 0);
    return status;
}

static NTSTATUS lock_check(struct fx *f, struct fx_request *r, enum api api, size_t bytes)
{
    if (!fx_irql_check(f, api, r->object.obj, PASSIVE_LEVEL) || !fx_request_is_owned(f, r, api))
        return STATUS_INVALID_DEVICE_REQUEST;
    if (!bytes)
        return STATUS_INVALID_USER_BUFFER;
    if (r->irp->RequestorMode == UserMode && r->irp->Tail.Overlay.Thread &&
        r->irp->Tail.Overlay.Thread != io_thread_object(f->s))
        return STATUS_ACCESS_VIOLATION;
    return STATUS_SUCCESS;
}

/* Pages locked as a program's, and mapped. Its memory object unlocks them. */
static NTSTATUS pages_lock(struct fx *f, struct fx_request *r, PVOID buffer, ULONG bytes,
                           LOCK_OPERATION operation, struct fx_memory **out)
{
    PMDL mdl = IoAllocateMdl(buffer, bytes, FALSE, FALSE, NULL);
    PVOID va = NULL;
    NTSTATUS status =
        mdl ? mdl_lock(f->s, mdl, UserMode, operation) : STATUS_INSUFFICIENT_RESOURCES;

    if (!NT_SUCCESS(status)) {
        if (mdl)
            IoFreeMdl(mdl);
        return status;
    }
    userptr_probed(f->s, buffer, bytes);
    va = MmGetSystemAddressForMdlSafe(mdl, NormalPagePriority | MdlMappingNoExecute);
    status = va ? fx_memory_for_request(f, &r->object, FX_MEMORY_LOCKED, va, bytes, mdl,
                                        operation == IoReadAccess, out)
                : STATUS_INSUFFICIENT_RESOURCES;
    if (!NT_SUCCESS(status)) {
        MmUnlockPages(mdl);
        IoFreeMdl(mdl);
    }
    return status;
}

static NTSTATUS lock(struct fx *f, WDFREQUEST request, PVOID buffer, size_t bytes, WDFMEMORY *out,
                     LOCK_OPERATION operation, enum api api)
{
    struct fx_request *r = fx_request_of(f, request);
    struct fx_memory *m = NULL;
    NTSTATUS status;

    if (!r || !fx_required(f, buffer) || !fx_required(f, out))
        return STATUS_INVALID_PARAMETER;
    *out = NULL;
    status = lock_check(f, r, api, bytes);
    if (NT_SUCCESS(status))
        status = pages_lock(f, r, buffer, (ULONG)bytes, operation, &m);
    if (NT_SUCCESS(status))
        *out = (WDFMEMORY)m->object.handle;
    return status;
}

/*
 * WdfRequestProbeAndLockUserBufferForRead: makes a program's buffer readable for the driver in any context,
 * as a memory object; its pages are unlocked when the request is completed.
 *
 * Irql     PASSIVE_LEVEL, in the requester's thread
 * Units    Length: bytes
 * Returns  STATUS_SUCCESS, STATUS_INVALID_USER_BUFFER (no bytes), STATUS_ACCESS_VIOLATION (no such memory, or
 *          another thread), STATUS_INVALID_DEVICE_REQUEST, STATUS_INSUFFICIENT_RESOURCES
 * Gap      none known
 * Says     CALL (a0 = va, a1 = length), LOCK, RETURN (status)
 * Source   wdfrequest/nf-wdfrequest-wdfrequestprobeandlockuserbufferforread
 */
NTSTATUS imp_WdfRequestProbeAndLockUserBufferForRead(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                     WDFREQUEST Request, PVOID Buffer,
                                                     size_t Length, WDFMEMORY *MemoryObject)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfRequestProbeAndLockUserBufferForRead,
                               fx_handle_obj(f, Request), va_of(f->s, Buffer).v, Length, 0, 0);
    NTSTATUS status = lock(f, Request, Buffer, Length, MemoryObject, IoReadAccess,
                           API_WdfRequestProbeAndLockUserBufferForRead);

    (void)DriverGlobals;
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfRequestProbeAndLockUserBufferForWrite: the same of a buffer that the driver is to fill.
 *
 * Irql     PASSIVE_LEVEL, in the requester's thread
 * Units    Length: bytes
 * Returns  as WdfRequestProbeAndLockUserBufferForRead
 * Gap      none known
 * Says     CALL (a0 = va, a1 = length), LOCK, RETURN (status)
 * Source   wdfrequest/nf-wdfrequest-wdfrequestprobeandlockuserbufferforwrite
 */
NTSTATUS imp_WdfRequestProbeAndLockUserBufferForWrite(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                      WDFREQUEST Request, PVOID Buffer,
                                                      size_t Length, WDFMEMORY *MemoryObject)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfRequestProbeAndLockUserBufferForWrite,
                               fx_handle_obj(f, Request), va_of(f->s, Buffer).v, Length, 0, 0);
    NTSTATUS status = lock(f, Request, Buffer, Length, MemoryObject, IoWriteAccess,
                           API_WdfRequestProbeAndLockUserBufferForWrite);

    (void)DriverGlobals;
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}
