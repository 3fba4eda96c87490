/*
 * Interrupt objects: how they are made and how they end.
 *
 * Source: wdf/creating-an-interrupt-object, microsoft/Windows-Driver-Frameworks (fxinterruptapi.cpp,
 *         interruptobject.cpp)
 */
#include <string.h>

#include "sim/wdf/interrupt.h"
#include "sim/wdf/pnp.h"

static void unlink_it(struct fx_interrupt *i)
{
    struct fx_interrupt **at = &i->device->interrupts;

    while (*at && *at != i)
        at = &(*at)->next;
    if (*at)
        *at = i->next;
}

/* What is queued has run when it is disposed of. */
static void interrupt_dispose(struct fx_object *o)
{
    struct fx_interrupt *i = (struct fx_interrupt *)o;
    struct fx *f = fx_now();

    if (i->kinterrupt)
        fx_interrupt_disconnect(f, i, false, true);
    unlink_it(i);
    KeFlushQueuedDpcs();
    fx_work_wait(f, &i->work);
    fx_work_wait(f, &i->isr_work);
}

static void interrupt_destroy(struct fx_object *o)
{
    struct fx_interrupt *i = (struct fx_interrupt *)o;
    struct fx *f = fx_now();

    fx_work_destroy(f, &i->work);
    fx_work_destroy(f, &i->isr_work);
    if (i->own_wait.event)
        pool_free_internal(f->s, i->own_wait.event);
    pool_free_internal(f->s, i->dpc);
}

static const struct fx_class interrupt_class = { .type = FX_INTERRUPT,
                                                 .trace = OBJ_WDFINTERRUPT,
                                                 .bytes = sizeof(struct fx_interrupt),
                                                 .passive = true,
                                                 .undeletable = true,
                                                 .dispose = interrupt_dispose,
                                                 .destroy = interrupt_destroy };

/* No start has been sent yet, or the last one failed before there was hardware. */
static bool is_new(const struct fx_device *d)
{
    ULONG state = d->pnp->state[FX_MACHINE_PNP];

    return state == WdfDevStatePnpObjectCreated || state == WdfDevStatePnpInit;
}

/* Before the device's first start an interrupt has no resources; after it, they must be named, and only
 * EvtDevicePrepareHardware may. */
static NTSTATUS state_check(const struct fx_device *d, const WDF_INTERRUPT_CONFIG *c)
{
    if (is_new(d)) {
        if (c->InterruptRaw || c->InterruptTranslated || c->CanWakeDevice)
            return STATUS_INVALID_PARAMETER;
        return STATUS_SUCCESS;
    }
    if (!d->pnp->preparing)
        return STATUS_INVALID_DEVICE_STATE;
    if (!c->InterruptRaw || !c->InterruptTranslated || c->ShareVector != WdfUseDefault)
        return STATUS_INVALID_DEVICE_STATE;
    if (c->CanWakeDevice && !(c->InterruptTranslated->Flags & CM_RESOURCE_INTERRUPT_WAKE_HINT))
        return STATUS_INVALID_PARAMETER;
    return STATUS_SUCCESS;
}

static NTSTATUS handling_check(const WDF_INTERRUPT_CONFIG *c)
{
    if (c->EvtInterruptDpc && c->EvtInterruptWorkItem)
        return STATUS_INVALID_PARAMETER;
    if (!c->PassiveHandling && (c->WaitLock || c->CanWakeDevice))
        return STATUS_INVALID_PARAMETER;
    if (c->PassiveHandling && c->SpinLock)
        return STATUS_INVALID_PARAMETER;
    return STATUS_SUCCESS;
}

/* Named resources must be an interrupt's, and no more objects may share one than it has messages. */
static NTSTATUS resource_check(struct fx *f, const struct fx_device *d,
                               const WDF_INTERRUPT_CONFIG *c)
{
    const CM_PARTIAL_RESOURCE_DESCRIPTOR *raw = c->InterruptRaw, *t = c->InterruptTranslated;
    unsigned users = 0;

    if (!raw)
        return STATUS_SUCCESS;
    if (raw->Type != CmResourceTypeInterrupt || t->Type != CmResourceTypeInterrupt) {
        fx_break(f, API_WdfInterruptCreate, d->object.obj, WDF_BREAK_RESOURCE, raw->Type, t->Type);
        return STATUS_INVALID_PARAMETER;
    }
    if (!(t->Flags & CM_RESOURCE_INTERRUPT_MESSAGE))
        return STATUS_SUCCESS;
    for (const struct fx_interrupt *i = d->interrupts; i; i = i->next)
        users += i->info.Vector == t->u.Interrupt.Vector;
    if (users > raw->u.MessageInterrupt.Raw.MessageCount) {
        fx_break(f, API_WdfInterruptCreate, d->object.obj, WDF_BREAK_RESOURCE, users,
                 raw->u.MessageInterrupt.Raw.MessageCount);
        return STATUS_INVALID_PARAMETER;
    }
    return STATUS_SUCCESS;
}

/* The lock that guards the service routine. */
static NTSTATUS locks_take(struct fx *f, struct fx_interrupt *i)
{
    if (i->config.SpinLock) {
        i->spin = (struct fx_spin_lock *)fx_object_of(f, i->config.SpinLock, FX_SPIN_LOCK);
        if (!i->spin)
            return STATUS_INVALID_HANDLE;
        i->spin->interrupt = true;
    }
    if (i->config.WaitLock) {
        i->wait = (struct fx_wait_lock *)fx_object_of(f, i->config.WaitLock, FX_WAIT_LOCK);
        return i->wait ? STATUS_SUCCESS : STATUS_INVALID_HANDLE;
    }
    if (!i->config.PassiveHandling)
        return STATUS_SUCCESS;
    i->own_wait.event = pool_alloc_internal(f->s, sizeof(KEVENT));
    if (!i->own_wait.event)
        return STATUS_INSUFFICIENT_RESOURCES;
    io_event_init(i->own_wait.event, SynchronizationEvent, true);
    return STATUS_SUCCESS;
}

/* What it needs beside its object; what was had is given back by the caller. */
static NTSTATUS parts_create(struct fx *f, struct fx_object *parent, struct fx_interrupt *i)
{
    const WDF_INTERRUPT_CONFIG *c = &i->config;
    bool passive = c->EvtInterruptWorkItem || (!c->EvtInterruptDpc && c->PassiveHandling);
    NTSTATUS status = fx_serial_choose(f, API_WdfInterruptCreate, parent, c->AutomaticSerialization,
                                       passive, &i->lock);

    if (NT_SUCCESS(status))
        status = locks_take(f, i);
    if (NT_SUCCESS(status) && c->EvtInterruptWorkItem)
        status = fx_work_create(f, &i->work, i->device->wdm, fx_interrupt_work);
    if (NT_SUCCESS(status) && c->PassiveHandling)
        status = fx_work_create(f, &i->isr_work, i->device->wdm, fx_interrupt_isr_work);
    if (!NT_SUCCESS(status))
        return status;
    i->dpc = pool_alloc_internal(f->s, sizeof(*i->dpc));
    return i->dpc ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

static void parts_destroy(struct fx *f, struct fx_interrupt *i)
{
    fx_work_destroy(f, &i->work);
    fx_work_destroy(f, &i->isr_work);
    if (i->own_wait.event)
        pool_free_internal(f->s, i->own_wait.event);
    if (i->dpc)
        pool_free_internal(f->s, i->dpc);
}

/* The object becomes the last of its device; its message's number is how many came before. */
static void join(struct fx_interrupt *i)
{
    struct fx_interrupt **last = &i->device->interrupts;

    while (*last) {
        i->info.MessageNumber++;
        last = &(*last)->next;
    }
    *last = i;
}

static NTSTATUS interrupt_create(struct fx *f, struct fx_device *d, struct fx_object *parent,
                                 PWDF_INTERRUPT_CONFIG config, PWDF_OBJECT_ATTRIBUTES attributes,
                                 struct fx_object **out)
{
    struct fx_interrupt made = { .device = d,
                                 .config = *config,
                                 .policy = WdfIrqPolicyOneCloseProcessor,
                                 .prepared = config->InterruptRaw != NULL,
                                 .soft = config->ReportInactiveOnPowerDown == WdfTrue };
    struct fx_interrupt *i;
    NTSTATUS status = parts_create(f, parent, &made);

    if (NT_SUCCESS(status))
        status = fx_object_create(f, d->object.driver, &interrupt_class, parent, attributes, out);
    if (!NT_SUCCESS(status)) {
        parts_destroy(f, &made);
        return status;
    }
    made.object = **out;
    i = (struct fx_interrupt *)*out;
    *i = made;
    i->work.object = i->isr_work.object = *out;
    if (config->PassiveHandling && !i->wait)
        i->wait = &i->own_wait;
    WDF_INTERRUPT_INFO_INIT(&i->info);
    join(i);
    KeInitializeDpc(i->dpc, fx_interrupt_dpc, i->object.handle);
    if (i->prepared)
        fx_interrupt_assign(i, config->InterruptRaw, config->InterruptTranslated);
    return STATUS_SUCCESS;
}

static bool parent_fits(const struct fx_device *d, struct fx_object *parent)
{
    enum fx_type type = parent->class ? parent->class->type : FX_DRIVER;

    return (type == FX_DEVICE || type == FX_QUEUE) && fx_device_above(parent) == &d->object;
}

static NTSTATUS config_check(struct fx *f, const struct fx_device *d, const WDF_INTERRUPT_CONFIG *c,
                             PWDF_OBJECT_ATTRIBUTES attributes)
{
    const struct fx_attributes_rules rules = { .parent_forbidden = !c->AutomaticSerialization };
    NTSTATUS status;

    if (!c->EvtInterruptIsr)
        return STATUS_INVALID_PARAMETER;
    status = fx_attributes_check(f, attributes, &rules);
    if (NT_SUCCESS(status))
        status = state_check(d, c);
    if (NT_SUCCESS(status))
        status = handling_check(c);
    return NT_SUCCESS(status) ? resource_check(f, d, c) : status;
}

/*
 * WdfInterruptCreate: an interrupt of a device. Made in EvtDriverDeviceAdd it gets the interrupt resource at
 * its place in the order of creation; made in EvtDevicePrepareHardware it names its own.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INSUFFICIENT_RESOURCES, STATUS_INFO_LENGTH_MISMATCH,
 *          STATUS_INVALID_PARAMETER, STATUS_INVALID_DEVICE_STATE (elsewhere; or resources missing),
 *          STATUS_WDF_INCOMPATIBLE_EXECUTION_LEVEL, those of the attributes
 * Gap      interrupts that wake: no resource of this machine's bus has the hint; where the named
 *          descriptors lie is not checked
 * Says     CALL, KeInitializeDpc, RETURN (object = the new one)
 * Source   wdfinterrupt/nf-wdfinterrupt-wdfinterruptcreate
 */
NTSTATUS imp_WdfInterruptCreate(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device,
                                PWDF_INTERRUPT_CONFIG Configuration,
                                PWDF_OBJECT_ATTRIBUTES Attributes, WDFINTERRUPT *Interrupt)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfInterruptCreate, 0, fx_handle_obj(f, Device), 0, 0, 0);
    struct fx_device *d = fx_device_of(f, Device);
    struct fx_object *parent, *o = NULL;
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    (void)DriverGlobals;
    if (d && fx_required(f, Configuration) && fx_required(f, Interrupt))
        status = Configuration->Size == sizeof(*Configuration)
                     ? config_check(f, d, Configuration, Attributes)
                     : STATUS_INFO_LENGTH_MISMATCH;
    if (NT_SUCCESS(status)) {
        parent = Attributes && Attributes->ParentObject
                     ? fx_object_find(f, Attributes->ParentObject, FX_OBJECT)
                     : &d->object;
        status = parent_fits(d, parent)
                     ? interrupt_create(f, d, parent, Configuration, Attributes, &o)
                     : STATUS_INVALID_PARAMETER;
    }
    if (o)
        *Interrupt = (WDFINTERRUPT)o->handle;
    c.obj = fx_obj(o);
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}
