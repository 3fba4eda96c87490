/*
 * Which finding a reduction keeps, and the oracle on a real driver: the same finding and no other failure.
 */
#include "tests/dut.h"

#include "base/err.h"
#include "machine/calls.h"
#include "machine/shrink_oracle.h"
#include "sim/core/sim.h"

/* --- choosing --- */

#define LATE                                                                                       \
    "{\"k\":\"finding\",\"rule\":\"late-put\",\"severity\":\"warning\",\"message\":\"m\","         \
    "\"sites\":[]}"
#define PUT(line)                                                                                  \
    "{\"k\":\"finding\",\"rule\":\"early-put\",\"severity\":\"error\",\"message\":\"m\","          \
    "\"sites\":["                                                                                  \
    "{\"role\":\"Here\",\"frames\":[{\"file\":\"cases/put/driver.c\",\"line\":" #line              \
    ",\"function\":\"Put\"},{\"file\":\"case.h\",\"line\":9,\"function\":\"Dispatch\"}]}]}"

static int choose(struct shrink_target *t, const char *wanted, char *message,
                  const char *const *lines)
{
    struct trace_loaded trace = { .findings = { .at = (const char **)(uintptr_t)lines } };

    while (lines[trace.findings.count])
        trace.findings.count++;
    message[0] = 0;
    return shrink_target_choose(t, &trace, wanted, message, 256);
}

static void the_first_error_is_kept(void **state)
{
    const char *const both[] = { LATE, "no JSON", PUT(5), PUT(6), NULL }, *const late[] = { LATE,
                                                                                            NULL };
    const char *const none[] = { NULL };
    struct shrink_target t;
    char message[256];

    (void)state;
    assert_int_equal(choose(&t, NULL, message, both), 0);
    assert_string_equal(t.rule, "early-put");
    assert_int_equal(t.site_count, 1);
    assert_string_equal(t.sites[0].role, "Here");
    assert_int_equal(t.sites[0].frame_count, 2);
    assert_int_equal(t.sites[0].frames[0].line, 5);
    assert_string_equal(t.sites[0].frames[1].function, "Dispatch");
    assert_int_equal(choose(&t, NULL, message, late), 0); /* or else the first finding */
    assert_string_equal(t.rule, "late-put");
    assert_int_equal(choose(&t, NULL, message, none), ERR_NOTFOUND);
}

static void a_finding_is_named_by_rule_and_place(void **state)
{
    const char *const lines[] = { LATE, PUT(5), PUT(6), NULL };
    static const char *const wrong[] = { "put",
                                         "early",
                                         "early-put@driver.c:7",
                                         "early-put@iver.c:6",
                                         "early-put@driver.c",
                                         "late-put@driver.c:5" };
    struct shrink_target t;
    char message[256];

    (void)state;
    assert_int_equal(choose(&t, "late-put", message, lines), 0);
    assert_string_equal(t.rule, "late-put");
    assert_int_equal(choose(&t, "early-put@driver.c:6", message, lines), 0);
    assert_int_equal(t.sites[0].frames[0].line, 6);
    assert_int_equal(choose(&t, "early-put@cases/put/driver.c:6", message, lines), 0);
    assert_int_equal(choose(&t, "early-put@case.h:9", message, lines), 0);
    assert_int_equal(t.sites[0].frames[0].line, 5);
    for (unsigned i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
        assert_int_equal(choose(&t, wrong[i], message, lines), ERR_INVALID);
        assert_non_null(strstr(message, "there are: late-put, early-put, early-put"));
    }
}

static void every_frame_counts(void **state)
{
    const char *const lines[] = { PUT(5), NULL };
    struct dm_site_frame frames[3] = { { "cases/put/driver.c", "Put", 5 },
                                       { "case.h", "Dispatch", 9 },
                                       { "case.h", "Dispatch", 1 } };
    struct dm_finding_site site = { "Here", frames, 2 };
    struct dm_finding f = { .rule = "early-put",
                            .severity = "warning",
                            .message = "other words",
                            .sites = &site,
                            .site_count = 1 };
    struct shrink_target t;
    char message[256];

    (void)state;
    assert_int_equal(choose(&t, NULL, message, lines), 0);
    assert_true(shrink_target_is(&t, &f));
    frames[1].line = 10;
    assert_false(shrink_target_is(&t, &f));
    frames[1].line = 9;
    frames[0].function = "Get";
    assert_false(shrink_target_is(&t, &f));
    frames[0].function = "Put";
    site.frame_count = 3;
    assert_false(shrink_target_is(&t, &f));
    site.frame_count = 2;
    site.role = "There";
    assert_false(shrink_target_is(&t, &f));
    site.role = "Here";
    f.site_count = 0;
    assert_false(shrink_target_is(&t, &f));
    f.site_count = 1;
    f.rule = "late-put";
    assert_false(shrink_target_is(&t, &f));
}

/* --- the oracle --- */

static const struct dm_plan_buffer buffers[] = {
    { .alloc = 1, .bytes = 128, .content = DM_CONTENT_FILL },
};
static const struct dm_plan_op ops[] = {
    { DM_OP_ALLOC, .id = 1, .a = 128 },
    { DM_OP_OPEN, .id = 1, .a = 3 },
    { DM_OP_WRITE, .id = 1, .on = 1, .buffer_first = 0, .buffer_count = 1 },
    { DM_OP_WAIT, .on = 1, .a = UINT64_MAX },
    { DM_OP_RELEASE, .on = 1 },
    { DM_OP_CLOSE, .on = 1 },
};
static const struct dm_plan plan = {
    .ops = ops, .op_count = 6, .buffers = buffers, .buffer_count = 1
};

static struct shrink_runner *open_runner(struct dm_driver *d, const struct shrink_target *t)
{
    struct dm_options o = { .profile = "remap" };
    char message[256] = "";
    struct shrink_runner *r = shrink_runner_open(&o, d, NULL, t, message, sizeof(message));

    if (!r)
        fail_msg("%s", message);
    return r;
}

/* What the plan finds, as a target. */
static void find(struct dm_driver *d, struct shrink_target *t)
{
    struct dm_options o = { .profile = "remap", .verify = true };
    char message[256] = "";
    struct dm_machine *m = dm_machine_create(&o, message, sizeof(message));
    struct dm_result result;

    assert_non_null(m);
    dm_machine_run_plan(m, d, &plan, &result);
    memset(t, 0, sizeof(*t));
    assert_true(shrink_target_of_run(t, m, NULL));
    assert_string_equal(t->rule, "sgl-used-after-put");
    dm_machine_destroy(m);
}

static void another_failure_is_not_the_same(void **state)
{
    struct dm_driver *d = dut_driver("cases/early_put.bug1");
    struct shrink_case c = { .plan = plan };
    struct shrink_taken taken;
    struct shrink_target t;
    struct shrink_runner *r;

    (void)state;
    find(d, &t);
    r = open_runner(d, &t);
    assert_true(shrink_runner_same(r, &c, &taken));
    c.plan.op_count = 5; /* the file stays open: the card cannot be removed at the end */
    assert_false(shrink_runner_same(r, &c, &taken));
    c.plan.op_count = 2; /* nothing is found */
    assert_false(shrink_runner_same(r, &c, &taken));
    c.plan = plan;
    assert_true(shrink_runner_same(r, &c, &taken));
    shrink_runner_close(r);
    t.sites[0].frames[0].line++; /* the same rule at another place */
    r = open_runner(d, &t);
    assert_false(shrink_runner_same(r, &c, &taken));
    shrink_runner_close(r);
    dm_driver_close(d);
}

static void what_a_seed_draws_is_what_is_taken(void **state)
{
    struct dm_driver *d = dut_driver("cases/early_put.bug1");
    struct shrink_case c = { .plan = plan, .seed = 3 };
    struct choice_record *drawn;
    struct shrink_taken taken;
    struct shrink_target t;
    struct shrink_runner *r;
    size_t count;

    (void)state;
    find(d, &t);
    r = open_runner(d, &t);
    assert_true(shrink_runner_same(r, &c, &taken));
    count = taken.choice_count;
    assert_true(count > 3);
    drawn = malloc(count * sizeof(*drawn));
    assert_non_null(drawn);
    memcpy(drawn, taken.choices, count * sizeof(*drawn));
    c = (struct shrink_case) { .plan = plan, .choices = drawn, .choice_count = count };
    assert_true(shrink_runner_same(r, &c, &taken));
    assert_int_equal(taken.choice_count, count);
    assert_memory_equal(taken.choices, drawn, count * sizeof(*drawn));
    c.choice_count = 0;
    assert_true(shrink_runner_same(r, &c, &taken));
    assert_int_equal(taken.choice_count, 0);
    shrink_runner_close(r);
    free(drawn);
    dm_driver_close(d);
}

static void a_machine_that_cannot_be_is_refused(void **state)
{
    struct dm_options o = { .profile = "nonsense" };
    struct dm_driver *d = dut_driver("cases/early_put.bug1");
    struct shrink_target t = { .rule = "rule" };
    char message[256] = "";

    (void)state;
    assert_null(shrink_runner_open(&o, d, NULL, &t, message, sizeof(message)));
    assert_non_null(strstr(message, "nonsense"));
    dm_driver_close(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_error_is_kept),
        cmocka_unit_test(a_finding_is_named_by_rule_and_place),
        cmocka_unit_test(every_frame_counts),
        cmocka_unit_test(another_failure_is_not_the_same),
        cmocka_unit_test(what_a_seed_draws_is_what_is_taken),
        cmocka_unit_test(a_machine_that_cannot_be_is_refused),
    };

    return cmocka_run_group_tests_name("shrink: the oracle", tests, NULL, NULL);
}
