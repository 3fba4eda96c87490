/*
 * The parts of `dmacheck run`: options, one run, many runs, what only many runs can show.
 */
#ifndef DMACHECK_CLI_RUN_H
#define DMACHECK_CLI_RUN_H

#include "cli/cli.h"
#include "cli/telling.h"
#include "include/dmacheck/machine.h"
#include "include/dmacheck/scenario.h"
#include "verifier/rule.h"

#define RUN_PROFILES_MAX 256
#define RUN_PROGRAMS_MAX 1024
#define RUN_LAST 16 /* events of the flight recorder, where nobody says how many */
#define RUN_LAST_UNSAID UINT32_MAX
#define RUN_LAST_BYTES 65536 /* of the text of one finding's */

struct dm_comparison;
struct dm_plan;
struct dm_program;
struct replay_side;

struct run_program { /* of --program */
    const char *path;
    struct dm_program *program; /* NULL: not read yet */
    struct dm_input input;
};

struct run_options {
    const char *driver;
    const char *profile;  /* NAME, a path, or "all"; NULL: not given */
    const char *scenario; /* NULL: all */
    const char *record, *record_dir;
    const char *choices;
    const char *schedule;                 /* a token or @FILE */
    const struct dm_recording *recording; /* a replay's; NULL: none */
    enum dm_check check;                  /* how it is held against that */
    bool has_until, has_break;
    uint64_t until, break_at;
    const char *repro; /* the command that shows it again; NULL: it is composed */
    unsigned last;     /* events shown with a finding; RUN_LAST_UNSAID: nobody said how many */
    const char *mend;  /* faults of a case, or "all" */
    uint64_t seed_first, seed_last;
    bool seed_given;
    uint64_t jobs, findings_max, steps_max, payload_max;
    uint32_t fault_one_in, fault_nth;
    char fault_point[32];
    uint64_t fault_value;
    int bug, fail_on;
    bool coverage;
    bool bugcheck, no_races, all_samples;
    struct run_program *programs;
    unsigned program_count;
    bool readiness; /* the question is whether the driver survives DMA remapping */
    struct cli_known known;
    struct cli_outputs outputs;
};

/* One run. */
struct run_item {
    const char *scenario, *profile;
    uint64_t seed;
    const struct run_program *program; /* NULL: none */
    struct timeline *timeline;         /* gathers what happens; NULL: nobody looks */
    /* Of a replay: */
    const struct dm_plan *plan;       /* in the place of the scenario; NULL: the scenario */
    struct replay_side *side;         /* gathered; NULL: nobody looks */
    struct dm_comparison *comparison; /* what came of it; NULL: nobody asks */
};

/* --- run_options.c --- */
/* 0; DM_USAGE, with its line said; negative: help was asked for and printed. */
int run_take_options(struct run_options *o, int argc, char **argv);

/* --- run_program.c --- */
/* One more FILE. */
int run_program_add(struct run_options *o, const char *path);
/* Reads them all; 0, or DM_USAGE with its line said. */
int run_programs_read(struct run_options *o);
void run_programs_free(struct run_options *o);
/* The one that a run in a report was handed; NULL: none. */
const struct run_program *run_program_of(const struct run_options *o, const struct report_run *run);

/* --- run_one.c --- */
/* Runs it and puts the one run with its findings into *out (report_init is done here). */
void run_one(const struct run_options *o, struct dm_driver *d, const struct run_item *item,
             bool first, struct report *out);
/* A finding of the machine's last run; gives its index in the report. repro, last: NULL: as the
 * report makes it; nobody looks. */
unsigned run_add_finding(struct report *out, unsigned run, const struct run_item *item,
                         const char *repro, const char *last, const struct dm_finding *f);
void run_merge(struct report *into, const struct report *one);

/* --- expectation.c --- */
/* failure: as the machine says it, "FILE:LINE: expected: WHAT" or other words; repro, last: as in a report's
 * finding, or NULL. */
void run_add_expectation(struct report *out, unsigned run, const struct run_item *item,
                         const char *failure, const char *repro, const char *last);

/* --- run_jobs.c --- */
/* All items, in order, over o->jobs processes; merges into *r as they are in items. */
int run_all(const struct run_options *o, struct dm_driver *d, const struct run_item *items,
            unsigned count, struct report *r);

/* --- story.c --- */
/* Repeats the runs that a page shows; plan: in the place of their scenario, or NULL. */
void run_tell_story(const struct run_options *o, struct dm_driver *d, const struct dm_plan *plan,
                    struct report *r);

/* --- run_rules.c: findings that no event shows --- */
extern const struct rule *const run_rules[]; /* NULL at the end */
extern const struct rule rule_expectation_failed, rule_profile_differential;
/* Equal scenario and seed must give requesters the same on every profile. */
void run_compare_profiles(struct report *r);

/* --- run_samples.c --- */
int run_samples(const struct run_options *o, const char *const *profiles, unsigned profile_count);

/* --- run.c --- */
int run_driver(const struct run_options *o, const char *name, const char *const *profiles,
               unsigned profile_count, struct report *r);
/* --- readiness.c --- */
/* Machines that remap, and two that do not. */
int run_readiness_profiles(const char **profiles, unsigned *count);
int run_readiness_verdict(const struct report *r); /* an exit code */
bool run_is_watched(const struct run_options *o);  /* runs say what they exercise */

/* --- run.c --- */
int run_verdict(const struct run_options *o, const struct report *r);
/* The profiles by name; a wrong one is told before anything runs. */
int run_take_profiles(const struct run_options *o, const char **profiles, unsigned *count);
/* What was found, held against what is known, and written. Returns an exit code. */
int run_judge(const struct run_options *o, struct report *r, unsigned profile_count);
/* What a finding's repro line needs besides driver, profile, schedule, scenario and program. */
const char *run_repro_options(const struct run_options *o, struct report *r);

#endif
