/*
 * WDFDPC. Sources: wdfdpc/, fxdpc.cpp, fxdpcapi.cpp, fxobject.cpp (_GetEffectiveLock).
 */
#include "tests/unit/wdf_fixture.h"

#include "tests/unit/wdf_by_hand.h"

static WDFDEVICE device;
static WDFDPC dpc;
static unsigned calls, cleaned;
static KIRQL irql_seen;
static bool owned;

static VOID on_dpc(WDFDPC Dpc)
{
    assert_ptr_equal(Dpc, dpc);
    irql_seen = KeGetCurrentIrql();
    owned = ((struct fx_device *)fx_object_find(fx_now(), device, FX_DEVICE))->lock.owner != NULL;
    calls++;
}

static VOID on_cleanup(WDFOBJECT Object)
{
    assert_ptr_equal(Object, dpc);
    cleaned = calls;
}

static NTSTATUS make(WDFOBJECT parent, BOOLEAN automatic)
{
    WDF_OBJECT_ATTRIBUTES a;
    WDF_DPC_CONFIG c;

    WDF_DPC_CONFIG_INIT(&c, on_dpc);
    c.AutomaticSerialization = automatic;
    WDF_OBJECT_ATTRIBUTES_INIT(&a);
    a.ParentObject = parent;
    a.EvtCleanupCallback = on_cleanup;
    calls = cleaned = 0;
    return WdfDpcCreate(&c, &a, &dpc);
}

static void queued(struct sim *s)
{
    (void)s;
    device = hand_device(WdfSynchronizationScopeDevice, false);
    assert_int_equal(make(device, TRUE), STATUS_SUCCESS);
    assert_ptr_equal(WdfDpcGetParentObject(dpc), device);
    KeRaiseIrqlToDpcLevel();
    assert_true(WdfDpcEnqueue(dpc));
    assert_false(WdfDpcEnqueue(dpc)); /* queued already */
    assert_int_equal(calls, 0);
    KeLowerIrql(PASSIVE_LEVEL);
    assert_int_equal(calls, 1);
    assert_int_equal(irql_seen, DISPATCH_LEVEL);
    assert_true(owned);                                              /* under the device's lock */
    assert_true(KeInsertQueueDpc(WdfDpcWdmGetDpc(dpc), NULL, NULL)); /* the same underneath */
    assert_int_equal(calls, 2);
    WdfObjectDelete(device);
}

static void a_dpc_runs_under_the_lock(void **state)
{
    (void)state;
    wdf_run(hand_entry, queued, 0);
}

static void cancelled(struct sim *s)
{
    (void)s;
    device = hand_device(WdfSynchronizationScopeDevice, false);
    assert_int_equal(make(device, FALSE), STATUS_SUCCESS);
    KeRaiseIrqlToDpcLevel();
    WdfDpcEnqueue(dpc);
    assert_false(WdfDpcCancel(dpc, TRUE)); /* the wait is for PASSIVE_LEVEL */
    wdf_assert_break(WDF_BREAK_IRQL);
    assert_true(WdfDpcCancel(dpc, FALSE));
    assert_false(WdfDpcCancel(dpc, FALSE));
    KeLowerIrql(PASSIVE_LEVEL);
    assert_int_equal(calls, 0);
    WdfDpcEnqueue(dpc);
    assert_int_equal(calls, 1);
    assert_false(owned); /* no serialization was asked for */
    assert_false(WdfDpcCancel(dpc, TRUE));
    WdfObjectDelete(device);
}

static void a_queued_dpc_is_cancelled(void **state)
{
    (void)state;
    wdf_run(hand_entry, cancelled, 0);
}

static void deleted(struct sim *s)
{
    (void)s;
    device = hand_device(WdfSynchronizationScopeDevice, false);
    assert_int_equal(make(device, TRUE), STATUS_SUCCESS);
    KeRaiseIrqlToDpcLevel();
    WdfDpcEnqueue(dpc);
    WdfObjectDelete(dpc); /* waits for PASSIVE_LEVEL */
    assert_int_equal(cleaned, 0);
    KeLowerIrql(PASSIVE_LEVEL);
    pass_ms(10);
    assert_int_equal(calls, 1);
    assert_int_equal(cleaned, 1); /* it had run before the cleanup callback */
    WdfObjectDelete(device);
}

static void a_deleted_dpc_has_run(void **state)
{
    (void)state;
    wdf_run(hand_entry, deleted, 0);
}

static void refused(struct sim *s)
{
    WDF_OBJECT_ATTRIBUTES a;
    WDF_DPC_CONFIG c;
    WDFOBJECT o;

    (void)s;
    WDF_DPC_CONFIG_INIT(&c, on_dpc);
    WDF_OBJECT_ATTRIBUTES_INIT(&a);
    assert_int_equal(WdfDpcCreate(&c, NULL, &dpc), STATUS_WDF_PARENT_NOT_SPECIFIED);
    assert_int_equal(WdfDpcCreate(&c, &a, &dpc), STATUS_WDF_PARENT_NOT_SPECIFIED);
    assert_int_equal(WdfObjectCreate(WDF_NO_OBJECT_ATTRIBUTES, &o), STATUS_SUCCESS);
    assert_int_equal(make(o, TRUE), STATUS_INVALID_DEVICE_REQUEST); /* no device above */
    device = hand_device(WdfSynchronizationScopeDevice, true);
    a.ParentObject = device;
    c.Size--;
    assert_int_equal(WdfDpcCreate(&c, &a, &dpc), STATUS_INFO_LENGTH_MISMATCH);
    c.Size++;
    a.ExecutionLevel = WdfExecutionLevelPassive;
    assert_int_equal(WdfDpcCreate(&c, &a, &dpc), STATUS_WDF_EXECUTION_LEVEL_INVALID);
    wdf_assert_break(0);
    assert_int_equal(make(device, TRUE), STATUS_WDF_INCOMPATIBLE_EXECUTION_LEVEL);
    wdf_assert_break(WDF_BREAK_EXECUTION_LEVEL);
    assert_int_equal(make(device, FALSE), STATUS_SUCCESS);
    WdfObjectDelete(device);
    device = hand_device(WdfSynchronizationScopeNone, true); /* nothing to serialize with */
    assert_int_equal(make(device, TRUE), STATUS_SUCCESS);
    WdfObjectDelete(device);
}

static void what_cannot_be_is_refused(void **state)
{
    (void)state;
    wdf_run(hand_entry, refused, 0);
}

static void below(struct sim *s)
{
    WDF_OBJECT_ATTRIBUTES a;
    WDFOBJECT o;

    (void)s;
    device = hand_device(WdfSynchronizationScopeDevice, false);
    WDF_OBJECT_ATTRIBUTES_INIT(&a);
    a.ParentObject = device;
    assert_int_equal(WdfObjectCreate(&a, &o), STATUS_SUCCESS);
    assert_int_equal(make(o, TRUE), STATUS_SUCCESS);
    assert_ptr_equal(WdfDpcGetParentObject(dpc), o);
    WdfDpcEnqueue(dpc);
    assert_int_equal(calls, 1);
    assert_true(owned);
    WdfObjectDelete(device);
    assert_int_equal(cleaned, 1);
}

static void the_lock_is_the_nearest_above(void **state)
{
    (void)state;
    wdf_run(hand_entry, below, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_dpc_runs_under_the_lock),
        cmocka_unit_test(a_queued_dpc_is_cancelled),
        cmocka_unit_test(a_deleted_dpc_has_run),
        cmocka_unit_test(what_cannot_be_is_refused),
        cmocka_unit_test(the_lock_is_the_nearest_above),
    };

    return cmocka_run_group_tests_name("wdf_dpc", tests, NULL, NULL);
}
