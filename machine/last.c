/*
 * The flight recorder's answer to a finding: the events that came last when it was made, its own included.
 * They are copied out of the ring at that moment, since a long run writes over them; their text is made
 * when somebody reads it.
 */
#include "machine/last.h"

#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "machine/private.h"
#include "trace/text.h"

#define FINDINGS_KEPT 256 /* findings beyond have none: a report that long is not read by events */
#define FAILURE FINDINGS_KEPT /* behind them: the first expectation that did not hold */
#define SLOTS (FINDINGS_KEPT + 1)

/* What the ring holds now. */
static void copy(struct dm_machine *m, unsigned slot)
{
    struct last *l = &m->last;
    uint64_t in_ring = m->ring.count < m->ring.mask + 1 ? m->ring.count : m->ring.mask + 1;
    uint64_t kept = in_ring < l->each ? in_ring : l->each;

    for (uint64_t i = 0; i < kept; i++)
        l->events[(size_t)slot * l->each + i] = *ring_at(&m->ring, in_ring - kept + i);
    l->counts[slot] = (uint16_t)kept;
}

/* Findings that have come since the last look. */
static void keep(struct dm_machine *m)
{
    unsigned count = finding_count(m->verifier);

    for (; m->last.seen < count && m->last.seen < FINDINGS_KEPT; m->last.seen++)
        copy(m, m->last.seen);
}

void last_failed(struct dm_machine *m)
{
    if (m->last.events)
        copy(m, FAILURE);
}

static void last_event(void *last, const struct event *e)
{
    struct dm_machine *m = ((struct last *)last)->m;

    (void)e; /* it is in the ring */
    if (finding_count(m->verifier) != m->last.seen)
        keep(m);
}

bool last_create(struct dm_machine *m)
{
    struct last *l = &m->last;

    l->m = m;
    l->each = m->options.last_events < LAST_EVENTS_MAX ? m->options.last_events : LAST_EVENTS_MAX;
    if (!l->each || !m->verifier || !m->ring.events)
        return true;
    l->events = calloc((size_t)SLOTS * l->each, sizeof(*l->events));
    l->counts = calloc(SLOTS, sizeof(*l->counts));
    return l->events && l->counts;
}

void last_destroy(struct dm_machine *m)
{
    free(m->last.events);
    free(m->last.counts);
}

void last_begin(struct dm_machine *m)
{
    m->last.seen = 0;
    if (!m->last.events)
        return;
    memset(m->last.counts, 0, SLOTS * sizeof(*m->last.counts));
    must(trace_attach(&m->s->trace, last_event, &m->last) == 0);
}

void last_end(struct dm_machine *m)
{
    if (!m->last.events)
        return;
    trace_detach(&m->s->trace, &m->last);
    keep(m);
}

static size_t text_of(const struct dm_machine *m, unsigned slot, unsigned index, char *text,
                      size_t size)
{
    const struct last *l = &m->last;
    const struct event *e;

    if (!l->events || index >= l->counts[slot])
        return 0;
    e = &l->events[(size_t)slot * l->each + index];
    return trace_text(text, size, e, m->s->depot, sched_agent_name(m->s, e->agent));
}

size_t dm_finding_last(const struct dm_machine *m, unsigned finding, unsigned index, char *text,
                       size_t size)
{
    return finding < FINDINGS_KEPT ? text_of(m, finding, index, text, size) : 0;
}

size_t dm_failure_last(const struct dm_machine *m, unsigned index, char *text, size_t size)
{
    return text_of(m, FAILURE, index, text, size);
}
