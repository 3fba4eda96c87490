/*
 * What a strategy (choice_strategy.h) needs of the scheduler: who could go on, and points between
 * calls, where nobody is asked but a strategy.
 */
#include <string.h>

#include "sim/core/sched_private.h"

void sched_field_sort(struct field *f)
{
    for (unsigned i = 1; i < f->count; i++) /* stable insertion: at most five */
        for (unsigned j = i; j && f->c[j].ns < f->c[j - 1].ns; j--) {
            struct candidate swap = f->c[j];

            f->c[j] = f->c[j - 1];
            f->c[j - 1] = swap;
        }
}

/* Who would act if this one went on. A processor's pending work comes before what it runs. */
static uint16_t who_acts(const struct sched *sc, const struct candidate *c)
{
    const struct cpu *cpu = c->cpu;

    if (!cpu)
        return sc->heap[1]->agent;
    if (cpu->intr && cpu->intr->irql > cpu->irql)
        return cpu->isr_agent.id;
    if (cpu->dpc_head && cpu->irql < IRQL_DISPATCH)
        return cpu->dpc_agent.id;
    return cpu->top == &cpu->idle ? sched_ready_first(sc, cpu) : cpu->top->id;
}

static uint64_t stalled_ns(const struct sched *sc, const struct candidate *c)
{
    uint64_t since_ns = c->cpu ? c->cpu->clock_ns : sc->heap[1]->due_ns;

    return sc->floor_ns > since_ns ? sc->floor_ns - since_ns : 0;
}

void sched_who_goes(struct sim *s, const struct agent *me, const struct field *f, unsigned count,
                    struct choice_who *who)
{
    struct sched *sc = s->sched;

    who->running = CHOICE_WHO_MAX;
    who->stalled_ns = stalled_ns(sc, &f->c[0]);
    for (unsigned i = 0; i < count; i++) {
        who->agent[i] = who_acts(sc, &f->c[i]);
        if (sc->cpu && f->c[i].cpu == sc->cpu && (me == sc->cpu->current || who->fresh) &&
            sc->cpu->top != &sc->cpu->idle)
            who->running = (uint8_t)i;
    }
}

bool sched_is_same_point(const struct sim *s, const struct agent *me)
{
    const struct sched *sc = s->sched;

    return s->between && sc->cpu && sc->cpu->current == me && sc->asked == sc->cpu->top &&
           sc->asked_accesses == door_accesses() && sc->asked_seq == s->trace.seq && s->trace.on;
}

/* Those who could go on in the place of the running one, in order. */
static unsigned others(struct sim *s, struct field *f)
{
    struct sched *sc = s->sched;
    unsigned count = 0;

    sched_candidates(sc, f);
    for (unsigned i = 0; i < f->count; i++)
        if (f->c[i].cpu != sc->cpu && f->c[i].ns <= s->hot.now_ns + WINDOW_NS)
            f->c[count++] = f->c[i];
    f->count = count;
    sched_field_sort(f);
    return count;
}

void sched_between_slow(struct sim *s)
{
    struct sched *sc = s->sched;
    struct field f = { .count = 0 };
    struct choice_who who = { .waits = false };
    unsigned i;

    if (!sc->cpu || sc->in_event || s->ended || !choice_between_due(s))
        return;
    others(s, &f);
    sched_who_goes(s, sc->cpu->current, &f, f.count, &who);
    memmove(&who.agent[1], &who.agent[0], f.count * sizeof(who.agent[0]));
    who.agent[0] = sc->cpu->top->id;
    who.running = 0;
    who.stalled_ns = 0; /* the next point sees to that */
    i = choice_between(s, f.count + 1, &who);
    sc->asked = sc->cpu->top;
    sc->asked_accesses = door_accesses();
    sc->asked_seq = s->trace.seq;
    if (!i)
        return;
    sc->asked = NULL;
    sc->is_told = true;
    sc->told = f.c[i - 1].cpu;
    sc->told_ns = f.c[i - 1].ns;
    sched_point_slow(s);
    sc->is_told = false; /* the run was over */
}
