/*
 * The test that was written of everything.h beside its plan, which is played: the same events, bit for bit.
 * Built by run.sh with GENERATED, the written test. Usage: played DRIVER.so
 */
#define main generated_main
#include GENERATED
#undef main

#include "sim/core/sim.h"
#include "tests/replay/everything.h"

struct seen {
    uint64_t hash, events;
    unsigned kinds[64];
};

static void look(void *ctx, const struct event *e)
{
    struct seen *s = ctx;
    const uint8_t *at = (const uint8_t *)e;

    for (size_t i = 0; i < sizeof(*e); i++)
        s->hash = (s->hash ^ at[i]) * 0x100000001b3u;
    s->events++;
}

static void run(struct seen *s, struct dm_driver *d, const struct dm_scenario *scenario)
{
    const struct dm_options options = { .profile = "remap",
                                        .verify = true,
                                        .faults = everything_faults,
                                        .fault_count = 2,
                                        .changes = choices,
                                        .change_count = 2 };
    char message[512] = "";
    struct dm_machine *m = dm_machine_create(&options, message, sizeof(message));
    struct dm_result result;

    if (!m)
        fail_msg("%s", message);
    *s = (struct seen) { .hash = 0xcbf29ce484222325u };
    trace_attach(&dm_machine_sim(m)->trace, look, s);
    if (scenario)
        dm_machine_run_scenario(m, d, scenario, everything.devices, &result);
    else
        dm_machine_run_plan(m, d, &everything, &result);
    assert_true(result.exit <= DM_FINDINGS);
    trace_detach(&dm_machine_sim(m)->trace, s);
    dm_machine_destroy(m);
}

static const char *path;

static void the_written_test_does_what_the_plan_does(void **state)
{
    const struct dm_scenario scenario = { "everything", "", run_scenario, 0 };
    char message[512] = "";
    struct dm_driver *d = dm_driver_open(path, message, sizeof(message));
    struct seen plan, test;

    (void)state;
    if (!d)
        fail_msg("%s", message);
    run(&plan, d, NULL);
    run(&test, d, &scenario);
    dm_driver_close(d);
    assert_true(plan.events > 1000);
    assert_int_equal(test.events, plan.events);
    assert_int_equal(test.hash, plan.hash);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(
        the_written_test_does_what_the_plan_does) };

    path = argc == 2 ? argv[1] : "";
    return cmocka_run_group_tests(tests, NULL, NULL);
}
