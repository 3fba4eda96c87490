/*
 * IRQL, spin locks, queued spin locks, interlocked lists and fast mutexes. A spin lock's word is the
 * driver's: 0 is free, else it names the processor that holds it. Waiting for it is time that passes
 * on one processor while the others go on.
 */
#include "sim/nt/ke.h"

#include "base/must.h"

#define SPIN_NS 40              /* one turn of the waiting loop, virtual */
#define SPIN_TURNS_MAX 5000000u /* 200 ms virtual: the holder will never give it back */

static KSPIN_LOCK word_of(struct sim *s) { return 1 | (KSPIN_LOCK)(sched_cpu(s) + 1) << 8; }

/* Taking a lock that this processor holds, or that nobody ever gives back, hangs a real machine; it is
 * bug check 0x0F (SPIN_LOCK_ALREADY_OWNED) here and the lock is taken. */
void ke_spin_acquire(struct sim *s, PKSPIN_LOCK lock)
{
    volatile KSPIN_LOCK *word = lock;
    uint32_t turns = 0;

    while (*word && *word != word_of(s) && turns++ < SPIN_TURNS_MAX) {
        sched_spend(s, SPIN_NS);
        sched_wait_point(s);
    }
    if (*word)
        sim_bugcheck(s, 0x0F, va_of(s, lock).v, 0, 0, 0);
    *word = word_of(s);
    race_lock(s, lock);
}

/* Giving back what nobody holds is bug check 0x10 (SPIN_LOCK_NOT_OWNED), as in a checked build. */
void ke_spin_release(struct sim *s, PKSPIN_LOCK lock)
{
    if (!*(volatile KSPIN_LOCK *)lock)
        sim_bugcheck(s, 0x10, va_of(s, lock).v, 0, 0, 0);
    race_unlock(s, lock);
    *(volatile KSPIN_LOCK *)lock = 0;
}

/* KeGetCurrentIrql: Irql any. Not said: it changes nothing. Source wdm/nf-wdm-kegetcurrentirql */
KIRQL KeGetCurrentIrql(void) { return sched_irql(sim_now()); }

/*
 * KfRaiseIrql (KeRaiseIrql): raises IRQL; returns the old one.
 *
 * Irql     <= NewIrql; a lower NewIrql is bug check 0x09 (IRQL_NOT_GREATER_OR_EQUAL)
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-keraiseirql
 */
KIRQL KfRaiseIrql(KIRQL NewIrql)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_KfRaiseIrql, 0, NewIrql, sched_irql(s), 0, 0);
    KIRQL old = sched_irql(s);

    if (NewIrql < old || NewIrql > HIGH_LEVEL)
        sim_bugcheck(s, 0x09, old, NewIrql, 0, 0);
    else
        sched_irql_set(s, NewIrql);
    call_end(&c, old, 0, 0, 0);
    return old;
}

KIRQL KeRaiseIrqlToDpcLevel(void) { return KfRaiseIrql(DISPATCH_LEVEL); }

/*
 * KeLowerIrql: gives the old IRQL back; what was held back runs now.
 *
 * Irql     >= NewIrql; a higher NewIrql is bug check 0x0A
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-kelowerirql
 */
void KeLowerIrql(KIRQL NewIrql)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_KeLowerIrql, 0, NewIrql, sched_irql(s), 0, 0);

    if (NewIrql > sched_irql(s))
        sim_bugcheck(s, 0x0A, NewIrql, sched_irql(s), 0, 0);
    else
        sched_irql_set(s, NewIrql);
    call_end(&c, 0, 0, 0, 0);
}

static KIRQL acquire(enum api api, PKSPIN_LOCK lock, bool raise)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, api, nt_obj(s, lock, OBJ_LOCK), va_of(s, lock).v, 0, 0, 0);
    KIRQL old = sched_irql(s);

    if (raise && old < DISPATCH_LEVEL)
        sched_irql_set(s, DISPATCH_LEVEL);
    ke_spin_acquire(s, lock);
    call_end(&c, old, 0, 0, 0);
    return old;
}

static void release(enum api api, PKSPIN_LOCK lock, int irql)
{
    struct sim *s = sim_now();
    struct call c =
        call_begin(s, api, nt_obj(s, lock, OBJ_LOCK), va_of(s, lock).v, (uint64_t)irql, 0, 0);

    ke_spin_release(s, lock);
    if (irql >= 0 && irql <= sched_irql(s))
        sched_irql_set(s, (KIRQL)irql);
    call_end(&c, 0, 0, 0, 0);
}

/* KeAcquireSpinLockRaiseToDpc (KeAcquireSpinLock): Irql <= DISPATCH_LEVEL; returns the old IRQL.
 * Source wdm/nf-wdm-keacquirespinlockraisetodpc */
KIRQL KeAcquireSpinLockRaiseToDpc(PKSPIN_LOCK SpinLock)
{
    return acquire(API_KeAcquireSpinLockRaiseToDpc, SpinLock, true);
}

/* KeReleaseSpinLock: Irql = DISPATCH_LEVEL. Source wdm/nf-wdm-kereleasespinlock */
void KeReleaseSpinLock(PKSPIN_LOCK SpinLock, KIRQL NewIrql)
{
    release(API_KeReleaseSpinLock, SpinLock, NewIrql);
}

/* KeAcquireSpinLockAtDpcLevel: Irql >= DISPATCH_LEVEL. Source wdm/nf-wdm-keacquirespinlockatdpclevel */
void KeAcquireSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock)
{
    acquire(API_KeAcquireSpinLockAtDpcLevel, SpinLock, false);
}

/* KeReleaseSpinLockFromDpcLevel: Irql >= DISPATCH_LEVEL.
 * Source wdm/nf-wdm-kereleasespinlockfromdpclevel */
void KeReleaseSpinLockFromDpcLevel(PKSPIN_LOCK SpinLock)
{
    release(API_KeReleaseSpinLockFromDpcLevel, SpinLock, -1);
}

/* KeAcquireSpinLockForDpc, KeReleaseSpinLockForDpc: in an ordinary DPC as the ...AtDpcLevel pair.
 * Source wdm/nf-wdm-keacquirespinlockfordpc */
KIRQL KeAcquireSpinLockForDpc(PKSPIN_LOCK SpinLock)
{
    return acquire(API_KeAcquireSpinLockRaiseToDpc, SpinLock, true);
}

void KeReleaseSpinLockForDpc(PKSPIN_LOCK SpinLock, KIRQL OldIrql)
{
    release(API_KeReleaseSpinLock, SpinLock, OldIrql);
}

/* KeTryToAcquireSpinLockAtDpcLevel: Irql >= DISPATCH_LEVEL.
 * Source wdm/nf-wdm-ketrytoacquirespinlockatdpclevel */
BOOLEAN KeTryToAcquireSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_KeTryToAcquireSpinLockAtDpcLevel,
                               nt_obj(s, SpinLock, OBJ_LOCK), va_of(s, SpinLock).v, 0, 0, 0);
    BOOLEAN got = *(volatile KSPIN_LOCK *)SpinLock == 0;

    if (got) {
        *(volatile KSPIN_LOCK *)SpinLock = word_of(s);
        race_lock(s, SpinLock);
    }
    call_end(&c, got, 0, 0, 0);
    return got;
}

/* KeTestSpinLock: whether it is free. Irql any. Source wdm/nf-wdm-ketestspinlock */
BOOLEAN KeTestSpinLock(PKSPIN_LOCK SpinLock)
{
    struct sim *s = sim_now();

    sched_spend(s, SPIN_NS);
    sched_wait_point(s);
    return *(volatile KSPIN_LOCK *)SpinLock == 0;
}

/* In-stack queued spin locks. Gap: waiters are not served in order of arrival, but by their clocks.
 * Irql <= DISPATCH_LEVEL, ...AtDpcLevel >= DISPATCH_LEVEL.
 * Source wdm/nf-wdm-keacquireinstackqueuedspinlock */
void KeAcquireInStackQueuedSpinLock(PKSPIN_LOCK SpinLock, PKLOCK_QUEUE_HANDLE LockHandle)
{
    LockHandle->LockQueue.Lock = SpinLock;
    LockHandle->LockQueue.Next = NULL;
    LockHandle->OldIrql = acquire(API_KeAcquireInStackQueuedSpinLock, SpinLock, true);
}

void KeReleaseInStackQueuedSpinLock(PKLOCK_QUEUE_HANDLE LockHandle)
{
    release(API_KeReleaseInStackQueuedSpinLock, LockHandle->LockQueue.Lock, LockHandle->OldIrql);
}

void KeAcquireInStackQueuedSpinLockAtDpcLevel(PKSPIN_LOCK SpinLock, PKLOCK_QUEUE_HANDLE LockHandle)
{
    LockHandle->LockQueue.Lock = SpinLock;
    LockHandle->LockQueue.Next = NULL;
    acquire(API_KeAcquireSpinLockAtDpcLevel, SpinLock, false);
}

void KeReleaseInStackQueuedSpinLockFromDpcLevel(PKLOCK_QUEUE_HANDLE LockHandle)
{
    release(API_KeReleaseSpinLockFromDpcLevel, LockHandle->LockQueue.Lock, -1);
}

/*
 * Interlocked lists: the lock is held only inside the call, at raised IRQL.
 *
 * Irql     any; all users of one list at the same side of DISPATCH_LEVEL
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-exinterlockedinserttaillist and its kin
 */
static PLIST_ENTRY list_change(enum api api, PLIST_ENTRY head, PLIST_ENTRY entry, PKSPIN_LOCK lock)
{
    struct sim *s = sim_now();
    struct call c =
        call_begin(s, api, nt_obj(s, lock, OBJ_LOCK), va_of(s, head).v, va_of(s, entry).v, 0, 0);
    KIRQL old = sched_irql_set(s, HIGH_LEVEL);
    PLIST_ENTRY result = NULL;

    ke_spin_acquire(s, lock);
    if (api == API_ExInterlockedRemoveHeadList) {
        if (!IsListEmpty(head))
            result = RemoveHeadList(head);
    } else if (api == API_ExInterlockedInsertTailList) {
        result = IsListEmpty(head) ? NULL : head->Blink;
        InsertTailList(head, entry);
    } else {
        result = IsListEmpty(head) ? NULL : head->Flink;
        InsertHeadList(head, entry);
    }
    ke_spin_release(s, lock);
    sched_irql_set(s, old);
    call_end(&c, va_of(s, result).v, 0, 0, 0);
    return result;
}

PLIST_ENTRY ExInterlockedInsertTailList(PLIST_ENTRY ListHead, PLIST_ENTRY ListEntry,
                                        PKSPIN_LOCK Lock)
{
    return list_change(API_ExInterlockedInsertTailList, ListHead, ListEntry, Lock);
}

PLIST_ENTRY ExInterlockedInsertHeadList(PLIST_ENTRY ListHead, PLIST_ENTRY ListEntry,
                                        PKSPIN_LOCK Lock)
{
    return list_change(API_ExInterlockedInsertHeadList, ListHead, ListEntry, Lock);
}

PLIST_ENTRY ExInterlockedRemoveHeadList(PLIST_ENTRY ListHead, PKSPIN_LOCK Lock)
{
    return list_change(API_ExInterlockedRemoveHeadList, ListHead, NULL, Lock);
}

/*
 * Fast mutexes: Count 1 is free; the owner runs at APC_LEVEL.
 *
 * Irql     <= APC_LEVEL; release = APC_LEVEL
 * Gap      taking one's own fast mutex again waits for ever, as on Windows
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-exacquirefastmutex, ...-exreleasefastmutex
 */
void ExAcquireFastMutex(PFAST_MUTEX FastMutex)
{
    struct sim *s = sim_now();
    struct call c =
        call_begin(s, API_ExAcquireFastMutex, nt_obj(s, FastMutex, OBJ_LOCK), 0, 0, 0, 0);
    KIRQL old = sched_irql(s);

    if (old < APC_LEVEL)
        sched_irql_set(s, APC_LEVEL);
    if (--FastMutex->Count != 0) {
        FastMutex->Contention++;
        ke_wait(s, &FastMutex->Event, UINT64_MAX);
    }
    FastMutex->Owner = KeGetCurrentThread();
    FastMutex->OldIrql = old;
    race_lock(s, FastMutex);
    call_end(&c, old, 0, 0, 0);
}

void ExReleaseFastMutex(PFAST_MUTEX FastMutex)
{
    struct sim *s = sim_now();
    struct call c =
        call_begin(s, API_ExReleaseFastMutex, nt_obj(s, FastMutex, OBJ_LOCK), 0, 0, 0, 0);
    KIRQL old = (KIRQL)FastMutex->OldIrql;

    race_unlock(s, FastMutex);
    FastMutex->Owner = NULL;
    if (++FastMutex->Count <= 0)
        ke_event_set(s, &FastMutex->Event);
    if (old <= sched_irql(s))
        sched_irql_set(s, old);
    call_end(&c, old, 0, 0, 0);
}

BOOLEAN ExTryToAcquireFastMutex(PFAST_MUTEX FastMutex)
{
    struct sim *s = sim_now();
    struct call c =
        call_begin(s, API_ExTryToAcquireFastMutex, nt_obj(s, FastMutex, OBJ_LOCK), 0, 0, 0, 0);
    BOOLEAN got = FastMutex->Count == 1;

    if (got) {
        race_lock(s, FastMutex);
        FastMutex->Count = 0;
        FastMutex->OldIrql = sched_irql(s);
        if (sched_irql(s) < APC_LEVEL)
            sched_irql_set(s, APC_LEVEL);
        FastMutex->Owner = KeGetCurrentThread();
    }
    call_end(&c, got, 0, 0, 0);
    return got;
}
