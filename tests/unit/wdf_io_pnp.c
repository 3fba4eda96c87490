/*
 * Queues and I/O targets of a device that PnP has: requests while it sleeps, stops and is torn out.
 * Sources: wdf/using-power-managed-i-o-queues, wdf/pnp-and-power-management-scenarios,
 * wdfiotarget/nf-wdfiotarget-wdfiotargetquerytargetproperty.
 */
#include "tests/unit/wdf_fixture.h"

#include "tests/unit/wdf_pnp.h"

static WDFREQUEST held;
static struct host_file *file;
static UCHAR *bytes;

static VOID on_write(WDFQUEUE q, WDFREQUEST r, size_t length)
{
    (void)q, (void)length;
    tell("Write");
    held = r;
}

static VOID on_stop(WDFQUEUE q, WDFREQUEST r, ULONG flags)
{
    (void)q;
    tell(flags & WdfRequestStopActionPurge ? "Purge" : "Stop");
    if (flags & WdfRequestStopActionPurge)
        WdfRequestComplete(r, STATUS_CANCELLED);
    else
        WdfRequestStopAcknowledge(r, FALSE);
}

static VOID on_resume(WDFQUEUE q, WDFREQUEST r)
{
    (void)q;
    tell("Resume");
    assert_ptr_equal(r, held);
}

static VOID on_cancel(WDFREQUEST r)
{
    tell("Cancel");
    WdfRequestComplete(r, STATUS_CANCELLED);
}

static NTSTATUS with_writes(WDFDEVICE device)
{
    WDF_IO_QUEUE_CONFIG c;
    WDFQUEUE q;

    WDF_IO_QUEUE_CONFIG_INIT(&c, WdfIoQueueDispatchSequential);
    c.EvtIoWrite = on_write;
    c.EvtIoStop = on_stop;
    c.EvtIoResume = on_resume;
    assert_int_equal(WdfIoQueueCreate(device, &c, NULL, &q), STATUS_SUCCESS);
    return WdfDeviceConfigureRequestDispatching(device, q, WdfRequestTypeWrite);
}

static void begin(struct sim *s)
{
    assert_int_equal(card_start(s), STATUS_SUCCESS);
    assert_int_equal(host_open(s, card, wdf_process, FILE_READ_DATA | FILE_WRITE_DATA, &file),
                     STATUS_SUCCESS);
    bytes = mem_user_alloc(s, wdf_process, 16, 0);
    assert_non_null(bytes);
    told[0] = 0;
}

static struct host_request *start(struct sim *s, enum host_op op)
{
    return host_io_start(s, file, &(struct host_io) { .op = op, .buf = bytes, .bytes = 8 });
}

static NTSTATUS end(struct sim *s, struct host_request *q)
{
    NTSTATUS status;

    assert_true(host_io_wait(s, q, UINT64_MAX));
    status = q->status;
    host_io_free(s, q);
    return status;
}

static void (*io_body)(struct sim *s);

static void set_up(struct sim *s)
{
    more_device = with_writes;
    io_body(s);
}

static void sleeping(struct sim *s)
{
    struct host_request *w, *r;

    begin(s);
    w = start(s, HOST_WRITE);
    ASSERT_TOLD("Write");
    assert_int_equal(host_device_power(s, card, 3), STATUS_SUCCESS);
    ASSERT_TOLD("Suspend Stop ExitPre:D3 Disable Exit:D3");
    r = start(s, HOST_READ);
    ASSERT_TOLD(""); /* not while it sleeps */
    assert_false(r->done);
    assert_int_equal(host_device_power(s, card, 0), STATUS_SUCCESS);
    /* Queue by queue, in the order of their creation. */
    ASSERT_TOLD("Entry:D3 Enable EntryPost:D3 Read Resume Restart");
    assert_int_equal(end(s, r), STATUS_SUCCESS);
    WdfRequestComplete(held, STATUS_SUCCESS);
    assert_int_equal(end(s, w), STATUS_SUCCESS);
    host_close(s, file);
    assert_int_equal(host_device_remove(s, card), STATUS_SUCCESS);
}

static void run(void (*body)(struct sim *s))
{
    io_body = body;
    card_run(set_up);
}

static void requests_wait_while_the_device_sleeps(void **state)
{
    (void)state;
    run(sleeping);
}

static void torn_out(struct sim *s)
{
    struct host_request *w[2], *r;

    begin(s);
    w[0] = start(s, HOST_WRITE);
    w[1] = start(s, HOST_WRITE); /* waits: one at a time */
    WdfRequestMarkCancelable(held, on_cancel);
    told[0] = 0;
    host_device_surprise(s, card);
    assert_int_equal(end(s, w[0]), STATUS_CANCELLED);
    assert_int_equal(end(s, w[1]), STATUS_CANCELLED);
    assert_non_null(strstr(told, "Stop"));
    assert_non_null(strstr(told, "Cancel"));
    r = start(s, HOST_READ);
    assert_false(NT_SUCCESS(end(s, r)));
    told[0] = 0;
    host_close(s, file);
    ASSERT_TOLD("Cleanup ContextCleanup ContextDestroy");
}

static void what_is_under_way_ends_with_the_device(void **state)
{
    (void)state;
    run(torn_out);
}

static void asked(struct sim *s)
{
    WCHAR text[64];
    ULONG length = 0;
    WDFMEMORY m = NULL;
    size_t size = 0;
    WDFIOTARGET t;

    begin(s);
    t = WdfDeviceGetIoTarget(fx_made);
    assert_ptr_equal(WdfIoTargetWdmGetTargetPhysicalDevice(t),
                     WdfDeviceWdmGetPhysicalDevice(fx_made));
    assert_ptr_equal(WdfIoTargetWdmGetTargetDeviceObject(t),
                     WdfDeviceWdmGetAttachedDevice(fx_made));
    assert_int_equal(WdfIoTargetQueryTargetProperty(t, DevicePropertyEnumeratorName, sizeof(text),
                                                    text, &length),
                     STATUS_SUCCESS);
    assert_int_equal(length, 8); /* L"PCI" */
    assert_int_equal(text[0], 'P');
    assert_int_equal(WdfIoTargetQueryTargetProperty(t, DevicePropertyEnumeratorName, 2, text,
                                                    &length),
                     STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(WdfIoTargetAllocAndQueryTargetProperty(t, DevicePropertyEnumeratorName,
                                                            NonPagedPoolNx, NULL, &m),
                     STATUS_SUCCESS);
    assert_memory_equal(WdfMemoryGetBuffer(m, &size), text, 2);
    assert_int_equal(size, 8);
    WdfObjectDelete(m);
    host_close(s, file);
    assert_int_equal(host_device_remove(s, card), STATUS_SUCCESS);
}

static void the_devices_below_are_asked_for_properties(void **state)
{
    (void)state;
    run(asked);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(requests_wait_while_the_device_sleeps),
        cmocka_unit_test(what_is_under_way_ends_with_the_device),
        cmocka_unit_test(the_devices_below_are_asked_for_properties),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
