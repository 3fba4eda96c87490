/*
 * Device interfaces and the registry keys of devices: how user programs find a device, and where a
 * driver keeps its settings.
 */
#include <stdio.h>

#include "sim/nt/pnp.h"
#include "sim/nt/zw_key.h"

static void guid_text(const GUID *g, char out[40])
{
    snprintf(out, 40, "{%08x-%04x-%04x-%02x%02x-%02x%02x%02x%02x%02x%02x}", (unsigned)g->Data1,
             g->Data2, g->Data3, g->Data4[0], g->Data4[1], g->Data4[2], g->Data4[3], g->Data4[4],
             g->Data4[5], g->Data4[6], g->Data4[7]);
}

static struct pnp_interface *interface_find(struct sim *s, PCUNICODE_STRING name)
{
    struct nt_pnp *p = s->nt->pnp;

    for (unsigned i = 0; i < p->interface_count; i++)
        if (reg_name_equal(reg_name_of(&p->interfaces[i].name), reg_name_of(name)))
            return &p->interfaces[i];
    return NULL;
}

/* \??\PCI#id#instance#{guid} and, when there is one, \reference. */
static uint32_t interface_name(const struct pnp_node *n, const GUID *guid,
                               PUNICODE_STRING reference, uint16_t out[256])
{
    char text[256], g[40];
    uint32_t count = 0;

    guid_text(guid, g);
    snprintf(text, sizeof(text), "\\??\\PCI#%s#%s#%s", n->id, n->instance, g);
    for (; text[count]; count++)
        out[count] = (uint8_t)text[count];
    if (reference && reference->Length) {
        out[count++] = '\\';
        for (unsigned i = 0; i < reference->Length / 2u && count < 255; i++)
            out[count++] = reference->Buffer[i];
    }
    return count;
}

static NTSTATUS interface_register(struct sim *s, struct pnp_node *n, const GUID *guid,
                                   PUNICODE_STRING reference, PUNICODE_STRING out)
{
    struct nt_pnp *p = s->nt->pnp;
    uint16_t wide[256];
    USHORT bytes = (USHORT)(interface_name(n, guid, reference, wide) * 2);
    UNICODE_STRING name = { .Length = bytes, .MaximumLength = bytes, .Buffer = (PWCHAR)wide };
    struct pnp_interface *i = interface_find(s, &name);

    if (!i) {
        if (p->interface_count == PNP_INTERFACES_MAX)
            return STATUS_INSUFFICIENT_RESOURCES;
        name.Buffer = reg_memory(s, bytes);
        if (!name.Buffer)
            return STATUS_INSUFFICIENT_RESOURCES;
        memcpy(name.Buffer, wide, bytes);
        i = &p->interfaces[p->interface_count++];
        *i = (struct pnp_interface) { .node = n, .name = name };
    }
    /* The caller's own copy, which RtlFreeUnicodeString gives back. */
    out->Buffer = pool_alloc(s, POOL_PAGED, bytes + sizeof(WCHAR), PNP_POOL_TAG, true);
    if (!out->Buffer)
        return STATUS_INSUFFICIENT_RESOURCES;
    memcpy(out->Buffer, wide, bytes);
    out->Length = bytes;
    out->MaximumLength = (USHORT)(bytes + sizeof(WCHAR));
    return STATUS_SUCCESS;
}

/*
 * IoRegisterDeviceInterface: gives a device a name under an interface class.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS with a name that the caller frees, _INVALID_DEVICE_REQUEST (no PDO),
 *          _INSUFFICIENT_RESOURCES
 * Gap      none known
 * Says     CALL, POOL for the name, RETURN
 * Source   wdm/nf-wdm-ioregisterdeviceinterface
 */
NTSTATUS IoRegisterDeviceInterface(PDEVICE_OBJECT PhysicalDeviceObject,
                                   const GUID *InterfaceClassGuid, PUNICODE_STRING ReferenceString,
                                   PUNICODE_STRING SymbolicLinkName)
{
    struct sim *s = sim_now();
    struct pnp_node *n = pnp_node_of_pdo(s, PhysicalDeviceObject);
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;
    struct call c =
        call_begin(s, API_IoRegisterDeviceInterface, device_obj(s, PhysicalDeviceObject),
                   InterfaceClassGuid->Data1, ReferenceString ? ReferenceString->Length : 0, 0, 0);

    if (n)
        status = interface_register(s, n, InterfaceClassGuid, ReferenceString, SymbolicLinkName);
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

static NTSTATUS interface_set(struct sim *s, struct pnp_interface *i, bool enable)
{
    struct io_device *pdo = i->node->pdo ? io_device_of(s, i->node->pdo) : NULL;
    NTSTATUS status;

    if (i->enabled == enable)
        return enable ? STATUS_OBJECT_NAME_EXISTS : STATUS_OBJECT_NAME_NOT_FOUND;
    if (enable && (!pdo || !pdo->name))
        return STATUS_INVALID_DEVICE_REQUEST;
    status = enable ? io_link_create(s, &i->name, io_name_string(pdo->name))
                    : io_link_delete(s, &i->name);
    if (NT_SUCCESS(status))
        i->enabled = enable;
    return status;
}

/*
 * IoSetDeviceInterfaceState: makes an interface visible, or hides it.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, _OBJECT_NAME_EXISTS (enabled already: an informational success),
 *          _OBJECT_NAME_NOT_FOUND (unknown, or disabled already)
 * Gap      user programs are not notified
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-iosetdeviceinterfacestate
 */
NTSTATUS IoSetDeviceInterfaceState(PUNICODE_STRING SymbolicLinkName, BOOLEAN Enable)
{
    struct sim *s = sim_now();
    struct pnp_interface *i = interface_find(s, SymbolicLinkName);
    NTSTATUS status = STATUS_OBJECT_NAME_NOT_FOUND;
    struct call c = call_begin(s, API_IoSetDeviceInterfaceState,
                               i ? device_obj(s, i->node->pdo) : 0, Enable, 0, 0, 0);

    if (i)
        status = interface_set(s, i, Enable != 0);
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/* A device that goes takes its interfaces along, whatever its driver has forgotten. */
void pnp_interfaces_disable(struct sim *s, struct pnp_node *n)
{
    struct nt_pnp *p = s->nt->pnp;

    for (unsigned i = 0; i < p->interface_count; i++)
        if (p->interfaces[i].node == n && p->interfaces[i].enabled)
            interface_set(s, &p->interfaces[i], false);
}

/*
 * IoOpenDeviceRegistryKey: a handle to a device's hardware or software key.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, _INVALID_PARAMETER (kind of key), _INVALID_DEVICE_REQUEST (no PDO),
 *          _INSUFFICIENT_RESOURCES
 * Gap      hardware profiles: PLUGPLAY_REGKEY_CURRENT_HWPROFILE gives the same key
 * Says     CALL with the kind and access, RETURN with status and handle
 * Source   wdm/nf-wdm-ioopendeviceregistrykey
 */
NTSTATUS IoOpenDeviceRegistryKey(PDEVICE_OBJECT DeviceObject, ULONG DevInstKeyType,
                                 ACCESS_MASK DesiredAccess, PHANDLE DeviceRegKey)
{
    struct sim *s = sim_now();
    struct pnp_node *n = pnp_node_of_pdo(s, DeviceObject);
    ULONG kind = DevInstKeyType & (PLUGPLAY_REGKEY_DEVICE | PLUGPLAY_REGKEY_DRIVER);
    NTSTATUS status = STATUS_SUCCESS;
    struct call c = call_begin(s, API_IoOpenDeviceRegistryKey, device_obj(s, DeviceObject),
                               DevInstKeyType, DesiredAccess, 0, 0);

    *DeviceRegKey = NULL;
    if (!n)
        status = STATUS_INVALID_DEVICE_REQUEST;
    else if (kind != PLUGPLAY_REGKEY_DEVICE && kind != PLUGPLAY_REGKEY_DRIVER)
        status = STATUS_INVALID_PARAMETER;
    else if (fault_take(s, FAULT_REGISTRY))
        status = STATUS_INSUFFICIENT_RESOURCES;
    else
        status = zw_key_open(s, kind == PLUGPLAY_REGKEY_DEVICE ? n->parameters : n->driver_key,
                             DesiredAccess, DeviceRegKey);
    call_end(&c, (uint32_t)status, (uintptr_t)*DeviceRegKey, 0, 0);
    return status;
}

/*
 * IoOpenDeviceInterfaceRegistryKey: a handle to an interface's own settings.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, _OBJECT_NAME_NOT_FOUND (no such interface), _INSUFFICIENT_RESOURCES
 * Gap      the key lies below the device's hardware key, not below DeviceClasses
 * Says     CALL, RETURN with status and handle
 * Source   wdm/nf-wdm-ioopendeviceinterfaceregistrykey
 */
NTSTATUS IoOpenDeviceInterfaceRegistryKey(PUNICODE_STRING SymbolicLinkName,
                                          ACCESS_MASK DesiredAccess, PHANDLE DeviceInterfaceRegKey)
{
    struct sim *s = sim_now();
    struct pnp_interface *i = interface_find(s, SymbolicLinkName);
    struct reg_name leaf;
    struct reg_key *k;
    NTSTATUS status = STATUS_OBJECT_NAME_NOT_FOUND;
    struct call c = call_begin(s, API_IoOpenDeviceInterfaceRegistryKey,
                               i ? device_obj(s, i->node->pdo) : 0, DesiredAccess, 0, 0, 0);

    *DeviceInterfaceRegKey = NULL;
    if (i && fault_take(s, FAULT_REGISTRY)) {
        status = STATUS_INSUFFICIENT_RESOURCES;
    } else if (i) {
        leaf = reg_name_of(&i->name);
        leaf.chars += 4, leaf.count -= 4; /* without \??\ it is one component */
        k = reg_make(s, i->node->key, REG_NAME(L"Interfaces"));
        k = k ? reg_make(s, k, leaf) : NULL;
        status = k ? zw_key_open(s, k, DesiredAccess, DeviceInterfaceRegKey)
                   : STATUS_INSUFFICIENT_RESOURCES;
    }
    call_end(&c, (uint32_t)status, (uintptr_t)*DeviceInterfaceRegKey, 0, 0);
    return status;
}
