/*
 * Manual queues, moving requests between queues, and stopping, draining and purging.
 * Sources: wdf/managing-i-o-queues, wdfio/nf-wdfio-wdfioqueuefindrequest,
 * wdfio/nf-wdfio-wdfioqueuepurge, fxioqueue.cpp.
 */
#include "tests/unit/wdf_io.h"

static WDFREQUEST held[8];
static unsigned held_count, told, cancelled_count;
static WDFQUEUE manual, parallel;
static struct host_file *file;

static VOID on_read(WDFQUEUE queue, WDFREQUEST request, size_t length)
{
    (void)queue, (void)length;
    held[held_count++] = request;
}

static VOID on_state(WDFQUEUE queue, WDFCONTEXT context)
{
    (void)queue;
    told += (unsigned)(uintptr_t)context;
}

static VOID on_cancelled(WDFQUEUE queue, WDFREQUEST request)
{
    (void)queue;
    cancelled_count++;
    WdfRequestComplete(request, STATUS_CANCELLED);
}

/* `manual` gets what is read; `parallel` gets what is forwarded to it. */
static void queues(struct sim *s, bool cancelled_callback)
{
    WDF_IO_QUEUE_CONFIG c;

    held_count = told = cancelled_count = 0;
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&c, WdfIoQueueDispatchManual);
    c.PowerManaged = WdfFalse;
    if (cancelled_callback)
        c.EvtIoCanceledOnQueue = on_cancelled;
    manual = io_queue(&c, NULL);
    WDF_IO_QUEUE_CONFIG_INIT(&c, WdfIoQueueDispatchParallel);
    c.PowerManaged = WdfFalse;
    c.EvtIoRead = on_read;
    parallel = io_queue(&c, NULL);
    file = io_open(s);
}

static struct host_request *reads(struct sim *s, uint32_t bytes)
{
    return io_read(s, file, io_user(s, 32), bytes);
}

static WDFREQUEST next(void)
{
    WDFREQUEST r = NULL;

    assert_int_equal(WdfIoQueueRetrieveNextRequest(manual, &r), STATUS_SUCCESS);
    return r;
}

static void retrieve(struct sim *s)
{
    struct host_request *q[3];
    struct host_file *other;
    WDFREQUEST r = (WDFREQUEST)1;

    queues(s, false);
    assert_int_equal(WdfIoQueueRetrieveNextRequest(manual, &r), STATUS_NO_MORE_ENTRIES);
    assert_null(r);
    assert_int_equal(WdfIoQueueRetrieveNextRequest(parallel, &r), STATUS_INVALID_DEVICE_STATE);
    assert_int_equal(WdfIoQueueReadyNotify(parallel, on_state, NULL),
                     STATUS_INVALID_DEVICE_REQUEST);
    assert_int_equal(WdfIoQueueReadyNotify(manual, on_state, (WDFCONTEXT)1), STATUS_SUCCESS);
    assert_int_equal(WdfIoQueueReadyNotify(manual, on_state, (WDFCONTEXT)1),
                     STATUS_INVALID_DEVICE_REQUEST);
    q[0] = reads(s, 1);
    assert_int_equal(told, 1);
    q[1] = reads(s, 2);
    assert_int_equal(told, 1); /* it was not empty */
    other = io_open(s);
    q[2] = io_read(s, other, io_user(s, 32), 3);
    r = next();
    assert_ptr_equal(WdfRequestGetIoQueue(r), manual);
    WdfRequestComplete(r, STATUS_SUCCESS);
    WdfRequestComplete(next(), STATUS_SUCCESS);
    WdfRequestComplete(next(), STATUS_SUCCESS);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(io_end(s, q[i]), STATUS_SUCCESS);
    q[0] = reads(s, 1);
    assert_int_equal(told, 2);
    WdfIoQueueStop(manual, NULL, NULL);
    assert_int_equal(WdfIoQueueRetrieveNextRequest(manual, &r), STATUS_WDF_PAUSED);
    assert_int_equal(WdfIoQueueReadyNotify(manual, NULL, NULL), STATUS_SUCCESS);
    WdfIoQueueStart(manual);
    assert_int_equal(told, 2);
    WdfRequestComplete(next(), STATUS_SUCCESS);
    assert_int_equal(io_end(s, q[0]), STATUS_SUCCESS);
    host_close(s, other);
    host_close(s, file);
}

static void a_manual_queue_gives_when_asked(void **state)
{
    (void)state;
    io_run(NULL, retrieve, 0);
}

static void find(struct sim *s)
{
    struct host_request *q[3];
    WDF_REQUEST_PARAMETERS p;
    WDFREQUEST one = NULL, two = NULL, three = NULL, got = NULL;

    queues(s, false);
    assert_int_equal(WdfIoQueueFindRequest(manual, NULL, NULL, NULL, &one), STATUS_NO_MORE_ENTRIES);
    for (unsigned i = 0; i < 3; i++)
        q[i] = reads(s, 10 + i);
    WDF_REQUEST_PARAMETERS_INIT(&p);
    assert_int_equal(WdfIoQueueFindRequest(manual, NULL, NULL, &p, &one), STATUS_SUCCESS);
    assert_int_equal(p.Type, WdfRequestTypeRead);
    assert_int_equal(p.Parameters.Read.Length, 10);
    assert_int_equal(WdfIoQueueFindRequest(manual, one, NULL, &p, &two), STATUS_SUCCESS);
    assert_int_equal(p.Parameters.Read.Length, 11);
    p.Size--;
    assert_int_equal(WdfIoQueueFindRequest(manual, two, NULL, &p, &three),
                     STATUS_INVALID_PARAMETER_4);
    assert_int_equal(WdfIoQueueFindRequest(parallel, NULL, NULL, NULL, &three),
                     STATUS_INVALID_DEVICE_REQUEST);
    assert_int_equal(WdfIoQueueRetrieveFoundRequest(manual, two, &got), STATUS_SUCCESS);
    assert_ptr_equal(got, two);
    assert_int_equal(WdfIoQueueRetrieveFoundRequest(manual, two, &got), STATUS_NOT_FOUND);
    assert_int_equal(WdfIoQueueFindRequest(manual, two, NULL, NULL, &three), STATUS_NOT_FOUND);
    WdfRequestComplete(two, STATUS_SUCCESS);
    WdfObjectDereference(two);
    WdfObjectDereference(one);
    /* A cancelled one is gone. */
    host_io_cancel(s, q[0]);
    assert_int_equal(io_end(s, q[0]), STATUS_CANCELLED);
    assert_int_equal(io_end(s, q[1]), STATUS_SUCCESS);
    WdfRequestComplete(next(), STATUS_SUCCESS);
    assert_int_equal(io_end(s, q[2]), STATUS_SUCCESS);
    host_close(s, file);
}

static void requests_are_found_and_taken(void **state)
{
    (void)state;
    io_run(NULL, find, 0);
}

static void move(struct sim *s)
{
    struct host_request *q[3];
    WDFREQUEST r;

    queues(s, true);
    for (unsigned i = 0; i < 3; i++)
        q[i] = reads(s, 10 + i);
    r = next();
    assert_int_equal(WdfRequestForwardToIoQueue(r, manual), STATUS_INVALID_DEVICE_REQUEST);
    assert_int_equal(WdfRequestForwardToIoQueue(r, parallel), STATUS_SUCCESS);
    assert_int_equal(held_count, 1);
    assert_ptr_equal(held[0], r);
    assert_ptr_equal(WdfRequestGetIoQueue(r), parallel);
    assert_int_equal(WdfRequestRequeue(r), STATUS_INVALID_DEVICE_REQUEST);   /* not manual */
    assert_int_equal(WdfRequestForwardToIoQueue(r, manual), STATUS_SUCCESS); /* behind the others */
    r = next();
    assert_int_equal(WdfRequestRequeue(r), STATUS_SUCCESS);
    assert_ptr_equal(next(), r); /* at the head */
    assert_int_equal(WdfRequestRequeue(r), STATUS_SUCCESS);
    /* Seen before: its cancellation is the driver's to finish; the third was never presented. */
    host_io_cancel(s, q[1]);
    assert_int_equal(io_end(s, q[1]), STATUS_CANCELLED);
    assert_int_equal(cancelled_count, 1);
    WdfIoQueuePurge(manual, NULL, NULL);
    assert_int_equal(io_end(s, q[0]), STATUS_CANCELLED);
    assert_int_equal(io_end(s, q[2]), STATUS_CANCELLED);
    assert_int_equal(cancelled_count, 2);
    WdfIoQueueStart(manual);
    WdfIoQueueDrain(parallel, NULL, NULL);
    q[0] = reads(s, 12);
    r = next();
    assert_int_equal(WdfRequestForwardToIoQueue(r, parallel), STATUS_WDF_BUSY);
    WdfRequestComplete(r, STATUS_SUCCESS);
    assert_int_equal(io_end(s, q[0]), STATUS_SUCCESS);
    host_close(s, file);
}

static void requests_move_between_queues(void **state)
{
    (void)state;
    io_run(NULL, move, 0);
}

static void by_file(struct sim *s)
{
    struct host_file *other;
    struct host_request *q[2];
    WDFREQUEST r = NULL, found = NULL;
    WDFFILEOBJECT f;

    queues(s, false);
    other = io_open(s);
    q[0] = reads(s, 10);
    q[1] = io_read(s, other, io_user(s, 32), 11);
    assert_int_equal(WdfIoQueueFindRequest(manual, NULL, NULL, NULL, &found), STATUS_SUCCESS);
    assert_int_equal(WdfIoQueueFindRequest(manual, found, NULL, NULL, &r), STATUS_SUCCESS);
    WdfObjectDereference(found);
    WdfObjectDereference(r);
    r = next();
    f = WdfRequestGetFileObject(r);
    assert_non_null(f);
    assert_int_equal(WdfRequestRequeue(r), STATUS_SUCCESS);
    assert_int_equal(WdfIoQueueRetrieveRequestByFileObject(manual, f, &found), STATUS_SUCCESS);
    assert_ptr_equal(found, r);
    assert_int_equal(WdfIoQueueRetrieveRequestByFileObject(manual, f, &found),
                     STATUS_NO_MORE_ENTRIES);
    WdfRequestComplete(r, STATUS_SUCCESS);
    assert_int_equal(io_end(s, q[0]), STATUS_SUCCESS);
    /* The last handle goes: what waits of it is cancelled, before the close. */
    host_close(s, other);
    assert_true(q[1]->done);
    assert_int_equal(io_end(s, q[1]), STATUS_CANCELLED);
    host_close(s, file);
}

static void with_files(struct fx_device *d)
{
    WDF_FILEOBJECT_CONFIG_INIT(&d->file_config, NULL, NULL, NULL);
    d->file_config_set = true;
}

static void requests_are_found_by_file_and_go_with_it(void **state)
{
    (void)state;
    io_run(with_files, by_file, 0);
}

/* --- states --- */

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
        cmocka_unit_test(a_manual_queue_gives_when_asked),
        cmocka_unit_test(requests_are_found_and_taken),
        cmocka_unit_test(requests_move_between_queues),
        cmocka_unit_test(requests_are_found_by_file_and_go_with_it),
        cmocka_unit_test(a_stopped_queue_keeps_requests),
        cmocka_unit_test(draining_waits_for_all),
        cmocka_unit_test(stop_and_purge_cancels_what_there_is),
        cmocka_unit_test(a_second_stop_callback_is_a_bug_check),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
