/*
 * WdfDeviceInit...: what a driver says of a device before it makes it. Each keeps a copy of what it is
 * given.
 */
#include "sim/wdf/device_init.h"

/* A structure of the right size; Windows breaks into the debugger at another and does nothing. */
bool fx_sized(struct fx *f, enum api api, const void *p, ULONG size, size_t wanted)
{
    if (!fx_required(f, p))
        return false;
    if (size == wanted)
        return true;
    fx_break(f, api, 0, WDF_BREAK_SIZE, size, wanted);
    return false;
}

/*
 * WdfDeviceInitSetPowerPolicyOwnership: whether this driver asks for the device's power.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdeviceinitsetpowerpolicyownership
 */
VOID imp_WdfDeviceInitSetPowerPolicyOwnership(PWDF_DRIVER_GLOBALS DriverGlobals,
                                              PWDFDEVICE_INIT DeviceInit,
                                              BOOLEAN IsPowerPolicyOwner)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfDeviceInitSetPowerPolicyOwnership,
                   fx_driver_of(DriverGlobals)->object.obj, IsPowerPolicyOwner, 0, 0, 0);
    struct WDFDEVICE_INIT *i = fx_init_of(f, DeviceInit);

    if (i)
        i->policy_owner = IsPowerPolicyOwner;
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfDeviceInitSetExclusive: one handle at a time.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdeviceinitsetexclusive
 */
VOID imp_WdfDeviceInitSetExclusive(PWDF_DRIVER_GLOBALS DriverGlobals, PWDFDEVICE_INIT DeviceInit,
                                   BOOLEAN IsExclusive)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDeviceInitSetExclusive,
                               fx_driver_of(DriverGlobals)->object.obj, IsExclusive, 0, 0, 0);
    struct WDFDEVICE_INIT *i = fx_init_of(f, DeviceInit);

    if (i)
        i->exclusive = IsExclusive;
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfDeviceInitSetIoType: how buffers of reads and writes come.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdeviceinitsetiotype
 */
VOID imp_WdfDeviceInitSetIoType(PWDF_DRIVER_GLOBALS DriverGlobals, PWDFDEVICE_INIT DeviceInit,
                                WDF_DEVICE_IO_TYPE IoType)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDeviceInitSetIoType,
                               fx_driver_of(DriverGlobals)->object.obj, (uint64_t)IoType, 0, 0, 0);
    struct WDFDEVICE_INIT *i = fx_init_of(f, DeviceInit);

    if (i)
        i->io_type = IoType;
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfDeviceInitSetIoTypeEx: how buffers of reads and writes come; the rest is for user-mode drivers.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdeviceinitsetiotypeex
 */
VOID imp_WdfDeviceInitSetIoTypeEx(PWDF_DRIVER_GLOBALS DriverGlobals, PWDFDEVICE_INIT DeviceInit,
                                  PWDF_IO_TYPE_CONFIG IoTypeConfig)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfDeviceInitSetIoTypeEx, fx_driver_of(DriverGlobals)->object.obj,
                   IoTypeConfig ? (uint64_t)IoTypeConfig->ReadWriteIoType : 0, 0, 0, 0);
    struct WDFDEVICE_INIT *i = fx_init_of(f, DeviceInit);

    if (i && fx_sized(f, c.api, IoTypeConfig, IoTypeConfig ? IoTypeConfig->Size : 0,
                      sizeof(*IoTypeConfig)))
        i->io_type = IoTypeConfig->ReadWriteIoType;
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfDeviceInitSetPowerNotPageable: the device is needed for paging.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdeviceinitsetpowernotpageable
 */
VOID imp_WdfDeviceInitSetPowerNotPageable(PWDF_DRIVER_GLOBALS DriverGlobals,
                                          PWDFDEVICE_INIT DeviceInit)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDeviceInitSetPowerNotPageable,
                               fx_driver_of(DriverGlobals)->object.obj, 0, 0, 0, 0);
    struct WDFDEVICE_INIT *i = fx_init_of(f, DeviceInit);

    if (i)
        i->pageable = false;
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfDeviceInitSetPowerPageable: its power callbacks may page, as they may by default.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdeviceinitsetpowerpageable
 */
VOID imp_WdfDeviceInitSetPowerPageable(PWDF_DRIVER_GLOBALS DriverGlobals,
                                       PWDFDEVICE_INIT DeviceInit)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDeviceInitSetPowerPageable,
                               fx_driver_of(DriverGlobals)->object.obj, 0, 0, 0, 0);
    struct WDFDEVICE_INIT *i = fx_init_of(f, DeviceInit);

    if (i) {
        i->pageable = true;
        i->inrush = false;
    }
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfDeviceInitSetPowerInrush: it draws much current when it starts.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdeviceinitsetpowerinrush
 */
VOID imp_WdfDeviceInitSetPowerInrush(PWDF_DRIVER_GLOBALS DriverGlobals, PWDFDEVICE_INIT DeviceInit)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDeviceInitSetPowerInrush,
                               fx_driver_of(DriverGlobals)->object.obj, 0, 0, 0, 0);
    struct WDFDEVICE_INIT *i = fx_init_of(f, DeviceInit);

    if (i) {
        i->inrush = true;
        i->pageable = false;
    }
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfDeviceInitSetDeviceType: FILE_DEVICE_..., as in DEVICE_OBJECT.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdeviceinitsetdevicetype
 */
VOID imp_WdfDeviceInitSetDeviceType(PWDF_DRIVER_GLOBALS DriverGlobals, PWDFDEVICE_INIT DeviceInit,
                                    DEVICE_TYPE DeviceType)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDeviceInitSetDeviceType,
                               fx_driver_of(DriverGlobals)->object.obj, DeviceType, 0, 0, 0);
    struct WDFDEVICE_INIT *i = fx_init_of(f, DeviceInit);

    if (i)
        i->type = DeviceType;
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfDeviceInitSetCharacteristics: FILE_... characteristics, as in DEVICE_OBJECT.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdeviceinitsetcharacteristics
 */
VOID imp_WdfDeviceInitSetCharacteristics(PWDF_DRIVER_GLOBALS DriverGlobals,
                                         PWDFDEVICE_INIT DeviceInit, ULONG DeviceCharacteristics,
                                         BOOLEAN OrInValues)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfDeviceInitSetCharacteristics,
                   fx_driver_of(DriverGlobals)->object.obj, DeviceCharacteristics, 0, 0, 0);
    struct WDFDEVICE_INIT *i = fx_init_of(f, DeviceInit);

    if (i)
        i->characteristics = DeviceCharacteristics | (OrInValues ? i->characteristics : 0);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfDeviceInitSetDeviceClass: whose security settings a named device takes.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  nothing
 * Gap      IoCreateDeviceSecure's
 * Says     CALL, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdeviceinitsetdeviceclass
 */
VOID imp_WdfDeviceInitSetDeviceClass(PWDF_DRIVER_GLOBALS DriverGlobals, PWDFDEVICE_INIT DeviceInit,
                                     CONST GUID *DeviceClassGuid)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDeviceInitSetDeviceClass,
                               fx_driver_of(DriverGlobals)->object.obj, 0, 0, 0, 0);
    struct WDFDEVICE_INIT *i = fx_init_of(f, DeviceInit);

    if (i && fx_required(f, DeviceClassGuid)) {
        i->class_guid = *DeviceClassGuid;
        i->class_set = true;
    }
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfDeviceInitSetRemoveLockOptions: which IRPs hold up removal.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  nothing
 * Gap      removal waits for requests in queues; the remove lock itself is not modelled
 * Says     CALL, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdeviceinitsetremovelockoptions
 */
VOID imp_WdfDeviceInitSetRemoveLockOptions(PWDF_DRIVER_GLOBALS DriverGlobals,
                                           PWDFDEVICE_INIT DeviceInit,
                                           PWDF_REMOVE_LOCK_OPTIONS Options)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfDeviceInitSetRemoveLockOptions,
                   fx_driver_of(DriverGlobals)->object.obj, Options ? Options->Flags : 0, 0, 0, 0);
    struct WDFDEVICE_INIT *i = fx_init_of(f, DeviceInit);

    if (i && fx_sized(f, c.api, Options, Options ? Options->Size : 0, sizeof(*Options)))
        i->remove_lock = Options->Flags;
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfDeviceInitSetReleaseHardwareOrderOnFailure: whether a failed device's children go first.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  nothing
 * Gap      devices have no children here: it makes no difference
 * Says     CALL, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdeviceinitsetreleasehardwareorderonfailure
 */
VOID imp_WdfDeviceInitSetReleaseHardwareOrderOnFailure(
    PWDF_DRIVER_GLOBALS DriverGlobals, PWDFDEVICE_INIT DeviceInit,
    WDF_RELEASE_HARDWARE_ORDER_ON_FAILURE ReleaseHardwareOrderOnFailure)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDeviceInitSetReleaseHardwareOrderOnFailure,
                               fx_driver_of(DriverGlobals)->object.obj,
                               (uint64_t)ReleaseHardwareOrderOnFailure, 0, 0, 0);
    struct WDFDEVICE_INIT *i = fx_init_of(f, DeviceInit);

    if (i)
        i->release_order = ReleaseHardwareOrderOnFailure;
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfFdoInitSetFilter: the device is a filter: it hands on what it has no queue for.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdffdo/nf-wdffdo-wdffdoinitsetfilter
 */
VOID imp_WdfFdoInitSetFilter(PWDF_DRIVER_GLOBALS DriverGlobals, PWDFDEVICE_INIT DeviceInit)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfFdoInitSetFilter,
                               fx_driver_of(DriverGlobals)->object.obj, 0, 0, 0, 0);
    struct WDFDEVICE_INIT *i = fx_init_of(f, DeviceInit);

    if (i)
        i->filter = true;
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfDeviceInitAssignName: the device object's name; NULL: none after all.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INVALID_PARAMETER (lengths), STATUS_INSUFFICIENT_RESOURCES
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdeviceinitassignname
 */
NTSTATUS imp_WdfDeviceInitAssignName(PWDF_DRIVER_GLOBALS DriverGlobals, PWDFDEVICE_INIT DeviceInit,
                                     PCUNICODE_STRING DeviceName)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfDeviceInitAssignName, fx_driver_of(DriverGlobals)->object.obj,
                   DeviceName ? DeviceName->Length : 0, 0, 0, 0);
    struct WDFDEVICE_INIT *i = fx_init_of(f, DeviceInit);
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    if (i) {
        status = DeviceName ? fx_unicode_check(DeviceName) : STATUS_SUCCESS;
        if (NT_SUCCESS(status) && DeviceName)
            status = fx_text_copy(f, &i->name, DeviceName);
        if (NT_SUCCESS(status))
            i->named = DeviceName != NULL;
        if (i->named) /* no name of the system's then */
            i->characteristics &= ~(ULONG)FILE_AUTOGENERATED_DEVICE_NAME;
    }
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfDeviceInitAssignSDDLString: who may open the device; NULL: the default after all.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INVALID_PARAMETER (lengths), STATUS_INSUFFICIENT_RESOURCES
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdeviceinitassignsddlstring
 */
NTSTATUS imp_WdfDeviceInitAssignSDDLString(PWDF_DRIVER_GLOBALS DriverGlobals,
                                           PWDFDEVICE_INIT DeviceInit, PCUNICODE_STRING SDDLString)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfDeviceInitAssignSDDLString, fx_driver_of(DriverGlobals)->object.obj,
                   SDDLString ? SDDLString->Length : 0, 0, 0, 0);
    struct WDFDEVICE_INIT *i = fx_init_of(f, DeviceInit);
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    if (i) {
        status = SDDLString ? fx_unicode_check(SDDLString) : STATUS_SUCCESS;
        if (NT_SUCCESS(status) && SDDLString)
            status = fx_text_copy(f, &i->sddl, SDDLString);
        if (NT_SUCCESS(status))
            i->sddl_set = SDDLString != NULL;
    }
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfDeviceInitFree: gives up a WDFDEVICE_INIT of WdfControlDeviceInitAllocate that no device was made of.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      one that the framework itself owns is left alone; Windows breaks into the debugger
 * Says     CALL, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdeviceinitfree
 */
VOID imp_WdfDeviceInitFree(PWDF_DRIVER_GLOBALS DriverGlobals, PWDFDEVICE_INIT DeviceInit)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDeviceInitFree, fx_driver_of(DriverGlobals)->object.obj,
                               0, 0, 0, 0);
    struct WDFDEVICE_INIT *i = fx_init_of(f, DeviceInit);

    if (i && i->kept)
        fx_break(f, API_WdfDeviceInitFree, c.obj, WDF_BREAK_UNDELETABLE, FX_DEVICE, 0);
    else if (i)
        fx_init_free(f, i);
    call_end(&c, 0, 0, 0, 0);
}
