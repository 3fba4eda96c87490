/*
 * Power policy: who asks for a device's power IRPs. When the system sleeps the device goes to D3, when it
 * wakes back to D0; and a driver that has said so has its idle device put into Dx while the system works.
 * What keeps it awake is counted: requests of power-managed queues, and WdfDeviceStopIdle.
 *
 * Source: wdf/power-policy-ownership, wdf/supporting-idle-power-down,
 *         microsoft/Windows-Driver-Frameworks (powerpolicystatemachine.cpp, poweridlestatemachine.cpp)
 */
#include "sim/wdf/policy.h"

/* An IRP that is not to be had is asked for again, for a minute at most. */
#define REQUESTS_MAX 100
#define REQUEST_PAUSE 5000000 /* 500 ms, in 100 ns units */

/* One of the device's transitions at a time. */
static void turn_take(struct fx *f, struct fx_idle *i) { ke_wait(f->s, &i->turn, UINT64_MAX); }
static void turn_give(struct fx *f, struct fx_idle *i) { ke_event_set(f->s, &i->turn); }

static VOID request_done(PDEVICE_OBJECT device, UCHAR minor, POWER_STATE state, PVOID ctx,
                         PIO_STATUS_BLOCK status)
{
    struct fx_device *d = ctx;

    (void)device, (void)minor, (void)state;
    d->pnp->idle->answer = status->Status;
    ke_event_set(fx_now()->s, &d->pnp->idle->done);
}

NTSTATUS fx_policy_request(struct fx *f, struct fx_device *d, DEVICE_POWER_STATE state)
{
    struct fx_idle *i = d->pnp->idle;
    POWER_STATE wanted = { .DeviceState = state };
    NTSTATUS status;

    i->requested = true;
    i->done.Header.SignalState = 0;
    status = PoRequestPowerIrp(d->wdm, IRP_MN_SET_POWER, wanted, request_done, d, NULL);
    for (unsigned again = 1; !NT_SUCCESS(status) && again < REQUESTS_MAX; again++) {
        LARGE_INTEGER pause = { .QuadPart = -REQUEST_PAUSE };

        KeDelayExecutionThread(KernelMode, FALSE, &pause);
        status = PoRequestPowerIrp(d->wdm, IRP_MN_SET_POWER, wanted, request_done, d, NULL);
    }
    if (status == STATUS_PENDING) {
        ke_wait(f->s, &i->done, UINT64_MAX);
        status = i->answer;
    }
    i->requested = false;
    return status;
}

/* No IRP was to be had at all: then the device has failed as if it had been sent and failed. */
static void request(struct fx *f, struct fx_device *d, DEVICE_POWER_STATE state)
{
    NTSTATUS status = fx_policy_request(f, d, state);
    bool up = state == PowerDeviceD0;

    if (!NT_SUCCESS(status) && d->pnp->powered != up)
        fx_pnp_failed(f, d, up);
}

/* --- idling --- */

static void timer_start(struct fx_idle *i)
{
    LARGE_INTEGER due = { .QuadPart = -(LONGLONG)(i->timeout_ns / 100) };

    if (i->timer_made && i->started && !i->asleep && i->enabled && !i->references)
        KeSetTimer(&i->timer, due, &i->dpc);
}

static void timer_stop(struct fx_idle *i)
{
    i->expired = false;
    if (i->timer_made)
        KeCancelTimer(&i->timer);
}

static VOID timer_dpc(PKDPC dpc, PVOID ctx, PVOID a, PVOID b)
{
    struct fx_device *d = ctx;
    struct fx_idle *i = d->pnp->idle;

    (void)dpc, (void)a, (void)b;
    if (!i->started || i->references)
        return;
    i->expired = true;
    fx_work_queue(&i->work);
}

static void up(struct fx *f, struct fx_device *d)
{
    struct fx_idle *i = d->pnp->idle;

    fx_policy_set(f, d, WdfDevStatePwrPolS0NoWakePowerUp);
    request(f, d, PowerDeviceD0);
    if (!d->pnp->powered) {
        i->lost = true;
    } else {
        fx_policy_set(f, d, WdfDevStatePwrPolS0NoWakeCompletePowerUp);
        fx_policy_set(f, d, WdfDevStatePwrPolStartedIdleCapable);
    }
    ke_event_set(f->s, &i->in_d0);
    timer_start(i);
}

static void down(struct fx *f, struct fx_device *d)
{
    struct fx_idle *i = d->pnp->idle;

    i->in_d0.Header.SignalState = 0;
    fx_policy_set(f, d, WdfDevStatePwrPolTimerExpiredNoWake);
    request(f, d, i->dx);
    if (!d->pnp->powered)
        fx_policy_set(f, d, WdfDevStatePwrPolWaitingUnarmed);
}

/* On a system thread: one step, or two when a request has come while the device was on its way down. */
static void policy_work(struct fx_object *o)
{
    struct fx_device *d = (struct fx_device *)o;
    struct fx_idle *i = d->pnp->idle;
    struct fx *f = fx_now();

    turn_take(f, i);
    if (i->started && !i->asleep && d->pnp->powered && i->expired && !i->references && i->enabled)
        down(f, d);
    i->expired = false;
    if (i->started && !i->asleep && !d->pnp->powered && !i->lost && (i->references || !i->enabled))
        up(f, d);
    turn_give(f, i);
}

/* A device that may have to be powered by itself needs a thread and a timer. */
static NTSTATUS idle_ready(struct fx *f, struct fx_device *d)
{
    struct fx_idle *i = d->pnp->idle;
    NTSTATUS status;

    if (i->timer_made)
        return STATUS_SUCCESS;
    status = fx_work_create(f, &i->work, d->wdm, policy_work);
    if (!NT_SUCCESS(status))
        return status;
    i->work.object = &d->object;
    KeInitializeTimer(&i->timer);
    KeInitializeDpc(&i->dpc, timer_dpc, d);
    i->timer_made = true;
    return STATUS_SUCCESS;
}

/* --- what keeps a device in D0 --- */

NTSTATUS fx_policy_reference(struct fx *f, struct fx_device *d, bool wait)
{
    struct fx_idle *i = d->pnp->idle;

    i->references++;
    timer_stop(i);
    if (!i->started || i->in_d0.Header.SignalState)
        return i->lost ? STATUS_POWER_STATE_INVALID : STATUS_SUCCESS;
    if (i->timer_made && !i->asleep)
        fx_work_queue(&i->work);
    if (!wait)
        return STATUS_PENDING;
    ke_wait(f->s, &i->in_d0, UINT64_MAX);
    return i->lost ? STATUS_POWER_STATE_INVALID : STATUS_SUCCESS;
}

void fx_policy_release(struct fx *f, struct fx_device *d)
{
    struct fx_idle *i = d->pnp->idle;

    (void)f; /* whose timer it is does not matter */
    if (--i->references == 0 && d->pnp->powered)
        timer_start(i);
}

static bool io_busy(struct fx_device *d, bool busy)
{
    if (busy)
        fx_policy_reference(fx_now(), d, false);
    else
        fx_policy_release(fx_now(), d);
    return true;
}

void fx_policy_create(struct fx *f, struct fx_device *d)
{
    struct fx_idle *i = io_host_alloc(f->s, sizeof(*i));

    d->pnp->idle = i;
    io_event_init(&i->turn, SynchronizationEvent, true);
    io_event_init(&i->done, NotificationEvent, false);
    io_event_init(&i->in_d0, NotificationEvent, false);
    i->dx = PowerDeviceD3;
    if (d->pnp->policy_owner)
        d->io_busy = io_busy;
}

void fx_policy_destroy(struct fx *f, struct fx_device *d)
{
    struct fx_idle *i = d->pnp->idle;

    if (!i)
        return;
    if (i->timer_made) {
        KeCancelTimer(&i->timer);
        KeRemoveQueueDpc(&i->dpc);
        fx_work_destroy(f, &i->work);
    }
    while (i->tags) {
        struct fx_tag *t = i->tags;

        i->tags = t->next;
        io_host_free(f->s, t, sizeof(*t));
    }
    io_host_free(f->s, i, sizeof(*i));
    d->pnp->idle = NULL;
}

NTSTATUS fx_policy_changed(struct fx *f, struct fx_device *d)
{
    struct fx_idle *i = d->pnp->idle;
    NTSTATUS status = idle_ready(f, d);

    if (!NT_SUCCESS(status))
        return status;
    timer_stop(i);
    if (i->enabled && d->pnp->powered)
        timer_start(i);
    else if (i->started && !i->enabled)
        fx_work_queue(&i->work); /* it may be down: no more */
    return STATUS_SUCCESS;
}

/* --- PnP's word --- */

void fx_policy_started(struct fx *f, struct fx_device *d)
{
    struct fx_idle *i = d->pnp->idle;

    i->started = true;
    i->lost = false;
    ke_event_set(f->s, &i->in_d0);
    fx_policy_set(f, d, WdfDevStatePwrPolStartingSucceeded);
    if (!d->pnp->policy_owner)
        return;
    fx_policy_set(f, d, WdfDevStatePwrPolStartingDecideS0Wake);
    fx_policy_set(f, d,
                  i->enabled ? WdfDevStatePwrPolStartedIdleCapable : WdfDevStatePwrPolStarted);
    timer_start(i);
}

void fx_policy_stop(struct fx *f, struct fx_device *d, bool wake)
{
    struct fx_idle *i = d->pnp->idle;

    turn_take(f, i);
    timer_stop(i);
    if (wake && i->started && !d->pnp->powered && !i->lost && d->pnp->policy_owner) {
        fx_policy_set(f, d, WdfDevStatePwrPolStoppingResetDevice);
        request(f, d, PowerDeviceD0);
    }
    i->started = false;
    fx_policy_set(f, d, WdfDevStatePwrPolStopping);
    turn_give(f, i);
}

/* --- the system's power --- */

/* IdealDxStateForSx, but no lighter than what the system's state allows. */
static DEVICE_POWER_STATE sleep_state(const struct fx_pnp *p, SYSTEM_POWER_STATE system)
{
    DEVICE_POWER_STATE ideal = p->power_caps.IdealDxStateForSx, allowed;

    if (ideal < PowerDeviceD1 || ideal >= PowerDeviceD3)
        return PowerDeviceD3;
    allowed = p->found.DeviceState[system];
    return ideal < allowed ? allowed : ideal;
}

void fx_policy_sleep(struct fx *f, struct fx_device *d, SYSTEM_POWER_STATE state)
{
    struct fx_idle *i = d->pnp->idle;

    turn_take(f, i);
    timer_stop(i);
    i->asleep = true;
    if (i->started && d->pnp->powered) {
        i->in_d0.Header.SignalState = 0;
        fx_policy_set(f, d, WdfDevStatePwrPolSleepingNoWakePowerDown);
        request(f, d, sleep_state(d->pnp, state));
    }
    if (i->started)
        fx_policy_set(f, d, WdfDevStatePwrPolSystemAsleepNoWake);
    turn_give(f, i);
}

/* One that idles and has nothing to do stays as it is. */
void fx_policy_wake(struct fx *f, struct fx_device *d)
{
    struct fx_idle *i = d->pnp->idle;
    bool stay = i->enabled && !i->wakes_with_system && !i->references;

    turn_take(f, i);
    i->asleep = false;
    if (i->started && !d->pnp->powered && !i->lost) {
        fx_policy_set(f, d, WdfDevStatePwrPolSystemWakeDeviceWakeDisabled);
        if (stay) {
            fx_policy_set(f, d, WdfDevStatePwrPolSystemWakeQueryIdle);
            fx_policy_set(f, d, WdfDevStatePwrPolWaitingUnarmed);
        } else {
            fx_policy_set(f, d, WdfDevStatePwrPolSystemWakeDeviceToD0);
            request(f, d, PowerDeviceD0);
            i->lost = !d->pnp->powered;
            if (d->pnp->powered)
                fx_policy_set(f, d,
                              i->enabled ? WdfDevStatePwrPolStartedIdleCapable
                                         : WdfDevStatePwrPolStarted);
            ke_event_set(f->s, &i->in_d0);
            timer_start(i);
        }
    }
    turn_give(f, i);
}
