/*
 * Bounce runs: memory that a device can reach, lent to a transfer whose own memory it cannot. A run
 * is contiguous for the device; in front of it and behind it lie tags and padding as Driver
 * Verifier lays them (0xE6/0x0F: tag "DmaVrfy0", padding 0x0F), and so does the slack of its first
 * and last page, so that a device that runs over the edge is noticed when the run is given back.
 *
 *     [guard page .. pad tag][data ......][tag pad .. guard page]
 */
#ifndef DMACHECK_SIM_CORE_BOUNCE_H
#define DMACHECK_SIM_CORE_BOUNCE_H

#include "sim/core/mem.h"

#define GUARD_TAG 0x3079667256616d44ull /* "DmaVrfy0" read as a little-endian number */
#define GUARD_TAG_BYTES 8u
#define GUARD_PAD 0x0fu
#define BOUNCE_CACHED_PAGES 64u /* runs up to so many pages are kept ready each length by itself */
#define BOUNCE_READY_MAX (BOUNCE_CACHED_PAGES + 32u) /* longer ones by the power of two */

struct bounce_part {
    uint64_t source; /* physical address in the buffer */
    uint32_t length_bytes;
    uint32_t at; /* offset in the run */
};

struct bounce {
    struct bounce *next; /* of the mapping; or of the ready ones */
    struct bounce *all;  /* every record ever made */
    enum mem_zone zone;
    uint32_t first_page; /* of the data, in memory */
    uint32_t pages;
    uint32_t start; /* offset of the first byte in the first page */
    uint64_t length_bytes;
    uint64_t offset; /* of the first byte in the transfer */
    struct bounce_part *parts;
    uint32_t part_count, part_capacity;
    uint32_t parts_bytes; /* of them all */
    uint32_t lent_to;     /* the owner of its last life, while it rests */
    bool padded;          /* it rests, and its pages are all padding */
};

struct bounce_ready {
    struct bounce *head, *tail;
};
struct bounce_pool {
    struct bounce_ready ready[MEM_ZONES][BOUNCE_READY_MAX + 1];
    struct bounce *records; /* without memory */
    struct bounce *all;
};

/* A run of span_pages(start, length_bytes) pages. NULL: no memory in that zone. */
struct bounce *bounce_alloc(struct sim *s, enum mem_zone zone, uint32_t start,
                            uint64_t length_bytes);
/* Looks at the guards (EV_GUARD of owner when damaged), then gives the run back. */
void bounce_free(struct sim *s, struct bounce *b, uint32_t owner);
void bounce_parts_grow(struct bounce *b, uint32_t count); /* to so many at least */
/* Room for so many parts, to be filled in by the caller, who then says how many they are. */
static inline struct bounce_part *bounce_parts_reserve(struct bounce *b, uint32_t count)
{
    if (__builtin_expect(count > b->part_capacity, 0))
        bounce_parts_grow(b, count);
    return b->parts;
}
/* The next piece of the buffer that the run stands for, in order. */
static inline void bounce_part_add(struct bounce *b, uint64_t source, uint32_t length_bytes)
{
    if (__builtin_expect(b->part_count == b->part_capacity, 0))
        bounce_parts_grow(b, b->part_count + 1);
    b->parts[b->part_count++] = (struct bounce_part) { source, length_bytes, b->parts_bytes };
    b->parts_bytes += length_bytes;
}
static inline uint8_t *bounce_data(const struct bounce *b)
{
    return (uint8_t *)mem_system(b->first_page) + b->start;
}
uint64_t bounce_pa(const struct sim *s,
                   const struct bounce *b); /* physical address of the first byte */
/* Copies [from, to) of the run; returns how many bytes. To the device: into the run. */
uint64_t bounce_copy(struct sim *s, const struct bounce *b, uint64_t from, uint64_t to,
                     bool to_device);
bool bounce_guards_hold(struct sim *s, const struct bounce *b, uint32_t owner);

/* The guards themselves, for common buffers too: pages before and behind [data, data + bytes). */
void guard_lay(uint8_t *data, uint64_t bytes, uint8_t *low, uint8_t *high);
bool guard_check(struct sim *s, uint8_t *data, uint64_t bytes, uint8_t *low, uint8_t *high,
                 uint32_t owner);

/* Looks at all runs that rest (EV_FREE_DAMAGED of whom they were lent to last). The others are looked
 * at when they are lent again. */
void bounce_check(struct sim *s);
void bounce_reset(struct sim *s); /* the memory is gone already; records go back */
void bounce_destroy(struct sim *s);

#endif
