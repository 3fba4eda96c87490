/*
 * The random walk: wherever somebody could go on, each has the same chance. What PCT is measured
 * against, and what is left where nothing is known of a bug.
 */
#include <stdlib.h>

#include "base/rng.h"
#include "sim/core/choice_strategy.h"

static bool walk_begin(struct choice_strategy *st, uint64_t run)
{
    st->run_seed = run ? rng_mix(st->seed ^ rng_mix(run)) : 0;
    st->points = 0;
    return true;
}

static void walk_again(struct choice_strategy *st) { st->points = 0; }

static uint32_t walk_take(struct choice_strategy *st, const struct choice_point *p)
{
    uint32_t value;

    if (!st->run_seed)
        return 0; /* the first run is the plain one */
    if (!p->who)
        return strategy_data(st, p);
    st->points++;
    if (strategy_settled(p, &value))
        return value;
    return rng_below(rng_mix(st->run_seed ^ rng_mix(st->points)), p->bound);
}

static void walk_destroy(struct choice_strategy *st) { free(st); }

struct choice_strategy *walk_create(uint64_t seed)
{
    struct choice_strategy *st = calloc(1, sizeof(*st));

    if (st)
        *st = (struct choice_strategy) { .name = "random",
                                         .begin = walk_begin,
                                         .again = walk_again,
                                         .take = walk_take,
                                         .destroy = walk_destroy,
                                         .seed = seed };
    return st;
}
