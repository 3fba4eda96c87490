/*
 * Strategies on toys: machines with two processors and agents whose interleavings can be counted by
 * hand, and bugs that need two and three orderings.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "sim/core/choice_strategy.h"
#include "sim/core/sched.h"

static struct sim *machine(unsigned cpus)
{
    struct profile p;
    char message[200];

    profile_default(&p);
    p.cpus = cpus;
    struct sim *s = sim_create(&p, message, sizeof(message));

    assert_non_null(s);
    return s;
}

/* --- two agents of so many steps each; what each does is a letter --- */

static char order[64];
static unsigned steps[2];

static void stepper(void *ctx)
{
    unsigned me = (unsigned)(uintptr_t)ctx;

    for (unsigned i = 0; i < steps[me]; i++) {
        sched_spend(sim_now(), 1); /* a point at which no time has passed is none */
        if (i)
            sched_point(sim_now());
        order[strlen(order)] = (char)('A' + me);
    }
}

/* The two are made by a third and have a processor each. */
static void make_two(void (*fn)(void *))
{
    for (uintptr_t i = 0; i < 2; i++) {
        struct agent *a = sched_thread(sim_now(), i ? "B" : "A", fn, (void *)i, 0, 8);

        assert_non_null(a);
        agent_set_affinity(a, 2u >> i);
    }
}

static void maker(void *ctx)
{
    (void)ctx;
    make_two(stepper);
}

static void once(struct sim *s, void (*fn)(void *))
{
    struct agent *a;

    sim_reset(s);
    memset(order, 0, sizeof(order));
    a = sched_thread(s, "maker", fn, NULL, 0, 8);
    assert_int_equal(sched_run(s, a, true), SCHED_DONE);
}

static unsigned changes_in(const char *text)
{
    unsigned n = 0;

    for (const char *at = text; *at && at[1]; at++)
        n += *at != at[1];
    return n;
}

/* Orders of two words of a and b letters: (a + b)! / a! b!. */
static void tree_takes_each_order_once(void **state)
{
    static const struct {
        unsigned a, b, orders;
    } rows[] = { { 1, 1, 2 }, { 2, 1, 3 }, { 2, 2, 6 }, { 3, 2, 10 }, { 3, 3, 20 }, { 4, 4, 70 } };

    (void)state;
    for (unsigned i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        static char seen[128][64];
        struct sim *s = machine(2);
        struct choice_strategy *st = tree_create(16);
        unsigned count = 0;

        steps[0] = rows[i].a;
        steps[1] = rows[i].b;
        choice_from_strategy(s, st);
        for (uint64_t run = 0; st->begin(st, run); run++) {
            once(s, maker);
            for (unsigned k = 0; k < count; k++)
                assert_string_not_equal(order, seen[k]);
            assert_true(count < 128);
            strcpy(seen[count++], order);
        }
        assert_int_equal(count, rows[i].orders);
        assert_false(st->diverged);
        assert_false(tree_is_cut(st));
        choice_from_plain(s);
        strategy_destroy(st);
        sim_destroy(s);
    }
}

/* A word of three As and three Bs with r runs of one letter costs r - 2 preemptions: the last
 * change comes when one of the two has ended. 2, 4, 8, 4 and 2 words have 2 .. 6 runs. */
static void tree_counts_preemptions(void **state)
{
    static const unsigned words[] = { 2, 4, 8, 4, 2 };

    (void)state;
    steps[0] = steps[1] = 3;
    for (unsigned most = 0; most < 5; most++) {
        struct sim *s = machine(2);
        struct choice_strategy *st = tree_create(most);
        unsigned count[8] = { 0 }, last = 0;
        uint64_t run, waiting;

        choice_from_strategy(s, st);
        for (uint64_t n = 0; st->begin(st, n); n++) {
            unsigned preemptions;

            once(s, maker);
            preemptions = changes_in(order) - 1;
            assert_true(preemptions >= last); /* fewest first */
            last = preemptions;
            count[preemptions]++;
        }
        for (unsigned i = 0; i < 5; i++) {
            tree_progress(st, i, &run, &waiting);
            assert_int_equal(count[i], i <= most ? words[i] : 0);
            assert_int_equal(run, count[i]);
            assert_int_equal(waiting, 0);
        }
        choice_from_plain(s);
        strategy_destroy(st);
        sim_destroy(s);
    }
}

/* --- bugs of known depth --- */

#define LONG 20 /* steps of A */
#define SEEDS 41

static bool (*is_bug)(void);

/* B within one step of A: A7 < B < A8. Two orderings, so depth 2. */
static bool bug_of_two(void) { return !strncmp(order, "AAAAAAAB", 8) && order[8] == 'A'; }

/* B's first step within one of A, its second later: A5 < B1 < A6 < B2. Three orderings. */
static bool bug_of_three(void) { return !strncmp(order, "AAAAABA", 7); }

static unsigned runs_until(struct choice_strategy *st, unsigned runs_max)
{
    struct sim *s = machine(2);
    unsigned run = 0;

    assert_non_null(st);
    choice_from_strategy(s, st);
    for (; run < runs_max && st->begin(st, run); run++) {
        once(s, maker);
        if (is_bug())
            break;
    }
    choice_from_plain(s);
    strategy_destroy(st);
    sim_destroy(s);
    return run;
}

static int by_size(const void *a, const void *b)
{
    return (*(const unsigned *)a > *(const unsigned *)b) -
           (*(const unsigned *)a < *(const unsigned *)b);
}

/* The theorem: a run that has learned finds it with a chance of at least p = 1 / (n k^(d - 1)).
 * Half of all seeds should then have found it after 0.7 / p runs; none may need more than ten times
 * that. */
static void finds_within(unsigned depth, unsigned per_p)
{
    unsigned runs[SEEDS];

    for (unsigned i = 0; i < SEEDS; i++)
        runs[i] = runs_until(pct_create(100 + i, depth), 7 * per_p);
    qsort(runs, SEEDS, sizeof(*runs), by_size);
    assert_true(runs[SEEDS / 2] <= STRATEGY_LEARNS + 7 * per_p / 10);
    assert_true(runs[SEEDS - 1] < 7 * per_p);
}

/* Three agents with the maker; A's 20 points and B's. */
static void pct_keeps_its_promise(void **state)
{
    (void)state;
    steps[0] = LONG;
    steps[1] = 1;
    is_bug = bug_of_two;
    finds_within(2, 3 * 21);
    steps[1] = 2;
    is_bug = bug_of_three;
    finds_within(3, 3 * 22 * 22);
}

/* Without a point where priorities change no order is met in which both are interrupted. */
static void pct_of_depth_one_never_interrupts_both(void **state)
{
    (void)state;
    steps[0] = LONG;
    steps[1] = 2;
    is_bug = bug_of_three;
    assert_int_equal(runs_until(pct_create(1, 1), 500), 500);
}

static bool all_of_it(void) { return !strcmp(order, "ABABAB"); }

static void walk_goes_everywhere(void **state)
{
    (void)state;
    steps[0] = steps[1] = 3;
    is_bug = all_of_it;
    for (unsigned seed = 1; seed <= 10; seed++)
        assert_true(runs_until(walk_create(seed), 500) < 500); /* one word of 20 */
}

/* --- loops that wait --- */

static bool flag;

static void set_flag(struct sim *s, void *ctx)
{
    (void)s;
    (void)ctx;
    flag = true;
}

static void waits_for_flag(void *ctx)
{
    static struct sched_event ev;
    struct sim *s = sim_now();

    (void)ctx;
    ev = (struct sched_event) { .fn = set_flag,
                                .agent = sched_agent_new(s, AGENT_DEVICE, "device") };
    flag = false;
    sched_event_at(s, &ev, sched_now_ns(s) + 5000);
    while (!flag) {
        sched_spend(s, 100);
        sched_wait_point(s);
    }
}

static void polls_for_flag(void *ctx)
{
    static struct sched_event ev;
    struct sim *s = sim_now();

    (void)ctx;
    ev = (struct sched_event) { .fn = set_flag,
                                .agent = sched_agent_new(s, AGENT_DEVICE, "device") };
    flag = false;
    sched_event_at(s, &ev, sched_now_ns(s) + 5000);
    while (!flag) {
        sched_spend(s, 100);
        sched_point(s);
    }
}

static uint64_t waited_ns(struct choice_strategy *st, void (*fn)(void *))
{
    struct sim *s = machine(2);
    uint64_t most = 0;

    choice_from_strategy(s, st);
    for (uint64_t run = 0; run < 200 && st->begin(st, run); run++) {
        once(s, fn);
        if (sched_now_ns(s) > most)
            most = sched_now_ns(s);
    }
    choice_from_plain(s);
    strategy_destroy(st);
    sim_destroy(s);
    return most;
}

/* Who says that it waits gives way when it is the others' time; who does not is stalled no longer
 * than a machine is. */
static void nobody_starves(void **state)
{
    (void)state;
    assert_in_range(waited_ns(pct_create(1, 3), waits_for_flag), 5000, 5200);
    assert_in_range(waited_ns(pct_create(1, 3), polls_for_flag), STALL_MAX_NS,
                    STALL_MAX_NS + 10000);
    assert_in_range(waited_ns(tree_create(2), waits_for_flag), 5000, 5200);
    assert_in_range(waited_ns(tree_create(0), polls_for_flag), STALL_MAX_NS, STALL_MAX_NS + 10000);
}

/* --- points between calls, and what is recorded of a run --- */

static void between_stepper(void *ctx)
{
    unsigned me = (unsigned)(uintptr_t)ctx;

    for (unsigned i = 0; i < steps[me]; i++) {
        sched_spend(sim_now(), 1);
        if (i)
            sched_between(sim_now());
        order[strlen(order)] = (char)('A' + me);
    }
}

static void between_maker(void *ctx)
{
    (void)ctx;
    make_two(between_stepper);
}

static struct choice_record said[256];
static unsigned said_count;

static void keep(void *ctx, const struct event *e)
{
    (void)ctx;
    if (e->kind == EV_CHOICE && said_count < 256)
        said[said_count++] = (struct choice_record) { (uint16_t)e->obj, e->agent, (uint32_t)e->a[0],
                                                      (uint32_t)e->a[1], (uint32_t)e->a[2] };
}

static unsigned all_come_again(struct choice_strategy *st, unsigned runs_max)
{
    struct sim *s = machine(2);
    unsigned count = 0;

    steps[0] = steps[1] = 3;
    assert_int_equal(trace_attach(&s->trace, keep, NULL), 0);
    for (; count < runs_max && st->begin(st, count); count++) {
        char first[64];
        uint64_t hash;

        said_count = 0;
        choice_from_strategy(s, st);
        once(s, between_maker);
        strcpy(first, order);
        hash = s->choice.hash;
        assert_int_equal(choice_from_records(s, said, said_count), 0);
        once(s, between_maker);
        assert_string_equal(order, first);
        assert_int_equal(s->choice.hash, hash);
        choice_from_strategy(s, st);
        st->again(st);
        once(s, between_maker);
        assert_string_equal(order, first);
        assert_int_equal(s->choice.hash, hash);
    }
    choice_from_plain(s);
    strategy_destroy(st);
    sim_destroy(s);
    return count;
}

static void a_recorded_run_comes_again(void **state)
{
    (void)state;
    assert_int_equal(all_come_again(tree_create(16), 100), 20);
    assert_int_equal(all_come_again(pct_create(7, 3), 60), 60);
    assert_int_equal(all_come_again(walk_create(7), 60), 60);
}

/* Without a strategy such a point is none: whoever runs runs on. */
static void seeds_know_no_points_between_calls(void **state)
{
    struct sim *s = machine(2);

    (void)state;
    steps[0] = steps[1] = 3;
    for (unsigned seed = 0; seed < 20; seed++) {
        choice_from_seed(s, seed);
        once(s, between_maker);
        assert_int_equal(changes_in(order), 1);
    }
    choice_from_plain(s);
    sim_destroy(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tree_takes_each_order_once),
        cmocka_unit_test(tree_counts_preemptions),
        cmocka_unit_test(pct_keeps_its_promise),
        cmocka_unit_test(pct_of_depth_one_never_interrupts_both),
        cmocka_unit_test(walk_goes_everywhere),
        cmocka_unit_test(nobody_starves),
        cmocka_unit_test(a_recorded_run_comes_again),
        cmocka_unit_test(seeds_know_no_points_between_calls),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
