/*
 * Machines as their users make and run them: what is refused and how, runs that repeat, and drivers
 * whose faults the process survives.
 */
#include "tests/dut.h"

#include <unistd.h>

#include "sim/core/sim.h"

static void refuses(const struct dm_options *o, const char *part)
{
    char message[256] = "";

    assert_null(dm_machine_create(o, message, sizeof(message)));
    assert_non_null(strstr(message, part));
    assert_null(strchr(message, '\n')); /* one line */
}

static void wrong_options_get_one_clear_line(void **state)
{
    (void)state;
    refuses(&(struct dm_options) { .profile = "nosuch" }, "nosuch");
    refuses(&(struct dm_options) { .fault_point = "nosuch", .fault_nth = 1 }, "nosuch");
    refuses(&(struct dm_options) { .fault_point = "pool" }, "pool");
    refuses(&(struct dm_options) { .choices = "/nosuch/trace" }, "/nosuch/trace");
}

static void wrong_drivers_get_one_clear_line(void **state)
{
    char message[256] = "", path[] = "/tmp/dmacheck-unit-XXXXXX";
    int fd = mkstemp(path);

    (void)state;
    assert_null(dm_driver_open("/nosuch/driver.so", message, sizeof(message)));
    assert_string_equal(message, "/nosuch/driver.so: no such driver");
    assert_true(fd >= 0 && write(fd, "text", 4) == 4);
    close(fd);
    assert_null(dm_driver_open(path, message, sizeof(message)));
    assert_non_null(strstr(message, path));
    unlink(path);
}

static void machines_come_and_go(void **state)
{
    struct dm_options o = { .verify = true, .ring = true };
    char message[256];

    (void)state;
    for (int i = 0; i < 50; i++) {
        struct dm_machine *m = dm_machine_create(&o, message, sizeof(message));

        assert_non_null(m);
        dm_machine_reset(m);
        assert_int_equal(dm_finding_count(m), 0);
        assert_null(dm_finding(m, 0));
        dm_machine_destroy(m);
    }
}

static void an_unknown_scenario_is_refused(void **state)
{
    struct dut t;

    (void)state;
    dut_open(&t, "samples/pkt", NULL);
    assert_int_equal(dut_run(&t, "nosuch"), DM_USAGE);
    dut_close(&t);
}

static void one_seed_is_one_run(void **state)
{
    struct dm_options o = { .verify = true, .seed = 5 };
    struct dm_result first;
    struct dut t;

    (void)state;
    dut_open(&t, "samples/pkt", &o);
    assert_int_equal(dut_run(&t, NULL), DM_CLEAN);
    first = t.result;
    assert_findings(t.machine);
    assert_true(first.bytes > 0);
    assert_int_equal(dut_run(&t, NULL), DM_CLEAN);
    assert_int_equal(t.result.events, first.events);
    assert_int_equal(t.result.virtual_ns, first.virtual_ns);
    assert_int_equal(t.result.choices_hash, first.choices_hash);
    assert_int_equal(t.result.settled_hash, first.settled_hash);
    dut_close(&t);
}

static void too_few_steps_end_without_a_verdict(void **state)
{
    struct dm_options o = { .verify = true, .steps_max = 50 };
    struct dut t;

    (void)state;
    dut_open(&t, "samples/pkt", &o);
    assert_int_equal(dut_run(&t, NULL), DM_BUDGET);
    dut_close(&t);
}

static void patterns_have_no_two_words_alike(void **state)
{
    uint64_t w[512], v[512];

    (void)state;
    dm_pattern(w, sizeof(w), 3);
    dm_pattern(v, sizeof(v), 4);
    for (unsigned i = 1; i < 512; i++)
        for (unsigned k = 0; k < i; k++)
            assert_true(w[i] != w[k]);
    assert_memory_not_equal(w, v, sizeof(w));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrong_options_get_one_clear_line),
        cmocka_unit_test(wrong_drivers_get_one_clear_line),
        cmocka_unit_test(machines_come_and_go),
        cmocka_unit_test(an_unknown_scenario_is_refused),
        cmocka_unit_test(one_seed_is_one_run),
        cmocka_unit_test(too_few_steps_end_without_a_verdict),
        cmocka_unit_test(patterns_have_no_two_words_alike),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
