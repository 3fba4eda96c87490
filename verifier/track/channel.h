/*
 * Requests of version 1 for a channel: whether the last one of a device object is still on its way, or
 * its AdapterControl is running. There is room for one in each device object (its wait block).
 */
#ifndef DMACHECK_VERIFIER_TRACK_CHANNEL_H
#define DMACHECK_VERIFIER_TRACK_CHANNEL_H

#include "verifier/track/track.h"

struct channel_asked {
    uint32_t device_object;
    uint32_t site;  /* of the request */
    uint16_t asker; /* agents: who asked, and who runs the routine */
    uint16_t runner;
    bool waits;  /* AdapterControl is still to come */
    bool inside; /* it runs */
};

/* NULL: none was ever made for it. */
const struct channel_asked *channel_asked_of(const struct track *t, uint32_t device_object);

#endif
