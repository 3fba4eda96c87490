/* A program writes to the card and reads back, with a small buffer and with large ones. */
#include "case_scenario.h"

static void run_transfers(struct dm_run *r)
{
    struct dm_file *f = case_open(r);

    if (!f)
        return;
    case_there_and_back(r, f, 128, 0, 0);
    case_there_and_back(r, f, 4 * PAGE, 0, 64 * KIB);
    case_there_and_back(r, f, 70001, 100, 1 * MIB);
    dm_close(r, f);
}

const struct dm_scenario dmacheck_scenarios[] = {
    { "transfers", "a small buffer and large ones, there and back", run_transfers, 0 },
    { 0 },
};
const struct dm_setup dmacheck_setup = { .devices = "sgdma" };
