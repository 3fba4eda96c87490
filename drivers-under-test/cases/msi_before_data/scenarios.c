/* A program writes to the card and reads back; the card takes its message on a shorter way than its data. */
#define COURIER_MSI_FIRST
#include "courier_model.h"
#include "case_scenario.h"

static void run_transfers(struct dm_run *r)
{
    struct dm_file *f = case_open(r);

    if (!f)
        return;
    case_there_and_back(r, f, 2 * PAGE, 0, 0);
    case_there_and_back(r, f, 10001, 77, 64 * KIB);
    dm_close(r, f);
}

const struct dm_scenario dmacheck_scenarios[] = {
    { "transfers", "two buffers there and back", run_transfers, 0 },
    { 0 },
};
const struct dm_setup dmacheck_setup = { .devices = "courier" };
