/*
 * WDFDEVICE: made of a WDFDEVICE_INIT, as function device, filter or control device; and its end.
 *
 * Source: wdf/creating-a-framework-device-object, microsoft/Windows-Driver-Frameworks (fxdevice.cpp,
 *         fxdevicekm.cpp)
 */
#include "include/ddk/wdmsec.h"
#include "sim/wdf/pnp.h"

struct fx_device *fx_device_by_wdm(struct fx *f, PDEVICE_OBJECT wdm)
{
    struct fx_device *d = f->devices;

    while (d && d->wdm != wdm)
        d = d->next_device;
    return d;
}

static bool device_serial(struct fx_object *o, struct fx_serial *out)
{
    struct fx_device *d = (struct fx_device *)o;

    *out = (struct fx_serial) { d->scope, d->level == WdfExecutionLevelPassive, &d->lock };
    return true;
}

/* A control device goes with WdfObjectDelete; one in a stack has lost its WDM object by now. */
static void device_dispose(struct fx_object *o)
{
    struct fx_device *d = (struct fx_device *)o;
    struct fx *f = fx_now();

    if (d->control && d->wdm)
        fx_device_gone(f, d);
}

static void preprocess_free(struct fx *f, struct fx_pnp *p)
{
    for (int i = 0; i <= IRP_MJ_MAXIMUM_FUNCTION; i++)
        if (p->preprocess[i].minors)
            io_host_free(f->s, p->preprocess[i].minors, p->preprocess[i].minor_count);
    while (p->watches) {
        struct fx_watch *w = p->watches;

        p->watches = w->next;
        io_host_free(f->s, w, sizeof(*w));
    }
}

static void device_destroy(struct fx_object *o)
{
    struct fx_device *d = (struct fx_device *)o, **link;
    struct fx *f = fx_now();

    if (d->wdm)
        fx_device_gone(f, d);
    for (link = &f->devices; *link && *link != d;)
        link = &(*link)->next_device;
    if (*link)
        *link = d->next_device;
    if (d->io)
        fx_io_destroy(f, d);
    if (d->pnp) {
        fx_policy_destroy(f, d);
        fx_interfaces_free(f, d);
        fx_offers_free(f, d);
        preprocess_free(f, d->pnp);
        io_host_free(f->s, d->pnp, sizeof(*d->pnp));
    }
    fx_lock_destroy(f, &d->lock);
}

/* WdfObjectDelete is for control devices alone: PnP takes the others away. */
static const struct fx_class stack_class = { .type = FX_DEVICE,
                                             .trace = OBJ_WDFDEVICE,
                                             .bytes = sizeof(struct fx_device),
                                             .passive = true,
                                             .undeletable = true,
                                             .dispose = device_dispose,
                                             .destroy = device_destroy,
                                             .serial = device_serial };
static const struct fx_class control_class = { .type = FX_DEVICE,
                                               .trace = OBJ_WDFDEVICE,
                                               .bytes = sizeof(struct fx_device),
                                               .passive = true,
                                               .dispose = device_dispose,
                                               .destroy = device_destroy,
                                               .serial = device_serial };

/* The WDM object goes: its link, its place in the stack, itself. */
void fx_device_gone(struct fx *f, struct fx_device *d)
{
    PDEVICE_OBJECT wdm = d->wdm;

    if (d->pnp->symbolic_link)
        IoDeleteSymbolicLink(&d->pnp->link_name);
    if (d->pnp->link_name.Buffer)
        pool_free_internal(f->s, d->pnp->link_name.Buffer);
    d->pnp->symbolic_link = false;
    d->pnp->link_name = (UNICODE_STRING) { 0 };
    if (d->attached)
        IoDetachDevice(d->attached);
    d->wdm = NULL;
    IoDeleteDevice(wdm);
}

void fx_device_undo(struct fx *f, struct fx_device *d)
{
    fx_dispose_early(&d->object);
    fx_device_gone(f, d);
    fx_delete(&d->object);
}

static void levels_set(struct fx_device *d, const struct fx_driver *driver)
{
    d->level = d->object.level;
    d->scope = d->object.scope;
    if (d->level == WdfExecutionLevelInheritFromParent)
        d->level = driver->level;
    if (d->scope == WdfSynchronizationScopeInheritFromParent)
        d->scope = driver->scope;
}

static void init_take(struct fx_device *d, struct WDFDEVICE_INIT *init)
{
    struct fx_pnp *p = d->pnp;

    d->control = init->control;
    d->filter = init->filter;
    d->pdo = init->pdo;
    d->io_type = init->io_type;
    d->file_config = init->file_config;
    d->file_config_set = init->file_config_set;
    d->file_attributes = init->file_attributes;
    d->request_attributes = init->request_attributes;
    d->in_caller_context = init->in_caller_context;
    p->evt = init->pnp;
    p->policy_evt = init->policy;
    p->fdo_evt = init->fdo;
    p->shutdown = init->shutdown;
    p->shutdown_flags = init->shutdown_flags;
    p->policy_owner = init->policy_owner && !init->filter && !init->control;
    p->d_state = WdfPowerDeviceD3Final;
    p->s_state = PowerSystemWorking;
    p->stoppable = true;
    p->state[FX_MACHINE_PNP] = WdfDevStatePnpObjectCreated;
    p->state[FX_MACHINE_POWER] = WdfDevStatePowerObjectCreated;
    p->state[FX_MACHINE_POLICY] = WdfDevStatePwrPolObjectCreated;
    WDF_DEVICE_STATE_INIT(&p->device_state);
    WDF_DEVICE_PNP_CAPABILITIES_INIT(&p->caps);
    WDF_DEVICE_POWER_CAPABILITIES_INIT(&p->power_caps);
    d->alignment = FILE_BYTE_ALIGNMENT;
}

static NTSTATUS wdm_create(struct fx_device *d, struct WDFDEVICE_INIT *init)
{
    PDRIVER_OBJECT driver = init->driver->wdm;
    static const UNICODE_STRING system_and_administrators =
        RTL_CONSTANT_STRING(u"D:P(A;;GA;;;SY)(A;;GA;;;BA)");
    PCUNICODE_STRING sddl = init->sddl_set ? &init->sddl : &system_and_administrators;
    bool own_name = init->characteristics & FILE_AUTOGENERATED_DEVICE_NAME;

    if (init->named || own_name)
        return IoCreateDeviceSecure(driver, 0, init->named ? &init->name : NULL, init->type,
                                    init->characteristics, init->exclusive, sddl,
                                    init->class_set ? &init->class_guid : NULL, &d->wdm);
    return IoCreateDevice(driver, 0, NULL, init->type, init->characteristics, init->exclusive,
                          &d->wdm);
}

/* Flags of the WDM object: what its I/O type says, or a filter's lower neighbour. */
static void flags_set(struct fx_device *d, const struct WDFDEVICE_INIT *init)
{
    const ULONG io = DO_BUFFERED_IO | DO_DIRECT_IO, power = DO_POWER_PAGABLE | DO_POWER_INRUSH;

    if (d->filter && d->attached) {
        d->wdm->Flags |= d->attached->Flags & (io | power);
        d->wdm->DeviceType = d->attached->DeviceType;
        d->wdm->Characteristics = d->attached->Characteristics;
        return;
    }
    if (init->io_type == WdfDeviceIoBuffered)
        d->wdm->Flags |= DO_BUFFERED_IO;
    else if (init->io_type == WdfDeviceIoDirect)
        d->wdm->Flags |= DO_DIRECT_IO;
    if (init->control)
        return;
    if (init->pageable)
        d->wdm->Flags |= DO_POWER_PAGABLE;
    else if (init->inrush)
        d->wdm->Flags |= DO_POWER_INRUSH;
}

static NTSTATUS device_build(struct fx *f, struct fx_device *d, struct WDFDEVICE_INIT *init)
{
    NTSTATUS status = wdm_create(d, init);

    if (!NT_SUCCESS(status))
        return status;
    if (!d->control) {
        d->attached = IoAttachDeviceToDeviceStack(d->wdm, d->pdo);
        if (!d->attached)
            return STATUS_NO_SUCH_DEVICE;
    }
    flags_set(d, init);
    if (init->preprocesses)
        d->wdm->StackSize++; /* so that a callback may copy its stack location */
    if (init->remove_lock & WDF_REMOVE_LOCK_OPTION_ACQUIRE_FOR_IO)
        d->wdm->StackSize++;
    fx_lock_create(f, &d->lock, d->scope, d->level == WdfExecutionLevelPassive);
    fx_policy_create(f, d);
    return fx_io_create(f, d);
}

static void device_fail(struct fx *f, struct fx_device *d)
{
    if (d->wdm)
        fx_device_gone(f, d);
    fx_delete(&d->object);
}

static NTSTATUS device_create(struct fx *f, struct WDFDEVICE_INIT *init, PWDF_OBJECT_ATTRIBUTES a,
                              struct fx_device **out)
{
    const struct fx_class *class = init->control ? &control_class : &stack_class;
    WDF_OBJECT_ATTRIBUTES bare = { 0 };
    struct fx_object *o;
    struct fx_device *d;
    NTSTATUS status;
    void *memory;

    if ((init->sddl_set || init->class_set) && !init->named &&
        !(init->characteristics & FILE_AUTOGENERATED_DEVICE_NAME))
        return STATUS_INVALID_SECURITY_DESCR;
    if (init->fdo.EvtDeviceFilterAddResourceRequirements &&
        !init->fdo.EvtDeviceRemoveAddedResources)
        return STATUS_INVALID_DEVICE_STATE;
    if (a) { /* its callbacks come only with a device that has been made */
        bare = *a;
        bare.EvtCleanupCallback = NULL;
        bare.EvtDestroyCallback = NULL;
        bare.ContextTypeInfo = NULL;
    }
    status = fx_object_create(f, init->driver, class, &init->driver->object, a ? &bare : NULL, &o);
    if (!NT_SUCCESS(status))
        return status;
    d = (struct fx_device *)o;
    d->pnp = io_host_alloc(f->s, sizeof(*d->pnp));
    d->next_device = f->devices;
    f->devices = d;
    levels_set(d, init->driver);
    init_take(d, init);
    status = device_build(f, d, init);
    if (NT_SUCCESS(status) && a &&
        (a->ContextTypeInfo || a->EvtCleanupCallback || a->EvtDestroyCallback))
        status = fx_context_add(o, a, &memory);
    if (!NT_SUCCESS(status)) {
        device_fail(f, d);
        return status;
    }
    d->pnp->preprocesses = init->preprocesses;
    memcpy(d->pnp->preprocess, init->preprocess, sizeof(init->preprocess));
    memset(init->preprocess, 0, sizeof(init->preprocess));
    d->pnp->watches = init->watches;
    init->watches = NULL;
    if (a && a->ContextTypeInfo) /* as Windows, where a debugger finds it */
        d->wdm->DeviceExtension = fx_context_memory(o, a->ContextTypeInfo->UniqueType);
    *out = d;
    return STATUS_SUCCESS;
}

/*
 * WdfDeviceCreate: the device object, attached to its stack.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS with *DeviceInit NULL, STATUS_INVALID_DEVICE_STATE (resources may be added but
 *          not removed), STATUS_INVALID_SECURITY_DESCR (security without a name),
 *          STATUS_NO_SUCH_DEVICE, those of IoCreateDevice(Secure), of the attributes
 * Gap      DeviceExtension is the driver's context or NULL: the framework keeps its own elsewhere
 * Says     CALL, IoCreateDevice's, IoAttachDeviceToDeviceStack's, RETURN (object = the device)
 * Source   wdfdevice/nf-wdfdevice-wdfdevicecreate
 */
NTSTATUS imp_WdfDeviceCreate(PWDF_DRIVER_GLOBALS DriverGlobals, PWDFDEVICE_INIT *DeviceInit,
                             PWDF_OBJECT_ATTRIBUTES DeviceAttributes, WDFDEVICE *Device)
{
    static const struct fx_attributes_rules rules = { .parent_forbidden = true,
                                                      .scope_allowed = true,
                                                      .level_allowed = true };
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDeviceCreate, 0, 0, 0, 0, 0);
    NTSTATUS status = STATUS_INVALID_PARAMETER;
    struct WDFDEVICE_INIT *init = NULL;
    struct fx_device *d = NULL;

    (void)DriverGlobals;
    if (fx_required(f, DeviceInit) && fx_required(f, Device))
        init = fx_init_of(f, *DeviceInit);
    if (init) {
        *Device = NULL;
        status = fx_irql_check(f, API_WdfDeviceCreate, 0, PASSIVE_LEVEL)
                     ? fx_attributes_check(f, DeviceAttributes, &rules)
                     : STATUS_INVALID_DEVICE_REQUEST;
        if (NT_SUCCESS(status) && init->created)
            status = STATUS_INVALID_DEVICE_STATE;
        if (NT_SUCCESS(status))
            status = device_create(f, init, DeviceAttributes, &d);
    }
    if (d) {
        *Device = (WDFDEVICE)d->object.handle;
        *DeviceInit = NULL;
        init->created = d;
        if (!init->kept)
            fx_init_free(f, init);
        c.obj = d->object.obj;
    }
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfControlDeviceInitAllocate: begins a device outside any stack.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  a WDFDEVICE_INIT, which WdfDeviceCreate uses up or WdfDeviceInitFree gives back; NULL: no
 *          memory, or a string that is none
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfcontrol/nf-wdfcontrol-wdfcontroldeviceinitallocate
 */
PWDFDEVICE_INIT imp_WdfControlDeviceInitAllocate(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                 WDFDRIVER Driver, CONST UNICODE_STRING *SDDLString)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfControlDeviceInitAllocate, fx_handle_obj(f, Driver), 0, 0, 0, 0);
    struct fx_driver *d = (struct fx_driver *)fx_object_of(f, Driver, FX_DRIVER);
    struct WDFDEVICE_INIT *init = NULL;

    (void)DriverGlobals;
    if (d && fx_required(f, SDDLString) && NT_SUCCESS(fx_unicode_check(SDDLString))) {
        init = fx_init_create(f, d);
        init->control = true;
        init->policy_owner = false;
        init->characteristics |= FILE_AUTOGENERATED_DEVICE_NAME;
        init->sddl_set = true;
        if (!NT_SUCCESS(fx_text_copy(f, &init->sddl, SDDLString))) {
            fx_init_free(f, init);
            init = NULL;
        }
    }
    call_end(&c, init != NULL, 0, 0, 0);
    return init;
}

/*
 * WdfControlFinishInitializing: a control device takes requests from now on.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      for another device nothing is done; Windows breaks into the debugger
 * Says     CALL, RETURN
 * Source   wdfcontrol/nf-wdfcontrol-wdfcontrolfinishinitializing
 */
VOID imp_WdfControlFinishInitializing(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfControlFinishInitializing, fx_handle_obj(f, Device), 0, 0, 0, 0);
    struct fx_device *d = fx_device_of(f, Device);

    (void)DriverGlobals;
    if (d && d->control)
        d->wdm->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    else if (d)
        fx_break(f, API_WdfControlFinishInitializing, c.obj, WDF_BREAK_NOT_CONTROL, 0, 0);
    call_end(&c, 0, 0, 0, 0);
}
