/*
 * The CPU's cache lines over RAM, without a door on the CPU's side. Three images of a page tell all
 * that is to be known of a line: what the CPU has (cpu: the views themselves), what RAM has (ram),
 * and what both had when they last agreed (seen). A line that differs from seen was written by the
 * CPU: it is dirty. RAM that differs from seen was written by a device. A page has the two further
 * images from the first mapping or flush on that names it; RAM then holds zeroes, as a page does
 * that was handed out and never written back.
 */
#include "sim/core/cache.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/must.h"
#include "sim/core/iommu.h"
#include "sim/core/mem.h"

#define LINE CACHE_LINE_BYTES
#define PAGES_MAX (MEM_RAM_MAX_BYTES >> PAGE_BITS)
#define STRAY_ONE_IN 4 /* device accesses that meet a dirty line, for each that finds some gone */

struct cache {
    uint8_t *images;  /* by page: ram, then seen; sparse */
    uint32_t *epochs; /* by page: the machine that used its images last; 0: never, so zero */
    uint32_t epoch;
};

struct piece {                 /* of one page */
    uint8_t *cpu, *ram, *seen; /* of the page's first byte */
    uint32_t from, to;
};

/* Whether dirty lines are written back at this moment: none, all, or every other one. Drawn when
 * the first dirty line is met, so that who does all right draws nothing. */
struct luck {
    struct sim *s;
    uint32_t one_in, value, lines;
};

static void *sparse(uint64_t bytes)
{
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                   -1, 0);

    must(p != MAP_FAILED);
    return p;
}

static struct cache *cache_of(struct sim *s)
{
    struct cache *c = s->dma->cache;

    if (c)
        return c;
    c = calloc(1, sizeof(*c));
    must(c != NULL);
    c->images = sparse(PAGES_MAX * 2 * PAGE_BYTES);
    c->epochs = sparse(PAGES_MAX * sizeof(*c->epochs));
    c->epoch = 1;
    s->dma->cache = c;
    return c;
}

static bool is_cached(struct sim *s, uint32_t page)
{
    const struct frame *f = mem_frame(s, page);

    return f->allocated != FRAME_BOUNCE && f->allocated != FRAME_COMMON && !f->uncached;
}

static void piece_images(struct cache *c, uint32_t page, struct piece *x)
{
    x->ram = c->images + (uint64_t)page * 2 * PAGE_BYTES;
    x->seen = x->ram + PAGE_BYTES;
}

/* The lines of [pa, +bytes) in one page, followed from now on. false: no memory, or not cached. */
static bool piece_at(struct sim *s, uint64_t pa, uint64_t bytes, struct piece *x)
{
    struct cache *c = cache_of(s);
    uint32_t page = mem_page(s, pa >> PAGE_BITS);

    if (page == MEM_NONE || !is_cached(s, page))
        return false;
    piece_images(c, page, x);
    x->cpu = (uint8_t *)mem_at(s, (struct pa) { pa }) - PAGE_OFFSET(pa);
    x->from = (uint32_t)PAGE_OFFSET(pa);
    x->to = x->from + (uint32_t)bytes;
    must(x->to <= PAGE_BYTES);
    if (c->epochs[page] != c->epoch) {
        if (c->epochs[page])
            memset(x->ram, 0, 2 * PAGE_BYTES);
        c->epochs[page] = c->epoch;
    }
    return true;
}

static uint32_t first_line(const struct piece *x) { return x->from & ~(LINE - 1); }

static bool is_whole(const struct piece *x, uint32_t at)
{
    return at >= x->from && at + LINE <= x->to;
}

static bool is_dirty(const struct piece *x, uint32_t at)
{
    return memcmp(x->cpu + at, x->seen + at, LINE) != 0;
}

static bool is_from_device(const struct piece *x, uint32_t at)
{
    return memcmp(x->ram + at, x->seen + at, LINE) != 0;
}

static void write_back(struct piece *x, uint32_t at)
{
    memcpy(x->ram + at, x->cpu + at, LINE);
    memcpy(x->seen + at, x->cpu + at, LINE);
}

static void fetch(struct piece *x, uint32_t at)
{
    memcpy(x->cpu + at, x->ram + at, LINE);
    memcpy(x->seen + at, x->ram + at, LINE);
}

static bool gone(struct luck *l)
{
    if (!l->lines++)
        l->value = choice_rare(l->s, CHOICE_WRITE_BACK, 3, l->one_in);
    return l->value == 1 || (l->value == 2 && l->lines % 2);
}

/* Before a transfer. Lines that are all ours go to RAM also where they hold what was last agreed on:
 * the CPU may have written that very value. A line that is only partly ours may hold what a device
 * has just put there for a neighbour: it is written back only if dirty, over that, as caches do. */
static void clean(struct piece *x)
{
    for (uint32_t at = first_line(x); at < x->to; at += LINE)
        if (is_whole(x, at) || is_dirty(x, at))
            write_back(x, at);
}

static void stray(struct piece *x, struct luck *l)
{
    for (uint32_t at = first_line(x); at < x->to; at += LINE)
        if (is_dirty(x, at) && gone(l))
            write_back(x, at);
}

/* Where the CPU wrote beside the buffer, in a line of which a part is the buffer's. */
struct cache_loss {
    const uint8_t *other; /* the first such byte; NULL: none */
    const uint8_t *line;
};

static void loss_note(struct cache_loss *loss, const struct piece *x, uint32_t line)
{
    for (uint32_t at = line; at < line + LINE && !loss->other; at++)
        if ((at < x->from || at >= x->to) && x->cpu[at] != x->seen[at])
            *loss = (struct cache_loss) { .other = x->cpu + at, .line = x->cpu + line };
}

/* Only between data of the driver's own: what a program does beside its buffer is not its driver's
 * fault. */
static void loss_say(struct sim *s, const struct dma_map *m, const struct cache_loss *loss)
{
    const struct pool_block *b = loss->other ? pool_block_containing(s, loss->other) : NULL;

    if (b)
        trace_emit(&s->trace, EV_CACHE, API_NONE, m->owner, va_of(s, loss->line).v, LINE, b->obj,
                   CACHE_LINE_SHARED);
}

/* After a transfer from the device. A dirty line that is all ours is dropped, unless it was written
 * back meanwhile, over the device's data. One at the edge holds a neighbour's bytes, so it is
 * written back first: what the device put into it is lost (tearing). */
static void take(struct piece *x, struct luck *l, struct cache_loss *loss)
{
    for (uint32_t at = first_line(x); at < x->to; at += LINE) {
        if (!is_from_device(x, at))
            continue;
        if (is_dirty(x, at) && (!is_whole(x, at) || gone(l))) {
            loss_note(loss, x, at);
            write_back(x, at);
        } else
            fetch(x, at);
    }
}

/* --- the pieces of a mapping, by the addresses that the device uses --- */

struct walk {
    struct sim *s;
    const struct dma_map *m;
    struct dma_range *next, *range; /* range: that of the piece at hand */
    uint64_t offset, end;           /* in the transfer */
    uint64_t ba, left;
    uint32_t pages;
};

static struct walk walk_begin(struct sim *s, const struct dma_map *m, uint64_t offset,
                              uint64_t length_bytes)
{
    return (struct walk) {
        .s = s, .m = m, .next = m->ranges, .offset = offset, .end = offset + length_bytes
    };
}

static bool physical_of(struct sim *s, const struct dma_map *m, uint64_t ba, uint64_t *pa)
{
    uint64_t pfn;

    if (!m->bus)
        return bus_to_physical(s, ba, pa);
    if (iommu_translate(s, m->a->device->domain, ba, 0, &pfn) != IOMMU_OK)
        return false;
    *pa = pfn << PAGE_BITS | PAGE_OFFSET(ba);
    return true;
}

static bool walk_next(struct walk *w, struct piece *x)
{
    for (;;) {
        uint64_t pa, here, at;

        while (!w->left) {
            struct dma_range *r = w->next;

            if (!r)
                return false;
            w->next = r->sibling;
            w->range = r;
            at = max_u64(w->offset, r->offset);
            here = min_u64(w->end, r->offset + r->length_bytes);
            if (at < here) {
                w->ba = r->ba + (at - r->offset);
                w->left = here - at;
            }
        }
        at = w->ba;
        here = min_u64(PAGE_BYTES - PAGE_OFFSET(at), w->left);
        w->ba += here;
        w->left -= here;
        if (physical_of(w->s, w->m, at, &pa) && piece_at(w->s, pa, here, x)) {
            w->pages++;
            return true;
        }
    }
}

void cache_map(struct sim *s, const struct dma_map *m, bool cleans)
{
    struct walk w = walk_begin(s, m, m->offset, m->length_bytes);
    struct luck luck = { .s = s, .one_in = 1 };
    struct piece x;

    while (walk_next(&w, &x)) {
        if (cleans)
            clean(&x);
        else
            stray(&x, &luck);
        /* What the driver has not seen to lies over RAM while the device is at work. */
        w.range->stale |= memcmp(x.cpu + x.from, x.seen + x.from, x.to - x.from) != 0;
    }
    if (cleans)
        sched_spend(s, (uint64_t)s->profile.page_ns * w.pages);
}

void cache_flush_map(struct sim *s, const struct dma_map *m, uint64_t offset, uint64_t length_bytes)
{
    struct walk w = walk_begin(s, m, offset, length_bytes);
    struct luck luck = { .s = s, .one_in = 1 };
    struct cache_loss loss = { NULL, NULL };
    struct piece x;

    while (walk_next(&w, &x))
        take(&x, &luck, &loss);
    loss_say(s, m, &loss);
    sched_spend(s, (uint64_t)s->profile.page_ns * w.pages);
}

/* --- by other names of memory --- */

static void clean_and_drop(struct piece *x, bool drop)
{
    for (uint32_t at = first_line(x); at < x->to; at += LINE) {
        if (is_dirty(x, at))
            write_back(x, at);
        else if (drop && is_from_device(x, at))
            fetch(x, at);
    }
}

void cache_flush_mdl(struct sim *s, const struct dma_mdl *mdl, bool read, bool dma)
{
    uint64_t left = mdl->length_bytes;
    uint64_t at = PAGE_OFFSET(mdl->start);
    struct piece x;

    for (const uint64_t *pfn = mdl->pfns; left; pfn++, at = 0) {
        uint64_t here = min_u64(PAGE_BYTES - at, left);

        left -= here;
        if (!piece_at(s, *pfn << PAGE_BITS | at, here, &x))
            continue;
        if (read)
            clean_and_drop(&x, dma);
        else
            clean(&x);
    }
    sched_spend(s, (uint64_t)s->profile.page_ns * span_pages(mdl->start, mdl->length_bytes));
}

/* The images of what the CPU has at p, if its page has any. */
static bool piece_known(struct sim *s, void *p, uint64_t bytes, struct piece *x)
{
    struct cache *c = s->dma->cache;
    uint32_t page = c ? mem_page_of(s, p) : MEM_NONE;

    if (page == MEM_NONE || c->epochs[page] != c->epoch || !is_cached(s, page))
        return false;
    piece_images(c, page, x);
    x->from = (uint32_t)PAGE_OFFSET((uintptr_t)p);
    x->to = x->from + (uint32_t)bytes;
    x->cpu = (uint8_t *)p - x->from;
    must(x->to <= PAGE_BYTES);
    return true;
}

void *cache_device(struct sim *s, void *p, uint64_t bytes)
{
    struct luck luck = { .s = s, .one_in = STRAY_ONE_IN };
    struct piece x;

    if (!piece_known(s, p, bytes, &x))
        return p;
    stray(&x, &luck);
    return x.ram + x.from;
}

void cache_write_through(struct sim *s, struct pa pa, uint64_t bytes)
{
    struct piece x;

    if (!piece_known(s, mem_at(s, pa), bytes, &x))
        return;
    memcpy(x.ram + x.from, x.cpu + x.from, bytes);
    memcpy(x.seen + x.from, x.cpu + x.from, bytes);
}

bool cache_bypass(struct sim *s, void *va, uint64_t bytes, bool bypass)
{
    bool changed = false;

    for (uint64_t at = 0; at < bytes; at += PAGE_BYTES) {
        uint32_t page = mem_page_of(s, (char *)va + at);

        if (page == MEM_NONE || mem_frame(s, page)->uncached == bypass)
            continue;
        mem_frame(s, page)->uncached = bypass;
        changed = true;
    }
    return changed;
}

void cache_reset(struct sim *s)
{
    struct cache *c = s->dma->cache;

    if (c) {
        c->epoch++;
        must(c->epoch != 0);
    }
}

void cache_destroy(struct sim *s)
{
    struct cache *c = s->dma->cache;

    if (!c)
        return;
    munmap(c->images, PAGES_MAX * 2 * PAGE_BYTES);
    munmap(c->epochs, PAGES_MAX * sizeof(*c->epochs));
    free(c);
    s->dma->cache = NULL;
}
