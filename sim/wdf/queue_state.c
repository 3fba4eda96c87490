/*
 * Starting, stopping, draining and purging of queues. Each but Start may tell a callback or wait when the
 * queue has become idle (stop: the driver owns nothing) or empty (drain and purge: nothing waits either).
 *
 * Source: wdf/managing-i-o-queues, microsoft/Windows-Driver-Frameworks (fxioqueue.cpp)
 */
#include "sim/wdf/io.h"

static bool told_take(struct fx_told *at, const struct fx_told *told)
{
    if (!told || !told->set)
        return true;
    if (at->set)
        return false;
    *at = *told;
    return true;
}

static void cancel_waiting(struct fx *f, struct fx_queue *q, PFILE_OBJECT file)
{
    struct fx_request *r;

    while ((r = fx_queue_next(q, FX_WAITING, file)))
        fx_queue_cancelled(f, q, r);
}

static void cancel_owned(struct fx *f, struct fx_queue *q)
{
    struct fx_request *r;

    while ((r = fx_queue_next(q, FX_CANCELABLE, NULL)))
        fx_queue_cancel_driver(f, q, r);
}

/* No request is accepted any more. waiting, owned: those that wait, those marked cancelable go now. */
NTSTATUS fx_queue_purge(struct fx *f, struct fx_queue *q, bool waiting, bool owned,
                        const struct fx_told *told)
{
    if (q->gone)
        return STATUS_DELETE_PENDING;
    if (!told_take(&q->drained, told))
        return STATUS_INVALID_DEVICE_REQUEST;
    q->accepts = false;
    if (waiting && owned)
        q->cancels = true;
    if (waiting)
        cancel_waiting(f, q, NULL);
    if (owned)
        cancel_owned(f, q);
    fx_queue_run(f, q, NULL);
    return STATUS_SUCCESS;
}

/* What waits now is cancelled; what comes later waits. */
static void purge_stopped(struct fx *f, struct fx_queue *q)
{
    struct fx_request *r;
    struct fx_ring *e;

    q->cancels = true;
    for (e = q->waiting.next; e != &q->waiting; e = e->next)
        fx_ring_of(e, struct fx_request, link)->cancelled = true;
    while ((r = fx_queue_next(q, FX_WAITING, NULL))) {
        if (!r->cancelled && NT_SUCCESS(fx_ring_insert(q, r, FX_WAITING, true)))
            break;
        fx_queue_cancelled(f, q, r);
    }
    cancel_owned(f, q);
}

static NTSTATUS stop(struct fx *f, struct fx_queue *q, bool purge, const struct fx_told *told)
{
    if (q->gone)
        return STATUS_DELETE_PENDING;
    if (!told_take(&q->idle, told))
        return STATUS_INVALID_DEVICE_REQUEST;
    q->accepts = !q->shut;
    q->dispatches = false;
    if (purge)
        purge_stopped(f, q);
    fx_queue_run(f, q, NULL);
    return STATUS_SUCCESS;
}

/* Requests of a file whose last handle is gone. */
void fx_queue_flush_file(struct fx *f, struct fx_queue *q, PFILE_OBJECT file)
{
    cancel_waiting(f, q, file);
    fx_queue_run(f, q, NULL);
}

/* 0x10D/A: two of one kind at a time, or the queue is being deleted. */
static void fatal(struct fx *f, const struct fx_queue *q, NTSTATUS status)
{
    if (!NT_SUCCESS(status))
        fx_bugcheck(f, WDF_QUEUE_FATAL_ERROR, (uintptr_t)q->object.handle, (uint32_t)status, 0);
}

enum change { STOP, STOP_PURGE, DRAIN, PURGE };

static NTSTATUS change(struct fx *f, struct fx_queue *q, enum change what,
                       const struct fx_told *told)
{
    if (what == STOP || what == STOP_PURGE)
        return stop(f, q, what == STOP_PURGE, told);
    return fx_queue_purge(f, q, what == PURGE, what == PURGE, told);
}

static void change_tell(struct fx *f, WDFQUEUE queue, enum change what, PFN_WDF_IO_QUEUE_STATE fn,
                        WDFCONTEXT context)
{
    struct fx_queue *q = fx_queue_of(f, queue);
    struct fx_told told = { .set = fn != NULL, .method = fn, .context = context };

    if (q)
        fatal(f, q, change(f, q, what, &told));
}

static void change_wait(struct fx *f, WDFQUEUE queue, enum change what, enum api api)
{
    struct fx_queue *q = fx_queue_of(f, queue);
    struct fx_waiter w = { 0 };
    struct fx_told told = { .set = true, .waiter = &w };
    NTSTATUS status;

    if (!q || !fx_irql_check(f, api, q->object.obj, PASSIVE_LEVEL))
        return;
    status = change(f, q, what, &told);
    fatal(f, q, status);
    if (NT_SUCCESS(status))
        fx_waiter_wait(f, &w);
}

/*
 * WdfIoQueueStart: the queue accepts and presents requests again.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     CALL, callbacks of requests, RETURN
 * Source   wdfio/nf-wdfio-wdfioqueuestart
 */
VOID imp_WdfIoQueueStart(PWDF_DRIVER_GLOBALS DriverGlobals, WDFQUEUE Queue)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfIoQueueStart, fx_handle_obj(f, Queue), 0, 0, 0, 0);
    struct fx_queue *q = fx_queue_of(f, Queue);

    (void)DriverGlobals;
    if (q) {
        q->accepts = !q->shut;
        q->dispatches = true;
        q->cancels = false;
        fx_queue_started(f, q);
    }
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfIoQueueStop: presents nothing more; requests are accepted and wait.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing; StopComplete is called when the driver owns no request of the queue
 * Gap      none known
 * Says     CALL, RETURN; BUGCHECK 0x10D/A when an earlier stop has not told yet
 * Source   wdfio/nf-wdfio-wdfioqueuestop
 */
VOID imp_WdfIoQueueStop(PWDF_DRIVER_GLOBALS DriverGlobals, WDFQUEUE Queue,
                        PFN_WDF_IO_QUEUE_STATE StopComplete, WDFCONTEXT Context)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfIoQueueStop, fx_handle_obj(f, Queue), 0, 0, 0, 0);

    (void)DriverGlobals;
    change_tell(f, Queue, STOP, StopComplete, Context);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfIoQueueStopSynchronously: the same, and waits.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  nothing
 * Gap      as WdfIoQueueStop; a thread that owns a request itself waits for ever, as on Windows
 * Says     as WdfIoQueueStop
 * Source   wdfio/nf-wdfio-wdfioqueuestopsynchronously
 */
VOID imp_WdfIoQueueStopSynchronously(PWDF_DRIVER_GLOBALS DriverGlobals, WDFQUEUE Queue)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfIoQueueStopSynchronously, fx_handle_obj(f, Queue), 0, 0, 0, 0);

    (void)DriverGlobals;
    change_wait(f, Queue, STOP, API_WdfIoQueueStopSynchronously);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfIoQueueStopAndPurge: stops, and cancels what waits and what is cancelable.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     as WdfIoQueueStop
 * Source   wdfio/nf-wdfio-wdfioqueuestopandpurge
 */
VOID imp_WdfIoQueueStopAndPurge(PWDF_DRIVER_GLOBALS DriverGlobals, WDFQUEUE Queue,
                                PFN_WDF_IO_QUEUE_STATE StopAndPurgeComplete, WDFCONTEXT Context)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfIoQueueStopAndPurge, fx_handle_obj(f, Queue), 0, 0, 0, 0);

    (void)DriverGlobals;
    change_tell(f, Queue, STOP_PURGE, StopAndPurgeComplete, Context);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfIoQueueStopAndPurgeSynchronously: the same, and waits.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     as WdfIoQueueStop
 * Source   wdfio/nf-wdfio-wdfioqueuestopandpurgesynchronously
 */
VOID imp_WdfIoQueueStopAndPurgeSynchronously(PWDF_DRIVER_GLOBALS DriverGlobals, WDFQUEUE Queue)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfIoQueueStopAndPurgeSynchronously,
                               fx_handle_obj(f, Queue), 0, 0, 0, 0);

    (void)DriverGlobals;
    change_wait(f, Queue, STOP_PURGE, API_WdfIoQueueStopAndPurgeSynchronously);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfIoQueueDrain: accepts nothing more and presents what waits.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing; DrainComplete is called when nothing waits and the driver owns nothing
 * Gap      none known
 * Says     CALL, RETURN; BUGCHECK 0x10D/A when an earlier drain or purge has not told yet
 * Source   wdfio/nf-wdfio-wdfioqueuedrain
 */
VOID imp_WdfIoQueueDrain(PWDF_DRIVER_GLOBALS DriverGlobals, WDFQUEUE Queue,
                         PFN_WDF_IO_QUEUE_STATE DrainComplete, WDFCONTEXT Context)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfIoQueueDrain, fx_handle_obj(f, Queue), 0, 0, 0, 0);

    (void)DriverGlobals;
    change_tell(f, Queue, DRAIN, DrainComplete, Context);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfIoQueueDrainSynchronously: the same, and waits.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     as WdfIoQueueDrain
 * Source   wdfio/nf-wdfio-wdfioqueuedrainsynchronously
 */
VOID imp_WdfIoQueueDrainSynchronously(PWDF_DRIVER_GLOBALS DriverGlobals, WDFQUEUE Queue)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfIoQueueDrainSynchronously, fx_handle_obj(f, Queue), 0, 0, 0, 0);

    (void)DriverGlobals;
    change_wait(f, Queue, DRAIN, API_WdfIoQueueDrainSynchronously);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfIoQueuePurge: accepts nothing more, cancels what waits and what is cancelable.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing; PurgeComplete as DrainComplete
 * Gap      none known
 * Says     as WdfIoQueueDrain
 * Source   wdfio/nf-wdfio-wdfioqueuepurge
 */
VOID imp_WdfIoQueuePurge(PWDF_DRIVER_GLOBALS DriverGlobals, WDFQUEUE Queue,
                         PFN_WDF_IO_QUEUE_STATE PurgeComplete, WDFCONTEXT Context)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfIoQueuePurge, fx_handle_obj(f, Queue), 0, 0, 0, 0);

    (void)DriverGlobals;
    change_tell(f, Queue, PURGE, PurgeComplete, Context);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfIoQueuePurgeSynchronously: the same, and waits.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     as WdfIoQueueDrain
 * Source   wdfio/nf-wdfio-wdfioqueuepurgesynchronously
 */
VOID imp_WdfIoQueuePurgeSynchronously(PWDF_DRIVER_GLOBALS DriverGlobals, WDFQUEUE Queue)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfIoQueuePurgeSynchronously, fx_handle_obj(f, Queue), 0, 0, 0, 0);

    (void)DriverGlobals;
    change_wait(f, Queue, PURGE, API_WdfIoQueuePurgeSynchronously);
    call_end(&c, 0, 0, 0, 0);
}
