/*
 * The pool: alignment, guards, leaks, fills, and the map from pointers to ids.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sim/core/mem.h"
#include "sim/core/objmap.h"

static struct sim machine;
static struct event last[EV_COUNT];
static unsigned said[EV_COUNT];

static void hear(void *ctx, const struct event *e)
{
    (void)ctx;
    last[e->kind] = *e;
    said[e->kind]++;
}

static int set_up(void **state)
{
    memset(&machine, 0, sizeof machine);
    memset(said, 0, sizeof said);
    machine.profile =
        (struct profile) { .placement = MEMORY_SCATTERED, .above_4g = true, .ram_mib = 256 };
    trace_init(&machine.trace, NULL);
    trace_attach(&machine.trace, hear, NULL);
    *state = &machine;
    return mem_create(&machine);
}

static int tear_down(void **state)
{
    mem_destroy(*state);
    return 0;
}

static void blocks_are_aligned_as_windows_aligns_them(void **state)
{
    struct sim *s = *state;

    for (uint64_t bytes = 0; bytes < 20000; bytes += bytes < 5000 ? 1 : 997) {
        char *p = pool_alloc(s, POOL_NONPAGED, bytes, 0x54736574, false);

        assert_non_null(p);
        assert_int_equal((uintptr_t)p % 16, 0);
        if (bytes >= PAGE_BYTES)
            assert_int_equal((uintptr_t)p % PAGE_BYTES, 0);
        else if (bytes)
            assert_int_equal((uintptr_t)p / PAGE_BYTES, ((uintptr_t)p + bytes - 1) / PAGE_BYTES);
        memset(p, 1, bytes);
        assert_true(pool_free(s, p, 0x54736574));
    }
    for (uint64_t bytes = 1; bytes < 9000; bytes += 61)
        assert_int_equal((uintptr_t)pool_alloc_aligned(s, POOL_PAGED, bytes, 1, true, 64) % 64, 0);
    assert_int_equal(said[EV_BAD_ACCESS], 0);
    assert_null(pool_alloc(s, POOL_NONPAGED, UINT64_MAX, 1, false));
    assert_null(pool_alloc(s, POOL_NONPAGED, 1ull << 40, 1, false));
}

static void blocks_do_not_overlap_and_keep_their_bytes(void **state)
{
    struct sim *s = *state;
    static char *p[2000];
    static uint32_t bytes[2000];

    for (unsigned i = 0; i < 2000; i++) {
        bytes[i] = i * 37 % 6000;
        p[i] = pool_alloc(s, i % 2 ? POOL_PAGED : POOL_NONPAGED, bytes[i], i, false);
        memset(p[i], (int)(i % 251), bytes[i]);
    }
    for (unsigned i = 0; i < 2000; i += 3) {
        assert_true(pool_free(s, p[i], i));
        bytes[i] = i % 700;
        p[i] = pool_alloc(s, POOL_NONPAGED, bytes[i], i, false);
        memset(p[i], (int)(i % 251), bytes[i]);
    }
    for (unsigned i = 0; i < 2000; i++) {
        for (unsigned k = 0; k < bytes[i]; k++)
            assert_int_equal((uint8_t)p[i][k], i % 251);
        assert_true(pool_free(s, p[i], i));
    }
    assert_int_equal(pool_live(s, NULL, NULL), 0);
    assert_int_equal(said[EV_BAD_ACCESS], 0);
}

#if !defined(__SANITIZE_ADDRESS__)
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ASAN 1
#endif
#endif
#else
#define WITH_ASAN 1
#endif

static void damage_behind_a_block_is_said_once(void **state)
{
#ifndef WITH_ASAN /* there the write itself is caught */
    struct sim *s = *state;
    static const uint32_t sizes[] = { 1, 15, 16, 24, 100, 1000, 4000, 4096, 4090, 10000 };

    for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        volatile char *p = pool_alloc(s, POOL_NONPAGED, sizes[i], 1, false);
        uint32_t obj = pool_block_of(s, (void *)p)->obj;

        said[EV_BAD_ACCESS] = 0;
        p[sizes[i] + 3] = 42;
        pool_live(s, NULL, NULL);
        assert_int_equal(said[EV_BAD_ACCESS], 1);
        assert_int_equal(last[EV_BAD_ACCESS].obj, obj);
        assert_int_equal(last[EV_BAD_ACCESS].a[0], 3ull << 32 | BAD_ACCESS_BEYOND_SEEN);
        pool_live(s, NULL, NULL);
        assert_int_equal(said[EV_BAD_ACCESS], 1);
        p[sizes[i]] = 43;
        assert_true(pool_free(s, (void *)p, 1));
        assert_int_equal(said[EV_BAD_ACCESS], 2);
    }
#else
    (void)state;
#endif
}

static void a_free_of_what_is_no_block_is_told(void **state)
{
    struct sim *s = *state;
    char *p = pool_alloc(s, POOL_NONPAGED, 100, 1, false), *ours = pool_alloc_internal(s, 100);
    char *big = pool_alloc(s, POOL_NONPAGED, 10000, 1, false);

    assert_false(pool_free(s, p + 16, 1));
    assert_false(pool_free(s, p + 112, 1));
    assert_false(pool_free(s, &p, 1));
    assert_false(pool_free(s, NULL, 1));
    assert_false(pool_free(s, ours, 1));
    assert_false(pool_free(s, big + PAGE_BYTES, 1));
    assert_true(pool_free(s, p, 2)); /* another tag does no harm */
    assert_int_equal(last[EV_POOL_END].a[2], 2);
    assert_false(pool_free(s, p, 1));
    assert_true(pool_free(s, big, 1));
    assert_false(pool_free(s, big, 1));
    assert_false(pool_is_lent(s, ours));
    pool_lend(s, ours);
    assert_true(pool_is_lent(s, ours + 99));
    assert_false(pool_is_lent(s, ours + 100));
    pool_free_internal(s, ours);
    assert_false(pool_is_lent(s, pool_alloc_internal(s, 100)));
}

static void a_pointer_into_a_block_finds_it(void **state)
{
    struct sim *s = *state;
    char *p = pool_alloc(s, POOL_PAGED, 10000, 0x61626364, true);

    assert_int_equal(pool_block_containing(s, p + 9999)->tag, 0x61626364);
    assert_int_equal(pool_block_containing(s, p + 9999)->kind, POOL_PAGED);
    assert_null(pool_block_containing(s, p + 10000));
    assert_null(pool_block_of(s, p + 1));
    assert_int_equal(mem_frame(s, mem_page_of(s, p))->allocated, FRAME_PAGED);
    assert_int_equal(pool_room(s, p + 100), 9900);
    for (unsigned i = 0; i < 10000; i++)
        assert_int_equal(p[i], 0);
}

struct leaks {
    unsigned count;
    uint32_t tags[8];
};

static void note_leak(void *ctx, const struct pool_block *b)
{
    struct leaks *l = ctx;

    l->tags[l->count++] = b->tag;
}

static void leaks_come_in_the_order_of_allocation(void **state)
{
    struct sim *s = *state;
    struct leaks leaks = { 0 };
    char *p[6];

    for (unsigned i = 0; i < 6; i++)
        p[i] = pool_alloc(s, POOL_NONPAGED, 6000 - i * 999, i, false);
    pool_alloc_internal(s, 40);
    pool_free(s, p[0], 0);
    pool_free(s, p[3], 3);
    pool_free(s, p[5], 5);
    assert_int_equal(pool_live(s, note_leak, &leaks), 3);
    assert_int_equal(leaks.count, 3);
    assert_true(leaks.tags[0] == 1 && leaks.tags[1] == 2 && leaks.tags[2] == 4);
}

static void the_same_calls_give_the_same_addresses_after_a_reset(void **state)
{
    struct sim *s = *state;
    char *p[2][50];

    for (unsigned round = 0; round < 2; round++) {
        for (unsigned i = 0; i < 50; i++)
            p[round][i] = pool_alloc(s, POOL_NONPAGED, i * 123, 0, false);
        for (unsigned i = 0; i < 50; i += 7)
            pool_free(s, p[round][i], 0);
        for (unsigned i = 0; i < 50; i += 7)
            p[round][i] = pool_alloc(s, POOL_NONPAGED, i * 123, 0, false);
        mem_reset(s);
        trace_reset(&s->trace);
        assert_int_equal(pool_live(s, NULL, NULL), 0);
        assert_null(pool_block_of(s, p[round][3]));
    }
    assert_memory_equal(p[0], p[1], sizeof p[0]);
}

static void freed_blocks_are_used_again_oldest_first(void **state)
{
    struct sim *s = *state;
    char *a = pool_alloc(s, POOL_NONPAGED, 100, 0, false),
         *b = pool_alloc(s, POOL_NONPAGED, 100, 0, false);

    pool_free(s, a, 0);
    pool_free(s, b, 0);
    assert_ptr_equal(pool_alloc(s, POOL_NONPAGED, 100, 0, false), a);
    assert_ptr_equal(pool_alloc(s, POOL_NONPAGED, 100, 0, false), b);
}

static void the_map_keeps_what_was_dropped_until_the_address_lives_again(void **state)
{
    static char things[5000];
    struct objmap m;

    (void)state;
    assert_int_equal(objmap_create(&m, 2), 0);
    for (unsigned i = 0; i < 5000; i++)
        objmap_put(&m, &things[i], i + 1, &things[i]);
    for (unsigned i = 0; i < 5000; i += 2)
        objmap_drop(&m, &things[i]);
    for (unsigned i = 0; i < 5000; i++) {
        struct objmap_entry *e = objmap_find(&m, &things[i]);

        assert_true(i % 2 ? e && e->obj == i + 1 && e->data == &things[i] : !e);
        assert_int_equal(objmap_last(&m, &things[i])->obj, i + 1);
    }
    objmap_put(&m, &things[0], 77, NULL);
    assert_int_equal(objmap_find(&m, &things[0])->obj, 77);
    for (unsigned i = 0; i < 70000; i++)
        objmap_reset(&m);
    assert_null(objmap_last(&m, &things[1]));
    objmap_drop(&m, &things[1]);
    objmap_put(&m, NULL, 5, NULL);
    assert_int_equal(objmap_find(&m, NULL)->obj, 5);
    objmap_destroy(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
        T(blocks_are_aligned_as_windows_aligns_them),
        T(blocks_do_not_overlap_and_keep_their_bytes),
        T(damage_behind_a_block_is_said_once),
        T(a_free_of_what_is_no_block_is_told),
        T(a_pointer_into_a_block_finds_it),
        T(leaks_come_in_the_order_of_allocation),
        T(the_same_calls_give_the_same_addresses_after_a_reset),
        T(freed_blocks_are_used_again_oldest_first),
        T(the_map_keeps_what_was_dropped_until_the_address_lives_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
