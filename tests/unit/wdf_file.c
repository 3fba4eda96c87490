/*
 * Files: create, cleanup and close, with callbacks, with a queue, and handed to the driver below.
 * Sources: wdf/framework-file-objects, wdfdevice/ns-wdfdevice-_wdf_fileobject_config,
 * wdfdevice/nc-wdfdevice-evt_wdf_device_file_create, fxpkggeneral.cpp, fxfileobject.cpp.
 */
#include "tests/unit/wdf_io.h"

typedef struct {
    ULONG Number;
} NOTE;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(NOTE, NoteOf)

static char story[32];
static WDFFILEOBJECT seen;
static WDFREQUEST held;
static NTSTATUS answer;
static WDFQUEUE later;
static ULONG name_bytes;
static WCHAR name_first;

static VOID on_create(WDFDEVICE device, WDFREQUEST request, WDFFILEOBJECT f)
{
    PUNICODE_STRING name = f ? WdfFileObjectGetFileName(f) : NULL;

    strcat(story, "C");
    seen = f;
    assert_ptr_equal(device, io_device());
    assert_null(WdfRequestGetIoQueue(request)); /* none of the driver's */
    if (name) {
        name_bytes = name->Length;
        name_first = name->Length ? name->Buffer[0] : 0;
    }
    if (f)
        NoteOf(f)->Number++;
    if (later)
        assert_int_equal(WdfRequestForwardToIoQueue(request, later), STATUS_SUCCESS);
    else
        WdfRequestComplete(request, answer);
}

static VOID on_cleanup(WDFFILEOBJECT f)
{
    strcat(story, "u");
    assert_ptr_equal(f, seen);
}

static VOID on_close(WDFFILEOBJECT f)
{
    strcat(story, "c");
    assert_ptr_equal(f, seen);
    if (f)
        assert_int_equal(NoteOf(f)->Number, 1);
}

static VOID on_gone(WDFOBJECT o)
{
    (void)o;
    strcat(story, "x");
}

static VOID on_default(WDFQUEUE q, WDFREQUEST request)
{
    (void)q;
    strcat(story, "q");
    held = request;
}

static void with_callbacks(struct fx_device *d)
{
    story[0] = 0;
    answer = STATUS_SUCCESS;
    later = NULL;
    WDF_FILEOBJECT_CONFIG_INIT(&d->file_config, on_create, on_close, on_cleanup);
    d->file_config_set = true;
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&d->file_attributes, NOTE);
    d->file_attributes.EvtDestroyCallback = on_gone;
}

static void callbacks(struct sim *s)
{
    struct host_file *f = io_open(s), *g = NULL;
    PFILE_OBJECT wdm = WdfFileObjectWdmGetFileObject(seen);

    assert_non_null(wdm);
    assert_ptr_equal(WdfFileObjectGetDevice(seen), io_device());
    assert_int_equal(WdfFileObjectGetFlags(seen), wdm->Flags);
    assert_int_equal(WdfFileObjectGetInitiatorProcessId(seen), wdf_process);
    assert_int_equal(name_bytes, 0);
    host_close(s, f);
    assert_string_equal(story, "Cucx");
    story[0] = 0;
    assert_int_equal(host_open_name(s, "\\Device\\WdfIo\\part", wdf_process, FILE_READ_DATA, &g),
                     STATUS_SUCCESS);
    assert_int_equal(name_bytes, 10);
    assert_int_equal(name_first, L'\\');
    host_close(s, g);
    /* Refused: the file object goes, and no close comes. */
    story[0] = 0;
    answer = STATUS_ACCESS_DENIED;
    assert_int_equal(host_open_name(s, "\\Device\\WdfIo", wdf_process, FILE_READ_DATA, &g),
                     STATUS_ACCESS_DENIED);
    assert_string_equal(story, "Cx");
}

static void callbacks_come_in_order(void **state)
{
    (void)state;
    io_run(with_callbacks, callbacks, 0);
}

static void opener(void *ctx)
{
    struct host_file **f = ctx;

    *f = io_open(wdf_sim);
}

static void forwarded(struct sim *s)
{
    WDF_IO_QUEUE_CONFIG c;
    struct host_file *f = NULL;

    WDF_IO_QUEUE_CONFIG_INIT(&c, WdfIoQueueDispatchSequential);
    c.PowerManaged = WdfFalse;
    c.EvtIoDefault = on_default;
    later = io_queue(&c, NULL);
    held = NULL;
    assert_non_null(sched_thread(s, "opener", opener, &f, wdf_process, 8));
    while (!held)
        sched_block(s, sched_now_ns(s) + 1000);
    assert_null(f);
    assert_string_equal(story, "Cq");
    WdfRequestComplete(held, STATUS_SUCCESS);
    while (!f)
        sched_block(s, sched_now_ns(s) + 1000);
    host_close(s, f);
    assert_string_equal(story, "Cqucx");
}

static void a_create_request_may_be_forwarded(void **state)
{
    (void)state;
    io_run(with_callbacks, forwarded, 0);
}

static void queued(struct sim *s)
{
    WDF_IO_QUEUE_CONFIG c;
    struct host_file *f = NULL;
    WDF_REQUEST_PARAMETERS p;

    story[0] = 0;
    held = NULL;
    WDF_IO_QUEUE_CONFIG_INIT(&c, WdfIoQueueDispatchSequential);
    c.PowerManaged = WdfFalse;
    c.EvtIoDefault = on_default;
    assert_int_equal(WdfDeviceConfigureRequestDispatching(io_device(), io_queue(&c, NULL),
                                                          WdfRequestTypeCreate),
                     STATUS_SUCCESS);
    assert_int_equal(WdfDeviceConfigureRequestDispatching(io_device(), io_queue(&c, NULL),
                                                          WdfRequestTypeCreate),
                     STATUS_INVALID_PARAMETER); /* one queue for them */
    assert_non_null(sched_thread(s, "opener", opener, &f, wdf_process, 8));
    while (!held)
        sched_block(s, sched_now_ns(s) + 1000);
    WDF_REQUEST_PARAMETERS_INIT(&p);
    WdfRequestGetParameters(held, &p);
    assert_int_equal(p.Type, WdfRequestTypeCreate);
    WdfRequestComplete(held, STATUS_SUCCESS);
    while (!f)
        sched_block(s, sched_now_ns(s) + 1000);
    host_close(s, f);
    assert_string_equal(story, "q");
}

static void create_requests_may_have_a_queue(void **state)
{
    (void)state;
    io_run(NULL, queued, 0);
}

/* --- handed down --- */

static NTSTATUS lower(PDEVICE_OBJECT device, PIRP irp)
{
    UCHAR major = IoGetCurrentIrpStackLocation(irp)->MajorFunction;

    (void)device;
    strcat(story, major == IRP_MJ_CREATE    ? "1"
                  : major == IRP_MJ_CLEANUP ? "2"
                  : major == IRP_MJ_CLOSE   ? "3"
                                            : "4");
    return io_complete_irp(irp, major == IRP_MJ_CREATE ? answer : STATUS_SUCCESS, 0);
}

static void as_filter(struct fx_device *d)
{
    story[0] = 0;
    answer = STATUS_SUCCESS;
    d->filter = true;
    io_lower_dispatch = lower;
}

static void filter(struct sim *s)
{
    struct host_file *f = io_open(s);
    UCHAR *p = io_user(s, 8);

    assert_string_equal(story, "1");
    assert_int_equal(io_end(s, io_read(s, f, p, 8)), STATUS_SUCCESS); /* no queue: passed on */
    host_close(s, f);
    assert_string_equal(story, "1423");
    answer = STATUS_ACCESS_DENIED;
    assert_int_equal(host_open_name(s, "\\Device\\WdfIo", wdf_process, FILE_READ_DATA, &f),
                     STATUS_ACCESS_DENIED);
}

static void a_filter_hands_on_what_it_does_not_take(void **state)
{
    (void)state;
    io_run(as_filter, filter, 0);
}

static void exclusive_setup(struct fx_device *d)
{
    with_callbacks(d);
    d->file_config.FileObjectClass = WdfFileObjectWdfCanUseFsContext;
}

static void contexts(struct sim *s)
{
    struct host_file *f = io_open(s);

    assert_ptr_equal(WdfFileObjectWdmGetFileObject(seen)->FsContext, seen);
    host_close(s, f);
    assert_string_equal(story, "Cucx");
}

static void a_file_object_may_use_the_files_context(void **state)
{
    (void)state;
    io_run(exclusive_setup, contexts, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(callbacks_come_in_order),
        cmocka_unit_test(a_create_request_may_be_forwarded),
        cmocka_unit_test(create_requests_may_have_a_queue),
        cmocka_unit_test(a_filter_hands_on_what_it_does_not_take),
        cmocka_unit_test(a_file_object_may_use_the_files_context),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
