/*
 * The readiness verdict: what says no, what is too little for a yes, and what a rule's page lends it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "reports/readiness.h"

#define DID_DMA (SEEN_ADAPTER | SEEN_LIST | SEEN_DEVICE_READ)

static unsigned run(struct report *r, const char *profile, bool remapped, int exit, uint32_t seen)
{
    return report_add_run(r, &(struct report_run) { .scenario = "s",
                                                    .profile = profile,
                                                    .exit = exit,
                                                    .remapped = remapped,
                                                    .seen = seen });
}

static void finding(struct report *r, unsigned of, const char *rule, const char *severity)
{
    report_add_finding(r, of,
                       &(struct report_finding) { .rule = rule,
                                                  .severity = severity,
                                                  .message = "m",
                                                  .scenario = "s",
                                                  .profile = r->runs[of].profile,
                                                  .where = rule });
}

static enum readiness_verdict verdict(const struct report *r, unsigned reasons)
{
    struct report_groups g = report_groups_make(r);
    struct readiness y = readiness_of(r, &g);
    enum readiness_verdict v = y.verdict;

    assert_int_equal(y.reason_count, reasons);
    readiness_free(&y);
    report_groups_free(&g);
    return v;
}

static void rule(struct report *r, const char *name, bool readiness)
{
    report_add_rule(r, &(struct report_rule) { .name = name, .readiness = readiness });
}

static void begin(struct report *r)
{
    report_init(r, "d");
    run(r, "plain", false, 0, DID_DMA);
    run(r, "iommu", true, 0, DID_DMA);
    rule(r, "raw", true);
    rule(r, "leak", false);
}

static void a_clean_driver_is_ready(void **state)
{
    struct report r;

    (void)state;
    begin(&r);
    assert_int_equal(verdict(&r, 0), READY_YES);
    finding(&r, 0, "leak", "warning"); /* on both kinds of machine: remapping changes nothing */
    finding(&r, 1, "leak", "warning");
    assert_int_equal(verdict(&r, 0), READY_YES);
    finding(&r, 0, "stuck", "error"); /* a run with errors proves nothing */
    finding(&r, 1, "stuck", "error");
    assert_int_equal(verdict(&r, 0), READY_NOT_SHOWN);
    run(&r, "iommu", true, 0, DID_DMA);
    assert_int_equal(verdict(&r, 0), READY_YES);
    report_free(&r);
}

static void such_a_rule_says_no_on_any_machine(void **state)
{
    struct report r;

    (void)state;
    begin(&r);
    finding(&r, 0, "raw", "error");
    assert_int_equal(verdict(&r, 1), READY_NO);
    r.findings[0].suppressed.reason = "checked by hand";
    assert_int_equal(verdict(&r, 0), READY_YES);
    report_free(&r);
}

static void an_error_behind_remapping_alone_says_no(void **state)
{
    struct report r;

    (void)state;
    begin(&r);
    finding(&r, 1, "leak", "warning");
    assert_int_equal(verdict(&r, 0), READY_YES);
    finding(&r, 1, "other", "error");
    assert_int_equal(verdict(&r, 1), READY_NO);
    report_add_finding(&r, 0,
                       &(struct report_finding) { .rule = "other",
                                                  .severity = "error",
                                                  .message = "in other words",
                                                  .scenario = "s",
                                                  .profile = "plain",
                                                  .where = "elsewhere" });
    assert_int_equal(verdict(&r, 0), READY_NOT_SHOWN);
    report_free(&r);
}

static void what_was_not_tried_is_not_a_yes(void **state)
{
    static const struct {
        bool remapped;
        int exit;
        uint32_t seen;
    } rows[] = {
        { false, 0, DID_DMA },                 /* no IOMMU anywhere */
        { true, 0, SEEN_ADAPTER | SEEN_LIST }, /* the device did nothing */
        { true, 0, SEEN_DEVICE_WRITE },        /* by whatever way */
        { true, 4, DID_DMA },                  /* a run without a verdict */
    };

    (void)state;
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct report r;

        report_init(&r, "d");
        run(&r, "p", rows[i].remapped, rows[i].exit, rows[i].seen);
        assert_int_equal(verdict(&r, 0), READY_NOT_SHOWN);
        report_free(&r);
    }
}

static void a_page_lends_its_words(void **state)
{
    const struct report_rule page = {
        .page = "# a-rule\n\nThe `list` is put\ntoo early.\n\n## Lines\n\nWrong:\n\n```c\nPut();\n"
                "```\n\nRight (`BUG=0`):\n\n```c\nWait();\nPut();\n```\n"
    };
    const struct report_rule bare = { .page = "# a-rule\n" }, none = { 0 };
    char text[64];

    (void)state;
    assert_true(readiness_meaning(&page, text, sizeof text));
    assert_string_equal(text, "The list is put too early.");
    assert_true(readiness_right_lines(&page, text, sizeof text));
    assert_string_equal(text, "Wait();\nPut();");
    assert_false(readiness_right_lines(&page, text, 8)); /* half of it would be wrong */
    assert_false(readiness_meaning(&bare, text, sizeof text));
    assert_false(readiness_right_lines(&bare, text, sizeof text));
    assert_false(readiness_meaning(&none, text, sizeof text));
    assert_false(readiness_meaning(NULL, text, sizeof text));
}

static void events_say_what_a_run_did(void **state)
{
    uint32_t seen = 0;

    (void)state;
    readiness_event(&seen, &(struct event) { .kind = EV_DEV_READ, .a = { 1, 2, 0, 0 } });
    assert_int_equal(seen, 0); /* nobody's memory */
    readiness_event(&seen,
                    &(struct event) { .kind = EV_DEV_READ, .a = { 1, 2, OBJ_ID(OBJ_SGL, 1), 0 } });
    readiness_event(&seen, &(struct event) { .kind = EV_POWER });
    assert_int_equal(seen, SEEN_DEVICE_READ | SEEN_POWER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_clean_driver_is_ready),
        cmocka_unit_test(such_a_rule_says_no_on_any_machine),
        cmocka_unit_test(an_error_behind_remapping_alone_says_no),
        cmocka_unit_test(what_was_not_tried_is_not_a_yes),
        cmocka_unit_test(a_page_lends_its_words),
        cmocka_unit_test(events_say_what_a_run_did),
    };

    return cmocka_run_group_tests_name("reports_readiness", tests, NULL, NULL);
}
