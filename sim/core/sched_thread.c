/*
 * Threads: ready queues by priority, placing a ready thread on a processor, blocking and waking.
 */
#include <string.h>

#include "base/must.h"
#include "sim/core/race.h"
#include "sim/core/sched_private.h"

uint16_t sched_agent_new(struct sim *s, enum agent_type type, const char *name)
{
    struct sched *sc = s->sched;
    uint16_t id = sc->next_id;

    if (sc->next_id < UINT16_MAX) /* those beyond share the last id */
        sc->next_id++;
    /* Most machines of a process give the same names in the same order: they are there already. */
    if (id < AGENT_NAMES_MAX && strcmp(sc->names[id], name) != 0)
        strncpy(sc->names[id], name, sizeof(sc->names[id]) - 1);
    trace_emit(&s->trace, EV_AGENT, API_NONE, OBJ_ID(OBJ_AGENT, id), type, 0, 0, 0);
    return id;
}

const char *sched_agent_name(const struct sim *s, uint16_t id)
{
    if (id == 0)
        return "machine";
    return id < AGENT_NAMES_MAX && id < s->sched->next_id ? s->sched->names[id] : "agent";
}

static void ready_push(struct sched *sc, struct agent *a)
{
    TAILQ_INSERT_TAIL(&sc->ready[a->priority], a, ready);
    sc->ready_mask |= 1u << a->priority;
    a->queued = true;
}

static void ready_remove(struct sched *sc, struct agent *a)
{
    a->queued = false;
    TAILQ_REMOVE(&sc->ready[a->priority], a, ready);
    if (TAILQ_EMPTY(&sc->ready[a->priority]))
        sc->ready_mask &= ~(1u << a->priority);
}

static bool may_run_on(const struct agent *a, unsigned cpu) { return a->affinity & 1u << cpu; }

static uint32_t thread_choice(struct sim *s, struct agent *const *equals, unsigned count)
{
    struct choice_who who = { .running = CHOICE_WHO_MAX };

    if (!s->between || count > CHOICE_WHO_MAX)
        return choice_rare(s, CHOICE_SCHED_THREAD, count, 2);
    for (unsigned i = 0; i < count; i++)
        who.agent[i] = equals[i]->id;
    return choice_among(s, CHOICE_SCHED_THREAD, count, 2, &who);
}

/* The best ready thread for this processor; equals are a choice. NULL: none. */
static struct agent *ready_pick(struct sim *s, struct cpu *c, int above)
{
    struct sched *sc = s->sched;
    unsigned cpu = (unsigned)(c - sc->cpus);

    for (int p = PRIORITIES - 1; p > above; p--) {
        struct agent *a, *equals[8];
        unsigned count = 0;

        if (!(sc->ready_mask & 1u << p))
            continue;
        TAILQ_FOREACH (a, &sc->ready[p], ready)
            if (may_run_on(a, cpu) && count < 8)
                equals[count++] = a;
        if (count)
            return equals[thread_choice(s, equals, count)];
    }
    return NULL;
}

uint16_t sched_ready_first(const struct sched *sc, const struct cpu *c)
{
    struct agent *a;

    for (int p = PRIORITIES - 1; p >= 0; p--)
        TAILQ_FOREACH (a, &sc->ready[p], ready)
            if (may_run_on(a, c->index))
                return a->id;
    return CHOICE_NOBODY;
}

static void cpu_give(struct sim *s, struct cpu *c, struct agent *a)
{
    bool running = c == s->sched->cpu && !s->sched->in_event;

    a->cpu = c->index;
    c->clock_ns = max_u64(running ? s->hot.now_ns : c->clock_ns, a->ready_ns);
    if (running)
        s->hot.now_ns = c->clock_ns;
    a->slice_ns = c->clock_ns;
    c->current = a;
    c->top = a;
    c->irql = a->irql;
    cpu_active_update(s, c);
}

void cpu_next_thread(struct sim *s, struct cpu *c)
{
    struct sched *sc = s->sched;
    struct agent *a = ready_pick(s, c, -1);

    c->current->irql = c->irql; /* below DISPATCH_LEVEL the IRQL goes with the thread */
    c->resched = false;
    if (a) {
        ready_remove(sc, a);
        cpu_give(s, c, a);
    } else {
        c->current = &c->idle;
        c->top = &c->idle;
        c->irql = IRQL_PASSIVE;
        cpu_active_update(s, c);
    }
}

/* Processors without a thread that have not been promised to another one; those where a DPC or an ISR
 * runs over idle only when there is no better one. */
static unsigned idle_cpus(struct sched *sc, const struct agent *a, struct cpu *out[SCHED_CPUS_MAX])
{
    unsigned count = 0;

    for (int busy = 0; busy < 2 && !count; busy++)
        for (unsigned i = 0; i < sc->cpu_count; i++) {
            struct cpu *c = &sc->cpus[i];

            if (may_run_on(a, i) && c->current == &c->idle && !c->resched &&
                (busy || c->top == &c->idle))
                out[count++] = c;
        }
    return count;
}

static struct cpu *weakest_cpu(struct sched *sc, const struct agent *a)
{
    struct cpu *weakest = NULL;

    for (unsigned i = 0; i < sc->cpu_count; i++) {
        struct cpu *c = &sc->cpus[i];

        if (may_run_on(a, i) && c->current != &c->idle && c->current->priority < a->priority &&
            (!weakest || c->current->priority < weakest->current->priority))
            weakest = c;
    }
    return weakest;
}

/* An idle processor takes it at once; else the one that runs the least important thread, if that is
 * less important; else it waits in its queue. */
void thread_place(struct sim *s, struct agent *a)
{
    struct sched *sc = s->sched;
    struct cpu *idle[SCHED_CPUS_MAX], *c;
    unsigned count = idle_cpus(sc, a, idle), last = 0;

    a->ready_ns = sched_now_ns(s);
    ready_push(sc, a);
    for (unsigned i = 1; i < count; i++)
        if (idle[i] == &sc->cpus[a->cpu])
            last = i; /* its caches may still be warm there */
    if (count)
        last = (last + choice_rare(s, CHOICE_SCHED_CPU, count, 4)) % count;
    c = count ? idle[last] : weakest_cpu(sc, a);
    if (!c)
        return;
    if (c->top == &c->idle)
        c->clock_ns = max_u64(c->clock_ns, a->ready_ns);
    c->resched = true;
    cpu_active_update(s, c);
    sched_disturb(s);
}

static void timeout_fire(struct sim *s, void *ctx)
{
    struct agent *a = ctx;

    if (!a->blocked)
        return;
    a->blocked = false;
    thread_place(s, a);
}

static void thread_main(void *arg)
{
    struct agent *a = arg;
    struct sim *s = sim_now();

    race_take(s, a);
    cpu_service(s);
    a->fn(a->ctx);
    sched_thread_exit(s);
}

struct agent *sched_thread(struct sim *s, const char *name, void (*fn)(void *), void *ctx,
                           uint32_t process, int priority)
{
    struct sched *sc = s->sched;
    unsigned i = 0;

    must(priority >= 0 && priority < PRIORITIES);
    while (i < sc->agents_used && sc->agents[i].live)
        i++;
    if (i == AGENTS_MAX)
        return NULL;
    struct agent *a = &sc->agents[i];
    char *low = a->fiber.low ? a->fiber.low : fiber_stack_alloc();

    memset(a, 0, sizeof(*a));
    if (i == sc->agents_used)
        sc->agents_used++;
    strncpy(a->name, name, sizeof(a->name) - 1);
    a->id = sched_agent_new(s, AGENT_THREAD, name);
    a->type = AGENT_THREAD;
    a->live = true;
    a->priority = priority;
    a->affinity = (1u << sc->cpu_count) - 1;
    a->process = process;
    a->fn = fn;
    a->ctx = ctx;
    a->timeout = (struct sched_event) { .fn = timeout_fire, .ctx = a, .agent = a->id };
    race_give(s, a);
    fiber_make(&a->fiber, low, low + FIBER_STACK_BYTES, thread_main, a);
    thread_place(s, a);
    return a;
}

/* The running thread's processor takes another one; this stack goes on when it is its turn again. */
static void give_up_cpu(struct sim *s)
{
    struct sched *sc = s->sched;
    struct cpu *c = sc->cpu;
    struct agent *me = c->current;

    cpu_next_thread(s, c);
    if (c->current != me)
        trace_emit(&s->trace, EV_SWITCH, API_NONE, 0, me->id, c->current->id, 0, 0);
}

_Noreturn void sched_thread_exit(struct sim *s)
{
    struct sched *sc = s->sched;
    struct agent *me = sc->cpu->current;

    must(me->type == AGENT_THREAD);
    me->ended = true;
    me->blocked = false;
    sched_thread_off_cpu(s, me);
    must(!"an ended thread goes on");
}

bool sched_block(struct sim *s, uint64_t deadline_ns)
{
    struct sched *sc = s->sched;
    struct agent *me = sc->cpu->current;

    must(me->type == AGENT_THREAD && sc->cpu->top == me);
    if (sc->cpu->irql >= IRQL_DISPATCH) { /* a driver left it raised: Windows stops at the switch */
        sim_bugcheck(s, 0xB8, 0, 0, 0, 0); /* ATTEMPTED_SWITCH_FROM_DPC */
        sched_irql_set(s, IRQL_PASSIVE);
    }
    if (me->woken) { /* somebody was faster than we are */
        me->woken = false;
        race_take(s, me);
        return true;
    }
    if (deadline_ns <= sched_now_ns(s))
        return false;
    me->blocked = true;
    if (deadline_ns != UINT64_MAX)
        sched_event_at(s, &me->timeout, deadline_ns);
    sched_thread_off_cpu(s, me);
    bool woken = me->woken;

    me->woken = false;
    race_take(s, me);
    cpu_service(s);
    return woken;
}

void sched_wake(struct sim *s, struct agent *a)
{
    if (a->ended)
        return;
    race_give(s, a);
    a->woken = true;
    if (!a->blocked)
        return;
    a->blocked = false;
    sched_event_cancel(s, &a->timeout);
    thread_place(s, a);
}

/* me leaves its processor: blocked, ended or put back among the ready. */
void sched_thread_off_cpu(struct sim *s, struct agent *me)
{
    give_up_cpu(s);
    sched_dispatch_as(s, me);
}

void sched_preempt(struct sim *s)
{
    struct sched *sc = s->sched;
    struct agent *me = sc->cpu->current;

    if (me == &sc->cpu->idle) {
        cpu_next_thread(s, sc->cpu);
        return;
    }
    struct agent *next = ready_pick(s, sc->cpu, me->priority);
    bool turn_over = s->hot.now_ns - me->slice_ns >= QUANTUM_NS;

    sc->cpu->resched = false;
    if (!next && !turn_over)
        return;
    me->ready_ns = sched_now_ns(s);
    ready_push(sc, me);
    sched_thread_off_cpu(s, me);
}

void sched_thread_yield(struct sim *s)
{
    struct sched *sc = s->sched;
    struct agent *me = sc->cpu->current;

    if (me->type != AGENT_THREAD || sc->cpu->irql >= IRQL_DISPATCH)
        return;
    me->ready_ns = sched_now_ns(s);
    if (may_run_on(me, sched_cpu(s)))
        ready_push(sc, me);
    else /* its affinity has changed: somebody else must take it */
        thread_place(s, me);
    s->waits = true;
    sched_thread_off_cpu(s, me);
    s->waits = false;
    cpu_service(s);
}

void cpu_idle_main(void *ctx)
{
    struct sim *s = ctx;
    struct sched *sc = s->sched;

    for (;;) {
        struct agent *me = sc->cpu->current;

        cpu_service(s);
        if (sc->cpu->current == me)
            cpu_active_update(s, sc->cpu);
        sc->is_fresh = sc->cpu->current != me;
        sched_dispatch_as(s, me);
    }
}

struct agent *sched_current(const struct sim *s)
{
    const struct sched *sc = s->sched;

    return sc->cpu ? sc->cpu->top : (struct agent *)&sc->host;
}

struct agent *sched_current_thread(const struct sim *s)
{
    const struct sched *sc = s->sched;

    return sc->cpu ? sc->cpu->current : (struct agent *)&sc->host;
}

uint16_t agent_id(const struct agent *a) { return a->id; }
uint32_t agent_process(const struct agent *a) { return a->process; }
void agent_set_process(struct agent *a, uint32_t process) { a->process = process; }
enum agent_type agent_type(const struct agent *a) { return a->type; }
const char *agent_name(const struct agent *a) { return a->name; }
void *agent_user(const struct agent *a) { return a->user; }
void agent_set_user(struct agent *a, void *user) { a->user = user; }
int agent_priority(const struct agent *a) { return a->priority; }
void agent_set_affinity(struct agent *a, uint32_t cpu_mask) { a->affinity = cpu_mask; }
bool agent_blocked(const struct agent *a) { return a->blocked; }

void agent_set_priority(struct agent *a, int priority)
{
    struct sched *sc = sim_now()->sched;
    bool queued = a->queued;

    must(priority >= 0 && priority < PRIORITIES);
    if (queued)
        ready_remove(sc, a);
    a->priority = priority;
    if (queued)
        ready_push(sc, a);
}

void agent_stack(const struct agent *a, const char **low, const char **high)
{
    *low = a->fiber.low;
    *high = a->fiber.high;
}
