/*
 * System DMA of version 3: completion, cancel and early flush, the data register and the request line
 * that the driver names, and what the routines say of a channel.
 */
#include "tests/unit/nt_dma_system.h"

static uint8_t context[DMA_TRANSFER_CONTEXT_SIZE_V1];

static PVOID channel_get_3(ULONG registers)
{
    KIRQL irql = to_dispatch();

    assert_int_equal(T.ops->InitializeDmaTransferContext(T.adapter, context), STATUS_SUCCESS);
    assert_int_equal(T.ops->AllocateAdapterChannelEx(T.adapter, T.pdo, context, registers, 0,
                                                     control, NULL, NULL),
                     STATUS_SUCCESS);
    from_dispatch(irql);
    pause_us(10);
    assert_non_null(ctl.base);
    return ctl.base;
}

static NTSTATUS map_3(struct buffer *b, PVOID base, ULONG device_offset, ULONG *length, bool write)
{
    return T.ops->MapTransferEx(T.adapter, b->mdl, base, 0, device_offset, length, write, NULL, 0,
                                completion, &done);
}

/* 6.1 F: the controller's interrupt ends in the completion routine. */
static void completed(void)
{
    struct buffer b = buffer_make(3000, 2000);
    uint32_t from;
    ULONG length = 2000;
    struct event e;
    PVOID base;

    open_slave(3);
    card_fill(5, 2000);
    base = channel_get_3(2);
    from = T.events;
    assert_int_equal(map_3(&b, base, 0, &length, false), STATUS_SUCCESS);
    assert_int_equal(length, 2000);
    assert_int_equal(map_3(&b, base, 0, &length, false), STATUS_INSUFFICIENT_RESOURCES);
    card_start(2000, 5, false);
    assert_int_equal(done.calls, 0);
    for (unsigned i = 0; !done.calls && i < 1000; i++)
        pause_us(10);
    pause_us(100);
    assert_int_equal(done.calls, 1);
    assert_int_equal(done.status, DmaComplete);
    assert_int_equal(done.irql, DISPATCH_LEVEL);
    assert_ptr_equal(done.context, &done);
    assert_ptr_equal(done.adapter, T.adapter);
    assert_ptr_equal(done.device, T.pdo);
    assert_int_equal(said_since(from, EV_CALLBACK, &e), 1);
    assert_int_equal(e.api, API_DmaCompletionRoutine);
    assert_int_equal(e.a[2], 0); /* DmaComplete */
    assert_int_equal(T.ops->FlushAdapterBuffersEx(T.adapter, b.mdl, base, 0, 2000, FALSE),
                     STATUS_SUCCESS);
    assert_memory_equal(b.p, dm_memory(T.d, 5, 2000), 2000);
    assert_int_equal(said_since(0, EV_SYSDMA_END, &e), 1);
    assert_int_equal(e.a[3], COMPLETE);
    channel_put();
    buffer_free(&b);
}

static void a_transfer_completes_at_dispatch(void **state)
{
    (void)state;
    on_every_machine(completed);
}

/* 6.1 H; KMDF: no further map until the flush. */
static void cancelled(void)
{
    struct buffer b = buffer_make(0, 1000);
    ULONG length = 1000;
    struct event e;
    PVOID base;

    open_slave(3);
    card_fill(0, 1000);
    base = channel_get_3(1);
    map_3(&b, base, 0, &length, false);
    card_start(500, 0, false);
    pause_us(400);
    assert_int_equal(done.calls, 0);
    assert_int_equal(T.ops->CancelMappedTransfer(T.adapter, context), STATUS_SUCCESS);
    pause_us(10);
    assert_int_equal(done.calls, 1);
    assert_int_equal(done.status, DmaCancelled);
    said_since(0, EV_SYSDMA_END, &e);
    assert_int_equal(e.a[1], 500);
    assert_int_equal(e.a[3], CANCELLED);
    assert_int_equal(map_3(&b, base, 0, &length, false), STATUS_CANCELLED);
    T.ops->FlushAdapterBuffersEx(T.adapter, b.mdl, base, 0, 1000, FALSE);
    assert_memory_equal(b.p, dm_memory(T.d, 0, 500), 500);
    assert_int_equal(said_since(0, EV_SYSDMA_END, NULL), 1); /* no fault: it was over */
    channel_put();
    buffer_free(&b);
}

static void a_cancelled_transfer_completes_as_cancelled(void **state)
{
    (void)state;
    on_every_machine(cancelled);
}

/* 0xE6/0x23: the channel has neither completed nor been cancelled. */
static void flushed_early(void)
{
    struct buffer b = buffer_make(0, 1000);
    ULONG length = 1000;
    struct event e;
    PVOID base;

    open_slave(3);
    base = channel_get_3(1);
    map_3(&b, base, 0, &length, true);
    assert_int_equal(T.ops->FlushAdapterBuffersEx(T.adapter, b.mdl, base, 0, 1000, TRUE),
                     STATUS_SUCCESS);
    assert_int_equal(said_since(0, EV_SYSDMA_END, &e), 1);
    assert_int_equal(e.a[1], 1000);
    assert_int_equal(e.a[2] >> 32, 0); /* the controller's id */
    assert_int_equal(e.a[2] & 0xffffffff, CHANNEL);
    assert_int_equal(e.a[3], FLUSHED);
    pause_us(10);
    assert_int_equal(done.calls, 1);
    assert_int_equal(done.status, DmaCancelled);
    card_start(1000, 0, true); /* nobody brings anything any more */
    pause_us(1000);
    assert_int_equal(bus_bar_read(T.d, 0, MOVED, 4), 0);
    channel_put();
    buffer_free(&b);
}

static void an_early_flush_cancels_and_is_said(void **state)
{
    (void)state;
    on_slave("direct64", flushed_early);
}

/* The data register is the driver's to name. */
static void wrong_register(void)
{
    struct buffer b = buffer_make(0, 100);
    ULONG length = 100;
    struct event e;
    PVOID base;

    open_slave(3);
    base = channel_get_3(1);
    map_3(&b, base, 0x1000, &length, true); /* behind the BAR */
    card_start(100, 0, true);
    pause_us(100);
    assert_int_equal(done.calls, 1);
    assert_int_equal(done.status, DmaError);
    said_since(0, EV_SYSDMA_END, &e);
    assert_int_equal(e.a[3], FAILED);
    T.ops->FlushAdapterBuffersEx(T.adapter, b.mdl, base, 0, 100, TRUE);
    map_3(&b, base, 4, &length, true); /* a register that takes nothing */
    pause_us(1000);
    assert_int_equal(done.calls, 1);
    assert_int_equal(T.ops->ReadDmaCounter(T.adapter), 100);
    T.ops->CancelMappedTransfer(T.adapter, context);
    T.ops->FlushAdapterBuffersEx(T.adapter, b.mdl, base, 0, 100, TRUE);
    channel_put();
    buffer_free(&b);
}

static void a_wrong_register_is_an_error(void **state)
{
    (void)state;
    on_slave("direct64", wrong_register);
}

/* The card's register is one byte wide. */
static void wrong_width(void)
{
    DEVICE_DESCRIPTION d = description(3);
    struct buffer b = buffer_make(0, 100);
    ULONG length = 100;
    PVOID base;

    d.DmaWidth = Width16Bits;
    open_described(d);
    base = channel_get_3(1);
    map_3(&b, base, 0, &length, true);
    card_start(100, 0, true);
    pause_us(100);
    assert_int_equal(done.calls, 1);
    assert_int_equal(done.status, DmaError);
    T.ops->FlushAdapterBuffersEx(T.adapter, b.mdl, base, 0, 100, TRUE);
    channel_put();
    buffer_free(&b);
}

static void another_width_is_an_error(void **state)
{
    (void)state;
    on_slave("direct64", wrong_width);
}

static void nobody_asks(void)
{
    DEVICE_DESCRIPTION d = description(3);
    struct buffer b = buffer_make(0, 100);
    ULONG length = 100;
    PVOID base;

    d.DmaRequestLine = LINE + 1; /* somebody else's */
    open_described(d);
    base = channel_get_3(1);
    map_3(&b, base, 0, &length, true);
    card_start(100, 0, true);
    pause_us(1000);
    assert_int_equal(done.calls, 0);
    assert_int_equal(bus_bar_read(T.d, 0, MOVED, 4), 0);
    T.ops->CancelMappedTransfer(T.adapter, context);
    T.ops->FlushAdapterBuffersEx(T.adapter, b.mdl, base, 0, 100, TRUE);
    channel_put();
    buffer_free(&b);
}

static void another_line_moves_nothing(void **state)
{
    (void)state;
    on_slave("direct64", nobody_asks);
}

static void pulled(void)
{
    struct buffer b = buffer_make(0, 2000);
    ULONG length = 2000, left;
    PVOID base;

    open_slave(3);
    base = channel_get_3(1);
    map_3(&b, base, 0, &length, false);
    card_start(2000, 0, false);
    pause_us(20);
    bus_unplug(T.s, T.d);
    left = T.ops->ReadDmaCounter(T.adapter);
    assert_in_range(left, 1, 1999);
    pause_us(1000);
    assert_int_equal(T.ops->ReadDmaCounter(T.adapter), left);
    assert_int_equal(done.calls, 0); /* the channel waits for ever */
    T.ops->CancelMappedTransfer(T.adapter, context);
    pause_us(10);
    assert_int_equal(done.calls, 1);
    T.ops->FlushAdapterBuffersEx(T.adapter, b.mdl, base, 0, 2000, FALSE);
    channel_put();
    buffer_free(&b);
}

static void a_card_that_is_pulled_ends_no_transfer(void **state)
{
    (void)state;
    on_slave("direct64", pulled);
}

static void limits(void)
{
    DMA_ADAPTER_INFO info = { .Version = DMA_ADAPTER_INFO_VERSION1 };
    struct buffer b = buffer_make(0, 100);
    PSCATTER_GATHER_LIST list = NULL;
    ULONG length = 100;
    uint64_t room[8];
    PVOID base;

    open_slave(3);
    assert_int_equal(T.ops->GetDmaAdapterInfo(T.adapter, &info), STATUS_SUCCESS);
    assert_int_equal(info.V1.ReadDmaCounterAvailable, TRUE);
    assert_int_equal(info.V1.ScatterGatherLimit, 1);
    assert_int_equal(info.V1.MinimumTransferUnit, 1);
    assert_int_equal(info.V1.DmaAddressWidth, 32);
    assert_int_equal(T.ops->ConfigureAdapterChannel(T.adapter, 1, NULL), STATUS_NOT_IMPLEMENTED);
    base = channel_get_3(1);
    assert_int_equal(T.ops->MapTransferEx(T.adapter, b.mdl, base, 0, 0, &length, TRUE, (PVOID)room,
                                          16, NULL, NULL),
                     STATUS_INVALID_PARAMETER); /* no room for one element */
    assert_int_equal(T.ops->MapTransferEx(T.adapter, b.mdl, base, 0, 0, &length, TRUE, (PVOID)room,
                                          sizeof(room), NULL, NULL),
                     STATUS_SUCCESS);
    assert_int_equal(((PSCATTER_GATHER_LIST)room)->NumberOfElements, 1);
    card_start(100, 0, true);
    pause_us(1000);
    assert_int_equal(T.ops->ReadDmaCounter(T.adapter), 0); /* polled: no routine was given */
    T.ops->FlushAdapterBuffersEx(T.adapter, b.mdl, base, 0, 100, TRUE);
    channel_put();
    T.ops->InitializeDmaTransferContext(T.adapter, context);
    assert_int_equal(T.ops->GetScatterGatherListEx(T.adapter, T.pdo, context, b.mdl, 0, 100,
                                                   DMA_SYNCHRONOUS_CALLBACK, NULL, NULL, TRUE, NULL,
                                                   NULL, &list),
                     STATUS_INVALID_PARAMETER); /* not for system DMA */
    buffer_free(&b);
}

static void what_the_routines_say_of_a_channel(void **state)
{
    (void)state;
    on_slave("direct64", limits);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_transfer_completes_at_dispatch),
        cmocka_unit_test(a_cancelled_transfer_completes_as_cancelled),
        cmocka_unit_test(an_early_flush_cancels_and_is_said),
        cmocka_unit_test(a_wrong_register_is_an_error),
        cmocka_unit_test(another_width_is_an_error),
        cmocka_unit_test(another_line_moves_nothing),
        cmocka_unit_test(a_card_that_is_pulled_ends_no_transfer),
        cmocka_unit_test(what_the_routines_say_of_a_channel),
    };

    return cmocka_run_group_tests_name("nt_dma_system_3", tests, NULL, NULL);
}
