/*
 * Choosing events of a trace. Conditions of different kinds must all hold; of one kind, any of
 * those named.
 */
#ifndef DMACHECK_REPORTS_TRACE_FILTER_H
#define DMACHECK_REPORTS_TRACE_FILTER_H

#include <stdbool.h>
#include <stddef.h>

#include "reports/trace_family.h"
#include "reports/trace_line.h"
#include "trace/load.h"

#define FILTER_NAMES_MAX 16
#define FILTER_SITES_MAX 8

struct filter_span {
    bool set;
    uint64_t from, to; /* both inclusive */
};

struct trace_filter {
    /* As they were asked for: comma-separated words, or NULL. */
    const char *objects, *agents, *kinds, *apis, *adapters, *devices, *where;
    bool related; /* objects: with what belongs to them and what they belong to */
    struct filter_span events, time, bus, va;

    /* Made of them by filter_prepare. */
    struct trace_loaded *trace;
    struct trace_names names;
    struct trace_family family;
    struct trace_nth nth;
    uint32_t object[FILTER_NAMES_MAX], owner[FILTER_NAMES_MAX];
    unsigned object_count, owner_count;
    bool kind[EV_COUNT], api[API_COUNT];
    uint8_t agent[8192]; /* a bit each */
    /* Of a finding: events at its places up to it, and those that name its object. */
    bool finding;
    uint32_t finding_sites[FILTER_SITES_MAX], finding_objects[2];
    unsigned finding_site_count;
    uint64_t finding_seq; /* the event at which it was made */
};

/* "10", "10..20", "10..", "..20". time: with units, "1.5us..2ms"; nanoseconds without. va: also as
 * listings have them, "system:0x4000". False: it is no range. */
enum filter_unit { FILTER_NUMBER, FILTER_TIME, FILTER_VA };
bool filter_span(struct filter_span *s, const char *text, enum filter_unit unit);

/* False: one line in message, what there is of that sort in it. The trace stays the caller's. */
bool filter_prepare(struct trace_filter *f, struct trace_loaded *t, char *message, size_t size);
/* Chooses what the rules' nth finding in this trace (from 1) is about; after filter_prepare. */
bool filter_finding(struct trace_filter *f, unsigned nth, char *message, size_t size);
/* Each event once, in order. *nth: as trace_nth has it. */
bool filter_event(struct trace_filter *f, const struct event *e, unsigned *nth);
void filter_end(struct trace_filter *f);

#endif
