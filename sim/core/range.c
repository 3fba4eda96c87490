/*
 * The index of ranges: a hash table of aligned blocks, chained, newest first. What every map and
 * unmap does is inline in the header; here is the rest.
 */
#include "sim/core/range.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/must.h"

/* One that was never used; its neighbours become the free ones. */
struct dma_range *range_node_fresh(struct ranges *t)
{
    uint32_t chunk = t->used / RANGE_CHUNK;
    struct dma_range *first;

    must(chunk < RANGE_CHUNKS_MAX);
    if (!t->chunks[chunk]) {
        t->chunks[chunk] = malloc(RANGE_CHUNK * sizeof(struct dma_range));
        must(t->chunks[chunk] != NULL);
    }
    first = &t->chunks[chunk][t->used % RANGE_CHUNK];
    t->used += RANGE_BATCH;
    for (unsigned i = RANGE_BATCH - 1; i; i--) {
        first[i].key = 0;
        first[i].next = t->free;
        t->free = &first[i];
    }
    first->key = 0;
    return first;
}

static struct dma_range *node_alloc(struct ranges *t)
{
    struct dma_range *n = t->free;

    if (!n)
        return range_node_fresh(t);
    t->free = n->next;
    return n;
}

static void block_add(struct ranges *t, struct dma_range *n, uint64_t page, unsigned level)
{
    range_block_link(t, n, (page >> level << 6 | level) + 1);
    if (level && t->level_count[level]++ == 0)
        t->levels |= 1ull << level;
}

static void block_remove(struct ranges *t, struct dma_range *n)
{
    unsigned level = (n->key - 1) & 63;

    range_block_unlink(t, n);
    if (level && --t->level_count[level] == 0)
        t->levels &= ~(1ull << level);
}

/* Cuts [page, end) into aligned blocks, the largest that fit; the first is the range's own. */
void range_link_blocks(struct ranges *t, struct dma_range *r, uint64_t page, uint64_t end)
{
    struct dma_range *n = r;

    while (page < end) {
        unsigned level = page ? (unsigned)__builtin_ctzll(page) : RANGE_LEVELS - 1;

        if (level >= RANGE_LEVELS)
            level = RANGE_LEVELS - 1;
        while ((1ull << level) > end - page)
            level--;
        if (!n) {
            n = node_alloc(t);
            n->head = r;
            n->more = r->more;
            r->more = n;
        }
        block_add(t, n, page, level);
        n = NULL;
        page += 1ull << level;
    }
}

void range_forget_blocks(struct ranges *t, struct dma_range *r)
{
    while (r->more) {
        struct dma_range *more = r->more;

        r->more = more->more;
        block_remove(t, more);
    }
    block_remove(t, r);
}

const struct dma_range *range_find(const struct ranges *t, uint64_t ba)
{
    uint64_t page = ba >> PAGE_BITS;
    const struct dma_range *dead = NULL;

    for (uint64_t levels = t->levels; levels; levels &= levels - 1) {
        unsigned level = (unsigned)__builtin_ctzll(levels);
        uint64_t key = (page >> level << 6 | level) + 1;

        for (const struct dma_range *n = t->buckets[range_bucket(key)]; n; n = n->next) {
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

void range_each_live(const struct ranges *t, uint64_t ba, uint32_t from, uint32_t to,
                     void (*each)(void *ctx, const struct dma_range *r, bool meets), void *ctx)
{
    uint64_t page = ba >> PAGE_BITS;

    for (uint64_t levels = t->levels; levels; levels &= levels - 1) {
        unsigned level = (unsigned)__builtin_ctzll(levels);
        uint64_t key = (page >> level << 6 | level) + 1;

        for (const struct dma_range *n = t->buckets[range_bucket(key)]; n; n = n->next) {
            const struct dma_range *r = n->head;

            if (n->key == key && r->live)
                each(ctx, r, r->ba < ba + to && ba + from < r->ba + r->length_bytes);
        }
    }
}

int ranges_create(struct ranges *t)
{
    memset(t, 0, sizeof(*t));
    t->levels = 1;
    t->buckets = calloc(1u << RANGE_BUCKET_BITS, sizeof(*t->buckets));
    return t->buckets ? 0 : ERR_NOMEM;
}

/* Clears the buckets that were used, not the table: the cost is that of what the run did. */
void ranges_reset(struct ranges *t)
{
    for (uint32_t i = 0; i < t->used; i++) {
        struct dma_range *n = &t->chunks[i / RANGE_CHUNK][i % RANGE_CHUNK];

        if (n->key)
            t->buckets[range_bucket(n->key)] = NULL;
        n->key = 0;
    }
    t->used = 0;
    t->dead = 0;
    t->free = t->dead_head = t->dead_tail = NULL;
    t->levels = 1;
    memset(t->level_count, 0, sizeof(t->level_count));
}

void ranges_destroy(struct ranges *t)
{
    for (unsigned i = 0; i < RANGE_CHUNKS_MAX && t->chunks[i]; i++)
        free(t->chunks[i]);
    free(t->buckets);
    memset(t, 0, sizeof(*t));
}
