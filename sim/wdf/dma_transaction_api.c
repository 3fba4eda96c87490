/*
 * WdfDmaTransaction...: the calls that a transaction lives by: making, beginning, completing and
 * ending it.
 */
#include "sim/wdf/dma.h"

static NTSTATUS txn_set_up(struct fx *f, struct fx_txn *t, struct fx_enabler *e)
{
    t->enabler = e;
    fx_reference(&e->object);
    t->kind = e->lists ? &txn_kind_list : &txn_kind_packet;
    t->state = TXN_CREATED;
    t->single = e->single;
    if (enabler_v3(e)) {
        t->context = pool_alloc_internal(f->s, DMA_TRANSFER_CONTEXT_SIZE_V1);
        if (!t->context)
            return STATUS_INSUFFICIENT_RESOURCES;
    }
    if (e->lists && e->preallocates) {
        t->list_buffer = pool_alloc_internal(f->s, e->list_bytes);
        if (!t->list_buffer)
            return STATUS_INSUFFICIENT_RESOURCES;
        t->list_buffer_bytes = (ULONG)e->list_bytes;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS txn_create(struct fx *f, struct fx_enabler *e, PWDF_OBJECT_ATTRIBUTES attributes,
                           struct fx_object **out)
{
    const struct fx_attributes_rules rules = { .parent_forbidden = true };
    NTSTATUS status = fx_attributes_check(f, attributes, &rules);

    if (NT_SUCCESS(status))
        status = fx_object_create(f, e->object.driver, &txn_class, &e->object, attributes, out);
    if (!NT_SUCCESS(status))
        return status;
    status = txn_set_up(f, (struct fx_txn *)*out, e);
    if (!NT_SUCCESS(status)) {
        fx_delete(*out);
        *out = NULL;
    }
    return status;
}

/*
 * WdfDmaTransactionCreate: an operation of a device by DMA, to be used once or again and again.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INSUFFICIENT_RESOURCES,
 *          STATUS_WDF_PARENT_ASSIGNMENT_NOT_ALLOWED and others of the attributes
 * Gap      none known
 * Says     CALL, RETURN (object = the new one)
 * Source   wdfdmatransaction/nf-wdfdmatransaction-wdfdmatransactioncreate
 */
NTSTATUS imp_WdfDmaTransactionCreate(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDMAENABLER DmaEnabler,
                                     PWDF_OBJECT_ATTRIBUTES Attributes,
                                     WDFDMATRANSACTION *DmaTransaction)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfDmaTransactionCreate, fx_handle_obj(f, DmaEnabler), 0, 0, 0, 0);
    struct fx_enabler *e = enabler_of(f, DmaEnabler);
    NTSTATUS status = STATUS_INVALID_PARAMETER;
    struct fx_object *o = NULL;

    (void)DriverGlobals;
    if (e && fx_required(f, DmaTransaction)) {
        *DmaTransaction = NULL;
        status = txn_create(f, e, Attributes, &o);
        *DmaTransaction = o ? o->handle : NULL;
    }
    c.obj = o ? o->obj : c.obj;
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/* Version 2 packets go through one MDL. */
static bool chains_supported(const struct fx_enabler *e)
{
    return enabler_v3(e) || !enabler_packet(e);
}

static NTSTATUS buffer_check(struct fx *f, const struct fx_txn *t, PFN_WDF_PROGRAM_DMA routine,
                             WDF_DMA_DIRECTION direction, PMDL mdl, PVOID va, size_t length)
{
    uintptr_t start, at = (uintptr_t)va;

    if (!fx_required(f, (const void *)routine) || !fx_required(f, mdl) || !length ||
        !direction_known(direction))
        return STATUS_INVALID_PARAMETER;
    start = (uintptr_t)MmGetMdlVirtualAddress(mdl);
    if (at < start || at >= start + mdl->ByteCount)
        return STATUS_INVALID_PARAMETER;
    if (!chains_supported(t->enabler) && at + length > start + mdl->ByteCount)
        return STATUS_INVALID_PARAMETER;
    return STATUS_SUCCESS;
}

static NTSTATUS initialize(struct fx *f, struct fx_txn *t, PFN_WDF_PROGRAM_DMA routine,
                           WDF_DMA_DIRECTION direction, PMDL mdl, PVOID va, size_t length)
{
    NTSTATUS status = buffer_check(f, t, routine, direction, mdl, va, length);
    struct txn_buffer b = {
        .program = routine, .direction = direction, .mdl = mdl, .length = (ULONG)length
    };

    if (!NT_SUCCESS(status))
        return status;
    b.offset = (uintptr_t)va - (uintptr_t)MmGetMdlVirtualAddress(mdl);
    return txn_initialize(f, t, &b);
}

/*
 * WdfDmaTransactionInitialize: a buffer, a direction and who programs the device.
 *
 * Irql     <= DISPATCH_LEVEL
 * Units    Length: bytes
 * Returns  STATUS_SUCCESS, STATUS_INVALID_PARAMETER (no bytes, no such direction, a VirtualAddress
 *          that the first MDL does not hold, version 2 packet: an end that it does not hold),
 *          STATUS_WDF_TOO_FRAGMENTED, STATUS_BUFFER_TOO_SMALL, with the single-transfer requirement
 *          also STATUS_WDF_TOO_MANY_TRANSFERS, STATUS_WDF_NOT_ENOUGH_MAP_REGISTERS,
 *          STATUS_INSUFFICIENT_RESOURCES; bug check 0x10D/8 unless Created, Reserved or Released
 * Gap      after a bug check: STATUS_INVALID_DEVICE_REQUEST, nothing done
 * Says     CALL (a0 = MDL, a1 = VirtualAddress, a2 = dir_length), what InitializeDmaTransferContext
 *          says, RETURN
 * Source   wdfdmatransaction/nf-wdfdmatransaction-wdfdmatransactioninitialize
 */
NTSTATUS imp_WdfDmaTransactionInitialize(PWDF_DRIVER_GLOBALS DriverGlobals,
                                         WDFDMATRANSACTION DmaTransaction,
                                         PFN_WDF_PROGRAM_DMA EvtProgramDmaFunction,
                                         WDF_DMA_DIRECTION DmaDirection, PMDL Mdl,
                                         PVOID VirtualAddress, size_t Length)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfDmaTransactionInitialize, fx_handle_obj(f, DmaTransaction),
                   mdl_obj(f->s, Mdl), va_of(f->s, VirtualAddress).v,
                   dir_length(Length, DmaDirection == WdfDmaDirectionWriteToDevice), 0);
    struct fx_txn *t = txn_take(f, DmaTransaction);
    NTSTATUS status = STATUS_INVALID_HANDLE;

    (void)DriverGlobals;
    if (t)
        status = initialize(f, t, EvtProgramDmaFunction, DmaDirection, Mdl, VirtualAddress, Length);
    txn_let_go(t);
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfDmaTransactionInitializeUsingOffset: as WdfDmaTransactionInitialize, by an offset into the
 * first MDL.
 *
 * Irql     <= DISPATCH_LEVEL
 * Units    Offset, Length: bytes
 * Returns  as WdfDmaTransactionInitialize; the page speaks of a chain, but the first MDL must hold
 *          Offset
 * Gap      without an MDL Windows reads through NULL; here it is bug check 0x10D/4, as in the other
 *          form
 * Says     CALL (a0 = MDL, a1 = Offset, a2 = dir_length), what InitializeDmaTransferContext says,
 *          RETURN
 * Source   wdfdmatransaction/nf-wdfdmatransaction-wdfdmatransactioninitializeusingoffset
 */
NTSTATUS imp_WdfDmaTransactionInitializeUsingOffset(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                    WDFDMATRANSACTION DmaTransaction,
                                                    PFN_WDF_PROGRAM_DMA EvtProgramDmaFunction,
                                                    WDF_DMA_DIRECTION DmaDirection, PMDL Mdl,
                                                    size_t Offset, size_t Length)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDmaTransactionInitializeUsingOffset,
                               fx_handle_obj(f, DmaTransaction), mdl_obj(f->s, Mdl), Offset,
                               dir_length(Length, DmaDirection == WdfDmaDirectionWriteToDevice), 0);
    struct fx_txn *t = txn_take(f, DmaTransaction);
    PVOID va = Mdl ? (char *)MmGetMdlVirtualAddress(Mdl) + Offset : NULL;
    NTSTATUS status = STATUS_INVALID_HANDLE;

    (void)DriverGlobals;
    if (t)
        status = initialize(f, t, EvtProgramDmaFunction, DmaDirection, Mdl, va, Length);
    txn_let_go(t);
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/* The buffer of a control code: METHOD_BUFFERED serves both directions, the direct ones one each. */
static NTSTATUS control_buffer(struct fx *f, struct fx_object *request, PIO_STACK_LOCATION at,
                               struct txn_buffer *b)
{
    bool write = b->direction == WdfDmaDirectionWriteToDevice;
    ULONG method = METHOD_FROM_CTL_CODE(at->Parameters.DeviceIoControl.IoControlCode);

    b->length = at->Parameters.DeviceIoControl.OutputBufferLength;
    if (method == METHOD_BUFFERED) {
        if (write)
            b->length = at->Parameters.DeviceIoControl.InputBufferLength;
        return fx_request_mdl(request, false, &b->mdl);
    }
    if (method == METHOD_NEITHER) {
        fx_break(f, API_WdfDmaTransactionInitializeUsingRequest, request->obj,
                 WDF_BREAK_DMA_REQUEST, method, 0);
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (write != (method == METHOD_IN_DIRECT))
        return STATUS_INVALID_DEVICE_REQUEST;
    return fx_request_mdl(request, true, &b->mdl);
}

static NTSTATUS request_buffer(struct fx *f, struct fx_object *request, struct txn_buffer *b)
{
    bool write = b->direction == WdfDmaDirectionWriteToDevice;
    PIRP irp = fx_request_irp(request);
    PIO_STACK_LOCATION at = irp ? IoGetCurrentIrpStackLocation(irp) : NULL;

    if (!at) { /* completed: KMDF reads through the IRP that is gone */
        dma_null_read(f, FIELD_OFFSET(IRP, Tail));
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    switch (at->MajorFunction) {
    case IRP_MJ_READ:
    case IRP_MJ_WRITE:
        if (write != (at->MajorFunction == IRP_MJ_WRITE))
            return STATUS_INVALID_DEVICE_REQUEST;
        b->length = write ? at->Parameters.Write.Length : at->Parameters.Read.Length;
        return fx_request_mdl(request, false, &b->mdl);
    case IRP_MJ_DEVICE_CONTROL:
    case IRP_MJ_INTERNAL_DEVICE_CONTROL:
        return control_buffer(f, request, at, b);
    default:
        return STATUS_INVALID_DEVICE_REQUEST;
    }
}

static NTSTATUS initialize_request(struct fx *f, struct fx_txn *t, WDFREQUEST request,
                                   struct txn_buffer *b)
{
    struct fx_object *o;
    NTSTATUS status;

    if (!fx_required(f, (const void *)b->program) || !direction_known(b->direction))
        return STATUS_INVALID_PARAMETER;
    o = fx_object_of(f, request, FX_REQUEST);
    if (!o)
        return STATUS_INVALID_HANDLE;
    status = request_buffer(f, o, b);
    if (!NT_SUCCESS(status))
        return status;
    if (!b->length)
        return STATUS_INVALID_DEVICE_REQUEST;
    if (!chains_supported(t->enabler) && b->length > b->mdl->ByteCount)
        return STATUS_INVALID_PARAMETER;
    status = txn_initialize(f, t, b);
    if (NT_SUCCESS(status))
        t->request = request;
    return status;
}

/*
 * WdfDmaTransactionInitializeUsingRequest: the buffer of a request, which the transaction then
 * refers to while it runs.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_SUCCESS; STATUS_INVALID_DEVICE_REQUEST (a direction that the request is not of,
 *          METHOD_NEITHER, no bytes, another major function); STATUS_INVALID_PARAMETER (no such
 *          direction; version 2 packet: more than the MDL holds); those of
 *          WdfDmaTransactionInitialize and of the request's MDL
 * Gap      a request that was completed: a bug check for the read through NULL
 * Says     CALL (a0 = request, a1 = direction), RETURN
 * Source   wdfdmatransaction/nf-wdfdmatransaction-wdfdmatransactioninitializeusingrequest
 */
NTSTATUS imp_WdfDmaTransactionInitializeUsingRequest(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                     WDFDMATRANSACTION DmaTransaction,
                                                     WDFREQUEST Request,
                                                     PFN_WDF_PROGRAM_DMA EvtProgramDmaFunction,
                                                     WDF_DMA_DIRECTION DmaDirection)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDmaTransactionInitializeUsingRequest,
                               fx_handle_obj(f, DmaTransaction), fx_handle_obj(f, Request),
                               (uint64_t)DmaDirection, 0, 0);
    struct fx_txn *t = txn_take(f, DmaTransaction);
    struct txn_buffer b = { .program = EvtProgramDmaFunction, .direction = DmaDirection };
    NTSTATUS status = STATUS_INVALID_HANDLE;

    (void)DriverGlobals;
    if (t)
        status = initialize_request(f, t, Request, &b);
    txn_let_go(t);
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfDmaTransactionExecute: begins the first transfer. EvtProgramDma may have run, and the
 * transaction may have ended, before this returns.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_SUCCESS; STATUS_WDF_BUSY (version 2 packet: the device has one under way), those
 *          of the adapter; then the state is TransferFailed. Bug check 0x10D/8 unless Initialized
 * Gap      after a bug check: STATUS_INVALID_DEVICE_REQUEST. Its destroy callback comes, at the
 *          earliest, when the outermost call on it returns
 * Says     CALL (a0 = Context), what the adapter's functions say, RETURN
 * Source   wdfdmatransaction/nf-wdfdmatransaction-wdfdmatransactionexecute
 */
NTSTATUS imp_WdfDmaTransactionExecute(PWDF_DRIVER_GLOBALS DriverGlobals,
                                      WDFDMATRANSACTION DmaTransaction, WDFCONTEXT Context)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDmaTransactionExecute, fx_handle_obj(f, DmaTransaction),
                               va_of(f->s, Context).v, 0, 0, 0);
    struct fx_txn *t = txn_take(f, DmaTransaction);
    NTSTATUS status = t ? txn_execute(f, t, Context) : STATUS_INVALID_HANDLE;

    (void)DriverGlobals;
    txn_let_go(t);
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfDmaTransactionRelease: ends a transaction so that it can be initialised again; reserved
 * registers stay.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_SUCCESS, also when it is released already (the page says otherwise); bug check
 *          0x10D/8 in Transfer
 * Gap      after the bug check it is released all the same, as without the framework's verifier
 * Says     CALL, what the adapter's functions say, RETURN
 * Source   wdfdmatransaction/nf-wdfdmatransaction-wdfdmatransactionrelease
 */
NTSTATUS imp_WdfDmaTransactionRelease(PWDF_DRIVER_GLOBALS DriverGlobals,
                                      WDFDMATRANSACTION DmaTransaction)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDmaTransactionRelease, fx_handle_obj(f, DmaTransaction),
                               0, 0, 0, 0);
    struct fx_txn *t = txn_take(f, DmaTransaction);
    NTSTATUS status = t ? STATUS_SUCCESS : STATUS_INVALID_HANDLE;

    (void)DriverGlobals;
    if (t)
        txn_release(f, t, false);
    txn_let_go(t);
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/* The three ways to say that the device is done with a transfer. */
static BOOLEAN completed(struct fx *f, WDFDMATRANSACTION handle, const size_t *length,
                         enum txn_completion how, NTSTATUS *status)
{
    struct fx_txn *t = txn_take(f, handle);
    BOOLEAN over = FALSE;

    if (t && fx_required(f, status))
        over = txn_completed(f, t, length ? *length : 0, how, status);
    txn_let_go(t);
    return over;
}

/*
 * WdfDmaTransactionDmaCompleted: the device has moved the whole of the current transfer.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  TRUE: the transaction is over, *Status says how (an invalid length:
 *          STATUS_INVALID_PARAMETER, where the page says FALSE). FALSE with
 *          STATUS_MORE_PROCESSING_REQUIRED: the next transfer has begun. Bug check 0x10D/8 unless
 *          in Transfer
 * Gap      after a bug check: FALSE with STATUS_INVALID_DEVICE_REQUEST
 * Says     CALL, what the adapter's functions say, RETURN (status in out1)
 * Source   wdfdmatransaction/nf-wdfdmatransaction-wdfdmatransactiondmacompleted
 */
BOOLEAN imp_WdfDmaTransactionDmaCompleted(PWDF_DRIVER_GLOBALS DriverGlobals,
                                          WDFDMATRANSACTION DmaTransaction, NTSTATUS *Status)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDmaTransactionDmaCompleted,
                               fx_handle_obj(f, DmaTransaction), 0, 0, 0, 0);
    BOOLEAN over = completed(f, DmaTransaction, NULL, TXN_FULL, Status);

    (void)DriverGlobals;
    call_end(&c, over, Status ? (uint32_t)*Status : 0, 0, 0);
    return over;
}

/*
 * WdfDmaTransactionDmaCompletedWithLength: it has moved so much of it; the rest comes with the next
 * transfer (0: the same one again).
 *
 * Irql     <= DISPATCH_LEVEL
 * Units    TransferredLength: bytes, at most those of the current transfer
 * Returns  TRUE: the transaction is over, *Status says how (an invalid length:
 *          STATUS_INVALID_PARAMETER, where the page says FALSE). FALSE with
 *          STATUS_MORE_PROCESSING_REQUIRED: the next transfer has begun. Bug check 0x10D/8 unless
 *          in Transfer
 * Gap      after a bug check: FALSE with STATUS_INVALID_DEVICE_REQUEST
 * Says     CALL (a0 = length), what the adapter's functions say, RETURN (status in out1)
 * Source   wdfdmatransaction/nf-wdfdmatransaction-wdfdmatransactiondmacompletedwithlength
 */
BOOLEAN imp_WdfDmaTransactionDmaCompletedWithLength(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                    WDFDMATRANSACTION DmaTransaction,
                                                    size_t TransferredLength, NTSTATUS *Status)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDmaTransactionDmaCompletedWithLength,
                               fx_handle_obj(f, DmaTransaction), TransferredLength, 0, 0, 0);
    BOOLEAN over = completed(f, DmaTransaction, &TransferredLength, TXN_PARTIAL, Status);

    (void)DriverGlobals;
    call_end(&c, over, Status ? (uint32_t)*Status : 0, 0, 0);
    return over;
}

/*
 * WdfDmaTransactionDmaCompletedFinal: it has moved so much of it, and there will be no further
 * transfer.
 *
 * Irql     <= DISPATCH_LEVEL
 * Units    FinalTransferredLength: bytes, at most those of the current transfer
 * Returns  TRUE: the transaction is over, *Status says how (an invalid length:
 *          STATUS_INVALID_PARAMETER, where the page says FALSE). FALSE with
 *          STATUS_MORE_PROCESSING_REQUIRED: the next transfer has begun. Bug check 0x10D/8 unless
 *          in Transfer
 * Gap      after a bug check: FALSE with STATUS_INVALID_DEVICE_REQUEST
 * Says     CALL (a0 = length), what the adapter's functions say, RETURN (status in out1)
 * Source   wdfdmatransaction/nf-wdfdmatransaction-wdfdmatransactiondmacompletedfinal
 */
BOOLEAN imp_WdfDmaTransactionDmaCompletedFinal(PWDF_DRIVER_GLOBALS DriverGlobals,
                                               WDFDMATRANSACTION DmaTransaction,
                                               size_t FinalTransferredLength, NTSTATUS *Status)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDmaTransactionDmaCompletedFinal,
                               fx_handle_obj(f, DmaTransaction), FinalTransferredLength, 0, 0, 0);
    BOOLEAN over = completed(f, DmaTransaction, &FinalTransferredLength, TXN_FINAL, Status);

    (void)DriverGlobals;
    call_end(&c, over, Status ? (uint32_t)*Status : 0, 0, 0);
    return over;
}
