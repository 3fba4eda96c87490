/*
 * Thread objects, priorities, processors, critical regions.
 */
#include "sim/nt/io.h"
#include "sim/nt/ke.h"

#include "base/must.h"

#define PRIORITY_NORMAL 8

static struct ke_thread *thread_object(struct sim *s, struct agent *a)
{
    struct ke_thread *t = pool_alloc_internal(s, sizeof(*t));

    if (!t)
        return NULL;
    *t = (struct ke_thread) { .agent = a, .references = 1 };
    ke_header_init(&t->header, KE_THREAD, sizeof(t->header) / 4, 0);
    nt_obj_new(s, t, OBJ_AGENT);
    t->obj = nt_obj(s, t, OBJ_AGENT);
    return t;
}

/* Threads that the machine itself made (a scenario's, a worker) get their object when first asked. */
struct ke_thread *ke_thread_of(struct sim *s, const struct agent *a)
{
    struct ke_thread *t = agent_user(a);

    if (!t) {
        t = thread_object(s, (struct agent *)a);
        must(t);
        agent_set_user((struct agent *)a, t);
    }
    return t;
}

static void thread_main(void *ctx)
{
    struct ke_thread *t = ctx;
    struct sim *s = sim_now();

    callback_begin(s, API_ThreadStart, t->obj, 0, 0, 0, 0);
    t->start(t->context);
    callback_end(s, API_ThreadStart, t->obj, 0);
    io_irql_restore(s, API_ThreadStart, t->obj, IRQL_PASSIVE, (const void *)t->start);
    ke_thread_end(s, STATUS_SUCCESS);
}

PKTHREAD ke_thread_create(struct sim *s, const char *name, PKSTART_ROUTINE start, PVOID context,
                          int priority)
{
    struct ke_thread *t = thread_object(s, NULL);

    if (!t)
        return NULL;
    t->start = start;
    t->context = context;
    t->system = true;
    t->agent = sched_thread(s, name, thread_main, t, 0, priority);
    if (!t->agent) {
        nt_obj_drop(s, t);
        pool_free_internal(s, t);
        return NULL;
    }
    agent_set_user(t->agent, t);
    return (PKTHREAD)t;
}

_Noreturn void ke_thread_end(struct sim *s, NTSTATUS status)
{
    struct ke_thread *t = ke_thread_of(s, sched_current_thread(s));

    t->exit_status = status;
    t->header.SignalState = 1;
    ke_signal(s, &t->header);
    sched_thread_exit(s);
}

/* KeGetCurrentThread: Irql any. Not said: it changes nothing. Source wdm/nf-wdm-kegetcurrentthread */
PKTHREAD KeGetCurrentThread(void)
{
    struct sim *s = sim_now();

    return (PKTHREAD)ke_thread_of(s, sched_current_thread(s));
}

static struct agent *agent_of(PKTHREAD Thread) { return ((struct ke_thread *)Thread)->agent; }

/*
 * KeSetPriorityThread: sets a thread's priority (1..31); returns the old one.
 *
 * Irql     <= DISPATCH_LEVEL
 * Gap      priority 0 and values above 31 leave it unchanged
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-kesetprioritythread
 */
KPRIORITY KeSetPriorityThread(PKTHREAD Thread, KPRIORITY Priority)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_KeSetPriorityThread, nt_obj(s, Thread, OBJ_AGENT),
                               (uint64_t)Priority, 0, 0, 0);
    KPRIORITY old = agent_priority(agent_of(Thread));

    if (Priority > 0 && Priority <= HIGH_PRIORITY)
        agent_set_priority(agent_of(Thread), Priority);
    call_end(&c, (uint64_t)old, 0, 0, 0);
    return old;
}

/* KeQueryPriorityThread: Irql any. Source ntddk/nf-ntddk-kequeryprioritythread */
KPRIORITY KeQueryPriorityThread(PKTHREAD Thread) { return agent_priority(agent_of(Thread)); }

/* KeSetBasePriorityThread: Increment from the process's base; returns the old increment.
 * Irql <= DISPATCH_LEVEL. Source ntddk/nf-ntddk-kesetbaseprioritythread */
LONG KeSetBasePriorityThread(PKTHREAD Thread, LONG Increment)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_KeSetBasePriorityThread, nt_obj(s, Thread, OBJ_AGENT),
                               (uint64_t)Increment, 0, 0, 0);
    int old = agent_priority(agent_of(Thread)) - PRIORITY_NORMAL;
    int now = PRIORITY_NORMAL + Increment;

    agent_set_priority(agent_of(Thread), now < 1 ? 1 : now > 15 ? 15 : now);
    call_end(&c, (uint64_t)old, 0, 0, 0);
    return old;
}

/* KeEnterCriticalRegion: normal kernel APCs are held back. Irql <= APC_LEVEL.
 * Gap: there are no APCs to hold back; the depth is kept. Source ntddk/nf-ntddk-keentercriticalregion */
void KeEnterCriticalRegion(void)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_KeEnterCriticalRegion, 0, 0, 0, 0, 0);

    ke_thread_of(s, sched_current_thread(s))->critical++;
    call_end(&c, 0, 0, 0, 0);
}

/* KeLeaveCriticalRegion: Irql <= APC_LEVEL. Source ntddk/nf-ntddk-keleavecriticalregion */
void KeLeaveCriticalRegion(void)
{
    struct sim *s = sim_now();
    struct ke_thread *t = ke_thread_of(s, sched_current_thread(s));
    struct call c = call_begin(s, API_KeLeaveCriticalRegion, 0, (uint64_t)t->critical, 0, 0, 0);

    if (t->critical > 0)
        t->critical--;
    call_end(&c, (uint64_t)t->critical, 0, 0, 0);
}

/* KeAreApcsDisabled: Irql any. Source ntddk/nf-ntddk-keareapcsdisabled */
BOOLEAN KeAreApcsDisabled(void)
{
    struct sim *s = sim_now();

    return sched_irql(s) >= IRQL_APC || ke_thread_of(s, sched_current_thread(s))->critical > 0;
}

/* KeAreAllApcsDisabled: Irql any. Source wdm/nf-wdm-keareallapcsdisabled */
BOOLEAN KeAreAllApcsDisabled(void) { return sched_irql(sim_now()) >= IRQL_APC; }

/* KeGetCurrentProcessorNumberEx: Irql any. Source wdm/nf-wdm-kegetcurrentprocessornumberex */
ULONG KeGetCurrentProcessorNumberEx(PPROCESSOR_NUMBER ProcNumber)
{
    ULONG number = sched_cpu(sim_now());

    if (ProcNumber)
        *ProcNumber = (PROCESSOR_NUMBER) { .Number = (UCHAR)number };
    return number;
}

ULONG KeGetCurrentProcessorIndex(void) { return sched_cpu(sim_now()); }

/* KeQueryActiveProcessorCount and its kin: one group, one node. Irql any.
 * Source wdm/nf-wdm-kequeryactiveprocessorcount */
ULONG KeQueryActiveProcessorCount(PKAFFINITY ActiveProcessors)
{
    unsigned count = sched_cpu_count(sim_now());

    if (ActiveProcessors)
        *ActiveProcessors = (1u << count) - 1;
    return count;
}

ULONG KeQueryActiveProcessorCountEx(USHORT GroupNumber)
{
    return GroupNumber == 0 || GroupNumber == ALL_PROCESSOR_GROUPS ? sched_cpu_count(sim_now()) : 0;
}

ULONG KeQueryMaximumProcessorCount(void) { return sched_cpu_count(sim_now()); }

ULONG KeQueryMaximumProcessorCountEx(USHORT GroupNumber)
{
    return KeQueryActiveProcessorCountEx(GroupNumber);
}

KAFFINITY KeQueryActiveProcessors(void) { return (1u << sched_cpu_count(sim_now())) - 1; }
USHORT KeQueryActiveGroupCount(void) { return 1; }
USHORT KeQueryMaximumGroupCount(void) { return 1; }
USHORT KeQueryHighestNodeNumber(void) { return 0; }
USHORT KeGetCurrentNodeNumber(void) { return 0; }

/* KeSetSystemAffinityThread(Ex): the running thread moves to these processors. Irql <= APC_LEVEL
 * (at DISPATCH_LEVEL it takes effect later). Source wdm/nf-wdm-kesetsystemaffinitythreadex */
KAFFINITY KeSetSystemAffinityThreadEx(KAFFINITY Affinity)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_KeSetSystemAffinityThread, 0, Affinity, 0, 0, 0);
    uint32_t all = (1u << sched_cpu_count(s)) - 1;
    uint32_t wanted = (uint32_t)Affinity & all;

    if (wanted) {
        agent_set_affinity(sched_current_thread(s), wanted);
        if (!(wanted & 1u << sched_cpu(s)))
            sched_thread_yield(s);
    }
    call_end(&c, all, 0, 0, 0);
    return 0; /* no affinity was set before: the page's "0" */
}

void KeSetSystemAffinityThread(KAFFINITY Affinity) { KeSetSystemAffinityThreadEx(Affinity); }

/* KeRevertToUserAffinityThread(Ex): Irql <= APC_LEVEL. Source wdm/nf-wdm-kereverttouseraffinitythreadex */
void KeRevertToUserAffinityThreadEx(KAFFINITY Affinity)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_KeRevertToUserAffinityThread, 0, Affinity, 0, 0, 0);
    uint32_t all = (1u << sched_cpu_count(s)) - 1;

    agent_set_affinity(sched_current_thread(s), Affinity ? (uint32_t)Affinity & all : all);
    call_end(&c, 0, 0, 0, 0);
}

void KeRevertToUserAffinityThread(void) { KeRevertToUserAffinityThreadEx(0); }
