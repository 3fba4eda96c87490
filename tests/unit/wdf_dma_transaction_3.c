/*
 * What version 3 adds to transactions: registers reserved for many, immediate execution, cancelling, the
 * single-transfer requirement, transfer contexts.
 * Sources: wdf/reserving-dma-resources, wdf/canceling-dma-transactions, wdf/using-single-transfer-dma,
 * fxdmatransactionbase.cpp, fxdmatransactionpacket.cpp.
 */
#include "tests/unit/wdf_dma.h"

static const WDF_DMA_DIRECTION to_card = WdfDmaDirectionWriteToDevice;

static struct {
    unsigned calls;
    PVOID context;
    uint8_t irql;
} reserved;

static VOID on_reserve(WDFDMATRANSACTION DmaTransaction, PVOID Context)
{
    (void)DmaTransaction;
    reserved.calls++;
    reserved.context = Context;
    reserved.irql = sched_irql(T.s);
}

static void set_up(WDFDMATRANSACTION t, struct buffer *b)
{
    assert_int_equal(WdfDmaTransactionInitialize(t, on_program, to_card, b->mdl, b->p, b->bytes),
                     STATUS_SUCCESS);
}

static void go_and_finish(WDFDMATRANSACTION t)
{
    NTSTATUS status;

    assert_int_equal(WdfDmaTransactionExecute(t, NULL), STATUS_SUCCESS);
    while (!WdfDmaTransactionDmaCompleted(t, &status))
        assert_int_equal(status, STATUS_MORE_PROCESSING_REQUIRED);
    assert_int_equal(status, STATUS_SUCCESS);
}

/* What the first MapTransferEx since a count was asked to map. */
static uint64_t asked_to_map(uint32_t from)
{
    for (uint32_t i = from; i < T.events; i++) {
        const struct event *e = &heard[i % EVENTS_KEPT];

        if (e->kind == EV_CALL && e->api == API_MapTransferEx)
            return EVENT_LENGTH(e->a[3]);
    }
    return 0;
}

/* Two registers: from 0x100 in a page, one page and 0xf00 bytes of the next at a time. */
static void reserve(void)
{
    struct buffer b = buffer_make(0x100, 0x3000);
    WDFDMATRANSACTION t;
    struct event e = { 0 };
    uint32_t from;

    enabler_make(WdfDmaProfilePacket64, 1 << 16, 3);
    t = txn_make();
    memset(&reserved, 0, sizeof(reserved));
    from = T.events;
    assert_int_equal(WdfDmaTransactionAllocateResources(t, to_card, 2, on_reserve, &b),
                     STATUS_SUCCESS);
    assert_string_equal(calls_since(from), "InitializeDmaTransferContext AllocateAdapterChannelEx "
                                           "AdapterControl EvtReserveDma ");
    assert_int_equal(reserved.calls, 1);
    assert_ptr_equal(reserved.context, &b);
    assert_int_equal(reserved.irql, DISPATCH_LEVEL);
    assert_int_equal(T.s->dma->registers_live, 2);
    for (unsigned i = 0; i < 2; i++) {
        from = T.events;
        set_up(t, &b);
        program_forget();
        go_and_finish(t);
        assert_int_equal(programmed.calls, 2);
        assert_int_equal(asked_to_map(from), 0x1f00);
        assert_string_equal(calls_since(from),
                            "InitializeDmaTransferContext MapTransferEx EvtProgramDma "
                            "FlushAdapterBuffersEx MapTransferEx EvtProgramDma "
                            "FlushAdapterBuffersEx ");
        assert_int_equal(WdfDmaTransactionRelease(t), STATUS_SUCCESS);
        assert_int_equal(T.s->dma->registers_live, 2);
    }
    from = T.events;
    WdfDmaTransactionFreeResources(t);
    assert_string_equal(calls_since(from), "FreeMapRegisters ");
    assert_int_equal(said_since(from, EV_MAPREG_END, &e), 1);
    assert_int_equal(e.a[3], 2); /* as many as were reserved, whatever the last transfer wanted */
    assert_int_equal(T.s->dma->registers_live, 0);
}

static void reserved_registers_serve_many_transactions(void **state)
{
    (void)state;
    with_wdf("remap", reserve, 0);
}

static void reserve_by_buffer(void)
{
    struct buffer b = buffer_make(0x100, 0x3000);
    WDFDMATRANSACTION t;

    enabler_make(WdfDmaProfilePacket64, 1 << 16, 3);
    t = txn_make();
    set_up(t, &b);
    assert_int_equal(WdfDmaTransactionAllocateResources(t, to_card, 0, on_reserve, NULL),
                     STATUS_SUCCESS);
    assert_int_equal(T.s->dma->registers_live, 4);
    assert_int_equal(state_of(t), 2); /* what Initialize said is forgotten */
    WdfObjectDelete(t);
    assert_int_equal(T.s->dma->registers_live, 0);
}

static void without_a_number_the_buffer_says_how_many(void **state)
{
    (void)state;
    with_wdf("remap", reserve_by_buffer, 0);
}

/* --- waiting and cancelling: 9 registers for the adapter --- */

static void waiting(WDF_DMA_PROFILE profile)
{
    struct buffer b = buffer_make(0, 0x8000);
    WDFDMATRANSACTION one, two;
    NTSTATUS status;

    enabler_make(profile, 1 << 16, 3);
    one = txn_make();
    two = txn_make();
    program_forget();
    set_up(one, &b);
    set_up(two, &b);
    assert_int_equal(WdfDmaTransactionExecute(one, NULL), STATUS_SUCCESS);
    assert_int_equal(WdfDmaTransactionExecute(two, NULL), STATUS_SUCCESS);
    assert_int_equal(programmed.calls, 1); /* the second waits for registers */
    assert_int_equal(state_of(two), 4);
    assert_int_equal(WdfDmaTransactionCancel(one), FALSE);
    assert_int_equal(WdfDmaTransactionCancel(two), TRUE);
    assert_int_equal(state_of(two), 6);
    assert_int_equal(WdfDmaTransactionRelease(two), STATUS_SUCCESS);
    set_up(two, &b);
    WdfDmaTransactionSetImmediateExecution(two, TRUE); /* now or not at all */
    assert_int_equal(WdfDmaTransactionExecute(two, NULL), STATUS_INSUFFICIENT_RESOURCES);
    assert_int_equal(state_of(two), 6);
    assert_int_equal(WdfDmaTransactionRelease(two), STATUS_SUCCESS);
    set_up(two, &b);
    assert_int_equal(WdfDmaTransactionExecute(two, NULL), STATUS_SUCCESS); /* waits again */
    assert_int_equal(programmed.calls, 1);
    assert_int_equal(WdfDmaTransactionDmaCompleted(one, &status), TRUE);
    sched_dpc_drain(T.s);
    assert_int_equal(programmed.calls, 2);
    assert_ptr_equal(programmed.txn, two);
    assert_int_equal(WdfDmaTransactionDmaCompleted(two, &status), TRUE);
    assert_int_equal(T.s->dma->registers_live, 0);
    WdfObjectDelete(W.enabler);
    buffer_free(&b);
}

static void wait_and_cancel(void)
{
    waiting(WdfDmaProfilePacket);
    waiting(WdfDmaProfileScatterGather);
}

static void who_waits_can_be_cancelled(void **state)
{
    (void)state;
    with_wdf("tight", wait_and_cancel, 0);
}

/* A reservation that was cancelled leaves its count behind: KMDF's own slip. */
static void cancel_reservation(void)
{
    WDFDMATRANSACTION one, two;

    enabler_make(WdfDmaProfilePacket, 1 << 16, 3);
    one = txn_make();
    two = txn_make();
    memset(&reserved, 0, sizeof(reserved));
    assert_int_equal(WdfDmaTransactionAllocateResources(one, to_card, 9, on_reserve, NULL),
                     STATUS_SUCCESS);
    assert_int_equal(WdfDmaTransactionAllocateResources(two, to_card, 9, on_reserve, NULL),
                     STATUS_SUCCESS);
    assert_int_equal(reserved.calls, 1);
    assert_int_equal(WdfDmaTransactionCancel(two), TRUE);
    assert_int_equal(state_of(two), 6);
    assert_int_equal(WdfDmaTransactionRelease(two), STATUS_SUCCESS);
    WdfDmaTransactionAllocateResources(two, to_card, 9, on_reserve, NULL);
    assert_int_equal(T.s->bugcheck_code, 0x10d);
    assert_int_equal(state_of(two), 7);
}

static void a_cancelled_reservation_leaves_its_count(void **state)
{
    (void)state;
    with_wdf("tight", cancel_reservation, 0x10d);
}

/* --- the single-transfer requirement --- */

static void single(void)
{
    struct buffer b = buffer_make(0, 0xa000), small = buffer_make(0, 0x1000);
    WDFDMATRANSACTION t;
    NTSTATUS status;

    enabler_make(WdfDmaProfileScatterGather, 0x9000, 3);
    assert_int_equal(WdfDmaEnablerGetFragmentLength(W.enabler, to_card), 0x8000);
    t = txn_make();
    WdfDmaTransactionSetSingleTransferRequirement(t, TRUE);
    assert_int_equal(WdfDmaTransactionInitialize(t, on_program, to_card, b.mdl, b.p, 0xa000),
                     STATUS_WDF_TOO_MANY_TRANSFERS); /* more than the device takes */
    WdfDmaTransactionSetSingleTransferRequirement(t, TRUE);
    assert_int_equal(WdfDmaTransactionInitialize(t, on_program, to_card, b.mdl, b.p + 1, 0x9000),
                     STATUS_WDF_NOT_ENOUGH_MAP_REGISTERS); /* ten pages, nine registers */
    WdfDmaTransactionSetSingleTransferRequirement(t, TRUE);
    assert_int_equal(WdfDmaTransactionInitialize(t, on_program, to_card, b.mdl, b.p, 0x9000),
                     STATUS_SUCCESS); /* beyond the fragment limit, and in one */
    program_forget();
    assert_int_equal(WdfDmaTransactionExecute(t, NULL), STATUS_SUCCESS);
    assert_int_equal(programmed.bytes, 0x9000);
    assert_int_equal(WdfDmaTransactionDmaCompletedWithLength(t, 0x1000, &status), TRUE);
    assert_int_equal(status, STATUS_WDF_TOO_MANY_TRANSFERS);
    assert_int_equal(state_of(t), 6);
    WdfObjectDelete(W.enabler);
    enabler_make(WdfDmaProfilePacket, 0x9000, 3);
    t = txn_make();
    small.mdl->Next = b.mdl;
    WdfDmaTransactionSetSingleTransferRequirement(t, TRUE);
    assert_int_equal(WdfDmaTransactionInitialize(t, on_program, to_card, small.mdl, small.p,
                                                 0x2000),
                     STATUS_WDF_TOO_FRAGMENTED); /* two MDLs are two elements */
    small.mdl->Next = NULL;
}

static void one_transfer_or_none(void **state)
{
    (void)state;
    with_wdf("tight", single, 0);
}

static void single_by_enabler(void)
{
    struct buffer b = buffer_make(0, 0xa000);
    WDF_DMA_ENABLER_CONFIG c;
    WDFDMATRANSACTION t;

    WDF_DMA_ENABLER_CONFIG_INIT(&c, WdfDmaProfileScatterGather64, 0x9000);
    c.WdmDmaVersionOverride = 3;
    c.Flags = WDF_DMA_ENABLER_CONFIG_REQUIRE_SINGLE_TRANSFER;
    assert_int_equal(WdfDmaEnablerCreate(W.device, &c, NULL, &W.enabler), STATUS_SUCCESS);
    t = txn_make();
    assert_int_equal(WdfDmaTransactionInitialize(t, on_program, to_card, b.mdl, b.p, 0xa000),
                     STATUS_WDF_TOO_MANY_TRANSFERS);
    WdfDmaTransactionSetSingleTransferRequirement(t, FALSE);
    set_up(t, &b);
    assert_int_equal(WdfDmaTransactionRelease(t), STATUS_SUCCESS); /* as the enabler says again */
    assert_int_equal(WdfDmaTransactionInitialize(t, on_program, to_card, b.mdl, b.p, 0xa000),
                     STATUS_WDF_TOO_MANY_TRANSFERS);
}

static void an_enabler_may_ask_for_it(void **state)
{
    (void)state;
    with_wdf("direct64", single_by_enabler, 0);
}

/* The adapter maps one MDL of a chain at a time: the rest is another transfer. */
static void chain(void)
{
    struct buffer one = buffer_make(0x10, 0x900), two = buffer_make(0x20, 0x1100);
    WDFDMATRANSACTION t;
    NTSTATUS status;

    enabler_make(WdfDmaProfilePacket, 1 << 16, 3);
    t = txn_make();
    one.mdl->Next = two.mdl;
    program_forget();
    assert_int_equal(WdfDmaTransactionInitialize(t, on_program, to_card, one.mdl, one.p, 0x1a00),
                     STATUS_SUCCESS);
    assert_int_equal(WdfDmaTransactionExecute(t, NULL), STATUS_SUCCESS);
    assert_int_equal(programmed.bytes, 0x900);
    assert_int_equal(WdfDmaTransactionGetCurrentDmaTransferLength(t), 0x900);
    assert_int_equal(WdfDmaTransactionDmaCompleted(t, &status), FALSE);
    assert_int_equal(programmed.bytes, 0x1100);
    assert_int_equal(WdfDmaTransactionDmaCompleted(t, &status), TRUE);
    assert_int_equal(WdfDmaTransactionGetBytesTransferred(t), 0x1a00);
    one.mdl->Next = NULL;
}

static void what_was_not_mapped_comes_next(void **state)
{
    (void)state;
    with_wdf("remap", chain, 0);
    with_wdf("bounce32", chain, 0);
}

static void context(void)
{
    struct buffer b = buffer_make(0, 100);
    WDFDMATRANSACTION t;
    uint32_t from;
    struct event e;

    enabler_make(WdfDmaProfileScatterGather64, 1 << 16, 3);
    t = txn_make();
    from = T.events;
    set_up(t, &b);
    assert_int_equal(said_since(from, EV_CONTEXT, &e), 1);
    assert_int_equal(va_of(T.s, WdfDmaTransactionWdmGetTransferContext(t)).v, e.a[0]);
}

static void the_transfer_context_is_the_adapters(void **state)
{
    (void)state;
    with_wdf("remap", context, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reserved_registers_serve_many_transactions),
        cmocka_unit_test(without_a_number_the_buffer_says_how_many),
        cmocka_unit_test(who_waits_can_be_cancelled),
        cmocka_unit_test(a_cancelled_reservation_leaves_its_count),
        cmocka_unit_test(one_transfer_or_none),
        cmocka_unit_test(an_enabler_may_ask_for_it),
        cmocka_unit_test(what_was_not_mapped_comes_next),
        cmocka_unit_test(the_transfer_context_is_the_adapters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
