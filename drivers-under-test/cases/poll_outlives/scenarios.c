/* A program writes to the card and is done; the card is taken out soon after. */
#include "case_scenario.h"

static void run_removal(struct dm_run *r)
{
    struct dm_device *d = dm_plug(r, "sgdma");
    struct dm_file *f = case_open(r);
    void *p = dm_alloc(r, PAGE, 0);

    if (!f)
        return;
    dm_fill(r, p, PAGE, 1);
    case_write(r, f, p, PAGE, 0);
    dm_close(r, f);
    dm_free(r, p);
    dm_sleep(r, 850000); /* the next look at the ring is near, and still to come */
    dm_expect(r, dm_remove(r, d) == SUCCESS);
}

const struct dm_scenario dmacheck_scenarios[] = {
    { "removal", "a write; a while later the card goes", run_removal, DM_MANUAL },
    { 0 },
};
const struct dm_setup dmacheck_setup = { .devices = "sgdma" };
