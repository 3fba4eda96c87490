/* A program sends whole pages and reads them back; then 128 bytes. */
#include "accel_model.h"
#include "case_scenario.h"

static void run_sizes(struct dm_run *r)
{
    struct dm_file *f = case_open(r);

    if (!f)
        return;
    case_there_and_back(r, f, 4 * PAGE, 0, 0);
    case_there_and_back(r, f, 128, 0, 0);
    dm_close(r, f);
}

const struct dm_scenario dmacheck_scenarios[] = {
    { "sizes", "four pages there and back, then 128 bytes", run_sizes, 0 },
    { 0 },
};
const struct dm_setup dmacheck_setup = { .devices = "accel" };
