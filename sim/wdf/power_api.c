/*
 * WdfDevice...: a driver's word on when its device may sleep.
 */
#include "sim/wdf/policy.h"

#define MS_NS 1000000u
#define IDLE_DEFAULT_MS 5000u /* FxPowerPolicyDefaultTimeout */

static bool owner_check(struct fx *f, enum api api, const struct fx_device *d)
{
    if (d->pnp->policy_owner)
        return true;
    fx_break(f, api, d->object.obj, WDF_BREAK_NOT_POLICY_OWNER, 0, 0);
    return false;
}

static NTSTATUS idle_check(const WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS *s)
{
    if (s->Size != sizeof(*s))
        return STATUS_INFO_LENGTH_MISMATCH;
    if (s->DxState <= PowerDeviceD0 || s->DxState > PowerDeviceMaximum)
        return STATUS_INVALID_PARAMETER;
    if (s->IdleCaps < IdleCannotWakeFromS0 || s->IdleCaps > IdleUsbSelectiveSuspend)
        return STATUS_INVALID_PARAMETER;
    if (s->UserControlOfIdleSettings != IdleDoNotAllowUserControl &&
        s->UserControlOfIdleSettings != IdleAllowUserControl)
        return STATUS_INVALID_PARAMETER;
    if ((unsigned)s->Enabled > WdfUseDefault ||
        (unsigned)s->PowerUpIdleDeviceOnSystemWake > WdfUseDefault ||
        (unsigned)s->IdleTimeoutType > SystemManagedIdleTimeoutWithHint ||
        (unsigned)s->ExcludeD3Cold > WdfUseDefault)
        return STATUS_INVALID_PARAMETER;
    if (s->PowerUpIdleDeviceOnSystemWake == WdfTrue && s->IdleCaps != IdleCannotWakeFromS0)
        return STATUS_INVALID_PARAMETER;
    return STATUS_SUCCESS;
}

/* IdleInWorkingState of the hardware key, where the user may decide and the driver leaves it to him. */
static bool user_says(struct fx *f, struct fx_device *d)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(u"IdleInWorkingState");
    ULONG room[16], got = 0;
    PKEY_VALUE_PARTIAL_INFORMATION info = (PVOID)room;
    bool on = true;
    HANDLE key;

    if (sched_irql(f->s) != PASSIVE_LEVEL ||
        !NT_SUCCESS(IoOpenDeviceRegistryKey(d->pdo, PLUGPLAY_REGKEY_DEVICE, KEY_READ, &key)))
        return true;
    if (NT_SUCCESS(
            ZwQueryValueKey(key, &name, KeyValuePartialInformation, info, sizeof(room), &got)) &&
        info->Type == REG_DWORD)
        memcpy(&got, info->Data, sizeof(got)), on = got != 0;
    ZwClose(key);
    return on;
}

static NTSTATUS idle_assign(struct fx *f, struct fx_device *d,
                            const WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS *s)
{
    struct fx_idle *i = d->pnp->idle;
    ULONG ms = s->IdleTimeout == IdleTimeoutDefaultValue ? IDLE_DEFAULT_MS : s->IdleTimeout;

    if (s->IdleCaps != IdleCannotWakeFromS0)
        return STATUS_POWER_STATE_INVALID; /* nothing wakes this machine */
    if (s->Enabled != WdfUseDefault)
        i->enabled = s->Enabled == WdfTrue;
    else if (!i->set)
        i->enabled = s->UserControlOfIdleSettings != IdleAllowUserControl || user_says(f, d);
    i->set = true;
    i->dx = s->DxState == PowerDeviceMaximum ? PowerDeviceD3 : s->DxState;
    i->timeout_ns = (uint64_t)ms * MS_NS;
    i->wakes_with_system = s->PowerUpIdleDeviceOnSystemWake == WdfTrue;
    return fx_policy_changed(f, d);
}

/*
 * WdfDeviceAssignS0IdleSettings: whether and when an idle device goes to low power while the system works.
 *
 * Irql     <= DISPATCH_LEVEL; PASSIVE_LEVEL the first time, or the registry is not asked
 * Units    IdleTimeout: ms; 0: 5000
 * Returns  STATUS_SUCCESS, STATUS_INVALID_DEVICE_REQUEST (not the power policy owner),
 *          STATUS_INFO_LENGTH_MISMATCH, STATUS_INVALID_PARAMETER, STATUS_POWER_STATE_INVALID (the
 *          device is to wake, and cannot)
 * Gap      no device can wake; time-outs that the system manages last as long as the driver's
 * Says     CALL (capabilities, time-out, state), RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdeviceassigns0idlesettings
 */
NTSTATUS imp_WdfDeviceAssignS0IdleSettings(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device,
                                           PWDF_DEVICE_POWER_POLICY_IDLE_SETTINGS Settings)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDeviceAssignS0IdleSettings, fx_handle_obj(f, Device),
                               Settings ? (uint64_t)Settings->IdleCaps : 0,
                               Settings ? Settings->IdleTimeout : 0, 0, 0);
    struct fx_device *d = fx_device_of(f, Device);
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;

    (void)DriverGlobals;
    if (d && fx_required(f, Settings)) {
        if (owner_check(f, API_WdfDeviceAssignS0IdleSettings, d))
            status = idle_check(Settings);
        if (NT_SUCCESS(status))
            status = idle_assign(f, d, Settings);
    }
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfDeviceAssignSxWakeSettings: whether the device wakes a sleeping system.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_INVALID_DEVICE_REQUEST (not the power policy owner), STATUS_INFO_LENGTH_MISMATCH,
 *          STATUS_INVALID_PARAMETER, STATUS_POWER_STATE_INVALID
 * Gap      no device can wake the machine, so that it never succeeds
 * Says     CALL, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdeviceassignsxwakesettings
 */
NTSTATUS imp_WdfDeviceAssignSxWakeSettings(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device,
                                           PWDF_DEVICE_POWER_POLICY_WAKE_SETTINGS Settings)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfDeviceAssignSxWakeSettings, fx_handle_obj(f, Device), 0, 0, 0, 0);
    struct fx_device *d = fx_device_of(f, Device);
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;

    (void)DriverGlobals;
    if (d && fx_required(f, Settings) && owner_check(f, API_WdfDeviceAssignSxWakeSettings, d)) {
        if (Settings->Size != sizeof(*Settings))
            status = STATUS_INFO_LENGTH_MISMATCH;
        else if (Settings->DxState <= PowerDeviceD0 || Settings->DxState > PowerDeviceMaximum ||
                 (Settings->UserControlOfWakeSettings != WakeDoNotAllowUserControl &&
                  Settings->UserControlOfWakeSettings != WakeAllowUserControl) ||
                 (unsigned)Settings->Enabled > WdfUseDefault)
            status = STATUS_INVALID_PARAMETER;
        else
            status = STATUS_POWER_STATE_INVALID;
    }
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfDeviceIndicateWakeStatus: the driver has seen a wake signal, or one that cannot come any more.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_INVALID_PARAMETER (the status says that the signal is awaited still),
 *          STATUS_INVALID_DEVICE_STATE (no wake IRP waits)
 * Gap      nothing wakes this machine, so that no wake IRP ever waits
 * Says     CALL (status), RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdeviceindicatewakestatus
 */
NTSTATUS imp_WdfDeviceIndicateWakeStatus(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device,
                                         NTSTATUS WaitWakeStatus)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDeviceIndicateWakeStatus, fx_handle_obj(f, Device),
                               (uint32_t)WaitWakeStatus, 0, 0, 0);
    struct fx_device *d = fx_device_of(f, Device);
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    (void)DriverGlobals;
    if (d && WaitWakeStatus != STATUS_PENDING && WaitWakeStatus != STATUS_CANCELLED)
        status = STATUS_INVALID_DEVICE_STATE;
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

static NTSTATUS stop_idle(struct fx *f, enum api api, struct fx_device *d, BOOLEAN wait)
{
    NTSTATUS status;

    if (!owner_check(f, api, d))
        return STATUS_INVALID_DEVICE_REQUEST;
    if (wait && !fx_irql_check(f, api, d->object.obj, PASSIVE_LEVEL))
        return STATUS_INVALID_DEVICE_REQUEST;
    status = fx_policy_reference(f, d, wait);
    if (!NT_SUCCESS(status))
        fx_policy_release(f, d); /* a failed call is not to be undone by the driver */
    return status;
}

/*
 * WdfDeviceStopIdleNoTrack: keeps the device in D0, bringing it there first.
 *
 * Irql     <= DISPATCH_LEVEL; PASSIVE_LEVEL to wait
 * Returns  STATUS_SUCCESS (it is in D0), STATUS_PENDING (on its way), STATUS_POWER_STATE_INVALID (it cannot
 *          get there), STATUS_INVALID_DEVICE_REQUEST (not the power policy owner)
 * Gap      none known
 * Says     CALL (WaitForD0), RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdevicestopidlenotrack
 */
NTSTATUS imp_WdfDeviceStopIdleNoTrack(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device,
                                      BOOLEAN WaitForD0)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDeviceStopIdleNoTrack, fx_handle_obj(f, Device),
                               WaitForD0, 0, 0, 0);
    struct fx_device *d = fx_device_of(f, Device);
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;

    (void)DriverGlobals;
    if (d)
        status = stop_idle(f, API_WdfDeviceStopIdleNoTrack, d, WaitForD0);
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfDeviceStopIdleActual: the same with a tag: WdfDeviceStopIdle and WdfDeviceStopIdleWithTag.
 *
 * Irql     <= DISPATCH_LEVEL; PASSIVE_LEVEL to wait
 * Returns  as WdfDeviceStopIdleNoTrack
 * Gap      tags are tracked always; Windows does so under the framework's verifier
 * Says     CALL (WaitForD0), RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdevicestopidleactual
 */
NTSTATUS imp_WdfDeviceStopIdleActual(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device,
                                     BOOLEAN WaitForD0, PVOID Tag, LONG Line, PCCH File)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfDeviceStopIdleActual, fx_handle_obj(f, Device), WaitForD0, 0, 0, 0);
    struct fx_device *d = fx_device_of(f, Device);
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;

    (void)DriverGlobals, (void)Line, (void)File; /* the event's stack says where */
    if (d)
        status = stop_idle(f, API_WdfDeviceStopIdleActual, d, WaitForD0);
    if (NT_SUCCESS(status)) {
        struct fx_tag *t = io_host_alloc(f->s, sizeof(*t));

        *t = (struct fx_tag) { d->pnp->idle->tags, Tag, f->s->trace.site };
        d->pnp->idle->tags = t;
    }
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

static void resume_idle(struct fx *f, enum api api, struct fx_device *d)
{
    if (!owner_check(f, api, d))
        return;
    if (d->pnp->idle->references <= 0)
        fx_break(f, api, d->object.obj, WDF_BREAK_NO_REFERENCE, 0, 0);
    else
        fx_policy_release(f, d);
}

/*
 * WdfDeviceResumeIdleNoTrack: the device may idle again.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      a call without WdfDeviceStopIdle changes nothing; Windows breaks into the debugger
 * Says     CALL, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdeviceresumeidlenotrack
 */
VOID imp_WdfDeviceResumeIdleNoTrack(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfDeviceResumeIdleNoTrack, fx_handle_obj(f, Device), 0, 0, 0, 0);
    struct fx_device *d = fx_device_of(f, Device);

    (void)DriverGlobals;
    if (d)
        resume_idle(f, API_WdfDeviceResumeIdleNoTrack, d);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfDeviceResumeIdleActual: the same with a tag: WdfDeviceResumeIdle and WdfDeviceResumeIdleWithTag.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      as WdfDeviceResumeIdleNoTrack; a tag that was not given is told and changes nothing
 * Says     CALL, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdeviceresumeidleactual
 */
VOID imp_WdfDeviceResumeIdleActual(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device, PVOID Tag,
                                   LONG Line, PCCH File)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfDeviceResumeIdleActual, fx_handle_obj(f, Device), 0, 0, 0, 0);
    struct fx_device *d = fx_device_of(f, Device);
    struct fx_tag **t = d ? &d->pnp->idle->tags : NULL, *gone;

    (void)DriverGlobals, (void)Line, (void)File;
    while (t && *t && (*t)->tag != Tag)
        t = &(*t)->next;
    if (t && *t) {
        gone = *t;
        *t = gone->next;
        io_host_free(f->s, gone, sizeof(*gone));
        resume_idle(f, API_WdfDeviceResumeIdleActual, d);
    } else if (d) {
        fx_break(f, API_WdfDeviceResumeIdleActual, c.obj, WDF_BREAK_NO_REFERENCE, 0, 0);
    }
    call_end(&c, 0, 0, 0, 0);
}
