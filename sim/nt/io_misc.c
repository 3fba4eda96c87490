/*
 * The small rest of the I/O manager: shutdown notices, share access, hard errors, the error log, the
 * stack's bounds.
 */
#include "sim/nt/io.h"
#include "sim/nt/zw.h"

#include <stdio.h>

struct io_shutdown {
    struct io_shutdown *next;
    PDEVICE_OBJECT device;
    bool last_chance;
};

static NTSTATUS shutdown_add(struct sim *s, PDEVICE_OBJECT device, bool last_chance)
{
    struct io_shutdown *n = io_host_alloc(s, sizeof(*n));

    *n = (struct io_shutdown) { s->nt->io->shutdown, device, last_chance };
    s->nt->io->shutdown = n;
    device->Flags |= DO_SHUTDOWN_REGISTERED;
    return STATUS_SUCCESS;
}

/*
 * IoRegisterShutdownNotification: the device gets IRP_MJ_SHUTDOWN when the system goes down.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS
 * Gap      scenarios do not shut the machine down, so the request never comes
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-ioregistershutdownnotification
 */
NTSTATUS IoRegisterShutdownNotification(PDEVICE_OBJECT DeviceObject)
{
    struct sim *s = sim_now();
    struct call c =
        call_begin(s, API_IoRegisterShutdownNotification, device_obj(s, DeviceObject), 0, 0, 0, 0);
    NTSTATUS status = shutdown_add(s, DeviceObject, false);

    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * IoRegisterLastChanceShutdownNotification: as above, after the file systems.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS
 * Gap      as IoRegisterShutdownNotification
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-ioregisterlastchanceshutdownnotification
 */
NTSTATUS IoRegisterLastChanceShutdownNotification(PDEVICE_OBJECT DeviceObject)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_IoRegisterLastChanceShutdownNotification,
                               device_obj(s, DeviceObject), 0, 0, 0, 0);
    NTSTATUS status = shutdown_add(s, DeviceObject, true);

    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * IoUnregisterShutdownNotification: takes back both of the above.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     CALL (a0 = 1: it was registered), RETURN
 * Source   wdm/nf-wdm-iounregistershutdownnotification
 */
VOID IoUnregisterShutdownNotification(PDEVICE_OBJECT DeviceObject)
{
    struct sim *s = sim_now();
    struct io_shutdown **link = &s->nt->io->shutdown, *n;
    struct call c = call_begin(s, API_IoUnregisterShutdownNotification, device_obj(s, DeviceObject),
                               (DeviceObject->Flags & DO_SHUTDOWN_REGISTERED) != 0, 0, 0, 0);

    while ((n = *link)) {
        if (n->device != DeviceObject) {
            link = &n->next;
            continue;
        }
        *link = n->next;
        io_host_free(s, n, sizeof(*n));
    }
    DeviceObject->Flags &= ~(ULONG)DO_SHUTDOWN_REGISTERED;
    call_end(&c, 0, 0, 0, 0);
}

/*
 * IoGetStackLimits: the bounds of the running stack.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing; the two bounds
 * Gap      the stack has the size of the machine's own stacks, not Windows' 24 KiB
 * Says     CALL, RETURN
 * Source   ntddk/nf-ntddk-iogetstacklimits
 */
VOID IoGetStackLimits(PULONG_PTR LowLimit, PULONG_PTR HighLimit)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_IoGetStackLimits, 0, 0, 0, 0, 0);
    const void *low, *high;

    sched_stack(s, &low, &high);
    *LowLimit = (ULONG_PTR)low;
    *HighLimit = (ULONG_PTR)high;
    call_end(&c, (uint64_t)(*HighLimit - *LowLimit), 0, 0, 0);
}

/*
 * IoGetInitialStack: the end of the running stack at which it began.
 *
 * Irql     <= APC_LEVEL
 * Returns  the address
 * Gap      as IoGetStackLimits
 * Says     CALL, RETURN
 * Source   ntddk/nf-ntddk-iogetinitialstack
 */
PVOID IoGetInitialStack(VOID)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_IoGetInitialStack, 0, 0, 0, 0, 0);
    const void *low, *high;

    sched_stack(s, &low, &high);
    call_end(&c, 0, 0, 0, 0);
    return (PVOID)high;
}

/*
 * IoIs32bitProcess: whether the requester runs 32-bit code.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  FALSE: all processes of the machine are 64-bit
 * Gap      32-bit processes are not modelled
 * Says     CALL, RETURN
 * Source   ntddk/nf-ntddk-iois32bitprocess
 */
BOOLEAN IoIs32bitProcess(PIRP Irp)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_IoIs32bitProcess, Irp ? irp_obj(s, Irp) : 0, 0, 0, 0, 0);

    call_end(&c, FALSE, 0, 0, 0);
    return FALSE;
}

/*
 * IoRaiseHardError: tells the user; the request ends with the error that is in it.
 *
 * Irql     <= APC_LEVEL
 * Returns  nothing
 * Gap      nobody answers the message: the request fails as if the user had cancelled
 * Says     CALL, what the completion says, RETURN
 * Source   ntddk/nf-ntddk-ioraiseharderror
 */
VOID IoRaiseHardError(PIRP Irp, PVPB Vpb, PDEVICE_OBJECT RealDeviceObject)
{
    struct sim *s = sim_now();
    struct call c =
        call_begin(s, API_IoRaiseHardError, irp_obj(s, Irp), device_obj(s, RealDeviceObject),
                   (uint32_t)Irp->IoStatus.Status, Vpb != NULL, 0);

    io_complete(s, Irp);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * IoAllocateErrorLogEntry: room for an entry of the error log.
 *
 * Irql     <= DISPATCH_LEVEL
 * Units    EntrySize: bytes
 * Returns  the entry, zeroed, or NULL when larger than ERROR_LOG_MAXIMUM_SIZE
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-ioallocateerrorlogentry
 */
PVOID IoAllocateErrorLogEntry(PVOID IoObject, UCHAR EntrySize)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_IoAllocateErrorLogEntry, nt_obj(s, IoObject, OBJ_DEVOBJ),
                               EntrySize, 0, 0, 0);
    PVOID entry = NULL;

    if (EntrySize >= sizeof(IO_ERROR_LOG_PACKET) && EntrySize <= ERROR_LOG_MAXIMUM_SIZE)
        entry = pool_alloc_internal(s, EntrySize);
    if (entry)
        memset(entry, 0, EntrySize);
    call_end(&c, entry != NULL, 0, 0, 0);
    return entry;
}

/*
 * IoWriteErrorLogEntry: writes and frees the entry.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      the log is the debug output: one line with the two codes
 * Says     CALL (a0 = error code, a1 = final status), RETURN
 * Source   wdm/nf-wdm-iowriteerrorlogentry
 */
VOID IoWriteErrorLogEntry(PVOID ElEntry)
{
    struct sim *s = sim_now();
    PIO_ERROR_LOG_PACKET e = ElEntry;
    struct call c = call_begin(s, API_IoWriteErrorLogEntry, 0, (uint32_t)e->ErrorCode,
                               (uint32_t)e->FinalStatus, e->UniqueErrorValue, 0);
    char line[96];
    int bytes = snprintf(line, sizeof(line), "error log: code 0x%08x, final status 0x%08x\n",
                         (unsigned)e->ErrorCode, (unsigned)e->FinalStatus);

    io_debug_text(s, line, (size_t)bytes);
    pool_free_internal(s, e);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * IoFreeErrorLogEntry: frees an entry that is not written after all.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-iofreeerrorlogentry
 */
VOID IoFreeErrorLogEntry(PVOID ElEntry)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_IoFreeErrorLogEntry, 0, 0, 0, 0, 0);

    pool_free_internal(s, ElEntry);
    call_end(&c, 0, 0, 0, 0);
}

/* Adds (by 1) or takes away (by -1) what a file object asks and grants. */
static void share_count(PFILE_OBJECT f, PSHARE_ACCESS a, ULONG by)
{
    if (!f->ReadAccess && !f->WriteAccess && !f->DeleteAccess)
        return;
    a->OpenCount += by;
    a->Readers += f->ReadAccess ? by : 0;
    a->Writers += f->WriteAccess ? by : 0;
    a->Deleters += f->DeleteAccess ? by : 0;
    a->SharedRead += f->SharedRead ? by : 0;
    a->SharedWrite += f->SharedWrite ? by : 0;
    a->SharedDelete += f->SharedDelete ? by : 0;
}

static void share_take(PFILE_OBJECT f, ACCESS_MASK access, ULONG share)
{
    f->ReadAccess = (access & (FILE_EXECUTE | FILE_READ_DATA)) != 0;
    f->WriteAccess = (access & (FILE_WRITE_DATA | FILE_APPEND_DATA)) != 0;
    f->DeleteAccess = (access & DELETE) != 0;
    f->SharedRead = (share & FILE_SHARE_READ) != 0;
    f->SharedWrite = (share & FILE_SHARE_WRITE) != 0;
    f->SharedDelete = (share & FILE_SHARE_DELETE) != 0;
}

/*
 * IoCheckShareAccess: whether one more opener fits with those before.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_SHARING_VIOLATION
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-iocheckshareaccess
 */
NTSTATUS IoCheckShareAccess(ACCESS_MASK DesiredAccess, ULONG DesiredShareAccess,
                            PFILE_OBJECT FileObject, PSHARE_ACCESS ShareAccess, BOOLEAN Update)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_IoCheckShareAccess, nt_obj(s, FileObject, OBJ_FILE),
                               DesiredAccess, DesiredShareAccess, Update, 0);
    PSHARE_ACCESS a = ShareAccess;
    PFILE_OBJECT f = FileObject;
    NTSTATUS status = STATUS_SUCCESS;

    share_take(f, DesiredAccess, DesiredShareAccess);
    if ((f->ReadAccess && a->SharedRead < a->OpenCount) ||
        (f->WriteAccess && a->SharedWrite < a->OpenCount) ||
        (f->DeleteAccess && a->SharedDelete < a->OpenCount) || (a->Readers && !f->SharedRead) ||
        (a->Writers && !f->SharedWrite) || (a->Deleters && !f->SharedDelete))
        status = STATUS_SHARING_VIOLATION;
    else if (Update)
        share_count(f, a, 1);
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * IoSetShareAccess: the first opener's share access.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-iosetshareaccess
 */
VOID IoSetShareAccess(ACCESS_MASK DesiredAccess, ULONG DesiredShareAccess, PFILE_OBJECT FileObject,
                      PSHARE_ACCESS ShareAccess)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_IoSetShareAccess, nt_obj(s, FileObject, OBJ_FILE),
                               DesiredAccess, DesiredShareAccess, 0, 0);

    memset(ShareAccess, 0, sizeof(*ShareAccess));
    share_take(FileObject, DesiredAccess, DesiredShareAccess);
    share_count(FileObject, ShareAccess, 1);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * IoUpdateShareAccess: counts an opener that IoCheckShareAccess let pass.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-ioupdateshareaccess
 */
VOID IoUpdateShareAccess(PFILE_OBJECT FileObject, PSHARE_ACCESS ShareAccess)
{
    struct sim *s = sim_now();
    struct call c =
        call_begin(s, API_IoUpdateShareAccess, nt_obj(s, FileObject, OBJ_FILE), 0, 0, 0, 0);

    share_count(FileObject, ShareAccess, 1);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * IoRemoveShareAccess: an opener goes.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-ioremoveshareaccess
 */
VOID IoRemoveShareAccess(PFILE_OBJECT FileObject, PSHARE_ACCESS ShareAccess)
{
    struct sim *s = sim_now();
    struct call c =
        call_begin(s, API_IoRemoveShareAccess, nt_obj(s, FileObject, OBJ_FILE), 0, 0, 0, 0);

    share_count(FileObject, ShareAccess, (ULONG)-1);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * IoGetRequestorProcess: the process whose thread asked for this.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  the process
 * Gap      none known
 * Says     CALL, RETURN
 * Source   ntifs/nf-ntifs-iogetrequestorprocess
 */
PEPROCESS IoGetRequestorProcess(PIRP Irp)
{
    struct sim *s = sim_now();
    struct io_irp *r = io_irp_of(s, Irp);
    struct call c = call_begin(s, API_IoGetRequestorProcess, irp_obj(s, Irp), 0, 0, 0, 0);
    uint32_t process = r && r->thread ? agent_process(r->thread) : 0;

    call_end(&c, process, 0, 0, 0);
    return ps_process(s, process);
}

/*
 * IoGetRequestorProcessId: its number.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  the process id
 * Gap      none known
 * Says     CALL, RETURN
 * Source   ntifs/nf-ntifs-iogetrequestorprocessid
 */
ULONG IoGetRequestorProcessId(PIRP Irp)
{
    struct sim *s = sim_now();
    struct io_irp *r = io_irp_of(s, Irp);
    struct call c = call_begin(s, API_IoGetRequestorProcessId, irp_obj(s, Irp), 0, 0, 0, 0);
    uint32_t process = r && r->thread ? agent_process(r->thread) : 0;
    ULONG id = (ULONG)(ULONG_PTR)ps_process_id(s, process);

    call_end(&c, id, 0, 0, 0);
    return id;
}
