/*
 * A device's properties by key, all of which are the I/O manager's, and the key of the device map.
 *
 * Source: wdfdevice/, microsoft/Windows-Driver-Frameworks (fxdeviceapi.cpp, fxdevice.cpp, fxdevicekm.cpp)
 */
#include "sim/wdf/device.h"

static NTSTATUS property_check(struct fx *f, const WDF_DEVICE_PROPERTY_DATA *which)
{
    if (!fx_required(f, which))
        return STATUS_INVALID_PARAMETER;
    return which->Size == sizeof(*which) ? STATUS_SUCCESS : STATUS_INFO_LENGTH_MISMATCH;
}

static NTSTATUS property_memory(struct fx *f, struct fx_driver *driver, PDEVICE_OBJECT pdo,
                                PWDF_DEVICE_PROPERTY_DATA which, POOL_TYPE pool,
                                PWDF_OBJECT_ATTRIBUTES attributes, struct fx_memory **out,
                                PDEVPROPTYPE type)
{
    ULONG bytes = 0;
    NTSTATUS status =
        IoGetDevicePropertyData(pdo, which->PropertyKey, which->Lcid, 0, 0, NULL, &bytes, type);

    *out = NULL;
    if (status != STATUS_BUFFER_TOO_SMALL)
        return status;
    status = fx_memory_create(f, driver, &driver->object, attributes, pool, 0, bytes, out);
    if (!NT_SUCCESS(status))
        return status;
    status = IoGetDevicePropertyData(pdo, which->PropertyKey, which->Lcid, 0, bytes, (*out)->buffer,
                                     &bytes, type);
    if (!NT_SUCCESS(status)) {
        fx_delete(&(*out)->object);
        *out = NULL;
    }
    return status;
}

/* The device's PDO. A control device has none to ask. */
static NTSTATUS pdo_of(struct fx *f, WDFDEVICE handle, PDEVICE_OBJECT *pdo)
{
    const struct fx_device *d = fx_device_of(f, handle);

    *pdo = NULL;
    if (!d)
        return STATUS_INVALID_HANDLE;
    if (d->control)
        return STATUS_INVALID_DEVICE_REQUEST;
    *pdo = d->pdo;
    return d->pdo ? STATUS_SUCCESS : STATUS_INVALID_DEVICE_STATE;
}

/*
 * WdfDeviceQueryPropertyEx: a property by its key.
 *
 * Irql     <= APC_LEVEL
 * Units    BufferLength, *RequiredSize: bytes
 * Returns  STATUS_SUCCESS, STATUS_BUFFER_TOO_SMALL, STATUS_INFO_LENGTH_MISMATCH (Size),
 *          STATUS_INVALID_PARAMETER (a buffer without bytes, bytes without a buffer), those of
 *          IoGetDevicePropertyData
 * Gap      those of IoGetDevicePropertyData
 * Says     CALL (bytes), IoGetDevicePropertyData's, RETURN (status, bytes)
 * Source   wdfdevice/nf-wdfdevice-wdfdevicequerypropertyex
 */
NTSTATUS imp_WdfDeviceQueryPropertyEx(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device,
                                      PWDF_DEVICE_PROPERTY_DATA DeviceProperty, ULONG BufferLength,
                                      PVOID PropertyBuffer, PULONG RequiredSize, PDEVPROPTYPE Type)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDeviceQueryPropertyEx, fx_handle_obj(f, Device),
                               BufferLength, 0, 0, 0);
    NTSTATUS status = property_check(f, DeviceProperty);
    ULONG bytes = 0;
    PDEVICE_OBJECT pdo;

    (void)DriverGlobals;
    if (NT_SUCCESS(status) && !(fx_required(f, RequiredSize) && fx_required(f, Type)))
        status = STATUS_INVALID_PARAMETER;
    if (NT_SUCCESS(status) && !BufferLength != !PropertyBuffer)
        status = STATUS_INVALID_PARAMETER;
    if (NT_SUCCESS(status)) {
        *RequiredSize = 0;
        *Type = 0;
        status = pdo_of(f, Device, &pdo);
    }
    if (NT_SUCCESS(status)) {
        status = IoGetDevicePropertyData(pdo, DeviceProperty->PropertyKey, DeviceProperty->Lcid, 0,
                                         BufferLength, PropertyBuffer, &bytes, Type);
        *RequiredSize = bytes;
    }
    call_end(&c, (uint32_t)status, bytes, 0, 0);
    return status;
}

/*
 * WdfDeviceAllocAndQueryPropertyEx: the same as a memory object of its size.
 *
 * Irql     <= APC_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INFO_LENGTH_MISMATCH (Size), STATUS_INSUFFICIENT_RESOURCES, those
 *          of IoGetDevicePropertyData, those of the attributes
 * Gap      those of IoGetDevicePropertyData
 * Says     CALL (pool type), IoGetDevicePropertyData's, RETURN (status, bytes)
 * Source   wdfdevice/nf-wdfdevice-wdfdeviceallocandquerypropertyex
 */
NTSTATUS imp_WdfDeviceAllocAndQueryPropertyEx(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device,
                                              PWDF_DEVICE_PROPERTY_DATA DeviceProperty,
                                              POOL_TYPE PoolType,
                                              PWDF_OBJECT_ATTRIBUTES PropertyMemoryAttributes,
                                              WDFMEMORY *PropertyMemory, PDEVPROPTYPE Type)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDeviceAllocAndQueryPropertyEx, fx_handle_obj(f, Device),
                               PoolType, 0, 0, 0);
    const struct fx_attributes_rules rules = { 0 };
    NTSTATUS status = property_check(f, DeviceProperty);
    struct fx_memory *m = NULL;
    PDEVICE_OBJECT pdo;

    if (NT_SUCCESS(status) && !(fx_required(f, PropertyMemory) && fx_required(f, Type)))
        status = STATUS_INVALID_PARAMETER;
    if (NT_SUCCESS(status)) {
        *PropertyMemory = NULL;
        status = fx_attributes_check(f, PropertyMemoryAttributes, &rules);
        if (NT_SUCCESS(status))
            status = pdo_of(f, Device, &pdo);
        if (NT_SUCCESS(status))
            status = property_memory(f, fx_driver_of(DriverGlobals), pdo, DeviceProperty, PoolType,
                                     PropertyMemoryAttributes, &m, Type);
        if (m)
            *PropertyMemory = m->object.handle;
    }
    call_end(&c, (uint32_t)status, m ? m->bytes : 0, 0, 0);
    return status;
}

/*
 * WdfDeviceAssignProperty: sets a property by its key; without data it is deleted.
 *
 * Irql     <= APC_LEVEL
 * Units    Size: bytes
 * Returns  STATUS_SUCCESS, STATUS_INFO_LENGTH_MISMATCH (Size of the structure),
 *          STATUS_INVALID_PARAMETER (data without bytes, bytes without data), those of
 *          IoSetDevicePropertyData
 * Gap      those of IoSetDevicePropertyData
 * Says     CALL (type, bytes), IoSetDevicePropertyData's, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdeviceassignproperty
 */
NTSTATUS imp_WdfDeviceAssignProperty(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device,
                                     PWDF_DEVICE_PROPERTY_DATA DeviceProperty, DEVPROPTYPE Type,
                                     ULONG Size, PVOID Data)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfDeviceAssignProperty, fx_handle_obj(f, Device), Type, Size, 0, 0);
    NTSTATUS status = property_check(f, DeviceProperty);
    PDEVICE_OBJECT pdo;

    (void)DriverGlobals;
    if (NT_SUCCESS(status) && !Size != !Data)
        status = STATUS_INVALID_PARAMETER;
    if (NT_SUCCESS(status))
        status = pdo_of(f, Device, &pdo);
    if (NT_SUCCESS(status))
        status = IoSetDevicePropertyData(pdo, DeviceProperty->PropertyKey, DeviceProperty->Lcid,
                                         DeviceProperty->Flags, Type, Size, Data);
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

#define DEVICEMAP L"\\Registry\\Machine\\Hardware\\DeviceMap\\"
#define DEVICEMAP_CHARS 256

/*
 * WdfDeviceOpenDevicemapKey: a volatile key below DEVICEMAP, made where it is missing.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INVALID_PARAMETER (the name's lengths), STATUS_BUFFER_TOO_SMALL (a
 *          name of more than some 200 characters), those of ZwCreateKey, those of the attributes
 * Gap      none known
 * Says     CALL (access), ZwCreateKey's, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdeviceopendevicemapkey
 */
NTSTATUS imp_WdfDeviceOpenDevicemapKey(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device,
                                       PCUNICODE_STRING KeyName, ACCESS_MASK DesiredAccess,
                                       PWDF_OBJECT_ATTRIBUTES KeyAttributes, WDFKEY *Key)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDeviceOpenDevicemapKey, fx_handle_obj(f, Device),
                               DesiredAccess, 0, 0, 0);
    struct fx_driver *driver = fx_driver_of(DriverGlobals);
    const struct fx_attributes_rules rules = { 0 };
    WCHAR chars[DEVICEMAP_CHARS] = DEVICEMAP;
    UNICODE_STRING path = { sizeof(DEVICEMAP) - sizeof(WCHAR), sizeof(chars), chars };
    NTSTATUS status = STATUS_INVALID_PARAMETER;
    struct fx_key *k = NULL;
    OBJECT_ATTRIBUTES a;
    HANDLE handle;

    if (fx_device_of(f, Device) && fx_required(f, KeyName) && fx_required(f, Key)) {
        *Key = NULL;
        status = fx_attributes_check(f, KeyAttributes, &rules);
        if (NT_SUCCESS(status))
            status = fx_unicode_check(KeyName);
        if (NT_SUCCESS(status))
            status = RtlAppendUnicodeStringToString(&path, KeyName);
        InitializeObjectAttributes(&a, &path, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL, NULL);
        if (NT_SUCCESS(status))
            status = ZwCreateKey(&handle, DesiredAccess, &a, 0, NULL, REG_OPTION_VOLATILE, NULL);
        if (NT_SUCCESS(status))
            status = fx_key_create(f, driver, &driver->object, KeyAttributes, handle, &k);
        if (k)
            *Key = k->object.handle;
    }
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}
