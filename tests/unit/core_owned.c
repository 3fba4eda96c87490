/*
 * Whose a byte is for the CPU (sim/core/owned.h): on every profile the bytes of a mapped buffer are
 * the device's, exactly, from map to put, and what is not mapped is nobody's business.
 */
#include "sim/core/owned.h"
#include "tests/unit/nt_dma.h"

#define BYTES 5000u
#define BEFORE 100u /* of a page that the buffer begins in */

/* How many touches are said when the driver touches these bytes one by one. */
static unsigned touches(const uint8_t *p, unsigned bytes, bool is_store, struct event *last)
{
    uint32_t from = T.events;

    for (unsigned i = 0; i < bytes; i++)
        door_range(p + i, 1, is_store, NULL);
    return said_since(from, is_store ? EV_CPU_WRITE : EV_CPU_READ, last);
}

static void get(struct buffer *b, bool to_device)
{
    KIRQL irql = to_dispatch();

    memset(&got, 0, sizeof(got));
    assert_int_equal(T.ops->GetScatterGatherList(T.adapter, T.pdo, b->mdl, b->p, b->bytes,
                                                 list_control, NULL, to_device),
                     STATUS_SUCCESS);
    from_dispatch(irql);
    assert_int_equal(got.calls, 1);
}

static void put(bool to_device)
{
    KIRQL irql = to_dispatch();

    T.ops->PutScatterGatherList(T.adapter, got.list, to_device);
    from_dispatch(irql);
}

static void bytes_of_a_list(void)
{
    struct event last = { 0 };
    struct buffer b;

    open_adapter(1, TRUE, 32, 1 << 20);
    b = buffer_make(BEFORE, BYTES);
    assert_int_equal(touches(b.p, BYTES, true, NULL), 0);
    get(&b, true);
    assert_int_equal(touches(b.p - BEFORE, BEFORE, true, NULL), 0);
    assert_int_equal(touches(b.p + BYTES, BEFORE, true, NULL), 0);
    assert_int_equal(touches(b.p, BYTES, true, &last), BYTES);
    assert_int_equal(OBJ_TYPE(last.obj), OBJ_SGL);
    assert_int_equal(last.a[3], CPU_TOUCHED_BUFFER);
    put(true);
    assert_int_equal(touches(b.p, BYTES, true, NULL), 0);
    buffer_free(&b);
}

static void the_bytes_of_a_list_are_the_device_s_on_every_machine(void **state)
{
    static const char *const profiles[] = { "direct64",    "bounce32", "remap", "external",
                                            "noncoherent", "split",    "merge", "nosg" };

    (void)state;
    for (unsigned i = 0; i < sizeof profiles / sizeof profiles[0]; i++)
        with_adapter(profiles[i], bytes_of_a_list);
}

static void list_itself(void)
{
    struct event last = { 0 };
    struct buffer b;

    open_adapter(1, TRUE, 64, 1 << 20);
    b = buffer_make(0, BYTES);
    get(&b, true);
    assert_int_equal(touches((uint8_t *)got.list, 16, false, NULL), 0);
    assert_int_equal(touches((uint8_t *)got.list, 16, true, &last), 16);
    assert_int_equal(last.a[3], CPU_TOUCHED_LIST);
    put(true);
    assert_int_equal(touches((uint8_t *)got.list, 16, false, NULL), 16);
    buffer_free(&b);
}

static void a_list_is_read_while_it_lives_and_not_touched_after(void **state)
{
    (void)state;
    with_adapter("direct64", list_itself);
}

static void common_buffer(void)
{
    PHYSICAL_ADDRESS logical;
    struct event last = { 0 };
    uint8_t *p;

    open_adapter(3, TRUE, 64, 1 << 20);
    p = T.ops->AllocateCommonBuffer(T.adapter, BYTES, &logical, TRUE);
    assert_non_null(p);
    assert_int_equal(touches(p, BYTES, true, NULL), 0);
    T.ops->FreeCommonBuffer(T.adapter, BYTES, logical, p, TRUE);
    assert_int_equal(touches(p, BYTES, true, &last), BYTES);
    assert_int_equal(OBJ_TYPE(last.obj), OBJ_COMMON);
    assert_int_equal(last.a[3], CPU_TOUCHED_COMMON);
}

static void a_common_buffer_is_both_sides_until_it_is_freed(void **state)
{
    (void)state;
    with_adapter("direct64", common_buffer);
    with_adapter("remap", common_buffer);
}

/* A list of ours, a buffer that was mapped, a common buffer that was freed: all of it is watched. */
static void leave_marks(void)
{
    struct buffer b;

    list_itself();
    open_adapter(3, TRUE, 64, 1 << 20);
    b = buffer_make(0, BYTES);
    get(&b, true);
    put(true);
    buffer_free(&b);
    common_buffer();
}

static uint64_t watched(void)
{
    uint64_t pages = 0;

    for (uint64_t i = 0; i < g_door.window_bytes >> PAGE_BITS; i++)
        pages += (g_door.page_flags[i] & DOOR_WATCH) != 0;
    return pages;
}

static void some_are_watched(void)
{
    leave_marks();
    assert_true(watched() >= 3);
}

static void thousands_are_watched(void)
{
    leave_marks();
    owned_mark(mem_system(0), 5000 * PAGE_BYTES);
    assert_true(watched() >= 5000);
}

static void none_is_watched(void) { assert_int_equal(watched(), 0); }

/* A mark that outlives its machine has the next one asked about a page, and so draws a choice of it. */
static void a_machine_begins_with_no_page_watched(void **state)
{
    (void)state;
    with_adapter("direct64", some_are_watched);
    with_adapter("direct64", none_is_watched);
    with_adapter("direct64", thousands_are_watched);
    with_adapter("tight", none_is_watched);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_bytes_of_a_list_are_the_device_s_on_every_machine),
        cmocka_unit_test(a_list_is_read_while_it_lives_and_not_touched_after),
        cmocka_unit_test(a_common_buffer_is_both_sides_until_it_is_freed),
        cmocka_unit_test(a_machine_begins_with_no_page_watched),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
