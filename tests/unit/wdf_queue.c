/*
 * Queues: how they are made, and how each kind presents requests.
 * Sources: wdfio/ns-wdfio-_wdf_io_queue_config, wdfio/nf-wdfio-wdfioqueuecreate,
 * wdf/dispatching-methods-for-i-o-requests, fxioqueue.cpp, fxpkgio.cpp.
 */
#include "tests/unit/wdf_io.h"

static WDFREQUEST held[8];
static WDFQUEUE held_from[8];
static unsigned held_count;
static size_t last_length, last_in, last_out;
static ULONG last_code;
static char kinds[16];

static void keep(char kind, WDFQUEUE queue, WDFREQUEST request)
{
    kinds[held_count] = kind;
    kinds[held_count + 1] = 0;
    held_from[held_count] = queue;
    held[held_count++] = request;
}

static void start(void)
{
    held_count = 0;
    kinds[0] = 0;
}

static VOID on_read(WDFQUEUE queue, WDFREQUEST request, size_t length)
{
    last_length = length;
    keep('r', queue, request);
}

static VOID on_write(WDFQUEUE queue, WDFREQUEST request, size_t length)
{
    last_length = length;
    keep('w', queue, request);
}

static VOID on_control(WDFQUEUE queue, WDFREQUEST request, size_t out, size_t in, ULONG code)
{
    last_out = out;
    last_in = in;
    last_code = code;
    keep('c', queue, request);
}

static VOID on_internal(WDFQUEUE queue, WDFREQUEST request, size_t out, size_t in, ULONG code)
{
    last_out = out;
    last_in = in;
    last_code = code;
    keep('i', queue, request);
}

static VOID on_default(WDFQUEUE queue, WDFREQUEST request) { keep('d', queue, request); }

static NTSTATUS create(WDF_IO_QUEUE_CONFIG *c, WDFQUEUE *queue)
{
    return WdfIoQueueCreate(io_device(), c, NULL, queue);
}

static void configurations(struct sim *s)
{
    WDF_IO_QUEUE_CONFIG c;
    WDF_OBJECT_ATTRIBUTES a;
    WDFQUEUE q = NULL;

    (void)s;
    WDF_IO_QUEUE_CONFIG_INIT(&c, WdfIoQueueDispatchSequential);
    assert_int_equal(create(&c, &q), STATUS_WDF_NO_CALLBACK);
    c.EvtIoRead = on_read;
    assert_int_equal(create(&c, NULL), STATUS_INVALID_PARAMETER_4);
    c.Size--;
    assert_int_equal(create(&c, &q), STATUS_INFO_LENGTH_MISMATCH);
    c.Size++;
    c.Settings.Parallel.NumberOfPresentedRequests = 2;
    assert_int_equal(create(&c, &q), STATUS_INVALID_PARAMETER);
    c.Settings.Parallel.NumberOfPresentedRequests = 0;
    c.DispatchType = WdfIoQueueDispatchMax;
    assert_int_equal(create(&c, &q), STATUS_INVALID_PARAMETER);
    c.DispatchType = WdfIoQueueDispatchManual; /* a manual queue has no such callback */
    assert_int_equal(create(&c, &q), STATUS_INVALID_PARAMETER);
    /* The device's callbacks run at DISPATCH_LEVEL, so a passive queue cannot share their lock. */
    c.DispatchType = WdfIoQueueDispatchSequential;
    WDF_OBJECT_ATTRIBUTES_INIT(&a);
    a.ExecutionLevel = WdfExecutionLevelPassive;
    a.SynchronizationScope = WdfSynchronizationScopeDevice;
    assert_int_equal(WdfIoQueueCreate(io_device(), &c, &a, &q), STATUS_INVALID_PARAMETER);
    assert_null(q);
    assert_int_equal(create(&c, &q), STATUS_SUCCESS);
    assert_ptr_equal(WdfIoQueueGetDevice(q), io_device());
    assert_null(WdfDeviceGetDefaultQueue(io_device()));
    WdfObjectDelete(q);
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&c, WdfIoQueueDispatchParallel);
    c.EvtIoDefault = on_default;
    assert_int_equal(create(&c, &q), STATUS_SUCCESS);
    assert_ptr_equal(WdfDeviceGetDefaultQueue(io_device()), q);
    assert_int_equal(create(&c, &q), STATUS_UNSUCCESSFUL); /* a second one */
    io_on(s);
    assert_int_equal(create(&c, &q), STATUS_INVALID_DEVICE_STATE); /* behind the start */
}

static void queues_are_checked_when_made(void **state)
{
    (void)state;
    io_run(NULL, configurations, 0);
}

static void sequential(struct sim *s)
{
    WDF_IO_QUEUE_CONFIG c;
    struct host_file *f;
    struct host_request *q[3];
    ULONG waiting, owned;
    WDFQUEUE queue;

    start();
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&c, WdfIoQueueDispatchSequential);
    c.EvtIoRead = on_read;
    queue = io_queue(&c, NULL);
    f = io_open(s);
    for (unsigned i = 0; i < 3; i++)
        q[i] = io_read(s, f, io_user(s, 16), 10 + i);
    /* Power-managed, and the device has none yet. */
    assert_int_equal(held_count, 0);
    assert_int_equal(WdfIoQueueGetState(queue, &waiting, &owned),
                     WdfIoQueueAcceptRequests | WdfIoQueueDispatchRequests |
                         WdfIoQueueDriverNoRequests | WdfIoQueuePnpHeld);
    assert_int_equal(waiting, 3);
    io_on(s);
    assert_int_equal(held_count, 1);
    assert_int_equal(last_length, 10);
    assert_ptr_equal(held_from[0], queue);
    assert_int_equal(WdfIoQueueGetState(queue, &waiting, &owned),
                     WdfIoQueueAcceptRequests | WdfIoQueueDispatchRequests);
    assert_int_equal(waiting, 2);
    assert_int_equal(owned, 1);
    WdfRequestCompleteWithInformation(held[0], STATUS_SUCCESS, 7); /* within it the next comes */
    assert_int_equal(held_count, 2);
    assert_int_equal(last_length, 11);
    WdfRequestComplete(held[1], STATUS_DEVICE_BUSY);
    assert_int_equal(last_length, 12);
    WdfRequestCompleteWithPriorityBoost(held[2], STATUS_SUCCESS, 2);
    assert_true(host_io_wait(s, q[0], UINT64_MAX));
    assert_int_equal(q[0]->information, 7);
    assert_int_equal(io_end(s, q[0]), STATUS_SUCCESS);
    assert_int_equal(io_end(s, q[1]), STATUS_DEVICE_BUSY);
    assert_int_equal(io_end(s, q[2]), STATUS_SUCCESS);
    host_close(s, f);
}

static void a_sequential_queue_presents_one_at_a_time(void **state)
{
    (void)state;
    io_run(NULL, sequential, 0);
}

static void parallel(struct sim *s)
{
    WDF_IO_QUEUE_CONFIG c;
    struct host_file *f = io_open(s);
    struct host_request *q[4];

    start();
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&c, WdfIoQueueDispatchParallel);
    c.EvtIoRead = on_read;
    c.Settings.Parallel.NumberOfPresentedRequests = 2;
    c.PowerManaged = WdfFalse;
    io_queue(&c, NULL);
    for (unsigned i = 0; i < 4; i++)
        q[i] = io_read(s, f, io_user(s, 16), 10 + i);
    assert_int_equal(held_count, 2);
    WdfRequestComplete(held[1], STATUS_SUCCESS);
    assert_int_equal(held_count, 3);
    assert_int_equal(last_length, 12);
    WdfRequestComplete(held[0], STATUS_SUCCESS);
    assert_int_equal(held_count, 4);
    WdfRequestComplete(held[2], STATUS_SUCCESS);
    WdfRequestComplete(held[3], STATUS_SUCCESS);
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(io_end(s, q[i]), STATUS_SUCCESS);
    host_close(s, f);
}

static void a_parallel_queue_presents_up_to_its_limit(void **state)
{
    (void)state;
    io_run(NULL, parallel, 0);
}

static void types(struct sim *s)
{
    WDF_IO_QUEUE_CONFIG c;
    struct host_file *f = io_open(s);
    struct host_request *q[4];
    WDFQUEUE def, writes;
    UCHAR *p = io_user(s, 16);

    start();
    WDF_IO_QUEUE_CONFIG_INIT(&c, WdfIoQueueDispatchParallel);
    c.PowerManaged = WdfFalse;
    c.EvtIoWrite = on_write;
    writes = io_queue(&c, NULL);
    assert_int_equal(WdfDeviceConfigureRequestDispatching(io_device(), writes, WdfRequestTypeWrite),
                     STATUS_SUCCESS);
    assert_int_equal(WdfDeviceConfigureRequestDispatching(io_device(), writes, WdfRequestTypeWrite),
                     STATUS_WDF_BUSY);
    assert_int_equal(WdfDeviceConfigureRequestDispatching(io_device(), writes, WdfRequestTypeRead),
                     STATUS_INVALID_DEVICE_REQUEST); /* it has no EvtIoRead */
    assert_int_equal(WdfDeviceConfigureRequestDispatching(io_device(), writes,
                                                          WdfRequestTypeCleanup),
                     STATUS_INVALID_PARAMETER);
    /* Without a queue a request is refused. */
    assert_int_equal(io_end(s, io_read(s, f, p, 8)), STATUS_INVALID_DEVICE_REQUEST);
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&c, WdfIoQueueDispatchParallel);
    c.PowerManaged = WdfFalse;
    c.EvtIoDefault = on_default;
    c.EvtIoDeviceControl = on_control;
    c.EvtIoInternalDeviceControl = on_internal;
    def = io_queue(&c, NULL);
    q[0] = host_io_start(s, f, &(struct host_io) { .op = HOST_WRITE, .buf = p, .bytes = 5 });
    q[1] = io_read(s, f, p, 8);
    q[2] = io_control(s, f, CODE_BUFFERED, p, 3, p, 6);
    q[3] = io_read(s, f, p, 0); /* no bytes: the framework ends it */
    assert_string_equal(kinds, "wdc");
    assert_ptr_equal(held_from[0], writes);
    assert_ptr_equal(held_from[1], def);
    assert_int_equal(last_length, 5);
    assert_int_equal(last_in, 3);
    assert_int_equal(last_out, 6);
    assert_int_equal(last_code, CODE_BUFFERED);
    assert_int_equal(io_end(s, q[3]), STATUS_SUCCESS);
    for (unsigned i = 0; i < 3; i++) {
        WdfRequestComplete(held[i], STATUS_SUCCESS);
        assert_int_equal(io_end(s, q[i]), STATUS_SUCCESS);
    }
    host_close(s, f);
}

static void types_go_to_their_queues(void **state)
{
    (void)state;
    io_run(NULL, types, 0);
}

static void zero(struct sim *s)
{
    WDF_IO_QUEUE_CONFIG c;
    struct host_file *f = io_open(s);
    struct host_request *q;
    UCHAR *p = io_user(s, 16);

    start();
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&c, WdfIoQueueDispatchParallel);
    c.PowerManaged = WdfFalse;
    c.AllowZeroLengthRequests = TRUE;
    c.EvtIoRead = on_read;
    io_queue(&c, NULL);
    q = io_read(s, f, p, 0);
    assert_int_equal(held_count, 1);
    assert_int_equal(last_length, 0);
    WdfRequestComplete(held[0], STATUS_SUCCESS);
    assert_int_equal(io_end(s, q), STATUS_SUCCESS);
    /* No callback for it: refused. */
    assert_int_equal(io_end(s, io_control(s, f, CODE_BUFFERED, p, 1, NULL, 0)),
                     STATUS_INVALID_DEVICE_REQUEST);
    host_close(s, f);
}

static void requests_of_no_bytes_are_presented_when_asked_for(void **state)
{
    (void)state;
    io_run(NULL, zero, 0);
}

static void internal(struct sim *s)
{
    WDF_IO_QUEUE_CONFIG c;
    IO_STATUS_BLOCK io;
    KEVENT event;
    PIRP irp;
    ULONG word = 1;

    (void)s;
    start();
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&c, WdfIoQueueDispatchParallel);
    c.PowerManaged = WdfFalse;
    c.EvtIoInternalDeviceControl = on_internal;
    io_queue(&c, NULL);
    KeInitializeEvent(&event, NotificationEvent, FALSE);
    irp = IoBuildDeviceIoControlRequest(CODE_BUFFERED, io_d->wdm, &word, 4, &word, 4, TRUE, &event,
                                        &io);
    assert_int_equal(IoCallDriver(io_d->wdm, irp), STATUS_PENDING);
    assert_string_equal(kinds, "i");
    assert_int_equal(WdfRequestGetRequestorMode(held[0]), KernelMode);
    WdfRequestCompleteWithInformation(held[0], STATUS_SUCCESS, 4);
    assert_int_equal(KeWaitForSingleObject(&event, Executive, KernelMode, FALSE, NULL),
                     STATUS_SUCCESS);
    assert_int_equal(io.Status, STATUS_SUCCESS);
}

static void internal_control_codes_have_their_callback(void **state)
{
    (void)state;
    io_run(NULL, internal, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(queues_are_checked_when_made),
        cmocka_unit_test(a_sequential_queue_presents_one_at_a_time),
        cmocka_unit_test(a_parallel_queue_presents_up_to_its_limit),
        cmocka_unit_test(types_go_to_their_queues),
        cmocka_unit_test(requests_of_no_bytes_are_presented_when_asked_for),
        cmocka_unit_test(internal_control_codes_have_their_callback),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
