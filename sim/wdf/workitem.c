/*
 * Work items of a driver's own.
 *
 * Source: wdf/using-framework-work-items, microsoft/Windows-Driver-Frameworks (fxworkitem.cpp)
 */
#include "sim/wdf/device.h"
#include "sim/wdf/work.h"

struct fx_workitem {
    struct fx_object object;
    struct fx_work work;
    struct fx_lock *lock; /* NULL: not serialized */
    PFN_WDF_WORKITEM fn;
};

static void workitem_run(struct fx_object *o)
{
    struct fx_workitem *w = (struct fx_workitem *)o;
    struct fx *f = fx_now();
    KIRQL irql;

    fx_callback_enter(f, w->lock);
    irql = sched_irql(f->s);
    callback_begin(f->s, API_EvtWorkItem, o->obj, 0, 0, 0, 0);
    w->fn((WDFWORKITEM)o->handle);
    callback_end(f->s, API_EvtWorkItem, o->obj, sched_irql(f->s));
    fx_irql_restore(f->s, API_EvtWorkItem, o->obj, irql, (const void *)w->fn);
    fx_callback_leave(f, w->lock);
}

/* A work item that is deleted in its own callback goes when the callback is over. */
static void workitem_dispose(struct fx_object *o)
{
    fx_work_wait(fx_now(), &((struct fx_workitem *)o)->work);
}

static void workitem_destroy(struct fx_object *o)
{
    fx_work_destroy(fx_now(), &((struct fx_workitem *)o)->work);
}

static const struct fx_class workitem_class = { .type = FX_WORKITEM,
                                                .trace = OBJ_WDFWORKITEM,
                                                .bytes = sizeof(struct fx_workitem),
                                                .passive = true,
                                                .dispose = workitem_dispose,
                                                .destroy = workitem_destroy };

static NTSTATUS workitem_create(struct fx *f, struct fx_object *parent, PWDF_WORKITEM_CONFIG config,
                                PWDF_OBJECT_ATTRIBUTES attributes, struct fx_object **out)
{
    struct fx_device *d = (struct fx_device *)fx_device_above(parent);
    struct fx_work work;
    struct fx_lock *lock;
    struct fx_workitem *w;
    NTSTATUS status;

    if (!d)
        return STATUS_INVALID_DEVICE_REQUEST;
    status = fx_serial_choose(f, API_WdfWorkItemCreate, parent, config->AutomaticSerialization,
                              true, &lock);
    if (NT_SUCCESS(status))
        status = fx_work_create(f, &work, d->wdm, workitem_run);
    if (!NT_SUCCESS(status))
        return status;
    status = fx_object_create(f, parent->driver, &workitem_class, parent, attributes, out);
    if (!NT_SUCCESS(status)) {
        fx_work_destroy(f, &work);
        return status;
    }
    w = (struct fx_workitem *)*out;
    w->work = work;
    w->work.object = *out;
    w->lock = lock;
    w->fn = config->EvtWorkItemFunc;
    return STATUS_SUCCESS;
}

/*
 * WdfWorkItemCreate: a work item of a device, a queue, or what hangs below a device.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INSUFFICIENT_RESOURCES, STATUS_WDF_PARENT_NOT_SPECIFIED,
 *          STATUS_INFO_LENGTH_MISMATCH, STATUS_INVALID_PARAMETER (no callback),
 *          STATUS_INVALID_DEVICE_REQUEST (no device above the parent),
 *          STATUS_WDF_INCOMPATIBLE_EXECUTION_LEVEL, those of the attributes
 * Gap      none known
 * Says     CALL, RETURN (object = the new one)
 * Source   wdfworkitem/nf-wdfworkitem-wdfworkitemcreate
 */
NTSTATUS imp_WdfWorkItemCreate(PWDF_DRIVER_GLOBALS DriverGlobals, PWDF_WORKITEM_CONFIG Config,
                               PWDF_OBJECT_ATTRIBUTES Attributes, WDFWORKITEM *WorkItem)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfWorkItemCreate, 0, 0, 0, 0, 0);
    const struct fx_attributes_rules rules = { .parent_required = true };
    struct fx_object *parent, *o = NULL;
    NTSTATUS status = fx_parent_required(f, Attributes, &parent);

    (void)DriverGlobals;
    if (NT_SUCCESS(status) && (!fx_required(f, Config) || !fx_required(f, WorkItem)))
        status = STATUS_INVALID_PARAMETER;
    else if (NT_SUCCESS(status) && Config->Size != sizeof(*Config))
        status = STATUS_INFO_LENGTH_MISMATCH;
    else if (NT_SUCCESS(status) && !Config->EvtWorkItemFunc)
        status = STATUS_INVALID_PARAMETER;
    if (NT_SUCCESS(status))
        status = fx_attributes_check(f, Attributes, &rules);
    if (NT_SUCCESS(status))
        status = workitem_create(f, parent, Config, Attributes, &o);
    if (o)
        *WorkItem = (WDFWORKITEM)o->handle;
    c.obj = fx_obj(o);
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfWorkItemEnqueue: has a system thread call EvtWorkItem; one that is queued already stays queued once.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     CALL (a0 = 1: queued already), IoQueueWorkItem, RETURN
 * Source   wdfworkitem/nf-wdfworkitem-wdfworkitemenqueue
 */
VOID imp_WdfWorkItemEnqueue(PWDF_DRIVER_GLOBALS DriverGlobals, WDFWORKITEM WorkItem)
{
    struct fx *f = fx_now();
    const struct fx_workitem *known =
        (struct fx_workitem *)fx_object_find(f, WorkItem, FX_WORKITEM);
    struct call c = call_begin(f->s, API_WdfWorkItemEnqueue, fx_handle_obj(f, WorkItem),
                               known && known->work.queued, 0, 0, 0);
    struct fx_workitem *w = (struct fx_workitem *)fx_object_of(f, WorkItem, FX_WORKITEM);

    (void)DriverGlobals;
    if (w && !w->work.queued && w->object.life >= FX_DISPOSING)
        fx_break(f, API_WdfWorkItemEnqueue, w->object.obj, WDF_BREAK_GOING, 0, 0);
    else if (w)
        fx_work_queue(&w->work);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfWorkItemGetParentObject: what it was created under.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  the parent's handle; NULL when the work item has been disposed of
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfworkitem/nf-wdfworkitem-wdfworkitemgetparentobject
 */
WDFOBJECT imp_WdfWorkItemGetParentObject(PWDF_DRIVER_GLOBALS DriverGlobals, WDFWORKITEM WorkItem)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfWorkItemGetParentObject, fx_handle_obj(f, WorkItem), 0, 0, 0, 0);
    const struct fx_object *o = fx_object_of(f, WorkItem, FX_WORKITEM);
    const struct fx_object *parent = o && o->life < FX_DISPOSED ? o->parent : NULL;

    (void)DriverGlobals;
    call_end(&c, fx_obj(parent), 0, 0, 0);
    return parent ? parent->handle : NULL;
}

/*
 * WdfWorkItemFlush: returns when the callback is neither queued nor running.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  nothing
 * Gap      from within its callback, or at a higher IRQL, it does not wait; Windows breaks into the debugger
 * Says     CALL, RETURN
 * Source   wdfworkitem/nf-wdfworkitem-wdfworkitemflush
 */
VOID imp_WdfWorkItemFlush(PWDF_DRIVER_GLOBALS DriverGlobals, WDFWORKITEM WorkItem)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfWorkItemFlush, fx_handle_obj(f, WorkItem), 0, 0, 0, 0);
    struct fx_workitem *w = (struct fx_workitem *)fx_object_of(f, WorkItem, FX_WORKITEM);

    (void)DriverGlobals;
    if (w && fx_irql_check(f, API_WdfWorkItemFlush, w->object.obj, PASSIVE_LEVEL) &&
        !fx_work_wait(f, &w->work))
        fx_break(f, API_WdfWorkItemFlush, w->object.obj, WDF_BREAK_OWN_CALLBACK, 0, 0);
    call_end(&c, 0, 0, 0, 0);
}
