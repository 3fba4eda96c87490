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
#include "sim/core/sched.h"
#include "trace/text.h"

static struct bytes whole;
static struct dm_driver *driver;

static const struct dm_scenario scenarios[] = { { .name = "fuzz", .run = program },
                                                { .name = NULL } };

/* What the first of two runs said; the second is held against it. */
static struct {
    struct event *events;
    uint64_t count, room, at;
    bool second;
} said;

/* Says both events. */
static void differs(struct dm_machine *m, const struct event *was, const struct event *is)
{
    char first[TRACE_TEXT_MAX] = "nothing more", second[TRACE_TEXT_MAX] = "nothing more";

    if (was)
        trace_text(first, sizeof first, was, m->s->depot, sched_agent_name(m->s, was->agent));
    if (is)
        trace_text(second, sizeof second, is, m->s->depot, sched_agent_name(m->s, is->agent));
    fprintf(stderr, "  first:  %s\n  second: %s\n", first, second);
    wrong("two runs differ", m->s->profile.name);
}

static void hold(void *machine, const struct event *e)
{
    const struct event *was = said.at < said.count ? &said.events[said.at] : NULL;

    if (said.second && (!was || memcmp(was, e, sizeof *e) != 0))
        differs(machine, was, e);
    if (said.second) {
        said.at++;
        return;
    }
    if (said.count == said.room) {
        said.room = said.room * 2 + 65536;
        said.events = realloc(said.events, said.room * sizeof *e);
        if (!said.events)
            wrong("no memory", "");
    }
    said.events[said.count++] = *e;
}

static void note_left(void *left, const struct pool_block *b) { *(bool *)left |= b->site != 0; }

static void run(struct dm_machine *m, bool second)
{
    struct dm_result result;
    bool left = false;

    plan = whole;
    said.second = second;
    said.count = second ? said.count : 0;
    said.at = 0;
    if (trace_attach(&m->s->trace, hold, m))
        wrong("too many sinks", "");
    if (dm_machine_run(m, driver, "fuzz", &result) != DM_CLEAN)
        wrong(result.findings ? dm_finding(m, 0)->rule : "exit",
              result.findings ? dm_finding(m, 0)->message : result.first_failure);
    pool_live(m->s, note_left, &left);
    if (left)
        wrong("pool", "a block of the driver's is left");
    dm_machine_reset(m);
    trace_detach(&m->s->trace, m);
    if (second && said.at < said.count)
        differs(m, &said.events[said.at], NULL);
    if (pool_live(m->s, NULL, NULL))
        wrong("reset", "a block survives it");
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
    run(m, false);
    run(m, true);
    dm_machine_destroy(m);
    return 0;
}
