/*
 * Stopping, draining and purging of queues.
 * Sources: wdf/managing-i-o-queues, wdfio/nf-wdfio-wdfioqueuepurge, fxioqueue.cpp.
 */
#include "tests/unit/wdf_queue_manual.h"

static void state_is(ULONG set, ULONG clear)
{
    ULONG s = WdfIoQueueGetState(parallel, NULL, NULL);

    assert_int_equal(s & set, set);
    assert_int_equal(s & clear, 0);
}

static void stop(struct sim *s)
{
    struct host_request *q[2];

    queues(s, false);
    assert_int_equal(WdfDeviceConfigureRequestDispatching(io_device(), parallel,
                                                          WdfRequestTypeRead),
                     STATUS_SUCCESS);
    q[0] = reads(s, 10);
    assert_int_equal(held_count, 1);
    WdfIoQueueStop(parallel, on_state, (WDFCONTEXT)1);
    state_is(WdfIoQueueAcceptRequests, WdfIoQueueDispatchRequests);
    assert_int_equal(told, 0); /* the driver has one */
    q[1] = reads(s, 11);
    WdfRequestComplete(held[0], STATUS_SUCCESS);
    assert_int_equal(told, 1);
    assert_int_equal(held_count, 1);
    assert_true(WDF_IO_QUEUE_STOPPED(WdfIoQueueGetState(parallel, NULL, NULL)));
    WdfIoQueueStopSynchronously(parallel); /* idle: at once */
    WdfIoQueueStart(parallel);
    assert_int_equal(held_count, 2);
    WdfRequestComplete(held[1], STATUS_SUCCESS);
    assert_int_equal(io_end(s, q[0]), STATUS_SUCCESS);
    assert_int_equal(io_end(s, q[1]), STATUS_SUCCESS);
    assert_true(WDF_IO_QUEUE_READY(WdfIoQueueGetState(parallel, NULL, NULL)));
    host_close(s, file);
}

static void a_stopped_queue_keeps_requests(void **state)
{
    (void)state;
    io_run(NULL, stop, 0);
}

static void completes_later(void *ctx)
{
    struct sim *s = ctx;

    sched_block(s, sched_now_ns(s) + 50000);
    WdfRequestComplete(held[held_count - 1], STATUS_SUCCESS);
}

static void drain(struct sim *s)
{
    struct host_request *q[2];
    uint64_t then;

    queues(s, false);
    WdfDeviceConfigureRequestDispatching(io_device(), parallel, WdfRequestTypeRead);
    WdfIoQueueStop(parallel, NULL, NULL);
    q[0] = reads(s, 10);
    WdfIoQueueStart(parallel);
    then = sched_now_ns(s);
    assert_non_null(sched_thread(s, "later", completes_later, s, 0, 8));
    WdfIoQueueDrainSynchronously(parallel);
    assert_true(sched_now_ns(s) - then >= 50000); /* it has waited for the driver */
    assert_true(WDF_IO_QUEUE_DRAINED(WdfIoQueueGetState(parallel, NULL, NULL)));
    assert_int_equal(io_end(s, q[0]), STATUS_SUCCESS);
    q[1] = reads(s, 11);
    assert_int_equal(io_end(s, q[1]), STATUS_INVALID_DEVICE_STATE);
    WdfIoQueueStart(parallel);
    q[1] = reads(s, 11);
    WdfIoQueueStop(manual, NULL, NULL);
    WdfIoQueuePurge(manual, on_state, (WDFCONTEXT)1);
    assert_int_equal(told, 1);
    assert_true(WDF_IO_QUEUE_PURGED(WdfIoQueueGetState(manual, NULL, NULL)));
    WdfIoQueuePurgeSynchronously(manual);
    WdfRequestComplete(held[held_count - 1], STATUS_SUCCESS);
    assert_int_equal(io_end(s, q[1]), STATUS_SUCCESS);
    host_close(s, file);
}

static void draining_waits_for_all(void **state)
{
    (void)state;
    io_run(NULL, drain, 0);
}

static VOID on_cancel(WDFREQUEST request)
{
    cancelled_count++;
    WdfRequestComplete(request, STATUS_CANCELLED);
}

static void stop_and_purge(struct sim *s)
{
    struct host_request *q[3];
    WDFREQUEST r;

    queues(s, false);
    q[0] = reads(s, 10);
    q[1] = reads(s, 11);
    r = next();
    WdfRequestMarkCancelable(r, on_cancel);
    WdfIoQueueStopAndPurge(manual, on_state, (WDFCONTEXT)1);
    assert_int_equal(cancelled_count, 1);
    assert_int_equal(told, 1);
    assert_int_equal(io_end(s, q[0]), STATUS_CANCELLED);
    assert_int_equal(io_end(s, q[1]), STATUS_CANCELLED);
    q[2] = reads(s, 12); /* accepted: it waits */
    WdfIoQueueStopAndPurgeSynchronously(manual);
    assert_int_equal(io_end(s, q[2]), STATUS_CANCELLED);
    WdfIoQueueStart(manual);
    q[2] = reads(s, 12);
    WdfRequestComplete(next(), STATUS_SUCCESS);
    assert_int_equal(io_end(s, q[2]), STATUS_SUCCESS);
    host_close(s, file);
}

static void stop_and_purge_cancels_what_there_is(void **state)
{
    (void)state;
    io_run(NULL, stop_and_purge, 0);
}

static void two_stops(struct sim *s)
{
    struct host_request *q;
    WDFREQUEST r;

    queues(s, false);
    q = reads(s, 10);
    r = next();
    WdfIoQueueStop(manual, on_state, NULL);
    WdfIoQueueStop(manual, on_state, NULL);
    WdfRequestComplete(r, STATUS_SUCCESS);
    assert_int_equal(io_end(s, q), STATUS_SUCCESS);
    host_close(s, file);
}

static void a_second_stop_callback_is_a_bug_check(void **state)
{
    (void)state;
    io_run(NULL, two_stops, 0x10D);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stopped_queue_keeps_requests),
        cmocka_unit_test(draining_waits_for_all),
        cmocka_unit_test(stop_and_purge_cancels_what_there_is),
        cmocka_unit_test(a_second_stop_callback_is_a_bug_check),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
