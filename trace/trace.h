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

#define TRACE_SINKS_MAX 12

struct trace;
struct trace_sink {
    void (*event)(void *ctx, const struct event *e);
    void *ctx;
};

struct trace_payload { /* bytes that go along with the event that is being said; NULL: none */
    const void *bytes;
    size_t count;
};

struct trace {
    bool on;       /* at least one sink */
    uint32_t site; /* of the call that is under way */
    uint64_t seq;
    uint64_t ns;
    union { /* as in an event, so that they are copied there as one word */
        struct {
            uint16_t agent;
            uint16_t no_kind, no_api; /* 0 */
            uint8_t cpu, irql;
        };
        uint64_t stamp;
    };
    unsigned sink_count;
    struct trace_sink sinks[TRACE_SINKS_MAX];
    struct site_depot *depot;
    uint32_t numbers[OBJ_COUNT]; /* last object number given, by type */
    struct trace_payload payload;
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

/* To the sinks after the first. */
void trace_emit_more(struct trace *t, const struct event *e);

/* Where somebody is known to listen. Inline, so that an event is built where it is said and copied
 * nowhere. */
static inline __attribute__((always_inline)) void trace_say(struct trace *t, enum event_kind kind,
                                                            enum api api, uint32_t obj, uint64_t a0,
                                                            uint64_t a1, uint64_t a2, uint64_t a3)
{
    struct event e = {
        .seq = t->seq++,
        .ns = t->ns,
        .a = { a0, a1, a2, a3 },
        .obj = obj,
        .site = t->site,
        .stamp = t->stamp | (uint64_t)kind << 16 | (uint64_t)api << 32,
    };

    t->sinks[0].event(t->sinks[0].ctx, &e);
    if (__builtin_expect(t->sink_count > 1, 0))
        trace_emit_more(t, &e);
}
/* The one way in. */
static inline void trace_emit(struct trace *t, enum event_kind kind, enum api api, uint32_t obj,
                              uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3)
{
    if (t->on)
        trace_say(t, kind, api, obj, a0, a1, a2, a3);
}
_Static_assert(offsetof(struct event, kind) - offsetof(struct event, stamp) == 2 &&
                   offsetof(struct event, api) - offsetof(struct event, stamp) == 4,
               "where trace_emit puts them");

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
