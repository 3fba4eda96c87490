/*
 * The performance counter as a driver last saw it.
 */
#ifndef DMACHECK_VERIFIER_TRACK_COUNTER_H
#define DMACHECK_VERIFIER_TRACK_COUNTER_H

#include "verifier/track/track.h"

struct counter_seen {
    uint64_t ticks;
    uint64_t ns;   /* virtual time */
    uint32_t site; /* 0: nobody has asked yet, or nobody of the driver */
};
const struct counter_seen *track_counter(const struct track *t);

#endif
