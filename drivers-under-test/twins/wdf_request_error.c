/*
 * Twin of rule wdf_request_error: a write is completed with more bytes than it had.
 */
#ifndef DMACHECK_SCENARIO
#include "kmdf.h"

TWIN_STARTS_WITH_NOTHING
TWIN_STOPS_WITH_NOTHING

static VOID TwinWrite(PTWIN Twin, WDFREQUEST Request, size_t Length)
{
    NTSTATUS status = TwinTransfer(Twin, Request);

#if BUG
    TwinComplete(Request, status, Length + 1);
#else
    TwinComplete(Request, status, Length);
#endif
}

#else
#include "dmacheck/scenario.h"

#define BYTES 2048u

/* What the program is told of the bytes is the driver's mistake; that it went well is not. */
static void write_one(struct dm_run *r)
{
    int32_t status = 0;
    struct dm_file *f = dm_open(r, dm_device_at(r, 0), DM_WRITE_ACCESS, &status);
    void *buffer = dm_alloc(r, BYTES, 0);

    dm_expect(r, f != NULL && status == 0);
    if (f) {
        dm_fill(r, buffer, BYTES, 1);
        dm_expect(r, dm_write(r, f, buffer, BYTES, 0, NULL) == 0);
        dm_close(r, f);
    }
    dm_free(r, buffer);
}

const struct dm_scenario dmacheck_scenarios[] = {
    { "write", "one write", write_one, 0 },
    { NULL, NULL, NULL, 0 },
};
const struct dm_setup dmacheck_setup = { .devices = "pktdma" };
#endif
