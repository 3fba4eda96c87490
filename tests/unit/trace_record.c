/*
 * Recording and reading back: every field comes again, a killed writer's spool is taken up, bad lines
 * are named, other versions refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "trace/read.h"
#include "trace/record.h"

static char path[64];
static char message[300];

static const struct record_header header = {
    .tool = "dmacheck test",
    .driver = "a \"quoted\\\" driver",
    .driver_digest = "00",
    .scenario = "one",
    .profile = "direct64",
    .profile_text = "a=1\nb=2\n",
    .strategy = "seed",
    .seed = UINT64_MAX,
    .steps_max = 5,
    .virtual_ns_max = 6,
    .subject = "twin:late \"put\"",
    .bug = "1",
    .devices = "",
    .faults = "pool:3",
    .scenario_flags = 6,
    .races = true,
};

static struct event event_of(uint64_t seq)
{
    return (struct event) { .seq = seq,
                            .ns = seq * 100,
                            .a = { seq, UINT64_MAX - seq, 1ull << 53, 0 },
                            .obj = OBJ_ID(OBJ_SGL, 3),
                            .agent = 9,
                            .kind = EV_MAP,
                            .cpu = 255,
                            .irql = 2 };
}

static struct recorder *opened(struct site_depot *depot)
{
    struct recorder *r = recorder_open(path, &header, depot, NULL, NULL, message, sizeof(message));

    assert_non_null(r);
    return r;
}

static void reads_back(uint64_t count)
{
    struct trace_reader *r = trace_read_open(path, message, sizeof(message));
    struct event e;
    uint64_t n = 0;

    if (!r)
        fail_msg("%s", message);
    assert_string_equal(trace_read_header(r)->driver, header.driver);
    assert_string_equal(trace_read_header(r)->profile_text, header.profile_text);
    assert_true(trace_read_header(r)->seed == UINT64_MAX);
    assert_string_equal(trace_read_header(r)->subject, header.subject);
    assert_string_equal(trace_read_header(r)->bug, "1");
    assert_string_equal(trace_read_header(r)->mend, "");
    assert_string_equal(trace_read_header(r)->faults, "pool:3");
    assert_true(trace_read_header(r)->has_devices && !*trace_read_header(r)->devices);
    assert_int_equal(trace_read_header(r)->scenario_flags, 6);
    assert_true(trace_read_header(r)->races && !trace_read_header(r)->bugcheck_stops);
    while (trace_read_next(r, &e, message, sizeof(message)) == 1) {
        struct event want = event_of(n++);

        assert_memory_equal(&e, &want, sizeof(e));
    }
    assert_int_equal(n, count);
    trace_read_close(r);
}

static void every_field_comes_again(void **state)
{
    struct site_depot *depot = site_depot_create();
    struct recorder *r = opened(depot);

    (void)state;
    for (uint64_t i = 0; i < 50000; i++) { /* more than one spool */
        struct event e = event_of(i);

        recorder_event(r, &e);
    }
    assert_int_equal(recorder_close(r, message, sizeof(message)), 0);
    reads_back(50000);
    site_depot_destroy(depot);
}

static void compressed_traces_read_the_same(void **state)
{
    struct site_depot *depot = site_depot_create();

    (void)state;
    strcat(path, ".zst");
    struct recorder *r = opened(depot);
    struct event e = event_of(0);

    recorder_event(r, &e);
    assert_int_equal(recorder_close(r, message, sizeof(message)), 0);
    reads_back(1);
    unlink(path);
    path[strlen(path) - 4] = 0;
    site_depot_destroy(depot);
}

static void a_killed_writer_loses_nothing(void **state)
{
    pid_t pid = fork();

    (void)state;
    if (pid == 0) {
        struct recorder *r = opened(site_depot_create());

        for (uint64_t i = 0; i < 30000; i++) {
            struct event e = event_of(i);

            recorder_event(r, &e);
        }
        kill(getpid(), SIGKILL);
    }
    waitpid(pid, NULL, 0);
    reads_back(30000);
    strcat(path, ".spool");
    assert_int_equal(unlink(path), 0);
    path[strlen(path) - 6] = 0;
}

static void file_write(const char *text)
{
    FILE *f = fopen(path, "w");

    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static void bad_input_is_named(void **state)
{
    struct event e;
    struct trace_reader *r;

    (void)state;
    assert_null(trace_read_open("/nonexistent/x.dmatrace", message, sizeof(message)));
    assert_non_null(strstr(message, "cannot be read"));
    file_write("hello\n");
    assert_null(trace_read_open(path, message, sizeof(message)));
    assert_non_null(strstr(message, ":1: expected a dmatrace header"));
    file_write("{\"dmatrace\":999}\n");
    assert_null(trace_read_open(path, message, sizeof(message)));
    assert_non_null(strstr(message, "trace version 999"));
    file_write(
        "{\"dmatrace\":1}\n{\"k\":\"map\",\"s\":0,\"future\":{}}\n{\"k\":\"map\",\"s\":\"x\"}\n");
    r = trace_read_open(path, message, sizeof(message));
    assert_non_null(r);
    assert_int_equal(trace_read_next(r, &e, message, sizeof(message)), 1); /* unknown fields pass */
    assert_true(trace_read_next(r, &e, message, sizeof(message)) < 0);
    assert_non_null(strstr(message, ":3: expected"));
    trace_read_close(r);
}

/* What no machine says, whoever wrote it: an unknown function, and a request that is nobody's. */
static void what_is_no_event_is_refused(void **state)
{
    static const char *const lines[] = { "{\"k\":\"call\",\"api\":\"NoSuchFunction\"}",
                                         "{\"k\":\"irp\"}", "{\"k\":\"irp\",\"o\":\"thing#1\"}" };
    char text[200];
    struct event e;
    struct trace_reader *r;

    (void)state;
    for (unsigned i = 0; i < sizeof lines / sizeof *lines; i++) {
        snprintf(text, sizeof text, "{\"dmatrace\":1}\n{\"k\":\"irp\",\"o\":\"irp#1\"}\n%s\n",
                 lines[i]);
        file_write(text);
        r = trace_read_open(path, message, sizeof(message));
        assert_non_null(r);
        assert_int_equal(trace_read_next(r, &e, message, sizeof(message)), 1);
        assert_true(event_is_valid(&e));
        assert_true(trace_read_next(r, &e, message, sizeof(message)) < 0);
        assert_non_null(strstr(message, ":3: expected an event"));
        trace_read_close(r);
    }
    e = (struct event) { .kind = EV_CALL, .api = API_COUNT };
    assert_false(event_is_valid(&e));
    e = (struct event) { .kind = EV_COUNT };
    assert_false(event_is_valid(&e));
    e = (struct event) { .kind = EV_CALL, .obj = OBJ_ID(OBJ_COUNT, 1) };
    assert_false(event_is_valid(&e));
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
        cmocka_unit_test(every_field_comes_again),
        cmocka_unit_test(compressed_traces_read_the_same),
        cmocka_unit_test(a_killed_writer_loses_nothing),
        cmocka_unit_test(bad_input_is_named),
        cmocka_unit_test(what_is_no_event_is_refused),
    };

    return cmocka_run_group_tests(tests, path_make, path_remove);
}
