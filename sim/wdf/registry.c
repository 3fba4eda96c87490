/*
 * Registry keys as objects. All is done by the Zw functions, so their events, faults and rules hold; what
 * is read goes through a block of paged pool with the driver's tag, as KMDF does it. Queries are in
 * registry_query.c, assignments in registry_assign.c.
 *
 * Source: wdfregistry/, wdf/using-the-registry-in-wdf-drivers,
 *         microsoft/Windows-Driver-Frameworks (fxregistryapi.cpp, fxregkeykm.cpp)
 */
#include "sim/wdf/registry.h"

static void key_destroy(struct fx_object *o)
{
    struct fx_key *k = (struct fx_key *)o;

    if (k->handle)
        ZwClose(k->handle);
}

static const struct fx_class key_class = { .type = FX_KEY,
                                           .trace = OBJ_WDFKEY,
                                           .bytes = sizeof(struct fx_key),
                                           .passive = true,
                                           .destroy = key_destroy };

NTSTATUS fx_key_create(struct fx *f, struct fx_driver *driver, struct fx_object *parent,
                       PWDF_OBJECT_ATTRIBUTES attributes, HANDLE handle, struct fx_key **out)
{
    struct fx_object *o;
    NTSTATUS status = fx_object_create(f, driver, &key_class, parent, attributes, &o);

    *out = (struct fx_key *)o;
    if (NT_SUCCESS(status))
        (*out)->handle = handle;
    else
        ZwClose(handle);
    return status;
}

/* What opening and creating have in common: the name, relative to a key or from the root. */
static NTSTATUS path_of(struct fx *f, WDFKEY parent, PCUNICODE_STRING name,
                        PWDF_OBJECT_ATTRIBUTES attributes, POBJECT_ATTRIBUTES a)
{
    const struct fx_attributes_rules rules = { 0 };
    const struct fx_key *k = parent ? fx_key_of(f, parent) : NULL;
    NTSTATUS status;

    if (parent && !k)
        return STATUS_INVALID_HANDLE;
    if (!fx_required(f, name))
        return STATUS_INVALID_PARAMETER;
    status = fx_attributes_check(f, attributes, &rules);
    if (NT_SUCCESS(status))
        status = fx_unicode_check(name);
    InitializeObjectAttributes(a, (PUNICODE_STRING)name, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE,
                               k ? k->handle : NULL, NULL);
    return status;
}

/*
 * WdfRegistryOpenKey: a key that exists, by a path or below another.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INVALID_PARAMETER (the name's lengths), those of ZwOpenKey, those
 *          of the attributes
 * Gap      none known
 * Says     CALL (parent, access), ZwOpenKey's, RETURN
 * Source   wdfregistry/nf-wdfregistry-wdfregistryopenkey
 */
NTSTATUS imp_WdfRegistryOpenKey(PWDF_DRIVER_GLOBALS DriverGlobals, WDFKEY ParentKey,
                                PCUNICODE_STRING KeyName, ACCESS_MASK DesiredAccess,
                                PWDF_OBJECT_ATTRIBUTES KeyAttributes, WDFKEY *Key)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfRegistryOpenKey, 0, fx_handle_obj(f, ParentKey),
                               DesiredAccess, 0, 0);
    struct fx_driver *d = fx_driver_of(DriverGlobals);
    NTSTATUS status = STATUS_INVALID_PARAMETER;
    struct fx_key *k = NULL;
    OBJECT_ATTRIBUTES a;
    HANDLE handle;

    if (fx_required(f, Key)) {
        *Key = NULL;
        status = path_of(f, ParentKey, KeyName, KeyAttributes, &a);
        if (NT_SUCCESS(status))
            status = ZwOpenKey(&handle, DesiredAccess, &a);
        if (NT_SUCCESS(status))
            status = fx_key_create(f, d, &d->object, KeyAttributes, handle, &k);
        if (k)
            *Key = k->object.handle;
    }
    c.obj = k ? k->object.obj : 0;
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfRegistryCreateKey: a key, made where it is missing.
 *
 * Irql     PASSIVE_LEVEL
 * Units    *CreateDisposition: REG_CREATED_NEW_KEY or REG_OPENED_EXISTING_KEY
 * Returns  STATUS_SUCCESS, STATUS_INVALID_PARAMETER (the name's lengths), those of ZwCreateKey,
 *          those of the attributes
 * Gap      none known
 * Says     CALL (parent, access, options), ZwCreateKey's, RETURN
 * Source   wdfregistry/nf-wdfregistry-wdfregistrycreatekey
 */
NTSTATUS imp_WdfRegistryCreateKey(PWDF_DRIVER_GLOBALS DriverGlobals, WDFKEY ParentKey,
                                  PCUNICODE_STRING KeyName, ACCESS_MASK DesiredAccess,
                                  ULONG CreateOptions, PULONG CreateDisposition,
                                  PWDF_OBJECT_ATTRIBUTES KeyAttributes, WDFKEY *Key)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfRegistryCreateKey, 0, fx_handle_obj(f, ParentKey),
                               DesiredAccess, CreateOptions, 0);
    struct fx_driver *d = fx_driver_of(DriverGlobals);
    NTSTATUS status = STATUS_INVALID_PARAMETER;
    struct fx_key *k = NULL;
    ULONG disposition = 0;
    OBJECT_ATTRIBUTES a;
    HANDLE handle;

    if (fx_required(f, Key)) {
        *Key = NULL;
        status = path_of(f, ParentKey, KeyName, KeyAttributes, &a);
        if (NT_SUCCESS(status))
            status = ZwCreateKey(&handle, DesiredAccess, &a, 0, NULL, CreateOptions, &disposition);
        if (NT_SUCCESS(status))
            status = fx_key_create(f, d, &d->object, KeyAttributes, handle, &k);
        if (k)
            *Key = k->object.handle;
        if (k && CreateDisposition)
            *CreateDisposition = disposition;
    }
    c.obj = k ? k->object.obj : 0;
    call_end(&c, (uint32_t)status, disposition, 0, 0);
    return status;
}

/*
 * WdfRegistryClose: closes a key and deletes its object.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     CALL, ZwClose's, RETURN
 * Source   wdfregistry/nf-wdfregistry-wdfregistryclose
 */
VOID imp_WdfRegistryClose(PWDF_DRIVER_GLOBALS DriverGlobals, WDFKEY Key)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfRegistryClose, fx_handle_obj(f, Key), 0, 0, 0, 0);
    struct fx_key *k = fx_key_of(f, Key);

    (void)DriverGlobals;
    if (k) {
        HANDLE handle = k->handle;

        k->handle = NULL;
        if (handle)
            ZwClose(handle);
        fx_delete(&k->object);
    }
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfRegistryWdmGetHandle: the handle that Zw functions take; it stays the object's.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  the handle
 * Gap      none known
 * Says     CALL, RETURN (handle)
 * Source   wdfregistry/nf-wdfregistry-wdfregistrywdmgethandle
 */
HANDLE imp_WdfRegistryWdmGetHandle(PWDF_DRIVER_GLOBALS DriverGlobals, WDFKEY Key)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfRegistryWdmGetHandle, fx_handle_obj(f, Key), 0, 0, 0, 0);
    const struct fx_key *k = fx_key_of(f, Key);
    HANDLE handle = k ? k->handle : NULL;

    (void)DriverGlobals;
    call_end(&c, (uintptr_t)handle, 0, 0, 0);
    return handle;
}

/*
 * WdfRegistryRemoveKey: takes a key off the tree and deletes its object.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, those of ZwDeleteKey (then the object stays)
 * Gap      none known
 * Says     CALL, ZwDeleteKey's, RETURN
 * Source   wdfregistry/nf-wdfregistry-wdfregistryremovekey
 */
NTSTATUS imp_WdfRegistryRemoveKey(PWDF_DRIVER_GLOBALS DriverGlobals, WDFKEY Key)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfRegistryRemoveKey, fx_handle_obj(f, Key), 0, 0, 0, 0);
    struct fx_key *k = fx_key_of(f, Key);
    NTSTATUS status = k ? ZwDeleteKey(k->handle) : STATUS_INVALID_HANDLE;

    (void)DriverGlobals;
    if (NT_SUCCESS(status))
        fx_delete(&k->object);
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfRegistryRemoveValue: removes a value.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INVALID_PARAMETER (the name's lengths), those of ZwDeleteValueKey
 * Gap      none known
 * Says     CALL, ZwDeleteValueKey's, RETURN
 * Source   wdfregistry/nf-wdfregistry-wdfregistryremovevalue
 */
NTSTATUS imp_WdfRegistryRemoveValue(PWDF_DRIVER_GLOBALS DriverGlobals, WDFKEY Key,
                                    PCUNICODE_STRING ValueName)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfRegistryRemoveValue, fx_handle_obj(f, Key), 0, 0, 0, 0);
    const struct fx_key *k;
    NTSTATUS status = fx_value_of(f, Key, ValueName, &k);

    (void)DriverGlobals;
    if (NT_SUCCESS(status))
        status = ZwDeleteValueKey(k->handle, (PUNICODE_STRING)ValueName);
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}
