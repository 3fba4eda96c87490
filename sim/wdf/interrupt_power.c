/*
 * Interrupt objects and the device's states: resources at a start, connection and enabling on the way to
 * D0, the reverse on the way out of it. Several objects that share a spin lock run at the highest of
 * their IRQLs.
 *
 * Source: wdf/enabling-and-disabling-interrupts, microsoft/Windows-Driver-Frameworks
 *         (interruptobject.cpp, pnpstatemachine.cpp, fxpkgpnp.cpp)
 */
#include "sim/wdf/interrupt.h"

void fx_interrupt_revoke(struct fx_interrupt *i)
{
    ULONG message = i->info.MessageNumber;

    WDF_INTERRUPT_INFO_INIT(&i->info);
    i->info.MessageNumber = message;
    i->vector_irql = i->sync_irql = PASSIVE_LEVEL;
}

void fx_interrupt_assign(struct fx_interrupt *i, const CM_PARTIAL_RESOURCE_DESCRIPTOR *raw,
                         const CM_PARTIAL_RESOURCE_DESCRIPTOR *translated)
{
    WDF_INTERRUPT_INFO *info = &i->info;

    info->TargetProcessorSet = translated->u.Interrupt.Affinity;
    info->ShareDisposition = translated->ShareDisposition;
    info->Mode = translated->Flags & CM_RESOURCE_INTERRUPT_LATCHED ? Latched : LevelSensitive;
    i->vector_irql = (KIRQL)translated->u.Interrupt.Level;
    info->Irql = i->config.PassiveHandling ? PASSIVE_LEVEL : i->vector_irql;
    info->MessageSignaled = (translated->Flags & CM_RESOURCE_INTERRUPT_MESSAGE) != 0;
    info->Vector = translated->u.Interrupt.Vector;
    if (info->MessageSignaled && raw->u.MessageInterrupt.Raw.MessageCount > 1)
        info->Vector += info->MessageNumber;
}

/* One descriptor for each object, or, for several messages of MSI, one for as many objects. */
NTSTATUS fx_interrupts_assign(struct fx *f, struct fx_device *d, PCM_RESOURCE_LIST raw,
                              PCM_RESOURCE_LIST translated)
{
    PCM_PARTIAL_RESOURCE_LIST r, t;
    struct fx_interrupt *i = d->interrupts;

    (void)f;
    for (; i; i = i->next)
        fx_interrupt_revoke(i);
    if (!raw || !translated || !raw->Count)
        return STATUS_SUCCESS;
    r = &raw->List[0].PartialResourceList;
    t = &translated->List[0].PartialResourceList;
    i = d->interrupts;
    for (ULONG at = 0; at < t->Count && i; at++) {
        PCM_PARTIAL_RESOURCE_DESCRIPTOR one = &r->PartialDescriptors[at];
        PCM_PARTIAL_RESOURCE_DESCRIPTOR two = &t->PartialDescriptors[at];
        ULONG objects = 1;

        if (one->Type != CmResourceTypeInterrupt)
            continue;
        if (two->Flags & CM_RESOURCE_INTERRUPT_MESSAGE &&
            one->u.MessageInterrupt.Raw.MessageCount > 1)
            objects = one->u.MessageInterrupt.Raw.MessageCount;
        for (; objects && i; objects--, i = i->next)
            fx_interrupt_assign(i, one, two);
    }
    return STATUS_SUCCESS;
}

static void sync_irqls(struct fx_device *d)
{
    for (struct fx_interrupt *i = d->interrupts; i; i = i->next) {
        i->sync_irql = i->vector_irql;
        for (const struct fx_interrupt *o = d->interrupts; i->spin && o; o = o->next)
            if (o->spin == i->spin && o->vector_irql > i->sync_irql)
                i->sync_irql = o->vector_irql;
    }
}

static NTSTATUS connect(struct fx_interrupt *i)
{
    IO_CONNECT_INTERRUPT_PARAMETERS p = { .Version = CONNECT_FULLY_SPECIFIED_GROUP };
    PKINTERRUPT k = NULL;
    NTSTATUS status;

    p.FullySpecified.PhysicalDeviceObject = i->device->pdo;
    p.FullySpecified.InterruptObject = &k;
    p.FullySpecified.ServiceRoutine = fx_interrupt_isr;
    p.FullySpecified.ServiceContext = i->object.handle;
    p.FullySpecified.SpinLock = i->spin ? i->spin->word : NULL;
    p.FullySpecified.FloatingSave = i->config.FloatingSave;
    p.FullySpecified.Vector = i->info.Vector;
    p.FullySpecified.Irql = i->vector_irql;
    p.FullySpecified.SynchronizeIrql = i->sync_irql;
    p.FullySpecified.ProcessorEnableMask = i->info.TargetProcessorSet;
    p.FullySpecified.Group = i->info.Group;
    p.FullySpecified.InterruptMode = i->info.Mode;
    p.FullySpecified.ShareVector = i->info.ShareDisposition == CmResourceShareShared;
    status = IoConnectInterruptEx(&p);
    i->kinterrupt = NT_SUCCESS(status) ? k : NULL;
    return status;
}

static void disconnect(struct fx_interrupt *i)
{
    IO_DISCONNECT_INTERRUPT_PARAMETERS p = { .Version = CONNECT_FULLY_SPECIFIED_GROUP };

    p.ConnectionContext.InterruptObject = i->kinterrupt;
    i->kinterrupt = NULL;
    i->connected = i->active = false;
    IoDisconnectInterruptEx(&p);
}

void fx_interrupt_report(struct fx_interrupt *i, bool active)
{
    IO_REPORT_INTERRUPT_ACTIVE_STATE_PARAMETERS p = { .Version = CONNECT_FULLY_SPECIFIED_GROUP };

    if (i->active == active)
        return;
    i->active = active;
    p.ConnectionContext.InterruptObject = i->kinterrupt;
    if (active)
        IoReportInterruptActive(&p);
    else
        IoReportInterruptInactive(&p);
}

/* An object that got no resource is not connected, and nobody minds. */
NTSTATUS fx_interrupt_connect(struct fx *f, struct fx_interrupt *i, bool power_up)
{
    NTSTATUS status = STATUS_SUCCESS;

    if (power_up && i->soft && i->connected) {
        fx_interrupt_report(i, true);
    } else {
        if (i->forced_off || !i->info.Vector)
            return STATUS_SUCCESS;
        status = connect(i);
        if (!NT_SUCCESS(status))
            return status;
        i->connected = i->active = true;
    }
    status = fx_interrupt_turn(f, i, true);
    i->enabled = NT_SUCCESS(status);
    return status;
}

/* What its routines have queued has run when it is off. A device that is gone is not told. */
NTSTATUS fx_interrupt_disconnect(struct fx *f, struct fx_interrupt *i, bool power_down, bool gone)
{
    NTSTATUS status = STATUS_SUCCESS;

    if (!i->connected)
        return STATUS_SUCCESS;
    if (i->enabled && !gone)
        status = fx_interrupt_turn(f, i, false);
    i->enabled = false;
    KeFlushQueuedDpcs();
    fx_work_wait(f, &i->work);
    if (power_down && i->soft) {
        fx_interrupt_report(i, false);
    } else {
        disconnect(i);
        fx_work_wait(f, &i->isr_work);
    }
    return status;
}

/* The first that fails ends it. */
NTSTATUS fx_interrupts_enable(struct fx *f, struct fx_device *d)
{
    NTSTATUS status = STATUS_SUCCESS;

    sync_irqls(d);
    for (struct fx_interrupt *i = d->interrupts; i && NT_SUCCESS(status); i = i->next)
        status = fx_interrupt_connect(f, i, true);
    return status;
}

/* The last made first; all are told whatever the others say, and the last bad word counts. */
static NTSTATUS disable_from(struct fx *f, struct fx_interrupt *i)
{
    NTSTATUS status = STATUS_SUCCESS, own;

    if (!i)
        return STATUS_SUCCESS;
    status = disable_from(f, i->next);
    own = fx_interrupt_disconnect(f, i, true, false);
    return NT_SUCCESS(own) ? status : own;
}

NTSTATUS fx_interrupts_disable(struct fx *f, struct fx_device *d)
{
    return disable_from(f, d->interrupts);
}

void fx_interrupts_release(struct fx *f, struct fx_device *d)
{
    struct fx_interrupt *next;

    for (struct fx_interrupt *i = d->interrupts; i; i = next) {
        next = i->next;
        if (i->connected)
            fx_interrupt_disconnect(f, i, false, true);
        fx_interrupt_revoke(i);
        if (i->prepared)
            fx_delete(&i->object);
    }
}

/* --- what it asks for --- */

static void filter(const struct fx_interrupt *i, PIO_RESOURCE_DESCRIPTOR r)
{
    if (i->config.ShareVector == WdfTrue)
        r->ShareDisposition = CmResourceShareShared;
    else if (i->config.ShareVector == WdfFalse)
        r->ShareDisposition = CmResourceShareDeviceExclusive;
    if (!i->policy_set || r->Flags & CM_RESOURCE_INTERRUPT_POLICY_INCLUDED)
        return;
    r->Flags |= CM_RESOURCE_INTERRUPT_POLICY_INCLUDED;
    r->u.Interrupt.AffinityPolicy = (IRQ_DEVICE_POLICY)i->policy;
    r->u.Interrupt.PriorityPolicy = (IRQ_PRIORITY)i->priority;
    r->u.Interrupt.TargetedProcessors = i->processors.Mask;
}

/* The first descriptor of a kind is the first object's; an alternative is that of the one before it. */
static void filter_list(struct fx_device *d, PIO_RESOURCE_LIST list)
{
    struct fx_interrupt *line = NULL, *message = NULL;
    bool lines = false, messages = false;

    for (ULONG at = 0; at < list->Count; at++) {
        PIO_RESOURCE_DESCRIPTOR r = &list->Descriptors[at];
        bool is_message = r->Flags & CM_RESOURCE_INTERRUPT_MESSAGE;
        struct fx_interrupt **of = is_message ? &message : &line;
        bool *begun = is_message ? &messages : &lines;

        if (r->Type != CmResourceTypeInterrupt)
            continue;
        if (!*begun)
            *of = d->interrupts;
        else if (*of && !(r->Option & IO_RESOURCE_ALTERNATIVE))
            *of = (*of)->next;
        *begun = true;
        if (*of)
            filter(*of, r);
    }
}

void fx_interrupts_filter(struct fx *f, struct fx_device *d, PIO_RESOURCE_REQUIREMENTS_LIST list)
{
    PIO_RESOURCE_LIST l = list ? list->List : NULL;

    (void)f;
    for (ULONG i = 0; list && i < list->AlternativeLists; i++) {
        filter_list(d, l);
        l = (PIO_RESOURCE_LIST)(void *)&l->Descriptors[l->Count];
    }
}
