/*
 * Plans out of traces that somebody has edited: each wrong line is named with its number and what was
 * expected there, and what is right comes out as it was written.
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

#include "machine/plan_read.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static char path[] = "/tmp/dmacheck-plan-read-XXXXXX";
static char message[400];

static int trace_file(void **state)
{
    int fd = mkstemp(path);

    (void)state;
    close(fd);
    return fd < 0;
}

static int trace_file_gone(void **state)
{
    (void)state;
    return unlink(path);
}

static void write_trace(const char *lines)
{
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    fprintf(f,
            "{\"dmatrace\":1,\"scenario\":\"one\",\"devices\":\"sgdma,pktdma\",\"scenario_flags\":"
            "3}\n%s\n",
            lines);
    fclose(f);
}

/* P: the beginning of a line of thread 0. */
#define P "{\"k\":\"payload\",\"thread\":0,\"op\":"
#define READ P "\"read\",\"index\":0,\"file\":1,\"offset\":0,"

static const struct {
    const char *line, *expected;
} wrong[] = {
    { "{\"k\":\"payload\"}", "a text in \"op\"" },
    { "{\"k\":\"payload\",\"op\":7}", "a text in \"op\"" },
    { P "\"reed\"}", "a word of trace/inputs.def in \"op\", not \"reed\"" },
    { "{\"k\":\"payload\",\"op\":\"close\",\"file\":1}", "a number up to 63 in \"thread\"" },
    { "{\"k\":\"payload\",\"op\":\"close\",\"file\":1,\"thread\":64}",
      "a number up to 63 in \"thread\"" },
    { P "\"close\"}", "a number up to 4294967294 in \"file\"" },
    { P "\"close\",\"file\":-1}", "a number up to 4294967294 in \"file\"" },
    { P "\"close\",\"file\":\"1\"}", "a number up to 4294967294 in \"file\"" },
    { P "\"close\",\"file\":\"0x\"}", "a number up to 4294967294 in \"file\"" },
    { P "\"close\",\"file\":\"0x-1\"}", "a number up to 4294967294 in \"file\"" },
    { P "\"close\",\"file\":\"0x11111111111111111\"}", "a number up to 4294967294 in \"file\"" },
    { P "\"cancel\",\"request\":4294967295}", "a number up to 4294967294 in \"request\"" },
    { P "\"wait\",\"request\":1,\"timeout_ns\":\"never\"}", "a number in \"timeout_ns\"" },
    { P "\"sleep\"}", "a number in \"ns\"" },
    { P "\"plug\",\"device_index\":1}", "a text in \"model\"" },
    { P "\"open\",\"file\":1,\"access\":3}", "a number up to 4294967295 in \"device_index\"" },
    { P "\"open\",\"file\":1,\"access\":3,\"name\":3}", "a text in \"name\"" },
    { P "\"open\",\"file\":1,\"access\":3,\"name\":\"\\u20ac\"}",
      "characters of one byte in \"name\"" },
    { READ "\"data_at\":[1,0]}", "a number up to 4294967295 in \"bytes\"" },
    { READ "\"bytes\":4294967296,\"data_at\":[1,0]}", "a number up to 4294967295 in \"bytes\"" },
    { READ "\"bytes\":4}", "[allocation, offset], null or a pointer's name in \"data_at\"" },
    { READ "\"bytes\":4,\"data_at\":[1]}",
      "[allocation, offset], null or a pointer's name in \"data_at\"" },
    { READ "\"bytes\":4,\"data_at\":[1,-1]}",
      "[allocation, offset], null or a pointer's name in \"data_at\"" },
    { READ "\"bytes\":4,\"data_at\":\"here\"}",
      "[allocation, offset], null or a pointer's name in \"data_at\"" },
    { READ "\"bytes\":4,\"data_at\":null,\"data\":\"0102\"}",
      "4 bytes in \"data\": hex, or fill or pattern with len" },
    { READ "\"bytes\":2,\"data_at\":null,\"data\":\"010g\"}",
      "2 bytes in \"data\": hex, or fill or pattern with len" },
    { READ "\"bytes\":4,\"data_at\":null,\"data\":{\"fill\":1,\"len\":5}}",
      "4 bytes in \"data\": hex, or fill or pattern with len" },
    { READ "\"bytes\":4,\"data_at\":null,\"data\":{\"fill\":256,\"len\":4}}",
      "4 bytes in \"data\": hex, or fill or pattern with len" },
    { READ "\"bytes\":4,\"data_at\":null,\"data\":{\"len\":4}}",
      "4 bytes in \"data\": hex, or fill or pattern with len" },
    { READ "\"bytes\":4,\"data_at\":null,\"data\":[]}",
      "4 bytes in \"data\": hex, or fill or pattern with len" },
    { READ "\"bytes\":4,\"pieces\":{}}", "an array in \"pieces\"" },
    { READ "\"bytes\":4,\"pieces\":[{}]}", "a number in each piece's \"bytes\"" },
    { READ "\"bytes\":4,\"pieces\":[{\"bytes\":4}]}",
      "[allocation, offset], null or a pointer's name in \"data_at\"" },
    { P "\"ioctl\",\"index\":0,\"file\":1,\"code\":\"0x1\",\"bytes\":0}",
      "a number up to 4294967295 in \"in_bytes\"" },
    { P "\"file\",\"name\":\"x\",\"bytes\":3}", "3 bytes of hex and fill in \"data\"" },
    { P "\"file\",\"name\":\"x\",\"bytes\":3,\"data\":[\"0102\"]}",
      "3 bytes of hex and fill in \"data\"" },
    { P "\"file\",\"name\":\"x\",\"bytes\":3,\"data\":[\"01\",{\"fill\":0,\"len\":3}]}",
      "3 bytes of hex and fill in \"data\"" },
    { P "\"file\",\"name\":\"x\",\"bytes\":4294967295,\"data\":[]}",
      "4294967295 bytes of hex and fill in \"data\"" },
};

static void wrong_lines_are_named(void **state)
{
    char lines[600], expected[500];

    (void)state;
    for (unsigned i = 0; i < COUNT(wrong); i++) {
        snprintf(lines, sizeof(lines), P "\"sleep\",\"ns\":1}\n%s", wrong[i].line);
        write_trace(lines);
        message[0] = 0;
        assert_null(dm_plan_read(path, message, sizeof(message)));
        snprintf(expected, sizeof(expected), "%s:3: expected %s", path, wrong[i].expected);
        assert_string_equal(message, expected);
    }
}

static void a_fault_that_nobody_knows_is_named(void **state)
{
    char expected[200];

    (void)state;
    write_trace("{\"s\":0,\"t\":0,\"k\":\"fault\",\"g\":1,\"c\":0,\"i\":0,\"point\":99,\"nth\":1,"
                "\"value\":0}");
    assert_null(dm_plan_read(path, message, sizeof(message)));
    snprintf(expected, sizeof(expected), "%s: expected a fault point and which chance in event 0",
             path);
    assert_string_equal(message, expected);
}

static void what_is_written_is_read(void **state)
{
    struct dm_plan *p;

    (void)state;
    write_trace(
        P "\"open\",\"file\":7,\"access\":2,\"name\":\"a\\\\b\\u00e9\"}\n" P
          "\"open\",\"file\":8,\"access\":1,\"own\":4}\n" P
          "\"write\",\"index\":5,\"file\":7,\"offset\":\"0xffffffffffffffff\",\"bytes\":2,"
          "\"data_at\":[3,9],\"data\":\"0aff\"}\n" P
          "\"ioctl\",\"index\":6,\"file\":7,\"code\":\"0x22000b\",\"in_bytes\":40,"
          "\"in_at\":\"0x10\",\"in\":null,\"bytes\":32,\"out_at\":null,"
          "\"out\":{\"pattern\":\"0x77\",\"len\":32}}\n" P
          "\"read\",\"index\":7,\"file\":8,\"offset\":0,\"bytes\":4,"
          "\"pieces\":[{\"bytes\":4,\"data_at\":[3,0]}]}\n"
          "{\"k\":\"payload\",\"thread\":2,\"op\":\"wait\",\"request\":5}\n" P
          "\"file\",\"name\":\"x\",\"bytes\":5,\"data\":[\"01\",{\"fill\":2,\"len\":3},\"03\"]}\n"
          "{\"s\":0,\"t\":0,\"k\":\"fault\",\"g\":1,\"c\":0,\"i\":0,\"point\":1,\"nth\":9,"
          "\"value\":0}\n");
    p = dm_plan_read(path, message, sizeof(message));
    if (!p)
        fail_msg("%s", message);
    assert_string_equal(p->scenario, "one");
    assert_string_equal(p->devices, "sgdma,pktdma");
    assert_int_equal(p->flags, 3);
    assert_int_equal(p->op_count, 7);
    assert_string_equal(p->ops[0].name, "a\\b\xe9");
    assert_int_equal(p->ops[0].id, 7);
    assert_int_equal(p->ops[0].a, 2);
    assert_null(p->ops[1].name);
    assert_int_equal(p->ops[1].b, 5);
    assert_int_equal(p->ops[2].kind, DM_OP_WRITE);
    assert_int_equal(p->ops[2].id, 6); /* the line's index and one */
    assert_true(p->ops[2].a == UINT64_MAX && !p->ops[2].b);
    assert_int_equal(p->buffers[0].alloc, 3);
    assert_int_equal(p->buffers[0].at, 9);
    assert_memory_equal(p->buffers[0].data, "\x0a\xff", 2);
    assert_int_equal(p->ops[3].buffer_count, 2);
    assert_int_equal(p->buffers[1].place, DM_PLACE_WILD);
    assert_int_equal(p->buffers[1].at, 16);
    assert_int_equal(p->buffers[1].bytes, 40);
    assert_int_equal(p->buffers[1].content, DM_CONTENT_NONE);
    assert_int_equal(p->buffers[2].place, DM_PLACE_NULL);
    assert_int_equal(p->buffers[2].content, DM_CONTENT_PATTERN);
    assert_int_equal(p->buffers[2].value, 0x77);
    assert_int_equal(p->ops[4].b, 1);
    assert_int_equal(p->ops[4].buffer_count, 1);
    assert_int_equal(p->ops[5].thread, 2);
    assert_int_equal(p->ops[5].on, 6);
    assert_true(p->ops[5].a == UINT64_MAX);
    assert_memory_equal(p->buffers[p->ops[6].buffer_first].data, "\1\2\2\2\3", 5);
    assert_int_equal(p->fault_count, 1);
    assert_string_equal(p->faults[0].point, "mdl");
    assert_int_equal(p->faults[0].nth, 9);
    dm_plan_free(p);
}

/* --program's bytes come again, and are no op of the plan. */
static void what_was_handed_in_is_read(void **state)
{
    struct dm_input *in;
    struct trace_loaded *t;
    struct dm_plan *p;
    unsigned count;

    (void)state;
    write_trace("{\"k\":\"payload\",\"op\":\"given\",\"name\":\"program\",\"bytes\":70,"
                "\"data\":[{\"fill\":0,\"len\":69},\"05\"]}");
    t = trace_load(path, message, sizeof(message));
    assert_non_null(t);
    assert_int_equal(plan_given(t, path, &in, &count, message, sizeof(message)), 0);
    assert_int_equal(count, 1);
    assert_string_equal(in->name, "program");
    assert_int_equal(in->count, 70);
    assert_int_equal(((const uint8_t *)in->bytes)[68], 0);
    assert_int_equal(((const uint8_t *)in->bytes)[69], 5);
    plan_given_free(in, count);
    p = plan_of_trace(t, path, message, sizeof(message));
    assert_non_null(p);
    assert_int_equal(p->op_count, 0);
    dm_plan_free(p);
    trace_load_free(t);
    write_trace(
        "{\"k\":\"payload\",\"op\":\"given\",\"name\":\"program\",\"bytes\":2,\"data\":[\"05\"]}");
    t = trace_load(path, message, sizeof(message));
    assert_non_null(t);
    assert_true(plan_given(t, path, &in, &count, message, sizeof(message)) < 0);
    assert_non_null(strstr(message, ":2: expected 2 bytes of hex and fill in \"data\""));
    trace_load_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_lines_are_named),
        cmocka_unit_test(a_fault_that_nobody_knows_is_named),
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(what_was_handed_in_is_read),
    };

    return cmocka_run_group_tests(tests, trace_file, trace_file_gone);
}
