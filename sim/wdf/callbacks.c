/*
 * The lock under which callbacks of one device or queue run (synchronization scope): a spin lock and
 * DISPATCH_LEVEL, or, for objects of passive execution level, a mutex. Whoever has it may take it
 * again, since a callback that completes a request may be presented with the next one.
 *
 * Source: wdf/using-automatic-synchronization, wdf/synchronization-scopes-and-levels
 */
#include "sim/wdf/wdf.h"

void fx_lock_create(struct fx *f, struct fx_lock *lock, WDF_SYNCHRONIZATION_SCOPE scope,
                    bool passive)
{
    *lock = (struct fx_lock) { .none = scope == WdfSynchronizationScopeNone, .passive = passive };
    if (lock->none)
        return;
    lock->memory = pool_alloc_internal(f->s, sizeof(KEVENT));
    if (lock->memory)
        memset(lock->memory, 0, sizeof(KEVENT));
    if (lock->memory && passive)
        ke_header_init(lock->memory, KE_SYNCHRONIZATION_EVENT, sizeof(KEVENT) / 4, 1);
}

void fx_lock_destroy(struct fx *f, struct fx_lock *lock)
{
    if (lock->memory)
        pool_free_internal(f->s, lock->memory);
    *lock = (struct fx_lock) { .none = true };
}

void fx_callback_enter(struct fx *f, struct fx_lock *lock)
{
    const struct agent *me = sched_current(f->s);

    if (lock->none || !lock->memory)
        return;
    if (lock->owner == me) {
        lock->depth++;
        return;
    }
    if (lock->passive) {
        ke_wait(f->s, lock->memory, UINT64_MAX);
    } else {
        KIRQL old = sched_irql(f->s);

        if (old < DISPATCH_LEVEL)
            sched_irql_set(f->s, DISPATCH_LEVEL);
        ke_spin_acquire(f->s, lock->memory);
        lock->old = old;
    }
    lock->owner = me;
    lock->depth = 1;
}

void fx_callback_leave(struct fx *f, struct fx_lock *lock)
{
    if (lock->none || !lock->memory || --lock->depth)
        return;
    lock->owner = NULL;
    if (lock->passive) {
        ke_event_set(f->s, lock->memory);
        return;
    }
    ke_spin_release(f->s, lock->memory);
    if (sched_irql(f->s) != lock->old)
        sched_irql_set(f->s, lock->old);
}
