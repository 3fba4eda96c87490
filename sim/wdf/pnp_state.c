/*
 * The states of a device's three machines, as a driver can ask for them or have itself told of them.
 *
 * Source: wdf/state-machines-in-the-framework, wdfdevice/ne-wdfdevice-_wdf_device_pnp_state,
 *         microsoft/Windows-Driver-Frameworks (pnpstatemachine.cpp, PnpEnterNewState)
 */
#include "sim/wdf/pnp.h"

static void watch_call(struct fx *f, struct fx_device *d, const struct fx_watch *w,
                       WDF_STATE_NOTIFICATION_TYPE type, ULONG from, ULONG to)
{
    static const enum api apis[] = { API_EvtDevicePnpStateChange, API_EvtDevicePowerStateChange,
                                     API_EvtDevicePowerPolicyStateChange };
    WDFDEVICE handle = (WDFDEVICE)d->object.handle;
    struct sim *s = f->s;

    callback_begin(s, apis[w->machine], d->object.obj, type, from, to, 0);
    if (w->machine == FX_MACHINE_PNP) {
        WDF_DEVICE_PNP_NOTIFICATION_DATA n = { .Type = type };

        n.Data.EnterState.CurrentState = (WDF_DEVICE_PNP_STATE)from;
        n.Data.EnterState.NewState = (WDF_DEVICE_PNP_STATE)to;
        w->fn.pnp(handle, &n);
    } else if (w->machine == FX_MACHINE_POWER) {
        WDF_DEVICE_POWER_NOTIFICATION_DATA n = { .Type = type };

        n.Data.EnterState.CurrentState = (WDF_DEVICE_POWER_STATE)from;
        n.Data.EnterState.NewState = (WDF_DEVICE_POWER_STATE)to;
        w->fn.power(handle, &n);
    } else {
        WDF_DEVICE_POWER_POLICY_NOTIFICATION_DATA n = { .Type = type };

        n.Data.EnterState.CurrentState = (WDF_DEVICE_POWER_POLICY_STATE)from;
        n.Data.EnterState.NewState = (WDF_DEVICE_POWER_POLICY_STATE)to;
        w->fn.policy(handle, &n);
    }
    callback_end(s, apis[w->machine], d->object.obj, sched_irql(s));
    fx_irql_restore(s, apis[w->machine], d->object.obj, PASSIVE_LEVEL, (const void *)w->fn.pnp);
}

static void tell(struct fx *f, struct fx_device *d, enum fx_machine machine, ULONG state,
                 WDF_STATE_NOTIFICATION_TYPE type, ULONG from, ULONG to)
{
    for (const struct fx_watch *w = d->pnp->watches; w; w = w->next)
        if (w->machine == machine && w->state == WdfDevStateNormalize(state) &&
            w->types & (ULONG)type)
            watch_call(f, d, w, type, from, to);
}

/* What a state does has been done when the next one comes: the old one is told so, and left. */
void fx_state_set(struct fx *f, struct fx_device *d, enum fx_machine machine, ULONG state)
{
    ULONG old = d->pnp->state[machine];

    if (d->pnp->watches) {
        tell(f, d, machine, old, StateNotificationPostProcessState, old, 0);
        tell(f, d, machine, old, StateNotificationLeaveState, old, state);
        tell(f, d, machine, state, StateNotificationEnterState, old, state);
    }
    d->pnp->state[machine] = state;
}
