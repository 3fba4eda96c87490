/*
 * Sending requests to I/O targets: asynchronously with a completion routine, waiting for the end, or without
 * wanting to hear of it; with a time-out, and cancelling what has been sent. A request that a stopped
 * target gets waits in the target.
 *
 * Source: wdf/sending-i-o-requests-to-general-i-o-targets, wdf/canceling-i-o-requests,
 *         microsoft/Windows-Driver-Frameworks (fxiotarget.cpp, fxrequestbase.cpp)
 */
#include "sim/wdf/target.h"

#define VALID_OPTIONS                                                                              \
    (WDF_REQUEST_SEND_OPTION_TIMEOUT | WDF_REQUEST_SEND_OPTION_SYNCHRONOUS |                       \
     WDF_REQUEST_SEND_OPTION_IGNORE_TARGET_STATE | WDF_REQUEST_SEND_OPTION_SEND_AND_FORGET |       \
     WDF_REQUEST_SEND_OPTION_IMPERSONATE_CLIENT |                                                  \
     WDF_REQUEST_SEND_OPTION_IMPERSONATION_IGNORE_FAILURE)

struct fx_sent *fx_sent_of(struct fx *f, struct fx_request *r)
{
    if (!r->sent) {
        r->sent = io_host_alloc(f->s, sizeof(*r->sent));
        r->sent->request = r;
        fx_ring_init(&r->sent->link);
    }
    return r->sent;
}

NTSTATUS fx_send_options_check(PWDF_REQUEST_SEND_OPTIONS o)
{
    if (!o)
        return STATUS_SUCCESS;
    if (o->Size != sizeof(*o))
        return STATUS_INFO_LENGTH_MISMATCH;
    if (o->Flags & ~(ULONG)VALID_OPTIONS)
        return STATUS_INVALID_PARAMETER;
    if ((o->Flags & WDF_REQUEST_SEND_OPTION_SEND_AND_FORGET) &&
        o->Flags != WDF_REQUEST_SEND_OPTION_SEND_AND_FORGET)
        return STATUS_INVALID_PARAMETER;
    return STATUS_SUCCESS;
}

static bool has_room(const struct fx_target *t, PIRP irp)
{
    return irp->CurrentLocation - 1 >= t->wdm->StackSize;
}

/* An IRP with stack locations enough for the target; one of the framework's may be changed for that. */
NTSTATUS fx_request_fit(struct fx *f, struct fx_request *r, struct fx_target *t)
{
    PIRP fresh;

    fx_sent_restore(f, r);
    if (!t->wdm)
        return STATUS_INVALID_DEVICE_STATE;
    if (r->irp && has_room(t, r->irp))
        return STATUS_SUCCESS;
    if (r->irp && r->origin != FX_INTERNAL)
        return STATUS_REQUEST_NOT_ACCEPTED;
    fresh = IoAllocateIrp(t->wdm->StackSize, FALSE);
    if (!fresh)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (r->irp)
        IoFreeIrp(r->irp);
    r->irp = fresh;
    r->origin = FX_INTERNAL;
    return STATUS_SUCCESS;
}

/* --- the end of a send --- */

static void completion_tell(struct fx *f, struct fx_request *r, struct fx_target *t)
{
    struct fx_sent *x = r->sent;
    PFN_WDF_REQUEST_COMPLETION_ROUTINE fn = x->routine;
    WDFCONTEXT context = x->context;
    WDF_REQUEST_COMPLETION_PARAMS *p;
    struct sim *s = f->s;
    uint32_t obj = r->object.obj;
    KIRQL irql = sched_irql(s);

    x->routine = NULL;
    x->context = NULL;
    if (!fn)
        return;
    p = pool_alloc_internal(s, sizeof(*p));
    if (!p)
        return;
    *p = x->params;
    callback_begin(s, API_EvtRequestCompletion, obj, t->object.obj, (uint32_t)p->IoStatus.Status,
                   p->IoStatus.Information, 0);
    fn(r->object.handle, t->object.handle, p, context);
    callback_end(s, API_EvtRequestCompletion, obj, sched_irql(s));
    fx_irql_restore(s, API_EvtRequestCompletion, obj, irql, (const void *)fn);
    pool_free_internal(s, p);
}

/* The target has given it back, and nobody holds its IRP any more. */
static void ended(struct fx *f, struct fx_request *r)
{
    struct fx_sent *x = r->sent;
    struct fx_target *t = x->target;
    struct fx_waiter *sync = x->sync;

    if (x->timed_out && r->irp->IoStatus.Status == STATUS_CANCELLED)
        r->irp->IoStatus.Status = STATUS_IO_TIMEOUT;
    x->timed_out = x->ignored = x->ready = x->next_filled = x->busy = false;
    if (!x->described)
        x->params = (WDF_REQUEST_COMPLETION_PARAMS) { .Type = WdfRequestTypeNoFormat };
    x->params.Size = sizeof(x->params);
    x->params.IoStatus = r->irp->IoStatus;
    if (x->described)
        fx_format_copy_back(r);
    fx_target_cut(f, t, r);
    x->sync = NULL;
    race_give_obj(f->s, r->object.obj);
    completion_tell(f, r, t);
    if (sync)
        fx_waiter_set(f, sync);
    fx_dereference(&r->object);
    fx_dereference(&t->object);
}

static bool timer_stop(struct fx *f, struct fx_sent *x)
{
    if (!x->timer_set)
        return true;
    if (!sched_event_cancel(f->s, &x->timer) && !sched_dpc_remove(f->s, &x->dpc))
        return false; /* its DPC is under way, and will find that all is over */
    x->timer_set = false;
    return true;
}

static void came_back(struct fx *f, struct fx_request *r)
{
    struct fx_sent *x = r->sent;

    x->ended = true;
    if (timer_stop(f, x) && --x->holds == 0)
        ended(f, r);
}

static NTSTATUS irp_done(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    struct fx *f = fx_now();
    struct fx_request *r = (struct fx_request *)fx_object_find(f, context, FX_REQUEST);

    (void)device;
    if (r && !r->sent->sync && irp->PendingReturned && irp->CurrentLocation <= irp->StackCount)
        IoMarkIrpPending(irp);
    if (r)
        came_back(f, r);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

BOOLEAN fx_request_cancel_sent(struct fx *f, struct fx_request *r)
{
    struct fx_sent *x = r->sent;
    BOOLEAN called;

    r->cancelled = true;
    if (!x || !x->holds)
        return FALSE;
    if (x->pended) {
        fx_request_fail_pended(f, r, STATUS_CANCELLED);
        return TRUE;
    }
    x->holds++;
    called = IoCancelIrp(r->irp);
    if (--x->holds == 0)
        ended(f, r);
    return called;
}

/* --- time-outs --- */

static void timer_dpc(struct sim *s, void *ctx)
{
    struct fx *f = fx_of(s);
    struct fx_request *r = ctx;
    struct fx_sent *x = r->sent;

    x->timer_set = false;
    if (!x->ended) {
        x->timed_out = true;
        fx_request_cancel_sent(f, r);
        return;
    }
    if (--x->holds == 0)
        ended(f, r);
}

static void timer_tick(struct sim *s, void *ctx)
{
    sched_dpc_queue(s, &((struct fx_request *)ctx)->sent->dpc);
}

static void timer_start(struct fx *f, struct fx_request *r, struct fx_target *t, LONGLONG timeout)
{
    LARGE_INTEGER when = { .QuadPart = timeout };
    struct fx_sent *x = r->sent;

    if (!t->agent)
        t->agent = sched_agent_new(f->s, AGENT_TIMER, "send-timer");
    x->timer.fn = timer_tick;
    x->timer.ctx = r;
    x->timer.agent = t->agent;
    x->dpc = (struct sched_dpc) { .fn = timer_dpc, .ctx = r, .cpu = -1 };
    x->timer_set = true;
    sched_event_at(f->s, &x->timer, ke_deadline(f->s, &when));
}

/* --- the send --- */

enum way { FAILS, GOES, WAITS };

static enum way way_of(const struct fx_target *t, ULONG flags)
{
    bool closed = t->state == WdfIoTargetDeleted || t->state == WdfIoTargetClosed ||
                  t->state == WdfIoTargetClosedForQueryRemove;

    if (flags & WDF_REQUEST_SEND_OPTION_IGNORE_TARGET_STATE)
        return closed && !t->removing ? FAILS : GOES;
    if (t->state == WdfIoTargetStarted)
        return GOES;
    return t->state == WdfIoTargetStopped ? WAITS : FAILS;
}

static NTSTATUS send_check(struct fx *f, struct fx_request *r, struct fx_target *t, ULONG flags)
{
    struct fx_sent *x = fx_sent_of(f, r);

    if (x->holds) {
        fx_bugcheck(f, WDF_REQUEST_FATAL_ERROR, WDF_REQUEST_FATAL_ERROR_REQUEST_ALREADY_SENT,
                    (uintptr_t)r->object.handle, 0);
        return STATUS_REQUEST_NOT_ACCEPTED;
    }
    if (way_of(t, flags) == FAILS)
        return STATUS_INVALID_DEVICE_STATE;
    if (!x->ready || !t->wdm || !has_room(t, r->irp))
        return STATUS_REQUEST_NOT_ACCEPTED;
    return r->cancelled ? STATUS_CANCELLED : STATUS_SUCCESS;
}

static void give(struct fx_request *r, struct fx_target *t)
{
    IoSetCompletionRoutine(r->irp, irp_done, r->object.handle, TRUE, TRUE, TRUE);
    IofCallDriver(t->wdm, r->irp);
}

/* From here on its end will be told. */
static NTSTATUS submit(struct fx *f, struct fx_request *r, struct fx_target *t,
                       PWDF_REQUEST_SEND_OPTIONS options, struct fx_waiter *sync)
{
    ULONG flags = options ? options->Flags : 0;
    NTSTATUS status = r->irp ? send_check(f, r, t, flags) : STATUS_REQUEST_NOT_ACCEPTED;
    struct fx_sent *x = fx_sent_of(f, r);

    if (!NT_SUCCESS(status)) {
        if (r->irp)
            r->irp->IoStatus.Status = status;
        return status;
    }
    fx_reference(&r->object);
    fx_reference(&t->object);
    x->target = t;
    x->holds = 1;
    x->busy = true;
    x->ended = false;
    x->sync = sync;
    x->ignored = (flags & WDF_REQUEST_SEND_OPTION_IGNORE_TARGET_STATE) != 0;
    x->pended = way_of(t, flags) == WAITS;
    fx_ring_put(x->pended ? &t->pended : x->ignored ? &t->ignored : &t->sent, &x->link);
    if (!sync && (flags & WDF_REQUEST_SEND_OPTION_TIMEOUT) && options->Timeout)
        timer_start(f, r, t, options->Timeout);
    race_give_obj(f->s, r->object.obj);
    if (!x->pended)
        give(r, t);
    return STATUS_SUCCESS;
}

void fx_request_resend(struct fx *f, struct fx_request *r)
{
    struct fx_sent *x = r->sent;

    fx_ring_cut(&x->link);
    fx_ring_put(&x->target->sent, &x->link);
    x->pended = false;
    race_give_obj(f->s, r->object.obj);
    give(r, x->target);
}

void fx_request_fail_pended(struct fx *f, struct fx_request *r, NTSTATUS status)
{
    r->sent->pended = false;
    r->irp->IoStatus.Status = status;
    r->irp->IoStatus.Information = 0;
    came_back(f, r);
}

/* Until it has come back. At the end of the time it is cancelled, and waited for again. */
NTSTATUS fx_request_send_wait(struct fx *f, struct fx_request *r, struct fx_target *t,
                              PWDF_REQUEST_SEND_OPTIONS options, bool *sent)
{
    struct fx_waiter w = { 0 };
    bool limited =
        options && (options->Flags & WDF_REQUEST_SEND_OPTION_TIMEOUT) && options->Timeout;
    LARGE_INTEGER when = { .QuadPart = limited ? options->Timeout : 0 };
    uint64_t deadline = limited ? ke_deadline(f->s, &when) : UINT64_MAX;
    NTSTATUS status;

    fx_reference(&r->object);
    status = submit(f, r, t, options, &w);
    *sent = NT_SUCCESS(status);
    if (*sent) {
        w.thread = sched_current_thread(f->s);
        while (!w.done && sched_block(f->s, deadline))
            ;
        if (!w.done) {
            r->sent->timed_out = true;
            fx_request_cancel_sent(f, r);
            fx_waiter_wait(f, &w);
        }
        race_take(f->s, &w);
        status = r->sent->params.IoStatus.Status;
    }
    fx_dereference(&r->object);
    return status;
}

/* --- with no interest in the end --- */

static bool forgettable(struct fx *f, struct fx_request *r)
{
    struct fx_sent *x = r->sent;

    if (r->origin != FX_FROM_IO) {
        r->irp->IoStatus.Status = STATUS_INVALID_DEVICE_STATE;
        return false;
    }
    if (x && (x->described || x->routine))
        fx_break(f, API_WdfRequestSend, r->object.obj, WDF_BREAK_SEND_FORGET, 0, 0);
    if (x && x->described)
        r->irp->IoStatus.Status = STATUS_INVALID_DEVICE_REQUEST;
    return !x || !x->described;
}

static bool send_and_forget(struct fx *f, struct fx_request *r, struct fx_target *t)
{
    PIRP irp = r->irp;

    if (!forgettable(f, r))
        return false;
    if (!r->sent || !r->sent->next_filled)
        IoSkipCurrentIrpStackLocation(irp);
    fx_reference(&r->object);
    fx_dispose_early(&r->object);
    IofCallDriver(t->wdm, irp);
    fx_request_forget_irp(f, r);
    fx_dereference(&r->object);
    return true;
}

/* Nobody can wait at DISPATCH_LEVEL: Windows stops at the switch (ATTEMPTED_SWITCH_FROM_DPC). */
static bool send_and_wait(struct fx *f, struct fx_request *r, struct fx_target *t,
                          PWDF_REQUEST_SEND_OPTIONS options)
{
    bool sent;

    if (sched_irql(f->s) >= DISPATCH_LEVEL) {
        sim_bugcheck(f->s, 0xB8, 0, 0, 0, 0);
        r->irp->IoStatus.Status = STATUS_INVALID_DEVICE_REQUEST;
        return false;
    }
    fx_request_send_wait(f, r, t, options, &sent);
    return sent;
}

static bool send(struct fx *f, struct fx_request *r, struct fx_target *t,
                 PWDF_REQUEST_SEND_OPTIONS options)
{
    ULONG flags = options ? options->Flags : 0;

    if (flags & WDF_REQUEST_SEND_OPTION_SYNCHRONOUS)
        return send_and_wait(f, r, t, options);
    if (flags & WDF_REQUEST_SEND_OPTION_SEND_AND_FORGET)
        return send_and_forget(f, r, t);
    if (r->origin == FX_FROM_IO && !fx_sent_of(f, r)->routine) {
        r->irp->IoStatus.Status = STATUS_INVALID_DEVICE_REQUEST;
        fx_break(f, API_WdfRequestSend, r->object.obj, WDF_BREAK_SEND_CALLBACK, 0, 0);
        return false;
    }
    return NT_SUCCESS(submit(f, r, t, options, NULL));
}

/*
 * WdfRequestSend: gives a formatted request to an I/O target.
 *
 * Irql     <= DISPATCH_LEVEL; PASSIVE_LEVEL with WDF_REQUEST_SEND_OPTION_SYNCHRONOUS
 * Returns  TRUE: it has gone, and its completion routine is (or was) called; FALSE: it has not, and
 *          WdfRequestGetStatus says why: STATUS_INVALID_DEVICE_STATE (target closed or purged),
 *          STATUS_REQUEST_NOT_ACCEPTED (not formatted, or no stack location), STATUS_CANCELLED,
 *          STATUS_INVALID_DEVICE_REQUEST, STATUS_INVALID_PARAMETER (options)
 * Gap      one cancelled before is told FALSE; impersonation is nothing here
 * Says     CALL (a0 = target, a1 = flags), what sending says, RETURN; BUGCHECK 0xB8 when it is to wait at
 *          DISPATCH_LEVEL
 * Source   wdfrequest/nf-wdfrequest-wdfrequestsend
 */
BOOLEAN imp_WdfRequestSend(PWDF_DRIVER_GLOBALS DriverGlobals, WDFREQUEST Request,
                           WDFIOTARGET Target, PWDF_REQUEST_SEND_OPTIONS Options)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfRequestSend, fx_handle_obj(f, Request),
                               fx_handle_obj(f, Target), Options ? Options->Flags : 0, 0, 0);
    struct fx_request *r = fx_request_of(f, Request);
    struct fx_target *t = NULL;
    bool sent = false;

    (void)DriverGlobals;
    if (r && !NT_SUCCESS(fx_send_options_check(Options))) {
        if (r->irp)
            r->irp->IoStatus.Status = STATUS_INVALID_PARAMETER;
        fx_break(f, API_WdfRequestSend, r->object.obj, WDF_BREAK_SEND_OPTIONS, Options->Flags, 0);
    } else if (r) {
        t = fx_target_of(f, Target);
    }
    if (t && fx_request_in_irp(f, r, API_WdfRequestSend))
        sent = send(f, r, t, Options);
    call_end(&c, sent, 0, 0, 0);
    return sent;
}

/*
 * WdfRequestCancelSentRequest: asks the target to end a request soon.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  TRUE: somebody was told; FALSE: it has come back, or nobody can be told now
 * Gap      none known
 * Says     CALL, what IoCancelIrp says, RETURN
 * Source   wdfrequest/nf-wdfrequest-wdfrequestcancelsentrequest
 */
BOOLEAN imp_WdfRequestCancelSentRequest(PWDF_DRIVER_GLOBALS DriverGlobals, WDFREQUEST Request)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfRequestCancelSentRequest, fx_handle_obj(f, Request), 0, 0, 0, 0);
    struct fx_request *r = fx_request_of(f, Request);
    BOOLEAN told = r ? fx_request_cancel_sent(f, r) : FALSE;

    (void)DriverGlobals;
    call_end(&c, told, 0, 0, 0);
    return told;
}
