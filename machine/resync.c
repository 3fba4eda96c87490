/*
 * A run that may leave its recording, compared by operations. Two events are the same operation when kind,
 * function, acting agent and type of object are equal; numbers of objects, values and times may differ.
 * After a difference they are aligned again at the nearest place of the recording where three operations
 * in a row are those that just came. How far is looked ahead grows with what has come since, so that neither
 * side is given up for a chance likeness far away.
 */
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "machine/compare.h"

#define ALIKE 3       /* operations in a row that align */
#define LOST_MAX 4096 /* live events that wait for their place */
#define AHEAD_LEAST 2
#define AHEAD_MOST (2 * LOST_MAX)

struct resync {
    struct event lost[LOST_MAX]; /* came since the sides differed */
    unsigned lost_count;         /* 0: aligned */
    uint64_t alike, changed, missing, added, realigned;
};

struct resync *resync_create(void)
{
    struct resync *r = calloc(1, sizeof(*r));

    must(r);
    return r;
}

void resync_free(struct resync *r) { free(r); }

static uint64_t operation(const struct event *e)
{
    return (e->stamp & 0x0000ffffffffffffull) | (uint64_t)OBJ_TYPE(e->obj) << 56;
}

static bool alike(const struct event *a, const struct event *b)
{
    return operation(a) == operation(b);
}

static bool same_values(const struct event *a, const struct event *b)
{
    for (unsigned i = 0; i < 4; i++)
        if (event_arg_name(a->kind, i)[0] != '-' && a->a[i] != b->a[i])
            return false;
    return a->obj == b->obj && a->irql == b->irql;
}

static void pair(struct compare *c, const struct event *now)
{
    struct resync *r = c->resync;

    r->alike++;
    if (!same_values(&c->recorded[c->at], now)) {
        r->changed++;
        compare_differs(c, c->now_count ? NULL : now);
    }
    c->at++;
}

/* How many recorded events lie before the place where the last ALIKE events fit; -1: there is none near. */
static long distance(const struct compare *c)
{
    const struct resync *r = c->resync;
    const struct event *tail = r->lost + r->lost_count - ALIKE;
    size_t ahead = AHEAD_LEAST + 2 * (size_t)(r->lost_count - ALIKE);

    if (ahead > AHEAD_MOST)
        ahead = AHEAD_MOST;
    for (size_t i = 0; i < ahead && c->at + i + ALIKE <= c->count; i++) {
        const struct event *at = c->recorded + c->at + i;

        if (alike(at, tail) && alike(at + 1, tail + 1) && alike(at + 2, tail + 2))
            return (long)i;
    }
    return -1;
}

/* What is alike right in front of that place belongs to it as well. */
static void align(struct compare *c, long missing)
{
    struct resync *r = c->resync;
    unsigned added = r->lost_count - ALIKE;

    while (added && missing &&
           alike(&r->lost[added - 1], &c->recorded[c->at + (size_t)missing - 1])) {
        added--;
        missing--;
    }
    r->missing += (uint64_t)missing;
    r->added += added;
    r->realigned++;
    c->at += (size_t)missing;
    for (unsigned i = added; i < r->lost_count; i++)
        pair(c, &r->lost[i]);
    r->lost_count = 0;
}

void resync_take(struct compare *c, const struct event *e)
{
    struct resync *r = c->resync;
    long missing;

    if (!r->lost_count && c->at < c->count && alike(&c->recorded[c->at], e)) {
        pair(c, e);
        return;
    }
    if (!c->differs)
        compare_differs(c, e);
    if (r->lost_count == LOST_MAX) { /* the older half will not find its place any more */
        r->added += LOST_MAX / 2;
        r->lost_count -= LOST_MAX / 2;
        memmove(r->lost, r->lost + LOST_MAX / 2, r->lost_count * sizeof(*r->lost));
    }
    r->lost[r->lost_count++] = *e;
    if (r->lost_count < ALIKE)
        return;
    missing = distance(c);
    if (missing >= 0)
        align(c, missing);
}

/* At the end fewer than three in a row will do: both sides end there. */
static void align_end(struct compare *c)
{
    struct resync *r = c->resync;
    size_t left = c->count - c->at;
    unsigned n = 0;

    while (n < r->lost_count && n < left &&
           alike(&r->lost[r->lost_count - 1 - n], &c->recorded[c->count - 1 - n]))
        n++;
    r->added += r->lost_count - n;
    r->missing += left - n;
    c->at = c->count - n;
    for (unsigned i = r->lost_count - n; i < r->lost_count; i++)
        pair(c, &r->lost[i]);
    r->lost_count = 0;
}

void resync_end(struct compare *c, bool whole)
{
    struct resync *r = c->resync;

    if (whole && c->at < c->count && !c->differs)
        compare_differs(c, NULL);
    if (whole)
        align_end(c);
    r->added += r->lost_count;
    r->lost_count = 0;
}

void resync_count(const struct resync *r, struct dm_comparison *to)
{
    to->events = r->alike;
    to->missing = r->missing;
    to->added = r->added;
    to->changed = r->changed;
    to->realigned = r->realigned;
}
