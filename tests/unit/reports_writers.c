/*
 * Reports: JSON that a JSON reader takes, text whose first line is stable, findings merged.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>
#include <jansson.h>

#include "reports/report.h"
#include "reports/writer.h"

static char *text_of(int fd)
{
    off_t size = lseek(fd, 0, SEEK_END);
    char *text = calloc(1, (size_t)size + 1);

    assert_int_equal(pread(fd, text, (size_t)size, 0), size);
    close(fd);
    return text;
}

static void strings_survive_a_json_reader(void **state)
{
    const char *nasty = "a\"b\\c\n\t\x01 \xc3\xa9 \xff end";
    int fd = memfd_create("json", 0);
    struct writer w;
    char *text;
    json_t *j;

    (void)state;
    writer_init(&w, fd, true);
    writer_object_begin(&w);
    writer_key_string(&w, "s", nasty);
    writer_key_u64(&w, "big", UINT64_MAX);
    writer_key_u64(&w, "exact", 1ull << 53);
    writer_key(&w, "hex");
    writer_hex(&w, 6);
    writer_key(&w, "none");
    writer_null(&w);
    writer_key(&w, "list");
    writer_array_begin(&w);
    writer_array_end(&w);
    writer_object_end(&w);
    assert_int_equal(writer_end(&w), 0);
    text = text_of(fd);
    j = json_loads(text, 0, NULL);
    assert_non_null(j);
    assert_string_equal(json_string_value(json_object_get(j, "s")),
                        "a\"b\\c\n\t\x01 \xc3\xa9 \xef\xbf\xbd end");
    assert_string_equal(json_string_value(json_object_get(j, "big")), "0xFFFFFFFFFFFFFFFF");
    assert_true(json_integer_value(json_object_get(j, "exact")) == 1ll << 53);
    assert_string_equal(json_string_value(json_object_get(j, "hex")), "0x06");
    assert_int_equal(strchr(text, '\n') - text, strlen(text) - 1); /* one line */
    json_decref(j);
    free(text);
}

static void a_full_disk_is_told(void **state)
{
    struct writer w;

    (void)state;
    writer_init(&w, -1, true);
    for (int i = 0; i < 10000; i++)
        writer_raw(&w, "bytes", 5);
    assert_true(writer_end(&w) < 0);
}

static void fill(struct report *r)
{
    struct report_finding f = {
        .rule = "sgl-leaked",
        .severity = "error",
        .message = "SGL#1 of adapter#1",
        .seed = 7,
        .driver_verifier = "0xE6 (0x0A, ...)",
        .scenario = "write",
        .profile = "remap",
        .site_count = 1,
        .sites = { { .role = "Created at",
                     .frame_count = 1,
                     .frames = { { "dir/a.c", "Get", 12 } } } },
    };

    report_init(r, "xfer");
    for (uint64_t seed = 7; seed < 10; seed++) {
        unsigned run =
            report_add_run(r,
                           &(struct report_run) {
                               .scenario = "write", .seed = seed, .profile = "remap", .exit = 1 });

        f.seed = seed;
        report_add_finding(r, run, &f);
    }
    f.sites[0].frames[0].line = 13;
    report_add_finding(r, 2, &f);
}

static void equal_findings_of_several_runs_are_one(void **state)
{
    struct report r;

    (void)state;
    fill(&r);
    assert_int_equal(r.finding_count, 2);
    assert_int_equal(r.findings[0].run_count, 3);
    assert_int_equal(r.findings[0].seed, 7);
    report_free(&r);
}

static void the_first_line_can_be_searched_for(void **state)
{
    static const char line[] = "dmacheck: error: sgl-leaked [profile=remap seed=7] dir/a.c:12\n";
    const struct report_style style = { .verbosity = 0 };
    int fd = memfd_create("text", 0);
    struct report r;
    char *text;

    (void)state;
    fill(&r);
    assert_int_equal(report_writer_find("text")->write(&r, fd, &style), 0);
    text = text_of(fd);
    assert_memory_equal(text, line, sizeof line - 1);
    assert_non_null(strstr(text, "\n  Driver Verifier: 0xE6 (0x0A, ...)\n"));
    assert_non_null(strstr(text, "\n  seen in all 3 runs\n"));
    assert_null(strchr(text, '\033'));
    free(text);
    report_free(&r);
}

static void json_has_what_its_page_promises(void **state)
{
    const struct report_style style = { .verbosity = 0 };
    int fd = memfd_create("json", 0);
    struct report r;
    char *text;
    json_t *j, *f;

    (void)state;
    fill(&r);
    assert_ptr_equal(report_writer_find("out.json"), report_writer_find("json"));
    assert_int_equal(report_writer_find("json")->write(&r, fd, &style), 0);
    text = text_of(fd);
    j = json_loads(text, 0, NULL);
    assert_non_null(j);
    assert_non_null(json_object_get(j, "schema"));
    assert_int_equal(json_array_size(json_object_get(j, "runs")), 3);
    f = json_array_get(json_object_get(j, "findings"), 0);
    assert_int_equal(json_array_size(json_object_get(f, "runs")), 3);
    f = json_array_get(json_object_get(f, "sites"), 0);
    assert_string_equal(json_string_value(json_object_get(f, "role")), "Created at");
    json_decref(j);
    free(text);
    report_free(&r);
}

static void more_than_the_limit_are_counted(void **state)
{
    struct report r;

    (void)state;
    report_init(&r, "x");
    report_add_run(&r, &(struct report_run) { .scenario = "s", .profile = "p" });
    for (int i = 0; i < 5; i++) {
        char message[8] = { (char)('a' + i), 0 };

        report_add_finding(&r, 0,
                           &(struct report_finding) {
                               .rule = "r", .severity = "error", .message = message });
    }
    report_trim(&r, 0);
    assert_int_equal(r.finding_count, 5);
    report_trim(&r, 2);
    assert_int_equal(r.finding_count, 2);
    assert_int_equal(r.more, 3);
    report_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(strings_survive_a_json_reader),
        cmocka_unit_test(a_full_disk_is_told),
        cmocka_unit_test(equal_findings_of_several_runs_are_one),
        cmocka_unit_test(the_first_line_can_be_searched_for),
        cmocka_unit_test(json_has_what_its_page_promises),
        cmocka_unit_test(more_than_the_limit_are_counted),
    };

    return cmocka_run_group_tests_name("reports", tests, NULL, NULL);
}
