/*
 * The loop's body: one run, what is new in it, and the same once more. A finding is known by its
 * rule and its places; who is told of it again hears nothing new.
 */
#include "machine/explore.h"

#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "base/rng.h"
#include "machine/private.h"
#include "sim/core/choice_strategy.h"

#define RUN_CPU_SECONDS 120 /* a loop that never calls Windows ends here */
#define WATCH_EVERY 256     /* the alarm is set anew so often */

struct explorer {
    struct explore_options o;
    uint64_t hash; /* over the events of the run at hand */
    struct schedule schedule;
    bool keeps, forgot; /* its changes are kept; there was no memory for them */
    char *token;
    uint64_t *known; /* findings */
    size_t known_count, known_room;
    uint64_t checked, watched;
};

/* --- listening --- */

static void hash_event(void *ctx, const struct event *e)
{
    struct explorer *x = ctx;
    uint64_t words[sizeof(*e) / 8], h = x->hash;

    memcpy(words, e, sizeof(words));
    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
        h = (h ^ words[i]) * 0x9e3779b97f4a7c15u;
    x->hash = h ^ h >> 29;
    if (x->keeps && e->kind == EV_CHOICE)
        x->forgot |=
            !schedule_change(&x->schedule, &(struct choice_record) {
                                               (uint16_t)e->obj, e->agent, (uint32_t)e->a[0],
                                               (uint32_t)e->a[1], (uint32_t)e->a[2] });
}

static void run_heard(struct explorer *x, struct dm_result *result)
{
    struct trace *t = &x->o.machine->s->trace;

    x->hash = 0;
    must(trace_attach(t, hash_event, x) == 0);
    dm_machine_run(x->o.machine, x->o.driver, x->o.scenario, result);
    trace_detach(t, x);
}

/* --- what is new --- */

static uint64_t hash_text(uint64_t h, const char *text)
{
    for (; text && *text; text++)
        h = (h ^ (uint8_t)*text) * 0x100000001b3u;
    return rng_mix(h);
}

static uint64_t finding_hash(const struct dm_finding *f)
{
    uint64_t h = hash_text(1, f->rule);

    for (unsigned i = 0; i < f->site_count; i++)
        for (unsigned k = 0; k < f->sites[i].frame_count; k++)
            h = hash_text(h ^ f->sites[i].frames[k].line, f->sites[i].frames[k].file);
    return h;
}

static bool is_new(struct explorer *x, uint64_t hash, struct explore_run *r)
{
    for (size_t i = 0; i < x->known_count; i++)
        if (x->known[i] == hash)
            return false;
    if (x->known_count == x->known_room) {
        x->known_room = x->known_room ? x->known_room * 2 : 16;
        x->known = realloc(x->known, x->known_room * sizeof(*x->known));
        must(x->known);
    }
    x->known[x->known_count++] = hash;
    if (r->fresh_count < EXPLORE_FRESH_MAX)
        r->fresh[r->fresh_count++] = hash;
    return true;
}

static bool shows_news(struct explorer *x, struct explore_run *r)
{
    struct dm_machine *m = x->o.machine;
    bool any = false;

    for (unsigned i = 0; i < dm_finding_count(m); i++)
        any |= is_new(x, finding_hash(dm_finding(m, i)), r);
    if (r->result.expectations_failed)
        any |= is_new(x, hash_text(2, r->result.first_failure), r);
    if (m->s->bugcheck_code && !dm_finding_count(m))
        any |= is_new(x, rng_mix(3 ^ m->s->bugcheck_code), r);
    return any;
}

/* --- a run --- */

static void watch(struct explorer *x)
{
    if (x->watched++ % WATCH_EVERY == 0)
        dm_watchdog(RUN_CPU_SECONDS);
}

static bool same_result(const struct dm_result *a, const struct dm_result *b)
{
    return a->exit == b->exit && a->events == b->events && a->virtual_ns == b->virtual_ns &&
           a->choices_hash == b->choices_hash && a->settled_hash == b->settled_hash &&
           a->findings == b->findings;
}

/* Once more, with its schedule kept. heard: the first time was heard as well, and every event is compared. */
static bool comes_again(struct explorer *x, const struct dm_result *first, bool heard)
{
    struct choice_strategy *st = x->o.strategy;
    uint64_t hash = x->hash, points = st->points;
    struct dm_result again;

    x->checked++;
    schedule_free(&x->schedule);
    x->keeps = true;
    st->again(st);
    run_heard(x, &again);
    x->keeps = false;
    return same_result(first, &again) && (!heard || hash == x->hash) && points == st->points &&
           !st->diverged;
}

static enum explore_news judge(struct explorer *x, struct explore_run *r)
{
    if (r->result.exit == DM_BUDGET)
        return EXPLORE_NO_VERDICT;
    if (r->result.exit > DM_FINDINGS)
        return EXPLORE_BROKEN;
    if (x->o.strategy->diverged)
        return EXPLORE_DIVERGED;
    return r->result.exit == DM_FINDINGS && shows_news(x, r) ? EXPLORE_NEW : EXPLORE_NOTHING;
}

enum explore_news explorer_run(struct explorer *x, uint64_t number, struct explore_run *out)
{
    struct choice_strategy *st = x->o.strategy;
    bool checks = x->o.check_every && number % x->o.check_every == 0;
    enum explore_news news;

    *out = (struct explore_run) { .run = number };
    if (!st->begin(st, number))
        return EXPLORE_EXHAUSTED;
    watch(x);
    if (checks)
        run_heard(x, &out->result);
    else
        dm_machine_run(x->o.machine, x->o.driver, x->o.scenario, &out->result);
    out->points = st->points;
    news = judge(x, out);
    if ((news == EXPLORE_NEW || news == EXPLORE_NO_VERDICT || (checks && !news)) &&
        !comes_again(x, &out->result, checks))
        news = EXPLORE_DIVERGED;
    free(x->token);
    x->token = NULL;
    if ((news == EXPLORE_NEW || news == EXPLORE_NO_VERDICT) && !x->forgot)
        x->token = schedule_token(&x->schedule);
    out->token = x->token;
    return news;
}

void explorer_forget(struct explorer *x) { x->known_count = 0; }

uint64_t explorer_checked(const struct explorer *e) { return e->checked; }

struct explorer *explorer_create(const struct explore_options *o)
{
    struct explorer *x = calloc(1, sizeof(*x));

    if (!x)
        return NULL;
    x->o = *o;
    dm_machine_strategy(o->machine, o->strategy);
    return x;
}

void explorer_destroy(struct explorer *x)
{
    if (!x)
        return;
    dm_watchdog(0);
    dm_machine_strategy(x->o.machine, NULL);
    schedule_free(&x->schedule);
    free(x->token);
    free(x->known);
    free(x);
}
