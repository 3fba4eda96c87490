/*
 * The power manager's own IRPs: the system goes to sleep and wakes, with all its devices or, for a scenario
 * that wants no more, with one of them.
 */
#include "sim/nt/host.h"
#include "sim/nt/pnp.h"

static POWER_ACTION action_of(POWER_STATE state)
{
    if (state.SystemState == PowerSystemHibernate)
        return PowerActionHibernate;
    return state.SystemState == PowerSystemWorking ? PowerActionNone : PowerActionSleep;
}

static NTSTATUS send_power(struct sim *s, struct pnp_node *n, UCHAR minor, POWER_STATE_TYPE type,
                           POWER_STATE state)
{
    PDEVICE_OBJECT top = io_device_top(n->pdo);
    PIO_STACK_LOCATION stack;
    PIRP irp = pnp_irp(s, top, IRP_MJ_POWER, minor, &stack);
    NTSTATUS status;

    if (!irp)
        return STATUS_INSUFFICIENT_RESOURCES;
    stack->Parameters.Power.Type = type;
    stack->Parameters.Power.State = state;
    stack->Parameters.Power.ShutdownType = type == SystemPowerState ? action_of(state) : 0;
    status = io_call_wait(s, top, irp);
    io_irp_free(s, irp);
    return status;
}

static NTSTATUS send_system(struct sim *s, struct pnp_node *n, UCHAR minor,
                            SYSTEM_POWER_STATE state)
{
    return send_power(s, n, minor, SystemPowerState, (POWER_STATE) { .SystemState = state });
}

/* What a driver does itself when the system sleeps, the power manager does for one that leaves it
 * alone, as for a device that it has found idle (PoRegisterDeviceForIdleDetection). */
static NTSTATUS device_state_directly(struct sim *s, struct pnp_node *n, DEVICE_POWER_STATE state)
{
    POWER_STATE p = { .DeviceState = state };
    NTSTATUS status = STATUS_SUCCESS;

    if (state != PowerDeviceD0)
        status = send_power(s, n, IRP_MN_QUERY_POWER, DevicePowerState, p);
    if (NT_SUCCESS(status) || status == STATUS_NOT_SUPPORTED)
        status = send_power(s, n, IRP_MN_SET_POWER, DevicePowerState, p);
    return status;
}

/* A query that is refused is taken back from who has agreed. */
static NTSTATUS system_query(struct sim *s, struct pnp_node *n, SYSTEM_POWER_STATE state)
{
    NTSTATUS status = send_system(s, n, IRP_MN_QUERY_POWER, state);

    if (NT_SUCCESS(status) || status == STATUS_NOT_SUPPORTED)
        return STATUS_SUCCESS;
    send_system(s, n, IRP_MN_SET_POWER, PowerSystemWorking);
    return status;
}

/* The driver that owns the power policy asks for its device's IRP meanwhile; nobody else's is sent. */
static NTSTATUS system_set(struct sim *s, struct pnp_node *n, SYSTEM_POWER_STATE state,
                           DEVICE_POWER_STATE wanted)
{
    NTSTATUS status = send_system(s, n, IRP_MN_SET_POWER, state);

    ke_wait(s, &n->power_idle, UINT64_MAX);
    /* Who has ever asked owns the power policy; whose driver could not even ask is not left asleep. */
    if (n->d_state != wanted && (!n->power_requests || !NT_SUCCESS(status)))
        status = device_state_directly(s, n, wanted);
    return status;
}

NTSTATUS host_device_power(struct sim *s, struct dm_device *d, unsigned d_state)
{
    struct pnp_node *n = pnp_node_of(s, d);
    SYSTEM_POWER_STATE state = (SYSTEM_POWER_STATE)(PowerSystemWorking + d_state);
    NTSTATUS status = STATUS_SUCCESS;

    if (!n || !n->pdo || d_state > 3)
        return STATUS_NO_SUCH_DEVICE;
    if (d_state)
        status = system_query(s, n, state);
    if (NT_SUCCESS(status))
        status = system_set(s, n, state, (DEVICE_POWER_STATE)(PowerDeviceD0 + d_state));
    return status;
}

static bool has_power(const struct pnp_node *n) { return n->pdo && n->state == PNP_STARTED; }

/* The youngest device first on the way down, the oldest first on the way up. */
NTSTATUS host_system_power(struct sim *s, unsigned s_state)
{
    struct nt_pnp *p = s->nt->pnp;
    SYSTEM_POWER_STATE state = (SYSTEM_POWER_STATE)(PowerSystemWorking + s_state);
    DEVICE_POWER_STATE wanted = (DEVICE_POWER_STATE)(PowerDeviceD0 + (s_state < 3 ? s_state : 3));
    NTSTATUS status = STATUS_SUCCESS;
    unsigned asked = p->node_count;

    if (s_state > 4)
        return STATUS_INVALID_PARAMETER;
    while (s_state && NT_SUCCESS(status) && asked > 0) {
        asked--;
        if (has_power(&p->nodes[asked]))
            status = system_query(s, &p->nodes[asked], state);
    }
    for (unsigned i = asked + 1; !NT_SUCCESS(status) && i < p->node_count; i++)
        if (has_power(&p->nodes[i]))
            send_system(s, &p->nodes[i], IRP_MN_SET_POWER, PowerSystemWorking);
    for (unsigned i = 0; NT_SUCCESS(status) && i < p->node_count; i++) {
        struct pnp_node *n = &p->nodes[s_state ? p->node_count - 1 - i : i];

        if (has_power(n))
            system_set(s, n, state, wanted); /* sleeping and waking cannot be refused any more */
    }
    return status;
}
