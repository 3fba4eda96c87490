/*
 * The buffers of requests: by method, and a program's own pointers in its context.
 * Sources: wdf/accessing-data-buffers-in-wdf-drivers, wdfdevice/nf-wdfdevice-wdfdeviceenqueuerequest,
 * fxrequest.cpp, fxrequestkm.cpp, fxrequestapi.cpp, fxpkgio.cpp.
 */
#include "tests/unit/wdf_io.h"

static WDFREQUEST held;
static struct host_file *file;
static UCHAR *in, *out;

static VOID on_default(WDFQUEUE queue, WDFREQUEST request)
{
    (void)queue;
    held = request;
}

static void begin(struct sim *s)
{
    WDF_IO_QUEUE_CONFIG c;

    held = NULL;
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&c, WdfIoQueueDispatchParallel);
    c.PowerManaged = WdfFalse;
    c.AllowZeroLengthRequests = TRUE;
    c.EvtIoDefault = on_default;
    io_queue(&c, NULL);
    file = io_open(s);
    in = io_user(s, 64);
    out = io_user(s, 64);
    memset(in, 'i', 64);
    memset(out, 'o', 64);
}

/* --- buffers --- */

static void buffered(struct sim *s)
{
    struct host_request *q;
    PVOID a = NULL, b = NULL;
    size_t n = 99;
    WDFMEMORY ma = NULL, mb = NULL;
    PMDL mdl = NULL, again = NULL;

    begin(s);
    q = io_read(s, file, out, 8);
    assert_int_equal(WdfRequestRetrieveInputBuffer(held, 0, &a, &n), STATUS_INVALID_DEVICE_REQUEST);
    assert_null(a);
    assert_int_equal(n, 0);
    assert_int_equal(WdfRequestRetrieveOutputBuffer(held, 9, &b, &n), STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(WdfRequestRetrieveOutputBuffer(held, 8, &b, &n), STATUS_SUCCESS);
    assert_int_equal(n, 8);
    assert_ptr_equal(b, q->irp->AssociatedIrp.SystemBuffer);
    assert_int_equal(WdfRequestRetrieveInputMemory(held, &ma), STATUS_INVALID_DEVICE_REQUEST);
    assert_int_equal(WdfRequestRetrieveOutputMemory(held, &mb), STATUS_SUCCESS);
    assert_ptr_equal(WdfMemoryGetBuffer(mb, &n), b);
    assert_int_equal(n, 8);
    assert_int_equal(WdfRequestRetrieveInputWdmMdl(held, &mdl), STATUS_INVALID_DEVICE_REQUEST);
    assert_int_equal(WdfRequestRetrieveOutputWdmMdl(held, &mdl), STATUS_SUCCESS);
    assert_int_equal(WdfRequestRetrieveOutputWdmMdl(held, &again), STATUS_SUCCESS);
    assert_ptr_equal(mdl, again);
    assert_ptr_equal(MmGetMdlVirtualAddress(mdl), b);
    assert_int_equal(MmGetMdlByteCount(mdl), 8);
    memset(b, 'x', 8);
    WdfRequestCompleteWithInformation(held, STATUS_SUCCESS, 4);
    assert_int_equal(io_end(s, q), STATUS_SUCCESS);
    assert_memory_equal(out, "xxxxoooo", 8);
    q = io_control(s, file, CODE_BUFFERED, in, 4, out, 6);
    assert_int_equal(WdfRequestRetrieveInputBuffer(held, 4, &a, &n), STATUS_SUCCESS);
    assert_int_equal(n, 4);
    assert_memory_equal(a, "iiii", 4);
    assert_int_equal(WdfRequestRetrieveOutputBuffer(held, 6, &b, NULL), STATUS_SUCCESS);
    assert_ptr_equal(a, b); /* one buffer for both */
    WdfRequestComplete(held, STATUS_SUCCESS);
    assert_int_equal(io_end(s, q), STATUS_SUCCESS);
    q = io_control(s, file, CODE_BUFFERED, NULL, 0, out, 6);
    assert_int_equal(WdfRequestRetrieveInputBuffer(held, 0, &a, &n), STATUS_BUFFER_TOO_SMALL);
    WdfRequestComplete(held, STATUS_SUCCESS);
    assert_int_equal(io_end(s, q), STATUS_SUCCESS);
    q = io_read(s, file, out, 0);
    assert_int_equal(WdfRequestRetrieveOutputBuffer(held, 0, &a, &n), STATUS_BUFFER_TOO_SMALL);
    WdfRequestComplete(held, STATUS_SUCCESS);
    assert_int_equal(io_end(s, q), STATUS_SUCCESS);
    host_close(s, file);
}

static void buffered_requests_have_a_system_buffer(void **state)
{
    (void)state;
    io_run(NULL, buffered, 0);
}

static void direct(struct sim *s)
{
    struct host_request *q;
    PVOID a = NULL, b = NULL;
    PMDL mdl = NULL;
    size_t n;

    begin(s);
    q = host_io_start(s, file, &(struct host_io) { .op = HOST_WRITE, .buf = in, .bytes = 6 });
    assert_int_equal(WdfRequestRetrieveOutputBuffer(held, 1, &b, &n),
                     STATUS_INVALID_DEVICE_REQUEST);
    assert_int_equal(WdfRequestRetrieveInputBuffer(held, 6, &a, &n), STATUS_SUCCESS);
    assert_int_equal(n, 6);
    assert_ptr_not_equal(a, in); /* the system's view of the same pages */
    assert_memory_equal(a, "iiiiii", 6);
    assert_int_equal(WdfRequestRetrieveInputWdmMdl(held, &mdl), STATUS_SUCCESS);
    assert_ptr_equal(mdl, q->irp->MdlAddress);
    WdfRequestComplete(held, STATUS_SUCCESS);
    assert_int_equal(io_end(s, q), STATUS_SUCCESS);
    q = io_control(s, file, CODE_OUT_DIRECT, in, 4, out, 6);
    assert_int_equal(WdfRequestRetrieveOutputWdmMdl(held, &mdl), STATUS_SUCCESS);
    assert_ptr_equal(mdl, q->irp->MdlAddress);
    assert_int_equal(WdfRequestRetrieveInputWdmMdl(held, &mdl), STATUS_SUCCESS);
    assert_ptr_equal(MmGetMdlVirtualAddress(mdl), q->irp->AssociatedIrp.SystemBuffer);
    assert_int_equal(WdfRequestRetrieveOutputBuffer(held, 6, &b, &n), STATUS_SUCCESS);
    memset(b, 'y', 6);
    WdfRequestComplete(held, STATUS_SUCCESS);
    assert_int_equal(io_end(s, q), STATUS_SUCCESS);
    assert_memory_equal(out, "yyyyyyo", 7);
    host_close(s, file);
}

static void direct_requests_have_an_mdl(void **state)
{
    (void)state;
    io_flags = DO_DIRECT_IO;
    io_run(NULL, direct, 0);
}

/* --- a program's own pointers --- */

static NTSTATUS unsafe_in, unsafe_out, locked_read, locked_write, enqueued;
static PVOID pointer_in, pointer_out;
static size_t bytes_in, bytes_out;
static WDFMEMORY memory_in, memory_out;

static VOID in_caller(WDFDEVICE device, WDFREQUEST request)
{
    unsafe_in = WdfRequestRetrieveUnsafeUserInputBuffer(request, 4, &pointer_in, &bytes_in);
    unsafe_out = WdfRequestRetrieveUnsafeUserOutputBuffer(request, 6, &pointer_out, &bytes_out);
    if (NT_SUCCESS(unsafe_in))
        locked_read =
            WdfRequestProbeAndLockUserBufferForRead(request, pointer_in, bytes_in, &memory_in);
    if (NT_SUCCESS(unsafe_out))
        locked_write =
            WdfRequestProbeAndLockUserBufferForWrite(request, pointer_out, bytes_out, &memory_out);
    enqueued = WdfDeviceEnqueueRequest(device, request);
    if (!NT_SUCCESS(enqueued))
        WdfRequestComplete(request, enqueued);
}

static void with_caller(struct fx_device *d) { d->in_caller_context = in_caller; }

static void neither(struct sim *s)
{
    struct host_request *q;
    PVOID p = NULL;
    size_t n;

    begin(s);
    q = io_control(s, file, CODE_NEITHER, in, 4, out, 6);
    assert_int_equal(unsafe_in, STATUS_SUCCESS);
    assert_ptr_equal(pointer_in, in);
    assert_int_equal(bytes_in, 4);
    assert_int_equal(unsafe_out, STATUS_SUCCESS);
    assert_ptr_equal(pointer_out, out);
    assert_int_equal(locked_read, STATUS_SUCCESS);
    assert_int_equal(locked_write, STATUS_SUCCESS);
    assert_int_equal(enqueued, STATUS_SUCCESS);
    assert_memory_equal(WdfMemoryGetBuffer(memory_in, &n), "iiii", 4);
    assert_int_equal(n, 4);
    memset(WdfMemoryGetBuffer(memory_out, NULL), 'z', 6);
    assert_memory_equal(out, "zzzzzz", 6); /* the same pages */
    /* Only that callback may ask for the pointers; for others there is no buffer. */
    assert_int_equal(WdfRequestRetrieveUnsafeUserInputBuffer(held, 0, &p, &n),
                     STATUS_INVALID_DEVICE_REQUEST);
    assert_int_equal(WdfRequestRetrieveInputBuffer(held, 0, &p, &n), STATUS_INVALID_DEVICE_REQUEST);
    assert_int_equal(WdfDeviceEnqueueRequest(io_device(), held), STATUS_INVALID_DEVICE_REQUEST);
    WdfRequestComplete(held, STATUS_SUCCESS);
    assert_int_equal(io_end(s, q), STATUS_SUCCESS);
    q = io_control(s, file, CODE_NEITHER, in, 3, out, 5);
    assert_int_equal(unsafe_in, STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(unsafe_out, STATUS_BUFFER_TOO_SMALL);
    WdfRequestComplete(held, STATUS_SUCCESS);
    assert_int_equal(io_end(s, q), STATUS_SUCCESS);
    q = io_control(s, file, CODE_BUFFERED, in, 4, out, 6);
    assert_int_equal(unsafe_in, STATUS_INVALID_DEVICE_REQUEST);
    WdfRequestComplete(held, STATUS_SUCCESS);
    assert_int_equal(io_end(s, q), STATUS_SUCCESS);
    q = io_control(s, file, CODE_NEITHER, (void *)0x1000, 4, out, 6); /* nobody's memory */
    assert_int_equal(locked_read, STATUS_ACCESS_VIOLATION);
    WdfRequestComplete(held, STATUS_SUCCESS);
    assert_int_equal(io_end(s, q), STATUS_SUCCESS);
    host_close(s, file);
}

/* What a filter does not take goes on from the callback. */
static NTSTATUS lower(PDEVICE_OBJECT device, PIRP irp)
{
    (void)device;
    return io_complete_irp(irp, STATUS_SUCCESS, 0);
}

static void as_filter(struct fx_device *d)
{
    d->in_caller_context = in_caller;
    d->filter = true;
    io_lower_dispatch = lower;
}

static void passes(struct sim *s)
{
    file = io_open(s);
    in = io_user(s, 64);
    enqueued = STATUS_UNSUCCESSFUL;
    assert_int_equal(io_end(s, io_control(s, file, CODE_BUFFERED, in, 4, in, 6)), STATUS_SUCCESS);
    assert_int_equal(enqueued, STATUS_SUCCESS);
    host_close(s, file);
}

static void a_filter_passes_on_from_the_callers_context(void **state)
{
    (void)state;
    io_run(as_filter, passes, 0);
}

static void refused(struct sim *s)
{
    file = io_open(s);
    in = io_user(s, 64);
    assert_int_equal(io_end(s, io_control(s, file, CODE_BUFFERED, in, 4, in, 6)),
                     STATUS_INVALID_DEVICE_REQUEST); /* there is no queue */
    host_close(s, file);
    begin(s);
    WdfIoQueuePurge(WdfDeviceGetDefaultQueue(io_device()), NULL, NULL);
    assert_int_equal(io_end(s, io_control(s, file, CODE_BUFFERED, in, 4, in, 6)),
                     STATUS_DEVICE_BUSY);
    assert_int_equal(enqueued, STATUS_WDF_BUSY);
    host_close(s, file);
}

static void a_refused_request_stays_the_drivers(void **state)
{
    (void)state;
    io_run(with_caller, refused, 0);
}

static void user_pointers_are_locked_in_the_callers_context(void **state)
{
    (void)state;
    io_run(with_caller, neither, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(buffered_requests_have_a_system_buffer),
        cmocka_unit_test(direct_requests_have_an_mdl),
        cmocka_unit_test(a_filter_passes_on_from_the_callers_context),
        cmocka_unit_test(a_refused_request_stays_the_drivers),
        cmocka_unit_test(user_pointers_are_locked_in_the_callers_context),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
