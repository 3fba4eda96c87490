/*
 * Formatting as drivers call it: a request of theirs is made a read, a write or a control code, to be sent
 * with WdfRequestSend.
 *
 * Source: wdfiotarget/, microsoft/Windows-Driver-Frameworks (fxiotargetapi.cpp)
 */
#include "sim/wdf/target.h"

static bool both(struct fx *f, WDFIOTARGET target, WDFREQUEST request, struct fx_target **t,
                 struct fx_request **r)
{
    *t = fx_target_of(f, target);
    *r = *t ? fx_request_of(f, request) : NULL;
    return *r != NULL;
}

static NTSTATUS transfer(struct fx *f, WDFIOTARGET target, WDFREQUEST request, WDFMEMORY memory,
                         PWDFMEMORY_OFFSET part, PLONGLONG offset, UCHAR major)
{
    struct fx_target *t;
    struct fx_request *r;
    struct fx_part p;
    NTSTATUS status;

    if (!both(f, target, request, &t, &r))
        return STATUS_INVALID_HANDLE;
    status = fx_part_memory(f, memory, part, &p);
    if (NT_SUCCESS(status))
        status = fx_format_transfer(f, t, r, major, &p, offset);
    if (!NT_SUCCESS(status))
        return status;
    if (major == IRP_MJ_READ) {
        r->sent->params.Parameters.Read.Buffer = memory;
        r->sent->params.Parameters.Read.Offset = part ? part->BufferOffset : 0;
    } else {
        r->sent->params.Parameters.Write.Buffer = memory;
        r->sent->params.Parameters.Write.Offset = part ? part->BufferOffset : 0;
    }
    return status;
}

struct control {
    ULONG code;
    WDFMEMORY in, out;
    PWDFMEMORY_OFFSET in_part, out_part;
};

static NTSTATUS control(struct fx *f, WDFIOTARGET target, WDFREQUEST request,
                        const struct control *k, UCHAR major)
{
    struct fx_target *t;
    struct fx_request *r;
    struct fx_part in, out;
    NTSTATUS status;

    if (!both(f, target, request, &t, &r))
        return STATUS_INVALID_HANDLE;
    status = fx_part_memory(f, k->in, k->in_part, &in);
    if (NT_SUCCESS(status))
        status = fx_part_memory(f, k->out, k->out_part, &out);
    if (NT_SUCCESS(status))
        status = fx_format_control(f, t, r, major, k->code, &in, &out);
    if (!NT_SUCCESS(status))
        return status;
    r->sent->params.Parameters.Ioctl.Input.Buffer = k->in;
    r->sent->params.Parameters.Ioctl.Input.Offset = k->in_part ? k->in_part->BufferOffset : 0;
    r->sent->params.Parameters.Ioctl.Output.Buffer = k->out;
    r->sent->params.Parameters.Ioctl.Output.Offset = k->out_part ? k->out_part->BufferOffset : 0;
    return status;
}

/*
 * WdfIoTargetFormatRequestForRead: makes a request a read of a target.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INVALID_DEVICE_STATE (target closed), STATUS_REQUEST_NOT_ACCEPTED (its
 *          IRP has too few stack locations), STATUS_INTEGER_OVERFLOW (not within the memory),
 *          STATUS_INSUFFICIENT_RESOURCES
 * Gap      none known
 * Says     CALL (a0 = request), RETURN
 * Source   wdfiotarget/nf-wdfiotarget-wdfiotargetformatrequestforread
 */
NTSTATUS imp_WdfIoTargetFormatRequestForRead(PWDF_DRIVER_GLOBALS DriverGlobals,
                                             WDFIOTARGET IoTarget, WDFREQUEST Request,
                                             WDFMEMORY OutputBuffer,
                                             PWDFMEMORY_OFFSET OutputBufferOffset,
                                             PLONGLONG DeviceOffset)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfIoTargetFormatRequestForRead,
                               fx_handle_obj(f, IoTarget), fx_handle_obj(f, Request), 0, 0, 0);
    NTSTATUS status =
        transfer(f, IoTarget, Request, OutputBuffer, OutputBufferOffset, DeviceOffset, IRP_MJ_READ);

    (void)DriverGlobals;
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfIoTargetFormatRequestForWrite: makes a request a write of a target.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  as WdfIoTargetFormatRequestForRead
 * Gap      none known
 * Says     CALL (a0 = request), RETURN
 * Source   wdfiotarget/nf-wdfiotarget-wdfiotargetformatrequestforwrite
 */
NTSTATUS imp_WdfIoTargetFormatRequestForWrite(PWDF_DRIVER_GLOBALS DriverGlobals,
                                              WDFIOTARGET IoTarget, WDFREQUEST Request,
                                              WDFMEMORY InputBuffer,
                                              PWDFMEMORY_OFFSET InputBufferOffset,
                                              PLONGLONG DeviceOffset)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfIoTargetFormatRequestForWrite,
                               fx_handle_obj(f, IoTarget), fx_handle_obj(f, Request), 0, 0, 0);
    NTSTATUS status =
        transfer(f, IoTarget, Request, InputBuffer, InputBufferOffset, DeviceOffset, IRP_MJ_WRITE);

    (void)DriverGlobals;
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfIoTargetFormatRequestForIoctl: makes a request a control code for a target.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  as WdfIoTargetFormatRequestForRead
 * Gap      none known
 * Says     CALL (a0 = request, a1 = code), RETURN
 * Source   wdfiotarget/nf-wdfiotarget-wdfiotargetformatrequestforioctl
 */
NTSTATUS imp_WdfIoTargetFormatRequestForIoctl(PWDF_DRIVER_GLOBALS DriverGlobals,
                                              WDFIOTARGET IoTarget, WDFREQUEST Request,
                                              ULONG IoctlCode, WDFMEMORY InputBuffer,
                                              PWDFMEMORY_OFFSET InputBufferOffset,
                                              WDFMEMORY OutputBuffer,
                                              PWDFMEMORY_OFFSET OutputBufferOffset)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfIoTargetFormatRequestForIoctl, fx_handle_obj(f, IoTarget),
                   fx_handle_obj(f, Request), IoctlCode, 0, 0);
    const struct control k = { IoctlCode, InputBuffer, OutputBuffer, InputBufferOffset,
                               OutputBufferOffset };
    NTSTATUS status = control(f, IoTarget, Request, &k, IRP_MJ_DEVICE_CONTROL);

    (void)DriverGlobals;
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfIoTargetFormatRequestForInternalIoctl: makes a request an internal control code for a target.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  as WdfIoTargetFormatRequestForRead
 * Gap      none known
 * Says     CALL (a0 = request, a1 = code), RETURN
 * Source   wdfiotarget/nf-wdfiotarget-wdfiotargetformatrequestforinternalioctl
 */
NTSTATUS imp_WdfIoTargetFormatRequestForInternalIoctl(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                      WDFIOTARGET IoTarget, WDFREQUEST Request,
                                                      ULONG IoctlCode, WDFMEMORY InputBuffer,
                                                      PWDFMEMORY_OFFSET InputBufferOffset,
                                                      WDFMEMORY OutputBuffer,
                                                      PWDFMEMORY_OFFSET OutputBufferOffset)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfIoTargetFormatRequestForInternalIoctl, fx_handle_obj(f, IoTarget),
                   fx_handle_obj(f, Request), IoctlCode, 0, 0);
    const struct control k = { IoctlCode, InputBuffer, OutputBuffer, InputBufferOffset,
                               OutputBufferOffset };
    NTSTATUS status = control(f, IoTarget, Request, &k, IRP_MJ_INTERNAL_DEVICE_CONTROL);

    (void)DriverGlobals;
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

static NTSTATUS others(struct fx *f, WDFIOTARGET target, WDFREQUEST request, ULONG code,
                       const WDFMEMORY args[3], const PWDFMEMORY_OFFSET at[3])
{
    struct fx_part parts[3];
    struct fx_target *t;
    struct fx_request *r;
    NTSTATUS status = STATUS_SUCCESS;

    if (!both(f, target, request, &t, &r))
        return STATUS_INVALID_HANDLE;
    for (unsigned i = 0; i < 3 && NT_SUCCESS(status); i++)
        status = fx_part_memory(f, args[i], at[i], &parts[i]);
    return NT_SUCCESS(status) ? fx_format_others(f, t, r, code, parts) : status;
}

/*
 * WdfIoTargetFormatRequestForInternalIoctlOthers: the same with arguments two drivers have agreed on.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  as WdfIoTargetFormatRequestForRead
 * Gap      none known
 * Says     CALL (a0 = request, a1 = code), RETURN
 * Source   wdfiotarget/nf-wdfiotarget-wdfiotargetformatrequestforinternalioctlothers
 */
NTSTATUS imp_WdfIoTargetFormatRequestForInternalIoctlOthers(
    PWDF_DRIVER_GLOBALS DriverGlobals, WDFIOTARGET IoTarget, WDFREQUEST Request, ULONG IoctlCode,
    WDFMEMORY OtherArg1, PWDFMEMORY_OFFSET OtherArg1Offset, WDFMEMORY OtherArg2,
    PWDFMEMORY_OFFSET OtherArg2Offset, WDFMEMORY OtherArg4, PWDFMEMORY_OFFSET OtherArg4Offset)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfIoTargetFormatRequestForInternalIoctlOthers,
                   fx_handle_obj(f, IoTarget), fx_handle_obj(f, Request), IoctlCode, 0, 0);
    const WDFMEMORY args[] = { OtherArg1, OtherArg2, OtherArg4 };
    const PWDFMEMORY_OFFSET at[] = { OtherArg1Offset, OtherArg2Offset, OtherArg4Offset };
    NTSTATUS status = others(f, IoTarget, Request, IoctlCode, args, at);

    (void)DriverGlobals;
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}
