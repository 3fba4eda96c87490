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
#include "sim/core/sched.h"
#include "sim/nt/nt.h"

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
    { "executive", nt_create, nt_reset, nt_destroy },
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

struct sim *sim_create(const struct profile *p, char *message, size_t message_size)
{
    struct sim *s = calloc(1, sizeof(*s));

    must(!sim_running);
    if (!s || !(s->depot = site_depot_create())) {
        free(s);
        snprintf(message, message_size, "no memory for a machine");
        return NULL;
    }
    s->profile = *p;
    limits_default(&s->limits);
    trace_init(&s->trace, s->depot);
    sim_running = s;
    for (unsigned i = 0; i < PARTS; i++)
        if (parts[i].create(s) != 0) {
            snprintf(message, message_size, "the machine's %s cannot be made: out of memory",
                     parts[i].name);
            while (i--)
                parts[i].destroy(s);
            site_depot_destroy(s->depot);
            free(s);
            sim_running = NULL;
            return NULL;
        }
    return s;
}

void sim_reset(struct sim *s)
{
    must(sim_running == s);
    run_state_reset(s);
    for (unsigned i = 0; i < PARTS; i++)
        parts[i].reset(s);
}

void sim_destroy(struct sim *s)
{
    must(sim_running == s);
    for (unsigned i = PARTS; i--;)
        parts[i].destroy(s);
    choice_from_plain(s);
    site_depot_destroy(s->depot);
    free(s);
    sim_running = NULL;
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
