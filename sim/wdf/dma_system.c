/*
 * What the system profile has beside packets: the driver is asked to configure the channel before
 * each transfer, and told when the controller is done.
 *
 * Source: wdf/supporting-system-mode-dma, microsoft/Windows-Driver-Frameworks
 * (fxdmatransactionsystem.cpp)
 */
#include "sim/wdf/dma.h"

bool system_configure(struct fx *f, struct fx_txn *t)
{
    PFN_WDF_DMA_TRANSACTION_CONFIGURE_DMA_CHANNEL fn = t->configure;
    uint32_t obj = t->object.obj;
    KIRQL irql = sched_irql(f->s);
    BOOLEAN result;

    if (!fn)
        return true;
    callback_begin(f->s, API_EvtDmaTransactionConfigureDmaChannel, obj,
                   va_of(f->s, t->configure_context).v, t->mdl ? mdl_obj(f->s, t->mdl) : 0,
                   t->offset, t->fragment);
    result = fn(t->object.handle, t->enabler->device->object.handle, t->configure_context, t->mdl,
                t->offset, t->fragment);
    callback_end(f->s, API_EvtDmaTransactionConfigureDmaChannel, obj, result);
    fx_irql_restore(f->s, API_EvtDmaTransactionConfigureDmaChannel, obj, irql, (const void *)fn);
    return result;
}

/* Also for a transfer that could not be started: the driver hears of it here alone. */
void system_complete(struct fx *f, struct fx_txn *t, DMA_COMPLETION_STATUS status)
{
    PFN_WDF_DMA_TRANSACTION_DMA_TRANSFER_COMPLETE fn = t->complete;
    uint32_t obj = t->object.obj;
    KIRQL irql = sched_irql(f->s);

    if (!fn)
        return;
    callback_begin(f->s, API_EvtDmaTransactionDmaTransferComplete, obj,
                   va_of(f->s, t->complete_context).v, (uint64_t)t->direction, (uint64_t)status, 0);
    fn(t->object.handle, t->enabler->device->object.handle, t->complete_context, t->direction,
       status);
    callback_end(f->s, API_EvtDmaTransactionDmaTransferComplete, obj, 0);
    fx_irql_restore(f->s, API_EvtDmaTransactionDmaTransferComplete, obj, irql, (const void *)fn);
}

static VOID controller_done(PDMA_ADAPTER DmaAdapter, PDEVICE_OBJECT DeviceObject,
                            PVOID CompletionContext, DMA_COMPLETION_STATUS Status)
{
    struct fx *f = fx_now();
    struct fx_txn *t = txn_find(f, CompletionContext);

    (void)DmaAdapter, (void)DeviceObject;
    if (!t)
        return;
    if (t->staging) {
        t->completion = Status;
        t->complete_later = true;
        return;
    }
    fx_reference(&t->object);
    system_complete(f, t, Status);
    fx_dereference(&t->object);
}

PDMA_COMPLETION_ROUTINE system_routine(const struct fx_txn *t)
{
    return t->complete ? controller_done : NULL;
}

void system_stop(struct fx *f, struct fx_txn *t)
{
    PDMA_ADAPTER a = t->info ? t->info->adapter : NULL;

    t->cancelled = true;
    if (!a)
        dma_null_read(f, t->info ? FIELD_OFFSET(DMA_ADAPTER, DmaOperations)
                                 : offsetof(struct adapter_info, adapter));
    else if (!NT_SUCCESS(a->DmaOperations->CancelMappedTransfer(a, t->context)))
        txn_wrong_state(f, t);
}

void system_list_set(struct fx *f, struct fx_enabler *e, void *list, ULONG bytes)
{
    if (e->system_list)
        pool_free_internal(f->s, e->system_list);
    e->system_list = list;
    e->list_bytes = bytes;
    e->preallocates = true;
}
