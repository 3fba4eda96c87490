/*
 * Reads, writes and control codes for I/O targets: formatted to be sent later, or sent and waited for.
 *
 * Source: wdfiotarget/, microsoft/Windows-Driver-Frameworks (fxiotargetapi.cpp)
 */
#include "sim/wdf/target.h"

/* --- sent and waited for --- */

struct job {
    struct fx_target *t;
    struct fx_request *r, *own; /* own: made for this, as the driver gave none */
    PWDF_REQUEST_SEND_OPTIONS options;
};

static NTSTATUS job_begin(struct fx *f, WDFIOTARGET target, WDFREQUEST request,
                          PWDF_REQUEST_SEND_OPTIONS options, enum api api, struct job *j)
{
    NTSTATUS status = STATUS_INVALID_HANDLE;

    *j = (struct job) { .t = fx_target_of(f, target), .options = options };
    if (!j->t)
        return status;
    if (!fx_irql_check(f, api, j->t->object.obj, PASSIVE_LEVEL))
        return STATUS_INVALID_DEVICE_REQUEST;
    status = fx_send_options_check(options);
    if (!NT_SUCCESS(status))
        return status;
    if (request) {
        j->r = fx_request_of(f, request);
        return j->r ? STATUS_SUCCESS : STATUS_INVALID_HANDLE;
    }
    status = fx_request_make(f, j->t->object.driver, NULL, NULL, FX_INTERNAL, &j->own);
    j->r = j->own;
    return status;
}

static NTSTATUS job_send(struct fx *f, struct job *j, PULONG_PTR bytes)
{
    bool sent;
    NTSTATUS status = fx_request_send_wait(f, j->r, j->t, j->options, &sent);

    if (bytes)
        *bytes = j->r->irp ? j->r->irp->IoStatus.Information : 0;
    fx_sent_restore(f, j->r);
    return status;
}

static void job_end(struct job *j)
{
    if (j->own)
        fx_delete(&j->own->object);
}

static NTSTATUS transfer(struct fx *f, WDFIOTARGET target, WDFREQUEST request,
                         PWDF_MEMORY_DESCRIPTOR buffer, PLONGLONG offset,
                         PWDF_REQUEST_SEND_OPTIONS options, PULONG_PTR bytes, UCHAR major)
{
    enum api api = major == IRP_MJ_READ ? API_WdfIoTargetSendReadSynchronously
                                        : API_WdfIoTargetSendWriteSynchronously;
    struct fx_part p;
    struct job j;
    NTSTATUS status = job_begin(f, target, request, options, api, &j);

    if (NT_SUCCESS(status))
        status = fx_part_descriptor(f, buffer, &p);
    if (NT_SUCCESS(status))
        status = fx_format_transfer(f, j.t, j.r, major, &p, offset);
    if (NT_SUCCESS(status))
        status = job_send(f, &j, bytes);
    job_end(&j);
    return status;
}

static NTSTATUS control(struct fx *f, WDFIOTARGET target, WDFREQUEST request, ULONG code,
                        PWDF_MEMORY_DESCRIPTOR in, PWDF_MEMORY_DESCRIPTOR out,
                        PWDF_REQUEST_SEND_OPTIONS options, PULONG_PTR bytes, UCHAR major)
{
    enum api api = major == IRP_MJ_DEVICE_CONTROL ? API_WdfIoTargetSendIoctlSynchronously
                                                  : API_WdfIoTargetSendInternalIoctlSynchronously;
    struct fx_part a, b;
    struct job j;
    NTSTATUS status = job_begin(f, target, request, options, api, &j);

    if (NT_SUCCESS(status))
        status = fx_part_descriptor(f, in, &a);
    if (NT_SUCCESS(status))
        status = fx_part_descriptor(f, out, &b);
    if (NT_SUCCESS(status))
        status = fx_format_control(f, j.t, j.r, major, code, &a, &b);
    if (NT_SUCCESS(status))
        status = job_send(f, &j, bytes);
    job_end(&j);
    return status;
}

/*
 * WdfIoTargetSendReadSynchronously: reads from a target and waits for the end.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, what the target's driver ends with, STATUS_IO_TIMEOUT, STATUS_INVALID_DEVICE_STATE
 *          (target closed or purged), STATUS_INVALID_PARAMETER (descriptor, options),
 *          STATUS_REQUEST_NOT_ACCEPTED, STATUS_INVALID_DEVICE_REQUEST (IRQL),
 *          STATUS_INSUFFICIENT_RESOURCES
 * Gap      none known
 * Says     CALL (a0 = request), what sending says, RETURN (status, bytes)
 * Source   wdfiotarget/nf-wdfiotarget-wdfiotargetsendreadsynchronously
 */
NTSTATUS imp_WdfIoTargetSendReadSynchronously(PWDF_DRIVER_GLOBALS DriverGlobals,
                                              WDFIOTARGET IoTarget, WDFREQUEST Request,
                                              PWDF_MEMORY_DESCRIPTOR OutputBuffer,
                                              PLONGLONG DeviceOffset,
                                              PWDF_REQUEST_SEND_OPTIONS RequestOptions,
                                              PULONG_PTR BytesRead)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfIoTargetSendReadSynchronously,
                               fx_handle_obj(f, IoTarget), fx_handle_obj(f, Request), 0, 0, 0);
    NTSTATUS status = transfer(f, IoTarget, Request, OutputBuffer, DeviceOffset, RequestOptions,
                               BytesRead, IRP_MJ_READ);

    (void)DriverGlobals;
    call_end(&c, (uint32_t)status, NT_SUCCESS(status) && BytesRead ? *BytesRead : 0, 0, 0);
    return status;
}

/*
 * WdfIoTargetSendWriteSynchronously: writes to a target and waits for the end.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  as WdfIoTargetSendReadSynchronously
 * Gap      none known
 * Says     CALL (a0 = request), what sending says, RETURN (status, bytes)
 * Source   wdfiotarget/nf-wdfiotarget-wdfiotargetsendwritesynchronously
 */
NTSTATUS imp_WdfIoTargetSendWriteSynchronously(PWDF_DRIVER_GLOBALS DriverGlobals,
                                               WDFIOTARGET IoTarget, WDFREQUEST Request,
                                               PWDF_MEMORY_DESCRIPTOR InputBuffer,
                                               PLONGLONG DeviceOffset,
                                               PWDF_REQUEST_SEND_OPTIONS RequestOptions,
                                               PULONG_PTR BytesWritten)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfIoTargetSendWriteSynchronously,
                               fx_handle_obj(f, IoTarget), fx_handle_obj(f, Request), 0, 0, 0);
    NTSTATUS status = transfer(f, IoTarget, Request, InputBuffer, DeviceOffset, RequestOptions,
                               BytesWritten, IRP_MJ_WRITE);

    (void)DriverGlobals;
    call_end(&c, (uint32_t)status, NT_SUCCESS(status) && BytesWritten ? *BytesWritten : 0, 0, 0);
    return status;
}

/*
 * WdfIoTargetSendIoctlSynchronously: sends a control code to a target and waits for the end.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  as WdfIoTargetSendReadSynchronously
 * Gap      none known
 * Says     CALL (a0 = request, a1 = code), what sending says, RETURN (status, bytes)
 * Source   wdfiotarget/nf-wdfiotarget-wdfiotargetsendioctlsynchronously
 */
NTSTATUS imp_WdfIoTargetSendIoctlSynchronously(PWDF_DRIVER_GLOBALS DriverGlobals,
                                               WDFIOTARGET IoTarget, WDFREQUEST Request,
                                               ULONG IoctlCode, PWDF_MEMORY_DESCRIPTOR InputBuffer,
                                               PWDF_MEMORY_DESCRIPTOR OutputBuffer,
                                               PWDF_REQUEST_SEND_OPTIONS RequestOptions,
                                               PULONG_PTR BytesReturned)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfIoTargetSendIoctlSynchronously, fx_handle_obj(f, IoTarget),
                   fx_handle_obj(f, Request), IoctlCode, 0, 0);
    NTSTATUS status = control(f, IoTarget, Request, IoctlCode, InputBuffer, OutputBuffer,
                              RequestOptions, BytesReturned, IRP_MJ_DEVICE_CONTROL);

    (void)DriverGlobals;
    call_end(&c, (uint32_t)status, NT_SUCCESS(status) && BytesReturned ? *BytesReturned : 0, 0, 0);
    return status;
}

/*
 * WdfIoTargetSendInternalIoctlSynchronously: sends an internal control code to a target and waits.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  as WdfIoTargetSendReadSynchronously
 * Gap      none known
 * Says     CALL (a0 = request, a1 = code), what sending says, RETURN (status, bytes)
 * Source   wdfiotarget/nf-wdfiotarget-wdfiotargetsendinternalioctlsynchronously
 */
NTSTATUS imp_WdfIoTargetSendInternalIoctlSynchronously(
    PWDF_DRIVER_GLOBALS DriverGlobals, WDFIOTARGET IoTarget, WDFREQUEST Request, ULONG IoctlCode,
    PWDF_MEMORY_DESCRIPTOR InputBuffer, PWDF_MEMORY_DESCRIPTOR OutputBuffer,
    PWDF_REQUEST_SEND_OPTIONS RequestOptions, PULONG_PTR BytesReturned)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfIoTargetSendInternalIoctlSynchronously, fx_handle_obj(f, IoTarget),
                   fx_handle_obj(f, Request), IoctlCode, 0, 0);
    NTSTATUS status = control(f, IoTarget, Request, IoctlCode, InputBuffer, OutputBuffer,
                              RequestOptions, BytesReturned, IRP_MJ_INTERNAL_DEVICE_CONTROL);

    (void)DriverGlobals;
    call_end(&c, (uint32_t)status, NT_SUCCESS(status) && BytesReturned ? *BytesReturned : 0, 0, 0);
    return status;
}

static NTSTATUS others(struct fx *f, WDFIOTARGET target, WDFREQUEST request, ULONG code,
                       const PWDF_MEMORY_DESCRIPTOR args[3], PWDF_REQUEST_SEND_OPTIONS options,
                       PULONG_PTR bytes)
{
    struct fx_part parts[3];
    struct job j;
    NTSTATUS status = job_begin(f, target, request, options,
                                API_WdfIoTargetSendInternalIoctlOthersSynchronously, &j);

    for (unsigned i = 0; i < 3 && NT_SUCCESS(status); i++)
        status = fx_part_descriptor(f, args[i], &parts[i]);
    if (NT_SUCCESS(status))
        status = fx_format_others(f, j.t, j.r, code, parts);
    if (NT_SUCCESS(status))
        status = job_send(f, &j, bytes);
    job_end(&j);
    return status;
}

/*
 * WdfIoTargetSendInternalIoctlOthersSynchronously: an internal control code whose arguments two drivers have
 * agreed on; waits for the end.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  as WdfIoTargetSendReadSynchronously
 * Gap      none known
 * Says     CALL (a0 = request, a1 = code), what sending says, RETURN (status, bytes)
 * Source   wdfiotarget/nf-wdfiotarget-wdfiotargetsendinternalioctlotherssynchronously
 */
NTSTATUS imp_WdfIoTargetSendInternalIoctlOthersSynchronously(
    PWDF_DRIVER_GLOBALS DriverGlobals, WDFIOTARGET IoTarget, WDFREQUEST Request, ULONG IoctlCode,
    PWDF_MEMORY_DESCRIPTOR OtherArg1, PWDF_MEMORY_DESCRIPTOR OtherArg2,
    PWDF_MEMORY_DESCRIPTOR OtherArg4, PWDF_REQUEST_SEND_OPTIONS RequestOptions,
    PULONG_PTR BytesReturned)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfIoTargetSendInternalIoctlOthersSynchronously,
                   fx_handle_obj(f, IoTarget), fx_handle_obj(f, Request), IoctlCode, 0, 0);
    const PWDF_MEMORY_DESCRIPTOR args[] = { OtherArg1, OtherArg2, OtherArg4 };
    NTSTATUS status = others(f, IoTarget, Request, IoctlCode, args, RequestOptions, BytesReturned);

    (void)DriverGlobals;
    call_end(&c, (uint32_t)status, NT_SUCCESS(status) && BytesReturned ? *BytesReturned : 0, 0, 0);
    return status;
}
