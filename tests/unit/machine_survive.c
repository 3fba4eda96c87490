/*
 * Whatever a driver does, the process lives, the finding names the driver's line, and the next run on
 * the same machine is as good as the first. Each fault is committed by tests/drivers/faulty.c, where
 * the line that must be named carries the mark "at: FAULT".
 */
#include <signal.h>

#include "tests/dut.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WITH_ASAN 1
#endif
#endif
#ifndef WITH_ASAN
#define WITH_ASAN 0
#endif

static struct dut t;

/* CMocka takes signals for itself around each test; the machine's handlers are put back. */
static const int signals[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL };
static struct sigaction ours[sizeof(signals) / sizeof(*signals)];

static void handlers_are(bool set)
{
    for (unsigned i = 0; i < sizeof(signals) / sizeof(*signals); i++)
        assert_int_equal(sigaction(signals[i], set ? &ours[i] : NULL, set ? NULL : &ours[i]), 0);
}

static int open_faulty(void **state)
{
    struct dm_options o = { .verify = true, .steps_max = 200000 };

    (void)state;
    dut_open(&t, "tests/faulty", &o);
    handlers_are(false);
    return 0;
}

static int close_faulty(void **state)
{
    (void)state;
    dut_close(&t);
    return 0;
}

static unsigned line_of(const char *mark)
{
    FILE *f = fopen("tests/drivers/faulty.c", "r");
    char line[200], wanted[64];
    unsigned number = 0, found = 0;

    assert_non_null(f);
    snprintf(wanted, sizeof(wanted), "/* at: %s */", mark);
    while (fgets(line, sizeof(line), f) && ++number)
        if (strstr(line, wanted))
            found = number;
    fclose(f);
    assert_int_not_equal(found, 0);
    return found;
}

static const struct dm_finding_site *site_by(const struct dm_finding *f, const char *role)
{
    for (unsigned i = 0; i < f->site_count; i++)
        if (!strcmp(f->sites[i].role, role))
            return &f->sites[i];
    return NULL;
}

static void works_after_all(void)
{
    assert_int_equal(dut_run(&t, "nothing"), DM_CLEAN);
    assert_findings(t.machine);
}

/* The fault gives this rule alone, which names the marked line. Twice, for a second run must say what
 * the first one said. */
static const struct dm_finding *commits(const char *fault, const char *rule, const char *mark)
{
    const struct dm_finding *f = NULL;

    handlers_are(true);
    for (int i = 0; i < 2; i++) {
        works_after_all();
        assert_int_equal(dut_run(&t, fault), DM_FINDINGS);
        assert_findings(t.machine, rule);
        f = dm_finding(t.machine, 0);
        assert_true(f->site_count > 0 && f->sites[0].frame_count > 0);
        assert_string_equal(f->sites[0].frames[0].file, "tests/drivers/faulty.c");
        if (mark)
            assert_int_equal(f->sites[0].frames[0].line, line_of(mark));
    }
    return f;
}

static void stops_with(const char *fault, const char *code)
{
    const struct dm_finding *f = commits(fault, "bug-check", fault);

    assert_memory_equal(f->driver_verifier, code, strlen(code));
    assert_int_equal(t.result.bytes, 0); /* the run ended there */
}

static void an_overrun_of_pool_is_a_finding(void **state)
{
    const struct dm_finding *f =
        commits("pool_beyond", "memory-overrun", WITH_ASAN ? "pool_beyond" : "pool_given_back");

    (void)state;
    assert_non_null(site_by(f, "Allocated at"));
    assert_non_null(strstr(f->message, "4 bytes behind the end"));
    assert_memory_equal(f->driver_verifier, "0xD6", 4);
    assert_int_equal(t.result.bytes, 128); /* and the run went on */
}

static void a_write_to_freed_pool_is_a_finding(void **state)
{
    const struct dm_finding *f = commits("pool_freed", "memory-used-after-free",
                                         WITH_ASAN ? "pool_freed" : "pool_given_back");

    (void)state;
    assert_non_null(site_by(f, "Allocated at"));
    assert_int_equal(site_by(f, "Freed at")->frames[0].line, line_of("pool_given_back"));
    assert_memory_equal(f->driver_verifier, "0xD5", 4);
    assert_int_equal(t.result.bytes, 128);
}

/* Deep in our own code, in the driver's name. */
static void a_freed_event_that_is_set_is_a_finding(void **state)
{
    (void)state;
    commits("freed_event", "memory-used-after-free", WITH_ASAN ? "freed_event" : "pool_given_back");
    assert_int_equal(t.result.bytes, 128);
}

static void overruns_of_variables_are_findings_with_asan(void **state)
{
    (void)state;
    if (!WITH_ASAN) { /* a known gap of plain builds */
        assert_int_equal(dut_run(&t, "static_beyond"), DM_CLEAN);
        return;
    }
    assert_string_equal(commits("local_beyond", "memory-overrun", "local_beyond")->message,
                        "4 bytes written beside a local variable");
    assert_string_equal(commits("static_beyond", "memory-overrun", "static_beyond")->message,
                        "4 bytes written beside a static variable");
    assert_int_equal(t.result.bytes, 128);
}

static void wild_pointers_are_bug_checks(void **state)
{
    (void)state;
    stops_with("null_read", "0x3B (0xC0000005");
    stops_with("wild_write", "0x50");
    stops_with("wild_event", WITH_ASAN ? "0x3B" : "0x50"); /* ASan's shadow of it is nowhere */
    stops_with("wild_call", "0x50");
    stops_with("wild_read_at_dispatch", "0xD1");
    stops_with("divide", "0x3B (0xC0000094");
}

/* What was read from a freed block is its fill, which is no pointer. */
static void a_pointer_out_of_freed_pool_faults(void **state)
{
    (void)state;
    handlers_are(true);
    if (!WITH_ASAN)
        stops_with("freed_pointer", "0x3B (0xC0000005");
    else {
        assert_int_equal(dut_run(&t, "freed_pointer"), DM_FINDINGS);
        assert_findings(t.machine, "memory-used-after-free", "bug-check");
    }
}

static void a_stack_that_runs_over_is_a_bug_check(void **state)
{
    (void)state;
    assert_memory_equal(commits("recursion", "bug-check", NULL)->driver_verifier, "0x7F (0x08", 10);
    assert_memory_equal(commits("big_frames", "bug-check", NULL)->driver_verifier, "0x7F (0x08",
                        10);
}

/* While every access is heard, the stack may end in whoever hears it. The touch itself is named then. */
static void all_accesses_may_be_heard(void **state)
{
    struct dm_options o = { .verify = true, .steps_max = 200000, .races = true };

    close_faulty(state);
    dut_open(&t, "tests/faulty", &o);
    a_stack_that_runs_over_is_a_bug_check(state);
    commits("pool_beyond", "memory-overrun", "pool_beyond");
    commits("pool_freed", "memory-used-after-free", "pool_freed");
    close_faulty(state);
    open_faulty(state);
}

static void loops_without_end_use_up_the_budget(void **state)
{
    (void)state;
    handlers_are(true);
    assert_int_equal(dut_run(&t, "loop_of_calls"), DM_BUDGET);
    dm_watchdog(1);
    assert_int_equal(dut_run(&t, "loop"), DM_BUDGET);
    dm_watchdog(0);
    assert_non_null(strstr(t.result.first_failure, "tests/drivers/faulty.c:"));
    works_after_all();
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_overrun_of_pool_is_a_finding),
        cmocka_unit_test(a_write_to_freed_pool_is_a_finding),
        cmocka_unit_test(a_freed_event_that_is_set_is_a_finding),
        cmocka_unit_test(overruns_of_variables_are_findings_with_asan),
        cmocka_unit_test(wild_pointers_are_bug_checks),
        cmocka_unit_test(a_pointer_out_of_freed_pool_faults),
        cmocka_unit_test(a_stack_that_runs_over_is_a_bug_check),
        cmocka_unit_test(all_accesses_may_be_heard),
        cmocka_unit_test(loops_without_end_use_up_the_budget),
    };

    return cmocka_run_group_tests(tests, open_faulty, close_faulty);
}
