/*
 * The things of a plan that a written test has variables for.
 */
#include <stdlib.h>

#include "base/must.h"
#include "machine/calls.h"
#include "machine/shrink_private.h"
#include "machine/to_test_private.h"

static struct thing *find(const struct names *n, unsigned sort, uint32_t id)
{
    for (size_t i = 0; i < n->thing_count; i++)
        if (n->things[i].sort == sort && n->things[i].id == id)
            return (struct thing *)&n->things[i];
    return NULL;
}

const struct thing *names_find(const struct names *n, unsigned sort, uint32_t id)
{
    return find(n, sort, id);
}

bool names_vain(const struct names *n, const struct dm_plan_op *op)
{
    unsigned about = draft_about(op);

    if (about && about != SORT_DEVICE && !find(n, about, op->on))
        return true;
    for (uint32_t b = 0; b < op->buffer_count && op->kind != DM_OP_FILE; b++) {
        const struct dm_plan_buffer *buffer = &n->plan->buffers[op->buffer_first + b];

        if (buffer->place == DM_PLACE_ALLOC && !find(n, SORT_ALLOC, buffer->alloc))
            return true;
    }
    return false;
}

static void use(struct names *n, unsigned sort, uint32_t id, const struct dm_plan_op *by, size_t at)
{
    struct thing *t = find(n, sort, id);

    if (!t)
        return;
    t->used = true;
    if (by->thread != t->thread || at < t->made)
        t->shared = true;
}

static void use_all(struct names *n)
{
    const struct dm_plan *p = n->plan;

    for (size_t i = 0; i < p->op_count; i++) {
        const struct dm_plan_op *op = &p->ops[i];

        use(n, draft_about(op), op->on, op, i);
        for (uint32_t b = 0; b < op->buffer_count; b++)
            if (p->buffers[op->buffer_first + b].place == DM_PLACE_ALLOC)
                use(n, SORT_ALLOC, p->buffers[op->buffer_first + b].alloc, op, i);
    }
}

static bool is_end(const struct dm_plan_op *op)
{
    return op->kind == DM_OP_CLOSE || op->kind == DM_OP_RELEASE || op->kind == DM_OP_FREE;
}

/* What is used once more after it was given back. */
static void share_what_outlives(struct names *n)
{
    const struct dm_plan *p = n->plan;

    for (size_t i = 0; i < p->op_count; i++)
        for (size_t k = i + 1; k < p->op_count && is_end(&p->ops[i]); k++) {
            struct thing *t = find(n, draft_about(&p->ops[i]), p->ops[i].on);

            if (t && draft_about(&p->ops[k]) == t->sort && p->ops[k].on == t->id)
                t->shared = true;
        }
}

/* Whether it is only sent if something is there. */
static bool is_sent_with_care(const struct names *n, const struct dm_plan_op *op)
{
    const struct thing *t = find(n, SORT_FILE, op->on);
    bool care = t && t->shared;

    for (uint32_t b = 0; b < op->buffer_count; b++) {
        const struct dm_plan_buffer *buffer = &n->plan->buffers[op->buffer_first + b];

        t = buffer->place == DM_PLACE_ALLOC ? find(n, SORT_ALLOC, buffer->alloc) : NULL;
        care |= t && t->shared;
    }
    return care;
}

/* A file that cannot be opened ends its thread if nothing else is open there; of others each user asks. */
static void care_for_files(struct names *n)
{
    for (size_t i = 0; i < n->thing_count; i++) {
        struct thing *t = (struct thing *)&n->things[i];

        if (t->sort != SORT_FILE || !t->used)
            continue;
        t->first = !t->shared;
        for (size_t k = 0; k < i; k++)
            if (n->things[k].sort == SORT_FILE && n->things[k].thread == t->thread &&
                n->things[k].used)
                t->first = false;
        t->shared |= !t->first;
    }
    for (size_t i = 0; i < n->thing_count; i++) {
        struct thing *t = (struct thing *)&n->things[i];

        if (t->sort == SORT_REQUEST)
            t->shared |= t->used && is_sent_with_care(n, &n->plan->ops[t->made]);
    }
}

/* Requests that are never sent are no things either. */
static void drop_vain(struct names *n)
{
    struct thing *things = (struct thing *)n->things;
    size_t kept = 0;

    for (size_t i = 0; i < n->thing_count; i++)
        if (things[i].sort != SORT_REQUEST || !names_vain(n, &n->plan->ops[things[i].made]))
            things[kept++] = things[i];
    n->thing_count = kept;
}

void names_take(struct names *n, const struct dm_plan *p)
{
    struct thing *things = calloc(p->op_count + 1, sizeof(*things));

    must(things);
    *n = (struct names) { .plan = p, .things = things };
    for (size_t i = 0; i < p->op_count; i++) {
        unsigned sort = draft_makes(&p->ops[i]);

        /* A request that is waited for in its call has no name. */
        if (sort && sort != SORT_DEVICE && !calls_waits(p, i))
            things[n->thing_count++] = (struct thing) {
                .sort = (uint16_t)sort, .id = p->ops[i].id, .made = i, .thread = p->ops[i].thread
            };
    }
    drop_vain(n);
    use_all(n);
    share_what_outlives(n);
    care_for_files(n);
}

void names_free(struct names *n) { free((void *)n->things); }
