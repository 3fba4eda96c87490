/*
 * Ranges: which bus addresses belong to whom, now and a while ago. Every logical run that a driver
 * maps is a range with the object that owns it. A released range stays for some time as history (the
 * quarantine), so that a device that touches it too late can be told whose it was.
 *
 * A range is indexed by the aligned power-of-two blocks of pages that it consists of: one block for a
 * page, at most two dozen for 16 MiB. Adding and releasing cost the same with one range live or with
 * 100,000; looking up asks once for each block size in use.
 */
#ifndef DMACHECK_SIM_CORE_RANGE_H
#define DMACHECK_SIM_CORE_RANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bits.h"

#define RANGE_BUCKET_BITS 16
#define RANGE_DEAD_MAX 4096   /* released ranges that are remembered; beyond: the oldest is forgotten */
#define RANGE_CHUNK 1024
#define RANGE_CHUNKS_MAX 4096 /* 4 million blocks; reached: must() */
#define RANGE_LEVELS 40

struct dma_range {
    struct dma_range *next, **back; /* in its bucket */
    uint64_t key;                   /* page >> level << 6 | level, plus 1; 0: not indexed */
    struct dma_range *head;         /* the range that this block belongs to: itself, if the first */
    struct dma_range *more;         /* further blocks of the range */
    struct dma_range *sibling;      /* next range of its mapping; once released: next in quarantine */
    uint64_t ba, length_bytes;
    uint64_t offset;                /* of its first byte in the transfer's buffer */
    uint32_t owner;                 /* object id */
    bool live, bounced;
};

struct ranges {
    struct dma_range **buckets;
    struct dma_range *chunks[RANGE_CHUNKS_MAX];
    uint32_t used;                  /* blocks ever taken since reset */
    uint32_t live;
    struct dma_range *free;
    struct dma_range *dead_head, *dead_tail;
    uint32_t dead;
    uint64_t levels;                /* bit n: some block of 2^n pages */
    uint32_t level_count[RANGE_LEVELS];
};

int ranges_create(struct ranges *t);
void ranges_reset(struct ranges *t);
void ranges_destroy(struct ranges *t);
/* length_bytes > 0. */
struct dma_range *range_add(struct ranges *t, uint64_t ba, uint64_t length_bytes, uint32_t owner);
/* Ends its life; the record belongs to the quarantine from now on. */
void range_release(struct ranges *t, struct dma_range *r);
/* The range that holds this address: a live one if there is one, else the one released last. NULL. */
const struct dma_range *range_find(const struct ranges *t, uint64_t ba);

#endif
