/*
 * Searching for a schedule: the loop over a strategy's runs, with its budget and its progress.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/must.h"
#include "cli/explore.h"
#include "sim/core/choice_strategy.h"

#define FOUND_MAX 1000 /* runs that show something new; then the search ends */
#define LINE_SECONDS 5 /* between two lines of progress */
#define LOOK_EVERY 64  /* runs between two looks at the clock */

static uint64_t seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec;
}

static struct choice_strategy *make_strategy(const struct explore_verb *o)
{
    struct choice_strategy *st = o->strategy == EXPLORE_RANDOM ? walk_create(o->seed)
                                 : o->strategy == EXPLORE_PCT  ? pct_create(o->seed, o->depth)
                                                               : tree_create(o->depth);

    must(st);
    st->pin_data |= o->pin_data;
    return st;
}

struct dm_machine *explore_machine(const struct explore_verb *o)
{
    struct dm_options options = { .profile = o->run.profile,
                                  .verify = true,
                                  .races = !o->run.no_races };
    char message[512] = "";
    struct dm_machine *m = dm_machine_create(&options, message, sizeof message);

    if (!m)
        cli_wrong("%s", message);
    return m;
}

void explore_add_found(struct explore_sum *sum, const struct explore_found *f)
{
    if (sum->found_count == sum->found_room) {
        sum->found_room = sum->found_room ? sum->found_room * 2 : 8;
        sum->found = realloc(sum->found, sum->found_room * sizeof *sum->found);
        must(sum->found);
    }
    sum->found[sum->found_count++] = *f;
}

static void add_run(struct explore_sum *sum, const struct explore_run *r, enum explore_news news)
{
    struct explore_found f = { .run = r->run,
                               .news = news,
                               .fresh_count = r->fresh_count,
                               .token = r->token ? strdup(r->token) : NULL };

    memcpy(f.fresh, r->fresh, sizeof f.fresh);
    snprintf(f.trouble, sizeof f.trouble, "%s", r->result.first_failure);
    explore_add_found(sum, &f);
}

static void say_progress(const struct explore_verb *o, const struct explore_sum *sum,
                         uint64_t begun, uint64_t *said)
{
    uint64_t now = seconds();

    if (now - *said < LINE_SECONDS || o->run.outputs.style.verbosity < 0)
        return;
    *said = now;
    fprintf(stderr, "dmacheck: explore: %" PRIu64 " runs, %" PRIu64 " a second, %u found\n",
            sum->runs, sum->runs / (now - begun ? now - begun : 1), sum->found_count);
}

static uint64_t learns_of(const struct explore_verb *o)
{
    return o->strategy == EXPLORE_PCT ? STRATEGY_LEARNS : 0;
}

/* The run of the number that is next, or, of one that is wanted alone, first those that PCT learns from. */
static uint64_t number_of(const struct explore_verb *o, uint64_t first, uint64_t step, uint64_t i)
{
    uint64_t learns = learns_of(o);

    if (o->has_only)
        return i < learns && i < o->only ? i : o->only;
    return i < learns ? i : learns + first + (i - learns) * step;
}

static void take_levels(const struct choice_strategy *st, struct explore_sum *sum)
{
    uint64_t waiting;

    for (unsigned i = 0; i < sizeof sum->levels / sizeof *sum->levels; i++)
        tree_progress(st, i, &sum->levels[i], &waiting);
    sum->cut = tree_is_cut(st);
}

/* Whether the search goes on behind this run. */
static bool goes_on(const struct explore_verb *o, enum explore_news news, uint64_t number,
                    const struct explore_sum *sum)
{
    if (news == EXPLORE_BROKEN || news == EXPLORE_DIVERGED || sum->found_count >= FOUND_MAX)
        return false;
    if (o->has_only)
        return number != o->only;
    return news == EXPLORE_NOTHING || o->keep_going;
}

void explore_loop(const struct explore_verb *o, struct dm_driver *d, uint64_t first, uint64_t step,
                  volatile uint64_t *stop_at, struct explore_sum *sum)
{
    struct choice_strategy *st = make_strategy(o);
    struct dm_machine *m = explore_machine(o);
    struct explorer *x =
        m ? explorer_create(&(struct explore_options) { m, d, o->run.scenario, st, o->check_every })
          : NULL;
    uint64_t begun = seconds(), said = begun;
    bool more = x != NULL;

    for (uint64_t i = 0; more; i++) {
        uint64_t number = number_of(o, first, step, i);
        struct explore_run r;
        enum explore_news news;

        if ((o->budget_runs && number >= o->budget_runs && !o->has_only) || number > *stop_at)
            break;
        if (o->budget_seconds && i % LOOK_EVERY == 0 && seconds() - begun >= o->budget_seconds)
            break;
        if (o->has_only)
            explorer_forget(x); /* what the runs before it showed is its own as well */
        news = explorer_run(x, number, &r);
        sum->exhausted = news == EXPLORE_EXHAUSTED;
        if (sum->exhausted)
            break;
        if (!first || number >= learns_of(o)) { /* the first process counts what each does */
            sum->runs++;
            sum->points += r.points;
        }
        if (news != EXPLORE_NOTHING && (!o->has_only || number == o->only))
            add_run(sum, &r, news);
        more = goes_on(o, news, number, sum);
        if (!more && number < *stop_at)
            *stop_at = number;
        if (i % LOOK_EVERY == 0)
            say_progress(o, sum, begun, &said);
    }
    sum->checked = x ? explorer_checked(x) : 0;
    if (o->strategy == EXPLORE_DFS)
        take_levels(st, sum);
    explorer_destroy(x);
    if (m)
        dm_machine_destroy(m);
    strategy_destroy(st);
}
