/*
 * Timers. The callback runs in the timer's DPC, or, at passive execution level, in a work item that the DPC
 * queues.
 *
 * Source: wdf/using-timers, microsoft/Windows-Driver-Frameworks (fxtimer.cpp, fxtimerapi.cpp)
 */
#include <string.h>

#include "sim/wdf/device.h"
#include "sim/wdf/work.h"

struct timer_parts { /* in the machine's pool */
    KTIMER timer;
    KDPC dpc;
};

struct fx_timer {
    struct fx_object object;
    struct timer_parts *parts;
    struct fx_work work; /* created at passive execution level */
    struct fx_lock *lock;
    PFN_WDF_TIMER fn;
    ULONG period_ms, tolerable_ms;
    const struct agent *running, *stopper; /* who runs the callback, who stops it and waits */
    bool start_refused;                    /* while it was being stopped */
    bool stop_again;                       /* it was started while it was being stopped */
};

static void timer_call(struct fx_object *o)
{
    struct fx_timer *t = (struct fx_timer *)o;
    struct fx *f = fx_now();
    KIRQL irql;

    if (!t->fn)
        return;
    fx_reference(o);
    t->running = sched_current(f->s);
    fx_callback_enter(f, t->lock);
    irql = sched_irql(f->s);
    callback_begin(f->s, API_EvtTimerFunc, o->obj, 0, 0, 0, 0);
    t->fn((WDFTIMER)o->handle);
    callback_end(f->s, API_EvtTimerFunc, o->obj, sched_irql(f->s));
    fx_irql_restore(f->s, API_EvtTimerFunc, o->obj, irql, (const void *)t->fn);
    fx_callback_leave(f, t->lock);
    t->running = NULL;
    fx_dereference(o);
}

static VOID timer_dpc(PKDPC dpc, PVOID handle, PVOID one, PVOID two)
{
    struct fx_timer *t = (struct fx_timer *)fx_object_find(fx_now(), handle, FX_TIMER);

    (void)dpc, (void)one, (void)two;
    if (t && t->work.item)
        fx_work_queue(&t->work);
    else if (t)
        timer_call(&t->object);
}

/* Until the callback neither is due nor runs; true when it was due. */
static BOOLEAN stop_and_wait(struct fx *f, struct fx_timer *t)
{
    BOOLEAN was;

    if (t->running == sched_current(f->s)) {
        fx_break(f, API_WdfTimerStop, t->object.obj, WDF_BREAK_OWN_CALLBACK, 0, 0);
        return FALSE;
    }
    if (t->stopper)
        fx_break(f, API_WdfTimerStop, t->object.obj, WDF_BREAK_STOPPED_TWICE, 0, 0);
    t->start_refused = false;
    t->stopper = sched_current(f->s);
    do {
        t->stop_again = false;
        was = KeCancelTimer(&t->parts->timer);
        KeFlushQueuedDpcs();
        fx_work_wait(f, &t->work);
    } while (!was && t->stop_again);
    t->stopper = NULL;
    t->stop_again = false;
    if (t->start_refused)
        was = TRUE;
    t->start_refused = false;
    return was;
}

static void timer_dispose(struct fx_object *o) { stop_and_wait(fx_now(), (struct fx_timer *)o); }

static void timer_destroy(struct fx_object *o)
{
    struct fx_timer *t = (struct fx_timer *)o;
    struct fx *f = fx_now();

    if (t->parts->dpc.DpcData) /* deleted in its own callback */
        KeRemoveQueueDpc(&t->parts->dpc);
    KeCancelTimer(&t->parts->timer);
    fx_work_destroy(f, &t->work);
    pool_free_internal(f->s, t->parts);
}

static const struct fx_class timer_class = { .type = FX_TIMER,
                                             .trace = OBJ_WDFTIMER,
                                             .bytes = sizeof(struct fx_timer),
                                             .passive = true,
                                             .dispose = timer_dispose,
                                             .destroy = timer_destroy };

/* What a timer needs beside its object; all or nothing. */
static NTSTATUS parts_create(struct fx *f, struct fx_device *d, bool passive, struct fx_timer *t)
{
    NTSTATUS status;

    t->parts = pool_alloc_internal(f->s, sizeof(*t->parts));
    if (!t->parts)
        return STATUS_INSUFFICIENT_RESOURCES;
    memset(t->parts, 0, sizeof(*t->parts));
    if (!passive)
        return STATUS_SUCCESS;
    status = fx_work_create(f, &t->work, d->wdm, timer_call);
    if (!NT_SUCCESS(status))
        pool_free_internal(f->s, t->parts);
    return status;
}

static NTSTATUS timer_create(struct fx *f, struct fx_object *parent, PWDF_TIMER_CONFIG config,
                             PWDF_OBJECT_ATTRIBUTES attributes, struct fx_object **out)
{
    struct fx_device *d = (struct fx_device *)fx_device_above(parent);
    bool passive = attributes->ExecutionLevel == WdfExecutionLevelPassive;
    struct fx_timer made = { .fn = config->EvtTimerFunc,
                             .period_ms = config->Period,
                             .tolerable_ms = config->TolerableDelay };
    NTSTATUS status;

    if (!d)
        return STATUS_INVALID_DEVICE_REQUEST;
    status = fx_serial_choose(f, API_WdfTimerCreate, parent, config->AutomaticSerialization,
                              passive, &made.lock);
    if (NT_SUCCESS(status))
        status = parts_create(f, d, passive, &made);
    if (!NT_SUCCESS(status))
        return status;
    status = fx_object_create(f, parent->driver, &timer_class, parent, attributes, out);
    if (!NT_SUCCESS(status)) {
        fx_work_destroy(f, &made.work);
        pool_free_internal(f->s, made.parts);
        return status;
    }
    made.object = **out;
    made.work.object = *out;
    *(struct fx_timer *)*out = made;
    KeInitializeTimerEx(&made.parts->timer, NotificationTimer);
    KeInitializeDpc(&made.parts->dpc, timer_dpc, made.object.handle);
    return STATUS_SUCCESS;
}

static NTSTATUS config_check(const WDF_TIMER_CONFIG *config)
{
    if (config->Size != sizeof(*config))
        return STATUS_INFO_LENGTH_MISMATCH;
    if (config->Period > MAXLONG || (config->TolerableDelay && config->UseHighResolutionTimer))
        return STATUS_INVALID_PARAMETER;
    return STATUS_SUCCESS;
}

/*
 * WdfTimerCreate: a timer of a device, a queue, or what hangs below a device.
 *
 * Irql     <= DISPATCH_LEVEL
 * Units    Config->Period, TolerableDelay: milliseconds
 * Returns  STATUS_SUCCESS, STATUS_INSUFFICIENT_RESOURCES, STATUS_WDF_PARENT_NOT_SPECIFIED,
 *          STATUS_INFO_LENGTH_MISMATCH, STATUS_INVALID_PARAMETER (Period; a tolerable delay of a high
 *          resolution timer), STATUS_NOT_SUPPORTED (periodic at passive level),
 *          STATUS_INVALID_DEVICE_REQUEST (no device above the parent),
 *          STATUS_WDF_INCOMPATIBLE_EXECUTION_LEVEL, those of the attributes
 * Gap      UseHighResolutionTimer changes nothing: every timer is exact
 * Says     CALL, KeInitializeTimerEx, KeInitializeDpc, RETURN (object = the new one)
 * Source   wdftimer/nf-wdftimer-wdftimercreate
 */
NTSTATUS imp_WdfTimerCreate(PWDF_DRIVER_GLOBALS DriverGlobals, PWDF_TIMER_CONFIG Config,
                            PWDF_OBJECT_ATTRIBUTES Attributes, WDFTIMER *Timer)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfTimerCreate, 0, 0, 0, 0, 0);
    const struct fx_attributes_rules rules = { .parent_required = true, .level_allowed = true };
    struct fx_object *parent, *o = NULL;
    NTSTATUS status = fx_parent_required(f, Attributes, &parent);

    (void)DriverGlobals;
    if (NT_SUCCESS(status) && (!fx_required(f, Config) || !fx_required(f, Timer)))
        status = STATUS_INVALID_PARAMETER;
    else if (NT_SUCCESS(status))
        status = config_check(Config);
    if (NT_SUCCESS(status))
        status = fx_attributes_check(f, Attributes, &rules);
    if (NT_SUCCESS(status) && Config->Period &&
        Attributes->ExecutionLevel == WdfExecutionLevelPassive)
        status = STATUS_NOT_SUPPORTED;
    if (NT_SUCCESS(status))
        status = timer_create(f, parent, Config, Attributes, &o);
    if (o)
        *Timer = (WDFTIMER)o->handle;
    c.obj = fx_obj(o);
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfTimerStart: starts it, or moves one that runs.
 *
 * Irql     <= DISPATCH_LEVEL
 * Units    DueTime: 100 ns; negative: from now, else since 1601
 * Returns  TRUE when it was running; FALSE also when it is being stopped or deleted, and does not start then
 * Gap      none known
 * Says     CALL (a0 = DueTime), KeSetTimerEx, RETURN
 * Source   wdftimer/nf-wdftimer-wdftimerstart
 */
BOOLEAN imp_WdfTimerStart(PWDF_DRIVER_GLOBALS DriverGlobals, WDFTIMER Timer, LONGLONG DueTime)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfTimerStart, fx_handle_obj(f, Timer), (uint64_t)DueTime, 0, 0, 0);
    struct fx_timer *t = (struct fx_timer *)fx_object_of(f, Timer, FX_TIMER);
    LARGE_INTEGER due = { .QuadPart = DueTime };
    BOOLEAN was = FALSE;

    (void)DriverGlobals;
    if (t && t->object.life >= FX_DISPOSING) {
        fx_break(f, API_WdfTimerStart, t->object.obj, WDF_BREAK_GOING, 0, 0);
    } else if (t && t->stopper) {
        t->start_refused = true;
    } else if (t) {
        was = KeSetCoalescableTimer(&t->parts->timer, due, t->period_ms, t->tolerable_ms,
                                    &t->parts->dpc);
        if (t->stopper)
            t->stop_again = true;
    }
    call_end(&c, was, 0, 0, 0);
    return was;
}

/*
 * WdfTimerStop: stops it; Wait also lets a callback that is due or running end.
 *
 * Irql     <= DISPATCH_LEVEL; PASSIVE_LEVEL when Wait
 * Returns  TRUE when it was running; FALSE also for Wait above PASSIVE_LEVEL or in its own callback
 * Gap      none known
 * Says     CALL (a0 = Wait), KeCancelTimer, KeFlushQueuedDpcs, RETURN
 * Source   wdftimer/nf-wdftimer-wdftimerstop
 */
BOOLEAN imp_WdfTimerStop(PWDF_DRIVER_GLOBALS DriverGlobals, WDFTIMER Timer, BOOLEAN Wait)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfTimerStop, fx_handle_obj(f, Timer), Wait, 0, 0, 0);
    struct fx_timer *t = (struct fx_timer *)fx_object_of(f, Timer, FX_TIMER);
    BOOLEAN was = FALSE;

    (void)DriverGlobals;
    if (t && !Wait)
        was = KeCancelTimer(&t->parts->timer);
    else if (t && fx_irql_check(f, API_WdfTimerStop, t->object.obj, PASSIVE_LEVEL))
        was = stop_and_wait(f, t);
    call_end(&c, was, 0, 0, 0);
    return was;
}

/*
 * WdfTimerGetParentObject: what it was created under.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  the parent's handle; NULL when the timer has been disposed of
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdftimer/nf-wdftimer-wdftimergetparentobject
 */
WDFOBJECT imp_WdfTimerGetParentObject(PWDF_DRIVER_GLOBALS DriverGlobals, WDFTIMER Timer)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfTimerGetParentObject, fx_handle_obj(f, Timer), 0, 0, 0, 0);
    const struct fx_object *o = fx_object_of(f, Timer, FX_TIMER);
    const struct fx_object *parent = o && o->life < FX_DISPOSED ? o->parent : NULL;

    (void)DriverGlobals;
    call_end(&c, fx_obj(parent), 0, 0, 0);
    return parent ? parent->handle : NULL;
}
