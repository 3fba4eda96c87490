/*
 * DPCs and timers. What is queued or running is a record of ours, found by the address of the
 * driver's KDPC or KTIMER; the driver's structure is filled as Windows fills it.
 */
#include "sim/nt/io.h"
#include "sim/nt/ke.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/must.h"

struct ke_dpc {
    struct sched_dpc dpc;
    PKDPC Dpc;
    bool active;
    struct ke_dpc *next, *all;
};

struct ke_timer {
    struct sched_event event;
    PKTIMER Timer;
    uint64_t period_ns;
    struct ke_timer *next, *all;
};

static void dpc_deliver(struct sim *s, void *ctx)
{
    struct ke_dpc *d = ctx;
    PKDPC Dpc = d->Dpc;

    PKDEFERRED_ROUTINE routine = Dpc->DeferredRoutine; /* which may free its DPC */
    uint32_t obj = d->dpc.obj;

    d->active = true;
    Dpc->DpcData = NULL;
    routine(Dpc, Dpc->DeferredContext, Dpc->SystemArgument1, Dpc->SystemArgument2);
    if (sched_irql(s) != IRQL_DISPATCH)
        io_irql_restore_as(s, API_NONE, obj, IRQL_DISPATCH, (const void *)routine, 0);
    d->active = false;
}

static struct ke_dpc *dpc_record(struct sim *s, PKDPC Dpc)
{
    struct nt_ke *ke = s->nt->ke;
    struct objmap_entry *e = objmap_find(&ke->dpcs, Dpc);
    struct ke_dpc *d;

    if (e)
        return e->data;
    d = ke->dpc_free;
    if (d) {
        ke->dpc_free = d->next;
    } else {
        d = malloc(sizeof(*d));
        must(d);
        d->all = ke->dpc_all;
        ke->dpc_all = d;
    }
    d->dpc = (struct sched_dpc) { .fn = dpc_deliver, .ctx = d, .cpu = -1 };
    d->dpc.obj = nt_obj(s, Dpc, OBJ_DPC);
    d->Dpc = Dpc;
    d->active = false;
    objmap_put(&ke->dpcs, Dpc, d->dpc.obj, d);
    return d;
}

/*
 * KeInitializeDpc: Irql any. A DPC that is still queued at this address is taken out of its queue: on
 * Windows the queue would be broken.
 * Source wdm/nf-wdm-keinitializedpc
 */
void KeInitializeDpc(PRKDPC Dpc, PKDEFERRED_ROUTINE DeferredRoutine, PVOID DeferredContext)
{
    struct sim *s = sim_now();
    struct call c;
    struct ke_dpc *d;

    nt_obj_new(s, Dpc, OBJ_DPC);
    c = call_begin(s, API_KeInitializeDpc, nt_obj(s, Dpc, OBJ_DPC), va_of(s, Dpc).v,
                   va_of(s, DeferredContext).v, 0, 0);
    memset(Dpc, 0, sizeof(*Dpc));
    Dpc->Type = KE_DPC;
    Dpc->Importance = MediumImportance;
    Dpc->DeferredRoutine = DeferredRoutine;
    Dpc->DeferredContext = DeferredContext;
    d = dpc_record(s, Dpc);
    sched_dpc_remove(s, &d->dpc);
    d->dpc.obj = nt_obj(s, Dpc, OBJ_DPC);
    d->dpc.cpu = -1;
    d->dpc.high = false;
    call_end(&c, 0, 0, 0, 0);
}

/* KeInitializeThreadedDpc: runs as an ordinary DPC, which the page allows ("threaded DPCs can be
 * disabled"). Source wdm/nf-wdm-keinitializethreadeddpc */
void KeInitializeThreadedDpc(PRKDPC Dpc, PKDEFERRED_ROUTINE DeferredRoutine, PVOID DeferredContext)
{
    KeInitializeDpc(Dpc, DeferredRoutine, DeferredContext);
}

static bool dpc_insert(struct sim *s, PKDPC Dpc, PVOID one, PVOID two)
{
    struct ke_dpc *d = dpc_record(s, Dpc);

    if (d->dpc.queued)
        return false;
    Dpc->SystemArgument1 = one;
    Dpc->SystemArgument2 = two;
    Dpc->DpcData = Dpc; /* not NULL while queued, as on Windows */
    d->dpc.high = Dpc->Importance == HighImportance;
    return sched_dpc_queue(s, &d->dpc);
}

/*
 * KeInsertQueueDpc: queues the DPC; FALSE when it is queued already.
 *
 * Irql     any
 * Says     CALL, RETURN; DPC and DPC_END when it runs
 * Source   wdm/nf-wdm-keinsertqueuedpc
 */
BOOLEAN KeInsertQueueDpc(PRKDPC Dpc, PVOID SystemArgument1, PVOID SystemArgument2)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_KeInsertQueueDpc, nt_obj(s, Dpc, OBJ_DPC),
                               va_of(s, SystemArgument1).v, va_of(s, SystemArgument2).v, 0, 0);
    BOOLEAN queued = dpc_insert(s, Dpc, SystemArgument1, SystemArgument2);

    call_end(&c, queued, 0, 0, 0);
    return queued;
}

/* KeRemoveQueueDpc: TRUE when it was queued. Irql any. Source wdm/nf-wdm-keremovequeuedpc */
BOOLEAN KeRemoveQueueDpc(PRKDPC Dpc)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_KeRemoveQueueDpc, nt_obj(s, Dpc, OBJ_DPC), 0, 0, 0, 0);
    BOOLEAN removed = sched_dpc_remove(s, &dpc_record(s, Dpc)->dpc);

    call_end(&c, removed, 0, 0, 0);
    return removed;
}

/* KeRemoveQueueDpcEx: WaitIfActive also waits for one that runs (then Irql <= APC_LEVEL).
 * Source wdm/nf-wdm-keremovequeuedpcex */
BOOLEAN KeRemoveQueueDpcEx(PRKDPC Dpc, BOOLEAN WaitIfActive)
{
    struct sim *s = sim_now();
    BOOLEAN removed = KeRemoveQueueDpc(Dpc);

    while (WaitIfActive && dpc_record(s, Dpc)->active && sched_irql(s) < DISPATCH_LEVEL) {
        sched_spend(s, 200);
        sched_wait_point(s);
    }
    race_take_dpcs(s);
    return removed;
}

/* KeSetImportanceDpc: HighImportance goes to the head of its queue. Irql any.
 * Source wdm/nf-wdm-kesetimportancedpc */
void KeSetImportanceDpc(PRKDPC Dpc, KDPC_IMPORTANCE Importance)
{
    struct sim *s = sim_now();
    struct call c =
        call_begin(s, API_KeSetImportanceDpc, nt_obj(s, Dpc, OBJ_DPC), Importance, 0, 0, 0);

    Dpc->Importance = (UCHAR)Importance;
    call_end(&c, 0, 0, 0, 0);
}

/* KeSetTargetProcessorDpc(Ex): Irql any. Source wdm/nf-wdm-kesettargetprocessordpc */
void KeSetTargetProcessorDpc(PRKDPC Dpc, CCHAR Number)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_KeSetTargetProcessorDpc, nt_obj(s, Dpc, OBJ_DPC),
                               (uint64_t)Number, 0, 0, 0);

    if (Number >= 0 && (unsigned)Number < sched_cpu_count(s))
        dpc_record(s, Dpc)->dpc.cpu = Number;
    call_end(&c, 0, 0, 0, 0);
}

NTSTATUS KeSetTargetProcessorDpcEx(PKDPC Dpc, PPROCESSOR_NUMBER ProcNumber)
{
    if (ProcNumber->Group || ProcNumber->Number >= sched_cpu_count(sim_now()))
        return STATUS_INVALID_PARAMETER;
    KeSetTargetProcessorDpc(Dpc, (CCHAR)ProcNumber->Number);
    return STATUS_SUCCESS;
}

/* KeFlushQueuedDpcs: returns when every DPC queued so far has run. Irql PASSIVE_LEVEL.
 * Source wdm/nf-wdm-keflushqueueddpcs */
void KeFlushQueuedDpcs(void)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_KeFlushQueuedDpcs, 0, 0, 0, 0, 0);

    if (sched_irql(s) < DISPATCH_LEVEL) /* from a DPC it would wait for itself */
        sched_dpc_drain(s);
    call_end(&c, 0, 0, 0, 0);
}

/* What lies in memory that is given back although it is still to run. It does not run any more: where
 * Windows would go on in memory that is somebody else's by then, the machine must not. */
void ke_complain_of_freed(struct sim *s, uint32_t obj, const void *p, uint64_t bytes)
{
    for (struct ke_timer *t = s->nt->ke->timer_all; t; t = t->all)
        if (t->event.heap_index && (uint64_t)((const char *)t->Timer - (const char *)p) < bytes) {
            trace_emit(&s->trace, EV_MISUSE, API_NONE, obj, MISUSE_TIMER_FREED,
                       va_of(s, t->Timer).v, va_of(s, p).v, 0);
            sched_event_cancel(s, &t->event);
        }
    for (struct ke_dpc *d = s->nt->ke->dpc_all; d; d = d->all)
        if (d->dpc.queued && (uint64_t)((const char *)d->Dpc - (const char *)p) < bytes) {
            trace_emit(&s->trace, EV_MISUSE, API_NONE, obj, MISUSE_DPC_FREED, va_of(s, d->Dpc).v,
                       va_of(s, p).v, 0);
            sched_dpc_remove(s, &d->dpc);
        }
}

/* --- timers --- */

static void timer_fire(struct sim *s, void *ctx)
{
    struct ke_timer *t = ctx;
    PKTIMER Timer = t->Timer;

    if (t->period_ns)
        sched_event_at(s, &t->event, t->event.due_ns + t->period_ns);
    Timer->Header.SignalState = 1;
    ke_signal(s, &Timer->Header);
    if (Timer->Dpc)
        dpc_insert(s, Timer->Dpc, (PVOID)(ULONG_PTR)(uint32_t)ke_system_time(s),
                   (PVOID)(ULONG_PTR)(ke_system_time(s) >> 32));
}

static struct ke_timer *timer_record(struct sim *s, PKTIMER Timer)
{
    struct nt_ke *ke = s->nt->ke;
    struct objmap_entry *e = objmap_find(&ke->timers, Timer);
    struct ke_timer *t;

    if (e)
        return e->data;
    t = ke->timer_free;
    if (t) {
        ke->timer_free = t->next;
    } else {
        t = malloc(sizeof(*t));
        must(t);
        t->all = ke->timer_all;
        ke->timer_all = t;
    }
    t->event = (struct sched_event) { .fn = timer_fire, .ctx = t };
    t->event.agent = sched_agent_new(s, AGENT_TIMER, "timer");
    t->Timer = Timer;
    t->period_ns = 0;
    objmap_put(&ke->timers, Timer, nt_obj(s, Timer, OBJ_TIMER), t);
    return t;
}

/* KeInitializeTimerEx: Irql <= DISPATCH_LEVEL. Source wdm/nf-wdm-keinitializetimerex */
void KeInitializeTimerEx(PKTIMER Timer, TIMER_TYPE Type)
{
    struct sim *s = sim_now();
    struct call c;

    nt_obj_new(s, Timer, OBJ_TIMER);
    c = call_begin(s, API_KeInitializeTimerEx, nt_obj(s, Timer, OBJ_TIMER), Type, 0, 0, 0);
    sched_event_cancel(s, &timer_record(s, Timer)->event);
    memset(Timer, 0, sizeof(*Timer));
    ke_header_init(&Timer->Header,
                   Type == NotificationTimer ? KE_NOTIFICATION_TIMER : KE_SYNCHRONIZATION_TIMER,
                   sizeof(*Timer) / 4, 0);
    call_end(&c, 0, 0, 0, 0);
}

void KeInitializeTimer(PKTIMER Timer) { KeInitializeTimerEx(Timer, NotificationTimer); }

/*
 * KeSetTimerEx: starts (or moves) a timer; TRUE when it was running.
 *
 * Irql     <= DISPATCH_LEVEL
 * Units    DueTime: 100 ns, negative: from now, else since 1601; Period: ms
 * Gap      expires to the nanosecond, not at the next clock tick
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-kesettimerex
 */
BOOLEAN KeSetTimerEx(PKTIMER Timer, LARGE_INTEGER DueTime, LONG Period, PKDPC Dpc)
{
    struct sim *s = sim_now();
    struct call c =
        call_begin(s, API_KeSetTimerEx, nt_obj(s, Timer, OBJ_TIMER), (uint64_t)DueTime.QuadPart,
                   (uint64_t)Period, nt_obj(s, Dpc, OBJ_DPC), 0);
    struct ke_timer *t = timer_record(s, Timer);
    BOOLEAN was_set = sched_event_cancel(s, &t->event);

    Timer->Header.SignalState = 0;
    Timer->Dpc = Dpc;
    race_give_obj(s, nt_obj(s, Dpc, OBJ_DPC));
    Timer->Period = (ULONG)Period;
    t->period_ns = Period > 0 ? (uint64_t)Period * 1000000 : 0;
    sched_event_at(s, &t->event, ke_deadline(s, &DueTime));
    call_end(&c, was_set, 0, 0, 0);
    return was_set;
}

BOOLEAN KeSetTimer(PKTIMER Timer, LARGE_INTEGER DueTime, PKDPC Dpc)
{
    return KeSetTimerEx(Timer, DueTime, 0, Dpc);
}

/* KeSetCoalescableTimer: the tolerable delay is not used. Source wdm/nf-wdm-kesetcoalescabletimer */
BOOLEAN KeSetCoalescableTimer(PKTIMER Timer, LARGE_INTEGER DueTime, ULONG Period,
                              ULONG TolerableDelay, PKDPC Dpc)
{
    (void)TolerableDelay; /* Gap: 0 is within any tolerance */
    return KeSetTimerEx(Timer, DueTime, (LONG)Period, Dpc);
}

/* KeCancelTimer: TRUE when it was running. A DPC that is queued already stays queued.
 * Irql <= DISPATCH_LEVEL. Source wdm/nf-wdm-kecanceltimer */
BOOLEAN KeCancelTimer(PKTIMER Timer)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_KeCancelTimer, nt_obj(s, Timer, OBJ_TIMER), 0, 0, 0, 0);
    BOOLEAN was_set = sched_event_cancel(s, &timer_record(s, Timer)->event);

    call_end(&c, was_set, 0, 0, 0);
    return was_set;
}

/* KeReadStateTimer: Irql <= DISPATCH_LEVEL. Source wdm/nf-wdm-kereadstatetimer */
BOOLEAN KeReadStateTimer(PKTIMER Timer) { return Timer->Header.SignalState != 0; }

int ke_timers_create(struct sim *s)
{
    struct nt_ke *ke = s->nt->ke;

    if (objmap_create(&ke->dpcs, 6) || objmap_create(&ke->timers, 6))
        return ERR_NOMEM;
    return 0;
}

void ke_timers_reset(struct sim *s)
{
    struct nt_ke *ke = s->nt->ke;

    objmap_reset(&ke->dpcs);
    objmap_reset(&ke->timers);
    ke->dpc_free = NULL;
    for (struct ke_dpc *d = ke->dpc_all; d; d = d->all) {
        d->next = ke->dpc_free;
        ke->dpc_free = d;
    }
    ke->timer_free = NULL;
    for (struct ke_timer *t = ke->timer_all; t; t = t->all) {
        t->next = ke->timer_free;
        ke->timer_free = t;
    }
}

void ke_timers_destroy(struct sim *s)
{
    struct nt_ke *ke = s->nt->ke;

    while (ke->dpc_all) {
        struct ke_dpc *d = ke->dpc_all;

        ke->dpc_all = d->all;
        free(d);
    }
    while (ke->timer_all) {
        struct ke_timer *t = ke->timer_all;

        ke->timer_all = t->all;
        free(t);
    }
    objmap_destroy(&ke->dpcs);
    objmap_destroy(&ke->timers);
}
