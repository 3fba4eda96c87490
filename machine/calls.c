/*
 * Which ops of a plan are one call together: a request, a wait for it without a limit, perhaps a note that
 * its outcome is settled, and its release, with nothing of its thread between them.
 */
#include "machine/calls.h"

#include <stdlib.h>

#include "base/must.h"

static bool is_request(const struct dm_plan_op *op)
{
    return op->kind == DM_OP_READ || op->kind == DM_OP_WRITE || op->kind == DM_OP_IOCTL;
}

/* The next op of the same thread; op_count: there is none. */
static size_t next_of_thread(const struct dm_plan *p, size_t at)
{
    size_t i = at + 1;

    while (i < p->op_count && p->ops[i].thread != p->ops[at].thread)
        i++;
    return i;
}

static bool is_about(const struct dm_plan *p, size_t at, enum dm_plan_kind kind, uint32_t request)
{
    return at < p->op_count && p->ops[at].kind == kind && p->ops[at].on == request;
}

/* Fills at[] with the ops of the call; how many they are, 0: it is none. */
static size_t waited_call(const struct dm_plan *p, size_t first, size_t at[4])
{
    size_t count = 0, i = next_of_thread(p, first);
    uint32_t id = p->ops[first].id;

    if (!is_request(&p->ops[first]) || calls_chain(&p->ops[first]))
        return 0;
    at[count++] = first;
    if (!is_about(p, i, DM_OP_WAIT, id) || p->ops[i].a != UINT64_MAX)
        return 0;
    at[count++] = i;
    i = next_of_thread(p, i);
    if (is_about(p, i, DM_OP_SETTLED, id)) {
        at[count++] = i;
        i = next_of_thread(p, i);
    }
    if (!is_about(p, i, DM_OP_RELEASE, id))
        return 0;
    at[count++] = i;
    return count;
}

bool calls_chain(const struct dm_plan_op *op)
{
    return op->kind != DM_OP_IOCTL && (op->b || op->buffer_count > 1);
}

bool calls_waits(const struct dm_plan *p, size_t at)
{
    size_t ops[4];

    return waited_call(p, at, ops) > 0;
}

void calls_fold(const struct dm_plan *p, bool *inside)
{
    for (size_t i = 0; i < p->op_count; i++)
        inside[i] = false;
    for (size_t i = 0; i < p->op_count; i++) {
        size_t ops[4], count = waited_call(p, i, ops);

        for (size_t k = 1; k < count; k++)
            inside[ops[k]] = true;
    }
}

size_t calls_count(const struct dm_plan *p)
{
    bool *inside = malloc(p->op_count + 1);
    size_t count = 0;

    must(inside);
    calls_fold(p, inside);
    for (size_t i = 0; i < p->op_count; i++)
        count += !inside[i] && p->ops[i].kind != DM_OP_CHOOSE;
    free(inside);
    return count;
}
