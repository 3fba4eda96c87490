/*
 * The buffers of a request: where a driver finds what the user gave. A device says buffered, direct
 * or neither for reads and writes; a control code says it for itself.
 */
#include "sim/core/userptr.h"
#include "sim/nt/io_request.h"

#define BUFFER_GARBAGE 0xD5 /* what new pool holds beyond the input: not zeros, as on Windows */
#define CODE_METHOD(code) ((code)&3u)
#define CODE_ACCESS(code) ((code) >> 14 & 3u)

PVOID io_system_buffer(struct sim *s, PIRP irp, uint32_t bytes, const void *from,
                       uint32_t from_bytes)
{
    PVOID p = pool_alloc_internal(s, bytes);

    if (!p)
        return NULL;
    if (from_bytes)
        memcpy(p, from, from_bytes);
    memset((char *)p + from_bytes, BUFFER_GARBAGE, bytes - from_bytes);
    irp->AssociatedIrp.SystemBuffer = p;
    irp->Flags |= IRP_BUFFERED_IO | IRP_DEALLOCATE_BUFFER;
    io_irp_of(s, irp)->buffer_bytes = bytes;
    return p;
}

/* What ProbeForRead and ProbeForWrite would say of a user's range. */
static NTSTATUS probe(struct sim *s, const struct host_file *f, const void *p, uint32_t bytes)
{
    if (!bytes)
        return STATUS_SUCCESS;
    if ((uint64_t)(uintptr_t)p + bytes < (uint64_t)(uintptr_t)p)
        return STATUS_INVALID_USER_BUFFER;
    return mem_user_valid(s, f->process, p, bytes) ? STATUS_SUCCESS : STATUS_ACCESS_VIOLATION;
}

static NTSTATUS lock_user(struct sim *s, PIRP irp, void *p, uint32_t bytes, LOCK_OPERATION op)
{
    PMDL mdl = mdl_create(s, p, bytes, NULL);
    NTSTATUS status;

    if (!mdl)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = mdl_lock(s, mdl, UserMode, op);
    if (!NT_SUCCESS(status)) {
        mdl_destroy(s, mdl);
        return status;
    }
    irp->MdlAddress = mdl;
    return STATUS_SUCCESS;
}

/* Handed on as it came: nobody but the driver looks at it. */
static void hand_on(struct sim *s, const struct host_file *f, PIRP irp, const void *p,
                    uint32_t bytes)
{
    userptr_brought(s, io_irp_of(s, irp)->obj, f->process, p, bytes);
}

static void read_write_location(PIRP irp, const struct host_io *io, uint32_t bytes)
{
    PIO_STACK_LOCATION at = IoGetNextIrpStackLocation(irp);

    at->MajorFunction = io->op == HOST_READ ? IRP_MJ_READ : IRP_MJ_WRITE;
    at->Parameters.Read.Length = bytes; /* Read and Write are laid out alike */
    at->Parameters.Read.ByteOffset.QuadPart = (LONGLONG)io->offset;
    irp->Flags |=
        IRP_DEFER_IO_COMPLETION | (io->op == HOST_READ ? IRP_READ_OPERATION : IRP_WRITE_OPERATION);
}

static NTSTATUS read_write(struct sim *s, PDEVICE_OBJECT top, struct host_file *f, PIRP irp,
                           const struct host_io *io)
{
    ULONG need = io->op == HOST_READ ? FILE_READ_DATA : FILE_WRITE_DATA;
    NTSTATUS status = probe(s, f, io->buf, io->bytes);

    if (!(f->access & need))
        return STATUS_ACCESS_DENIED;
    if (!NT_SUCCESS(status))
        return status;
    read_write_location(irp, io, io->bytes);
    if ((top->Flags & DO_BUFFERED_IO)) {
        if (!io->bytes)
            return STATUS_SUCCESS;
        if (!io_system_buffer(s, irp, io->bytes, io->buf, io->op == HOST_WRITE ? io->bytes : 0))
            return STATUS_INSUFFICIENT_RESOURCES;
        if (io->op == HOST_READ) {
            irp->UserBuffer = io->buf;
            irp->Flags |= IRP_INPUT_OPERATION;
        }
    } else if (top->Flags & DO_DIRECT_IO) {
        /* A read writes into the user's memory. */
        if (io->bytes)
            return lock_user(s, irp, io->buf, io->bytes,
                             io->op == HOST_READ ? IoWriteAccess : IoReadAccess);
    } else {
        irp->UserBuffer = io->buf;
        hand_on(s, f, irp, io->buf, io->bytes);
    }
    return STATUS_SUCCESS;
}

static NTSTATUS control_buffered(struct sim *s, PIRP irp, const struct host_io *io, uint32_t in,
                                 uint32_t out)
{
    uint32_t bytes = in > out ? in : out;

    if (!bytes)
        return STATUS_SUCCESS;
    if (!io_system_buffer(s, irp, bytes, io->in, in))
        return STATUS_INSUFFICIENT_RESOURCES;
    irp->UserBuffer = io->buf;
    irp->Flags |= out ? IRP_INPUT_OPERATION : 0;
    return STATUS_SUCCESS;
}

static NTSTATUS control_direct(struct sim *s, PIRP irp, const struct host_io *io, uint32_t in,
                               uint32_t out)
{
    if (in && !io_system_buffer(s, irp, in, io->in, in))
        return STATUS_INSUFFICIENT_RESOURCES;
    if (!out)
        return STATUS_SUCCESS;
    return lock_user(s, irp, io->buf, out,
                     CODE_METHOD(io->code) == METHOD_IN_DIRECT ? IoReadAccess : IoWriteAccess);
}

static bool code_allowed(const struct host_file *f, uint32_t code)
{
    uint32_t need = CODE_ACCESS(code);

    return (!(need & FILE_READ_ACCESS) || (f->access & FILE_READ_DATA)) &&
           (!(need & FILE_WRITE_ACCESS) || (f->access & FILE_WRITE_DATA));
}

/* A buffer that is not there has no length, whatever the caller says; but METHOD_NEITHER hands on
 * everything as it came. */
static NTSTATUS control(struct sim *s, struct host_file *f, PIRP irp, const struct host_io *io)
{
    PIO_STACK_LOCATION at = IoGetNextIrpStackLocation(irp);
    uint32_t method = CODE_METHOD(io->code);
    uint32_t in = io->in || method == METHOD_NEITHER ? io->in_bytes : 0;
    uint32_t out = io->buf || method == METHOD_NEITHER ? io->bytes : 0;
    NTSTATUS status;

    if (!code_allowed(f, io->code))
        return STATUS_ACCESS_DENIED;
    at->MajorFunction = IRP_MJ_DEVICE_CONTROL;
    at->Parameters.DeviceIoControl.OutputBufferLength = out;
    at->Parameters.DeviceIoControl.InputBufferLength = in;
    at->Parameters.DeviceIoControl.IoControlCode = io->code;
    if (method == METHOD_NEITHER) {
        irp->UserBuffer = io->buf;
        at->Parameters.DeviceIoControl.Type3InputBuffer = (PVOID)io->in;
        hand_on(s, f, irp, io->buf, out);
        hand_on(s, f, irp, io->in, in);
        return STATUS_SUCCESS;
    }
    status = probe(s, f, io->in, in);
    if (NT_SUCCESS(status))
        status = probe(s, f, io->buf, out);
    if (!NT_SUCCESS(status))
        return status;
    return method == METHOD_BUFFERED ? control_buffered(s, irp, io, in, out)
                                     : control_direct(s, irp, io, in, out);
}

NTSTATUS io_buffers_set(struct sim *s, PDEVICE_OBJECT top, struct host_file *f, PIRP irp,
                        const struct host_io *io)
{
    return io->op == HOST_IOCTL ? control(s, f, irp, io) : read_write(s, top, f, irp, io);
}

void io_buffers_drop(struct sim *s, PIRP irp)
{
    PMDL next;

    for (PMDL mdl = irp->MdlAddress; mdl; mdl = next) {
        next = mdl->Next;
        if (mdl->MdlFlags & MDL_PAGES_LOCKED)
            mdl_unlock(s, mdl);
        mdl_destroy(s, mdl);
    }
    irp->MdlAddress = NULL;
    if (irp->Flags & IRP_DEALLOCATE_BUFFER)
        pool_free_internal(s, irp->AssociatedIrp.SystemBuffer);
    irp->Flags &= ~(ULONG)(IRP_DEALLOCATE_BUFFER | IRP_BUFFERED_IO);
}

/* One MDL a piece, each locked as its memory wants; what was locked before a failure is given back
 * with the IRP. */
static NTSTATUS chain_lock(struct sim *s, PIRP irp, const struct host_io *io)
{
    PMDL *last = &irp->MdlAddress;

    for (unsigned i = 0; i < io->piece_count; i++) {
        KPROCESSOR_MODE mode = mem_is_user(io->pieces[i].p) ? UserMode : KernelMode;
        NTSTATUS status;

        if (!io->pieces[i].bytes)
            continue;
        *last = mdl_create(s, io->pieces[i].p, io->pieces[i].bytes, NULL);
        if (!*last)
            return STATUS_INSUFFICIENT_RESOURCES;
        status = mdl_lock(s, *last, mode, io->op == HOST_READ ? IoWriteAccess : IoReadAccess);
        if (!NT_SUCCESS(status))
            return status;
        last = &(*last)->Next;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS chain_buffer(struct sim *s, PIRP irp, const struct host_io *io, uint32_t bytes)
{
    char *p = bytes ? io_system_buffer(s, irp, bytes, NULL, 0) : NULL;

    if (bytes && !p)
        return STATUS_INSUFFICIENT_RESOURCES;
    for (unsigned i = 0; p && io->op == HOST_WRITE && i < io->piece_count; i++) {
        memcpy(p, io->pieces[i].p, io->pieces[i].bytes);
        p += io->pieces[i].bytes;
    }
    return STATUS_SUCCESS;
}

NTSTATUS io_buffers_chain(struct sim *s, PDEVICE_OBJECT top, PIRP irp, const struct host_io *io)
{
    uint64_t bytes = 0;

    for (unsigned i = 0; i < io->piece_count; i++)
        bytes += io->pieces[i].bytes;
    if (bytes > UINT32_MAX)
        return STATUS_INVALID_PARAMETER;
    read_write_location(irp, io, (uint32_t)bytes);
    irp->Flags &= ~(ULONG)IRP_DEFER_IO_COMPLETION;
    return top->Flags & DO_BUFFERED_IO ? chain_buffer(s, irp, io, (uint32_t)bytes)
                                       : chain_lock(s, irp, io);
}

void io_buffers_chain_end(struct sim *s, PIRP irp, const struct dm_piece *pieces, unsigned count)
{
    uint64_t left = min_u64(irp->IoStatus.Information, io_irp_of(s, irp)->buffer_bytes);
    const char *p = irp->AssociatedIrp.SystemBuffer;

    if (!(irp->Flags & IRP_BUFFERED_IO) || !(irp->Flags & IRP_READ_OPERATION) ||
        NT_ERROR(irp->IoStatus.Status))
        left = 0;
    for (unsigned i = 0; i < count && left; i++) {
        uint64_t bytes = min_u64(left, pieces[i].bytes);

        memcpy(pieces[i].p, p, bytes);
        p += bytes;
        left -= bytes;
    }
    io_buffers_drop(s, irp);
}
