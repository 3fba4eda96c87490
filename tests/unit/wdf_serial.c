/*
 * Serialization with a queue: the lock that its DPCs, timers, work items and interrupts run under, and that
 * WdfObjectAcquireLock takes. Sources: wdf/using-automatic-synchronization, fxobject.cpp, fxioqueue.cpp.
 */
#include "tests/unit/wdf_io.h"

#include "sim/wdf/interrupt.h"
#include "sim/wdf/pnp.h"

static struct fx_lock *under; /* whose lock was held in a callback; NULL: nobody's */
static struct fx_queue *queue;
static unsigned calls;

static void look(void)
{
    calls++;
    under = queue->own.owner ? &queue->own : io_d->lock.owner ? &io_d->lock : NULL;
}

static VOID on_request(WDFQUEUE Queue, WDFREQUEST Request) { (void)Queue, (void)Request; }
static VOID on_dpc(WDFDPC Dpc)
{
    (void)Dpc;
    look();
}
static VOID on_timer(WDFTIMER Timer)
{
    (void)Timer;
    look();
}
static VOID on_work(WDFWORKITEM WorkItem)
{
    (void)WorkItem;
    look();
}
static BOOLEAN on_isr(WDFINTERRUPT Interrupt, ULONG MessageID)
{
    (void)Interrupt, (void)MessageID;
    return TRUE;
}
static VOID on_interrupt_dpc(WDFINTERRUPT Interrupt, WDFOBJECT AssociatedObject)
{
    (void)Interrupt, (void)AssociatedObject;
    look();
}

static WDFQUEUE make_queue(WDF_EXECUTION_LEVEL level, WDF_SYNCHRONIZATION_SCOPE scope)
{
    WDF_IO_QUEUE_CONFIG c;
    WDF_OBJECT_ATTRIBUTES a;
    WDFQUEUE q;

    WDF_IO_QUEUE_CONFIG_INIT(&c, WdfIoQueueDispatchParallel);
    c.EvtIoDefault = on_request;
    WDF_OBJECT_ATTRIBUTES_INIT(&a);
    a.ExecutionLevel = level;
    a.SynchronizationScope = scope;
    assert_int_equal(WdfIoQueueCreate(io_device(), &c, &a, &q), STATUS_SUCCESS);
    queue = (struct fx_queue *)fx_object_find(fx_now(), q, FX_QUEUE);
    calls = 0;
    return q;
}

static void pass_ms(LONG ms)
{
    LARGE_INTEGER due = { .QuadPart = -10000LL * ms };

    KeDelayExecutionThread(KernelMode, FALSE, &due);
}

static void dispatch(struct sim *s)
{
    WDFQUEUE q = make_queue(WdfExecutionLevelInheritFromParent, WdfSynchronizationScopeQueue);
    WDF_OBJECT_ATTRIBUTES a;
    WDF_DPC_CONFIG d;
    WDF_TIMER_CONFIG t;
    WDF_WORKITEM_CONFIG w;
    WDFDPC dpc;
    WDFTIMER timer;
    WDFWORKITEM item;

    (void)s;
    WDF_OBJECT_ATTRIBUTES_INIT(&a);
    a.ParentObject = q;
    WDF_DPC_CONFIG_INIT(&d, on_dpc);
    WDF_TIMER_CONFIG_INIT(&t, on_timer);
    WDF_WORKITEM_CONFIG_INIT(&w, on_work);
    assert_int_equal(WdfDpcCreate(&d, &a, &dpc), STATUS_SUCCESS);
    WdfDpcEnqueue(dpc);
    assert_int_equal(calls, 1);
    assert_ptr_equal(under, &queue->own);
    assert_int_equal(WdfTimerCreate(&t, &a, &timer), STATUS_SUCCESS);
    WdfTimerStart(timer, WDF_REL_TIMEOUT_IN_MS(1));
    pass_ms(2);
    assert_int_equal(calls, 2);
    assert_ptr_equal(under, &queue->own);
    assert_int_equal(WdfWorkItemCreate(&w, &a, &item), STATUS_WDF_INCOMPATIBLE_EXECUTION_LEVEL);
    WdfObjectAcquireLock(q);
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    assert_non_null(queue->own.owner);
    WdfObjectReleaseLock(q);
    assert_null(queue->own.owner);
}

static void a_queue_of_its_own_scope(void **state)
{
    (void)state;
    io_run(NULL, dispatch, 0);
}

static void passive(struct sim *s)
{
    WDFQUEUE q = make_queue(WdfExecutionLevelPassive, WdfSynchronizationScopeQueue);
    WDF_OBJECT_ATTRIBUTES a;
    WDF_WORKITEM_CONFIG w;
    WDF_DPC_CONFIG d;
    WDFWORKITEM item;
    WDFDPC dpc;

    (void)s;
    WDF_OBJECT_ATTRIBUTES_INIT(&a);
    a.ParentObject = q;
    WDF_WORKITEM_CONFIG_INIT(&w, on_work);
    WDF_DPC_CONFIG_INIT(&d, on_dpc);
    assert_int_equal(WdfWorkItemCreate(&w, &a, &item), STATUS_SUCCESS);
    WdfWorkItemEnqueue(item);
    WdfWorkItemFlush(item);
    assert_int_equal(calls, 1);
    assert_ptr_equal(under, &queue->own);
    assert_int_equal(WdfDpcCreate(&d, &a, &dpc), STATUS_WDF_INCOMPATIBLE_EXECUTION_LEVEL);
    WdfObjectAcquireLock(q);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    assert_non_null(queue->own.owner);
    WdfObjectReleaseLock(q);
}

static void a_queue_of_passive_level(void **state)
{
    (void)state;
    io_run(NULL, passive, 0);
}

static struct fx_pnp new_pnp = { .state = { [FX_MACHINE_PNP] = WdfDevStatePnpInit } };

static void device_scope(struct fx_device *d)
{
    d->scope = WdfSynchronizationScopeDevice;
    d->pnp = &new_pnp;
}

static void shared(struct sim *s)
{
    WDFQUEUE q =
        make_queue(WdfExecutionLevelInheritFromParent, WdfSynchronizationScopeInheritFromParent);
    WDF_INTERRUPT_CONFIG c;
    WDF_OBJECT_ATTRIBUTES a;
    WDFINTERRUPT interrupt;

    (void)s;
    WDF_INTERRUPT_CONFIG_INIT(&c, on_isr, on_interrupt_dpc);
    c.AutomaticSerialization = TRUE;
    WDF_OBJECT_ATTRIBUTES_INIT(&a);
    a.ParentObject = q;
    assert_int_equal(WdfInterruptCreate(io_device(), &c, &a, &interrupt), STATUS_SUCCESS);
    assert_true(WdfInterruptQueueDpcForIsr(interrupt));
    assert_int_equal(calls, 1);
    assert_ptr_equal(under, &io_d->lock); /* the queue's is the device's */
    WdfObjectAcquireLock(q);
    assert_non_null(io_d->lock.owner);
    WdfObjectReleaseLock(q);
}

static void a_queue_of_the_devices_scope(void **state)
{
    (void)state;
    io_run(device_scope, shared, 0);
}

static void nobodys(struct sim *s)
{
    WDFQUEUE q = make_queue(WdfExecutionLevelInheritFromParent, WdfSynchronizationScopeNone);
    WDF_OBJECT_ATTRIBUTES a;
    WDF_DPC_CONFIG d;
    WDFDPC dpc;

    (void)s;
    WDF_OBJECT_ATTRIBUTES_INIT(&a);
    a.ParentObject = q;
    WDF_DPC_CONFIG_INIT(&d, on_dpc);
    assert_int_equal(WdfDpcCreate(&d, &a, &dpc), STATUS_SUCCESS);
    WdfDpcEnqueue(dpc);
    assert_int_equal(calls, 1);
    assert_null(under);
    WdfObjectAcquireLock(q); /* it has a lock all the same */
    assert_non_null(queue->own.owner);
    WdfObjectReleaseLock(q);
}

static void a_queue_without_scope(void **state)
{
    (void)state;
    io_run(NULL, nobodys, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_queue_of_its_own_scope),
        cmocka_unit_test(a_queue_of_passive_level),
        cmocka_unit_test(a_queue_of_the_devices_scope),
        cmocka_unit_test(a_queue_without_scope),
    };

    return cmocka_run_group_tests_name("wdf_serial", tests, NULL, NULL);
}
