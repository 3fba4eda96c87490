/*
 * WDFDRIVER: made once by DriverEntry. It takes over the driver's dispatch table, AddDevice and DriverUnload.
 *
 * Source: wdf/creating-a-framework-driver-object, microsoft/Windows-Driver-Frameworks (fxdriver.cpp)
 */
#include "sim/wdf/device_init.h"
#include "sim/wdf/pnp.h"

#define VERSION_TEXT u"1.33.0" /* major.minor.build */

static void driver_destroy(struct fx_object *o)
{
    struct fx_driver *d = (struct fx_driver *)o;

    pool_free_internal(fx_now()->s, d->path.Buffer);
    d->path = (UNICODE_STRING) { 0 };
}

static const struct fx_class driver_class = { .type = FX_DRIVER,
                                              .trace = OBJ_WDFDRIVER,
                                              .bytes = sizeof(struct fx_driver),
                                              .undeletable = true,
                                              .destroy = driver_destroy };

static struct fx_driver *driver_of(struct fx *f, WDFDRIVER handle)
{
    return (struct fx_driver *)fx_object_of(f, handle, FX_DRIVER);
}

static struct fx_driver *driver_by_wdm(struct fx *f, PDRIVER_OBJECT wdm)
{
    struct fx_driver *d = f->drivers;

    while (d && (d->wdm != wdm || !d->object.class))
        d = d->next;
    return d;
}

/* DRIVER_EXTENSION.AddDevice. A device that was made for nothing goes again. */
static NTSTATUS add_device(PDRIVER_OBJECT wdm, PDEVICE_OBJECT pdo)
{
    struct fx *f = fx_now();
    struct fx_driver *d = driver_by_wdm(f, wdm);
    struct WDFDEVICE_INIT *init;
    struct fx_device *made;
    NTSTATUS status;
    KIRQL irql = sched_irql(f->s);

    if (!d)
        return STATUS_UNSUCCESSFUL;
    if (!d->device_add)
        return STATUS_SUCCESS;
    init = fx_init_create(f, d);
    init->pdo = pdo;
    init->kept = true;
    callback_begin(f->s, API_EvtDriverDeviceAdd, d->object.obj, device_obj(f->s, pdo), 0, 0, 0);
    status = d->device_add((WDFDRIVER)d->object.handle, init);
    callback_end(f->s, API_EvtDriverDeviceAdd, d->object.obj, (uint32_t)status);
    fx_irql_restore(f->s, API_EvtDriverDeviceAdd, d->object.obj, irql, (const void *)d->device_add);
    made = init->created;
    fx_init_free(f, init);
    if (made && NT_SUCCESS(status))
        fx_pnp_added(f, made);
    else if (made)
        fx_device_undo(f, made);
    return status;
}

/* DriverUnload; what the driver has left behind is deleted after it (bind.c). */
static VOID driver_unload(PDRIVER_OBJECT wdm)
{
    struct fx *f = fx_now();
    struct fx_driver *d = driver_by_wdm(f, wdm);
    KIRQL irql = sched_irql(f->s);

    if (!d || !d->evt_unload)
        return;
    callback_begin(f->s, API_EvtDriverUnload, d->object.obj, 0, 0, 0, 0);
    d->evt_unload((WDFDRIVER)d->object.handle);
    callback_end(f->s, API_EvtDriverUnload, d->object.obj, 0);
    fx_irql_restore(f->s, API_EvtDriverUnload, d->object.obj, irql, (const void *)d->evt_unload);
}

static NTSTATUS config_check(struct fx_driver *d, PCUNICODE_STRING path, PWDF_DRIVER_CONFIG config)
{
    const ULONG known =
        WdfDriverInitNonPnpDriver | WdfDriverInitNoDispatchOverride | WdfDriverInitCompanion;

    if (config->Size != sizeof(*config))
        return STATUS_INFO_LENGTH_MISMATCH;
    if (config->DriverInitFlags & ~known)
        return STATUS_INVALID_PARAMETER;
    if (!NT_SUCCESS(fx_unicode_check(path)))
        return STATUS_INVALID_PARAMETER;
    if (d->object.class)
        return STATUS_DRIVER_INTERNAL_ERROR; /* there is one already */
    if (!(config->DriverInitFlags & WdfDriverInitNoDispatchOverride) &&
        config->DriverInitFlags & WdfDriverInitNonPnpDriver && config->EvtDriverDeviceAdd)
        return STATUS_INVALID_PARAMETER;
    return STATUS_SUCCESS;
}

static void dispatch_take(struct fx_driver *d, PWDF_DRIVER_CONFIG config)
{
    bool non_pnp = config->DriverInitFlags & WdfDriverInitNonPnpDriver;
    bool ours = !(config->DriverInitFlags & WdfDriverInitNoDispatchOverride);

    d->globals->DriverFlags |= config->DriverInitFlags;
    d->globals->DisplaceDriverUnload = (ours && !non_pnp) || config->EvtDriverUnload;
    if (!ours)
        return;
    d->device_add = config->EvtDriverDeviceAdd;
    d->evt_unload = config->EvtDriverUnload;
    d->wdm->DriverExtension->AddDevice = non_pnp ? NULL : add_device;
    d->wdm->DriverUnload = non_pnp && !config->EvtDriverUnload ? NULL : driver_unload;
    for (int i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        d->wdm->MajorFunction[i] = fx_dispatch;
}

static NTSTATUS driver_make(struct fx *f, struct fx_driver *d, PCUNICODE_STRING path,
                            PWDF_OBJECT_ATTRIBUTES a)
{
    NTSTATUS status = fx_text_copy(f, &d->path, path);
    void *memory;

    if (!NT_SUCCESS(status))
        return status;
    fx_object_init(f, d, &driver_class, NULL, &d->object);
    d->level = a && a->ExecutionLevel == WdfExecutionLevelPassive ? WdfExecutionLevelPassive
                                                                  : WdfExecutionLevelDispatch;
    d->scope = a && a->SynchronizationScope != WdfSynchronizationScopeInheritFromParent
                   ? a->SynchronizationScope
                   : WdfSynchronizationScopeNone;
    if (a && (a->ContextTypeInfo || a->EvtCleanupCallback || a->EvtDestroyCallback))
        status = fx_context_add(&d->object, a, &memory);
    if (!NT_SUCCESS(status)) {
        fx_delete(&d->object);
        d->object = (struct fx_object) { 0 };
    }
    return status;
}

/*
 * WdfDriverCreate: the driver's framework object.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INFO_LENGTH_MISMATCH, STATUS_INVALID_PARAMETER (flags; a path that
 *          is none; EvtDriverDeviceAdd of a driver without PnP), STATUS_DRIVER_INTERNAL_ERROR
 *          (called twice), STATUS_INSUFFICIENT_RESOURCES, those of the attributes
 * Gap      DriverPoolTag 0: the tag is the first four characters of the service's name
 * Says     CALL (flags), RETURN (object = the driver)
 * Source   wdfdriver/nf-wdfdriver-wdfdrivercreate
 */
NTSTATUS imp_WdfDriverCreate(PWDF_DRIVER_GLOBALS DriverGlobals, PDRIVER_OBJECT DriverObject,
                             PCUNICODE_STRING RegistryPath, PWDF_OBJECT_ATTRIBUTES DriverAttributes,
                             PWDF_DRIVER_CONFIG DriverConfig, WDFDRIVER *Driver)
{
    static const struct fx_attributes_rules rules = { .parent_forbidden = true,
                                                      .scope_allowed = true,
                                                      .level_allowed = true };
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDriverCreate, 0,
                               DriverConfig ? DriverConfig->DriverInitFlags : 0, 0, 0, 0);
    struct fx_driver *d = fx_driver_of(DriverGlobals);
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    if (fx_required(f, DriverObject) && fx_required(f, RegistryPath) &&
        fx_required(f, DriverConfig)) {
        status = config_check(d, RegistryPath, DriverConfig);
        if (NT_SUCCESS(status) && Driver)
            *Driver = NULL;
        if (NT_SUCCESS(status))
            status = fx_attributes_check(f, DriverAttributes, &rules);
        if (NT_SUCCESS(status))
            status = driver_make(f, d, RegistryPath, DriverAttributes);
    }
    if (NT_SUCCESS(status)) {
        if (DriverConfig->DriverPoolTag)
            DriverGlobals->DriverTag = DriverConfig->DriverPoolTag;
        DriverGlobals->Driver = (WDFDRIVER)d->object.handle;
        dispatch_take(d, DriverConfig);
        if (Driver)
            *Driver = DriverGlobals->Driver;
        c.obj = d->object.obj;
    }
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfDriverGetRegistryPath: the service's key, ended by a null character.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  the text, which lives as long as the driver
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfdriver/nf-wdfdriver-wdfdrivergetregistrypath
 */
PWSTR imp_WdfDriverGetRegistryPath(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDRIVER Driver)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfDriverGetRegistryPath, fx_handle_obj(f, Driver), 0, 0, 0, 0);
    struct fx_driver *d = driver_of(f, Driver);

    (void)DriverGlobals;
    call_end(&c, d != NULL, 0, 0, 0);
    return d ? d->path.Buffer : NULL;
}

/*
 * WdfDriverWdmGetDriverObject: the DRIVER_OBJECT.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  it; NULL: no driver's handle
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfdriver/nf-wdfdriver-wdfdriverwdmgetdriverobject
 */
PDRIVER_OBJECT imp_WdfDriverWdmGetDriverObject(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDRIVER Driver)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfDriverWdmGetDriverObject, fx_handle_obj(f, Driver), 0, 0, 0, 0);
    struct fx_driver *d = driver_of(f, Driver);

    (void)DriverGlobals;
    call_end(&c, d != NULL, 0, 0, 0);
    return d ? d->wdm : NULL;
}

/*
 * WdfWdmDriverGetWdfDriverHandle: the framework object of a DRIVER_OBJECT.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  its handle; NULL: it is no framework driver's
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfdriver/nf-wdfdriver-wdfwdmdrivergetwdfdriverhandle
 */
WDFDRIVER imp_WdfWdmDriverGetWdfDriverHandle(PWDF_DRIVER_GLOBALS DriverGlobals,
                                             PDRIVER_OBJECT DriverObject)
{
    struct fx *f = fx_now();
    struct fx_driver *d = driver_by_wdm(f, DriverObject);
    struct call c =
        call_begin(f->s, API_WdfWdmDriverGetWdfDriverHandle, d ? d->object.obj : 0, 0, 0, 0, 0);

    (void)DriverGlobals;
    fx_required(f, DriverObject);
    call_end(&c, d != NULL, 0, 0, 0);
    return d ? (WDFDRIVER)d->object.handle : NULL;
}

/* A subkey of the service's key, which exists already. */
static NTSTATUS subkey_open(struct fx *f, struct fx_driver *d, const WCHAR *leaf, USHORT leaf_bytes,
                            ACCESS_MASK access, PWDF_OBJECT_ATTRIBUTES a, WDFKEY *key,
                            uint32_t *obj)
{
    static const struct fx_attributes_rules rules = { 0 };
    NTSTATUS status = fx_attributes_check(f, a, &rules);
    UNICODE_STRING path = { 0 };
    struct fx_key *k = NULL;
    OBJECT_ATTRIBUTES oa;
    HANDLE handle;

    if (!NT_SUCCESS(status))
        return status;
    path.Length = d->path.Length;
    path.MaximumLength = path.Length + leaf_bytes;
    path.Buffer = pool_alloc_internal(f->s, path.MaximumLength);
    if (!path.Buffer)
        return STATUS_INSUFFICIENT_RESOURCES;
    memcpy(path.Buffer, d->path.Buffer, path.Length);
    memcpy((char *)path.Buffer + path.Length, leaf, leaf_bytes);
    path.Length += leaf_bytes;
    InitializeObjectAttributes(&oa, &path, OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE, NULL, NULL);
    status = ZwCreateKey(&handle, access, &oa, 0, NULL, REG_OPTION_NON_VOLATILE, NULL);
    pool_free_internal(f->s, path.Buffer);
    if (NT_SUCCESS(status))
        status = fx_key_create(f, d, &d->object, a, handle, &k);
    if (k) {
        *key = k->object.handle;
        *obj = k->object.obj;
    }
    return status;
}

/*
 * WdfDriverOpenParametersRegistryKey: the service's Parameters key, made where it is missing.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INSUFFICIENT_RESOURCES, those of ZwCreateKey and the attributes
 * Gap      none known
 * Says     CALL (access), ZwCreateKey's, RETURN (object = the key)
 * Source   wdfdriver/nf-wdfdriver-wdfdriveropenparametersregistrykey
 */
NTSTATUS imp_WdfDriverOpenParametersRegistryKey(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDRIVER Driver,
                                                ACCESS_MASK DesiredAccess,
                                                PWDF_OBJECT_ATTRIBUTES KeyAttributes, WDFKEY *Key)
{
    static const WCHAR leaf[] = u"\\Parameters";
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfDriverOpenParametersRegistryKey, 0, DesiredAccess, 0, 0, 0);
    struct fx_driver *d = driver_of(f, Driver);
    NTSTATUS status = STATUS_INVALID_HANDLE;

    (void)DriverGlobals;
    if (d && fx_required(f, Key)) {
        *Key = NULL;
        status = subkey_open(f, d, leaf, sizeof(leaf) - sizeof(WCHAR), DesiredAccess, KeyAttributes,
                             Key, &c.obj);
    }
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfDriverOpenPersistentStateRegistryKey: where a driver keeps what outlives its service's updates.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  as WdfDriverOpenParametersRegistryKey
 * Gap      a subkey of the service's key, PersistentState; Windows has a store of its own for it
 * Says     CALL (access), ZwCreateKey's, RETURN (object = the key)
 * Source   wdfdriver/nf-wdfdriver-wdfdriveropenpersistentstateregistrykey
 */
NTSTATUS imp_WdfDriverOpenPersistentStateRegistryKey(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                     WDFDRIVER Driver, ACCESS_MASK DesiredAccess,
                                                     PWDF_OBJECT_ATTRIBUTES KeyAttributes,
                                                     WDFKEY *Key)
{
    static const WCHAR leaf[] = u"\\PersistentState";
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfDriverOpenPersistentStateRegistryKey, 0, DesiredAccess, 0, 0, 0);
    struct fx_driver *d = driver_of(f, Driver);
    NTSTATUS status = STATUS_INVALID_HANDLE;

    (void)DriverGlobals;
    if (d && fx_required(f, Key)) {
        *Key = NULL;
        status = subkey_open(f, d, leaf, sizeof(leaf) - sizeof(WCHAR), DesiredAccess, KeyAttributes,
                             Key, &c.obj);
    }
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfDriverRetrieveVersionString: the framework's version as text.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INSUFFICIENT_RESOURCES
 * Gap      the build number is 0
 * Says     CALL, RETURN
 * Source   wdfdriver/nf-wdfdriver-wdfdriverretrieveversionstring
 */
NTSTATUS imp_WdfDriverRetrieveVersionString(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDRIVER Driver,
                                            WDFSTRING String)
{
    static const UNICODE_STRING text = { sizeof(VERSION_TEXT) - sizeof(WCHAR), sizeof(VERSION_TEXT),
                                         (PWCHAR)VERSION_TEXT };
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfDriverRetrieveVersionString, fx_handle_obj(f, Driver), 0, 0, 0, 0);
    struct fx_driver *d = driver_of(f, Driver);
    struct fx_string *s = d ? fx_string_of(f, String) : NULL;
    NTSTATUS status = s ? fx_string_assign(s, &text) : STATUS_INVALID_HANDLE;

    (void)DriverGlobals;
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfDriverIsVersionAvailable: whether the framework is at least this version.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  TRUE up to 1.33
 * Gap      none known
 * Says     CALL (major, minor), RETURN
 * Source   wdfdriver/nf-wdfdriver-wdfdriverisversionavailable
 */
BOOLEAN imp_WdfDriverIsVersionAvailable(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDRIVER Driver,
                                        PWDF_DRIVER_VERSION_AVAILABLE_PARAMS VersionAvailableParams)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfDriverIsVersionAvailable, fx_handle_obj(f, Driver),
                   VersionAvailableParams ? VersionAvailableParams->MajorVersion : 0,
                   VersionAvailableParams ? VersionAvailableParams->MinorVersion : 0, 0, 0);
    BOOLEAN there = FALSE;

    (void)DriverGlobals;
    if (driver_of(f, Driver) && fx_required(f, VersionAvailableParams)) {
        if (VersionAvailableParams->Size != sizeof(*VersionAvailableParams))
            fx_break(f, API_WdfDriverIsVersionAvailable, c.obj, WDF_BREAK_SIZE,
                     VersionAvailableParams->Size, sizeof(*VersionAvailableParams));
        else
            there = VersionAvailableParams->MajorVersion == KMDF_VERSION_MAJOR &&
                    VersionAvailableParams->MinorVersion <= KMDF_VERSION_MINOR;
    }
    call_end(&c, there, 0, 0, 0);
    return there;
}

/*
 * WdfDriverRegisterTraceInfo: what WPP's code calls in old drivers; it has had no effect since Windows XP.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS
 * Gap      the callback is not called: nobody traces
 * Says     CALL, RETURN
 * Source   wdfdriver/nf-wdfdriver-wdfdriverregistertraceinfo
 */
NTSTATUS imp_WdfDriverRegisterTraceInfo(PWDF_DRIVER_GLOBALS DriverGlobals,
                                        PDRIVER_OBJECT DriverObject,
                                        PFN_WDF_TRACE_CALLBACK EvtTraceCallback, PVOID ControlBlock)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDriverRegisterTraceInfo,
                               fx_driver_of(DriverGlobals)->object.obj, 0, 0, 0, 0);
    bool given = fx_required(f, DriverObject) && fx_required(f, (const void *)EvtTraceCallback) &&
                 fx_required(f, ControlBlock);
    NTSTATUS status = given ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;

    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}
