/*
 * The parts of `dmacheck replay`: its options, and the recorded run beside those of now.
 */
#ifndef DMACHECK_CLI_REPLAY_H
#define DMACHECK_CLI_REPLAY_H

#include "cli/run.h"
#include "include/dmacheck/replay.h"
#include "reports/replay.h"
#include "trace/load.h"

struct replay_options {
    struct run_options run; /* what a run has, too */
    const char *trace;
    const char *driver;     /* --driver; NULL: the recorded one */
    const char *bug, *mend; /* NULL: as recorded */
    const char *divergence; /* --on-divergence; NULL: stop, or resync for another driver */
    bool plan, print_token;
    bool calls;        /* the recorded DMA calls, without a driver */
    bool other_driver; /* another driver, or other faults in it, was asked for */
};

/* --- replay_options.c --- */
/* 0; DM_USAGE, with its line said; negative: help was asked for and printed. */
int replay_take_options(struct replay_options *o, int argc, char **argv);

/* --- replay_calls.c --- */
int replay_calls(struct replay_options *o); /* an exit code */

/* --- replay_source.c: 0, or DM_USAGE with its line said --- */
/* What the recording says of how it was run; options win. */
void replay_take_header(struct replay_options *o, const struct trace_header *h);
int replay_check_debugger(const struct replay_options *o); /* that there is one to break into */
int replay_find_driver(const struct replay_options *o, struct dm_driver **d);
/* The inputs: the driver's scenario of that name (*plan stays NULL), or what the trace says of them. */
int replay_take_inputs(struct replay_options *o, const struct trace_header *h, struct dm_driver *d,
                       struct dm_plan **plan);
int replay_check_machine(const struct replay_options *o, const struct trace_header *h);

/* --- replay_sides.c --- */
/* The recorded run as a report of one run, judged by the rules again. */
void replay_judge_recorded(const struct dm_recording *rec, struct report *out);
/* Whether the recorded run failed an expectation of its scenario. */
bool replay_recorded_failure(const struct dm_recording *rec);
/* Begins the report's replay: the recorded side is gathered. */
struct report_replay *replay_sides_begin(const struct replay_options *o,
                                         const struct dm_recording *rec, struct dm_driver *d);
struct replay_side *replay_side_begin(const char *profile);
/* The run that was just made, with its side. recorded: as judged above; one: what the run gave. */
void replay_sides_add(struct report_replay *p, struct report *r, const struct report *recorded,
                      const struct report *one, struct replay_side *side);

#endif
