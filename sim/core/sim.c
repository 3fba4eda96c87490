/*
 * A machine's life. Parts are made in the order in which they need one another and ended in reverse.
 */
#include "sim/core/sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "sim/core/adapter.h"
#include "sim/core/bus.h"
#include "sim/core/door.h"
#include "sim/core/iommu.h"
#include "sim/core/mem.h"
#include "sim/core/race.h"
#include "sim/core/sched.h"
#include "sim/nt/nt.h"
#include "sim/wdf/wdf.h"

struct sim *sim_running;

struct part {
    const char *name;
    int (*create)(struct sim *s);
    void (*reset)(struct sim *s);
    void (*destroy)(struct sim *s);
};

static const struct part parts[] = {
    { "scheduler", sched_create, sched_reset, sched_destroy },
    { "memory", mem_create, mem_reset, mem_destroy },
    { "IOMMU", iommu_create, iommu_reset, iommu_destroy },
    { "DMA", dma_create, dma_reset, dma_destroy },
    { "bus", bus_create, bus_reset, bus_destroy },
    { "races", race_create, race_reset, race_destroy },
    { "executive", nt_create, nt_reset, nt_destroy },
    { "framework", wdf_create, wdf_reset, wdf_destroy },
};

#define PARTS (sizeof(parts) / sizeof(parts[0]))

static void limits_default(struct sim_limits *l)
{
    l->steps_max = 50000000;
    l->virtual_ns_max = 3600ull * 1000000000;
}

static void run_state_reset(struct sim *s)
{
    s->ended = false;
    s->bugcheck_code = 0;
    trace_reset(&s->trace);
    site_depot_reset(s->depot);
    choice_reset(s);
    fault_reset(s);
}

/* The last machine that was destroyed, whole: the next one of its size is made by resetting it. */
static struct sim *spare;

static void parts_destroy(struct sim *s, unsigned count)
{
    while (count--)
        parts[count].destroy(s);
    choice_from_plain(s);
    site_depot_destroy(s->depot);
    free(s);
}

/* What a machine is before anybody has configured it. */
static void begin(struct sim *s, const struct profile *p)
{
    s->profile = *p;
    s->seed = 0;
    s->entries = 0;
    memset(s->entry_of, 0, sizeof(s->entry_of));
    s->bugcheck_stops = false;
    limits_default(&s->limits);
    memset(&s->fault, 0, sizeof(s->fault));
    trace_init(&s->trace, s->depot);
    choice_from_plain(s);
    sim_running = s;
}

static struct sim *spare_take(const struct profile *p)
{
    struct sim *s = spare;

    spare = NULL;
    if (s && s->profile.ram_mib != p->ram_mib) { /* all else follows the profile at a reset */
        sim_running = s;
        parts_destroy(s, PARTS);
        sim_running = NULL;
        return NULL;
    }
    return s;
}

struct sim *sim_create(const struct profile *p, char *message, size_t message_size)
{
    struct sim *s;

    must(!sim_running);
    s = spare_take(p);
    if (s) {
        begin(s, p);
        sim_reset(s);
        return s;
    }
    s = calloc(1, sizeof(*s));
    if (!s || !(s->depot = site_depot_create())) {
        free(s);
        snprintf(message, message_size, "no memory for a machine");
        return NULL;
    }
    begin(s, p);
    for (unsigned i = 0; i < PARTS; i++)
        if (parts[i].create(s) != 0) {
            snprintf(message, message_size, "the machine's %s cannot be made: out of memory",
                     parts[i].name);
            parts_destroy(s, i);
            sim_running = NULL;
            return NULL;
        }
    return s;
}

void sim_reset(struct sim *s)
{
    bool on = s->trace.on;

    must(sim_running == s);
    s->trace.on = false; /* what a reset does is nobody's story */
    run_state_reset(s);
    for (unsigned i = 0; i < PARTS; i++)
        parts[i].reset(s);
    s->trace.on = on;
}

void sim_destroy(struct sim *s)
{
    must(sim_running == s && !spare);
    site_modules_clear(s->depot);
    sim_running = NULL;
    spare = s;
}

void sim_bugcheck(struct sim *s, uint32_t code, uint64_t p1, uint64_t p2, uint64_t p3, uint64_t p4)
{
    trace_emit(&s->trace, EV_BUGCHECK, API_NONE, 0, code, p1, p2, p3);
    trace_emit(&s->trace, EV_ARG, API_NONE, 0, p4, 0, 0, 0);
    if (!s->bugcheck_code)
        s->bugcheck_code = code;
    if (s->bugcheck_stops && sched_is_running(s))
        sim_end(s);
}
