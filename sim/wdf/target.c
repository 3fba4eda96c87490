/*
 * I/O targets: the driver below, and devices that the driver opens. Their states, and what becomes of the
 * requests that they have.
 *
 * Source: wdf/introduction-to-i-o-targets, wdf/controlling-a-general-i-o-target-s-state,
 *         microsoft/Windows-Driver-Frameworks (fxiotarget.cpp)
 */
#include "sim/wdf/target.h"

static void target_dispose(struct fx_object *o)
{
    struct fx_target *t = (struct fx_target *)o;

    if (t->device && t->device->io && t->device->io->target == t)
        t->device->io->target = NULL;
    fx_target_close(fx_now(), t, WdfIoTargetDeleted);
}

static const struct fx_class target_class = { .type = FX_IO_TARGET,
                                              .trace = OBJ_WDFIOTARGET,
                                              .bytes = sizeof(struct fx_target),
                                              .passive = true,
                                              .dispose = target_dispose };
static const struct fx_class default_class = { .type = FX_IO_TARGET,
                                               .trace = OBJ_WDFIOTARGET,
                                               .bytes = sizeof(struct fx_target),
                                               .passive = true,
                                               .undeletable = true,
                                               .dispose = target_dispose };

NTSTATUS fx_target_create(struct fx *f, struct fx_device *d, PWDF_OBJECT_ATTRIBUTES attributes,
                          bool in_stack, struct fx_target **out)
{
    struct fx_object *o;
    struct fx_target *t;
    NTSTATUS status =
        fx_object_create(f, d->object.driver, in_stack ? &default_class : &target_class, &d->object,
                         attributes, &o);

    *out = NULL;
    if (!NT_SUCCESS(status))
        return status;
    t = (struct fx_target *)o;
    fx_ring_init(&t->sent);
    fx_ring_init(&t->ignored);
    fx_ring_init(&t->pended);
    t->device = d;
    t->in_stack = in_stack;
    t->state = WdfIoTargetStarted;
    if (in_stack) {
        t->wdm = d->attached;
        t->pdo = d->pdo;
    }
    *out = t;
    return STATUS_SUCCESS;
}

/* A request has come back. The last one may be waited for. */
void fx_target_cut(struct fx *f, struct fx_target *t, struct fx_request *r)
{
    bool ignored = r->sent->ignored;

    fx_ring_cut(&r->sent->link);
    if (t->removing) {
        if (fx_ring_empty(&t->sent) && fx_ring_empty(&t->ignored))
            fx_waiter_set(f, &t->empty);
    } else if (t->waiting && !ignored && fx_ring_empty(&t->sent)) {
        t->waiting = false;
        fx_waiter_set(f, &t->empty);
    }
}

/* Cancelling one may end others: each is kept by a reference while the ring is gone through. */
static void cancel_all(struct fx *f, struct fx_ring *ring)
{
    struct fx_object **list;
    unsigned n = 0, i = 0;

    for (struct fx_ring *e = ring->next; e != ring; e = e->next)
        n++;
    if (!n)
        return;
    list = io_host_alloc(f->s, n * sizeof(*list));
    for (struct fx_ring *e = ring->next; e != ring; e = e->next) {
        list[i] = &fx_sent_request(e)->object;
        fx_reference(list[i++]);
    }
    for (i = 0; i < n; i++) {
        fx_request_cancel_sent(f, (struct fx_request *)list[i]);
        fx_dereference(list[i]);
    }
    io_host_free(f->s, list, n * sizeof(*list));
}

static void fail_pended(struct fx *f, struct fx_target *t)
{
    while (!fx_ring_empty(&t->pended))
        fx_request_fail_pended(f, fx_sent_request(t->pended.next),
                               STATUS_WDF_DEVICE_REMOVED_NOT_SENT);
}

NTSTATUS fx_target_start(struct fx *f, struct fx_target *t)
{
    struct fx_request *r;

    if (t->state == WdfIoTargetDeleted)
        return STATUS_INVALID_DEVICE_STATE;
    t->state = WdfIoTargetStarted;
    while (!fx_ring_empty(&t->pended) && t->state == WdfIoTargetStarted) {
        r = fx_sent_request(t->pended.next);
        if (r->cancelled)
            fx_request_fail_pended(f, r, STATUS_CANCELLED);
        else
            fx_request_resend(f, r);
    }
    return STATUS_SUCCESS;
}

static void stop(struct fx *f, struct fx_target *t, WDF_IO_TARGET_SENT_IO_ACTION action)
{
    if (t->state == WdfIoTargetStarted || t->state == WdfIoTargetPurged)
        t->state = WdfIoTargetStopped;
    if (action == WdfIoTargetLeaveSentIoPending || fx_ring_empty(&t->sent))
        return;
    t->waiting = true;
    t->empty.done = false;
    if (action == WdfIoTargetCancelSentIo)
        cancel_all(f, &t->sent);
    fx_waiter_wait(f, &t->empty);
}

static void purge(struct fx *f, struct fx_target *t, bool wait)
{
    if (t->state == WdfIoTargetStarted || t->state == WdfIoTargetStopped)
        t->state = WdfIoTargetPurged;
    fail_pended(f, t);
    wait = wait && !fx_ring_empty(&t->sent);
    t->waiting = wait;
    t->empty.done = false;
    cancel_all(f, &t->sent);
    if (wait)
        fx_waiter_wait(f, &t->empty);
}

/* Nothing is sent any more, and nothing is under way when this returns. */
void fx_target_remove(struct fx *f, struct fx_target *t, WDF_IO_TARGET_STATE state)
{
    t->state = state;
    fail_pended(f, t);
    if (fx_ring_empty(&t->sent) && fx_ring_empty(&t->ignored))
        return;
    t->removing = true;
    t->empty.done = false;
    cancel_all(f, &t->sent);
    cancel_all(f, &t->ignored);
    if (!fx_ring_empty(&t->sent) || !fx_ring_empty(&t->ignored))
        fx_waiter_wait(f, &t->empty);
    t->removing = false;
}

/*
 * WdfIoTargetStart: requests go to the target again; those that waited for it go now.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INVALID_DEVICE_STATE (it is being deleted)
 * Gap      none known
 * Says     CALL, what sending says, RETURN
 * Source   wdfiotarget/nf-wdfiotarget-wdfiotargetstart
 */
NTSTATUS imp_WdfIoTargetStart(PWDF_DRIVER_GLOBALS DriverGlobals, WDFIOTARGET IoTarget)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfIoTargetStart, fx_handle_obj(f, IoTarget), 0, 0, 0, 0);
    struct fx_target *t = fx_target_of(f, IoTarget);
    NTSTATUS status = t ? fx_target_start(f, t) : STATUS_INVALID_HANDLE;

    (void)DriverGlobals;
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfIoTargetStop: requests wait from now on. What has been sent is cancelled, waited for, or left alone.
 *
 * Irql     PASSIVE_LEVEL; <= DISPATCH_LEVEL with WdfIoTargetLeaveSentIoPending
 * Returns  nothing
 * Gap      an IRP that is cancelled while its request waits is seen when the target starts again
 * Says     CALL (a0 = action), what cancelling says, RETURN
 * Source   wdfiotarget/nf-wdfiotarget-wdfiotargetstop
 */
VOID imp_WdfIoTargetStop(PWDF_DRIVER_GLOBALS DriverGlobals, WDFIOTARGET IoTarget,
                         WDF_IO_TARGET_SENT_IO_ACTION Action)
{
    const enum api api = API_WdfIoTargetStop;
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfIoTargetStop, fx_handle_obj(f, IoTarget),
                               (uint64_t)Action, 0, 0, 0);
    struct fx_target *t = fx_target_of(f, IoTarget);

    (void)DriverGlobals;
    if (t && Action >= WdfIoTargetCancelSentIo && Action <= WdfIoTargetLeaveSentIoPending &&
        (Action == WdfIoTargetLeaveSentIoPending ||
         fx_irql_check(f, api, t->object.obj, PASSIVE_LEVEL)))
        stop(f, t, Action);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfIoTargetPurge: requests are refused from now on, and all that the target has is cancelled.
 *
 * Irql     PASSIVE_LEVEL; <= DISPATCH_LEVEL with WdfIoTargetPurgeIo
 * Returns  nothing
 * Gap      none known
 * Says     CALL (a0 = action), what cancelling says, RETURN
 * Source   wdfiotarget/nf-wdfiotarget-wdfiotargetpurge
 */
VOID imp_WdfIoTargetPurge(PWDF_DRIVER_GLOBALS DriverGlobals, WDFIOTARGET IoTarget,
                          WDF_IO_TARGET_PURGE_IO_ACTION Action)
{
    const enum api api = API_WdfIoTargetPurge;
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfIoTargetPurge, fx_handle_obj(f, IoTarget),
                               (uint64_t)Action, 0, 0, 0);
    struct fx_target *t = fx_target_of(f, IoTarget);

    (void)DriverGlobals;
    if (t &&
        (Action == WdfIoTargetPurgeIo || (Action == WdfIoTargetPurgeIoAndWait &&
                                          fx_irql_check(f, api, t->object.obj, PASSIVE_LEVEL))))
        purge(f, t, Action == WdfIoTargetPurgeIoAndWait);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfIoTargetGetState: whether the target takes requests.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  WDF_IO_TARGET_STATE
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfiotarget/nf-wdfiotarget-wdfiotargetgetstate
 */
WDF_IO_TARGET_STATE imp_WdfIoTargetGetState(PWDF_DRIVER_GLOBALS DriverGlobals, WDFIOTARGET IoTarget)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfIoTargetGetState, fx_handle_obj(f, IoTarget), 0, 0, 0, 0);
    struct fx_target *t = fx_target_of(f, IoTarget);
    WDF_IO_TARGET_STATE state = t ? (WDF_IO_TARGET_STATE)t->state : WdfIoTargetStateUndefined;

    (void)DriverGlobals;
    call_end(&c, (uint64_t)state, 0, 0, 0);
    return state;
}

/*
 * WdfIoTargetGetDevice: whose target it is.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  the device
 * Gap      none known
 * Says     CALL, RETURN (its object)
 * Source   wdfiotarget/nf-wdfiotarget-wdfiotargetgetdevice
 */
WDFDEVICE imp_WdfIoTargetGetDevice(PWDF_DRIVER_GLOBALS DriverGlobals, WDFIOTARGET IoTarget)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfIoTargetGetDevice, fx_handle_obj(f, IoTarget), 0, 0, 0, 0);
    struct fx_target *t = fx_target_of(f, IoTarget);

    (void)DriverGlobals;
    call_end(&c, t ? t->device->object.obj : 0, 0, 0, 0);
    return t ? (WDFDEVICE)t->device->object.handle : NULL;
}

static struct fx_target *default_target(struct fx *f, struct fx_device *d)
{
    if (!d->io->target && d->attached)
        fx_target_create(f, d, NULL, true, &d->io->target);
    return d->io->target;
}

/*
 * WdfDeviceGetIoTarget: the driver below, as a target.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  it; NULL: nothing is below (a control device)
 * Gap      made when first asked for; Windows makes it with the device
 * Says     CALL, RETURN (its object)
 * Source   wdfdevice/nf-wdfdevice-wdfdevicegetiotarget
 */
WDFIOTARGET imp_WdfDeviceGetIoTarget(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfDeviceGetIoTarget, fx_handle_obj(f, Device), 0, 0, 0, 0);
    struct fx_device *d = fx_device_of(f, Device);
    struct fx_target *t = d ? default_target(f, d) : NULL;

    (void)DriverGlobals;
    call_end(&c, t ? t->object.obj : 0, 0, 0, 0);
    return t ? (WDFIOTARGET)t->object.handle : NULL;
}
