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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_goes_with_its_completion),
        cmocka_unit_test(completing_twice_is_a_bug_check),
        cmocka_unit_test(more_information_than_buffer_is_a_bug_check),
        cmocka_unit_test(the_frameworks_statuses_are_not_for_others),
        cmocka_unit_test(parameters_are_the_irps),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
