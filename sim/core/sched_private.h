/*
 * The scheduler's insides, shared by sched.c (who goes next), sched_thread.c (threads),
 * sched_event.c (the heap of timed events), sched_intr.c (DPCs, interrupts, IRQL) and
 * sched_between.c (strategies: who could go, and points between calls).
 */
#ifndef DMACHECK_SIM_CORE_SCHED_PRIVATE_H
#define DMACHECK_SIM_CORE_SCHED_PRIVATE_H

#include <sys/queue.h>

#include "sim/core/fiber.h"
#include "sim/core/seh.h"
#include "sim/core/sched.h"

#define SYSTEM_STACK_BYTES (FIBER_STACK_BYTES - (32 << 10)) /* the rest is for the program */
#define AGENTS_MAX 256       /* threads at one time; a further one cannot be created */
#define AGENT_NAMES_MAX 1024 /* ids with a name */
#define PRIORITIES 32
#define EVENTS_MAX 65536       /* timed events at one time */
#define QUANTUM_NS 15000000ull /* a thread's turn among equals: 15 ms, a workstation's */
#define WINDOW_NS 200000ull    /* how far a choice may reach into the future: 200 us */
#define INTR_LATENCY_NS 700ull /* from a device's raising to the ISR's first instruction */

struct agent {
    struct fiber fiber;
    const char *system_top; /* sched_system_enter; NULL: the fiber's */
    uint16_t id;
    uint8_t type;
    uint8_t cpu;  /* where it runs or ran last */
    uint8_t irql; /* while it is off: PASSIVE_LEVEL or APC_LEVEL, which belongs to the thread */
    bool blocked, ended, woken, live, queued;
    int priority;
    uint32_t affinity;
    uint32_t process;
    uint64_t ready_ns; /* since when it could run */
    uint64_t slice_ns; /* when it was put on its processor */
    void (*fn)(void *);
    void *ctx, *user;
    struct seh_frame *seh; /* chain of __try blocks on this stack */
    struct sched_event timeout;
    char name[24];
    TAILQ_ENTRY(agent) ready;
};
TAILQ_HEAD(agent_queue, agent);

struct cpu {
    uint64_t clock_ns;
    uint32_t bit; /* in a mask of processors */
    uint8_t index;
    uint8_t irql;
    bool resched;          /* the thread should be changed as soon as IRQL allows */
    struct agent *current; /* the thread, or idle, whose stack this processor runs on */
    struct agent *top;     /* who acts: current, or the processor's dpc or isr agent over it */
    struct agent idle, dpc_agent, isr_agent;
    struct sched_dpc *dpc_head, *dpc_tail;
    struct sched_intr *intr; /* those with something pending for this processor */
};

struct sched {
    struct cpu cpus[SCHED_CPUS_MAX];
    unsigned cpu_count;
    struct cpu *cpu; /* running; NULL on the host's stack */
    uint32_t active; /* bit per processor that has something to do */
    bool in_event;
    struct agent host; /* the stack that called sched_run */
    struct agent *until;
    bool settle;
    enum sched_end end;
    uint64_t floor_ns; /* nothing happens before this any more */
    uint64_t event_order;
    bool is_fresh; /* a processor was chosen to go on, and has but taken its thread since */
    /* The last point between calls: who went on there, and what had happened before it. */
    struct agent *asked;
    uint64_t asked_accesses, asked_seq;
    bool is_told;     /* who goes next has been decided at a point between calls: */
    struct cpu *told; /* NULL: the event */
    uint64_t told_ns;
    /* threads */
    struct agent agents[AGENTS_MAX];
    unsigned agents_used;
    struct agent_queue ready[PRIORITIES];
    uint32_t ready_mask;
    /* events: a binary heap by (due_ns, order), from index 1 */
    struct sched_event **heap;
    uint32_t heap_count;
    char names[AGENT_NAMES_MAX][24];
    uint16_t next_id;
};

struct candidate {
    uint64_t ns;
    struct cpu *cpu; /* NULL: the event */
};

struct field { /* who could go, as far as somebody may choose */
    struct candidate c[SCHED_CPUS_MAX + 1];
    unsigned count;
};

/* sched.c */
void sched_candidates(struct sched *sc, struct field *f);
void sched_dispatch_as(struct sim *s, struct agent *me); /* this stack gives up control until it is
                                                            its turn */
void sched_enter_cpu(struct sim *s, struct cpu *c);
void cpu_active_update(struct sim *s, struct cpu *c);
void sched_disturb(struct sim *s); /* somebody else may have to go before the running one */
void sched_act_as(struct sim *s, struct cpu *c, struct agent *top);
/* sched_between.c */
void sched_field_sort(struct field *f);
/* For a strategy. The field is in order; me is the stack that asks. */
void sched_who_goes(struct sim *s, const struct agent *me, const struct field *f, unsigned count,
                    struct choice_who *who);
/* A call begins where the last one has just ended: nothing lies between the two points. */
bool sched_is_same_point(const struct sim *s, const struct agent *me);
/* sched_thread.c */
uint16_t sched_ready_first(const struct sched *sc,
                           const struct cpu *c);    /* whom a processor would take */
void thread_place(struct sim *s, struct agent *a);  /* ready: find it a processor or queue it */
void cpu_next_thread(struct sim *s, struct cpu *c); /* current = best ready thread or idle */
void sched_thread_off_cpu(struct sim *s, struct agent *me);
void sched_preempt(struct sim *s); /* the running thread makes room, if somebody deserves it */
void cpu_idle_main(void *ctx);
/* sched_event.c */
struct sched_event *event_top(struct sched *sc);
void event_run(struct sim *s, struct sched_event *ev);
/* sched_intr.c */
bool cpu_work_pending(const struct cpu *c); /* something that may run at this processor's IRQL */
void cpu_service(struct sim *s);            /* runs it, on the running processor */

#endif
