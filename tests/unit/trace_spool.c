/*
 * What is left of a trace whose writer dies, and of one whose disk is full.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "trace/memory.h"
#include "trace/read.h"
#include "trace/record.h"
#include "trace/spool.h"

#define FULL (4u << 20) /* bytes that a disk has, in these tests */

static char folder[] = "/tmp/dmacheck-test-XXXXXX";
static char message[300];
static uint64_t *said; /* events that recorder_event has come back from; shared with children */

static const struct record_header header = {
    .tool = "dmacheck test",
    .driver = "d",
    .driver_digest = "00",
    .scenario = "one",
    .profile = "direct64",
    .profile_text = "a=1",
    .strategy = "seed",
};

static struct event event_of(uint64_t seq)
{
    return (struct event) { .seq = seq,
                            .ns = seq * 100,
                            .a = { seq * 2654435761u, UINT64_MAX - seq * 40503, seq, 4 },
                            .obj = OBJ_ID(OBJ_SGL, 3),
                            .kind = EV_MAP };
}

static const char *file(const char *name)
{
    static char path[100];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    return path;
}

static void record(const char *path, uint64_t events, char *why, size_t why_size, int *result)
{
    struct site_depot *depot = site_depot_create();
    struct recorder *r = recorder_open(path, &header, depot, NULL, NULL, why, why_size);

    *result = -1;
    if (!r)
        return;
    for (uint64_t i = 0; i < events; i++) {
        struct event e = event_of(i);

        recorder_event(r, &e);
        __atomic_store_n(said, i + 1, __ATOMIC_SEQ_CST);
    }
    *result = recorder_close(r, why, why_size);
    site_depot_destroy(depot);
}

/* How many events there are, each as it was said; at the end, *cut. */
static uint64_t read_back(const char *path, char *cut, size_t cut_size)
{
    struct trace_reader *r = trace_read_open(path, message, sizeof(message));
    struct event e;
    uint64_t n = 0;
    int got;

    if (!r)
        fail_msg("%s", message);
    while ((got = trace_read_next(r, &e, message, sizeof(message))) == 1) {
        struct event want = event_of(n++);

        assert_memory_equal(&e, &want, sizeof(e));
    }
    if (got)
        fail_msg("%s", message);
    snprintf(cut, cut_size, "%s", trace_read_cut(r) ? trace_read_cut(r) : "");
    trace_read_close(r);
    return n;
}

/* A child that records without end is killed once it has said so many events. */
static void kill_after(const char *path, uint64_t events)
{
    char cut[300], spool[120];
    int result;
    pid_t pid;

    *said = 0;
    pid = fork();
    if (pid == 0) {
        record(path, UINT64_MAX, message, sizeof(message), &result);
        _exit(1);
    }
    while (__atomic_load_n(said, __ATOMIC_SEQ_CST) < events && waitpid(pid, &result, WNOHANG) == 0)
        usleep(50);
    kill(pid, SIGKILL);
    waitpid(pid, &result, 0);
    assert_true(WIFSIGNALED(result));
    uint64_t n = read_back(path, cut, sizeof(cut));

    if (n < *said || n > *said + 1) /* the one under way may be there or not */
        fail_msg("%s: %lu events, and %lu were said", path, n, *said);
    assert_string_equal(cut, "");
    snprintf(spool, sizeof(spool), "%s.spool", path);
    assert_int_equal(unlink(spool), 0);
}

static void a_killed_writer_loses_nothing(void **state)
{
    static const uint64_t moments[] = {
        1, 100, 20000, 27000, 30000, 60000, 100000, 131000, 200000
    };

    (void)state;
    for (size_t i = 0; i < sizeof(moments) / sizeof(moments[0]); i++) {
        kill_after(file("killed.dmatrace"), moments[i]);
        kill_after(file("killed.dmatrace.zst"), moments[i]);
    }
}

static void an_abort_loses_nothing(void **state)
{
    char cut[300];
    int status;
    pid_t pid = fork();

    (void)state;
    if (pid == 0) {
        struct recorder *r = recorder_open(file("aborted.dmatrace"), &header, site_depot_create(),
                                           NULL, NULL, message, sizeof(message));

        setrlimit(RLIMIT_CORE, &(struct rlimit) { 0, 0 });
        signal(SIGABRT, SIG_DFL);
        for (uint64_t i = 0; i < 50000; i++)
            recorder_event(r, &(struct event[]) { event_of(i) }[0]);
        abort();
    }
    waitpid(pid, &status, 0);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(read_back(file("aborted.dmatrace"), cut, sizeof(cut)), 50000);
    assert_string_equal(cut, "");
}

/* Killed in the middle of a drain: the file has a part of what the spool still has, and its free place. */
static void a_block_half_written_is_not_read_twice(void **state)
{
    static const char *const names[] = { "half.dmatrace", "half.dmatrace.zst" };
    char cut[300], spool[120];

    (void)state;
    for (unsigned i = 0; i < 2; i++) {
        struct site_depot *depot = site_depot_create();
        struct recorder *r =
            recorder_open(file(names[i]), &header, depot, NULL, NULL, message, sizeof(message));
        struct stat st;
        FILE *f;

        for (uint64_t n = 0; n < 60000; n++)
            recorder_event(r, &(struct event[]) { event_of(n) }[0]);
        assert_int_equal(stat(file(names[i]), &st), 0);
        f = fopen(file(names[i]), "r+");
        fseek(f, st.st_size - 300, SEEK_SET); /* over the free place and beyond */
        fputs("{\"k\":\"map\",\"s\":1}\n{\"k\":\"map\",\"s\":2}\n(\xb5\x2f\xfd, or anything", f);
        fclose(f);
        assert_int_equal(read_back(file(names[i]), cut, sizeof(cut)), 60000);
        assert_string_equal(cut, "");
        recorder_close(r, message, sizeof(message));
        assert_int_equal(read_back(file(names[i]), cut, sizeof(cut)), 60000);
        snprintf(spool, sizeof(spool), "%s.spool", file(names[i]));
        assert_int_not_equal(access(spool, F_OK), 0);
        site_depot_destroy(depot);
    }
}

/* --- a disk that is full: a file may have so many bytes --- */

static void record_within(const char *path, uint64_t bytes, uint64_t events)
{
    int result, status;
    pid_t pid = fork();

    if (pid == 0) {
        const struct rlimit room = { bytes, bytes };

        setrlimit(RLIMIT_FSIZE, &room);
        record(path, events, message, sizeof(message), &result);
        _exit(result && strstr(message, "lines (") && strstr(message, "could not be written: ") &&
                      !strchr(message, '\n')
                  ? 0
                  : 1);
    }
    waitpid(pid, &status, 0);
    if (status)
        fail_msg("%s in %lu bytes: status %d", path, bytes, status);
}

static void full(const char *path, uint64_t limit)
{
    const uint64_t events = 400000;
    unsigned long long lines = 0;
    char cut[300];

    record_within(path, limit, events);
    uint64_t n = read_back(path, cut, sizeof(cut));
    const char *its = strstr(cut, ": its last ");

    assert_non_null(its);
    assert_int_equal(sscanf(its, ": its last %llu lines", &lines), 1);
    assert_non_null(strstr(cut, "could not be written: File too large"));
    assert_true(n + lines == events); /* what is there and what is lost is all */
    struct stat st;

    assert_int_equal(stat(path, &st), 0);
    assert_true((uint64_t)st.st_size <= limit && (uint64_t)st.st_size > limit * 8 / 10);
}

static void a_full_disk_leaves_a_prefix_and_says_the_rest(void **state)
{
    (void)state;
    for (uint64_t limit = FULL; limit < FULL + 3000; limit += 373)
        full(file("full.dmatrace"), limit);
    full(file("full.dmatrace"), 2 * FULL + 100);
    full(file("full.dmatrace.zst"), SPOOL_BYTES + 100000);
    full(file("full.dmatrace.zst"), FULL);
}

/* Who dies after that leaves what the file has, not what comes after what is lost. */
static void killed_on_a_full_disk(void **state)
{
    char cut[300];
    int status;
    pid_t pid = fork();

    (void)state;
    if (pid == 0) {
        const struct rlimit room = { FULL, FULL };
        struct recorder *r;

        setrlimit(RLIMIT_FSIZE, &room);
        r = recorder_open(file("both.dmatrace"), &header, site_depot_create(), NULL, NULL, message,
                          sizeof(message));
        for (uint64_t i = 0; i < 100000; i++)
            recorder_event(r, &(struct event[]) { event_of(i) }[0]);
        kill(getpid(), SIGKILL);
    }
    waitpid(pid, &status, 0);
    assert_true(read_back(file("both.dmatrace"), cut, sizeof(cut)) > 10000);
    assert_non_null(strstr(cut, "could not be written"));
}

static void no_room_at_all_is_refused(void **state)
{
    int status;
    pid_t pid = fork();

    (void)state;
    if (pid == 0) {
        const struct rlimit room = { 100000, 100000 };
        int result;

        setrlimit(RLIMIT_FSIZE, &room);
        record(file("none.dmatrace"), 1, message, sizeof(message), &result);
        _exit(result && strstr(message, "cannot be written: File too large") ? 0 : 1);
    }
    waitpid(pid, &status, 0);
    assert_int_equal(status, 0);
    assert_int_not_equal(access(file("none.dmatrace.spool"), F_OK), 0);
}

/* Payloads are never cut, however long: lines longer than the spool, and longer than what a reader holds. */
static void a_line_may_be_longer_than_the_spool(void **state)
{
    static const char *const names[] = { "long.dmatrace", "long.dmatrace.zst" };
    const size_t bytes = SPOOL_BYTES + 12345;
    char *line = malloc(bytes + 1);

    (void)state;
    memset(line, 'a', bytes);
    memcpy(line, "{\"k\":\"payload\",\"data\":\"", 23);
    strcpy(line + bytes - 2, "\"}");
    for (unsigned i = 0; i < 2; i++) {
        struct site_depot *depot = site_depot_create();
        struct recorder *r =
            recorder_open(file(names[i]), &header, depot, NULL, NULL, message, sizeof(message));
        struct trace_line l;

        recorder_event(r, &(struct event[]) { event_of(0) }[0]);
        recorder_line(r, line);
        recorder_event(r, &(struct event[]) { event_of(1) }[0]);
        assert_int_equal(recorder_close(r, message, sizeof(message)), 0);
        struct trace_reader *t = trace_read_open(file(names[i]), message, sizeof(message));

        assert_non_null(t);
        assert_int_equal(trace_read_line(t, &l, message, sizeof(message)), 1);
        assert_int_equal(trace_read_line(t, &l, message, sizeof(message)), 1);
        assert_int_equal(l.kind, TRACE_INPUT);
        assert_int_equal(l.bytes, bytes);
        assert_memory_equal(l.text, line, bytes);
        assert_int_equal(trace_read_line(t, &l, message, sizeof(message)), 1);
        assert_int_equal(l.event.seq, 1);
        assert_int_equal(trace_read_line(t, &l, message, sizeof(message)), 0);
        trace_read_close(t);
        site_depot_destroy(depot);
    }
    free(line);
}

/* --- a run in memory --- */

static void what_is_kept_in_memory_can_be_written(void **state)
{
    struct trace_memory m;
    struct site_depot *depot = site_depot_create();
    struct recorder *r;
    char cut[300];

    (void)state;
    trace_memory_init(&m, 10000); /* three chunks */
    assert_int_equal(trace_memory_count(&m), 0);
    assert_null(trace_memory_at(&m, 0));
    for (unsigned round = 0; round < 2; round++) {
        trace_memory_clear(&m);
        for (uint64_t i = 0; i < 12300; i++) {
            struct event e = event_of(i);

            trace_memory_event(&m, &e);
            if (i == 5000) {
                assert_int_equal(trace_memory_count(&m), 5001);
                assert_int_equal(m.lost, 0);
            }
        }
        assert_int_equal(trace_memory_count(&m), 12288);
        assert_int_equal(m.lost, 12);
    }
    assert_int_equal(trace_memory_at(&m, 4096)->seq, 4096);
    assert_null(trace_memory_at(&m, 12288));
    r = recorder_open(file("memory.dmatrace"), &header, depot, NULL, NULL, message,
                      sizeof(message));
    assert_non_null(r);
    trace_memory_write(&m, r);
    assert_int_equal(recorder_close(r, message, sizeof(message)), 0);
    assert_int_equal(read_back(file("memory.dmatrace"), cut, sizeof(cut)), 12288);
    assert_non_null(
        strstr(cut, ": its last 12 lines (768 bytes) could not be written: no room in memory"));
    trace_memory_free(&m);
    site_depot_destroy(depot);
}

static int folder_make(void **state)
{
    (void)state;
    said = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return said == MAP_FAILED || !mkdtemp(folder) ? -1 : 0;
}

static int folder_remove(void **state)
{
    char command[100];

    (void)state;
    snprintf(command, sizeof(command), "rm -r %s", folder);
    return system(command);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_killed_writer_loses_nothing),
        cmocka_unit_test(an_abort_loses_nothing),
        cmocka_unit_test(a_block_half_written_is_not_read_twice),
        cmocka_unit_test(a_full_disk_leaves_a_prefix_and_says_the_rest),
        cmocka_unit_test(killed_on_a_full_disk),
        cmocka_unit_test(no_room_at_all_is_refused),
        cmocka_unit_test(a_line_may_be_longer_than_the_spool),
        cmocka_unit_test(what_is_kept_in_memory_can_be_written),
    };

    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
