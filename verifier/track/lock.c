/*
 * Spin locks that each agent holds. A callback's beginning notes how many its agent holds, so that its
 * end can tell what is left of its own.
 */
#include "verifier/track/lock.h"

#include <stdlib.h>
#include <string.h>

#include "verifier/track/tracker.h"

#define HELD_MAX 16  /* of one agent; more are not noted */
#define NESTED_MAX 8 /* callbacks within callbacks of one agent */

struct agent_locks {
    struct lock_held held[HELD_MAX];
    uint32_t count;
    uint32_t begun[NESTED_MAX]; /* how many were held then */
    uint32_t depth;             /* may be more than what is noted */
};

struct locks {
    struct agent_locks *agents;
    uint32_t agent_count;
};

static void destroy(void *state)
{
    struct locks *l = state;

    free(l->agents);
    memset(l, 0, sizeof *l);
}

static void reset(void *state)
{
    struct locks *l = state;

    if (l->agent_count)
        memset(l->agents, 0, l->agent_count * sizeof *l->agents);
}

/* NULL: the host has no memory. */
static struct agent_locks *agent_of(struct locks *l, uint16_t agent)
{
    uint32_t count = (agent | 15u) + 1;
    struct agent_locks *agents;

    if (agent < l->agent_count)
        return &l->agents[agent];
    agents = realloc(l->agents, count * sizeof *agents);
    if (!agents)
        return NULL;
    memset(agents + l->agent_count, 0, (count - l->agent_count) * sizeof *agents);
    l->agents = agents;
    l->agent_count = count;
    return &agents[agent];
}

static void taken(struct agent_locks *a, uint32_t lock, uint32_t site)
{
    if (a->count < HELD_MAX)
        a->held[a->count++] = (struct lock_held) { lock, site };
}

static bool given_back_by(struct agent_locks *a, uint32_t lock)
{
    for (uint32_t i = a->count; i-- > 0;) {
        if (a->held[i].lock != lock)
            continue;
        memmove(&a->held[i], &a->held[i + 1], (a->count - i - 1) * sizeof a->held[0]);
        a->count--;
        return true;
    }
    return false;
}

/* Mostly by who took it; a lock that another agent gives back is no longer held either. */
static void given_back(struct locks *l, struct agent_locks *a, uint32_t lock)
{
    if (given_back_by(a, lock))
        return;
    for (uint32_t i = 0; i < l->agent_count; i++)
        if (given_back_by(&l->agents[i], lock))
            return;
}

static void begin(struct agent_locks *a)
{
    if (a->depth < NESTED_MAX)
        a->begun[a->depth] = a->count;
    a->depth++;
}

/* What is left is told once: it is forgotten with the callback. */
static void end(struct agent_locks *a)
{
    if (a->depth && --a->depth < NESTED_MAX && a->count > a->begun[a->depth])
        a->count = a->begun[a->depth];
}

static void on_event(struct track *t, void *state, const struct event *e)
{
    struct locks *l = state;
    struct agent_locks *a = agent_of(l, e->agent);
    bool cancel = e->api == API_IoAcquireCancelSpinLock || e->api == API_IoReleaseCancelSpinLock;
    bool framework = e->api == API_WdfObjectAcquireLock || e->api == API_WdfObjectReleaseLock;
    uint32_t lock = cancel ? LOCK_CANCEL : framework ? (uint32_t)e->a[0] : e->obj;

    (void)t;
    if (!a || (framework && !lock)) /* an object without a lock */
        return;
    switch (e->kind) {
    case EV_CALL:
        if (e->api == API_KeReleaseSpinLock || e->api == API_KeReleaseSpinLockFromDpcLevel ||
            e->api == API_KeReleaseInStackQueuedSpinLock || e->api == API_IoReleaseCancelSpinLock ||
            e->api == API_WdfObjectReleaseLock)
            given_back(l, a, lock);
        else
            taken(a, lock, e->site);
        break;
    case EV_RETURN: /* KeTryToAcquireSpinLockAtDpcLevel */
        if (e->a[0])
            taken(a, lock, e->site);
        break;
    case EV_CALLBACK:
    case EV_DPC:
        begin(a);
        break;
    default:
        end(a);
    }
}

TRACKER(lock, .state_bytes = sizeof(struct locks), .destroy = destroy, .reset = reset,
        .run = on_event, .on = EV(DPC, DPC_END),
        .calls = CALLS(KeAcquireSpinLockRaiseToDpc, KeAcquireSpinLockAtDpcLevel,
                       KeAcquireInStackQueuedSpinLock, IoAcquireCancelSpinLock, KeReleaseSpinLock,
                       KeReleaseSpinLockFromDpcLevel, KeReleaseInStackQueuedSpinLock,
                       IoReleaseCancelSpinLock, WdfObjectAcquireLock, WdfObjectReleaseLock),
        .framework = true, .returns = APIS(KeTryToAcquireSpinLockAtDpcLevel),
        .callbacks = APIS(DriverDispatch, DriverCancel, DriverStartIo, CompletionRoutine,
                          ServiceRoutine, MessageServiceRoutine, WorkItem, AddDevice, DriverEntry,
                          DriverUnload, IoTimer, ThreadStart),
        .callback_ends = APIS(DriverDispatch, DriverCancel, DriverStartIo, CompletionRoutine,
                              ServiceRoutine, MessageServiceRoutine, WorkItem, AddDevice,
                              DriverEntry, DriverUnload, IoTimer, ThreadStart));

const struct lock_held *track_lock_left(const struct track *t, uint16_t agent)
{
    const struct locks *l = track_state(t, &tracker_lock);
    const struct agent_locks *a = agent < l->agent_count ? &l->agents[agent] : NULL;

    if (!a || !a->depth || a->depth > NESTED_MAX || a->count <= a->begun[a->depth - 1])
        return NULL;
    return &a->held[a->count - 1];
}
