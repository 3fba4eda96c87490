/*
 * Traces as other hands leave them: fields in another order, fields and lines that are not known,
 * ends that are missing, and what is no trace at all.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zstd.h>

#include "trace/read.h"

#if defined(__SANITIZE_ADDRESS__)
#define RUNNING_ON_ASAN 1 /* its shadow is larger than any limit */
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define RUNNING_ON_ASAN 1
#endif
#endif
#ifndef RUNNING_ON_ASAN
#define RUNNING_ON_ASAN 0
#endif

static char path[64], packed_path[72];
static char message[300];

static void bytes_write(const char *to, const void *bytes, size_t count)
{
    FILE *f = fopen(to, "w");

    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, count, f), count);
    fclose(f);
}

static struct trace_reader *opened(const char *text)
{
    char whole[8192];

    snprintf(whole, sizeof(whole), "{\"dmatrace\":1}\n%s", text);
    bytes_write(path, whole, strlen(whole));
    struct trace_reader *r = trace_read_open(path, message, sizeof(message));

    assert_non_null(r);
    return r;
}

/* Every one of these says the same event. */
static void an_event_may_be_written_in_any_way(void **state)
{
    static const char *const lines[] = {
        "{\"s\":7,\"t\":9,\"k\":\"call\",\"api\":\"IoAllocateMdl\",\"o\":\"SGL#3\",\"w\":2,\"g\":4,"
        "\"c\":1,\"i\":2,\"a0\":5,\"a1\":\"0xffffffffffffffff\",\"a2\":0,\"a3\":16}",
        "  { \"a3\" : \"0x10\" , \"a1\":18446744073709551615,\"i\":2, "
        "\"a0\":5,\t\"c\":1,\"g\":4,\"w\":2,"
        "\"o\":\"SGL#3\",\"api\":\"IoAllocateMdl\",\"k\":\"call\",\"t\":9,\"s\":7 }\r",
        "{\"\\u0073\":7,\"t\":9,\"k\":\"c\\u0061ll\",\"api\":\"IoAllocateMdl\",\"o\":\"SGL#3\","
        "\"w\":2,"
        "\"g\":4,\"c\":1,\"i\":2,\"a0\":5,\"a1\":\"0xFFFFFFFFFFFFFFFF\",\"a2\":0,\"a3\":16}",
        "{\"s\":7,\"t\":9,\"k\":\"call\",\"later\":{\"s\":[8,{\"k\":\"map\"}]},\"api\":"
        "\"IoAllocateMdl\","
        "\"o\":\"SGL#3\",\"w\":2,\"g\":4,\"c\":1,\"i\":2,\"a0\":5,\"a1\":\"0xffffffffffffffff\","
        "\"a3\":16,"
        "\"more\":-1.5,\"yet\":null}",
        "{\"f1\":1,\"f2\":1,\"f3\":1,\"f4\":1,\"f5\":1,\"f6\":1,\"f7\":1,\"f8\":1,\"f9\":1,\"f10\":"
        "1,"
        "\"f11\":1,\"f12\":1,\"f13\":1,\"f14\":1,\"f15\":1,\"f16\":1,\"f17\":1,\"f18\":1,\"f19\":1,"
        "\"f20\":1,\"f21\":1,\"f22\":1,\"f23\":1,\"f24\":1,\"f25\":1,\"f26\":1,\"f27\":1,\"f28\":1,"
        "\"f29\":1,\"f30\":1,\"s\":7,\"t\":9,\"k\":\"call\",\"api\":\"IoAllocateMdl\",\"o\":\"SGL#"
        "3\","
        "\"w\":2,\"g\":4,\"c\":1,\"i\":2,\"a0\":5,\"a1\":\"0xffffffffffffffff\",\"a2\":0,\"a3\":"
        "16}",
    };
    const struct event want = { .seq = 7,
                                .ns = 9,
                                .a = { 5, UINT64_MAX, 0, 16 },
                                .obj = OBJ_ID(OBJ_SGL, 3),
                                .site = 2,
                                .agent = 4,
                                .kind = EV_CALL,
                                .api = API_IoAllocateMdl,
                                .cpu = 1,
                                .irql = 2 };

    (void)state;
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
        struct trace_reader *r = opened(lines[i]);
        struct event e;

        if (trace_read_next(r, &e, message, sizeof(message)) != 1)
            fail_msg("%zu: %s", i, message);
        if (memcmp(&e, &want, sizeof(e)) != 0)
            fail_msg("%zu: another event", i);
        assert_int_equal(trace_read_next(r, &e, message, sizeof(message)), 0);
        assert_null(trace_read_cut(r));
        trace_read_close(r);
    }
}

static void what_is_no_number_is_refused(void **state)
{
    static const char *const fields[] = {
        "\"s\":-1",      "\"s\":1.5",         "\"s\":\"7\"",       "\"s\":null",
        "\"s\":\"0x\"",  "\"s\":\"0xg\"",     "\"s\":\"0x:\"",     "\"s\":\"0x10000000000000000\"",
        "\"g\":65536",   "\"c\":256",         "\"w\":16777217",    "\"o\":16777216",
        "\"o\":\"SGL\"", "\"o\":\"SGL#\"",    "\"o\":\"SGL#x\"",   "\"o\":\"SGL#16777216\"",
        "\"o\":\"#1\"",  "\"o\":\"thing#1\"", "\"o\":[]",          "\"ba\":true",
        "\"ba\":[1]",    "\"api\":\"No\"",    "\"mdl\":{\"x\":1}", "\"s\":18446744073709551616",
    };
    char line[200];

    (void)state;
    for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        struct event e;

        snprintf(line, sizeof(line), "\n\n{\"k\":\"map\",%s}\n", fields[i]);
        struct trace_reader *r = opened(line);

        if (trace_read_next(r, &e, message, sizeof(message)) >= 0)
            fail_msg("%s", fields[i]);
        assert_non_null(strstr(message, ":4: expected an event with numbers in its fields"));
        trace_read_close(r);
    }
}

/* Who writes a trace again writes what was read: each line comes as it stood there. */
static void every_line_can_be_handed_on(void **state)
{
    static const char text[] =
        "{\"k\":\"site\",\"id\":1,\"frames\":[],\"color\":\"red\"}\n"
        "{\"k\":\"pool\",\"s\":0,\"o\":\"pool#1\",\"mood\":[1,2]}\n"
        "{\"k\":\"payload\",\"index\":0}\n{\"k\":\"weather\",\"x\":{\"y\":1}}\n"
        "{\"k\":\"finding\",\"rule\":\"r\"}\n";
    static const enum trace_line_kind kinds[] = { TRACE_SITE, TRACE_EVENT, TRACE_INPUT, TRACE_OTHER,
                                                  TRACE_FINDING };
    struct trace_reader *r = opened(text);
    char again[sizeof(text)] = "";
    struct trace_line line;
    unsigned n = 0;

    (void)state;
    assert_string_equal(trace_read_header_line(r), "{\"dmatrace\":1}");
    while (trace_read_line(r, &line, message, sizeof(message)) == 1) {
        assert_int_equal(line.kind, kinds[n++]);
        assert_int_equal(line.number, n + 1);
        assert_int_equal(line.bytes, strlen(line.text));
        strcat(strcat(again, line.text), "\n");
    }
    assert_string_equal(again, text);
    trace_read_close(r);
}

static void only_an_unfinished_last_line_is_forgiven(void **state)
{
    static const char *const ends[] = { "{", "{\"k\":\"ma", "{\"k\":\"map\",\"s\":1", NULL };
    struct trace_reader *r;
    struct event e;

    (void)state;
    for (unsigned i = 0; ends[i]; i++) {
        char text[200];

        snprintf(text, sizeof(text), "{\"k\":\"map\"}\n%s", ends[i]);
        r = opened(text);
        assert_int_equal(trace_read_next(r, &e, message, sizeof(message)), 1);
        assert_int_equal(trace_read_next(r, &e, message, sizeof(message)), 0);
        assert_non_null(strstr(trace_read_cut(r), ":3: the last line is cut off"));
        trace_read_close(r);
        strcat(text, "\n"); /* somebody meant it */
        r = opened(text);
        assert_int_equal(trace_read_next(r, &e, message, sizeof(message)), 1);
        assert_true(trace_read_next(r, &e, message, sizeof(message)) < 0);
        assert_non_null(strstr(message, ":3: expected one JSON object"));
        trace_read_close(r);
    }
    r = opened("{\"k\":\"map\"}\nwhat");
    assert_int_equal(trace_read_next(r, &e, message, sizeof(message)), 1);
    assert_true(trace_read_next(r, &e, message, sizeof(message)) < 0);
    trace_read_close(r);
}

static void lines_in_the_middle_are_missed(void **state)
{
    struct trace_reader *r =
        opened("{\"k\":\"map\",\"s\":7}\n{\"k\":\"map\",\"s\":8}\n{\"k\":\"x\"}\n"
               "{\"k\":\"map\",\"s\":10}\n{\"k\":\"map\",\"s\":12}\n");
    struct event e;

    (void)state;
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(trace_read_next(r, &e, message, sizeof(message)), 1);
        assert_true(i < 2 ? !trace_read_gap(r) : trace_read_gap(r) != NULL);
    }
    assert_non_null(
        strstr(trace_read_gap(r), ":5: event 10 stands behind event 8: lines are missing"));
    trace_read_close(r);
}

static void what_was_lost_is_told(void **state)
{
    struct trace_reader *r = opened(
        "{\"k\":\"map\"}\n{\"k\":\"lost\",\"lines\":12,\"bytes\":3456,\"why\":\"no room\"}\n");
    struct event e;

    (void)state;
    assert_int_equal(trace_read_next(r, &e, message, sizeof(message)), 1);
    assert_int_equal(trace_read_next(r, &e, message, sizeof(message)), 0);
    assert_non_null(strstr(trace_read_cut(r),
                           ": its last 12 lines (3456 bytes) could not be written: no room"));
    trace_read_close(r);
}

/* --- compressed --- */

#define LINES 20000

static size_t pack(char **out)
{
    size_t n = 0, size = 64 * LINES;
    char *text = malloc(size);

    n += (size_t)sprintf(text, "{\"dmatrace\":1}\n");
    for (unsigned i = 0; i < LINES; i++) /* numbers that do not compress well */
        n += (size_t)sprintf(text + n, "{\"k\":\"map\",\"s\":%u,\"ba\":%u}\n", i,
                             (i * 2654435761u) >> 3);
    *out = malloc(ZSTD_compressBound(n));
    size = ZSTD_compress(*out, ZSTD_compressBound(n), text, n, 3);
    assert_false(ZSTD_isError(size));
    free(text);
    return size;
}

/* Events until the end; negative: what the reader says. */
static int read_packed(const char *bytes, size_t count, struct trace_reader **r)
{
    struct event e;
    int n = 0, got;

    bytes_write(packed_path, bytes, count);
    *r = trace_read_open(packed_path, message, sizeof(message));
    if (!*r)
        return -1;
    while ((got = trace_read_next(*r, &e, message, sizeof(message))) == 1)
        assert_int_equal(e.seq, n++);
    return got < 0 ? got : n;
}

static void a_truncated_stream_is_used_as_far_as_it_goes(void **state)
{
    struct trace_reader *r;
    char *packed;
    size_t size = pack(&packed);
    int last = 0;

    (void)state;
    assert_int_equal(read_packed(packed, size, &r), LINES);
    assert_null(trace_read_cut(r));
    trace_read_close(r);
    for (unsigned part = 4; part <= 9; part++) {
        int n = read_packed(packed, size * part / 10, &r);

        assert_true(n >= last && n < LINES);
        assert_non_null(strstr(trace_read_cut(r), ": the compressed data stops before its end"));
        trace_read_close(r);
        last = n;
    }
    assert_true(last > LINES / 2);
    assert_int_equal(read_packed(packed, 10, &r), -1); /* not even the header */
    assert_non_null(strstr(message, "expected a dmatrace header"));
    free(packed);
}

static void a_damaged_stream_is_refused(void **state)
{
    struct trace_reader *r;
    char *packed;
    size_t size = pack(&packed);

    (void)state;
    memset(packed + size / 2, 0x5a, 64);
    assert_true(read_packed(packed, size, &r) < 0);
    assert_non_null(r);
    assert_non_null(strstr(message, "the compressed data is damaged"));
    trace_read_close(r);
    assert_int_equal(read_packed("garbage that is no zstd", 23, &r), -1);
    assert_non_null(strstr(message, "expected a zstd file"));
    free(packed);
}

/* --- a gigabyte of nothing --- */

/* The message of reading a file of 1 GiB with text in front, in a process that may have 256 MiB. */
static void read_garbage(const char *text, const char *wanted)
{
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600), status;

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    assert_int_equal(ftruncate(fd, 1 << 30), 0);
    close(fd);
    pid_t pid = fork();

    if (pid == 0) {
        const struct rlimit room = { 256 << 20, 256 << 20 };
        struct event e;

        if (!RUNNING_ON_ASAN)
            setrlimit(RLIMIT_AS, &room);
        struct trace_reader *r = trace_read_open(path, message, sizeof(message));

        if (r && trace_read_next(r, &e, message, sizeof(message)) >= 0)
            _exit(2);
        _exit(strstr(message, wanted) && !strchr(message, '\n') ? 0 : 1);
    }
    waitpid(pid, &status, 0);
    if (status)
        fail_msg("%s: status %d", wanted, status);
}

static void a_gigabyte_of_garbage_is_one_line(void **state)
{
    (void)state;
    read_garbage("", ":1: expected a dmatrace header");
    read_garbage("{\"dmatrace\":1}\n", ":2: expected one JSON object");
    read_garbage("{\"dmatrace\":1}\n{\"k\":\"map\",", ":2: expected one JSON object");
    bytes_write(path, "", 0);
}

static int path_make(void **state)
{
    (void)state;
    strcpy(path, "/tmp/dmacheck-test-XXXXXX");
    close(mkstemp(path));
    snprintf(packed_path, sizeof(packed_path), "%s.zst", path);
    return 0;
}

static int path_remove(void **state)
{
    (void)state;
    unlink(path);
    unlink(packed_path);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_event_may_be_written_in_any_way),
        cmocka_unit_test(what_is_no_number_is_refused),
        cmocka_unit_test(every_line_can_be_handed_on),
        cmocka_unit_test(only_an_unfinished_last_line_is_forgiven),
        cmocka_unit_test(lines_in_the_middle_are_missed),
        cmocka_unit_test(what_was_lost_is_told),
        cmocka_unit_test(a_truncated_stream_is_used_as_far_as_it_goes),
        cmocka_unit_test(a_damaged_stream_is_refused),
        cmocka_unit_test(a_gigabyte_of_garbage_is_one_line),
    };

    return cmocka_run_group_tests(tests, path_make, path_remove);
}
