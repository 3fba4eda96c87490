/*
 * Processors, agents, IRQL and virtual time.
 *
 * Each virtual processor has a clock and an IRQL of its own and runs at most one thread, over which
 * DPCs and ISRs are stacked. The scheduler is a discrete-event simulation: by default whoever has
 * the smallest clock goes next, so that processors and devices overlap as real ones do; a choice
 * may pick another, and then those that were passed over have been stalled up to that time, so time
 * never runs backwards. A thread keeps its processor until it waits, is preempted by higher
 * priority, or its quantum ends.
 *
 * Everything below is called on the simulator's one OS thread. fn(ctx) callbacks of timers run on
 * the scheduler's own stack and may not block.
 */
#ifndef DMACHECK_SIM_CORE_SCHED_H
#define DMACHECK_SIM_CORE_SCHED_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/core/door.h"
#include "sim/core/sim.h"

#define SCHED_CPUS_MAX 4
#define IRQL_PASSIVE 0
#define IRQL_APC 1
#define IRQL_DISPATCH 2
#define IRQL_HIGH 15

enum agent_type { AGENT_BOOT, AGENT_THREAD, AGENT_DPC, AGENT_ISR, AGENT_DEVICE, AGENT_TIMER };

/* A thread of control with a stack of its own. Private but for what sim/nt needs. */
struct agent;

/* --- time --- */
uint64_t sched_now_ns(const struct sim *s);
/* The running processor spends this much. Cheap; the clock moves, others catch up at the next point. */
static inline void sched_spend(struct sim *s, uint64_t ns) { s->hot.now_ns += ns; }

/* --- scheduling points --- */
/* Someone else may run here. Every Windows call begins with one (call_begin does it). */
void sched_point_slow(struct sim *s);
static inline void sched_point(struct sim *s)
{
    struct sched_hot *h = &s->hot;
    uint64_t accesses = door_accesses();

    h->now_ns += (accesses - h->accesses_seen) * h->access_cost >> 10;
    h->accesses_seen = accesses;
    if (h->now_ns <= h->quiet_until_ns && ++h->steps < h->steps_max)
        s->trace.ns = h->now_ns;
    else
        sched_point_slow(s);
}

/* As sched_point, in a loop that waits for what somebody else does: nothing is won by turning on. */
static inline void sched_wait_point(struct sim *s)
{
    s->waits = true;
    sched_point(s);
    s->waits = false;
}
/* Where somebody else may run as well, though the clocks do not ask: at a call's end, before an
 * access to a register or an interlocked operation. Without a strategy nobody ever does
 * (sim/core/choice.h). */
void sched_between_slow(struct sim *s);
static inline void sched_between(struct sim *s)
{
    if (__builtin_expect(s->between, 0))
        sched_between_slow(s);
}

/* --- threads --- */
/* Starts a thread of process (an object id; 0 = system) at priority 0..31 (8 normal). NULL: none left. */
struct agent *sched_thread(struct sim *s, const char *name, void (*fn)(void *), void *ctx,
                           uint32_t process, int priority);
struct agent *sched_current(const struct sim *s); /* the running agent; never NULL inside a run */
struct agent *sched_current_thread(const struct sim *s); /* the thread below any DPC or ISR */
uint16_t agent_id(const struct agent *a);
uint32_t agent_process(const struct agent *a);
void agent_set_process(struct agent *a, uint32_t process);
enum agent_type agent_type(const struct agent *a);
const char *agent_name(const struct agent *a);
void *agent_user(const struct agent *a); /* sim/nt hangs its thread object here */
void agent_set_user(struct agent *a, void *user);
int agent_priority(const struct agent *a);
void agent_set_priority(struct agent *a, int priority);
void agent_set_affinity(struct agent *a, uint32_t cpu_mask);
void agent_stack(const struct agent *a, const char **low, const char **high);
_Noreturn void sched_thread_exit(struct sim *s); /* the running thread ends */
/* The running thread sleeps until sched_wake or until deadline_ns (UINT64_MAX: never).
 * Returns true when woken, false when the deadline came. Only at IRQL < DISPATCH. */
bool sched_block(struct sim *s, uint64_t deadline_ns);
void sched_wake(struct sim *s, struct agent *a);
bool agent_blocked(const struct agent *a);
void sched_thread_yield(struct sim *s);

/* --- IRQL of the running processor --- */
uint8_t sched_irql(const struct sim *s);
uint8_t sched_irql_set(struct sim *s,
                       uint8_t irql); /* raise or lower; returns the old one. Lowering
                                                        runs what was held back (DPCs, interrupts) */
unsigned sched_cpu(const struct sim *s);
unsigned sched_cpu_count(const struct sim *s);

/* --- timed events: device engines, timers, deferred callbacks --- */
struct sched_event {
    void (*fn)(struct sim *s, void *ctx);
    void *ctx;
    uint64_t due_ns;
    uint32_t heap_index; /* 0: not queued */
    uint16_t agent;      /* who is said to act; from sched_agent_new */
    uint64_t order;
};
/* Queues ev (fn, ctx, agent set by the caller) for due_ns; moves it if it is queued already. */
void sched_event_at(struct sim *s, struct sched_event *ev, uint64_t due_ns);
bool sched_event_cancel(struct sim *s, struct sched_event *ev); /* true: it was queued */
/* An agent id for something without a stack: a device engine, a timer. */
uint16_t sched_agent_new(struct sim *s, enum agent_type type, const char *name);
const char *sched_agent_name(const struct sim *s, uint16_t id);

/* --- DPCs: fn runs at DISPATCH_LEVEL on a processor, on a stack of its own, before any thread of
 *     that processor goes on. --- */
struct sched_dpc {
    void (*fn)(struct sim *s, void *ctx);
    void *ctx;
    struct sched_dpc *next;
    bool queued;
    bool high;         /* importance: at the head of the queue */
    int8_t cpu;        /* -1: the processor that queues it */
    uint8_t queued_on; /* the scheduler's */
    uint32_t obj;
};
bool sched_dpc_queue(struct sim *s, struct sched_dpc *d); /* false: it was queued already */
bool sched_dpc_remove(struct sim *s, struct sched_dpc *d);
void sched_dpc_drain(
    struct sim *s); /* KeFlushQueuedDpcs: returns when all queued so far have run */

/* --- interrupts --- */
struct sched_intr {
    bool (*fn)(struct sim *s, void *ctx, uint32_t message); /* runs at irql on its processor */
    void *ctx;
    uint8_t irql; /* of the ISR */
    bool level;   /* line based: asserted until lowered */
    int8_t cpu;   /* -1: any (a choice) */
    uint32_t obj;
    /* the scheduler's: */
    uint32_t pending_mask; /* messages waiting, one bit each (0..31) */
    uint32_t running;
    bool asserted;
    bool connected;
    bool masked;        /* held back: what comes is kept */
    bool spurious;      /* the next run has no cause that the scheduler knows of */
    uint32_t raises;    /* how often it has been raised */
    uint8_t pending_on; /* processor + 1; 0: not pending */
    struct sched_intr *pending_next;
};
void sched_intr_connect(struct sim *s, struct sched_intr *i);
/* Returns when no ISR of it is running or ever will be. */
void sched_intr_disconnect(struct sim *s, struct sched_intr *i);
/* A device raises it: edge (MSI) or, for a level line, asserts it. Delivery comes later, in virtual
 * time and by choice. Raising an unconnected one is kept for a level line, lost for an edge. */
void sched_intr_raise(struct sim *s, struct sched_intr *i, uint32_t message);
/* An interrupt that its device has not asked for: a line is not held. */
void sched_intr_stray(struct sim *s, struct sched_intr *i, uint32_t message);
void sched_intr_lower(struct sim *s, struct sched_intr *i);
/* Its controller holds it back, or lets come what has come meanwhile. */
void sched_intr_mask(struct sim *s, struct sched_intr *i, bool masked);

/* --- running --- */
enum sched_end { SCHED_DONE, SCHED_STUCK, SCHED_ENDED, SCHED_STEPS };
/* Runs until the agent `until` has ended and (when settle) nothing is runnable any more.
 * STUCK: `until` waits and nothing can ever wake it. ENDED: sim_end. STEPS: steps_max reached. */
enum sched_end sched_run(struct sim *s, struct agent *until, bool settle);
uint64_t sched_steps(const struct sim *s);
bool sched_is_running(const struct sim *s); /* inside sched_run, on some agent or event */

/* The running stack's bounds, for unwinding. */
void sched_stack(const struct sim *s, const void **low, const void **high);

/* A program calls the system, which on Windows has a stack of its own: from here to the end of the call the
 * running thread's stack begins at top, and nothing that is named by its place there, and no site, depends
 * on what the program did before it called. Returns what to end it with. */
const void *sched_system_enter(struct sim *s, const void *top);
void sched_system_leave(struct sim *s, const void *before);

int sched_create(struct sim *s);
void sched_reset(struct sim *s);
void sched_destroy(struct sim *s);

#endif
