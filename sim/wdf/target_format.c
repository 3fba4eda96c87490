/*
 * Formatting: what a read, a write or a control code makes of an IRP that goes to a target, by the target's
 * I/O type or the code's method; and what is undone when it has come back. The IRP of a queue's
 * request gets its own buffers back.
 *
 * Source: wdf/sending-i-o-requests-to-general-i-o-targets,
 *         microsoft/Windows-Driver-Frameworks (fxiotargetkm.cpp, fxrequestbuffer.cpp)
 */
#include "sim/wdf/target.h"

/* --- buffers --- */

NTSTATUS fx_part_memory(struct fx *f, WDFMEMORY memory, PWDFMEMORY_OFFSET offset, struct fx_part *p)
{
    struct fx_memory *m;
    NTSTATUS status;

    *p = (struct fx_part) { 0 };
    if (!memory)
        return STATUS_SUCCESS;
    m = fx_memory_of(f, memory);
    if (!m)
        return STATUS_INVALID_HANDLE;
    status = fx_memory_offsets(m, offset);
    if (!NT_SUCCESS(status))
        return status;
    p->memory = m;
    p->buffer = (char *)m->buffer + (offset ? offset->BufferOffset : 0);
    p->bytes = (ULONG)(m->bytes - (offset ? offset->BufferOffset : 0));
    if (offset && offset->BufferLength)
        p->bytes = (ULONG)offset->BufferLength;
    if (m->mdl && p->bytes == m->bytes)
        p->mdl = m->mdl;
    p->pageable = m->from == FX_MEMORY_DRIVERS;
    return STATUS_SUCCESS;
}

NTSTATUS fx_part_descriptor(struct fx *f, PWDF_MEMORY_DESCRIPTOR d, struct fx_part *p)
{
    *p = (struct fx_part) { 0 };
    if (!d)
        return STATUS_SUCCESS;
    switch (d->Type) {
    case WdfMemoryDescriptorTypeBuffer:
        p->buffer = d->u.BufferType.Buffer;
        p->bytes = d->u.BufferType.Length;
        p->pageable = true;
        return p->buffer ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
    case WdfMemoryDescriptorTypeMdl:
        p->mdl = d->u.MdlType.Mdl;
        p->bytes = d->u.MdlType.BufferLength;
        return p->mdl ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
    case WdfMemoryDescriptorTypeHandle:
        if (!d->u.HandleType.Memory)
            return STATUS_INVALID_PARAMETER;
        return fx_part_memory(f, d->u.HandleType.Memory, d->u.HandleType.Offsets, p);
    default:
        return STATUS_INVALID_PARAMETER;
    }
}

static NTSTATUS part_address(const struct fx_part *p, PVOID *buffer)
{
    *buffer = p->buffer;
    if (*buffer || !p->mdl)
        return STATUS_SUCCESS;
    *buffer = MmGetSystemAddressForMdlSafe(p->mdl, NormalPagePriority | MdlMappingNoExecute);
    return *buffer ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

/* The part's own MDL, or one made for this send. */
static NTSTATUS part_mdl(struct fx *f, struct fx_sent *x, const struct fx_part *p,
                         LOCK_OPERATION operation, PMDL *mdl)
{
    NTSTATUS status = STATUS_SUCCESS;

    *mdl = p->mdl;
    if (*mdl || !p->bytes)
        return STATUS_SUCCESS;
    x->mdl = IoAllocateMdl(p->buffer, p->bytes, FALSE, FALSE, NULL);
    if (!x->mdl)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (p->pageable) {
        status = mdl_lock(f->s, x->mdl, KernelMode, operation);
        x->locked = NT_SUCCESS(status);
    } else {
        MmBuildMdlForNonPagedPool(x->mdl);
    }
    *mdl = x->mdl;
    return status;
}

/* --- what was there before --- */

static void begin(struct fx *f, struct fx_request *r, UCHAR major)
{
    struct fx_sent *x = fx_sent_of(f, r);
    PIRP irp = r->irp;

    x->old_system = irp->AssociatedIrp.SystemBuffer;
    x->old_user = irp->UserBuffer;
    x->old_mdl = irp->MdlAddress;
    x->old_flags = irp->Flags;
    x->described = x->kept = true;
    x->major = major;
    memset(IoGetNextIrpStackLocation(irp), 0, sizeof(IO_STACK_LOCATION));
    IoGetNextIrpStackLocation(irp)->MajorFunction = major;
}

static void file_and_flags(struct fx_request *r, const struct fx_target *t)
{
    PIO_STACK_LOCATION next = IoGetNextIrpStackLocation(r->irp);

    if (r->origin == FX_FROM_IO) {
        next->Flags = fx_request_at(r)->Flags;
        next->FileObject = fx_request_at(r)->FileObject;
    }
    if (!t->in_stack)
        next->FileObject = t->file;
}

static void hold(struct fx_sent *x, unsigned i, const struct fx_part *p)
{
    x->memory[i] = p->memory;
    if (p->memory)
        fx_reference(&p->memory->object);
}

void fx_sent_restore(struct fx *f, struct fx_request *r)
{
    struct fx_sent *x = r->sent;

    if (!x || !x->described)
        return;
    if (x->kept && r->irp) {
        r->irp->AssociatedIrp.SystemBuffer = x->old_system;
        r->irp->UserBuffer = x->old_user;
        r->irp->MdlAddress = x->old_mdl;
        r->irp->Flags = x->old_flags;
    }
    if (x->mdl && x->locked)
        MmUnlockPages(x->mdl);
    if (x->mdl)
        IoFreeMdl(x->mdl);
    if (x->system)
        pool_free_internal(f->s, x->system);
    for (unsigned i = 0; i < RTL_NUMBER_OF(x->memory); i++) {
        if (x->memory[i])
            fx_dereference(&x->memory[i]->object);
        x->memory[i] = NULL;
    }
    x->mdl = NULL;
    x->system = NULL;
    x->described = x->kept = x->copies_back = x->locked = x->ready = false;
}

void fx_sent_free(struct fx *f, struct fx_request *r)
{
    if (!r->sent)
        return;
    fx_sent_restore(f, r);
    io_host_free(f->s, r->sent, sizeof(*r->sent));
    r->sent = NULL;
}

void fx_format_copy_back(struct fx_request *r)
{
    struct fx_sent *x = r->sent;
    ULONG_PTR bytes = r->irp->IoStatus.Information;

    if (x->major == IRP_MJ_READ)
        x->params.Parameters.Read.Length = bytes;
    else if (x->major == IRP_MJ_WRITE)
        x->params.Parameters.Write.Length = bytes;
    else if (x->params.Type != WdfRequestTypeOther)
        x->params.Parameters.Ioctl.Output.Length = bytes;
    if (x->copies_back && x->system && r->irp->UserBuffer)
        memcpy(r->irp->UserBuffer, x->system, bytes < x->system_bytes ? bytes : x->system_bytes);
    x->copies_back = false;
}

/* --- buffered --- */

static NTSTATUS system_buffer(struct fx *f, struct fx_request *r, const struct fx_part *in,
                              const struct fx_part *out)
{
    struct fx_sent *x = r->sent;
    ULONG bytes = in->bytes > out->bytes ? in->bytes : out->bytes;
    PVOID from = NULL, to = NULL;
    NTSTATUS status;

    r->irp->AssociatedIrp.SystemBuffer = NULL;
    r->irp->UserBuffer = NULL;
    if (!bytes)
        return STATUS_SUCCESS;
    status = part_address(in, &from);
    if (NT_SUCCESS(status))
        status = part_address(out, &to);
    if (!NT_SUCCESS(status))
        return status;
    x->system = pool_alloc_internal(f->s, bytes);
    if (!x->system)
        return STATUS_INSUFFICIENT_RESOURCES;
    x->system_bytes = bytes;
    if (from)
        memcpy(x->system, from, in->bytes);
    r->irp->AssociatedIrp.SystemBuffer = x->system;
    r->irp->UserBuffer = to;
    x->copies_back = out->bytes > 0;
    return STATUS_SUCCESS;
}

/* --- read and write --- */

static WDF_DEVICE_IO_TYPE target_io_type(const struct fx_target *t)
{
    if (t->wdm->Flags & DO_DIRECT_IO)
        return WdfDeviceIoDirect;
    return t->wdm->Flags & DO_BUFFERED_IO ? WdfDeviceIoBuffered : WdfDeviceIoNeither;
}

static NTSTATUS transfer_buffer(struct fx *f, struct fx_target *t, struct fx_request *r,
                                UCHAR major, const struct fx_part *p)
{
    const struct fx_part none = { 0 };
    bool read = major == IRP_MJ_READ;

    switch (target_io_type(t)) {
    case WdfDeviceIoBuffered:
        return system_buffer(f, r, read ? &none : p, read ? p : &none);
    case WdfDeviceIoDirect:
        return part_mdl(f, r->sent, p, read ? IoWriteAccess : IoReadAccess, &r->irp->MdlAddress);
    default:
        return part_address(p, &r->irp->UserBuffer);
    }
}

static NTSTATUS formatted(struct fx *f, struct fx_request *r, NTSTATUS status)
{
    if (NT_SUCCESS(status))
        r->sent->ready = true;
    else
        fx_sent_restore(f, r);
    return status;
}

NTSTATUS fx_format_transfer(struct fx *f, struct fx_target *t, struct fx_request *r, UCHAR major,
                            const struct fx_part *p, PLONGLONG offset)
{
    NTSTATUS status = fx_request_fit(f, r, t);
    PIO_STACK_LOCATION next;

    if (!NT_SUCCESS(status))
        return status;
    begin(f, r, major);
    hold(r->sent, 0, p);
    file_and_flags(r, t);
    r->sent->params = (WDF_REQUEST_COMPLETION_PARAMS) { .Type = (WDF_REQUEST_TYPE)major };
    status = transfer_buffer(f, t, r, major, p);
    next = IoGetNextIrpStackLocation(r->irp);
    next->Parameters.Read.Length = p->bytes;
    next->Parameters.Read.ByteOffset.QuadPart = offset ? *offset : 0;
    return formatted(f, r, status);
}

/* --- control codes --- */

static NTSTATUS control_buffers(struct fx *f, struct fx_request *r, ULONG method,
                                const struct fx_part *in, const struct fx_part *out)
{
    PIO_STACK_LOCATION next = IoGetNextIrpStackLocation(r->irp);
    NTSTATUS status;

    switch (method) {
    case METHOD_BUFFERED:
        return system_buffer(f, r, in, out);
    case METHOD_NEITHER:
        status = part_address(out, &r->irp->UserBuffer);
        return NT_SUCCESS(status)
                   ? part_address(in, &next->Parameters.DeviceIoControl.Type3InputBuffer)
                   : status;
    default:
        status = part_address(in, &r->irp->AssociatedIrp.SystemBuffer);
        return NT_SUCCESS(status)
                   ? part_mdl(f, r->sent, out,
                              method == METHOD_IN_DIRECT ? IoReadAccess : IoWriteAccess,
                              &r->irp->MdlAddress)
                   : status;
    }
}

NTSTATUS fx_format_control(struct fx *f, struct fx_target *t, struct fx_request *r, UCHAR major,
                           ULONG code, const struct fx_part *in, const struct fx_part *out)
{
    NTSTATUS status = fx_request_fit(f, r, t);
    PIO_STACK_LOCATION next;

    if (!NT_SUCCESS(status))
        return status;
    begin(f, r, major);
    hold(r->sent, 0, in);
    hold(r->sent, 1, out);
    file_and_flags(r, t);
    r->sent->params = (WDF_REQUEST_COMPLETION_PARAMS) { .Type = (WDF_REQUEST_TYPE)major };
    r->sent->params.Parameters.Ioctl.IoControlCode = code;
    next = IoGetNextIrpStackLocation(r->irp);
    next->Parameters.DeviceIoControl.IoControlCode = code;
    next->Parameters.DeviceIoControl.InputBufferLength = in->bytes;
    next->Parameters.DeviceIoControl.OutputBufferLength = out->bytes;
    return formatted(f, r, control_buffers(f, r, METHOD_FROM_CTL_CODE(code), in, out));
}

/* Pointers that two drivers have agreed on. */
NTSTATUS fx_format_others(struct fx *f, struct fx_target *t, struct fx_request *r, ULONG code,
                          const struct fx_part parts[3])
{
    NTSTATUS status = fx_request_fit(f, r, t);
    PIO_STACK_LOCATION next;
    PVOID *args[3];

    if (!NT_SUCCESS(status))
        return status;
    begin(f, r, IRP_MJ_INTERNAL_DEVICE_CONTROL);
    file_and_flags(r, t);
    next = IoGetNextIrpStackLocation(r->irp);
    next->Parameters.DeviceIoControl.IoControlCode = code;
    args[0] = &next->Parameters.Others.Argument1;
    args[1] = &next->Parameters.Others.Argument2;
    args[2] = &next->Parameters.Others.Argument4;
    for (unsigned i = 0; i < 3 && NT_SUCCESS(status); i++) {
        hold(r->sent, i, &parts[i]);
        status = part_address(&parts[i], args[i]);
    }
    r->sent->params = (WDF_REQUEST_COMPLETION_PARAMS) { .Type = WdfRequestTypeOther };
    r->sent->params.Parameters.Others.Argument1.Ptr = *args[0];
    r->sent->params.Parameters.Others.Argument2.Ptr = *args[1];
    r->sent->params.Parameters.Others.Argument4.Ptr = *args[2];
    return formatted(f, r, status);
}
