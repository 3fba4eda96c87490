/*
 * Where common buffers come from. Without translation: a zone of contiguous frames, the highest
 * that the bounds allow, so that a driver that cuts addresses to 32 bits is seen. Behind an IOMMU:
 * any frames at all under one range of bus addresses.
 */
#include "sim/core/common.h"

#include <string.h>

#include "base/must.h"
#include "sim/core/cache.h"
#include "sim/core/iommu.h"
#include "sim/core/owned.h"

static struct common_buffer *record_alloc(struct sim *s, struct adapter *a,
                                          const struct common_want *w)
{
    struct dma *d = s->dma;
    struct common_buffer *c = d->commons;

    if (c) {
        d->commons = c->next;
        memset(c, 0, sizeof(*c));
    } else {
        c = dma_record(s, sizeof(*c));
    }
    c->a = a;
    c->length_bytes = w->length_bytes;
    return c;
}

static void record_free(struct sim *s, struct common_buffer *c)
{
    c->next = s->dma->commons;
    s->dma->commons = c;
}

static bool in_bounds(const struct common_want *w, uint64_t ba)
{
    return ba >= w->min && ba + (w->length_bytes - 1) <= w->max;
}

/* How many pages of a run lie in front of the buffer: what is below the bounds, and for a large
 * buffer what is missing to a multiple of 2 MiB. Behind an IOMMU the frames do not matter. */
static uint64_t skip_of(struct sim *s, const struct common_buffer *c, const struct common_want *w,
                        uint32_t first)
{
    uint64_t pa = mem_pfn(s, first + 1) << PAGE_BITS, ba, at;

    if (c->a->remapped)
        return 0;
    adapter_reaches(c->a, pa, 1, &ba);
    at = align_up(max_u64(ba, min_u64(w->min, INT64_MAX)),
                  w->large ? COMMON_LARGE_BYTES : PAGE_BYTES);
    return (at - ba) >> PAGE_BITS;
}

/* A run with so many pages to spare, and how many of them lie in front. MEM_NONE: none that will
 * do; *skip is then how many it would take. */
static uint32_t run_take(struct sim *s, const struct common_buffer *c, const struct common_want *w,
                         enum mem_zone z, uint32_t pages, uint64_t slack, uint64_t *skip)
{
    uint32_t first = mem_pages_alloc(s, z, pages + 2 + (uint32_t)slack);

    *skip = 0;
    if (first == MEM_NONE)
        return MEM_NONE;
    *skip = skip_of(s, c, w, first);
    if (*skip <= slack)
        return first;
    mem_pages_free(s, first, pages + 2 + (uint32_t)slack);
    return MEM_NONE;
}

/* A guard page on each side; what is spare in front and behind goes back. */
static bool take_zone(struct sim *s, struct common_buffer *c, const struct common_want *w,
                      enum mem_zone z, uint32_t pages)
{
    uint64_t slack = 0, skip;
    uint32_t first = run_take(s, c, w, z, pages, slack, &skip);

    if (first == MEM_NONE && skip && skip < MEM_RAM_MAX_BYTES >> PAGE_BITS) {
        slack = skip + (w->large ? COMMON_LARGE_BYTES >> PAGE_BITS : 0);
        first = run_take(s, c, w, z, pages, slack, &skip);
    }
    if (first == MEM_NONE)
        return false;
    if (skip)
        mem_pages_free(s, first, (uint32_t)skip);
    c->first_page = first + (uint32_t)skip;
    c->pages = pages + 2;
    if (slack > skip)
        mem_pages_free(s, c->first_page + c->pages, (uint32_t)(slack - skip));
    c->data = mem_system(c->first_page + 1);
    if (c->a->remapped)
        return true;
    if (adapter_reaches(c->a, mem_pfn(s, c->first_page + 1) << PAGE_BITS,
                        (uint64_t)pages * PAGE_BYTES, &c->ba) &&
        in_bounds(w, c->ba))
        return true;
    mem_pages_free(s, c->first_page, c->pages);
    return false;
}

static bool take_memory(struct sim *s, struct common_buffer *c, const struct common_want *w,
                        uint32_t pages)
{
    static const enum mem_zone order[] = { MEM_HIGH_CONTIGUOUS, MEM_BELOW_4G, MEM_BELOW_16M };

    if (c->a->remapped)
        return take_zone(s, c, w, MEM_ANY, pages) || take_zone(s, c, w, MEM_BELOW_4G, pages);
    for (unsigned i = 0; i < 3; i++)
        if (take_zone(s, c, w, order[i], pages))
            return true;
    return false;
}

/* The highest window that device and bounds allow. */
static bool bus_take(struct sim *s, struct common_buffer *c, const struct common_want *w,
                     uint32_t pages)
{
    uint64_t max = min_u64(w->max, c->a->ba_max);

    c->bus = 0;
    for (enum iommu_window i = iommu_window_of(c->a->address_bits); !c->bus && i < IOMMU_WINDOWS;
         i++)
        c->bus =
            iommu_reserve(s, i, pages, w->large ? COMMON_LARGE_BYTES / PAGE_BYTES : 1, w->min, max);
    c->bus_pages = pages;
    c->ba = c->bus;
    return c->bus != 0;
}

static void announce(struct sim *s, struct common_buffer *c, enum object_type type)
{
    uint32_t id;

    c->live = true;
    c->under = common_find(s, c->data, &id);
    c->obj = obj_new(&s->trace, type);
    c->range = range_add(&s->dma->ranges, c->ba, c->length_bytes, c->obj);
    c->a->ranges_live++;
    objmap_put(&s->dma->common_map, c->data, c->obj, c);
    if (!s->trace.on)
        return;
    owned_common(s, c->data, c->length_bytes, c->obj);
    trace_emit(&s->trace, EV_COMMON, API_NONE, c->obj, c->a->obj, c->ba, c->length_bytes,
               va_of(s, c->data).v);
}

struct common_buffer *common_alloc(struct sim *s, struct adapter *a, const struct common_want *w)
{
    struct common_buffer *c = record_alloc(s, a, w);
    uint64_t unit = w->large ? COMMON_LARGE_BYTES : PAGE_BYTES;
    uint64_t bytes = align_up(max_u64(w->length_bytes, 1), unit);
    uint32_t pages = (uint32_t)(bytes >> PAGE_BITS), first;

    c->length_bytes = max_u64(w->length_bytes, 1);
    if (bytes > MEM_RAM_MAX_BYTES || !take_memory(s, c, w, pages)) {
        record_free(s, c);
        return NULL;
    }
    first = mem_page_of(s, c->data);
    if (a->remapped) {
        if (!bus_take(s, c, w, pages)) {
            mem_pages_free(s, c->first_page, c->pages);
            record_free(s, c);
            return NULL;
        }
        for (uint32_t i = 0; i < pages; i++)
            iommu_map(s, w->domain, c->bus + (uint64_t)i * PAGE_BYTES, mem_pfn(s, first + i),
                      IOMMU_READ | IOMMU_WRITE);
    }
    mem_frames_use(s, c->first_page, c->pages, FRAME_COMMON);
    memset(c->data, COMMON_FILL, c->length_bytes);
    guard_lay(c->data, c->length_bytes, c->data - PAGE_BYTES, c->data + bytes + PAGE_BYTES);
    announce(s, c, w->type);
    return c;
}

/* Maps the MDL's pages behind one bus range, or finds that they already are one run. */
static bool borrow_place(struct sim *s, struct common_buffer *c, const uint64_t *pfns,
                         uint32_t pages, const struct common_want *w, unsigned access)
{
    if (c->a->remapped) {
        if (!bus_take(s, c, w, pages))
            return false;
        for (uint32_t i = 0; i < pages; i++)
            iommu_map(s, w->domain, c->bus + (uint64_t)i * PAGE_BYTES, pfns[i], access);
        return true;
    }
    for (uint32_t i = 1; i < pages; i++)
        if (pfns[i] != pfns[0] + i)
            return false;
    return adapter_reaches(c->a, pfns[0] << PAGE_BITS, w->length_bytes, &c->ba) &&
           in_bounds(w, c->ba);
}

struct common_buffer *common_borrow(struct sim *s, struct adapter *a, const struct dma_mdl *mdl,
                                    uint64_t offset, const struct common_want *w, void *va,
                                    unsigned access)
{
    struct common_buffer *c = record_alloc(s, a, w);
    const uint64_t *pfns = mdl->pfns + ((mdl->start + offset) >> PAGE_BITS);

    c->borrowed = true;
    c->data = va;
    if (!borrow_place(s, c, pfns, (uint32_t)span_pages(0, w->length_bytes), w, access)) {
        record_free(s, c);
        return NULL;
    }
    if (!s->profile.coherent)
        c->bypassed = cache_bypass(s, va, w->length_bytes, true);
    announce(s, c, OBJ_COMMON);
    return c;
}

/* Its address is dead, or another's that is still alive. */
static void forget(struct sim *s, struct common_buffer *c)
{
    struct objmap *map = &s->dma->common_map;
    struct common_buffer *over = objmap_last(map, c->data)->data;

    if (over != c) {
        while (over->under != c)
            over = over->under;
        over->under = c->under;
    } else if (c->under) {
        objmap_put(map, c->data, c->under->obj, c->under);
    } else {
        objmap_drop(map, c->data);
    }
}

static uint8_t *guard_end(const struct common_buffer *c)
{
    return (uint8_t *)mem_system(c->first_page) + (uint64_t)c->pages * PAGE_BYTES;
}

void common_free(struct sim *s, struct common_buffer *c)
{
    uint64_t end = align_up(c->length_bytes, PAGE_BYTES) + PAGE_BYTES;

    must(c->live);
    if (!c->borrowed) {
        if (c->data + end > guard_end(c))
            end = (uint64_t)(guard_end(c) - c->data);
        guard_check(s, c->data, c->length_bytes, c->data - PAGE_BYTES, c->data + end, c->obj);
    }
    if (s->trace.on)
        trace_emit(&s->trace, EV_COMMON_END, API_NONE, c->obj, c->a->obj, c->ba, c->length_bytes,
                   va_of(s, c->data).v);
    range_release(&s->dma->ranges, c->range);
    c->a->ranges_live--;
    if (c->bus) {
        iommu_unmap(s, c->bus, c->bus_pages);
        iommu_unreserve(s, c->bus, c->bus_pages);
    }
    if (s->trace.on && !c->borrowed)
        owned_common_end(s, c->data, c->length_bytes, c->obj);
    forget(s, c);
    if (c->bypassed)
        cache_bypass(s, c->data, c->length_bytes, false);
    if (!c->borrowed)
        mem_pages_free(s, c->first_page, c->pages);
    c->live = false;
    record_free(s, c);
}

struct common_buffer *common_find(struct sim *s, const void *va, uint32_t *obj)
{
    struct objmap_entry *e = va ? objmap_last(&s->dma->common_map, va) : NULL;

    *obj = e ? e->obj : 0;
    return e && e->live ? e->data : NULL;
}

struct common_buffer *common_meant(struct common_buffer *newest, const struct adapter *a,
                                   uint64_t ba)
{
    for (struct common_buffer *c = newest; c; c = c->under)
        if (c->a == a && c->ba == ba)
            return c;
    return newest;
}
