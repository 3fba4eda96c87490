/*
 * How a device's requests are spread over its queues.
 *
 * Source: wdf/creating-i-o-queues, microsoft/Windows-Driver-Frameworks (fxdeviceapi.cpp, fxpkgio.cpp)
 */
#include "sim/wdf/io.h"

static bool spreadable(WDF_REQUEST_TYPE type)
{
    return type == WdfRequestTypeCreate || type == WdfRequestTypeRead ||
           type == WdfRequestTypeWrite || type == WdfRequestTypeDeviceControl ||
           type == WdfRequestTypeDeviceControlInternal;
}

static NTSTATUS configure(struct fx *f, struct fx_device *d, struct fx_queue *q,
                          WDF_REQUEST_TYPE type)
{
    const enum api api = API_WdfDeviceConfigureRequestDispatching;
    struct fx_queue **at;

    if (q->device != d || !spreadable(type))
        return STATUS_INVALID_PARAMETER;
    at = &d->io->table[type];
    if (!fx_queue_handles(q, (UCHAR)type) || (q == d->io->def && type != WdfRequestTypeCreate)) {
        fx_break(f, api, q->object.obj, WDF_BREAK_DISPATCHING, (uint64_t)type, 0);
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (*at && *at != d->io->def) {
        fx_break(f, api, q->object.obj, WDF_BREAK_DISPATCHING, (uint64_t)type, 0);
        return type == WdfRequestTypeCreate ? STATUS_INVALID_PARAMETER : STATUS_WDF_BUSY;
    }
    *at = q;
    if (type != WdfRequestTypeCreate)
        fx_queue_keep(q);
    return STATUS_SUCCESS;
}

/*
 * WdfDeviceConfigureRequestDispatching: requests of one type go to this queue, not to the default one.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INVALID_PARAMETER (another device's queue, another type, a second queue for
 *          create requests), STATUS_INVALID_DEVICE_REQUEST (the queue has no callback for it, or is the
 *          default queue), STATUS_WDF_BUSY (the type has a queue)
 * Gap      none known
 * Says     CALL (a0 = the queue, a1 = type), RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdeviceconfigurerequestdispatching
 */
NTSTATUS imp_WdfDeviceConfigureRequestDispatching(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                  WDFDEVICE Device, WDFQUEUE Queue,
                                                  WDF_REQUEST_TYPE RequestType)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfDeviceConfigureRequestDispatching, fx_handle_obj(f, Device),
                   fx_handle_obj(f, Queue), (uint64_t)RequestType, 0, 0);
    struct fx_device *d = fx_device_of(f, Device);
    struct fx_queue *q = d ? fx_queue_of(f, Queue) : NULL;
    NTSTATUS status = q ? configure(f, d, q, RequestType) : STATUS_INVALID_HANDLE;

    (void)DriverGlobals;
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfDeviceGetDefaultQueue: the queue that gets what no other is configured for.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  it, or NULL
 * Gap      none known
 * Says     CALL, RETURN (its object)
 * Source   wdfdevice/nf-wdfdevice-wdfdevicegetdefaultqueue
 */
WDFQUEUE imp_WdfDeviceGetDefaultQueue(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfDeviceGetDefaultQueue, fx_handle_obj(f, Device), 0, 0, 0, 0);
    struct fx_device *d = fx_device_of(f, Device);
    struct fx_queue *q = d ? d->io->def : NULL;

    (void)DriverGlobals;
    call_end(&c, q ? q->object.obj : 0, 0, 0, 0);
    return q ? (WDFQUEUE)q->object.handle : NULL;
}

static NTSTATUS enqueue(struct fx *f, struct fx_device *d, struct fx_request *r)
{
    const enum api api = API_WdfDeviceEnqueueRequest;
    struct fx_queue *q = r->meant;
    NTSTATUS status;

    if (!r->in_caller) {
        fx_break(f, api, r->object.obj, WDF_BREAK_REQUEST_NOT_CALLER, 0, 0);
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!fx_request_is_owned(f, r, api))
        return STATUS_INVALID_DEVICE_REQUEST;
    q = q ? q : d->io->table[fx_request_at(r)->MajorFunction];
    if (fx_io_passes(d, q, fx_request_at(r)->MajorFunction)) {
        PIRP irp = r->irp;

        IoSkipCurrentIrpStackLocation(irp);
        fx_dispose_early(&r->object);
        IofCallDriver(d->attached, irp);
        fx_request_forget_irp(f, r);
        return STATUS_SUCCESS;
    }
    if (!q) {
        fx_break(f, api, r->object.obj, WDF_BREAK_REQUEST_NO_QUEUE, 0, 0);
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    r->in_caller = r->owned = false;
    r->lent = FX_LENT_NOT;
    status = fx_queue_take_forwarded(f, q, r);
    if (!NT_SUCCESS(status)) {
        r->in_caller = r->owned = true;
        r->lent = FX_LENT_CALLER;
    }
    return status;
}

/*
 * WdfDeviceEnqueueRequest: EvtIoInCallerContext is done with a request: it goes to its queue.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_WDF_BUSY (the queue accepts none), STATUS_INVALID_DEVICE_REQUEST (not in
 *          that callback, or no queue for its type): the request stays the driver's to complete
 * Gap      none known
 * Says     CALL (a0 = the request), callbacks of the queue, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdeviceenqueuerequest
 */
NTSTATUS imp_WdfDeviceEnqueueRequest(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device,
                                     WDFREQUEST Request)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDeviceEnqueueRequest, fx_handle_obj(f, Device),
                               fx_handle_obj(f, Request), 0, 0, 0);
    struct fx_device *d = fx_device_of(f, Device);
    struct fx_request *r = d ? fx_request_of(f, Request) : NULL;
    NTSTATUS status = r ? enqueue(f, d, r) : STATUS_INVALID_HANDLE;

    (void)DriverGlobals;
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}
