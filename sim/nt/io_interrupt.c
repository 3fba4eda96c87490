/*
 * Interrupt objects: connecting a driver's service routine to a vector, running it at its IRQL with
 * its spin lock held, and the other ways to hold that lock.
 */
#include "sim/nt/io.h"
#include "sim/nt/ke.h"
#include "sim/nt/pnp.h"

#define INTERRUPT_OBJECT 22 /* KOBJECTS */

/* PKINTERRUPT points to this, in the machine's pool; drivers know nothing of it. */
struct _KINTERRUPT {
    CSHORT Type;
    CSHORT Size;
    ULONG Vector;
    PKSPIN_LOCK ActualLock;
    KSPIN_LOCK SpinLock;
    KIRQL Irql;
    KIRQL SynchronizeIrql;
};

struct interrupt {
    struct sched_intr intr;
    struct sim *s;
    PKINTERRUPT object;
    struct dm_device *device;
    unsigned message;
    PKSERVICE_ROUTINE service;
    PKMESSAGE_SERVICE_ROUTINE message_service;
    PVOID context;
    PKSPIN_LOCK lock;
    KIRQL irql;
};

/* What is asked of one connection. */
struct connect {
    PKSERVICE_ROUTINE service;
    PKMESSAGE_SERVICE_ROUTINE message_service;
    PVOID context;
    PKSPIN_LOCK lock;
    ULONG vector;
    KIRQL synchronize_irql; /* 0: the vector's own */
    KAFFINITY affinity;     /* 0: any processor */
    bool level;
};

void io_vector_register(struct sim *s, uint32_t vector, uint8_t irql, struct dm_device *device,
                        unsigned message)
{
    if (vector >= IO_VECTORS_MAX)
        return;
    s->nt->io->vectors_used = true;
    s->nt->io->vectors[vector] = (struct io_vector) { device, message, irql };
}

void io_vector_unregister(struct sim *s, uint32_t vector)
{
    if (vector < IO_VECTORS_MAX)
        s->nt->io->vectors[vector].device = NULL;
}

static struct io_vector *vector_at(struct sim *s, ULONG vector)
{
    struct io_vector *v = vector < IO_VECTORS_MAX ? &s->nt->io->vectors[vector] : NULL;

    return v && v->device ? v : NULL;
}

/* The vector of a device's message; 0: none. */
static ULONG vector_of(struct sim *s, const struct dm_device *d, unsigned message)
{
    for (ULONG i = 0; i < IO_VECTORS_MAX; i++) {
        const struct io_vector *v = &s->nt->io->vectors[i];

        if (v->device == d && v->message == message)
            return i;
    }
    return 0;
}

static struct interrupt *interrupt_of(struct sim *s, PKINTERRUPT k)
{
    struct objmap_entry *e = k ? objmap_find(&s->nt->objects, k) : NULL;

    return e && OBJ_TYPE(e->obj) == OBJ_INTR ? e->data : NULL;
}

struct sched_intr *io_interrupt_sched(struct sim *s, PKINTERRUPT k)
{
    struct interrupt *i = interrupt_of(s, k);

    return i ? &i->intr : NULL;
}

/* The scheduler calls it at the interrupt's IRQL and says ISR and ISR_END around it. */
static bool service(struct sim *s, void *ctx, uint32_t message)
{
    struct interrupt *i = ctx;
    enum api api = i->message_service ? API_MessageServiceRoutine : API_ServiceRoutine;
    const void *routine =
        i->message_service ? (const void *)i->message_service : (const void *)i->service;
    uint32_t raises = i->intr.raises;
    BOOLEAN claimed;

    (void)message; /* each message has an interrupt object of its own */
    ke_spin_acquire(s, i->lock);
    callback_begin(s, api, i->intr.obj, i->message, i->irql, 0, 0);
    if (i->message_service)
        claimed = i->message_service(i->object, i->context, i->message);
    else
        claimed = i->service(i->object, i->context);
    callback_end(s, api, i->intr.obj, claimed);
    if (claimed && i->intr.spurious && raises == i->intr.raises)
        io_misuse_of(s, api, i->intr.obj, MISUSE_INTR_UNCAUSED, i->message, routine);
    if (sched_irql(s) != i->irql)
        io_irql_restore_as(s, api, i->intr.obj, i->irql, routine, 0);
    ke_spin_release(s, i->lock);
    return claimed;
}

/* One processor in the mask: that one; several: the machine chooses each time. */
static int8_t affinity_cpu(struct sim *s, KAFFINITY mask)
{
    mask &= (1u << sched_cpu_count(s)) - 1;
    return mask && !(mask & (mask - 1)) ? (int8_t)__builtin_ctzll(mask) : -1;
}

static struct interrupt *interrupt_make(struct sim *s, const struct connect *c,
                                        const struct io_vector *v)
{
    PKINTERRUPT k = fault_take(s, FAULT_INTERRUPT) ? NULL : pool_alloc_internal(s, sizeof(*k));
    struct interrupt *i;
    KIRQL irql = c->synchronize_irql > v->irql ? c->synchronize_irql : v->irql;

    if (!k)
        return NULL;
    *k = (struct _KINTERRUPT) { .Type = INTERRUPT_OBJECT,
                                .Size = sizeof(*k),
                                .Vector = c->vector,
                                .Irql = v->irql,
                                .SynchronizeIrql = irql };
    k->ActualLock = c->lock ? c->lock : &k->SpinLock;
    i = io_host_alloc(s, sizeof(*i));
    *i = (struct interrupt) { .s = s,
                              .object = k,
                              .device = v->device,
                              .message = v->message,
                              .service = c->service,
                              .message_service = c->message_service,
                              .context = c->context,
                              .lock = k->ActualLock,
                              .irql = irql };
    i->intr = (struct sched_intr) { .fn = service,
                                    .ctx = i,
                                    .irql = irql,
                                    .level = c->level,
                                    .cpu = affinity_cpu(s, c->affinity),
                                    .obj = obj_new(&s->trace, OBJ_INTR) };
    objmap_drop(&s->nt->objects, k);
    objmap_put(&s->nt->objects, k, i->intr.obj, i);
    return i;
}

/* A line that is asserted already interrupts as soon as somebody listens. */
static NTSTATUS interrupt_connect(struct sim *s, const struct connect *c, PKINTERRUPT *out)
{
    struct io_vector *v = vector_at(s, c->vector);
    struct interrupt *i;

    *out = NULL;
    if (!v || (!c->service && !c->message_service) || c->synchronize_irql > IRQL_HIGH ||
        v->device->intr[v->message])
        return STATUS_INVALID_PARAMETER;
    i = interrupt_make(s, c, v);
    if (!i)
        return STATUS_INSUFFICIENT_RESOURCES;
    i->intr.asserted = c->level && v->device->line_asserted;
    v->device->intr[v->message] = &i->intr;
    sched_intr_connect(s, &i->intr);
    *out = i->object;
    return STATUS_SUCCESS;
}

static void interrupt_disconnect(struct sim *s, struct interrupt *i)
{
    i->device->intr[i->message] = NULL;
    sched_intr_disconnect(s, &i->intr);
    objmap_drop(&s->nt->objects, i->object);
    pool_free_internal(s, i->object);
    io_host_free(s, i, sizeof(*i));
}

/*
 * IoConnectInterrupt: connects a service routine to a vector of the translated resources.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INVALID_PARAMETER (no such vector, taken, no processor),
 *          STATUS_INSUFFICIENT_RESOURCES
 * Gap      vectors are not shared between devices; FloatingSave has no effect on x64, as on Windows
 * Says     CALL, ARG, RETURN (object = the interrupt)
 * Source   wdm/nf-wdm-ioconnectinterrupt
 */
NTSTATUS IoConnectInterrupt(PKINTERRUPT *InterruptObject, PKSERVICE_ROUTINE ServiceRoutine,
                            PVOID ServiceContext, PKSPIN_LOCK SpinLock, ULONG Vector, KIRQL Irql,
                            KIRQL SynchronizeIrql, KINTERRUPT_MODE InterruptMode,
                            BOOLEAN ShareVector, KAFFINITY ProcessorEnableMask,
                            BOOLEAN FloatingSave)
{
    struct sim *s = sim_now();
    struct call c =
        call_begin(s, API_IoConnectInterrupt, 0, Vector, Irql, SynchronizeIrql, InterruptMode);
    struct connect want = { .service = ServiceRoutine,
                            .context = ServiceContext,
                            .lock = SpinLock,
                            .vector = Vector,
                            .synchronize_irql = SynchronizeIrql,
                            .affinity = ProcessorEnableMask,
                            .level = InterruptMode == LevelSensitive };
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    call_arg(&c, 0, ShareVector, ProcessorEnableMask, FloatingSave, 0);
    *InterruptObject = NULL;
    if (ProcessorEnableMask && SynchronizeIrql >= Irql)
        status = interrupt_connect(s, &want, InterruptObject);
    c.obj = nt_obj(s, *InterruptObject, OBJ_INTR);
    call_end(&c, (uint32_t)status, c.obj, 0, 0);
    return status;
}

static NTSTATUS connect_full(struct sim *s, PIO_CONNECT_INTERRUPT_PARAMETERS p)
{
    struct connect want = { .service = p->FullySpecified.ServiceRoutine,
                            .context = p->FullySpecified.ServiceContext,
                            .lock = p->FullySpecified.SpinLock,
                            .vector = p->FullySpecified.Vector,
                            .synchronize_irql = p->FullySpecified.SynchronizeIrql,
                            .affinity = p->FullySpecified.ProcessorEnableMask,
                            .level = p->FullySpecified.InterruptMode == LevelSensitive };

    *p->FullySpecified.InterruptObject = NULL;
    if (!want.affinity || want.synchronize_irql < p->FullySpecified.Irql)
        return STATUS_INVALID_PARAMETER;
    return interrupt_connect(s, &want, p->FullySpecified.InterruptObject);
}

/* A device that interrupts by messages has no line, and the other way round. */
static NTSTATUS connect_line(struct sim *s, PDEVICE_OBJECT pdo, PKSERVICE_ROUTINE routine,
                             PVOID context, PKSPIN_LOCK lock, KIRQL irql, PKINTERRUPT *out)
{
    struct dm_device *d = nt_pdo_device(s, pdo);
    struct connect want = { .service = routine,
                            .context = context,
                            .lock = lock,
                            .vector = d && !d->messages ? vector_of(s, d, 0) : 0,
                            .synchronize_irql = irql,
                            .level = true };

    *out = NULL;
    return want.vector ? interrupt_connect(s, &want, out) : STATUS_NOT_FOUND;
}

static void messages_disconnect(struct sim *s, PIO_INTERRUPT_MESSAGE_INFO info, ULONG count)
{
    for (ULONG i = 0; i < count; i++) {
        struct interrupt *r = interrupt_of(s, info->MessageInfo[i].InterruptObject);

        if (r)
            interrupt_disconnect(s, r);
    }
    pool_free_internal(s, info);
}

static void message_info(PIO_INTERRUPT_MESSAGE_INFO_ENTRY e, PKINTERRUPT k, ULONG processors)
{
    e->MessageAddress.QuadPart = 0xfee00000; /* the local interrupt controllers' range */
    e->MessageData = k->Vector;
    e->TargetProcessorSet = processors;
    e->InterruptObject = k;
    e->Vector = k->Vector;
    e->Irql = k->Irql;
    e->Mode = Latched;
    e->Polarity = InterruptActiveHigh;
}

static NTSTATUS connect_messages(struct sim *s, PIO_CONNECT_INTERRUPT_PARAMETERS p,
                                 const struct dm_device *d)
{
    ULONG count = d->messages;
    PIO_INTERRUPT_MESSAGE_INFO info =
        pool_alloc_internal(s, sizeof(*info) + count * sizeof(info->MessageInfo[0]));
    struct connect want = { .message_service = p->MessageBased.MessageServiceRoutine,
                            .context = p->MessageBased.ServiceContext,
                            .lock = p->MessageBased.SpinLock,
                            .synchronize_irql = p->MessageBased.SynchronizeIrql };

    if (!info)
        return STATUS_INSUFFICIENT_RESOURCES;
    memset(info, 0, sizeof(*info) + count * sizeof(info->MessageInfo[0]));
    for (ULONG i = 0; i < count; i++) {
        PKINTERRUPT k;
        NTSTATUS status;

        want.vector = vector_of(s, d, i);
        status = interrupt_connect(s, &want, &k);
        if (!NT_SUCCESS(status)) {
            messages_disconnect(s, info, i);
            return status;
        }
        message_info(&info->MessageInfo[i], k, (1u << sched_cpu_count(s)) - 1);
        if (k->SynchronizeIrql > info->UnifiedIrql)
            info->UnifiedIrql = k->SynchronizeIrql;
    }
    info->MessageCount = count;
    *p->MessageBased.ConnectionContext.InterruptMessageTable = info;
    return STATUS_SUCCESS;
}

/* Without messages the fall-back routine takes the line, and Version says so. */
static NTSTATUS connect_message_based(struct sim *s, PIO_CONNECT_INTERRUPT_PARAMETERS p)
{
    struct dm_device *d = nt_pdo_device(s, p->MessageBased.PhysicalDeviceObject);
    NTSTATUS status;

    if (!d)
        return STATUS_INVALID_PARAMETER;
    if (d->messages)
        return connect_messages(s, p, d);
    if (!p->MessageBased.FallBackServiceRoutine)
        return STATUS_NOT_FOUND;
    status = connect_line(s, p->MessageBased.PhysicalDeviceObject,
                          p->MessageBased.FallBackServiceRoutine, p->MessageBased.ServiceContext,
                          p->MessageBased.SpinLock, p->MessageBased.SynchronizeIrql,
                          p->MessageBased.ConnectionContext.InterruptObject);
    if (NT_SUCCESS(status))
        p->Version = CONNECT_LINE_BASED;
    return status;
}

/*
 * IoConnectInterruptEx: connects a service routine to a vector, a device's line, or its messages.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INVALID_PARAMETER, STATUS_NOT_FOUND (no interrupt of that kind),
 *          STATUS_NOT_SUPPORTED (no such version; Version becomes CONNECT_FULLY_SPECIFIED),
 *          STATUS_INSUFFICIENT_RESOURCES
 * Gap      passive-level interrupts are not modelled; processor groups beyond 0 do not exist
 * Says     CALL (a0 = version), RETURN (object = the first interrupt; out1 = version)
 * Source   wdm/nf-wdm-ioconnectinterruptex, kernel/using-the-connect-message-based-version
 */
NTSTATUS IoConnectInterruptEx(PIO_CONNECT_INTERRUPT_PARAMETERS Parameters)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_IoConnectInterruptEx, 0, Parameters->Version, 0, 0, 0);
    NTSTATUS status = STATUS_NOT_SUPPORTED;

    switch (Parameters->Version) {
    case CONNECT_FULLY_SPECIFIED:
    case CONNECT_FULLY_SPECIFIED_GROUP:
        status = connect_full(s, Parameters);
        break;
    case CONNECT_LINE_BASED:
        status =
            connect_line(s, Parameters->LineBased.PhysicalDeviceObject,
                         Parameters->LineBased.ServiceRoutine, Parameters->LineBased.ServiceContext,
                         Parameters->LineBased.SpinLock, Parameters->LineBased.SynchronizeIrql,
                         Parameters->LineBased.InterruptObject);
        break;
    case CONNECT_MESSAGE_BASED:
        status = connect_message_based(s, Parameters);
        break;
    default:
        Parameters->Version = CONNECT_FULLY_SPECIFIED;
        break;
    }
    call_end(&c, (uint32_t)status, Parameters->Version, 0, 0);
    return status;
}

/*
 * IoDisconnectInterrupt: no service routine of it runs any more when this returns.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  nothing
 * Gap      what is no live interrupt object changes nothing
 * Says     CALL (a0 = 1: not connected), RETURN
 * Source   wdm/nf-wdm-iodisconnectinterrupt
 */
VOID IoDisconnectInterrupt(PKINTERRUPT InterruptObject)
{
    struct sim *s = sim_now();
    struct interrupt *i = interrupt_of(s, InterruptObject);
    struct call c =
        call_begin(s, API_IoDisconnectInterrupt, nt_obj(s, InterruptObject, OBJ_INTR), !i, 0, 0, 0);

    if (i)
        interrupt_disconnect(s, i);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * IoDisconnectInterruptEx: undoes IoConnectInterruptEx; Version is the one it returned.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  nothing
 * Gap      as IoDisconnectInterrupt
 * Says     CALL (a0 = version, a1 = 1: not connected), RETURN
 * Source   wdm/nf-wdm-iodisconnectinterruptex
 */
VOID IoDisconnectInterruptEx(PIO_DISCONNECT_INTERRUPT_PARAMETERS Parameters)
{
    struct sim *s = sim_now();
    bool messages = Parameters->Version == CONNECT_MESSAGE_BASED;
    PIO_INTERRUPT_MESSAGE_INFO info =
        messages ? Parameters->ConnectionContext.InterruptMessageTable : NULL;
    PKINTERRUPT k = messages
                        ? info && info->MessageCount ? info->MessageInfo[0].InterruptObject : NULL
                        : Parameters->ConnectionContext.InterruptObject;
    struct interrupt *i = interrupt_of(s, k);
    struct call c = call_begin(s, API_IoDisconnectInterruptEx, nt_obj(s, k, OBJ_INTR),
                               Parameters->Version, !i, 0, 0);

    if (i && messages)
        messages_disconnect(s, info, info->MessageCount);
    else if (i)
        interrupt_disconnect(s, i);
    call_end(&c, 0, 0, 0, 0);
}

/* Raises to the interrupt's IRQL and takes its lock; returns the IRQL before. */
static KIRQL interrupt_lock(struct sim *s, const struct interrupt *i)
{
    KIRQL old = sched_irql(s);

    if (i->irql > old)
        sched_irql_set(s, i->irql);
    ke_spin_acquire(s, i->lock);
    return old;
}

static void interrupt_unlock(struct sim *s, const struct interrupt *i, KIRQL old)
{
    ke_spin_release(s, i->lock);
    if (sched_irql(s) != old)
        sched_irql_set(s, old);
}

/*
 * KeSynchronizeExecution: calls a routine with the interrupt's lock held.
 *
 * Irql     <= the interrupt's SynchronizeIrql
 * Returns  what the routine returns
 * Gap      what is no live interrupt object: the routine is not called and FALSE comes back
 * Says     CALL, CALLBACK, CALLBACK_END, RETURN
 * Source   wdm/nf-wdm-kesynchronizeexecution
 */
BOOLEAN KeSynchronizeExecution(PKINTERRUPT Interrupt, PKSYNCHRONIZE_ROUTINE SynchronizeRoutine,
                               PVOID SynchronizeContext)
{
    struct sim *s = sim_now();
    struct interrupt *i = interrupt_of(s, Interrupt);
    struct call c =
        call_begin(s, API_KeSynchronizeExecution, nt_obj(s, Interrupt, OBJ_INTR), !i, 0, 0, 0);
    BOOLEAN result = FALSE;

    if (i) {
        KIRQL old = interrupt_lock(s, i);

        callback_begin(s, API_SynchCritSection, i->intr.obj, i->irql, 0, 0, 0);
        result = SynchronizeRoutine(SynchronizeContext);
        callback_end(s, API_SynchCritSection, i->intr.obj, result);
        interrupt_unlock(s, i, old);
    }
    call_end(&c, result, 0, 0, 0);
    return result;
}

/*
 * KeAcquireInterruptSpinLock: takes the interrupt's lock and raises to its IRQL.
 *
 * Irql     <= the interrupt's SynchronizeIrql
 * Returns  the IRQL before
 * Gap      what is no live interrupt object changes nothing
 * Says     CALL (a0 = 1: not connected), RETURN
 * Source   wdm/nf-wdm-keacquireinterruptspinlock
 */
KIRQL KeAcquireInterruptSpinLock(PKINTERRUPT Interrupt)
{
    struct sim *s = sim_now();
    struct interrupt *i = interrupt_of(s, Interrupt);
    struct call c =
        call_begin(s, API_KeAcquireInterruptSpinLock, nt_obj(s, Interrupt, OBJ_INTR), !i, 0, 0, 0);
    KIRQL old = i ? interrupt_lock(s, i) : sched_irql(s);

    call_end(&c, old, 0, 0, 0);
    return old;
}

/*
 * KeReleaseInterruptSpinLock: gives the interrupt's lock back and the IRQL, too.
 *
 * Irql     the interrupt's SynchronizeIrql
 * Returns  nothing
 * Gap      what is no live interrupt object changes nothing
 * Says     CALL (a0 = 1: not connected, a1 = OldIrql), RETURN
 * Source   wdm/nf-wdm-kereleaseinterruptspinlock
 */
VOID KeReleaseInterruptSpinLock(PKINTERRUPT Interrupt, KIRQL OldIrql)
{
    struct sim *s = sim_now();
    struct interrupt *i = interrupt_of(s, Interrupt);
    struct call c = call_begin(s, API_KeReleaseInterruptSpinLock, nt_obj(s, Interrupt, OBJ_INTR),
                               !i, OldIrql, 0, 0);

    if (i)
        interrupt_unlock(s, i, OldIrql);
    call_end(&c, 0, 0, 0, 0);
}
