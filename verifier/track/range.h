/*
 * Who owns (or last owned) a bus address. A range is cut into aligned blocks of 2^level pages, so
 * that entering one costs at most 2 log2(pages) and a page of a long range is found as fast as a
 * page of a short one. Left ranges stay, as quarantine, until newer ones need their place.
 */
#ifndef DMACHECK_VERIFIER_TRACK_RANGE_H
#define DMACHECK_VERIFIER_TRACK_RANGE_H

#include <stdbool.h>
#include <stdint.h>

#define RANGE_WAYS 4

struct range_entry {
    uint64_t key;        /* first page of the block << 6 | level */
    uint64_t start, end; /* of the whole range, bytes */
    uint32_t owner;
    uint32_t stamp; /* order of entering << 1 | live; 0: empty */
};
struct range_set {
    uint32_t epoch;      /* the set is empty unless this is the index's epoch */
    uint16_t overflowed; /* an entry went on to the next set */
    uint16_t turn;       /* the way to write next: after the one that was written last */
    struct range_entry ways[RANGE_WAYS];
};
struct range_index {
    struct range_set *sets;
    uint32_t mask, epoch, stamp, live;
    uint64_t levels; /* one bit for each level that was used, and the pages' own */
};

int track_range_create(struct range_index *x, unsigned bits);
void track_range_destroy(struct range_index *x);
void track_range_reset(struct range_index *x);
void track_range_enter(struct range_index *x, uint64_t start, uint64_t length_bytes,
                       uint32_t owner);
void track_range_leave(struct range_index *x, uint64_t start, uint64_t length_bytes,
                       uint32_t owner);
/* The owner of the byte at this bus address: of a live range, or else of the range that left last.
 * 0: nobody is known. *live says which. */
uint32_t track_range_owner(const struct range_index *x, uint64_t address, bool *live);
/* How many bytes from an address on are this owner's without a gap. */
uint64_t track_range_run(const struct range_index *x, uint64_t address, uint32_t owner);
/* Whether the byte is mapped for somebody else as well: two requests over one buffer, on a machine
 * where bus addresses are physical ones. Whose mapping a device uses cannot be told there. */
bool track_range_shared(const struct range_index *x, uint64_t address, uint32_t owner);
/* Who those are, at most max of them; how many. */
unsigned track_range_others(const struct range_index *x, uint64_t address, uint32_t owner,
                            uint32_t *others, unsigned max);

#endif
