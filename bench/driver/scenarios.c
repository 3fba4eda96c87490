/*
 * The bench driver's one scenario: what to do comes from the environment that bench/run.sh sets.
 */
#include <stdlib.h>
#include <string.h>

#include "dmacheck/scenario.h"

#include "bench.h"

static unsigned number(const char *name)
{
    const char *text = getenv(name);

    return text ? (unsigned)strtoul(text, NULL, 10) : 0;
}

static void loop(struct dm_run *r)
{
    int32_t status;
    uint64_t information;
    struct bench_request *request = dm_alloc(r, sizeof(*request), 0);
    struct dm_file *f = dm_open(r, dm_device_at(r, 0), DM_READ_ACCESS | DM_WRITE_ACCESS, &status);
    struct bench_request q = { .op = number("BENCH_OP"),
                               .count = number("BENCH_COUNT"),
                               .size = number("BENCH_SIZE") };

    dm_expect(r, f != NULL);
    if (!f)
        return;
    memcpy(request, &q, sizeof(q));
    status = dm_ioctl(r, f, BENCH_CODE, request, sizeof(*request), NULL, 0, &information);
    dm_expect(r, status == 0);
    dm_close(r, f);
    dm_free(r, request);
}

const struct dm_scenario dmacheck_scenarios[] = {
    { "loop", "maps and unmaps in a loop", loop, 0 },
    { NULL, NULL, NULL, 0 },
};

const struct dm_setup dmacheck_setup = { .devices = "sgdma" };
