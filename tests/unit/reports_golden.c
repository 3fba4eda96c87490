/*
 * Each writer's output of one report, byte for byte: reports/golden/NAME.txt. DMACHECK_GOLDEN=write in the
 * environment writes the files anew; what then changes is to be read, and tests/cli/reports.sh holds the
 * files against the formats' schemas.
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

#include "tests/unit/reports_fixture.h"

static char *slurp(int fd)
{
    off_t size = lseek(fd, 0, SEEK_END);
    char *text = calloc(1, (size_t)size + 1);

    assert_int_equal(pread(fd, text, (size_t)size, 0), size);
    return text;
}

static char *written(const char *writer)
{
    const struct report_style style = { .verbosity = 0 };
    const struct report_writer *w = report_writer_find(writer);
    int fd = memfd_create(writer, 0);
    struct report r;
    char *text;

    assert_non_null(w);
    fixture_make(&r);
    assert_int_equal(w->write(&r, fd, &style), 0);
    report_free(&r);
    text = slurp(fd);
    close(fd);
    return text;
}

static void check(const char *writer)
{
    char path[256], *text = written(writer), *want;
    const char *wish = getenv("DMACHECK_GOLDEN");
    FILE *f;

    snprintf(path, sizeof path, "reports/golden/%s.txt", writer);
    if (wish && !strcmp(wish, "write")) {
        f = fopen(path, "w");
        assert_non_null(f);
        assert_int_equal(fwrite(text, 1, strlen(text), f), strlen(text));
        fclose(f);
    }
    f = fopen(path, "r");
    assert_non_null(f);
    want = slurp(fileno(f));
    fclose(f);
    assert_string_equal(text, want);
    free(want);
    free(text);
}

static void text_is_golden(void **state) { (void)state, check("text"); }
static void json_is_golden(void **state) { (void)state, check("json"); }
static void junit_is_golden(void **state) { (void)state, check("junit"); }
static void sarif_is_golden(void **state) { (void)state, check("sarif"); }
static void github_is_golden(void **state) { (void)state, check("github"); }
static void markdown_is_golden(void **state) { (void)state, check("markdown"); }

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_golden),   cmocka_unit_test(json_is_golden),
        cmocka_unit_test(junit_is_golden),  cmocka_unit_test(sarif_is_golden),
        cmocka_unit_test(github_is_golden), cmocka_unit_test(markdown_is_golden),
    };

    return cmocka_run_group_tests_name("golden", tests, NULL, NULL);
}
