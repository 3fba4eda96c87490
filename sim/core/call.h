/*
 * What a facade says: "a driver called me" and "this is how it ended". A facade is three moves: say,
 * do, say. call_begin is a macro so that the frame it captures is the facade's own, whose caller is
 * the driver.
 */
#ifndef DMACHECK_SIM_CORE_CALL_H
#define DMACHECK_SIM_CORE_CALL_H

#include "sim/core/door.h"
#include "sim/core/race.h"
#include "sim/core/sched.h"
#include "sim/core/sim.h"

struct call {
    struct sim *s;
    uint32_t outer_site; /* of the call within whose callback we are */
    uint16_t api;
    uint32_t obj;
};

extern const uint16_t call_cost_ns[API_COUNT]; /* from api.def */

/* Out of line: with sinks attached. */
void call_say(struct sim *s, uint64_t api_obj, const void *frame, uint64_t a0, uint64_t a1,
              uint64_t a2, uint64_t a3);

/* What a call does to the machine, said or not: it is an access, takes time, and others may run. */
static inline __attribute__((always_inline)) void call_pass(struct sim *s, enum api api)
{
    door_flush_pending();
    sched_spend(s, call_cost_ns[api]);
    sched_point(s);
}

#define call_begin(s_, api_, obj_, a0_, a1_, a2_, a3_)                                             \
    call_begin_at((s_), (api_), (obj_), __builtin_frame_address(0), (a0_), (a1_), (a2_), (a3_))

static inline __attribute__((always_inline)) struct call
call_begin_at(struct sim *s, enum api api, uint32_t obj, const void *frame, uint64_t a0,
              uint64_t a1, uint64_t a2, uint64_t a3)
{
    struct call c = { .s = s, .outer_site = s->trace.site, .api = (uint16_t)api, .obj = obj };

    call_pass(s, api);
    if (s->trace.on)
        call_say(s, (uint64_t)api << 32 | obj, frame, a0, a1, a2, a3);
    return c;
}

/* Further arguments of the call just begun. */
static inline void call_arg(struct call *c, uint32_t obj, uint64_t a0, uint64_t a1, uint64_t a2,
                            uint64_t a3)
{
    trace_emit(&c->s->trace, EV_ARG, c->api, obj, a0, a1, a2, a3);
}

static inline void call_end(struct call *c, uint64_t result, uint64_t out1, uint64_t out2,
                            uint64_t out3)
{
    trace_emit(&c->s->trace, EV_RETURN, c->api, c->obj, result, out1, out2, out3);
    sched_between(c->s);
    c->s->trace.site = c->outer_site;
}

/* The machine calls into a driver, and is back. A callback within a call of the driver's belongs to it; a
 * thread of the driver's own is not one long call. */
static inline void entry_begin(struct sim *s, enum api api)
{
    struct sim_entry *e = &s->entry_of[s->trace.agent % SIM_ENTRY_AGENTS];

    if (api != API_ThreadStart && e->depth++ == 0)
        e->id = ++s->entries;
}

static inline void entry_end(struct sim *s, enum api api)
{
    struct sim_entry *e = &s->entry_of[s->trace.agent % SIM_ENTRY_AGENTS];

    if (api != API_ThreadStart && e->depth) /* an exception may have left some behind */
        e->depth--;
}

/* Around a callback into the driver: gives the IRQL found afterwards a chance to be judged. */
static inline void callback_begin(struct sim *s, enum api api, uint32_t obj, uint64_t a0,
                                  uint64_t a1, uint64_t a2, uint64_t a3)
{
    entry_begin(s, api);
    race_take_obj(s, obj);
    trace_emit(&s->trace, EV_CALLBACK, api, obj, a0, a1, a2, a3);
}

static inline void callback_end(struct sim *s, enum api api, uint32_t obj, uint64_t result)
{
    door_flush_pending();
    trace_emit(&s->trace, EV_CALLBACK_END, api, obj, result, 0, 0, 0);
    entry_end(s, api);
}

#endif
