/*
 * Saying what happens. One struct trace belongs to one machine: it numbers events, stamps them with
 * the agent, processor, IRQL and virtual time that the scheduler keeps up to date in it, and hands
 * them to the sinks. With no sink attached, saying costs one test.
 */
#ifndef DMACHECK_TRACE_TRACE_H
#define DMACHECK_TRACE_TRACE_H

#include <stdbool.h>
#include <stddef.h>

#include "trace/event.h"
#include "trace/site.h"

#define TRACE_SINKS_MAX 6

struct trace;
struct trace_sink {
    void (*event)(void *ctx, const struct event *e);
    void *ctx;
};

struct trace {
    bool on; /* at least one sink */
    uint8_t cpu, irql;
    uint16_t agent;
    uint32_t site; /* of the call that is under way */
    uint64_t ns;
    uint64_t seq;
    unsigned sink_count;
    struct trace_sink sinks[TRACE_SINKS_MAX];
    struct site_depot *depot;
    uint32_t numbers[OBJ_COUNT];       /* last object number given, by type */
    uint64_t site_from_pc, site_to_pc; /* reserved for the depot's module ranges */
};

void trace_init(struct trace *t, struct site_depot *depot);
void trace_reset(struct trace *t); /* keeps sinks; numbers, seq and ns start again */
int trace_attach(struct trace *t, void (*event)(void *, const struct event *), void *ctx);
void trace_detach(struct trace *t, void *ctx);

static inline uint32_t obj_new(struct trace *t, enum object_type type)
{
    return OBJ_ID(type, ++t->numbers[type]);
}

/* The one way in. Inline, so that an event is built where it is said and copied nowhere. */
static inline void trace_emit(struct trace *t, enum event_kind kind, enum api api, uint32_t obj,
                              uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3)
{
    if (!t->on)
        return;
    struct event e = {
        .seq = t->seq++,
        .ns = t->ns,
        .a = { a0, a1, a2, a3 },
        .obj = obj,
        .site = t->site,
        .agent = t->agent,
        .kind = (uint16_t)kind,
        .api = (uint16_t)api,
        .cpu = t->cpu,
        .irql = t->irql,
    };

    for (unsigned i = 0; i < t->sink_count; i++)
        t->sinks[i].event(t->sinks[i].ctx, &e);
}

/* Flight recorder: the last 2^bits events, always at hand when something fails. */
struct ring {
    uint64_t count;
    uint64_t mask;
    struct event *events;
};
int ring_create(struct ring *r, unsigned bits);
void ring_destroy(struct ring *r);
void ring_event(void *ring, const struct event *e); /* a sink */
/* The i-th oldest that is still there, or NULL. */
const struct event *ring_at(const struct ring *r, uint64_t i);

#endif
