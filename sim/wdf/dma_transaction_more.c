/*
 * WdfDmaTransaction...: what a driver reads from a transaction, and what it sets before or while it
 * runs.
 */
#include "sim/wdf/dma.h"

/*
 * WdfDmaTransactionGetBytesTransferred: what the transfers that were completed have moved.
 *
 * Irql     <= DISPATCH_LEVEL
 * Units    bytes
 * Returns  it; 0 after Release
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfdmatransaction/nf-wdfdmatransaction-wdfdmatransactiongetbytestransferred
 */
size_t imp_WdfDmaTransactionGetBytesTransferred(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                WDFDMATRANSACTION DmaTransaction)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDmaTransactionGetBytesTransferred,
                               fx_handle_obj(f, DmaTransaction), 0, 0, 0, 0);
    struct fx_txn *t = txn_take(f, DmaTransaction);
    size_t value = t ? t->transferred : 0;

    (void)DriverGlobals;
    txn_let_go(t);
    call_end(&c, value, 0, 0, 0);
    return value;
}

/*
 * WdfDmaTransactionGetCurrentDmaTransferLength: the transfer that is under way.
 *
 * Irql     <= DISPATCH_LEVEL
 * Units    bytes
 * Returns  it; 0 when the transaction is over
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfdmatransaction/nf-wdfdmatransaction-wdfdmatransactiongetcurrentdmatransferlength
 */
size_t imp_WdfDmaTransactionGetCurrentDmaTransferLength(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                        WDFDMATRANSACTION DmaTransaction)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDmaTransactionGetCurrentDmaTransferLength,
                               fx_handle_obj(f, DmaTransaction), 0, 0, 0, 0);
    struct fx_txn *t = txn_take(f, DmaTransaction);
    size_t value = t ? t->fragment : 0;

    (void)DriverGlobals;
    txn_let_go(t);
    call_end(&c, value, 0, 0, 0);
    return value;
}

/*
 * WdfDmaTransactionGetRequest: the request that the transaction was initialised with.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  it, also after the transaction is over; NULL after Release, or when there is none
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfdmatransaction/nf-wdfdmatransaction-wdfdmatransactiongetrequest
 */
WDFREQUEST imp_WdfDmaTransactionGetRequest(PWDF_DRIVER_GLOBALS DriverGlobals,
                                           WDFDMATRANSACTION DmaTransaction)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDmaTransactionGetRequest,
                               fx_handle_obj(f, DmaTransaction), 0, 0, 0, 0);
    struct fx_txn *t = txn_take(f, DmaTransaction);
    WDFREQUEST value = t ? t->request : NULL;

    (void)DriverGlobals;
    txn_let_go(t);
    call_end(&c, fx_handle_obj(f, value), 0, 0, 0);
    return value;
}

/*
 * WdfDmaTransactionGetDevice: the device whose enabler it belongs to.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  it
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfdmatransaction/nf-wdfdmatransaction-wdfdmatransactiongetdevice
 */
WDFDEVICE imp_WdfDmaTransactionGetDevice(PWDF_DRIVER_GLOBALS DriverGlobals,
                                         WDFDMATRANSACTION DmaTransaction)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDmaTransactionGetDevice,
                               fx_handle_obj(f, DmaTransaction), 0, 0, 0, 0);
    struct fx_txn *t = txn_take(f, DmaTransaction);
    WDFDEVICE value = t ? t->enabler->device_handle : NULL;

    (void)DriverGlobals;
    txn_let_go(t);
    call_end(&c, fx_handle_obj(f, value), 0, 0, 0);
    return value;
}

/* What only version 3 has, or only the system profile: where it is missing, KMDF breaks. */
static bool of_version3(struct fx *f, enum api api, const struct fx_txn *t)
{
    if (t && !enabler_v3(t->enabler))
        fx_break(f, api, t->object.obj, WDF_BREAK_DMA_VERSION, t->enabler->profile, 0);
    return t && enabler_v3(t->enabler);
}

static bool of_system(struct fx *f, enum api api, const struct fx_txn *t)
{
    if (t && !enabler_system(t->enabler))
        fx_break(f, api, t->object.obj, WDF_BREAK_DMA_PROFILE, t->enabler->profile, 0);
    return t && enabler_system(t->enabler);
}

static void too_late(struct fx *f, enum api api, const struct fx_txn *t)
{
    fx_break(f, api, t->object.obj, WDF_BREAK_DMA_STATE, t->state, 0);
}

/*
 * WdfDmaTransactionSetMaximumLength: no transfer of this transaction is to be longer.
 *
 * Irql     <= DISPATCH_LEVEL
 * Units    MaximumLength: bytes; what is not less than the enabler's limit changes nothing
 * Returns  nothing
 * Gap      before the first Initialize, and after the transaction is over, KMDF reads through NULL:
 *          a bug check, nothing done
 * Says     CALL (a0 = MaximumLength), RETURN
 * Source   wdfdmatransaction/nf-wdfdmatransaction-wdfdmatransactionsetmaximumlength
 */
VOID imp_WdfDmaTransactionSetMaximumLength(PWDF_DRIVER_GLOBALS DriverGlobals,
                                           WDFDMATRANSACTION DmaTransaction, size_t MaximumLength)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDmaTransactionSetMaximumLength,
                               fx_handle_obj(f, DmaTransaction), MaximumLength, 0, 0, 0);
    struct fx_txn *t = txn_take(f, DmaTransaction);

    (void)DriverGlobals;
    if (t && !t->info)
        dma_null_read(f, offsetof(struct adapter_info, fragment_max));
    else if (t && MaximumLength < t->info->fragment_max)
        t->fragment_max = MaximumLength;
    txn_let_go(t);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfDmaTransactionSetSingleTransferRequirement: whether one transfer must do.
 *
 * Irql     <= DISPATCH_LEVEL; above it nothing is done
 * Returns  nothing; with version 2, or unless Created, Released or Reserved, it is ignored
 * Gap      none known
 * Says     CALL (a0 = RequireSingleTransfer), RETURN
 * Source   wdfdmatransaction/nf-wdfdmatransaction-wdfdmatransactionsetsingletransferrequirement
 */
VOID imp_WdfDmaTransactionSetSingleTransferRequirement(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                       WDFDMATRANSACTION DmaTransaction,
                                                       BOOLEAN RequireSingleTransfer)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDmaTransactionSetSingleTransferRequirement,
                               fx_handle_obj(f, DmaTransaction), RequireSingleTransfer, 0, 0, 0);
    struct fx_txn *t = txn_take(f, DmaTransaction);

    (void)DriverGlobals;
    if (sched_irql(f->s) <= DISPATCH_LEVEL &&
        of_version3(f, API_WdfDmaTransactionSetSingleTransferRequirement, t)) {
        if (t->state == TXN_CREATED || t->state == TXN_RELEASED || t->state == TXN_RESERVED)
            t->single = RequireSingleTransfer;
        else
            too_late(f, API_WdfDmaTransactionSetSingleTransferRequirement, t);
    }
    txn_let_go(t);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfDmaTransactionGetTransferInfo: how many map registers and elements the transaction would take.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  through the pointers, either of which may be NULL; bug check 0x10D/8 unless Initialized
 * Gap      version 3 asks the HAL for a version of information that is none: 0 and 0
 * Says     CALL, what GetDmaTransferInfo says, RETURN
 * Source   wdfdmatransaction/nf-wdfdmatransaction-wdfdmatransactiongettransferinfo
 */
VOID imp_WdfDmaTransactionGetTransferInfo(PWDF_DRIVER_GLOBALS DriverGlobals,
                                          WDFDMATRANSACTION DmaTransaction, ULONG *MapRegisterCount,
                                          ULONG *ScatterGatherElementCount)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDmaTransactionGetTransferInfo,
                               fx_handle_obj(f, DmaTransaction), 0, 0, 0, 0);
    struct fx_txn *t = txn_take(f, DmaTransaction);

    (void)DriverGlobals;
    if (t)
        txn_transfer_info(f, t, MapRegisterCount, ScatterGatherElementCount);
    txn_let_go(t);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfDmaTransactionSetChannelConfigurationCallback: who is asked before each transfer of a system
 * profile; NULL: nobody.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing; for other profiles it is ignored
 * Gap      none known
 * Says     CALL (a0 = routine, a1 = context), RETURN
 * Source   wdfdmatransaction/nf-wdfdmatransaction-wdfdmatransactionsetchannelconfigurationcallback
 */
VOID imp_WdfDmaTransactionSetChannelConfigurationCallback(
    PWDF_DRIVER_GLOBALS DriverGlobals, WDFDMATRANSACTION DmaTransaction,
    PFN_WDF_DMA_TRANSACTION_CONFIGURE_DMA_CHANNEL ConfigureRoutine, PVOID ConfigureContext)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfDmaTransactionSetChannelConfigurationCallback,
                   fx_handle_obj(f, DmaTransaction), va_of(f->s, (const void *)ConfigureRoutine).v,
                   va_of(f->s, ConfigureContext).v, 0, 0);
    struct fx_txn *t = txn_take(f, DmaTransaction);

    (void)DriverGlobals;
    if (of_system(f, API_WdfDmaTransactionSetChannelConfigurationCallback, t)) {
        t->configure = ConfigureRoutine;
        t->configure_context = ConfigureContext;
    }
    txn_let_go(t);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfDmaTransactionSetTransferCompleteCallback: who hears when the controller is done with a
 * transfer of a system profile.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing; for other profiles it is ignored
 * Gap      none known
 * Says     CALL (a0 = routine, a1 = context), RETURN
 * Source   wdfdmatransaction/nf-wdfdmatransaction-wdfdmatransactionsettransfercompletecallback
 */
VOID imp_WdfDmaTransactionSetTransferCompleteCallback(
    PWDF_DRIVER_GLOBALS DriverGlobals, WDFDMATRANSACTION DmaTransaction,
    PFN_WDF_DMA_TRANSACTION_DMA_TRANSFER_COMPLETE DmaCompletionRoutine, PVOID DmaCompletionContext)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDmaTransactionSetTransferCompleteCallback,
                               fx_handle_obj(f, DmaTransaction),
                               va_of(f->s, (const void *)DmaCompletionRoutine).v,
                               va_of(f->s, DmaCompletionContext).v, 0, 0);
    struct fx_txn *t = txn_take(f, DmaTransaction);

    (void)DriverGlobals;
    if (of_system(f, API_WdfDmaTransactionSetTransferCompleteCallback, t)) {
        t->complete = DmaCompletionRoutine;
        t->complete_context = DmaCompletionContext;
    }
    txn_let_go(t);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfDmaTransactionSetDeviceAddressOffset: the data register of a system profile, by its distance
 * from the configured one; Initialize sets it back to 0.
 *
 * Irql     <= DISPATCH_LEVEL
 * Units    Offset: bytes
 * Returns  nothing; for other profiles it is ignored
 * Gap      none known
 * Says     CALL (a0 = Offset), RETURN
 * Source   wdfdmatransaction/nf-wdfdmatransaction-wdfdmatransactionsetdeviceaddressoffset
 */
VOID imp_WdfDmaTransactionSetDeviceAddressOffset(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                 WDFDMATRANSACTION DmaTransaction, ULONG Offset)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDmaTransactionSetDeviceAddressOffset,
                               fx_handle_obj(f, DmaTransaction), Offset, 0, 0, 0);
    struct fx_txn *t = txn_take(f, DmaTransaction);

    (void)DriverGlobals;
    if (of_system(f, API_WdfDmaTransactionSetDeviceAddressOffset, t))
        t->device_offset = Offset;
    txn_let_go(t);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfDmaTransactionSetImmediateExecution: resources now or not at all: DMA_SYNCHRONOUS_CALLBACK,
 * until Release.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing; with version 2 it is ignored
 * Gap      none known; too late a call still sets it, as in KMDF
 * Says     CALL (a0 = UseImmediateExecution), RETURN
 * Source   wdfdmatransaction/nf-wdfdmatransaction-wdfdmatransactionsetimmediateexecution
 */
VOID imp_WdfDmaTransactionSetImmediateExecution(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                WDFDMATRANSACTION DmaTransaction,
                                                BOOLEAN UseImmediateExecution)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDmaTransactionSetImmediateExecution,
                               fx_handle_obj(f, DmaTransaction), UseImmediateExecution, 0, 0, 0);
    struct fx_txn *t = txn_take(f, DmaTransaction);

    (void)DriverGlobals;
    if (of_version3(f, API_WdfDmaTransactionSetImmediateExecution, t)) {
        if (t->state != TXN_CREATED && t->state != TXN_INITIALIZED && t->state != TXN_RELEASED)
            too_late(f, API_WdfDmaTransactionSetImmediateExecution, t);
        if (UseImmediateExecution)
            t->flags |= DMA_SYNCHRONOUS_CALLBACK;
        else
            t->flags &= ~(ULONG)DMA_SYNCHRONOUS_CALLBACK;
    }
    txn_let_go(t);
    call_end(&c, 0, 0, 0, 0);
}

static NTSTATUS resources_check(struct fx *f, const struct fx_txn *t, WDF_DMA_DIRECTION direction)
{
    enum api api = API_WdfDmaTransactionAllocateResources;

    if (!of_version3(f, api, t))
        return STATUS_INVALID_DEVICE_REQUEST;
    if (t->enabler->lists) {
        fx_break(f, api, t->object.obj, WDF_BREAK_DMA_PROFILE, t->enabler->profile, 0);
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!direction_known(direction)) {
        fx_break(f, api, t->object.obj, WDF_BREAK_DMA_DIRECTION, (uint64_t)direction, 0);
        return STATUS_INVALID_PARAMETER;
    }
    return STATUS_SUCCESS;
}

/*
 * WdfDmaTransactionAllocateResources: map registers for many transactions, given back by
 * WdfDmaTransactionFreeResources. What Initialize was given before is forgotten.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INVALID_DEVICE_REQUEST (version 2, scatter/gather),
 *          STATUS_INVALID_PARAMETER (no such direction), those of the adapter; bug check 0x10D/8
 *          unless Created, Initialized or Released (no number given: Initialized), or when
 *          registers are reserved already
 * Gap      after a bug check: STATUS_INVALID_DEVICE_REQUEST
 * Says     CALL (a0 = direction, a1 = registers, a2 = context), what the adapter says, RETURN
 * Source   wdfdmatransaction/nf-wdfdmatransaction-wdfdmatransactionallocateresources
 */
NTSTATUS imp_WdfDmaTransactionAllocateResources(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                WDFDMATRANSACTION DmaTransaction,
                                                WDF_DMA_DIRECTION DmaDirection,
                                                ULONG RequiredMapRegisters,
                                                PFN_WDF_RESERVE_DMA EvtReserveDmaFunction,
                                                PVOID EvtReserveDmaContext)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDmaTransactionAllocateResources,
                               fx_handle_obj(f, DmaTransaction), (uint64_t)DmaDirection,
                               RequiredMapRegisters, va_of(f->s, EvtReserveDmaContext).v, 0);
    struct fx_txn *t = txn_take(f, DmaTransaction);
    NTSTATUS result = STATUS_INVALID_HANDLE;

    (void)DriverGlobals;
    if (t)
        result = resources_check(f, t, DmaDirection);
    if (NT_SUCCESS(result) && !fx_required(f, (const void *)EvtReserveDmaFunction))
        result = STATUS_INVALID_PARAMETER;
    if (NT_SUCCESS(result))
        result = packet_reserve(f, t, RequiredMapRegisters, DmaDirection, EvtReserveDmaFunction,
                                EvtReserveDmaContext);
    txn_let_go(t);
    call_end(&c, (uint32_t)result, 0, 0, 0);
    return result;
}

/*
 * WdfDmaTransactionFreeResources: gives reserved map registers back; the transaction is Released.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing; ignored with version 2 and for scatter/gather; bug check 0x10D/8 when Created,
 *          in Transfer or Deleted
 * Gap      none known
 * Says     CALL, what FreeMapRegisters or FreeAdapterChannel says, RETURN
 * Source   wdfdmatransaction/nf-wdfdmatransaction-wdfdmatransactionfreeresources
 */
VOID imp_WdfDmaTransactionFreeResources(PWDF_DRIVER_GLOBALS DriverGlobals,
                                        WDFDMATRANSACTION DmaTransaction)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDmaTransactionFreeResources,
                               fx_handle_obj(f, DmaTransaction), 0, 0, 0, 0);
    struct fx_txn *t = txn_take(f, DmaTransaction);

    (void)DriverGlobals;
    if (t && t->enabler->lists)
        fx_break(f, API_WdfDmaTransactionFreeResources, t->object.obj, WDF_BREAK_DMA_PROFILE,
                 t->enabler->profile, 0);
    else if (of_version3(f, API_WdfDmaTransactionFreeResources, t))
        packet_free(f, t);
    txn_let_go(t);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfDmaTransactionCancel: takes a transaction that waits for resources out of the queue.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  TRUE: EvtProgramDma (EvtReserveDma) will not be called, the state is TransferFailed.
 *          FALSE with version 2. Bug check 0x10D/8 when Created, Released or Deleted
 * Gap      when Initialized KMDF asks the HAL as well, whose TRUE then ends a transaction that
 *          never began (the page says FALSE). After the transaction is over KMDF reads through
 *          NULL: a bug check
 * Says     CALL, what CancelAdapterChannel says, RETURN
 * Source   wdfdmatransaction/nf-wdfdmatransaction-wdfdmatransactioncancel
 */
BOOLEAN imp_WdfDmaTransactionCancel(PWDF_DRIVER_GLOBALS DriverGlobals,
                                    WDFDMATRANSACTION DmaTransaction)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfDmaTransactionCancel, fx_handle_obj(f, DmaTransaction), 0, 0, 0, 0);
    struct fx_txn *t = txn_take(f, DmaTransaction);
    BOOLEAN result = FALSE;

    (void)DriverGlobals;
    if (of_version3(f, API_WdfDmaTransactionCancel, t))
        result = txn_cancel(f, t);
    txn_let_go(t);
    call_end(&c, result, 0, 0, 0);
    return result;
}

/*
 * WdfDmaTransactionWdmGetTransferContext: the transfer context that the adapter's functions are
 * given.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  it; NULL with version 2 and when Created, Released or Deleted
 * Gap      none known
 * Says     CALL, RETURN (context)
 * Source   wdfdmatransaction/nf-wdfdmatransaction-wdfdmatransactionwdmgettransfercontext
 */
PVOID imp_WdfDmaTransactionWdmGetTransferContext(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                 WDFDMATRANSACTION DmaTransaction)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDmaTransactionWdmGetTransferContext,
                               fx_handle_obj(f, DmaTransaction), 0, 0, 0, 0);
    struct fx_txn *t = txn_take(f, DmaTransaction);
    PVOID result = NULL;

    (void)DriverGlobals;
    if (of_version3(f, API_WdfDmaTransactionWdmGetTransferContext, t)) {
        if (t->state == TXN_CREATED || t->state == TXN_RELEASED || t->state == TXN_DELETED)
            too_late(f, API_WdfDmaTransactionWdmGetTransferContext, t);
        else
            result = t->context;
    }
    txn_let_go(t);
    call_end(&c, va_of(f->s, result).v, 0, 0, 0);
    return result;
}

/*
 * WdfDmaTransactionStopSystemTransfer: ends what the system DMA controller is doing; the driver
 * hears of it by EvtDmaTransactionDmaTransferComplete and completes the transaction as ever.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing; for other profiles it is ignored. Bug check 0x10D/8 when there is nothing to
 *          cancel
 * Gap      before Initialize and after the transaction is over KMDF reads through NULL: a bug check
 * Says     CALL, what CancelMappedTransfer says, RETURN
 * Source   wdfdmatransaction/nf-wdfdmatransaction-wdfdmatransactionstopsystemtransfer
 */
VOID imp_WdfDmaTransactionStopSystemTransfer(PWDF_DRIVER_GLOBALS DriverGlobals,
                                             WDFDMATRANSACTION DmaTransaction)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDmaTransactionStopSystemTransfer,
                               fx_handle_obj(f, DmaTransaction), 0, 0, 0, 0);
    struct fx_txn *t = txn_take(f, DmaTransaction);

    (void)DriverGlobals;
    if (of_system(f, API_WdfDmaTransactionStopSystemTransfer, t))
        system_stop(f, t);
    txn_let_go(t);
    call_end(&c, 0, 0, 0, 0);
}
