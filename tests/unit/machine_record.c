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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_disk_is_said_and_the_run_goes_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
