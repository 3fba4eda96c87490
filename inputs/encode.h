/*
 * From a plan to bytes that decode to much the same: seeds for a fuzzer, out of what scenarios do. What an
 * input cannot say is left out: names of files, registry values, devices that are plugged, generated
 * contents of control requests; only the first DECODE_RECORDS_MAX records are written.
 */
#ifndef DMACHECK_INPUTS_ENCODE_H
#define DMACHECK_INPUTS_ENCODE_H

#include "include/dmacheck/plan.h"
#include "inputs/surface.h"

/* Returns how many bytes of room it took. */
size_t encode(const struct dm_plan *p, const struct surface *surface, uint32_t profile, uint8_t *to,
              size_t room);

#endif
