/*
 * WdfDevice...: what a driver asks of its device.
 */
#include "sim/wdf/pnp.h"

/*
 * WdfDeviceWdmGetDeviceObject: the DEVICE_OBJECT.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  it
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdevicewdmgetdeviceobject
 */
PDEVICE_OBJECT imp_WdfDeviceWdmGetDeviceObject(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfDeviceWdmGetDeviceObject, fx_handle_obj(f, Device), 0, 0, 0, 0);
    struct fx_device *d = fx_device_of(f, Device);

    (void)DriverGlobals;
    call_end(&c, d != NULL, 0, 0, 0);
    return d ? d->wdm : NULL;
}

/*
 * WdfDeviceWdmGetAttachedDevice: what the device is attached to.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  it; NULL: a control device
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdevicewdmgetattacheddevice
 */
PDEVICE_OBJECT imp_WdfDeviceWdmGetAttachedDevice(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                 WDFDEVICE Device)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfDeviceWdmGetAttachedDevice, fx_handle_obj(f, Device), 0, 0, 0, 0);
    struct fx_device *d = fx_device_of(f, Device);

    (void)DriverGlobals;
    call_end(&c, d != NULL, 0, 0, 0);
    return d ? d->attached : NULL;
}

/*
 * WdfDeviceWdmGetPhysicalDevice: the bottom of the device's stack.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  it; NULL: a control device
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdevicewdmgetphysicaldevice
 */
PDEVICE_OBJECT imp_WdfDeviceWdmGetPhysicalDevice(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                 WDFDEVICE Device)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfDeviceWdmGetPhysicalDevice, fx_handle_obj(f, Device), 0, 0, 0, 0);
    struct fx_device *d = fx_device_of(f, Device);

    (void)DriverGlobals;
    call_end(&c, d != NULL, 0, 0, 0);
    return d ? d->pdo : NULL;
}

/*
 * WdfDeviceGetDriver: the device's driver.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  its handle
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdevicegetdriver
 */
WDFDRIVER imp_WdfDeviceGetDriver(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDeviceGetDriver, fx_handle_obj(f, Device), 0, 0, 0, 0);
    struct fx_device *d = fx_device_of(f, Device);

    (void)DriverGlobals;
    call_end(&c, d != NULL, 0, 0, 0);
    return d ? (WDFDRIVER)d->object.driver->object.handle : NULL;
}

/*
 * WdfDeviceGetDevicePnpState: where the PnP machine is.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  the state
 * Gap      states of bus drivers and of children are not among them
 * Says     CALL, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdevicegetdevicepnpstate
 */
WDF_DEVICE_PNP_STATE imp_WdfDeviceGetDevicePnpState(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                    WDFDEVICE Device)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfDeviceGetDevicePnpState, fx_handle_obj(f, Device), 0, 0, 0, 0);
    struct fx_device *d = fx_device_of(f, Device);

    (void)DriverGlobals;
    call_end(&c, d != NULL, 0, 0, 0);
    return d ? (WDF_DEVICE_PNP_STATE)d->pnp->state[FX_MACHINE_PNP] : WdfDevStatePnpInvalid;
}

/*
 * WdfDeviceGetDevicePowerState: where the power machine is.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  the state
 * Gap      no states of waking; between the two rests the names of the pageable path
 * Says     CALL, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdevicegetdevicepowerstate
 */
WDF_DEVICE_POWER_STATE imp_WdfDeviceGetDevicePowerState(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                        WDFDEVICE Device)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfDeviceGetDevicePowerState, fx_handle_obj(f, Device), 0, 0, 0, 0);
    struct fx_device *d = fx_device_of(f, Device);

    (void)DriverGlobals;
    call_end(&c, d != NULL, 0, 0, 0);
    return d ? (WDF_DEVICE_POWER_STATE)d->pnp->state[FX_MACHINE_POWER] : WdfDevStatePowerInvalid;
}

/*
 * WdfDeviceGetDevicePowerPolicyState: where the power policy machine is.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  the state
 * Gap      no states of waking
 * Says     CALL, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdevicegetdevicepowerpolicystate
 */
WDF_DEVICE_POWER_POLICY_STATE
imp_WdfDeviceGetDevicePowerPolicyState(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDeviceGetDevicePowerPolicyState,
                               fx_handle_obj(f, Device), 0, 0, 0, 0);
    struct fx_device *d = fx_device_of(f, Device);

    (void)DriverGlobals;
    call_end(&c, d != NULL, 0, 0, 0);
    return d ? (WDF_DEVICE_POWER_POLICY_STATE)d->pnp->state[FX_MACHINE_POLICY]
             : WdfDevStatePwrPolInvalid;
}

/*
 * WdfDeviceGetSystemPowerAction: what the system is doing with its power.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  PowerActionNone, PowerActionSleep
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdevicegetsystempoweraction
 */
POWER_ACTION imp_WdfDeviceGetSystemPowerAction(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfDeviceGetSystemPowerAction, fx_handle_obj(f, Device), 0, 0, 0, 0);
    struct fx_device *d = fx_device_of(f, Device);

    (void)DriverGlobals;
    call_end(&c, d != NULL, 0, 0, 0);
    return d ? d->pnp->s_action : PowerActionNone;
}

/*
 * WdfDeviceGetCharacteristics: the DEVICE_OBJECT's.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  FILE_... characteristics
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdevicegetcharacteristics
 */
ULONG imp_WdfDeviceGetCharacteristics(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfDeviceGetCharacteristics, fx_handle_obj(f, Device), 0, 0, 0, 0);
    struct fx_device *d = fx_device_of(f, Device);

    (void)DriverGlobals;
    call_end(&c, d != NULL, 0, 0, 0);
    return d ? d->wdm->Characteristics : 0;
}

/*
 * WdfDeviceGetAlignmentRequirement: how buffers must be aligned.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  a mask: FILE_..._ALIGNMENT
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdevicegetalignmentrequirement
 */
ULONG imp_WdfDeviceGetAlignmentRequirement(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDeviceGetAlignmentRequirement, fx_handle_obj(f, Device),
                               0, 0, 0, 0);
    struct fx_device *d = fx_device_of(f, Device);

    (void)DriverGlobals;
    call_end(&c, d != NULL, 0, 0, 0);
    return d ? d->wdm->AlignmentRequirement : 0;
}

/*
 * WdfDeviceSetCharacteristics: the DEVICE_OBJECT's.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdevicesetcharacteristics
 */
VOID imp_WdfDeviceSetCharacteristics(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device,
                                     ULONG DeviceCharacteristics)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDeviceSetCharacteristics, fx_handle_obj(f, Device),
                               DeviceCharacteristics, 0, 0, 0);
    struct fx_device *d = fx_device_of(f, Device);

    (void)DriverGlobals;
    if (d)
        d->wdm->Characteristics = DeviceCharacteristics;
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfDeviceSetAlignmentRequirement: how buffers must be aligned.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdevicesetalignmentrequirement
 */
VOID imp_WdfDeviceSetAlignmentRequirement(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device,
                                          ULONG AlignmentRequirement)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDeviceSetAlignmentRequirement, fx_handle_obj(f, Device),
                               AlignmentRequirement, 0, 0, 0);
    struct fx_device *d = fx_device_of(f, Device);

    (void)DriverGlobals;
    if (d)
        d->alignment = d->wdm->AlignmentRequirement = AlignmentRequirement;
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfDeviceSetStaticStopRemove: whether queries to stop or remove the device are refused outright.
 * Calls are counted.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdevicesetstaticstopremove
 */
VOID imp_WdfDeviceSetStaticStopRemove(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device,
                                      BOOLEAN Stoppable)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDeviceSetStaticStopRemove, fx_handle_obj(f, Device),
                               Stoppable, 0, 0, 0);
    struct fx_device *d = fx_device_of(f, Device);

    (void)DriverGlobals;
    if (d)
        d->pnp->stop_count += Stoppable ? -1 : 1;
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfWdmDeviceGetWdfDeviceHandle: the framework device of a DEVICE_OBJECT.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  its handle; NULL: no framework device's
 * Gap      Windows reads a foreign object's extension and cannot tell
 * Says     CALL, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfwdmdevicegetwdfdevicehandle
 */
WDFDEVICE imp_WdfWdmDeviceGetWdfDeviceHandle(PWDF_DRIVER_GLOBALS DriverGlobals,
                                             PDEVICE_OBJECT DeviceObject)
{
    struct fx *f = fx_now();
    struct fx_device *d = fx_device_by_wdm(f, DeviceObject);
    struct call c =
        call_begin(f->s, API_WdfWdmDeviceGetWdfDeviceHandle, d ? d->object.obj : 0, 0, 0, 0, 0);

    (void)DriverGlobals;
    fx_required(f, DeviceObject);
    call_end(&c, d != NULL, 0, 0, 0);
    return d && DeviceObject ? (WDFDEVICE)d->object.handle : NULL;
}
