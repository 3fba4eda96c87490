/*
 * WdfDeviceInit...: the callbacks that a device will have.
 */
#include "sim/wdf/device_init.h"

/* A state and kinds of callback that there are. */
static NTSTATUS watch_add(struct fx *f, struct WDFDEVICE_INIT *i, enum fx_machine machine,
                          ULONG state, ULONG types, struct fx_watch **out)
{
    static const ULONG first[] = { WdfDevStatePnpObjectCreated, WdfDevStatePowerObjectCreated,
                                   WdfDevStatePwrPolObjectCreated };
    static const ULONG end[] = { WdfDevStatePnpNull, WdfDevStatePowerNull, WdfDevStatePwrPolNull };
    struct fx_watch **last = &i->watches;

    if (state < first[machine] || state >= end[machine] || !types ||
        types & ~(ULONG)StateNotificationAllStates)
        return STATUS_INVALID_PARAMETER;
    while (*last)
        last = &(*last)->next;
    *last = io_host_alloc(f->s, sizeof(**last));
    **last = (struct fx_watch) { .state = state, .types = types, .machine = machine };
    *out = *last;
    return STATUS_SUCCESS;
}

static NTSTATUS preprocess_add(struct fx *f, struct WDFDEVICE_INIT *i,
                               PFN_WDFDEVICE_WDM_IRP_PREPROCESS fn, UCHAR major, PUCHAR minors,
                               ULONG count)
{
    struct fx_preprocess *p;

    if (major > IRP_MJ_MAXIMUM_FUNCTION)
        return STATUS_INVALID_PARAMETER;
    p = &i->preprocess[major];
    if (p->minor_count && count)
        return STATUS_INVALID_DEVICE_REQUEST;
    if (count) {
        p->minors = io_host_alloc(f->s, count);
        memcpy(p->minors, minors, count);
        p->minor_count = count;
    }
    p->fn = fn;
    i->preprocesses = true;
    return STATUS_SUCCESS;
}

/*
 * WdfDeviceInitSetPnpPowerEventCallbacks: callbacks for PnP and power.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdeviceinitsetpnppowereventcallbacks
 */
VOID imp_WdfDeviceInitSetPnpPowerEventCallbacks(
    PWDF_DRIVER_GLOBALS DriverGlobals, PWDFDEVICE_INIT DeviceInit,
    PWDF_PNPPOWER_EVENT_CALLBACKS PnpPowerEventCallbacks)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDeviceInitSetPnpPowerEventCallbacks,
                               fx_driver_of(DriverGlobals)->object.obj, 0, 0, 0, 0);
    struct WDFDEVICE_INIT *i = fx_init_of(f, DeviceInit);

    if (i && fx_sized(f, c.api, PnpPowerEventCallbacks,
                      PnpPowerEventCallbacks ? PnpPowerEventCallbacks->Size : 0, sizeof(i->pnp)))
        i->pnp = *PnpPowerEventCallbacks;
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfDeviceInitSetPowerPolicyEventCallbacks: callbacks for waking.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  nothing
 * Gap      none of them is called: nothing wakes this machine
 * Says     CALL, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdeviceinitsetpowerpolicyeventcallbacks
 */
VOID imp_WdfDeviceInitSetPowerPolicyEventCallbacks(
    PWDF_DRIVER_GLOBALS DriverGlobals, PWDFDEVICE_INIT DeviceInit,
    PWDF_POWER_POLICY_EVENT_CALLBACKS PowerPolicyEventCallbacks)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDeviceInitSetPowerPolicyEventCallbacks,
                               fx_driver_of(DriverGlobals)->object.obj, 0, 0, 0, 0);
    struct WDFDEVICE_INIT *i = fx_init_of(f, DeviceInit);

    if (i && fx_sized(f, c.api, PowerPolicyEventCallbacks,
                      PowerPolicyEventCallbacks ? PowerPolicyEventCallbacks->Size : 0,
                      sizeof(i->policy)))
        i->policy = *PowerPolicyEventCallbacks;
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfDeviceInitSetFileObjectConfig: callbacks and context of file objects.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdeviceinitsetfileobjectconfig
 */
VOID imp_WdfDeviceInitSetFileObjectConfig(PWDF_DRIVER_GLOBALS DriverGlobals,
                                          PWDFDEVICE_INIT DeviceInit,
                                          PWDF_FILEOBJECT_CONFIG FileObjectConfig,
                                          PWDF_OBJECT_ATTRIBUTES FileObjectAttributes)
{
    static const struct fx_attributes_rules rules = { .parent_forbidden = true,
                                                      .scope_allowed = true,
                                                      .level_allowed = true };
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDeviceInitSetFileObjectConfig,
                               fx_driver_of(DriverGlobals)->object.obj, 0, 0, 0, 0);
    struct WDFDEVICE_INIT *i = fx_init_of(f, DeviceInit);

    if (i &&
        fx_sized(f, c.api, FileObjectConfig, FileObjectConfig ? FileObjectConfig->Size : 0,
                 sizeof(i->file_config)) &&
        NT_SUCCESS(fx_attributes_check(f, FileObjectAttributes, &rules))) {
        i->file_config = *FileObjectConfig;
        i->file_config_set = true;
        if (FileObjectAttributes)
            i->file_attributes = *FileObjectAttributes;
    }
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfDeviceInitSetRequestAttributes: context and callbacks of each request.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdeviceinitsetrequestattributes
 */
VOID imp_WdfDeviceInitSetRequestAttributes(PWDF_DRIVER_GLOBALS DriverGlobals,
                                           PWDFDEVICE_INIT DeviceInit,
                                           PWDF_OBJECT_ATTRIBUTES RequestAttributes)
{
    static const struct fx_attributes_rules rules = { .parent_forbidden = true };
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDeviceInitSetRequestAttributes,
                               fx_driver_of(DriverGlobals)->object.obj, 0, 0, 0, 0);
    struct WDFDEVICE_INIT *i = fx_init_of(f, DeviceInit);

    if (i && fx_required(f, RequestAttributes) &&
        NT_SUCCESS(fx_attributes_check(f, RequestAttributes, &rules)))
        i->request_attributes = *RequestAttributes;
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfDeviceInitSetIoInCallerContextCallback: what sees requests first, in their requester's thread.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdeviceinitsetioincallercontextcallback
 */
VOID imp_WdfDeviceInitSetIoInCallerContextCallback(
    PWDF_DRIVER_GLOBALS DriverGlobals, PWDFDEVICE_INIT DeviceInit,
    PFN_WDF_IO_IN_CALLER_CONTEXT EvtIoInCallerContext)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDeviceInitSetIoInCallerContextCallback,
                               fx_driver_of(DriverGlobals)->object.obj, 0, 0, 0, 0);
    struct WDFDEVICE_INIT *i = fx_init_of(f, DeviceInit);

    if (i)
        i->in_caller_context = EvtIoInCallerContext;
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfControlDeviceInitSetShutdownNotification: what a control device is told when the system shuts down.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  nothing
 * Gap      the machine is never shut down: it is not called
 * Says     CALL, RETURN
 * Source   wdfcontrol/nf-wdfcontrol-wdfcontroldeviceinitsetshutdownnotification
 */
VOID imp_WdfControlDeviceInitSetShutdownNotification(
    PWDF_DRIVER_GLOBALS DriverGlobals, PWDFDEVICE_INIT DeviceInit,
    PFN_WDF_DEVICE_SHUTDOWN_NOTIFICATION Notification, UCHAR Flags)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfControlDeviceInitSetShutdownNotification,
                               fx_driver_of(DriverGlobals)->object.obj, Flags, 0, 0, 0);
    struct WDFDEVICE_INIT *i = fx_init_of(f, DeviceInit);

    if (i) {
        i->shutdown = Notification;
        i->shutdown_flags = Flags;
    }
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfFdoInitSetEventCallbacks: callbacks for resource requirements.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdffdo/nf-wdffdo-wdffdoinitseteventcallbacks
 */
VOID imp_WdfFdoInitSetEventCallbacks(PWDF_DRIVER_GLOBALS DriverGlobals, PWDFDEVICE_INIT DeviceInit,
                                     PWDF_FDO_EVENT_CALLBACKS FdoEventCallbacks)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfFdoInitSetEventCallbacks,
                               fx_driver_of(DriverGlobals)->object.obj, 0, 0, 0, 0);
    struct WDFDEVICE_INIT *i = fx_init_of(f, DeviceInit);

    if (i && fx_sized(f, c.api, FdoEventCallbacks, FdoEventCallbacks ? FdoEventCallbacks->Size : 0,
                      sizeof(i->fdo)))
        i->fdo = *FdoEventCallbacks;
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfDeviceInitRegisterPnpStateChangeCallback: a callback for a state of the PnP machine.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INVALID_PARAMETER (state, kinds of callback)
 * Gap      states of devices with children and of waking are never entered
 * Says     CALL, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdeviceinitregisterpnpstatechangecallback
 */
NTSTATUS imp_WdfDeviceInitRegisterPnpStateChangeCallback(
    PWDF_DRIVER_GLOBALS DriverGlobals, PWDFDEVICE_INIT DeviceInit, WDF_DEVICE_PNP_STATE PnpState,
    PFN_WDF_DEVICE_PNP_STATE_CHANGE_NOTIFICATION EvtDevicePnpStateChange, ULONG CallbackTypes)
{
    struct fx_watch *w = NULL;
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfDeviceInitRegisterPnpStateChangeCallback,
                   fx_driver_of(DriverGlobals)->object.obj, (uint64_t)PnpState, 0, 0, 0);
    struct WDFDEVICE_INIT *i = fx_init_of(f, DeviceInit);
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    if (i && fx_required(f, (const void *)EvtDevicePnpStateChange)) {
        status = watch_add(f, i, FX_MACHINE_PNP, WdfDevStateNormalize((ULONG)PnpState),
                           CallbackTypes, &w);
        if (w)
            w->fn.pnp = EvtDevicePnpStateChange;
    }
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfDeviceInitRegisterPowerStateChangeCallback: a callback for a state of the power machine.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INVALID_PARAMETER (state, kinds of callback)
 * Gap      states of devices with children and of waking are never entered
 * Says     CALL, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdeviceinitregisterpowerstatechangecallback
 */
NTSTATUS imp_WdfDeviceInitRegisterPowerStateChangeCallback(
    PWDF_DRIVER_GLOBALS DriverGlobals, PWDFDEVICE_INIT DeviceInit,
    WDF_DEVICE_POWER_STATE PowerState,
    PFN_WDF_DEVICE_POWER_STATE_CHANGE_NOTIFICATION EvtDevicePowerStateChange, ULONG CallbackTypes)
{
    struct fx_watch *w = NULL;
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfDeviceInitRegisterPowerStateChangeCallback,
                   fx_driver_of(DriverGlobals)->object.obj, (uint64_t)PowerState, 0, 0, 0);
    struct WDFDEVICE_INIT *i = fx_init_of(f, DeviceInit);
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    if (i && fx_required(f, (const void *)EvtDevicePowerStateChange)) {
        status = watch_add(f, i, FX_MACHINE_POWER, WdfDevStateNormalize((ULONG)PowerState),
                           CallbackTypes, &w);
        if (w)
            w->fn.power = EvtDevicePowerStateChange;
    }
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfDeviceInitRegisterPowerPolicyStateChangeCallback: a callback for a state of the power policy machine.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INVALID_PARAMETER (state, kinds of callback)
 * Gap      states of devices with children and of waking are never entered
 * Says     CALL, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdeviceinitregisterpowerpolicystatechangecallback
 */
NTSTATUS imp_WdfDeviceInitRegisterPowerPolicyStateChangeCallback(
    PWDF_DRIVER_GLOBALS DriverGlobals, PWDFDEVICE_INIT DeviceInit,
    WDF_DEVICE_POWER_POLICY_STATE PowerPolicyState,
    PFN_WDF_DEVICE_POWER_POLICY_STATE_CHANGE_NOTIFICATION EvtDevicePowerPolicyStateChange,
    ULONG CallbackTypes)
{
    struct fx_watch *w = NULL;
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfDeviceInitRegisterPowerPolicyStateChangeCallback,
                   fx_driver_of(DriverGlobals)->object.obj, (uint64_t)PowerPolicyState, 0, 0, 0);
    struct WDFDEVICE_INIT *i = fx_init_of(f, DeviceInit);
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    if (i && fx_required(f, (const void *)EvtDevicePowerPolicyStateChange)) {
        status = watch_add(f, i, FX_MACHINE_POLICY, WdfDevStateNormalize((ULONG)PowerPolicyState),
                           CallbackTypes, &w);
        if (w)
            w->fn.policy = EvtDevicePowerPolicyStateChange;
    }
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfDeviceInitAssignWdmIrpPreprocessCallback: what sees IRPs of a major function before the framework does.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INVALID_PARAMETER (no such function),
 *          STATUS_INVALID_DEVICE_REQUEST (minor functions were given before)
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdeviceinitassignwdmirppreprocesscallback
 */
NTSTATUS imp_WdfDeviceInitAssignWdmIrpPreprocessCallback(
    PWDF_DRIVER_GLOBALS DriverGlobals, PWDFDEVICE_INIT DeviceInit,
    PFN_WDFDEVICE_WDM_IRP_PREPROCESS EvtDeviceWdmIrpPreprocess, UCHAR MajorFunction,
    PUCHAR MinorFunctions, ULONG NumMinorFunctions)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDeviceInitAssignWdmIrpPreprocessCallback,
                               fx_driver_of(DriverGlobals)->object.obj, MajorFunction, 0, 0, 0);
    struct WDFDEVICE_INIT *i = fx_init_of(f, DeviceInit);
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    if (i && fx_required(f, (const void *)EvtDeviceWdmIrpPreprocess))
        status = preprocess_add(f, i, EvtDeviceWdmIrpPreprocess, MajorFunction, MinorFunctions,
                                NumMinorFunctions);
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}
