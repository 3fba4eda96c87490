/* Two programs, one after the other. */
#include "capture_scenario.h"

static void run_two(struct dm_run *r)
{
    capture_program(r, 100);
    dm_sleep(r, 1000000);
    capture_program(r, 200);
}

const struct dm_scenario dmacheck_scenarios[] = {
    { "two-programs", "two programs look at frames, one after the other", run_two, 0 },
    { 0 },
};
const struct dm_setup dmacheck_setup = { .devices = "capture" };
