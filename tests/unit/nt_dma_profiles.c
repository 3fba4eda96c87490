/*
 * What single profiles are for: stale translations, parts of pages behind an external port, and how
 * runs become elements; and who is told when a list is read too late or a device may not act.
 */
#include "tests/unit/nt_dma.h"

#define SEEDS 32u

static uint8_t card[8 * 4096];
static uint64_t seed_now;
static struct {
    unsigned went_through, refused;
} late;

static PSCATTER_GATHER_LIST list_get(struct buffer *b, bool to_device)
{
    KIRQL irql = to_dispatch();

    memset(&got, 0, sizeof(got));
    assert_int_equal(T.ops->GetScatterGatherList(T.adapter, T.pdo, b->mdl, b->p, b->bytes,
                                                 list_control, NULL, to_device),
                     STATUS_SUCCESS);
    from_dispatch(irql);
    if (!got.calls)
        sched_dpc_drain(T.s);
    assert_int_equal(got.calls, 1);
    return got.list;
}

static void put_list(bool to_device)
{
    KIRQL irql = to_dispatch();

    T.ops->PutScatterGatherList(T.adapter, got.list, to_device);
    from_dispatch(irql);
}

/* --- remap-lazy --- */

static void late_write_is(bool through, uint32_t from, const struct buffer *b)
{
    struct event e = { 0 };

    if (through) {
        assert_int_equal(said_since(from, EV_DEV_WRITE, &e), 1);
        assert_int_equal(OBJ_TYPE(e.a[2]), OBJ_SGL); /* the dead list's range */
        assert_int_equal(b->p[0], 0xd5);
        late.went_through++;
        return;
    }
    assert_int_equal(said_since(from, EV_DEV_WRITE, NULL), 0);
    assert_int_equal(said_since(from, EV_DEV_FAULT, &e), 1);
    assert_int_equal((uint32_t)e.a[2], DEV_FAULT_RELEASED);
    assert_int_equal(OBJ_TYPE(e.a[2] >> 32), OBJ_SGL);
    assert_int_equal(b->p[0], 3);
    late.refused++;
}

static void stale(void)
{
    struct buffer b = buffer_make(0x200, 64);
    uint8_t byte = 0xd5;
    uint32_t from;
    uint64_t ba;

    choice_from_seed(T.s, seed_now);
    open_adapter(1, TRUE, 64, 1 << 16);
    ba = (uint64_t)list_get(&b, false)->Elements[0].Address.QuadPart;
    put_list(false);
    from = T.events;
    late_write_is(dm_bus_write(T.d, 0, ba, &byte, 1), from, &b);
    sched_spend(T.s, 10000000); /* ten milliseconds: the batch is flushed */
    b.p[0] = 3;
    from = T.events;
    assert_false(dm_bus_write(T.d, 0, ba, &byte, 1));
    assert_int_equal(said_since(from, EV_DEV_FAULT, NULL), 1);
}

static void a_stale_translation_is_used_by_some_seeds_and_told_by_all(void **state)
{
    (void)state;
    memset(&late, 0, sizeof(late));
    for (seed_now = 0; seed_now < SEEDS; seed_now++) {
        with_adapter("remap-lazy", stale);
        if (!seed_now)
            assert_int_equal(late.refused, 1); /* plain: the translation is gone */
    }
    assert_true(late.went_through > 0);
    assert_true(late.refused > 1);
    memset(&late, 0, sizeof(late));
    for (seed_now = 0; seed_now < SEEDS; seed_now++)
        with_adapter("remap", stale);
    assert_int_equal(late.went_through, 0); /* strict: gone at once, with every seed */
}

/* 256 pages that were given up flush the batch as well. */
static void many(void)
{
    struct buffer b = buffer_make(0, 64), big = buffer_make(0, 255 * 4096);
    uint64_t ba;

    choice_from_seed(T.s, seed_now);
    open_adapter(1, TRUE, 64, 1 << 20);
    ba = (uint64_t)list_get(&b, false)->Elements[0].Address.QuadPart;
    put_list(false);
    list_get(&big, false);
    put_list(false);
    assert_false(dm_bus_write(T.d, 0, ba, card, 1));
}

static void a_full_batch_is_flushed(void **state)
{
    (void)state;
    for (seed_now = 1; seed_now < SEEDS; seed_now++)
        with_adapter("remap-lazy", many);
}

/* --- external --- */

/* [0x100, 0x3100) of its pages: a part, two whole pages, a part. */
static void parts(void)
{
    bool external = T.s->profile.external;
    struct buffer b = buffer_make(0x100, 0x3000);
    uint64_t ba;
    uint8_t byte;

    open_adapter(1, TRUE, 64, 1 << 16);
    b.p[-1] = 0x5e;
    b.p[0x3000] = 0x5f;
    ba = (uint64_t)list_get(&b, true)->Elements[0].Address.QuadPart;
    assert_int_equal(list_bytes(got.list), 0x3000);
    assert_true(device_moves(got.list, card, true));
    assert_memory_equal(card, b.p, 0x3000);
    assert_true(dm_bus_read(T.d, 0, ba - 1, &byte, 1)); /* the neighbour in front */
    assert_int_equal(byte == 0x5e, !external);
    assert_true(dm_bus_read(T.d, 0, ba + 0x3000, &byte, 1));
    assert_int_equal(byte == 0x5f, !external);
    memset(b.p, 0xaa, 0x3000); /* after the map: copies of the parts have been made */
    assert_true(device_moves(got.list, card, true));
    assert_int_equal(card[0], external ? 3 : 0xaa);
    assert_int_equal(card[0xeff], external ? (uint8_t)(0xeff * 7 + 3) : 0xaa);
    assert_int_equal(card[0xf00], 0xaa); /* whole pages are shown as they are */
    assert_int_equal(card[0x2eff], 0xaa);
    assert_int_equal(card[0x2f00], external ? (uint8_t)(0x2f00 * 7 + 3) : 0xaa);
    put_list(true);
}

static void an_external_device_sees_no_neighbours(void **state)
{
    (void)state;
    with_adapter("external", parts);
    with_adapter("remap", parts);
}

/* Whether the routine of a list came before the call had returned. */
static bool at_once(ULONG offset, ULONG bytes)
{
    struct buffer b = buffer_make(offset, bytes);
    KIRQL irql = to_dispatch();
    bool called;

    memset(&got, 0, sizeof(got));
    assert_int_equal(T.ops->GetScatterGatherList(T.adapter, T.pdo, b.mdl, b.p, b.bytes,
                                                 list_control, NULL, true),
                     STATUS_SUCCESS);
    called = got.calls == 1;
    from_dispatch(irql);
    sched_dpc_drain(T.s);
    assert_int_equal(got.calls, 1); /* it always comes */
    assert_int_equal(list_bytes(got.list), bytes);
    put_list(true);
    buffer_free(&b);
    return called;
}

static void when_lists_come(void)
{
    bool external = T.s->profile.external;

    open_adapter(1, TRUE, 64, 1 << 16);
    assert_true(at_once(0, 0x3000));
    assert_int_equal(at_once(0, 0x80), !external);
    assert_int_equal(at_once(0x100, 0x2f00), !external);
    assert_int_equal(at_once(0, 0x3001), !external);
}

static void parts_of_pages_wait_behind_an_external_port(void **state)
{
    (void)state;
    with_adapter("external", when_lists_come);
    with_adapter("remap", when_lists_come);
}

/* --- split, merge --- */

static void elements(void)
{
    bool split = T.s->profile.elements == ELEMENTS_SPLIT,
         merge = T.s->profile.elements == ELEMENTS_MERGE;
    struct buffer b = buffer_make(0x80, 0x5000);
    PSCATTER_GATHER_LIST l;

    choice_from_seed(T.s, seed_now);
    open_adapter(1, TRUE, 64, 1 << 16);
    l = list_get(&b, true);
    assert_int_equal(list_bytes(l), 0x5000);
    assert_in_range(l->NumberOfElements, 1, 6);
    if (split)
        assert_int_equal(l->NumberOfElements, 6); /* 0x80 + 0x5000 touches six pages */
    if (merge)
        assert_int_equal(l->NumberOfElements, 1); /* its frames follow one another */
    for (ULONG i = 0; i < l->NumberOfElements; i++) {
        uint64_t ba = (uint64_t)l->Elements[i].Address.QuadPart, n = l->Elements[i].Length;

        if (split)
            assert_true(PAGE_OFFSET(ba) + n <= 4096);
        if (merge && i)
            assert_true((uint64_t)l->Elements[i - 1].Address.QuadPart + l->Elements[i - 1].Length !=
                        ba);
    }
    assert_true(device_moves(l, card, true));
    assert_memory_equal(card, b.p, 0x5000);
    put_list(true);
}

static void elements_are_a_page_each_or_as_few_as_can_be(void **state)
{
    (void)state;
    for (seed_now = 0; seed_now < 8; seed_now++) {
        with_adapter("split", elements);
        with_adapter("merge", elements);
        with_adapter("direct64", elements);
    }
}

/* --- who is told --- */

static void dead_list(void)
{
    struct buffer b = buffer_make(0, 64);
    struct event sgl = { 0 }, e = { 0 };
    uint32_t from;

    open_adapter(1, TRUE, 64, 1 << 16);
    list_get(&b, true);
    from = T.events;
    __door_load4_noabort((uintptr_t)&got.list->Elements[0].Length);
    assert_int_equal(said_since(from, EV_CPU_READ, NULL), 0); /* it is live */
    put_list(true);
    said_since(0, EV_SGL, &sgl);
    from = T.events;
    __door_load4_noabort((uintptr_t)&got.list->Elements[0].Length);
    assert_int_equal(said_since(from, EV_CPU_READ, &e), 1);
    assert_int_equal(e.obj, sgl.obj);
    assert_int_equal(e.a[1], 4);
    assert_int_equal(e.a[2], sgl.obj);
    __door_store8_noabort((uintptr_t)&got.list->Reserved);
    assert_int_equal(said_since(from, EV_CPU_WRITE, &e), 1);
    assert_int_equal(e.obj, sgl.obj);
    __door_load4_noabort((uintptr_t)b.p); /* nobody watches the buffer */
    assert_int_equal(said_since(from, EV_CPU_READ, NULL), 1);
}

static void a_list_that_is_read_after_put_is_told(void **state)
{
    (void)state;
    with_adapter("direct64", dead_list);
    with_adapter("bounce32", dead_list);
    with_adapter("remap", dead_list);
}

static void no_master(void)
{
    struct buffer b = buffer_make(0, 64);
    struct event e = { 0 };
    uint64_t ba;

    open_adapter(1, TRUE, 64, 1 << 16);
    ba = (uint64_t)list_get(&b, true)->Elements[0].Address.QuadPart;
    T.d->bus_master = false;
    assert_false(dm_bus_read(T.d, 2, ba, card, 16));
    assert_int_equal(card[15], 0xff);
    assert_int_equal(said_since(0, EV_DEV_FAULT, &e), 1);
    assert_int_equal((uint32_t)e.a[2], 6); /* DEV_FAULT_BUS_MASTER */
    assert_int_equal(OBJ_TYPE(e.a[2] >> 32), OBJ_SGL);
    assert_int_equal(EVENT_LENGTH(e.a[1]), 16);
    assert_int_equal(e.a[3] >> 32, 2);
    assert_false(dm_bus_write(T.d, 2, ba, card, 16));
    assert_int_equal(said_since(0, EV_DEV_FAULT, NULL), 2);
    assert_int_equal(b.p[0], 3);
    T.d->bus_master = true;
    assert_true(dm_bus_read(T.d, 2, ba, card, 16));
    bus_unplug(T.s, T.d);
    assert_false(dm_bus_read(T.d, 2, ba, card, 16)); /* gone: nobody is there to be told of */
    assert_int_equal(said_since(0, EV_DEV_FAULT, NULL), 2);
}

static void without_bus_mastering_an_access_is_refused(void **state)
{
    (void)state;
    with_adapter("direct64", no_master);
    with_adapter("remap", no_master);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stale_translation_is_used_by_some_seeds_and_told_by_all),
        cmocka_unit_test(a_full_batch_is_flushed),
        cmocka_unit_test(an_external_device_sees_no_neighbours),
        cmocka_unit_test(parts_of_pages_wait_behind_an_external_port),
        cmocka_unit_test(elements_are_a_page_each_or_as_few_as_can_be),
        cmocka_unit_test(a_list_that_is_read_after_put_is_told),
        cmocka_unit_test(without_bus_mastering_an_access_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
