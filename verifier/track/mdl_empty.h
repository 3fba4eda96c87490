/*
 * MDLs that nobody has filled: made by IoAllocateMdl, and neither built nor locked since.
 */
#ifndef DMACHECK_VERIFIER_TRACK_MDL_EMPTY_H
#define DMACHECK_VERIFIER_TRACK_MDL_EMPTY_H

#include "verifier/track/tracker.h"

extern const struct tracker tracker_mdl_empty;
bool mdl_is_empty(const struct track *t, uint32_t mdl);

#endif
