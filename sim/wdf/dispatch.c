/*
 * Where IRPs enter the framework: to the driver's preprocess callback, to PnP, to power, to the queues.
 *
 * Source: wdf/handling-wdm-irps-outside-of-the-framework,
 *         wdfdevice/nc-wdfdevice-evt_wdfdevice_wdm_irp_preprocess
 */
#include "sim/wdf/pnp.h"

/* What a dispatch callback is given to hand back: that it is in one is all that we need to know. */
#define DISPATCH_CONTEXT ((WDFCONTEXT)1)

static bool preprocessed(const struct fx_preprocess *p, UCHAR minor)
{
    if (!p->fn || !p->minor_count)
        return p->fn != NULL;
    for (ULONG i = 0; i < p->minor_count; i++)
        if (p->minors[i] == minor)
            return true;
    return false;
}

static NTSTATUS preprocess(struct fx *f, struct fx_device *d, PFN_WDFDEVICE_WDM_IRP_PREPROCESS fn,
                           PIRP irp)
{
    enum api api = API_EvtDeviceWdmIrpPreprocess;
    struct sim *s = f->s;
    KIRQL irql = sched_irql(s);
    uint32_t obj = d->object.obj;
    NTSTATUS status;

    callback_begin(s, api, obj, irp_obj(s, irp), 0, 0, 0);
    status = fn((WDFDEVICE)d->object.handle, irp);
    callback_end(s, api, obj, (uint32_t)status);
    fx_irql_restore(s, api, obj, irql, (const void *)fn);
    return status;
}

/* The driver's choice of a queue, before the framework's. */
static NTSTATUS own_dispatch(struct fx *f, struct fx_device *d, PIRP irp, PIO_STACK_LOCATION at)
{
    PFN_WDFDEVICE_WDM_IRP_DISPATCH fn = d->pnp->dispatch[at->MajorFunction].fn;
    enum api api = API_EvtDeviceWdmIrpDispatch;
    bool control = at->MajorFunction >= IRP_MJ_DEVICE_CONTROL;
    ULONG code = control ? at->Parameters.DeviceIoControl.IoControlCode : 0;
    struct sim *s = f->s;
    KIRQL irql = sched_irql(s);
    uint32_t obj = d->object.obj;
    NTSTATUS status;

    callback_begin(s, api, obj, irp_obj(s, irp), at->MajorFunction, code, 0);
    status = fn((WDFDEVICE)d->object.handle, at->MajorFunction, at->MinorFunction, code,
                d->pnp->dispatch[at->MajorFunction].context, irp, DISPATCH_CONTEXT);
    callback_end(s, api, obj, (uint32_t)status);
    io_irql_restore(s, api, obj, irql, (const void *)fn);
    return status;
}

static NTSTATUS dispatch(struct fx *f, struct fx_device *d, PIRP irp)
{
    PIO_STACK_LOCATION at = IoGetCurrentIrpStackLocation(irp);

    if (at->MajorFunction <= IRP_MJ_INTERNAL_DEVICE_CONTROL &&
        d->pnp->dispatch[at->MajorFunction].fn)
        return own_dispatch(f, d, irp, at);
    switch (at->MajorFunction) {
    case IRP_MJ_PNP:
        return fx_pnp_dispatch(f, d, irp);
    case IRP_MJ_POWER:
        return fx_power_dispatch(f, d, irp);
    case IRP_MJ_SYSTEM_CONTROL: /* no WMI: those below may know it */
        return d->control ? fx_irp_end(irp, irp->IoStatus.Status) : fx_pass_down(d, irp);
    default:
        return fx_io_dispatch(f, d, irp);
    }
}

NTSTATUS fx_dispatch(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    struct fx *f = fx_now();
    struct fx_device *d = fx_device_by_wdm(f, DeviceObject);
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status;
    bool holds;

    if (!d) /* a device that the driver itself has made */
        return fx_irp_end(Irp, STATUS_INVALID_DEVICE_REQUEST);
    fx_reference(&d->object);
    holds = fx_remove_hold(d, stack->MajorFunction);
    if (d->pnp->preprocesses &&
        preprocessed(&d->pnp->preprocess[stack->MajorFunction], stack->MinorFunction))
        status = preprocess(f, d, d->pnp->preprocess[stack->MajorFunction].fn, Irp);
    else
        status = dispatch(f, d, Irp);
    if (holds)
        fx_remove_release(f, d);
    fx_dereference(&d->object);
    return status;
}

/*
 * WdfDeviceWdmDispatchPreprocessedIrp: the framework is to handle what a preprocess callback has looked at.
 * The callback has skipped its stack location or copied it to the next.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  what the framework's dispatch routine returns
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdevicewdmdispatchpreprocessedirp
 */
NTSTATUS imp_WdfDeviceWdmDispatchPreprocessedIrp(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                 WDFDEVICE Device, PIRP Irp)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDeviceWdmDispatchPreprocessedIrp,
                               fx_handle_obj(f, Device), 0, 0, 0, 0);
    struct fx_device *d = fx_device_of(f, Device);
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;

    (void)DriverGlobals;
    if (d && fx_required(f, Irp)) {
        IoSetNextIrpStackLocation(Irp);
        IoGetCurrentIrpStackLocation(Irp)->DeviceObject = d->wdm;
        status = dispatch(f, d, Irp);
    }
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfDeviceWdmDispatchIrpToIoQueue: an IRP goes to this queue, from a preprocess or dispatch callback.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_PENDING; STATUS_INVALID_PARAMETER (another device's queue; the IRP is completed with it),
 *          STATUS_INSUFFICIENT_RESOURCES (the same)
 * Gap      none known
 * Says     CALL (flags), callbacks of the queue, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdevicewdmdispatchirptoioqueue
 */
NTSTATUS imp_WdfDeviceWdmDispatchIrpToIoQueue(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device,
                                              PIRP Irp, WDFQUEUE Queue, ULONG Flags)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDeviceWdmDispatchIrpToIoQueue, fx_handle_obj(f, Device),
                               fx_handle_obj(f, Queue), Flags, 0, 0);
    struct fx_device *d = fx_device_of(f, Device);
    struct fx_object *q = d ? fx_object_of(f, Queue, FX_QUEUE) : NULL;
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    (void)DriverGlobals;
    if (q && fx_required(f, Irp)) {
        if (Flags & WDF_DISPATCH_IRP_TO_IO_QUEUE_PREPROCESSED_IRP) {
            IoSetNextIrpStackLocation(Irp);
            IoGetCurrentIrpStackLocation(Irp)->DeviceObject = d->wdm;
        }
        if (fx_device_above(q) != &d->object)
            status = fx_irp_end(Irp, STATUS_INVALID_PARAMETER);
        else
            status =
                fx_io_to_queue(f, d, Irp, (struct fx_queue *)q,
                               Flags & WDF_DISPATCH_IRP_TO_IO_QUEUE_INVOKE_INCALLERCTX_CALLBACK);
    }
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfDeviceWdmDispatchIrp: a dispatch callback hands an IRP back: it goes where it would have gone.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  what the framework's dispatch routine returns
 * Gap      class extensions, which call it elsewhere, are not there
 * Says     CALL, callbacks of the queue, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdevicewdmdispatchirp
 */
NTSTATUS imp_WdfDeviceWdmDispatchIrp(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device, PIRP Irp,
                                     WDFCONTEXT DispatchContext)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfDeviceWdmDispatchIrp, fx_handle_obj(f, Device), 0, 0, 0, 0);
    struct fx_device *d = fx_device_of(f, Device);
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;

    (void)DriverGlobals;
    if (d && fx_required(f, Irp) && fx_required(f, DispatchContext))
        status = fx_io_dispatch(f, d, Irp);
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfDeviceConfigureWdmIrpDispatchCallback: a callback that chooses the queue for each read, write or control
 * request.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INVALID_PARAMETER (another major function),
 *          STATUS_INVALID_DEVICE_STATE (the device is started, or a control device that takes requests)
 * Gap      Driver is for class extensions and has no effect
 * Says     CALL (major function), RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdeviceconfigurewdmirpdispatchcallback
 */
NTSTATUS imp_WdfDeviceConfigureWdmIrpDispatchCallback(
    PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device, WDFDRIVER Driver, UCHAR MajorFunction,
    PFN_WDFDEVICE_WDM_IRP_DISPATCH EvtDeviceWdmIrpDispatch, WDFCONTEXT DriverContext)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDeviceConfigureWdmIrpDispatchCallback,
                               fx_handle_obj(f, Device), MajorFunction, 0, 0, 0);
    struct fx_device *d = fx_device_of(f, Device);
    NTSTATUS status = STATUS_INVALID_PARAMETER;
    bool late;

    (void)DriverGlobals;
    if (d && (!Driver || fx_object_of(f, Driver, FX_DRIVER)) &&
        (MajorFunction == IRP_MJ_READ || MajorFunction == IRP_MJ_WRITE ||
         MajorFunction == IRP_MJ_DEVICE_CONTROL ||
         MajorFunction == IRP_MJ_INTERNAL_DEVICE_CONTROL) &&
        fx_required(f, (const void *)EvtDeviceWdmIrpDispatch)) {
        late = d->control ? !(d->wdm->Flags & DO_DEVICE_INITIALIZING)
                          : d->pnp->state[FX_MACHINE_PNP] > WdfDevStatePnpInit;
        status = late ? STATUS_INVALID_DEVICE_STATE : STATUS_SUCCESS;
        if (!late) {
            d->pnp->dispatch[MajorFunction].fn = EvtDeviceWdmIrpDispatch;
            d->pnp->dispatch[MajorFunction].context = DriverContext;
        }
    }
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}
