/*
 * What transactions of bus masters ask their adapter for, profile by profile and call by call, and what their
 * drivers see: staged transfers, lengths, completion, deletion, chains.
 * Sources: the table of HAL calls in the reference, 5.8; fxdmatransaction*.cpp;
 * wdf/dma-transactions-and-dma-transfers.
 */
#include "tests/unit/wdf_dma.h"

static NTSTATUS status_of;
static BOOLEAN over;

static void finish_within(void)
{
    over = WdfDmaTransactionDmaCompleted(programmed.txn, &status_of);
}

/* One whole transfer of three pages, completed within EvtProgramDma; what was called meanwhile. */
static const char *one_transfer(struct buffer *b, WDFDMATRANSACTION t)
{
    const WDF_DMA_DIRECTION read = WdfDmaDirectionReadFromDevice;
    uint32_t from = T.events;

    program_forget();
    programmed.then = finish_within;
    assert_int_equal(WdfDmaTransactionInitialize(t, on_program, read, b->mdl, b->p, b->bytes),
                     STATUS_SUCCESS);
    assert_int_equal(WdfDmaTransactionExecute(t, (WDFCONTEXT)b), STATUS_SUCCESS);
    assert_int_equal(programmed.calls, 1);
    assert_ptr_equal(programmed.txn, t);
    assert_ptr_equal(programmed.device, W.device);
    assert_ptr_equal(programmed.context, b);
    assert_int_equal(programmed.direction, WdfDmaDirectionReadFromDevice);
    assert_int_equal(programmed.irql, DISPATCH_LEVEL);
    assert_int_equal(programmed.bytes, b->bytes);
    assert_int_equal(sched_irql(T.s), PASSIVE_LEVEL);
    assert_int_equal(over, TRUE);
    assert_int_equal(status_of, STATUS_SUCCESS);
    assert_int_equal(state_of(t), 5);
    assert_int_equal(WdfDmaTransactionGetBytesTransferred(t), b->bytes);
    assert_int_equal(WdfDmaTransactionGetCurrentDmaTransferLength(t), 0);
    assert_ptr_equal(WdfDmaTransactionGetDevice(t), W.device);
    assert_null(WdfDmaTransactionGetRequest(t));
    assert_int_equal(WdfDmaTransactionRelease(t), STATUS_SUCCESS);
    assert_int_equal(WdfDmaTransactionGetBytesTransferred(t), 0);
    return calls_since(from);
}

static const struct {
    WDF_DMA_PROFILE profile;
    ULONG version, flags;
    const char *calls;
} sequences[] = {
    { WdfDmaProfilePacket, 0, 0,
      "AllocateAdapterChannel AdapterControl MapTransfer EvtProgramDma FlushAdapterBuffers "
      "FreeMapRegisters " },
    { WdfDmaProfilePacket64, 3, 0,
      "InitializeDmaTransferContext AllocateAdapterChannelEx AdapterControl MapTransferEx "
      "EvtProgramDma FlushAdapterBuffersEx FreeMapRegisters " },
    { WdfDmaProfileScatterGather, 0, 0,
      "BuildScatterGatherList AdapterListControl EvtProgramDma PutScatterGatherList " },
    { WdfDmaProfileScatterGather64, 0, WDF_DMA_ENABLER_CONFIG_NO_SGLIST_PREALLOCATION,
      "GetScatterGatherList AdapterListControl EvtProgramDma PutScatterGatherList " },
    { WdfDmaProfileScatterGatherDuplex, 3, 0,
      "InitializeDmaTransferContext BuildScatterGatherListEx AdapterListControl EvtProgramDma "
      "PutScatterGatherList " },
    { WdfDmaProfileScatterGather64Duplex, 3, WDF_DMA_ENABLER_CONFIG_NO_SGLIST_PREALLOCATION,
      "InitializeDmaTransferContext GetScatterGatherListEx AdapterListControl EvtProgramDma "
      "PutScatterGatherList " },
};

static void sequence(void)
{
    struct buffer b = buffer_make(0x100, 0x2000);

    for (size_t i = 0; i < sizeof(sequences) / sizeof(sequences[0]); i++) {
        WDF_DMA_ENABLER_CONFIG c;
        WDFDMATRANSACTION t;

        WDF_DMA_ENABLER_CONFIG_INIT(&c, sequences[i].profile, 0x8000);
        c.WdmDmaVersionOverride = sequences[i].version;
        c.Flags = sequences[i].flags;
        assert_int_equal(WdfDmaEnablerCreate(W.device, &c, NULL, &W.enabler), STATUS_SUCCESS);
        t = txn_make();
        assert_string_equal(one_transfer(&b, t), sequences[i].calls);
        assert_string_equal(one_transfer(&b, t), sequences[i].calls); /* used again */
        WdfObjectDelete(W.enabler);
        assert_int_equal(T.s->dma->registers_live, 0);
    }
    buffer_free(&b);
}

static void each_profile_has_its_sequence(void **state)
{
    (void)state;
    with_wdf("direct64", sequence, 0);
    with_wdf("remap", sequence, 0);
}

/* --- staged --- */

static size_t lengths[16];
static unsigned pieces;

static void note_and_finish(void)
{
    lengths[pieces++] = WdfDmaTransactionGetCurrentDmaTransferLength(programmed.txn);
    over = WdfDmaTransactionDmaCompleted(programmed.txn, &status_of);
}

static void run_staged(WDFDMATRANSACTION t, struct buffer *b)
{
    program_forget();
    programmed.then = note_and_finish;
    pieces = 0;
    assert_int_equal(WdfDmaTransactionInitialize(t, on_program, WdfDmaDirectionWriteToDevice,
                                                 b->mdl, b->p, b->bytes),
                     STATUS_SUCCESS);
    assert_int_equal(WdfDmaTransactionExecute(t, NULL), STATUS_SUCCESS);
    assert_int_equal(state_of(t), 5);
    assert_int_equal(WdfDmaTransactionGetBytesTransferred(t), b->bytes);
}

/* Nine registers: eight pages at most. A list that begins within a page takes nine of them. */
static void staged(void)
{
    struct buffer b = buffer_make(0x10, 20 * 4096);
    WDFDMATRANSACTION t;
    uint32_t from = T.events;

    enabler_make(WdfDmaProfileScatterGather, 1 << 20, 0);
    t = txn_make();
    from = T.events;
    run_staged(t, &b);
    assert_int_equal(pieces, 3);
    assert_int_equal(lengths[0], 0x8000);
    assert_int_equal(lengths[1], 0x8000);
    assert_int_equal(lengths[2], 0x4000);
    assert_string_equal(calls_since(from),
                        "BuildScatterGatherList AdapterListControl EvtProgramDma "
                        "PutScatterGatherList "
                        "BuildScatterGatherList AdapterListControl EvtProgramDma "
                        "PutScatterGatherList "
                        "BuildScatterGatherList AdapterListControl EvtProgramDma "
                        "PutScatterGatherList ");
    WdfObjectDelete(W.enabler);
    enabler_make(WdfDmaProfilePacket, 1 << 20, 0);
    t = txn_make();
    from = T.events;
    run_staged(t, &b);
    assert_int_equal(pieces, 3);
    assert_int_equal(lengths[1], 0x8000);
    assert_string_equal(calls_since(from),
                        "AllocateAdapterChannel AdapterControl MapTransfer EvtProgramDma "
                        "FlushAdapterBuffers MapTransfer EvtProgramDma "
                        "FlushAdapterBuffers MapTransfer EvtProgramDma "
                        "FlushAdapterBuffers FreeMapRegisters ");
}

static void what_is_too_long_goes_in_pieces(void **state)
{
    (void)state;
    with_wdf("tight", staged, 0);
}

static void maximum(void)
{
    struct buffer b = buffer_make(0, 10000);
    WDFDMATRANSACTION t;

    enabler_make(WdfDmaProfileScatterGather64, 1 << 20, 0);
    t = txn_make();
    assert_int_equal(WdfDmaTransactionInitialize(t, on_program, WdfDmaDirectionWriteToDevice, b.mdl,
                                                 b.p, b.bytes),
                     STATUS_SUCCESS);
    WdfDmaTransactionSetMaximumLength(t, 4000);
    WdfDmaTransactionSetMaximumLength(t, 2 << 20); /* more than the adapter's: nothing */
    program_forget();
    programmed.then = note_and_finish;
    pieces = 0;
    assert_int_equal(WdfDmaTransactionExecute(t, NULL), STATUS_SUCCESS);
    assert_int_equal(pieces, 3);
    assert_int_equal(lengths[0], 4000);
    assert_int_equal(lengths[2], 2000);
}

static void a_transaction_can_ask_for_less(void **state)
{
    (void)state;
    with_wdf("direct64", maximum, 0);
}

/* --- partial and final completion --- */

static WDFDMATRANSACTION begin(WDF_DMA_PROFILE profile, ULONG version, struct buffer *b)
{
    WDFDMATRANSACTION t;

    enabler_make(profile, 1 << 16, version);
    t = txn_make();
    program_forget();
    assert_int_equal(WdfDmaTransactionInitialize(t, on_program, WdfDmaDirectionReadFromDevice,
                                                 b->mdl, b->p, b->bytes),
                     STATUS_SUCCESS);
    assert_int_equal(WdfDmaTransactionExecute(t, NULL), STATUS_SUCCESS);
    assert_int_equal(programmed.calls, 1);
    assert_int_equal(state_of(t), 4);
    return t;
}

static void partial_of(WDF_DMA_PROFILE profile, ULONG version)
{
    struct buffer b = buffer_make(0x200, 9000);
    WDFDMATRANSACTION t = begin(profile, version, &b);
    NTSTATUS status = 1;

    assert_int_equal(WdfDmaTransactionDmaCompletedWithLength(t, 5000, &status), FALSE);
    assert_int_equal(status, STATUS_MORE_PROCESSING_REQUIRED);
    assert_int_equal(programmed.calls, 2);
    assert_int_equal(programmed.bytes, 4000);
    assert_int_equal(WdfDmaTransactionGetBytesTransferred(t), 5000);
    assert_int_equal(WdfDmaTransactionDmaCompletedWithLength(t, 0, &status), FALSE);
    assert_int_equal(programmed.calls, 3); /* the same again */
    assert_int_equal(programmed.bytes, 4000);
    assert_int_equal(WdfDmaTransactionDmaCompletedFinal(t, 1000, &status), TRUE);
    assert_int_equal(status, STATUS_SUCCESS);
    assert_int_equal(state_of(t), 5);
    assert_int_equal(WdfDmaTransactionGetBytesTransferred(t), 6000);
    assert_int_equal(T.s->dma->registers_live, 0);
    WdfObjectDelete(W.enabler);
    buffer_free(&b);
}

/* The device fills all of the first transfer, of which the driver says that 100 bytes count. */
static void partial_bytes(WDF_DMA_PROFILE profile, ULONG version)
{
    static uint8_t one[9000], two[9000];
    struct buffer b = buffer_make(0x200, 9000);
    WDFDMATRANSACTION t = begin(profile, version, &b);
    NTSTATUS status;

    memset(one, 0x11, sizeof(one));
    memset(two, 0x22, sizeof(two));
    assert_true(device_moves(programmed.list, one, false));
    assert_int_equal(WdfDmaTransactionDmaCompletedWithLength(t, 100, &status), FALSE);
    assert_int_equal(programmed.calls, 2);
    assert_true(device_moves(programmed.list, two, false));
    while (!WdfDmaTransactionDmaCompleted(t, &status))
        assert_true(device_moves(programmed.list, two, false));
    assert_memory_equal(b.p, one, 100);
    assert_memory_equal(b.p + 100, two, 8900);
    WdfObjectDelete(W.enabler);
    buffer_free(&b);
}

static void partial(void)
{
    partial_bytes(WdfDmaProfileScatterGather, 0);
    partial_bytes(WdfDmaProfileScatterGather, 3);
    partial_bytes(WdfDmaProfilePacket, 0);
    partial_bytes(WdfDmaProfilePacket, 3);
    partial_of(WdfDmaProfileScatterGather64, 0);
    partial_of(WdfDmaProfileScatterGather64, 3);
    partial_of(WdfDmaProfilePacket64, 0);
    partial_of(WdfDmaProfilePacket64, 3);
}

static void the_rest_comes_with_the_next_transfer(void **state)
{
    (void)state;
    with_wdf("remap", partial, 0);
    with_wdf("bounce32", partial, 0);
}

static void too_much(void)
{
    struct buffer b = buffer_make(0, 5000);
    WDFDMATRANSACTION t = begin(WdfDmaProfilePacket64, 3, &b);
    uint32_t from = T.events;
    NTSTATUS status = 1;
    struct event e;

    assert_int_equal(WdfDmaTransactionDmaCompletedFinal(t, 5001, &status), TRUE);
    assert_int_equal(status, STATUS_INVALID_PARAMETER);
    assert_int_equal(state_of(t), 6);
    assert_string_equal(calls_since(from), "FreeMapRegisters "); /* without a flush */
    assert_int_equal(said_since(from, EV_MISUSE, &e), 1);
    assert_int_equal(WdfDmaTransactionRelease(t), STATUS_SUCCESS);
    WdfObjectDelete(W.enabler);
    t = begin(WdfDmaProfileScatterGather64, 0, &b);
    from = T.events;
    assert_int_equal(WdfDmaTransactionDmaCompletedWithLength(t, 6000, &status), TRUE);
    assert_int_equal(status, STATUS_INVALID_PARAMETER);
    assert_string_equal(calls_since(from), "PutScatterGatherList ");
}

static void more_than_the_transfer_had_fails_it(void **state)
{
    (void)state;
    with_wdf("remap", too_much, 0);
}

/* --- packets of version 2, one at a time --- */

static void busy(void)
{
    struct buffer b = buffer_make(0, 5000);
    WDFDMATRANSACTION one = begin(WdfDmaProfilePacket, 0, &b), two = txn_make();
    NTSTATUS status;

    assert_int_equal(WdfDmaTransactionInitialize(two, on_program, WdfDmaDirectionReadFromDevice,
                                                 b.mdl, b.p, 100),
                     STATUS_SUCCESS);
    assert_int_equal(WdfDmaTransactionExecute(two, NULL), STATUS_WDF_BUSY);
    assert_int_equal(state_of(two), 6);
    assert_int_equal(WdfDmaTransactionDmaCompleted(one, &status), TRUE);
    assert_int_equal(WdfDmaTransactionRelease(two), STATUS_SUCCESS);
    assert_int_equal(WdfDmaTransactionInitialize(two, on_program, WdfDmaDirectionReadFromDevice,
                                                 b.mdl, b.p, 100),
                     STATUS_SUCCESS);
    assert_int_equal(WdfDmaTransactionExecute(two, NULL), STATUS_SUCCESS);
    assert_int_equal(WdfDmaTransactionDmaCompleted(two, &status), TRUE);
    WdfObjectDelete(W.enabler);
    one = begin(WdfDmaProfilePacket, 3, &b); /* version 3: as many as there are registers for */
    two = txn_make();
    assert_int_equal(WdfDmaTransactionInitialize(two, on_program, WdfDmaDirectionReadFromDevice,
                                                 b.mdl, b.p, 100),
                     STATUS_SUCCESS);
    assert_int_equal(WdfDmaTransactionExecute(two, NULL), STATUS_SUCCESS);
    assert_int_equal(programmed.calls, 2);
    assert_int_equal(WdfDmaTransactionDmaCompleted(two, &status), TRUE);
    assert_int_equal(WdfDmaTransactionDmaCompleted(one, &status), TRUE);
}

static void version_2_packets_come_one_at_a_time(void **state)
{
    (void)state;
    with_wdf("remap", busy, 0);
}

/* --- deletion within EvtProgramDma --- */

static void end_and_delete(void)
{
    WDFDMATRANSACTION t = programmed.txn;

    over = WdfDmaTransactionDmaCompleted(t, &status_of);
    WdfObjectDelete(t);
}

static void deleted(void)
{
    static const WDF_DMA_PROFILE each[] = { WdfDmaProfilePacket, WdfDmaProfileScatterGather };

    for (unsigned i = 0; i < 4; i++) {
        struct buffer b = buffer_make(0, 3000);
        WDFDMATRANSACTION t;

        enabler_make(each[i % 2], 1 << 16, i < 2 ? 0 : 3);
        t = txn_make();
        program_forget();
        programmed.then = end_and_delete;
        assert_int_equal(WdfDmaTransactionInitialize(t, on_program, WdfDmaDirectionReadFromDevice,
                                                     b.mdl, b.p, b.bytes),
                         STATUS_SUCCESS);
        assert_int_equal(WdfDmaTransactionExecute(t, NULL), STATUS_SUCCESS);
        assert_int_equal(over, TRUE);
        assert_int_equal(T.s->dma->registers_live, 0);
        assert_null(fx_object_find(fx_of(T.s), t, FX_DMA_TRANSACTION));
        WdfObjectDelete(W.enabler);
    }
}

static void it_may_be_deleted_before_execute_returns(void **state)
{
    (void)state;
    with_wdf("remap", deleted, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_profile_has_its_sequence),
        cmocka_unit_test(what_is_too_long_goes_in_pieces),
        cmocka_unit_test(a_transaction_can_ask_for_less),
        cmocka_unit_test(the_rest_comes_with_the_next_transfer),
        cmocka_unit_test(more_than_the_transfer_had_fails_it),
        cmocka_unit_test(version_2_packets_come_one_at_a_time),
        cmocka_unit_test(it_may_be_deleted_before_execute_returns),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
