/*
 * How much a transfer takes: KMDF's own estimate of map registers, where a chain goes on, and what
 * the HAL says of a whole transaction.
 *
 * Source: microsoft/Windows-Driver-Frameworks (fxdmatransactionbase.cpp),
 * wdf/using-single-transfer-dma
 */
#include "sim/wdf/dma.h"

static ULONG pages(ULONG bytes) { return (bytes + PAGE_SIZE - 1) >> PAGE_SHIFT; }

/* A chain that ends too early gives its last MDL, as far as it goes. */
void txn_next_address(PMDL mdl, size_t offset, size_t bytes, PMDL *next_mdl, size_t *next_offset)
{
    size_t left = mdl->ByteCount - offset;

    while (bytes >= left && mdl->Next) {
        bytes -= left;
        offset = 0;
        mdl = mdl->Next;
        left = mdl->ByteCount;
    }
    *next_mdl = mdl;
    *next_offset = offset + bytes;
}

NTSTATUS txn_registers(PMDL mdl, size_t offset, ULONG length, ULONG available, size_t *possible,
                       ULONG *required)
{
    ULONG seen = mdl->ByteCount - (ULONG)offset, bytes = seen, count = 0, can = 0;
    ULONG page = BYTE_OFFSET(mdl->ByteOffset + offset);

    while (seen < length && mdl->Next) {
        count += pages(page + bytes);
        if (count <= available)
            can = seen;
        mdl = mdl->Next;
        page = mdl->ByteOffset;
        bytes = mdl->ByteCount;
        seen += bytes;
    }
    if (seen + PAGE_SIZE < length + page)
        return STATUS_BUFFER_TOO_SMALL;
    count += pages(page + length + bytes - seen);
    if (count <= available)
        can += length + bytes - seen;
    if (possible)
        *possible = can;
    *required = count;
    return STATUS_SUCCESS;
}

/* A longer list than the one that was allocated before takes its place. */
static NTSTATUS list_grow(struct fx *f, struct fx_txn *t, ULONG bytes)
{
    struct fx_enabler *e = t->enabler;
    bool system = enabler_system(e);
    void *list;

    if (!e->preallocates || bytes <= (system ? e->list_bytes : t->list_buffer_bytes))
        return STATUS_SUCCESS;
    list = pool_alloc_internal(f->s, bytes);
    if (!list)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (system) {
        system_list_set(f, e, list, bytes);
        return STATUS_SUCCESS;
    }
    pool_free_internal(f->s, t->list_buffer);
    t->list_buffer = list;
    t->list_buffer_bytes = bytes;
    return STATUS_SUCCESS;
}

NTSTATUS txn_single_prepare(struct fx *f, struct fx_txn *t)
{
    DMA_TRANSFER_INFO info = { .Version = DMA_TRANSFER_INFO_VERSION1 };
    ULONG available = t->registers_reserved ? t->registers_reserved : t->info->registers;
    PDMA_ADAPTER a = t->info->adapter;
    NTSTATUS status;

    if (t->length > t->fragment_max)
        return STATUS_WDF_TOO_MANY_TRANSFERS;
    status =
        a->DmaOperations->GetDmaTransferInfo(a, t->start_mdl, t->start_offset, (ULONG)t->length,
                                             t->direction == WdfDmaDirectionWriteToDevice, &info);
    if (!NT_SUCCESS(status))
        return status;
    if (info.V1.MapRegisterCount > available)
        return STATUS_WDF_NOT_ENOUGH_MAP_REGISTERS;
    if (info.V1.ScatterGatherElementCount > t->enabler->elements_max)
        return STATUS_WDF_TOO_FRAGMENTED;
    if (enabler_packet(t->enabler))
        return info.V1.ScatterGatherElementCount > 1 ? STATUS_WDF_TOO_FRAGMENTED : STATUS_SUCCESS;
    return list_grow(f, t, info.V1.ScatterGatherListSize);
}

/* KMDF forgets to start the MDLs behind the first at their beginning: so do we. */
static ULONG pages_of_chain(const struct fx_txn *t)
{
    size_t offset = t->start_offset, left = t->length;
    ULONG count = 0;

    for (PMDL mdl = t->start_mdl; mdl && left; mdl = mdl->Next) {
        size_t bytes = mdl->ByteCount;

        if (bytes <= offset) {
            offset -= bytes;
            continue;
        }
        bytes = bytes - offset < left ? bytes - offset : left;
        count += pages(BYTE_OFFSET(mdl->ByteOffset + offset) + (ULONG)bytes);
        left -= bytes;
    }
    return count;
}

/* Version 3 asks with a version of information that is none: what the HAL then says is what comes. */
void txn_transfer_info(struct fx *f, const struct fx_txn *t, ULONG *registers, ULONG *elements)
{
    DMA_TRANSFER_INFO info = { 0 };
    PDMA_ADAPTER a = t->info ? t->info->adapter : NULL;

    if (t->state != TXN_INITIALIZED) {
        txn_wrong_state(f, t);
        return;
    }
    if (enabler_v3(t->enabler) && a)
        a->DmaOperations->GetDmaTransferInfo(a, t->start_mdl, t->start_offset, (ULONG)t->length,
                                             t->direction == WdfDmaDirectionWriteToDevice, &info);
    else if (enabler_v3(t->enabler))
        dma_null_read(f, FIELD_OFFSET(DMA_ADAPTER, DmaOperations));
    else
        info.V1.MapRegisterCount = info.V1.ScatterGatherElementCount = pages_of_chain(t);
    if (registers)
        *registers = info.V1.MapRegisterCount;
    if (elements)
        *elements = info.V1.ScatterGatherElementCount;
}
