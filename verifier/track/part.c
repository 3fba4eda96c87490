/*
 * Parts of lists (part.h).
 */
#include "verifier/track/part.h"

#include <string.h>

#define SHARED_MAX 8 /* lists over one page that are told apart from one with its own */

const struct part *track_part(const struct track *t, uint32_t sgl)
{
    const struct parts *s = track_state(t, &tracker_part);

    for (unsigned i = 0; i < s->used && i < PARTS_MAX; i++)
        if (s->rows[i].sgl == sgl)
            return &s->rows[i];
    return NULL;
}

uint64_t part_covered_bytes(const struct part *p)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < p->count; i++)
        sum += p->spans[i].to - p->spans[i].from;
    return sum;
}

bool part_goes_back(const struct part *p, uint64_t offset, uint64_t bytes)
{
    for (unsigned i = 0; i < p->count; i++)
        if (offset < p->spans[i].to && p->spans[i].from < offset + bytes)
            return false; /* told again: a device that fetches its descriptors a second time */
    return p->count && offset < p->spans[p->count - 1].from;
}

static void span_add(struct part *p, uint64_t from, uint64_t to)
{
    unsigned first = 0, last;

    while (first < p->count && p->spans[first].to < from)
        first++;
    for (last = first; last < p->count && p->spans[last].from <= to; last++) {
        from = from < p->spans[last].from ? from : p->spans[last].from;
        to = to > p->spans[last].to ? to : p->spans[last].to;
    }
    if (last == first && p->count == PART_SPANS_MAX) {
        p->lost = true;
        return;
    }
    memmove(&p->spans[first + 1], &p->spans[last], (p->count - last) * sizeof *p->spans);
    p->count += first + 1 - last;
    p->spans[first] = (struct part_span) { from, to };
}

static struct part *part_of(struct track *t, struct parts *s, uint32_t sgl,
                            uint64_t engine_doorbell)
{
    const struct mapping *m = track_mapping(t, sgl);
    struct part *p = (struct part *)track_part(t, sgl);

    if (p || !m)
        return p;
    p = &s->rows[s->used++ % PARTS_MAX];
    *p = (struct part) { .sgl = sgl,
                         .mdl = m->mdl,
                         .engine = HIGH32(engine_doorbell),
                         .doorbell = LOW32(engine_doorbell),
                         .length_bytes = m->mapped_bytes };
    return p;
}

/* Other lists over the memory that the device was told of. */
static unsigned others_of(const struct track *t, const struct event *e, uint32_t *others,
                          unsigned max)
{
    const struct claim *c = track_claim_of(t, (uint32_t)e->a[2]);

    return c ? track_range_others(&t->ranges, c->ba, (uint32_t)e->a[2], others, max) : 0;
}

bool part_is_shared(const struct track *t, const struct event *e)
{
    uint32_t other;

    return others_of(t, e, &other, 1) != 0;
}

static void follow(struct track *t, void *state, const struct event *e)
{
    struct part *p = part_of(t, state, (uint32_t)e->a[2], e->a[3]);
    uint32_t others[SHARED_MAX];
    unsigned count = others_of(t, e, others, SHARED_MAX);

    if (p) {
        span_add(p, e->a[0], e->a[0] + e->a[1]);
        p->lost |= count || p->engine != HIGH32(e->a[3]);
    }
    for (unsigned i = 0; i < count; i++) {
        p = part_of(t, state, others[i], e->a[3]);
        if (p)
            p->lost = true;
    }
}

static void forget(void *state) { ((struct parts *)state)->used = 0; }

TRACKER(part, .state_bytes = sizeof(struct parts), .reset = forget, .on = EV(DEV_PART),
        .run = follow);
