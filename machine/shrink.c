/*
 * The course of a reduction: what pays most comes first, and all of it again until nothing gets smaller.
 */
#include "machine/shrink.h"

#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "machine/calls.h"
#include "machine/shrink_private.h"

/* How many fresh schedules a smaller plan is given when the one at hand does not do. A small plan's runs
 * are cheap, and its schedules few. */
#define SEEDS_LARGE 2
#define SEEDS_SMALL 24
#define SMALL_OPS 24

void shrink_size_of(const struct shrink_case *c, struct shrink_size *size)
{
    const struct dm_plan *p = &c->plan;

    *size = (struct shrink_size) { .operations = calls_count(p),
                                   .faults = p->fault_count,
                                   .choices = c->choice_count,
                                   .threads = 1 };
    for (size_t i = 0; i < p->op_count; i++) {
        const struct dm_plan_op *op = &p->ops[i];

        size->threads += op->kind == DM_OP_THREAD;
        size->requests += draft_is_request(op);
        for (uint32_t b = 0; draft_is_request(op) && b < op->buffer_count; b++)
            size->bytes += p->buffers[op->buffer_first + b].bytes;
    }
    if (c->program)
        size->steps = shrink_steps(c->program);
}

uint8_t *shrink_block(struct shrinker *s, size_t bytes)
{
    struct block *b = malloc(sizeof(*b) + bytes);

    must(b);
    b->next = s->blocks;
    s->blocks = b;
    return b->bytes;
}

/* --- trying --- */

static bool within_budget(struct shrinker *s)
{
    if (s->options->runs_max && s->runs >= s->options->runs_max)
        s->spent = true;
    return !s->spent;
}

static void tell(struct shrinker *s)
{
    struct shrink_size size;
    struct shrink_case now;

    if (!s->options->go_on)
        return;
    draft_show(&s->now, &now);
    shrink_size_of(&now, &size);
    if (!s->options->go_on(s->options->ctx, &size, s->runs))
        s->spent = true;
}

/* One run of trial, by its own choices or by a seed. */
static bool ask(struct shrinker *s, uint64_t seed)
{
    struct shrink_taken taken = { 0 };
    struct shrink_case c;
    bool same;

    if (!within_budget(s))
        return false;
    draft_show(&s->trial, &c);
    c.seed = seed;
    s->runs++;
    same = s->oracle->same(s->oracle->ctx, &c, &taken);
    if (same) {
        struct draft old = s->now;

        draft_copy_choices(&s->trial, taken.choices, taken.choice_count);
        s->now = s->trial;
        s->trial = old;
    }
    tell(s);
    return same;
}

bool shrink_try(struct shrinker *s) { return ask(s, 0); }

bool shrink_try_scheduled(struct shrinker *s)
{
    unsigned seeds = s->trial.op_count > SMALL_OPS ? SEEDS_LARGE : SEEDS_SMALL;

    if (ask(s, 0))
        return true;
    if (!s->scheduled)
        return false;
    draft_copy_choices(&s->trial, NULL, 0);
    if (ask(s, 0))
        return true;
    for (unsigned i = 0; i < seeds && !s->spent; i++)
        if (ask(s, ++s->seeds))
            return true;
    return false;
}

/* --- the course --- */

/* Whether the case shows it at all; its choices are from then on those that were drawn. */
static bool is_there(struct shrinker *s, const struct shrink_case *from)
{
    draft_take(&s->trial, from);
    return ask(s, 0);
}

static void course(struct shrinker *s)
{
    bool more = true;

    shrink_plain(s);
    while (more && !s->spent) {
        s->scheduled = s->now.choice_count > 0;
        more = shrink_ops(s);
        more |= shrink_merge(s);
        more |= shrink_program(s);
        more |= shrink_faults(s);
        more |= shrink_choices(s);
        more |= shrink_bytes(s);
        more |= shrink_times(s);
    }
}

void shrink(struct shrunk *out, const struct shrink_case *from, const struct shrink_oracle *oracle,
            const struct shrink_options *options)
{
    struct shrinker *s = calloc(1, sizeof(*s));

    must(s);
    s->oracle = oracle;
    s->options = options;
    *out = (struct shrunk) { .end = SHRINK_NOT_THERE, .made_by = s };
    if (is_there(s, from)) {
        course(s);
        draft_show(&s->now, &out->best);
        out->end = s->spent ? SHRINK_BUDGET : SHRINK_DONE;
    }
    out->runs = s->runs;
}

void shrink_free(struct shrunk *out)
{
    struct shrinker *s = out->made_by;

    if (!s)
        return;
    draft_free(&s->now);
    draft_free(&s->trial);
    draft_free(&s->base);
    while (s->blocks) {
        struct block *next = s->blocks->next;

        free(s->blocks);
        s->blocks = next;
    }
    free(s);
    *out = (struct shrunk) { 0 };
}
