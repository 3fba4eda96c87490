/*
 * An IRP on its way down: IofCallDriver, and those who send and wait.
 */
#include "sim/nt/io.h"

#define BUGCHECK_NO_MORE_IRP_STACK_LOCATIONS 0x35
#define BUGCHECK_IOMANAGER_VIOLATION                                                               \
    0xC9 /* what Driver Verifier says: 3 = what was sent is no IRP */

static uint32_t stack_length(const IO_STACK_LOCATION *at)
{
    switch (at->MajorFunction) {
    case IRP_MJ_READ:
        return at->Parameters.Read.Length;
    case IRP_MJ_WRITE:
        return at->Parameters.Write.Length;
    case IRP_MJ_DEVICE_CONTROL:
    case IRP_MJ_INTERNAL_DEVICE_CONTROL:
        return at->Parameters.DeviceIoControl.OutputBufferLength;
    default:
        return 0;
    }
}

/* The first driver gets it: the IRP's life as a request begins. */
static void irp_say(struct sim *s, struct io_irp *r, const IO_STACK_LOCATION *at)
{
    if (!s->trace.on)
        return;
    trace_emit(&s->trace, EV_IRP, API_NONE, r->obj,
               (uint64_t)at->MajorFunction << 8 | at->MinorFunction, stack_length(at),
               mdl_obj(s, r->irp->MdlAddress),
               at->FileObject ? nt_obj(s, at->FileObject, OBJ_FILE) : 0);
}

/* Runs out of stack locations: Windows stops here. The IRP ends, so that the run can go on. */
static NTSTATUS no_more_locations(struct sim *s, PIRP irp)
{
    sim_bugcheck(s, BUGCHECK_NO_MORE_IRP_STACK_LOCATIONS, va_of(s, irp).v, 0, 0, 0);
    irp->IoStatus.Status = STATUS_INVALID_DEVICE_REQUEST;
    irp->IoStatus.Information = 0;
    if (irp->CurrentLocation <= irp->StackCount)
        io_complete(s, irp);
    return STATUS_INVALID_DEVICE_REQUEST;
}

/* The site of a callback that has returned. Stacks hold return addresses, which lie behind what they name:
 * one byte into the routine. 0: it is no driver's. */
uint32_t io_routine_site(struct sim *s, const void *routine)
{
    const void *low, *high;

    sched_stack(s, &low, &high);
    return site_capture(s->depot, NULL, (uint64_t)(uintptr_t)routine + 1, low, high);
}

static void say_misuse(struct sim *s, uint32_t site, enum api api, uint32_t obj, enum misuse what,
                       uint64_t p1, uint64_t p2)
{
    uint32_t outer = s->trace.site;

    s->trace.site = site;
    trace_emit(&s->trace, EV_MISUSE, api, obj, what, p1, p2, 0);
    s->trace.site = outer;
}

void io_misuse_of(struct sim *s, enum api api, uint32_t obj, enum misuse what, uint64_t p1,
                  const void *routine)
{
    say_misuse(s, io_routine_site(s, routine), api, obj, what, p1, 0);
}

/* Source: debugger/bug-check-0xc8--irql-unexpected-value, .../bug-check-0xe1 (its p2 is the IRQL),
 *         .../bug-check-0x10d---wdf-violation */
void io_irql_restore_as(struct sim *s, enum api api, uint32_t obj, uint8_t expected,
                        const void *routine, uint32_t code)
{
    uint64_t irql = sched_irql(s);
    uint32_t outer = s->trace.site, site = io_routine_site(s, routine);

    say_misuse(s, site, api, obj, MISUSE_IRQL_CHANGED, expected, irql);
    s->trace.site = site;
    if (code == 0xC8)
        sim_bugcheck(s, code, irql << 16 | (uint64_t)expected << 8, 0, 0, 0);
    else if (code == 0x10D)
        sim_bugcheck(s, code, 0xE, expected, irql, 0);
    else if (code)
        sim_bugcheck(s, code, 0, irql, 0, 0);
    s->trace.site = outer;
    sched_irql_set(s, expected);
}

/* --- pending: what was returned against what the stack location says when completion has left it --- */

void io_location_left(struct sim *s, struct io_irp *r, PIO_STACK_LOCATION at, CCHAR location)
{
    bool marked = (at->Control & SL_PENDING_RETURNED) != 0;

    for (struct io_sent *f = r->sent; f; f = f->up)
        if (f->location == (uint8_t)location && f->left == IO_LEFT_NOT)
            f->left = marked ? IO_LEFT_MARKED : IO_LEFT_UNMARKED;
    if (r->pending_location != (uint8_t)location)
        return;
    r->pending_location = 0;
    if (!marked)
        say_misuse(s, r->pending_site, API_DriverDispatch, r->obj, MISUSE_PENDING_UNMARKED,
                   r->pending_function, 0);
}

static void sent_unlink(struct io_irp *r, const struct io_sent *sent)
{
    for (struct io_sent **at = &r->sent; *at; at = &(*at)->up)
        if (*at == sent) {
            *at = sent->up;
            return;
        }
}

/* obj: the IRP as it was sent; r may be another one's record by now. */
static void judge_pending(struct sim *s, struct io_irp *r, uint32_t obj, const struct io_sent *sent,
                          const IO_STACK_LOCATION *at, uint32_t function, NTSTATUS status,
                          const void *routine)
{
    bool same = r->obj == obj;
    bool marked = sent->left == IO_LEFT_MARKED ||
                  (same && r->state != IO_IRP_FREED && sent->left == IO_LEFT_NOT &&
                   (at->Control & SL_PENDING_RETURNED));
    uint32_t site;

    if (marked == (status == STATUS_PENDING) || !s->trace.on ||
        !(site = io_routine_site(s, routine)))
        return;
    if (marked)
        say_misuse(s, site, API_DriverDispatch, obj, MISUSE_PENDING_MARKED, function,
                   (uint32_t)status);
    else if (sent->left == IO_LEFT_UNMARKED)
        say_misuse(s, site, API_DriverDispatch, obj, MISUSE_PENDING_UNMARKED, function, 0);
    else if (same && !r->pending_location) { /* a completion routine may mark it yet */
        r->pending_location = sent->location;
        r->pending_site = site;
        r->pending_function = function;
    }
}

static bool is_rare(UCHAR major)
{
    return major == IRP_MJ_PNP || major == IRP_MJ_CREATE || major == IRP_MJ_CLEANUP ||
           major == IRP_MJ_CLOSE;
}

/* A requester knows what came of its earlier requests, everybody what came of starting and opening; and
 * nobody closes or removes before the requests have come back. */
static void dispatch_order(struct sim *s, bool rare)
{
    race_take(s, sched_current_thread(s));
    race_take(s, IO_ORDER_RARE(s));
    if (rare)
        race_take(s, IO_ORDER_ANY(s));
}

static void dispatch_known(struct sim *s, bool rare)
{
    race_give(s, IO_ORDER_ANY(s));
    if (rare)
        race_give(s, IO_ORDER_RARE(s));
}

NTSTATUS io_call(struct sim *s, PDEVICE_OBJECT device, PIRP irp)
{
    uint8_t irql = sched_irql(s);
    struct io_irp *r = io_irp_of(s, irp);
    PIO_STACK_LOCATION at;
    PDRIVER_DISPATCH dispatch;
    uint32_t obj, function;
    struct io_sent sent = { 0 };
    bool rare;
    NTSTATUS status;

    if (!r || irp->Type != IO_TYPE_IRP || !device || device->Type != IO_TYPE_DEVICE) {
        sim_bugcheck(s, BUGCHECK_IOMANAGER_VIOLATION, !r || irp->Type != IO_TYPE_IRP ? 3 : 4,
                     va_of(s, !r || irp->Type != IO_TYPE_IRP ? (void *)irp : (void *)device).v, 0,
                     0);
        return STATUS_INVALID_PARAMETER;
    }
    if (irp->CurrentLocation <= 1)
        return no_more_locations(s, irp);
    irp->CurrentLocation--;
    at = --irp->Tail.Overlay.CurrentStackLocation;
    at->DeviceObject = device;
    if (irp->CurrentLocation == irp->StackCount)
        irp_say(s, r, at);
    r->state = IO_IRP_SENT;
    obj = r->obj;
    dispatch = device->DriverObject
                   ->MajorFunction[at->MajorFunction <= IRP_MJ_MAXIMUM_FUNCTION ? at->MajorFunction
                                                                                : IRP_MJ_PNP];
    function = (uint32_t)at->MajorFunction << 8 | at->MinorFunction;
    sent = (struct io_sent) { .up = r->sent, .location = (uint8_t)irp->CurrentLocation };
    r->sent = &sent;
    rare = is_rare(at->MajorFunction);
    dispatch_order(s, rare);
    callback_begin(s, API_DriverDispatch, obj, function, device_obj(s, device), sched_irql(s),
                   stack_length(at));
    status = dispatch(device, irp);
    callback_end(s, API_DriverDispatch, obj, (uint32_t)status);
    dispatch_known(s, rare);
    if (r->obj == obj)
        sent_unlink(r, &sent);
    judge_pending(s, r, obj, &sent, at, function, status, (const void *)dispatch);
    io_irql_restore(s, API_DriverDispatch, obj, irql, (const void *)dispatch);
    return status;
}

/* Somebody who waits for an IRP on his own stack. */
struct waiter {
    struct agent *thread;
    NTSTATUS status;
    bool done;
};

static void waiter_done(struct sim *s, PIRP irp, void *ctx)
{
    struct waiter *w = ctx;

    w->status = irp->IoStatus.Status;
    w->done = true;
    if (agent_blocked(w->thread))
        sched_wake(s, w->thread);
}

NTSTATUS io_call_wait(struct sim *s, PDEVICE_OBJECT device, PIRP irp)
{
    struct waiter w = { .thread = sched_current_thread(s) };
    struct io_irp *r = io_irp_of(s, irp);
    NTSTATUS status;

    if (!r)
        return STATUS_INVALID_PARAMETER;
    r->done = waiter_done;
    r->done_ctx = &w;
    status = io_call(s, device, irp);
    /* A driver that answers and forgets to complete would be waited for in vain. */
    while (!w.done && status == STATUS_PENDING)
        sched_block(s, UINT64_MAX);
    if (r->done_ctx == &w)
        r->done = NULL;
    return w.done ? w.status : status;
}

/*
 * IofCallDriver: hands an IRP to a driver.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  what the dispatch routine returns
 * Gap      a major function beyond the last one is taken for IRP_MJ_PNP; Windows reads past the table
 * Says     CALL, IRP (first driver only), CALLBACK, CALLBACK_END, MISUSE for an IRQL or a pending mark
 *          that does not fit, RETURN; BUGCHECK 0x35 when no
 *          stack location is left, 0xC9 (3, 4) for what is no IRP or no device
 * Source   wdm/nf-wdm-iofcalldriver
 */
NTSTATUS IofCallDriver(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    struct sim *s = sim_now();
    struct io_irp *r = io_irp_of(s, Irp);
    struct call c =
        call_begin(s, API_IofCallDriver, r ? r->obj : irp_obj(s, Irp), device_obj(s, DeviceObject),
                   r ? (uint64_t)Irp->CurrentLocation : 0, r ? (uint64_t)Irp->StackCount : 0, 0);
    NTSTATUS status = io_call(s, DeviceObject, Irp);

    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

static NTSTATUS forward_done(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    struct sim *s = sim_now();
    struct waiter *w = context;

    (void)device;
    w->done = true;
    if (irp->PendingReturned && agent_blocked(w->thread))
        sched_wake(s, w->thread);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

/*
 * IoForwardIrpSynchronously: hands an IRP down and waits; the caller still has to complete it.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  TRUE; FALSE when the IRP has no stack location left
 * Gap      none known
 * Says     CALL, what the call down says, RETURN
 * Source   wdm/nf-wdm-ioforwardirpsynchronously
 */
BOOLEAN IoForwardIrpSynchronously(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    struct sim *s = sim_now();
    struct waiter w = { .thread = sched_current_thread(s) };
    struct call c = call_begin(s, API_IoForwardIrpSynchronously, irp_obj(s, Irp),
                               device_obj(s, DeviceObject), 0, 0, 0);
    BOOLEAN sent = io_irp_of(s, Irp) && Irp->CurrentLocation > 1;

    if (sent) {
        IoCopyCurrentIrpStackLocationToNext(Irp);
        IoSetCompletionRoutine(Irp, forward_done, &w, TRUE, TRUE, TRUE);
        if (io_call(s, DeviceObject, Irp) == STATUS_PENDING)
            while (!w.done)
                sched_block(s, UINT64_MAX);
    }
    call_end(&c, sent, 0, 0, 0);
    return sent;
}

/*
 * IoSynchronousCallDriver: sends an IRP whose next location is filled in, and waits.
 *
 * Irql     <= APC_LEVEL
 * Returns  the IRP's final status; the IRP is the caller's again
 * Gap      none known
 * Says     CALL, what the call down says, RETURN
 * Source   wdm/nf-wdm-iosynchronouscalldriver
 */
NTSTATUS IoSynchronousCallDriver(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    struct sim *s = sim_now();
    struct waiter w = { .thread = sched_current_thread(s) };
    struct call c = call_begin(s, API_IoSynchronousCallDriver, irp_obj(s, Irp),
                               device_obj(s, DeviceObject), 0, 0, 0);
    NTSTATUS status;

    IoSetCompletionRoutine(Irp, forward_done, &w, TRUE, TRUE, TRUE);
    status = io_call(s, DeviceObject, Irp);
    if (status == STATUS_PENDING) {
        while (!w.done)
            sched_block(s, UINT64_MAX);
        status = Irp->IoStatus.Status;
    }
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}
