/*
 * Open calls of each agent: what a later event happens within.
 */
#include "verifier/track/track.h"

#include <stdlib.h>
#include <string.h>

/* Makes room for this agent first; agents are few and numbered from 0, so this is rare. */
static __attribute__((noinline, cold)) void begun_first(struct track *t, const struct event *e)
{
    uint32_t agents = (e->agent | 15u) + 1;
    struct call_stack *calls = realloc(t->calls, agents * sizeof *calls);

    if (!calls)
        return;
    memset(calls + t->agents, 0, (agents - t->agents) * sizeof *calls);
    t->calls = calls;
    t->agents = agents;
    call_begun(t, e);
}

void call_begun(void *track, const struct event *e)
{
    struct track *t = track;
    struct call_stack *s;

    if (__builtin_expect(e->agent >= t->agents, 0)) {
        begun_first(t, e);
        return;
    }
    s = &t->calls[e->agent];
    if (s->depth < TRACK_CALL_DEPTH)
        s->open[s->depth] = (struct call_record) { e->obj, e->site, e->api, e->agent };
    s->depth++;
}

void call_over(void *track, const struct event *e)
{
    struct track *t = track;
    if (e->agent < t->agents && t->calls[e->agent].depth)
        t->calls[e->agent].depth--;
}

const struct call_record *track_call(const struct track *t, uint16_t agent, unsigned up)
{
    const struct call_stack *s = agent < t->agents ? &t->calls[agent] : NULL;

    if (!s || up >= s->depth || s->depth - 1 - up >= TRACK_CALL_DEPTH)
        return NULL;
    return &s->open[s->depth - 1 - up];
}
