/*
 * The choice stream and the fault table: sources, keys, and that what is not recorded was 0.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "sim/core/sim.h"

/* Choices and faults need a trace and nothing else of a machine. */
static struct sim *bare(void)
{
    struct sim *s = calloc(1, sizeof(*s));

    assert_non_null(s);
    trace_init(&s->trace, NULL);
    return s;
}

static struct choice_record said[256];
static unsigned said_count;

static void keep(void *ctx, const struct event *e)
{
    (void)ctx;
    if (e->kind == EV_CHOICE)
        said[said_count++] = (struct choice_record) { (uint16_t)e->obj, e->agent, (uint32_t)e->a[0],
                                                      (uint32_t)e->a[1], (uint32_t)e->a[2] };
}

static void plain_is_always_zero(void **state)
{
    struct sim *s = bare();

    (void)state;
    choice_from_plain(s);
    for (int i = 0; i < 100; i++)
        assert_int_equal(choice_draw(s, CHOICE_SG_SPLIT, 7), 0);
    assert_int_equal(s->choice.drawn, 0); /* the plain way has no choices to replay */
    free(s);
}

static void a_seed_gives_every_value_and_repeats(void **state)
{
    struct sim *s = bare();
    uint32_t first[200];
    unsigned seen[5] = { 0 };

    (void)state;
    for (int again = 0; again < 2; again++) {
        choice_from_seed(s, 42);
        choice_reset(s);
        for (int i = 0; i < 200; i++) {
            uint32_t v = choice_draw(s, CHOICE_DEVICE_STEP, 5);

            assert_true(v < 5);
            seen[v]++;
            if (again)
                assert_int_equal(v, first[i]);
            first[i] = v;
        }
    }
    for (int v = 0; v < 5; v++)
        assert_true(seen[v] > 20);
    choice_from_seed(s, 43);
    choice_reset(s);
    unsigned same = 0;

    for (int i = 0; i < 200; i++)
        same += choice_draw(s, CHOICE_DEVICE_STEP, 5) == first[i];
    assert_true(same < 100);
    free(s);
}

static void recorded_choices_are_found_by_key(void **state)
{
    struct sim *s = bare();
    uint32_t want[60];

    (void)state;
    said_count = 0;
    trace_attach(&s->trace, keep, NULL);
    choice_from_seed(s, 7);
    for (int i = 0; i < 60; i++) {
        s->trace.agent = (uint16_t)(i % 3);
        want[i] = choice_rare(s, i % 2 ? CHOICE_IOTLB : CHOICE_SCHED_NEXT, 4, 2);
    }
    assert_int_equal(choice_from_records(s, said, said_count), 0);
    choice_reset(s);
    trace_detach(&s->trace, NULL);
    for (int i = 0; i < 60; i++) {
        s->trace.agent = 9; /* a newcomer's choices move nobody else's */
        choice_draw(s, CHOICE_IOTLB, 4);
        s->trace.agent = (uint16_t)(i % 3);
        assert_int_equal(choice_rare(s, i % 2 ? CHOICE_IOTLB : CHOICE_SCHED_NEXT, 4, 2), want[i]);
    }
    struct choice_record wrong = { .bound = 4, .value = 4 };

    assert_int_equal(choice_from_records(s, &wrong, 1), ERR_INVALID);
    choice_from_plain(s);
    free(s);
}

static void changes_lie_over_a_seed(void **state)
{
    struct choice_record change = { CHOICE_SG_SPLIT, 0, 5, 8, 0 };
    struct sim *s = bare();
    uint32_t want[20];

    (void)state;
    choice_from_seed(s, 7);
    for (int i = 0; i < 20; i++)
        want[i] = choice_draw(s, CHOICE_SG_SPLIT, 8);
    change.value = (want[5] + 3) % 8;
    assert_int_equal(choice_change(s, &change, 1), 0);
    choice_reset(s);
    for (int i = 0; i < 20; i++)
        assert_int_equal(choice_draw(s, CHOICE_SG_SPLIT, 8), i == 5 ? change.value : want[i]);
    choice_from_seed(s, 7); /* and are gone with the next source */
    choice_reset(s);
    for (int i = 0; i < 20; i++)
        assert_int_equal(choice_draw(s, CHOICE_SG_SPLIT, 8), want[i]);
    free(s);
}

static void bytes_run_out_into_the_plain_way(void **state)
{
    static const uint8_t bytes[] = { 3, 200, 1, 0 };
    struct sim *s = bare();

    (void)state;
    choice_from_bytes(s, bytes, sizeof(bytes));
    assert_int_equal(choice_draw(s, CHOICE_SCENARIO, 4), 3);
    assert_int_equal(choice_draw(s, CHOICE_SCENARIO, 100), 0);    /* 200 % 100 */
    assert_int_equal(choice_draw(s, CHOICE_SCENARIO, 1000), 256); /* two bytes */
    assert_int_equal(choice_draw(s, CHOICE_SCENARIO, 4), 0);
    free(s);
}

static void faults_come_at_the_planned_chance(void **state)
{
    struct sim *s = bare();

    (void)state;
    for (int i = 0; i < 10; i++)
        assert_false(fault_take(s, FAULT_POOL));
    fault_reset(s);
    fault_plan_nth(s, FAULT_POOL, 3);
    assert_false(fault_take(s, FAULT_POOL));
    assert_false(fault_take(s, FAULT_MDL));
    assert_false(fault_take(s, FAULT_POOL));
    assert_true(fault_take(s, FAULT_POOL));
    assert_false(fault_take(s, FAULT_POOL));
    assert_int_equal(s->fault.taken, 1);
    fault_plan_nth(s, FAULT_POOL, 0);
    fault_plan_random(s, 4);
    fault_reset(s);
    for (int i = 0; i < 400; i++)
        fault_take(s, FAULT_SGL);
    assert_in_range(s->fault.taken, 60, 140);
    assert_string_equal(fault_word(FAULT_POOL), "pool");
    assert_int_equal(fault_point_of("pool"), FAULT_POOL);
    assert_int_equal(fault_point_of("nonsense"), -1);
    free(s);
}

static void an_exact_list_fails_and_nothing_else_that_is_planned(void **state)
{
    static const struct fault_at list[] = { { FAULT_MDL, 2, 0 },
                                            { FAULT_POOL, 4, 0 },
                                            { FAULT_POOL, 1, 0 } };
    struct sim *s = bare();

    (void)state;
    fault_plan_nth(s, FAULT_POOL, 2);
    fault_plan_random(s, 1);
    fault_plan_exact(s, list, 3);
    assert_true(fault_take(s, FAULT_POOL));
    assert_false(fault_take(s, FAULT_POOL));
    assert_false(fault_take(s, FAULT_POOL));
    assert_true(fault_take(s, FAULT_POOL));
    assert_false(fault_take(s, FAULT_MDL));
    assert_true(fault_take(s, FAULT_MDL));
    for (int i = 0; i < 10; i++)
        assert_false(fault_take(s, FAULT_SGL));
    fault_plan_exact(s, list, 0);
    fault_reset(s);
    assert_false(fault_take(s, FAULT_POOL));
    fault_plan_exact(s, NULL, 0);
    assert_true(fault_take(s, FAULT_POOL)); /* one in one again */
    free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_is_always_zero),
        cmocka_unit_test(a_seed_gives_every_value_and_repeats),
        cmocka_unit_test(recorded_choices_are_found_by_key),
        cmocka_unit_test(changes_lie_over_a_seed),
        cmocka_unit_test(bytes_run_out_into_the_plain_way),
        cmocka_unit_test(faults_come_at_the_planned_chance),
        cmocka_unit_test(an_exact_list_fails_and_nothing_else_that_is_planned),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
