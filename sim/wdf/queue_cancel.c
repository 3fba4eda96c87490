/*
 * Cancellation of what a queue holds. An IRP that waits, and one that its driver has marked cancelable, has
 * the framework's cancel routine; who takes the routine away has the IRP. A request that waits is
 * completed with STATUS_CANCELLED, or given to EvtIoCanceledOnQueue when the driver has seen it before; for
 * one that the driver has, EvtRequestCancel is called when the queue runs next.
 *
 * Source: wdf/canceling-i-o-requests, wdf/synchronizing-cancellation-of-sent-requests,
 *         microsoft/Windows-Driver-Frameworks (fxirpqueue.cpp, fxioqueue.cpp)
 */
#include "sim/wdf/io.h"

void fx_ring_move(struct fx_ring *to, struct fx_ring *from)
{
    if (fx_ring_empty(from))
        return;
    *to = *from;
    to->next->prev = to->prev->next = to;
    fx_ring_init(from);
}

void fx_waiter_wait(struct fx *f, struct fx_waiter *w)
{
    w->thread = sched_current_thread(f->s);
    while (!w->done)
        sched_block(f->s, UINT64_MAX);
    w->thread = NULL;
    race_take(f->s, w);
}

void fx_waiter_set(struct fx *f, struct fx_waiter *w)
{
    race_give(f->s, w);
    w->done = true;
    if (w->thread && agent_blocked(w->thread))
        sched_wake(f->s, w->thread);
}

void fx_ring_lose(struct fx_request *r)
{
    if (r->place == FX_NOWHERE)
        return;
    if (r->place == FX_WAITING)
        r->queue->waiting_count--;
    r->place = FX_NOWHERE;
    fx_ring_cut(&r->link);
}

/* Which request an IRP with our cancel routine belongs to; NULL: somebody has it already. While the lock is
 * given back its driver may complete it, against the rules; so it is looked up behind that. */
static struct fx_request *cancelled_request(struct fx *f, PIRP irp)
{
    const void *handle = irp->Tail.Overlay.DriverContext[3];
    struct fx_request *r;

    IoReleaseCancelSpinLock(irp->CancelIrql);
    r = (struct fx_request *)fx_object_find(f, handle, FX_REQUEST);
    return r && r->irp == irp && r->place != FX_NOWHERE ? r : NULL;
}

static VOID waiting_cancel(PDEVICE_OBJECT device, PIRP irp)
{
    struct fx *f = fx_now();
    struct fx_request *r = cancelled_request(f, irp);
    struct fx_queue *q;

    (void)device;
    if (!r)
        return;
    q = r->queue;
    fx_reference(&q->object);
    fx_ring_lose(r);
    fx_queue_cancelled(f, q, r);
    fx_dereference(&q->object);
}

static VOID driver_cancel(PDEVICE_OBJECT device, PIRP irp)
{
    struct fx *f = fx_now();
    struct fx_request *r = cancelled_request(f, irp);
    struct fx_queue *q;

    (void)device;
    if (!r)
        return;
    q = r->queue;
    fx_reference(&q->object);
    fx_ring_lose(r);
    fx_queue_cancel_driver(f, q, r);
    fx_dereference(&q->object);
}

/* STATUS_CANCELLED: the IRP has been cancelled before, and is in no ring. */
NTSTATUS fx_ring_insert(struct fx_queue *q, struct fx_request *r, enum fx_place place, bool head)
{
    struct fx_ring *ring = place == FX_WAITING ? &q->waiting : &q->cancelable;

    r->queue = q;
    r->irp->Tail.Overlay.DriverContext[3] = r->object.handle;
    fx_ring_put(head ? ring->next : ring, &r->link);
    r->place = place;
    if (place == FX_WAITING)
        q->waiting_count++;
    IoSetCancelRoutine(r->irp, place == FX_WAITING ? waiting_cancel : driver_cancel);
    /* Cancelled before: unless the canceller has found the routine by now, it is ours to say. */
    if (!r->irp->Cancel || !IoSetCancelRoutine(r->irp, NULL))
        return STATUS_SUCCESS;
    fx_ring_lose(r);
    return STATUS_CANCELLED;
}

bool fx_ring_remove(struct fx_request *r)
{
    if (r->place == FX_NOWHERE || !IoSetCancelRoutine(r->irp, NULL))
        return false;
    fx_ring_lose(r);
    return true;
}

/* The first of a file's (NULL: of any), taken out; those that are being cancelled are passed over. */
struct fx_request *fx_queue_next(struct fx_queue *q, enum fx_place place, PFILE_OBJECT file)
{
    struct fx_ring *ring = place == FX_WAITING ? &q->waiting : &q->cancelable;

    for (struct fx_ring *e = ring->next; e != ring; e = e->next) {
        struct fx_request *r = fx_ring_of(e, struct fx_request, link);

        if ((!file || fx_request_at(r)->FileObject == file) && fx_ring_remove(r))
            return r;
    }
    return NULL;
}

/* Out of `waiting`, or never let in. */
void fx_queue_cancelled(struct fx *f, struct fx_queue *q, struct fx_request *r)
{
    r->cancelled = true;
    r->cancelable = false;
    if (q->config.EvtIoCanceledOnQueue && r->presented) {
        fx_queue_own(q, r);
        fx_ring_put(&q->cancelled_here, &r->cancel_link);
    } else {
        fx_request_complete_with(f, r, STATUS_CANCELLED, 0);
    }
    fx_queue_run_inside(f, q);
}

/* Its EvtRequestCancel is due. It may be completed before that by a driver that does not wait for it: the
 * reference keeps it until the queue has come round to it. */
void fx_queue_cancel_driver(struct fx *f, struct fx_queue *q, struct fx_request *r)
{
    r->cancelled = true;
    fx_reference(&r->object);
    fx_ring_put(&q->cancelled, &r->cancel_link);
    fx_queue_run_inside(f, q);
}

static void cancel_tell(struct fx *f, struct fx_queue *q, struct fx_request *r)
{
    PFN_WDF_REQUEST_CANCEL fn = r->cancel;
    struct sim *s = f->s;
    uint32_t obj = r->object.obj;
    KIRQL irql;

    r->cancel_told = true;
    fx_callback_enter(f, q->lock);
    irql = sched_irql(s);
    callback_begin(s, API_EvtRequestCancel, obj, r->irp ? irp_obj(s, r->irp) : 0, 0, 0, 0);
    fn(r->object.handle);
    callback_end(s, API_EvtRequestCancel, obj, sched_irql(s));
    fx_irql_restore(s, API_EvtRequestCancel, obj, irql, (const void *)fn);
    fx_callback_leave(f, q->lock);
    fx_dereference(&r->object);
}

static void cancelled_here_tell(struct fx *f, struct fx_queue *q, struct fx_request *r)
{
    PFN_WDF_IO_QUEUE_IO_CANCELED_ON_QUEUE fn = q->config.EvtIoCanceledOnQueue;
    struct sim *s = f->s;
    KIRQL irql;

    r->cancel_told = true;
    fx_callback_enter(f, q->lock);
    irql = sched_irql(s);
    callback_begin(s, API_EvtIoCanceledOnQueue, q->object.obj, r->object.obj, 0, 0, 0);
    fn(q->object.handle, r->object.handle);
    callback_end(s, API_EvtIoCanceledOnQueue, q->object.obj, sched_irql(s));
    fx_irql_restore(s, API_EvtIoCanceledOnQueue, q->object.obj, irql, (const void *)fn);
    fx_callback_leave(f, q->lock);
}

bool fx_queue_tell_cancelled(struct fx *f, struct fx_queue *q)
{
    struct fx_ring *e;

    if (!fx_ring_empty(&q->cancelled)) {
        e = q->cancelled.next;
        fx_ring_cut(e);
        cancel_tell(f, q, fx_ring_of(e, struct fx_request, cancel_link));
    } else {
        e = q->cancelled_here.next;
        fx_ring_cut(e);
        cancelled_here_tell(f, q, fx_ring_of(e, struct fx_request, cancel_link));
    }
    return true;
}
