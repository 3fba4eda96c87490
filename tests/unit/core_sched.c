/*
 * The scheduler: time, IRQL, DPCs, interrupts, blocking, and that a seed repeats itself.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "sim/core/sched.h"

static struct sim *machine(unsigned cpus, uint64_t seed)
{
    struct profile p;
    char message[200];

    profile_default(&p);
    p.cpus = cpus;
    struct sim *s = sim_create(&p, message, sizeof(message));

    assert_non_null(s);
    choice_from_seed(s, seed);
    return s;
}

static void run(struct sim *s, void (*fn)(void *), void *ctx)
{
    struct agent *a = sched_thread(s, "test", fn, ctx, 0, 8);

    assert_non_null(a);
    assert_int_equal(sched_run(s, a, true), SCHED_DONE);
}

static char order[64];
static void note(char c) { order[strlen(order)] = c; }

static void dpc_notes(struct sim *s, void *ctx)
{
    assert_int_equal(sched_irql(s), IRQL_DISPATCH);
    note(*(char *)ctx);
}

static void dpc_waits_body(void *ctx)
{
    static struct sched_dpc d;
    struct sim *s = sim_now();

    (void)ctx;
    d = (struct sched_dpc) { .fn = dpc_notes, .ctx = "d", .cpu = -1 };
    sched_irql_set(s, IRQL_DISPATCH);
    assert_true(sched_dpc_queue(s, &d));
    assert_false(sched_dpc_queue(s, &d));
    note('a');
    sched_point(s);
    note('b');
    sched_irql_set(s, IRQL_PASSIVE);
    note('c');
}

static void dpc_runs_when_irql_falls(void **state)
{
    struct sim *s = machine(1, 0);

    (void)state;
    memset(order, 0, sizeof(order));
    run(s, dpc_waits_body, NULL);
    assert_string_equal(order, "abdc");
    sim_destroy(s);
}

static bool isr_notes(struct sim *s, void *ctx, uint32_t message)
{
    (void)ctx;
    assert_int_equal(sched_irql(s), 6);
    note((char)('0' + message));
    return true;
}

static void interrupt_body(void *ctx)
{
    static struct sched_intr i;
    static struct sched_dpc d;
    struct sim *s = sim_now();

    (void)ctx;
    i = (struct sched_intr) { .fn = isr_notes, .irql = 6, .cpu = -1 };
    d = (struct sched_dpc) { .fn = dpc_notes, .ctx = "d", .cpu = -1 };
    sched_intr_raise(s, &i, 3); /* nobody is connected: an edge is lost */
    sched_intr_connect(s, &i);
    sched_irql_set(s, 7);
    sched_intr_raise(s, &i, 1);
    sched_dpc_queue(s, &d);
    sched_point(s);
    note('a');
    sched_irql_set(s, IRQL_DISPATCH);
    note('b');
    sched_irql_set(s, IRQL_PASSIVE);
    sched_intr_disconnect(s, &i);
}

static void interrupt_waits_for_its_irql(void **state)
{
    struct sim *s = machine(1, 0);

    (void)state;
    memset(order, 0, sizeof(order));
    run(s, interrupt_body, NULL);
    assert_string_equal(order, "a1bd");
    sim_destroy(s);
}

static void event_fires(struct sim *s, void *ctx) { sched_wake(s, ctx); }

static void block_body(void *ctx)
{
    struct sim *s = sim_now();
    struct sched_event ev = { .fn = event_fires, .ctx = sched_current(s) };

    (void)ctx;
    sched_event_at(s, &ev, 5000);
    assert_true(sched_block(s, UINT64_MAX));
    assert_true(sched_now_ns(s) >= 5000);
    uint64_t before = sched_now_ns(s);

    assert_false(sched_block(s, before + 700));
    assert_int_equal(sched_now_ns(s), before + 700);
    sched_event_at(s, &ev, before + 5000);
    assert_true(sched_event_cancel(s, &ev));
    assert_false(sched_event_cancel(s, &ev));
}

static void blocking_ends_by_wake_or_deadline(void **state)
{
    struct sim *s = machine(2, 0);

    (void)state;
    run(s, block_body, NULL);
    sim_destroy(s);
}

static void for_ever(void *ctx)
{
    (void)ctx;
    sched_block(sim_now(), UINT64_MAX);
}

static void a_wait_that_nobody_ends_is_found(void **state)
{
    struct sim *s = machine(2, 0);
    struct agent *a = sched_thread(s, "stuck", for_ever, NULL, 0, 8);

    (void)state;
    assert_int_equal(sched_run(s, a, true), SCHED_STUCK);
    sim_destroy(s);
}

static void endless(void *ctx)
{
    (void)ctx;
    for (;;) {
        sched_spend(sim_now(), 1);
        sched_point(sim_now());
    }
}

static void an_endless_loop_uses_up_its_steps(void **state)
{
    struct sim *s = machine(2, 0);
    struct agent *a = sched_thread(s, "endless", endless, NULL, 0, 8);

    (void)state;
    s->limits.steps_max = 10000;
    assert_int_equal(sched_run(s, a, true), SCHED_STEPS);
    sim_destroy(s);
}

static void works(void *ctx)
{
    struct sim *s = sim_now();

    for (int i = 0; i < 1000; i++) {
        sched_spend(s, 100);
        sched_point(s);
    }
    *(uint64_t *)ctx = sched_now_ns(s);
}

static void processors_work_at_the_same_time(void **state)
{
    (void)state;
    for (unsigned cpus = 1; cpus <= 2; cpus++) {
        struct sim *s = machine(cpus, 0);
        uint64_t end[2] = { 0, 0 };

        sched_thread(s, "other", works, &end[1], 0, 8);
        run(s, works, &end[0]);
        uint64_t both = end[0] > end[1] ? end[0] : end[1];

        /* 100 us each: side by side on two processors, one after the other on one. */
        assert_in_range(both, cpus == 2 ? 100000 : 200000, cpus == 2 ? 102000 : 202000);
        sim_destroy(s);
    }
}

static void keeps_order(void *ctx)
{
    struct sim *s = sim_now();

    for (int i = 0; i < 12; i++) {
        sched_spend(s, 50);
        sched_point(s);
        note(*(char *)ctx);
    }
}

static void one_seed_is_one_schedule(void **state)
{
    char first[64];
    unsigned different = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        for (int again = 0; again < 2; again++) {
            struct sim *s = machine(2, seed);

            memset(order, 0, sizeof(order));
            sched_thread(s, "b", keeps_order, "b", 0, 8);
            run(s, keeps_order, "a");
            if (again)
                assert_string_equal(order, first);
            strcpy(first, order);
            sim_destroy(s);
        }
        different += strcmp(first, "abababababababababababab") != 0;
    }
    assert_true(different >= 8);
}

static void priority_comes_first(void **state)
{
    struct sim *s = machine(1, 0);

    (void)state;
    memset(order, 0, sizeof(order));
    sched_thread(s, "low", keeps_order, "l", 0, 4);
    struct agent *high = sched_thread(s, "high", keeps_order, "h", 0, 12);

    assert_int_equal(sched_run(s, high, true), SCHED_DONE);
    assert_memory_equal(order, "hhhhhhhhhhhhllllllllllll", 24);
    sim_destroy(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dpc_runs_when_irql_falls),
        cmocka_unit_test(interrupt_waits_for_its_irql),
        cmocka_unit_test(blocking_ends_by_wake_or_deadline),
        cmocka_unit_test(a_wait_that_nobody_ends_is_found),
        cmocka_unit_test(an_endless_loop_uses_up_its_steps),
        cmocka_unit_test(processors_work_at_the_same_time),
        cmocka_unit_test(one_seed_is_one_schedule),
        cmocka_unit_test(priority_comes_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
