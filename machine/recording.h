/*
 * A recording as the machine takes it (include/dmacheck/replay.h): the loaded trace, and those of its events
 * that decide a run.
 */
#ifndef DMACHECK_MACHINE_RECORDING_H
#define DMACHECK_MACHINE_RECORDING_H

#include "include/dmacheck/machine.h"
#include "include/dmacheck/plan.h"
#include "include/dmacheck/replay.h"
#include "sim/core/choice.h"
#include "trace/load.h"

struct dm_recording {
    struct trace_loaded *trace;
    struct choice_record *choices; /* those that were not 0 */
    size_t choice_count;
    struct dm_plan_fault *faults; /* never NULL, so that an empty list is one */
    size_t fault_count;
    struct {
        char point[32]; /* "": none by name */
        uint32_t nth, one_in;
        uint64_t value;
    } planned; /* what was to fail: a machine watches for that, whatever failed of it */
    struct dm_input *given; /* what the scenario was handed */
    unsigned given_count;
};

/* Whether the run's end was recorded. */
bool recording_is_whole(const struct dm_recording *r);
/* The machine draws its choices from it: those that it has, and 0 for all others. */
int recording_apply(struct sim *s, const struct dm_recording *r);

void recording_plan(const struct dm_recording *r, struct dm_options *o);

/* --- given.c --- */
bool given_load(struct dm_recording *r, const char *path, char *message, size_t size);
void given_free(struct dm_recording *r);

#endif
