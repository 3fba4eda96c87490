/*
 * WDFTIMER. Sources: wdftimer/, wdf/using-timers, fxtimer.cpp, fxtimerapi.cpp.
 */
#include "tests/unit/wdf_fixture.h"

#include "tests/unit/wdf_by_hand.h"

static WDFDEVICE device;
static WDFTIMER timer;
static unsigned calls, cleaned;
static KIRQL irql_seen;
static bool owned, stop_within, start_within, slow;
static BOOLEAN answer;
static uint64_t called_ns[8];

static VOID on_timer(WDFTIMER Timer)
{
    assert_ptr_equal(Timer, timer);
    called_ns[calls % 8] = sched_now_ns(wdf_sim);
    irql_seen = KeGetCurrentIrql();
    owned = ((struct fx_device *)fx_object_find(fx_now(), device, FX_DEVICE))->lock.owner != NULL;
    if (stop_within)
        answer = WdfTimerStop(Timer, irql_seen == PASSIVE_LEVEL);
    if (slow)
        pass_ms(5);
    if (start_within)
        answer = WdfTimerStart(Timer, WDF_REL_TIMEOUT_IN_MS(1));
    calls++;
}

static VOID on_cleanup(WDFOBJECT Object)
{
    (void)Object;
    cleaned = 1 + calls;
}

static NTSTATUS make(WDFOBJECT parent, ULONG period_ms, bool passive, BOOLEAN automatic)
{
    WDF_OBJECT_ATTRIBUTES a;
    WDF_TIMER_CONFIG c;

    WDF_TIMER_CONFIG_INIT_PERIODIC(&c, on_timer, (LONG)period_ms);
    c.AutomaticSerialization = automatic;
    WDF_OBJECT_ATTRIBUTES_INIT(&a);
    a.ParentObject = parent;
    a.EvtCleanupCallback = on_cleanup;
    if (passive)
        a.ExecutionLevel = WdfExecutionLevelPassive;
    calls = cleaned = 0;
    stop_within = start_within = slow = false;
    return WdfTimerCreate(&c, &a, &timer);
}

static void once(struct sim *s)
{
    uint64_t began;

    device = hand_device(WdfSynchronizationScopeDevice, false);
    assert_int_equal(make(device, 0, false, TRUE), STATUS_SUCCESS);
    assert_ptr_equal(WdfTimerGetParentObject(timer), device);
    began = sched_now_ns(s);
    assert_false(WdfTimerStart(timer, WDF_REL_TIMEOUT_IN_MS(10)));
    assert_true(WdfTimerStart(timer, WDF_REL_TIMEOUT_IN_MS(3))); /* it ran, and is moved */
    pass_ms(20);
    assert_int_equal(calls, 1);
    assert_in_range(called_ns[0] - began, 3000000, 3200000);
    assert_int_equal(irql_seen, DISPATCH_LEVEL);
    assert_true(owned);
    assert_false(WdfTimerStop(timer, FALSE)); /* expired */
    assert_false(WdfTimerStart(timer, WDF_REL_TIMEOUT_IN_MS(3)));
    assert_true(WdfTimerStop(timer, FALSE));
    pass_ms(20);
    assert_int_equal(calls, 1);
    WdfObjectDelete(device);
}

static void a_timer_expires_once(void **state)
{
    (void)state;
    wdf_run(hand_entry, once, 0);
}

static void again_and_again(struct sim *s)
{
    (void)s;
    device = hand_device(WdfSynchronizationScopeDevice, false);
    assert_int_equal(make(device, 10, false, FALSE), STATUS_SUCCESS);
    assert_false(WdfTimerStart(timer, WDF_REL_TIMEOUT_IN_MS(5)));
    pass_ms(37);
    assert_int_equal(calls, 4); /* at 5, 15, 25 and 35 ms */
    assert_in_range(called_ns[3] - called_ns[0], 29900000, 30100000);
    assert_false(owned);
    assert_true(WdfTimerStop(timer, TRUE));
    assert_false(WdfTimerStop(timer, TRUE));
    pass_ms(37);
    assert_int_equal(calls, 4);
    WdfTimerStart(timer, WDF_REL_TIMEOUT_IN_MS(5));
    stop_within = true; /* a callback may stop its timer when it does not wait */
    pass_ms(37);
    assert_int_equal(calls, 5);
    assert_true(answer);
    WdfTimerStart(timer, WDF_REL_TIMEOUT_IN_MS(5));
    WdfObjectDelete(timer); /* a running one is stopped */
    assert_int_equal(cleaned, 1 + calls);
    pass_ms(37);
    assert_int_equal(calls, 5);
    WdfObjectDelete(device);
}

static void a_periodic_timer_goes_on_until_it_is_stopped(void **state)
{
    (void)state;
    wdf_run(hand_entry, again_and_again, 0);
}

static void passive(struct sim *s)
{
    (void)s;
    device = hand_device(WdfSynchronizationScopeDevice, true);
    assert_int_equal(make(device, 0, true, TRUE), STATUS_SUCCESS);
    WdfTimerStart(timer, WDF_REL_TIMEOUT_IN_MS(2));
    slow = true;
    pass_ms(3);
    assert_false(WdfTimerStop(timer, TRUE)); /* returns when the callback has ended */
    assert_int_equal(calls, 1);
    assert_int_equal(irql_seen, PASSIVE_LEVEL);
    assert_true(owned);
    KeRaiseIrqlToDpcLevel();
    assert_false(WdfTimerStop(timer, TRUE));
    wdf_assert_break(WDF_BREAK_IRQL);
    KeLowerIrql(PASSIVE_LEVEL);
    stop_within = true;
    WdfTimerStart(timer, WDF_REL_TIMEOUT_IN_MS(2));
    pass_ms(20);
    assert_int_equal(calls, 2); /* it did not wait for itself */
    wdf_assert_break(WDF_BREAK_OWN_CALLBACK);
    stop_within = false;
    WdfTimerStart(timer, WDF_REL_TIMEOUT_IN_MS(2));
    pass_ms(3);
    start_within = true; /* in vain: somebody waits for the end */
    assert_true(WdfTimerStop(timer, TRUE));
    WdfObjectDelete(device);
}

static void at_passive_level_a_work_item_calls(void **state)
{
    (void)state;
    wdf_run(hand_entry, passive, 0);
}

static VOID on_cleanup_start(WDFOBJECT Object)
{
    answer = WdfTimerStart((WDFTIMER)Object, WDF_REL_TIMEOUT_IN_MS(1));
}

static void going(struct sim *s)
{
    WDF_OBJECT_ATTRIBUTES a;
    WDF_TIMER_CONFIG c;

    (void)s;
    device = hand_device(WdfSynchronizationScopeDevice, false);
    WDF_TIMER_CONFIG_INIT(&c, on_timer);
    WDF_OBJECT_ATTRIBUTES_INIT(&a);
    a.ParentObject = device;
    a.EvtCleanupCallback = on_cleanup_start;
    calls = 0;
    answer = TRUE;
    assert_int_equal(WdfTimerCreate(&c, &a, &timer), STATUS_SUCCESS);
    WdfObjectDelete(device);
    wdf_assert_break(WDF_BREAK_GOING);
    assert_false(answer);
    pass_ms(10);
    assert_int_equal(calls, 0);
}

static void a_timer_that_goes_is_not_started(void **state)
{
    (void)state;
    wdf_run(hand_entry, going, 0);
}

static void refused(struct sim *s)
{
    WDF_OBJECT_ATTRIBUTES a;
    WDF_TIMER_CONFIG c;
    WDFOBJECT o;

    (void)s;
    WDF_TIMER_CONFIG_INIT(&c, on_timer);
    WDF_OBJECT_ATTRIBUTES_INIT(&a);
    assert_int_equal(WdfTimerCreate(&c, &a, &timer), STATUS_WDF_PARENT_NOT_SPECIFIED);
    a.Size--;
    assert_int_equal(WdfTimerCreate(&c, &a, &timer), STATUS_INFO_LENGTH_MISMATCH);
    a.Size++;
    assert_int_equal(WdfObjectCreate(WDF_NO_OBJECT_ATTRIBUTES, &o), STATUS_SUCCESS);
    assert_int_equal(make(o, 0, false, TRUE), STATUS_INVALID_DEVICE_REQUEST);
    device = hand_device(WdfSynchronizationScopeDevice, false);
    a.ParentObject = device;
    c.Size--;
    assert_int_equal(WdfTimerCreate(&c, &a, &timer), STATUS_INFO_LENGTH_MISMATCH);
    WDF_TIMER_CONFIG_INIT(&c, on_timer);
    c.Period = 0x80000000;
    assert_int_equal(WdfTimerCreate(&c, &a, &timer), STATUS_INVALID_PARAMETER);
    c.Period = 0;
    c.TolerableDelay = 10;
    c.UseHighResolutionTimer = TRUE;
    assert_int_equal(WdfTimerCreate(&c, &a, &timer), STATUS_INVALID_PARAMETER);
    a.SynchronizationScope = WdfSynchronizationScopeQueue;
    c.TolerableDelay = 0;
    assert_int_equal(WdfTimerCreate(&c, &a, &timer), STATUS_WDF_SYNCHRONIZATION_SCOPE_INVALID);
    assert_int_equal(make(device, 10, true, FALSE), STATUS_NOT_SUPPORTED);
    wdf_assert_break(0);
    assert_int_equal(make(device, 0, true, TRUE), STATUS_WDF_INCOMPATIBLE_EXECUTION_LEVEL);
    wdf_assert_break(WDF_BREAK_EXECUTION_LEVEL);
    fault_plan_nth(wdf_sim, FAULT_WORKITEM, 1);
    assert_int_equal(make(device, 0, true, FALSE), STATUS_INSUFFICIENT_RESOURCES);
    WdfObjectDelete(device);
}

static void what_cannot_be_is_refused(void **state)
{
    (void)state;
    wdf_run(hand_entry, refused, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_timer_expires_once),
        cmocka_unit_test(a_periodic_timer_goes_on_until_it_is_stopped),
        cmocka_unit_test(at_passive_level_a_work_item_calls),
        cmocka_unit_test(a_timer_that_goes_is_not_started),
        cmocka_unit_test(what_cannot_be_is_refused),
    };

    return cmocka_run_group_tests_name("wdf_timer", tests, NULL, NULL);
}
