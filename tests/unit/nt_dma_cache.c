/*
 * Caches that devices do not see: what a driver of each version must do for its bytes to arrive on
 * the machine `noncoherent`, what it gets when it does not, and that none of it is so elsewhere.
 */
#include "tests/unit/nt_dma_cache.h"

/* --- the driver under test: version 1, with its flush or without --- */

static void write_of_version_1(void)
{
    struct buffer b = buffer_make(0x40, 3 * 4096);

    choice_from_seed(T.s, now.seed);
    open_adapter(1, TRUE, 64, 1 << 16);
    to_dispatch();
    if (now.flush)
        KeFlushIoBuffers(b.mdl, FALSE, TRUE);
    list_get(&b, true);
    memset(card, 0xee, sizeof(card));
    assert_true(device_moves(got.list, card, true));
    now.right = memcmp(card, b.p, b.bytes) == 0;
    T.ops->PutScatterGatherList(T.adapter, got.list, TRUE);
    from_dispatch(PASSIVE_LEVEL);
}

static void a_write_without_keflushiobuffers_is_stale_here_and_nowhere_else(void **state)
{
    static const char *const others[] = {
        "direct64", "bounce32",     "nosg",  "remap", "external",
        "tight",    "one-register", "split", "merge", "deferred"
    };

    (void)state;
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
        if (strcmp(others[i], "one-register") != 0) /* too few registers for three pages */
            assert_true(is_right(others[i], write_of_version_1, false, 0));
    assert_false(is_right("noncoherent", write_of_version_1, false, 0));
    assert_int_equal(card[0], 0); /* what the page held before */
    assert_int_equal(card[3 * 4096 - 1], 0);
    assert_true(is_right("noncoherent", write_of_version_1, true, 0));
}

static void lines_are_written_back_by_chance_and_by_the_flush_for_certain(void **state)
{
    unsigned right = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        right += is_right("noncoherent", write_of_version_1, false, seed);
        assert_true(is_right("noncoherent", write_of_version_1, true, seed));
    }
    assert_in_range(right, 1, SEEDS - 1);
}

static void read_of_version_1(void)
{
    struct buffer b = buffer_make(0x40, 3 * 4096);

    choice_from_seed(T.s, now.seed);
    open_adapter(1, TRUE, 64, 1 << 16);
    card_fill(b.bytes);
    to_dispatch();
    if (now.flush)
        KeFlushIoBuffers(b.mdl, TRUE, TRUE);
    list_get(&b, false);
    assert_true(device_moves(got.list, card, false));
    T.ops->PutScatterGatherList(T.adapter, got.list, FALSE);
    now.right = memcmp(card, b.p, b.bytes) == 0;
    from_dispatch(PASSIVE_LEVEL);
}

/* The line that the CPU wrote before is still dirty, and may be written over what came. */
static void a_dirty_line_may_destroy_what_was_read(void **state)
{
    unsigned right = 0;

    (void)state;
    assert_true(is_right("noncoherent", read_of_version_1, false, 0));
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        right += is_right("noncoherent", read_of_version_1, false, seed);
        assert_true(is_right("noncoherent", read_of_version_1, true, seed));
        assert_true(is_right("direct64", read_of_version_1, false, seed));
    }
    assert_in_range(right, 1, SEEDS - 1);
}

/* --- version 3 cleans by itself --- */

static void lists_of_version_3(void)
{
    choice_from_seed(T.s, now.seed);
    open_adapter(3, TRUE, 64, 1 << 16);
    to_dispatch();
    for (int build = 0; build < 2; build++)
        for (int to_device = 0; to_device < 2; to_device++) {
            struct buffer b = buffer_make(0x123, 9000);
            PSCATTER_GATHER_LIST list = list_ex(&b, build, to_device);

            card_fill(b.bytes);
            assert_true(device_moves(list, card, to_device));
            T.ops->PutScatterGatherList(T.adapter, list, (BOOLEAN)to_device);
            assert_memory_equal(card, b.p, b.bytes);
            buffer_free(&b);
        }
    from_dispatch(PASSIVE_LEVEL);
}

static void map_transfer_ex(void)
{
    struct buffer b = buffer_make(0x10, 6000);
    PSCATTER_GATHER_LIST list = (PSCATTER_GATHER_LIST)place;
    ULONG length, done;
    PVOID base;

    choice_from_seed(T.s, now.seed);
    open_adapter(3, TRUE, 64, 1 << 16);
    card_fill(b.bytes);
    to_dispatch();
    assert_int_equal(T.ops->InitializeDmaTransferContext(T.adapter, context), STATUS_SUCCESS);
    assert_int_equal(T.ops->AllocateAdapterChannelEx(T.adapter, T.pdo, context, 2,
                                                     DMA_SYNCHRONOUS_CALLBACK, NULL, NULL, &base),
                     STATUS_SUCCESS);
    for (int to_device = 0; to_device < 2; to_device++)
        for (done = 0; done < b.bytes; done += length) {
            length = b.bytes - done;
            assert_int_equal(T.ops->MapTransferEx(T.adapter, b.mdl, base, done, 0, &length,
                                                  (BOOLEAN)to_device, list, sizeof(place), NULL,
                                                  NULL),
                             STATUS_SUCCESS);
            assert_true(device_moves(list, card + done, to_device));
            if (!to_device && !T.s->profile.coherent) /* not before the flush */
                assert_int_equal(b.p[done], (uint8_t)(done * 7 + 3));
            T.ops->FlushAdapterBuffersEx(T.adapter, b.mdl, base, done, length, (BOOLEAN)to_device);
            assert_memory_equal(card + done, b.p + done, length);
        }
    T.ops->FreeAdapterChannel(T.adapter);
    from_dispatch(PASSIVE_LEVEL);
}

static void version_3_cleans_as_it_maps(void **state)
{
    (void)state;
    for (now.seed = 0; now.seed < SEEDS; now.seed++) {
        with_adapter("noncoherent", lists_of_version_3);
        with_adapter("noncoherent", map_transfer_ex);
    }
    with_adapter("direct64", map_transfer_ex);
}

/* --- what the CPU sees, and when --- */

static void read_without_flush(void)
{
    struct buffer b = buffer_make(0, 4096);
    bool coherent = T.s->profile.coherent;
    ULONG length = b.bytes;
    uint64_t ba;

    open_adapter(3, TRUE, 64, 1 << 16);
    card_fill(b.bytes);
    to_dispatch();
    ctl.action = DeallocateObjectKeepRegisters;
    T.ops->AllocateAdapterChannel(T.adapter, T.pdo, 1, control, NULL);
    KeFlushIoBuffers(b.mdl, TRUE, TRUE);
    ba = (uint64_t)T.ops->MapTransfer(T.adapter, b.mdl, ctl.base, b.p, &length, FALSE).QuadPart;
    assert_true(dm_bus_write(T.d, 0, ba, card, 4096));
    if (now.flush) /* the first half of it */
        T.ops->FlushAdapterBuffers(T.adapter, b.mdl, ctl.base, b.p, 2048, FALSE);
    T.ops->FreeMapRegisters(T.adapter, ctl.base, 1);
    assert_int_equal(b.p[0], coherent || now.flush ? card[0] : 3);
    assert_int_equal(b.p[2047], coherent || now.flush ? card[2047] : (uint8_t)(2047 * 7 + 3));
    assert_int_equal(b.p[2048], coherent ? card[2048] : (uint8_t)(2048 * 7 + 3));
    KeFlushIoBuffers(b.mdl, TRUE, FALSE); /* programmed I/O: no device's data is looked for */
    assert_int_equal(b.p[2048], coherent ? card[2048] : (uint8_t)(2048 * 7 + 3));
    if (now.flush)
        KeFlushIoBuffers(b.mdl, TRUE, TRUE);
    else
        assert_int_equal(T.ops->FlushDmaBuffer(T.adapter, b.mdl, TRUE), STATUS_SUCCESS);
    assert_memory_equal(b.p, card, 4096);
    from_dispatch(PASSIVE_LEVEL);
}

static void without_a_flush_the_cpu_sees_what_was_there(void **state)
{
    (void)state;
    for (int flush = 0; flush < 2; flush++) {
        now.flush = flush;
        with_adapter("noncoherent", read_without_flush);
        with_adapter("direct64", read_without_flush);
    }
}

static void written_after_the_map(void)
{
    struct buffer b = buffer_make(0, 128);
    uint8_t old = b.p[70];

    open_adapter(3, TRUE, 64, 1 << 16);
    to_dispatch();
    PSCATTER_GATHER_LIST list = list_ex(&b, false, true);

    b.p[70] = 0x99;
    assert_true(device_moves(list, card, true));
    assert_int_equal(card[70], T.s->profile.coherent ? 0x99 : old);
    T.ops->PutScatterGatherList(T.adapter, list, TRUE);
    assert_int_equal(b.p[70], 0x99); /* it is in its line all the same */
    list = list_ex(&b, false, true);
    assert_true(device_moves(list, card, true));
    assert_int_equal(card[70], 0x99);
    T.ops->PutScatterGatherList(T.adapter, list, TRUE);
    from_dispatch(PASSIVE_LEVEL);
}

static void what_is_written_after_the_map_comes_too_late(void **state)
{
    (void)state;
    with_adapter("noncoherent", written_after_the_map);
    with_adapter("direct64", written_after_the_map);
}

/* --- other machines --- */

static void behind_an_iommu(void (*body)(void))
{
    struct profile p;
    char message[200];

    assert_int_equal(profile_find(&p, "remap", message, sizeof(message)), 0);
    p.coherent = false;
    on_machine_of(&p, body);
}

static void translation_changes_nothing_of_it(void **state)
{
    (void)state;
    behind_an_iommu(lists_of_version_3);
    behind_an_iommu(map_transfer_ex);
    now.seed = 0;
    now.flush = false;
    behind_an_iommu(write_of_version_1);
    assert_false(now.right);
    now.flush = true;
    behind_an_iommu(write_of_version_1);
    assert_true(now.right);
}

static void high_memory_is_seen_through_the_window(void **state)
{
    (void)state;
    now.seed = 0;
    high_memory(lists_of_version_3); /* at 512 GiB */
}

/* --- time, and the next machine --- */

static uint64_t took;

static void timed(void)
{
    struct buffer b = buffer_make(0, 8 * 4096);
    uint64_t from = sched_now_ns(T.s);

    KeFlushIoBuffers(b.mdl, FALSE, TRUE);
    took = sched_now_ns(T.s) - from;
}

static uint64_t flush_ns(const char *profile)
{
    with_adapter(profile, timed);
    return took;
}

static void keflushiobuffers_costs_by_the_page(void **state)
{
    (void)state;
    assert_int_equal(flush_ns("noncoherent") - flush_ns("direct64"), 8 * 20); /* page_ns */
}

/* What RAM held on the last machine is not seen on this one. */
static void nothing_is_left_for_the_next_machine(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_true(is_right("noncoherent", write_of_version_1, true, 0));
        assert_false(is_right("noncoherent", write_of_version_1, false, 0));
        assert_int_equal(card[100], 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_write_without_keflushiobuffers_is_stale_here_and_nowhere_else),
        cmocka_unit_test(lines_are_written_back_by_chance_and_by_the_flush_for_certain),
        cmocka_unit_test(a_dirty_line_may_destroy_what_was_read),
        cmocka_unit_test(version_3_cleans_as_it_maps),
        cmocka_unit_test(without_a_flush_the_cpu_sees_what_was_there),
        cmocka_unit_test(what_is_written_after_the_map_comes_too_late),
        cmocka_unit_test(translation_changes_nothing_of_it),
        cmocka_unit_test(high_memory_is_seen_through_the_window),
        cmocka_unit_test(keflushiobuffers_costs_by_the_page),
        cmocka_unit_test(nothing_is_left_for_the_next_machine),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
