/*
 * Spin locks that each agent holds, and where it took them.
 */
#ifndef DMACHECK_VERIFIER_TRACK_LOCK_H
#define DMACHECK_VERIFIER_TRACK_LOCK_H

#include "verifier/track/track.h"

#define LOCK_CANCEL UINT32_MAX /* the system's cancel spin lock, which has no object */

struct lock_held {
    uint32_t lock, site;
};

/* The last lock that this agent took since the callback began that ends now; NULL: none is left. */
const struct lock_held *track_lock_left(const struct track *t, uint16_t agent);

#endif
