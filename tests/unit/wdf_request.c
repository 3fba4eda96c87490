/*
 * Requests: completion, parameters, buffers by method, a program's own pointers.
 * Sources: wdfrequest/nf-wdfrequest-wdfrequestcomplete, wdf/accessing-data-buffers-in-wdf-drivers,
 * debugger/bug-check-0x10d---wdf-violation, fxrequest.cpp, fxrequestkm.cpp, fxrequestapi.cpp.
 */
#include "tests/unit/wdf_io.h"

typedef struct {
    ULONG Number;
} NOTE;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(NOTE, NoteOf)

static WDFREQUEST held;
static struct host_file *file;
static UCHAR *in, *out;
static char story[16];

static VOID on_default(WDFQUEUE queue, WDFREQUEST request)
{
    (void)queue;
    held = request;
}

static void begin(struct sim *s)
{
    WDF_IO_QUEUE_CONFIG c;

    story[0] = 0;
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

/* --- life --- */

static VOID on_cleanup(WDFOBJECT o)
{
    strcat(story, WdfRequestWdmGetIrp(o) ? "c" : "?"); /* ahead of the IRP's end */
}
static VOID on_destroy(WDFOBJECT o)
{
    (void)o;
    strcat(story, "d");
}

static void with_context(struct fx_device *d)
{
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&d->request_attributes, NOTE);
    d->request_attributes.EvtCleanupCallback = on_cleanup;
    d->request_attributes.EvtDestroyCallback = on_destroy;
}

static void life(struct sim *s)
{
    struct host_request *q;
    PIRP irp;

    begin(s);
    q = io_read(s, file, out, 8);
    assert_int_equal(NoteOf(held)->Number, 0);
    NoteOf(held)->Number = 5;
    irp = WdfRequestWdmGetIrp(held);
    assert_ptr_equal(irp, q->irp);
    assert_int_equal(WdfRequestGetInformation(held), 0);
    WdfRequestSetInformation(held, 3);
    assert_int_equal(WdfRequestGetInformation(held), 3);
    assert_int_equal(WdfRequestGetRequestorMode(held), UserMode);
    assert_int_equal(WdfRequestGetRequestorProcessId(held), wdf_process);
    assert_false(WdfRequestIsFrom32BitProcess(held));
    assert_false(WdfRequestIsReserved(held));
    assert_int_equal(WdfRequestGetStatus(held), irp->IoStatus.Status);
    assert_null(WdfRequestGetFileObject(held)); /* the device has none */
    WdfObjectReference(held);
    WdfRequestComplete(held, STATUS_SUCCESS);
    assert_string_equal(story, "c"); /* before the IRP; its memory stays with the reference */
    assert_true(host_io_wait(s, q, UINT64_MAX));
    assert_int_equal(q->information, 3);
    assert_int_equal(io_end(s, q), STATUS_SUCCESS);
    assert_int_equal(NoteOf(held)->Number, 5);
    assert_null(WdfRequestWdmGetIrp(held));
    assert_int_equal(WdfRequestGetInformation(held), 0);
    WdfObjectDereference(held);
    assert_string_equal(story, "cd");
    host_close(s, file);
}

static void a_request_goes_with_its_completion(void **state)
{
    (void)state;
    io_run(with_context, life, 0);
}

static void twice(struct sim *s)
{
    struct host_request *q;

    begin(s);
    q = io_read(s, file, out, 8);
    WdfRequestComplete(held, STATUS_SUCCESS);
    assert_int_equal(wdf_sim->bugcheck_code, 0);
    WdfRequestComplete(held, STATUS_SUCCESS); /* the handle is of nothing */
    assert_int_equal(io_end(s, q), STATUS_SUCCESS);
    host_close(s, file);
}

static void completing_twice_is_a_bug_check(void **state)
{
    (void)state;
    io_run(NULL, twice, 0x10D);
}

static void too_long(struct sim *s)
{
    struct host_request *q;

    begin(s);
    q = io_read(s, file, out, 8);
    WdfRequestCompleteWithInformation(held, STATUS_SUCCESS, 8);
    assert_int_equal(io_end(s, q), STATUS_SUCCESS);
    q = io_control(s, file, CODE_BUFFERED, in, 4, NULL, 0); /* no output: any number */
    WdfRequestCompleteWithInformation(held, STATUS_SUCCESS, 100);
    assert_int_equal(io_end(s, q), STATUS_SUCCESS);
    q = io_read(s, file, out, 8);
    WdfRequestCompleteWithInformation(held, STATUS_DEVICE_BUSY, 9);
    assert_int_equal(io_end(s, q), STATUS_DEVICE_BUSY);
    assert_int_equal(wdf_sim->bugcheck_code, 0);
    q = io_read(s, file, out, 8);
    WdfRequestCompleteWithInformation(held, STATUS_SUCCESS, 9);
    io_end(s, q);
    host_close(s, file);
}

static void more_information_than_buffer_is_a_bug_check(void **state)
{
    (void)state;
    io_run(NULL, too_long, 0x10D);
}

static void statuses(struct sim *s)
{
    static const NTSTATUS cases[][2] = {
        { STATUS_WDF_PAUSED, STATUS_DEVICE_BUSY },
        { STATUS_WDF_BUSY, STATUS_DEVICE_BUSY },
        { STATUS_WDF_INTERNAL_ERROR, STATUS_INTERNAL_ERROR },
        { STATUS_WDF_TOO_FRAGMENTED, STATUS_INVALID_DEVICE_REQUEST },
        { STATUS_WDF_TOO_MANY_TRANSFERS, STATUS_INVALID_DEVICE_REQUEST },
        { STATUS_WDF_NOT_ENOUGH_MAP_REGISTERS, STATUS_INSUFFICIENT_RESOURCES },
        { STATUS_WDF_NO_CALLBACK, STATUS_INVALID_DEVICE_REQUEST },
        { STATUS_DEVICE_DATA_ERROR, STATUS_DEVICE_DATA_ERROR },
    };

    begin(s);
    for (unsigned i = 0; i < RTL_NUMBER_OF(cases); i++) {
        struct host_request *q = io_read(s, file, out, 8);

        WdfRequestComplete(held, cases[i][0]);
        assert_int_equal(io_end(s, q), cases[i][1]);
    }
    host_close(s, file);
}

static void the_frameworks_statuses_are_not_for_others(void **state)
{
    (void)state;
    io_run(NULL, statuses, 0);
}

/* --- what it asks --- */

static void parameters(struct sim *s)
{
    struct host_request *q;
    WDF_REQUEST_PARAMETERS p;

    begin(s);
    q = host_io_start(s, file,
                      &(struct host_io) {
                          .op = HOST_WRITE, .buf = in, .bytes = 6, .offset = 0x1234567 });
    WDF_REQUEST_PARAMETERS_INIT(&p);
    WdfRequestGetParameters(held, &p);
    assert_int_equal(p.Type, WdfRequestTypeWrite);
    assert_int_equal(p.Parameters.Write.Length, 6);
    assert_int_equal(p.Parameters.Write.DeviceOffset, 0x1234567);
    WdfRequestComplete(held, STATUS_SUCCESS);
    assert_int_equal(io_end(s, q), STATUS_SUCCESS);
    q = io_control(s, file, CODE_NEITHER, in, 5, out, 7);
    WDF_REQUEST_PARAMETERS_INIT(&p);
    WdfRequestGetParameters(held, &p);
    assert_int_equal(p.Type, WdfRequestTypeDeviceControl);
    assert_int_equal(p.Parameters.DeviceIoControl.IoControlCode, CODE_NEITHER);
    assert_int_equal(p.Parameters.DeviceIoControl.InputBufferLength, 5);
    assert_int_equal(p.Parameters.DeviceIoControl.OutputBufferLength, 7);
    assert_null(p.Parameters.DeviceIoControl.Type3InputBuffer); /* the program's pointer */
    p.Size--;
    p.Type = WdfRequestTypeNoFormat;
    WdfRequestGetParameters(held, &p);
    assert_int_equal(p.Type, WdfRequestTypeNoFormat); /* refused */
    WdfRequestComplete(held, STATUS_SUCCESS);
    assert_int_equal(io_end(s, q), STATUS_SUCCESS);
    host_close(s, file);
}

static void parameters_are_the_irps(void **state)
{
    (void)state;
    io_run(NULL, parameters, 0);
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

static void user_pointers_are_locked_in_the_callers_context(void **state)
{
    (void)state;
    io_run(with_caller, neither, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_goes_with_its_completion),
        cmocka_unit_test(completing_twice_is_a_bug_check),
        cmocka_unit_test(more_information_than_buffer_is_a_bug_check),
        cmocka_unit_test(the_frameworks_statuses_are_not_for_others),
        cmocka_unit_test(parameters_are_the_irps),
        cmocka_unit_test(buffered_requests_have_a_system_buffer),
        cmocka_unit_test(direct_requests_have_an_mdl),
        cmocka_unit_test(user_pointers_are_locked_in_the_callers_context),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
