/*
 * Channels and map registers: dispositions, queues and who comes when, MapTransfer and flush,
 * version 3's forms, contexts and cancelling.
 */
#include "tests/unit/nt_dma.h"

static uint8_t context_a[DMA_TRANSFER_CONTEXT_SIZE_V1], context_b[DMA_TRANSFER_CONTEXT_SIZE_V1];

/* Table of 1.6: what each return value keeps. */
static void dispositions(void)
{
    static const struct {
        IO_ALLOCATION_ACTION action;
        unsigned channel_ended, registers_ended;
    } rows[] = {
        { KeepObject, 0, 0 },
        { DeallocateObjectKeepRegisters, 1, 0 },
        { DeallocateObject, 1, 1 },
    };

    open_adapter(1, TRUE, 32, 1 << 16);
    to_dispatch();
    for (size_t i = 0; i < 3; i++) {
        uint32_t from = T.events;

        ctl.action = rows[i].action;
        assert_int_equal(T.ops->AllocateAdapterChannel(T.adapter, T.pdo, 4, control, NULL),
                         STATUS_SUCCESS);
        assert_int_equal(said_since(from, EV_CHANNEL_END, NULL), rows[i].channel_ended);
        assert_int_equal(said_since(from, EV_MAPREG_END, NULL), rows[i].registers_ended);
        if (rows[i].action == KeepObject)
            T.ops->FreeAdapterChannel(T.adapter);
        if (rows[i].action == DeallocateObjectKeepRegisters)
            T.ops->FreeMapRegisters(T.adapter, ctl.base, 4);
        assert_int_equal(said_since(from, EV_CHANNEL_END, NULL), 1);
        assert_int_equal(said_since(from, EV_MAPREG_END, NULL), 1);
    }
    assert_int_equal(T.s->dma->registers_live, 0);
    assert_int_equal(T.s->dma->channels_live, 0);
}

static void a_routine_decides_what_is_kept(void **state)
{
    (void)state;
    with_adapter("bounce32", dispositions);
}

static void limits(void)
{
    open_adapter(1, TRUE, 32, 3 * 4096);
    assert_int_equal(T.registers, 4);
    to_dispatch();
    ctl.calls = 0;
    ctl.action = DeallocateObject;
    assert_int_equal(T.ops->AllocateAdapterChannel(T.adapter, T.pdo, 5, control, NULL),
                     STATUS_INSUFFICIENT_RESOURCES);
    assert_int_equal(ctl.calls, 0);
}

static void more_registers_than_granted_are_refused(void **state)
{
    (void)state;
    with_adapter("bounce32", limits);
}

/* Registers that are out are waited for, and given in order when they come back. */
static void queue(void)
{
    PVOID base;
    struct event e = { 0 };

    open_adapter(3, TRUE, 32, 8 * 4096);
    assert_int_equal(T.registers, 9);
    to_dispatch();
    ctl.calls = 0;
    ctl.action = DeallocateObjectKeepRegisters;
    T.ops->AllocateAdapterChannel(T.adapter, T.pdo, 7, control, NULL);
    assert_int_equal(ctl.calls, 1);
    base = ctl.base;
    T.ops->InitializeDmaTransferContext(T.adapter, context_a);
    T.ops->InitializeDmaTransferContext(T.adapter, context_b);
    assert_int_equal(T.ops->AllocateAdapterChannelEx(T.adapter, T.pdo, context_a, 3, 0, control,
                                                     (PVOID)1, NULL),
                     STATUS_SUCCESS);
    assert_int_equal(T.ops->AllocateAdapterChannelEx(T.adapter, T.pdo, context_b, 1, 0, control,
                                                     (PVOID)2, NULL),
                     STATUS_SUCCESS);
    assert_int_equal(ctl.calls, 1); /* the second would fit, but is behind the first */
    assert_int_equal(T.ops->AllocateAdapterChannelEx(T.adapter, T.pdo, context_b, 1,
                                                     DMA_SYNCHRONOUS_CALLBACK, control, NULL, NULL),
                     STATUS_INSUFFICIENT_RESOURCES);
    T.ops->FreeMapRegisters(T.adapter, base, 7);
    assert_int_equal(ctl.calls, 3);
    assert_ptr_equal(ctl.context, (PVOID)2);
    said_since(0, EV_MAPREG, &e);
    assert_int_equal(e.a[1], 1);
    assert_int_equal(e.a[2], 4);
    assert_int_equal(e.a[3], 9);
    T.ops->FreeMapRegisters(T.adapter, base, 7); /* dead by now: only said */
    said_since(0, EV_CALL, &e);
    assert_int_equal(OBJ_TYPE(e.a[0]), OBJ_MAPREG);
    assert_int_equal(T.s->dma->registers_live, 4);
}

static void requests_wait_and_are_granted_in_order(void **state)
{
    (void)state;
    with_adapter("bounce32", queue);
}

static void cancel(void)
{
    PVOID base = NULL;

    open_adapter(3, TRUE, 64, 8 * 4096);
    to_dispatch();
    ctl.calls = 0;
    ctl.action = DeallocateObject;
    assert_false(
        T.ops->CancelAdapterChannel(T.adapter, T.pdo, context_a)); /* never initialised here */
    T.ops->InitializeDmaTransferContext(T.adapter, context_a);
    assert_true(
        T.ops->CancelAdapterChannel(T.adapter, T.pdo, context_a)); /* before the allocation */
    assert_int_equal(T.ops->AllocateAdapterChannelEx(T.adapter, T.pdo, context_a, 1, 0, control,
                                                     NULL, NULL),
                     STATUS_CANCELLED);
    T.ops->InitializeDmaTransferContext(T.adapter, context_a);
    T.ops->InitializeDmaTransferContext(T.adapter, context_b);
    assert_int_equal(T.ops->AllocateAdapterChannelEx(T.adapter, T.pdo, context_a, 2,
                                                     DMA_SYNCHRONOUS_CALLBACK, NULL, NULL, &base),
                     STATUS_SUCCESS);
    assert_non_null(base);
    assert_int_equal(T.ops->AllocateAdapterChannelEx(T.adapter, T.pdo, context_b, 2, 0, control,
                                                     NULL, NULL),
                     STATUS_SUCCESS);
    assert_int_equal(ctl.calls, 0); /* one channel at a time */
    assert_true(T.ops->CancelAdapterChannel(T.adapter, T.pdo, context_b));
    T.ops->FreeAdapterObject(T.adapter, KeepObject); /* no effect */
    T.ops->FreeAdapterObject(T.adapter, DeallocateObject);
    assert_int_equal(ctl.calls, 0); /* cancelled: never */
    assert_false(T.ops->CancelAdapterChannel(T.adapter, T.pdo, context_a));
    assert_int_equal(T.s->dma->registers_live, 0);
}

static void cancelled_requests_never_run(void **state)
{
    (void)state;
    with_adapter("remap", cancel);
}

/* 1.5 #20, conflict 4: the two forms; everything else is STATUS_INVALID_PARAMETER. */
static void forms(void)
{
    struct buffer b = buffer_make(0, 64);
    PSCATTER_GATHER_LIST list = NULL;
    PVOID base = NULL;
    const ULONG sync = DMA_SYNCHRONOUS_CALLBACK;

    open_adapter(3, TRUE, 64, 1 << 16);
    to_dispatch();
    T.ops->InitializeDmaTransferContext(T.adapter, context_a);
    assert_int_equal(T.ops->AllocateAdapterChannelEx(T.adapter, T.pdo, context_a, 1, 0, NULL, NULL,
                                                     &base),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(T.ops->AllocateAdapterChannelEx(T.adapter, T.pdo, context_a, 1, 0, NULL, NULL,
                                                     NULL),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(T.ops->AllocateAdapterChannelEx(T.adapter, T.pdo, context_a, 1, sync, control,
                                                     NULL, &base),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(T.ops->AllocateAdapterChannelEx(T.adapter, T.pdo, context_a, 1, sync, NULL,
                                                     NULL, NULL),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(T.ops->AllocateAdapterChannelEx(T.adapter, T.pdo, NULL, 1, sync, NULL, NULL,
                                                     &base),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(T.ops->GetScatterGatherListEx(T.adapter, T.pdo, context_a, b.mdl, 0, 0, sync,
                                                   NULL, NULL, TRUE, NULL, NULL, &list),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(T.ops->GetScatterGatherListEx(T.adapter, T.pdo, context_a, b.mdl, 64, 1, sync,
                                                   NULL, NULL, TRUE, NULL, NULL, &list),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(T.ops->GetScatterGatherListEx(T.adapter, T.pdo, context_a, b.mdl, 4, 60, sync,
                                                   NULL, NULL, TRUE, NULL, NULL, &list),
                     STATUS_SUCCESS);
    assert_int_equal(list_bytes(list), 60);
    /* the adapter object is still taken */
    T.ops->InitializeDmaTransferContext(T.adapter, context_b);
    assert_int_equal(T.ops->AllocateAdapterChannelEx(T.adapter, T.pdo, context_b, 1, sync, NULL,
                                                     NULL, &base),
                     STATUS_INSUFFICIENT_RESOURCES);
    T.ops->FreeAdapterObject(T.adapter, DeallocateObjectKeepRegisters);
    assert_int_equal(T.ops->AllocateAdapterChannelEx(T.adapter, T.pdo, context_b, 1, sync, NULL,
                                                     NULL, &base),
                     STATUS_SUCCESS);
    T.ops->FreeAdapterChannel(T.adapter);
    T.ops->PutScatterGatherList(T.adapter, list, TRUE);
    assert_int_equal(T.s->dma->registers_live, 0);
}

static void version_3_takes_two_forms(void **state)
{
    (void)state;
    with_adapter("remap", forms);
}

/* 6.1 A: pieces of a packet transfer; only the flushed part is copied. */
static void packet(void)
{
    struct buffer b = buffer_make(0x100, 3 * 4096);
    uint8_t card[3 * 4096];
    ULONG length = 3 * 4096;
    PHYSICAL_ADDRESS la;
    struct event e = { 0 };

    open_adapter(1, FALSE, 32, 1 << 16);
    to_dispatch();
    ctl.action = DeallocateObjectKeepRegisters;
    T.ops->AllocateAdapterChannel(T.adapter, T.pdo, 4, control, NULL);
    la = T.ops->MapTransfer(T.adapter, b.mdl, ctl.base, b.p, &length, FALSE);
    assert_int_equal(length, 3 * 4096); /* without scatter/gather the full length */
    memset(card, 0x77, sizeof(card));
    assert_true(dm_bus_write(T.d, 0, (uint64_t)la.QuadPart, card, length));
    assert_true(T.ops->FlushAdapterBuffers(T.adapter, b.mdl, ctl.base, b.p, 100, FALSE));
    assert_int_equal(b.p[99], 0x77);
    assert_int_equal(b.p[100], (uint8_t)(100 * 7 + 3));
    T.ops->FlushAdapterBuffers(T.adapter, b.mdl, ctl.base, b.p, 3 * 4096, FALSE);
    assert_int_equal(b.p[3 * 4096 - 1], 0x77);
    T.ops->FreeMapRegisters(T.adapter, ctl.base, 4);
    assert_int_equal(said_since(0, EV_MAPREG_END, &e), 1);
    assert_int_equal(e.a[2], 0);
    length = 64;
    assert_int_equal(T.ops->MapTransfer(T.adapter, b.mdl, NULL, b.p - 1, &length, FALSE).QuadPart,
                     0);
}

static void only_the_flushed_part_is_copied(void **state)
{
    (void)state;
    with_adapter("bounce32", packet);
    with_adapter("nosg", packet);
}

/* 1.5 #23 */
static void map_ex_forms(void)
{
    struct buffer b = buffer_make(0x800, 0x1000), n = buffer_make(0, 0x800);
    uint8_t room[0x10 + 0x18 * 8];
    PSCATTER_GATHER_LIST sg = (PSCATTER_GATHER_LIST)room;
    DMA_TRANSFER_INFO info = { .Version = 1 };
    PVOID base;
    ULONG length = 0x1800;
    struct event e = { 0 };

    open_adapter(3, TRUE, 64, 1 << 16);
    b.mdl->Next = n.mdl;
    assert_int_equal(T.ops->GetDmaTransferInfo(T.adapter, b.mdl, 0, 0x1800, TRUE, &info),
                     STATUS_SUCCESS);
    assert_int_equal(info.V1.MapRegisterCount, 3);
    info.Version = 9;
    assert_int_equal(T.ops->GetDmaTransferInfo(T.adapter, b.mdl, 0, 0x1800, TRUE, &info),
                     STATUS_NOT_SUPPORTED);
    to_dispatch();
    T.ops->InitializeDmaTransferContext(T.adapter, context_a);
    assert_int_equal(T.ops->AllocateAdapterChannelEx(T.adapter, T.pdo, context_a, 3,
                                                     DMA_SYNCHRONOUS_CALLBACK, NULL, NULL, &base),
                     STATUS_SUCCESS);
#define MAP(offset, dev, len, buf, size, fn)                                                       \
    T.ops->MapTransferEx(T.adapter, b.mdl, base, offset, dev, len, TRUE, buf, size, fn, NULL)
    assert_int_equal(MAP(0, 0, &length, NULL, 0, NULL), STATUS_INVALID_PARAMETER);
    assert_int_equal(MAP(0, 0, &length, sg, 0x27, NULL), STATUS_INVALID_PARAMETER);
    assert_int_equal(MAP(0, 4, &length, sg, sizeof(room), NULL), STATUS_INVALID_PARAMETER);
    assert_int_equal(MAP(0x1000, 0, &length, sg, sizeof(room), NULL), STATUS_INVALID_PARAMETER);
    assert_int_equal(length, 0x1800);
    assert_int_equal(MAP(0, 0, &length, sg, 0x28, NULL),
                     STATUS_SUCCESS); /* one element: 0x28 bytes */
    assert_int_equal(sg->NumberOfElements, 1);
    assert_int_equal(sg->Elements[0].Length, length);
    assert_true(length < 0x1800);
    assert_int_equal(T.ops->FlushAdapterBuffersEx(T.adapter, b.mdl, base, 0, length, TRUE),
                     STATUS_SUCCESS);
    ULONG done = length;

    length = 0x1800 - done;
    assert_int_equal(MAP(done, 0, &length, sg, sizeof(room), NULL), STATUS_SUCCESS);
    assert_int_equal(length, 0x1800 - done);
    assert_int_equal(list_bytes(sg), length);
    assert_int_equal(T.ops->CancelMappedTransfer(T.adapter, context_a), STATUS_SUCCESS);
    assert_int_equal(MAP(0, 0, &length, sg, sizeof(room), NULL), STATUS_CANCELLED);
    assert_int_equal(T.ops->FlushAdapterBuffersEx(T.adapter, b.mdl, base, done, length, TRUE),
                     STATUS_SUCCESS);
    T.ops->FreeAdapterObject(T.adapter, DeallocateObjectKeepRegisters);
    T.ops->FreeMapRegisters(T.adapter, base, 3);
    said_since(0, EV_MAPREG_END, &e);
    assert_int_equal(e.a[2], 0);
    assert_int_equal(T.s->dma->adapters->ranges_live, 0);
}

static void map_transfer_ex_as_its_page_says(void **state)
{
    static const char *const names[] = { "direct64", "remap",    "bounce32",   "split",
                                         "merge",    "external", "noncoherent" };

    (void)state;
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        with_adapter(names[i], map_ex_forms);
}

static void later(void)
{
    struct buffer b = buffer_make(0, 64);
    KIRQL irql;

    open_adapter(2, TRUE, 64, 1 << 16);
    irql = to_dispatch();
    memset(&got, 0, sizeof(got));
    assert_int_equal(T.ops->GetScatterGatherList(T.adapter, T.pdo, b.mdl, b.p, 64, list_control,
                                                 NULL, TRUE),
                     STATUS_SUCCESS);
    assert_int_equal(got.calls, 0);
    from_dispatch(irql);
    sched_dpc_drain(T.s);
    assert_int_equal(got.calls, 1);
    assert_int_equal(got.irql, 2);
}

static void routines_come_later_where_the_profile_says_so(void **state)
{
    (void)state;
    with_adapter("deferred", later);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_routine_decides_what_is_kept),
        cmocka_unit_test(more_registers_than_granted_are_refused),
        cmocka_unit_test(requests_wait_and_are_granted_in_order),
        cmocka_unit_test(cancelled_requests_never_run),
        cmocka_unit_test(version_3_takes_two_forms),
        cmocka_unit_test(only_the_flushed_part_is_copied),
        cmocka_unit_test(map_transfer_ex_as_its_page_says),
        cmocka_unit_test(routines_come_later_where_the_profile_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
