/*
 * IRPs: where they come from and where they go. Freed IRPs wait in line before their memory is used
 * again, so that a driver that touches one too late finds an IRP that says it is freed, and not
 * somebody else's. Nothing here is linear in the number of IRPs.
 */
#include "sim/nt/io.h"

#include "base/asan.h"
#include "base/must.h"

#define BUGCHECK_MULTIPLE_IRP_COMPLETE_REQUESTS 0x44

/* With ASan a freed IRP may not be touched by anybody, until its memory is an IRP again. */
#if ASAN_THERE
#define irp_close(r) __asan_poison_memory_region((r)->irp, (r)->bytes)
#define irp_open(r) __asan_unpoison_memory_region((r)->irp, (r)->bytes)
#else
#define irp_close(r) ((void)(r))
#define irp_open(r) ((void)(r))
#endif

static uint32_t irp_bytes(CCHAR stack_size)
{
    return (uint32_t)(sizeof(IRP) + (size_t)stack_size * sizeof(IO_STACK_LOCATION));
}

void io_irp_init(PIRP irp, USHORT bytes, CCHAR stack_size)
{
    memset(irp, 0, bytes);
    irp->Type = IO_TYPE_IRP;
    irp->Size = bytes;
    irp->StackCount = stack_size;
    irp->CurrentLocation = (CCHAR)(stack_size + 1);
    irp->ThreadListEntry.Flink = irp->ThreadListEntry.Blink = &irp->ThreadListEntry;
    irp->Tail.Overlay.CurrentStackLocation = (PIO_STACK_LOCATION)(irp + 1) + stack_size;
}

/* Takes the oldest freed IRP of this size, once enough of them lie idle; else makes a new one. */
static struct io_irp *irp_take(struct sim *s, CCHAR stack_size)
{
    struct nt_io *io = s->nt->io;
    struct io_irp *r = io->irp_free[(int)stack_size].head;
    void *p;

    if (r && io->irp_free[(int)stack_size].count > IO_IRP_QUARANTINE) {
        io->irp_free[(int)stack_size].head = r->next;
        io->irp_free[(int)stack_size].count--;
        irp_open(r);
        return r;
    }
    p = pool_alloc_internal(s, irp_bytes(stack_size));
    if (!p)
        return NULL;
    r = io_host_alloc(s, sizeof(*r));
    r->irp = p;
    r->bytes = irp_bytes(stack_size);
    r->pooled = true;
    return r;
}

static struct io_irp *irp_new(struct sim *s, CCHAR stack_size)
{
    struct io_irp *r;

    if (stack_size < 0 || stack_size > IO_STACK_SIZE_MAX)
        return NULL;
    r = irp_take(s, stack_size);
    if (!r)
        return NULL;
    *r = (struct io_irp) { .irp = r->irp,
                           .bytes = r->bytes,
                           .pooled = true,
                           .thread = sched_current_thread(s),
                           .obj = obj_new(&s->trace, OBJ_IRP) };
    objmap_drop(&s->nt->objects, r->irp);
    objmap_put(&s->nt->objects, r->irp, r->obj, r);
    io_irp_init(r->irp, (USHORT)r->bytes, stack_size);
    return r;
}

PIRP io_irp_alloc(struct sim *s, CCHAR stack_size)
{
    struct io_irp *r = irp_new(s, stack_size);

    return r ? r->irp : NULL;
}

/*
 * An IRP that nobody made through IoAllocateIrp lies in memory of the driver's own: it gets a
 * record when it is first seen, and that record a new life with each IoInitializeIrp.
 */
struct io_irp *io_irp_of(struct sim *s, PIRP irp)
{
    struct objmap_entry *e = objmap_last(&s->nt->objects, irp);
    struct io_irp *r;

    if (e && e->live && OBJ_TYPE(e->obj) == OBJ_IRP && e->data)
        return e->data;
    if (e && !e->live && OBJ_TYPE(e->obj) == OBJ_IRP && e->data)
        return NULL;
    if (!irp)
        return NULL;
    r = io_host_alloc(s, sizeof(*r));
    r->irp = irp;
    r->obj = obj_new(&s->trace, OBJ_IRP);
    r->thread = sched_current_thread(s);
    if (e && e->live)
        objmap_drop(&s->nt->objects, irp);
    objmap_put(&s->nt->objects, irp, r->obj, r);
    return r;
}

/* The id of a freed IRP still names it: "freed twice" can say what. */
uint32_t irp_obj(struct sim *s, PIRP Irp)
{
    struct objmap_entry *e;

    if (!Irp)
        return 0;
    e = objmap_last(&s->nt->objects, Irp);
    if (e && OBJ_TYPE(e->obj) == OBJ_IRP)
        return e->obj;
    return io_irp_of(s, Irp)->obj;
}

static void irp_release(struct sim *s, struct io_irp *r)
{
    struct nt_io *io = s->nt->io;
    CCHAR n = (CCHAR)((r->bytes - sizeof(IRP)) / sizeof(IO_STACK_LOCATION));

    r->state = IO_IRP_FREED;
    sched_event_cancel(s, &r->apc);
    r->irp->Type = 0;
    objmap_drop(&s->nt->objects, r->irp);
    if (!r->pooled)
        return;
    irp_close(r);
    r->next = NULL;
    io->irps_used = true;
    if (io->irp_free[(int)n].count++)
        io->irp_free[(int)n].tail->next = r;
    else
        io->irp_free[(int)n].head = r;
    io->irp_free[(int)n].tail = r;
}

void io_irp_free(struct sim *s, PIRP irp)
{
    struct io_irp *r = io_irp_of(s, irp);

    if (r)
        irp_release(s, r);
}

/*
 * IoAllocateIrp: an IRP with StackSize stack locations.
 *
 * Irql     <= DISPATCH_LEVEL
 * Units    StackSize: stack locations
 * Returns  the IRP, or NULL
 * Gap      quota is not charged
 * Says     CALL, RETURN (object = the IRP)
 * Source   wdm/nf-wdm-ioallocateirp
 */
PIRP IoAllocateIrp(CCHAR StackSize, BOOLEAN ChargeQuota)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_IoAllocateIrp, 0, (uint64_t)StackSize, ChargeQuota, 0, 0);
    struct io_irp *r = fault_take(s, FAULT_IRP) ? NULL : irp_new(s, StackSize);

    c.obj = r ? r->obj : 0;
    call_end(&c, c.obj, 0, 0, 0);
    return r ? r->irp : NULL;
}

/*
 * IoAllocateIrpEx: as IoAllocateIrp; the device says whose stack it is for.
 *
 * Irql     <= DISPATCH_LEVEL
 * Units    StackSize: stack locations
 * Returns  the IRP, or NULL
 * Gap      the IRP's extension is not allocated per device
 * Says     CALL, RETURN (object = the IRP)
 * Source   wdm/nf-wdm-ioallocateirpex
 */
PIRP IoAllocateIrpEx(PDEVICE_OBJECT DeviceObject, CCHAR StackSize, BOOLEAN ChargeQuota)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_IoAllocateIrpEx, 0, (uint64_t)StackSize, ChargeQuota,
                               device_obj(s, DeviceObject), 0);
    struct io_irp *r = fault_take(s, FAULT_IRP) ? NULL : irp_new(s, StackSize);

    c.obj = r ? r->obj : 0;
    call_end(&c, c.obj, 0, 0, 0);
    return r ? r->irp : NULL;
}

/*
 * IoFreeIrp: gives an IRP back.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      an IRP in memory of the driver's own is marked freed; Windows would put that memory into
 *          its own lists
 * Says     CALL, BUGCHECK 0x44 for what is not a live IRP, RETURN
 * Source   wdm/nf-wdm-iofreeirp
 */
VOID IoFreeIrp(PIRP Irp)
{
    struct sim *s = sim_now();
    struct io_irp *r = io_irp_of(s, Irp);
    struct call c = call_begin(s, API_IoFreeIrp, r ? r->obj : irp_obj(s, Irp),
                               r ? r->state : IO_IRP_FREED, r ? r->threaded : 0, 0, 0);

    if (!r || Irp->Type != IO_TYPE_IRP)
        sim_bugcheck(s, BUGCHECK_MULTIPLE_IRP_COMPLETE_REQUESTS, va_of(s, Irp).v, 0, 0, 0);
    else
        irp_release(s, r);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * IoInitializeIrp: makes an IRP of memory that the driver brings.
 *
 * Irql     <= DISPATCH_LEVEL
 * Units    PacketSize: bytes; StackSize: stack locations
 * Returns  nothing
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-ioinitializeirp
 */
VOID IoInitializeIrp(PIRP Irp, USHORT PacketSize, CCHAR StackSize)
{
    struct sim *s = sim_now();
    struct objmap_entry *e = objmap_find(&s->nt->objects, Irp);
    struct io_irp *r = e && OBJ_TYPE(e->obj) == OBJ_IRP ? e->data : NULL;
    struct call c;

    if (!r || !r->pooled) {
        objmap_drop(&s->nt->objects, Irp);
        r = io_host_alloc(s, sizeof(*r));
        *r = (struct io_irp) { .irp = Irp,
                               .bytes = PacketSize,
                               .thread = sched_current_thread(s),
                               .obj = obj_new(&s->trace, OBJ_IRP) };
        objmap_put(&s->nt->objects, Irp, r->obj, r);
    }
    c = call_begin(s, API_IoInitializeIrp, r->obj, PacketSize, (uint64_t)StackSize, 0, 0);
    io_irp_init(Irp, PacketSize, StackSize);
    r->state = IO_IRP_IDLE;
    call_end(&c, 0, 0, 0, 0);
}

/*
 * IoReuseIrp: makes an IRP that the driver allocated as good as new.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-ioreuseirp
 */
VOID IoReuseIrp(PIRP Irp, NTSTATUS Iostatus)
{
    struct sim *s = sim_now();
    struct io_irp *r = io_irp_of(s, Irp);
    struct call c = call_begin(s, API_IoReuseIrp, irp_obj(s, Irp), (uint32_t)Iostatus,
                               r ? r->state : IO_IRP_FREED, 0, 0);

    if (r) {
        UCHAR flags = Irp->AllocationFlags;

        io_irp_init(Irp, Irp->Size, Irp->StackCount);
        Irp->AllocationFlags = flags;
        Irp->IoStatus.Status = Iostatus;
        r->state = IO_IRP_IDLE;
    } else {
        sim_bugcheck(s, BUGCHECK_MULTIPLE_IRP_COMPLETE_REQUESTS, va_of(s, Irp).v, 0, 0, 0);
    }
    call_end(&c, 0, 0, 0, 0);
}

/*
 * IoMakeAssociatedIrp: an IRP that counts as a part of a master IRP.
 *
 * Irql     <= DISPATCH_LEVEL
 * Units    StackSize: stack locations
 * Returns  the IRP, or NULL
 * Gap      none known; the driver sets the master's AssociatedIrp.IrpCount itself, as on Windows
 * Says     CALL, RETURN (object = the new IRP)
 * Source   ntddk/nf-ntddk-iomakeassociatedirp
 */
PIRP IoMakeAssociatedIrp(PIRP Irp, CCHAR StackSize)
{
    struct sim *s = sim_now();
    struct call c =
        call_begin(s, API_IoMakeAssociatedIrp, 0, (uint64_t)StackSize, irp_obj(s, Irp), 0, 0);
    PIRP irp = fault_take(s, FAULT_IRP) ? NULL : io_irp_alloc(s, StackSize);

    if (irp) {
        irp->Flags |= IRP_ASSOCIATED_IRP;
        irp->Tail.Overlay.Thread = Irp->Tail.Overlay.Thread;
        irp->AssociatedIrp.MasterIrp = Irp;
        c.obj = io_irp_of(s, irp)->obj;
    }
    call_end(&c, c.obj, 0, 0, 0);
    return irp;
}
