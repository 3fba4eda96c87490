/*
 * Requests: one for each IRP that a queue or a callback of the driver's gets, and those that a driver
 * makes to send. How they are made, completed and forgotten. A request of the I/O manager's goes with its
 * completion: cleanup callbacks run before the IRP is completed, destroy callbacks when the last
 * reference is given back.
 *
 * Source: wdf/completing-i-o-requests, wdf/framework-request-objects,
 *         microsoft/Windows-Driver-Frameworks (fxrequest.cpp)
 */
#include "sim/wdf/io.h"

#define FACILITY_MASK 0x0fff0000u
#define FACILITY_DRIVER_FRAMEWORK 0x20u

static void request_dispose(struct fx_object *o)
{
    struct fx_request *r = (struct fx_request *)o;

    fx_request_buffers_free(fx_now(), r);
}

static void request_destroy(struct fx_object *o)
{
    struct fx_request *r = (struct fx_request *)o;

    fx_sent_free(fx_now(), r);
    if (r->origin == FX_INTERNAL && r->irp)
        IoFreeIrp(r->irp);
}

static const struct fx_class request_class = { .type = FX_REQUEST,
                                               .trace = OBJ_WDFREQUEST,
                                               .bytes = sizeof(struct fx_request),
                                               .dispose = request_dispose,
                                               .destroy = request_destroy };

static void request_init(struct fx_request *r, PIRP irp, enum fx_origin origin)
{
    r->irp = irp;
    r->origin = origin;
    fx_ring_init(&r->link);
    fx_ring_init(&r->owned_link);
    fx_ring_init(&r->cancel_link);
}

NTSTATUS fx_request_create(struct fx *f, struct fx_device *d, PIRP irp, struct fx_request **out)
{
    PWDF_OBJECT_ATTRIBUTES a = d->request_attributes.Size ? &d->request_attributes : NULL;
    struct fx_object *o;
    NTSTATUS status = fx_object_create(f, d->object.driver, &request_class, NULL, a, &o);

    *out = (struct fx_request *)o;
    if (!NT_SUCCESS(status))
        return status;
    request_init(*out, irp, FX_FROM_IO);
    (*out)->device = d;
    return STATUS_SUCCESS;
}

NTSTATUS fx_request_make(struct fx *f, struct fx_driver *driver, PWDF_OBJECT_ATTRIBUTES attributes,
                         PIRP irp, enum fx_origin origin, struct fx_request **out)
{
    const struct fx_attributes_rules rules = { 0 };
    struct fx_object *o = NULL;
    NTSTATUS status = fx_attributes_check(f, attributes, &rules);

    if (NT_SUCCESS(status))
        status = fx_object_create(f, driver, &request_class, &driver->object, attributes, &o);
    *out = (struct fx_request *)o;
    if (!NT_SUCCESS(status))
        return status;
    request_init(*out, irp, origin);
    (*out)->presented = true;
    /* One over an IRP that has reached somebody is to be completed, once. */
    if (origin == FX_FROM_DRIVER && irp->CurrentLocation <= irp->StackCount)
        (*out)->can_complete = (*out)->owned = true;
    return STATUS_SUCCESS;
}

/* --- completion --- */

/* The framework's own statuses are not for others. */
static NTSTATUS outward(NTSTATUS status)
{
    if (((ULONG)status & FACILITY_MASK) != FACILITY_DRIVER_FRAMEWORK << 16)
        return status;
    switch (status) {
    case STATUS_WDF_PAUSED:
    case STATUS_WDF_BUSY:
        return STATUS_DEVICE_BUSY;
    case STATUS_WDF_INTERNAL_ERROR:
        return STATUS_INTERNAL_ERROR;
    case STATUS_WDF_NOT_ENOUGH_MAP_REGISTERS:
        return STATUS_INSUFFICIENT_RESOURCES;
    default:
        return STATUS_INVALID_DEVICE_REQUEST;
    }
}

/* How many bytes success may speak of; UINT64_MAX: any. */
static uint64_t information_max(const struct fx_request *r)
{
    const IO_STACK_LOCATION *at = fx_request_at(r);
    ULONG out = at->Parameters.DeviceIoControl.OutputBufferLength;

    if (at->MajorFunction == IRP_MJ_READ)
        return at->Parameters.Read.Length;
    if (at->MajorFunction == IRP_MJ_WRITE)
        return at->Parameters.Write.Length;
    if (at->MajorFunction == IRP_MJ_DEVICE_CONTROL && r->irp->RequestorMode == UserMode && out)
        return out;
    return UINT64_MAX;
}

static void completion_check(struct fx *f, struct fx_request *r, NTSTATUS status)
{
    uint64_t information = r->irp->IoStatus.Information;

    if (r->cancelable && !r->cancel_told)
        fx_break(f, API_WdfRequestComplete, r->object.obj, WDF_BREAK_REQUEST_MARKED, 0, 0);
    if (NT_SUCCESS(status) && information > information_max(r))
        fx_bugcheck(f, WDF_REQUEST_FATAL_ERROR, WDF_REQUEST_FATAL_ERROR_INFORMATION_LENGTH_MISMATCH,
                    (uintptr_t)r->object.handle, information);
    if (r->irp_refs)
        fx_bugcheck(f, WDF_VERIFIER_FATAL_ERROR, (uintptr_t)r->object.handle, r->irp_refs, 0);
}

/* A buffered control of a user's with no output: nothing is copied back, whatever Information says. */
static void copy_nothing_back(PIRP irp, const IO_STACK_LOCATION *at)
{
    if (at->MajorFunction == IRP_MJ_DEVICE_CONTROL && irp->RequestorMode == UserMode &&
        METHOD_FROM_CTL_CODE(at->Parameters.DeviceIoControl.IoControlCode) == METHOD_BUFFERED &&
        !at->Parameters.DeviceIoControl.OutputBufferLength)
        irp->Flags &= ~(ULONG)IRP_INPUT_OPERATION;
}

static void callbacks_drop(struct fx_request *r)
{
    for (struct fx_context *c = r->object.contexts; c; c = c->next) {
        c->cleanup = NULL;
        c->destroy = NULL;
    }
}

/* Its queue hears of it, and may present the next. */
static void returned(struct fx *f, struct fx_request *r, enum fx_lent lent)
{
    struct fx_queue *q = r->queue;

    if (lent != FX_LENT_QUEUE)
        return;
    fx_reference(&q->object);
    fx_queue_disown(q, r);
    r->queue = NULL;
    fx_queue_run_inside(f, q);
    fx_dereference(&q->object);
}

static void complete_irp(struct fx *f, struct fx_request *r, NTSTATUS status)
{
    PIRP irp = r->irp;
    const IO_STACK_LOCATION *at = fx_request_at(r);

    copy_nothing_back(irp, at);
    irp->IoStatus.Status = status;
    if (r->device && at->MajorFunction == IRP_MJ_CREATE)
        fx_file_create_ended(f, r->device, at->FileObject, status);
    r->irp = NULL;
    IofCompleteRequest(irp, r->boost);
}

void fx_request_complete(struct fx *f, struct fx_request *r, NTSTATUS status)
{
    enum fx_lent lent = r->lent;

    fx_reference(&r->object);
    completion_check(f, r, status);
    fx_ring_lose(r);
    r->completed = true;
    r->owned = r->in_caller = r->cancelable = false;
    fx_sent_restore(f, r);
    if (!r->presented)
        callbacks_drop(r);
    if (r->origin == FX_FROM_IO)
        fx_dispose_early(&r->object);
    fx_request_buffers_free(f, r);
    complete_irp(f, r, outward(status));
    returned(f, r, lent);
    r->can_complete = false;
    if (r->origin == FX_FROM_IO)
        fx_delete(&r->object);
    fx_dereference(&r->object);
}

void fx_request_complete_with(struct fx *f, struct fx_request *r, NTSTATUS status,
                              ULONG_PTR information)
{
    r->irp->IoStatus.Information = information;
    fx_request_complete(f, r, status);
}

/* Its IRP has gone to somebody who completes it. */
void fx_request_forget_irp(struct fx *f, struct fx_request *r)
{
    enum fx_lent lent = r->lent;

    fx_reference(&r->object);
    r->irp = NULL;
    r->completed = true;
    r->owned = r->in_caller = false;
    returned(f, r, lent);
    fx_delete(&r->object);
    fx_dereference(&r->object);
}

void fx_request_drop(struct fx_request *r)
{
    callbacks_drop(r);
    r->irp = NULL;
    fx_delete(&r->object);
}

/* --- what the framework's verifier asks --- */

bool fx_request_is_owned(struct fx *f, struct fx_request *r, enum api api)
{
    if (r->owned)
        return true;
    fx_break(f, api, r->object.obj, WDF_BREAK_REQUEST_NOT_OWNED, r->completed, 0);
    return false;
}

bool fx_request_is_unmarked(struct fx *f, struct fx_request *r, enum api api)
{
    if (!r->cancelable)
        return true;
    fx_break(f, api, r->object.obj, WDF_BREAK_REQUEST_MARKED, 0, 0);
    return false;
}

bool fx_request_in_irp(struct fx *f, struct fx_request *r, enum api api)
{
    if (r->irp)
        return true;
    fx_break(f, api, r->object.obj, WDF_BREAK_REQUEST_COMPLETED, 0, 0);
    return false;
}

bool fx_request_at_valid(struct fx *f, struct fx_request *r, enum api api)
{
    if (!fx_request_in_irp(f, r, api))
        return false;
    if (r->irp->CurrentLocation <= r->irp->StackCount)
        return true;
    fx_break(f, api, r->object.obj, WDF_BREAK_REQUEST_NOT_OWNED, 0, 0);
    return false;
}

/* The two unions overlay each other; what a program's own pointer is stays hidden. */
void fx_request_parameters(const struct fx_request *r, PWDF_REQUEST_PARAMETERS p)
{
    const IO_STACK_LOCATION *at = fx_request_at(r);

    p->Size = sizeof(*p);
    p->MinorFunction = at->MinorFunction;
    p->Type = (WDF_REQUEST_TYPE)at->MajorFunction;
    memcpy(&p->Parameters, &at->Parameters, sizeof(p->Parameters));
    if (at->MajorFunction == IRP_MJ_DEVICE_CONTROL &&
        METHOD_FROM_CTL_CODE(at->Parameters.DeviceIoControl.IoControlCode) == METHOD_NEITHER)
        p->Parameters.DeviceIoControl.Type3InputBuffer = NULL;
}

/* --- for DMA transactions --- */

PIRP fx_request_irp(struct fx_object *request) { return ((struct fx_request *)request)->irp; }

void fx_request_irp_reference(struct fx_object *request)
{
    ((struct fx_request *)request)->irp_refs++;
    fx_reference(request);
}

void fx_request_irp_dereference(struct fx_object *request)
{
    ((struct fx_request *)request)->irp_refs--;
    fx_dereference(request);
}
