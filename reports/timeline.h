/*
 * What a run looked like: who ran on which processor, what the device did, and from when to when
 * each mapping, list and buffer lived. Gathered from the event stream by a sink, closed when the run
 * is over; what is kept then stands alone and is what reports draw.
 */
#ifndef DMACHECK_REPORTS_TIMELINE_H
#define DMACHECK_REPORTS_TIMELINE_H

#include <stdbool.h>
#include <stdint.h>

#include "trace/event.h"
#include "trace/site.h"

#define TIMELINE_GATHERED_MAX 262144 /* items while the run lasts; then the older half goes */
#define TIMELINE_KEPT_MAX 2500       /* items of a closed timeline: what a page can show at ease */
#define TIMELINE_MARKS_MAX 256       /* findings of one run: as many as the verifier keeps */
#define TIMELINE_OPEN UINT64_MAX     /* to_ns of what never ended */

/* The words, in this order, are in the page's data as well (reports/html_timeline.c). */
enum timeline_kind {
    TIMELINE_PHASE, /* of the whole run: what = its name */
    TIMELINE_RUN,   /* a thread has the processor */
    TIMELINE_FRAME, /* the machine calls the driver, or the driver calls Windows: what = whom */
    TIMELINE_DPC,
    TIMELINE_ISR,
    TIMELINE_IRQL,      /* a = the level, above PASSIVE */
    TIMELINE_STOP,      /* a bug check, a fault of the driver's: what = which */
    TIMELINE_DOORBELL,  /* the driver stores to a device's register: a = offset, b = value */
    TIMELINE_CLAIM,     /* an engine holds a range: a = address, b = dir_length, engine */
    TIMELINE_TOUCH,     /* it reads or writes: a, b, engine */
    TIMELINE_FAULT,     /* it may not: a, b, offset = why (enum dev_fault), engine */
    TIMELINE_INTERRUPT, /* a device raises one */
    TIMELINE_REQUEST,
    TIMELINE_ADAPTER,
    TIMELINE_CHANNEL,
    TIMELINE_LIST,    /* a scatter/gather list: a = elements, b = dir_length, other = its MDL */
    TIMELINE_MAPREGS, /* map registers: a = how many */
    TIMELINE_MAP,     /* one logical run: a = address, b = dir_length, offset, other = the MDL */
    TIMELINE_FLUSH,   /* b = dir_length, offset */
    TIMELINE_COMMON,  /* a = address, b = length */
    TIMELINE_MDL,     /* a = its virtual address, b = length */
    TIMELINE_KINDS
};

struct timeline_item {
    uint64_t from_ns, to_ns; /* equal: an instant */
    uint64_t seq;
    uint64_t a, b, offset;
    uint32_t obj, other;     /* what it is about; what that belongs to */
    uint32_t site, site_end; /* places in the driver: where it began, where it ended */
    uint32_t engine;         /* or why an access was refused */
    uint16_t agent, api;
    uint8_t kind, cpu, depth;
    bool dead, again; /* to be forgotten; goes on after somebody else had the processor */
};

/* A finding in the run. */
struct timeline_mark {
    uint64_t seq, ns;
    uint32_t obj, owner;
    unsigned finding; /* index in the report's findings */
};

struct timeline_place {
    uint32_t site;
    struct site_frame_text text;
};
struct timeline_name {
    uint16_t agent;
    char text[24];
};

struct timeline {
    unsigned run; /* index in the report's runs */
    struct timeline_item *items;
    uint32_t count, room;
    uint64_t events, end_ns;
    uint64_t left_out; /* items that were gathered and are not shown */
    struct timeline_mark marks[TIMELINE_MARKS_MAX];
    unsigned mark_count;
    struct timeline_place *places; /* of the items that are left, by site */
    unsigned place_count;
    struct timeline_name *names;
    unsigned name_count;
    struct timeline_state *state; /* while the run lasts */
};

struct timeline *timeline_create(void); /* NULL: no memory */
void timeline_destroy(struct timeline *t);
void timeline_event(void *timeline, const struct event *e); /* a sink */
void timeline_mark(struct timeline *t, const struct timeline_mark *mark);
/* The run is over: what lies far from every mark goes, places and agents get their names. */
typedef const char *timeline_agent_name(void *ctx, uint16_t agent);
void timeline_close(struct timeline *t, struct site_depot *depot, timeline_agent_name *name,
                    void *ctx);

const char *timeline_kind_word(enum timeline_kind kind);
const struct timeline_place *timeline_place(const struct timeline *t, uint32_t site); /* or NULL */
const char *timeline_agent(const struct timeline *t, uint16_t agent);                 /* or "" */

#endif
