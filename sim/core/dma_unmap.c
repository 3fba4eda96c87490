/*
 * The end of a mapping: what a flush copies out and gives up, page by page, and what is given up
 * with the map registers. A range that is given up goes to quarantine.
 */
#include "base/must.h"
#include "sim/core/iommu.h"
#include "sim/core/owned.h"
#include "sim/core/sg.h"

uint64_t sg_copy_out(struct sim *s, struct dma_map *m, uint64_t offset, uint64_t length_bytes)
{
    uint64_t copied = 0;

    for (struct bounce *b = m->bounces; b; b = b->next) {
        uint64_t from = max_u64(offset, b->offset);
        uint64_t to = min_u64(offset + length_bytes, b->offset + b->length_bytes);

        if (from < to)
            copied += bounce_copy(s, b, from - b->offset, to - b->offset, false);
    }
    if (copied)
        sched_spend(s, (copied >> 10) * s->profile.kib_ns);
    return copied;
}

static inline void give_up(struct sim *s, struct dma_map *m, uint64_t ba, uint64_t bytes)
{
    m->mapped_bytes -= bytes;
    if (m->bus)
        iommu_unmap(s, align_down(ba, PAGE_BYTES), (uint32_t)span_pages(ba, bytes));
    trace_emit(&s->trace, EV_UNMAP, API_NONE, m->owner, ba, dir_length(bytes, m->to_device), 0, 0);
}

/* What is left of a range in front of or behind the part that was given up. */
static struct dma_range *remainder_add(struct sim *s, const struct dma_range *r, uint64_t from,
                                       uint64_t to, struct dma_range *sibling)
{
    struct dma_range *n;

    if (from >= to)
        return sibling;
    n = range_add(&s->dma->ranges, from, to - from, r->owner);
    n->offset = r->offset + (from - r->ba);
    n->bounced = r->bounced;
    n->sibling = sibling;
    return n;
}

/* Gives up the pages of r that [from, to) of the transfer touches; returns what now stands in the
 * list in its place. */
static struct dma_range *range_trim(struct sim *s, struct dma_map *m, struct dma_range *r,
                                    uint64_t from, uint64_t to)
{
    uint64_t end = r->ba + r->length_bytes;
    uint64_t low = max_u64(align_down(r->ba + (from - r->offset), PAGE_BYTES), r->ba);
    uint64_t high = min_u64(align_up(r->ba + (to - r->offset), PAGE_BYTES), end);
    struct dma_range *sibling = r->sibling, *rest;

    rest = remainder_add(s, r, high, end, sibling);
    rest = remainder_add(s, r, r->ba, low, rest);
    m->a->ranges_live += (r->ba < low) + (high < end);
    m->a->ranges_live--;
    give_up(s, m, low, high - low);
    range_release(&s->dma->ranges, r);
    return rest;
}

static __attribute__((noinline)) void unmap_part(struct sim *s, struct dma_map *m, uint64_t offset,
                                                 uint64_t length_bytes)
{
    struct dma_range **at = &m->ranges;

    while (*at) {
        struct dma_range *r = *at, *behind = r->sibling;
        uint64_t from = max_u64(offset, r->offset);
        uint64_t to = min_u64(offset + length_bytes, r->offset + r->length_bytes);

        if (from < to) {
            *at = range_trim(s, m, r, from, to);
            while (*at != behind)
                at = &(*at)->sibling;
        } else {
            at = &r->sibling;
        }
    }
}

static __attribute__((noinline)) void finish(struct sim *s, struct dma_map *m)
{
    owned_unmap(s, m);
    while (m->bounces) {
        struct bounce *b = m->bounces;

        m->bounces = b->next;
        bounce_free(s, b, m->owner);
    }
    if (m->bus)
        iommu_unreserve(s, m->bus, m->bus_pages);
    m->bus = 0;
}

/* The whole chain of ranges retires at once: next to nothing for each. */
static inline void unmap_all(struct sim *s, struct dma_map *m)
{
    struct dma_range *first = m->ranges, *last = NULL;
    uint32_t count = 0;

    if (!first)
        return;
    for (struct dma_range *r = first; r; r = r->sibling) {
        r->live = false;
        last = r;
        count++;
    }
    if (m->bus || s->trace.on)
        for (struct dma_range *r = first; r; r = r->sibling)
            give_up(s, m, r->ba, r->length_bytes);
    m->mapped_bytes = 0;
    m->ranges = NULL;
    m->a->ranges_live -= count;
    ranges_retire(&s->dma->ranges, first, last, count);
}

void sg_unmap(struct sim *s, struct dma_map *m, uint64_t offset, uint64_t length_bytes, bool all)
{
    if (all) {
        unmap_all(s, m);
    } else {
        unmap_part(s, m, offset, length_bytes);
    }
    if (!m->ranges && (m->bounces || m->bus))
        finish(s, m);
}

struct dma_map *sg_map_alloc(struct sim *s)
{
    struct dma_map *m = s->dma->map_free;

    if (!m)
        return dma_record(s, sizeof(*m));
    s->dma->map_free = m->next;
    m->next = NULL;
    return m;
}

void sg_map_free(struct sim *s, struct dma_map *m)
{
    sg_unmap(s, m, 0, 0, true);
    m->next = s->dma->map_free;
    s->dma->map_free = m;
}
