/*
 * Pool blocks: of which kind, where they came from and where they went.
 */
#ifndef DMACHECK_VERIFIER_TRACK_POOL_H
#define DMACHECK_VERIFIER_TRACK_POOL_H

#include "verifier/track/track.h"

enum pool_type { POOL_TYPE_NONPAGED, POOL_TYPE_PAGED }; /* POOL's type; above: no pool blocks */

struct pool_record {
    struct objtab_head head;
    uint32_t site_allocated, site_freed;
    uint32_t tag, type;
    uint64_t va, length_bytes;
    bool by_driver; /* the driver asked for it; else the system did, for itself or for the driver */
    uint64_t unused[2]; /* a power of two */
};

const struct pool_record *track_pool(const struct track *t, uint32_t id); /* NULL: not known */
/* Calls each(ctx, record) for what lives. */
void track_pool_each(const struct track *t, void (*each)(void *ctx, void *row), void *ctx);

#endif
