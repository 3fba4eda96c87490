/*
 * What Initialize refuses, in each of its forms, and what it says of a buffer beforehand.
 * Sources: fxdmatransactionapi.cpp, wdfdmatransaction/nf-wdfdmatransaction-wdfdmatransactioninitialize.
 */
#include "tests/unit/wdf_dma.h"

/* --- lists that the device could not take --- */

static void fragments(void)
{
    struct buffer b = buffer_make(0x800, 4 * 4096), two = buffer_make(0x100, 4096);
    const WDF_DMA_DIRECTION read = WdfDmaDirectionReadFromDevice;
    ULONG registers = 99, elements = 99;
    WDFDMATRANSACTION t;

    enabler_make(WdfDmaProfileScatterGather64, 1 << 16, 0);
    t = txn_make();
    b.mdl->Next = two.mdl;
    assert_int_equal(WdfDmaTransactionInitializeUsingOffset(t, on_program, read, b.mdl, 0x1000,
                                                            3 * 4096 + 4096),
                     STATUS_SUCCESS);
    WdfDmaTransactionGetTransferInfo(t, &registers, &elements);
    /* Four pages of the first MDL; KMDF takes the offset off the second one, too, which is then
     * over before it begins. It is two pages in truth, six together: see below. */
    assert_int_equal(registers, 4);
    assert_int_equal(elements, 4);
    WdfDmaTransactionGetTransferInfo(t, NULL, NULL);
    assert_int_equal(WdfDmaTransactionRelease(t), STATUS_SUCCESS);
    WdfDmaEnablerSetMaximumScatterGatherElements(W.enabler, 5);
    assert_int_equal(WdfDmaTransactionInitializeUsingOffset(t, on_program, read, b.mdl, 0x1000,
                                                            3 * 4096 + 4096),
                     STATUS_WDF_TOO_FRAGMENTED);
    assert_int_equal(state_of(t), 7);
    WdfDmaEnablerSetMaximumScatterGatherElements(W.enabler, 64);
    assert_int_equal(WdfDmaTransactionInitialize(t, on_program, read, b.mdl, b.p, 0x8000),
                     STATUS_BUFFER_TOO_SMALL); /* three pages more than the chain has */
    b.mdl->Next = NULL;
}

static void a_list_must_fit_the_device(void **state)
{
    (void)state;
    with_wdf("remap", fragments, 0);
}

static void arguments(void)
{
    struct buffer b = buffer_make(0x800, 4096);
    const WDF_DMA_DIRECTION read = WdfDmaDirectionReadFromDevice;
    WDFDMATRANSACTION t;
    WDF_OBJECT_ATTRIBUTES a;

    enabler_make(WdfDmaProfilePacket, 1 << 16, 0);
    t = txn_make();
    assert_int_equal(WdfDmaTransactionInitialize(t, on_program, read, b.mdl, b.p, 0),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(WdfDmaTransactionInitialize(t, on_program, (WDF_DMA_DIRECTION)2, b.mdl, b.p,
                                                 1),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(WdfDmaTransactionInitialize(t, on_program, read, b.mdl, b.p - 1, 1),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(WdfDmaTransactionInitialize(t, on_program, read, b.mdl, b.p + 4096, 1),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(WdfDmaTransactionInitialize(t, on_program, read, b.mdl, b.p + 1, 4096),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(state_of(t), 1);
    WDF_OBJECT_ATTRIBUTES_INIT(&a);
    a.ParentObject = W.device;
    assert_int_equal(WdfDmaTransactionCreate(W.enabler, &a, &t),
                     STATUS_WDF_PARENT_ASSIGNMENT_NOT_ALLOWED);
    assert_null(t);
}

static void nothing_given(void)
{
    struct buffer b = buffer_make(0, 100);
    const WDF_DMA_DIRECTION read = WdfDmaDirectionReadFromDevice;
    WDFDMATRANSACTION t;
    struct event e = { 0 };
    uint32_t from;

    enabler_make(WdfDmaProfilePacket, 1 << 16, 0);
    t = txn_make();
    from = T.events;
    WdfDmaTransactionInitialize(t, NULL, read, b.mdl, b.p, 1);
    WdfDmaTransactionInitialize(t, on_program, read, NULL, b.p, 1);
    WdfDmaTransactionInitializeUsingRequest(t, NULL, NULL, read);
    WdfDmaTransactionInitializeUsingRequest(t, NULL, on_program, read);
    assert_int_equal(WdfDmaTransactionDmaCompleted(t, NULL), FALSE);
    WdfDmaTransactionCreate(W.enabler, NULL, NULL);
    assert_int_equal(WdfDmaTransactionExecute(NULL, NULL), STATUS_INVALID_HANDLE);
    assert_int_equal(said_since(from, EV_BUGCHECK, &e), 7);
    assert_int_equal(e.a[1], 4);
    WdfDmaTransactionInitializeUsingRequest(t, (WDFREQUEST)t, on_program, read);
    assert_int_equal(said_since(from, EV_BUGCHECK, &e), 8);
    assert_int_equal(e.a[1], 5);
    assert_int_equal(e.a[3], 0x1008);
}

static void what_is_missing_is_a_bug_check(void **state)
{
    (void)state;
    with_wdf("remap", nothing_given, 0x10d);
}

static void what_initialize_refuses(void **state)
{
    (void)state;
    with_wdf("remap", arguments, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_must_fit_the_device),
        cmocka_unit_test(what_initialize_refuses),
        cmocka_unit_test(what_is_missing_is_a_bug_check),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
