/*
 * The objects of a trace and whom each belongs to: a list to its adapter and its MDL, an MDL to its
 * request, an adapter to its device. Made in one pass over the events.
 */
#ifndef DMACHECK_REPORTS_TRACE_FAMILY_H
#define DMACHECK_REPORTS_TRACE_FAMILY_H

#include <stdbool.h>
#include <stddef.h>

#include "reports/trace_map.h"
#include "trace/event.h"

#define FAMILY_PARENTS_MAX 4

struct family_member {
    uint32_t obj; /* 0: an empty place */
    uint32_t parents[FAMILY_PARENTS_MAX];
};

struct trace_family {
    struct family_member *members; /* by hash */
    size_t count, room;            /* room: a power of two */
    uint32_t numbers[OBJ_COUNT];   /* highest number seen, by type */
    struct trace_map granted;      /* by agent: the list or registers whose routine it is in */
};

void family_begin(struct trace_family *f);
void family_event(struct trace_family *f, const struct event *e);
void family_end(struct trace_family *f);

bool family_has(const struct trace_family *f, uint32_t obj);
/* Whether obj is `of`, or belongs to it, through others too. */
bool family_belongs(const struct trace_family *f, uint32_t obj, uint32_t of);

#endif
