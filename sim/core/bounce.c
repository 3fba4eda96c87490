/*
 * Bounce runs, guards, and the copying that bouncing is. Runs that were used before are kept ready
 * with their guards laid, first in first out, so that memory which a device may still touch is used
 * again as late as possible.
 */
#include "sim/core/bounce.h"

#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "sim/core/adapter.h"
#include "sim/core/cache.h"

static uint8_t *run_low(const struct bounce *b) { return mem_system(b->first_page - 1); }
static uint8_t *run_high(const struct bounce *b)
{
    return mem_system(b->first_page + b->pages + 1);
}

static void tag_put(uint8_t *p)
{
    uint64_t tag = GUARD_TAG;

    memcpy(p, &tag, sizeof(tag));
}

void guard_lay(uint8_t *data, uint64_t bytes, uint8_t *low, uint8_t *high)
{
    memset(low, GUARD_PAD, (size_t)(data - low));
    memset(data + bytes, GUARD_PAD, (size_t)(high - (data + bytes)));
    tag_put(data - GUARD_TAG_BYTES);
    tag_put(data + bytes);
}

/* First byte of [p, end) that is not padding, or end. Nearly always end: padding is what begins with
 * padding and equals itself 64 bytes further on, and memcmp is the host's fastest way to see that. */
static const uint8_t *pad_broken(const uint8_t *p, const uint8_t *end)
{
    uint64_t bytes = (uint64_t)(end - p);
    const uint64_t pad = 0x0101010101010101ull * GUARD_PAD;
    bool whole = bytes >= 64;

    for (unsigned i = 0; i < 64 && whole; i += 8) {
        uint64_t word;

        memcpy(&word, p + i, sizeof(word));
        whole = word == pad;
    }
    if (whole && memcmp(p, p + 64, bytes - 64) == 0)
        return end;
    while (p < end && *p == GUARD_PAD)
        p++;
    return p;
}

/* A block with guards, as it is told of. */
struct guarded {
    struct sim *s;
    uint8_t *data;
    uint64_t bytes;
    uint32_t owner;
};

static bool say_damage(const struct guarded *g, const uint8_t *p, uint64_t found)
{
    struct sim *s = g->s;

    if (s->trace.on)
        trace_emit(&s->trace, EV_GUARD, API_NONE, g->owner, va_of(s, g->data).v, g->bytes,
                   (uint64_t)(p - g->data), found);
    return false;
}

static bool tag_holds(const struct guarded *g, const uint8_t *p)
{
    uint64_t found;

    memcpy(&found, p, sizeof(found));
    return found == GUARD_TAG || say_damage(g, p, found);
}

static bool pad_holds(const struct guarded *g, const uint8_t *p, const uint8_t *end)
{
    const uint8_t *broken = pad_broken(p, end);

    return broken == end || say_damage(g, broken, *broken);
}

/* Tags first, as Driver Verifier counts them: 1, 2 (tags), 4, 5 (padding). Offsets are from data.
 */
bool guard_check(struct sim *s, uint8_t *data, uint64_t bytes, uint8_t *low, uint8_t *high,
                 uint32_t owner)
{
    const struct guarded g = { s, data, bytes, owner };
    uint8_t *after = data + bytes;
    bool before_holds =
        tag_holds(&g, data - GUARD_TAG_BYTES) && pad_holds(&g, low, data - GUARD_TAG_BYTES);
    bool after_holds = tag_holds(&g, after) && pad_holds(&g, after + GUARD_TAG_BYTES, high);

    return before_holds && after_holds;
}

bool bounce_guards_hold(struct sim *s, const struct bounce *b, uint32_t owner)
{
    return guard_check(s, bounce_data(b), b->length_bytes, run_low(b), run_high(b), owner);
}

/* The pages of a run that rests are padding, too: what has written there had no right to. Only while
 * somebody listens, since laying them out costs as much as the copying does. */
static void rest_lay(struct sim *s, struct bounce *b, uint32_t owner)
{
    b->padded = s->trace.on;
    b->lent_to = owner;
    if (b->padded)
        memset(mem_system(b->first_page), GUARD_PAD, (size_t)b->pages * PAGE_BYTES);
}

static void rest_check(struct sim *s, struct bounce *b)
{
    const uint8_t *first = mem_system(b->first_page),
                  *end = first + (uint64_t)b->pages * PAGE_BYTES, *broken;

    if (!b->padded)
        return;
    b->padded = false;
    broken = pad_broken(first, end);
    if (broken != end && s->trace.on)
        trace_emit(&s->trace, EV_FREE_DAMAGED, API_NONE, b->lent_to, va_of(s, broken).v,
                   (mem_pfn(s, b->first_page) << PAGE_BITS) + (uint64_t)(broken - first), *broken,
                   0);
}

static struct bounce *record_alloc(struct sim *s)
{
    struct bounce_pool *pool = &s->dma->bounce;
    struct bounce *b = pool->records;

    if (!b) {
        b = calloc(1, sizeof(*b));
        must(b != NULL);
        b->all = pool->all;
        pool->all = b;
        return b;
    }
    pool->records = b->next;
    return b;
}

static struct bounce *run_fresh(struct sim *s, enum mem_zone zone, uint32_t pages)
{
    uint32_t first = mem_pages_alloc(s, zone, pages + 2);
    struct bounce *b;

    if (first == MEM_NONE)
        return NULL;
    mem_frames_use(s, first, pages + 2, FRAME_BOUNCE);
    b = record_alloc(s);
    b->zone = zone;
    b->padded = false;
    b->first_page = first + 1;
    b->pages = pages;
    memset(mem_system(first), GUARD_PAD, PAGE_BYTES);
    memset(mem_system(first + pages + 1), GUARD_PAD, PAGE_BYTES);
    return b;
}

/* Gives all ready runs' memory back: called when a zone is full. */
static void trim(struct sim *s)
{
    struct bounce_pool *pool = &s->dma->bounce;

    for (unsigned z = 0; z < MEM_ZONES; z++)
        for (unsigned n = 0; n <= BOUNCE_READY_MAX; n++)
            for (struct bounce *b; (b = pool->ready[z][n].head) != NULL;) {
                pool->ready[z][n].head = b->next;
                rest_check(s, b);
                mem_pages_free(s, b->first_page - 1, b->pages + 2);
                b->next = pool->records;
                pool->records = b;
            }
}

/* Short runs by their length, long ones by its power of two: they are few. */
static struct bounce_ready *ready_of(struct sim *s, enum mem_zone zone, uint32_t pages)
{
    unsigned n = pages <= BOUNCE_CACHED_PAGES
                     ? pages
                     : BOUNCE_CACHED_PAGES + 32 - (unsigned)__builtin_clz(pages);

    return &s->dma->bounce.ready[zone][n];
}

/* The run that has rested longest of those with exactly so many pages. */
static struct bounce *ready_take(struct bounce_ready *ready, uint32_t pages)
{
    struct bounce *before = NULL, *b = ready->head;

    for (; b && b->pages != pages; b = b->next)
        before = b;
    if (!b)
        return NULL;
    if (before)
        before->next = b->next;
    else
        ready->head = b->next;
    if (ready->tail == b)
        ready->tail = before;
    return b;
}

struct bounce *bounce_alloc(struct sim *s, enum mem_zone zone, uint32_t start,
                            uint64_t length_bytes)
{
    uint32_t pages = (uint32_t)span_pages(start, length_bytes);
    struct bounce *b;

    must(pages > 0);
    b = ready_take(ready_of(s, zone, pages), pages);
    if (!b) {
        b = run_fresh(s, zone, pages);
        if (!b) {
            trim(s);
            b = run_fresh(s, zone, pages);
        }
        if (!b)
            return NULL;
    }
    rest_check(s, b);
    b->next = NULL;
    b->start = start;
    b->length_bytes = length_bytes;
    b->part_count = b->parts_bytes = 0;
    uint8_t *data = bounce_data(b), *first = mem_system(b->first_page),
            *end = (uint8_t *)mem_system(b->first_page + b->pages);

    memset(first, GUARD_PAD, (size_t)(data - first));
    memset(data + length_bytes, GUARD_PAD, (size_t)(end - (data + length_bytes)));
    tag_put(data - GUARD_TAG_BYTES);
    tag_put(data + length_bytes);
    return b;
}

void bounce_free(struct sim *s, struct bounce *b, uint32_t owner)
{
    struct bounce_ready *ready;
    uint8_t *data = bounce_data(b), *low = run_low(b), *high = run_high(b);

    if (bounce_guards_hold(s, b, owner)) {
        /* The tags may lie in the guard pages, which must be all padding for the next user. */
        memset(data - GUARD_TAG_BYTES, GUARD_PAD, GUARD_TAG_BYTES);
        memset(data + b->length_bytes, GUARD_PAD, GUARD_TAG_BYTES);
    } else {
        memset(low, GUARD_PAD, PAGE_BYTES);
        memset(high - PAGE_BYTES, GUARD_PAD, PAGE_BYTES);
    }
    rest_lay(s, b, owner);
    ready = ready_of(s, b->zone, b->pages);
    b->next = NULL;
    if (ready->head)
        ready->tail->next = b;
    else
        ready->head = b;
    ready->tail = b;
}

void bounce_check(struct sim *s)
{
    struct bounce_pool *pool = &s->dma->bounce;

    for (unsigned z = 0; z < MEM_ZONES; z++)
        for (unsigned n = 0; n <= BOUNCE_READY_MAX; n++)
            for (struct bounce *b = pool->ready[z][n].head; b; b = b->next)
                rest_check(s, b);
}

void bounce_parts_grow(struct bounce *b, uint32_t count)
{
    uint32_t capacity = b->part_capacity ? 2 * b->part_capacity : 32;
    struct bounce_part *parts;

    while (capacity < count)
        capacity *= 2;
    parts = realloc(b->parts, capacity * sizeof(*parts));

    must(parts != NULL);
    b->parts = parts;
    b->part_capacity = capacity;
}

uint64_t bounce_pa(const struct sim *s, const struct bounce *b)
{
    return (mem_pfn(s, b->first_page) << PAGE_BITS) + b->start;
}

uint64_t bounce_copy(struct sim *s, const struct bounce *b, uint64_t from, uint64_t to,
                     bool to_device)
{
    uint8_t *data = bounce_data(b);
    uint64_t copied = 0;

    for (uint32_t i = 0; i < b->part_count; i++) {
        const struct bounce_part *p = &b->parts[i];
        uint64_t low = max_u64(from, p->at), high = min_u64(to, (uint64_t)p->at + p->length_bytes);
        uint8_t *memory;

        if (low >= high)
            continue;
        memory = mem_at(s, (struct pa) { p->source + (low - p->at) });
        if (!memory) /* a frame of I/O space: there is no memory to copy */
            continue;
        if (to_device)
            memcpy(data + low, memory, high - low);
        else
            memcpy(memory, data + low, high - low);
        if (!to_device && !s->profile.coherent)
            cache_write_through(s, (struct pa) { p->source + (low - p->at) }, high - low);
        copied += high - low;
    }
    return copied;
}

void bounce_reset(struct sim *s)
{
    struct bounce_pool *pool = &s->dma->bounce;
    struct bounce *all = pool->all;

    if (!all)
        return;
    memset(pool, 0, sizeof(*pool));
    pool->all = all;
    for (struct bounce *b = all; b; b = b->all) {
        b->next = pool->records;
        pool->records = b;
    }
}

void bounce_destroy(struct sim *s)
{
    for (struct bounce *b = s->dma->bounce.all, *next; b; b = next) {
        next = b->all;
        free(b->parts);
        free(b);
    }
    memset(&s->dma->bounce, 0, sizeof(s->dma->bounce));
}
