/*
 * Two things become one: a thread does what another did, a file or an allocation serves for two. Only a few
 * are left when this is tried, so each pair is.
 */
#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "machine/shrink_private.h"

#define MERGE_MAX 16 /* things of a sort, beyond which there are too many pairs */

/* base without these ops, with the schedule at hand. */
static bool try_without(struct shrinker *s, bool *gone)
{
    bool done;

    draft_without(&s->trial, &s->base, gone);
    draft_copy_choices(&s->trial, s->now.choices, s->now.choice_count);
    done = shrink_try_scheduled(s);
    free(gone);
    return done;
}

static bool *nothing_gone(struct shrinker *s)
{
    bool *gone = calloc(s->now.op_count + 1, sizeof(*gone));

    must(gone);
    draft_copy(&s->base, &s->now);
    return gone;
}

/* --- allocations --- */

static uint64_t end_of_use(const struct draft *d, uint32_t alloc)
{
    uint64_t end = 0;

    for (size_t i = 0; i < d->buffer_count; i++)
        if (d->buffers[i].place == DM_PLACE_ALLOC && d->buffers[i].alloc == alloc &&
            d->buffers[i].at + d->buffers[i].bytes > end)
            end = d->buffers[i].at + d->buffers[i].bytes;
    return end;
}

/* The second's buffers lie in the first, which stays until the end. */
static bool merge_allocs(struct shrinker *s, size_t first, size_t second)
{
    uint32_t keep = s->now.ops[first].id, drop = s->now.ops[second].id;
    bool *gone = nothing_gone(s);
    struct draft *base = &s->base;

    for (size_t i = 0; i < base->buffer_count; i++)
        if (base->buffers[i].place == DM_PLACE_ALLOC && base->buffers[i].alloc == drop)
            base->buffers[i].alloc = keep;
    if (base->ops[first].a < end_of_use(base, keep))
        base->ops[first].a = end_of_use(base, keep);
    for (size_t i = 0; i < base->op_count; i++)
        gone[i] = i == second || (base->ops[i].kind == DM_OP_FREE &&
                                  (base->ops[i].on == keep || base->ops[i].on == drop));
    return try_without(s, gone);
}

/* --- files --- */

/* The later of the two closes closes it. */
static bool merge_files(struct shrinker *s, size_t first, size_t second)
{
    uint32_t keep = s->now.ops[first].id, drop = s->now.ops[second].id;
    bool *gone = nothing_gone(s);
    struct draft *base = &s->base;
    size_t close = base->op_count;

    gone[second] = true;
    for (size_t i = 0; i < base->op_count; i++) {
        struct dm_plan_op *op = &base->ops[i];

        if (draft_about(op) == SORT_FILE && op->on == drop)
            op->on = keep;
        if (op->kind != DM_OP_CLOSE || op->on != keep)
            continue;
        if (close < base->op_count)
            gone[close] = true;
        close = i;
    }
    return try_without(s, gone);
}

/* --- threads --- */

/* What the thread did is done where it was made, or where it was waited for. */
static void inline_thread(struct draft *d, size_t made, size_t at)
{
    struct dm_plan_op *ops = malloc((d->op_count + 1) * sizeof(*ops));
    uint16_t thread = (uint16_t)d->ops[made].id, by = d->ops[made].thread;
    size_t count = 0;

    must(ops);
    for (size_t i = 0; i < d->op_count; i++) {
        if (d->ops[i].thread != thread)
            ops[count++] = d->ops[i];
        for (size_t k = 0; i == at && k < d->op_count; k++)
            if (d->ops[k].thread == thread) {
                ops[count] = d->ops[k];
                ops[count++].thread = by;
            }
    }
    memcpy(d->ops, ops, count * sizeof(*ops));
    free(ops);
}

static bool is_join_of(const struct dm_plan_op *op, uint32_t thread)
{
    return op->kind == DM_OP_JOIN && op->on == thread;
}

static bool merge_thread(struct shrinker *s, size_t made, size_t at)
{
    uint32_t thread = s->now.ops[made].id;
    bool *gone = nothing_gone(s);

    inline_thread(&s->base, made, at);
    for (size_t i = 0; i < s->base.op_count; i++)
        gone[i] = is_join_of(&s->base.ops[i], thread) ||
                  (s->base.ops[i].kind == DM_OP_THREAD && s->base.ops[i].id == thread);
    return try_without(s, gone);
}

static bool merge_any_thread(struct shrinker *s)
{
    for (size_t i = 0; i < s->now.op_count && !s->spent; i++) {
        uint32_t thread = s->now.ops[i].id;

        if (s->now.ops[i].kind != DM_OP_THREAD)
            continue;
        if (merge_thread(s, i, i))
            return true;
        for (size_t k = i + 1; k < s->now.op_count && !s->spent; k++)
            if (is_join_of(&s->now.ops[k], thread) && s->now.ops[k].thread == s->now.ops[i].thread)
                return merge_thread(s, i, k);
    }
    return false;
}

/* --- all pairs --- */

/* Only within a thread: else nobody knows which of the two comes first. */
static bool merge_any_pair(struct shrinker *s, enum dm_plan_kind kind,
                           bool (*merge)(struct shrinker *s, size_t first, size_t second))
{
    const struct draft *now = &s->now;

    for (size_t i = 0; i < now->op_count; i++)
        for (size_t k = i + 1; k < now->op_count && now->ops[i].kind == kind; k++)
            if (now->ops[k].kind == kind && now->ops[k].thread == now->ops[i].thread && !s->spent &&
                merge(s, i, k))
                return true;
    return false;
}

static bool few(const struct shrinker *s, enum dm_plan_kind kind)
{
    size_t count = 0;

    for (size_t i = 0; i < s->now.op_count; i++)
        count += s->now.ops[i].kind == kind;
    return count <= MERGE_MAX;
}

bool shrink_merge(struct shrinker *s)
{
    bool smaller = false;

    while (few(s, DM_OP_THREAD) && merge_any_thread(s))
        smaller = true;
    while (few(s, DM_OP_OPEN) && merge_any_pair(s, DM_OP_OPEN, merge_files))
        smaller = true;
    while (few(s, DM_OP_ALLOC) && merge_any_pair(s, DM_OP_ALLOC, merge_allocs))
        smaller = true;
    return smaller;
}
