/*
 * Translation tables: one table of bus pages for the machine, in leaves that are made when first
 * used. Addresses are handed out next-fit, so that one comes back as late as possible: what was
 * released stays recognisable (the quarantine lives in sim/core/range.c).
 */
#include "sim/core/iommu.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/must.h"
#include "sim/core/sched.h"

#define LEAF_PAGES 512u
#define DOMAINS_MAX 256u

struct entry {
    uint64_t pfn;
    uint16_t domain;
    uint8_t access; /* 0: no translation */
    uint8_t stale;  /* access that the IOTLB may still know */
    bool reserved;
    uint32_t epoch; /* batch in which it went stale */
};

struct window {
    uint64_t base;
    uint32_t pages, next;
    struct entry **leaves;
    uint32_t touched; /* leaves below this number may be dirty */
};

struct iommu {
    struct window windows[IOMMU_WINDOWS];
    uint32_t domains;
    uint32_t domain_obj[DOMAINS_MAX];
    uint32_t epoch, stale_pages;
    uint64_t stale_since_ns;
};

static struct window *window_at(struct iommu *u, uint64_t ba, uint32_t *page)
{
    for (unsigned i = 0; i < IOMMU_WINDOWS; i++) {
        struct window *w = &u->windows[i];

        if (ba >= w->base && (ba - w->base) >> PAGE_BITS < w->pages) {
            *page = (uint32_t)((ba - w->base) >> PAGE_BITS);
            return w;
        }
    }
    return NULL;
}

static struct entry *entry_look(const struct window *w, uint32_t page)
{
    struct entry *leaf = w->leaves[page / LEAF_PAGES];

    return leaf ? &leaf[page % LEAF_PAGES] : NULL;
}

static struct entry *entry_make(struct window *w, uint32_t page)
{
    struct entry **leaf = &w->leaves[page / LEAF_PAGES];

    if (!*leaf) {
        *leaf = calloc(LEAF_PAGES, sizeof(struct entry));
        must(*leaf != NULL);
    }
    if (page / LEAF_PAGES >= w->touched)
        w->touched = page / LEAF_PAGES + 1;
    return &(*leaf)[page % LEAF_PAGES];
}

uint32_t iommu_domain_new(struct sim *s)
{
    struct iommu *u = s->iommu;

    must(u->domains < DOMAINS_MAX);
    u->domain_obj[u->domains] = obj_new(&s->trace, OBJ_DOMAIN);
    return u->domains++;
}

bool iommu_domain_exists(const struct sim *s, uint32_t domain)
{
    return domain < s->iommu->domains;
}

uint32_t iommu_domain_obj(const struct sim *s, uint32_t domain)
{
    return domain < s->iommu->domains ? s->iommu->domain_obj[domain] : 0;
}

/* First page of [page, page + count) that is taken, or count when none is. */
static uint32_t free_run(const struct window *w, uint32_t page, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        const struct entry *e = entry_look(w, page + i);

        if (e && e->reserved)
            return i;
    }
    return count;
}

static uint64_t place_in(struct window *w, uint32_t from, uint32_t to, uint32_t pages,
                         uint64_t align)
{
    uint64_t first_page = w->base >> PAGE_BITS;

    for (uint64_t at = from;;) {
        at = align_up(first_page + at, align) - first_page;
        if (at + pages > to)
            return UINT64_MAX;
        uint32_t free = free_run(w, (uint32_t)at, pages);

        if (free == pages)
            return at;
        at += free + 1;
    }
}

uint64_t iommu_reserve(struct sim *s, enum iommu_window which, uint32_t pages, uint64_t align_pages,
                       uint64_t min, uint64_t max)
{
    struct window *w = &s->iommu->windows[which];
    uint64_t low = 0, high = w->pages, at;

    if (min > w->base)
        low = min_u64(high, (align_up(min, PAGE_BYTES) - w->base) >> PAGE_BITS);
    if (max < w->base)
        return 0;
    if ((max - w->base) >> PAGE_BITS < high)
        high = (max + 1 - w->base) >> PAGE_BITS;
    high = min_u64(high + 1, w->pages); /* the untranslated page may lie beyond the bound */
    if (!align_pages)
        align_pages = 1;
    at = w->next > low ? place_in(w, w->next, (uint32_t)high, pages + 1, align_pages) : UINT64_MAX;
    if (at == UINT64_MAX)
        at = place_in(w, (uint32_t)low, (uint32_t)high, pages + 1, align_pages);
    if (at == UINT64_MAX)
        return 0;
    for (uint32_t i = 0; i <= pages; i++)
        entry_make(w, (uint32_t)at + i)->reserved = true;
    w->next = (uint32_t)at + pages + 1;
    return w->base + (at << PAGE_BITS);
}

void iommu_unreserve(struct sim *s, uint64_t ba, uint32_t pages)
{
    uint32_t page;
    struct window *w = window_at(s->iommu, ba, &page);

    must(w != NULL);
    for (uint32_t i = 0; i <= pages; i++)
        entry_make(w, page + i)->reserved = false;
}

void iommu_map(struct sim *s, uint32_t domain, uint64_t ba, uint64_t pfn, unsigned access)
{
    uint32_t page;
    struct window *w = window_at(s->iommu, ba, &page);
    struct entry *e;

    must(w != NULL);
    e = entry_make(w, page);
    must(e->reserved);
    e->pfn = pfn;
    e->domain = (uint16_t)domain;
    e->access = (uint8_t)access;
    e->stale = 0;
}

void iommu_flush(struct sim *s)
{
    s->iommu->epoch++;
    s->iommu->stale_pages = 0;
}

void iommu_unmap(struct sim *s, uint64_t ba, uint32_t pages)
{
    struct iommu *u = s->iommu;
    uint32_t page;
    struct window *w = window_at(u, ba, &page);

    must(w != NULL);
    for (uint32_t i = 0; i < pages; i++) {
        struct entry *e = entry_make(w, page + i);

        if (!e->access)
            continue;
        e->stale = s->profile.lazy ? e->access : 0;
        e->epoch = u->epoch;
        e->access = 0;
        if (!u->stale_pages++)
            u->stale_since_ns = sched_now_ns(s);
    }
    if (u->stale_pages >= IOMMU_LAZY_PAGES)
        iommu_flush(s);
}

/* Whether the IOTLB still holds what was taken away: by choice, while no batch flush has come. */
static bool still_cached(struct sim *s, struct entry *e, unsigned access)
{
    struct iommu *u = s->iommu;

    if (u->stale_pages && sched_now_ns(s) - u->stale_since_ns >= IOMMU_LAZY_NS)
        iommu_flush(s);
    return (e->stale & access) == access && e->epoch == u->epoch &&
           choice_draw(s, CHOICE_IOTLB, 2) != 0;
}

enum iommu_answer iommu_translate(struct sim *s, uint32_t domain, uint64_t ba, unsigned access,
                                  uint64_t *pfn)
{
    uint32_t page;
    struct window *w = window_at(s->iommu, ba, &page);
    struct entry *e = w ? entry_look(w, page) : NULL;

    if (!e || e->domain != domain)
        return IOMMU_NOT_MAPPED;
    if (!e->access) {
        *pfn = e->pfn;
        return e->stale && still_cached(s, e, access) ? IOMMU_OK : IOMMU_NOT_MAPPED;
    }
    if ((e->access & access) != access)
        return IOMMU_FORBIDDEN;
    *pfn = e->pfn;
    return IOMMU_OK;
}

int iommu_create(struct sim *s)
{
    static const struct {
        uint64_t base;
        uint32_t pages;
    } shape[IOMMU_WINDOWS] = {
        [IOMMU_HIGH] = { IOMMU_HIGH_BASE, IOMMU_HIGH_PAGES },
        [IOMMU_LOW] = { IOMMU_LOW_BASE, IOMMU_LOW_PAGES },
        [IOMMU_ISA] = { IOMMU_ISA_BASE, IOMMU_ISA_PAGES },
    };
    struct iommu *u = calloc(1, sizeof(*u));

    if (!u)
        return ERR_NOMEM;
    s->iommu = u;
    for (unsigned i = 0; i < IOMMU_WINDOWS; i++) {
        u->windows[i].base = shape[i].base;
        u->windows[i].pages = shape[i].pages;
        u->windows[i].leaves = calloc(shape[i].pages / LEAF_PAGES, sizeof(struct entry *));
        if (!u->windows[i].leaves) {
            iommu_destroy(s);
            return ERR_NOMEM;
        }
    }
    iommu_reset(s);
    return 0;
}

void iommu_reset(struct sim *s)
{
    struct iommu *u = s->iommu;

    for (unsigned i = 0; i < IOMMU_WINDOWS; i++) {
        struct window *w = &u->windows[i];

        for (uint32_t leaf = 0; leaf < w->touched; leaf++)
            if (w->leaves[leaf])
                memset(w->leaves[leaf], 0, LEAF_PAGES * sizeof(struct entry));
        w->touched = 0;
        w->next = 0;
    }
    u->domains = 0;
    u->epoch = 1;
    u->stale_pages = 0;
}

void iommu_destroy(struct sim *s)
{
    struct iommu *u = s->iommu;

    for (unsigned i = 0; i < IOMMU_WINDOWS; i++) {
        for (uint32_t leaf = 0; u->windows[i].leaves && leaf < u->windows[i].pages / LEAF_PAGES;
             leaf++)
            free(u->windows[i].leaves[leaf]);
        free(u->windows[i].leaves);
    }
    free(u);
    s->iommu = NULL;
}
