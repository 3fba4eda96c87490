/*
 * The recorded DMA calls and device accesses of a trace once more, on any machine and without the driver
 * that made them: dmacheck replay --calls. Buffers have the recorded sizes and offsets in their pages, and
 * what a recorded call gave stands for what this machine gives for it.
 */
#ifndef DMACHECK_MACHINE_REISSUE_H
#define DMACHECK_MACHINE_REISSUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/core/profile.h"
#include "trace/load.h"
#include "verifier/verify.h"

#define REISSUE_NOTES_MAX 8

struct reissue_summary {
    uint64_t calls;    /* of DMA functions, in the trace */
    uint64_t issued;   /* of those */
    uint64_t refused;  /* that succeeded when recorded, and fail here */
    uint64_t granted;  /* the other way round */
    uint64_t skipped;  /* they depend on one that was refused, or on what the trace does not show */
    uint64_t accesses; /* of devices, in the trace */
    uint64_t accesses_left; /* to what nothing here stands for */
    uint64_t events, virtual_ns;
    char notes[REISSUE_NOTES_MAX][160]; /* of the first calls that went otherwise */
    unsigned note_count;
};

struct reissue;

/* Issues them all. NULL: one line in message. */
struct reissue *reissue_run(const struct trace_loaded *t, const struct profile *profile,
                            struct reissue_summary *summary, char *message, size_t size);
const struct verifier *reissue_verifier(const struct reissue *r);
struct site_depot *reissue_depot(struct reissue *r);
void reissue_free(struct reissue *r);

#endif
