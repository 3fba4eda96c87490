/*
 * Runs that are recorded, and what becomes of the run when its recording cannot be.
 */
#include "tests/dut.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "trace/read.h"

/* In a child: a run that would be clean, on a disk that is full after 5 MiB. */
static int run_on_a_full_disk(const char *path)
{
    struct dm_options o = { .verify = true, .seed = 3, .record = path };
    const struct rlimit room = { 5 << 20, 5 << 20 };
    struct dut t;

    dut_open(&t, "samples/xfer", &o);
    setrlimit(RLIMIT_FSIZE, &room); /* not before: the machine's memory is a file, too */
    if (dut_run(&t, "pipelined") != DM_USAGE || !t.result.events)
        return 1;
    return strstr(t.result.first_failure, "could not be written: File too large") ? 0 : 2;
}

static void a_full_disk_is_said_and_the_run_goes_on(void **state)
{
    char path[] = "/tmp/dmacheck-unit-XXXXXX", message[256] = "";
    struct trace_reader *r;
    struct event e;
    uint64_t events = 0;
    int status = 0;

    (void)state;
    close(mkstemp(path));
    pid_t pid = fork();

    if (pid == 0)
        _exit(run_on_a_full_disk(path));
    waitpid(pid, &status, 0);
    assert_int_equal(status, 0);
    r = trace_read_open(path, message, sizeof(message));
    assert_non_null(r);
    while (trace_read_next(r, &e, message, sizeof(message)) == 1)
        assert_int_equal(e.seq, events++);
    assert_true(events > 5000);
    assert_non_null(strstr(trace_read_cut(r), "could not be written: File too large"));
    trace_read_close(r);
    unlink(path);
}

/* The number or the string behind a name in a line; false: it is not there. */
static bool field(const char *line, const char *name, char *out, size_t size)
{
    char wanted[32];
    const char *at;

    snprintf(wanted, sizeof(wanted), ",\"%s\":", name);
    at = strstr(line, wanted);
    if (!at)
        return false;
    at += strlen(wanted) + (at[strlen(wanted)] == '"');
    snprintf(out, size, "%.*s", (int)strcspn(at, ",\"}"), at);
    return true;
}

/* With payload_max 8: what goes over the bus, cut there and then marked; what was asked for is not cut. */
static void device_accesses_carry_their_bytes(void **state)
{
    char path[] = "/tmp/dmacheck-unit-XXXXXX", message[256] = "", asked[64] = "", data[64],
         many[32];
    struct dm_options o = { .verify = true, .seed = 3, .record = path, .payload_max = 8 };
    unsigned whole = 0, cut = 0;
    bool compared = false;
    struct trace_reader *r;
    struct trace_line l;
    struct dut t;

    (void)state;
    close(mkstemp(path));
    dut_open(&t, "samples/pkt", &o);
    assert_int_equal(dut_run(&t, NULL), DM_CLEAN);
    dut_close(&t);
    r = trace_read_open(path, message, sizeof(message));
    assert_non_null(r);
    while (trace_read_line(r, &l, message, sizeof(message)) == 1) {
        if (l.kind == TRACE_INPUT && strstr(l.text, "\"op\":\"write\"") &&
            strstr(l.text, "\"bytes\":1,"))
            assert_true(field(l.text, "data", asked, sizeof(asked)));
        if (l.kind != TRACE_EVENT)
            continue;
        if (l.event.kind != EV_DEV_READ && l.event.kind != EV_DEV_WRITE) {
            assert_false(field(l.text, "data", data, sizeof(data)));
            continue;
        }
        assert_true(field(l.text, "data", data, sizeof(data)));
        assert_int_equal(strlen(data), 2 * (l.event.a[1] < 8 ? l.event.a[1] : 8));
        if (l.event.a[1] <= 8) {
            assert_false(field(l.text, "data_bytes", many, sizeof(many)));
            whole++;
        } else {
            assert_true(field(l.text, "data_bytes", many, sizeof(many)));
            assert_int_equal(strtoull(many, NULL, 10), l.event.a[1]);
            cut++;
        }
        if (*asked && !compared && l.event.kind == EV_DEV_READ && l.event.a[1] == 1) {
            assert_string_equal(data, asked); /* the device got the byte that was written */
            compared = true;
        }
    }
    assert_true(whole && cut && compared);
    trace_read_close(r);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_disk_is_said_and_the_run_goes_on),
        cmocka_unit_test(device_accesses_carry_their_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
