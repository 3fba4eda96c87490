/*
 * The loop of dmacheck explore: what is new is told once, a run that is not itself again is told, and so is
 * the end of a space.
 */
#include "tests/dut.h"

#include "machine/explore.h"
#include "sim/core/choice_strategy.h"

static struct explorer *explorer(struct dut *t, const char *driver, struct choice_strategy *st,
                                 uint64_t check_every)
{
    struct explorer *x;

    dut_open(t, driver, NULL);
    assert_non_null(st);
    x = explorer_create(&(struct explore_options) {
        t->machine, t->driver, dm_driver_scenarios(t->driver)[0].name, st, check_every });
    assert_non_null(x);
    return x;
}

static void close_all(struct dut *t, struct explorer *x, struct choice_strategy *st)
{
    explorer_destroy(x);
    dut_close(t);
    strategy_destroy(st);
}

static void what_is_known_is_not_told_again(void **state)
{
    struct choice_strategy *st = walk_create(1);
    struct explore_run r;
    struct dut t;
    struct explorer *x = explorer(&t, "twins/sgl_leaked.bug1", st, 0);

    (void)state;
    assert_int_equal(explorer_run(x, 0, &r), EXPLORE_NEW);
    assert_int_equal(r.fresh_count, 1);
    assert_non_null(r.token);
    assert_int_equal(strncmp(r.token, "S1:", 3), 0);
    for (uint64_t run = 1; run < 10; run++) {
        assert_int_equal(explorer_run(x, run, &r), EXPLORE_NOTHING);
        assert_int_equal(r.result.exit, DM_FINDINGS);
        assert_null(r.token);
    }
    assert_int_equal(explorer_checked(x), 1); /* the one that was new */
    close_all(&t, x, st);
}

static void so_many_runs_are_run_twice(void **state)
{
    struct choice_strategy *st = pct_create(1, 3);
    struct explore_run r;
    struct dut t;
    struct explorer *x = explorer(&t, "samples/xfer", st, 4);

    (void)state;
    for (uint64_t run = 0; run < 20; run++)
        assert_int_equal(explorer_run(x, run, &r), EXPLORE_NOTHING);
    assert_int_equal(explorer_checked(x), 5);
    close_all(&t, x, st);
}

/* A source of choices that is not the same twice. */
static void forget(struct choice_strategy *st)
{
    st->run_seed++;
    st->points = 0;
}

static void a_run_that_is_another_is_told(void **state)
{
    struct choice_strategy *st = walk_create(1);
    struct explore_run r;
    struct dut t;
    struct explorer *x = explorer(&t, "samples/xfer", st, 1);

    (void)state;
    assert_int_equal(explorer_run(x, 1, &r), EXPLORE_NOTHING);
    st->again = forget;
    assert_int_equal(explorer_run(x, 2, &r), EXPLORE_DIVERGED);
    close_all(&t, x, st);
}

static void a_space_has_an_end(void **state)
{
    struct choice_strategy *st = tree_create(0);
    struct explore_run r;
    struct dut t;
    struct explorer *x = explorer(&t, "twins/sgl_leaked.bug0", st, 1);
    enum explore_news news = EXPLORE_NOTHING;
    uint64_t run = 0;

    (void)state;
    for (; run < 10000 && news == EXPLORE_NOTHING; run++)
        news = explorer_run(x, run, &r);
    assert_int_equal(news, EXPLORE_EXHAUSTED);
    assert_true(run > 1);
    assert_int_equal(explorer_run(x, run, &r), EXPLORE_EXHAUSTED);
    close_all(&t, x, st);
}

/* The machine's own choices come back when the search is over. */
static void the_machine_is_as_before(void **state)
{
    struct choice_strategy *st = walk_create(1);
    struct explore_run r;
    struct dut t;
    struct explorer *x = explorer(&t, "samples/xfer", st, 0);
    uint64_t hash;

    (void)state;
    for (uint64_t run = 0; run < 3; run++)
        explorer_run(x, run, &r);
    hash = r.result.choices_hash;
    explorer_destroy(x);
    dut_run(&t, NULL);
    assert_int_equal(t.result.choices_hash, 0); /* plain: nothing was drawn */
    assert_int_not_equal(hash, 0);
    dut_close(&t);
    strategy_destroy(st);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_known_is_not_told_again),
        cmocka_unit_test(so_many_runs_are_run_twice),
        cmocka_unit_test(a_run_that_is_another_is_told),
        cmocka_unit_test(a_space_has_an_end),
        cmocka_unit_test(the_machine_is_as_before),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
