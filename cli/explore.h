/*
 * The parts of `dmacheck explore`: options, searching for a schedule, failing each resource once.
 */
#ifndef DMACHECK_CLI_EXPLORE_H
#define DMACHECK_CLI_EXPLORE_H

#include "cli/run.h"
#include "machine/explore.h"

enum explore_strategy { EXPLORE_RANDOM, EXPLORE_PCT, EXPLORE_DFS };

struct explore_verb {
    struct run_options run; /* driver, profile, scenario, seed and how findings are told */
    enum explore_strategy strategy;
    unsigned depth;
    uint64_t budget_runs, budget_seconds; /* 0: no such limit */
    uint64_t check_every;
    uint64_t seed;
    bool has_only, has_depth;
    uint64_t only; /* the number of the one run that is wanted */
    bool pin_data, keep_going;
    bool faults, list;
    const char *exclude, *log, *only_ids;
};

/* --- explore_options.c --- */
/* 0; DM_USAGE, with its line said; negative: help was asked for and printed. */
int explore_take_options(struct explore_verb *o, int argc, char **argv);

/* --- explore_tell.c --- */
/* Searches and puts what it finds into *r. An exit code. */
int explore_search(const struct explore_verb *o, struct dm_driver *d, struct report *r);

/* Where nothing was found the plain run stands for all. */
void explore_tell_plain(const struct explore_verb *o, struct dm_driver *d, struct report *r);

/* --- explore_search.c --- */
struct dm_machine *explore_machine(const struct explore_verb *o); /* NULL: said */
struct explore_found { /* a run that shows something new */
    uint64_t run;
    enum explore_news news;
    uint64_t fresh[EXPLORE_FRESH_MAX];
    unsigned fresh_count;
    char *token; /* malloc'd, or NULL */
    char trouble[1024];
};
struct explore_sum {
    uint64_t runs, points, checked;
    struct explore_found *found;
    unsigned found_count, found_room;
    bool exhausted, cut; /* dfs: all were run; there was no memory for all that wait */
    uint64_t levels[17]; /* dfs: schedules with so many preemptions */
};
/* What one process does: the runs that PCT learns from, then first, first + step ... *stop_at: no
 * run behind this number is wanted; whoever finds something there lowers it. */
void explore_loop(const struct explore_verb *o, struct dm_driver *d, uint64_t first, uint64_t step,
                  volatile uint64_t *stop_at, struct explore_sum *sum);
void explore_add_found(struct explore_sum *sum,
                       const struct explore_found *f); /* takes the token */

/* --- explore_jobs.c --- */
/* The same by o->run.jobs processes. An exit code. */
int explore_in_jobs(const struct explore_verb *o, struct dm_driver *d, struct explore_sum *sum);

/* --- explore_faults.c --- */
int explore_faults(const struct explore_verb *o, struct dm_driver *d, struct report *r);

#endif
