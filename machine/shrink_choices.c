/*
 * Fewer choices that leave the plain way: none at all, then whole sites, then agents, then one by one, and
 * last lower values. Fewest choices are fewest context switches. Faults are cut in the same way.
 */
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "machine/shrink_private.h"

bool shrink_plain(struct shrinker *s)
{
    if (!s->now.choice_count)
        return false;
    draft_copy(&s->trial, &s->now);
    s->trial.choice_count = 0;
    return shrink_try(s);
}

/* --- groups of choices --- */

struct thin {
    struct shrinker *s;
    const uint32_t *group; /* of each choice of base */
    bool smaller;
};

static bool without(void *ctx, const bool *gone)
{
    struct thin *t = ctx;
    const struct draft *base = &t->s->base;
    struct draft *trial = &t->s->trial;

    draft_copy(trial, base);
    trial->choice_count = 0;
    for (size_t i = 0; i < base->choice_count; i++)
        if (!gone[t->group[i]])
            trial->choices[trial->choice_count++] = base->choices[i];
    if (trial->choice_count == base->choice_count || !shrink_try(t->s))
        return false;
    t->smaller = true;
    return true;
}

/* What choices have in common that are taken away together. */
static uint64_t by_site(const struct choice_record *c, size_t index)
{
    (void)index;
    return c->site;
}
static uint64_t by_agent(const struct choice_record *c, size_t index)
{
    (void)index;
    return (uint64_t)c->site << 16 | c->agent;
}
static uint64_t by_itself(const struct choice_record *c, size_t index)
{
    (void)c;
    return index;
}

/* Groups are numbered in the order of their first choice. */
static size_t group(const struct draft *d, uint64_t (*key)(const struct choice_record *, size_t),
                    uint32_t *groups)
{
    uint64_t *keys = malloc((d->choice_count + 1) * sizeof(*keys));
    size_t count = 0;

    must(keys);
    for (size_t i = 0; i < d->choice_count; i++) {
        uint64_t wanted = key(&d->choices[i], i);
        size_t g = key == by_itself ? count : 0;

        while (g < count && keys[g] != wanted)
            g++;
        if (g == count)
            keys[count++] = wanted;
        groups[i] = (uint32_t)g;
    }
    free(keys);
    return count;
}

static bool thin(struct shrinker *s, uint64_t (*key)(const struct choice_record *, size_t))
{
    struct thin t = { .s = s };
    uint32_t *groups;
    size_t count;
    bool *gone;

    draft_copy(&s->base, &s->now);
    groups = malloc((s->base.choice_count + 1) * sizeof(*groups));
    gone = malloc(s->base.choice_count + 1);
    must(groups && gone);
    count = group(&s->base, key, groups);
    t.group = groups;
    ddmin(count, gone, without, &t);
    free(groups);
    free(gone);
    return t.smaller;
}

/* --- lower values --- */

static bool lower(struct shrinker *s, size_t at, uint32_t value)
{
    draft_copy(&s->trial, &s->now);
    s->trial.choices[at].value = value;
    return shrink_try(s);
}

/* A run that took a lower value may have drawn others after it: the index is looked at anew each time. */
static bool lower_values(struct shrinker *s)
{
    bool smaller = false;

    for (size_t i = 0; i < s->now.choice_count && !s->spent; i++) {
        uint32_t was = s->now.choices[i].value;

        if (was < 2)
            continue;
        if (lower(s, i, 1) || (was > 3 && lower(s, i, was / 2)))
            smaller = true;
    }
    return smaller;
}

bool shrink_choices(struct shrinker *s)
{
    bool smaller = shrink_plain(s);

    if (s->now.choice_count)
        smaller |= thin(s, by_site);
    if (s->now.choice_count && !s->spent)
        smaller |= thin(s, by_agent);
    if (s->now.choice_count && !s->spent)
        smaller |= thin(s, by_itself);
    if (!s->spent)
        smaller |= lower_values(s);
    return smaller;
}

/* --- faults --- */

static bool without_faults(void *ctx, const bool *gone)
{
    struct thin *t = ctx;
    const struct draft *base = &t->s->base;
    struct draft *trial = &t->s->trial;

    draft_copy(trial, base);
    draft_copy_choices(trial, t->s->now.choices, t->s->now.choice_count);
    trial->fault_count = 0;
    for (size_t i = 0; i < base->fault_count; i++)
        if (!gone[i])
            trial->faults[trial->fault_count++] = base->faults[i];
    if (!shrink_try_scheduled(t->s))
        return false;
    t->smaller = true;
    return true;
}

bool shrink_faults(struct shrinker *s)
{
    struct thin t = { .s = s };
    bool *gone;

    draft_copy(&s->base, &s->now);
    gone = malloc(s->base.fault_count + 1);
    must(gone);
    ddmin(s->base.fault_count, gone, without_faults, &t);
    free(gone);
    return t.smaller;
}
