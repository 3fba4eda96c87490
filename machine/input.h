/*
 * Inputs: what the requester does is said as it happens, and recorded whole, so that a trace holds all
 * that a run was given: requests with their bytes, cancels, power, removal.
 */
#ifndef DMACHECK_MACHINE_INPUT_H
#define DMACHECK_MACHINE_INPUT_H

#include "machine/private.h"

enum input_kind {
#define INPUT(kind, word) INPUT_##kind,
#include "trace/inputs.def"
#undef INPUT
    INPUT_COUNT
};

/* A plain act: the object it is about and up to two numbers whose names come with them. */
void input_say(struct dm_run *r, enum input_kind kind, uint32_t obj, const char *name, uint64_t value,
               const char *second, uint64_t second_value);
/* An open by name; the name is given as the scenario gave it. */
void input_open_name(struct dm_run *r, uint32_t file, const char *name, unsigned access);
/* A request, with its bytes: in full, or as the pattern that dm_fill wrote there. Returns its index. */
uint64_t input_request(struct dm_run *r, uint32_t file, const struct host_io *io);
/* dm_fill's note of what lies where, so that a large payload is one line. */
void input_filled(struct dm_run *r, const void *p, size_t bytes, uint64_t pattern);

#endif
