/*
 * A device's share of I/O: which queue an IRP goes to, and what the PnP and power state machine asks of all
 * queues.
 *
 * Source: wdf/i-o-request-processing, microsoft/Windows-Driver-Frameworks (fxpkgio.cpp)
 */
#include "sim/wdf/io.h"

NTSTATUS fx_irp_complete(PIRP irp, NTSTATUS status)
{
    irp->IoStatus.Status = status;
    irp->IoStatus.Information = 0;
    IofCompleteRequest(irp, IO_NO_INCREMENT);
    return status;
}

NTSTATUS fx_irp_pass(struct fx_device *d, PIRP irp)
{
    IoSkipCurrentIrpStackLocation(irp);
    return IofCallDriver(d->attached, irp);
}

/* Create requests wait in a queue of the framework's, so that they can be cancelled and forwarded. */
static NTSTATUS creates_queue(struct fx *f, struct fx_device *d)
{
    WDF_SYNCHRONIZATION_SCOPE scope = fx_file_scope(d);
    WDF_IO_QUEUE_CONFIG config;
    WDF_OBJECT_ATTRIBUTES a;
    NTSTATUS status;

    if (scope == WdfSynchronizationScopeQueue ||
        (scope == WdfSynchronizationScopeDevice && d->level != WdfExecutionLevelPassive))
        return STATUS_INVALID_DEVICE_REQUEST;
    if (!d->file_config_set || !d->file_config.EvtDeviceFileCreate)
        return STATUS_SUCCESS;
    WDF_IO_QUEUE_CONFIG_INIT(&config, WdfIoQueueDispatchManual);
    config.PowerManaged = WdfFalse;
    WDF_OBJECT_ATTRIBUTES_INIT(&a);
    a.ExecutionLevel = WdfExecutionLevelPassive;
    a.SynchronizationScope = scope;
    status = fx_queue_create(f, d, &config, &a, &d->io->creates);
    if (NT_SUCCESS(status)) {
        d->io->creates->internal = true;
        fx_queue_keep(d->io->creates);
    }
    return status;
}

NTSTATUS fx_io_create(struct fx *f, struct fx_device *d)
{
    d->io = io_host_alloc(f->s, sizeof(*d->io));
    d->io->powered = d->control;
    return creates_queue(f, d);
}

/* The device's objects are gone by now. */
void fx_io_destroy(struct fx *f, struct fx_device *d)
{
    if (d->io)
        io_host_free(f->s, d->io, sizeof(*d->io));
    d->io = NULL;
}

/* --- dispatching --- */

/* A filter hands on what it has no use for. */
bool fx_io_passes(const struct fx_device *d, const struct fx_queue *q, UCHAR major)
{
    if (!d->filter)
        return false;
    return !q || (q == d->io->def && !fx_queue_handles(q, major));
}

/* EvtIoInCallerContext, in the requester's thread, before any queue. */
static NTSTATUS in_caller(struct fx *f, struct fx_device *d, struct fx_request *r)
{
    PFN_WDF_IO_IN_CALLER_CONTEXT fn = d->in_caller_context;
    struct sim *s = f->s;
    KIRQL irql = sched_irql(s);
    uint32_t obj = d->object.obj;

    IoMarkIrpPending(r->irp);
    r->lent = FX_LENT_CALLER;
    r->in_caller = r->owned = r->presented = true;
    callback_begin(s, API_EvtIoInCallerContext, obj, r->object.obj, irp_obj(s, r->irp), 0, 0);
    fn(d->object.handle, r->object.handle);
    callback_end(s, API_EvtIoInCallerContext, obj, sched_irql(s));
    fx_irql_restore(s, API_EvtIoInCallerContext, obj, irql, (const void *)fn);
    return STATUS_PENDING;
}

NTSTATUS fx_io_to_queue(struct fx *f, struct fx_device *d, PIRP irp, struct fx_queue *q,
                        bool caller_first)
{
    struct fx_request *r;
    NTSTATUS status = fx_request_create(f, d, irp, &r);

    if (!NT_SUCCESS(status))
        return fx_irp_complete(irp, status);
    if (!caller_first || !d->in_caller_context)
        return fx_queue_take_new(f, q, r);
    r->meant = q;
    return in_caller(f, d, r);
}

static NTSTATUS io_dispatch(struct fx *f, struct fx_device *d, PIRP irp)
{
    UCHAR major = IoGetCurrentIrpStackLocation(irp)->MajorFunction;
    struct fx_queue *q = d->io->table[major];

    if (!d->in_caller_context && fx_io_passes(d, q, major))
        return fx_irp_pass(d, irp);
    if (!d->in_caller_context && !q)
        return fx_irp_complete(irp, STATUS_INVALID_DEVICE_REQUEST);
    return fx_io_to_queue(f, d, irp, q, true);
}

NTSTATUS fx_io_dispatch(struct fx *f, struct fx_device *d, PIRP irp)
{
    switch (IoGetCurrentIrpStackLocation(irp)->MajorFunction) {
    case IRP_MJ_CREATE:
    case IRP_MJ_CLEANUP:
    case IRP_MJ_CLOSE:
        return fx_file_dispatch(f, d, irp);
    case IRP_MJ_READ:
    case IRP_MJ_WRITE:
    case IRP_MJ_DEVICE_CONTROL:
    case IRP_MJ_INTERNAL_DEVICE_CONTROL:
        return io_dispatch(f, d, irp);
    case IRP_MJ_SHUTDOWN:
        return d->filter ? fx_irp_pass(d, irp) : fx_irp_complete(irp, STATUS_SUCCESS);
    default:
        return d->filter ? fx_irp_pass(d, irp)
                         : fx_irp_complete(irp, STATUS_INVALID_DEVICE_REQUEST);
    }
}

/* --- power --- */

/* A queue that is deleted meanwhile stays until it has been seen to. */
static void each_queue(struct fx *f, struct fx_device *d,
                       void (*fn)(struct fx *, struct fx_queue *))
{
    struct fx_queue *next;

    for (struct fx_queue *q = d->io->queues; q; q = next) {
        fx_reference(&q->object);
        fn(f, q);
        next = q->next;
        fx_dereference(&q->object);
    }
}

static void hold(struct fx *f, struct fx_queue *q)
{
    if (q->power_managed)
        fx_queue_stop(f, q, false);
}

static void purge_managed(struct fx *f, struct fx_queue *q)
{
    if (q->power_managed)
        fx_queue_stop(f, q, true);
}

static void purge_others(struct fx *f, struct fx_queue *q)
{
    if (!q->power_managed)
        fx_queue_stop(f, q, true);
}

/* Requests of a file whose last handle is gone. */
void fx_io_flush_file(struct fx *f, struct fx_device *d, PFILE_OBJECT file)
{
    struct fx_queue *next;

    for (struct fx_queue *q = d->io->queues; q; q = next) {
        fx_reference(&q->object);
        fx_queue_flush_file(f, q, file);
        next = q->next;
        fx_dereference(&q->object);
    }
}

void fx_io_power_up(struct fx *f, struct fx_device *d)
{
    d->io->powered = d->io->started = true;
    d->io->shutting = false;
    each_queue(f, d, fx_queue_start);
    each_queue(f, d, fx_queue_started);
}

void fx_io_power_down(struct fx *f, struct fx_device *d)
{
    d->io->powered = false;
    each_queue(f, d, fx_queue_settle);
    each_queue(f, d, hold);
}

void fx_io_purge_managed(struct fx *f, struct fx_device *d)
{
    d->io->powered = false;
    each_queue(f, d, purge_managed);
}

void fx_io_remove(struct fx *f, struct fx_device *d)
{
    d->io->powered = false;
    d->io->shutting = true;
    each_queue(f, d, purge_managed);
    each_queue(f, d, purge_others);
}
