/*
 * dmacheck/replay.h: a recorded run in memory, to be given again. Its choices and faults go into a machine
 * through struct dm_options (recording), its inputs are a scenario of the driver or a plan (plan.h), and each
 * event is held against the recording while it happens.
 */
#ifndef DMACHECK_REPLAY_H
#define DMACHECK_REPLAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "include/dmacheck/machine.h" /* enum dm_check */

struct dm_recording;
struct trace_loaded; /* trace/load.h */

/* NULL: one line in message. A trace whose end is missing is taken as far as it goes, and message says
 * so; else message is "". */
struct dm_recording *dm_recording_load(const char *trace_path, char *message, size_t message_size);
void dm_recording_free(struct dm_recording *r);
const struct trace_loaded *dm_recording_trace(const struct dm_recording *r);
/* Its schedule as a token, to be freed by the caller; NULL: no memory. */
char *dm_recording_schedule(const struct dm_recording *r);
/* Whether this is the build that was recorded: its file has the recorded digest. */
bool dm_recording_is_of(const struct dm_recording *r, const struct dm_driver *d);

struct dm_comparison {
    bool made;          /* there was something to compare with */
    bool differs;       /* some event did */
    bool ends_early;    /* the recording has no end; what came behind it was not compared */
    uint64_t events;    /* compared and equal; RESYNC: that are the same operation */
    uint64_t first;     /* where they first differ, as an event's number */
    uint64_t missing;   /* RESYNC: recorded events that did not come */
    uint64_t added;     /* RESYNC: events that were not recorded */
    uint64_t changed;   /* RESYNC: the same operation on other objects or with other values */
    uint64_t realigned; /* RESYNC: how often */
    const char *text;   /* the first difference, like a diff, of several lines; "" */
};
/* Of the last run; lives until the next. */
const struct dm_comparison *dm_machine_comparison(const struct dm_machine *m);

/* Called before the event goes on that dm_options.break_at names: a place for a debugger's breakpoint. */
void dm_break_here(uint64_t event);

#endif
