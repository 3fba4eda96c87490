/*
 * Ranges: which bus addresses belong to whom, now and a while ago. Every logical run that a driver
 * maps is a range with the object that owns it. A released range stays for some time as history
 * (the quarantine), so that a device that touches it too late can be told whose it was.
 *
 * A range is indexed by the aligned power-of-two blocks of pages that it consists of: one block for
 * a page, at most two dozen for 16 MiB. Adding and releasing cost the same with one range live or
 * with 100,000; looking up asks once for each block size in use.
 */
#ifndef DMACHECK_SIM_CORE_RANGE_H
#define DMACHECK_SIM_CORE_RANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bits.h"

#define RANGE_BUCKET_BITS 16
#define RANGE_DEAD_MAX                                                                             \
    4096 /* released ranges that are remembered; beyond: the oldest is forgotten */
#define RANGE_CHUNK 1024
#define RANGE_BATCH 16 /* so many blocks are made free at a time; RANGE_CHUNK is a multiple */
#define RANGE_CHUNKS_MAX 4096 /* 4 million blocks; reached: must() */
#define RANGE_LEVELS 40

struct dma_range {
    struct dma_range *next, **back; /* in its bucket */
    uint64_t key;                   /* page >> level << 6 | level, plus 1; 0: not indexed */
    struct dma_range *head;         /* the range that this block belongs to: itself, if the first */
    struct dma_range *more;         /* further blocks of the range */
    struct dma_range *sibling; /* next range of its mapping; once released: next in quarantine */
    uint64_t ba, length_bytes;
    uint64_t offset; /* of its first byte in the transfer's buffer */
    uint32_t owner;  /* object id */
    bool live, bounced;
    bool stale; /* dirty lines lay over it when it was mapped (cache.c) */
};

struct ranges {
    struct dma_range **buckets;
    struct dma_range *chunks[RANGE_CHUNKS_MAX];
    uint32_t used; /* blocks ever taken since reset */
    struct dma_range *free;
    struct dma_range *dead_head, *dead_tail;
    uint32_t dead;
    uint64_t levels; /* bit n: some block of 2^n pages; bit 0 always */
    uint32_t level_count[RANGE_LEVELS];
};

int ranges_create(struct ranges *t);
void ranges_reset(struct ranges *t);
void ranges_destroy(struct ranges *t);
/* The range that holds this address: a live one if there is one, else the one released last. NULL.
 */
const struct dma_range *range_find(const struct ranges *t, uint64_t ba);

/* Every live range that meets the page at ba (a page's first byte); meets: whether it has some of the
 * page's bytes [from, to). */
void range_each_live(const struct ranges *t, uint64_t ba, uint32_t from, uint32_t to,
                     void (*each)(void *ctx, const struct dma_range *r, bool meets), void *ctx);

/* The slow halves of what follows. */
struct dma_range *range_node_fresh(struct ranges *t);
void range_link_blocks(struct ranges *t, struct dma_range *r, uint64_t page, uint64_t end);
void range_forget_blocks(struct ranges *t, struct dma_range *r);

static inline uint32_t range_bucket(uint64_t key)
{
    return (uint32_t)(key * 0x9e3779b97f4a7c15u >> (64 - RANGE_BUCKET_BITS));
}

static inline void range_block_link(struct ranges *t, struct dma_range *n, uint64_t key)
{
    struct dma_range **bucket = &t->buckets[range_bucket(key)], *next = *bucket;

    n->key = key;
    n->next = next;
    n->back = bucket;
    if (next)
        next->back = &n->next;
    *bucket = n;
}

static inline void range_block_unlink(struct ranges *t, struct dma_range *n)
{
    *n->back = n->next;
    if (n->next)
        n->next->back = n->back;
    n->key = 0;
    n->next = t->free;
    t->free = n;
}

/* length_bytes > 0. Inline: the cost of a fragment is mostly this (issue, "Speed"). */
static inline struct dma_range *range_add(struct ranges *t, uint64_t ba, uint64_t length_bytes,
                                          uint32_t owner)
{
    struct dma_range *r = t->free;
    uint64_t page = ba >> PAGE_BITS, last = (ba + length_bytes - 1) >> PAGE_BITS;

    if (__builtin_expect(r != NULL, 1))
        t->free = r->next;
    else
        r = range_node_fresh(t);
    r->head = r;
    r->more = NULL;
    r->sibling = NULL;
    r->ba = ba;
    r->length_bytes = length_bytes;
    r->offset = 0;
    r->owner = owner;
    r->live = true;
    r->bounced = r->stale = false;
    if (__builtin_expect(page == last, 1))
        range_block_link(t, r, (page << 6) + 1);
    else
        range_link_blocks(t, r, page, last + 1);
    return r;
}

static inline void range_forget(struct ranges *t, struct dma_range *r)
{
    if (__builtin_expect(r->more != NULL || ((r->key - 1) & 63), 0))
        range_forget_blocks(t, r);
    else
        range_block_unlink(t, r);
}

/* Ends the life of count ranges that are linked by sibling, from first to last (none live any more
 * by the caller's mark): they are the quarantine's from now on, and its oldest are forgotten. */
static inline void ranges_retire(struct ranges *t, struct dma_range *first, struct dma_range *last,
                                 uint32_t count)
{
    if (t->dead_tail)
        t->dead_tail->sibling = first;
    else
        t->dead_head = first;
    t->dead_tail = last;
    last->sibling = NULL;
    for (t->dead += count; t->dead > RANGE_DEAD_MAX; t->dead--) {
        struct dma_range *oldest = t->dead_head;

        t->dead_head = oldest->sibling;
        range_forget(t, oldest);
    }
}

/* Ends the life of one range. */
static inline void range_release(struct ranges *t, struct dma_range *r)
{
    r->live = false;
    ranges_retire(t, r, r, 1);
}

#endif
