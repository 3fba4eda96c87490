/* A program has the card fill buffers: whole pages, and a small one that is a part of a page. */
#include "case_scenario.h"

static void run_results(struct dm_run *r)
{
    struct dm_file *f = case_open(r);

    if (!f)
        return;
    case_there_and_back(r, f, 8 * PAGE, 0, 0);
    case_there_and_back(r, f, 128, 0, 64 * KIB);
    dm_close(r, f);
}

const struct dm_scenario dmacheck_scenarios[] = {
    { "results", "buffers that the card fills, of eight pages and of 128 bytes", run_results, 0 },
    { 0 },
};
const struct dm_setup dmacheck_setup = { .devices = "sgdma" };
