/*
 * Device properties by key: what a driver has set, and, of the keys that Windows keeps for every device,
 * those that IoGetDeviceProperty knows by number.
 */
#include "sim/nt/pnp.h"

#include "include/ddk/devpropdef.h"

struct pnp_data {
    struct pnp_data *next;
    DEVPROPKEY key;
    LCID lcid;
    DEVPROPTYPE type;
    ULONG bytes;
    void *bytes_at; /* host memory */
};

static struct pnp_data **find(struct pnp_node *n, const DEVPROPKEY *key, LCID lcid)
{
    struct pnp_data **at = &n->data;

    while (*at && (memcmp(&(*at)->key, key, sizeof(*key)) != 0 || (*at)->lcid != lcid))
        at = &(*at)->next;
    return at;
}

static void drop(struct sim *s, struct pnp_data **at)
{
    struct pnp_data *d = *at;

    *at = d->next;
    io_host_free(s, d->bytes_at, d->bytes);
    io_host_free(s, d, sizeof(*d));
}

/* DEVPKEY_Device_...: install/devpkey-device-..., by the number behind the common GUID. */
static const struct {
    DEVPROPID pid;
    DEVICE_REGISTRY_PROPERTY number;
    DEVPROPTYPE type;
} known[] = {
    { 2, DevicePropertyDeviceDescription, DEVPROP_TYPE_STRING },
    { 3, DevicePropertyHardwareID, DEVPROP_TYPE_STRING_LIST },
    { 4, DevicePropertyCompatibleIDs, DEVPROP_TYPE_STRING_LIST },
    { 9, DevicePropertyClassName, DEVPROP_TYPE_STRING },
    { 11, DevicePropertyDriverKeyName, DEVPROP_TYPE_STRING },
    { 13, DevicePropertyManufacturer, DEVPROP_TYPE_STRING },
    { 14, DevicePropertyFriendlyName, DEVPROP_TYPE_STRING },
    { 15, DevicePropertyLocationInformation, DEVPROP_TYPE_STRING },
    { 16, DevicePropertyPhysicalDeviceObjectName, DEVPROP_TYPE_STRING },
    { 18, DevicePropertyUINumber, DEVPROP_TYPE_UINT32 },
    { 21, DevicePropertyBusTypeGuid, DEVPROP_TYPE_GUID },
    { 22, DevicePropertyLegacyBusType, DEVPROP_TYPE_UINT32 },
    { 23, DevicePropertyBusNumber, DEVPROP_TYPE_UINT32 },
    { 24, DevicePropertyEnumeratorName, DEVPROP_TYPE_STRING },
    { 30, DevicePropertyAddress, DEVPROP_TYPE_UINT32 },
    { 33, DevicePropertyRemovalPolicy, DEVPROP_TYPE_UINT32 },
    { 36, DevicePropertyInstallState, DEVPROP_TYPE_UINT32 },
};

static NTSTATUS known_get(struct sim *s, struct pnp_node *n, const DEVPROPKEY *key, ULONG length,
                          PVOID out, PULONG needed, DEVPROPTYPE *type)
{
    static const GUID device = {
        0xa45c254e, 0xdf1c, 0x4efd, { 0x80, 0x20, 0x67, 0xd1, 0x46, 0xa8, 0x50, 0xe0 }
    };

    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
        if (known[i].pid == key->pid && !memcmp(&key->fmtid, &device, sizeof(device))) {
            *type = known[i].type;
            return pnp_property_get(s, n, known[i].number, length, out, needed);
        }
    return STATUS_OBJECT_NAME_NOT_FOUND;
}

/*
 * IoGetDevicePropertyData: a property by its key.
 *
 * Irql     <= APC_LEVEL
 * Units    Size, *RequiredSize: bytes
 * Returns  STATUS_SUCCESS, _BUFFER_TOO_SMALL (with the length needed and the type),
 *          _OBJECT_NAME_NOT_FOUND, _INVALID_DEVICE_REQUEST (Pdo is none)
 * Gap      of Windows' own keys those that IoGetDeviceProperty answers too, but for the class GUID;
 *          Flags have no meaning yet on Windows either
 * Says     CALL with the key's number, locale and length, RETURN with status, length needed and type
 * Source   wdm/nf-wdm-iogetdevicepropertydata
 */
NTSTATUS IoGetDevicePropertyData(PDEVICE_OBJECT Pdo, const struct _DEVPROPKEY *PropertyKey,
                                 LCID Lcid, ULONG Flags, ULONG Size, PVOID Data,
                                 PULONG RequiredSize, unsigned int *Type)
{
    struct sim *s = sim_now();
    struct pnp_node *n = pnp_node_of_pdo(s, Pdo);
    struct pnp_data *d = n ? *find(n, PropertyKey, Lcid) : NULL;
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;
    struct call c = call_begin(s, API_IoGetDevicePropertyData, device_obj(s, Pdo), PropertyKey->pid,
                               Lcid, Size, Flags);
    DEVPROPTYPE type = 0;
    ULONG needed = 0;

    if (d) {
        type = d->type;
        needed = d->bytes;
        status = Size < needed ? STATUS_BUFFER_TOO_SMALL : STATUS_SUCCESS;
        if (NT_SUCCESS(status)) {
            door_range(Data, needed, true, __builtin_return_address(0));
            memcpy(Data, d->bytes_at, needed);
        }
    } else if (n) {
        status = known_get(s, n, PropertyKey, Size, Data, &needed, &type);
    }
    *RequiredSize = needed;
    *Type = type;
    call_end(&c, (uint32_t)status, needed, type, 0);
    return status;
}

/*
 * IoSetDevicePropertyData: sets a property by its key; without data it is deleted.
 *
 * Irql     <= APC_LEVEL
 * Units    Size: bytes
 * Returns  STATUS_SUCCESS, _INVALID_DEVICE_REQUEST (Pdo is none), _OBJECT_NAME_NOT_FOUND (nothing to
 *          delete)
 * Gap      nothing outlives the run, persistent or not; keys of Windows' own may be set
 * Says     CALL with the key's number, locale, type and length, RETURN
 * Source   wdm/nf-wdm-iosetdevicepropertydata
 */
NTSTATUS IoSetDevicePropertyData(PDEVICE_OBJECT Pdo, const struct _DEVPROPKEY *PropertyKey,
                                 LCID Lcid, ULONG Flags, unsigned int Type, ULONG Size, PVOID Data)
{
    struct sim *s = sim_now();
    struct pnp_node *n = pnp_node_of_pdo(s, Pdo);
    struct call c = call_begin(s, API_IoSetDevicePropertyData, device_obj(s, Pdo), PropertyKey->pid,
                               Lcid, Type, Size);
    struct pnp_data **at = n ? find(n, PropertyKey, Lcid) : NULL, *d;
    NTSTATUS status = n ? STATUS_SUCCESS : STATUS_INVALID_DEVICE_REQUEST;

    call_arg(&c, 0, Flags, 0, 0, 0);
    if (n && !*at && !Data)
        status = STATUS_OBJECT_NAME_NOT_FOUND;
    if (n && *at)
        drop(s, at);
    if (n && Data) {
        door_range(Data, Size, false, __builtin_return_address(0));
        d = io_host_alloc(s, sizeof(*d));
        *d = (struct pnp_data) { n->data, *PropertyKey, Lcid, Type, Size, NULL };
        d->bytes_at = io_host_alloc(s, Size);
        memcpy(d->bytes_at, Data, Size);
        n->data = d;
    }
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}
