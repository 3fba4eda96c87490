/*
 * address-raw-physical: engine 0 of device#1 was given 0x180000000, which is a physical address
 * and not one that the DMA interface gave
 *
 * Made by dmacheck trace to-test of a run in which this was found. The test fails as long as it
 * is, and passes when the driver is mended.
 * DMACHECK_DRIVER names the driver's shared object.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "dmacheck/machine.h"
#include "dmacheck/plan.h"
#include "dmacheck/scenario.h"

static const char driver[] = "build/gcc/drivers/cases/physical_windows.bug1.so";

static void run_scenario(struct dm_run *r) { (void)r; }

static void test_physical_windows(void **state)
{
    static const struct dm_plan_fault none;
    const struct dm_options options = {
        .profile = "direct64",
        .verify = true,
        .races = true,
        .faults = &none,
        .fault_count = 0,
    };
    const struct dm_scenario scenario = {
        .name = "physical_windows",
        .summary = "",
        .run = run_scenario,
        .flags = 0,
    };
    const char *path = getenv("DMACHECK_DRIVER");
    char message[512] = "", found[8192] = "";
    struct dm_result result;
    struct dm_driver *d;
    struct dm_machine *m;

    (void)state;
    d = dm_driver_open(path ? path : driver, message, sizeof(message));
    m = d ? dm_machine_create(&options, message, sizeof(message)) : NULL;
    if (!m)
        fail_msg("%s", message);
    dm_machine_run_scenario(m, d, &scenario, "capture", &result);
    dm_found(m, &result, found, sizeof(found));
    dm_machine_destroy(m);
    dm_driver_close(d);
    if (result.exit != DM_CLEAN)
        fail_msg("%s", found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_physical_windows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
