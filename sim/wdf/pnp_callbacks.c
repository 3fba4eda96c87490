/*
 * A driver's callbacks for PnP and power, one by one; and self-managed I/O, which has states of its own.
 *
 * Source: wdf/using-self-managed-i-o, microsoft/Windows-Driver-Frameworks (selfmanagediostatemachine.cpp)
 */
#include "sim/wdf/pnp.h"

NTSTATUS fx_call_plain(struct fx *f, struct fx_device *d, enum api api, fx_plain_fn *fn)
{
    struct sim *s = f->s;
    NTSTATUS status;

    if (!fn)
        return STATUS_SUCCESS;
    callback_begin(s, api, d->object.obj, 0, 0, 0, 0);
    status = fn((WDFDEVICE)d->object.handle);
    callback_end(s, api, d->object.obj, (uint32_t)status);
    fx_irql_restore(s, api, d->object.obj, PASSIVE_LEVEL, (const void *)fn);
    return status;
}

void fx_call_void(struct fx *f, struct fx_device *d, enum api api, fx_void_fn *fn)
{
    struct sim *s = f->s;

    if (!fn)
        return;
    callback_begin(s, api, d->object.obj, 0, 0, 0, 0);
    fn((WDFDEVICE)d->object.handle);
    callback_end(s, api, d->object.obj, 0);
    fx_irql_restore(s, api, d->object.obj, PASSIVE_LEVEL, (const void *)fn);
}

NTSTATUS fx_call_power(struct fx *f, struct fx_device *d, enum api api, fx_power_fn *fn,
                       WDF_POWER_DEVICE_STATE state)
{
    struct sim *s = f->s;
    NTSTATUS status;

    if (!fn)
        return STATUS_SUCCESS;
    callback_begin(s, api, d->object.obj, (uint64_t)state, 0, 0, 0);
    status = fn((WDFDEVICE)d->object.handle, state);
    callback_end(s, api, d->object.obj, (uint32_t)status);
    fx_irql_restore(s, api, d->object.obj, PASSIVE_LEVEL, (const void *)fn);
    return status;
}

NTSTATUS fx_call_prepare(struct fx *f, struct fx_device *d)
{
    PFN_WDF_DEVICE_PREPARE_HARDWARE fn = d->pnp->evt.EvtDevicePrepareHardware;
    enum api api = API_EvtDevicePrepareHardware;
    struct sim *s = f->s;
    NTSTATUS status;

    if (!fn)
        return STATUS_SUCCESS;
    d->pnp->preparing = true;
    callback_begin(s, api, d->object.obj, 0, 0, 0, 0);
    status = fn((WDFDEVICE)d->object.handle, d->pnp->raw, d->pnp->translated);
    callback_end(s, api, d->object.obj, (uint32_t)status);
    fx_irql_restore(s, api, d->object.obj, PASSIVE_LEVEL, (const void *)fn);
    d->pnp->preparing = false;
    return status;
}

NTSTATUS fx_call_release(struct fx *f, struct fx_device *d)
{
    PFN_WDF_DEVICE_RELEASE_HARDWARE fn = d->pnp->evt.EvtDeviceReleaseHardware;
    enum api api = API_EvtDeviceReleaseHardware;
    struct sim *s = f->s;
    NTSTATUS status;

    if (!fn)
        return STATUS_SUCCESS;
    callback_begin(s, api, d->object.obj, 0, 0, 0, 0);
    status = fn((WDFDEVICE)d->object.handle, d->pnp->translated);
    callback_end(s, api, d->object.obj, (uint32_t)status);
    fx_irql_restore(s, api, d->object.obj, PASSIVE_LEVEL, (const void *)fn);
    return status;
}

/* --- self-managed I/O --- */

NTSTATUS fx_self_start(struct fx *f, struct fx_device *d)
{
    struct fx_pnp *p = d->pnp;
    NTSTATUS status = STATUS_SUCCESS;

    if (p->self == FX_SELF_CREATED) {
        status =
            fx_call_plain(f, d, API_EvtDeviceSelfManagedIoInit, p->evt.EvtDeviceSelfManagedIoInit);
        p->self = NT_SUCCESS(status) ? FX_SELF_STARTED : FX_SELF_INIT_FAILED;
    } else if (p->self == FX_SELF_STOPPED || p->self == FX_SELF_FLUSHED) {
        status = fx_call_plain(f, d, API_EvtDeviceSelfManagedIoRestart,
                               p->evt.EvtDeviceSelfManagedIoRestart);
        p->self = NT_SUCCESS(status) ? FX_SELF_STARTED : FX_SELF_FAILED;
    }
    return status;
}

NTSTATUS fx_self_suspend(struct fx *f, struct fx_device *d)
{
    struct fx_pnp *p = d->pnp;
    NTSTATUS status;

    if (p->self != FX_SELF_STARTED)
        return STATUS_SUCCESS;
    status = fx_call_plain(f, d, API_EvtDeviceSelfManagedIoSuspend,
                           p->evt.EvtDeviceSelfManagedIoSuspend);
    p->self = NT_SUCCESS(status) ? FX_SELF_STOPPED : FX_SELF_FAILED;
    return status;
}

/* One that never began has nothing to flush, nor to clean up. */
void fx_self_flush(struct fx *f, struct fx_device *d)
{
    struct fx_pnp *p = d->pnp;

    if (p->self != FX_SELF_INIT_FAILED && p->self != FX_SELF_STOPPED && p->self != FX_SELF_FAILED)
        return;
    fx_call_void(f, d, API_EvtDeviceSelfManagedIoFlush, p->evt.EvtDeviceSelfManagedIoFlush);
    p->self = FX_SELF_FLUSHED;
}

void fx_self_cleanup(struct fx *f, struct fx_device *d)
{
    struct fx_pnp *p = d->pnp;

    if (p->self == FX_SELF_FLUSHED)
        fx_call_void(f, d, API_EvtDeviceSelfManagedIoCleanup, p->evt.EvtDeviceSelfManagedIoCleanup);
    if (p->self == FX_SELF_FLUSHED || p->self == FX_SELF_CREATED)
        p->self = FX_SELF_FINAL;
}
