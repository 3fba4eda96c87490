/*
 * Reduction by itself: operations, and how it ends.
 */
#include "machine/plan_finish.h"
#include "tests/unit/machine_shrink.h"

/* --- ddmin --- */

struct needs {
    const size_t *items;
    size_t count, tries;
};

static bool without_needed(void *ctx, const bool *gone)
{
    struct needs *n = ctx;

    n->tries++;
    for (size_t i = 0; i < n->count; i++)
        if (gone[n->items[i]])
            return false;
    return true;
}

static void ddmin_keeps_what_is_needed_and_no_more(void **state)
{
    static const size_t needed[] = { 3, 17, 62 };
    bool gone[64];

    (void)state;
    for (size_t count = 0; count <= 3; count++) {
        struct needs n = { needed, count, 0 };

        ddmin(64, gone, without_needed, &n);
        for (size_t i = 0; i < 64; i++) {
            bool keeps = false;

            for (size_t k = 0; k < count; k++)
                keeps |= needed[k] == i;
            assert_int_equal(gone[i], !keeps);
        }
        assert_true(n.tries < 120);
    }
}

/* --- operations --- */

static void one_request_of_a_crowd_remains(void **state)
{
    struct wanted w = { .offsets = { 90 }, .bytes_min = 100 };
    struct shrink_size size;
    struct shrunk s;

    (void)state;
    crowd();
    reduce(&s, &w, NULL, 0, 0);
    assert_int_equal(s.end, SHRINK_DONE);
    assert_int_equal(s.runs, w.asked);
    shrink_size_of(&s.best, &size);
    assert_int_equal(size.requests, 1);
    assert_int_equal(size.threads, 1);
    assert_int_equal(size.bytes, 128);    /* the least usual length that does */
    assert_int_equal(size.operations, 4); /* open, alloc, the read, close */
    assert_int_equal(s.best.plan.op_count, 6);
    for (size_t i = 0; i < s.best.plan.op_count; i++) {
        const struct dm_plan_op *o = &s.best.plan.ops[i];

        if (o->kind == DM_OP_ALLOC) {
            assert_int_equal(o->a, 128);
            assert_int_equal(o->b, 0);
        }
        if (draft_makes(o))
            assert_int_equal(o->id, 1); /* numbered again */
    }
    shrink_free(&s);
}

static void three_requests_of_two_threads_remain(void **state)
{
    struct wanted w = { .offsets = { 7, 8, 119 } };
    struct shrink_size size;
    struct shrunk s;

    (void)state;
    crowd();
    reduce(&s, &w, NULL, 0, 0);
    assert_int_equal(s.end, SHRINK_DONE);
    shrink_size_of(&s.best, &size);
    assert_int_equal(size.requests, 3);
    assert_int_equal(size.threads, 1);
    assert_int_equal(size.operations, 6); /* and one file, one allocation */
    assert_int_equal(size.bytes, 0);
    shrink_free(&s);
}

static void a_thread_that_is_needed_keeps_its_join(void **state)
{
    struct wanted w = { .offsets = { 50 }, .on_thread = true };
    struct shrink_size size;
    struct shrunk s;

    (void)state;
    crowd();
    reduce(&s, &w, NULL, 0, 0);
    shrink_size_of(&s.best, &size);
    assert_int_equal(size.threads, 2);
    assert_int_equal(size.operations, 6); /* thread, open, alloc, the request, close, join */
    shrink_free(&s);
}

static void a_run_that_hung_is_given_its_ends(void **state)
{
    struct dm_plan cut;

    (void)state;
    crowd();
    for (size_t count = 0; count <= made.plan.op_count; count += 7) {
        struct dm_plan_op *ends;

        cut = made.plan;
        cut.op_count = count;
        ends = plan_finish(&cut);
        assert_whole(&cut);
        assert_memory_equal(cut.ops, made.ops, count * sizeof(*cut.ops));
        free(ends);
    }
    cut = made.plan;
    free(plan_finish(&cut));
    assert_int_equal(cut.op_count, made.plan.op_count); /* nothing is missing */
}

static void draws_are_no_operations(void **state)
{
    struct shrink_size size;

    (void)state;
    begin();
    op(DM_OP_CHOOSE, 0, 0, 0, 3);
    op(DM_OP_SLEEP, 0, 0, 0, 3);
    shrink_size_of(&(struct shrink_case) { .plan = made.plan }, &size);
    assert_int_equal(size.operations, 1);
}

static void allocations_are_merged(void **state)
{
    struct wanted w = { .offsets = { 1, 2 }, .bytes_min = 4000 };
    uint32_t f, first, second;
    struct shrunk s;

    (void)state;
    begin();
    f = file(0);
    first = alloc(0, 5000);
    second = alloc(0, 6000);
    start(DM_OP_WRITE, 0, f, 1, first, 5000);
    finish(0);
    start(DM_OP_READ, 0, f, 2, second, 5500);
    finish(0);
    op(DM_OP_CLOSE, 0, 0, f, 0);
    reduce(&s, &w, NULL, 0, 0);
    assert_int_equal(s.best.plan.op_count, 9); /* open, alloc, 2 * (start, wait, release), close */
    shrink_free(&s);
}

static void cards_that_are_plugged_are_counted_again(void **state)
{
    struct wanted w = { .offsets = { 5 } };
    struct shrunk s;
    uint32_t in;

    (void)state;
    begin();
    in = alloc(0, 10);
    for (uint32_t card = 1; card < 4; card++) { /* card 0 is the setup's */
        op(DM_OP_REGISTRY, 0, 0, card, 1)->name = "Value";
        op(DM_OP_PLUG, 0, card, 0, 0)->name = "sgdma";
    }
    for (uint32_t card = 0; card < 4; card++) {
        op(DM_OP_OPEN, 0, ++made.files, card, 3);
        start(DM_OP_READ, 0, made.files, card + 2, in, 10);
        finish(0);
        op(DM_OP_CLOSE, 0, 0, made.files, 0);
    }
    reduce(&s, &w, NULL, 0, 0);
    assert_int_equal(s.best.plan.op_count, 7); /* alloc, plug, open, three of the read, close */
    for (size_t i = 0; i < s.best.plan.op_count; i++) {
        if (s.best.plan.ops[i].kind == DM_OP_PLUG)
            assert_int_equal(s.best.plan.ops[i].id, 1);
        if (s.best.plan.ops[i].kind == DM_OP_OPEN)
            assert_int_equal(s.best.plan.ops[i].on, 1);
    }
    shrink_free(&s);
}

/* --- ends --- */

static void a_budget_leaves_the_best_so_far(void **state)
{
    struct wanted w = { .offsets = { 7, 8, 119 } }, again = w;
    struct shrink_taken taken;
    struct shrunk s;

    (void)state;
    crowd();
    reduce(&s, &w, NULL, 0, 12);
    assert_int_equal(s.end, SHRINK_BUDGET);
    assert_int_equal(s.runs, 12);
    assert_int_equal(w.asked, 12);
    assert_true(s.best.plan.op_count < made.plan.op_count);
    assert_true(same(&again, &s.best, &taken));
    shrink_free(&s);
}

static bool stop_at_5(void *ctx, const struct shrink_size *now, uint64_t runs)
{
    (void)ctx;
    assert_true(now->operations > 0);
    return runs < 5;
}

static void whoever_looks_can_end_it(void **state)
{
    struct wanted w = { .offsets = { 7 } };
    struct shrink_options options = { .go_on = stop_at_5 };
    struct shrink_oracle oracle = { &w, same };
    struct shrink_case from;
    struct shrunk s;

    (void)state;
    crowd();
    from = (struct shrink_case) { .plan = made.plan };
    shrink(&s, &from, &oracle, &options);
    assert_int_equal(s.end, SHRINK_BUDGET);
    assert_int_equal(s.runs, 5);
    shrink_free(&s);
}

static void what_is_not_there_is_not_shrunk(void **state)
{
    struct wanted w = { .offsets = { 5000 } };
    struct shrunk s;

    (void)state;
    crowd();
    reduce(&s, &w, NULL, 0, 0);
    assert_int_equal(s.end, SHRINK_NOT_THERE);
    assert_int_equal(s.runs, 1);
    shrink_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ddmin_keeps_what_is_needed_and_no_more),
        cmocka_unit_test(one_request_of_a_crowd_remains),
        cmocka_unit_test(three_requests_of_two_threads_remain),
        cmocka_unit_test(a_thread_that_is_needed_keeps_its_join),
        cmocka_unit_test(a_run_that_hung_is_given_its_ends),
        cmocka_unit_test(draws_are_no_operations),
        cmocka_unit_test(allocations_are_merged),
        cmocka_unit_test(cards_that_are_plugged_are_counted_again),
        cmocka_unit_test(a_budget_leaves_the_best_so_far),
        cmocka_unit_test(whoever_looks_can_end_it),
        cmocka_unit_test(what_is_not_there_is_not_shrunk),
    };

    return cmocka_run_group_tests_name("shrink", tests, NULL, NULL);
}
