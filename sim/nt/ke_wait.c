/*
 * Dispatcher objects and waiting: events, semaphores, mutexes, threads and timers as things to wait
 * for. A wait is a record on the waiting fiber's stack with a block for each object; signalling an
 * object walks the blocks of its bucket in order of arrival.
 */
#include "sim/nt/ke.h"

#include <string.h>

#include "base/must.h"
#include "sim/core/seh.h"

void ke_header_init(DISPATCHER_HEADER *h, enum ke_type type, UCHAR longs, LONG state)
{
    memset(h, 0, sizeof(*h));
    h->Type = (UCHAR)type;
    h->Size = longs;
    h->SignalState = state;
    h->WaitListHead.Flink = h->WaitListHead.Blink = &h->WaitListHead;
}

static struct ke_wait_block **bucket_of(struct sim *s, const void *object)
{
    uint64_t key = (uint64_t)object * 0x9e3779b97f4a7c15u;

    s->nt->ke->waits_used = true;
    return &s->nt->ke->waits[key >> 56];
}

static bool owned_by(const KMUTANT *m, const struct ke_waiter *w)
{
    return m->OwnerThread && m->OwnerThread == agent_user(w->agent);
}

static bool is_signalled(DISPATCHER_HEADER *h, const struct ke_waiter *w)
{
    if (h->Type == KE_MUTANT && owned_by((KMUTANT *)h, w))
        return true;
    return h->SignalState > 0;
}

/* What a satisfied wait takes away from the object. */
static void take(struct sim *s, DISPATCHER_HEADER *h, struct ke_waiter *w)
{
    KMUTANT *m = (KMUTANT *)h;

    switch (h->Type) {
    case KE_SYNCHRONIZATION_EVENT:
    case KE_SYNCHRONIZATION_TIMER:
        h->SignalState = 0;
        break;
    case KE_SEMAPHORE:
        h->SignalState--;
        break;
    case KE_MUTANT:
        h->SignalState--;
        m->OwnerThread = (struct _KTHREAD *)ke_thread_of(s, w->agent);
        if (m->Abandoned) {
            m->Abandoned = FALSE;
            w->abandoned = true;
        }
        ke_thread_of(s, w->agent)->critical++;
        break;
    default:
        break;
    }
}

/* Whether the wait can end now; if so, takes what it waited for. */
static bool try_end(struct sim *s, struct ke_waiter *w)
{
    if (w->all) {
        for (unsigned i = 0; i < w->count; i++)
            if (!is_signalled(w->blocks[i].object, w))
                return false;
        for (unsigned i = 0; i < w->count; i++)
            take(s, w->blocks[i].object, w);
        w->index = 0;
        return w->done = true;
    }
    for (unsigned i = 0; i < w->count; i++)
        if (is_signalled(w->blocks[i].object, w)) {
            take(s, w->blocks[i].object, w);
            w->index = i;
            return w->done = true;
        }
    return false;
}

/* What was done before the objects were signalled was done before this. */
static void known_by(struct sim *s, const struct ke_waiter *w)
{
    for (unsigned i = 0; i < w->count; i++)
        if (w->all || i == w->index)
            race_take(s, w->blocks[i].object);
}

static void blocks_link(struct sim *s, struct ke_waiter *w)
{
    for (unsigned i = 0; i < w->count; i++) {
        struct ke_wait_block **at = bucket_of(s, w->blocks[i].object);

        while (*at)
            at = &(*at)->next;
        w->blocks[i].next = NULL;
        *at = &w->blocks[i];
    }
}

static void blocks_unlink(struct sim *s, struct ke_waiter *w)
{
    for (unsigned i = 0; i < w->count; i++) {
        struct ke_wait_block **at = bucket_of(s, w->blocks[i].object);

        while (*at && *at != &w->blocks[i])
            at = &(*at)->next;
        if (*at)
            *at = w->blocks[i].next;
    }
}

void ke_signal(struct sim *s, DISPATCHER_HEADER *h)
{
    struct ke_wait_block *b = *bucket_of(s, h), *next;

    race_give(s, h);
    for (; b && h->SignalState > 0; b = next) {
        next = b->next;
        if (b->object != h || !try_end(s, b->waiter))
            continue;
        struct ke_waiter *w = b->waiter;

        /* The next block may be one of this same waiter's. */
        while (next && next->waiter == w)
            next = next->next;
        blocks_unlink(s, w);
        sched_wake(s, w->agent);
    }
}

uint64_t ke_deadline(struct sim *s, PLARGE_INTEGER timeout)
{
    uint64_t now = sched_now_ns(s);

    if (!timeout)
        return UINT64_MAX;
    if (timeout->QuadPart <= 0)
        return now + (uint64_t)-timeout->QuadPart * 100;
    uint64_t system = ke_system_time(s);

    return (uint64_t)timeout->QuadPart <= system
               ? now
               : now + ((uint64_t)timeout->QuadPart - system) * 100;
}

NTSTATUS ke_wait_many(struct sim *s, unsigned count, PVOID objects[], bool all,
                      uint64_t deadline_ns)
{
    struct ke_wait_block blocks[MAXIMUM_WAIT_OBJECTS];
    struct ke_waiter w = {
        .agent = sched_current_thread(s), .blocks = blocks, .count = count, .all = all
    };

    must(count && count <= MAXIMUM_WAIT_OBJECTS);
    for (unsigned i = 0; i < count; i++)
        blocks[i] = (struct ke_wait_block) { .object = objects[i], .waiter = &w };
    if (try_end(s, &w)) {
        known_by(s, &w);
        return (w.abandoned ? STATUS_ABANDONED : STATUS_WAIT_0) + (NTSTATUS)w.index;
    }
    if (deadline_ns <= sched_now_ns(s))
        return STATUS_TIMEOUT;
    if (sched_irql(s) >= IRQL_DISPATCH) {
        /* ATTEMPTED_SWITCH_FROM_DPC: there is no thread here that could wait. */
        sim_bugcheck(s, 0xB8, va_of(s, objects[0]).v, 0, 0, 0);
        return STATUS_TIMEOUT;
    }
    blocks_link(s, &w);
    while (!w.done && sched_block(s, deadline_ns))
        ; /* woken by somebody else's leftover: sleep on */
    if (!w.done) {
        blocks_unlink(s, &w);
        return STATUS_TIMEOUT;
    }
    known_by(s, &w);
    return (w.abandoned ? STATUS_ABANDONED : STATUS_WAIT_0) + (NTSTATUS)w.index;
}

NTSTATUS ke_wait(struct sim *s, PVOID Object, uint64_t timeout_ns)
{
    uint64_t now = sched_now_ns(s);

    return ke_wait_many(s, 1, &Object, false,
                        timeout_ns > UINT64_MAX - now ? UINT64_MAX : now + timeout_ns);
}

void ke_event_set(struct sim *s, PRKEVENT Event)
{
    Event->Header.SignalState = 1;
    ke_signal(s, &Event->Header);
}

/*
 * KeWaitForSingleObject: the running thread waits for a dispatcher object.
 *
 * Irql     <= APC_LEVEL; <= DISPATCH_LEVEL when *Timeout is 0
 * Units    *Timeout: 100 ns; negative: from now, else since 1601; NULL: for ever
 * Returns  STATUS_SUCCESS, STATUS_TIMEOUT, STATUS_ABANDONED
 * Gap      alerts and user APCs do not end a wait; a wait that cannot be (raised IRQL) is bug check
 *          0xB8 and then returns STATUS_TIMEOUT
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-kewaitforsingleobject
 */
NTSTATUS KeWaitForSingleObject(PVOID Object, KWAIT_REASON WaitReason, KPROCESSOR_MODE WaitMode,
                               BOOLEAN Alertable, PLARGE_INTEGER Timeout)
{
    struct sim *s = sim_now();
    struct call c =
        call_begin(s, API_KeWaitForSingleObject, nt_obj(s, Object, OBJ_EVENT), WaitReason, WaitMode,
                   Alertable, Timeout ? (uint64_t)Timeout->QuadPart : UINT64_MAX);
    NTSTATUS status = ke_wait_many(s, 1, &Object, false, ke_deadline(s, Timeout));

    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * KeWaitForMultipleObjects: as above, for any or all of several objects.
 *
 * Irql     as KeWaitForSingleObject
 * Returns  STATUS_WAIT_0 + index (any), STATUS_SUCCESS (all), STATUS_TIMEOUT
 * Gap      Count above MAXIMUM_WAIT_OBJECTS is bug check 0x0C, as on Windows; then STATUS_TIMEOUT.
 *          WaitBlockArray is not written
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-kewaitformultipleobjects
 */
NTSTATUS KeWaitForMultipleObjects(ULONG Count, PVOID Object[], WAIT_TYPE WaitType,
                                  KWAIT_REASON WaitReason, KPROCESSOR_MODE WaitMode,
                                  BOOLEAN Alertable, PLARGE_INTEGER Timeout,
                                  PKWAIT_BLOCK WaitBlockArray)
{
    struct sim *s = sim_now();
    struct call c =
        call_begin(s, API_KeWaitForMultipleObjects, Count ? nt_obj(s, Object[0], OBJ_EVENT) : 0,
                   Count, WaitType, WaitReason << 8 | WaitMode << 1 | Alertable,
                   Timeout ? (uint64_t)Timeout->QuadPart : UINT64_MAX);
    NTSTATUS status = STATUS_TIMEOUT;
    bool fits = Count && Count <= (WaitBlockArray ? MAXIMUM_WAIT_OBJECTS : THREAD_WAIT_OBJECTS);

    if (fits)
        status = ke_wait_many(s, Count, Object, WaitType == WaitAll, ke_deadline(s, Timeout));
    else
        sim_bugcheck(s, 0x0C, Count, 0, 0, 0); /* MAXIMUM_WAIT_OBJECTS_EXCEEDED */
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/* KeInitializeEvent. Irql any. Says CALL, RETURN. Source wdm/nf-wdm-keinitializeevent */
void KeInitializeEvent(PRKEVENT Event, EVENT_TYPE Type, BOOLEAN State)
{
    struct sim *s = sim_now();

    nt_obj_new(s, Event, OBJ_EVENT);
    struct call c =
        call_begin(s, API_KeInitializeEvent, nt_obj(s, Event, OBJ_EVENT), Type, State, 0, 0);

    ke_header_init(&Event->Header,
                   Type == NotificationEvent ? KE_NOTIFICATION_EVENT : KE_SYNCHRONIZATION_EVENT,
                   sizeof(*Event) / 4, State != 0);
    call_end(&c, 0, 0, 0, 0);
}

static LONG event_change(PRKEVENT Event, enum api api, LONG state, bool pulse)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, api, nt_obj(s, Event, OBJ_EVENT), (uint64_t)state, 0, 0, 0);
    LONG old = Event->Header.SignalState;

    Event->Header.SignalState = state;
    if (state)
        ke_signal(s, &Event->Header);
    if (pulse)
        Event->Header.SignalState = 0;
    call_end(&c, (uint64_t)old, 0, 0, 0);
    return old;
}

/*
 * KeSetEvent: signals an event; returns its old state.
 *
 * Irql     <= DISPATCH_LEVEL (<= APC_LEVEL when Wait)
 * Gap      Increment does not raise the woken threads' priority; Wait = TRUE is not atomic with the
 *          wait that follows
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-kesetevent
 */
LONG KeSetEvent(PRKEVENT Event, KPRIORITY Increment, BOOLEAN Wait)
{
    (void)Increment;
    (void)Wait;
    return event_change(Event, API_KeSetEvent, 1, false);
}

/* KePulseEvent: as KeSetEvent, for those who wait now. Source wdm/nf-wdm-kepulseevent */
LONG KePulseEvent(PRKEVENT Event, KPRIORITY Increment, BOOLEAN Wait)
{
    (void)Increment;
    (void)Wait;
    return event_change(Event, API_KePulseEvent, 1, true);
}

/* KeResetEvent: Irql <= DISPATCH_LEVEL. Source wdm/nf-wdm-keresetevent */
LONG KeResetEvent(PRKEVENT Event) { return event_change(Event, API_KeResetEvent, 0, false); }

/* KeClearEvent: Irql <= DISPATCH_LEVEL. Source wdm/nf-wdm-keclearevent */
void KeClearEvent(PRKEVENT Event) { event_change(Event, API_KeClearEvent, 0, false); }

/* KeReadStateEvent: Irql <= DISPATCH_LEVEL. Source wdm/nf-wdm-kereadstateevent */
LONG KeReadStateEvent(PRKEVENT Event)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_KeReadStateEvent, nt_obj(s, Event, OBJ_EVENT), 0, 0, 0, 0);

    if (Event->Header.SignalState)
        race_take(s, &Event->Header);
    call_end(&c, (uint64_t)Event->Header.SignalState, 0, 0, 0);
    return Event->Header.SignalState;
}

/* KeInitializeSemaphore: Irql any. Source wdm/nf-wdm-keinitializesemaphore */
void KeInitializeSemaphore(PRKSEMAPHORE Semaphore, LONG Count, LONG Limit)
{
    struct sim *s = sim_now();

    nt_obj_new(s, Semaphore, OBJ_EVENT);
    struct call c = call_begin(s, API_KeInitializeSemaphore, nt_obj(s, Semaphore, OBJ_EVENT),
                               (uint64_t)Count, (uint64_t)Limit, 0, 0);

    ke_header_init(&Semaphore->Header, KE_SEMAPHORE, sizeof(*Semaphore) / 4, Count);
    Semaphore->Limit = Limit;
    call_end(&c, 0, 0, 0, 0);
}

/*
 * KeReleaseSemaphore: adds Adjustment to the count; returns the old count.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  raises STATUS_SEMAPHORE_LIMIT_EXCEEDED beyond the limit
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-kereleasesemaphore
 */
LONG KeReleaseSemaphore(PRKSEMAPHORE Semaphore, KPRIORITY Increment, LONG Adjustment, BOOLEAN Wait)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_KeReleaseSemaphore, nt_obj(s, Semaphore, OBJ_EVENT),
                               (uint64_t)Adjustment, (uint64_t)Increment, Wait, 0);
    LONG old = Semaphore->Header.SignalState;
    bool fits = Adjustment > 0 && Adjustment <= Semaphore->Limit - old;

    if (fits) {
        Semaphore->Header.SignalState += Adjustment;
        ke_signal(s, &Semaphore->Header);
    }
    call_end(&c, (uint64_t)old, fits, 0, 0);
    if (!fits)
        seh_raise((uint32_t)STATUS_SEMAPHORE_LIMIT_EXCEEDED, 0, NULL);
    return old;
}

/* KeReadStateSemaphore: Irql any. Source wdm/nf-wdm-kereadstatesemaphore */
LONG KeReadStateSemaphore(PRKSEMAPHORE Semaphore) { return Semaphore->Header.SignalState; }

/* KeInitializeMutex: Level is reserved. Irql any. Source wdm/nf-wdm-keinitializemutex */
void KeInitializeMutex(PRKMUTEX Mutex, ULONG Level)
{
    struct sim *s = sim_now();

    nt_obj_new(s, Mutex, OBJ_LOCK);
    struct call c =
        call_begin(s, API_KeInitializeMutex, nt_obj(s, Mutex, OBJ_LOCK), Level, 0, 0, 0);

    memset(Mutex, 0, sizeof(*Mutex));
    ke_header_init(&Mutex->Header, KE_MUTANT, sizeof(*Mutex) / 4, 1);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * KeReleaseMutex: gives back one acquisition; returns the state before (0: now free).
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  raises STATUS_MUTANT_NOT_OWNED when another thread owns it
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-kereleasemutex
 */
LONG KeReleaseMutex(PRKMUTEX Mutex, BOOLEAN Wait)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_KeReleaseMutex, nt_obj(s, Mutex, OBJ_LOCK), Wait, 0, 0, 0);
    struct ke_thread *me = ke_thread_of(s, sched_current_thread(s));
    LONG old = Mutex->Header.SignalState;
    bool mine = Mutex->OwnerThread == (struct _KTHREAD *)me;

    if (mine && ++Mutex->Header.SignalState > 0) {
        Mutex->OwnerThread = NULL;
        ke_signal(s, &Mutex->Header);
    }
    if (mine)
        me->critical--;
    call_end(&c, (uint64_t)old, mine, 0, 0);
    if (!mine)
        seh_raise((uint32_t)STATUS_MUTANT_NOT_OWNED, 0, NULL);
    return old;
}

/* KeReadStateMutex: Irql any. Source wdm/nf-wdm-kereadstatemutex */
LONG KeReadStateMutex(PRKMUTEX Mutex) { return Mutex->Header.SignalState; }
