/*
 * The PnP manager: device nodes, and the IRPs that add, start, stop and remove a device, in
 * Windows' order. What the bus answers is pnp_bus.c's, resources are pnp_resource.c's.
 */
#include "sim/nt/pnp.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/must.h"
#include "sim/nt/host.h"

int nt_pnp_create(struct sim *s)
{
    s->nt->pnp = calloc(1, sizeof(*s->nt->pnp));
    if (!s->nt->pnp)
        return ERR_NOMEM;
    nt_pnp_reset(s);
    return 0;
}

void nt_pnp_reset(struct sim *s)
{
    struct nt_pnp *p = s->nt->pnp;

    memset(p->nodes, 0, p->node_count * sizeof(p->nodes[0]));
    memset(p->interfaces, 0, p->interface_count * sizeof(p->interfaces[0]));
    p->bus_driver = NULL;
    p->node_count = p->interface_count = p->value_count = p->noted_count = 0;
    p->vector_next = 0;
    p->memory_next = p->port_next = 0;
}

void nt_pnp_destroy(struct sim *s)
{
    free(s->nt->pnp);
    s->nt->pnp = NULL;
}

struct pnp_node *pnp_node_of(struct sim *s, const struct dm_device *d)
{
    struct nt_pnp *p = s->nt->pnp;

    for (unsigned i = 0; i < p->node_count; i++)
        if (p->nodes[i].device == d)
            return &p->nodes[i];
    return NULL;
}

struct pnp_node *pnp_node_of_pdo(struct sim *s, PDEVICE_OBJECT pdo)
{
    struct io_device *d = io_device_of(s, pdo);

    return d ? d->nt_pnp : NULL;
}

struct pnp_node *pnp_node_of_object(struct sim *s, PDEVICE_OBJECT object)
{
    if (!io_device_of(s, object))
        return NULL;
    return pnp_node_of_pdo(s, io_device_base(s, object));
}

struct dm_device *nt_pdo_device(struct sim *s, PDEVICE_OBJECT DeviceObject)
{
    struct pnp_node *n = pnp_node_of_object(s, DeviceObject);

    return n ? n->device : NULL;
}

/* --- sending --- */

PIRP pnp_irp(struct sim *s, PDEVICE_OBJECT top, UCHAR major, UCHAR minor, PIO_STACK_LOCATION *stack)
{
    PIRP irp = io_irp_alloc(s, top->StackSize);

    if (!irp)
        return NULL;
    /* Who does not know the IRP leaves this status, and so the sender knows that nobody did. */
    irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
    irp->RequestorMode = KernelMode;
    *stack = IoGetNextIrpStackLocation(irp);
    (*stack)->MajorFunction = major;
    (*stack)->MinorFunction = minor;
    return irp;
}

/* Sends one without parameters to the whole stack. information may be NULL. */
static NTSTATUS send_plain(struct sim *s, struct pnp_node *n, UCHAR minor, ULONG_PTR *information)
{
    PDEVICE_OBJECT top = io_device_top(n->pdo);
    PIO_STACK_LOCATION stack;
    PIRP irp = pnp_irp(s, top, IRP_MJ_PNP, minor, &stack);
    NTSTATUS status;

    if (!irp)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = io_call_wait(s, top, irp);
    if (information)
        *information = irp->IoStatus.Information;
    io_irp_free(s, irp);
    return status;
}

static void query_id(struct sim *s, struct pnp_node *n, BUS_QUERY_ID_TYPE type)
{
    PDEVICE_OBJECT top = io_device_top(n->pdo);
    PIO_STACK_LOCATION stack;
    PIRP irp = pnp_irp(s, top, IRP_MJ_PNP, IRP_MN_QUERY_ID, &stack);

    if (!irp)
        return;
    stack->Parameters.QueryId.IdType = type;
    if (NT_SUCCESS(io_call_wait(s, top, irp)) && irp->IoStatus.Information)
        pool_free(s, (void *)irp->IoStatus.Information, PNP_POOL_TAG);
    io_irp_free(s, irp);
}

static void query_text(struct sim *s, struct pnp_node *n, DEVICE_TEXT_TYPE type)
{
    PDEVICE_OBJECT top = io_device_top(n->pdo);
    PIO_STACK_LOCATION stack;
    PIRP irp = pnp_irp(s, top, IRP_MJ_PNP, IRP_MN_QUERY_DEVICE_TEXT, &stack);

    if (!irp)
        return;
    stack->Parameters.QueryDeviceText.DeviceTextType = type;
    stack->Parameters.QueryDeviceText.LocaleId = 0x409;
    if (NT_SUCCESS(io_call_wait(s, top, irp)) && irp->IoStatus.Information)
        pool_free(s, (void *)irp->IoStatus.Information, PNP_POOL_TAG);
    io_irp_free(s, irp);
}

static void query_capabilities(struct sim *s, struct pnp_node *n)
{
    PDEVICE_OBJECT top = io_device_top(n->pdo);
    PIO_STACK_LOCATION stack;
    PIRP irp = pnp_irp(s, top, IRP_MJ_PNP, IRP_MN_QUERY_CAPABILITIES, &stack);
    DEVICE_CAPABILITIES caps = {
        .Size = sizeof(caps), .Version = 1, .Address = (ULONG)-1, .UINumber = (ULONG)-1
    };

    if (!irp)
        return;
    stack->Parameters.DeviceCapabilities.Capabilities = &caps;
    io_call_wait(s, top, irp);
    io_irp_free(s, irp);
}

/* BusRelations of a device without children: whoever answers allocates, the asker frees. */
static void query_relations(struct sim *s, struct pnp_node *n)
{
    PDEVICE_OBJECT top = io_device_top(n->pdo);
    PIO_STACK_LOCATION stack;
    PIRP irp = pnp_irp(s, top, IRP_MJ_PNP, IRP_MN_QUERY_DEVICE_RELATIONS, &stack);
    PDEVICE_RELATIONS relations;

    if (!irp)
        return;
    stack->Parameters.QueryDeviceRelations.Type = BusRelations;
    if (NT_SUCCESS(io_call_wait(s, top, irp)) && irp->IoStatus.Information) {
        relations = (PDEVICE_RELATIONS)irp->IoStatus.Information;
        for (ULONG i = 0; i < relations->Count; i++)
            ob_dereference(s, relations->Objects[i]);
        pool_free(s, relations, 0);
    }
    io_irp_free(s, irp);
}

/* The flags that the drivers of a stack agree on. A failed or vanished device is removed. */
static void query_state(struct sim *s, struct pnp_node *n)
{
    ULONG_PTR bits = 0;

    if (NT_SUCCESS(send_plain(s, n, IRP_MN_QUERY_PNP_DEVICE_STATE, &bits)))
        n->state_bits = (PNP_DEVICE_STATE)bits;
}

/* --- adding --- */

static PDEVICE_OBJECT pdo_make(struct sim *s, struct pnp_node *n)
{
    PDEVICE_OBJECT pdo;

    if (io_device_create(s, pnp_bus_driver(s), 0, NULL, FILE_DEVICE_BUS_EXTENDER,
                         FILE_AUTOGENERATED_DEVICE_NAME | FILE_DEVICE_SECURE_OPEN, FALSE, &pdo))
        return NULL;
    io_device_of(s, pdo)->nt_pnp = n;
    pdo->Flags |= DO_BUS_ENUMERATED_DEVICE | DO_POWER_PAGABLE;
    pdo->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    n->pdo = pdo;
    n->device->nt = pdo;
    return pdo;
}

/* What the PnP manager asks the bus about a device that it has not seen before. */
static void enumerate(struct sim *s, struct pnp_node *n)
{
    ULONG_PTR list = 0;

    query_id(s, n, BusQueryDeviceID);
    query_id(s, n, BusQueryInstanceID);
    query_id(s, n, BusQueryHardwareIDs);
    query_id(s, n, BusQueryCompatibleIDs);
    query_capabilities(s, n);
    query_text(s, n, DeviceTextDescription);
    query_text(s, n, DeviceTextLocationInformation);
    if (NT_SUCCESS(send_plain(s, n, IRP_MN_QUERY_BUS_INFORMATION, &list)) && list)
        pool_free(s, (void *)list, PNP_POOL_TAG);
    list = 0;
    if (NT_SUCCESS(send_plain(s, n, IRP_MN_QUERY_RESOURCES, &list)) && list)
        pool_free(s, (void *)list, PNP_POOL_TAG);
    list = 0;
    if (NT_SUCCESS(send_plain(s, n, IRP_MN_QUERY_RESOURCE_REQUIREMENTS, &list)) && list)
        n->requirements = (PIO_RESOURCE_REQUIREMENTS_LIST)list;
}

static void values_apply(struct sim *s, struct pnp_node *n)
{
    struct nt_pnp *p = s->nt->pnp;

    for (unsigned i = 0; i < p->value_count; i++)
        if (p->values[i].index == n->index)
            host_registry_dword(s, n->index, p->values[i].name, p->values[i].value);
}

static struct pnp_node *node_make(struct sim *s, struct dm_device *d)
{
    struct nt_pnp *p = s->nt->pnp;
    struct pnp_node *n = pnp_node_of(s, d);

    if (!n) {
        if (p->node_count == PNP_NODES_MAX)
            return NULL;
        n = &p->nodes[p->node_count];
        *n = (struct pnp_node) { .device = d,
                                 .index = p->node_count++,
                                 .d_state = PowerDeviceD0,
                                 .s_state = PowerSystemWorking };
        io_event_init(&n->power_idle, NotificationEvent, true);
        pnp_config_init(d);
        pnp_keys_make(s, n);
        values_apply(s, n);
    }
    if (!n->pdo) {
        if (!pdo_make(s, n))
            return NULL;
        enumerate(s, n);
    }
    return n;
}

NTSTATUS host_device_add(struct sim *s, PDRIVER_OBJECT driver, struct dm_device *d)
{
    struct pnp_node *n = node_make(s, d);
    PDRIVER_ADD_DEVICE add = driver->DriverExtension ? driver->DriverExtension->AddDevice : NULL;
    NTSTATUS status;

    if (!n)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (n->state != PNP_NONE && n->state != PNP_REMOVED)
        return STATUS_INVALID_DEVICE_STATE;
    if (!add)
        return STATUS_NOT_SUPPORTED; /* a legacy driver has no part in PnP */
    n->driver = driver;
    n->power_requests = 0; /* whose the power policy is, this driver will show */
    n->started_before = false;
    callback_begin(s, API_AddDevice, device_obj(s, n->pdo), nt_obj(s, driver, OBJ_DRIVER), 0, 0, 0);
    status = add(driver, n->pdo);
    callback_end(s, API_AddDevice, device_obj(s, n->pdo), (uint32_t)status);
    io_irql_restore(s, API_AddDevice, device_obj(s, n->pdo), IRQL_PASSIVE, (const void *)add);
    n->state = NT_SUCCESS(status) ? PNP_ADDED : PNP_NONE;
    return status;
}

/* --- removing --- */

/* IRP_MN_REMOVE_DEVICE, and what the PnP manager gives up with it. Drivers must succeed it. */
static void send_remove(struct sim *s, struct pnp_node *n)
{
    bool gone = !n->device->present;

    n->removing = true;
    pnp_interfaces_disable(s, n);
    send_plain(s, n, IRP_MN_REMOVE_DEVICE, NULL);
    n->removing = false;
    pnp_resources_release(s, n);
    n->state = PNP_REMOVED;
    n->driver = NULL;
    n->started_before = false;
    if (gone) { /* the bus driver has deleted the PDO */
        if (n->requirements)
            pool_free(s, n->requirements, PNP_POOL_TAG);
        n->requirements = NULL;
        n->pdo = NULL;
    }
}

static void send_surprise(struct sim *s, struct pnp_node *n)
{
    pnp_interfaces_disable(s, n);
    send_plain(s, n, IRP_MN_SURPRISE_REMOVAL, NULL);
    n->state = PNP_SURPRISE_REMOVED;
    pnp_removals_continue(s);
}

void pnp_removals_continue(struct sim *s)
{
    struct nt_pnp *p = s->nt->pnp;

    for (unsigned i = 0; i < p->node_count; i++) {
        struct pnp_node *n = &p->nodes[i];

        if (n->state == PNP_SURPRISE_REMOVED && n->pdo && !n->removing &&
            !io_device_handles(s, n->pdo))
            send_remove(s, n);
    }
}

NTSTATUS host_device_remove(struct sim *s, struct dm_device *d)
{
    struct pnp_node *n = pnp_node_of(s, d);
    enum pnp_state before;
    NTSTATUS status;

    if (!n || !n->pdo)
        return STATUS_NO_SUCH_DEVICE;
    before = n->state;
    if (before != PNP_ADDED && before != PNP_STARTED && before != PNP_STOPPED)
        return STATUS_INVALID_DEVICE_STATE;
    n->state = PNP_REMOVE_PENDING;
    status = send_plain(s, n, IRP_MN_QUERY_REMOVE_DEVICE, NULL);
    if (NT_SUCCESS(status) && io_device_handles(s, n->pdo))
        status = STATUS_PLUGPLAY_QUERY_VETOED; /* open handles: the query is withdrawn */
    if (!NT_SUCCESS(status)) {
        send_plain(s, n, IRP_MN_CANCEL_REMOVE_DEVICE, NULL);
        n->state = before;
        return status;
    }
    send_remove(s, n);
    return STATUS_SUCCESS;
}

void host_device_surprise(struct sim *s, struct dm_device *d)
{
    struct pnp_node *n = pnp_node_of(s, d);

    bus_unplug(s, d);
    if (!n || !n->pdo || n->state == PNP_SURPRISE_REMOVED)
        return;
    if (n->state == PNP_NONE || n->state == PNP_REMOVED) {
        send_remove(s, n); /* nobody but the bus driver is there */
        return;
    }
    send_surprise(s, n);
}

/* --- starting and stopping --- */

/* Lets the drivers change what the device asks for; the list is then the caller's. */
static void filter_requirements(struct sim *s, struct pnp_node *n)
{
    PDEVICE_OBJECT top = io_device_top(n->pdo);
    PIO_STACK_LOCATION stack;
    PIRP irp = pnp_irp(s, top, IRP_MJ_PNP, IRP_MN_FILTER_RESOURCE_REQUIREMENTS, &stack);

    if (!irp)
        return;
    stack->Parameters.FilterResourceRequirements.IoResourceRequirementList = n->requirements;
    irp->IoStatus.Information = (ULONG_PTR)n->requirements;
    if (NT_SUCCESS(io_call_wait(s, top, irp)))
        n->requirements = (PIO_RESOURCE_REQUIREMENTS_LIST)irp->IoStatus.Information;
    io_irp_free(s, irp);
}

static NTSTATUS send_start(struct sim *s, struct pnp_node *n, PCM_RESOURCE_LIST raw,
                           PCM_RESOURCE_LIST translated)
{
    PDEVICE_OBJECT top = io_device_top(n->pdo);
    PIO_STACK_LOCATION stack;
    PIRP irp = pnp_irp(s, top, IRP_MJ_PNP, IRP_MN_START_DEVICE, &stack);
    NTSTATUS status;

    if (!irp)
        return STATUS_INSUFFICIENT_RESOURCES;
    stack->Parameters.StartDevice.AllocatedResources = raw;
    stack->Parameters.StartDevice.AllocatedResourcesTranslated = translated;
    status = io_call_wait(s, top, irp);
    io_irp_free(s, irp);
    return status;
}

static void after_start(struct sim *s, struct pnp_node *n)
{
    bool first = !n->started_before;

    n->state = PNP_STARTED;
    n->started_before = true;
    query_capabilities(s, n);
    if (first)
        query_state(s, n);
    query_relations(s, n);
}

NTSTATUS host_device_start(struct sim *s, struct dm_device *d)
{
    struct pnp_node *n = pnp_node_of(s, d);
    PCM_RESOURCE_LIST raw = NULL, translated = NULL;
    NTSTATUS status;

    if (!n || !n->pdo)
        return STATUS_NO_SUCH_DEVICE;
    if (n->state != PNP_ADDED && n->state != PNP_STOPPED)
        return STATUS_INVALID_DEVICE_STATE;
    if (!n->requirements)
        n->requirements = pnp_requirements(s, n);
    if (n->requirements)
        filter_requirements(s, n);
    status = pnp_resources_assign(s, n, &raw, &translated);
    if (NT_SUCCESS(status))
        status = send_start(s, n, raw, translated);
    /* The lists end with the IRP: a driver that kept a pointer reads freed memory. */
    if (raw)
        pool_free(s, raw, PNP_POOL_TAG);
    if (translated)
        pool_free(s, translated, PNP_POOL_TAG);
    if (NT_SUCCESS(status))
        after_start(s, n);
    else if (n->started_before)
        send_surprise(s, n); /* a restart that fails: surprise, then remove */
    else
        send_remove(s, n);
    return status;
}

NTSTATUS host_device_stop(struct sim *s, struct dm_device *d)
{
    struct pnp_node *n = pnp_node_of(s, d);
    NTSTATUS status;

    if (!n || !n->pdo)
        return STATUS_NO_SUCH_DEVICE;
    if (n->state != PNP_STARTED)
        return STATUS_INVALID_DEVICE_STATE;
    n->state = PNP_STOP_PENDING;
    status = send_plain(s, n, IRP_MN_QUERY_STOP_DEVICE, NULL);
    if (!NT_SUCCESS(status)) {
        send_plain(s, n, IRP_MN_CANCEL_STOP_DEVICE, NULL);
        n->state = PNP_STARTED;
        return status;
    }
    status = send_plain(s, n, IRP_MN_STOP_DEVICE, NULL);
    pnp_resources_release(s, n);
    n->state = PNP_STOPPED;
    return status;
}

PDEVICE_OBJECT host_device_top(struct sim *s, struct dm_device *d)
{
    struct pnp_node *n = pnp_node_of(s, d);

    /* Nobody opens a stack that is being taken down. */
    return n && n->pdo && !n->removing ? io_device_top(n->pdo) : NULL;
}

void host_registry_dword(struct sim *s, unsigned device_index, const char *name, uint32_t value)
{
    struct nt_pnp *p = s->nt->pnp;
    uint16_t wide[64];
    struct reg_name n = { wide, 0 };

    if (device_index >= p->node_count || !p->nodes[device_index].parameters) {
        struct pnp_value *v = &p->values[p->value_count];

        if (p->value_count == PNP_VALUES_MAX)
            return;
        p->value_count++;
        *v = (struct pnp_value) { .index = device_index, .value = value };
        snprintf(v->name, sizeof(v->name), "%s", name);
        return;
    }
    while (name[n.count] && n.count < 63) {
        wide[n.count] = (uint8_t)name[n.count];
        n.count++;
    }
    must(reg_value_set(s, p->nodes[device_index].parameters, n, REG_DWORD, &value, sizeof(value)) ==
         STATUS_SUCCESS);
}

/* --- what drivers ask of the PnP manager --- */

static void invalidate_work(struct sim *s, struct io_work *w)
{
    struct pnp_node *n = w->ctx;

    if (n->state != PNP_STARTED || !n->pdo)
        return;
    query_state(s, n);
    if (n->state_bits & (PNP_DEVICE_FAILED | PNP_DEVICE_REMOVED | PNP_DEVICE_DISABLED))
        send_surprise(s, n);
}

/*
 * IoInvalidateDeviceState: the PnP manager should ask for the device's state again.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing; the question comes later, from a system thread
 * Gap      of the answer PNP_DEVICE_FAILED, _REMOVED and _DISABLED have an effect (surprise
 *          removal); _RESOURCE_REQUIREMENTS_CHANGED does not restart the device
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-ioinvalidatedevicestate
 */
VOID IoInvalidateDeviceState(PDEVICE_OBJECT PhysicalDeviceObject)
{
    struct sim *s = sim_now();
    struct pnp_node *n = pnp_node_of_pdo(s, PhysicalDeviceObject);
    struct call c = call_begin(s, API_IoInvalidateDeviceState, device_obj(s, PhysicalDeviceObject),
                               n ? n->state : 0, 0, 0, 0);

    if (n) {
        n->invalidate.fn = invalidate_work;
        n->invalidate.ctx = n;
        io_work_queue(s, &n->invalidate, IO_QUEUE_CRITICAL);
    }
    call_end(&c, 0, 0, 0, 0);
}

/*
 * IoInvalidateDeviceRelations: a device's children have changed.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      devices have no children here: the question that Windows would send is not sent
 * Says     CALL with the kind of relation, UNMODELLED, RETURN
 * Source   wdm/nf-wdm-ioinvalidatedevicerelations
 */
VOID IoInvalidateDeviceRelations(PDEVICE_OBJECT DeviceObject, DEVICE_RELATION_TYPE Type)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_IoInvalidateDeviceRelations, device_obj(s, DeviceObject),
                               (uint64_t)Type, 0, 0, 0);

    trace_emit(&s->trace, EV_UNMODELLED, API_IoInvalidateDeviceRelations, c.obj, 0, 0, 0, 0);
    call_end(&c, 0, 0, 0, 0);
}
