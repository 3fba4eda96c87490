/*
 * Where IRPs enter the framework: to the driver's preprocess callback, to PnP, to power, to the queues.
 *
 * Source: wdf/handling-wdm-irps-outside-of-the-framework,
 *         wdfdevice/nc-wdfdevice-evt_wdfdevice_wdm_irp_preprocess
 */
#include "sim/wdf/pnp.h"

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

static NTSTATUS dispatch(struct fx *f, struct fx_device *d, PIRP irp)
{
    switch (IoGetCurrentIrpStackLocation(irp)->MajorFunction) {
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

    if (!d) /* a device that the driver itself has made */
        return fx_irp_end(Irp, STATUS_INVALID_DEVICE_REQUEST);
    fx_reference(&d->object);
    if (d->pnp->preprocesses &&
        preprocessed(&d->pnp->preprocess[stack->MajorFunction], stack->MinorFunction))
        status = preprocess(f, d, d->pnp->preprocess[stack->MajorFunction].fn, Irp);
    else
        status = dispatch(f, d, Irp);
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
