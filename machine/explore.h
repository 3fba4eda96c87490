/*
 * Exploring: one machine runs one scenario again and again while a strategy
 * (sim/core/choice_strategy.h) decides what could go either way. Each run that shows something new
 * is named by its schedule; some are run twice, and must be the same.
 */
#ifndef DMACHECK_MACHINE_EXPLORE_H
#define DMACHECK_MACHINE_EXPLORE_H

#include "include/dmacheck/machine.h"

struct choice_strategy;
struct explorer;

struct explore_options {
    struct dm_machine *machine; /* the caller's, as the next three */
    struct dm_driver *driver;
    const char *scenario;
    struct choice_strategy *strategy;
    uint64_t
        check_every; /* each so manieth run is run twice; 0: none but those that show something */
};

enum explore_news {
    EXPLORE_NOTHING,    /* a run like others */
    EXPLORE_NEW,        /* it has a finding that no run before it had */
    EXPLORE_NO_VERDICT, /* it ended at the limit of steps or of time */
    EXPLORE_DIVERGED,   /* run again, it was another run */
    EXPLORE_BROKEN,     /* the simulator failed, or the run could not be made */
    EXPLORE_EXHAUSTED   /* nothing is left to run: none was */
};

#define EXPLORE_FRESH_MAX 16 /* of one run; further findings are of no other run's concern */

struct explore_run {
    uint64_t run; /* its number, from 0 */
    struct dm_result result;
    /* What is new in it, each as one number: the same rule at the same places has the same. */
    uint64_t fresh[EXPLORE_FRESH_MAX];
    unsigned fresh_count;
    uint64_t points; /* where who goes next was asked */
    char *token; /* of EXPLORE_NEW and EXPLORE_NO_VERDICT: its schedule; lives until the next run */
};

struct explorer *explorer_create(const struct explore_options *o); /* NULL: no memory */
void explorer_destroy(struct explorer *e);
/* The run of this number; PCT's first ones come in order and before all others. The findings of an
 * EXPLORE_NEW are the machine's. */
enum explore_news explorer_run(struct explorer *e, uint64_t number, struct explore_run *out);
/* What was found so far is new again. */
void explorer_forget(struct explorer *e);
uint64_t explorer_checked(const struct explorer *e); /* runs that were run twice */

/* From here on the machine's choices are the strategy's; NULL: its options' again. */
void dm_machine_strategy(struct dm_machine *m, struct choice_strategy *st);

#endif
