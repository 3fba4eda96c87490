/*
 * The flight recorder: the last 2^bits events in one array, overwritten in turn.
 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/must.h"
#include "trace/trace.h"

int ring_create(struct ring *r, unsigned bits)
{
    must(bits >= 4 && bits <= 28);
    r->count = 0;
    r->mask = (1ull << bits) - 1;
    r->events = calloc(r->mask + 1, sizeof(struct event));
    return r->events ? 0 : ERR_NOMEM;
}

void ring_destroy(struct ring *r)
{
    free(r->events);
    r->events = NULL;
    r->count = 0;
}

void ring_event(void *ring, const struct event *e)
{
    struct ring *r = ring;

    r->events[r->count++ & r->mask] = *e;
}

const struct event *ring_at(const struct ring *r, uint64_t i)
{
    uint64_t kept = r->count <= r->mask ? r->count : r->mask + 1;

    if (i >= kept)
        return NULL;
    return &r->events[(r->count - kept + i) & r->mask];
}
