/*
 * Transactions of the scatter/gather profiles: a list for each transfer, made by Build... in memory
 * that the transaction has for its whole life, or by Get...; put when the transfer ends.
 *
 * Source: microsoft/Windows-Driver-Frameworks (fxdmatransactionscattergather.cpp)
 */
#include "sim/wdf/dma.h"

static VOID list_control(PDEVICE_OBJECT DeviceObject, PIRP Irp, PSCATTER_GATHER_LIST ScatterGather,
                         PVOID Context);

/* Each transfer that the whole would be cut into must be small enough for the device's lists. */
static NTSTATUS list_initialize(struct fx *f, struct fx_txn *t)
{
    size_t left = t->length, bytes = 0, offset = t->start_offset;
    PMDL mdl = t->start_mdl;
    NTSTATUS status;
    ULONG required;

    if (t->single)
        return STATUS_SUCCESS;
    while (left) {
        txn_next_address(mdl, offset, bytes, &mdl, &offset);
        bytes = left < t->fragment_max ? left : t->fragment_max;
        status = bytes
                     ? txn_registers(mdl, offset, (ULONG)bytes, t->info->registers, NULL, &required)
                     : STATUS_INVALID_PARAMETER;
        if (!NT_SUCCESS(status)) {
            fx_break(f, API_NONE, t->object.obj, WDF_BREAK_DMA_SHORT, t->length, left);
            return status;
        }
        if (required > t->enabler->elements_max)
            return STATUS_WDF_TOO_FRAGMENTED;
        left -= bytes;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS build_list(struct fx_txn *t)
{
    PDMA_ADAPTER a = t->info->adapter;
    PVOID token = txn_token(t);

    if (enabler_v3(t->enabler))
        return a->DmaOperations->BuildScatterGatherListEx(a, txn_fdo(t), t->context, t->mdl,
                                                          t->offset, (ULONG)t->fragment, t->flags,
                                                          list_control, token,
                                                          (BOOLEAN)t->direction, t->list_buffer,
                                                          t->list_buffer_bytes, NULL, NULL, NULL);
    return a->DmaOperations->BuildScatterGatherList(a, txn_fdo(t), t->mdl,
                                                    (char *)MmGetMdlVirtualAddress(t->mdl) +
                                                        t->offset,
                                                    (ULONG)t->fragment, list_control, token,
                                                    (BOOLEAN)t->direction, t->list_buffer,
                                                    t->list_buffer_bytes);
}

static NTSTATUS get_list(struct fx_txn *t)
{
    PDMA_ADAPTER a = t->info->adapter;
    PVOID token = txn_token(t);

    if (enabler_v3(t->enabler))
        return a->DmaOperations->GetScatterGatherListEx(a, txn_fdo(t), t->context, t->mdl,
                                                        t->offset, (ULONG)t->fragment, t->flags,
                                                        list_control, token, (BOOLEAN)t->direction,
                                                        NULL, NULL, NULL);
    return a->DmaOperations->GetScatterGatherList(a, txn_fdo(t), t->mdl,
                                                  (char *)MmGetMdlVirtualAddress(t->mdl) +
                                                      t->offset,
                                                  (ULONG)t->fragment, list_control, token,
                                                  (BOOLEAN)t->direction);
}

/* Once the list has been asked for, the driver may be done with the transaction before we are back. */
static NTSTATUS list_stage(struct fx *f, struct fx_txn *t)
{
    NTSTATUS status;
    size_t wanted;
    ULONG required;
    KIRQL irql;

    txn_next_address(t->mdl, t->offset, t->fragment, &t->mdl, &t->offset);
    t->fragment = t->remaining < t->fragment_max ? t->remaining : t->fragment_max;
    if (!t->single) {
        status = txn_registers(t->mdl, t->offset, (ULONG)t->fragment, t->info->registers,
                               &t->fragment, &required);
        if (NT_SUCCESS(status) && required > t->enabler->elements_max)
            return STATUS_WDF_TOO_FRAGMENTED;
    }
    wanted = t->fragment;
    t->remaining -= wanted;
    irql = dma_raise(f);
    status = t->enabler->preallocates ? build_list(t) : get_list(t);
    dma_lower(f, irql);
    if (!NT_SUCCESS(status))
        t->remaining += wanted;
    return status;
}

static void put_list(struct fx *f, struct fx_txn *t)
{
    PSCATTER_GATHER_LIST list = t->list;
    KIRQL irql;

    t->list = NULL;
    if (!list)
        return;
    irql = dma_raise(f);
    t->info->adapter->DmaOperations->PutScatterGatherList(t->info->adapter, list,
                                                          (BOOLEAN)t->direction);
    dma_lower(f, irql);
}

/* A transaction that was deleted while it waited is not there any more (Windows would go on with freed
 * memory): its list stays. */
static VOID list_control(PDEVICE_OBJECT DeviceObject, PIRP Irp, PSCATTER_GATHER_LIST ScatterGather,
                         PVOID Context)
{
    struct fx *f = fx_now();
    struct fx_txn *t = txn_find(f, Context);

    (void)DeviceObject, (void)Irp;
    if (!t || t->state != TXN_TRANSFER)
        return;
    fx_reference(&t->object);
    t->list = ScatterGather;
    txn_call_program(f, t, ScatterGather);
    fx_dereference(&t->object);
}

static NTSTATUS list_transferred(struct fx *f, struct fx_txn *t)
{
    put_list(f, t);
    return STATUS_SUCCESS;
}

static void list_release(struct fx *f, struct fx_txn *t, bool force)
{
    (void)force; /* nothing is reserved */
    put_list(f, t);
    t->info = NULL;
}

const struct txn_kind txn_kind_list = { .initialize = list_initialize,
                                        .start = list_stage,
                                        .stage = list_stage,
                                        .transferred = list_transferred,
                                        .release = list_release };
