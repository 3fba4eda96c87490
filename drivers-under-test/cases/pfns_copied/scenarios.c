/* A program looks at frames in every window. */
#include "capture_scenario.h"

static void run_frames(struct dm_run *r) { capture_program(r, 100); }

const struct dm_scenario dmacheck_scenarios[] = {
    { "frames", "a program looks at a frame in each window", run_frames, 0 },
    { 0 },
};
const struct dm_setup dmacheck_setup = { .devices = "capture" };
