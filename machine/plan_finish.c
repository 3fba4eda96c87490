/*
 * Ends for what a plan begins. Where its run hung nobody gets there; with a mended driver somebody does, and
 * must leave nothing behind that the driver would have to answer for.
 */
#include "machine/plan_finish.h"

#include <stdlib.h>
#include <string.h>

#include "base/must.h"
#include "machine/calls.h"
#include "machine/shrink_private.h"

bool plan_unfinished(const struct trace_loaded *t)
{
    for (size_t i = 0; i < t->event_count; i++)
        if (t->events[i].kind == EV_PHASE && t->events[i].a[0] == PHASE_SCENARIO_END)
            return false;
    return true;
}

struct ends {
    const struct dm_plan *plan;
    struct dm_plan_op *ops;
    size_t count;
};

static bool has(const struct dm_plan *p, enum dm_plan_kind kind, uint32_t on, bool for_ever)
{
    for (size_t i = 0; i < p->op_count; i++)
        if (p->ops[i].kind == kind && p->ops[i].on == on &&
            (!for_ever || p->ops[i].a == UINT64_MAX))
            return true;
    return false;
}

static void add(struct ends *e, enum dm_plan_kind kind, const struct dm_plan_op *begun, uint64_t a)
{
    e->ops[e->count++] = (struct dm_plan_op) {
        .kind = (uint16_t)kind, .thread = begun->thread, .on = begun->id, .a = a
    };
}

static void end_request(struct ends *e, const struct dm_plan_op *op)
{
    if (!draft_is_request(op))
        return;
    if (!has(e->plan, DM_OP_WAIT, op->id, true))
        add(e, DM_OP_WAIT, op, UINT64_MAX);
    if (!has(e->plan, DM_OP_RELEASE, op->id, false))
        add(e, DM_OP_RELEASE, op, 0);
}

struct dm_plan_op *plan_finish(struct dm_plan *p)
{
    struct ends e = { .plan = p, .count = p->op_count };

    e.ops = malloc((3 * p->op_count + 1) * sizeof(*e.ops)); /* two for a request at most */
    must(e.ops);
    if (p->op_count)
        memcpy(e.ops, p->ops, p->op_count * sizeof(*e.ops));
    for (size_t i = 0; i < p->op_count; i++)
        end_request(&e, &p->ops[i]);
    for (size_t i = 0; i < p->op_count; i++)
        if (p->ops[i].kind == DM_OP_THREAD && !has(p, DM_OP_JOIN, p->ops[i].id, false))
            add(&e, DM_OP_JOIN, &p->ops[i], 0);
    for (size_t i = 0; i < p->op_count; i++)
        if (p->ops[i].kind == DM_OP_OPEN && !has(p, DM_OP_CLOSE, p->ops[i].id, false))
            add(&e, DM_OP_CLOSE, &p->ops[i], 0);
    p->ops = e.ops;
    p->op_count = e.count;
    return e.ops;
}
