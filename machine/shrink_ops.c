/*
 * Fewer operations: threads first, with all that they do, then files, then requests and acts, each with
 * what hangs on it, then what stands alone. A request keeps the wait without a limit and the release that
 * it has, a file its close, a thread its join: the smaller run is one that a careful program could make,
 * so that a mended driver has nothing to answer for.
 */
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "machine/shrink_private.h"

enum level { LEVEL_THREADS, LEVEL_FILES, LEVEL_REQUESTS, LEVEL_SINGLE, LEVEL_COUNT };

struct cut {
    struct shrinker *s;
    const size_t *roots; /* ops of s->base */
    size_t root_count;
    bool *gone; /* by op */
    bool smaller;
};

/* Whether a buffer of a request lies in this allocation. */
static bool is_used(const struct draft *d, const struct dm_plan_op *alloc)
{
    for (size_t i = 0; i < d->op_count; i++)
        for (uint32_t b = 0; b < d->ops[i].buffer_count; b++) {
            const struct dm_plan_buffer *buffer = &d->buffers[d->ops[i].buffer_first + b];

            if (buffer->place == DM_PLACE_ALLOC && buffer->alloc == alloc->id)
                return true;
        }
    return false;
}

/* Whether a later wait without a limit makes this one needless. */
static bool waits_again(const struct draft *d, size_t at)
{
    for (size_t i = at + 1; i < d->op_count; i++)
        if (d->ops[i].kind == DM_OP_WAIT && d->ops[i].on == d->ops[at].on &&
            d->ops[i].a == UINT64_MAX)
            return true;
    return false;
}

static enum level level_of(const struct draft *d, size_t at)
{
    const struct dm_plan_op *op = &d->ops[at];

    switch (op->kind) {
    case DM_OP_THREAD:
        return LEVEL_THREADS;
    case DM_OP_OPEN:
    case DM_OP_PLUG:
        return LEVEL_FILES;
    case DM_OP_READ:
    case DM_OP_WRITE:
    case DM_OP_IOCTL:
    case DM_OP_START:
    case DM_OP_STOP:
    case DM_OP_REMOVE:
    case DM_OP_SURPRISE:
    case DM_OP_POWER:
    case DM_OP_SYSTEM_POWER:
    case DM_OP_REGISTRY:
    case DM_OP_FILE:
        return LEVEL_REQUESTS;
    case DM_OP_ALLOC:
        return is_used(d, op) ? LEVEL_COUNT : LEVEL_SINGLE;
    case DM_OP_WAIT:
        return op->a != UINT64_MAX || waits_again(d, at) ? LEVEL_SINGLE : LEVEL_COUNT;
    case DM_OP_CANCEL:
    case DM_OP_SETTLED:
    case DM_OP_FREE:
    case DM_OP_SLEEP:
    case DM_OP_CHOOSE:
        return LEVEL_SINGLE;
    }
    return LEVEL_COUNT; /* close, release, join: they stay with what they end */
}

static bool without(void *ctx, const bool *gone_roots)
{
    struct cut *c = ctx;
    const struct draft *base = &c->s->base;

    memset(c->gone, 0, base->op_count * sizeof(*c->gone));
    for (size_t i = 0; i < c->root_count; i++)
        c->gone[c->roots[i]] = gone_roots[i];
    draft_close(base, c->gone);
    draft_without(&c->s->trial, base, c->gone);
    draft_copy_choices(&c->s->trial, c->s->now.choices, c->s->now.choice_count);
    if (!shrink_try_scheduled(c->s))
        return false;
    c->smaller = true;
    return true;
}

static bool cut_level(struct shrinker *s, enum level level)
{
    struct cut c = { .s = s };
    size_t count = 0, *roots;
    bool *gone_roots;

    draft_copy(&s->base, &s->now);
    roots = malloc((s->base.op_count + 1) * sizeof(*roots));
    gone_roots = malloc(s->base.op_count + 1);
    c.gone = malloc(s->base.op_count + 1);
    must(roots && gone_roots && c.gone);
    for (size_t i = 0; i < s->base.op_count; i++)
        if (level_of(&s->base, i) == level)
            roots[count++] = i;
    c.roots = roots;
    c.root_count = count;
    ddmin(count, gone_roots, without, &c);
    free(roots);
    free(gone_roots);
    free(c.gone);
    return c.smaller;
}

bool shrink_ops(struct shrinker *s)
{
    bool smaller = false;

    for (enum level level = LEVEL_THREADS; level < LEVEL_COUNT && !s->spent; level++)
        smaller |= cut_level(s, level);
    return smaller;
}
