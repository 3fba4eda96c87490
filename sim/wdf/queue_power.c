/*
 * Power-managed queues while power comes and goes. Going: nothing more is presented, the driver is told of
 * each request that it owns (EvtIoStop), and the queue is off when each has been completed,
 * forwarded or acknowledged; without EvtIoStop it waits for completion. Coming: EvtIoResume for each that
 * the driver has kept, then requests again.
 *
 * Source: wdf/using-power-managed-i-o-queues, wdfio/nc-wdfio-evt_wdf_io_queue_io_stop,
 *         microsoft/Windows-Driver-Frameworks (fxioqueue.cpp, fxpkgio.cpp)
 */
#include "sim/wdf/io.h"

static void stop_tell(struct fx *f, struct fx_queue *q, struct fx_request *r)
{
    PFN_WDF_IO_QUEUE_IO_STOP fn = q->config.EvtIoStop;
    ULONG flags = q->purging ? WdfRequestStopActionPurge : WdfRequestStopActionSuspend;
    struct sim *s = f->s;
    KIRQL irql;

    if (q->purging)
        r->ack = FX_ACK_NONE;
    if (!fn || r->cancelled)
        return;
    if (r->place == FX_CANCELABLE)
        flags |= WdfRequestStopRequestCancelable;
    fx_reference(&r->object);
    r->in_stop = true;
    fx_callback_enter(f, q->lock);
    irql = sched_irql(s);
    callback_begin(s, API_EvtIoStop, q->object.obj, r->object.obj, flags, 0, 0);
    fn(q->object.handle, r->object.handle, flags);
    callback_end(s, API_EvtIoStop, q->object.obj, sched_irql(s));
    fx_irql_restore(s, API_EvtIoStop, q->object.obj, irql, (const void *)fn);
    fx_callback_leave(f, q->lock);
    fx_dereference(&r->object);
}

static void resume_tell(struct fx *f, struct fx_queue *q, struct fx_request *r)
{
    PFN_WDF_IO_QUEUE_IO_RESUME fn = q->config.EvtIoResume;
    struct sim *s = f->s;
    KIRQL irql;

    if (!fn || r->cancelled)
        return;
    fx_reference(&r->object);
    fx_callback_enter(f, q->lock);
    irql = sched_irql(s);
    callback_begin(s, API_EvtIoResume, q->object.obj, r->object.obj, 0, 0, 0);
    fn(q->object.handle, r->object.handle);
    callback_end(s, API_EvtIoResume, q->object.obj, sched_irql(s));
    fx_irql_restore(s, API_EvtIoResume, q->object.obj, irql, (const void *)fn);
    fx_callback_leave(f, q->lock);
    fx_dereference(&r->object);
}

/* The next that the driver has to be told of, put where those are that it has been told of. */
static struct fx_request *next_to_tell(struct fx_queue *q, struct fx_ring *to)
{
    struct fx_ring *e = q->telling.next;

    if (fx_ring_empty(&q->telling))
        return NULL;
    fx_ring_cut(e);
    fx_ring_put(to, e);
    return fx_ring_of(e, struct fx_request, owned_link);
}

static void acknowledged(struct fx *f, struct fx_queue *q, struct fx_request *r)
{
    bool requeue = r->ack == FX_ACK_REQUEUE;
    NTSTATUS status = STATUS_CANCELLED;

    r->ack = FX_ACK_NONE;
    r->in_stop = false;
    fx_ring_cut(&r->owned_link);
    fx_ring_put(&q->owned, &r->owned_link);
    if (!requeue)
        return;
    fx_queue_disown(q, r);
    if (!q->cancels)
        status = fx_ring_insert(q, r, FX_WAITING, true);
    if (NT_SUCCESS(status))
        fx_queue_filled(q);
    else
        fx_queue_cancelled(f, q, r);
}

static bool told_step(struct fx *f, struct fx_queue *q)
{
    bool some = false;

    for (struct fx_ring *e = q->told.next, *next; e != &q->told; e = next) {
        struct fx_request *r = fx_ring_of(e, struct fx_request, owned_link);

        next = e->next;
        if (r->ack == FX_ACK_NONE)
            continue;
        acknowledged(f, q, r);
        some = true;
        next = q->told.next; /* what that let happen may have changed the ring */
    }
    if (!fx_ring_empty(&q->told) || q->completing || q->presenting != 1)
        return some;
    q->power = FX_QUEUE_OFF;
    fx_waiter_set(f, &q->settled);
    return true;
}

bool fx_queue_power_step(struct fx *f, struct fx_queue *q)
{
    struct fx_request *r;

    switch (q->power) {
    case FX_QUEUE_SETTLING:
        if (q->presenting == 1)
            fx_waiter_set(f, &q->settled);
        return false;
    case FX_QUEUE_STOPPING:
    case FX_QUEUE_STARTING:
        q->power = q->power == FX_QUEUE_STOPPING ? FX_QUEUE_STOP_TELLING : FX_QUEUE_START_TELLING;
        fx_ring_move(&q->telling, &q->owned);
        return true;
    case FX_QUEUE_STOP_TELLING:
        r = next_to_tell(q, &q->told);
        if (r)
            stop_tell(f, q, r);
        else
            q->power = FX_QUEUE_STOP_TOLD;
        return true;
    case FX_QUEUE_STOP_TOLD:
        return told_step(f, q);
    default:
        r = next_to_tell(q, &q->owned);
        if (r)
            resume_tell(f, q, r);
        else
            q->power = FX_QUEUE_ON;
        return true;
    }
}

/* --- what the device's power asks of a queue; the first two return when it has come about --- */

void fx_queue_settle(struct fx *f, struct fx_queue *q)
{
    if (!q->power_managed || q->gone)
        return;
    q->power = FX_QUEUE_SETTLING;
    q->settled.done = false;
    fx_queue_run(f, q, NULL);
    fx_waiter_wait(f, &q->settled);
}

void fx_queue_stop(struct fx *f, struct fx_queue *q, bool purge)
{
    if (q->gone)
        return;
    if (purge) {
        q->shut = true;
        q->accepts = false;
        fx_queue_purge(f, q, true, true, NULL);
    }
    q->purging = purge;
    q->power = FX_QUEUE_STOPPING;
    q->settled.done = false;
    fx_queue_run(f, q, NULL);
    fx_waiter_wait(f, &q->settled);
}

void fx_queue_start(struct fx *f, struct fx_queue *q)
{
    if (q->shut) {
        q->shut = false;
        q->accepts = true;
        q->cancels = false;
    }
    if (!q->power_managed && q->power == FX_QUEUE_OFF)
        q->power = FX_QUEUE_ON;
    if (q->power != FX_QUEUE_OFF)
        return;
    q->power = FX_QUEUE_STARTING;
    fx_queue_run(f, q, NULL);
}

void fx_queue_started(struct fx *f, struct fx_queue *q)
{
    if (q->waiting_count) {
        q->from_empty = true;
        q->from_empty_again = false;
    }
    fx_queue_run(f, q, NULL);
}
