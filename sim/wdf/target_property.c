/*
 * What a target's devices tell of themselves: properties, and interfaces of their drivers.
 *
 * Source: wdfiotarget/, microsoft/Windows-Driver-Frameworks (fxiotargetapikm.cpp, fxqueryinterface.cpp)
 */
#include "sim/wdf/target.h"

/* The target, asked at PASSIVE_LEVEL; NULL: wrong handle, or another level. */
static struct fx_target *asked(struct fx *f, WDFIOTARGET handle, enum api api)
{
    struct fx_target *t = fx_target_of(f, handle);

    return t && fx_irql_check(f, api, t->object.obj, PASSIVE_LEVEL) ? t : NULL;
}

/*
 * WdfIoTargetQueryTargetProperty: what PnP knows of the target's device.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INVALID_DEVICE_REQUEST (closed, or IRQL), and IoGetDeviceProperty's
 * Gap      as IoGetDeviceProperty
 * Says     CALL (a0 = property), IoGetDeviceProperty's CALL and RETURN, RETURN
 * Source   wdfiotarget/nf-wdfiotarget-wdfiotargetquerytargetproperty
 */
NTSTATUS imp_WdfIoTargetQueryTargetProperty(PWDF_DRIVER_GLOBALS DriverGlobals, WDFIOTARGET IoTarget,
                                            DEVICE_REGISTRY_PROPERTY DeviceProperty,
                                            ULONG BufferLength, PVOID PropertyBuffer,
                                            PULONG ResultLength)
{
    const enum api api = API_WdfIoTargetQueryTargetProperty;
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfIoTargetQueryTargetProperty, fx_handle_obj(f, IoTarget),
                               (uint64_t)DeviceProperty, BufferLength, 0, 0);
    struct fx_target *t = asked(f, IoTarget, api);
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;

    (void)DriverGlobals;
    if (t && t->pdo && fx_required(f, ResultLength) &&
        (!BufferLength || fx_required(f, PropertyBuffer)))
        status =
            IoGetDeviceProperty(t->pdo, DeviceProperty, BufferLength, PropertyBuffer, ResultLength);
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

static NTSTATUS property_memory(struct fx *f, struct fx_target *t, DEVICE_REGISTRY_PROPERTY which,
                                POOL_TYPE pool, PWDF_OBJECT_ATTRIBUTES a, struct fx_memory **m)
{
    const struct fx_attributes_rules rules = { 0 };
    ULONG bytes = 0;
    NTSTATUS status = fx_attributes_check(f, a, &rules);

    if (!NT_SUCCESS(status))
        return status;
    status = IoGetDeviceProperty(t->pdo, which, 0, NULL, &bytes);
    if (status != STATUS_BUFFER_TOO_SMALL)
        return NT_SUCCESS(status) ? STATUS_INVALID_DEVICE_REQUEST : status;
    status = fx_memory_create(f, t->object.driver, &t->object.driver->object, a, pool, 0, bytes, m);
    if (!NT_SUCCESS(status))
        return status;
    status = IoGetDeviceProperty(t->pdo, which, bytes, (*m)->buffer, &bytes);
    if (!NT_SUCCESS(status)) {
        fx_delete(&(*m)->object);
        *m = NULL;
    }
    return status;
}

/*
 * WdfIoTargetAllocAndQueryTargetProperty: the same in a memory object of the right size.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  as WdfIoTargetQueryTargetProperty; STATUS_INSUFFICIENT_RESOURCES, those of the attributes
 * Gap      as IoGetDeviceProperty
 * Says     CALL (a0 = property), IoGetDeviceProperty's CALL and RETURN, RETURN
 * Source   wdfiotarget/nf-wdfiotarget-wdfiotargetallocandquerytargetproperty
 */
NTSTATUS imp_WdfIoTargetAllocAndQueryTargetProperty(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                    WDFIOTARGET IoTarget,
                                                    DEVICE_REGISTRY_PROPERTY DeviceProperty,
                                                    POOL_TYPE PoolType,
                                                    PWDF_OBJECT_ATTRIBUTES PropertyMemoryAttributes,
                                                    WDFMEMORY *PropertyMemory)
{
    const enum api api = API_WdfIoTargetAllocAndQueryTargetProperty;
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfIoTargetAllocAndQueryTargetProperty,
                               fx_handle_obj(f, IoTarget), (uint64_t)DeviceProperty, 0, 0, 0);
    struct fx_target *t = asked(f, IoTarget, api);
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;
    struct fx_memory *m = NULL;

    (void)DriverGlobals;
    if (t && fx_required(f, PropertyMemory)) {
        *PropertyMemory = NULL;
        if (t->pdo)
            status = property_memory(f, t, DeviceProperty, PoolType, PropertyMemoryAttributes, &m);
        if (m)
            *PropertyMemory = (WDFMEMORY)m->object.handle;
    }
    call_end(&c, (uint32_t)status, m ? m->object.obj : 0, 0, 0);
    return status;
}

static NTSTATUS interface_ask(PDEVICE_OBJECT device, LPCGUID type, PINTERFACE interface,
                              USHORT size, USHORT version, PVOID data)
{
    PIRP irp = IoAllocateIrp(device->StackSize, FALSE);
    PIO_STACK_LOCATION at;
    NTSTATUS status;

    if (!irp)
        return STATUS_INSUFFICIENT_RESOURCES;
    irp->IoStatus.Status = STATUS_NOT_SUPPORTED;
    at = IoGetNextIrpStackLocation(irp);
    at->MajorFunction = IRP_MJ_PNP;
    at->MinorFunction = IRP_MN_QUERY_INTERFACE;
    at->Parameters.QueryInterface.InterfaceType = type;
    at->Parameters.QueryInterface.Interface = interface;
    at->Parameters.QueryInterface.Size = size;
    at->Parameters.QueryInterface.Version = version;
    at->Parameters.QueryInterface.InterfaceSpecificData = data;
    status = IoSynchronousCallDriver(device, irp);
    IoFreeIrp(irp);
    return status;
}

/*
 * WdfIoTargetQueryForInterface: asks the target's stack for an interface (IRP_MN_QUERY_INTERFACE).
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_NOT_SUPPORTED, STATUS_INVALID_DEVICE_REQUEST (closed, or IRQL), or the
 *          drivers' status
 * Gap      none known
 * Says     CALL (a0 = size, a1 = version), the request's events, RETURN
 * Source   wdfiotarget/nf-wdfiotarget-wdfiotargetqueryforinterface
 */
NTSTATUS imp_WdfIoTargetQueryForInterface(PWDF_DRIVER_GLOBALS DriverGlobals, WDFIOTARGET IoTarget,
                                          LPCGUID InterfaceType, PINTERFACE Interface, USHORT Size,
                                          USHORT Version, PVOID InterfaceSpecificData)
{
    const enum api api = API_WdfIoTargetQueryForInterface;
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfIoTargetQueryForInterface, fx_handle_obj(f, IoTarget),
                               Size, Version, 0, 0);
    struct fx_target *t = asked(f, IoTarget, api);
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;

    (void)DriverGlobals;
    if (t && t->wdm && fx_required(f, InterfaceType) && fx_required(f, Interface))
        status = interface_ask(io_device_top(t->wdm), InterfaceType, Interface, Size, Version,
                               InterfaceSpecificData);
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}
