/*
 * Enablers' power callbacks: Fill, Enable and SelfManagedIoStart when the device has entered D0,
 * their counterparts when it leaves. KMDF's flags are never cleared again: who failed to fill once
 * is not flushed for the rest of its life.
 *
 * Source: wdf/supporting-power-management-for-dma-devices, microsoft/Windows-Driver-Frameworks
 * (fxdmaenabler.cpp, powerstatemachinekm.cpp)
 */
#include "sim/wdf/dma.h"

/* All six have this prototype. */
static NTSTATUS call(struct fx *f, struct fx_enabler *e, enum api api, PFN_WDF_DMA_ENABLER_FILL fn)
{
    KIRQL irql = sched_irql(f->s);
    NTSTATUS status;

    if (!fn)
        return STATUS_SUCCESS;
    callback_begin(f->s, api, e->object.obj, 0, 0, 0, 0);
    status = fn(e->object.handle);
    callback_end(f->s, api, e->object.obj, (uint32_t)status);
    fx_irql_restore(f->s, api, e->object.obj, irql, (const void *)fn);
    return status;
}

static NTSTATUS up(struct fx *f, struct fx_enabler *e)
{
    NTSTATUS status = call(f, e, API_EvtDmaEnablerFill, e->fill);

    if (!NT_SUCCESS(status)) {
        e->fill_failed = true;
        return status;
    }
    status = call(f, e, API_EvtDmaEnablerEnable, e->enable);
    if (!NT_SUCCESS(status)) {
        e->enable_failed = true;
        return status;
    }
    return call(f, e, API_EvtDmaEnablerSelfManagedIoStart, e->start);
}

/* All are told; the first failure is the result. */
static NTSTATUS down(struct fx *f, struct fx_enabler *e)
{
    NTSTATUS first = call(f, e, API_EvtDmaEnablerSelfManagedIoStop, e->stop), status;

    if (!e->fill_failed) {
        status = call(f, e, API_EvtDmaEnablerDisable, e->disable);
        first = NT_SUCCESS(first) ? status : first;
    }
    if (!e->fill_failed && !e->enable_failed) {
        status = call(f, e, API_EvtDmaEnablerFlush, e->flush);
        first = NT_SUCCESS(first) ? status : first;
    }
    return first;
}

NTSTATUS fx_enablers_up(struct fx *f, struct fx_device *d)
{
    NTSTATUS status = STATUS_SUCCESS;

    for (struct fx_enabler *e = d->enablers; e && NT_SUCCESS(status); e = e->next)
        status = up(f, e);
    return status;
}

NTSTATUS fx_enablers_down(struct fx *f, struct fx_device *d)
{
    NTSTATUS first = STATUS_SUCCESS;

    for (struct fx_enabler *e = d->enablers; e; e = e->next) {
        NTSTATUS status = down(f, e);

        first = NT_SUCCESS(first) ? status : first;
    }
    return first;
}
