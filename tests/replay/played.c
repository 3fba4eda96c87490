/*
 * The test that was written of everything.h beside its plan, which is played: two recordings that are the
 * same line for line, but for the header, which says that a plan was played.
 * Built by run.sh with GENERATED, the written test. Usage: played DRIVER.so FOLDER
 */
#define main generated_main
#include GENERATED
#undef main

#include <stdio.h>

#include "tests/replay/everything.h"

static const char *driver_path, *folder;

/* Records a run of the scenario, or of the plan where there is none. */
static FILE *record(struct dm_driver *d, const struct dm_scenario *scenario, const char *name)
{
    char path[512], message[512] = "";
    const struct dm_options options = { .profile = "remap",
                                        .verify = true,
                                        .record = path,
                                        .faults = everything_faults,
                                        .fault_count = 2,
                                        .changes = choices,
                                        .change_count = 2 };
    struct dm_machine *m;
    struct dm_result result;
    FILE *trace;

    snprintf(path, sizeof(path), "%s/%s.dmatrace", folder, name);
    m = dm_machine_create(&options, message, sizeof(message));
    if (!m)
        fail_msg("%s", message);
    if (scenario)
        dm_machine_run_scenario(m, d, scenario, everything.devices, &result);
    else
        dm_machine_run_plan(m, d, &everything, &result);
    assert_true(result.exit <= DM_FINDINGS);
    dm_machine_destroy(m);
    trace = fopen(path, "r");
    assert_non_null(trace);
    return trace;
}

/* The next line; not those that say which outcomes count on every machine: a test runs on one. */
static bool next_line(FILE *trace, char **line, size_t *size)
{
    do {
        if (getline(line, size, trace) <= 0)
            return false;
    } while (strstr(*line, "\"op\":\"settled\""));
    return true;
}

static void the_written_test_does_what_the_plan_does(void **state)
{
    const struct dm_scenario scenario = { "everything", "", run_scenario, 0 };
    char *of_plan = NULL, *of_test = NULL, message[512] = "";
    struct dm_driver *d = dm_driver_open(driver_path, message, sizeof(message));
    size_t plan_size = 0, test_size = 0, lines = 0;
    FILE *plan, *test;

    (void)state;
    if (!d)
        fail_msg("%s", message);
    plan = record(d, NULL, "plan");
    test = record(d, &scenario, "test");
    dm_driver_close(d);
    for (; next_line(plan, &of_plan, &plan_size); lines++) {
        assert_true(next_line(test, &of_test, &test_size));
        if (lines)
            assert_string_equal(of_test, of_plan);
    }
    assert_false(next_line(test, &of_test, &test_size));
    assert_true(lines > 1000);
    free(of_plan);
    free(of_test);
    fclose(plan);
    fclose(test);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(
        the_written_test_does_what_the_plan_does) };

    if (argc != 3)
        return 2;
    driver_path = argv[1];
    folder = argv[2];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
