/*
 * Pages, alignment and the three kinds of address. Mixing the three is the very bug that dmacheck
 * hunts in others, so each is a type of its own.
 */
#ifndef DMACHECK_BASE_BITS_H
#define DMACHECK_BASE_BITS_H

#include <stdbool.h>
#include <stdint.h>

#define PAGE_BYTES 4096u
#define PAGE_BITS 12
#define PAGE_OFFSET(v) ((uint32_t)((v) & (PAGE_BYTES - 1)))

/* clang-format off */
struct va { uint64_t v; }; /* what the CPU sees, as a region offset (trace/event.h): no host pointer */
struct pa { uint64_t v; }; /* physical: page frame number << 12 | offset */
struct ba { uint64_t v; }; /* bus address: what a device sees; Windows says "logical address" */
/* clang-format on */

static inline uint64_t align_up(uint64_t v, uint64_t a) { return (v + a - 1) & ~(a - 1); }
static inline uint64_t align_down(uint64_t v, uint64_t a) { return v & ~(a - 1); }

/* Pages touched by length bytes at an address with this offset (Windows:
 * ADDRESS_AND_SIZE_TO_SPAN_PAGES). */
static inline uint64_t span_pages(uint64_t address, uint64_t length_bytes)
{
    return (PAGE_OFFSET(address) + length_bytes + PAGE_BYTES - 1) >> PAGE_BITS;
}

static inline uint64_t min_u64(uint64_t a, uint64_t b) { return a < b ? a : b; }
static inline uint64_t max_u64(uint64_t a, uint64_t b) { return a > b ? a : b; }

#endif
