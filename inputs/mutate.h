/*
 * Inputs out of inputs, record by record, for a fuzzer: what comes out is whole records again. Whoever knows
 * how to change plain bytes (libFuzzer's LLVMFuzzerMutate) does so with payloads.
 */
#ifndef DMACHECK_INPUTS_MUTATE_H
#define DMACHECK_INPUTS_MUTATE_H

#include "inputs/surface.h"

struct mutator {
    uint64_t seed;
    const struct surface *surface; /* whose codes and lengths are interesting */
    /* Changes size bytes in a room of max; returns how many there are then. */
    size_t (*payload)(uint8_t *data, size_t size, size_t max);
};

/* Changes the input in place: size bytes in a room of max. Returns its bytes. */
size_t mutate(const struct mutator *m, uint8_t *data, size_t size, size_t max);
/* The beginning of one and the end of another. */
size_t mutate_cross(const struct mutator *m, const uint8_t *a, size_t a_bytes, const uint8_t *b,
                    size_t b_bytes, uint8_t *out, size_t max);

#endif
