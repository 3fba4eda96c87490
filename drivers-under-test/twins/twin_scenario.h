/*
 * What every twin's scenario does: a program opens the card and writes one buffer, page-aligned so
 * that one map register carries it on every profile.
 */
#ifndef TWIN_SCENARIO_H
#define TWIN_SCENARIO_H

#include "dmacheck/scenario.h"

/* A twin that wants another card or length says so before this is included. */
#ifndef TWIN_BYTES
#define TWIN_BYTES 2048u
#endif
#ifndef TWIN_DEVICES
#define TWIN_DEVICES "pktdma"
#endif
#ifndef TWIN_FAULTS
#define TWIN_FAULTS NULL /* resource requests that fail (dm_setup) */
#endif

static void twin_write(struct dm_run *r)
{
    int32_t status = 0;
    uint64_t information = 0;
    struct dm_file *f = dm_open(r, dm_device_at(r, 0), DM_WRITE_ACCESS, &status);
    void *buffer = dm_alloc(r, TWIN_BYTES, 0);

    dm_expect(r, f != NULL && status == 0);
    if (f) {
        dm_fill(r, buffer, TWIN_BYTES, 1);
        status = dm_write(r, f, buffer, TWIN_BYTES, 0, &information);
        dm_expect(r, status == 0 && information == TWIN_BYTES);
        dm_close(r, f);
    }
    dm_free(r, buffer);
}

const struct dm_scenario dmacheck_scenarios[] = {
    { "write", "one write", twin_write, 0 },
    { NULL, NULL, NULL, 0 },
};
const struct dm_setup dmacheck_setup = { .devices = TWIN_DEVICES, .faults = TWIN_FAULTS };

#endif
