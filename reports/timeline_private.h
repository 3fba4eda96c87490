/*
 * Between the parts of the timeline: items (timeline.c), processors (timeline_cpu.c), the end
 * (timeline_close.c).
 */
#ifndef DMACHECK_REPORTS_TIMELINE_PRIVATE_H
#define DMACHECK_REPORTS_TIMELINE_PRIVATE_H

#include "reports/timeline.h"

#define TIMELINE_FRAMES_MAX 6 /* of an agent: calls inside calls; deeper ones are not shown */
#define TIMELINE_CPUS 16

/* A call or callback that has begun. */
struct timeline_frame {
    uint64_t seq;
    uint32_t obj, site;
    uint16_t api;
    bool shown;
};
struct timeline_runner { /* an agent */
    struct timeline_frame frames[TIMELINE_FRAMES_MAX];
    uint8_t depth;
    bool thread;
};
struct timeline_state {
    struct timeline_runner *agents;
    uint32_t agent_room;
    uint16_t running[TIMELINE_CPUS]; /* the agent whose code a processor executes */
    uint8_t irql[TIMELINE_CPUS];
    uint8_t irql_before; /* of the event at hand: what its processor was at */
    bool phase_open;
};

/* --- timeline.c --- */
/* An instant; one that is open until timeline_end. */
struct timeline_item *timeline_add(struct timeline *t, const struct event *e,
                                   enum timeline_kind kind);
struct timeline_item *timeline_begin(struct timeline *t, const struct event *e,
                                     enum timeline_kind kind);
/* The youngest open one of a kind and an object; NULL: none. */
struct timeline_item *timeline_open(struct timeline *t, enum timeline_kind kind, uint32_t obj);
void timeline_end(struct timeline_item *item, const struct event *e); /* NULL: nothing happens */
/* The events are over: what is still open on a processor ends, what is dead goes, the state is freed. */
void timeline_settle(struct timeline *t);

/* --- timeline_cpu.c --- */
/* Every event: who runs where, at what level. */
void timeline_who_runs(struct timeline *t, const struct event *e);
typedef void timeline_handler(struct timeline *t, const struct event *e);
timeline_handler timeline_agent_event, timeline_frame_begin, timeline_frame_end,
    timeline_interruption_begin, timeline_interruption_end;

#endif
