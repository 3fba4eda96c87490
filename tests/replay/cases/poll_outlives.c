/*
 * common-buffer-touched-after-free: common-buffer#1 of adapter#1 was read after it was freed, 4
 * bytes at offset 20
 *   Touched at       drivers-under-test/cases/poll_outlives/driver.c:44 CardPoll
 *   Created at       drivers-under-test/cases/sgdma.h:26 CaseDispatchPnp
 *   Released at      drivers-under-test/cases/sgdma.h:34 CaseDown
 *                    drivers-under-test/cases/case.h:307 CaseDispatchPnp
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

static const char driver[] = "build/gcc/drivers/cases/poll_outlives.bug1.so";
static const char schedule[] = "S1:AAAAQBQCBUDAMBAFBICAIBAEASXSS";

static void run_scenario(struct dm_run *r)
{
    dm_plug(r, "sgdma");
    struct dm_file *file1 = dm_open(r, dm_device_at(r, 0), DM_READ_ACCESS | DM_WRITE_ACCESS, NULL);

    if (!file1)
        return;
    uint8_t *memory1 = dm_alloc(r, 1, 0);
    memset(memory1, 0, 1);
    dm_write(r, file1, memory1, 1, 0, NULL);
    dm_close(r, file1);
    dm_sleep(r, 850000);
    dm_remove(r, dm_device_at(r, 0));
}

static void test_poll_outlives(void **state)
{
    static const struct dm_plan_fault none;
    const struct dm_options options = {
        .profile = "direct64",
        .verify = true,
        .schedule = schedule,
        .races = true,
        .faults = &none,
        .fault_count = 0,
    };
    const struct dm_scenario scenario = {
        .name = "poll_outlives",
        .summary = "",
        .run = run_scenario,
        .flags = DM_MANUAL,
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
    dm_machine_run_scenario(m, d, &scenario, "sgdma", &result);
    dm_found(m, &result, found, sizeof(found));
    dm_machine_destroy(m);
    dm_driver_close(d);
    if (result.exit != DM_CLEAN)
        fail_msg("%s", found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_poll_outlives),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
