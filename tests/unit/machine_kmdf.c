/*
 * A correct KMDF driver (tests/drivers/kmdf.c) on every machine: loaded, started, asleep and awake with the
 * machine, idle, stopped, removed, pulled out; also when memory and IRPs run short. Nobody complains.
 */
#include "tests/dut.h"

#include "sim/core/profile.h"

#define SEEDS 3

static void on_profile(const char *profile, unsigned fault_one_in)
{
    static const char *const scenarios[] = { "life", "sleeps", "idles", "pulled-out" };

    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct dm_options o = {
            .verify = true, .profile = profile, .seed = seed, .fault_one_in = fault_one_in
        };

        for (size_t i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++) {
            struct dut t;

            dut_open(&t, "tests/kmdf", &o);
            if (dut_run(&t, scenarios[i]) != DM_CLEAN)
                fail_msg("%s, %s, seed %u: %s", profile, scenarios[i], (unsigned)seed,
                         dm_finding(t.machine, 0) ? dm_finding(t.machine, 0)->message
                                                  : t.result.first_failure);
            assert_findings(t.machine);
            dut_close(&t);
        }
    }
}

static void a_correct_driver_is_silent_on_every_profile(void **state)
{
    char names[32][32];
    int count = profile_names(names, 32);

    (void)state;
    assert_true(count >= 12);
    for (int i = 0; i < count; i++)
        on_profile(names[i], 0);
}

static void and_when_resources_run_short(void **state)
{
    (void)state;
    for (unsigned one_in = 5; one_in <= 40; one_in += 7)
        on_profile("direct64", one_in);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_correct_driver_is_silent_on_every_profile),
        cmocka_unit_test(and_when_resources_run_short),
    };

    return cmocka_run_group_tests_name("machine_kmdf", tests, NULL, NULL);
}
