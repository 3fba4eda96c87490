/*
 * WDFWORKITEM. Sources: wdfworkitem/, wdf/using-framework-work-items, fxworkitem.cpp.
 */
#include "tests/unit/wdf_fixture.h"

#include "tests/unit/wdf_by_hand.h"

static WDFDEVICE device;
static WDFWORKITEM item;
static unsigned calls, ended, again, cleaned;
static KIRQL irql_seen;
static bool owned, flush_within, delete_within;

static VOID on_work(WDFWORKITEM WorkItem)
{
    assert_ptr_equal(WorkItem, item);
    irql_seen = KeGetCurrentIrql();
    owned = ((struct fx_device *)fx_object_find(fx_now(), device, FX_DEVICE))->lock.owner != NULL;
    calls++;
    if (again && again--)
        WdfWorkItemEnqueue(WorkItem); /* it runs, so it may be queued */
    if (flush_within)
        WdfWorkItemFlush(WorkItem);
    if (delete_within)
        WdfObjectDelete(WorkItem);
    else
        pass_ms(5);
    ended++;
}

static VOID on_cleanup(WDFOBJECT Object)
{
    (void)Object;
    cleaned = 1 + ended;
}

static NTSTATUS make(WDFOBJECT parent, BOOLEAN automatic)
{
    WDF_OBJECT_ATTRIBUTES a;
    WDF_WORKITEM_CONFIG c;

    WDF_WORKITEM_CONFIG_INIT(&c, on_work);
    c.AutomaticSerialization = automatic;
    WDF_OBJECT_ATTRIBUTES_INIT(&a);
    a.ParentObject = parent;
    a.EvtCleanupCallback = on_cleanup;
    calls = ended = again = cleaned = 0;
    flush_within = delete_within = false;
    return WdfWorkItemCreate(&c, &a, &item);
}

static void runs(struct sim *s)
{
    (void)s;
    device = hand_device(WdfSynchronizationScopeDevice, true);
    assert_int_equal(make(device, TRUE), STATUS_SUCCESS);
    assert_ptr_equal(WdfWorkItemGetParentObject(item), device);
    KeRaiseIrqlToDpcLevel();
    WdfWorkItemEnqueue(item);
    WdfWorkItemEnqueue(item); /* queued already: once */
    WdfWorkItemFlush(item);
    wdf_assert_break(WDF_BREAK_IRQL);
    assert_int_equal(calls, 0);
    KeLowerIrql(PASSIVE_LEVEL);
    WdfWorkItemFlush(item);
    assert_int_equal(ended, 1);
    assert_int_equal(irql_seen, PASSIVE_LEVEL);
    assert_true(owned);
    WdfWorkItemFlush(item); /* nothing to wait for */
    again = 2;
    WdfWorkItemEnqueue(item);
    WdfWorkItemFlush(item);
    assert_int_equal(ended, 4);
    WdfObjectDelete(device);
}

static void a_work_item_runs_once_for_each_queueing(void **state)
{
    (void)state;
    wdf_run(hand_entry, runs, 0);
}

static void deleted(struct sim *s)
{
    (void)s;
    device = hand_device(WdfSynchronizationScopeDevice, false);
    assert_int_equal(make(device, FALSE), STATUS_SUCCESS);
    WdfWorkItemEnqueue(item);
    WdfObjectDelete(item);
    assert_int_equal(ended, 1);
    assert_int_equal(cleaned, 2); /* after the callback had ended */
    assert_false(owned);
    assert_int_equal(make(device, FALSE), STATUS_SUCCESS);
    WdfWorkItemEnqueue(item);
    flush_within = true;
    pass_ms(10);
    assert_int_equal(ended, 1); /* it did not wait for itself */
    wdf_assert_break(WDF_BREAK_OWN_CALLBACK);
    flush_within = false;
    delete_within = true;
    WdfWorkItemEnqueue(item);
    pass_ms(10);
    assert_int_equal(ended, 2);
    assert_int_equal(cleaned, 2); /* within the second call */
    WdfObjectDelete(device);
}

static void deleting_waits_for_the_callback(void **state)
{
    (void)state;
    wdf_run(hand_entry, deleted, 0);
}

static VOID on_cleanup_enqueue(WDFOBJECT Object) { WdfWorkItemEnqueue((WDFWORKITEM)Object); }

static void refused(struct sim *s)
{
    WDF_OBJECT_ATTRIBUTES a;
    WDF_WORKITEM_CONFIG c;
    WDFOBJECT o;

    (void)s;
    WDF_WORKITEM_CONFIG_INIT(&c, on_work);
    WDF_OBJECT_ATTRIBUTES_INIT(&a);
    assert_int_equal(WdfWorkItemCreate(&c, &a, &item), STATUS_WDF_PARENT_NOT_SPECIFIED);
    assert_int_equal(WdfObjectCreate(WDF_NO_OBJECT_ATTRIBUTES, &o), STATUS_SUCCESS);
    assert_int_equal(make(o, FALSE), STATUS_INVALID_DEVICE_REQUEST);
    device = hand_device(WdfSynchronizationScopeDevice, false);
    assert_int_equal(make(device, TRUE), STATUS_WDF_INCOMPATIBLE_EXECUTION_LEVEL);
    wdf_assert_break(WDF_BREAK_EXECUTION_LEVEL);
    a.ParentObject = device;
    c.AutomaticSerialization = FALSE;
    c.EvtWorkItemFunc = NULL;
    assert_int_equal(WdfWorkItemCreate(&c, &a, &item), STATUS_INVALID_PARAMETER);
    c.Size++;
    assert_int_equal(WdfWorkItemCreate(&c, &a, &item), STATUS_INFO_LENGTH_MISMATCH);
    c.Size--;
    c.EvtWorkItemFunc = on_work;
    fault_plan_nth(wdf_sim, FAULT_WORKITEM, 1);
    assert_int_equal(WdfWorkItemCreate(&c, &a, &item), STATUS_INSUFFICIENT_RESOURCES);
    a.EvtCleanupCallback = on_cleanup_enqueue;
    calls = 0;
    assert_int_equal(WdfWorkItemCreate(&c, &a, &item), STATUS_SUCCESS);
    WdfObjectDelete(item);
    wdf_assert_break(WDF_BREAK_GOING);
    pass_ms(10);
    assert_int_equal(calls, 0);
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
        cmocka_unit_test(a_work_item_runs_once_for_each_queueing),
        cmocka_unit_test(deleting_waits_for_the_callback),
        cmocka_unit_test(what_cannot_be_is_refused),
    };

    return cmocka_run_group_tests_name("wdf_workitem", tests, NULL, NULL);
}
