/*
 * The index of ranges: a hash table of aligned blocks, chained, newest first.
 */
#include "sim/core/range.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/must.h"

static inline uint32_t bucket_of(uint64_t key)
{
    return (uint32_t)(key * 0x9e3779b97f4a7c15u >> (64 - RANGE_BUCKET_BITS));
}

static __attribute__((noinline)) struct dma_range *node_fresh(struct ranges *t)
{
    uint32_t chunk = t->used / RANGE_CHUNK;

    must(chunk < RANGE_CHUNKS_MAX);
    if (!t->chunks[chunk]) {
        t->chunks[chunk] = calloc(RANGE_CHUNK, sizeof(struct dma_range));
        must(t->chunks[chunk] != NULL);
    }
    return &t->chunks[chunk][t->used++ % RANGE_CHUNK];
}

static inline struct dma_range *node_alloc(struct ranges *t)
{
    struct dma_range *n = t->free;

    if (__builtin_expect(!n, 0))
        return node_fresh(t);
    t->free = n->next;
    return n;
}

static inline void block_link(struct ranges *t, struct dma_range *n, uint64_t page, unsigned level)
{
    uint64_t key = (page >> level << 6 | level) + 1;
    struct dma_range **bucket = &t->buckets[bucket_of(key)];

    n->key = key;
    n->next = *bucket;
    n->back = bucket;
    if (n->next)
        n->next->back = &n->next;
    *bucket = n;
    if (t->level_count[level]++ == 0)
        t->levels |= 1ull << level;
}

static inline void block_unlink(struct ranges *t, struct dma_range *n)
{
    unsigned level = (n->key - 1) & 63;

    *n->back = n->next;
    if (n->next)
        n->next->back = n->back;
    if (--t->level_count[level] == 0)
        t->levels &= ~(1ull << level);
    n->key = 0;
    n->next = t->free;
    t->free = n;
}

/* Cuts [page, end) into aligned blocks, the largest that fit. */
static __attribute__((noinline)) void link_blocks(struct ranges *t, struct dma_range *r,
                                                  uint64_t page, uint64_t end)
{
    struct dma_range *n = r;

    while (page < end) {
        unsigned level = page ? (unsigned)__builtin_ctzll(page) : RANGE_LEVELS - 1;

        if (level >= RANGE_LEVELS)
            level = RANGE_LEVELS - 1;
        while ((1ull << level) > end - page)
            level--;
        if (n->key) {
            struct dma_range *more = node_alloc(t);

            more->head = r;
            more->more = r->more;
            r->more = more;
            n = more;
        }
        block_link(t, n, page, level);
        page += 1ull << level;
    }
}

struct dma_range *range_add(struct ranges *t, uint64_t ba, uint64_t length_bytes, uint32_t owner)
{
    struct dma_range *r = node_alloc(t);
    uint64_t page = ba >> PAGE_BITS, last = (ba + length_bytes - 1) >> PAGE_BITS;

    r->key = 0;
    r->head = r;
    r->more = NULL;
    r->sibling = NULL;
    r->ba = ba;
    r->length_bytes = length_bytes;
    r->offset = 0;
    r->owner = owner;
    r->live = true;
    r->bounced = false;
    if (__builtin_expect(page == last, 1))
        block_link(t, r, page, 0);
    else
        link_blocks(t, r, page, last + 1);
    t->live++;
    return r;
}

static inline void forget(struct ranges *t, struct dma_range *r)
{
    while (__builtin_expect(r->more != NULL, 0)) {
        struct dma_range *more = r->more;

        r->more = more->more;
        block_unlink(t, more);
    }
    block_unlink(t, r);
}

void range_release(struct ranges *t, struct dma_range *r)
{
    must(r->live);
    r->live = false;
    r->sibling = NULL;
    t->live--;
    if (t->dead_tail)
        t->dead_tail->sibling = r;
    else
        t->dead_head = r;
    t->dead_tail = r;
    if (++t->dead > RANGE_DEAD_MAX) {
        struct dma_range *oldest = t->dead_head;

        t->dead_head = oldest->sibling;
        t->dead--;
        forget(t, oldest);
    }
}

const struct dma_range *range_find(const struct ranges *t, uint64_t ba)
{
    uint64_t page = ba >> PAGE_BITS;
    const struct dma_range *dead = NULL;

    for (uint64_t levels = t->levels; levels; levels &= levels - 1) {
        unsigned level = (unsigned)__builtin_ctzll(levels);
        uint64_t key = (page >> level << 6 | level) + 1;

        for (const struct dma_range *n = t->buckets[bucket_of(key)]; n; n = n->next) {
            const struct dma_range *r = n->head;

            if (n->key != key || ba - r->ba >= r->length_bytes)
                continue;
            if (r->live)
                return r;
            if (!dead)
                dead = r;
        }
    }
    return dead;
}

int ranges_create(struct ranges *t)
{
    memset(t, 0, sizeof(*t));
    t->buckets = calloc(1u << RANGE_BUCKET_BITS, sizeof(*t->buckets));
    return t->buckets ? 0 : ERR_NOMEM;
}

/* Clears the buckets that were used, not the table: the cost is that of what the run did. */
void ranges_reset(struct ranges *t)
{
    for (uint32_t i = 0; i < t->used; i++) {
        struct dma_range *n = &t->chunks[i / RANGE_CHUNK][i % RANGE_CHUNK];

        if (n->key)
            t->buckets[bucket_of(n->key)] = NULL;
        n->key = 0;
    }
    t->used = 0;
    t->live = t->dead = 0;
    t->free = t->dead_head = t->dead_tail = NULL;
    t->levels = 0;
    memset(t->level_count, 0, sizeof(t->level_count));
}

void ranges_destroy(struct ranges *t)
{
    for (unsigned i = 0; i < RANGE_CHUNKS_MAX && t->chunks[i]; i++)
        free(t->chunks[i]);
    free(t->buckets);
    memset(t, 0, sizeof(*t));
}
