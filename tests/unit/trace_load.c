/*
 * A trace in memory: events as an array, the other lines by kind and as they stood in the file.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "trace/load.h"

static char path[64];
static char message[300];

static const char text[] =
    "{\"dmatrace\":1,\"driver\":\"d\",\"later\":[1]}\n"
    "{\"k\":\"site\",\"id\":2,\"frames\":[{\"file\":\"a.c\",\"line\":7,\"function\":\"F\"}]}\n"
    "{\"k\":\"pool\",\"s\":0,\"t\":5,\"o\":\"pool#1\",\"w\":2,\"length_bytes\":64}\n"
    "{\"k\":\"payload\",\"index\":0,\"op\":\"alloc\",\"bytes\":9}\n"
    "{\"k\":\"tomorrow\",\"x\":{}}\n"
    "{\"k\":\"agent\",\"s\":1,\"t\":5,\"o\":\"agent#3\",\"name\":\"boot\"}\n"
    "{\"k\":\"finding\",\"rule\":\"pool-leak\"}\n";

static void file_write(const char *first, const char *second)
{
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    fputs(first, f);
    fputs(second, f);
    fclose(f);
}

static void each_line_lies_with_its_kind(void **state)
{
    struct site_frame_text frame;
    struct trace_loaded *t;

    (void)state;
    file_write(text, "");
    t = trace_load(path, message, sizeof message);
    assert_non_null(t);
    assert_string_equal(message, "");
    assert_false(t->cut);
    assert_string_equal(t->header->driver, "d");
    assert_string_equal(t->header_line, "{\"dmatrace\":1,\"driver\":\"d\",\"later\":[1]}");
    assert_int_equal(t->event_count, 2);
    assert_int_equal(t->events[0].kind, EV_POOL);
    assert_int_equal(t->events[0].a[1], 64);
    assert_true(site_frame_text(t->depot, t->events[0].site, 0, &frame));
    assert_int_equal(frame.line, 7);
    assert_string_equal(trace_read_agent_name(t->reader, 3), "boot");
    assert_int_equal(t->inputs.count, 1);
    assert_string_equal(t->inputs.at[0],
                        "{\"k\":\"payload\",\"index\":0,\"op\":\"alloc\",\"bytes\":9}");
    assert_int_equal(t->inputs.bytes[0], 48);
    assert_int_equal(t->inputs.line[0], 4);
    assert_int_equal(t->inputs.event[0], 1);
    assert_int_equal(t->others.count, 1);
    assert_string_equal(t->others.at[0], "{\"k\":\"tomorrow\",\"x\":{}}");
    assert_int_equal(t->findings.count, 1);
    assert_int_equal(t->findings.event[0], 2);
    trace_load_free(t);
}

static void what_was_cut_off_is_said(void **state)
{
    struct trace_loaded *t;

    (void)state;
    file_write(text, "{\"k\":\"pool\",\"s\":1,\"t\":");
    t = trace_load(path, message, sizeof message);
    assert_non_null(t);
    assert_true(t->cut);
    assert_non_null(strstr(message, ":8: the last line is cut off"));
    assert_int_equal(t->event_count, 2);
    trace_load_free(t);
    file_write(text, "{\"k\":\"pool\",\"s\":1,\"o\":\"pool#2\"}"); /* whole, but for its newline */
    t = trace_load(path, message, sizeof message);
    assert_non_null(t);
    assert_false(t->cut);
    assert_int_equal(t->event_count, 3);
    trace_load_free(t);
}

static void a_bad_line_is_named(void **state)
{
    (void)state;
    file_write(text, "{\"k\":\"pool\",\"s\":1,\"t\":\n");
    assert_null(trace_load(path, message, sizeof message));
    assert_non_null(strstr(message, ":8: expected"));
    file_write("", "");
    assert_null(trace_load(path, message, sizeof message));
    assert_non_null(strstr(message, ":1: expected a dmatrace header"));
}

static int path_make(void **state)
{
    (void)state;
    strcpy(path, "/tmp/dmacheck-test-XXXXXX");
    close(mkstemp(path));
    return 0;
}

static int path_remove(void **state)
{
    (void)state;
    unlink(path);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_line_lies_with_its_kind),
        cmocka_unit_test(what_was_cut_off_is_said),
        cmocka_unit_test(a_bad_line_is_named),
    };

    return cmocka_run_group_tests(tests, path_make, path_remove);
}
