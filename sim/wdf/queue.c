/*
 * I/O queues: how they are made and how they go. What they do is queue_run.c's.
 *
 * Source: wdfio/ns-wdfio-_wdf_io_queue_config, wdf/creating-i-o-queues,
 *         microsoft/Windows-Driver-Frameworks (fxioqueue.cpp, fxpkgio.cpp)
 */
#include "sim/wdf/io.h"
#include "sim/wdf/pnp.h"

static void queue_dispose(struct fx_object *o)
{
    struct fx_queue *q = (struct fx_queue *)o;
    struct fx *f = fx_now();
    struct fx_queue **link = q->device ? &q->device->io->queues : NULL;

    if (!link)
        return;
    fx_queue_purge(f, q, true, true, NULL);
    q->disposing = true;
    while (*link && *link != q)
        link = &(*link)->next;
    if (*link)
        *link = q->next;
    fx_queue_run(f, q, NULL);
    fx_waiter_wait(f, &q->ended); /* for what the driver owns */
}

static void queue_destroy(struct fx_object *o)
{
    fx_lock_destroy(fx_now(), &((struct fx_queue *)o)->own);
}

/* False until its constraints are known. */
static bool queue_serial(struct fx_object *o, struct fx_serial *out)
{
    const struct fx_queue *q = (struct fx_queue *)o;
    bool shared = q->lock != &q->own;

    *out = (struct fx_serial) { .scope = shared        ? WdfSynchronizationScopeDevice
                                         : q->own.none ? WdfSynchronizationScopeNone
                                                       : WdfSynchronizationScopeQueue,
                                .passive = q->passive,
                                .lock = q->lock };
    return q->lock != NULL;
}

static const struct fx_class queue_class = { .type = FX_QUEUE,
                                             .trace = OBJ_WDFQUEUE,
                                             .bytes = sizeof(struct fx_queue),
                                             .passive = true,
                                             .dispose = queue_dispose,
                                             .destroy = queue_destroy,
                                             .serial = queue_serial };
static const struct fx_class kept_class = { .type = FX_QUEUE,
                                            .trace = OBJ_WDFQUEUE,
                                            .bytes = sizeof(struct fx_queue),
                                            .passive = true,
                                            .undeletable = true,
                                            .dispose = queue_dispose,
                                            .destroy = queue_destroy,
                                            .serial = queue_serial };

void fx_queue_keep(struct fx_queue *q) { q->object.class = &kept_class; }

bool fx_queue_handles(const struct fx_queue *q, UCHAR major)
{
    const WDF_IO_QUEUE_CONFIG *c = &q->config;

    if (c->DispatchType == WdfIoQueueDispatchManual || c->EvtIoDefault)
        return true;
    return (major == IRP_MJ_READ && c->EvtIoRead) || (major == IRP_MJ_WRITE && c->EvtIoWrite) ||
           (major == IRP_MJ_DEVICE_CONTROL && c->EvtIoDeviceControl) ||
           (major == IRP_MJ_INTERNAL_DEVICE_CONTROL && c->EvtIoInternalDeviceControl);
}

static NTSTATUS config_check(const WDF_IO_QUEUE_CONFIG *c)
{
    bool some = c->EvtIoDefault || c->EvtIoRead || c->EvtIoWrite || c->EvtIoDeviceControl ||
                c->EvtIoInternalDeviceControl;
    bool manual = c->DispatchType == WdfIoQueueDispatchManual;

    if (c->DispatchType <= WdfIoQueueDispatchInvalid || c->DispatchType >= WdfIoQueueDispatchMax)
        return STATUS_INVALID_PARAMETER;
    if (!manual && !some)
        return STATUS_WDF_NO_CALLBACK;
    if (manual && some)
        return STATUS_INVALID_PARAMETER;
    if (c->DispatchType != WdfIoQueueDispatchParallel &&
        c->Settings.Parallel.NumberOfPresentedRequests)
        return STATUS_INVALID_PARAMETER;
    return STATUS_SUCCESS;
}

static void rings_init(struct fx_queue *q)
{
    struct fx_ring *rings[] = { &q->waiting, &q->cancelable, &q->cancelled, &q->cancelled_here,
                                &q->owned,   &q->telling,    &q->told };

    for (unsigned i = 0; i < RTL_NUMBER_OF(rings); i++)
        fx_ring_init(rings[i]);
}

/* Execution level and the lock of its callbacks, of its own attributes or the device's. */
static NTSTATUS constraints(struct fx *f, struct fx_queue *q)
{
    struct fx_device *d = q->device;
    WDF_EXECUTION_LEVEL level = q->object.level;
    WDF_SYNCHRONIZATION_SCOPE scope = q->object.scope;

    if (level == WdfExecutionLevelInheritFromParent)
        level = d->level;
    if (scope == WdfSynchronizationScopeInheritFromParent)
        scope = d->scope;
    q->passive = level == WdfExecutionLevelPassive;
    if (scope == WdfSynchronizationScopeDevice && level != d->level)
        return STATUS_INVALID_PARAMETER;
    if (scope == WdfSynchronizationScopeDevice) {
        q->lock = &d->lock;
    } else {
        fx_lock_create(f, &q->own, scope, q->passive);
        q->lock = &q->own;
    }
    return STATUS_SUCCESS;
}

static void hang_on_device(struct fx_queue *q)
{
    struct fx_device *d = q->device;
    struct fx_queue **last = &d->io->queues;
    WDF_TRI_STATE managed = q->config.PowerManaged;

    q->power_managed = !d->control && (managed == WdfUseDefault ? !d->filter : managed == WdfTrue);
    q->power = q->power_managed && !d->io->powered ? FX_QUEUE_OFF : FX_QUEUE_ON;
    q->shut = !d->io->powered && d->io->shutting;
    q->accepts = !q->shut;
    q->dispatches = true;
    while (*last)
        last = &(*last)->next;
    *last = q;
}

NTSTATUS fx_queue_create(struct fx *f, struct fx_device *d, PWDF_IO_QUEUE_CONFIG config,
                         PWDF_OBJECT_ATTRIBUTES attributes, struct fx_queue **out)
{
    struct fx_object *o;
    struct fx_queue *q;
    NTSTATUS status;

    *out = NULL;
    if (attributes && attributes->ParentObject &&
        fx_device_above(fx_object_find(f, attributes->ParentObject, FX_OBJECT)) != &d->object)
        return STATUS_INVALID_DEVICE_REQUEST;
    status = config_check(config);
    if (NT_SUCCESS(status))
        status = fx_object_create(f, d->object.driver, &queue_class, &d->object, attributes, &o);
    if (!NT_SUCCESS(status))
        return status;
    q = (struct fx_queue *)o;
    rings_init(q);
    q->own.none = true;
    q->config = *config;
    q->device = d;
    status = constraints(f, q);
    if (!NT_SUCCESS(status)) {
        q->device = NULL; /* nothing to purge */
        fx_delete(o);
        return status;
    }
    hang_on_device(q);
    *out = q;
    return STATUS_SUCCESS;
}

/* A default queue is chosen before the device's first start. */
static NTSTATUS may_be_default(const struct fx_device *d)
{
    bool late = d->io->started;
    ULONG state;

    if (d->control) {
        late = !(d->wdm->Flags & DO_DEVICE_INITIALIZING);
    } else if (d->pnp) {
        state = d->pnp->state[FX_MACHINE_PNP];
        late = state > WdfDevStatePnpObjectCreated && state != WdfDevStatePnpInit;
    }
    return late ? STATUS_INVALID_DEVICE_STATE : STATUS_SUCCESS;
}

static NTSTATUS make_default(struct fx_device *d, struct fx_queue *q)
{
    if (d->io->def)
        return STATUS_UNSUCCESSFUL;
    for (unsigned i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        if (i != IRP_MJ_CREATE && !d->io->table[i])
            d->io->table[i] = q;
    d->io->def = q;
    fx_queue_keep(q);
    return STATUS_SUCCESS;
}

static NTSTATUS create(struct fx *f, WDFDEVICE device, PWDF_IO_QUEUE_CONFIG config,
                       PWDF_OBJECT_ATTRIBUTES attributes, WDFQUEUE *out, struct fx_queue **q)
{
    const struct fx_attributes_rules rules = { .scope_allowed = true, .level_allowed = true };
    struct fx_device *d = fx_device_of(f, device);
    NTSTATUS status;

    if (!d)
        return STATUS_INVALID_HANDLE;
    if (!fx_required(f, config))
        return STATUS_INVALID_PARAMETER;
    status = fx_attributes_check(f, attributes, &rules);
    if (!NT_SUCCESS(status))
        return status;
    if (config->Size != sizeof(*config))
        return STATUS_INFO_LENGTH_MISMATCH;
    if (!config->DefaultQueue && !out)
        return STATUS_INVALID_PARAMETER_4;
    if (config->DefaultQueue)
        status = may_be_default(d);
    if (NT_SUCCESS(status))
        status = fx_queue_create(f, d, config, attributes, q);
    if (NT_SUCCESS(status) && config->DefaultQueue)
        status = make_default(d, *q);
    if (!NT_SUCCESS(status) && *q) {
        fx_delete(&(*q)->object);
        *q = NULL;
    }
    if (NT_SUCCESS(status) && out)
        *out = (*q)->object.handle;
    return status;
}

/*
 * WdfIoQueueCreate: a queue of a device.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INVALID_PARAMETER (dispatch type, callbacks of a manual queue, a count of
 *          presented requests without a parallel one, scope device at another level than the
 *          device's), STATUS_INVALID_PARAMETER_4 (no place for the handle), STATUS_INFO_LENGTH_MISMATCH,
 *          STATUS_WDF_NO_CALLBACK, STATUS_INVALID_DEVICE_REQUEST (the parent is not below the
 *          device), STATUS_INVALID_DEVICE_STATE (a default queue too late), STATUS_UNSUCCESSFUL (a
 *          second default queue), STATUS_INSUFFICIENT_RESOURCES, those of the attributes
 * Gap      sizes of older versions of the structure are not taken
 * Says     CALL (a0 = dispatch type, a1 = 1: default), RETURN (object = the queue)
 * Source   wdfio/nf-wdfio-wdfioqueuecreate
 */
NTSTATUS imp_WdfIoQueueCreate(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device,
                              PWDF_IO_QUEUE_CONFIG Config, PWDF_OBJECT_ATTRIBUTES QueueAttributes,
                              WDFQUEUE *Queue)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfIoQueueCreate, fx_handle_obj(f, Device),
                   Config ? Config->DispatchType : 0, Config ? Config->DefaultQueue : 0, 0, 0);
    struct fx_queue *q = NULL;
    NTSTATUS status = create(f, Device, Config, QueueAttributes, Queue, &q);

    (void)DriverGlobals;
    c.obj = q ? q->object.obj : c.obj;
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

static ULONG state_of(const struct fx_queue *q)
{
    ULONG state = 0;

    state |= q->accepts ? WdfIoQueueAcceptRequests : 0;
    state |= q->dispatches ? WdfIoQueueDispatchRequests : 0;
    state |= q->waiting_count ? 0 : WdfIoQueueNoRequests;
    state |= q->owned_count ? 0 : WdfIoQueueDriverNoRequests;
    state |= q->power == FX_QUEUE_ON ? 0 : WdfIoQueuePnpHeld;
    return state;
}

/*
 * WdfIoQueueGetState: what a queue does just now, and how many requests wait and are the driver's.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  bits of WDF_IO_QUEUE_STATE
 * Gap      none known
 * Says     CALL, RETURN (the bits, waiting, the driver's)
 * Source   wdfio/nf-wdfio-wdfioqueuegetstate
 */
WDF_IO_QUEUE_STATE imp_WdfIoQueueGetState(PWDF_DRIVER_GLOBALS DriverGlobals, WDFQUEUE Queue,
                                          PULONG QueueRequests, PULONG DriverRequests)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfIoQueueGetState, fx_handle_obj(f, Queue), 0, 0, 0, 0);
    struct fx_queue *q = fx_queue_of(f, Queue);
    ULONG state = q ? state_of(q) : 0;

    (void)DriverGlobals;
    if (q && QueueRequests)
        *QueueRequests = q->waiting_count;
    if (q && DriverRequests)
        *DriverRequests = q->owned_count;
    call_end(&c, state, q ? q->waiting_count : 0, q ? q->owned_count : 0, 0);
    return (WDF_IO_QUEUE_STATE)state;
}

/*
 * WdfIoQueueGetDevice: whose queue it is.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  the device
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfio/nf-wdfio-wdfioqueuegetdevice
 */
WDFDEVICE imp_WdfIoQueueGetDevice(PWDF_DRIVER_GLOBALS DriverGlobals, WDFQUEUE Queue)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfIoQueueGetDevice, fx_handle_obj(f, Queue), 0, 0, 0, 0);
    struct fx_queue *q = fx_queue_of(f, Queue);

    (void)DriverGlobals;
    call_end(&c, q ? q->device->object.obj : 0, 0, 0, 0);
    return q ? (WDFDEVICE)q->device->object.handle : NULL;
}
