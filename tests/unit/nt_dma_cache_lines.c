/*
 * The lines of caches that devices do not see: those that a buffer shares with its neighbours, and
 * memory that has none, because the CPU does not keep it in its caches or the HAL copies it.
 */
#include "tests/unit/nt_dma_cache.h"

/* --- the lines at a buffer's edges --- */

/* The buffer is [32, 232) of its page: a line that it shares in front, three whole ones, and one
 * shared behind. */
static void edges(void)
{
    struct buffer b = buffer_make(32, 200);
    uint8_t *page = b.p - 32;
    PSCATTER_GATHER_LIST list;

    choice_from_seed(T.s, now.seed);
    open_adapter(3, TRUE, 64, 1 << 16);
    memset(page, 0x11, 32);
    page[240] = 0x22;
    card_fill(200);
    to_dispatch();
    list = list_ex(&b, false, false);
    assert_true(device_moves(list, card, false));
    T.ops->PutScatterGatherList(T.adapter, list, FALSE);
    assert_memory_equal(b.p, card, 200); /* dirty before the map: cleaned, nothing is lost */
    assert_int_equal(page[31], 0x11);
    assert_int_equal(page[240], 0x22);

    memset(b.p, 0, 200);
    list = list_ex(&b, false, false);
    page[5] = 0x33; /* a neighbour's write while the device has the buffer */
    assert_true(device_moves(list, card, false));
    T.ops->PutScatterGatherList(T.adapter, list, FALSE);
    assert_int_equal(page[5], 0x33);
    now.right = memcmp(b.p, card, 200) == 0;
    if (!now.right) {
        for (unsigned i = 0; i < 32; i++)
            assert_int_equal(b.p[i], 0); /* torn: the line went back over it */
        assert_memory_equal(b.p + 32, card + 32, 200 - 32);
    }
    from_dispatch(PASSIVE_LEVEL);
}

static void a_line_shared_with_a_neighbour_is_torn(void **state)
{
    unsigned right = 0;

    (void)state;
    assert_true(is_right("direct64", edges, false, 0));
    assert_false(is_right("noncoherent", edges, false, 0));
    for (uint64_t seed = 1; seed <= SEEDS; seed++)
        right += is_right("noncoherent", edges, false, seed);
    assert_in_range(right, 1, SEEDS - 1); /* where it was written back before the device came */
}

/* Two transfers that end and begin in one line, both under way. */
static void shared_line(void)
{
    struct buffer b = buffer_make(0, 256);
    struct buffer half[2] = { b, b };

    open_adapter(3, TRUE, 64, 1 << 16);
    card_fill(256);
    to_dispatch();
    for (unsigned i = 0; i < 2; i++) {
        half[i].p = b.p + i * 100;
        half[i].bytes = i ? 156 : 100;
        half[i].mdl = mdl_create(T.s, half[i].p, half[i].bytes, NULL);
        MmBuildMdlForNonPagedPool(half[i].mdl);
    }
    PSCATTER_GATHER_LIST first = list_ex(&half[0], false, false);

    assert_true(device_moves(first, card, false));

    PSCATTER_GATHER_LIST second = list_ex(&half[1], false, false); /* cleans the shared line */

    assert_true(device_moves(second, card + 100, false));
    T.ops->PutScatterGatherList(T.adapter, second, FALSE);
    T.ops->PutScatterGatherList(T.adapter, first, FALSE);
    assert_memory_equal(b.p, card, 256);
    from_dispatch(PASSIVE_LEVEL);
}

static void pieces_of_one_buffer_may_meet_in_a_line(void **state)
{
    (void)state;
    with_adapter("noncoherent", shared_line);
}

/* --- memory with one image --- */

static void common(void)
{
    PHYSICAL_ADDRESS la;
    uint8_t *p, byte = 0x5a;

    open_adapter(1, TRUE, 64, 1 << 16);
    p = T.ops->AllocateCommonBuffer(T.adapter, 4096, &la, TRUE);
    assert_non_null(p);
    p[9] = 0x77;
    assert_true(dm_bus_read(T.d, 0, (uint64_t)la.QuadPart + 9, card, 1));
    assert_int_equal(card[0], 0x77);
    assert_true(dm_bus_write(T.d, 0, (uint64_t)la.QuadPart + 10, &byte, 1));
    assert_int_equal(p[10], 0x5a);
    T.ops->FreeCommonBuffer(T.adapter, 4096, la, p, TRUE);
}

static void uncached(void)
{
    struct buffer b = { .bytes = 4096 };
    PHYSICAL_ADDRESS none = { 0 }, any = { .QuadPart = INT64_MAX };

    open_adapter(1, TRUE, 64, 1 << 16);
    for (int cached = 0; cached < 2; cached++) {
        b.p = MmAllocateContiguousMemorySpecifyCache(4096, none, any, none,
                                                     cached ? MmCached : MmNonCached);
        assert_non_null(b.p);
        memset(b.p, 0x42, 4096);
        b.mdl = mdl_create(T.s, b.p, 4096, NULL);
        MmBuildMdlForNonPagedPool(b.mdl);
        to_dispatch();
        list_get(&b, true);
        assert_true(device_moves(got.list, card, true));
        assert_int_equal(card[4095], cached ? 0 : 0x42);
        T.ops->PutScatterGatherList(T.adapter, got.list, TRUE);
        from_dispatch(PASSIVE_LEVEL);
        mdl_destroy(T.s, b.mdl);
        MmFreeContiguousMemory(b.p);
    }
}

static void uncached_pages(void)
{
    struct buffer b = { .bytes = 4096 };
    PHYSICAL_ADDRESS none = { 0 }, any = { .QuadPart = INT64_MAX };

    open_adapter(1, TRUE, 64, 1 << 16);
    for (int cached = 0; cached < 2; cached++) {
        b.mdl = MmAllocatePagesForMdlEx(none, any, none, 4096, cached ? MmCached : MmNonCached, 0);
        assert_non_null(b.mdl);
        memset(MmGetSystemAddressForMdlSafe(b.mdl, NormalPagePriority), 0x42, 4096);
        b.p = NULL; /* such an MDL begins at virtual address 0 */
        to_dispatch();
        list_get(&b, true);
        assert_true(device_moves(got.list, card, true));
        assert_int_equal(card[4095], cached ? 0 : 0x42);
        T.ops->PutScatterGatherList(T.adapter, got.list, TRUE);
        from_dispatch(PASSIVE_LEVEL);
    }
    b.p = MmAllocateNonCachedMemory(4096);
    memset(b.p, 0x43, 4096);
    b.mdl = mdl_create(T.s, b.p, 4096, NULL);
    MmBuildMdlForNonPagedPool(b.mdl);
    to_dispatch();
    list_get(&b, true);
    assert_true(device_moves(got.list, card, true));
    assert_int_equal(card[0], 0x43);
    from_dispatch(PASSIVE_LEVEL);
}

static void borrowed(void)
{
    struct buffer b = buffer_make(0, 4096);
    PHYSICAL_ADDRESS la;

    open_adapter(3, TRUE, 64, 1 << 16);
    KeFlushIoBuffers(b.mdl, FALSE, TRUE);
    assert_int_equal(T.ops->CreateCommonBufferFromMdl(T.adapter, b.mdl, NULL, 0, &la),
                     STATUS_SUCCESS);
    b.p[3] = 0x66;
    assert_true(dm_bus_read(T.d, 0, (uint64_t)la.QuadPart + 3, card, 1));
    assert_int_equal(card[0], 0x66);
    T.ops->FreeCommonBuffer(T.adapter, 4096, la, b.p, TRUE);
    b.p[3] = 0x67; /* an ordinary buffer again, with its cache */
    to_dispatch();
    list_get(&b, true);
    assert_true(device_moves(got.list, card, true));
    assert_int_not_equal(card[3], 0x67);
    from_dispatch(PASSIVE_LEVEL);
}

static void bounced(void)
{
    struct buffer b = buffer_make(0x20, 5000);

    open_adapter(1, TRUE, 32, 1 << 16); /* all memory is out of its reach */
    card_fill(b.bytes);
    to_dispatch();
    list_get(&b, true); /* the HAL's copy goes through the CPU's caches, so it is right */
    memset(card, 0, b.bytes);
    assert_true(device_moves(got.list, card, true));
    assert_memory_equal(card, b.p, b.bytes);
    T.ops->PutScatterGatherList(T.adapter, got.list, TRUE);
    list_get(&b, false);
    card_fill(b.bytes);
    assert_true(device_moves(got.list, card, false));
    T.ops->PutScatterGatherList(T.adapter, got.list, FALSE);
    assert_memory_equal(card, b.p, b.bytes);
    from_dispatch(PASSIVE_LEVEL);
}

/* One buffer in two transfers: the HAL copies the first part, the device writes the second, into the
 * line where they meet. The flush before both is enough. */
static void mixed(void)
{
    struct buffer b = buffer_make(0, 512), rest = b;

    card_fill(b.bytes);
    rest.p += 100;
    rest.bytes -= 100;
    b.bytes = 100;
    to_dispatch();
    KeFlushIoBuffers(b.mdl, TRUE, TRUE);
    open_adapter(1, TRUE, 32, 1 << 16);
    list_get(&b, false);
    assert_true(device_moves(got.list, card, false));
    T.ops->PutScatterGatherList(T.adapter, got.list, FALSE);
    open_adapter(1, TRUE, 64, 1 << 16);
    list_get(&rest, false);
    assert_true(device_moves(got.list, card + 100, false));
    T.ops->PutScatterGatherList(T.adapter, got.list, FALSE);
    assert_memory_equal(b.p, card, 512);
    from_dispatch(PASSIVE_LEVEL);
}

static void shared_memory_has_one_image(void **state)
{
    (void)state;
    with_adapter("noncoherent", common);
    with_adapter("noncoherent", uncached);
    with_adapter("noncoherent", uncached_pages);
    with_adapter("noncoherent", borrowed);
    high_memory(bounced);
    high_memory(mixed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_shared_with_a_neighbour_is_torn),
        cmocka_unit_test(pieces_of_one_buffer_may_meet_in_a_line),
        cmocka_unit_test(shared_memory_has_one_image),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
