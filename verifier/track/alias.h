/*
 * MDLs that stand for one another: a partial MDL and its source, the MDLs of one chain. What becomes
 * of one while the other is mapped becomes of the mapping.
 */
#ifndef DMACHECK_VERIFIER_TRACK_ALIAS_H
#define DMACHECK_VERIFIER_TRACK_ALIAS_H

#include "verifier/track/track.h"

/* How far a mapping's MDL is from the one that is asked for. */
enum alias_reach {
    ALIAS_ITSELF, /* that MDL, or one of its chain */
    ALIAS_PARTS   /* also what IoBuildPartialMdl made of it, at any remove */
};

/* A live mapping of this MDL; NULL: none. */
const struct mapping *alias_mapping_of(const struct track *t, uint32_t mdl, enum alias_reach reach);
/* A live mapping of an MDL of this request, or of the MDL that it ended with. */
const struct mapping *alias_mapping_of_irp(const struct track *t, uint32_t irp, uint32_t mdl);
/* A live mapping of an MDL whose buffer meets [va, va + length_bytes). */
const struct mapping *alias_mapping_at(const struct track *t, uint64_t va, uint64_t length_bytes);

#endif
