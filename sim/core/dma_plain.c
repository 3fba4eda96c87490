/*
 * The plain case of a list (dma_plain.h), its longer half: more than one page, and what is said.
 */
#include "base/must.h"
#include "sim/core/dma_plain.h"
#include "sim/core/owned.h"

struct plain_map { /* where the loop below has got to */
    struct sim *s;
    struct dma_map *m;
    struct dma_range **tail;
    struct sg_element *e;
    uint64_t offset;
    bool keep; /* ranges */
};

static __attribute__((noinline)) void keep_range(struct plain_map *p, uint64_t ba, uint64_t bytes)
{
    struct dma_range *r = range_add(&p->s->dma->ranges, ba, bytes, p->m->owner);

    r->offset = p->offset;
    p->offset += bytes;
    *p->tail = r;
    p->tail = &r->sibling;
}

static inline __attribute__((always_inline)) void put(struct plain_map *p, uint64_t ba,
                                                      uint64_t bytes)
{
    p->e->ba = ba;
    p->e->length_bytes = (uint32_t)bytes;
    p->e->reserved = 0;
    p->e++;
    if (p->keep)
        keep_range(p, ba, bytes);
}

/* A run of several pages, which a choice may cut. */
static __attribute__((noinline)) void put_long(struct plain_map *p, uint64_t ba, uint64_t bytes)
{
    uint64_t cut = sg_split(p->s, ba, bytes);

    if (cut)
        put(p, ba, cut);
    put(p, ba + cut, bytes - cut);
}

static __attribute__((noinline)) void undo(struct sim *s, struct dma_map *m)
{
    while (m->ranges) {
        struct dma_range *r = m->ranges;

        m->ranges = r->sibling;
        range_forget(&s->dma->ranges, r);
    }
}

uint32_t list_plain_map(struct sim *s, struct adapter *a, struct dma_list *l,
                        const struct dma_mdl *mdl, uint64_t offset, uint64_t left)
{
    uint64_t first = mdl->start + offset, at = PAGE_OFFSET(first);
    const uint64_t *pfn = mdl->pfns + (first >> PAGE_BITS);
    struct plain_map p = { s, &l->map, &l->map.ranges, l->face->elements, offset, s->trace.on };

    l->map.ranges = NULL;
    do {
        uint64_t bytes = PAGE_BYTES - at, frame = *pfn++, ba;

        if (__builtin_expect(!adapter_reaches(a, frame << PAGE_BITS | at, 1, &ba), 0)) {
            undo(s, &l->map);
            return 0;
        }
        while (bytes < left && *pfn == frame + 1 && ((frame + 1) & 0xfffff)) {
            frame = *pfn++;
            bytes += PAGE_BYTES;
        }
        if (bytes > left)
            bytes = left;
        left -= bytes;
        at = 0;
        if (__builtin_expect(bytes > PAGE_BYTES, 0))
            put_long(&p, ba, bytes);
        else
            put(&p, ba, bytes);
    } while (left);
    return (uint32_t)(p.e - l->face->elements);
}

void list_plain_say(struct sim *s, struct adapter *a, struct dma_list *l)
{
    const struct sg_element *e = l->face->elements;
    struct dma_range *r = l->map.ranges;

    trace_say(&s->trace, EV_CHANNEL, API_NONE, a->spare->channel_obj, a->obj, l->registers, 1, 0);
    trace_say(&s->trace, EV_SGL, API_NONE, l->obj, a->obj,
              dir_length(l->map.length_bytes, l->map.to_device), l->map.mdl_obj,
              (uint64_t)l->face->count << 32 | l->registers);
    owned_map_plain(&l->map);
    if (__builtin_expect(r != NULL, 0)) {
        sg_say(s, &l->map);
        return;
    }
    l->map.ranges = r = range_add(&s->dma->ranges, e->ba, e->length_bytes, l->obj);
    r->offset = l->map.offset;
    trace_say(&s->trace, EV_MAP, API_NONE, l->obj, e->ba,
              dir_length(e->length_bytes, l->map.to_device), r->offset, l->map.mdl_obj);
}

void list_plain_later(struct sim *s, struct adapter *a)
{
    a->spare->state = REQUEST_GRANTED;
    request_go(s, a->spare, false);
}

void list_plain_end_ranges(struct sim *s, struct dma_list *l)
{
    struct dma_range *last = l->map.ranges;
    uint32_t count = 1;

    for (;; count++) {
        last->live = false;
        trace_emit(&s->trace, EV_UNMAP, API_NONE, l->obj, last->ba,
                   dir_length(last->length_bytes, l->map.to_device), 0, 0);
        if (!last->sibling)
            break;
        last = last->sibling;
    }
    l->a->ranges_live -= count;
    ranges_retire(&s->dma->ranges, l->map.ranges, last, count);
    l->map.ranges = NULL;
}
