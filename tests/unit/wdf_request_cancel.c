/*
 * Cancellation: before and after a request is marked, against unmarking and completion, while it waits, and
 * under the queue's lock.
 * Sources: wdf/canceling-i-o-requests, wdfrequest/nf-wdfrequest-wdfrequestmarkcancelable,
 * wdfrequest/nf-wdfrequest-wdfrequestunmarkcancelable, fxioqueue.cpp.
 */
#include "tests/unit/wdf_io.h"

static WDFREQUEST held[4];
static unsigned held_count, cancelled_count;
static WDFREQUEST cancelled;
static KIRQL cancel_irql;
static bool complete_in_cancel;
static struct host_file *file;
static WDFQUEUE queue;

static VOID on_read(WDFQUEUE q, WDFREQUEST request, size_t length)
{
    (void)q, (void)length;
    held[held_count++] = request;
}

static VOID on_cancel(WDFREQUEST request)
{
    cancelled_count++;
    cancelled = request;
    cancel_irql = KeGetCurrentIrql();
    if (complete_in_cancel)
        WdfRequestComplete(request, STATUS_CANCELLED);
}

static void begin(struct sim *s, WDF_OBJECT_ATTRIBUTES *a)
{
    WDF_IO_QUEUE_CONFIG c;

    held_count = cancelled_count = 0;
    cancelled = NULL;
    complete_in_cancel = true;
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&c, WdfIoQueueDispatchParallel);
    c.PowerManaged = WdfFalse;
    c.EvtIoRead = on_read;
    queue = io_queue(&c, a);
    file = io_open(s);
}

static struct host_request *reads(struct sim *s) { return io_read(s, file, io_user(s, 16), 16); }

static void after_mark(struct sim *s)
{
    struct host_request *q;

    begin(s, NULL);
    q = reads(s);
    WdfRequestMarkCancelable(held[0], on_cancel);
    assert_int_equal(cancelled_count, 0);
    host_io_cancel(s, q);
    assert_int_equal(cancelled_count, 1);
    assert_ptr_equal(cancelled, held[0]);
    assert_int_equal(cancel_irql, PASSIVE_LEVEL); /* no lock asked for: as the canceller */
    assert_int_equal(io_end(s, q), STATUS_CANCELLED);
    host_close(s, file);
}

static void a_marked_request_tells_of_its_cancellation(void **state)
{
    (void)state;
    io_run(NULL, after_mark, 0);
}

static void before_mark(struct sim *s)
{
    struct host_request *q;

    begin(s, NULL);
    q = reads(s);
    host_io_cancel(s, q);
    assert_int_equal(cancelled_count, 0); /* the driver has it, unmarked */
    assert_true(WdfRequestIsCanceled(held[0]));
    /* Ex leaves it to the driver; the other calls at once. */
    assert_int_equal(WdfRequestMarkCancelableEx(held[0], on_cancel), STATUS_CANCELLED);
    assert_int_equal(cancelled_count, 0);
    WdfRequestMarkCancelable(held[0], on_cancel);
    assert_int_equal(cancelled_count, 1);
    assert_int_equal(io_end(s, q), STATUS_CANCELLED);
    host_close(s, file);
}

static void marking_a_cancelled_request(void **state)
{
    (void)state;
    io_run(NULL, before_mark, 0);
}

static void unmark(struct sim *s)
{
    struct host_request *q;

    begin(s, NULL);
    q = reads(s);
    assert_false(WdfRequestIsCanceled(held[0]));
    assert_int_equal(WdfRequestUnmarkCancelable(held[0]),
                     STATUS_INVALID_DEVICE_REQUEST); /* not marked */
    assert_int_equal(WdfRequestMarkCancelableEx(held[0], on_cancel), STATUS_SUCCESS);
    assert_int_equal(WdfRequestMarkCancelableEx(held[0], on_cancel), STATUS_INVALID_DEVICE_REQUEST);
    assert_false(WdfRequestIsCanceled(held[0])); /* may not be asked of a marked one */
    assert_int_equal(WdfRequestForwardToIoQueue(held[0], queue), STATUS_INVALID_DEVICE_REQUEST);
    assert_int_equal(WdfRequestUnmarkCancelable(held[0]), STATUS_SUCCESS);
    host_io_cancel(s, q);
    assert_int_equal(cancelled_count, 0);
    WdfRequestComplete(held[0], STATUS_SUCCESS);
    assert_int_equal(io_end(s, q), STATUS_SUCCESS);
    /* Cancelled first: the callback completes it, unmarking says so. */
    complete_in_cancel = false;
    q = reads(s);
    WdfRequestMarkCancelable(held[1], on_cancel);
    host_io_cancel(s, q);
    assert_int_equal(cancelled_count, 1);
    assert_int_equal(WdfRequestUnmarkCancelable(held[1]), STATUS_CANCELLED);
    WdfRequestComplete(held[1], STATUS_CANCELLED);
    assert_int_equal(io_end(s, q), STATUS_CANCELLED);
    host_close(s, file);
}

static void unmarking_and_cancelling_exclude_each_other(void **state)
{
    (void)state;
    io_run(NULL, unmark, 0);
}

static void waiting(struct sim *s)
{
    struct host_request *q[2];

    begin(s, NULL);
    WdfIoQueueStop(queue, NULL, NULL);
    q[0] = reads(s);
    q[1] = reads(s);
    host_io_cancel(s, q[0]);
    assert_int_equal(io_end(s, q[0]), STATUS_CANCELLED);
    assert_int_equal(held_count, 0);
    WdfIoQueueStart(queue);
    assert_int_equal(held_count, 1);
    WdfRequestComplete(held[0], STATUS_SUCCESS);
    assert_int_equal(io_end(s, q[1]), STATUS_SUCCESS);
    host_close(s, file);
}

static void a_waiting_request_is_cancelled_by_the_framework(void **state)
{
    (void)state;
    io_run(NULL, waiting, 0);
}

static KIRQL read_irql;
static bool nested;

static VOID on_locked_read(WDFQUEUE q, WDFREQUEST request, size_t length)
{
    (void)q, (void)length;
    read_irql = KeGetCurrentIrql();
    held[held_count++] = request;
    assert_false(nested);
    nested = true;
    if (held_count == 1)
        WdfRequestComplete(request, STATUS_SUCCESS); /* the next may not come within this */
    nested = false;
}

static void locked(struct sim *s)
{
    WDF_OBJECT_ATTRIBUTES a;
    WDF_IO_QUEUE_CONFIG c;
    struct host_request *q[2];

    held_count = cancelled_count = 0;
    complete_in_cancel = true;
    WDF_OBJECT_ATTRIBUTES_INIT(&a);
    a.SynchronizationScope = WdfSynchronizationScopeQueue;
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&c, WdfIoQueueDispatchSequential);
    c.EvtIoRead = on_locked_read;
    queue = io_queue(&c, &a);
    file = io_open(s);
    q[0] = reads(s);
    q[1] = reads(s);
    io_on(s);
    assert_int_equal(io_end(s, q[0]), STATUS_SUCCESS);
    assert_int_equal(held_count, 2);
    assert_int_equal(read_irql, DISPATCH_LEVEL); /* under a spin lock */
    WdfRequestMarkCancelable(held[1], on_cancel);
    host_io_cancel(s, q[1]);
    assert_int_equal(cancel_irql, DISPATCH_LEVEL);
    assert_int_equal(io_end(s, q[1]), STATUS_CANCELLED);
    host_close(s, file);
}

static void callbacks_run_under_the_queues_lock(void **state)
{
    (void)state;
    io_run(NULL, locked, 0);
}

static void passive(struct sim *s)
{
    WDF_OBJECT_ATTRIBUTES a;
    struct host_request *q;
    KIRQL irql;

    WDF_OBJECT_ATTRIBUTES_INIT(&a);
    a.ExecutionLevel = WdfExecutionLevelPassive;
    a.SynchronizationScope = WdfSynchronizationScopeQueue;
    begin(s, &a);
    q = reads(s);
    WdfRequestMarkCancelable(held[0], on_cancel);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    host_io_cancel(s, q);
    assert_int_equal(cancelled_count, 0); /* a system thread will do it */
    KeLowerIrql(irql);
    assert_int_equal(io_end(s, q), STATUS_CANCELLED);
    assert_int_equal(cancelled_count, 1);
    assert_int_equal(cancel_irql, PASSIVE_LEVEL);
    host_close(s, file);
}

static void a_passive_queue_is_served_by_a_thread(void **state)
{
    (void)state;
    io_run(NULL, passive, 0);
}

/* --- completion against cancellation, on two processors --- */

static void canceller(void *ctx)
{
    struct host_request *q = ctx;

    host_io_cancel(wdf_sim, q);
}

static void race(struct sim *s)
{
    unsigned ended[2] = { 0 };

    begin(s, NULL);
    for (unsigned i = 0; i < 4; i++) {
        struct host_request *q = reads(s);
        NTSTATUS status, expected = STATUS_CANCELLED;

        WdfObjectReference(held[0]); /* else unmarking might find it gone */
        WdfRequestMarkCancelable(held[0], on_cancel);
        assert_non_null(sched_thread(s, "canceller", canceller, q, 0, 8));
        sched_block(s, sched_now_ns(s) + 100 * i); /* each time a little later */
        if (WdfRequestUnmarkCancelable(held[0]) == STATUS_SUCCESS) {
            WdfRequestComplete(held[0], STATUS_SUCCESS);
            expected = STATUS_SUCCESS;
        }
        assert_true(host_io_wait(s, q, UINT64_MAX));
        status = q->status;
        assert_int_equal(status, expected);
        ended[status == STATUS_SUCCESS]++;
        sched_block(s, sched_now_ns(s) + 100000);
        host_io_free(s, q);
        WdfObjectDereference(held[0]);
        held_count = 0;
    }
    assert_true(ended[0] && ended[1]); /* both have happened */
    host_close(s, file);
}

static void one_of_the_two_completes(void **state)
{
    (void)state;
    io_run(NULL, race, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_marked_request_tells_of_its_cancellation),
        cmocka_unit_test(marking_a_cancelled_request),
        cmocka_unit_test(unmarking_and_cancelling_exclude_each_other),
        cmocka_unit_test(a_waiting_request_is_cancelled_by_the_framework),
        cmocka_unit_test(callbacks_run_under_the_queues_lock),
        cmocka_unit_test(a_passive_queue_is_served_by_a_thread),
        cmocka_unit_test(one_of_the_two_completes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
