/*
 * IoGetDeviceProperty: what PnP knows of a device, by property.
 */
#include <stdio.h>

#include "sim/nt/pnp.h"

/* An answer in the making: its bytes, and whether they are paged pool to be given back. */
struct property {
    const void *from;
    uint32_t bytes;
    void *pool;
};

static struct property of_pool(void *p, uint32_t bytes)
{
    return (struct property) { .from = p, .bytes = bytes, .pool = p };
}

/* A registry value of the device's or the driver's key. */
static struct property of_value(struct reg_key *k, struct reg_name name)
{
    struct reg_value *v = k ? reg_value_find(k, name) : NULL;

    return v ? (struct property) { .from = v->data, .bytes = v->size_bytes }
             : (struct property) { 0 };
}

static struct property of_pdo_name(struct sim *s, struct pnp_node *n)
{
    struct io_device *d = io_device_of(s, n->pdo);
    PCUNICODE_STRING name = d && d->name ? io_name_string(d->name) : NULL;
    WCHAR *w =
        name ? pool_alloc(s, POOL_PAGED, name->Length + sizeof(WCHAR), PNP_POOL_TAG, true) : NULL;

    if (!w)
        return (struct property) { 0 };
    memcpy(w, name->Buffer, name->Length);
    return of_pool(w, name->Length + (uint32_t)sizeof(WCHAR));
}

static struct property of_text(struct sim *s, struct pnp_node *n, DEVICE_REGISTRY_PROPERTY p)
{
    static const uint16_t bus[] = { 'P', 'C', 'I', 0 };
    static const uint16_t class[] = { 'S', 'y', 's', 't', 'e', 'm', 0 };
    static const uint16_t maker[] = { 'd', 'm', 'a', 'c', 'h', 'e', 'c', 'k', 0 };
    uint32_t bytes = 0;
    void *pool;

    switch (p) {
    case DevicePropertyHardwareID:
        pool = pnp_id_query(s, n, BusQueryHardwareIDs, &bytes);
        return of_pool(pool, bytes);
    case DevicePropertyCompatibleIDs:
        pool = pnp_id_query(s, n, BusQueryCompatibleIDs, &bytes);
        return of_pool(pool, bytes);
    case DevicePropertyDeviceDescription:
        return of_value(n->key, REG_NAME(L"DeviceDesc"));
    case DevicePropertyLocationInformation:
        pool = pnp_text_query(s, n, DeviceTextLocationInformation, &bytes);
        return of_pool(pool, bytes);
    case DevicePropertyClassGuid:
        return of_value(n->key, REG_NAME(L"ClassGUID"));
    case DevicePropertyDriverKeyName:
        return of_value(n->key, REG_NAME(L"Driver"));
    case DevicePropertyFriendlyName:
        return of_value(n->key, REG_NAME(L"FriendlyName"));
    case DevicePropertyPhysicalDeviceObjectName:
        return of_pdo_name(s, n);
    case DevicePropertyEnumeratorName:
        return (struct property) { .from = bus, .bytes = sizeof(bus) };
    case DevicePropertyClassName:
        return (struct property) { .from = class, .bytes = sizeof(class) };
    case DevicePropertyManufacturer:
        return (struct property) { .from = maker, .bytes = sizeof(maker) };
    default:
        return (struct property) { 0 };
    }
}

/* Those that are numbers; room holds the answer. */
static bool of_number(const struct pnp_node *n, DEVICE_REGISTRY_PROPERTY p, ULONG *room)
{
    switch (p) {
    case DevicePropertyBusNumber:
        *room = 0;
        return true;
    case DevicePropertyLegacyBusType:
        *room = PCIBus;
        return true;
    case DevicePropertyAddress:
        *room = n->device->slot << 16;
        return true;
    case DevicePropertyUINumber:
        *room = n->device->slot;
        return true;
    case DevicePropertyInstallState:
        *room = InstallStateInstalled;
        return true;
    case DevicePropertyRemovalPolicy:
        *room = RemovalPolicyExpectOrderlyRemoval;
        return true;
    default:
        return false;
    }
}

NTSTATUS pnp_property_get(struct sim *s, struct pnp_node *n, DEVICE_REGISTRY_PROPERTY p,
                          ULONG length, PVOID out, PULONG needed)
{
    static const GUID pci = {
        0xc8ebdfb0, 0xb510, 0x11d0, { 0x80, 0xe5, 0x00, 0xa0, 0xc9, 0x25, 0x42, 0xe3 }
    };
    ULONG number;
    struct property a = { 0 };
    NTSTATUS status = STATUS_SUCCESS;

    if (p == DevicePropertyBusTypeGuid)
        a = (struct property) { .from = &pci, .bytes = sizeof(pci) };
    else if (of_number(n, p, &number))
        a = (struct property) { .from = &number, .bytes = sizeof(number) };
    else if (p == DevicePropertyResourceRequirements && n->requirements)
        a = (struct property) { .from = n->requirements, .bytes = n->requirements->ListSize };
    else
        a = of_text(s, n, p);
    if (!a.from)
        return p > DevicePropertyContainerID ? STATUS_INVALID_PARAMETER_2
                                             : STATUS_OBJECT_NAME_NOT_FOUND;
    *needed = a.bytes;
    if (length < a.bytes) {
        status = STATUS_BUFFER_TOO_SMALL;
    } else {
        door_range(out, a.bytes, true, __builtin_return_address(0));
        memcpy(out, a.from, a.bytes);
    }
    if (a.pool)
        pool_free(s, a.pool, PNP_POOL_TAG);
    return status;
}

/*
 * IoGetDeviceProperty: what PnP knows of a device.
 *
 * Irql     PASSIVE_LEVEL
 * Units    BufferLength, *ResultLength: bytes
 * Returns  STATUS_SUCCESS, _BUFFER_TOO_SMALL (with the length needed), _OBJECT_NAME_NOT_FOUND,
 *          _INVALID_PARAMETER_2, _INVALID_DEVICE_REQUEST (DeviceObject is no PDO)
 * Gap      boot configuration, allocated resources and container id are not kept: NAME_NOT_FOUND
 * Says     CALL with property and length, RETURN with status and the length needed
 * Source   wdm/nf-wdm-iogetdeviceproperty
 */
NTSTATUS IoGetDeviceProperty(PDEVICE_OBJECT DeviceObject, DEVICE_REGISTRY_PROPERTY DeviceProperty,
                             ULONG BufferLength, PVOID PropertyBuffer, PULONG ResultLength)
{
    struct sim *s = sim_now();
    struct pnp_node *n = pnp_node_of_pdo(s, DeviceObject);
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;
    struct call c = call_begin(s, API_IoGetDeviceProperty, device_obj(s, DeviceObject),
                               (uint64_t)DeviceProperty, BufferLength, 0, 0);

    *ResultLength = 0;
    if (n)
        status = pnp_property_get(s, n, DeviceProperty, BufferLength, PropertyBuffer, ResultLength);
    call_end(&c, (uint32_t)status, *ResultLength, 0, 0);
    return status;
}
