/* A program sends a request; nobody needs the card for a while and it goes to sleep; then comes another. */
#include "case_scenario.h"

static void run_asleep(struct dm_run *r)
{
    struct dm_file *f = case_open(r);

    if (!f)
        return;
    case_there_and_back(r, f, 2 * PAGE, 0, 0);
    dm_sleep(r, 1000000);
    dm_expect(r, dm_power(r, dm_device_at(r, 0), 3) == SUCCESS);
    dm_sleep(r, 1000000);
    dm_expect(r, dm_power(r, dm_device_at(r, 0), 0) == SUCCESS);
    case_there_and_back(r, f, 2 * PAGE, 0, 64 * KIB);
    dm_close(r, f);
}

const struct dm_scenario dmacheck_scenarios[] = {
    { "asleep", "one request, D3, D0, and a second request", run_asleep, 0 },
    { 0 },
};
const struct dm_setup dmacheck_setup = { .devices = "sgdma" };
