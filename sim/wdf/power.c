/*
 * The way into D0 and out of it, in the framework's order, and device power IRPs. Going up: EvtDeviceD0Entry,
 * interrupts, EvtDeviceD0EntryPostInterruptsEnabled, DMA enablers, queues, self-managed I/O. Going down: the
 * same the other way round. What fails on the way up is undone as far as it had come.
 *
 * Source: wdf/power-up-sequence-for-a-function-or-filter-driver,
 *         microsoft/Windows-Driver-Frameworks (powerstatemachine.cpp, fdopower.cpp)
 */
#include "sim/wdf/policy.h"

static NTSTATUS interrupts_on(struct fx *f, struct fx_device *d)
{
    struct fx_pnp *p = d->pnp;
    NTSTATUS status = fx_interrupts_enable(f, d);

    if (NT_SUCCESS(status))
        status = fx_call_power(f, d, API_EvtDeviceD0EntryPostInterruptsEnabled,
                               p->evt.EvtDeviceD0EntryPostInterruptsEnabled, p->d_state);
    return status;
}

/* How far power-up had come. */
enum reached { AT_INTERRUPTS, AT_ENABLERS, AT_SELF_IO };

static void undo(struct fx *f, struct fx_device *d, enum reached reached)
{
    struct fx_pnp *p = d->pnp;

    if (reached >= AT_SELF_IO)
        fx_io_power_down(f, d);
    if (reached >= AT_ENABLERS) {
        fx_enablers_down(f, d);
        fx_call_power(f, d, API_EvtDeviceD0ExitPreInterruptsDisabled,
                      p->evt.EvtDeviceD0ExitPreInterruptsDisabled, WdfPowerDeviceD3Final);
    }
    fx_interrupts_disable(f, d);
    fx_call_power(f, d, API_EvtDeviceD0Exit, p->evt.EvtDeviceD0Exit, WdfPowerDeviceD3Final);
    p->d_state = WdfPowerDeviceD3Final;
}

static NTSTATUS up_failed(struct fx *f, struct fx_device *d, bool first, NTSTATUS status)
{
    fx_power_set(f, d,
                 first ? WdfDevStatePowerInitialPowerUpFailed
                       : WdfDevStatePowerReportPowerUpFailed);
    if (first)
        fx_power_set(f, d, WdfDevStatePowerStopped);
    return status;
}

/* The states' names differ between the first start and later ones, what is done does not. */
NTSTATUS fx_power_up(struct fx *f, struct fx_device *d, bool first)
{
    struct fx_pnp *p = d->pnp;
    bool pageable = d->wdm->Flags & DO_POWER_PAGABLE;
    NTSTATUS status;

    fx_power_set(f, d, first ? WdfDevStatePowerD0Starting : WdfDevStatePowerWaking);
    status = fx_call_power(f, d, API_EvtDeviceD0Entry, p->evt.EvtDeviceD0Entry, p->d_state);
    if (!NT_SUCCESS(status))
        return up_failed(f, d, first, status);
    fx_power_set(f, d,
                 first ? WdfDevStatePowerD0StartingConnectInterrupt
                       : WdfDevStatePowerWakingConnectInterrupt);
    status = interrupts_on(f, d);
    if (!NT_SUCCESS(status)) {
        undo(f, d, AT_INTERRUPTS);
        return up_failed(f, d, first, status);
    }
    fx_power_set(f, d,
                 first ? WdfDevStatePowerD0StartingDmaEnable : WdfDevStatePowerWakingDmaEnable);
    status = fx_enablers_up(f, d);
    if (!NT_SUCCESS(status)) {
        undo(f, d, AT_ENABLERS);
        return up_failed(f, d, first, status);
    }
    fx_power_set(f, d,
                 first ? WdfDevStatePowerD0StartingStartSelfManagedIo
                       : WdfDevStatePowerStartSelfManagedIo);
    fx_io_power_up(f, d);
    status = fx_self_start(f, d);
    if (!NT_SUCCESS(status)) {
        undo(f, d, AT_SELF_IO);
        return up_failed(f, d, first, status);
    }
    p->d_state = WdfPowerDeviceD0;
    p->powered = true;
    fx_power_set(f, d, WdfDevStatePowerDecideD0State);
    fx_power_set(f, d, pageable ? WdfDevStatePowerD0 : WdfDevStatePowerD0NP);
    return STATUS_SUCCESS;
}

/* Everything is done even when something fails; then the device has failed. */
bool fx_power_down(struct fx *f, struct fx_device *d, WDF_POWER_DEVICE_STATE target, bool last)
{
    struct fx_pnp *p = d->pnp;
    bool good;

    p->powered = false;
    fx_power_set(f, d, last ? WdfDevStatePowerGotoD3Stopped : WdfDevStatePowerGotoDx);
    good = NT_SUCCESS(fx_self_suspend(f, d));
    fx_io_power_down(f, d);
    if (!last)
        fx_power_set(f, d, WdfDevStatePowerGotoDxIoStopped);
    good &= NT_SUCCESS(fx_enablers_down(f, d));
    good &= NT_SUCCESS(fx_call_power(f, d, API_EvtDeviceD0ExitPreInterruptsDisabled,
                                     p->evt.EvtDeviceD0ExitPreInterruptsDisabled, target));
    good &= NT_SUCCESS(fx_interrupts_disable(f, d));
    good &= NT_SUCCESS(fx_call_power(f, d, API_EvtDeviceD0Exit, p->evt.EvtDeviceD0Exit, target));
    p->d_state = target;
    if (!good)
        fx_power_set(f, d,
                     last ? WdfDevStatePowerFinalPowerDownFailed
                          : WdfDevStatePowerReportPowerDownFailed);
    if (good || last)
        fx_power_set(f, d, last ? WdfDevStatePowerStopped : WdfDevStatePowerDx);
    return good;
}

/* --- device power IRPs --- */

static NTSTATUS lower(struct fx *f, struct fx_device *d, PIRP irp, PIO_STACK_LOCATION stack)
{
    WDF_POWER_DEVICE_STATE target =
        (WDF_POWER_DEVICE_STATE)stack->Parameters.Power.State.DeviceState;

    if (d->pnp->powered && !fx_power_down(f, d, target, false)) {
        NTSTATUS status = fx_pass_down(d, irp);

        fx_pnp_failed(f, d, false);
        return status;
    }
    PoSetPowerState(d->wdm, DevicePowerState, stack->Parameters.Power.State);
    irp->IoStatus.Status = STATUS_SUCCESS;
    return fx_pass_down(d, irp); /* the bus takes the power when the driver has let go */
}

static NTSTATUS raise(struct fx *f, struct fx_device *d, PIRP irp, PIO_STACK_LOCATION stack)
{
    POWER_STATE state = stack->Parameters.Power.State;
    NTSTATUS status = fx_forward_wait(d, irp), up = STATUS_SUCCESS;

    if (NT_SUCCESS(status) && !d->pnp->powered && d->pnp->hardware) {
        up = fx_power_up(f, d, false);
        if (NT_SUCCESS(up))
            PoSetPowerState(d->wdm, DevicePowerState, state);
    }
    status = fx_irp_end(irp, status);
    if (!NT_SUCCESS(up))
        fx_pnp_failed(f, d, true);
    return status;
}

static NTSTATUS set_power(struct fx *f, struct fx_device *d, PIRP irp, PIO_STACK_LOCATION stack)
{
    struct fx_pnp *p = d->pnp;

    if (stack->Parameters.Power.Type == DevicePowerState) {
        if (p->policy_owner && !p->idle->requested)
            fx_bugcheck(f, WDF_POWER_MULTIPLE_PPO, (uintptr_t)d->wdm, (uintptr_t)irp, 0);
        return stack->Parameters.Power.State.DeviceState == PowerDeviceD0 ? raise(f, d, irp, stack)
                                                                          : lower(f, d, irp, stack);
    }
    p->s_state = stack->Parameters.Power.State.SystemState;
    p->s_action = stack->Parameters.Power.ShutdownType;
    PoSetPowerState(d->wdm, SystemPowerState, stack->Parameters.Power.State);
    if (!p->policy_owner)
        return fx_pass_down(d, irp);
    if (p->s_state == PowerSystemWorking) {
        NTSTATUS status = fx_pass_down(d, irp);

        fx_policy_wake(f, d); /* the system need not wait for its devices */
        return status;
    }
    /* The driver below first, then our device, then the IRP is given back. */
    if (NT_SUCCESS(fx_forward_wait(d, irp)))
        fx_policy_sleep(f, d, p->s_state);
    return fx_irp_end(irp, irp->IoStatus.Status);
}

NTSTATUS fx_power_dispatch(struct fx *f, struct fx_device *d, PIRP irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(irp);

    if (d->control)
        return fx_irp_end(irp, STATUS_INVALID_DEVICE_REQUEST);
    switch (stack->MinorFunction) {
    case IRP_MN_SET_POWER:
        return set_power(f, d, irp, stack);
    case IRP_MN_QUERY_POWER:
        irp->IoStatus.Status = STATUS_SUCCESS;
        return fx_pass_down(d, irp);
    default:
        return fx_pass_down(d, irp);
    }
}
