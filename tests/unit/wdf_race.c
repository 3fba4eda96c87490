/*
 * Data races of KMDF drivers: what the framework's locks, DPCs, timers, work items and interrupts order, and
 * what they do not. The accesses are told to the door as a driver's are; two places race once in a run, so
 * what is told comes last.
 */
#include "tests/unit/wdf_fixture.h"

#include "tests/unit/wdf_interrupt.h"

static uint32_t *word; /* of a pool block */
static unsigned races;
static WDFSPINLOCK spin;
static WDFWAITLOCK wait_lock;
static WDFDPC dpc;
static WDFTIMER timer;
static WDFWORKITEM item;

static void store(void) { __door_store4_noabort((uintptr_t)word); }

static void count(void *ctx, const struct event *e)
{
    (void)ctx;
    races += e->kind == EV_RACE;
}

static void stores(void *ctx)
{
    (void)ctx;
    store();
}
static void spins(void *ctx)
{
    (void)ctx;
    WdfSpinLockAcquire(spin);
    store();
    WdfSpinLockRelease(spin);
}
static void waits(void *ctx)
{
    (void)ctx;
    WdfWaitLockAcquire(wait_lock, NULL);
    store();
    WdfWaitLockRelease(wait_lock);
}
static void owns(void *ctx)
{
    (void)ctx;
    WdfObjectAcquireLock(device);
    store();
    WdfObjectReleaseLock(device);
}

/* How many races two threads make of it. */
static unsigned threads(struct sim *s, void (*fn)(void *))
{
    races = 0;
    for (unsigned cpu = 0; cpu < 2; cpu++) { /* IRQL orders those of one processor */
        struct agent *a = sched_thread(s, "t", fn, NULL, 0, 8);

        assert_non_null(a);
        agent_set_affinity(a, 1u << cpu);
    }
    pass_ms(5);
    return races;
}

static unsigned two(struct sim *s, void (*fn)(void *))
{
    word = ExAllocatePool2(POOL_FLAG_NON_PAGED, 64, 0x74736554);
    assert_non_null(word);
    return threads(s, fn);
}

static void locks(struct sim *s)
{
    race_start(s, NULL);
    trace_attach(&s->trace, count, NULL);
    assert_int_equal(WdfSpinLockCreate(WDF_NO_OBJECT_ATTRIBUTES, &spin), STATUS_SUCCESS);
    assert_int_equal(WdfWaitLockCreate(WDF_NO_OBJECT_ATTRIBUTES, &wait_lock), STATUS_SUCCESS);
    assert_int_equal(two(s, spins), 0);
    assert_int_equal(two(s, waits), 0);
    for (int passive = 0; passive < 2; passive++) {
        device = hand_device(WdfSynchronizationScopeDevice, passive);
        assert_int_equal(two(s, owns), 0);
        WdfObjectDelete(device);
    }
    assert_int_equal(two(s, stores), 1);
    trace_detach(&s->trace, NULL);
}

static void locks_order_threads(void **state)
{
    (void)state;
    wdf_run(hand_entry, locks, 0);
}

/* --- what a driver only asks --- */

static void asks(void *ctx)
{
    (void)ctx;
    assert_non_null(WdfDeviceWdmGetDeviceObject(device));
    store();
    assert_non_null(WdfDeviceWdmGetDeviceObject(device));
}

static void questions(struct sim *s)
{
    race_start(s, NULL);
    trace_attach(&s->trace, count, NULL);
    device = hand_device(WdfSynchronizationScopeNone, false);
    assert_int_equal(two(s, asks), 1);
    WdfObjectDelete(device);
    trace_detach(&s->trace, NULL);
}

static void a_question_orders_nobody(void **state)
{
    (void)state;
    wdf_run(hand_entry, questions, 0);
}

/* --- contexts, where KMDF drivers keep nearly all --- */

typedef struct {
    uint32_t Word;
} CONTEXT_OF_OBJECT;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(CONTEXT_OF_OBJECT, ContextOf)

static void contexts(struct sim *s)
{
    WDF_OBJECT_ATTRIBUTES a;
    WDFOBJECT o;

    race_start(s, NULL);
    trace_attach(&s->trace, count, NULL);
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&a, CONTEXT_OF_OBJECT);
    assert_int_equal(WdfObjectCreate(&a, &o), STATUS_SUCCESS);
    assert_int_equal(WdfSpinLockCreate(WDF_NO_OBJECT_ATTRIBUTES, &spin), STATUS_SUCCESS);
    word = &ContextOf(o)->Word;
    assert_int_equal(threads(s, spins), 0);
    assert_int_equal(threads(s, stores), 1);
    WdfObjectDelete(o);
    trace_detach(&s->trace, NULL);
}

static void a_context_is_the_drivers_memory(void **state)
{
    (void)state;
    wdf_run(hand_entry, contexts, 0);
}

/* --- what runs later --- */

static VOID run_dpc(WDFDPC Dpc)
{
    (void)Dpc;
    store();
}
static VOID run_timer(WDFTIMER Timer)
{
    (void)Timer;
    store();
}
static VOID run_item(WDFWORKITEM WorkItem)
{
    (void)WorkItem;
    store();
}

static void things(bool passive)
{
    WDF_OBJECT_ATTRIBUTES a;
    WDF_DPC_CONFIG d;
    WDF_TIMER_CONFIG t;
    WDF_WORKITEM_CONFIG w;

    device = hand_device(WdfSynchronizationScopeDevice, passive);
    WDF_OBJECT_ATTRIBUTES_INIT(&a);
    a.ParentObject = device;
    WDF_DPC_CONFIG_INIT(&d, run_dpc);
    WDF_TIMER_CONFIG_INIT(&t, run_timer);
    WDF_WORKITEM_CONFIG_INIT(&w, run_item);
    d.AutomaticSerialization = t.AutomaticSerialization = !passive;
    w.AutomaticSerialization = passive;
    assert_int_equal(WdfDpcCreate(&d, &a, &dpc), STATUS_SUCCESS);
    assert_int_equal(WdfTimerCreate(&t, &a, &timer), STATUS_SUCCESS);
    assert_int_equal(WdfWorkItemCreate(&w, &a, &item), STATUS_SUCCESS);
}

static void fresh(void)
{
    races = 0;
    word = ExAllocatePool2(POOL_FLAG_NON_PAGED, 64, 0x74736554);
    assert_non_null(word);
    store(); /* queueing tells of it */
}

static void later(struct sim *s)
{
    race_start(s, NULL);
    trace_attach(&s->trace, count, NULL);
    things(false);
    fresh();
    WdfDpcEnqueue(dpc);
    WdfDpcCancel(dpc, TRUE);
    store();
    assert_int_equal(races, 0);
    WdfDpcEnqueue(dpc);
    owns(NULL); /* the DPC had the same lock */
    assert_int_equal(races, 0);
    WdfTimerStart(timer, WDF_REL_TIMEOUT_IN_MS(1));
    pass_ms(3);
    WdfTimerStop(timer, TRUE);
    store();
    assert_int_equal(races, 0);
    WdfTimerStart(timer, WDF_REL_TIMEOUT_IN_MS(1));
    pass_ms(3);
    store(); /* whether it has run is nobody's word */
    assert_int_equal(races, 1);
    WdfObjectDelete(device);
    trace_detach(&s->trace, NULL);
}

static void a_wait_orders_what_ran_before(void **state)
{
    (void)state;
    wdf_run(hand_entry, later, 0);
}

static void work(struct sim *s)
{
    race_start(s, NULL);
    trace_attach(&s->trace, count, NULL);
    things(true);
    fresh();
    WdfWorkItemEnqueue(item);
    WdfWorkItemFlush(item);
    store();
    assert_int_equal(races, 0);
    WdfWorkItemEnqueue(item);
    pass_ms(3);
    owns(NULL);
    assert_int_equal(races, 0);
    WdfWorkItemEnqueue(item);
    pass_ms(3);
    store();
    assert_int_equal(races, 1);
    WdfObjectDelete(device);
    trace_detach(&s->trace, NULL);
}

static void a_flush_orders_what_ran_before(void **state)
{
    (void)state;
    wdf_run(hand_entry, work, 0);
}

/* --- interrupts --- */

static BOOLEAN isr_stores(WDFINTERRUPT Interrupt, ULONG MessageID)
{
    (void)MessageID;
    store();
    WdfInterruptQueueDpcForIsr(Interrupt);
    return TRUE;
}

static BOOLEAN synchronize_stores(WDFINTERRUPT Interrupt, WDFCONTEXT Context)
{
    (void)Interrupt, (void)Context;
    store();
    return TRUE;
}

static void interrupted(struct sim *s)
{
    WDF_INTERRUPT_CONFIG c = config();

    race_start(s, NULL);
    trace_attach(&s->trace, count, NULL);
    bring_up(s, 1, WdfSynchronizationScopeDevice, false);
    c.EvtInterruptIsr = isr_stores;
    create(0, &c);
    assign(1);
    assert_int_equal(enable(), STATUS_SUCCESS);
    fresh();
    WdfInterruptAcquireLock(made[0]); /* tells the service routine of it */
    WdfInterruptReleaseLock(made[0]);
    dm_interrupt(hardware, 0);
    pass_ms(1);
    WdfInterruptAcquireLock(made[0]);
    store();
    WdfInterruptReleaseLock(made[0]);
    dm_interrupt(hardware, 0);
    pass_ms(1);
    assert_true(WdfInterruptSynchronize(made[0], synchronize_stores, NULL));
    assert_int_equal(races, 0);
    dm_interrupt(hardware, 0);
    pass_ms(1);
    assert_int_equal(disable(), STATUS_SUCCESS);
    store(); /* nothing of it can run any more */
    assert_int_equal(races, 0);
    assert_int_equal(enable(), STATUS_SUCCESS);
    dm_interrupt(hardware, 0);
    pass_ms(1);
    store();
    assert_int_equal(races, 1);
    assert_int_equal(disable(), STATUS_SUCCESS);
    take_down();
    trace_detach(&s->trace, NULL);
}

static void the_interrupts_lock_orders_its_service_routine(void **state)
{
    (void)state;
    wdf_run(hand_entry, interrupted, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(locks_order_threads),
        cmocka_unit_test(a_question_orders_nobody),
        cmocka_unit_test(a_context_is_the_drivers_memory),
        cmocka_unit_test(a_wait_orders_what_ran_before),
        cmocka_unit_test(a_flush_orders_what_ran_before),
        cmocka_unit_test(the_interrupts_lock_orders_its_service_routine),
    };

    wdf_cpus = 2;
    return cmocka_run_group_tests_name("wdf_race", tests, NULL, NULL);
}
