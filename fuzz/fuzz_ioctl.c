/*
 * User programs out of bytes against the sample driver xfer; the second half of the bytes makes the
 * choices. The sample stays silent and leaks nothing, a reset leaves nothing, and the same bytes give
 * the same events again. The driver lies beside this program: drivers/samples/xfer.so.
 */
#include <libgen.h>
#include <string.h>

#include "fuzz/program.h"
#include "machine/private.h"
#include "sim/core/mem.h"

static struct bytes whole;
static struct dm_driver *driver;

static const struct dm_scenario scenarios[] = { { .name = "fuzz", .run = program },
                                                { .name = NULL } };

static void hash_event(void *hash, const struct event *e)
{
    const uint64_t *w = (const uint64_t *)e;

    for (unsigned i = 0; i < sizeof *e / sizeof *w; i++)
        *(uint64_t *)hash = (*(uint64_t *)hash ^ w[i]) * 0x100000001b3u;
}

static void note_left(void *left, const struct pool_block *b) { *(bool *)left |= b->site != 0; }

static uint64_t run(struct dm_machine *m)
{
    uint64_t hash = 0;
    struct dm_result result;
    bool left = false;

    plan = whole;
    if (trace_attach(&m->s->trace, hash_event, &hash))
        wrong("too many sinks", "");
    if (dm_machine_run(m, driver, "fuzz", &result) != DM_CLEAN)
        wrong(result.findings ? dm_finding(m, 0)->rule : "exit",
              result.findings ? dm_finding(m, 0)->message : result.first_failure);
    pool_live(m->s, note_left, &left);
    if (left)
        wrong("pool", "a block of the driver's is left");
    dm_machine_reset(m);
    trace_detach(&m->s->trace, &hash);
    if (pool_live(m->s, NULL, NULL))
        wrong("reset", "a block survives it");
    return hash;
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    char path[600], message[200] = "";

    (void)argc;
    snprintf(path, sizeof path, "%s/drivers/samples/xfer.so", dirname(strdup((*argv)[0])));
    driver = dm_driver_open(path, message, sizeof message);
    if (!driver)
        wrong(path, message);
    driver->scenarios = scenarios;
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char names[32][32], message[200];
    static int count;
    struct dm_options o = { .verify = true, .steps_max = 3000000 };
    struct dm_machine *m;

    count = count ? count : profile_names(names, 32);
    if (size < 3)
        return 0;
    o.profile = names[data[0] % count];
    whole = (struct bytes) { data + 1, data + 1 + size / 2 };
    o.bytes = whole.end, o.bytes_count = (size_t)(data + size - whole.end);
    m = dm_machine_create(&o, message, sizeof message);
    if (!m)
        wrong("no machine", message);
    if (run(m) != run(m))
        wrong("two runs differ", o.profile);
    dm_machine_destroy(m);
    return 0;
}
