/*
 * Remote I/O targets: devices that a driver opens, by their device object or by name.
 *
 * Source: wdf/initializing-a-general-i-o-target, microsoft/Windows-Driver-Frameworks (fxiotargetremote.cpp)
 */
#include "sim/nt/io_request.h"
#include "sim/nt/zw.h"
#include "sim/wdf/target.h"

static void name_forget(struct fx *f, struct fx_target *t)
{
    if (t->name.Buffer)
        pool_free_internal(f->s, t->name.Buffer);
    t->name = (UNICODE_STRING) { 0 };
}

static bool name_keep(struct fx *f, struct fx_target *t, const UNICODE_STRING *name)
{
    UNICODE_STRING copy = { .Length = name->Length, .MaximumLength = name->Length };

    copy.Buffer = pool_alloc_internal(f->s, name->Length);
    if (!copy.Buffer)
        return false;
    memcpy(copy.Buffer, name->Buffer, name->Length);
    name_forget(f, t);
    t->name = copy;
    return true;
}

/* Ends what is under way, then lets the device go. */
void fx_target_close(struct fx *f, struct fx_target *t, WDF_IO_TARGET_STATE state)
{
    PFILE_OBJECT file = t->file;
    bool named = t->named;

    fx_target_remove(f, t, state);
    if (t->in_stack)
        return;
    t->open = false;
    t->wdm = t->pdo = NULL;
    t->file = NULL;
    t->named = false;
    if (named)
        io_file_cleanup(f->s, file, KernelMode);
    if (file)
        ob_dereference(f->s, file);
    if (state == WdfIoTargetDeleted)
        name_forget(f, t);
}

static NTSTATUS params_check(const WDF_IO_TARGET_OPEN_PARAMS *p)
{
    bool notified =
        p->EvtIoTargetQueryRemove || p->EvtIoTargetRemoveCanceled || p->EvtIoTargetRemoveComplete;

    if (p->Size != sizeof(*p))
        return STATUS_INFO_LENGTH_MISMATCH;
    switch (p->Type) {
    case WdfIoTargetOpenUseExistingDevice:
        return p->TargetDeviceObject && (p->TargetFileObject || !notified)
                   ? STATUS_SUCCESS
                   : STATUS_INVALID_PARAMETER;
    case WdfIoTargetOpenByName:
        return p->TargetDeviceName.Buffer && p->TargetDeviceName.Length &&
                       p->TargetDeviceName.MaximumLength
                   ? STATUS_SUCCESS
                   : STATUS_INVALID_PARAMETER;
    case WdfIoTargetOpenReopen:
        return STATUS_SUCCESS;
    default:
        return STATUS_INVALID_PARAMETER;
    }
}

static NTSTATUS open_by_name(struct fx *f, struct fx_target *t, WDF_IO_TARGET_OPEN_PARAMS *p)
{
    PDEVICE_OBJECT device = io_name_device(f->s, &t->name);
    NTSTATUS status;

    if (!device)
        return STATUS_OBJECT_NAME_NOT_FOUND;
    status = io_file_open(f->s, device, p->DesiredAccess, KernelMode, &t->file);
    if (!NT_SUCCESS(status))
        return status;
    p->FileInformation = FILE_OPENED;
    t->named = true;
    t->wdm = io_device_top(device);
    t->pdo = io_device_base(f->s, t->wdm);
    return STATUS_SUCCESS;
}

static NTSTATUS open_device(struct fx *f, struct fx_target *t, const WDF_IO_TARGET_OPEN_PARAMS *p)
{
    t->wdm = p->TargetDeviceObject;
    t->pdo = io_device_base(f->s, t->wdm);
    t->file = p->TargetFileObject;
    if (t->file)
        ob_reference(f->s, t->file);
    return STATUS_SUCCESS;
}

static NTSTATUS open(struct fx *f, struct fx_target *t, PWDF_IO_TARGET_OPEN_PARAMS p)
{
    bool again = p->Type == WdfIoTargetOpenReopen;
    WDF_IO_TARGET_OPEN_PARAMS *use = again ? &t->params : p;
    NTSTATUS status;

    if (again && (t->params.Type != WdfIoTargetOpenByName || !t->name.Buffer))
        return STATUS_INVALID_DEVICE_REQUEST;
    if (t->in_stack || t->open || t->opening || t->state == WdfIoTargetDeleted)
        return STATUS_INVALID_DEVICE_STATE;
    if (!again && p->Type == WdfIoTargetOpenByName && !name_keep(f, t, &p->TargetDeviceName))
        return STATUS_INSUFFICIENT_RESOURCES;
    t->opening = true;
    status = use->Type == WdfIoTargetOpenByName ? open_by_name(f, t, use) : open_device(f, t, use);
    t->opening = false;
    if (!again)
        t->params = *p;
    if (!NT_SUCCESS(status)) {
        fx_target_close(f, t, WdfIoTargetClosed);
        return status;
    }
    t->open = true;
    return fx_target_start(f, t);
}

/*
 * WdfIoTargetCreate: a remote target of a device, not open yet.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INSUFFICIENT_RESOURCES, STATUS_INVALID_DEVICE_REQUEST (IRQL; the parent is
 *          not below the device), those of the attributes
 * Gap      none known
 * Says     CALL, RETURN (object = the target)
 * Source   wdfiotarget/nf-wdfiotarget-wdfiotargetcreate
 */
NTSTATUS imp_WdfIoTargetCreate(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device,
                               PWDF_OBJECT_ATTRIBUTES IoTargetAttributes, WDFIOTARGET *IoTarget)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfIoTargetCreate, fx_handle_obj(f, Device), 0, 0, 0, 0);
    const struct fx_attributes_rules rules = { 0 };
    PWDF_OBJECT_ATTRIBUTES a = IoTargetAttributes;
    struct fx_device *d = fx_device_of(f, Device);
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;
    struct fx_target *t = NULL;

    (void)DriverGlobals;
    if (d && fx_required(f, IoTarget) &&
        fx_irql_check(f, API_WdfIoTargetCreate, d->object.obj, PASSIVE_LEVEL)) {
        status = fx_attributes_check(f, a, &rules);
        if (NT_SUCCESS(status) && a && a->ParentObject &&
            fx_device_above(fx_object_find(f, a->ParentObject, FX_OBJECT)) != &d->object)
            status = STATUS_INVALID_DEVICE_REQUEST;
        if (NT_SUCCESS(status))
            status = fx_target_create(f, d, a, false, &t);
        if (t)
            *IoTarget = (WDFIOTARGET)t->object.handle;
    }
    c.obj = t ? t->object.obj : c.obj;
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfIoTargetOpen: opens what a remote target stands for.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INFO_LENGTH_MISMATCH, STATUS_INVALID_PARAMETER, STATUS_INVALID_DEVICE_STATE
 *          (open already), STATUS_INVALID_DEVICE_REQUEST (nothing to open again),
 *          STATUS_OBJECT_NAME_NOT_FOUND, or what the create request ends with
 * Gap      of an open by name, device and access count alone; the target's removal is not notified
 *          (EvtIoTargetQueryRemove and its like)
 * Says     CALL (a0 = type), what opening says, RETURN
 * Source   wdfiotarget/nf-wdfiotarget-wdfiotargetopen
 */
NTSTATUS imp_WdfIoTargetOpen(PWDF_DRIVER_GLOBALS DriverGlobals, WDFIOTARGET IoTarget,
                             PWDF_IO_TARGET_OPEN_PARAMS OpenParams)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfIoTargetOpen, fx_handle_obj(f, IoTarget),
                               OpenParams ? (uint64_t)OpenParams->Type : 0, 0, 0, 0);
    struct fx_target *t = fx_target_of(f, IoTarget);
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;

    (void)DriverGlobals;
    if (t && fx_required(f, OpenParams) &&
        fx_irql_check(f, API_WdfIoTargetOpen, t->object.obj, PASSIVE_LEVEL)) {
        status = params_check(OpenParams);
        if (NT_SUCCESS(status))
            status = open(f, t, OpenParams);
    }
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfIoTargetClose: gives the device of a remote target back; what is under way is cancelled and waited for.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     CALL, what cancelling and closing say, RETURN
 * Source   wdfiotarget/nf-wdfiotarget-wdfiotargetclose
 */
VOID imp_WdfIoTargetClose(PWDF_DRIVER_GLOBALS DriverGlobals, WDFIOTARGET IoTarget)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfIoTargetClose, fx_handle_obj(f, IoTarget), 0, 0, 0, 0);
    struct fx_target *t = fx_target_of(f, IoTarget);

    (void)DriverGlobals;
    if (t && !t->in_stack && fx_irql_check(f, API_WdfIoTargetClose, t->object.obj, PASSIVE_LEVEL))
        fx_target_close(f, t, WdfIoTargetClosed);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfIoTargetCloseForQueryRemove: the same, in EvtIoTargetQueryRemove.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  nothing
 * Gap      that callback does not come
 * Says     CALL, what cancelling and closing say, RETURN
 * Source   wdfiotarget/nf-wdfiotarget-wdfiotargetcloseforqueryremove
 */
VOID imp_WdfIoTargetCloseForQueryRemove(PWDF_DRIVER_GLOBALS DriverGlobals, WDFIOTARGET IoTarget)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfIoTargetCloseForQueryRemove, fx_handle_obj(f, IoTarget),
                               0, 0, 0, 0);
    struct fx_target *t = fx_target_of(f, IoTarget);

    (void)DriverGlobals;
    if (t && !t->in_stack &&
        fx_irql_check(f, API_WdfIoTargetCloseForQueryRemove, t->object.obj, PASSIVE_LEVEL))
        fx_target_close(f, t, t->open ? WdfIoTargetClosedForQueryRemove : WdfIoTargetClosed);
    call_end(&c, 0, 0, 0, 0);
}
