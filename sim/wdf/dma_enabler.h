/*
 * What dma_enabler.c offers the functions that drivers call (dma_enabler_api.c).
 */
#ifndef DMACHECK_SIM_WDF_DMA_ENABLER_H
#define DMACHECK_SIM_WDF_DMA_ENABLER_H

#include "sim/wdf/dma.h"

extern const struct fx_class enabler_class;
/* From a checked configuration to an enabler that its device knows; on failure, what was obtained goes
 * with the object. */
NTSTATUS enabler_set_up(struct fx *f, struct fx_enabler *e, const WDF_DMA_ENABLER_CONFIG *c);
NTSTATUS enabler_system_set_up(struct fx *f, struct fx_enabler *e,
                               const WDF_DMA_SYSTEM_PROFILE_CONFIG *c, WDF_DMA_DIRECTION direction);

#endif
