/*
 * How a queue presents requests. Whoever changes a queue's state runs it: cancelled requests are told first,
 * then state callbacks that are due, then power's steps, then requests, as the kind of the queue and
 * the driver's hold on earlier ones allow. A callback runs under the queue's or device's lock when
 * synchronization is asked for; who already has that lock, or is at DISPATCH_LEVEL with a passive
 * queue, leaves the work to a DPC or a system thread. Within a callback the outer run goes on
 * with what the callback made possible, so there is no recursion.
 *
 * Source: wdf/dispatching-methods-for-i-o-requests, wdf/using-automatic-synchronization,
 *         microsoft/Windows-Driver-Frameworks (fxioqueue.cpp)
 */
#include "sim/wdf/io.h"

void fx_queue_woken(struct fx_queue *q)
{
    q->from_empty = true;
    q->from_empty_again = false;
    if (q->power_managed && !q->busy && q->device->io_busy)
        q->busy = q->device->io_busy(q->device, true);
}

void fx_queue_filled(struct fx_queue *q)
{
    if (q->waiting_count == 1 || q->from_empty_again)
        fx_queue_woken(q);
}

void fx_queue_own(struct fx_queue *q, struct fx_request *r)
{
    r->lent = FX_LENT_QUEUE;
    r->owned = true;
    q->owned_count++;
    fx_ring_put(&q->owned, &r->owned_link);
}

void fx_queue_disown(struct fx_queue *q, struct fx_request *r)
{
    r->lent = FX_LENT_NOT;
    r->owned = r->dispatching = false;
    q->owned_count--;
    fx_ring_cut(&r->owned_link);
}

/* A request that is not presented now waits. Completed at once when its IRP is cancelled already: false. */
static bool keep(struct fx *f, struct fx_queue *q, struct fx_request **fresh)
{
    struct fx_request *r = *fresh;

    *fresh = NULL;
    if (!r)
        return true;
    if (!NT_SUCCESS(fx_ring_insert(q, r, FX_WAITING, false))) {
        fx_request_complete_with(f, r, STATUS_CANCELLED, 0);
        return false;
    }
    r->queue = q;
    fx_queue_filled(q);
    return true;
}

static void later(struct fx *f, struct fx_queue *q)
{
    q->again = false;
    fx_queue_run(f, q, NULL);
    fx_dereference(&q->object);
}

static void dpc_run(struct sim *s, void *ctx) { later(fx_of(s), ctx); }

static void work_run(struct sim *s, struct io_work *w) { later(fx_of(s), w->ctx); }

static void put_off(struct fx *f, struct fx_queue *q)
{
    if (q->again)
        return;
    q->again = true;
    fx_reference(&q->object);
    if (q->passive) {
        q->work = (struct io_work) { .fn = work_run, .ctx = q };
        io_work_queue(f->s, &q->work, IO_QUEUE_DELAYED);
    } else {
        q->dpc = (struct sched_dpc) { .fn = dpc_run, .ctx = q, .cpu = -1 };
        sched_dpc_queue(f->s, &q->dpc);
    }
}

static bool may_present_here(struct fx *f, const struct fx_queue *q)
{
    if (q->passive && sched_irql(f->s) > PASSIVE_LEVEL)
        return false;
    return !q->lock->memory || q->lock->owner != sched_current(f->s);
}

void fx_told_tell(struct fx *f, struct fx_queue *q, struct fx_told *t)
{
    struct fx_told told = *t;
    struct sim *s = f->s;
    KIRQL irql;

    *t = (struct fx_told) { 0 };
    if (told.waiter)
        fx_waiter_set(f, told.waiter);
    if (!told.method)
        return;
    fx_callback_enter(f, q->lock);
    irql = sched_irql(s);
    callback_begin(s, API_EvtIoQueueState, q->object.obj, 0, 0, 0, 0);
    told.method(q->object.handle, told.context);
    callback_end(s, API_EvtIoQueueState, q->object.obj, sched_irql(s));
    fx_irql_restore(s, API_EvtIoQueueState, q->object.obj, irql, (const void *)told.method);
    fx_callback_leave(f, q->lock);
}

static void ready_tell(struct fx *f, struct fx_queue *q)
{
    struct fx_told again = q->ready;

    q->from_empty = false;
    fx_told_tell(f, q, &again);
}

/* --- one request --- */

bool fx_queue_zero_length(const struct fx_queue *q, const struct fx_request *r)
{
    const IO_STACK_LOCATION *at = fx_request_at(r);

    if (q->config.AllowZeroLengthRequests)
        return false;
    return (at->MajorFunction == IRP_MJ_READ && !at->Parameters.Read.Length) ||
           (at->MajorFunction == IRP_MJ_WRITE && !at->Parameters.Write.Length);
}

/* Which callback takes it; API_NONE: none. */
static enum api callback_of(const struct fx_queue *q, UCHAR major, const void **routine)
{
    enum api api = API_EvtIoDefault;

    *routine = NULL;
    if (major == IRP_MJ_READ && q->config.EvtIoRead) {
        *routine = (const void *)q->config.EvtIoRead;
        api = API_EvtIoRead;
    } else if (major == IRP_MJ_WRITE && q->config.EvtIoWrite) {
        *routine = (const void *)q->config.EvtIoWrite;
        api = API_EvtIoWrite;
    } else if (major == IRP_MJ_DEVICE_CONTROL && q->config.EvtIoDeviceControl) {
        *routine = (const void *)q->config.EvtIoDeviceControl;
        api = API_EvtIoDeviceControl;
    } else if (major == IRP_MJ_INTERNAL_DEVICE_CONTROL && q->config.EvtIoInternalDeviceControl) {
        *routine = (const void *)q->config.EvtIoInternalDeviceControl;
        api = API_EvtIoInternalDeviceControl;
    } else {
        *routine = (const void *)q->config.EvtIoDefault;
    }
    return *routine ? api : API_NONE;
}

static void call(struct fx_queue *q, WDFREQUEST r, enum api api, const IO_STACK_LOCATION *at)
{
    WDFQUEUE h = q->object.handle;
    size_t out = at->Parameters.DeviceIoControl.OutputBufferLength;
    size_t in = at->Parameters.DeviceIoControl.InputBufferLength;
    ULONG code = at->Parameters.DeviceIoControl.IoControlCode;

    if (api == API_EvtIoRead)
        q->config.EvtIoRead(h, r, at->Parameters.Read.Length);
    else if (api == API_EvtIoWrite)
        q->config.EvtIoWrite(h, r, at->Parameters.Write.Length);
    else if (api == API_EvtIoDeviceControl)
        q->config.EvtIoDeviceControl(h, r, out, in, code);
    else if (api == API_EvtIoInternalDeviceControl)
        q->config.EvtIoInternalDeviceControl(h, r, out, in, code);
    else
        q->config.EvtIoDefault(h, r);
}

/* Told at the routine, so that a request which never comes back can be told with who has got it. */
static void present_say(struct fx *f, struct fx_queue *q, struct fx_request *r, enum api api,
                        const void *routine)
{
    const IO_STACK_LOCATION *at = fx_request_at(r);
    struct sim *s = f->s;
    uint32_t outer = s->trace.site;

    if (s->trace.on)
        s->trace.site = io_routine_site(s, routine);
    callback_begin(s, api, q->object.obj, r->object.obj, irp_obj(s, r->irp), at->MajorFunction,
                   at->Parameters.Read.Length);
    s->trace.site = outer;
}

static void present(struct fx *f, struct fx_queue *q, struct fx_request *r)
{
    PIO_STACK_LOCATION at = fx_request_at(r);
    struct sim *s = f->s;
    const void *routine;
    enum api api = callback_of(q, at->MajorFunction, &routine);
    KIRQL irql;

    if (api == API_NONE || fx_queue_zero_length(q, r)) {
        fx_request_complete(f, r, api == API_NONE ? STATUS_INVALID_DEVICE_REQUEST : STATUS_SUCCESS);
        return;
    }
    r->presented = r->dispatching = true;
    fx_reference(&r->object);
    fx_callback_enter(f, q->lock);
    irql = sched_irql(s);
    present_say(f, q, r, api, routine);
    call(q, r->object.handle, api, at);
    callback_end(s, api, q->object.obj, sched_irql(s));
    fx_irql_restore(s, api, q->object.obj, irql, routine);
    fx_callback_leave(f, q->lock);
    r->dispatching = false;
    fx_dereference(&r->object);
}

/* --- the run --- */

static bool held(const struct fx_queue *q)
{
    if (q->power == FX_QUEUE_OFF || !q->dispatches)
        return true;
    if (q->config.DispatchType == WdfIoQueueDispatchManual)
        return true;
    if (q->config.DispatchType == WdfIoQueueDispatchSequential)
        return q->owned_count > 0;
    return q->owned_count >= q->config.Settings.Parallel.NumberOfPresentedRequests;
}

static bool ready_due(const struct fx_queue *q)
{
    return q->config.DispatchType == WdfIoQueueDispatchManual && q->dispatches &&
           q->power != FX_QUEUE_OFF && q->ready.set && q->from_empty;
}

/* What has to be told before any request; false: nothing was. */
static bool events(struct fx *f, struct fx_queue *q, struct fx_request **fresh)
{
    ULONG total = q->waiting_count + q->owned_count + (*fresh ? 1 : 0);
    bool alone = q->presenting == 1;

    if ((!fx_ring_empty(&q->cancelled) || !fx_ring_empty(&q->cancelled_here)) &&
        !fx_queue_telling(q))
        return !keep(f, q, fresh) || fx_queue_tell_cancelled(f, q);
    if (q->idle.set && alone && !q->owned_count) {
        keep(f, q, fresh);
        q->cancels = false;
        fx_told_tell(f, q, &q->idle);
        return true;
    }
    if (q->drained.set && alone && !total) {
        q->cancels = false;
        fx_told_tell(f, q, &q->drained);
        return true;
    }
    if (q->busy && alone && !total) {
        q->busy = false;
        q->device->io_busy(q->device, false);
        return true;
    }
    return false;
}

/* One step of a run; false: there is nothing more to do. */
static bool step(struct fx *f, struct fx_queue *q, struct fx_request **fresh)
{
    struct fx_request *r;

    if (events(f, q, fresh))
        return true;
    if (q->power != FX_QUEUE_ON && q->power != FX_QUEUE_OFF)
        return !keep(f, q, fresh) || fx_queue_power_step(f, q);
    if (q->disposing && q->presenting == 1 && !q->waiting_count && !q->owned_count && !*fresh) {
        q->gone = true;
        fx_waiter_set(f, &q->ended);
        return false;
    }
    if (held(q)) {
        if (!keep(f, q, fresh))
            return true;
        if (!ready_due(q))
            return false;
        ready_tell(f, q);
        return true;
    }
    r = fx_queue_next(q, FX_WAITING, NULL);
    if (r) {
        fx_queue_own(q, r);
        keep(f, q, fresh);
    } else if (*fresh) {
        r = *fresh;
        *fresh = NULL;
        r->queue = q;
        fx_queue_woken(q);
        fx_queue_own(q, r);
    } else {
        return false;
    }
    present(f, q, r);
    return true;
}

void fx_queue_run(struct fx *f, struct fx_queue *q, struct fx_request *fresh)
{
    if (q->gone)
        return;
    if (!may_present_here(f, q)) {
        keep(f, q, &fresh);
        put_off(f, q);
        return;
    }
    fx_reference(&q->object);
    q->presenting++;
    while (step(f, q, &fresh))
        ;
    q->presenting--;
    fx_dereference(&q->object);
}

void fx_queue_run_inside(struct fx *f, struct fx_queue *q)
{
    race_give_obj(f->s, q->object.obj);
    if (!q->presenting)
        fx_queue_run(f, q, NULL);
}

/* --- how requests get in and out --- */

/* From the I/O manager. The IRP is pending from here on, whatever becomes of it. */
NTSTATUS fx_queue_take_new(struct fx *f, struct fx_queue *q, struct fx_request *r)
{
    if (!q->accepts) {
        fx_request_complete_with(f, r, STATUS_INVALID_DEVICE_STATE, 0);
        return STATUS_INVALID_DEVICE_STATE;
    }
    IoMarkIrpPending(r->irp);
    race_give_obj(f->s, q->object.obj);
    fx_queue_run(f, q, r);
    return STATUS_PENDING;
}

NTSTATUS fx_queue_take_forwarded(struct fx *f, struct fx_queue *q, struct fx_request *r)
{
    NTSTATUS status;

    if (!q->accepts)
        return STATUS_WDF_BUSY;
    status = fx_ring_insert(q, r, FX_WAITING, false);
    r->queue = q;
    race_give_obj(f->s, q->object.obj);
    if (NT_SUCCESS(status))
        fx_queue_filled(q);
    else
        fx_queue_cancelled(f, q, r);
    if (r->origin == FX_FROM_IO || !q->presenting)
        fx_queue_run(f, q, NULL);
    return STATUS_SUCCESS;
}

/* WdfIoQueueRetrieveXxx: one request for the driver's hands. */
NTSTATUS fx_queue_get(struct fx *f, struct fx_queue *q, enum api api, PFILE_OBJECT file,
                      struct fx_request *tag, struct fx_request **out)
{
    struct fx_request *r;

    if (tag && q->config.DispatchType != WdfIoQueueDispatchManual) {
        fx_break(f, api, q->object.obj, WDF_BREAK_QUEUE_KIND, q->config.DispatchType, 0);
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (q->config.DispatchType == WdfIoQueueDispatchParallel)
        return STATUS_INVALID_DEVICE_STATE;
    if (q->config.DispatchType == WdfIoQueueDispatchSequential && !q->owned_count)
        fx_break(f, api, q->object.obj, WDF_BREAK_QUEUE_IDLE, 0, 0);
    if (q->power == FX_QUEUE_OFF || !q->dispatches)
        return STATUS_WDF_PAUSED;
    for (;;) {
        if (tag)
            r = tag->queue == q && tag->place == FX_WAITING && fx_ring_remove(tag) ? tag : NULL;
        else
            r = fx_queue_next(q, FX_WAITING, file);
        if (!r || !fx_queue_zero_length(q, r))
            break;
        fx_request_complete_with(f, r, STATUS_SUCCESS, 0);
        if (tag)
            return STATUS_NOT_FOUND;
    }
    if (!r) {
        if (!tag && !file && q->waiting_count)
            q->from_empty_again = true;
        return tag ? STATUS_NOT_FOUND : STATUS_NO_MORE_ENTRIES;
    }
    fx_queue_own(q, r);
    r->found = false;
    r->presented = true;
    *out = r;
    return STATUS_SUCCESS;
}
