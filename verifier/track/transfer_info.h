/*
 * What was last asked of each adapter with GetDmaTransferInfo.
 */
#ifndef DMACHECK_VERIFIER_TRACK_TRANSFER_INFO_H
#define DMACHECK_VERIFIER_TRACK_TRANSFER_INFO_H

#include "verifier/track/tracker.h"

struct transfer_info {
    uint32_t adapter, mdl, site;
    bool to_device; /* WriteOnly */
};

/* NULL: nothing was asked of this adapter. */
const struct transfer_info *transfer_info_of(const struct track *t, uint32_t adapter);

#endif
