/*
 * Files: create, cleanup and close requests of a device, the framework's file objects, and the driver's
 * callbacks for them. Without a callback or a queue for create requests, and with automatic forwarding (of
 * filters, unless the driver says otherwise), they go to the driver below.
 *
 * Source: wdf/framework-file-objects, wdfdevice/ns-wdfdevice-_wdf_fileobject_config,
 *         microsoft/Windows-Driver-Frameworks (fxpkggeneral.cpp, fxfileobject.cpp)
 */
#include "sim/wdf/io.h"

static void file_dispose(struct fx_object *o)
{
    struct fx_file *file = (struct fx_file *)o, **link = &file->device->io->files;

    while (*link && *link != file)
        link = &(*link)->next;
    if (*link)
        *link = file->next;
}

static ULONG file_kind(const struct fx_device *d)
{
    ULONG kind = d->file_config_set ? (ULONG)d->file_config.FileObjectClass : 0;

    kind &= ~(ULONG)WdfFileObjectCanBeOptional;
    return kind ? kind : WdfFileObjectNotRequired;
}

WDF_SYNCHRONIZATION_SCOPE fx_file_scope(const struct fx_device *d)
{
    if (!d->file_config_set || !d->file_attributes.Size)
        return WdfSynchronizationScopeNone;
    if (d->file_attributes.SynchronizationScope == WdfSynchronizationScopeInheritFromParent)
        return d->scope;
    return d->file_attributes.SynchronizationScope;
}

/* Callbacks of files come at PASSIVE_LEVEL, and under the device's lock or none. */
static bool file_serial(struct fx_object *o, struct fx_serial *out)
{
    struct fx_device *d = ((struct fx_file *)o)->device;
    WDF_SYNCHRONIZATION_SCOPE scope = fx_file_scope(d);

    *out = (struct fx_serial) { .scope = scope,
                                .passive = true,
                                .lock = scope == WdfSynchronizationScopeDevice ? &d->lock : NULL };
    return true;
}

static const struct fx_class file_class = { .type = FX_FILE,
                                            .trace = OBJ_WDFFILEOBJECT,
                                            .bytes = sizeof(struct fx_file),
                                            .passive = true,
                                            .undeletable = true,
                                            .dispose = file_dispose,
                                            .serial = file_serial };

static bool forwards(const struct fx_device *d)
{
    WDF_TRI_STATE asked =
        d->file_config_set ? d->file_config.AutoForwardCleanupClose : WdfUseDefault;

    return d->attached && (asked == WdfUseDefault ? d->filter : asked == WdfTrue);
}

struct fx_file *fx_file_find(struct fx_device *d, PFILE_OBJECT wdm)
{
    struct fx_file *file = d->io->files;

    while (file && file->wdm != wdm)
        file = file->next;
    return wdm ? file : NULL;
}

static NTSTATUS file_make(struct fx *f, struct fx_device *d, PFILE_OBJECT wdm, struct fx_file **out)
{
    PWDF_OBJECT_ATTRIBUTES a = d->file_attributes.Size ? &d->file_attributes : NULL;
    struct fx_object *o;
    NTSTATUS status;

    *out = NULL;
    if (file_kind(d) == WdfFileObjectNotRequired)
        return STATUS_SUCCESS;
    if (!wdm)
        return STATUS_DEVICE_CONFIGURATION_ERROR;
    status = fx_object_create(f, d->object.driver, &file_class, &d->object, a, &o);
    if (!NT_SUCCESS(status))
        return status;
    *out = (struct fx_file *)o;
    (*out)->device = d;
    (*out)->wdm = wdm;
    (*out)->process = agent_process(sched_current_thread(f->s));
    (*out)->next = d->io->files;
    d->io->files = *out;
    if (file_kind(d) == WdfFileObjectWdfCanUseFsContext)
        wdm->FsContext = o->handle;
    else if (file_kind(d) == WdfFileObjectWdfCanUseFsContext2)
        wdm->FsContext2 = o->handle;
    return STATUS_SUCCESS;
}

static void file_drop(struct fx_device *d, PFILE_OBJECT wdm)
{
    struct fx_file *file = fx_file_find(d, wdm);

    if (!file)
        return;
    if (file_kind(d) == WdfFileObjectWdfCanUseFsContext)
        wdm->FsContext = NULL;
    else if (file_kind(d) == WdfFileObjectWdfCanUseFsContext2)
        wdm->FsContext2 = NULL;
    fx_delete(&file->object);
}

/* An open that fails leaves nothing behind: there will be no close. */
void fx_file_create_ended(struct fx *f, struct fx_device *d, PFILE_OBJECT wdm, NTSTATUS status)
{
    (void)f;
    if (NT_SUCCESS(status))
        return;
    file_drop(d, wdm);
    d->io->opens--;
}

/* --- create --- */

static NTSTATUS passed_create_done(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    (void)device;
    fx_file_create_ended(fx_now(), context, IoGetCurrentIrpStackLocation(irp)->FileObject,
                         irp->IoStatus.Status);
    if (irp->PendingReturned)
        IoMarkIrpPending(irp);
    return STATUS_CONTINUE_COMPLETION;
}

static NTSTATUS create_without_driver(struct fx_device *d, PIRP irp)
{
    if (!forwards(d))
        return fx_irp_complete(irp, STATUS_SUCCESS);
    IoCopyCurrentIrpStackLocationToNext(irp);
    IoSetCompletionRoutine(irp, passed_create_done, d, TRUE, TRUE, TRUE);
    return IofCallDriver(d->attached, irp);
}

static void create_tell(struct fx *f, struct fx_device *d, struct fx_request *r,
                        const struct fx_file *file)
{
    PFN_WDF_DEVICE_FILE_CREATE fn = d->file_config.EvtDeviceFileCreate;
    struct fx_lock *lock = d->io->creates->lock;
    struct sim *s = f->s;
    uint32_t obj = d->object.obj;
    KIRQL irql;

    fx_callback_enter(f, lock);
    irql = sched_irql(s);
    callback_begin(s, API_EvtDeviceFileCreate, obj, r->object.obj, file ? file->object.obj : 0,
                   irp_obj(s, r->irp), 0);
    fn(d->object.handle, r->object.handle, file ? file->object.handle : NULL);
    callback_end(s, API_EvtDeviceFileCreate, obj, sched_irql(s));
    fx_irql_restore(s, API_EvtDeviceFileCreate, obj, irql, (const void *)fn);
    fx_callback_leave(f, lock);
}

/* The request passes through the framework's own queue, of which the driver then has it. */
static NTSTATUS create_with_callback(struct fx *f, struct fx_device *d, struct fx_request *r,
                                     PFILE_OBJECT wdm)
{
    struct fx_file *file = fx_file_find(d, wdm);
    struct fx_request *got = NULL;
    NTSTATUS status = fx_queue_take_new(f, d->io->creates, r);

    if (status != STATUS_PENDING)
        return status;
    if (NT_SUCCESS(fx_queue_get(f, d->io->creates, API_NONE, wdm, NULL, &got)))
        create_tell(f, d, got, file);
    return STATUS_PENDING;
}

static NTSTATUS create_with_driver(struct fx *f, struct fx_device *d, PIRP irp)
{
    PFILE_OBJECT wdm = IoGetCurrentIrpStackLocation(irp)->FileObject;
    struct fx_queue *q = d->io->table[IRP_MJ_CREATE];
    struct fx_request *r;
    NTSTATUS status = fx_request_create(f, d, irp, &r);

    if (!NT_SUCCESS(status)) {
        fx_file_create_ended(f, d, wdm, status);
        return fx_irp_complete(irp, status);
    }
    return q ? fx_queue_take_new(f, q, r) : create_with_callback(f, d, r, wdm);
}

static NTSTATUS on_create(struct fx *f, struct fx_device *d, PIRP irp)
{
    PFILE_OBJECT wdm = IoGetCurrentIrpStackLocation(irp)->FileObject;
    struct fx_file *file;
    NTSTATUS status = STATUS_ACCESS_DENIED;

    d->io->opens++;
    if (!(d->wdm->Flags & DO_EXCLUSIVE) || d->io->opens == 1)
        status = file_make(f, d, wdm, &file);
    if (!NT_SUCCESS(status)) {
        d->io->opens--;
        return fx_irp_complete(irp, status);
    }
    if (!d->io->table[IRP_MJ_CREATE] && !d->io->creates)
        return create_without_driver(d, irp);
    return create_with_driver(f, d, irp);
}

/* --- cleanup, close --- */

static void end_tell(struct fx *f, struct fx_device *d, enum api api, const struct fx_file *file)
{
    bool cleanup = api == API_EvtFileCleanup;
    PFN_WDF_FILE_CLOSE fn = cleanup ? d->file_config.EvtFileCleanup : d->file_config.EvtFileClose;
    bool locked = fx_file_scope(d) == WdfSynchronizationScopeDevice;
    uint32_t obj = file ? file->object.obj : 0;
    struct sim *s = f->s;
    KIRQL irql;

    if (!d->file_config_set || !fn)
        return;
    if (locked)
        fx_callback_enter(f, &d->lock);
    irql = sched_irql(s);
    callback_begin(s, api, obj, d->object.obj, 0, 0, 0);
    fn(file ? file->object.handle : NULL);
    callback_end(s, api, obj, sched_irql(s));
    fx_irql_restore(s, api, obj, irql, (const void *)fn);
    if (locked)
        fx_callback_leave(f, &d->lock);
}

static NTSTATUS on_cleanup(struct fx *f, struct fx_device *d, PIRP irp)
{
    PFILE_OBJECT wdm = IoGetCurrentIrpStackLocation(irp)->FileObject;

    end_tell(f, d, API_EvtFileCleanup, fx_file_find(d, wdm));
    if (wdm)
        fx_io_flush_file(f, d, wdm);
    return forwards(d) ? fx_irp_pass(d, irp) : fx_irp_complete(irp, STATUS_SUCCESS);
}

/* A control device may go with its last handle: nothing of it is used behind that. */
static NTSTATUS on_close(struct fx *f, struct fx_device *d, PIRP irp)
{
    PFILE_OBJECT wdm = IoGetCurrentIrpStackLocation(irp)->FileObject;
    NTSTATUS status;

    fx_reference(&d->object);
    end_tell(f, d, API_EvtFileClose, fx_file_find(d, wdm));
    file_drop(d, wdm);
    d->io->opens--;
    status = forwards(d) ? fx_irp_pass(d, irp) : fx_irp_complete(irp, STATUS_SUCCESS);
    fx_dereference(&d->object);
    return status;
}

NTSTATUS fx_file_dispatch(struct fx *f, struct fx_device *d, PIRP irp)
{
    switch (IoGetCurrentIrpStackLocation(irp)->MajorFunction) {
    case IRP_MJ_CREATE:
        return on_create(f, d, irp);
    case IRP_MJ_CLEANUP:
        return on_cleanup(f, d, irp);
    default:
        return on_close(f, d, irp);
    }
}
