/*
 * A run held against its recording, on events made by hand: what is a difference, where the sides are
 * aligned again, and what is counted.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "machine/compare.h"

#define EVENTS_MAX 20000

static struct event recorded[EVENTS_MAX], now[EVENTS_MAX];

/* A letter is an operation: its function. Equal letters are equal operations. */
static size_t spell(struct event *to, const char *letters)
{
    size_t n = strlen(letters);

    memset(to, 0, sizeof(*to) * n);
    for (size_t i = 0; i < n; i++)
        to[i] = (struct event) { .seq = i,
                                 .ns = 10 * i,
                                 .kind = EV_CALL,
                                 .agent = 2,
                                 .api = (uint16_t)letters[i],
                                 .obj = OBJ_ID(OBJ_MDL, 1) };
    return n;
}

static struct dm_comparison resynced(const struct event *was, size_t was_count,
                                     const struct event *is, size_t is_count)
{
    struct compare c = {
        .recorded = was, .count = was_count, .check = DM_CHECK_RESYNC, .resync = resync_create()
    };
    struct dm_comparison d = { 0 };

    for (size_t i = 0; i < is_count; i++)
        assert_false(compare_take(&c, &is[i]));
    resync_end(&c, true);
    resync_count(c.resync, &d);
    d.differs = c.differs;
    d.first = c.first;
    resync_free(c.resync);
    return d;
}

static void counts(const char *was, const char *is, uint64_t alike, uint64_t missing,
                   uint64_t added, uint64_t realigned)
{
    struct dm_comparison d = resynced(recorded, spell(recorded, was), now, spell(now, is));

    if (d.events != alike || d.missing != missing || d.added != added || d.realigned != realigned)
        print_message("%s | %s\n", was, is);
    assert_int_equal(d.events, alike);
    assert_int_equal(d.missing, missing);
    assert_int_equal(d.added, added);
    assert_int_equal(d.realigned, realigned);
    assert_int_equal(d.changed, 0);
    assert_int_equal(d.differs, missing || added);
}

static void sides_are_aligned_at_three_in_a_row(void **state)
{
    (void)state;
    counts("abcdef", "abcdef", 6, 0, 0, 0);
    counts("abcdefgh", "abdefgh", 7, 1, 0, 1);    /* one is missing */
    counts("abcdefgh", "abxxcdefgh", 8, 0, 2, 1); /* two more */
    counts("abcdefgh", "abxyfgh", 5, 3, 2, 1);    /* others in their place */
    counts("abcdefghij", "axbcdefyghij", 10, 0, 2, 2);
    counts("abklmnopqrstcdefghijuvwxyzABCDE", "abcdefghijuvwxyzABCDE", 21, 10, 0, 1);
    counts("abxcdacdabefgh", "abxacdacdabefgh", 14, 0, 1, 1); /* the nearer place */
    counts("abcdefgh", "abcdef", 6, 2, 0, 0);                 /* the end is missing */
    counts("abcdef", "abcdefgh", 6, 0, 2, 0);
    counts("abcdefgh", "abcdxgh", 6, 2, 1, 0); /* at the end two will do */
    counts("", "ab", 0, 0, 2, 0);
    counts("ab", "", 0, 2, 0, 0);
    counts("abcdef", "uvwxyz", 0, 6, 6, 0);
}

static void a_likeness_far_away_is_not_taken(void **state)
{
    char was[4000];

    (void)state;
    memset(was, 'm',
           sizeof(was) -
               1); /* what follows, a thousand events on, looks like what came in between */
    was[sizeof(was) - 1] = 0;
    memcpy(was, "abcdefgh", 8);
    memcpy(was + 3000, "xyz", 3);
    counts(was, "abxyzcdefgh", 8, 3991, 3, 1);
}

static void more_than_can_wait_is_given_up(void **state)
{
    size_t count = spell(recorded, "abcdefgh"), n = 0;

    (void)state;
    n += spell(now, "abc");
    for (unsigned i = 0; i < 15000; i++)
        n += spell(now + n, "x");
    n += spell(now + n, "defgh");
    struct dm_comparison d = resynced(recorded, count, now, n);

    assert_int_equal(d.events, 8);
    assert_int_equal(d.added, 15000);
    assert_int_equal(d.missing, 0);
}

static void other_values_are_the_same_operation(void **state)
{
    size_t count = spell(recorded, "abcdef");
    struct dm_comparison d;

    (void)state;
    spell(now, "abcdef");
    now[1].obj = OBJ_ID(OBJ_MDL, 9);
    now[2].a[0] = 4096;
    now[3].irql = 2;
    now[4].ns = 77; /* time alone is no difference here */
    now[4].site = 5;
    d = resynced(recorded, count, now, count);
    assert_int_equal(d.events, 6);
    assert_int_equal(d.changed, 3);
    assert_true(d.differs);
    assert_int_equal(d.first, 1);
    now[3].obj = OBJ_ID(OBJ_IRP, 1); /* another type of object is another operation */
    d = resynced(recorded, count, now, count);
    assert_int_equal(d.changed, 2);
    assert_int_equal(d.added + d.missing, 2);
}

static void the_strict_comparison_sees_each_field(void **state)
{
    size_t count = spell(recorded, "abcdefgh");
    struct event *e = &now[2];

    (void)state;
    for (unsigned field = 0; field <= 9; field++) {
        struct compare c = { .recorded = recorded, .count = count, .check = DM_CHECK_STOP };
        size_t i = 0;

        spell(now, "abcdefgh");
        e->seq += field == 1;
        e->ns += field == 2;
        e->a[3] += field == 3;
        e->obj += field == 4;
        e->site += field == 5;
        e->agent = (uint16_t)(e->agent + (field == 6));
        e->api = (uint16_t)(e->api + (field == 7));
        e->cpu = (uint8_t)(e->cpu + (field == 8));
        e->irql = (uint8_t)(e->irql + (field == 9));
        while (i < count && !compare_take(&c, &now[i]))
            i++;
        assert_int_equal(c.differs, field != 0);
        assert_int_equal(i,
                         field ? 2 + COMPARE_BEHIND - 1 : count); /* a few more, and it may end */
        assert_int_equal(field ? c.first : 2, 2);
    }
}

/* What a kind does not use is not in a trace, whatever its sender left there. */
static void unused_arguments_do_not_count(void **state)
{
    struct event a = { .kind = EV_DPC }, b = { .kind = EV_DPC, .a = { 1, 2, 3, 4 } };

    (void)state;
    assert_true(compare_same(&a, &b));
    a.kind = b.kind = EV_SWITCH;
    b.a[0] = 0, b.a[1] = 0;
    assert_true(compare_same(&a, &b));
    b.a[1] = 1;
    assert_false(compare_same(&a, &b));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sides_are_aligned_at_three_in_a_row),
        cmocka_unit_test(a_likeness_far_away_is_not_taken),
        cmocka_unit_test(more_than_can_wait_is_given_up),
        cmocka_unit_test(other_values_are_the_same_operation),
        cmocka_unit_test(the_strict_comparison_sees_each_field),
        cmocka_unit_test(unused_arguments_do_not_count),
    };

    return cmocka_run_group_tests_name("compare", tests, NULL, NULL);
}
