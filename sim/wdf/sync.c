/*
 * The framework's locks that a driver takes itself: an object's own, spin locks, and locks that a thread
 * waits for. They are the system's underneath, and the system's functions say what happens to them.
 *
 * Source: wdf/using-framework-locks, microsoft/Windows-Driver-Frameworks (fxspinlock.cpp,
 *         fxwaitlock.hpp, fxobjectapi.cpp)
 */
#include <string.h>

#include "sim/wdf/lock.h"

static void spin_lock_destroy(struct fx_object *o)
{
    pool_free_internal(fx_now()->s, ((struct fx_spin_lock *)o)->word);
}

static const struct fx_class spin_lock_class = { .type = FX_SPIN_LOCK,
                                                 .trace = OBJ_WDFLOCK,
                                                 .bytes = sizeof(struct fx_spin_lock),
                                                 .destroy = spin_lock_destroy };

static void wait_lock_destroy(struct fx_object *o)
{
    pool_free_internal(fx_now()->s, ((struct fx_wait_lock *)o)->event);
}

static const struct fx_class wait_lock_class = { .type = FX_WAIT_LOCK,
                                                 .trace = OBJ_WDFLOCK,
                                                 .bytes = sizeof(struct fx_wait_lock),
                                                 .destroy = wait_lock_destroy };

/* The object with the memory that it guards by; *out is NULL on failure. */
static NTSTATUS lock_create(struct fx *f, PWDF_DRIVER_GLOBALS globals, const struct fx_class *class,
                            PWDF_OBJECT_ATTRIBUTES attributes, size_t bytes, void **memory,
                            struct fx_object **out)
{
    struct fx_driver *d = fx_driver_of(globals);
    const struct fx_attributes_rules rules = { 0 };
    NTSTATUS status = fx_attributes_check(f, attributes, &rules);

    *out = NULL;
    if (!NT_SUCCESS(status))
        return status;
    *memory = pool_alloc_internal(f->s, bytes);
    if (!*memory)
        return STATUS_INSUFFICIENT_RESOURCES;
    memset(*memory, 0, bytes);
    status = fx_object_create(f, d, class, &d->object, attributes, out);
    if (!NT_SUCCESS(status))
        pool_free_internal(f->s, *memory);
    return status;
}

/*
 * WdfSpinLockCreate: a spin lock as a framework object.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INSUFFICIENT_RESOURCES, STATUS_INFO_LENGTH_MISMATCH,
 *          STATUS_WDF_OBJECT_ATTRIBUTES_INVALID, STATUS_INVALID_HANDLE
 * Gap      none known
 * Says     CALL, RETURN (object = the new one)
 * Source   wdfsync/nf-wdfsync-wdfspinlockcreate
 */
NTSTATUS imp_WdfSpinLockCreate(PWDF_DRIVER_GLOBALS DriverGlobals,
                               PWDF_OBJECT_ATTRIBUTES SpinLockAttributes, WDFSPINLOCK *SpinLock)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfSpinLockCreate, 0, 0, 0, 0, 0);
    NTSTATUS status = STATUS_INVALID_PARAMETER;
    struct fx_object *o = NULL;
    void *word;

    if (fx_required(f, SpinLock)) {
        *SpinLock = NULL;
        status = lock_create(f, DriverGlobals, &spin_lock_class, SpinLockAttributes,
                             sizeof(KSPIN_LOCK), &word, &o);
    }
    if (o) {
        ((struct fx_spin_lock *)o)->word = word;
        *SpinLock = (WDFSPINLOCK)o->handle;
    }
    c.obj = fx_obj(o);
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/* The lock that a driver may take and give back; an interrupt object's is the interrupt's. */
static struct fx_spin_lock *spin_lock_of(struct fx *f, enum api api, WDFSPINLOCK handle)
{
    struct fx_spin_lock *l = (struct fx_spin_lock *)fx_object_of(f, handle, FX_SPIN_LOCK);

    if (!l || !l->interrupt)
        return l;
    fx_break(f, api, l->object.obj, WDF_BREAK_INTERRUPT_LOCK, 0, 0);
    return NULL;
}

/*
 * WdfSpinLockAcquire: takes the lock, raises to DISPATCH_LEVEL.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      who has it already would wait for ever: bug check 0x0F, as KeAcquireSpinLock here
 * Says     CALL, KeAcquireSpinLockRaiseToDpc, RETURN
 * Source   wdfsync/nf-wdfsync-wdfspinlockacquire
 */
VOID imp_WdfSpinLockAcquire(PWDF_DRIVER_GLOBALS DriverGlobals, WDFSPINLOCK SpinLock)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfSpinLockAcquire, fx_handle_obj(f, SpinLock), 0, 0, 0, 0);
    struct fx_spin_lock *l = spin_lock_of(f, API_WdfSpinLockAcquire, SpinLock);

    (void)DriverGlobals;
    if (l) {
        KIRQL old = KeAcquireSpinLockRaiseToDpc(l->word);

        l->irql = old;
        l->owner = sched_current(f->s);
    }
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfSpinLockRelease: gives the lock back, lowers to the IRQL of its acquisition.
 *
 * Irql     DISPATCH_LEVEL
 * Returns  nothing
 * Gap      who has not got it: bug check 0x10D/0xB, as with the framework's verifier, and the lock
 *          stays
 * Says     CALL, KeReleaseSpinLock, RETURN
 * Source   wdfsync/nf-wdfsync-wdfspinlockrelease
 */
VOID imp_WdfSpinLockRelease(PWDF_DRIVER_GLOBALS DriverGlobals, WDFSPINLOCK SpinLock)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfSpinLockRelease, fx_handle_obj(f, SpinLock), 0, 0, 0, 0);
    struct fx_spin_lock *l = spin_lock_of(f, API_WdfSpinLockRelease, SpinLock);

    (void)DriverGlobals;
    if (l && l->owner != sched_current(f->s)) {
        fx_bugcheck(f, WDF_INVALID_LOCK_OPERATION, (uintptr_t)SpinLock, 1, 0);
    } else if (l) {
        l->owner = NULL;
        KeReleaseSpinLock(l->word, l->irql);
    }
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfWaitLockCreate: a lock that threads wait for.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  as WdfSpinLockCreate
 * Gap      none known
 * Says     CALL, RETURN (object = the new one)
 * Source   wdfsync/nf-wdfsync-wdfwaitlockcreate
 */
NTSTATUS imp_WdfWaitLockCreate(PWDF_DRIVER_GLOBALS DriverGlobals,
                               PWDF_OBJECT_ATTRIBUTES LockAttributes, WDFWAITLOCK *Lock)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfWaitLockCreate, 0, 0, 0, 0, 0);
    NTSTATUS status = STATUS_INVALID_PARAMETER;
    struct fx_object *o = NULL;
    void *event;

    if (fx_required(f, Lock)) {
        *Lock = NULL;
        status = lock_create(f, DriverGlobals, &wait_lock_class, LockAttributes, sizeof(KEVENT),
                             &event, &o);
    }
    if (o) {
        ((struct fx_wait_lock *)o)->event = event;
        io_event_init(event, SynchronizationEvent, true);
        *Lock = (WDFWAITLOCK)o->handle;
    }
    c.obj = fx_obj(o);
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

NTSTATUS fx_wait_lock_take(struct fx_wait_lock *l, PLONGLONG timeout)
{
    LARGE_INTEGER due = { .QuadPart = timeout ? *timeout : 0 };
    NTSTATUS status;

    KeEnterCriticalRegion();
    status = KeWaitForSingleObject(l->event, Executive, KernelMode, FALSE, timeout ? &due : NULL);
    if (status == STATUS_TIMEOUT)
        KeLeaveCriticalRegion();
    return status;
}

void fx_wait_lock_give(struct fx_wait_lock *l)
{
    KeSetEvent(l->event, IO_NO_INCREMENT, FALSE);
    KeLeaveCriticalRegion();
}

/*
 * WdfWaitLockAcquire: takes the lock, waiting for it if need be; normal APCs are held back until it is
 * given back.
 *
 * Irql     PASSIVE_LEVEL; <= DISPATCH_LEVEL when *Timeout is 0
 * Units    *Timeout: 100 ns; negative: from now, else since 1601; NULL: for ever
 * Returns  STATUS_SUCCESS, STATUS_TIMEOUT; STATUS_INVALID_DEVICE_REQUEST at a higher IRQL, as with
 *          the framework's verifier
 * Gap      a thread that has it and takes it again waits for ever, as on Windows
 * Says     CALL (a0 = 1: a time-out), KeEnterCriticalRegion, KeWaitForSingleObject, RETURN
 * Source   wdfsync/nf-wdfsync-wdfwaitlockacquire
 */
NTSTATUS imp_WdfWaitLockAcquire(PWDF_DRIVER_GLOBALS DriverGlobals, WDFWAITLOCK Lock,
                                PLONGLONG Timeout)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfWaitLockAcquire, fx_handle_obj(f, Lock),
                               Timeout != NULL, Timeout ? (uint64_t)*Timeout : 0, 0, 0);
    struct fx_wait_lock *l = (struct fx_wait_lock *)fx_object_of(f, Lock, FX_WAIT_LOCK);
    NTSTATUS status = STATUS_INVALID_HANDLE;

    (void)DriverGlobals;
    if (l) {
        status = STATUS_INVALID_DEVICE_REQUEST;
        if ((Timeout && !*Timeout) ||
            fx_irql_check(f, API_WdfWaitLockAcquire, l->object.obj, PASSIVE_LEVEL))
            status = fx_wait_lock_take(l, Timeout);
    }
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfWaitLockRelease: gives the lock back.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      a lock that nobody has is free once more, as on Windows; the critical region that was not
 *          entered is left
 * Says     CALL, KeSetEvent, KeLeaveCriticalRegion, RETURN
 * Source   wdfsync/nf-wdfsync-wdfwaitlockrelease
 */
VOID imp_WdfWaitLockRelease(PWDF_DRIVER_GLOBALS DriverGlobals, WDFWAITLOCK Lock)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfWaitLockRelease, fx_handle_obj(f, Lock), 0, 0, 0, 0);
    struct fx_wait_lock *l = (struct fx_wait_lock *)fx_object_of(f, Lock, FX_WAIT_LOCK);

    (void)DriverGlobals;
    if (l)
        fx_wait_lock_give(l);
    call_end(&c, 0, 0, 0, 0);
}

/* The lock of an object that has one itself; NULL: it has none. */
static struct fx_lock *lock_of(struct fx_object *o)
{
    struct fx_serial serial;

    return o && o->class->serial && o->class->serial(o, &serial) ? serial.lock : NULL;
}

/* The same with bug check 0x10D/0xB for an object without. */
static struct fx_lock *object_lock(struct fx *f, WDFOBJECT handle)
{
    struct fx_object *o = fx_object_of(f, handle, FX_OBJECT);
    struct fx_lock *lock = lock_of(o);

    if (o && !lock)
        fx_bugcheck(f, WDF_INVALID_LOCK_OPERATION, (uintptr_t)handle, 0, 0);
    return lock;
}

/* What events call the lock: queues may share their device's. */
static uint32_t lock_obj(struct fx *f, WDFOBJECT handle)
{
    const struct fx_lock *lock = lock_of(fx_object_find(f, handle, FX_OBJECT));

    return lock && lock->memory ? nt_obj(f->s, lock->memory, OBJ_LOCK) : 0;
}

/*
 * WdfObjectAcquireLock: takes the lock under which the callbacks of a device or a queue run.
 *
 * Irql     <= DISPATCH_LEVEL; PASSIVE_LEVEL when the object's execution level is passive
 * Returns  nothing
 * Gap      who has it already: bug check 0x10D/2, and it is counted
 * Says     CALL (a0 = the lock), RETURN
 * Source   wdfsync/nf-wdfsync-wdfobjectacquirelock
 */
VOID imp_WdfObjectAcquireLock(PWDF_DRIVER_GLOBALS DriverGlobals, WDFOBJECT Object)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfObjectAcquireLock, fx_handle_obj(f, Object),
                               lock_obj(f, Object), 0, 0, 0);
    struct fx_lock *lock = object_lock(f, Object);

    (void)DriverGlobals;
    if (lock && !fx_lock_take(f, lock))
        fx_bugcheck(f, WDF_RECURSIVE_LOCK, (uintptr_t)Object, 0, 0);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfObjectReleaseLock: gives it back.
 *
 * Irql     DISPATCH_LEVEL; PASSIVE_LEVEL when the object's execution level is passive
 * Returns  nothing
 * Gap      who has not got it changes nothing; Windows breaks into the debugger
 * Says     CALL (a0 = the lock), RETURN
 * Source   wdfsync/nf-wdfsync-wdfobjectreleaselock
 */
VOID imp_WdfObjectReleaseLock(PWDF_DRIVER_GLOBALS DriverGlobals, WDFOBJECT Object)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfObjectReleaseLock, fx_handle_obj(f, Object),
                               lock_obj(f, Object), 0, 0, 0);
    struct fx_lock *lock = object_lock(f, Object);

    (void)DriverGlobals;
    if (lock && !fx_lock_give(f, lock))
        fx_break(f, API_WdfObjectReleaseLock, fx_handle_obj(f, Object), WDF_BREAK_NOT_OWNER, 0, 0);
    call_end(&c, 0, 0, 0, 0);
}
