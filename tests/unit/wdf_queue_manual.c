/*
 * Manual queues, and moving requests between queues.
 * Sources: wdf/managing-i-o-queues, wdfio/nf-wdfio-wdfioqueuefindrequest, fxioqueue.cpp.
 */
#include "tests/unit/wdf_queue_manual.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_manual_queue_gives_when_asked),
        cmocka_unit_test(requests_are_found_and_taken),
        cmocka_unit_test(requests_move_between_queues),
        cmocka_unit_test(requests_are_found_by_file_and_go_with_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
