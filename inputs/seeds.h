/*
 * First inputs for a driver of which only the surface is known: each of its control codes as it expects to be
 * called, and reads and writes.
 */
#ifndef DMACHECK_INPUTS_SEEDS_H
#define DMACHECK_INPUTS_SEEDS_H

#include "inputs/surface.h"

#define SEED_NAME_MAX (SURFACE_NAME_MAX + 16)

/* The index-th one: its bytes in room, its name; returns 0 when there are no more. */
size_t seed(const struct surface *s, unsigned index, uint8_t *to, size_t room,
            char name[SEED_NAME_MAX]);

#endif
