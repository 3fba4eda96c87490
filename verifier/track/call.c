/*
 * Open calls of each agent: what a later event happens within.
 */
#include "verifier/track/track.h"

#include <stdlib.h>
#include <string.h>

/* Makes room for this agent; agents are few and numbered from 0, so this is rare. */
static __attribute__((noinline, cold)) bool room(struct track *t, uint32_t agent)
{
    uint32_t agents = (agent | 15) + 1;
    struct call_stack *calls = realloc(t->calls, agents * sizeof *calls);

    if (!calls)
        return false;
    memset(calls + t->agents, 0, (agents - t->agents) * sizeof *calls);
    t->calls = calls;
    t->agents = agents;
    return true;
}

void call_begun(struct track *t, const struct event *e)
{
    struct call_stack *s;

    if (e->agent >= t->agents && !room(t, e->agent))
        return;
    s = &t->calls[e->agent];
    if (s->depth < TRACK_CALL_DEPTH)
        s->open[s->depth] = (struct call_record) { e->api, e->obj, e->site, e->agent };
    s->depth++;
}

void call_over(struct track *t, const struct event *e)
{
    struct call_stack *s = e->agent < t->agents ? &t->calls[e->agent] : NULL;

    if (s && s->depth)
        s->depth--;
}

const struct call_record *track_call(const struct track *t, uint16_t agent, unsigned up)
{
    const struct call_stack *s = agent < t->agents ? &t->calls[agent] : NULL;

    if (!s || up >= s->depth || s->depth - 1 - up >= TRACK_CALL_DEPTH)
        return NULL;
    return &s->open[s->depth - 1 - up];
}
