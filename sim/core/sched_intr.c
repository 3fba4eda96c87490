/*
 * IRQL, DPCs and interrupts. Interrupts and DPCs run on the stack of whatever their processor was
 * doing, as on a real machine, at the moment when its IRQL lets them in: at a scheduling point, when
 * IRQL falls, or from idle.
 */
#include "base/must.h"
#include "sim/core/call.h"
#include "sim/core/door.h"
#include "sim/core/race.h"
#include "sim/core/sched_private.h"

static bool intr_ready(const struct cpu *c)
{
    for (const struct sched_intr *i = c->intr; i; i = i->pending_next)
        if (i->irql > c->irql)
            return true;
    return false;
}

bool cpu_work_pending(const struct cpu *c)
{
    return (c->intr && intr_ready(c)) ||
           (c->irql < IRQL_DISPATCH && (c->dpc_head || (c->resched && c->top == c->current)));
}

/* Everything that the running context must find again after somebody ran over it. */
struct context {
    struct agent *top;
    uint32_t site;
    uint8_t irql;
};

static struct context context_enter(struct sim *s, struct agent *top, uint8_t irql)
{
    struct cpu *c = s->sched->cpu;
    struct context before = { c->top, s->trace.site, c->irql };

    c->irql = irql;
    s->trace.site = 0;
    sched_act_as(s, c, top);
    race_irql(s, irql > IRQL_DISPATCH ? IRQL_DISPATCH : IRQL_PASSIVE, irql);
    return before;
}

static void context_leave(struct sim *s, const struct context *before)
{
    struct cpu *c = s->sched->cpu;

    door_flush_pending();
    race_irql(s, c->irql, c->irql > IRQL_DISPATCH ? IRQL_DISPATCH : IRQL_PASSIVE);
    c->irql = before->irql;
    s->trace.site = before->site;
    sched_act_as(s, c, before->top);
}

/* --- interrupts --- */

static void pend(struct sim *s, struct sched_intr *i)
{
    struct sched *sc = s->sched;
    unsigned cpu = i->cpu >= 0 ? (unsigned)i->cpu % sc->cpu_count
                               : choice_rare(s, CHOICE_SCHED_CPU, sc->cpu_count, 2);
    struct cpu *c = &sc->cpus[cpu];
    struct sched_intr **at = &c->intr;

    if (i->pending_on)
        return;
    i->pending_on = (uint8_t)(cpu + 1);
    while (*at && (*at)->irql >= i->irql)
        at = &(*at)->pending_next;
    i->pending_next = *at;
    *at = i;
    if (c->current == &c->idle && c->top == &c->idle)
        c->clock_ns = max_u64(c->clock_ns, sched_now_ns(s) + INTR_LATENCY_NS);
    cpu_active_update(s, c);
    sched_disturb(s);
}

static void unpend(struct sim *s, struct sched_intr *i)
{
    struct cpu *c;
    struct sched_intr **at;

    if (!i->pending_on)
        return;
    c = &s->sched->cpus[i->pending_on - 1];
    at = &c->intr;
    while (*at != i)
        at = &(*at)->pending_next;
    *at = i->pending_next;
    i->pending_on = 0;
    cpu_active_update(s, c);
}

void sched_intr_connect(struct sim *s, struct sched_intr *i)
{
    must(!i->connected && i->fn && i->irql > IRQL_DISPATCH);
    i->connected = true;
    race_give(s, i);
    if (i->asserted)
        pend(s, i);
}

void sched_intr_disconnect(struct sim *s, struct sched_intr *i)
{
    i->connected = false;
    unpend(s, i);
    i->pending_mask = 0;
    while (i->running) { /* on another processor: wait for it */
        sched_spend(s, 200);
        sched_wait_point(s);
    }
    race_take(s, i);
}

void sched_intr_raise(struct sim *s, struct sched_intr *i, uint32_t message)
{
    must(message < 32);
    i->raises++;
    i->spurious = false;
    trace_emit(&s->trace, EV_INTR, API_NONE, i->obj, message, i->level, 0, 0);
    if (i->level)
        i->asserted = true;
    if (!i->connected)
        return;
    i->pending_mask |= 1u << message;
    if (!i->masked)
        pend(s, i);
}

void sched_intr_stray(struct sim *s, struct sched_intr *i, uint32_t message)
{
    must(message < 32);
    i->raises++;
    trace_emit(&s->trace, EV_INTR, API_NONE, i->obj, message, i->level, 0, 0);
    if (!i->connected)
        return;
    if (!i->level)
        i->pending_mask |= 1u << message;
    if (!i->masked)
        pend(s, i);
}

void sched_intr_mask(struct sim *s, struct sched_intr *i, bool masked)
{
    i->masked = masked;
    if (masked)
        unpend(s, i);
    else if (i->connected && (i->pending_mask || (i->level && i->asserted)))
        pend(s, i);
}

void sched_intr_lower(struct sim *s, struct sched_intr *i)
{
    if (!i->level)
        return;
    i->asserted = false;
    i->pending_mask = 0;
    unpend(s, i);
}

/* A line is let go by a store that is on its way for a while: the interrupt controller may find it pulled
 * once more, and on a shared line others interrupt. */
static bool again_without_cause(struct sim *s, struct sched_intr *i, bool claimed)
{
    i->spurious =
        i->level && i->connected && claimed && !i->spurious &&
        (choice_rare(s, CHOICE_INTR_SPURIOUS, 2, 16) || fault_take_named(s, FAULT_INTR_SPURIOUS));
    return i->spurious;
}

static void isr_run(struct sim *s, struct sched_intr *i)
{
    uint32_t message = i->pending_mask ? (uint32_t)__builtin_ctz(i->pending_mask) : 0;
    struct context before;
    bool claimed;

    i->pending_mask &= ~(1u << message);
    unpend(s, i);
    before = context_enter(s, &s->sched->cpu->isr_agent, i->irql);
    i->running++;
    entry_begin(s, API_NONE);
    race_take(s, i);
    race_take(s, s->bus);
    trace_emit(&s->trace, EV_ISR, API_NONE, i->obj, message, i->irql, 0, 0);
    claimed = i->fn(s, i->ctx, message);
    door_flush_pending();
    trace_emit(&s->trace, EV_ISR_END, API_NONE, i->obj, claimed, 0, 0, 0);
    entry_end(s, API_NONE);
    race_give(s, i);
    i->running--;
    context_leave(s, &before);
    if (!i->masked && ((i->connected && (i->pending_mask || (i->level && i->asserted))) ||
                       again_without_cause(s, i, claimed)))
        pend(s, i);
}

/* --- DPCs --- */

static struct cpu *dpc_cpu(struct sim *s, const struct sched_dpc *d)
{
    struct sched *sc = s->sched;

    if (d->cpu >= 0)
        return &sc->cpus[(unsigned)d->cpu % sc->cpu_count];
    if (sc->cpu && !sc->in_event)
        return sc->cpu;
    return &sc->cpus[choice_rare(s, CHOICE_SCHED_CPU, sc->cpu_count, 2)];
}

bool sched_dpc_queue(struct sim *s, struct sched_dpc *d)
{
    struct cpu *c;

    race_give(s, d);
    if (d->queued)
        return false;
    c = dpc_cpu(s, d);
    d->queued = true;
    d->queued_on = c->index;
    if (d->high || !c->dpc_head) {
        d->next = c->dpc_head;
        c->dpc_head = d;
        if (!d->next)
            c->dpc_tail = d;
    } else {
        d->next = NULL;
        c->dpc_tail->next = d;
        c->dpc_tail = d;
    }
    if (c->current == &c->idle && c->top == &c->idle)
        c->clock_ns = max_u64(c->clock_ns, sched_now_ns(s));
    cpu_active_update(s, c);
    sched_disturb(s);
    if (c == s->sched->cpu && !s->sched->in_event && c->irql < IRQL_DISPATCH)
        cpu_service(s);
    return true;
}

bool sched_dpc_remove(struct sim *s, struct sched_dpc *d)
{
    struct cpu *c;
    struct sched_dpc *prev = NULL;

    if (!d->queued)
        return false;
    c = &s->sched->cpus[d->queued_on];
    for (struct sched_dpc *at = c->dpc_head; at != d; at = at->next)
        prev = at;
    if (prev)
        prev->next = d->next;
    else
        c->dpc_head = d->next;
    if (c->dpc_tail == d)
        c->dpc_tail = prev;
    d->queued = false;
    cpu_active_update(s, c);
    return true;
}

static void dpc_run(struct sim *s)
{
    struct cpu *c = s->sched->cpu;
    struct sched_dpc *d = c->dpc_head;
    struct context before;
    uint32_t obj = d->obj; /* d may be freed by its own routine */

    c->dpc_head = d->next;
    if (!c->dpc_head)
        c->dpc_tail = NULL;
    d->queued = false;
    before = context_enter(s, &c->dpc_agent, IRQL_DISPATCH);
    entry_begin(s, API_NONE);
    race_take(s, d);
    race_take_obj(s, obj);
    trace_emit(&s->trace, EV_DPC, API_NONE, obj, 0, 0, 0, 0);
    d->fn(s, d->ctx);
    door_flush_pending();
    trace_emit(&s->trace, EV_DPC_END, API_NONE, obj, 0, 0, 0, 0);
    entry_end(s, API_NONE);
    context_leave(s, &before);
}

static bool dpcs_under_way(const struct sched *sc)
{
    for (unsigned i = 0; i < sc->cpu_count; i++)
        if (sc->cpus[i].dpc_head || sc->cpus[i].top == &sc->cpus[i].dpc_agent)
            return true;
    return false;
}

void sched_dpc_drain(struct sim *s)
{
    while (dpcs_under_way(s->sched)) {
        sched_spend(s, 500);
        sched_wait_point(s);
    }
    race_take_dpcs(s);
}

/* --- IRQL --- */

uint8_t sched_irql(const struct sim *s)
{
    const struct sched *sc = s->sched;

    return sc->cpu ? sc->cpu->irql : IRQL_PASSIVE;
}

uint8_t sched_irql_set(struct sim *s, uint8_t irql)
{
    struct cpu *c = s->sched->cpu;
    uint8_t old;

    must(c && irql <= IRQL_HIGH);
    old = c->irql;
    race_irql(s, old, irql);
    c->irql = irql;
    s->trace.irql = irql;
    if (irql < old && cpu_work_pending(c)) {
        cpu_active_update(s, c);
        cpu_service(s);
    }
    return old;
}

void cpu_service(struct sim *s)
{
    struct sched *sc = s->sched;

    if (sc->in_event)
        return;
    for (;;) {
        struct cpu *c = sc->cpu; /* a thread that was preempted may come back on another one */

        if (c->intr && c->intr->irql > c->irql)
            isr_run(s, c->intr);
        else if (c->irql < IRQL_DISPATCH && c->dpc_head)
            dpc_run(s);
        else if (c->irql < IRQL_DISPATCH && c->resched && c->top == c->current)
            sched_preempt(s);
        else
            return;
        if (s->ended)
            return;
        if (sc->cpu->current == &sc->cpu->idle)
            return; /* idle's own loop decides anew */
    }
}
