/*
 * Files: a user's handle on a device, from IRP_MJ_CREATE over IRP_MJ_CLEANUP (the last handle) to
 * IRP_MJ_CLOSE (the last reference). Requests on them are io_request.c's.
 */
#include "sim/nt/io_request.h"
#include "sim/nt/pnp.h"
#include "sim/nt/zw.h"

#define CREATE_OPTIONS ((ULONG)FILE_OPEN << 24)

/* An IRP about a file, sent and waited for in the caller's thread. */
static NTSTATUS file_send(struct sim *s, PFILE_OBJECT file, UCHAR major, ULONG flags,
                          KPROCESSOR_MODE mode, PIO_SECURITY_CONTEXT security)
{
    PDEVICE_OBJECT top = io_device_top(file->DeviceObject);
    PIRP irp = io_irp_alloc(s, top->StackSize);
    PIO_STACK_LOCATION at;
    NTSTATUS status;

    if (!irp)
        return STATUS_INSUFFICIENT_RESOURCES;
    irp->Flags = flags;
    irp->RequestorMode = mode;
    irp->Tail.Overlay.Thread = io_thread_object(s);
    irp->Tail.Overlay.OriginalFileObject = file;
    at = IoGetNextIrpStackLocation(irp);
    at->MajorFunction = major;
    at->FileObject = file;
    if (security) {
        at->Parameters.Create.SecurityContext = security;
        at->Parameters.Create.Options = security->FullCreateOptions;
        at->Parameters.Create.ShareAccess = FILE_SHARE_READ | FILE_SHARE_WRITE;
    }
    status = io_call_wait(s, top, irp);
    io_irp_free(s, irp);
    return status;
}

/* The last reference is gone. */
static void file_destroy(struct sim *s, void *body)
{
    PFILE_OBJECT file = body;
    PDEVICE_OBJECT device = file->DeviceObject;

    if (file->Flags & FO_FILE_OPEN)
        file_send(s, file, IRP_MJ_CLOSE, IRP_CLOSE_OPERATION | IRP_SYNCHRONOUS_API, KernelMode,
                  NULL);
    nt_obj_drop(s, file);
    if (file->FileName.Buffer)
        pool_free_internal(s, file->FileName.Buffer);
    pool_free_internal(s, file);
    device->ReferenceCount--;
    ob_dereference(s, device);
}

static PFILE_OBJECT file_create(struct sim *s, PDEVICE_OBJECT device, ACCESS_MASK access)
{
    PFILE_OBJECT file = pool_alloc_internal(s, sizeof(*file));

    if (!file)
        return NULL;
    memset(file, 0, sizeof(*file));
    file->Type = IO_TYPE_FILE;
    file->Size = sizeof(*file);
    file->DeviceObject = device;
    file->ReadAccess = (access & FILE_READ_DATA) != 0;
    file->WriteAccess = (access & FILE_WRITE_DATA) != 0;
    file->SharedRead = file->SharedWrite = TRUE;
    io_event_init(&file->Event, NotificationEvent, false);
    io_event_init(&file->Lock, SynchronizationEvent, false);
    file->IrpList.Flink = file->IrpList.Blink = &file->IrpList;
    nt_obj_new(s, file, OBJ_FILE);
    ob_register(s, file, OB_FILE, file_destroy);
    ob_reference(s, device);
    device->ReferenceCount++;
    return file;
}

static NTSTATUS device_may_open(struct sim *s, PDEVICE_OBJECT device)
{
    struct io_device *r = io_device_of(s, device);
    struct io_driver *d = r ? io_driver_of(s, device->DriverObject) : NULL;

    if (!r || r->deleted || (d && d->unloaded) || (device->Flags & DO_DEVICE_INITIALIZING))
        return STATUS_NO_SUCH_DEVICE;
    if ((device->Flags & DO_EXCLUSIVE) && device->ReferenceCount)
        return STATUS_ACCESS_DENIED;
    return STATUS_SUCCESS;
}

/* What stands behind the device's name is for the driver to make sense of. */
static bool file_name(struct sim *s, PFILE_OBJECT file, PCUNICODE_STRING rest)
{
    if (!rest || !rest->Length)
        return true;
    file->FileName = *rest;
    file->FileName.MaximumLength = rest->Length + sizeof(WCHAR); /* drivers rely on a zero there */
    file->FileName.Buffer = pool_alloc_internal(s, file->FileName.MaximumLength);
    if (!file->FileName.Buffer)
        return false;
    memset(file->FileName.Buffer, 0, file->FileName.MaximumLength);
    memcpy(file->FileName.Buffer, rest->Buffer, rest->Length);
    return true;
}

static NTSTATUS file_open(struct sim *s, PDEVICE_OBJECT device, PCUNICODE_STRING rest,
                          ACCESS_MASK access, KPROCESSOR_MODE mode, PFILE_OBJECT *out)
{
    IO_SECURITY_CONTEXT *security;
    NTSTATUS status = device_may_open(s, device);
    PFILE_OBJECT file;

    *out = NULL;
    if (!NT_SUCCESS(status))
        return status;
    file = file_create(s, device, access);
    security = file && file_name(s, file, rest) ? pool_alloc_internal(s, sizeof(*security)) : NULL;
    if (!security) {
        if (file)
            ob_dereference(s, file);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    *security =
        (IO_SECURITY_CONTEXT) { .DesiredAccess = access, .FullCreateOptions = CREATE_OPTIONS };
    status = file_send(s, file, IRP_MJ_CREATE,
                       IRP_CREATE_OPERATION | IRP_SYNCHRONOUS_API | IRP_DEFER_IO_COMPLETION, mode,
                       security);
    pool_free_internal(s, security);
    if (!NT_SUCCESS(status)) {
        ob_dereference(s, file);
        return status;
    }
    file->Flags |= FO_FILE_OPEN | FO_HANDLE_CREATED;
    *out = file;
    return status;
}

NTSTATUS io_file_open(struct sim *s, PDEVICE_OBJECT device, ACCESS_MASK access,
                      KPROCESSOR_MODE mode, PFILE_OBJECT *out)
{
    return file_open(s, device, NULL, access, mode, out);
}

void io_file_cleanup(struct sim *s, PFILE_OBJECT file, KPROCESSOR_MODE mode)
{
    file_send(s, file, IRP_MJ_CLEANUP, IRP_CLOSE_OPERATION | IRP_SYNCHRONOUS_API, mode, NULL);
    file->Flags |= FO_CLEANUP_COMPLETE;
}

/*
 * What a user opens is a name: that of a functional device object that has one, else the PDO's,
 * through its device interface. Only the named device is asked whether it may be opened.
 */
static PDEVICE_OBJECT named_device(struct sim *s, PDEVICE_OBJECT top)
{
    PDEVICE_OBJECT base = io_device_base(s, top);

    for (PDEVICE_OBJECT d = base ? base->AttachedDevice : NULL; d; d = d->AttachedDevice)
        if (d->Flags & DO_DEVICE_HAS_NAME)
            return d;
    return base;
}

static NTSTATUS user_open(struct sim *s, PDEVICE_OBJECT device, PCUNICODE_STRING rest,
                          uint32_t process, ACCESS_MASK access, struct host_file **out)
{
    PFILE_OBJECT file;
    NTSTATUS status;

    *out = NULL;
    if (!device)
        return STATUS_NO_SUCH_DEVICE;
    status = file_open(s, device, rest, access, UserMode, &file);
    if (!NT_SUCCESS(status))
        return status;
    *out = io_host_alloc(s, sizeof(**out));
    **out = (struct host_file) { .object = file, .process = process, .access = access };
    return status;
}

NTSTATUS host_open(struct sim *s, struct dm_device *d, uint32_t process, ACCESS_MASK access,
                   struct host_file **out)
{
    PDEVICE_OBJECT top = host_device_top(s, d);

    return user_open(s, top ? named_device(s, top) : NULL, NULL, process, access, out);
}

/* The kernel's name for what a user types: \\.\Name and \\?\Name are \??\Name. */
static bool kernel_name(const char *name, WCHAR *to, uint32_t room, UNICODE_STRING *out)
{
    static const char folder[] = "\\??\\";
    uint32_t n = 0;

    if (!strncmp(name, "\\\\.\\", 4) || !strncmp(name, "\\\\?\\", 4)) {
        for (; folder[n]; n++)
            to[n] = (WCHAR)folder[n];
        name += 4;
    }
    for (; *name && n < room; name++)
        to[n++] = (WCHAR)(unsigned char)*name;
    *out = (UNICODE_STRING) { .Buffer = to,
                              .Length = (USHORT)(n * sizeof(WCHAR)),
                              .MaximumLength = (USHORT)(room * sizeof(WCHAR)) };
    return !*name;
}

/* The longest name that is known, cut at a backslash; what is left over is the file's own. */
NTSTATUS host_open_name(struct sim *s, const char *name, uint32_t process, ACCESS_MASK access,
                        struct host_file **out)
{
    WCHAR text[256];
    UNICODE_STRING known, rest = { 0 };
    PDEVICE_OBJECT device;
    USHORT whole;

    *out = NULL;
    if (!kernel_name(name, text, RTL_NUMBER_OF(text), &known))
        return STATUS_OBJECT_NAME_INVALID;
    whole = known.Length;
    while (!(device = io_name_device(s, &known)) && known.Length) {
        do
            known.Length -= sizeof(WCHAR);
        while (known.Length && text[known.Length / sizeof(WCHAR)] != L'\\');
    }
    rest.Buffer = text + known.Length / sizeof(WCHAR);
    rest.Length = (USHORT)(whole - known.Length);
    return device ? user_open(s, device, &rest, process, access, out)
                  : STATUS_OBJECT_NAME_NOT_FOUND;
}

NTSTATUS host_open_own(struct sim *s, PDRIVER_OBJECT driver, unsigned index, uint32_t process,
                       ACCESS_MASK access, struct host_file **out)
{
    PDEVICE_OBJECT d = driver->DeviceObject;
    struct io_device *r;

    *out = NULL;
    for (; d; d = d->NextDevice) {
        r = io_device_of(s, d);
        if (r && !r->lower && r->name && !index--)
            return user_open(s, d, NULL, process, access, out);
    }
    return STATUS_NO_MORE_ENTRIES;
}

static struct io_request *first_uncancelled(const struct host_file *f)
{
    struct io_request *q = f->requests;

    while (q && q->cancelled)
        q = q->next;
    return q;
}

/* The driver should end what is queued in its cleanup routine; what it leaves is cancelled, as when
 * the process ends. Requests that nobody ends keep the file, and this thread, for ever. */
void host_close(struct sim *s, struct host_file *f)
{
    struct io_request *q;

    io_file_cleanup(s, f->object, UserMode);
    /* A cancel routine may end other requests of the list too: begin at its head each time. */
    while ((q = first_uncancelled(f))) {
        q->cancelled = true;
        io_cancel(s, q->irp);
    }
    f->closer = sched_current_thread(s);
    while (f->requests || f->sending)
        sched_block(s, UINT64_MAX);
    ob_dereference(s, f->object);
    io_host_free(s, f, sizeof(*f));
    pnp_removals_continue(s);
}

/*
 * IoGetDeviceObjectPointer: the top of the stack of a named device, with a file object that keeps it.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_OBJECT_NAME_NOT_FOUND, or what the create request ends with
 * Gap      none known; the handle is closed at once (IRP_MJ_CLEANUP), as on Windows
 * Says     CALL, the requests' events, RETURN
 * Source   wdm/nf-wdm-iogetdeviceobjectpointer
 */
NTSTATUS IoGetDeviceObjectPointer(PUNICODE_STRING ObjectName, ACCESS_MASK DesiredAccess,
                                  PFILE_OBJECT *FileObject, PDEVICE_OBJECT *DeviceObject)
{
    struct sim *s = sim_now();
    PDEVICE_OBJECT device = io_name_device(s, ObjectName);
    struct call c =
        call_begin(s, API_IoGetDeviceObjectPointer, device_obj(s, device), DesiredAccess, 0, 0, 0);
    NTSTATUS status = STATUS_OBJECT_NAME_NOT_FOUND;
    PFILE_OBJECT file = NULL;

    if (device)
        status = io_file_open(s, device, DesiredAccess, KernelMode, &file);
    if (NT_SUCCESS(status)) {
        io_file_cleanup(s, file, KernelMode);
        *FileObject = file;
        *DeviceObject = io_device_top(device);
    }
    call_end(&c, (uint32_t)status, file ? nt_obj(s, file, OBJ_FILE) : 0, 0, 0);
    return status;
}

/*
 * IoGetRelatedDeviceObject: where requests on a file go.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  the top of the stack
 * Gap      no file systems: volume parameter blocks are not looked at
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-iogetrelateddeviceobject
 */
PDEVICE_OBJECT IoGetRelatedDeviceObject(PFILE_OBJECT FileObject)
{
    struct sim *s = sim_now();
    struct call c =
        call_begin(s, API_IoGetRelatedDeviceObject, nt_obj(s, FileObject, OBJ_FILE), 0, 0, 0, 0);
    PDEVICE_OBJECT top = io_device_top(FileObject->DeviceObject);

    call_end(&c, device_obj(s, top), 0, 0, 0);
    return top;
}
