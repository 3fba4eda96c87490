/*
 * The state machine of a DMA transaction: from its buffer over one transfer or several to its end,
 * and back to a new beginning. What the profiles do each in their way is behind struct txn_kind.
 * Where KMDF's documentation and its source disagree, this is the source.
 *
 * After a bug check KMDF's code does not go on; here the function ends without having done
 * anything.
 *
 * Source: wdf/dma-transactions-and-dma-transfers, wdf/completing-a-dma-transfer,
 * microsoft/Windows-Driver-Frameworks (fxdmatransactionbase.cpp)
 */
#include "sim/core/fault.h"
#include "sim/wdf/dma.h"

struct fx_txn *txn_take(struct fx *f, WDFDMATRANSACTION handle)
{
    struct fx_txn *t = (struct fx_txn *)fx_object_of(f, handle, FX_DMA_TRANSACTION);

    if (t)
        fx_reference(&t->object);
    return t;
}

void txn_wrong_state(struct fx *f, const struct fx_txn *t)
{
    fx_bugcheck(f, WDF_DMA_FATAL_ERROR, (uintptr_t)t->object.handle, t->state, 0);
}

/* --- the request behind it --- */

/* The request lives as long as its driver has not completed it; a transaction started later finds out. */
static void request_refer(struct fx *f, struct fx_txn *t)
{
    t->referenced = fx_object_of(f, t->request, FX_REQUEST);
    if (t->referenced)
        fx_request_irp_reference(t->referenced);
}

void txn_request_retain(struct fx *f, struct fx_txn *t)
{
    struct fx_object *o = t->referenced;

    t->referenced = NULL;
    if (o)
        fx_request_irp_dereference(o);
    else if (t->request) /* one that was never taken: KMDF takes the count below zero */
        fx_break(f, API_NONE, t->object.obj, WDF_BREAK_DMA_REQUEST, t->state, 0);
}

static void request_clear(struct fx *f, struct fx_txn *t)
{
    if (t->referenced)
        txn_request_retain(f, t);
    t->request = NULL;
}

void txn_fail(struct fx *f, struct fx_txn *t)
{
    t->state = TXN_FAILED;
    if (t->request)
        txn_request_retain(f, t);
}

/* --- from beginning to end --- */

static void reset(struct fx_txn *t)
{
    t->fragment_max = t->length = t->remaining = t->transferred = 0;
    t->direction = WdfDmaDirectionReadFromDevice;
    t->start_mdl = t->mdl = NULL;
    t->start_offset = t->offset = t->fragment = 0;
    t->single = t->enabler->single;
    t->flags = 0;
    t->acquired_context = NULL;
    t->acquired.program = NULL;
}

/* The framework does not look at what this says: with a context of the right size nothing can fail. */
void txn_context_renew(struct fx_txn *t)
{
    PDMA_ADAPTER a = t->info->adapter;
    struct sim *s = sim_now();

    fault_hold(s);
    a->DmaOperations->InitializeDmaTransferContext(a, t->context);
    fault_release(s);
}

/* A system profile that was not configured has no adapter to ask. */
static bool adapter_there(struct fx *f, const struct fx_txn *t)
{
    if (t->info && t->info->adapter)
        return true;
    dma_null_read(f, t->info ? FIELD_OFFSET(DMA_ADAPTER, DmaOperations)
                             : offsetof(struct adapter_info, adapter));
    return false;
}

NTSTATUS txn_initialize(struct fx *f, struct fx_txn *t, const struct txn_buffer *b)
{
    NTSTATUS status = STATUS_SUCCESS;

    if (t->state != TXN_CREATED && t->state != TXN_RESERVED && t->state != TXN_RELEASED) {
        txn_wrong_state(f, t);
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    t->info = enabler_info(t->enabler, b->direction);
    t->fragment_max = t->info->fragment_max;
    t->direction = b->direction;
    t->start_mdl = t->mdl = b->mdl;
    t->start_offset = t->offset = b->offset;
    t->remaining = t->length = b->length;
    t->acquired.program = b->program;
    if (enabler_v3(t->enabler)) {
        if (!adapter_there(f, t))
            return STATUS_INVALID_DEVICE_REQUEST;
        txn_context_renew(t);
    }
    if (t->single) {
        if (t->fragment_max < t->enabler->length_max)
            t->fragment_max = t->enabler->length_max;
        status = txn_single_prepare(f, t);
    }
    if (NT_SUCCESS(status))
        status = t->kind->initialize(f, t);
    if (NT_SUCCESS(status))
        t->state = TXN_INITIALIZED;
    else
        txn_release(f, t, false);
    return status;
}

NTSTATUS txn_execute(struct fx *f, struct fx_txn *t, PVOID context)
{
    NTSTATUS status;

    if (t->state != TXN_INITIALIZED) {
        txn_wrong_state(f, t);
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!adapter_there(f, t))
        return STATUS_INVALID_DEVICE_REQUEST;
    if (t->request)
        request_refer(f, t);
    t->state = TXN_TRANSFER;
    t->acquired_context = context;
    status = t->kind->start(f, t);
    if (!NT_SUCCESS(status)) {
        t->acquired_context = NULL;
        txn_fail(f, t);
    }
    return status;
}

/* What one transfer has brought; STATUS_MORE_PROCESSING_REQUIRED: the next is under way. */
static NTSTATUS transfer_end(struct fx *f, struct fx_txn *t, size_t length, enum txn_completion how)
{
    NTSTATUS status;

    if (length > t->fragment) {
        fx_break(f, API_NONE, t->object.obj, WDF_BREAK_DMA_LENGTH, length, t->fragment);
        return STATUS_INVALID_PARAMETER;
    }
    if (how != TXN_FULL) {
        t->remaining += t->fragment - length;
        t->fragment = length;
    }
    t->transferred += t->fragment;
    status = t->kind->transferred(f, t);
    if (!NT_SUCCESS(status))
        return status;
    if (t->single && t->remaining)
        return STATUS_WDF_TOO_MANY_TRANSFERS;
    if (!t->remaining || how == TXN_FINAL)
        return STATUS_SUCCESS;
    status = t->kind->stage(f, t);
    return NT_SUCCESS(status) ? STATUS_MORE_PROCESSING_REQUIRED : status;
}

/* After a transfer that goes on the transaction may already be somebody else's. */
BOOLEAN txn_completed(struct fx *f, struct fx_txn *t, size_t length, enum txn_completion how,
                      NTSTATUS *status)
{
    if (t->state != TXN_TRANSFER) {
        txn_wrong_state(f, t);
        *status = STATUS_INVALID_DEVICE_REQUEST;
        return FALSE;
    }
    *status = transfer_end(f, t, length, how);
    if (*status == STATUS_MORE_PROCESSING_REQUIRED)
        return FALSE;
    t->state = NT_SUCCESS(*status) ? TXN_COMPLETED : TXN_FAILED;
    t->kind->release(f, t, false);
    if (t->request)
        txn_request_retain(f, t);
    t->fragment = 0;
    return TRUE;
}

void txn_release(struct fx *f, struct fx_txn *t, bool force)
{
    if (!force && t->state == TXN_RELEASED)
        return;
    if (!force && t->state == TXN_TRANSFER)
        txn_wrong_state(f, t);
    t->state = TXN_RELEASED;
    t->kind->release(f, t, force);
    reset(t);
    request_clear(f, t);
}

BOOLEAN txn_cancel(struct fx *f, struct fx_txn *t)
{
    BOOLEAN cancelled;

    if (t->state == TXN_CREATED || t->state == TXN_RELEASED || t->state == TXN_DELETED) {
        txn_wrong_state(f, t);
        return FALSE;
    }
    if (!adapter_there(f, t))
        return FALSE;
    cancelled = t->info->adapter->DmaOperations->CancelAdapterChannel(t->info->adapter, txn_fdo(t),
                                                                      t->context);
    if (cancelled)
        txn_fail(f, t);
    return cancelled;
}

void txn_call_program(struct fx *f, struct fx_txn *t, PSCATTER_GATHER_LIST list)
{
    PFN_WDF_PROGRAM_DMA fn = t->acquired.program;
    uint32_t obj = t->object.obj;
    KIRQL irql = sched_irql(f->s);
    BOOLEAN result;

    if (!fn)
        return;
    callback_begin(f->s, API_EvtProgramDma, obj, t->enabler->device->object.obj,
                   va_of(f->s, t->acquired_context).v, (uint64_t)t->direction, va_of(f->s, list).v);
    result = fn(t->object.handle, t->enabler->device->object.handle, t->acquired_context,
                t->direction, list);
    callback_end(f->s, API_EvtProgramDma, obj, result);
    fx_irql_restore(f->s, API_EvtProgramDma, obj, irql, (const void *)fn);
}

/* --- its life --- */

static void txn_dispose(struct fx_object *o)
{
    struct fx_txn *t = (struct fx_txn *)o;
    struct fx *f = fx_now();

    if (t->state == TXN_TRANSFER)
        txn_wrong_state(f, t);
    t->state = TXN_DELETED;
    t->kind->release(f, t, true);
    request_clear(f, t);
    if (t->list_buffer)
        pool_free_internal(f->s, t->list_buffer);
    t->list_buffer = NULL;
}

static void txn_destroy(struct fx_object *o)
{
    struct fx_txn *t = (struct fx_txn *)o;

    if (t->context)
        pool_free_internal(fx_now()->s, t->context);
    if (t->enabler)
        fx_dereference(&t->enabler->object);
}

const struct fx_class txn_class = { .type = FX_DMA_TRANSACTION,
                                    .trace = OBJ_WDFDMATRANSACTION,
                                    .bytes = sizeof(struct fx_txn),
                                    .dispose = txn_dispose,
                                    .destroy = txn_destroy };
