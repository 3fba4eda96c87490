/*
 * Strategies: sources of the choice stream that decide as a search does, run after run. The first
 * run of each is its plain one; a strategy that can come to an end says so. Who goes next is asked
 * with the names of those who could; everything else (placement, splits, a device's pace: data) is
 * drawn from a seed of the run or pinned to 0.
 *
 * Whatever a strategy says, nobody is passed over for longer than a machine's worst stall, and a
 * loop that only waits gives way in the order of time: else a device would starve behind a driver
 * that polls it.
 */
#ifndef DMACHECK_SIM_CORE_CHOICE_STRATEGY_H
#define DMACHECK_SIM_CORE_CHOICE_STRATEGY_H

#include "sim/core/choice.h"

#define STALL_MAX_NS 1000000ull /* 1 ms: what firmware or a hypervisor takes a processor away for */

struct choice_point {
    enum choice_site site;
    uint16_t agent;
    uint32_t nth, bound, one_in;
    const struct choice_who *who; /* NULL: it is no question of who goes on */
};

struct choice_strategy {
    const char *name;
    /* A run begins: its number counts from 0. false: there is nothing left to try. */
    bool (*begin)(struct choice_strategy *st, uint64_t run);
    void (*again)(struct choice_strategy *st); /* the last one begins once more */
    uint32_t (*take)(struct choice_strategy *st, const struct choice_point *p);
    void (*destroy)(struct choice_strategy *st);
    uint64_t seed;     /* of all runs */
    uint64_t run_seed; /* of the run at hand: what is drawn comes from it */
    uint64_t points;   /* who goes next: asked so often in the run at hand */
    bool pin_data;     /* what is no question of who goes next stays plain */
    bool diverged;     /* a run that was begun as before did not go as before */
};

/* The first runs of PCT count points: the plain one, and those of priorities that never fall. They
 * come before any other run, in order. */
#define STRATEGY_LEARNS 16

/* A random walk: each who that could go on has the same chance. */
struct choice_strategy *walk_create(uint64_t seed);
/*
 * PCT, probabilistic concurrency testing: random priorities, of which `depth` - 1 fall at random
 * points. A bug that needs `depth` orderings is found by a run with a chance of at least
 * 1 / (n k^(depth - 1)), for n agents and k points. k is the most that one of the first
 * STRATEGY_LEARNS runs had.
 * Source: Burckhardt, Kothari, Musuvathi, Nagarakatte: A Randomized Scheduler with Probabilistic
 * Guarantees of Finding Bugs. ASPLOS 2010.
 */
struct choice_strategy *pct_create(uint64_t seed, unsigned depth);
/*
 * All schedules with at most so many preemptions, fewest first: whoever runs goes on until it
 * waits, unless it is preempted; where it waits, each who that could go on is tried.
 * Source: Musuvathi, Qadeer: Iterative Context Bounding for Systematic Testing of Multithreaded
 * Programs. PLDI 2007.
 */
struct choice_strategy *tree_create(unsigned preemptions);
/* Schedules with exactly so many preemptions that have been run, and that are known and wait. */
void tree_progress(const struct choice_strategy *st, unsigned preemptions, uint64_t *run,
                   uint64_t *waiting);
/* Memory for what waits had an end: the space is not exhausted. */
bool tree_is_cut(const struct choice_strategy *st);

static inline void strategy_destroy(struct choice_strategy *st)
{
    if (st)
        st->destroy(st);
}

/* What all do with what is no question of who goes on. */
static inline uint32_t strategy_data(const struct choice_strategy *st, const struct choice_point *p)
{
    return st->pin_data ? 0 : choice_of_seed(st->run_seed, p);
}

/* Where no strategy decides: there is but one to go on, a choice has just been made, a stall has to
 * end, a loop waits. */
static inline bool strategy_settled(const struct choice_point *p, uint32_t *value)
{
    const struct choice_who *who = p->who;
    uint32_t count = 0;

    *value = 0;
    if (who->agent[0] == CHOICE_NOBODY || who->waits || who->stalled_ns > STALL_MAX_NS)
        return true;
    for (uint32_t i = 0; i < p->bound; i++)
        if (who->agent[i] != CHOICE_NOBODY) {
            count++;
            *value = i;
        }
    if (who->fresh && who->running < p->bound)
        *value = who->running;
    return count < 2 || who->fresh;
}

#endif
