/*
 * PCT: whoever has the highest priority goes on. Each agent gets a random one where it is first
 * met; at each of `depth` - 1 points, drawn among as many as one of the first runs had, the one
 * that would go on falls below all others, and among those that have fallen the later point's order
 * is drawn too. An agent that only waits falls lower still, or it would turn for ever while the one
 * that it waits for stands.
 */
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "base/rng.h"
#include "sim/core/choice_strategy.h"

#define AGENTS 1024           /* agents beyond share by number */
#define WAITING (1ull << 32)  /* below it: those who waited, the latest lowest */
#define FALLEN (1ull << 40)   /* from here: those who fell at a point */
#define STANDING (1ull << 63) /* from here: all others */
#define DEPTH_MAX 16

struct pct {
    struct choice_strategy st;
    unsigned depth;
    bool falls;      /* the run at hand has points where priorities fall */
    uint64_t points; /* the most that one of the first runs had: k */
    uint64_t change_at[DEPTH_MAX], falls_to[DEPTH_MAX];
    uint64_t waited;           /* how many have fallen for waiting */
    uint64_t priority[AGENTS]; /* 0: not met in this run */
};

/* Points and their order, drawn anew for each run. Two may fall together, as in the paper. */
static void changes_draw(struct pct *t)
{
    uint64_t seed = t->st.run_seed;

    for (unsigned i = 0; i + 1 < t->depth; i++) {
        t->change_at[i] = 1 + rng_mix(seed ^ rng_mix(1000 + i)) % (t->points ? t->points : 1);
        t->falls_to[i] = FALLEN + i;
    }
    for (unsigned i = t->depth - 1; i > 1; i--) { /* Fisher and Yates */
        unsigned k = rng_below(rng_mix(seed ^ rng_mix(2000 + i)), i);
        uint64_t swap = t->falls_to[i - 1];

        t->falls_to[i - 1] = t->falls_to[k];
        t->falls_to[k] = swap;
    }
}

static void pct_again(struct choice_strategy *st)
{
    struct pct *t = (struct pct *)st;

    st->points = 0;
    t->waited = 0;
    memset(t->priority, 0, sizeof(t->priority));
}

static bool pct_begin(struct choice_strategy *st, uint64_t run)
{
    struct pct *t = (struct pct *)st;

    if (run && run <= STRATEGY_LEARNS && st->points > t->points)
        t->points = st->points; /* of the run before this one */
    st->run_seed = run ? rng_mix(st->seed ^ rng_mix(run)) : 0;
    pct_again(st);
    t->falls = run >= STRATEGY_LEARNS;
    if (t->falls)
        changes_draw(t);
    return true;
}

static uint64_t *priority_of(struct pct *t, uint16_t agent)
{
    uint64_t *p = &t->priority[agent % AGENTS];

    if (!*p && agent != CHOICE_NOBODY)
        *p = STANDING | rng_mix(t->st.run_seed ^ rng_mix(3000 + agent % AGENTS)) >> 1;
    return p;
}

static uint32_t highest(struct pct *t, const struct choice_point *p)
{
    uint32_t best = 0;

    for (uint32_t i = 1; i < p->bound; i++)
        if (*priority_of(t, p->who->agent[i]) > *priority_of(t, p->who->agent[best]))
            best = i;
    return best;
}

static uint32_t pct_take(struct choice_strategy *st, const struct choice_point *p)
{
    struct pct *t = (struct pct *)st;
    uint32_t value;

    if (!p->who)
        return st->run_seed ? strategy_data(st, p) : 0;
    if (st->run_seed && p->who->waits && p->who->running < p->bound)
        *priority_of(t, p->who->agent[p->who->running]) = WAITING - ++t->waited;
    if (strategy_settled(p, &value))
        return value;
    st->points++;
    if (!st->run_seed)
        return 0; /* the first run is the plain one */
    for (unsigned i = 0; t->falls && i + 1 < t->depth; i++)
        if (t->change_at[i] == st->points)
            *priority_of(t, p->who->agent[highest(t, p)]) = t->falls_to[i];
    return highest(t, p);
}

static void pct_destroy(struct choice_strategy *st) { free(st); }

struct choice_strategy *pct_create(uint64_t seed, unsigned depth)
{
    struct pct *t = calloc(1, sizeof(*t));

    must(depth >= 1 && depth <= DEPTH_MAX);
    if (!t)
        return NULL;
    t->st = (struct choice_strategy) { .name = "pct",
                                       .begin = pct_begin,
                                       .again = pct_again,
                                       .take = pct_take,
                                       .destroy = pct_destroy,
                                       .seed = seed };
    t->depth = depth;
    return &t->st;
}
