/*
 * Runs: contiguous ranges of numbers (pages of a zone, pages of the view area, pages of the BAR
 * area) given and taken back in a few steps. Free runs hang in one list for each power of two of
 * their length; both ends of a free run carry its length, so that neighbours grow together when one
 * is given back. Nothing depends on addresses of the host: the same calls give the same numbers.
 */
#include "sim/core/mem_priv.h"

#include <string.h>

#include "base/must.h"

#define NEAR_TRIES                                                                                 \
    4 /* entries of the request's own list that are looked at before a larger run is cut */

static uint32_t bin_of(uint32_t count) { return 31u - (uint32_t)__builtin_clz(count); }

void runs_init(struct runs *r, struct run_link *links, uint32_t first, uint32_t end)
{
    must(first <= end && end - first < 1u << RUNS_BINS);
    r->links = links;
    r->first = r->top = r->high = first;
    r->end = end;
    r->bins = 0;
    memset(r->head, 0xff, sizeof r->head);
}

static void insert(struct runs *r, uint32_t at, uint32_t count)
{
    uint32_t bin = bin_of(count);
    struct run_link *l = &r->links[at];

    l->next = r->head[bin];
    l->prev = MEM_NONE;
    if (l->next != MEM_NONE)
        r->links[l->next].prev = at;
    r->head[bin] = at;
    r->bins |= 1u << bin;
    l->length = count;
    r->links[at + count - 1].length = count;
}

static void take_out(struct runs *r, uint32_t at)
{
    struct run_link *l = &r->links[at];
    uint32_t count = l->length, bin = bin_of(count);

    must(count > 0 && r->links[at + count - 1].length == count);
    if (l->prev != MEM_NONE)
        r->links[l->prev].next = l->next;
    else
        r->head[bin] = l->next;
    if (l->next != MEM_NONE)
        r->links[l->next].prev = l->prev;
    if (r->head[bin] == MEM_NONE)
        r->bins &= ~(1u << bin);
    r->links[at + count - 1].length = 0;
    l->length = 0;
}

static uint32_t search(const struct runs *r, uint32_t bin, uint32_t count, uint32_t tries)
{
    for (uint32_t at = r->head[bin]; at != MEM_NONE && tries--; at = r->links[at].next)
        if (r->links[at].length >= count)
            return at;
    return MEM_NONE;
}

uint32_t runs_alloc(struct runs *r, uint32_t count)
{
    uint32_t bin, larger, at, length;

    if (count == 0 || count > r->end - r->first)
        return MEM_NONE;
    bin = bin_of(count);
    larger = r->bins & ~((2u << bin) - 1);
    at = search(r, bin, count, NEAR_TRIES);
    if (at == MEM_NONE && larger)
        at = r->head[__builtin_ctz(larger)];
    if (at == MEM_NONE && r->end - r->top >= count) {
        at = r->top;
        r->top += count;
        r->high = r->top > r->high ? r->top : r->high;
        return at;
    }
    if (at == MEM_NONE)
        at = search(r, bin, count, UINT32_MAX);
    if (at == MEM_NONE)
        return MEM_NONE;
    length = r->links[at].length;
    take_out(r, at);
    if (length > count)
        insert(r, at + count, length - count);
    return at;
}

void runs_free(struct runs *r, uint32_t first, uint32_t count)
{
    uint32_t end = first + count;

    must(count > 0 && first >= r->first && end <= r->top);
    if (first > r->first && r->links[first - 1].length) {
        first -= r->links[first - 1].length;
        take_out(r, first);
    }
    if (end < r->top && r->links[end].length) {
        uint32_t length = r->links[end].length;

        take_out(r, end);
        end += length;
    }
    if (end == r->top)
        r->top = first;
    else
        insert(r, first, end - first);
}

void runs_reset(struct runs *r)
{
    if (r->high > r->first) /* as in mem_pages_reset */
        memset(r->links + r->first, 0, (uint64_t)(r->high - r->first) * sizeof *r->links);
    runs_init(r, r->links, r->first, r->end);
}
