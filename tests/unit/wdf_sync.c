/*
 * The framework's locks. Sources: wdfsync/, wdf/using-framework-locks, fxspinlock.cpp, fxwaitlock.hpp,
 * fxobjectapi.cpp, debugger/bug-check-0x10d---wdf-violation.
 */
#include "tests/unit/wdf_fixture.h"

#include "tests/unit/wdf_by_hand.h"

static WDFSPINLOCK spin;
static WDFWAITLOCK wait_lock;
static unsigned counted, highest;
static NTSTATUS other_status;

static void spins(struct sim *s)
{
    WDF_OBJECT_ATTRIBUTES a;
    WDFSPINLOCK refused = (WDFSPINLOCK)1;

    (void)s;
    WDF_OBJECT_ATTRIBUTES_INIT(&a);
    a.ExecutionLevel = WdfExecutionLevelPassive;
    assert_int_equal(WdfSpinLockCreate(&a, &refused), STATUS_WDF_EXECUTION_LEVEL_INVALID);
    assert_null(refused);
    assert_int_equal(WdfSpinLockCreate(WDF_NO_OBJECT_ATTRIBUTES, &spin), STATUS_SUCCESS);
    WdfSpinLockAcquire(spin);
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    WdfSpinLockRelease(spin);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    KeRaiseIrqlToDpcLevel();
    WdfSpinLockAcquire(spin);
    WdfSpinLockRelease(spin);
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL); /* where it was */
    KeLowerIrql(PASSIVE_LEVEL);
    WdfObjectDelete(spin);
}

static void a_spin_lock_raises_and_restores(void **state)
{
    (void)state;
    wdf_run(hand_entry, spins, 0);
}

static void spins_not_owned(struct sim *s)
{
    (void)s;
    assert_int_equal(WdfSpinLockCreate(WDF_NO_OBJECT_ATTRIBUTES, &spin), STATUS_SUCCESS);
    WdfSpinLockRelease(spin);
    assert_int_equal(wdf_stop.a[1], WDF_INVALID_LOCK_OPERATION);
    assert_int_equal(wdf_stop.a[2], (uintptr_t)spin);
    assert_int_equal(wdf_stop.a[3], 1);
}

static void releasing_a_spin_lock_that_is_not_held(void **state)
{
    (void)state;
    wdf_run(hand_entry, spins_not_owned, WDF_VIOLATION);
}

static void spins_twice(struct sim *s)
{
    (void)s;
    assert_int_equal(WdfSpinLockCreate(WDF_NO_OBJECT_ATTRIBUTES, &spin), STATUS_SUCCESS);
    WdfSpinLockAcquire(spin);
    WdfSpinLockAcquire(spin);
    WdfSpinLockRelease(spin);
    KeLowerIrql(PASSIVE_LEVEL);
}

static void a_spin_lock_taken_twice_hangs(void **state)
{
    (void)state;
    wdf_run(hand_entry, spins_twice, 0x0F);
}

/* --- wait locks --- */

static VOID waiter(PVOID ctx)
{
    LONGLONG none = 0, soon = -10LL * 1000;
    NTSTATUS status = WdfWaitLockAcquire(wait_lock, &none);

    (void)ctx;
    assert_int_equal(status, STATUS_TIMEOUT);
    assert_int_equal(WdfWaitLockAcquire(wait_lock, &soon), STATUS_TIMEOUT);
    other_status = WdfWaitLockAcquire(wait_lock, NULL);
    counted++;
    WdfWaitLockRelease(wait_lock);
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static void waits(struct sim *s)
{
    LONGLONG none = 0;
    HANDLE thread;

    (void)s;
    counted = 0;
    other_status = STATUS_UNSUCCESSFUL;
    assert_int_equal(WdfWaitLockCreate(WDF_NO_OBJECT_ATTRIBUTES, &wait_lock), STATUS_SUCCESS);
    assert_int_equal(WdfWaitLockAcquire(wait_lock, NULL), STATUS_SUCCESS);
    assert_true(KeAreApcsDisabled()); /* a critical region */
    assert_int_equal(PsCreateSystemThread(&thread, 0, NULL, NULL, NULL, waiter, NULL),
                     STATUS_SUCCESS);
    pass_ms(20);
    assert_int_equal(counted, 0); /* it waits */
    WdfWaitLockRelease(wait_lock);
    assert_false(KeAreApcsDisabled());
    pass_ms(20);
    assert_int_equal(counted, 1);
    assert_int_equal(other_status, STATUS_SUCCESS);
    assert_int_equal(WdfWaitLockAcquire(wait_lock, &none), STATUS_SUCCESS);
    WdfWaitLockRelease(wait_lock);
    ZwClose(thread);
}

static void a_wait_lock_is_waited_for(void **state)
{
    (void)state;
    wdf_run(hand_entry, waits, 0);
}

static void waits_high(struct sim *s)
{
    LONGLONG none = 0, some = -1;

    (void)s;
    assert_int_equal(WdfWaitLockCreate(WDF_NO_OBJECT_ATTRIBUTES, &wait_lock), STATUS_SUCCESS);
    KeRaiseIrqlToDpcLevel();
    assert_int_equal(WdfWaitLockAcquire(wait_lock, NULL), STATUS_INVALID_DEVICE_REQUEST);
    assert_int_equal(WdfWaitLockAcquire(wait_lock, &some), STATUS_INVALID_DEVICE_REQUEST);
    assert_int_equal(WdfWaitLockAcquire(wait_lock, &none), STATUS_SUCCESS);
    wdf_assert_break(WDF_BREAK_IRQL);
    WdfWaitLockRelease(wait_lock);
    KeLowerIrql(PASSIVE_LEVEL);
}

static void at_dispatch_level_a_wait_lock_is_tried_only(void **state)
{
    (void)state;
    wdf_run(hand_entry, waits_high, 0);
}

/* --- an object's own lock --- */

static WDFDEVICE device;

static VOID contender(PVOID ctx)
{
    (void)ctx;
    for (int i = 0; i < 20; i++) {
        WdfObjectAcquireLock(device);
        counted++;
        highest = counted > highest ? counted : highest;
        KeStallExecutionProcessor(30);
        counted--;
        WdfObjectReleaseLock(device);
    }
    PsTerminateSystemThread(STATUS_SUCCESS);
}

static void contended(struct sim *s, WDF_SYNCHRONIZATION_SCOPE scope, bool passive)
{
    HANDLE threads[2];

    (void)s;
    device = hand_device(scope, passive);
    counted = highest = 0;
    for (int i = 0; i < 2; i++)
        assert_int_equal(PsCreateSystemThread(&threads[i], 0, NULL, NULL, NULL, contender, NULL),
                         STATUS_SUCCESS);
    pass_ms(100);
    assert_int_equal(counted, 0);
    assert_int_equal(highest, 1);
    WdfObjectAcquireLock(device);
    assert_int_equal(KeGetCurrentIrql(), passive ? PASSIVE_LEVEL : DISPATCH_LEVEL);
    WdfObjectReleaseLock(device);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    for (int i = 0; i < 2; i++)
        ZwClose(threads[i]);
    WdfObjectDelete(device);
}

static void spin_scope(struct sim *s) { contended(s, WdfSynchronizationScopeDevice, false); }
static void wait_scope(struct sim *s) { contended(s, WdfSynchronizationScopeDevice, true); }
static void no_scope(struct sim *s) { contended(s, WdfSynchronizationScopeNone, false); }

static void a_device_has_a_lock_in_every_scope(void **state)
{
    (void)state;
    wdf_run(hand_entry, spin_scope, 0);
    wdf_run(hand_entry, wait_scope, 0);
    wdf_run(hand_entry, no_scope, 0);
}

static void object_twice(struct sim *s)
{
    (void)s;
    device = hand_device(WdfSynchronizationScopeDevice, false);
    WdfObjectAcquireLock(device);
    WdfObjectAcquireLock(device);
    assert_int_equal(wdf_stop.a[1], WDF_RECURSIVE_LOCK);
    WdfObjectReleaseLock(device);
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL); /* it was counted */
    WdfObjectReleaseLock(device);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    wdf_assert_break(0);
    WdfObjectReleaseLock(device);
    wdf_assert_break(WDF_BREAK_NOT_OWNER);
    WdfObjectDelete(device);
}

static void an_object_lock_taken_twice(void **state)
{
    (void)state;
    wdf_run(hand_entry, object_twice, WDF_VIOLATION);
}

static void object_without(struct sim *s)
{
    WDFOBJECT o;

    (void)s;
    assert_int_equal(WdfObjectCreate(WDF_NO_OBJECT_ATTRIBUTES, &o), STATUS_SUCCESS);
    WdfObjectAcquireLock(o);
    assert_int_equal(wdf_stop.a[1], WDF_INVALID_LOCK_OPERATION);
    assert_int_equal(wdf_stop.a[2], (uintptr_t)o);
    WdfObjectReleaseLock(o);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
}

static void an_object_without_a_lock(void **state)
{
    (void)state;
    wdf_run(hand_entry, object_without, WDF_VIOLATION);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_spin_lock_raises_and_restores),
        cmocka_unit_test(releasing_a_spin_lock_that_is_not_held),
        cmocka_unit_test(a_spin_lock_taken_twice_hangs),
        cmocka_unit_test(a_wait_lock_is_waited_for),
        cmocka_unit_test(at_dispatch_level_a_wait_lock_is_tried_only),
        cmocka_unit_test(a_device_has_a_lock_in_every_scope),
        cmocka_unit_test(an_object_lock_taken_twice),
        cmocka_unit_test(an_object_without_a_lock),
    };

    return cmocka_run_group_tests_name("wdf_sync", tests, NULL, NULL);
}
