/*
 * The kernel's objects as their pages describe them: waits, events, semaphores, mutexes, timers,
 * DPCs, spin locks, fast mutexes, interlocked lists, threads.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "sim/nt/ke.h"

static void on_machine(unsigned cpus, void (*fn)(void *))
{
    struct profile p;
    char message[200];

    profile_default(&p);
    p.cpus = cpus;
    struct sim *s = sim_create(&p, message, sizeof(message));

    assert_non_null(s);
    struct agent *a = sched_thread(s, "test", fn, NULL, 0, 8);

    assert_int_equal(sched_run(s, a, true), SCHED_DONE);
    assert_int_equal(s->bugcheck_code, 0);
    sim_destroy(s);
}

static LARGE_INTEGER after_ns(uint64_t ns)
{
    return (LARGE_INTEGER) { .QuadPart = -(LONGLONG)(ns / 100) };
}

static NTSTATUS wait_ns(PVOID object, uint64_t ns)
{
    LARGE_INTEGER t = after_ns(ns);

    return KeWaitForSingleObject(object, Executive, KernelMode, FALSE, &t);
}

static void events_body(void *ctx)
{
    KEVENT notify, sync;

    (void)ctx;
    KeInitializeEvent(&notify, NotificationEvent, FALSE);
    KeInitializeEvent(&sync, SynchronizationEvent, TRUE);
    assert_int_equal(wait_ns(&notify, 1000), STATUS_TIMEOUT);
    assert_int_equal(wait_ns(&sync, 0), STATUS_SUCCESS);
    assert_int_equal(KeReadStateEvent(&sync), 0); /* the wait took it */
    assert_int_equal(KeSetEvent(&notify, IO_NO_INCREMENT, FALSE), 0);
    assert_int_equal(KeSetEvent(&notify, IO_NO_INCREMENT, FALSE), 1);
    assert_int_equal(wait_ns(&notify, 0), STATUS_SUCCESS);
    assert_int_equal(wait_ns(&notify, 0), STATUS_SUCCESS); /* stays signalled */
    assert_int_equal(KeResetEvent(&notify), 1);
    assert_int_equal(wait_ns(&notify, 0), STATUS_TIMEOUT);
    KeSetEvent(&notify, 0, FALSE);
    KeClearEvent(&notify);
    assert_int_equal(KeReadStateEvent(&notify), 0);
    KePulseEvent(&notify, 0, FALSE);
    assert_int_equal(KeReadStateEvent(&notify), 0);
}

static void events(void **state)
{
    (void)state;
    on_machine(1, events_body);
}

static KEVENT go, done;
static int value;

static VOID thread_sets(PVOID context)
{
    wait_ns(&go, 1000000000);
    value = *(int *)context;
    KeSetEvent(&done, 0, FALSE);
}

static void threads_body(void *ctx)
{
    int seven = 7;
    PKTHREAD thread;

    (void)ctx;
    value = 0;
    KeInitializeEvent(&go, SynchronizationEvent, FALSE);
    KeInitializeEvent(&done, NotificationEvent, FALSE);
    thread = ke_thread_create(sim_now(), "sets", thread_sets, &seven, 8);
    assert_non_null(thread);
    assert_ptr_not_equal(thread, KeGetCurrentThread());
    KeSetEvent(&go, 0, FALSE);
    assert_int_equal(KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL),
                     STATUS_SUCCESS);
    assert_int_equal(value, 7);
    /* A thread object is signalled when the thread has ended. */
    assert_int_equal(KeWaitForSingleObject(thread, Executive, KernelMode, FALSE, NULL),
                     STATUS_SUCCESS);
    assert_int_equal(KeSetPriorityThread(KeGetCurrentThread(), 12), 8);
    assert_int_equal(KeSetPriorityThread(KeGetCurrentThread(), 8), 12);
    assert_int_equal(KeSetBasePriorityThread(KeGetCurrentThread(), 2), 0);
    assert_int_equal(KeSetBasePriorityThread(KeGetCurrentThread(), 0), 2);
    KeSetSystemAffinityThread(2);
    assert_int_equal(KeGetCurrentProcessorNumberEx(NULL), 1);
    KeRevertToUserAffinityThread();
    KeEnterCriticalRegion();
    assert_true(KeAreApcsDisabled());
    KeLeaveCriticalRegion();
    assert_false(KeAreApcsDisabled());
}

static void threads(void **state)
{
    (void)state;
    on_machine(2, threads_body);
}

static void many_body(void *ctx)
{
    KEVENT a, b;
    PVOID both[2] = { &a, &b };
    LARGE_INTEGER t = after_ns(1000);

    (void)ctx;
    KeInitializeEvent(&a, SynchronizationEvent, FALSE);
    KeInitializeEvent(&b, SynchronizationEvent, TRUE);
    assert_int_equal(KeWaitForMultipleObjects(2, both, WaitAll, Executive, KernelMode, FALSE, &t,
                                              NULL),
                     STATUS_TIMEOUT);
    assert_int_equal(KeReadStateEvent(&b), 1); /* all or nothing */
    assert_int_equal(KeWaitForMultipleObjects(2, both, WaitAny, Executive, KernelMode, FALSE, &t,
                                              NULL),
                     STATUS_WAIT_1);
    assert_int_equal(KeReadStateEvent(&b), 0);
    KeSetEvent(&a, 0, FALSE);
    KeSetEvent(&b, 0, FALSE);
    assert_int_equal(KeWaitForMultipleObjects(2, both, WaitAll, Executive, KernelMode, FALSE, &t,
                                              NULL),
                     STATUS_SUCCESS);
    assert_int_equal(KeReadStateEvent(&a), 0);
}

static void waits_for_any_and_all(void **state)
{
    (void)state;
    on_machine(1, many_body);
}

static void semaphore_body(void *ctx)
{
    KSEMAPHORE s;
    KMUTEX m;

    (void)ctx;
    KeInitializeSemaphore(&s, 1, 3);
    assert_int_equal(wait_ns(&s, 0), STATUS_SUCCESS);
    assert_int_equal(wait_ns(&s, 0), STATUS_TIMEOUT);
    assert_int_equal(KeReleaseSemaphore(&s, 0, 2, FALSE), 0);
    assert_int_equal(KeReadStateSemaphore(&s), 2);
    KeInitializeMutex(&m, 0);
    assert_int_equal(wait_ns(&m, 0), STATUS_SUCCESS);
    assert_int_equal(wait_ns(&m, 0), STATUS_SUCCESS); /* its owner may take it again */
    assert_int_equal(KeReleaseMutex(&m, FALSE), -1);
    assert_int_equal(KeReleaseMutex(&m, FALSE), 0);
    assert_int_equal(KeReadStateMutex(&m), 1);
}

static void semaphores_and_mutexes(void **state)
{
    (void)state;
    on_machine(1, semaphore_body);
}

static int fired;
static PVOID first_argument;

static VOID deferred(PKDPC Dpc, PVOID Context, PVOID One, PVOID Two)
{
    (void)Dpc;
    (void)Two;
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    assert_ptr_equal(Context, &fired);
    first_argument = One;
    fired++;
}

static void timers_body(void *ctx)
{
    KTIMER timer;
    KDPC dpc;
    KIRQL old;

    (void)ctx;
    fired = 0;
    KeInitializeDpc(&dpc, deferred, &fired);
    KeInitializeTimerEx(&timer, NotificationTimer);
    assert_false(KeSetTimer(&timer, after_ns(50000), &dpc));
    assert_true(KeSetTimer(&timer, after_ns(10000), &dpc)); /* it was running */
    assert_int_equal(wait_ns(&timer, 20000), STATUS_SUCCESS);
    KeFlushQueuedDpcs();
    assert_int_equal(fired, 1);
    assert_false(KeSetTimerEx(&timer, after_ns(1000000), 1, &dpc));
    LARGE_INTEGER t = after_ns(3500000);

    KeDelayExecutionThread(KernelMode, FALSE, &t);
    assert_int_equal(fired, 4); /* at 1, 2 and 3 ms */
    assert_true(KeCancelTimer(&timer));
    assert_false(KeCancelTimer(&timer));
    old = KfRaiseIrql(DISPATCH_LEVEL);
    assert_int_equal(old, PASSIVE_LEVEL);
    KeSetImportanceDpc(&dpc, HighImportance);
    KeSetTargetProcessorDpc(&dpc, 0);
    assert_true(KeInsertQueueDpc(&dpc, &timer, NULL));
    assert_false(KeInsertQueueDpc(&dpc, NULL, NULL));
    assert_true(KeRemoveQueueDpc(&dpc));
    assert_true(KeInsertQueueDpc(&dpc, &old, NULL));
    assert_int_equal(fired, 4);
    KeLowerIrql(old);
    assert_int_equal(fired, 5);
    assert_ptr_equal(first_argument, &old);
}

static void timers_and_dpcs(void **state)
{
    (void)state;
    on_machine(1, timers_body);
}

static KSPIN_LOCK lock;
static int inside, most;

static VOID thread_locks(PVOID context)
{
    (void)context;
    for (int i = 0; i < 50; i++) {
        KIRQL old = KeAcquireSpinLockRaiseToDpc(&lock);

        inside++;
        most = inside > most ? inside : most;
        KeStallExecutionProcessor(1);
        inside--;
        KeReleaseSpinLock(&lock, old);
    }
}

static void spin_body(void *ctx)
{
    KLOCK_QUEUE_HANDLE handle;
    KIRQL old;
    PKTHREAD other;

    (void)ctx;
    inside = most = 0;
    KeInitializeSpinLock(&lock);
    other = ke_thread_create(sim_now(), "locks", thread_locks, NULL, 8);
    thread_locks(NULL);
    KeWaitForSingleObject(other, Executive, KernelMode, FALSE, NULL);
    assert_int_equal(most, 1);
    KeAcquireInStackQueuedSpinLock(&lock, &handle);
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    assert_false(KeTryToAcquireSpinLockAtDpcLevel(&lock));
    KeReleaseInStackQueuedSpinLock(&handle);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    old = KfRaiseIrql(DISPATCH_LEVEL);
    KeAcquireSpinLockAtDpcLevel(&lock);
    assert_false(KeTestSpinLock(&lock));
    KeReleaseSpinLockFromDpcLevel(&lock);
    assert_true(KeTryToAcquireSpinLockAtDpcLevel(&lock));
    KeReleaseSpinLockFromDpcLevel(&lock);
    KeLowerIrql(old);
}

static void a_spin_lock_lets_one_in(void **state)
{
    (void)state;
    on_machine(2, spin_body);
}

static void lists_body(void *ctx)
{
    LIST_ENTRY head, a, b;
    FAST_MUTEX mutex;

    (void)ctx;
    InitializeListHead(&head);
    KeInitializeSpinLock(&lock);
    assert_null(
        ExInterlockedInsertTailList(&head, &a, &lock)); /* the page: NULL when it was empty */
    assert_ptr_equal(ExInterlockedInsertHeadList(&head, &b, &lock), &a);
    assert_ptr_equal(ExInterlockedRemoveHeadList(&head, &lock), &b);
    assert_ptr_equal(ExInterlockedRemoveHeadList(&head, &lock), &a);
    assert_null(ExInterlockedRemoveHeadList(&head, &lock));
    ExInitializeFastMutex(&mutex);
    ExAcquireFastMutex(&mutex);
    assert_int_equal(KeGetCurrentIrql(), APC_LEVEL);
    assert_false(ExTryToAcquireFastMutex(&mutex));
    ExReleaseFastMutex(&mutex);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    assert_true(ExTryToAcquireFastMutex(&mutex));
    ExReleaseFastMutex(&mutex);
}

static void interlocked_lists_and_fast_mutexes(void **state)
{
    (void)state;
    on_machine(1, lists_body);
}

static VOID thread_sees_its_irql(PVOID context)
{
    (void)context;
    value = KeGetCurrentIrql();
    KeSetEvent(&done, 0, FALSE);
}

/* APC_LEVEL belongs to the thread: it is there again after a wait, and who runs meanwhile has not got it. */
static void apc_level_body(void *ctx)
{
    FAST_MUTEX mutex;

    (void)ctx;
    value = -1;
    KeInitializeEvent(&done, NotificationEvent, FALSE);
    ExInitializeFastMutex(&mutex);
    ExAcquireFastMutex(&mutex);
    assert_non_null(ke_thread_create(sim_now(), "sees", thread_sees_its_irql, NULL, 8));
    assert_int_equal(KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL),
                     STATUS_SUCCESS);
    assert_int_equal(value, PASSIVE_LEVEL);
    assert_int_equal(KeGetCurrentIrql(), APC_LEVEL);
    ExReleaseFastMutex(&mutex);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

static void apc_level_goes_with_the_thread(void **state)
{
    (void)state;
    on_machine(1, apc_level_body);
    on_machine(2, apc_level_body);
}

static void time_body(void *ctx)
{
    LARGE_INTEGER before, after, t = after_ns(2000000);

    (void)ctx;
    KeQuerySystemTime(&before);
    KeDelayExecutionThread(KernelMode, FALSE, &t);
    KeQuerySystemTime(&after);
    assert_in_range(after.QuadPart - before.QuadPart, 20000, 20100);
    KeStallExecutionProcessor(10);
    KeQuerySystemTime(&before);
    assert_in_range(before.QuadPart - after.QuadPart, 100, 110);
}

static void time_passes_as_asked(void **state)
{
    (void)state;
    on_machine(1, time_body);
}

/* The clock is right until a plan breaks it; a random plan never does. */
static void counter_body(void *ctx)
{
    struct sim *s = sim_now();
    LARGE_INTEGER hz, a, b;

    (void)ctx;
    KeStallExecutionProcessor(1000);
    a = KeQueryPerformanceCounter(&hz);
    assert_int_equal(hz.QuadPart, 10000000); /* what Windows says on current x64 machines */
    assert_in_range(a.QuadPart, 10000, 10100);
    fault_plan_random(s, 1);
    KeStallExecutionProcessor(50);
    b = KeQueryPerformanceCounter(NULL);
    assert_in_range(b.QuadPart - a.QuadPart, 500, 600);
    fault_plan_random(s, 0);
    fault_plan_nth(s, FAULT_COUNTER_BACKWARDS, 3);
    fault_plan_nth(s, FAULT_COUNTER_FAST, 5);
    a = KeQueryPerformanceCounter(NULL);
    assert_in_range(a.QuadPart, 1, b.QuadPart - 1);
    b = KeQueryPerformanceCounter(NULL);
    assert_in_range(b.QuadPart - a.QuadPart, 0, 100); /* broken once, it goes on from there */
    a = KeQueryPerformanceCounter(NULL);
    assert_true(a.QuadPart - b.QuadPart >= 3600 * 10000000ll);
    assert_int_equal(s->fault.taken, 2);
}

static void the_performance_counter_breaks_by_plan_only(void **state)
{
    (void)state;
    on_machine(1, counter_body);
}

static KBUGCHECK_CALLBACK_RECORD record;
static int dumped;

static VOID dump(PVOID Buffer, ULONG Length) { dumped = *(int *)Buffer + (int)Length; }

static void bugcheck_body(void *ctx)
{
    static int forty = 40;

    (void)ctx;
    KeInitializeCallbackRecord(&record);
    assert_true(KeRegisterBugCheckCallback(&record, dump, &forty, 2, (PUCHAR) "unit"));
    assert_false(KeRegisterBugCheckCallback(&record, dump, &forty, 2, (PUCHAR) "unit"));
    assert_true(KeDeregisterBugCheckCallback(&record));
    assert_true(KeRegisterBugCheckCallback(&record, dump, &forty, 2, (PUCHAR) "unit"));
    KeBugCheckEx(0xE6, 1, 2, 3, 4);
}

static void a_bug_check_ends_the_run_after_its_callbacks(void **state)
{
    struct profile p;
    char message[200];

    (void)state;
    profile_default(&p);
    struct sim *s = sim_create(&p, message, sizeof(message));
    struct agent *a = sched_thread(s, "test", bugcheck_body, NULL, 0, 8);

    dumped = 0;
    assert_int_equal(sched_run(s, a, true), SCHED_ENDED);
    assert_int_equal(s->bugcheck_code, 0xE6);
    assert_int_equal(dumped, 42);
    sim_destroy(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events),
        cmocka_unit_test(threads),
        cmocka_unit_test(waits_for_any_and_all),
        cmocka_unit_test(semaphores_and_mutexes),
        cmocka_unit_test(timers_and_dpcs),
        cmocka_unit_test(a_spin_lock_lets_one_in),
        cmocka_unit_test(interlocked_lists_and_fast_mutexes),
        cmocka_unit_test(apc_level_goes_with_the_thread),
        cmocka_unit_test(time_passes_as_asked),
        cmocka_unit_test(the_performance_counter_breaks_by_plan_only),
        cmocka_unit_test(a_bug_check_ends_the_run_after_its_callbacks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
