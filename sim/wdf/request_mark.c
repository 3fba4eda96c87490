/*
 * Cancellation as the driver sees it: a request that it has for long is marked cancelable; unmarking and the
 * cancel callback exclude each other.
 *
 * Source: wdf/canceling-i-o-requests, microsoft/Windows-Driver-Frameworks (fxioqueue.cpp)
 */
#include "sim/wdf/io.h"

static NTSTATUS mark_check(struct fx *f, struct fx_request *r, enum api api)
{
    if (!r->queue) {
        fx_break(f, api, r->object.obj, WDF_BREAK_REQUEST_NO_QUEUE, 0, 0);
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    return fx_request_is_owned(f, r, api) ? STATUS_SUCCESS : STATUS_INVALID_DEVICE_REQUEST;
}

/* refuse: one that is cancelled already is left to the driver, with STATUS_CANCELLED; else its callback is
 * called at once. */
static NTSTATUS mark(struct fx *f, struct fx_request *r, PFN_WDF_REQUEST_CANCEL fn, bool refuse,
                     enum api api)
{
    NTSTATUS status = mark_check(f, r, api);

    if (!NT_SUCCESS(status))
        return status;
    if (!fx_request_is_unmarked(f, r, api))
        return STATUS_INVALID_DEVICE_REQUEST;
    r->cancel = fn;
    r->cancelable = true;
    race_give_obj(f->s, r->object.obj);
    status =
        r->queue->cancels ? STATUS_CANCELLED : fx_ring_insert(r->queue, r, FX_CANCELABLE, false);
    if (NT_SUCCESS(status))
        return status;
    if (refuse) {
        r->cancel = NULL;
        r->cancelable = false;
        return STATUS_CANCELLED;
    }
    fx_queue_cancel_driver(f, r->queue, r);
    return STATUS_SUCCESS;
}

/*
 * WdfRequestMarkCancelable: from now on the driver can be told that the request is cancelled.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     CALL, EvtRequestCancel's CALLBACK when it is cancelled already (within this call, or when the
 *          queue's lock is free), RETURN
 * Source   wdfrequest/nf-wdfrequest-wdfrequestmarkcancelable
 */
VOID imp_WdfRequestMarkCancelable(PWDF_DRIVER_GLOBALS DriverGlobals, WDFREQUEST Request,
                                  PFN_WDF_REQUEST_CANCEL EvtRequestCancel)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfRequestMarkCancelable, fx_handle_obj(f, Request), 0, 0, 0, 0);
    struct fx_request *r = fx_request_of(f, Request);

    (void)DriverGlobals;
    if (r && fx_required(f, (const void *)EvtRequestCancel))
        mark(f, r, EvtRequestCancel, false, API_WdfRequestMarkCancelable);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfRequestMarkCancelableEx: the same, and one that is cancelled already stays the driver's to complete.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_CANCELLED (the callback will not be called),
 *          STATUS_INVALID_DEVICE_REQUEST
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfrequest/nf-wdfrequest-wdfrequestmarkcancelableex
 */
NTSTATUS imp_WdfRequestMarkCancelableEx(PWDF_DRIVER_GLOBALS DriverGlobals, WDFREQUEST Request,
                                        PFN_WDF_REQUEST_CANCEL EvtRequestCancel)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfRequestMarkCancelableEx, fx_handle_obj(f, Request), 0, 0, 0, 0);
    struct fx_request *r = fx_request_of(f, Request);
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;

    (void)DriverGlobals;
    if (r && fx_required(f, (const void *)EvtRequestCancel))
        status = mark(f, r, EvtRequestCancel, true, API_WdfRequestMarkCancelableEx);
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

static NTSTATUS unmark(struct fx *f, struct fx_request *r)
{
    NTSTATUS status = mark_check(f, r, API_WdfRequestUnmarkCancelable);

    if (!NT_SUCCESS(status))
        return status;
    if (!r->cancelable) {
        fx_break(f, API_WdfRequestUnmarkCancelable, r->object.obj, WDF_BREAK_REQUEST_UNMARKED, 0,
                 0);
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!fx_ring_remove(r))
        return STATUS_CANCELLED;
    r->cancel = NULL;
    r->cancelable = false;
    return STATUS_SUCCESS;
}

/*
 * WdfRequestUnmarkCancelable: the driver wants to go on with the request undisturbed, or to complete it.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_CANCELLED (the cancel callback has been or will be called: it completes
 *          the request), STATUS_INVALID_DEVICE_REQUEST
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfrequest/nf-wdfrequest-wdfrequestunmarkcancelable
 */
NTSTATUS imp_WdfRequestUnmarkCancelable(PWDF_DRIVER_GLOBALS DriverGlobals, WDFREQUEST Request)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfRequestUnmarkCancelable, fx_handle_obj(f, Request), 0, 0, 0, 0);
    struct fx_request *r = fx_request_of(f, Request);
    NTSTATUS status = r ? unmark(f, r) : STATUS_INVALID_DEVICE_REQUEST;

    (void)DriverGlobals;
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfRequestIsCanceled: whether somebody wants the request back, of one that is not marked.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  TRUE: cancelled
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfrequest/nf-wdfrequest-wdfrequestiscanceled
 */
BOOLEAN imp_WdfRequestIsCanceled(PWDF_DRIVER_GLOBALS DriverGlobals, WDFREQUEST Request)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfRequestIsCanceled, fx_handle_obj(f, Request), 0, 0, 0, 0);
    struct fx_request *r = fx_request_of(f, Request);
    BOOLEAN is = FALSE;

    (void)DriverGlobals;
    if (r && fx_request_is_owned(f, r, API_WdfRequestIsCanceled) &&
        fx_request_is_unmarked(f, r, API_WdfRequestIsCanceled))
        is = r->cancelled || r->irp->Cancel;
    call_end(&c, is, 0, 0, 0);
    return is;
}
