/*
 * Power: the IRPs that a driver asks the power manager to send, and what the bus driver does when a
 * device's state changes. One power IRP for a device state is under way for a device at a time, as on
 * Windows; further ones wait. What the power manager sends by itself is po_system.c's.
 */
#include "sim/nt/host.h"
#include "sim/nt/pnp.h"

/* One PoRequestPowerIrp. */
struct po_request {
    struct pnp_node *node;
    PDEVICE_OBJECT device; /* as the driver named it */
    UCHAR minor;
    POWER_STATE state;
    PREQUEST_POWER_COMPLETE completion;
    PVOID context;
    PIRP irp;
    struct io_work work;
    struct po_request *next;
};

/* --- the bus driver's part --- */

static NTSTATUS set_device_state(struct sim *s, struct pnp_node *n, DEVICE_POWER_STATE state)
{
    if (state < PowerDeviceD0 || state > PowerDeviceD3)
        return STATUS_INVALID_PARAMETER;
    if (state == n->d_state)
        return STATUS_SUCCESS;
    n->d_state = state;
    if (n->device->present) {
        bus_device_power(n->device, (uint32_t)(state - PowerDeviceD0));
        /* Entering a low state ends decoding and mastering; the bus driver restores both in D0. */
        pnp_config_enable(s, n->device, state == PowerDeviceD0);
    }
    return STATUS_SUCCESS;
}

NTSTATUS po_dispatch(struct sim *s, struct pnp_node *n, PIRP irp, PIO_STACK_LOCATION stack)
{
    bool device = stack->Parameters.Power.Type == DevicePowerState;

    switch (stack->MinorFunction) {
    case IRP_MN_SET_POWER:
        if (device)
            return set_device_state(s, n, stack->Parameters.Power.State.DeviceState);
        n->s_state = stack->Parameters.Power.State.SystemState;
        return STATUS_SUCCESS;
    case IRP_MN_QUERY_POWER:
        return STATUS_SUCCESS;
    default:
        return irp->IoStatus.Status; /* no wake signal: IRP_MN_WAIT_WAKE is not supported */
    }
}

/* --- PoRequestPowerIrp --- */

static void request_start(struct sim *s, struct pnp_node *n);

/* The IRP has come back to its top: the requester is told, then the next one may go. */
static void request_done(struct sim *s, PIRP irp, void *ctx)
{
    struct po_request *r = ctx;
    struct pnp_node *n = r->node;
    IO_STATUS_BLOCK status = irp->IoStatus;

    if (r->completion) {
        callback_begin(s, API_PowerComplete, device_obj(s, r->device), r->minor,
                       (uint64_t)r->state.DeviceState, (uint32_t)status.Status, 0);
        r->completion(r->device, r->minor, r->state, r->context, &status);
        callback_end(s, API_PowerComplete, device_obj(s, r->device), 0);
    }
    io_irp_free(s, irp);
    if (n->power_active == r)
        n->power_active = NULL;
    io_host_free(s, r, sizeof(*r));
    if (--n->power_pending == 0)
        ke_event_set(s, &n->power_idle);
    else
        request_start(s, n);
}

static void request_work(struct sim *s, struct io_work *w)
{
    struct po_request *r = w->ctx;

    io_call(s, io_device_top(r->device), r->irp);
}

/* Sends the oldest request that waits, from a system thread. */
static void request_start(struct sim *s, struct pnp_node *n)
{
    struct po_request *r = n->power_head;

    if (!r || n->power_active)
        return;
    n->power_head = r->next;
    if (!n->power_head)
        n->power_tail = NULL;
    n->power_active = r;
    io_work_queue(s, &r->work, IO_QUEUE_CRITICAL);
}

static NTSTATUS request_make(struct sim *s, struct pnp_node *n, const struct po_request *wanted,
                             struct po_request **out)
{
    struct po_request *r = io_host_alloc(s, sizeof(*r));
    PIO_STACK_LOCATION stack;
    struct io_irp *record;

    if (!r)
        return STATUS_INSUFFICIENT_RESOURCES;
    *r = *wanted;
    r->irp = fault_take(s, FAULT_IRP)
                 ? NULL
                 : pnp_irp(s, io_device_top(r->device), IRP_MJ_POWER, r->minor, &stack);
    if (!r->irp) {
        io_host_free(s, r, sizeof(*r));
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    if (r->minor == IRP_MN_WAIT_WAKE) {
        stack->Parameters.WaitWake.PowerState = r->state.SystemState;
    } else {
        stack->Parameters.Power.Type = DevicePowerState;
        stack->Parameters.Power.State = r->state;
    }
    record = io_irp_of(s, r->irp);
    record->done = request_done;
    record->done_ctx = r;
    r->node = n;
    r->work.fn = request_work;
    r->work.ctx = r;
    *out = r;
    return STATUS_SUCCESS;
}

static void request_queue(struct sim *s, struct pnp_node *n, struct po_request *r)
{
    bool now = !n->power_active && !n->power_head && sched_irql(s) < IRQL_DISPATCH &&
               !choice_draw(s, CHOICE_CALLBACK_WHEN, 2);

    if (n->power_pending++ == 0)
        n->power_idle.Header.SignalState = 0;
    if (now) {
        n->power_active = r;
        io_call(s, io_device_top(r->device), r->irp); /* before the call returns, as Windows may */
        return;
    }
    if (n->power_tail)
        n->power_tail->next = r;
    else
        n->power_head = r;
    n->power_tail = r;
    request_start(s, n);
}

/*
 * PoRequestPowerIrp: the power manager sends a power IRP to the top of the device's stack.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_PENDING, _INVALID_PARAMETER_2 (minor code), _INSUFFICIENT_RESOURCES
 * Gap      IRP_MN_WAIT_WAKE is sent and comes back STATUS_NOT_SUPPORTED: nothing wakes this machine
 * Says     CALL, RETURN; CALLBACK PowerComplete; the dispatch routines say the IRP
 * Source   wdm/nf-wdm-porequestpowerirp
 */
NTSTATUS PoRequestPowerIrp(PDEVICE_OBJECT DeviceObject, UCHAR MinorFunction, POWER_STATE PowerState,
                           PREQUEST_POWER_COMPLETE CompletionFunction, PVOID Context, PIRP *Irp)
{
    struct sim *s = sim_now();
    struct pnp_node *n = pnp_node_of_object(s, DeviceObject);
    struct po_request wanted = { .device = DeviceObject,
                                 .minor = MinorFunction,
                                 .state = PowerState,
                                 .completion = CompletionFunction,
                                 .context = Context };
    struct po_request *r = NULL;
    NTSTATUS status;
    struct call c = call_begin(s, API_PoRequestPowerIrp, device_obj(s, DeviceObject), MinorFunction,
                               (uint64_t)PowerState.DeviceState, CompletionFunction != NULL, 0);

    if (Irp)
        *Irp = NULL;
    if (MinorFunction != IRP_MN_SET_POWER && MinorFunction != IRP_MN_QUERY_POWER &&
        MinorFunction != IRP_MN_WAIT_WAKE)
        status = STATUS_INVALID_PARAMETER_2;
    else if (!n)
        status = STATUS_INVALID_DEVICE_REQUEST;
    else
        status = request_make(s, n, &wanted, &r);
    if (n && MinorFunction == IRP_MN_SET_POWER)
        n->power_requests++;
    if (!status) {
        if (Irp)
            *Irp = r->irp;
        request_queue(s, n, r);
        status = STATUS_PENDING;
    }
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * PoCallDriver: IoCallDriver for power IRPs; the same since Windows Vista.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  what the next driver's dispatch routine returned
 * Gap      none known
 * Says     CALL, the dispatch's CALLBACK, RETURN
 * Source   ntifs/nf-ntifs-pocalldriver
 */
NTSTATUS PoCallDriver(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    struct sim *s = sim_now();
    NTSTATUS status;
    struct call c =
        call_begin(s, API_PoCallDriver, irp_obj(s, Irp), device_obj(s, DeviceObject), 0, 0, 0);

    status = io_call(s, DeviceObject, Irp);
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * PoStartNextPowerIrp: the driver is ready for the next power IRP. Windows Vista and later need no
 * such word and ignore it.
 *
 * Irql     <= DISPATCH_LEVEL
 * Gap      none known
 * Says     CALL, RETURN
 * Source   ntifs/nf-ntifs-postartnextpowerirp
 */
VOID PoStartNextPowerIrp(PIRP Irp)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_PoStartNextPowerIrp, irp_obj(s, Irp), 0, 0, 0, 0);

    call_end(&c, 0, 0, 0, 0);
}

/* Where a device object's two states are noted. The table is far larger than any machine's stacks;
 * in a full one the last place is used over. */
static uint8_t *noted_states(struct sim *s, PDEVICE_OBJECT device)
{
    struct nt_pnp *p = s->nt->pnp;
    uint32_t obj = device_obj(s, device);
    unsigned i = 0;

    while (i < p->noted_count && p->noted[i].obj != obj)
        i++;
    if (i == p->noted_count) {
        if (i < PNP_NOTED_MAX)
            p->noted_count++;
        else
            i--;
        p->noted[i] = (struct pnp_noted) { .obj = obj };
    }
    return p->noted[i].states;
}

/*
 * PoSetPowerState: notes a device's or the system's state, and gives the one noted before.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  the state noted before, kept for each device object; Unspecified at first
 * Gap      none known
 * Says     CALL with type and state, RETURN with the old one
 * Source   ntifs/nf-ntifs-posetpowerstate
 */
POWER_STATE PoSetPowerState(PDEVICE_OBJECT DeviceObject, POWER_STATE_TYPE Type, POWER_STATE State)
{
    struct sim *s = sim_now();
    uint8_t *noted = noted_states(s, DeviceObject) + (Type == DevicePowerState);
    POWER_STATE old = { .DeviceState = (DEVICE_POWER_STATE)*noted };
    struct call c = call_begin(s, API_PoSetPowerState, device_obj(s, DeviceObject), (uint64_t)Type,
                               (uint64_t)State.DeviceState, 0, 0);

    *noted = (uint8_t)State.DeviceState;
    call_end(&c, (uint64_t)old.DeviceState, 0, 0, 0);
    return old;
}
