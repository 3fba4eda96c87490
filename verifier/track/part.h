/*
 * Which parts of a list a device was told of, and in what order: what its descriptors say, held against
 * the list. Of the lists of a run the last PARTS_MAX are remembered.
 */
#ifndef DMACHECK_VERIFIER_TRACK_PART_H
#define DMACHECK_VERIFIER_TRACK_PART_H

#include "verifier/track/tracker.h"

#define PARTS_MAX 64
#define PART_SPANS_MAX 12 /* separate stretches; more: the list is not judged */

struct part_span {
    uint64_t from, to;
};
struct part {
    uint32_t sgl, mdl, engine, doorbell;
    bool lost; /* not to be judged: too many stretches; several engines or several lists have it */
    unsigned count;
    uint64_t length_bytes;                  /* of the list */
    struct part_span spans[PART_SPANS_MAX]; /* in order, apart from each other */
};
struct parts {
    unsigned used; /* ever; the newest is (used - 1) % PARTS_MAX */
    struct part rows[PARTS_MAX];
};

extern const struct tracker tracker_part;
/* NULL: no device was told of it, or it is long forgotten. */
const struct part *track_part(const struct track *t, uint32_t sgl);
uint64_t part_covered_bytes(const struct part *p);
/* Whether [offset, +bytes) is new and lies before something that was told earlier. */
bool part_goes_back(const struct part *p, uint64_t offset, uint64_t bytes);
/* Whether a device was told (DEV_PART) of memory that several lists have: then it may be any of them. */
bool part_is_shared(const struct track *t, const struct event *e);

#endif
