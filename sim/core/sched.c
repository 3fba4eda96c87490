/*
 * Who goes next. A candidate is a processor that has something to do, or the earliest timed event.
 * The plain answer is the one with the smallest clock; a choice may name another, which stalls
 * those that were passed over. Control moves by switching stacks; timed events run on whatever
 * stack is asking.
 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/must.h"
#include "sim/core/door.h"
#include "sim/core/sched_private.h"

#define CHOICE_ONE_IN 4 /* of the points with a real decision, so many follow the clocks */

static uint64_t cpu_time(const struct sched *sc, const struct cpu *c)
{
    return max_u64(c->clock_ns, sc->floor_ns);
}

void sched_act_as(struct sim *s, struct cpu *c, struct agent *top)
{
    c->top = top;
    s->trace.agent = top->id;
    s->trace.cpu = c->index;
    s->trace.irql = c->irql;
}

/* Whether this processor is a candidate: it runs a thread, a DPC or an ISR, or has work that its
 * IRQL lets in. */
void cpu_active_update(struct sim *s, struct cpu *c)
{
    struct sched *sc = s->sched;
    uint32_t bit = c->bit;

    if (c->top != &c->idle || cpu_work_pending(c))
        sc->active |= bit;
    else
        sc->active &= ~bit;
}

/* The earliest, and when the next one after it could go. */
struct earliest {
    struct candidate first;
    uint64_t second_ns; /* UINT64_MAX: nobody else */
    bool any;
};

static inline __attribute__((always_inline)) void consider(struct earliest *e, struct field *f,
                                                           uint64_t ns, struct cpu *cpu)
{
    if (f)
        f->c[f->count++] = (struct candidate) { ns, cpu };
    if (!e->any || ns < e->first.ns) {
        if (e->any)
            e->second_ns = e->first.ns;
        e->first = (struct candidate) { ns, cpu };
        e->any = true;
    } else if (ns < e->second_ns) {
        e->second_ns = ns;
    }
}

/* Among equals the running processor is first, then the event, then by number. */
static inline __attribute__((always_inline)) struct earliest candidates(struct sched *sc,
                                                                        struct field *f)
{
    struct earliest e = { .second_ns = UINT64_MAX };
    uint32_t active = sc->active;

    if (sc->cpu && active & sc->cpu->bit) {
        consider(&e, f, cpu_time(sc, sc->cpu), sc->cpu);
        active &= ~sc->cpu->bit;
    }
    if (sc->heap_count)
        consider(&e, f, max_u64(sc->heap[1]->due_ns, sc->floor_ns), NULL);
    for (; active; active &= active - 1) {
        struct cpu *c = &sc->cpus[__builtin_ctz(active)];

        consider(&e, f, cpu_time(sc, c), c);
    }
    return e;
}

void sched_candidates(struct sched *sc, struct field *f) { candidates(sc, f); }

/* Those close enough to the first for a choice between them to be a real machine's are the choice's
 * bound. */
static __attribute__((noinline)) struct earliest pick_by_choice(struct sim *s,
                                                                const struct agent *me)
{
    struct field f = { .count = 0 };
    struct earliest e = candidates(s->sched, &f);
    struct choice_who who = { .waits = s->waits,
                              .fresh = s->sched->is_fresh || sched_is_same_point(s, me) };
    unsigned near = 0, i;

    s->waits = s->sched->is_fresh = false;
    if (f.count < 2)
        return e;
    for (unsigned k = 0; k < f.count; k++)
        near += f.c[k].ns <= e.first.ns + WINDOW_NS;
    if (s->between && near > 1) {
        sched_field_sort(&f);
        sched_who_goes(s, me, &f, near, &who);
    }
    i = choice_among(s, CHOICE_SCHED_NEXT, near, CHOICE_ONE_IN, &who);
    if (i) {
        sched_field_sort(&f);
        e.first = f.c[i];
        e.second_ns = f.c[0].ns;
    }
    e.second_ns -= min_u64(e.second_ns, WINDOW_NS);
    return e;
}

/* Who goes. The next one after it decides how long it is undisturbed. */
static inline bool pick(struct sim *s, const struct agent *me, struct candidate *next)
{
    if (__builtin_expect(s->sched->is_told, 0)) {
        s->sched->is_told = false;
        s->hot.quiet_until_ns = 0;
        *next = (struct candidate) { s->sched->told_ns, s->sched->told };
        return true;
    }
    struct earliest e =
        s->choice.source == CHOICE_PLAIN ? candidates(s->sched, NULL) : pick_by_choice(s, me);

    if (e.any)
        s->hot.quiet_until_ns = e.second_ns;
    *next = e.first;
    return e.any;
}

void sched_disturb(struct sim *s) { s->hot.quiet_until_ns = 0; }

void sched_enter_cpu(struct sim *s, struct cpu *c)
{
    struct sched *sc = s->sched;

    sc->cpu = c;
    sc->floor_ns = cpu_time(sc, c);
    s->hot.now_ns = sc->floor_ns;
    s->trace.ns = sc->floor_ns;
    sched_act_as(s, c, c->top);
}

/* In the system a stack is as large as ever, wherever the program had got to on it. */
static void stack_take(struct sim *s, const struct agent *a)
{
    s->hot.stack_low = a->fiber.low;
    s->hot.stack_high = a->fiber.high;
    if (!a->system_top)
        return;
    s->hot.stack_high = a->system_top;
    if (a->system_top - a->fiber.low > SYSTEM_STACK_BYTES)
        s->hot.stack_low = a->system_top - SYSTEM_STACK_BYTES;
}

const void *sched_system_enter(struct sim *s, const void *top)
{
    struct agent *a = sched_current_thread(s);
    const void *before;

    if (!a)
        return NULL;
    before = a->system_top;
    a->system_top = top;
    stack_take(s, a);
    return before;
}

void sched_system_leave(struct sim *s, const void *before)
{
    struct agent *a = sched_current_thread(s);

    if (!a)
        return;
    a->system_top = before;
    stack_take(s, a);
}

static void switch_to(struct sim *s, struct agent *from, struct agent *to)
{
    uint32_t site = s->trace.site;

    must(from != to);
    door_flush_pending();
    s->trace.site = 0;
    seh_current = &to->seh;
    stack_take(s, to);
    fiber_switch(&from->fiber, &to->fiber); /* whoever comes back here has set these for us */
    s->trace.site = site;
}

static struct agent *running(const struct sched *sc)
{
    return sc->cpu ? sc->cpu->current : (struct agent *)&sc->host;
}

static void leave_run(struct sim *s, struct agent *me, enum sched_end end)
{
    struct sched *sc = s->sched;

    sc->end = end;
    if (me == &sc->host)
        return;
    sc->cpu = NULL;
    switch_to(s, me, &sc->host);
}

static bool run_is_over(struct sim *s, enum sched_end *end)
{
    struct sched *sc = s->sched;

    if (s->ended) {
        *end = SCHED_ENDED;
        return true;
    }
    if (s->hot.steps >= s->limits.steps_max || sc->floor_ns >= s->limits.virtual_ns_max) {
        *end = SCHED_STEPS;
        return true;
    }
    if (sc->until && sc->until->ended && !sc->settle) {
        *end = SCHED_DONE;
        return true;
    }
    return false;
}

/*
 * me is the stack that runs. It keeps asking until it is its own turn; on the way, timed events run
 * here and other stacks are switched to.
 */
void sched_dispatch_as(struct sim *s, struct agent *me)
{
    struct sched *sc = s->sched;
    struct candidate next;
    enum sched_end end;

    if (sc->cpu)
        sc->cpu->clock_ns = s->hot.now_ns;
    for (;;) {
        if (run_is_over(s, &end)) {
            leave_run(s, me, end);
            if (me == &sc->host)
                return;
            continue;
        }
        if (!pick(s, me, &next)) {
            leave_run(s, me, sc->until && !sc->until->ended ? SCHED_STUCK : SCHED_DONE);
            if (me == &sc->host)
                return;
            continue;
        }
        if (!next.cpu) {
            sc->floor_ns = next.ns;
            event_run(s, event_top(sc));
            continue;
        }
        struct cpu *from = sc->cpu;

        sc->floor_ns = next.ns;
        sched_enter_cpu(s, next.cpu);
        if (sc->cpu->current == me)
            return;
        if (from != sc->cpu && me != &sc->host)
            trace_emit(&s->trace, EV_SWITCH, API_NONE, 0, me->id, sc->cpu->current->id, 0, 0);
        switch_to(s, me, sc->cpu->current);
        must(me == &sc->host || sc->cpu->current == me);
        return; /* my turn, or (host) somebody called leave_run */
    }
}

/* Not so: nothing can be pending. */
static inline bool cpu_busy(const struct cpu *c) { return c->intr || c->dpc_head || c->resched; }

void sched_point_slow(struct sim *s)
{
    struct sched *sc = s->sched;

    if (!sc->cpu || sc->in_event)
        return;
    s->hot.steps++;
    if (sc->cpu->top != &sc->cpu->idle)
        sc->active |= sc->cpu->bit;
    else
        cpu_active_update(s, sc->cpu);
    sched_dispatch_as(s, sc->cpu->current);
    if (cpu_busy(sc->cpu) && cpu_work_pending(sc->cpu))
        cpu_service(s);
}

uint64_t sched_now_ns(const struct sim *s)
{
    const struct sched *sc = s->sched;

    return sc->cpu && !sc->in_event ? max_u64(s->hot.now_ns, sc->floor_ns) : sc->floor_ns;
}

enum sched_end sched_run(struct sim *s, struct agent *until, bool settle)
{
    struct sched *sc = s->sched;

    must(!sc->cpu);
    sc->until = until;
    s->hot.steps_max = s->limits.steps_max;
    sc->settle = settle;
    s->trace.site = 0;
    sched_dispatch_as(s, &sc->host);
    seh_current = &sc->host.seh;
    sc->cpu = NULL;
    s->trace.agent = 0;
    s->trace.cpu = 0;
    s->trace.irql = 0;
    s->trace.site = 0;
    sc->floor_ns =
        max_u64(sc->floor_ns, s->trace.ns); /* undisturbed work does not move the floor */
    s->trace.ns = sc->floor_ns;
    return sc->end;
}

void sim_end(struct sim *s)
{
    struct sched *sc = s->sched;

    s->ended = true;
    sched_disturb(s);
    must(sc->cpu);
    sc->in_event = false;
    leave_run(s, running(sc), SCHED_ENDED);
    must(!"an ended run goes on");
}

bool sched_is_running(const struct sim *s) { return s->sched->cpu != NULL; }

uint64_t sched_steps(const struct sim *s) { return s->hot.steps; }

unsigned sched_cpu(const struct sim *s) { return s->sched->cpu ? s->sched->cpu->index : 0; }

unsigned sched_cpu_count(const struct sim *s) { return s->sched->cpu_count; }

void sched_stack(const struct sim *s, const void **low, const void **high)
{
    *low = s->hot.stack_low;
    *high = s->hot.stack_high;
}

static void cpu_reset(struct sim *s, unsigned i)
{
    static const char *const roles[SCHED_CPUS_MAX][3] = {
        { "cpu0/idle", "cpu0/dpc", "cpu0/isr" },
        { "cpu1/idle", "cpu1/dpc", "cpu1/isr" },
        { "cpu2/idle", "cpu2/dpc", "cpu2/isr" },
        { "cpu3/idle", "cpu3/dpc", "cpu3/isr" },
    };
    struct cpu *c = &s->sched->cpus[i];
    struct agent *agents[] = { &c->idle, &c->dpc_agent, &c->isr_agent };
    struct fiber keep = c->idle.fiber;

    memset(c, 0, sizeof(*c));
    c->index = (uint8_t)i;
    c->bit = 1u << i;
    for (unsigned k = 0; k < 3; k++) {
        agents[k]->id = sched_agent_new(s,
                                        k == 1   ? AGENT_DPC
                                        : k == 2 ? AGENT_ISR
                                                 : AGENT_BOOT,
                                        roles[i][k]);
        agents[k]->type = k == 1 ? AGENT_DPC : k == 2 ? AGENT_ISR : AGENT_BOOT;
        agents[k]->cpu = (uint8_t)i;
    }
    if (!keep.low) {
        keep.low = fiber_stack_alloc();
        keep.high = keep.low + FIBER_STACK_BYTES;
    }
    fiber_make(&c->idle.fiber, keep.low, keep.high, cpu_idle_main, s);
    c->current = &c->idle;
    c->top = &c->idle;
}

void sched_reset(struct sim *s)
{
    struct sched *sc = s->sched;

    must(!sc->cpu || s->ended);
    sc->cpu_count = s->profile.cpus ? s->profile.cpus : 1;
    sc->cpu = NULL;
    sc->active = 0;
    sc->in_event = false;
    sc->is_told = sc->is_fresh = s->waits = false;
    sc->asked = NULL;
    sc->until = NULL;
    sc->floor_ns = 0;
    s->hot = (struct sched_hot) { .accesses_seen = door_accesses(),
                                  .access_cost = (uint64_t)s->profile.access_ps * 1024 / 1000,
                                  .steps_max = s->limits.steps_max };
    sc->event_order = 0;
    for (uint32_t i = 1; i <= sc->heap_count; i++)
        sc->heap[i]->heap_index = 0;
    sc->heap_count = 0;
    sc->next_id = 1;
    for (unsigned p = 0; p < PRIORITIES; p++)
        TAILQ_INIT(&sc->ready[p]);
    sc->ready_mask = 0;
    for (unsigned i = 0; i < sc->agents_used; i++) {
        struct fiber keep = sc->agents[i].fiber;

        memset(&sc->agents[i], 0, sizeof(sc->agents[i]));
        sc->agents[i].fiber.low = keep.low;
        sc->agents[i].fiber.high = keep.high;
    }
    sc->agents_used = 0;
    for (unsigned i = 0; i < sc->cpu_count; i++)
        cpu_reset(s, i);
    s->trace.ns = 0;
}

int sched_create(struct sim *s)
{
    struct sched *sc = calloc(1, sizeof(*sc));

    if (!sc)
        return ERR_NOMEM;
    sc->heap = malloc((EVENTS_MAX + 1) * sizeof(*sc->heap));
    if (!sc->heap) {
        free(sc);
        return ERR_NOMEM;
    }
    s->sched = sc;
    sched_reset(s);
    return 0;
}

void sched_destroy(struct sim *s)
{
    struct sched *sc = s->sched;

    for (unsigned i = 0; i < SCHED_CPUS_MAX; i++)
        fiber_stack_free(sc->cpus[i].idle.fiber.low);
    for (unsigned i = 0; i < AGENTS_MAX; i++)
        fiber_stack_free(sc->agents[i].fiber.low);
    free(s->sched->heap);
    free(s->sched);
    s->sched = NULL;
}
