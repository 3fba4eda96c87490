/*
 * user-double-fetch: 4 bytes of user memory were read twice; the program changed them in
 * between
 *   Here             drivers-under-test/cases/program_changed/driver.c:77 StepsAdd
 *   First at         drivers-under-test/cases/program_changed/driver.c:35 StepsCheck
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

static const char driver[] = "build/gcc/drivers/cases/program_changed.bug1.so";
static const struct dm_plan_fault faults[] = {
    { .point = "user-memory", .nth = 1 },
};

/* clang-format off */
static const uint8_t bytes1[] = {
    0x00, 0x00, 0x00, 0x00, 0x40, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
};
/* clang-format on */

#define IOCTL_80002007 DM_CTL_CODE(0x8000, 0x801, DM_METHOD_NEITHER, 0)

static void run_scenario(struct dm_run *r)
{
    struct dm_file *file1 = dm_open(r, dm_device_at(r, 0), DM_READ_ACCESS | DM_WRITE_ACCESS, NULL);

    if (!file1)
        return;
    uint8_t *memory1 = dm_alloc(r, 16, 0);
    uint8_t *memory2 = dm_alloc(r, 64, 0);
    memcpy(memory1, bytes1, sizeof(bytes1));
    memset(memory2, 0, 64);
    dm_ioctl(r, file1, IOCTL_80002007, memory1, 16, memory2, 64, NULL);
    dm_close(r, file1);
}

static void test_program_changed(void **state)
{
    const struct dm_options options = {
        .profile = "direct64",
        .verify = true,
        .races = true,
        .faults = faults,
        .fault_count = 1,
    };
    const struct dm_scenario scenario = {
        .name = "program_changed",
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
        cmocka_unit_test(test_program_changed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
