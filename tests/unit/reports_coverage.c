/*
 * Coverage: what counts as tried, and which outcomes a page names (wdm/nc-wdm-pallocate_adapter_channel:
 * STATUS_SUCCESS, STATUS_INSUFFICIENT_RESOURCES).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "reports/coverage.h"

struct fixture {
    struct coverage c;
    struct report r;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);

    report_init(&f->r, "a");
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    report_free(&f->r);
    free(f);
    return 0;
}

static void says(struct fixture *f, enum event_kind kind, enum api api, uint64_t a0)
{
    coverage_event(&f->c,
                   &(struct event) { .kind = (uint16_t)kind, .api = (uint16_t)api, .a = { a0 } });
}

static unsigned operation_of(enum api wanted)
{
    enum api api = API_NONE;

    for (unsigned i = 0; coverage_operation(i, &api); i++)
        if (api == wanted)
            return i;
    fail();
    return 0;
}

static void all_39_operations_are_there_once(void **state)
{
    bool seen[API_COUNT] = { false };
    enum api api = API_NONE;
    unsigned i;

    (void)state;
    for (i = 0; coverage_operation(i, &api); i++) {
        assert_false(seen[api]);
        seen[api] = true;
    }
    assert_int_equal(i, 39);
}

static void outcomes_are_counted_by_status(void **state)
{
    struct fixture *f = *state;
    unsigned op = operation_of(API_AllocateAdapterChannel);

    says(f, EV_CALL, API_AllocateAdapterChannel, 0);
    says(f, EV_RETURN, API_AllocateAdapterChannel, 0);
    says(f, EV_RETURN, API_AllocateAdapterChannel, 0xC000009A);
    says(f, EV_RETURN, API_AllocateAdapterChannel, 0xC000009A);
    says(f, EV_RETURN, API_AllocateAdapterChannel, 0xC0000001);
    assert_string_equal(coverage_outcome(op, 0), "STATUS_SUCCESS");
    assert_string_equal(coverage_outcome(op, 1), "STATUS_INSUFFICIENT_RESOURCES");
    assert_int_equal(f->c.outcomes[op][0], 1);
    assert_int_equal(f->c.outcomes[op][1], 2);
    assert_int_equal(f->c.outcomes[op][COVERAGE_OUTCOMES], 1);
    assert_int_equal(f->c.calls[API_AllocateAdapterChannel], 1);
}

/* A common buffer's RETURN names it, or 0 where it was refused. */
static void a_buffer_is_given_or_not(void **state)
{
    struct fixture *f = *state;
    unsigned op = operation_of(API_AllocateCommonBuffer);

    says(f, EV_RETURN, API_AllocateCommonBuffer, OBJ_ID(OBJ_COMMON, 1));
    says(f, EV_RETURN, API_AllocateCommonBuffer, 0);
    assert_int_equal(f->c.outcomes[op][0], 1);
    assert_int_equal(f->c.outcomes[op][1], 1);
}

static void a_rule_is_tried_by_what_it_judges(void **state)
{
    struct fixture *f = *state;
    const struct rule *stray = rule_find("address-raw-physical"),
                      *twice = rule_find("sgl-freed-twice");

    assert_false(coverage_of_rule(&f->c, stray, &f->r).exercised);
    says(f, EV_DEV_CLAIM, API_NONE, 0);
    assert_true(coverage_of_rule(&f->c, stray, &f->r).exercised);
    assert_false(coverage_of_rule(&f->c, twice, &f->r).exercised);
    says(f, EV_CALL, API_PutScatterGatherList, 0);
    assert_true(coverage_of_rule(&f->c, twice, &f->r).exercised);
    assert_false(coverage_of_rule(&f->c, twice, &f->r).fired);
}

static void what_no_driver_can_cause_is_not_armed(void **state)
{
    struct fixture *f = *state;

    assert_true(coverage_of_rule(&f->c, rule_find("sgl-leaked"), &f->r).armed);
    assert_false(coverage_of_rule(&f->c, rule_find("dma-irql-unspecified"), &f->r).armed);
}

static void sums_are_sums(void **state)
{
    struct fixture *f = *state;
    struct coverage *sum = calloc(1, sizeof *sum);

    says(f, EV_CALL, API_MapTransfer, 0);
    coverage_add(sum, &f->c);
    coverage_add(sum, &f->c);
    assert_int_equal(sum->calls[API_MapTransfer], 2);
    assert_int_equal(sum->kinds[EV_CALL], 2);
    free(sum);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(all_39_operations_are_there_once),
        T(outcomes_are_counted_by_status),
        T(a_buffer_is_given_or_not),
        T(a_rule_is_tried_by_what_it_judges),
        T(what_no_driver_can_cause_is_not_armed),
        T(sums_are_sums),
    };

    return cmocka_run_group_tests_name("reports_coverage", tests, NULL, NULL);
}
