/*
 * Manual queues: taking requests out, looking for one, being told when some are there. And how a device's
 * requests are spread over its queues.
 *
 * Source: wdf/managing-i-o-queues, wdf/creating-i-o-queues,
 *         microsoft/Windows-Driver-Frameworks (fxioqueueapi.cpp, fxpkgio.cpp)
 */
#include "sim/wdf/io.h"

static NTSTATUS retrieve(struct fx *f, struct fx_queue *q, enum api api, PFILE_OBJECT file,
                         struct fx_request *tag, WDFREQUEST *out)
{
    struct fx_request *r = NULL;
    NTSTATUS status = fx_queue_get(f, q, api, file, tag, &r);

    *out = r ? (WDFREQUEST)r->object.handle : NULL;
    return status;
}

/*
 * WdfIoQueueRetrieveNextRequest: the oldest request of a manual (or sequential) queue.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_NO_MORE_ENTRIES, STATUS_WDF_PAUSED (the queue is stopped, or the device
 *          without power), STATUS_INVALID_DEVICE_STATE (a parallel queue)
 * Gap      none known
 * Says     CALL, RETURN (status, the request)
 * Source   wdfio/nf-wdfio-wdfioqueueretrievenextrequest
 */
NTSTATUS imp_WdfIoQueueRetrieveNextRequest(PWDF_DRIVER_GLOBALS DriverGlobals, WDFQUEUE Queue,
                                           WDFREQUEST *OutRequest)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfIoQueueRetrieveNextRequest, fx_handle_obj(f, Queue), 0, 0, 0, 0);
    struct fx_queue *q = fx_queue_of(f, Queue);
    NTSTATUS status = STATUS_INVALID_HANDLE;
    bool asked = q && fx_required(f, OutRequest);

    (void)DriverGlobals;
    if (asked)
        status = retrieve(f, q, API_WdfIoQueueRetrieveNextRequest, NULL, NULL, OutRequest);
    call_end(&c, (uint32_t)status, asked ? fx_handle_obj(f, *OutRequest) : 0, 0, 0);
    return status;
}

/*
 * WdfIoQueueRetrieveRequestByFileObject: the oldest that came through one handle.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  as WdfIoQueueRetrieveNextRequest
 * Gap      none known
 * Says     CALL, RETURN (status, the request)
 * Source   wdfio/nf-wdfio-wdfioqueueretrieverequestbyfileobject
 */
NTSTATUS imp_WdfIoQueueRetrieveRequestByFileObject(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                   WDFQUEUE Queue, WDFFILEOBJECT FileObject,
                                                   WDFREQUEST *OutRequest)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfIoQueueRetrieveRequestByFileObject,
                               fx_handle_obj(f, Queue), fx_handle_obj(f, FileObject), 0, 0, 0);
    struct fx_queue *q = fx_queue_of(f, Queue);
    struct fx_file *file = NULL;
    NTSTATUS status = STATUS_INVALID_HANDLE;

    (void)DriverGlobals;
    if (q && fx_required(f, OutRequest))
        file = (struct fx_file *)fx_object_of(f, FileObject, FX_FILE);
    if (file)
        status =
            retrieve(f, q, API_WdfIoQueueRetrieveRequestByFileObject, file->wdm, NULL, OutRequest);
    call_end(&c, (uint32_t)status, file ? fx_handle_obj(f, *OutRequest) : 0, 0, 0);
    return status;
}

/*
 * WdfIoQueueRetrieveFoundRequest: takes out a request that WdfIoQueueFindRequest has shown.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  as WdfIoQueueRetrieveNextRequest; STATUS_NOT_FOUND (cancelled, or taken by another),
 *          STATUS_INVALID_DEVICE_REQUEST (not a manual queue)
 * Gap      none known
 * Says     CALL, RETURN (status, the request)
 * Source   wdfio/nf-wdfio-wdfioqueueretrievefoundrequest
 */
NTSTATUS imp_WdfIoQueueRetrieveFoundRequest(PWDF_DRIVER_GLOBALS DriverGlobals, WDFQUEUE Queue,
                                            WDFREQUEST FoundRequest, WDFREQUEST *OutRequest)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfIoQueueRetrieveFoundRequest, fx_handle_obj(f, Queue),
                               fx_handle_obj(f, FoundRequest), 0, 0, 0);
    struct fx_queue *q = fx_queue_of(f, Queue);
    struct fx_request *tag = NULL;
    NTSTATUS status = STATUS_INVALID_HANDLE;

    (void)DriverGlobals;
    if (q && fx_required(f, OutRequest))
        tag = fx_request_of(f, FoundRequest);
    if (tag)
        status = retrieve(f, q, API_WdfIoQueueRetrieveFoundRequest, NULL, tag, OutRequest);
    call_end(&c, (uint32_t)status, tag ? fx_handle_obj(f, *OutRequest) : 0, 0, 0);
    return status;
}

/* The driver's own reference: it gives it back with WdfObjectDereference. */
static void reference_for_driver(struct fx *f, struct fx_object *o)
{
    struct fx_tag *t = io_host_alloc(f->s, sizeof(*t));

    *t = (struct fx_tag) { o->tags, NULL, f->s->trace.site };
    o->tags = t;
    fx_reference(o);
}

/* Behind `tag` (NULL: from the head), of a file (NULL: of any). */
static NTSTATUS peek(struct fx_queue *q, const struct fx_request *tag, PFILE_OBJECT file,
                     struct fx_request **out)
{
    bool behind = !tag;

    for (struct fx_ring *e = q->waiting.next; e != &q->waiting; e = e->next) {
        struct fx_request *r = fx_ring_of(e, struct fx_request, link);

        if (r == tag) {
            behind = true;
        } else if (behind && (!file || fx_request_at(r)->FileObject == file)) {
            *out = r;
            return STATUS_SUCCESS;
        }
    }
    return behind ? STATUS_NO_MORE_ENTRIES : STATUS_NOT_FOUND;
}

static NTSTATUS find(struct fx *f, struct fx_queue *q, struct fx_request *tag, PFILE_OBJECT file,
                     PWDF_REQUEST_PARAMETERS parameters, struct fx_request **out)
{
    const enum api api = API_WdfIoQueueFindRequest;
    NTSTATUS status;

    if (parameters && parameters->Size < sizeof(*parameters))
        return STATUS_INVALID_PARAMETER_4;
    if (q->config.DispatchType != WdfIoQueueDispatchManual) {
        fx_break(f, api, q->object.obj, WDF_BREAK_QUEUE_KIND, q->config.DispatchType, 0);
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (tag && !tag->completed && !tag->found && !tag->owned) {
        fx_break(f, api, tag->object.obj, WDF_BREAK_REQUEST_NOT_FOUND, 0, 0);
        return STATUS_INVALID_PARAMETER;
    }
    status = peek(q, tag, file, out);
    if (status == STATUS_NO_MORE_ENTRIES && !tag && !file && q->waiting_count)
        q->from_empty_again = true;
    if (!NT_SUCCESS(status))
        return status;
    if (parameters)
        fx_request_parameters(*out, parameters);
    (*out)->found = true;
    reference_for_driver(f, &(*out)->object);
    return STATUS_SUCCESS;
}

/*
 * WdfIoQueueFindRequest: looks at the requests of a manual queue one by one; each comes with a reference,
 * which the driver gives back.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_NO_MORE_ENTRIES, STATUS_NOT_FOUND (FoundRequest has left the queue),
 *          STATUS_INVALID_DEVICE_REQUEST (not a manual queue), STATUS_INVALID_PARAMETER,
 *          STATUS_INVALID_PARAMETER_4 (Parameters->Size)
 * Gap      none known
 * Says     CALL (a0 = FoundRequest), RETURN (status, the request)
 * Source   wdfio/nf-wdfio-wdfioqueuefindrequest
 */
NTSTATUS imp_WdfIoQueueFindRequest(PWDF_DRIVER_GLOBALS DriverGlobals, WDFQUEUE Queue,
                                   WDFREQUEST FoundRequest, WDFFILEOBJECT FileObject,
                                   PWDF_REQUEST_PARAMETERS Parameters, WDFREQUEST *OutRequest)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfIoQueueFindRequest, fx_handle_obj(f, Queue),
                               fx_handle_obj(f, FoundRequest), 0, 0, 0);
    struct fx_queue *q = fx_queue_of(f, Queue);
    bool known = q && fx_required(f, OutRequest);
    struct fx_request *tag = NULL, *r = NULL;
    struct fx_file *file = NULL;
    NTSTATUS status = STATUS_INVALID_HANDLE;

    (void)DriverGlobals;
    if (known && FoundRequest)
        known = (tag = fx_request_of(f, FoundRequest)) != NULL;
    if (known && FileObject)
        known = (file = (struct fx_file *)fx_object_of(f, FileObject, FX_FILE)) != NULL;
    if (known) {
        status = find(f, q, tag, file ? file->wdm : NULL, Parameters, &r);
        *OutRequest = r ? (WDFREQUEST)r->object.handle : NULL;
    }
    call_end(&c, (uint32_t)status, r ? r->object.obj : 0, 0, 0);
    return status;
}

static NTSTATUS notify(struct fx *f, struct fx_queue *q, PFN_WDF_IO_QUEUE_STATE fn,
                       WDFCONTEXT context)
{
    const enum api api = API_WdfIoQueueReadyNotify;

    if (q->config.DispatchType != WdfIoQueueDispatchManual) {
        fx_break(f, api, q->object.obj, WDF_BREAK_QUEUE_KIND, q->config.DispatchType, 0);
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (q->gone)
        return STATUS_DELETE_PENDING;
    if ((fn != NULL) == q->ready.set || (!fn && q->dispatches)) {
        fx_break(f, api, q->object.obj, WDF_BREAK_QUEUE_STATE, 0, 0);
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    q->ready = (struct fx_told) { .set = fn != NULL, .method = fn, .context = context };
    fx_queue_run(f, q, NULL);
    return STATUS_SUCCESS;
}

/*
 * WdfIoQueueReadyNotify: a callback for when a manual queue that was empty has got a request.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INVALID_DEVICE_REQUEST (not a manual queue; one is set already; to be
 *          cleared, none is set or the queue is not stopped), STATUS_DELETE_PENDING
 * Gap      none known
 * Says     CALL, EvtIoQueueState's CALLBACK, RETURN
 * Source   wdfio/nf-wdfio-wdfioqueuereadynotify
 */
NTSTATUS imp_WdfIoQueueReadyNotify(PWDF_DRIVER_GLOBALS DriverGlobals, WDFQUEUE Queue,
                                   PFN_WDF_IO_QUEUE_STATE QueueReady, WDFCONTEXT Context)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfIoQueueReadyNotify, fx_handle_obj(f, Queue), 0, 0, 0, 0);
    struct fx_queue *q = fx_queue_of(f, Queue);
    NTSTATUS status = q ? notify(f, q, QueueReady, Context) : STATUS_INVALID_HANDLE;

    (void)DriverGlobals;
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}
