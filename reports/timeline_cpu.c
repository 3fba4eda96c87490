/*
 * The processors' part of a timeline: who runs, what the driver calls and is called by, DPCs, ISRs and
 * the level. What an agent was in the middle of is shown in pieces when somebody else has the
 * processor in between.
 */
#include "reports/timeline_private.h"

#include <stdlib.h>
#include <string.h>

static struct timeline_runner *agent_of(struct timeline *t, uint16_t id)
{
    struct timeline_state *s = t->state;

    if (id >= s->agent_room) {
        uint32_t room = s->agent_room ? s->agent_room : 64;
        struct timeline_runner *more;

        while (room <= id)
            room *= 2;
        more = realloc(s->agents, room * sizeof *more);
        if (!more)
            return NULL;
        memset(more + s->agent_room, 0, (room - s->agent_room) * sizeof *more);
        s->agents = more;
        s->agent_room = room;
    }
    return &s->agents[id];
}

/* Ends what an agent shows on a processor: it stops running there. Pieces of no length that went on
 * from an earlier one say nothing. */
static void pause_agent(struct timeline *t, uint16_t agent, uint64_t ns)
{
    for (uint32_t i = t->count; i-- > 0;) {
        struct timeline_item *item = &t->items[i];

        if (item->agent != agent || item->to_ns != TIMELINE_OPEN ||
            (item->kind != TIMELINE_FRAME && item->kind != TIMELINE_RUN))
            continue;
        item->to_ns = ns;
        item->dead = item->again && item->from_ns == ns;
        if (item->depth == 0)
            break; /* its outermost: nothing of it is open behind */
    }
}

static void show_frame(struct timeline *t, const struct event *e, uint16_t agent,
                       const struct timeline_frame *f, unsigned depth, bool again)
{
    struct timeline_item *item;

    if (!f->shown)
        return;
    item = timeline_begin(t, e, TIMELINE_FRAME);
    item->seq = f->seq;
    item->obj = f->obj;
    item->site = f->site;
    item->api = f->api;
    item->agent = agent;
    item->depth = (uint8_t)(depth + 1);
    item->again = again;
}

static void resume_agent(struct timeline *t, uint16_t agent, const struct event *e)
{
    struct timeline_runner *a = agent_of(t, agent);
    struct timeline_item *run;

    if (!a)
        return;
    run = timeline_begin(t, e,
                         TIMELINE_RUN); /* also of an ISR or a DPC: the frames' anchor, not drawn */
    run->agent = agent;
    run->obj = run->site = 0;
    run->again = true;
    for (unsigned i = 0; i < a->depth && i < TIMELINE_FRAMES_MAX; i++)
        show_frame(t, e, agent, &a->frames[i], i, true);
}

/* Whose code a processor executes from here on; 0: nobody's. */
static void runs(struct timeline *t, const struct event *e, uint16_t agent)
{
    struct timeline_state *s = t->state;

    if (e->cpu >= TIMELINE_CPUS || s->running[e->cpu] == agent)
        return;
    for (unsigned c = 0; c < TIMELINE_CPUS; c++) /* it may have moved */
        if (s->running[c] && (c == e->cpu || s->running[c] == agent)) {
            pause_agent(t, s->running[c], e->ns);
            s->running[c] = 0;
        }
    s->running[e->cpu] = agent;
    if (agent)
        resume_agent(t, agent, e);
}

static void at_irql(struct timeline *t, const struct event *e)
{
    struct timeline_state *s = t->state;

    if (e->cpu >= TIMELINE_CPUS || s->irql[e->cpu] == e->irql)
        return;
    for (uint32_t i = t->count; s->irql[e->cpu] && i-- > 0;)
        if (t->items[i].kind == TIMELINE_IRQL && t->items[i].cpu == e->cpu) {
            timeline_end(&t->items[i], e);
            break;
        }
    s->irql[e->cpu] = e->irql;
    if (e->irql) {
        struct timeline_item *item = timeline_begin(t, e, TIMELINE_IRQL);

        item->a = e->irql;
        item->obj = 0;
    }
}

static enum timeline_kind interruption(const struct event *e)
{
    return e->kind == EV_DPC || e->kind == EV_DPC_END ? TIMELINE_DPC : TIMELINE_ISR;
}

void timeline_interruption_begin(struct timeline *t, const struct event *e)
{
    timeline_begin(t, e, interruption(e))->a = t->state->irql_before;
}

/* No event says that a DPC or an ISR has let go of the processor's level: it is then what it was. */
void timeline_interruption_end(struct timeline *t, const struct event *e)
{
    struct timeline_item *item = timeline_open(t, interruption(e), e->obj);
    struct event after = *e;

    timeline_end(item, e);
    if (!item)
        return;
    after.irql = (uint8_t)item->a;
    at_irql(t, &after);
}

/* Locks, events, strings and the like are too many and say too little. */
static bool is_shown(const struct event *e)
{
    const char *name = api_name(e->api);

    if (!name)
        return false;
    if (e->kind == EV_CALLBACK)
        return strcmp(name, "CsqCallback") != 0;
    return !strncmp(name, "KeWait", 6) || !strncmp(name, "KeFlush", 7) ||
           !strncmp(name, "KeDelay", 7) ||
           (strncmp(name, "Ke", 2) && strncmp(name, "Kf", 2) && strncmp(name, "Ex", 2) &&
            strncmp(name, "Rtl", 3) && strncmp(name, "IoCsq", 5) && !strstr(name, "RemoveLock"));
}

void timeline_frame_begin(struct timeline *t, const struct event *e)
{
    struct timeline_runner *a = agent_of(t, e->agent);
    struct timeline_frame f = { e->seq, e->obj, e->site, e->api, is_shown(e) };

    if (!a || !f.shown)
        return;
    if (a->depth < TIMELINE_FRAMES_MAX) {
        a->frames[a->depth] = f;
        show_frame(t, e, e->agent, &f, a->depth, false);
    }
    if (a->depth < UINT8_MAX)
        a->depth++;
}

/* Calls that never returned (a bug check) are dropped with the first that does. */
void timeline_frame_end(struct timeline *t, const struct event *e)
{
    struct timeline_runner *a = agent_of(t, e->agent);
    unsigned depth = a ? a->depth : 0;

    while (depth > TIMELINE_FRAMES_MAX || (depth > 0 && a->frames[depth - 1].api != e->api)) {
        if (depth > TIMELINE_FRAMES_MAX) { /* not shown */
            a->depth--;
            return;
        }
        depth--;
    }
    if (!depth)
        return;
    a->depth = (uint8_t)(depth - 1);
    for (uint32_t i = t->count; i-- > 0;) {
        struct timeline_item *item = &t->items[i];

        if (item->kind != TIMELINE_FRAME || item->agent != e->agent ||
            item->to_ns != TIMELINE_OPEN || item->depth < depth)
            continue;
        item->to_ns = e->ns;
        if (item->depth == depth)
            break;
    }
}

void timeline_agent_event(struct timeline *t, const struct event *e)
{
    struct timeline_runner *a = agent_of(t, (uint16_t)OBJ_NUMBER(e->obj));

    if (a)
        a->thread = e->a[0] <= 1; /* boot, thread */
}

void timeline_who_runs(struct timeline *t, const struct event *e)
{
    t->state->irql_before = e->cpu < TIMELINE_CPUS ? t->state->irql[e->cpu] : 0;
    if (e->kind == EV_SWITCH)
        runs(t, e, (uint16_t)e->a[1]);
    else if (e->kind != EV_AGENT)
        runs(t, e, e->agent);
    at_irql(t, e);
}
