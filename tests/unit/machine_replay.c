/*
 * Recordings given again to a machine: the same run on it, checked; ended early; a break; what a recording is
 * refused for; and a machine made from the header alone.
 */
#include "tests/dut.h"

#include <unistd.h>

#include "include/dmacheck/replay.h"
#include "sim/core/sim.h"
#include "trace/load.h"

static char path[] = "/tmp/dmacheck-unit-XXXXXX";

/* One run, recorded at path. */
static struct dm_result record(const char *driver, const struct dm_options *options)
{
    struct dm_options o = *options;
    struct dm_result result;
    struct dut t;

    o.verify = true;
    o.record = path;
    dut_open(&t, driver, &o);
    dut_run(&t, NULL);
    result = t.result;
    dut_close(&t);
    return result;
}

static struct dm_recording *load(void)
{
    char message[256] = "";
    struct dm_recording *r = dm_recording_load(path, message, sizeof(message));

    if (!r)
        fail_msg("%s", message);
    return r;
}

static void a_machine_of_the_header_repeats_the_run(void **state)
{
    struct dm_options o = { .seed = 5, .profile = "noncoherent", .fault_one_in = 40 };
    struct dm_result was = record("samples/pkt", &o);
    struct dm_recording *rec = load();
    struct dut t;

    (void)state;
    o = (struct dm_options) { .verify = true, .recording = rec, .check = DM_CHECK_STOP };
    dut_open(&t, "samples/pkt", &o);
    for (int again = 0; again < 2; again++) {
        assert_int_equal(dut_run(&t, NULL), was.exit);
        assert_int_equal(t.result.events, was.events);
        assert_int_equal(t.result.choices_hash, was.choices_hash);
        assert_int_equal(t.result.settled_hash, was.settled_hash);
        assert_int_equal(t.result.faults_taken, was.faults_taken);
        assert_true(dm_machine_comparison(t.machine)->made);
        assert_false(dm_machine_comparison(t.machine)->differs);
        assert_int_equal(dm_machine_comparison(t.machine)->events, was.events);
    }
    assert_true(was.faults_taken > 0);
    assert_string_equal(dm_machine_sim(t.machine)->profile.name, "noncoherent");
    assert_false(dm_machine_sim(t.machine)->profile.coherent);
    dut_close(&t);
    dm_recording_free(rec);
}

static void until_ends_the_run_behind_its_event(void **state)
{
    struct dm_options o = { .seed = 5 };
    struct dm_result was = record("samples/pkt", &o);
    struct dm_recording *rec = load();
    struct dut t;

    (void)state;
    o = (struct dm_options) {
        .verify = true, .recording = rec, .check = DM_CHECK_STOP, .has_until = true, .until = 150
    };
    dut_open(&t, "samples/pkt", &o);
    assert_int_equal(dut_run(&t, NULL), DM_CLEAN); /* what is left over at that moment is no leak */
    assert_int_equal(t.result.events, 152);        /* 0 to 150, and the end */
    assert_int_equal(dm_machine_comparison(t.machine)->events, 151);
    assert_false(dm_machine_comparison(t.machine)->differs);
    assert_true(was.events > 1000);
    dut_close(&t);
    dm_recording_free(rec);
}

/* The run of one driver held against another's recording. */
static void what_differs_is_told_by_each_check(void **state)
{
    struct dm_options o = { .profile = "remap" };
    struct dm_recording *rec;
    struct dut t;

    (void)state;
    record("twins/flush_missing.bug1", &o);
    rec = load();
    o = (struct dm_options) { .verify = true, .recording = rec, .check = DM_CHECK_STOP };
    dut_open(&t, "twins/flush_missing.bug0", &o);
    assert_false(dm_recording_is_of(rec, t.driver));
    assert_int_equal(dut_run(&t, NULL), DM_DIVERGED);
    uint64_t stopped = t.result.events, first = dm_machine_comparison(t.machine)->first;

    assert_non_null(strstr(t.result.divergence, "diverged from its recording at event "));
    assert_non_null(strstr(t.result.divergence, "\n- "));
    assert_non_null(strstr(t.result.divergence, "\n+ "));
    assert_int_equal(stopped, first + 5); /* four events of now, and the end */
    dut_close(&t);
    o.check = DM_CHECK_REPORT;
    dut_open(&t, "twins/flush_missing.bug0", &o);
    assert_int_equal(dut_run(&t, NULL), DM_DIVERGED);
    assert_int_equal(dm_machine_comparison(t.machine)->first, first);
    assert_true(t.result.events > stopped + 50);
    dut_close(&t);
    o.check = DM_CHECK_RESYNC;
    dut_open(&t, "twins/flush_missing.bug0", &o);
    assert_int_equal(dut_run(&t, NULL), DM_CLEAN);
    assert_true(dm_machine_comparison(t.machine)->differs);
    assert_true(dm_machine_comparison(t.machine)->added > 0);
    assert_int_equal(dm_machine_comparison(t.machine)->first, first);
    dut_close(&t);
    o.check = DM_CHECK_SAME; /* another driver: nothing is compared */
    dut_open(&t, "twins/flush_missing.bug0", &o);
    assert_int_equal(dut_run(&t, NULL), DM_CLEAN);
    assert_false(dm_machine_comparison(t.machine)->made);
    dut_close(&t);
    dm_recording_free(rec);
}

static void the_last_events_come_with_a_finding(void **state)
{
    struct dm_options o = { .verify = true, .ring = true, .last_events = 4, .profile = "remap" };
    char text[512], now[32];
    uint64_t seq, before = 0;
    struct dut t;

    (void)state;
    dut_open(&t, "twins/flush_missing.bug1", &o);
    for (int again = 0; again < 2; again++) {
        assert_int_equal(dut_run(&t, NULL), DM_FINDINGS);
        for (unsigned i = 0; i < 4; i++) {
            assert_true(dm_finding_last(t.machine, 0, i, text, sizeof(text)) > 0);
            seq = strtoull(text, NULL, 10);
            assert_true(!i || seq == before + 1);
            before = seq;
        }
        snprintf(now, sizeof(now), "%llu", (unsigned long long)dm_finding(t.machine, 0)->seq);
        assert_int_equal(before, dm_finding(t.machine, 0)->seq);
        assert_int_equal(dm_finding_last(t.machine, 0, 4, text, sizeof(text)), 0);
        assert_int_equal(dm_finding_last(t.machine, 1, 0, text, sizeof(text)), 0);
    }
    dut_close(&t);
}

/* Line 1 with one text in the place of another. */
static void refuses_header(const char *from, const char *to, const char *said)
{
    char line[8192], message[256] = "", changed[] = "/tmp/dmacheck-unit-XXXXXX";
    FILE *in = fopen(path, "r"), *out = fdopen(mkstemp(changed), "w");
    char *at;

    assert_non_null(in);
    assert_non_null(out);
    assert_non_null(fgets(line, sizeof(line), in));
    at = strstr(line, from);
    assert_non_null(at);
    fprintf(out, "%.*s%s%s", (int)(at - line), line, to, at + strlen(from));
    while (fgets(line, sizeof(line), in))
        fputs(line, out);
    fclose(in);
    fclose(out);
    assert_null(dm_recording_load(changed, message, sizeof(message)));
    assert_non_null(strstr(message, said));
    assert_null(strchr(message, '\n'));
    unlink(changed);
}

static void what_a_recording_is_refused_for(void **state)
{
    struct dm_options o = { .seed = 5, .fault_one_in = 40 };
    char message[256] = "";

    (void)state;
    record("samples/pkt", &o);
    refuses_header("\"faults\":\"40\"", "\"faults\":\"none\"",
                   ":1: expected faults as N or POINT:K, not 'none'");
    refuses_header("\"faults\":\"40\"", "\"faults\":\"0\"",
                   ":1: expected faults as N or POINT:K, not '0'");
    assert_null(dm_recording_load("/nosuch.dmatrace", message, sizeof(message)));
    assert_non_null(strstr(message, "/nosuch.dmatrace"));
}

static void a_recorded_schedule_is_a_token(void **state)
{
    struct dm_options o = { .seed = 5 };
    struct dm_recording *rec;
    char *token;

    (void)state;
    record("samples/pkt", &o);
    rec = load();
    token = dm_recording_schedule(rec);
    assert_string_equal(token, "S1:AECQATHT");
    free(token);
    dm_recording_free(rec);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_machine_of_the_header_repeats_the_run),
        cmocka_unit_test(until_ends_the_run_behind_its_event),
        cmocka_unit_test(what_differs_is_told_by_each_check),
        cmocka_unit_test(the_last_events_come_with_a_finding),
        cmocka_unit_test(what_a_recording_is_refused_for),
        cmocka_unit_test(a_recorded_schedule_is_a_token),
    };
    int failed, fd = mkstemp(path);

    if (fd < 0)
        return 1;
    close(fd);
    failed = cmocka_run_group_tests_name("replay", tests, NULL, NULL);
    unlink(path);
    return failed;
}
