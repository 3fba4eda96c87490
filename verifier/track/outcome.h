/*
 * How requests for DMA came out, where not as asked: refused, empty, or mapped in part. What becomes of
 * the buffer afterwards tells whether the driver has looked.
 */
#ifndef DMACHECK_VERIFIER_TRACK_OUTCOME_H
#define DMACHECK_VERIFIER_TRACK_OUTCOME_H

#include "verifier/track/tracker.h"

/* The last request about an MDL that came to nothing. */
struct outcome {
    uint32_t mdl; /* 0: the place is free */
    uint32_t adapter, site, api;
    uint32_t mapregs;                 /* that it takes, where it was refused */
    uint32_t last_list, last_mapregs; /* numbers: what was mapped later has higher ones */
    uint32_t status;                  /* 0: it came empty */
};

/* The last map that was shorter than asked, of a map register file. */
struct short_map {
    uint32_t mapregs, site;
    uint64_t ba, wanted_bytes, mapped_bytes;
};

/* Of an MDL that nothing came of since: it was neither mapped later, nor can the CPU have moved the data
 * through a system mapping. NULL: there is none. */
const struct outcome *outcome_of(const struct track *t, uint32_t mdl);
/* A channel was refused to this agent, and it was given none since. NULL: no. */
const struct outcome *outcome_of_channel(const struct track *t, uint16_t agent);
/* Whether an MDL, or a part of it, was ever given to DMA or mapped for the CPU, as far as is known. */
bool outcome_touched(const struct track *t, uint32_t mdl);
const struct short_map *outcome_short_map(const struct track *t, uint32_t mapregs); /* or NULL */

#endif
