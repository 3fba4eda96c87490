/*
 * WdfDevice...: what a driver tells PnP of its device.
 */
#include "sim/wdf/pnp.h"

/*
 * WdfDeviceGetDeviceState: what the driver has said of the device's state.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdevicegetdevicestate
 */
VOID imp_WdfDeviceGetDeviceState(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device,
                                 PWDF_DEVICE_STATE DeviceState)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfDeviceGetDeviceState, fx_handle_obj(f, Device), 0, 0, 0, 0);
    struct fx_device *d = fx_device_of(f, Device);

    (void)DriverGlobals;
    if (d && fx_required(f, DeviceState)) {
        if (DeviceState->Size == sizeof(*DeviceState))
            *DeviceState = d->pnp->device_state;
        else
            fx_break(f, c.api, c.obj, WDF_BREAK_SIZE, DeviceState->Size, sizeof(*DeviceState));
    }
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfDeviceSetDeviceState: what PnP is told of the device; it is told to ask.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      AssignedToGuest is kept and has no effect; see IoInvalidateDeviceState
 * Says     CALL, IoInvalidateDeviceState's, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdevicesetdevicestate
 */
VOID imp_WdfDeviceSetDeviceState(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device,
                                 PWDF_DEVICE_STATE DeviceState)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfDeviceSetDeviceState, fx_handle_obj(f, Device), 0, 0, 0, 0);
    struct fx_device *d = fx_device_of(f, Device);

    (void)DriverGlobals;
    if (d && fx_required(f, DeviceState)) {
        if (DeviceState->Size != sizeof(*DeviceState)) {
            fx_break(f, c.api, c.obj, WDF_BREAK_SIZE, DeviceState->Size, sizeof(*DeviceState));
        } else {
            d->pnp->device_state = *DeviceState;
            if (d->pdo)
                IoInvalidateDeviceState(d->pdo);
        }
    }
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfDeviceSetPnpCapabilities: what PnP can do with the device.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  nothing
 * Gap      the machine shows nobody its devices
 * Says     CALL, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdevicesetpnpcapabilities
 */
VOID imp_WdfDeviceSetPnpCapabilities(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device,
                                     PWDF_DEVICE_PNP_CAPABILITIES PnpCapabilities)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfDeviceSetPnpCapabilities, fx_handle_obj(f, Device), 0, 0, 0, 0);
    struct fx_device *d = fx_device_of(f, Device);

    (void)DriverGlobals;
    if (d && fx_required(f, PnpCapabilities)) {
        if (PnpCapabilities->Size == sizeof(*PnpCapabilities))
            d->pnp->caps = *PnpCapabilities;
        else
            fx_break(f, c.api, c.obj, WDF_BREAK_SIZE, PnpCapabilities->Size,
                     sizeof(*PnpCapabilities));
    }
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfDeviceSetPowerCapabilities: what the device can do with power.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  nothing
 * Gap      what it says of waking has no effect
 * Says     CALL, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdevicesetpowercapabilities
 */
VOID imp_WdfDeviceSetPowerCapabilities(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device,
                                       PWDF_DEVICE_POWER_CAPABILITIES PowerCapabilities)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfDeviceSetPowerCapabilities, fx_handle_obj(f, Device), 0, 0, 0, 0);
    struct fx_device *d = fx_device_of(f, Device);

    (void)DriverGlobals;
    if (d && fx_required(f, PowerCapabilities)) {
        if (PowerCapabilities->Size == sizeof(*PowerCapabilities))
            d->pnp->power_caps = *PowerCapabilities;
        else
            fx_break(f, c.api, c.obj, WDF_BREAK_SIZE, PowerCapabilities->Size,
                     sizeof(*PowerCapabilities));
    }
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfDeviceSetFailed: the device is broken. PnP asks for its state, hears so and removes it.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      the bus cannot re-enumerate a device: one to be restarted is removed like any other
 * Says     CALL, IoInvalidateDeviceState's, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdevicesetfailed
 */
VOID imp_WdfDeviceSetFailed(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device,
                            WDF_DEVICE_FAILED_ACTION FailedAction)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDeviceSetFailed, fx_handle_obj(f, Device),
                               (uint64_t)FailedAction, 0, 0, 0);
    struct fx_device *d = fx_device_of(f, Device);

    (void)DriverGlobals;
    if (d) {
        d->pnp->failed_action = FailedAction;
        d->pnp->failed = true;
        if (d->pdo)
            IoInvalidateDeviceState(d->pdo);
    }
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfDeviceSetSpecialFileSupport: whether the device may carry such a file.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  nothing
 * Gap      paging, hibernation and dump files do not exist here: nothing is refused for want of it
 * Says     CALL, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdevicesetspecialfilesupport
 */
VOID imp_WdfDeviceSetSpecialFileSupport(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device,
                                        WDF_SPECIAL_FILE_TYPE FileType, BOOLEAN FileTypeIsSupported)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDeviceSetSpecialFileSupport, fx_handle_obj(f, Device),
                               (uint64_t)FileType, 0, 0, 0);
    struct fx_device *d = fx_device_of(f, Device);

    (void)DriverGlobals;
    if (d && (FileType <= WdfSpecialFileUndefined || FileType >= WdfSpecialFileMax))
        fx_break(f, c.api, c.obj, WDF_BREAK_INDEX, (uint64_t)FileType, WdfSpecialFileMax);
    else if (d)
        d->pnp->special_ok[FileType] = FileTypeIsSupported;
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfDeviceRetrieveDeviceName: the DEVICE_OBJECT's name.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INVALID_DEVICE_REQUEST (it has none), STATUS_INSUFFICIENT_RESOURCES
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdeviceretrievedevicename
 */
NTSTATUS imp_WdfDeviceRetrieveDeviceName(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device,
                                         WDFSTRING String)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfDeviceRetrieveDeviceName, fx_handle_obj(f, Device), 0, 0, 0, 0);
    struct fx_device *d = fx_device_of(f, Device);
    struct fx_string *s = d ? fx_string_of(f, String) : NULL;
    struct io_device *wdm = s ? io_device_of(f->s, d->wdm) : NULL;
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;

    (void)DriverGlobals;
    if (wdm && wdm->name)
        status = fx_string_assign(s, io_name_string(wdm->name));
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfDeviceOpenRegistryKey: the device's or its driver's key.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INVALID_DEVICE_REQUEST (a control device), those of IoOpenDeviceRegistryKey
 * Gap      none known
 * Says     CALL, IoOpenDeviceRegistryKey's, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdeviceopenregistrykey
 */
NTSTATUS imp_WdfDeviceOpenRegistryKey(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device,
                                      ULONG DeviceInstanceKeyType, ACCESS_MASK DesiredAccess,
                                      PWDF_OBJECT_ATTRIBUTES KeyAttributes, WDFKEY *Key)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDeviceOpenRegistryKey, fx_handle_obj(f, Device),
                               DeviceInstanceKeyType, 0, 0, 0);
    struct fx_device *d = fx_device_of(f, Device);
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;

    (void)DriverGlobals;
    if (d && fx_required(f, Key)) {
        *Key = NULL;
        if (d->pdo)
            status = fx_device_key(f, d->object.driver, d->pdo, DeviceInstanceKeyType,
                                   DesiredAccess, KeyAttributes, Key);
    }
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}
