/*
 * The timer that comes with a device object: once a second, for all devices that started theirs, in
 * one DPC.
 */
#include "sim/nt/io.h"

#define TIMER_PERIOD_NS 1000000000ull

/* What PIO_TIMER points to is ours alone. */
struct _IO_TIMER {
    CSHORT Type;
    CSHORT TimerFlag;
    LIST_ENTRY TimerList;
    PIO_TIMER_ROUTINE TimerRoutine;
    PVOID Context;
    PDEVICE_OBJECT DeviceObject;
};

struct io_device_timer {
    struct io_device_timer *next; /* all of the machine, in the order of their making */
    PIO_TIMER timer;
    PDEVICE_OBJECT device;
    PIO_TIMER_ROUTINE routine;
    PVOID context;
    bool running, dead;
};

static void timer_dpc(struct sim *s, void *ctx)
{
    struct nt_io *io = ctx;
    struct io_device_timer **link = &io->timers, *t;

    for (t = io->timers; t; t = t->next)
        if (t->running && !t->dead) {
            callback_begin(s, API_IoTimer, device_obj(s, t->device), 0, 0, 0, 0);
            t->routine(t->device, t->context);
            callback_end(s, API_IoTimer, 0, 0);
        }
    /* Those that a routine did away with leave now, when nobody walks the list. */
    while ((t = *link)) {
        if (t->dead) {
            *link = t->next;
            io_host_free(s, t, sizeof(*t));
        } else {
            link = &t->next;
        }
    }
}

static void timer_tick(struct sim *s, void *ctx)
{
    struct nt_io *io = ctx;

    io->timer_armed = io->timers_running != 0;
    if (!io->timer_armed)
        return;
    sched_event_at(s, &io->timer_event, sched_now_ns(s) + TIMER_PERIOD_NS);
    sched_dpc_queue(s, &io->timer_dpc);
}

static void timer_arm(struct sim *s)
{
    struct nt_io *io = s->nt->io;

    if (io->timer_armed)
        return;
    if (!io->timer_event.fn) {
        io->timer_event.fn = timer_tick;
        io->timer_event.ctx = io;
        io->timer_event.agent = sched_agent_new(s, AGENT_TIMER, "io-timer");
        io->timer_dpc = (struct sched_dpc) {
            .fn = timer_dpc, .ctx = io, .cpu = -1, .obj = obj_new(&s->trace, OBJ_TIMER)
        };
    }
    io->timer_armed = true;
    sched_event_at(s, &io->timer_event, sched_now_ns(s) + TIMER_PERIOD_NS);
}

static void timer_run(struct sim *s, PDEVICE_OBJECT device, bool run)
{
    struct io_device *r = io_device_of(s, device);
    struct io_device_timer *t = r ? r->timer : NULL;

    if (!t || t->running == run)
        return;
    t->running = run;
    s->nt->io->timers_running += run ? 1 : -1u;
    if (run)
        timer_arm(s);
    else if (!s->nt->io->timers_running && sched_event_cancel(s, &s->nt->io->timer_event))
        s->nt->io->timer_armed = false;
}

void io_timer_forget(struct sim *s, PDEVICE_OBJECT device)
{
    struct io_device *r = io_device_of(s, device);

    if (!r || !r->timer)
        return;
    timer_run(s, device, false);
    r->timer->dead = true;
    pool_free_internal(s, r->timer->timer);
    device->Timer = NULL;
    r->timer = NULL;
}

/*
 * IoInitializeTimer: gives a device object its timer, which does not run yet.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INSUFFICIENT_RESOURCES
 * Gap      a second call sets routine and context anew
 * Says     CALL (a0 = 1: it had one already), RETURN
 * Source   wdm/nf-wdm-ioinitializetimer
 */
NTSTATUS IoInitializeTimer(PDEVICE_OBJECT DeviceObject, PIO_TIMER_ROUTINE TimerRoutine,
                           PVOID Context)
{
    struct sim *s = sim_now();
    struct io_device *r = io_device_of(s, DeviceObject);
    struct call c = call_begin(s, API_IoInitializeTimer, device_obj(s, DeviceObject),
                               DeviceObject->Timer != NULL, 0, 0, 0);
    NTSTATUS status = r ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;

    if (r && !r->timer) {
        struct io_device_timer **last = &s->nt->io->timers;
        PIO_TIMER timer = pool_alloc_internal(s, sizeof(*timer));

        if (timer) {
            while (*last)
                last = &(*last)->next;
            r->timer = *last = io_host_alloc(s, sizeof(**last));
            *timer = (IO_TIMER) { .Type = IO_TYPE_TIMER, .DeviceObject = DeviceObject };
            r->timer->timer = DeviceObject->Timer = timer;
            r->timer->device = DeviceObject;
        } else {
            status = STATUS_INSUFFICIENT_RESOURCES;
        }
    }
    if (r && r->timer) {
        r->timer->routine = r->timer->timer->TimerRoutine = TimerRoutine;
        r->timer->context = r->timer->timer->Context = Context;
    }
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * IoStartTimer: from now on the timer routine is called about once a second.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-iostarttimer
 */
VOID IoStartTimer(PDEVICE_OBJECT DeviceObject)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_IoStartTimer, device_obj(s, DeviceObject),
                               DeviceObject->Timer != NULL, 0, 0, 0);

    timer_run(s, DeviceObject, true);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * IoStopTimer: the timer routine is not called any more.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-iostoptimer
 */
VOID IoStopTimer(PDEVICE_OBJECT DeviceObject)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_IoStopTimer, device_obj(s, DeviceObject),
                               DeviceObject->Timer != NULL, 0, 0, 0);

    timer_run(s, DeviceObject, false);
    call_end(&c, 0, 0, 0, 0);
}
