/*
 * DPCs of a driver's own.
 *
 * Source: wdf/creating-dpc-objects, microsoft/Windows-Driver-Frameworks (fxdpc.cpp, fxdpcapi.cpp)
 */
#include "sim/wdf/device.h"

struct fx_dpc {
    struct fx_object object;
    PKDPC kdpc; /* in the machine's pool: WdfDpcWdmGetDpc shows it */
    struct fx_lock *lock;
    PFN_WDF_DPC fn;
};

static VOID dpc_run(PKDPC kdpc, PVOID handle, PVOID one, PVOID two)
{
    struct fx *f = fx_now();
    struct fx_dpc *d = (struct fx_dpc *)fx_object_find(f, handle, FX_DPC);
    KIRQL irql;

    (void)kdpc, (void)one, (void)two;
    if (!d || !d->fn)
        return;
    fx_reference(&d->object);
    fx_callback_enter(f, d->lock);
    irql = sched_irql(f->s);
    callback_begin(f->s, API_EvtDpcFunc, d->object.obj, 0, 0, 0, 0);
    d->fn((WDFDPC)d->object.handle);
    callback_end(f->s, API_EvtDpcFunc, d->object.obj, sched_irql(f->s));
    fx_irql_restore(f->s, API_EvtDpcFunc, d->object.obj, irql, (const void *)d->fn);
    fx_callback_leave(f, d->lock);
    fx_dereference(&d->object);
}

/* What is queued still runs, and has run then. */
static void dpc_dispose(struct fx_object *o)
{
    (void)o;
    KeFlushQueuedDpcs();
}

static void dpc_destroy(struct fx_object *o)
{
    struct fx_dpc *d = (struct fx_dpc *)o;

    if (d->kdpc->DpcData) /* queued after it was disposed of */
        KeRemoveQueueDpc(d->kdpc);
    pool_free_internal(fx_now()->s, d->kdpc);
}

static const struct fx_class dpc_class = { .type = FX_DPC,
                                           .trace = OBJ_WDFDPC,
                                           .bytes = sizeof(struct fx_dpc),
                                           .passive = true,
                                           .dispose = dpc_dispose,
                                           .destroy = dpc_destroy };

static NTSTATUS dpc_create(struct fx *f, struct fx_object *parent, PWDF_DPC_CONFIG config,
                           PWDF_OBJECT_ATTRIBUTES attributes, struct fx_object **out)
{
    struct fx_lock *lock;
    struct fx_dpc *d;
    PKDPC kdpc;
    NTSTATUS status;

    if (!fx_device_above(parent))
        return STATUS_INVALID_DEVICE_REQUEST;
    status =
        fx_serial_choose(f, API_WdfDpcCreate, parent, config->AutomaticSerialization, false, &lock);
    if (!NT_SUCCESS(status))
        return status;
    kdpc = pool_alloc_internal(f->s, sizeof(*kdpc));
    if (!kdpc)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = fx_object_create(f, parent->driver, &dpc_class, parent, attributes, out);
    if (!NT_SUCCESS(status)) {
        pool_free_internal(f->s, kdpc);
        return status;
    }
    d = (struct fx_dpc *)*out;
    d->kdpc = kdpc;
    d->lock = lock;
    d->fn = config->EvtDpcFunc;
    KeInitializeDpc(kdpc, dpc_run, d->object.handle);
    return STATUS_SUCCESS;
}

/*
 * WdfDpcCreate: a DPC of a device, a queue, or what hangs below a device.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INSUFFICIENT_RESOURCES, STATUS_WDF_PARENT_NOT_SPECIFIED,
 *          STATUS_INFO_LENGTH_MISMATCH, STATUS_INVALID_DEVICE_REQUEST (no device above the parent),
 *          STATUS_WDF_INCOMPATIBLE_EXECUTION_LEVEL, those of the attributes
 * Gap      none known
 * Says     CALL, KeInitializeDpc, RETURN (object = the new one)
 * Source   wdfdpc/nf-wdfdpc-wdfdpccreate
 */
NTSTATUS imp_WdfDpcCreate(PWDF_DRIVER_GLOBALS DriverGlobals, PWDF_DPC_CONFIG Config,
                          PWDF_OBJECT_ATTRIBUTES Attributes, WDFDPC *Dpc)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDpcCreate, 0, 0, 0, 0, 0);
    const struct fx_attributes_rules rules = { .parent_required = true };
    struct fx_object *parent, *o = NULL;
    NTSTATUS status = fx_parent_required(f, Attributes, &parent);

    (void)DriverGlobals;
    if (NT_SUCCESS(status) && (!fx_required(f, Config) || !fx_required(f, Dpc)))
        status = STATUS_INVALID_PARAMETER;
    else if (NT_SUCCESS(status) && Config->Size != sizeof(*Config))
        status = STATUS_INFO_LENGTH_MISMATCH;
    if (NT_SUCCESS(status))
        status = fx_attributes_check(f, Attributes, &rules);
    if (NT_SUCCESS(status))
        status = dpc_create(f, parent, Config, Attributes, &o);
    if (o)
        *Dpc = (WDFDPC)o->handle;
    c.obj = fx_obj(o);
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfDpcEnqueue: queues it.
 *
 * Irql     any
 * Returns  TRUE; FALSE when it is queued already
 * Gap      none known
 * Says     CALL, KeInsertQueueDpc, RETURN
 * Source   wdfdpc/nf-wdfdpc-wdfdpcenqueue
 */
BOOLEAN imp_WdfDpcEnqueue(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDPC Dpc)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDpcEnqueue, fx_handle_obj(f, Dpc), 0, 0, 0, 0);
    struct fx_dpc *d = (struct fx_dpc *)fx_object_of(f, Dpc, FX_DPC);
    BOOLEAN queued = d && KeInsertQueueDpc(d->kdpc, NULL, NULL);

    (void)DriverGlobals;
    call_end(&c, queued, 0, 0, 0);
    return queued;
}

/*
 * WdfDpcCancel: takes it out of its queue; when it was not in it, Wait lets all DPCs end first.
 *
 * Irql     any; PASSIVE_LEVEL when Wait
 * Returns  TRUE when it was queued; FALSE also for Wait above PASSIVE_LEVEL
 * Gap      none known
 * Says     CALL (a0 = Wait), KeRemoveQueueDpc, KeFlushQueuedDpcs, RETURN
 * Source   wdfdpc/nf-wdfdpc-wdfdpccancel
 */
BOOLEAN imp_WdfDpcCancel(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDPC Dpc, BOOLEAN Wait)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDpcCancel, fx_handle_obj(f, Dpc), Wait, 0, 0, 0);
    struct fx_dpc *d = (struct fx_dpc *)fx_object_of(f, Dpc, FX_DPC);
    BOOLEAN was = FALSE;

    (void)DriverGlobals;
    if (d && (!Wait || fx_irql_check(f, API_WdfDpcCancel, d->object.obj, PASSIVE_LEVEL))) {
        was = KeRemoveQueueDpc(d->kdpc);
        if (Wait && !was)
            KeFlushQueuedDpcs();
    }
    call_end(&c, was, 0, 0, 0);
    return was;
}

/*
 * WdfDpcGetParentObject: what it was created under.
 *
 * Irql     any
 * Returns  the parent's handle; NULL when the DPC has been disposed of
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfdpc/nf-wdfdpc-wdfdpcgetparentobject
 */
WDFOBJECT imp_WdfDpcGetParentObject(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDPC Dpc)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDpcGetParentObject, fx_handle_obj(f, Dpc), 0, 0, 0, 0);
    const struct fx_object *o = fx_object_of(f, Dpc, FX_DPC);
    const struct fx_object *parent = o && o->life < FX_DISPOSED ? o->parent : NULL;

    (void)DriverGlobals;
    call_end(&c, fx_obj(parent), 0, 0, 0);
    return parent ? parent->handle : NULL;
}

/*
 * WdfDpcWdmGetDpc: the KDPC underneath.
 *
 * Irql     any
 * Returns  the pointer, good as long as the object
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfdpc/nf-wdfdpc-wdfdpcwdmgetdpc
 */
PKDPC imp_WdfDpcWdmGetDpc(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDPC Dpc)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDpcWdmGetDpc, fx_handle_obj(f, Dpc), 0, 0, 0, 0);
    const struct fx_dpc *d = (struct fx_dpc *)fx_object_of(f, Dpc, FX_DPC);

    (void)DriverGlobals;
    call_end(&c, d ? va_of(f->s, d->kdpc).v : 0, 0, 0, 0);
    return d ? d->kdpc : NULL;
}
