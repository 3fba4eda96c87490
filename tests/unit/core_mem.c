/*
 * Pages, frames, views and names of pointers: what sim/core/mem.h promises.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sim/core/mem.h"

static struct sim machine;

static struct sim *make(enum profile_memory placement, bool above_4g, uint32_t ram_mib)
{
    memset(&machine, 0, sizeof machine);
    machine.profile.placement = placement;
    machine.profile.above_4g = above_4g;
    machine.profile.ram_mib = ram_mib;
    trace_init(&machine.trace, NULL);
    assert_int_equal(mem_create(&machine), 0);
    return &machine;
}

static void every_page_has_a_frame_and_the_frame_has_the_page(void **state)
{
    static const struct {
        enum profile_memory placement;
        bool above;
        uint32_t mib;
        const char *what;
    } rows[] = {
        { MEMORY_SCATTERED, true, 1024, "largest machine" },
        { MEMORY_SCATTERED, false, 1024, "largest machine without memory above 4 GiB" },
        { MEMORY_SCATTERED, true, 100, "groups that are no power of two" },
        { MEMORY_CONTIGUOUS, true, 64, "identity" },
        { MEMORY_CONTIGUOUS, false, 256, "identity below 4 GiB" },
    };

    (void)state;
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sim *s = make(rows[i].placement, rows[i].above, rows[i].mib);
        uint32_t pages = rows[i].mib * 256, wrong = 0;

        for (uint32_t page = 0; page < pages; page++) {
            uint64_t physical = mem_pfn(s, page) << PAGE_BITS;

            wrong += mem_page(s, physical >> PAGE_BITS) != page;
            wrong +=
                physical >= 0x80000000ull && physical < 0x100000000ull; /* 32-bit bus addresses */
            wrong += physical >= 0x4000000000ull || physical < 0x100000ull;
            wrong += !rows[i].above && physical >= 0x100000000ull;
        }
        assert_int_equal(wrong, 0);
        assert_int_equal(mem_page(s, 0), MEM_NONE);
        assert_int_equal(mem_page(s, 0xfee00), MEM_NONE);
        assert_null(mem_at(s, (struct pa) { 0xfee00000 }));
        mem_destroy(s);
    }
}

static void scattered_memory_has_runs_of_one_to_sixteen_frames(void **state)
{
    struct sim *s = make(MEMORY_SCATTERED, true, 256);
    uint32_t runs[17] = { 0 }, length = 1;

    (void)state;
    for (uint32_t page = 17; page < 17 + 16384; page++) {
        if (mem_pfn(s, page) == mem_pfn(s, page - 1) + 1 && length < 16)
            length++;
        else {
            runs[length]++;
            length = 1;
        }
    }
    assert_true(runs[1] > 4000); /* half of the groups give single frames */
    assert_true(runs[2] > 100 && runs[4] > 50 && runs[8] > 20 && runs[16] > 10);
    mem_destroy(s);
}

static void zones_give_contiguous_frames_where_they_say(void **state)
{
    struct sim *s = make(MEMORY_SCATTERED, true, 128);
    static const struct {
        enum mem_zone zone;
        uint64_t low, high;
    } rows[] = {
        { MEM_BELOW_16M, 0, 1ull << 24 },
        { MEM_BELOW_4G, 0, 1ull << 32 },
        { MEM_HIGH_CONTIGUOUS, 1ull << 32, UINT64_MAX },
    };

    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        uint32_t first = mem_pages_alloc(s, rows[i].zone, 100);

        assert_int_not_equal(first, MEM_NONE);
        for (uint32_t k = 0; k < 100; k++) {
            assert_int_equal(mem_pfn(s, first + k), mem_pfn(s, first) + k);
            assert_true(mem_pfn(s, first + k) << PAGE_BITS >= rows[i].low);
            assert_true((mem_pfn(s, first + k) + 1) << PAGE_BITS <= rows[i].high);
        }
    }
    mem_destroy(s);
}

static void pages_come_back_in_one_piece(void **state)
{
    struct sim *s = make(MEMORY_SCATTERED, true, 64);
    uint32_t at[64], whole = mem_pages_alloc(s, MEM_ANY, 64 * 7);

    (void)state;
    mem_pages_free(s, whole, 64 * 7);
    for (unsigned i = 0; i < 64; i++)
        at[i] = mem_pages_alloc(s, MEM_ANY, 7);
    for (unsigned i = 0; i < 64; i += 2)
        mem_pages_free(s, at[i], 7);
    assert_int_equal(mem_pages_alloc(s, MEM_ANY, 7), at[62]); /* the hole that was made last */
    mem_pages_free(s, at[62], 7);
    for (unsigned i = 1; i < 64; i += 2)
        mem_pages_free(s, at[i], 7);
    assert_int_equal(mem_pages_alloc(s, MEM_ANY, 64 * 7), whole);
    assert_int_equal(mem_pages_alloc(s, MEM_ANY, 1u << 30), MEM_NONE);
    assert_int_equal(mem_pages_alloc(s, MEM_ANY, 0), MEM_NONE);
    mem_destroy(s);
}

static void a_page_freed_while_locked_is_given_to_nobody(void **state)
{
    struct sim *s = make(MEMORY_SCATTERED, true, 64);
    uint32_t page = mem_pages_alloc(s, MEM_ANY, 1);

    (void)state;
    mem_frame(s, page)->locks = 1;
    mem_pages_free(s, page, 1);
    assert_int_equal(mem_frame(s, page)->allocated, FRAME_HELD);
    assert_int_not_equal(mem_pages_alloc(s, MEM_ANY, 1), page);
    mem_destroy(s);
}

static void both_views_and_the_device_see_the_same_bytes(void **state)
{
    struct sim *s = make(MEMORY_SCATTERED, true, 64);
    char *user = mem_user_alloc(s, 7, 3 * PAGE_BYTES, 100);
    uint32_t page = mem_page_of(s, user);

    (void)state;
    strcpy(user, "from the user");
    assert_string_equal((char *)mem_system(page) + 100, "from the user");
    assert_string_equal(mem_at(s, (struct pa) { mem_pfn(s, page) << PAGE_BITS | 100 }),
                        "from the user");
    assert_true(mem_is_user(user) && !mem_is_system(user));
    assert_true(mem_is_system(mem_system(page)) && !mem_is_user(mem_system(page)));
    mem_destroy(s);
}

static void user_memory_is_valid_for_its_process_and_its_pages(void **state)
{
    struct sim *s = make(MEMORY_SCATTERED, true, 64);
    char *p = mem_user_alloc(s, 7, 2 * PAGE_BYTES, 100);

    (void)state;
    assert_true(mem_user_valid(s, 7, p, 2 * PAGE_BYTES));
    assert_true(mem_user_valid(s, 7, p - 100, 3 * PAGE_BYTES));
    assert_false(mem_user_valid(s, 7, p - 100, 3 * PAGE_BYTES + 1));
    assert_false(mem_user_valid(s, 8, p, 1));
    assert_false(mem_user_valid(s, 7, p, UINT64_MAX));
    assert_false(mem_user_valid(s, 7, &p, 1));
    mem_user_free(s, p);
    assert_false(mem_user_valid(s, 7, p, 1));
    mem_destroy(s);
}

static void a_view_puts_scattered_frames_in_order(void **state)
{
    struct sim *s = make(MEMORY_SCATTERED, true, 64);
    uint32_t pages[4] = { mem_pages_alloc(s, MEM_ANY, 1), mem_pages_alloc(s, MEM_BELOW_4G, 1),
                          mem_pages_alloc(s, MEM_HIGH_CONTIGUOUS, 1), 0 };
    uint64_t pfns[4];
    char *view;

    (void)state;
    pages[3] = pages[0];
    for (unsigned i = 0; i < 4; i++) {
        pfns[i] = mem_pfn(s, pages[i]);
        *(char *)mem_system(pages[i]) = (char)('a' + i);
    }
    view = mem_view_map(s, pfns, 4);
    assert_non_null(view);
    assert_true(mem_is_system(view));
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(view[i * PAGE_BYTES], i ? 'a' + i : 'd');
        assert_int_equal(mem_page_of(s, view + i * PAGE_BYTES), pages[i]);
    }
    view[PAGE_BYTES] = 'x';
    assert_int_equal(*(char *)mem_system(pages[1]), 'x');
    mem_view_unmap(s, view, 4);
    assert_int_equal(mem_page_of(s, view), MEM_NONE);
    assert_ptr_equal(mem_view_map(s, pfns, 2), view);
    assert_null(mem_view_map(s, (uint64_t[]) { 1 }, 1)); /* no memory there */
    view = mem_user_view_map(s, 9, pfns, 3);
    assert_true(mem_is_user(view) && mem_user_valid(s, 9, view, 3 * PAGE_BYTES));
    assert_false(mem_user_valid(s, 9, view, 3 * PAGE_BYTES + 1));
    assert_false(mem_user_valid(s, 8, view, 1));
    mem_destroy(s);
}

static void a_name_tells_the_region_and_no_host_address(void **state)
{
    struct sim *s = make(MEMORY_SCATTERED, true, 64);
    int first, second;
    void *bar = mem_mmio_alloc(s, 10000);

    (void)state;
    assert_int_equal(va_of(s, NULL).v, 0);
    assert_int_equal(va_of(s, (char *)mem_user(5) + 3).v, (uint64_t)REGION_USER << 56 | 0x5003);
    assert_int_equal(va_of(s, mem_system(5)).v, (uint64_t)REGION_SYSTEM << 56 | 0x5000);
    assert_int_equal(va_of(s, mem_window.views + 9).v, (uint64_t)REGION_VIEW << 56 | 9);
    assert_int_equal(va_of(s, (char *)bar + 4).v, (uint64_t)REGION_MMIO << 56 | 4);
    assert_int_equal(va_of(s, &second).v, (uint64_t)REGION_HOST << 56 | 1);
    assert_int_equal(va_of(s, &first).v, (uint64_t)REGION_HOST << 56 | 2);
    assert_int_equal(va_of(s, &second).v, (uint64_t)REGION_HOST << 56 | 1);
    mem_mmio_free(s, bar, 10000);
    assert_ptr_equal(mem_mmio_alloc(s, 1), bar);
    mem_destroy(s);
}

static void memory_outside_ram_gets_frames_that_lead_back_to_it(void **state)
{
    static char buffer[2 * PAGE_BYTES] __attribute__((aligned(PAGE_BYTES)));
    struct sim *s = make(MEMORY_SCATTERED, true, 64);
    uint64_t pfn = mem_host_pfn(s, buffer + 10);

    (void)state;
    assert_int_not_equal(pfn, 0);
    assert_int_equal(mem_host_pfn(s, buffer + 20), pfn);
    assert_int_not_equal(mem_host_pfn(s, buffer + PAGE_BYTES), pfn);
    assert_ptr_equal(mem_at(s, (struct pa) { pfn << PAGE_BITS | 10 }), buffer + 10);
    assert_int_equal(mem_page(s, pfn), MEM_NONE);
    assert_int_equal(mem_host_pfn(s, (void *)0xdead000), 0); /* nothing is there */
    mem_destroy(s);
}

static void a_reset_leaves_no_trace(void **state)
{
    struct sim *s = make(MEMORY_SCATTERED, true, 64);
    uint64_t name[2];
    uint32_t first[2], kept[2];
    char *p[2];

    (void)state;
    for (unsigned round = 0; round < 2; round++) {
        uint32_t page = mem_pages_alloc(s, MEM_ANY, 9);

        first[round] = page;
        for (unsigned i = 0; i < 9 * PAGE_BYTES; i++)
            assert_int_equal(((char *)mem_system(page))[i], 0);
        memset(mem_system(page), 0x5a, 9 * PAGE_BYTES);
        mem_frame(s, page)->locks = 3;
        kept[round] = mem_pages_reserve(s, MEM_BELOW_4G, 4);
        mem_pages_clean(s, kept[round] + 1, 1);
        assert_int_equal(((char *)mem_system(kept[round] + 1))[7], 0);
        memset(mem_system(kept[round]), 0x77, 4 * PAGE_BYTES);
        p[round] = mem_user_alloc(s, 3, 100, 0);
        assert_int_equal(p[round][50], 0);
        memset(p[round], 1, 100);
        name[round] = va_of(s, p).v;
        assert_non_null(mem_view_map(s, (uint64_t[]) { mem_pfn(s, page) }, 1));
        mem_reset(s);
        assert_int_equal(mem_frame(s, page)->allocated, FRAME_FREE);
        assert_int_equal(mem_frame(s, page)->locks, 0);
    }
    assert_int_equal(first[0], first[1]);
    assert_int_equal(kept[0], kept[1]);
    assert_ptr_equal(p[0], p[1]);
    assert_int_equal(name[0], name[1]);
    mem_destroy(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_page_has_a_frame_and_the_frame_has_the_page),
        cmocka_unit_test(scattered_memory_has_runs_of_one_to_sixteen_frames),
        cmocka_unit_test(zones_give_contiguous_frames_where_they_say),
        cmocka_unit_test(pages_come_back_in_one_piece),
        cmocka_unit_test(a_page_freed_while_locked_is_given_to_nobody),
        cmocka_unit_test(both_views_and_the_device_see_the_same_bytes),
        cmocka_unit_test(user_memory_is_valid_for_its_process_and_its_pages),
        cmocka_unit_test(a_view_puts_scattered_frames_in_order),
        cmocka_unit_test(a_name_tells_the_region_and_no_host_address),
        cmocka_unit_test(memory_outside_ram_gets_frames_that_lead_back_to_it),
        cmocka_unit_test(a_reset_leaves_no_trace),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
