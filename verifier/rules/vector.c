/*
 * Common buffer vectors: what bug check 0x1DC tells, but for the leak (common_buffer_leaked.c). Windows
 * stops with these without Driver Verifier.
 */
#include "verifier/irql.h"
#include "verifier/track/track.h"

#define VECTOR_ERROR 0x1DC /* DMA_COMMON_BUFFER_VECTOR_ERROR */

struct sought {
    uint64_t va;
    const struct common_record *vector;
};

static void each(void *ctx, void *row)
{
    struct sought *w = ctx;
    const struct common_record *c = row;

    if (OBJ_TYPE(c->head.id) == OBJ_VECTOR && w->va - c->va < c->length_bytes)
        w->vector = c;
}

static void say(struct rule_run *r, const struct event *e, struct finding_about a, const char *what)
{
    const struct call_record *call = track_call(r->track, e->agent, 0);

    a.sites[0] = (struct finding_site) { ROLE_HERE, e->site };
    finding(r, e, &a, "%s: %s", call ? api_name(call->api) : "a common buffer vector", what);
}

static bool is_code(const struct event *e, unsigned code)
{
    return e->a[0] == VECTOR_ERROR && e->a[1] == code;
}

static void on_irql(struct rule_run *r, const struct event *e)
{
    irql_say(r, e, (struct finding_about) { .bugcheck = { e->irql }, .bugcheck_known = 1 });
}

/* An element lies as far into the vector for the device as for the CPU. */
static void on_not_empty(struct rule_run *r, const struct event *e)
{
    struct finding_about a = { .bugcheck = { e->a[2], e->a[3] }, .bugcheck_known = 2 };
    struct sought w = { e->a[3], NULL };

    if (!is_code(e, 2))
        return;
    objtab_each_live(&r->track->commons, each, &w);
    if (w.vector) {
        a.obj = w.vector->head.id;
        a.owner = w.vector->adapter;
        a.sites[1] = (struct finding_site) { ROLE_CREATED, w.vector->site_created };
        a.bugcheck[a.bugcheck_known++] = w.vector->ba + (w.va - w.vector->va);
    }
    say(r, e, a, "elements of the vector were not freed");
}

static void on_out_of_bounds(struct rule_run *r, const struct event *e)
{
    struct finding_about a = { .bugcheck = { e->a[2], e->a[3] }, .bugcheck_known = 2 };

    if (is_code(e, 3))
        say(r, e, a, "the vector has no element of this index");
}

static void on_freed(struct rule_run *r, const struct event *e)
{
    struct finding_about a = { .bugcheck = { e->a[2] }, .bugcheck_known = 1 };

    if (is_code(e, 4))
        say(r, e, a, "this element of the vector was freed before");
}

#define VECTOR_PAGE "debugger/bug-check-0x1dc--dma-common-buffer-vector-error"
#define VECTOR_RULE .level = ERROR, .family = COMMON, .source = VECTOR_PAGE

RULE(vector_irql, VECTOR_RULE,
     .calls = CALLS(AllocateCommonBufferVector, GetCommonBufferFromVectorByIndex,
                    FreeCommonBufferFromVector, FreeCommonBufferVector),
     .odd = ODD_IRQL, .irql = true, .bugcheck = DV(0x1DC, 0x01), .run = on_irql);
RULE(vector_not_empty, VECTOR_RULE, .on = EV(BUGCHECK), .stops = { VECTOR_ERROR },
     .bugcheck = DV(0x1DC, 0x02), .run = on_not_empty);
RULE(vector_index_out_of_bounds, VECTOR_RULE, .on = EV(BUGCHECK), .stops = { VECTOR_ERROR },
     .bugcheck = DV(0x1DC, 0x03), .run = on_out_of_bounds);
RULE(vector_index_freed, VECTOR_RULE, .on = EV(BUGCHECK), .stops = { VECTOR_ERROR },
     .bugcheck = DV(0x1DC, 0x04), .run = on_freed);
