/* A program writes to the card and reads back. */
#include "case_scenario.h"

static void run_transfers(struct dm_run *r)
{
    struct dm_file *f = case_open(r);

    if (!f)
        return;
    case_there_and_back(r, f, 3 * PAGE, 0, 0);
    case_there_and_back(r, f, 30001, 77, 64 * KIB);
    dm_close(r, f);
}

const struct dm_scenario dmacheck_scenarios[] = {
    { "transfers", "two buffers there and back", run_transfers, 0 },
    { 0 },
};
const struct dm_setup dmacheck_setup = { .devices = "pktdma" };
