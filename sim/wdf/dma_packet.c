/*
 * Transactions of the packet and system profiles: map registers from the adapter, for one
 * transaction or reserved for many, and one piece after the other through them
 * (dma_packet_stage.c). Version 2 lets a device have one packet transaction at a time.
 *
 * Source: wdf/reserving-dma-resources, microsoft/Windows-Driver-Frameworks
 * (fxdmatransactionpacket.cpp, .hpp)
 */
#include "sim/wdf/dma.h"

static IO_ALLOCATION_ACTION adapter_control(PDEVICE_OBJECT DeviceObject, PIRP Irp,
                                            PVOID MapRegisterBase, PVOID Context);

static NTSTATUS device_acquire(struct fx_txn *t)
{
    struct fx_device *d = t->enabler->device;

    if (enabler_v3(t->enabler))
        return STATUS_SUCCESS;
    if (d->packet_busy)
        return STATUS_WDF_BUSY;
    d->packet_busy = true;
    return STATUS_SUCCESS;
}

static void device_release(struct fx_txn *t)
{
    if (!enabler_v3(t->enabler))
        t->enabler->device->packet_busy = false;
}

static NTSTATUS channel_allocate(struct fx *f, struct fx_txn *t, bool reserved)
{
    PDMA_ADAPTER a = t->info->adapter;
    KIRQL irql = dma_raise(f);
    NTSTATUS status = STATUS_SUCCESS;

    if (!enabler_v3(t->enabler))
        status = a->DmaOperations->AllocateAdapterChannel(a, txn_fdo(t), t->registers_needed,
                                                          adapter_control, txn_token(t));
    else if (reserved)
        adapter_control(txn_fdo(t), NULL, t->base, txn_token(t));
    else
        status = a->DmaOperations->AllocateAdapterChannelEx(a, txn_fdo(t), t->context,
                                                            t->registers_needed, t->flags,
                                                            adapter_control, txn_token(t), NULL);
    dma_lower(f, irql);
    return status;
}

/* Pages that a transfer spans; one that is not the whole may go on anywhere in a page. */
static ULONG registers_wanted(const struct fx_txn *t)
{
    ULONG at = PAGE_SIZE - 1;

    if (enabler_system(t->enabler))
        return t->info->registers;
    if (t->fragment == t->remaining)
        at = BYTE_OFFSET(t->mdl->ByteOffset + t->offset);
    return (ULONG)((at + t->fragment + PAGE_SIZE - 1) >> PAGE_SHIFT);
}

static NTSTATUS packet_start(struct fx *f, struct fx_txn *t)
{
    NTSTATUS status = device_acquire(t);

    if (!NT_SUCCESS(status)) {
        fx_break(f, API_NONE, t->object.obj, WDF_BREAK_DMA_BUSY, 0, 0);
        return status;
    }
    t->fragment = t->remaining < t->fragment_max ? t->remaining : t->fragment_max;
    t->offset = t->start_offset;
    if (t->state == TXN_RESERVED) {
        t->registers_needed = t->registers_reserved;
        status = channel_allocate(f, t, false);
    } else {
        t->registers_needed = registers_wanted(t);
        status = channel_allocate(f, t, t->registers_reserved > 0);
    }
    if (!NT_SUCCESS(status))
        device_release(t);
    return status;
}

static void call_reserve(struct fx *f, struct fx_txn *t)
{
    PFN_WDF_RESERVE_DMA fn = t->acquired.reserve;
    uint32_t obj = t->object.obj;
    KIRQL irql = sched_irql(f->s);

    t->acquired.reserve = NULL;
    if (!fn)
        return;
    callback_begin(f->s, API_EvtReserveDma, obj, va_of(f->s, t->acquired_context).v, 0, 0, 0);
    fn(t->object.handle, t->acquired_context);
    callback_end(f->s, API_EvtReserveDma, obj, 0);
    fx_irql_restore(f->s, API_EvtReserveDma, obj, irql, (const void *)fn);
}

/* Called by the adapter, or by ourselves when the registers were reserved. A transaction that was deleted
 * while it waited is not there any more (Windows would go on with freed memory). */
static IO_ALLOCATION_ACTION adapter_control(PDEVICE_OBJECT DeviceObject, PIRP Irp,
                                            PVOID MapRegisterBase, PVOID Context)
{
    struct fx *f = fx_now();
    struct fx_txn *t = txn_find(f, Context);
    IO_ALLOCATION_ACTION action;
    NTSTATUS status;

    (void)DeviceObject, (void)Irp;
    if (!t || (t->state != TXN_TRANSFER && t->state != TXN_RESERVED))
        return DeallocateObject;
    action = enabler_system(t->enabler) ? KeepObject : DeallocateObjectKeepRegisters;
    fx_reference(&t->object);
    if (!t->base_set) {
        t->base = MapRegisterBase;
        t->base_set = true;
    }
    if (t->state == TXN_RESERVED) {
        call_reserve(f, t);
    } else {
        status = packet_stage(f, t);
        if (!NT_SUCCESS(status))
            system_complete(f, t, status == STATUS_CANCELLED ? DmaCancelled : DmaError);
    }
    fx_dereference(&t->object);
    return action;
}

static NTSTATUS packet_initialize(struct fx *f, struct fx_txn *t)
{
    (void)f;
    t->device_offset = 0;
    t->cancelled = false;
    return STATUS_SUCCESS;
}

static NTSTATUS flush(struct fx_txn *t)
{
    PDMA_ADAPTER a = t->info->adapter;

    if (enabler_v3(t->enabler))
        return a->DmaOperations->FlushAdapterBuffersEx(a, t->mdl, t->base, t->offset,
                                                       (ULONG)t->fragment, (BOOLEAN)t->direction);
    return a->DmaOperations->FlushAdapterBuffers(a, t->mdl, t->base,
                                                 (char *)MmGetMdlVirtualAddress(t->mdl) + t->offset,
                                                 (ULONG)t->fragment, (BOOLEAN)t->direction)
               ? STATUS_SUCCESS
               : STATUS_UNSUCCESSFUL;
}

static NTSTATUS packet_transferred(struct fx *f, struct fx_txn *t)
{
    NTSTATUS status = flush(t);

    if (!NT_SUCCESS(status))
        fx_break(f, API_NONE, t->object.obj, WDF_BREAK_DMA_FLUSH, (ULONG)status, 0);
    return status;
}

static void registers_free(struct fx *f, struct fx_txn *t)
{
    PDMA_ADAPTER a = t->info->adapter;
    KIRQL irql = dma_raise(f);

    if (enabler_system(t->enabler))
        a->DmaOperations->FreeAdapterChannel(a);
    else if (t->base)
        a->DmaOperations->FreeMapRegisters(a, t->base,
                                           t->registers_reserved ? t->registers_reserved
                                                                 : t->registers_needed);
    dma_lower(f, irql);
}

/* What is reserved stays until it is given back on purpose. */
static void packet_release(struct fx *f, struct fx_txn *t, bool force)
{
    if (!t->base_set || (t->registers_reserved && !force))
        return;
    t->base_set = false;
    registers_free(f, t);
    device_release(t);
    t->info = NULL;
    t->registers_reserved = 0;
}

const struct txn_kind txn_kind_packet = { .initialize = packet_initialize,
                                          .start = packet_start,
                                          .stage = packet_stage,
                                          .transferred = packet_transferred,
                                          .release = packet_release };

/* --- registers for many transactions --- */

static bool may_reserve(const struct fx_txn *t, ULONG registers)
{
    if (t->registers_reserved)
        return false;
    if (!registers)
        return t->state == TXN_INITIALIZED;
    return t->state == TXN_CREATED || t->state == TXN_INITIALIZED || t->state == TXN_RELEASED;
}

/* No number given: as many as the transaction that was initialised would take. */
static NTSTATUS reserve_count(struct fx_txn *t, ULONG registers)
{
    t->registers_reserved = registers;
    if (registers)
        return STATUS_SUCCESS;
    if (enabler_system(t->enabler)) {
        t->registers_reserved = t->info->registers;
        return STATUS_SUCCESS;
    }
    return txn_registers(t->start_mdl, t->start_offset, (ULONG)t->length, t->info->registers, NULL,
                         &t->registers_reserved);
}

static NTSTATUS reserve_start(struct fx *f, struct fx_txn *t, PFN_WDF_RESERVE_DMA routine,
                              PVOID context)
{
    t->start_mdl = t->mdl = NULL;
    t->start_offset = t->offset = t->remaining = t->length = 0;
    t->acquired.reserve = routine;
    t->acquired_context = context;
    txn_context_renew(t);
    packet_initialize(f, t);
    t->state = TXN_RESERVED;
    return packet_start(f, t);
}

NTSTATUS packet_reserve(struct fx *f, struct fx_txn *t, ULONG registers,
                        WDF_DMA_DIRECTION direction, PFN_WDF_RESERVE_DMA routine, PVOID context)
{
    NTSTATUS status;

    if (!may_reserve(t, registers)) {
        txn_wrong_state(f, t);
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    t->info = enabler_info(t->enabler, direction);
    if (!t->info->adapter) { /* a duplex system profile with one direction configured */
        dma_null_read(f, FIELD_OFFSET(DMA_ADAPTER, DmaOperations));
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    status = reserve_count(t, registers);
    if (NT_SUCCESS(status)) {
        t->direction = direction;
        status = reserve_start(f, t, routine, context);
    } else {
        txn_release(f, t, true);
    }
    if (!NT_SUCCESS(status)) {
        t->acquired.reserve = NULL;
        t->acquired_context = NULL;
        t->registers_reserved = 0;
        txn_fail(f, t);
    }
    return status;
}

void packet_free(struct fx *f, struct fx_txn *t)
{
    if (t->state == TXN_INVALID || t->state == TXN_CREATED || t->state == TXN_TRANSFER ||
        t->state == TXN_DELETED)
        txn_wrong_state(f, t);
    else
        txn_release(f, t, true);
}
