/*
 * One piece of a packet or system transaction after the other. A driver may complete a piece within
 * the call that told it of it, and a controller may finish while the driver is still being told:
 * such work waits for whoever is staging and is done by them.
 *
 * Source: microsoft/Windows-Driver-Frameworks (fxdmatransactionpacket.cpp, StageTransfer)
 */
#include "sim/wdf/dma.h"

#define COMPLETION_NONE ((DMA_COMPLETION_STATUS)-1)

/* A list of one element: all that a packet needs. */
union packet_list {
    SCATTER_GATHER_LIST list;
    UCHAR bytes[sizeof(SCATTER_GATHER_LIST) + sizeof(SCATTER_GATHER_ELEMENT)];
};

/* Cuts the piece to what the reserved registers can carry from where it begins. */
static void piece_cut(struct fx_txn *t)
{
    size_t offset = t->offset, most;
    PMDL mdl = t->mdl;

    if (t->single || !t->registers_reserved || t->registers_needed <= t->registers_reserved)
        return;
    while (mdl->ByteCount < offset && mdl->Next) {
        offset -= mdl->ByteCount;
        mdl = mdl->Next;
    }
    most = (size_t)PAGE_SIZE * t->registers_reserved - BYTE_OFFSET(mdl->ByteOffset + offset);
    if (t->fragment > most)
        t->fragment = most;
}

static NTSTATUS piece_map(struct fx_txn *t, PSCATTER_GATHER_LIST list, ULONG list_bytes,
                          ULONG *mapped)
{
    PDMA_ADAPTER a = t->info->adapter;

    *mapped = (ULONG)t->fragment;
    if (enabler_v3(t->enabler))
        return a->DmaOperations->MapTransferEx(a, t->mdl, t->base, t->offset, t->device_offset,
                                               mapped, (BOOLEAN)t->direction, list, list_bytes,
                                               system_routine(t), txn_token(t));
    list->NumberOfElements = 1;
    list->Reserved = 0;
    list->Elements[0].Address =
        a->DmaOperations->MapTransfer(a, t->mdl, t->base,
                                      (char *)MmGetMdlVirtualAddress(t->mdl) + t->offset, mapped,
                                      (BOOLEAN)t->direction);
    list->Elements[0].Length = *mapped;
    return STATUS_SUCCESS;
}

/* Maps the piece into a list and shows that to the driver. */
static NTSTATUS piece_show(struct fx *f, struct fx_txn *t, PSCATTER_GATHER_LIST list,
                           ULONG list_bytes)
{
    ULONG mapped;
    NTSTATUS status = piece_map(t, list, list_bytes, &mapped);

    if (!NT_SUCCESS(status))
        return status;
    if (mapped < t->fragment) {
        t->remaining += t->fragment - mapped;
        t->fragment = mapped;
    }
    txn_call_program(f, t, list);
    return STATUS_SUCCESS;
}

/* KMDF has the list of a packet on its stack. Here it is a pool block, so that a driver which keeps the
 * pointer is seen to use memory that is gone. */
static NTSTATUS packet_show(struct fx *f, struct fx_txn *t)
{
    union packet_list here = { .bytes = { 0 } };
    union packet_list *own = pool_alloc_internal(f->s, sizeof(*own));
    NTSTATUS status = piece_show(f, t, own ? &own->list : &here.list, sizeof(here));

    if (own)
        pool_free_internal(f->s, own);
    return status;
}

static NTSTATUS piece_stage(struct fx *f, struct fx_txn *t)
{
    t->fragment = t->remaining < t->fragment_max ? t->remaining : t->fragment_max;
    t->offset = t->start_offset + t->transferred;
    piece_cut(t);
    t->remaining -= t->fragment;
    if (t->cancelled)
        return STATUS_CANCELLED;
    if (!enabler_system(t->enabler))
        return packet_show(f, t);
    if (!system_configure(f, t))
        return STATUS_SUCCESS;
    return piece_show(f, t, t->enabler->system_list, (ULONG)t->enabler->list_bytes);
}

NTSTATUS packet_stage(struct fx *f, struct fx_txn *t)
{
    NTSTATUS status = STATUS_SUCCESS;

    if (t->staging) {
        t->stage_again = true;
        return STATUS_SUCCESS;
    }
    t->staging = true;
    fx_reference(&t->object);
    do {
        t->stage_again = false;
        status = piece_stage(f, t);
        if (t->complete_later) {
            DMA_COMPLETION_STATUS completion = t->completion;

            t->complete_later = false;
            t->completion = COMPLETION_NONE;
            system_complete(f, t, completion);
        }
    } while (t->stage_again);
    t->staging = false;
    fx_dereference(&t->object);
    return status;
}
