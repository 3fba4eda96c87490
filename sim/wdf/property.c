/*
 * What PnP knows of a device, for WdfDevice... and WdfFdoInit...: properties, registry keys, the interfaces
 * of lower drivers.
 *
 * Source: wdf/obtaining-device-properties, microsoft/Windows-Driver-Frameworks (fxdevicebase.cpp,
 *         fxdevice.cpp)
 */
#include "sim/wdf/pnp.h"

NTSTATUS fx_device_key(struct fx *f, struct fx_driver *driver, PDEVICE_OBJECT pdo, ULONG kind,
                       ACCESS_MASK access, PWDF_OBJECT_ATTRIBUTES attributes, WDFKEY *key)
{
    static const struct fx_attributes_rules rules = { 0 };
    NTSTATUS status = fx_attributes_check(f, attributes, &rules);
    struct fx_key *k = NULL;
    HANDLE handle;

    if (NT_SUCCESS(status))
        status = IoOpenDeviceRegistryKey(pdo, kind, access, &handle);
    if (NT_SUCCESS(status))
        status = fx_key_create(f, driver, &driver->object, attributes, handle, &k);
    if (k)
        *key = k->object.handle;
    return status;
}

/* Asked for its length, then for itself. */
static NTSTATUS property_alloc(struct fx *f, struct fx_driver *driver, struct fx_object *parent,
                               PDEVICE_OBJECT pdo, DEVICE_REGISTRY_PROPERTY property,
                               POOL_TYPE pool, PWDF_OBJECT_ATTRIBUTES attributes, WDFMEMORY *out)
{
    static const struct fx_attributes_rules rules = { 0 };
    NTSTATUS status = fx_attributes_check(f, attributes, &rules);
    struct fx_memory *m = NULL;
    ULONG bytes = 0;

    if (!NT_SUCCESS(status))
        return status;
    status = IoGetDeviceProperty(pdo, property, 0, NULL, &bytes);
    if (status != STATUS_BUFFER_TOO_SMALL)
        return NT_SUCCESS(status) ? STATUS_INVALID_DEVICE_REQUEST : status;
    status = fx_memory_create(f, driver, parent, attributes, pool, 0, bytes, &m);
    if (!NT_SUCCESS(status))
        return status;
    status = IoGetDeviceProperty(pdo, property, bytes, m->buffer, &bytes);
    if (NT_SUCCESS(status))
        *out = m->object.handle;
    else
        fx_delete(&m->object);
    return status;
}

/*
 * WdfDeviceQueryProperty: a property of the device.
 *
 * Irql     PASSIVE_LEVEL
 * Units    BufferLength, *ResultLength: bytes
 * Returns  those of IoGetDeviceProperty; STATUS_INVALID_DEVICE_REQUEST: a control device
 * Gap      IoGetDeviceProperty's
 * Says     CALL (property, length), IoGetDeviceProperty's, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdevicequeryproperty
 */
NTSTATUS imp_WdfDeviceQueryProperty(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device,
                                    DEVICE_REGISTRY_PROPERTY DeviceProperty, ULONG BufferLength,
                                    PVOID PropertyBuffer, PULONG ResultLength)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDeviceQueryProperty, fx_handle_obj(f, Device),
                               (uint64_t)DeviceProperty, BufferLength, 0, 0);
    struct fx_device *d = fx_device_of(f, Device);
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;

    (void)DriverGlobals;
    if (d && fx_required(f, ResultLength) && d->pdo)
        status =
            IoGetDeviceProperty(d->pdo, DeviceProperty, BufferLength, PropertyBuffer, ResultLength);
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfDeviceAllocAndQueryProperty: the same in a memory object.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INSUFFICIENT_RESOURCES, those of the attributes and of
 *          IoGetDeviceProperty; STATUS_INVALID_DEVICE_REQUEST: a control device
 * Gap      IoGetDeviceProperty's
 * Says     CALL (property), IoGetDeviceProperty's, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdeviceallocandqueryproperty
 */
NTSTATUS imp_WdfDeviceAllocAndQueryProperty(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device,
                                            DEVICE_REGISTRY_PROPERTY DeviceProperty,
                                            POOL_TYPE PoolType,
                                            PWDF_OBJECT_ATTRIBUTES PropertyMemoryAttributes,
                                            WDFMEMORY *PropertyMemory)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDeviceAllocAndQueryProperty, fx_handle_obj(f, Device),
                               (uint64_t)DeviceProperty, 0, 0, 0);
    struct fx_device *d = fx_device_of(f, Device);
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;

    (void)DriverGlobals;
    if (d && fx_required(f, PropertyMemory)) {
        *PropertyMemory = NULL;
        if (d->pdo)
            status = property_alloc(f, d->object.driver, &d->object, d->pdo, DeviceProperty,
                                    PoolType, PropertyMemoryAttributes, PropertyMemory);
    }
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/* --- before the device is made --- */

/*
 * WdfFdoInitWdmGetPhysicalDevice: the PDO that a device is going to be made for.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  it; NULL: not EvtDriverDeviceAdd's WDFDEVICE_INIT
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdffdo/nf-wdffdo-wdffdoinitwdmgetphysicaldevice
 */
PDEVICE_OBJECT imp_WdfFdoInitWdmGetPhysicalDevice(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                  PWDFDEVICE_INIT DeviceInit)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfFdoInitWdmGetPhysicalDevice,
                               fx_driver_of(DriverGlobals)->object.obj, 0, 0, 0, 0);
    struct WDFDEVICE_INIT *i = fx_init_of(f, DeviceInit);

    call_end(&c, i && i->pdo, 0, 0, 0);
    return i ? i->pdo : NULL;
}

/*
 * WdfFdoInitOpenRegistryKey: the device's or its driver's key.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INVALID_PARAMETER (not EvtDriverDeviceAdd's), those of
 *          IoOpenDeviceRegistryKey
 * Gap      none known
 * Says     CALL (kind), IoOpenDeviceRegistryKey's, RETURN
 * Source   wdffdo/nf-wdffdo-wdffdoinitopenregistrykey
 */
NTSTATUS imp_WdfFdoInitOpenRegistryKey(PWDF_DRIVER_GLOBALS DriverGlobals,
                                       PWDFDEVICE_INIT DeviceInit, ULONG DeviceInstanceKeyType,
                                       ACCESS_MASK DesiredAccess,
                                       PWDF_OBJECT_ATTRIBUTES KeyAttributes, WDFKEY *Key)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfFdoInitOpenRegistryKey, fx_driver_of(DriverGlobals)->object.obj,
                   DeviceInstanceKeyType, 0, 0, 0);
    struct WDFDEVICE_INIT *i = fx_init_of(f, DeviceInit);
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    if (i && fx_required(f, Key)) {
        *Key = NULL;
        if (i->pdo)
            status = fx_device_key(f, i->driver, i->pdo, DeviceInstanceKeyType, DesiredAccess,
                                   KeyAttributes, Key);
    }
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfFdoInitQueryProperty: a property of the device.
 *
 * Irql     PASSIVE_LEVEL
 * Units    BufferLength, *ResultLength: bytes
 * Returns  those of IoGetDeviceProperty; STATUS_INVALID_PARAMETER: not EvtDriverDeviceAdd's
 * Gap      IoGetDeviceProperty's
 * Says     CALL (property, length), IoGetDeviceProperty's, RETURN
 * Source   wdffdo/nf-wdffdo-wdffdoinitqueryproperty
 */
NTSTATUS imp_WdfFdoInitQueryProperty(PWDF_DRIVER_GLOBALS DriverGlobals, PWDFDEVICE_INIT DeviceInit,
                                     DEVICE_REGISTRY_PROPERTY DeviceProperty, ULONG BufferLength,
                                     PVOID PropertyBuffer, PULONG ResultLength)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfFdoInitQueryProperty, fx_driver_of(DriverGlobals)->object.obj,
                   (uint64_t)DeviceProperty, BufferLength, 0, 0);
    struct WDFDEVICE_INIT *i = fx_init_of(f, DeviceInit);
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    if (i && i->pdo && fx_required(f, ResultLength))
        status =
            IoGetDeviceProperty(i->pdo, DeviceProperty, BufferLength, PropertyBuffer, ResultLength);
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfFdoInitAllocAndQueryProperty: the same in a memory object, a child of the driver.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  as WdfDeviceAllocAndQueryProperty; STATUS_INVALID_PARAMETER: not EvtDriverDeviceAdd's
 * Gap      IoGetDeviceProperty's
 * Says     CALL (property), IoGetDeviceProperty's, RETURN
 * Source   wdffdo/nf-wdffdo-wdffdoinitallocandqueryproperty
 */
NTSTATUS imp_WdfFdoInitAllocAndQueryProperty(PWDF_DRIVER_GLOBALS DriverGlobals,
                                             PWDFDEVICE_INIT DeviceInit,
                                             DEVICE_REGISTRY_PROPERTY DeviceProperty,
                                             POOL_TYPE PoolType,
                                             PWDF_OBJECT_ATTRIBUTES PropertyMemoryAttributes,
                                             WDFMEMORY *PropertyMemory)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfFdoInitAllocAndQueryProperty,
                   fx_driver_of(DriverGlobals)->object.obj, (uint64_t)DeviceProperty, 0, 0, 0);
    struct WDFDEVICE_INIT *i = fx_init_of(f, DeviceInit);
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    if (i && fx_required(f, PropertyMemory)) {
        *PropertyMemory = NULL;
        if (i->pdo)
            status = property_alloc(f, i->driver, &i->driver->object, i->pdo, DeviceProperty,
                                    PoolType, PropertyMemoryAttributes, PropertyMemory);
    }
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfFdoQueryForInterface: asks the drivers of the stack for an interface, as BUS_INTERFACE_STANDARD.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_NOT_SUPPORTED (nobody has it), STATUS_INVALID_DEVICE_REQUEST (a control
 *          device), STATUS_INSUFFICIENT_RESOURCES
 * Gap      none known
 * Says     CALL, IoAllocateIrp's, RETURN
 * Source   wdffdo/nf-wdffdo-wdffdoqueryforinterface
 */
NTSTATUS imp_WdfFdoQueryForInterface(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Fdo,
                                     LPCGUID InterfaceType, PINTERFACE Interface, USHORT Size,
                                     USHORT Version, PVOID InterfaceSpecificData)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfFdoQueryForInterface, fx_handle_obj(f, Fdo),
                               InterfaceType ? InterfaceType->Data1 : 0, Size, Version, 0);
    struct fx_device *d = fx_device_of(f, Fdo);
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;
    PIO_STACK_LOCATION stack;
    PIRP irp = NULL;

    (void)DriverGlobals;
    if (d && fx_required(f, InterfaceType) && fx_required(f, Interface) && d->attached) {
        irp = IoAllocateIrp((CCHAR)(d->attached->StackSize + 1), FALSE);
        status = STATUS_INSUFFICIENT_RESOURCES;
    }
    if (irp) {
        IoSetNextIrpStackLocation(irp);
        stack = IoGetCurrentIrpStackLocation(irp);
        stack->MajorFunction = IRP_MJ_PNP;
        stack->MinorFunction = IRP_MN_QUERY_INTERFACE;
        stack->Parameters.QueryInterface.InterfaceType = InterfaceType;
        stack->Parameters.QueryInterface.Interface = Interface;
        stack->Parameters.QueryInterface.Size = Size;
        stack->Parameters.QueryInterface.Version = Version;
        stack->Parameters.QueryInterface.InterfaceSpecificData = InterfaceSpecificData;
        irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
        status = fx_forward_wait(d, irp);
        IoFreeIrp(irp);
    }
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}
