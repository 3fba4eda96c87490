/*
 * Requests that go from one queue to another, back to their own, or on hold while the device sleeps.
 *
 * Source: wdf/forwarding-i-o-requests, wdf/requeuing-i-o-requests,
 *         microsoft/Windows-Driver-Frameworks (fxioqueue.cpp)
 */
#include "sim/wdf/io.h"

static NTSTATUS movable(struct fx *f, struct fx_request *r, enum api api)
{
    if (!fx_request_is_owned(f, r, api) || !fx_request_is_unmarked(f, r, api))
        return STATUS_INVALID_DEVICE_REQUEST;
    return STATUS_SUCCESS;
}

/* From the hands of the driver, who has it of a queue, to another queue of the device. */
static NTSTATUS forward(struct fx *f, struct fx_request *r, struct fx_queue *to)
{
    const enum api api = API_WdfRequestForwardToIoQueue;
    struct fx_queue *from = r->queue;
    NTSTATUS status = movable(f, r, api);

    if (!NT_SUCCESS(status))
        return status;
    if (to == from || to->device != from->device) {
        fx_break(f, api, r->object.obj, WDF_BREAK_QUEUE_FOREIGN, 0, 0);
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    fx_reference(&from->object);
    fx_ring_cut(&r->owned_link);
    r->lent = FX_LENT_NOT;
    r->owned = false;
    status = fx_queue_take_forwarded(f, to, r);
    if (!NT_SUCCESS(status)) {
        r->lent = FX_LENT_QUEUE;
        r->owned = true;
        fx_ring_put(&from->owned, &r->owned_link);
    } else {
        from->owned_count--;
        fx_queue_run_inside(f, from);
    }
    fx_dereference(&from->object);
    return status;
}

static NTSTATUS forward_made(struct fx *f, struct fx_request *r, struct fx_queue *to)
{
    const enum api api = API_WdfRequestForwardToIoQueue;
    NTSTATUS status = movable(f, r, api);

    if (!NT_SUCCESS(status))
        return status;
    if (r->origin != FX_FROM_DRIVER || !r->can_complete || !fx_request_at_valid(f, r, api)) {
        fx_break(f, api, r->object.obj, WDF_BREAK_REQUEST_NO_QUEUE, 0, 0);
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    r->owned = false;
    r->device = to->device;
    status = fx_queue_take_forwarded(f, to, r);
    if (!NT_SUCCESS(status))
        r->owned = true;
    return status;
}

/*
 * WdfRequestForwardToIoQueue: hands a request that the driver has to another queue of the device.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_SUCCESS (it may be completed by now), STATUS_WDF_BUSY (the queue accepts none),
 *          STATUS_INVALID_DEVICE_REQUEST (not the driver's, marked cancelable, its own queue, a queue of
 *          another device)
 * Gap      none known
 * Says     CALL (a0 = the queue), callbacks of both queues, RETURN
 * Source   wdfrequest/nf-wdfrequest-wdfrequestforwardtoioqueue
 */
NTSTATUS imp_WdfRequestForwardToIoQueue(PWDF_DRIVER_GLOBALS DriverGlobals, WDFREQUEST Request,
                                        WDFQUEUE DestinationQueue)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfRequestForwardToIoQueue, fx_handle_obj(f, Request),
                               fx_handle_obj(f, DestinationQueue), 0, 0, 0);
    struct fx_queue *to = fx_queue_of(f, DestinationQueue);
    struct fx_request *r = to ? fx_request_of(f, Request) : NULL;
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;

    (void)DriverGlobals;
    if (r)
        status = r->queue ? forward(f, r, to) : forward_made(f, r, to);
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

static NTSTATUS requeue(struct fx *f, struct fx_request *r)
{
    const enum api api = API_WdfRequestRequeue;
    struct fx_queue *q = r->queue;
    NTSTATUS status = movable(f, r, api);

    if (!NT_SUCCESS(status))
        return status;
    if (!q || q->config.DispatchType != WdfIoQueueDispatchManual) {
        fx_break(f, api, r->object.obj, q ? WDF_BREAK_QUEUE_KIND : WDF_BREAK_REQUEST_NO_QUEUE,
                 q ? q->config.DispatchType : 0, 0);
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    fx_reference(&q->object);
    fx_queue_disown(q, r);
    status = q->cancels ? STATUS_CANCELLED : fx_ring_insert(q, r, FX_WAITING, true);
    if (NT_SUCCESS(status))
        fx_queue_filled(q);
    else
        fx_queue_cancelled(f, q, r);
    fx_queue_run(f, q, NULL);
    fx_dereference(&q->object);
    return STATUS_SUCCESS;
}

/*
 * WdfRequestRequeue: puts a request back to the head of the manual queue that it was taken from.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INVALID_DEVICE_REQUEST (not the driver's, marked, the queue presents)
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfrequest/nf-wdfrequest-wdfrequestrequeue
 */
NTSTATUS imp_WdfRequestRequeue(PWDF_DRIVER_GLOBALS DriverGlobals, WDFREQUEST Request)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfRequestRequeue, fx_handle_obj(f, Request), 0, 0, 0, 0);
    struct fx_request *r = fx_request_of(f, Request);
    NTSTATUS status = r ? requeue(f, r) : STATUS_INVALID_DEVICE_REQUEST;

    (void)DriverGlobals;
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

static void acknowledge(struct fx *f, struct fx_request *r, bool back)
{
    const enum api api = API_WdfRequestStopAcknowledge;
    struct fx_queue *q = r->queue;

    if (!r->in_stop) {
        fx_break(f, api, r->object.obj, WDF_BREAK_REQUEST_NOT_STOP, 0, 0);
        return;
    }
    if (!q) /* completed while EvtIoStop told of it: nobody waits for the word */
        return;
    if (back && !NT_SUCCESS(movable(f, r, api)))
        return;
    r->ack = back ? FX_ACK_REQUEUE : FX_ACK_KEEP;
    fx_queue_run_inside(f, q);
}

/*
 * WdfRequestStopAcknowledge: the driver has made sure that a request it was told of by EvtIoStop does not
 * touch the device any more. Requeue: the request goes back to the head of its queue.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      acknowledged behind the end of EvtIoStop too, as the next run of the queue finds it
 * Says     CALL (a0 = Requeue), RETURN; MISUSE when EvtIoStop has not told of it
 * Source   wdfrequest/nf-wdfrequest-wdfrequeststopacknowledge
 */
VOID imp_WdfRequestStopAcknowledge(PWDF_DRIVER_GLOBALS DriverGlobals, WDFREQUEST Request,
                                   BOOLEAN Requeue)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfRequestStopAcknowledge, fx_handle_obj(f, Request),
                               Requeue, 0, 0, 0);
    struct fx_request *r = fx_request_of(f, Request);

    (void)DriverGlobals;
    if (r)
        acknowledge(f, r, Requeue);
    call_end(&c, 0, 0, 0, 0);
}
