/*
 * System DMA: which descriptions the controller takes, how a channel moves in virtual time, and what it
 * holds until the flush. The device is the slavedma model.
 */
#include "tests/unit/nt_dma_system.h"

#include "sim/nt/pnp.h"

/* --- descriptions --- */

static void refusals(void)
{
    static const struct {
        ULONG version, channel, line;
        DMA_WIDTH width;
        bool given;
        const char *why;
    } rows[] = {
        { 0, 0, 0, Width8Bits, true, "the first controller's channels are eight bits wide" },
        { 1, 3, 0, Width8Bits, true, "the last of them" },
        { 2, 5, 0, Width16Bits, true, "the second controller's are sixteen" },
        { 1, 0, 0, Width16Bits, false, "sixteen bits on the first" },
        { 1, 5, 0, Width8Bits, false, "eight on the second" },
        { 1, 4, 0, Width16Bits, false, "the cascade is no channel" },
        { 1, 8, 0, Width16Bits, false, "there are eight" },
        { 1, 1, 0, Width32Bits, false, "no channel is as wide" },
        { 3, 1, 17, Width32Bits, true, "version 3 programs the width" },
        { 3, 4, 20, Width8Bits, true, "and has no cascade" },
        { 3, 0, 16, Width64Bits, false, "wider than the controller" },
        { 3, 0, 16, WidthNoWrap, false, "no width" },
        { 3, 0, 15, Width8Bits, false, "below the lines" },
        { 3, 0, 24, Width8Bits, false, "above the lines" },
        { 4, 0, 16, Width8Bits, false, "no such version" },
    };

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        DEVICE_DESCRIPTION d = description(3);
        struct event call, ret;
        uint32_t from = T.events;
        PDMA_ADAPTER a;

        d.Version = rows[i].version;
        d.DmaChannel = rows[i].channel;
        d.DmaRequestLine = rows[i].line;
        d.DmaWidth = rows[i].width;
        a = IoGetDmaAdapter(T.pdo, &d, &T.registers);
        if ((a != NULL) != rows[i].given)
            fail_msg("version %u: %s", rows[i].version, rows[i].why);
        said_since(from, EV_CALL, &call);
        said_since(from, EV_RETURN, &ret);
        assert_int_equal(call.a[0], rows[i].version);
        assert_int_equal(ret.a[0] != 0, rows[i].given);
        assert_int_equal(said_since(from, EV_UNMODELLED, NULL), 0);
        if (a)
            a->DmaOperations->PutDmaAdapter(a);
    }
}

static void the_controller_takes_what_it_has(void **state)
{
    (void)state;
    on_slave("direct64", refusals);
}

static void descriptors(void)
{
    struct pnp_node *n = pnp_node_of(T.s, T.d);
    PCM_RESOURCE_LIST lists[2];
    PIO_RESOURCE_REQUIREMENTS_LIST r = pnp_requirements(T.s, n);
    const IO_RESOURCE_LIST *wanted = r->List;
    const IO_RESOURCE_DESCRIPTOR *want = wanted->Descriptors + wanted->Count - 1;

    assert_int_equal(want->Type, 4); /* CmResourceTypeDma */
    assert_int_equal(want->u.DmaV3.Channel, CHANNEL);
    assert_int_equal(want->u.DmaV3.RequestLine, LINE);
    assert_int_equal(want->u.DmaV3.TransferWidth, 0); /* Width8Bits */
    assert_int_equal(pnp_resources_assign(T.s, n, &lists[0], &lists[1]), STATUS_SUCCESS);
    for (int i = 0; i < 2; i++) {
        const CM_PARTIAL_RESOURCE_LIST *p = &lists[i]->List->PartialResourceList;
        const CM_PARTIAL_RESOURCE_DESCRIPTOR *d = p->PartialDescriptors + p->Count - 1;

        assert_int_equal(p->Count, 4); /* BAR, its private entry, interrupt, channel */
        assert_int_equal(d->Type, 4);
        assert_int_equal(d->Flags, 0x80);            /* CM_RESOURCE_DMA_V3 | CM_RESOURCE_DMA_8 */
        assert_int_equal(d->u.Dma.Channel, CHANNEL); /* both forms begin alike */
        assert_int_equal(d->u.DmaV3.RequestLine, LINE);
        assert_int_equal(d->u.DmaV3.TransferWidth, 0);
    }
}

static void a_slave_gets_a_channel_and_a_line(void **state)
{
    (void)state;
    on_slave("direct64", descriptors);
}

static void second_slave(void)
{
    struct dm_device *other = bus_plug(T.s, &model), *third;

    assert_int_equal(other->dma_channel, 1);
    assert_int_equal(other->dma_line, 17);
    bus_unplug(T.s, T.d);
    third = bus_plug(T.s, &model);
    assert_int_equal(third->dma_channel, 0); /* free again */
    assert_int_equal(bus_plug(T.s, &model)->dma_channel, 2);
    assert_int_equal(bus_plug(T.s, &model)->dma_channel, 3);
    assert_int_equal(bus_plug(T.s, &model)->dma_line, 0); /* none of that width is left */
}

static void channels_are_given_once(void **state)
{
    (void)state;
    on_slave("direct64", second_slave);
}

/* --- versions 1 and 2 --- */

static PVOID channel_get(ULONG registers)
{
    KIRQL irql = to_dispatch();

    assert_int_equal(T.ops->AllocateAdapterChannel(T.adapter, T.pdo, registers, control, NULL),
                     STATUS_SUCCESS);
    from_dispatch(irql);
    pause_us(10); /* a profile may bring the routine later */
    assert_non_null(ctl.base);
    return ctl.base;
}

/* 6.1 B, a read: the last bytes are the controller's until the flush. */
static void packet_read(void)
{
    struct buffer b = buffer_make(100, 1000);
    ULONG length = 1000, seen, kinds = 0;
    struct event e;
    PVOID base;

    open_slave(1);
    card_fill(0, 1000);
    KeFlushIoBuffers(b.mdl, TRUE, TRUE);
    base = channel_get(2);
    T.ops->MapTransfer(T.adapter, b.mdl, base, b.p, &length, FALSE);
    assert_int_equal(length, 1000); /* all of it: a controller takes one run */
    assert_int_equal(T.ops->ReadDmaCounter(T.adapter), 1000);
    card_start(1000, 0, false);
    for (ULONG last = 1000; (seen = T.ops->ReadDmaCounter(T.adapter)) != 0; pause_us(1)) {
        assert_true(seen <= last);
        kinds += seen != last;
        last = seen;
    }
    assert_true(kinds > 10); /* it moved in steps, over time */
    assert_int_equal(said_since(0, EV_SYSDMA_END, &e), 1);
    assert_int_equal(e.a[1], 0);
    assert_int_equal(e.a[2], CHANNEL);
    assert_int_equal(e.a[3], COMPLETE);
    assert_memory_not_equal(b.p + 984, dm_memory(T.d, 984, 16), 16); /* still held */
    assert_true(T.ops->FlushAdapterBuffers(T.adapter, b.mdl, base, b.p, 1000, FALSE));
    assert_memory_equal(b.p, dm_memory(T.d, 0, 1000), 1000);
    assert_int_equal(T.ops->ReadDmaCounter(T.adapter), 0);
    channel_put();
    buffer_free(&b);
}

static void a_read_moves_in_time_and_ends_with_the_flush(void **state)
{
    (void)state;
    on_every_machine(packet_read);
}

static void packet_write(void)
{
    struct buffer b = buffer_make(4000, 5000);
    ULONG length = 5000;
    struct event e;
    PVOID base;

    open_slave(2);
    KeFlushIoBuffers(b.mdl, FALSE, TRUE);
    base = channel_get(3);
    T.ops->MapTransfer(T.adapter, b.mdl, base, b.p, &length, TRUE);
    card_start(5000, 77, true);
    for (unsigned i = 0; !bus_bar_read(T.d, 0, CAUSE, 4); i++) {
        assert_true(i < 5000);
        pause_us(10);
    }
    assert_int_equal(said_since(0, EV_SYSDMA_END, &e), 1);
    assert_true(T.ops->FlushAdapterBuffers(T.adapter, b.mdl, base, b.p, 5000, TRUE));
    assert_memory_equal(dm_memory(T.d, 77, 5000), b.p, 5000);
    channel_put();
    buffer_free(&b);
}

static void a_write_reaches_the_card(void **state)
{
    (void)state;
    on_every_machine(packet_write);
}

/* The device brought less than the channel was programmed for: that much is copied, and the counter
 * still tells after the flush. */
static void short_read(void)
{
    struct buffer b = buffer_make(0, 1000);
    ULONG length = 1000;
    struct event e;
    PVOID base;

    open_slave(1);
    card_fill(0, 300);
    KeFlushIoBuffers(b.mdl, TRUE, TRUE);
    base = channel_get(1);
    T.ops->MapTransfer(T.adapter, b.mdl, base, b.p, &length, FALSE);
    card_start(300, 0, false);
    while (!bus_bar_read(T.d, 0, CAUSE, 4))
        pause_us(10);
    T.ops->FlushAdapterBuffers(T.adapter, b.mdl, base, b.p, 1000, FALSE);
    assert_int_equal(T.ops->ReadDmaCounter(T.adapter), 700);
    said_since(0, EV_SYSDMA_END, &e);
    assert_int_equal(e.a[1], 700);
    assert_int_equal(e.a[3], STOPPED); /* these versions have no completion: no fault */
    assert_memory_equal(b.p, dm_memory(T.d, 0, 300), 300);
    for (ULONG i = 300; i < 1000; i++)
        assert_int_equal(b.p[i], (uint8_t)(i * 7 + 3)); /* what it held before */
    channel_put();
    buffer_free(&b);
}

static void a_short_read_leaves_the_rest_alone(void **state)
{
    (void)state;
    on_every_machine(short_read);
}

/* 6.1 C: one map over a common buffer, and the channel goes round. */
static void ring(void)
{
    DEVICE_DESCRIPTION d = description(1);
    PHYSICAL_ADDRESS ba;
    ULONG length = 4096, at = 4096, laps = 0;
    uint8_t *p;
    PVOID base;
    PMDL mdl;

    d.AutoInitialize = TRUE;
    open_described(d);
    memset(dm_memory(T.d, 0, 1 << 20), 0x5a, 1 << 20);
    p = T.ops->AllocateCommonBuffer(T.adapter, 4096, &ba, TRUE);
    assert_non_null(p);
    mdl = mdl_create(T.s, p, 4096, NULL);
    MmBuildMdlForNonPagedPool(mdl);
    base = channel_get(1);
    T.ops->MapTransfer(T.adapter, mdl, base, p, &length, FALSE);
    card_start(0, 0, false);
    for (unsigned i = 0; i < 1000 && laps < 3; i++) {
        ULONG counter = T.ops->ReadDmaCounter(T.adapter);

        assert_in_range(counter, 1, 4096);
        laps += counter > at;
        at = counter;
        pause_us(20);
    }
    assert_int_equal(laps, 3);
    assert_int_equal(p[0], 0x5a);
    assert_int_equal(p[4095], 0x5a);
    assert_int_equal(said_since(0, EV_SYSDMA_END, NULL), 0);
    card_write(CONTROL, STOP);
    T.ops->FlushAdapterBuffers(T.adapter, mdl, base, p, 4096, FALSE);
    channel_put();
    T.ops->FreeCommonBuffer(T.adapter, 4096, ba, p, TRUE);
}

static void an_automatic_channel_goes_round(void **state)
{
    (void)state;
    on_slave("direct64", ring);
    on_slave("remap", ring);
}

static void map_again(void)
{
    struct buffer b = buffer_make(0, 64);
    ULONG length = 64;
    struct event e;
    PVOID base;

    open_slave(1);
    base = channel_get(2);
    T.ops->MapTransfer(T.adapter, b.mdl, base, b.p, &length, TRUE);
    length = 32;
    T.ops->MapTransfer(T.adapter, b.mdl, base, b.p, &length, TRUE);
    said_since(0, EV_SYSDMA_END, &e);
    assert_int_equal(e.a[1], 64);
    assert_int_equal(e.a[3], REPLACED);
    assert_int_equal(T.ops->ReadDmaCounter(T.adapter), 32);
    T.ops->FlushAdapterBuffers(T.adapter, b.mdl, base, b.p, 64, TRUE);
    channel_put();
    buffer_free(&b);
}

static void a_second_map_programs_the_channel_anew(void **state)
{
    (void)state;
    on_slave("direct64", map_again);
}

static void obsolete(void)
{
    DEVICE_DESCRIPTION d = description(1);
    struct event e;
    ULONG registers = 7;
    uint32_t from = T.events;

    assert_null(HalGetAdapter(&d, &registers));
    assert_int_equal(registers, 0);
    assert_int_equal(said_since(from, EV_CALL, &e), 1);
    assert_int_equal(e.api, API_HalGetAdapter);
    assert_int_equal(e.a[0], 1);
}

static void hal_get_adapter_is_said(void **state)
{
    (void)state;
    on_slave("direct64", obsolete);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_controller_takes_what_it_has),
        cmocka_unit_test(a_slave_gets_a_channel_and_a_line),
        cmocka_unit_test(channels_are_given_once),
        cmocka_unit_test(a_read_moves_in_time_and_ends_with_the_flush),
        cmocka_unit_test(a_write_reaches_the_card),
        cmocka_unit_test(a_short_read_leaves_the_rest_alone),
        cmocka_unit_test(an_automatic_channel_goes_round),
        cmocka_unit_test(a_second_map_programs_the_channel_anew),
        cmocka_unit_test(hal_get_adapter_is_said),
    };

    return cmocka_run_group_tests_name("nt_dma_system", tests, NULL, NULL);
}
