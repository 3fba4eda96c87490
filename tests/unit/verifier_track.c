/*
 * The trackers' tables: what lives is found, what died is remembered until its place is needed, and
 * nothing grows that need not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "verifier/track/objtab.h"
#include "verifier/track/range.h"
#include "verifier/track/track.h"

struct row {
    struct objtab_head head;
    uint64_t value;
};
#define ID(n) OBJ_ID(OBJ_SGL, n)

static struct row *put(struct objtab *t, uint32_t id)
{
    struct row *row = objtab_put(t, id);

    *row = (struct row) { .head = { id, 1 }, .value = OBJ_NUMBER(id) };
    return row;
}

static void keeps_a_hundred_thousand_live(void **state)
{
    struct objtab t;

    (void)state;
    objtab_create(&t, sizeof(struct row), 4);
    for (uint32_t n = 1; n <= 100000; n++)
        put(&t, ID(n));
    for (uint32_t n = 1; n <= 100000; n++)
        assert_int_equal(((struct row *)objtab_find(&t, ID(n)))->value, n);
    assert_int_equal(t.live, 100000);
    assert_null(objtab_find(&t, OBJ_ID(OBJ_MDL, 5)));
    assert_null(objtab_find(&t, 0));
    objtab_destroy(&t);
}

static void churn_beside_a_long_lived_one_does_not_grow(void **state)
{
    struct objtab t;
    uint32_t mask;

    (void)state;
    objtab_create(&t, sizeof(struct row), 6);
    put(&t, ID(1));
    mask = t.mask;
    for (uint32_t n = 2; n < 100000; n++)
        objtab_kill(&t, put(&t, ID(n)));
    assert_int_equal(t.mask, mask);
    assert_non_null(objtab_find_live(&t, ID(1)));
    assert_non_null(objtab_find(&t, ID(99999))); /* dead, and remembered */
    assert_null(objtab_find_live(&t, ID(99999)));
    objtab_reset(&t);
    assert_null(objtab_find(&t, ID(1)));
    objtab_destroy(&t);
}

/* Five types of objects with one number: no machine numbers them so, but a trace may. */
static void ids_of_one_number_do_not_grow_it_for_ever(void **state)
{
    struct objtab t;
    struct row *row;

    (void)state;
    objtab_create(&t, sizeof(struct row), 4);
    for (uint32_t type = 1; type <= OBJTAB_WINDOW; type++)
        put(&t, OBJ_ID(type, 7));
    for (int i = 0; i < 100000; i++)
        assert_null(objtab_put(&t, OBJ_ID(OBJTAB_WINDOW + 1, 7)));
    for (uint32_t type = 1; type <= OBJTAB_WINDOW; type++)
        assert_non_null(objtab_find_live(&t, OBJ_ID(type, 7)));
    assert_int_equal(t.live, OBJTAB_WINDOW);
    objtab_kill(&t, objtab_find(&t, OBJ_ID(1, 7)));
    row = put(&t, OBJ_ID(OBJTAB_WINDOW + 1, 7));
    assert_ptr_equal(objtab_find(&t, OBJ_ID(OBJTAB_WINDOW + 1, 7)), row);
    for (uint32_t n = 8; n <= 5000; n++)
        put(&t, ID(n));
    assert_int_equal(t.live, OBJTAB_WINDOW + 4993);
    objtab_destroy(&t);
}

static void note(void *ctx, void *row)
{
    uint32_t **next = ctx;

    *(*next)++ = ((struct row *)row)->head.id;
}

static void visits_the_living_in_order(void **state)
{
    uint32_t ids[8], *next = ids;
    struct objtab t;

    (void)state;
    objtab_create(&t, sizeof(struct row), 3);
    put(&t, ID(9));
    put(&t, ID(3));
    objtab_kill(&t, put(&t, ID(5)));
    put(&t, ID(1));
    objtab_each_live(&t, note, &next);
    assert_int_equal(next - ids, 3);
    assert_int_equal(ids[0], ID(1));
    assert_int_equal(ids[1], ID(3));
    assert_int_equal(ids[2], ID(9));
    objtab_destroy(&t);
}

static void a_page_of_a_long_range_has_its_owner(void **state)
{
    struct range_index x;
    bool live;

    (void)state;
    track_range_create(&x, 6);
    track_range_enter(&x, 0x100003000ull + 123, 8u << 20, ID(1));
    for (uint64_t at = 123; at < 8u << 20; at += 4096)
        assert_int_equal(track_range_owner(&x, 0x100003000ull + at, &live), ID(1));
    assert_true(live);
    assert_int_equal(track_range_owner(&x, 0x100003000ull + 122, &live), 0);
    assert_int_equal(track_range_owner(&x, 0x100003000ull + 123 + (8u << 20), &live), 0);
    track_range_leave(&x, 0x100003000ull + 123, 8u << 20, ID(1));
    assert_int_equal(track_range_owner(&x, 0x100003000ull + 5000, &live), ID(1));
    assert_false(live);
    assert_int_equal(x.live, 0);
    track_range_destroy(&x);
}

static void a_living_owner_comes_before_a_dead_one(void **state)
{
    struct range_index x;
    bool live;

    (void)state;
    track_range_create(&x, 6);
    track_range_enter(&x, 0x5000, 4096, ID(1));
    track_range_leave(&x, 0x5000, 4096, ID(1));
    track_range_enter(&x, 0x5000, 100, ID(2));
    track_range_leave(&x, 0x5000, 100, ID(2));
    assert_int_equal(track_range_owner(&x, 0x5010, &live), ID(2)); /* who left last */
    track_range_enter(&x, 0x5000, 64, ID(3));
    assert_int_equal(track_range_owner(&x, 0x5010, &live), ID(3));
    assert_true(live);
    assert_int_equal(track_range_owner(&x, 0x5050, &live), ID(2)); /* behind the living one's end */
    assert_false(live);
    track_range_reset(&x);
    assert_int_equal(track_range_owner(&x, 0x5010, &live), 0);
    track_range_destroy(&x);
}

static void giving_up_a_part_keeps_the_rest(void **state)
{
    struct range_index x;
    bool live;

    (void)state;
    track_range_create(&x, 6);
    track_range_enter(&x, 0x10000, 0x8000, ID(1));
    track_range_leave(&x, 0x12000, 0x2000, ID(1));
    assert_int_equal(track_range_owner(&x, 0x11fff, &live), ID(1));
    assert_true(live);
    track_range_owner(&x, 0x12000, &live);
    assert_false(live);
    track_range_owner(&x, 0x13fff, &live);
    assert_false(live);
    assert_int_equal(track_range_owner(&x, 0x14000, &live), ID(1));
    assert_true(live);
    track_range_leave(&x, 0x10000, 0x2000, ID(1));
    track_range_leave(&x, 0x14000, 0x4000, ID(1));
    assert_int_equal(x.live, 0);
    track_range_destroy(&x);
}

/* The same page many times over is what an index by page cannot spread: it must stay small. */
static void one_page_mapped_very_often_costs_no_memory(void **state)
{
    struct range_index x;

    (void)state;
    track_range_create(&x, 6);
    for (uint32_t n = 1; n <= 100000; n++)
        track_range_enter(&x, 0x7000, 64, ID(n));
    assert_true(x.mask < 1u << 10);
    for (uint32_t n = 1; n <= 100000; n++)
        track_range_leave(&x, 0x7000, 64, ID(n));
    assert_int_equal(x.live, 0);
    track_range_destroy(&x);
}

static void many_pages_are_all_found(void **state)
{
    struct range_index x;
    bool live;
    uint32_t found = 0;

    (void)state;
    track_range_create(&x, 6);
    for (uint32_t n = 1; n <= 100000; n++)
        track_range_enter(&x, 0x1000ull * (n * 7919ull), 4096, ID(n));
    for (uint32_t n = 1; n <= 100000; n++)
        found += track_range_owner(&x, 0x1000ull * (n * 7919ull) + 8, &live) == ID(n);
    assert_true(found >= 99900); /* a few in crowded sets are found by their events alone */
    track_range_destroy(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_a_hundred_thousand_live),
        cmocka_unit_test(churn_beside_a_long_lived_one_does_not_grow),
        cmocka_unit_test(ids_of_one_number_do_not_grow_it_for_ever),
        cmocka_unit_test(visits_the_living_in_order),
        cmocka_unit_test(a_page_of_a_long_range_has_its_owner),
        cmocka_unit_test(a_living_owner_comes_before_a_dead_one),
        cmocka_unit_test(giving_up_a_part_keeps_the_rest),
        cmocka_unit_test(one_page_mapped_very_often_costs_no_memory),
        cmocka_unit_test(many_pages_are_all_found),
    };

    return cmocka_run_group_tests_name("verifier trackers", tests, NULL, NULL);
}
