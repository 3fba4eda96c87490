/*
 * Names for a device: device interfaces, which are there while it is started, and a symbolic link.
 *
 * Source: wdf/using-device-interfaces, microsoft/Windows-Driver-Frameworks (fxdeviceinterface.cpp,
 *         fxdeviceinterfacekm.cpp)
 */
#include "sim/wdf/pnp.h"

/* Registered, which the PDO must be there for, and then shown or hidden. */
static void interface_show(struct fx_interface *i, bool on)
{
    if (i->enabled == on || !i->link.Buffer)
        return;
    if (NT_SUCCESS(IoSetDeviceInterfaceState(&i->link, on)) || !on)
        i->enabled = on;
}

void fx_interfaces_enable(struct fx *f, struct fx_device *d)
{
    (void)f;
    d->pnp->interfaces_on = true;
    for (struct fx_interface *i = d->pnp->interfaces; i; i = i->next)
        interface_show(i, i->wanted);
}

void fx_interfaces_disable(struct fx *f, struct fx_device *d)
{
    (void)f;
    d->pnp->interfaces_on = false;
    for (struct fx_interface *i = d->pnp->interfaces; i; i = i->next)
        interface_show(i, false);
}

void fx_interfaces_free(struct fx *f, struct fx_device *d)
{
    while (d->pnp->interfaces) {
        struct fx_interface *i = d->pnp->interfaces;

        d->pnp->interfaces = i->next;
        if (i->link.Buffer)
            RtlFreeUnicodeString(&i->link);
        if (i->reference.Buffer)
            pool_free_internal(f->s, i->reference.Buffer);
        io_host_free(f->s, i, sizeof(*i));
    }
}

static struct fx_interface *interface_find(struct fx_device *d, const GUID *guid,
                                           PCUNICODE_STRING reference)
{
    struct fx_interface *i = d->pnp->interfaces;
    USHORT bytes = reference ? reference->Length : 0;

    while (i && (memcmp(&i->guid, guid, sizeof(*guid)) || i->reference.Length != bytes ||
                 (bytes && memcmp(i->reference.Buffer, reference->Buffer, bytes))))
        i = i->next;
    return i;
}

static NTSTATUS interface_make(struct fx *f, struct fx_device *d, const GUID *guid,
                               PCUNICODE_STRING reference)
{
    struct fx_interface **last = &d->pnp->interfaces, *i = io_host_alloc(f->s, sizeof(*i));
    NTSTATUS status = STATUS_SUCCESS;

    i->guid = *guid;
    i->wanted = true;
    if (reference && reference->Length)
        status = fx_text_copy(f, &i->reference, reference);
    if (NT_SUCCESS(status))
        status = IoRegisterDeviceInterface(d->pdo, guid, i->reference.Length ? &i->reference : NULL,
                                           &i->link);
    if (!NT_SUCCESS(status)) {
        if (i->reference.Buffer)
            pool_free_internal(f->s, i->reference.Buffer);
        io_host_free(f->s, i, sizeof(*i));
        return status;
    }
    while (*last)
        last = &(*last)->next;
    *last = i;
    if (d->pnp->interfaces_on)
        interface_show(i, true);
    return STATUS_SUCCESS;
}

/*
 * WdfDeviceCreateDeviceInterface: programs find the device by this class.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INVALID_DEVICE_REQUEST (a control device), those of
 *          IoRegisterDeviceInterface
 * Gap      a class and reference that are there already are registered once more
 * Says     CALL, IoRegisterDeviceInterface's, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdevicecreatedeviceinterface
 */
NTSTATUS imp_WdfDeviceCreateDeviceInterface(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device,
                                            CONST GUID *InterfaceClassGUID,
                                            PCUNICODE_STRING ReferenceString)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfDeviceCreateDeviceInterface, fx_handle_obj(f, Device), 0, 0, 0, 0);
    struct fx_device *d = fx_device_of(f, Device);
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;

    (void)DriverGlobals;
    if (d && fx_required(f, InterfaceClassGUID) && !d->control)
        status = interface_make(f, d, InterfaceClassGUID, ReferenceString);
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

static void interface_state(struct fx_device *d, const GUID *guid, PCUNICODE_STRING reference,
                            bool on)
{
    struct fx_interface *i = interface_find(d, guid, reference);

    if (!i)
        return;
    i->wanted = on;
    if (d->pnp->interfaces_on)
        interface_show(i, on);
}

/*
 * WdfDeviceSetDeviceInterfaceState: shows or hides an interface; before the start it is noted.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     CALL, IoSetDeviceInterfaceState's, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdevicesetdeviceinterfacestate
 */
VOID imp_WdfDeviceSetDeviceInterfaceState(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device,
                                          CONST GUID *InterfaceClassGUID,
                                          PCUNICODE_STRING ReferenceString,
                                          BOOLEAN IsInterfaceEnabled)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDeviceSetDeviceInterfaceState, fx_handle_obj(f, Device),
                               IsInterfaceEnabled, 0, 0, 0);
    struct fx_device *d = fx_device_of(f, Device);

    (void)DriverGlobals;
    if (d && fx_required(f, InterfaceClassGUID))
        interface_state(d, InterfaceClassGUID, ReferenceString, IsInterfaceEnabled);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfDeviceSetDeviceInterfaceStateEx: the same; the framework enables none of its own accord then.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  nothing
 * Gap      an interface is shown at the start unless it has been hidden, as with the older function
 * Says     CALL, IoSetDeviceInterfaceState's, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdevicesetdeviceinterfacestateex
 */
VOID imp_WdfDeviceSetDeviceInterfaceStateEx(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device,
                                            CONST GUID *InterfaceClassGUID,
                                            PCUNICODE_STRING ReferenceString,
                                            BOOLEAN IsInterfaceEnabled)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDeviceSetDeviceInterfaceStateEx,
                               fx_handle_obj(f, Device), IsInterfaceEnabled, 0, 0, 0);
    struct fx_device *d = fx_device_of(f, Device);

    (void)DriverGlobals;
    if (d && fx_required(f, InterfaceClassGUID))
        interface_state(d, InterfaceClassGUID, ReferenceString, IsInterfaceEnabled);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfDeviceRetrieveDeviceInterfaceString: the symbolic link of an interface.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_OBJECT_NAME_NOT_FOUND, STATUS_INSUFFICIENT_RESOURCES
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdeviceretrievedeviceinterfacestring
 */
NTSTATUS imp_WdfDeviceRetrieveDeviceInterfaceString(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                    WDFDEVICE Device,
                                                    CONST GUID *InterfaceClassGUID,
                                                    PCUNICODE_STRING ReferenceString,
                                                    WDFSTRING String)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDeviceRetrieveDeviceInterfaceString,
                               fx_handle_obj(f, Device), 0, 0, 0, 0);
    struct fx_device *d = fx_device_of(f, Device);
    struct fx_string *s = d ? fx_string_of(f, String) : NULL;
    struct fx_interface *i = NULL;
    NTSTATUS status = STATUS_OBJECT_NAME_NOT_FOUND;

    (void)DriverGlobals;
    if (s && fx_required(f, InterfaceClassGUID))
        i = interface_find(d, InterfaceClassGUID, ReferenceString);
    if (i)
        status = fx_string_assign(s, &i->link);
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfDeviceCreateSymbolicLink: a name of the driver's choosing for the device.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INVALID_DEVICE_REQUEST (there is one; the device has no name),
 *          STATUS_INVALID_PARAMETER, those of IoCreateSymbolicLink
 * Gap      a device in a stack without a name gets the link to its PDO's, as on Windows
 * Says     CALL, IoCreateSymbolicLink's, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdevicecreatesymboliclink
 */
NTSTATUS imp_WdfDeviceCreateSymbolicLink(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device,
                                         PCUNICODE_STRING SymbolicLinkName)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfDeviceCreateSymbolicLink, fx_handle_obj(f, Device), 0, 0, 0, 0);
    struct fx_device *d = fx_device_of(f, Device);
    struct io_device *named = NULL;
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    (void)DriverGlobals;
    if (d && fx_required(f, SymbolicLinkName) && NT_SUCCESS(fx_unicode_check(SymbolicLinkName))) {
        named = io_device_of(f->s, d->wdm);
        if (!named->name && d->pdo)
            named = io_device_of(f->s, d->pdo);
        status = named->name && !d->pnp->symbolic_link
                     ? fx_text_copy(f, &d->pnp->link_name, SymbolicLinkName)
                     : STATUS_INVALID_DEVICE_REQUEST;
    }
    if (NT_SUCCESS(status)) {
        UNICODE_STRING target = *io_name_string(named->name);

        status = IoCreateSymbolicLink(&d->pnp->link_name, &target);
        d->pnp->symbolic_link = NT_SUCCESS(status);
    }
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}
