/*
 * What the files of ke share, and what others of sim/nt ask of it. Waiters, queued DPCs and running
 * timers are kept in memory of ours and found by the address of the driver's object, so that a driver
 * which frees or overwrites a live object cannot break the scheduler.
 */
#ifndef DMACHECK_SIM_NT_KE_H
#define DMACHECK_SIM_NT_KE_H

#include "sim/nt/nt.h"

/* DISPATCHER_HEADER.Type: public symbol files, _KOBJECTS. */
enum ke_type {
    KE_NOTIFICATION_EVENT = 0,
    KE_SYNCHRONIZATION_EVENT = 1,
    KE_MUTANT = 2,
    KE_PROCESS = 3,
    KE_SEMAPHORE = 5,
    KE_THREAD = 6,
    KE_NOTIFICATION_TIMER = 8,
    KE_SYNCHRONIZATION_TIMER = 9,
    KE_DPC = 19,
};

struct ke_wait_block {
    DISPATCHER_HEADER *object;
    struct ke_waiter *waiter;
    struct ke_wait_block *next; /* same bucket, oldest first */
};

struct ke_waiter {
    struct agent *agent;
    struct ke_wait_block *blocks;
    unsigned count;
    bool all, done;
    unsigned index; /* which object ended a wait for any */
    bool abandoned;
};

/* A thread's object. The public part is a dispatcher object; drivers keep pointers to it. */
struct ke_thread {
    DISPATCHER_HEADER header;
    struct agent *agent;
    PKSTART_ROUTINE start;
    PVOID context;
    uint32_t obj;
    NTSTATUS exit_status;
    int critical; /* depth of critical regions */
    bool system;
    LONG references;
};

#define KE_BUCKETS 256

struct nt_ke {
    bool waits_used; /* a reset clears the table only then */
    struct ke_wait_block *waits[KE_BUCKETS];
    struct objmap dpcs;   /* PKDPC -> struct ke_dpc */
    struct objmap timers; /* PKTIMER -> struct ke_timer */
    struct ke_dpc *dpc_free, *dpc_all;
    struct ke_timer *timer_free, *timer_all;
    struct ke_thread *boot; /* object of the machine's own thread */
    LIST_ENTRY bugcheck_callbacks;
    uint64_t counter_offset; /* of a broken performance counter, modulo 2^64 */
    uint64_t counter_last;   /* what was answered last */
};

/* A system thread; NULL: no memory or no thread left. */
PKTHREAD ke_thread_create(struct sim *s, const char *name, PKSTART_ROUTINE start, PVOID context,
                          int priority);
struct ke_thread *ke_thread_of(struct sim *s, const struct agent *a);
_Noreturn void ke_thread_end(struct sim *s, NTSTATUS status);

void ke_header_init(DISPATCHER_HEADER *h, enum ke_type type, UCHAR longs, LONG state);
/* The object's state has risen: satisfies waiters, oldest first. */
void ke_signal(struct sim *s, DISPATCHER_HEADER *h);
NTSTATUS ke_wait_many(struct sim *s, unsigned count, PVOID objects[], bool all,
                      uint64_t deadline_ns);
/* A Windows time-out (100 ns units; negative: relative; NULL: for ever) as a deadline in ns. */
uint64_t ke_deadline(struct sim *s, PLARGE_INTEGER timeout);
uint64_t ke_system_time(struct sim *s); /* 100 ns units since 1601 */
void ke_timers_reset(struct sim *s);
int ke_timers_create(struct sim *s);
void ke_timers_destroy(struct sim *s);

/* MISUSE for timers that are set and DPCs that are queued in a pool block that is being freed, which are
 * taken out of their queues. */
void ke_complain_of_freed(struct sim *s, uint32_t obj, const void *p, uint64_t bytes);

/* Spin locks, also for the machine's own use. */
void ke_spin_acquire(struct sim *s, PKSPIN_LOCK lock);
void ke_spin_release(struct sim *s, PKSPIN_LOCK lock);

#endif
