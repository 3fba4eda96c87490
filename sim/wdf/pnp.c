/*
 * A device's IRPs: to the queues, or through PnP. A start asks the lower drivers first and then prepares the
 * hardware and powers it; a stop or removal goes the other way and then down. Whatever fails on the way, or
 * is pulled out, ends in the same place: hardware released, queues purged, waiting for the removal.
 *
 * Source: wdf/pnp-and-power-management-scenarios,
 *         microsoft/Windows-Driver-Frameworks (pnpstatemachine.cpp, fxpkgfdo.cpp)
 */
#include "base/must.h"
#include "sim/wdf/policy.h"

NTSTATUS fx_irp_end(PIRP irp, NTSTATUS status)
{
    irp->IoStatus.Status = status;
    IofCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

NTSTATUS fx_pass_down(struct fx_device *d, PIRP irp)
{
    IoSkipCurrentIrpStackLocation(irp);
    return IofCallDriver(d->attached, irp);
}

NTSTATUS fx_forward_wait(struct fx_device *d, PIRP irp)
{
    if (!IoForwardIrpSynchronously(d->attached, irp))
        return STATUS_INSUFFICIENT_RESOURCES;
    return irp->IoStatus.Status;
}

/* --- hardware --- */

static void lists_free(struct fx *f, struct fx_device *d)
{
    struct fx_pnp *p = d->pnp;
    struct fx_object *raw = fx_object_find(f, p->raw, FX_CM_RES_LIST);
    struct fx_object *translated = fx_object_find(f, p->translated, FX_CM_RES_LIST);

    if (raw)
        fx_delete(raw);
    if (translated)
        fx_delete(translated);
    p->raw = p->translated = NULL;
}

/* EvtDeviceReleaseHardware also for what EvtDevicePrepareHardware has failed to prepare. */
static NTSTATUS hardware_release(struct fx *f, struct fx_device *d)
{
    NTSTATUS status;

    if (!d->pnp->hardware)
        return STATUS_SUCCESS;
    d->pnp->hardware = false;
    status = fx_call_release(f, d);
    lists_free(f, d);
    return status;
}

static NTSTATUS hardware_prepare(struct fx *f, struct fx_device *d, PIO_STACK_LOCATION stack)
{
    PCM_RESOURCE_LIST raw = stack->Parameters.StartDevice.AllocatedResources;
    PCM_RESOURCE_LIST translated = stack->Parameters.StartDevice.AllocatedResourcesTranslated;
    struct fx_pnp *p = d->pnp;
    NTSTATUS status = fx_cm_list_create(f, d, raw, &p->raw);

    p->device_state.Removed = p->device_state.Failed = p->device_state.ResourcesChanged =
        WdfUseDefault;
    if (NT_SUCCESS(status))
        status = fx_cm_list_create(f, d, translated, &p->translated);
    if (NT_SUCCESS(status))
        status = fx_interrupts_assign(f, d, raw, translated);
    if (!NT_SUCCESS(status)) {
        lists_free(f, d);
        return status;
    }
    p->hardware = true;
    status = fx_call_prepare(f, d);
    return status;
}

/* What the stack can do, with what this driver says of it. */
static NTSTATUS capabilities_query(struct fx_device *d)
{
    DEVICE_CAPABILITIES *caps = &d->pnp->found;
    PIRP irp = IoAllocateIrp((CCHAR)(d->attached->StackSize + 1), FALSE);
    PIO_STACK_LOCATION stack;
    NTSTATUS status;

    if (!irp)
        return STATUS_INSUFFICIENT_RESOURCES;
    RtlZeroMemory(caps, sizeof(*caps));
    caps->Size = sizeof(*caps);
    caps->Version = 1;
    caps->Address = caps->UINumber = (ULONG)-1;
    IoSetNextIrpStackLocation(irp); /* one for us, to forward it from */
    stack = IoGetCurrentIrpStackLocation(irp);
    stack->MajorFunction = IRP_MJ_PNP;
    stack->MinorFunction = IRP_MN_QUERY_CAPABILITIES;
    stack->Parameters.DeviceCapabilities.Capabilities = caps;
    irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
    status = fx_forward_wait(d, irp);
    IoFreeIrp(irp);
    return status;
}

/* --- the end, in two halves --- */

static void cleanup_for_remove(struct fx *f, struct fx_device *d)
{
    fx_interfaces_disable(f, d);
    fx_io_purge_managed(f, d);
    fx_self_flush(f, d);
    fx_interrupts_release(f, d);
}

/* The failed path behind the release of the hardware: no more until the removal. */
static void failed_wait(struct fx *f, struct fx_device *d)
{
    fx_pnp_set(f, d, WdfDevStatePnpFailed);
    cleanup_for_remove(f, d);
    fx_policy_set(f, d, WdfDevStatePwrPolRemoved);
    fx_pnp_set(f, d, WdfDevStatePnpFailedWaitForRemove);
    if (d->pnp->failed_action != WdfDeviceFailedUndefined || d->pnp->internal_failure)
        IoInvalidateDeviceState(d->pdo);
}

static void failed_own_hardware(struct fx *f, struct fx_device *d)
{
    fx_pnp_set(f, d, WdfDevStatePnpFailedOwnHardware);
    hardware_release(f, d);
    failed_wait(f, d);
}

/* A power IRP has failed its device. While PnP stops or removes it, that goes on with what it does; when it
 * comes back to Started instead, the failure is still there. */
void fx_pnp_failed(struct fx *f, struct fx_device *d, bool power_up)
{
    d->pnp->internal_failure = true;
    d->pnp->power_failed = true;
    if (d->pnp->state[FX_MACHINE_PNP] != WdfDevStatePnpStarted)
        return;
    d->pnp->power_failed = false;
    fx_pnp_set(f, d, power_up ? WdfDevStatePnpFailedIoStarting : WdfDevStatePnpFailedPowerDown);
    d->pnp->idle->started = false;
    if (d->pnp->powered)
        fx_power_down(f, d, WdfPowerDeviceD3Final, true);
    failed_own_hardware(f, d);
}

/* Power and WMI IRPs may be late: whoever completes one lets others go on before its own dispatch routine has
 * come back to the device's memory. Source: microsoft/Windows-Driver-Frameworks (fxdevice.hpp,
 * _RequiresRemLock). */
bool fx_remove_hold(struct fx_device *d, UCHAR major)
{
    bool holds = major == IRP_MJ_POWER || major == IRP_MJ_SYSTEM_CONTROL;

    d->pnp->holds += holds;
    return holds;
}

void fx_remove_release(struct fx *f, struct fx_device *d)
{
    must(d->pnp->holds);
    race_give(f->s, d->pnp);
    if (!--d->pnp->holds && d->pnp->remover)
        sched_wake(f->s, d->pnp->remover);
}

static void others_wait(struct fx *f, struct fx_device *d)
{
    d->pnp->remover = sched_current_thread(f->s);
    while (d->pnp->holds)
        sched_block(f->s, UINT64_MAX);
    race_take(f->s, d->pnp);
}

static void remove_end(struct fx *f, struct fx_device *d)
{
    others_wait(f, d);
    fx_pnp_set(f, d, WdfDevStatePnpRemoved);
    fx_io_remove(f, d);
    fx_self_cleanup(f, d);
    fx_pnp_set(f, d, WdfDevStatePnpFdoRemoved);
    d->pnp->removed = true;
    fx_dispose_early(&d->object);
    fx_pnp_set(f, d, WdfDevStatePnpFinal);
}

/* Out of D0, for a stop or a removal. A device that idles is woken first. */
static bool power_stop(struct fx *f, struct fx_device *d, bool wake)
{
    bool good = true;

    fx_policy_stop(f, d, wake);
    if (d->pnp->powered)
        good = fx_power_down(f, d, WdfPowerDeviceD3Final, true);
    fx_policy_set(f, d, good ? WdfDevStatePwrPolStopped : WdfDevStatePwrPolStoppingFailed);
    return good;
}

/* --- start --- */

static NTSTATUS power_start(struct fx *f, struct fx_device *d)
{
    struct fx_pnp *p = d->pnp;
    NTSTATUS status;

    if (p->policy_owner) {
        status = capabilities_query(d);
        if (!NT_SUCCESS(status))
            return status;
    }
    fx_policy_set(f, d, WdfDevStatePwrPolStarting);
    p->d_state = WdfPowerDeviceD3Final;
    status = fx_power_up(f, d, true);
    if (!NT_SUCCESS(status)) {
        fx_policy_set(f, d, WdfDevStatePwrPolStartingFailed);
        fx_pnp_set(f, d, WdfDevStatePnpHardwareAvailablePowerPolicyFailed);
        return STATUS_DEVICE_POWER_FAILURE;
    }
    fx_policy_started(f, d);
    return STATUS_SUCCESS;
}

static NTSTATUS on_start(struct fx *f, struct fx_device *d, PIRP irp, PIO_STACK_LOCATION stack)
{
    struct fx_pnp *p = d->pnp;
    bool again = p->state[FX_MACHINE_PNP] == WdfDevStatePnpStopped;
    NTSTATUS status;

    if (p->state[FX_MACHINE_PNP] == WdfDevStatePnpFailedWaitForRemove)
        return fx_irp_end(irp, STATUS_INVALID_DEVICE_STATE);
    fx_pnp_set(f, d,
               again ? WdfDevStatePnpStoppedWaitForStartCompletion : WdfDevStatePnpInitStarting);
    status = fx_forward_wait(d, irp);
    if (!NT_SUCCESS(status)) {
        if (again)
            failed_wait(f, d);
        else
            fx_pnp_set(f, d, WdfDevStatePnpInit);
        return fx_irp_end(irp, status);
    }
    fx_pnp_set(f, d, again ? WdfDevStatePnpStartingFromStopped : WdfDevStatePnpHardwareAvailable);
    status = hardware_prepare(f, d, stack);
    if (NT_SUCCESS(status)) {
        if (again)
            fx_pnp_set(f, d, WdfDevStatePnpRestarting);
        status = power_start(f, d);
    }
    if (NT_SUCCESS(status)) {
        fx_pnp_set(f, d, WdfDevStatePnpEnableInterfaces);
        fx_interfaces_enable(f, d);
        fx_pnp_set(f, d, WdfDevStatePnpStarted);
    } else {
        p->internal_failure = true;
        if (p->hardware)
            failed_own_hardware(f, d);
        else if (again)
            failed_wait(f, d);
        else
            fx_pnp_set(f, d, WdfDevStatePnpInit);
    }
    return fx_irp_end(irp, status);
}

/* --- stop and removal --- */

static void started_again(struct fx *f, struct fx_device *d)
{
    fx_pnp_set(f, d, WdfDevStatePnpStarted);
    if (d->pnp->power_failed)
        fx_pnp_failed(f, d, true);
}

static NTSTATUS on_query(struct fx *f, struct fx_device *d, PIRP irp, bool stop)
{
    struct fx_pnp *p = d->pnp;
    NTSTATUS status = STATUS_SUCCESS;

    if (p->state[FX_MACHINE_PNP] == WdfDevStatePnpStarted) {
        fx_pnp_set(f, d,
                   stop ? WdfDevStatePnpQueryStopStaticCheck
                        : WdfDevStatePnpQueryRemoveStaticCheck);
        if (p->stop_count)
            status = STATUS_INVALID_DEVICE_STATE;
        else if (p->special[WdfSpecialFilePaging] || p->special[WdfSpecialFileHibernation] ||
                 p->special[WdfSpecialFileDump] || p->special[WdfSpecialFileBoot])
            status = STATUS_DEVICE_NOT_READY;
        if (NT_SUCCESS(status)) {
            fx_pnp_set(f, d,
                       stop ? WdfDevStatePnpQueryStopAskDriver
                            : WdfDevStatePnpQueryRemoveAskDriver);
            status =
                stop ? fx_call_plain(f, d, API_EvtDeviceQueryStop, p->evt.EvtDeviceQueryStop)
                     : fx_call_plain(f, d, API_EvtDeviceQueryRemove, p->evt.EvtDeviceQueryRemove);
        }
        if (NT_SUCCESS(status)) {
            fx_pnp_set(f, d,
                       stop ? WdfDevStatePnpQueryStopEnsureDeviceAwake
                            : WdfDevStatePnpQueryRemoveEnsureDeviceAwake);
            status = fx_policy_reference(f, d, true);
            if (!NT_SUCCESS(status))
                fx_policy_release(f, d);
        }
        if (!NT_SUCCESS(status)) {
            started_again(f, d);
            return fx_irp_end(irp, status);
        }
        fx_pnp_set(f, d, stop ? WdfDevStatePnpQueryStopPending : WdfDevStatePnpQueryRemovePending);
    }
    irp->IoStatus.Status = STATUS_SUCCESS;
    return fx_pass_down(d, irp);
}

static bool queried(const struct fx_device *d)
{
    ULONG state = d->pnp->state[FX_MACHINE_PNP];

    return state == WdfDevStatePnpQueryStopPending || state == WdfDevStatePnpQueryRemovePending;
}

static NTSTATUS on_cancel(struct fx *f, struct fx_device *d, PIRP irp)
{
    if (queried(d)) {
        fx_pnp_set(f, d, WdfDevStatePnpQueryCanceled);
        fx_policy_release(f, d);
        started_again(f, d);
    }
    irp->IoStatus.Status = STATUS_SUCCESS;
    return fx_pass_down(d, irp);
}

static NTSTATUS on_stop(struct fx *f, struct fx_device *d, PIRP irp)
{
    bool was_queried = queried(d);

    fx_pnp_set(f, d, WdfDevStatePnpStartedStopping);
    if (!power_stop(f, d, true)) {
        d->pnp->internal_failure = true;
        failed_own_hardware(f, d);
    } else {
        fx_pnp_set(f, d, WdfDevStatePnpStopped);
        if (NT_SUCCESS(hardware_release(f, d)))
            fx_interrupts_release(f, d);
        else
            d->pnp->internal_failure = true;
        if (d->pnp->internal_failure)
            failed_wait(f, d);
    }
    if (was_queried)
        fx_policy_release(f, d);
    irp->IoStatus.Status = STATUS_SUCCESS;
    return fx_pass_down(d, irp);
}

static NTSTATUS on_surprise(struct fx *f, struct fx_device *d, PIRP irp)
{
    struct fx_pnp *p = d->pnp;
    ULONG state = p->state[FX_MACHINE_PNP];

    irp->IoStatus.Status = STATUS_SUCCESS;
    if (state == WdfDevStatePnpInit) /* it was never started: nobody to tell */
        return fx_pass_down(d, irp);
    if (queried(d)) {
        fx_pnp_set(f, d, WdfDevStatePnpQueriedSurpriseRemove);
        fx_policy_release(f, d);
    }
    fx_pnp_set(f, d,
               state == WdfDevStatePnpFailedWaitForRemove ? WdfDevStatePnpFailedSurpriseRemoved
               : state == WdfDevStatePnpStopped           ? WdfDevStatePnpSurpriseRemove
                                                          : WdfDevStatePnpSurpriseRemoveIoStarted);
    fx_call_void(f, d, API_EvtDeviceSurpriseRemoval, p->evt.EvtDeviceSurpriseRemoval);
    if (state == WdfDevStatePnpFailedWaitForRemove) {
        fx_pnp_set(f, d, WdfDevStatePnpFailedWaitForRemove);
    } else if (state == WdfDevStatePnpStopped) {
        failed_wait(f, d);
    } else {
        fx_pnp_set(f, d, WdfDevStatePnpFailedIoStarting);
        power_stop(f, d, false);
        failed_own_hardware(f, d);
    }
    return fx_pass_down(d, irp);
}

static NTSTATUS on_remove(struct fx *f, struct fx_device *d, PIRP irp)
{
    ULONG state = d->pnp->state[FX_MACHINE_PNP];
    bool was_queried = queried(d);
    NTSTATUS status;

    if (state == WdfDevStatePnpStarted || was_queried) {
        fx_pnp_set(f, d,
                   was_queried ? WdfDevStatePnpQueriedRemoving : WdfDevStatePnpStartedRemoving);
        power_stop(f, d, true);
    }
    if (state == WdfDevStatePnpStarted || was_queried || state == WdfDevStatePnpStopped) {
        if (was_queried)
            fx_policy_release(f, d);
        fx_pnp_set(f, d, WdfDevStatePnpRemovingDisableInterfaces);
        hardware_release(f, d);
        cleanup_for_remove(f, d);
        fx_policy_set(f, d, WdfDevStatePwrPolRemoved);
    }
    fx_reference(&d->object);
    remove_end(f, d);
    irp->IoStatus.Status = STATUS_SUCCESS;
    status = fx_pass_down(d, irp);
    fx_device_gone(f, d);
    fx_delete(&d->object);
    fx_dereference(&d->object);
    return status;
}

void fx_pnp_added(struct fx *f, struct fx_device *d)
{
    d->wdm->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    fx_pnp_set(f, d, WdfDevStatePnpInit);
}

NTSTATUS fx_pnp_dispatch(struct fx *f, struct fx_device *d, PIRP irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);

    if (d->control)
        return fx_irp_end(irp, STATUS_INVALID_DEVICE_REQUEST);
    switch (stack->MinorFunction) {
    case IRP_MN_START_DEVICE:
        return on_start(f, d, irp, stack);
    case IRP_MN_QUERY_STOP_DEVICE:
        return on_query(f, d, irp, true);
    case IRP_MN_QUERY_REMOVE_DEVICE:
        return on_query(f, d, irp, false);
    case IRP_MN_CANCEL_STOP_DEVICE:
    case IRP_MN_CANCEL_REMOVE_DEVICE:
        return on_cancel(f, d, irp);
    case IRP_MN_STOP_DEVICE:
        return on_stop(f, d, irp);
    case IRP_MN_SURPRISE_REMOVAL:
        return on_surprise(f, d, irp);
    case IRP_MN_REMOVE_DEVICE:
        return on_remove(f, d, irp);
    default:
        return fx_query_dispatch(f, d, irp, stack);
    }
}
