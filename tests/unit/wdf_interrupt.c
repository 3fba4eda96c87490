/*
 * WDFINTERRUPT on a device by hand: creation, connection, the service routine and what it asks for, the
 * lock. Sources: wdfinterrupt/, wdf/handling-hardware-interrupts, fxinterruptapi.cpp, interruptobject.cpp,
 * interruptobjectkm.cpp, fxpkgpnpkm.cpp.
 */
#include "tests/unit/wdf_fixture.h"

#include "tests/unit/wdf_interrupt.h"

static BOOLEAN on_synchronize(WDFINTERRUPT Interrupt, WDFCONTEXT Context)
{
    (void)Interrupt;
    tell('s');
    dm_interrupt(hardware, 0); /* not before the end */
    KeStallExecutionProcessor(50);
    tell('t');
    return *(BOOLEAN *)Context;
}

/* --- messages --- */

static void messages(struct sim *s)
{
    WDF_INTERRUPT_CONFIG c = config();
    WDF_INTERRUPT_INFO info;

    bring_up(s, MESSAGES, WdfSynchronizationScopeDevice, false);
    c.AutomaticSerialization = TRUE;
    for (unsigned m = 0; m < MESSAGES; m++)
        create(m, &c);
    assert_null(WdfInterruptWdmGetInterrupt(made[0]));
    assign(MESSAGES);
    WDF_INTERRUPT_INFO_INIT(&info);
    WdfInterruptGetInfo(made[2], &info);
    assert_int_equal(info.MessageNumber, 2);
    assert_int_equal(info.Vector, VECTOR + 32);
    assert_int_equal(info.Irql, 8);
    assert_int_equal(info.Mode, Latched);
    assert_true(info.MessageSignaled);
    assert_int_equal(info.TargetProcessorSet, 1);
    assert_int_equal(info.ShareDisposition, CmResourceShareDeviceExclusive);
    info.Size--;
    WdfInterruptGetInfo(made[2], &info);
    wdf_assert_break(WDF_BREAK_SIZE);
    assert_int_equal(enable(), STATUS_SUCCESS);
    ASSERT_TOLD("eee");
    assert_int_equal(irql_of['e'], 8); /* under the interrupt's lock */
    assert_non_null(WdfInterruptWdmGetInterrupt(made[0]));
    queue_dpc = true;
    dm_interrupt(hardware, 1);
    pass_ms(1);
    ASSERT_TOLD("id");
    assert_int_equal(message_seen, 1);
    assert_int_equal(irql_of['i'], 7);
    assert_int_equal(irql_of['d'], DISPATCH_LEVEL);
    assert_true(owned);
    assert_int_equal(disable(), STATUS_SUCCESS);
    ASSERT_TOLD("xxx");
    assert_int_equal(irql_of['x'], 6); /* the last made is disabled first */
    dm_interrupt(hardware, 1);
    pass_ms(1);
    ASSERT_TOLD("");
    assert_int_equal(enable(), STATUS_SUCCESS); /* back in D0 */
    ASSERT_TOLD("eee");
    assert_int_equal(disable(), STATUS_SUCCESS);
    take_down();
}

static void each_message_has_its_object(void **state)
{
    (void)state;
    wdf_run(hand_entry, messages, 0);
}

/* --- the line, the lock --- */

static void line(struct sim *s)
{
    WDF_INTERRUPT_CONFIG c = config();
    BOOLEAN yes = TRUE, no = FALSE;

    bring_up(s, 0, WdfSynchronizationScopeNone, false);
    create(0, &c);
    create(1, &c); /* no resource for it: never connected */
    assign(0);
    assert_int_equal(enable(), STATUS_SUCCESS);
    ASSERT_TOLD("e");
    assert_null(WdfInterruptWdmGetInterrupt(made[1]));
    dm_line(hardware, true);
    pass_ms(1);
    ASSERT_TOLD("i");
    assert_true(WdfInterruptSynchronize(made[0], on_synchronize, &yes));
    ASSERT_TOLD("sti"); /* nothing came in between */
    assert_int_equal(irql_of['s'], 6);
    assert_false(WdfInterruptSynchronize(made[0], on_synchronize, &no));
    pass_ms(1);
    told[0] = 0;
    WdfInterruptAcquireLock(made[0]);
    assert_int_equal(KeGetCurrentIrql(), 6);
    dm_line(hardware, true);
    KeStallExecutionProcessor(50);
    ASSERT_TOLD("");
    WdfInterruptReleaseLock(made[0]);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    pass_ms(1);
    ASSERT_TOLD("i");
    wdf_assert_break(0);
    WdfInterruptAcquireLock(made[1]);
    wdf_assert_break(WDF_BREAK_NOT_CONNECTED);
    WdfInterruptReleaseLock(made[1]);
    wdf_assert_break(WDF_BREAK_NOT_CONNECTED);
    assert_false(WdfInterruptSynchronize(made[1], on_synchronize, &yes));
    wdf_assert_break(WDF_BREAK_NOT_CONNECTED);
    assert_false(WdfInterruptTryToAcquireLock(made[0]));
    wdf_assert_break(WDF_BREAK_NOT_PASSIVE);
    assert_int_equal(disable(), STATUS_SUCCESS);
    take_down();
}

static void the_lock_keeps_the_service_routine_out(void **state)
{
    (void)state;
    wdf_run(hand_entry, line, 0);
}

/* --- a lock for several --- */

static void shared(struct sim *s)
{
    WDF_INTERRUPT_CONFIG c = config();
    WDFSPINLOCK lock;

    bring_up(s, MESSAGES, WdfSynchronizationScopeNone, false);
    assert_int_equal(WdfSpinLockCreate(WDF_NO_OBJECT_ATTRIBUTES, &lock), STATUS_SUCCESS);
    c.SpinLock = lock;
    for (unsigned m = 0; m < MESSAGES; m++)
        create(m, &c);
    assign(MESSAGES);
    assert_int_equal(enable(), STATUS_SUCCESS);
    dm_interrupt(hardware, 0);
    pass_ms(1);
    assert_int_equal(irql_of['i'], 8); /* the highest of all three */
    WdfSpinLockAcquire(lock);
    wdf_assert_break(WDF_BREAK_INTERRUPT_LOCK);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    WdfSpinLockRelease(lock);
    wdf_assert_break(WDF_BREAK_INTERRUPT_LOCK);
    assert_int_equal(disable(), STATUS_SUCCESS);
    take_down();
}

static void objects_that_share_a_lock_share_its_irql(void **state)
{
    (void)state;
    wdf_run(hand_entry, shared, 0);
}

/* --- work items --- */

static void work(struct sim *s)
{
    WDF_INTERRUPT_CONFIG c = config();

    bring_up(s, 1, WdfSynchronizationScopeDevice, true);
    c.EvtInterruptDpc = NULL;
    c.EvtInterruptWorkItem = on_work;
    c.AutomaticSerialization = TRUE;
    create(0, &c);
    assign(1);
    assert_int_equal(enable(), STATUS_SUCCESS);
    told[0] = 0;
    queue_work = slow = true;
    dm_interrupt(hardware, 0);
    pass_ms(1);
    ASSERT_TOLD("i");
    assert_int_equal(disable(), STATUS_SUCCESS); /* waits for it */
    ASSERT_TOLD("xw");
    assert_int_equal(irql_of['w'], PASSIVE_LEVEL);
    assert_true(owned);
    take_down();
}

static void a_work_item_has_run_when_it_is_disabled(void **state)
{
    (void)state;
    wdf_run(hand_entry, work, 0);
}

static void nothing_to_run(struct sim *s)
{
    WDF_INTERRUPT_CONFIG c = config();

    bring_up(s, 1, WdfSynchronizationScopeNone, false);
    c.EvtInterruptDpc = NULL;
    create(0, &c);
    assert_true(WdfInterruptQueueWorkItemForIsr(made[0])); /* there is none */
    pass_ms(1);
    assert_int_equal(wdf_stop.a[1], 0); /* address 0 was called */
    take_down();
}

static void a_routine_that_is_not_there(void **state)
{
    (void)state;
    wdf_run(hand_entry, nothing_to_run, DRIVER_IRQL_NOT_LESS_OR_EQUAL);
}

/* --- passive handling --- */

static void passive(struct sim *s)
{
    WDF_INTERRUPT_CONFIG c = config();
    WDF_INTERRUPT_INFO info;
    BOOLEAN yes = TRUE;

    bring_up(s, 0, WdfSynchronizationScopeDevice, true);
    c.EvtInterruptDpc = NULL;
    c.EvtInterruptWorkItem = on_work;
    c.PassiveHandling = TRUE;
    create(0, &c);
    assign(0);
    WDF_INTERRUPT_INFO_INIT(&info);
    WdfInterruptGetInfo(made[0], &info);
    assert_int_equal(info.Irql, PASSIVE_LEVEL);
    assert_int_equal(enable(), STATUS_SUCCESS);
    ASSERT_TOLD("e");
    assert_int_equal(irql_of['e'], PASSIVE_LEVEL);
    queue_work = true;
    dm_line(hardware, true);
    pass_ms(1);
    ASSERT_TOLD("iw");
    assert_int_equal(irql_of['i'], PASSIVE_LEVEL);
    queue_work = false;
    dm_line(hardware, true); /* it has not been held back for ever */
    pass_ms(1);
    ASSERT_TOLD("i");
    assert_true(WdfInterruptTryToAcquireLock(made[0]));
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    dm_line(hardware, true);
    pass_ms(1);
    ASSERT_TOLD("");
    WdfInterruptReleaseLock(made[0]);
    pass_ms(1);
    ASSERT_TOLD("i");
    assert_true(WdfInterruptSynchronize(made[0], on_synchronize, &yes));
    ASSERT_TOLD("sti");
    pass_ms(1);
    told[0] = 0;
    KeRaiseIrqlToDpcLevel();
    WdfInterruptAcquireLock(made[0]);
    wdf_assert_break(WDF_BREAK_IRQL);
    assert_false(WdfInterruptSynchronize(made[0], on_synchronize, &yes));
    wdf_assert_break(WDF_BREAK_IRQL);
    KeLowerIrql(PASSIVE_LEVEL);
    assert_int_equal(disable(), STATUS_SUCCESS);
    ASSERT_TOLD("x");
    take_down();
}

static void at_passive_level_a_work_item_serves(void **state)
{
    (void)state;
    wdf_run(hand_entry, passive, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_message_has_its_object),
        cmocka_unit_test(the_lock_keeps_the_service_routine_out),
        cmocka_unit_test(objects_that_share_a_lock_share_its_irql),
        cmocka_unit_test(a_work_item_has_run_when_it_is_disabled),
        cmocka_unit_test(a_routine_that_is_not_there),
        cmocka_unit_test(at_passive_level_a_work_item_serves),
    };

    return cmocka_run_group_tests_name("wdf_interrupt", tests, NULL, NULL);
}
