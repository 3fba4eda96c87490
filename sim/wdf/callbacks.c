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

/* Back when the lock is held; who has it counts. */
static void lock_take(struct fx *f, struct fx_lock *lock)
{
    const struct agent *me = sched_current(f->s);

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

static void lock_give(struct fx *f, struct fx_lock *lock)
{
    if (--lock->depth)
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

void fx_callback_enter(struct fx *f, struct fx_lock *lock)
{
    if (lock && !lock->none && lock->memory)
        lock_take(f, lock);
}

void fx_callback_leave(struct fx *f, struct fx_lock *lock)
{
    if (lock && !lock->none && lock->memory && lock->depth)
        lock_give(f, lock);
}

bool fx_lock_take(struct fx *f, struct fx_lock *lock)
{
    bool mine = lock->owner == sched_current(f->s);

    if (lock->memory)
        lock_take(f, lock);
    return !mine;
}

bool fx_lock_give(struct fx *f, struct fx_lock *lock)
{
    bool mine = lock->owner == sched_current(f->s);

    if (mine)
        lock_give(f, lock);
    return mine;
}

bool fx_serial_of(struct fx_object *o, struct fx_serial *out)
{
    for (; o; o = o->parent)
        if (o->class && o->class->serial && o->class->serial(o, out))
            return true;
    return false;
}

/* A driver that wants no serialization, or whose device and queues have none, gets no lock. */
NTSTATUS fx_serial_choose(struct fx *f, enum api api, struct fx_object *parent, BOOLEAN automatic,
                          bool passive, struct fx_lock **lock)
{
    struct fx_serial serial;

    *lock = NULL;
    if (!automatic)
        return STATUS_SUCCESS;
    if (!fx_serial_of(parent, &serial))
        return STATUS_INVALID_DEVICE_REQUEST;
    if (serial.scope == WdfSynchronizationScopeNone ||
        serial.scope == WdfSynchronizationScopeInheritFromParent)
        return STATUS_SUCCESS;
    if (serial.passive != passive) {
        fx_break(f, api, parent->obj, WDF_BREAK_EXECUTION_LEVEL, passive, serial.passive);
        return STATUS_WDF_INCOMPATIBLE_EXECUTION_LEVEL;
    }
    *lock = serial.lock;
    return STATUS_SUCCESS;
}
