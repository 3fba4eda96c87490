/* A program keeps the card busy with one request after the other. */
#include "case_scenario.h"

static void run_requests(struct dm_run *r)
{
    struct dm_file *f = case_open(r);

    if (!f)
        return;
    for (unsigned i = 0; i < 4; i++)
        case_there_and_back(r, f, 3 * PAGE + 100 * i, 16 * i, i * 64 * KIB);
    dm_close(r, f);
}

const struct dm_scenario dmacheck_scenarios[] = {
    { "requests", "four requests there and back, one after the other", run_requests, 0 },
    { 0 },
};
const struct dm_setup dmacheck_setup = { .devices = "sgdma" };
