/*
 * Instructions that the simulated processor must answer for, since the host's answer would differ
 * from run to run: pause, time stamps, cpuid, the interrupt flag, special registers.
 * Source: cpp/intrinsics/x64-amd64-intrinsics-list
 */
#include "sim/core/call.h"
#include "sim/core/race.h"
#include "sim/core/weakorder.h"
#include "sim/nt/rtl_priv.h"

#define TSC_PER_NS 2 /* a 2 GHz processor */
#define PAUSE_NS 20
#define EFLAGS_IF 0x200u

/* YieldProcessor: others go on meanwhile, so that a polling loop ends. */
VOID ddk_pause(VOID)
{
    struct sim *s = sim_now();

    door_flush_pending();
    sched_spend(s, PAUSE_NS);
    sched_wait_point(s);
}

ULONG64 ddk_rdtsc(VOID)
{
    struct sim *s = sim_now();

    door_flush_pending();
    sched_spend(s, 10);
    return sched_now_ns(s) * TSC_PER_NS;
}

ULONG64 ddk_rdtscp(ULONG *Aux)
{
    *Aux = sched_cpu(sim_now());
    return ddk_rdtsc();
}

/* One plain 64-bit processor: SSE2 and what came before, no extension beyond. */
VOID ddk_cpuidex(int Info[4], int Function, int SubFunction)
{
    (void)SubFunction; /* no leaf here has sub-leaves */
    memset(Info, 0, 4 * sizeof(*Info));
    if (Function == 0) {
        Info[0] = 1;
        memcpy(&Info[1], "Gena", 4);
        memcpy(&Info[2], "ntel", 4);
        memcpy(&Info[3], "ineI", 4);
    } else if (Function == 1) {
        Info[0] = 0x000006F0;
        Info[1] = (int)(sched_cpu(sim_now()) << 24 | sched_cpu_count(sim_now()) << 16 | 8u << 8);
        Info[3] = 0x078BFBFF;
    } else if ((unsigned)Function == 0x80000000u) {
        Info[0] = (int)0x80000001u;
    } else if ((unsigned)Function == 0x80000001u) {
        Info[3] = 0x20100800; /* long mode, no-execute, syscall */
    }
}

VOID ddk_cpuid(int Info[4], int Function) { ddk_cpuidex(Info, Function, 0); }

/* Interrupts off is IRQL HIGH_LEVEL for what can happen on this processor. */
VOID ddk_disable(VOID)
{
    struct sim *s = sim_now();

    door_flush_pending();
    sched_irql_set(s, IRQL_HIGH);
}

/* Gap: the IRQL before is not kept; drivers use the pair at PASSIVE_LEVEL or DISPATCH_LEVEL and must
 * not hold a lock across it. */
VOID ddk_enable(VOID)
{
    struct sim *s = sim_now();

    door_flush_pending();
    sched_irql_set(s, IRQL_PASSIVE);
}

VOID ddk_halt(VOID)
{
    struct sim *s = sim_now();

    door_flush_pending();
    sched_thread_yield(s);
}

/* The interlocked operation itself is the driver's own instruction, which comes next. */
VOID ddk_memory_barrier(VOID)
{
    door_flush_pending();
    weakorder_fence(sim_now());
}

VOID ddk_interlocked(const volatile VOID *Address)
{
    door_flush_pending();
    sched_between(sim_now());
    weakorder_fence(sim_now());
    race_interlocked(sim_now(), Address);
}

/* Flushing a line: caches are modelled by page where they are modelled at all (Gap). */
VOID ddk_clflush(const VOID *Address)
{
    struct sim *s = sim_now();

    door_range(Address, 1, false, __builtin_return_address(0));
    sched_spend(s, 50);
}

ULONG64 ddk_readeflags(VOID) { return 2u | (sched_irql(sim_now()) < IRQL_HIGH ? EFLAGS_IF : 0); }
