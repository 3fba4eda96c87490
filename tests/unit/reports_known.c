/*
 * What makes a finding the same finding later, what counts, and the limits that formats have.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "reports/sarif.h"
#include "reports/suppress.h"
#include "tests/unit/reports_fixture.h"

static void add_at(struct report *r, const char *rule, const char *file, const char *function,
                   unsigned line)
{
    struct report_finding f = {
        .rule = rule,
        .severity = "error",
        .message = "m",
        .scenario = "s",
        .profile = "p",
        .site_count = 1,
        .sites = { { .role = "Here", .frame_count = 1, .frames = { { file, function, line } } } }
    };

    if (!r->run_count)
        fixture_run(r, "s", "p", 0, 1);
    report_add_finding(r, 0, &f);
}

/* Two faults of one rule in Read, one in Write; `moved` lines further down, the later one found first. */
static void three(struct report *r, unsigned moved, bool later_first)
{
    report_init(r, "x");
    add_at(r, "flush-missing", "a.c", "Read", (later_first ? 30 : 20) + moved);
    add_at(r, "flush-missing", "a.c", "Read", (later_first ? 20 : 30) + moved);
    add_at(r, "flush-missing", "a.c", "Write", 40 + moved);
    report_fingerprint_all(r);
}

static void a_fingerprint_stays_when_lines_move(void **state)
{
    struct report a, b;

    (void)state;
    three(&a, 0, false);
    three(&b, 7, true);
    assert_string_equal(a.findings[0].fingerprint, b.findings[1].fingerprint);
    assert_string_equal(a.findings[1].fingerprint, b.findings[0].fingerprint);
    assert_string_equal(a.findings[2].fingerprint, b.findings[2].fingerprint);
    assert_string_not_equal(a.findings[0].fingerprint, a.findings[1].fingerprint);
    assert_memory_equal(a.findings[0].fingerprint, a.findings[1].fingerprint, 17);
    assert_string_equal(a.findings[1].fingerprint + 16, ":2");
    assert_memory_not_equal(a.findings[0].fingerprint, a.findings[2].fingerprint, 16);
    report_free(&a);
    report_free(&b);
}

static void rule_and_file_make_another_fingerprint(void **state)
{
    struct report r;

    (void)state;
    report_init(&r, "x");
    add_at(&r, "flush-missing", "a.c", "Read", 20);
    add_at(&r, "sgl-leaked", "a.c", "Read", 20);
    add_at(&r, "flush-missing", "b.c", "Read", 20);
    add_at(&r, "flush-missing", "./b.c", "Read", 20);
    report_fingerprint_all(&r);
    assert_memory_not_equal(r.findings[0].fingerprint, r.findings[1].fingerprint, 16);
    assert_memory_not_equal(r.findings[0].fingerprint, r.findings[2].fingerprint, 16);
    assert_string_equal(r.findings[2].fingerprint, r.findings[3].fingerprint);
    report_free(&r);
}

static void days_are_days_of_the_calendar(void **state)
{
    static const struct {
        const char *text;
        bool is;
    } rows[] = {
        { "2026-12-31", true },  { "2024-02-29", true },  { "2000-02-29", true },
        { "2026-02-29", false }, { "1900-02-29", false }, { "2026-04-31", false },
        { "2026-00-10", false }, { "2026-1-10", false },  { "2026-10-10x", false },
        { "", false },           { "26-10-10", false },
    };

    (void)state;
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++)
        if (suppressions_is_date(rows[i].text) != rows[i].is)
            fail_msg("%s", rows[i].text);
}

static void words_are_quoted_for_a_shell(void **state)
{
    static const char *const rows[][2] = {
        { "twin:x", "twin:x" },   { "./a/b.so", "./a/b.so" },     { "a b", "'a b'" },
        { "it's", "'it'\\''s'" }, { "$(reboot)", "'$(reboot)'" }, { "", "''" },
        { "a;b", "'a;b'" },
    };
    char text[64], small[8];

    (void)state;
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        report_shell_word(rows[i][0], text, sizeof text);
        assert_string_equal(text, rows[i][1]);
    }
    report_shell_word("' ' ' ' ' ' '", small, sizeof small); /* never past the end */
    assert_true(strlen(small) < sizeof small);
}

static void names_become_one_word(void **state)
{
    static const char *const rows[][2] = {
        { "./a/my.so", "my" },      { "twin:sgl-leaked", "twin:sgl-leaked" },
        { "../x y.v2/", "___x_y" }, { "remap", "remap" },
        { "p/tight.ini", "tight" },
    };
    char text[64];

    (void)state;
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        report_slug(rows[i][0], text, sizeof text);
        assert_null(strpbrk(text, "/. "));
        if (i != 2)
            assert_string_equal(text, rows[i][1]);
    }
}

static void uris_hold_no_bare_characters(void **state)
{
    char uri[128];

    (void)state;
    assert_true(sarif_uri("./src/a b#1.c", uri, sizeof uri));
    assert_string_equal(uri, "src/a%20b%231.c");
    assert_true(sarif_uri("c:x.c", uri, sizeof uri)); /* no scheme "c" */
    assert_string_equal(uri, "c%3Ax.c");
    assert_false(sarif_uri("/abs/\xc3\xa9.c", uri, sizeof uri));
    assert_string_equal(uri, "file:///abs/%C3%A9.c");
}

static char *written(const struct report *r, const char *writer)
{
    const struct report_style style = { .verbosity = 0 };
    int fd = memfd_create(writer, 0);
    off_t size;
    char *text;

    assert_int_equal(report_writer_find(writer)->write(r, fd, &style), 0);
    size = lseek(fd, 0, SEEK_END);
    text = calloc(1, (size_t)size + 1);
    assert_int_equal(pread(fd, text, (size_t)size, 0), size);
    close(fd);
    return text;
}

static unsigned count(const char *text, const char *word)
{
    unsigned n = 0;

    while ((text = strstr(text, word))) {
        n++;
        text += strlen(word);
    }
    return n;
}

/* Errors come last here: they are what must stay. */
static void many(struct report *r, unsigned findings)
{
    report_init(r, "x");
    for (unsigned i = 0; i < findings; i++) {
        add_at(r, "flush-missing", "a.c", "Read", i + 1);
        r->findings[i].severity = i + 2 < findings ? "warning" : "error";
    }
    report_fingerprint_all(r);
}

/* docs.github.com, "SARIF support for code scanning": 5,000 results of a run are shown. */
static void sarif_is_trimmed_and_says_so(void **state)
{
    struct report r;
    json_t *j, *run;
    char *text;

    (void)state;
    many(&r, 5003);
    text = written(&r, "sarif");
    j = json_loads(text, 0, NULL);
    run = json_array_get(json_object_get(j, "runs"), 0);
    assert_int_equal(json_array_size(json_object_get(run, "results")), 5000);
    assert_int_equal(count(text, "\"level\": \"error\",\n"), 2);
    assert_non_null(strstr(text, "3 findings are left out"));
    json_decref(j);
    free(text);
    report_free(&r);
}

/* The same page: 20 runs in a file. */
static void sarif_has_twenty_runs_at_most(void **state)
{
    struct report r;
    json_t *j;
    char *text;

    (void)state;
    report_init(&r, "x");
    for (unsigned i = 0; i < 23; i++) {
        char profile[8];

        snprintf(profile, sizeof profile, "p%u", i);
        fixture_run(&r, "s", profile, 0, 0);
    }
    text = written(&r, "sarif");
    j = json_loads(text, 0, NULL);
    assert_int_equal(json_array_size(json_object_get(j, "runs")), 20);
    json_decref(j);
    free(text);
    report_free(&r);
}

/* docs.github.com, "Workflow commands": ten annotations of a step are shown. */
static void github_gets_ten_annotations(void **state)
{
    struct report r;
    char *text;

    (void)state;
    many(&r, 14);
    text = written(&r, "github");
    assert_int_equal(count(text, "::error "), 2);
    assert_int_equal(count(text, "::warning "), 8);
    assert_memory_equal(text, "::error ", 8);
    assert_non_null(strstr(text, "(not annotated 4)"));
    free(text);
    report_free(&r);
}

/* A job summary has room for 1 MiB. */
static void markdown_keeps_its_size(void **state)
{
    struct report r;
    char *text;

    (void)state;
    many(&r, 5003);
    text = written(&r, "markdown");
    assert_true(strlen(text) < 1024 * 1024);
    assert_non_null(strstr(text, " further findings are not listed."));
    free(text);
    report_free(&r);
}

/* With --max-findings the runs still failed, and no format says otherwise. */
static void what_is_cut_off_still_fails(void **state)
{
    struct report r;
    char *text;

    (void)state;
    report_init(&r, "x");
    add_at(&r, "flush-missing", "a.c", "Read", 1);
    fixture_run(&r, "t", "p", 0, 1);
    report_add_finding(&r, 1,
                       &(struct report_finding) { .rule = "sgl-leaked",
                                                  .severity = "error",
                                                  .message = "m",
                                                  .scenario = "t",
                                                  .profile = "p" });
    report_fingerprint_all(&r);
    report_excuse_runs(&r);
    report_trim(&r, 1);
    text = written(&r, "junit");
    assert_int_equal(count(text, "<failure "), 2);
    free(text);
    text = written(&r, "sarif");
    assert_non_null(strstr(text, "1 findings are left out: --max-findings"));
    free(text);
    report_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fingerprint_stays_when_lines_move),
        cmocka_unit_test(rule_and_file_make_another_fingerprint),
        cmocka_unit_test(days_are_days_of_the_calendar),
        cmocka_unit_test(words_are_quoted_for_a_shell),
        cmocka_unit_test(names_become_one_word),
        cmocka_unit_test(uris_hold_no_bare_characters),
        cmocka_unit_test(sarif_is_trimmed_and_says_so),
        cmocka_unit_test(sarif_has_twenty_runs_at_most),
        cmocka_unit_test(github_gets_ten_annotations),
        cmocka_unit_test(markdown_keeps_its_size),
        cmocka_unit_test(what_is_cut_off_still_fails),
    };

    return cmocka_run_group_tests_name("known", tests, NULL, NULL);
}
