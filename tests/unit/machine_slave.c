/*
 * A correct driver of a system DMA slave (tests/drivers/slave.c): its data arrive and no rule speaks,
 * on every profile and several schedules.
 */
#include "tests/dut.h"

#include "sim/core/profile.h"

#define SEEDS 6

static void on_profile(const char *profile)
{
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct dm_options o = { .verify = true, .profile = profile, .seed = seed };
        struct dut t;

        dut_open(&t, "tests/slave", &o);
        if (dut_run(&t, NULL) != DM_CLEAN)
            fail_msg("%s, seed %u: %s", profile, (unsigned)seed,
                     dm_finding(t.machine, 0) ? dm_finding(t.machine, 0)->message
                                              : t.result.first_failure);
        assert_findings(t.machine);
        dut_close(&t);
    }
}

static void a_correct_slave_driver_is_silent(void **state)
{
    char names[32][32];
    int count = profile_names(names, 32);

    (void)state;
    assert_true(count >= 12);
    for (int i = 0; i < count; i++)
        on_profile(names[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(a_correct_slave_driver_is_silent) };

    return cmocka_run_group_tests_name("machine_slave", tests, NULL, NULL);
}
