/*
 * Whether an event is one of those wanted (trace_filter.h). What the words mean is
 * trace_filter_words.c's.
 */
#include "reports/trace_filter.h"

#include <stdio.h>
#include <string.h>

static bool in_span(const struct filter_span *s, uint64_t v)
{
    return !s->set || (v >= s->from && v <= s->to);
}

static bool touches(const struct filter_span *s, const struct event *e,
                    bool (*range)(const struct event *, uint64_t *, uint64_t *))
{
    uint64_t at, bytes, last;

    if (!s->set)
        return true;
    if (!range(e, &at, &bytes))
        return false;
    last = bytes ? at + bytes - 1 : at;
    return at <= s->to && (last >= s->from || last < at);
}

/* What tells of an object's own life; calls on an adapter or stores to a device are of
 * something else. */
static bool is_life(const struct event *e)
{
    switch (e->kind) {
    case EV_ADAPTER:
    case EV_ADAPTER_END:
    case EV_IRP:
    case EV_IRP_END:
    case EV_IRP_CANCEL:
    case EV_MDL:
    case EV_MDL_END:
    case EV_LOCK:
    case EV_UNLOCK:
    case EV_MDL_BUILD:
    case EV_VIEW:
    case EV_VIEW_END:
    case EV_POWER:
    case EV_DEV_REMOVED:
    case EV_CONTEXT:
        return true;
    default:
        return false;
    }
}

static bool names_one(const struct trace_filter *f, const struct event *e, unsigned nth,
                      uint32_t wanted)
{
    uint32_t objects[1 + TRACE_ARGS_MAX];
    unsigned n = trace_event_objects(e, nth, objects);

    for (unsigned i = 0; i < n; i++)
        if (objects[i] == wanted || (f->related && family_belongs(&f->family, objects[i], wanted)))
            return true;
    return f->related && is_life(e) && family_belongs(&f->family, wanted, e->obj);
}

static bool names_any(const struct trace_filter *f, const struct event *e, unsigned nth)
{
    for (unsigned i = 0; i < f->object_count; i++)
        if (names_one(f, e, nth, f->object[i]))
            return true;
    return !f->object_count;
}

/* An adapter's or a device's: it, or anything that belongs to it. */
static bool of_owner(const struct trace_filter *f, const struct event *e, unsigned nth)
{
    uint32_t objects[1 + TRACE_ARGS_MAX];
    unsigned n = f->owner_count ? trace_event_objects(e, nth, objects) : 0;

    for (unsigned k = 0; k < f->owner_count; k++)
        for (unsigned i = 0; i < n; i++)
            if (family_belongs(&f->family, objects[i], f->owner[k]))
                return true;
    return !f->owner_count;
}

/* What happened at its places until then; not to another object of its sort. */
static bool at_finding(const struct trace_filter *f, const struct event *e, const uint32_t *objects,
                       unsigned count)
{
    bool there = false;

    if (e->seq > f->finding_seq)
        return false;
    for (unsigned i = 0; i < f->finding_site_count; i++)
        there = there || e->site == f->finding_sites[i];
    for (unsigned i = 0; i < count && there; i++)
        if (OBJ_TYPE(objects[i]) == OBJ_TYPE(f->finding_objects[0]) &&
            objects[i] != f->finding_objects[0])
            return false;
    return there;
}

static bool of_finding(const struct trace_filter *f, const struct event *e, unsigned nth)
{
    uint32_t objects[1 + TRACE_ARGS_MAX];
    unsigned n;

    if (!f->finding)
        return true;
    n = trace_event_objects(e, nth, objects);
    for (unsigned i = 0; i < n; i++)
        if (f->finding_objects[0] && objects[i] == f->finding_objects[0])
            return true;
    return at_finding(f, e, objects, n) ||
           (f->finding_objects[1] && e->obj == f->finding_objects[1] && is_life(e));
}

/* "dma.c:88" or "dma.c": any frame, the path from some folder on. */
static bool stands_at(const struct trace_filter *f, uint32_t site)
{
    const char *colon = strrchr(f->where, ':');
    size_t n = colon ? (size_t)(colon - f->where) : strlen(f->where);
    struct site_frame_text t;

    for (unsigned i = 0; site && site_frame_text(f->trace->depot, site, i, &t); i++) {
        size_t m = strlen(t.file);
        char line[16];

        snprintf(line, sizeof line, "%u", t.line);
        if (m >= n && !strncmp(t.file + m - n, f->where, n) &&
            (m == n || t.file[m - n - 1] == '/') && (!colon || !strcmp(line, colon + 1)))
            return true;
    }
    return false;
}

bool filter_event(struct trace_filter *f, const struct event *e, unsigned *nth)
{
    *nth = trace_nth(&f->nth, e);
    if (!in_span(&f->events, e->seq) || !in_span(&f->time, e->ns))
        return false;
    if ((f->kinds && !f->kind[e->kind]) || (f->apis && !f->api[e->api]))
        return false;
    if (f->agents && !(f->agent[e->agent / 8] & 1u << e->agent % 8))
        return false;
    if (!touches(&f->bus, e, trace_event_bus) || !touches(&f->va, e, trace_event_va))
        return false;
    return names_any(f, e, *nth) && of_owner(f, e, *nth) && of_finding(f, e, *nth) &&
           (!f->where || stands_at(f, e->site));
}

void filter_end(struct trace_filter *f) { family_end(&f->family); }
