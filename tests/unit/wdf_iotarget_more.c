/*
 * I/O targets: requests that a queue has presented, devices that a driver opens, IRPs of its own.
 * Sources: wdf/forwarding-i-o-requests, wdf/initializing-a-general-i-o-target,
 * wdfrequest/nf-wdfrequest-wdfrequestcreatefromirp, fxiotargetremote.cpp.
 */
#include "tests/unit/wdf_iotarget.h"

/* --- what a queue has presented --- */

static WDFREQUEST presented;

static VOID on_default(WDFQUEUE q, WDFREQUEST request)
{
    (void)q;
    presented = request;
}

static VOID pass_on(WDFREQUEST request, WDFIOTARGET target, PWDF_REQUEST_COMPLETION_PARAMS p,
                    WDFCONTEXT context)
{
    (void)target, (void)context;
    ended++;
    WdfRequestComplete(request, p->IoStatus.Status);
}

static void forwarded(struct sim *s)
{
    WDFIOTARGET t = begin();
    WDF_REQUEST_SEND_OPTIONS o;
    WDF_IO_QUEUE_CONFIG c;
    struct host_file *f;
    struct host_request *q;
    UCHAR *p = io_user(s, 16);

    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&c, WdfIoQueueDispatchSequential);
    c.PowerManaged = WdfFalse;
    c.EvtIoDefault = on_default;
    io_queue(&c, NULL);
    f = io_open(s);
    /* With a completion routine. */
    q = io_read(s, f, p, 8);
    WdfRequestFormatRequestUsingCurrentType(presented);
    assert_false(WdfRequestSend(presented, t, NULL)); /* a queue's request needs one */
    assert_int_equal(WdfRequestGetStatus(presented), STATUS_INVALID_DEVICE_REQUEST);
    WdfRequestSetCompletionRoutine(presented, pass_on, NULL);
    assert_true(WdfRequestSend(presented, t, NULL));
    assert_int_equal(ended, 1);
    assert_int_equal(io_end(s, q), STATUS_SUCCESS);
    assert_memory_equal(p, "rrrrrrrr", 8);
    /* Pending below. */
    pend = true;
    q = io_read(s, f, p, 8);
    WdfRequestFormatRequestUsingCurrentType(presented);
    WdfRequestSetCompletionRoutine(presented, pass_on, NULL);
    assert_true(WdfRequestSend(presented, t, NULL));
    lower_end(STATUS_DEVICE_BUSY);
    assert_int_equal(io_end(s, q), STATUS_DEVICE_BUSY);
    /* Sent and forgotten: the queue goes on. */
    WDF_REQUEST_SEND_OPTIONS_INIT(&o, WDF_REQUEST_SEND_OPTION_SEND_AND_FORGET);
    q = io_read(s, f, p, 8);
    assert_true(WdfRequestSend(presented, t, &o));
    presented = NULL;
    io_control(s, f, CODE_BUFFERED, NULL, 0, NULL, 0);
    assert_non_null(presented);
    lower_end(STATUS_SUCCESS);
    assert_int_equal(io_end(s, q), STATUS_SUCCESS);
    WdfRequestComplete(presented, STATUS_SUCCESS);
    host_close(s, f);
}

static void a_queues_request_is_sent_on(void **state)
{
    (void)state;
    io_run(with_lower, forwarded, 0);
}

/* --- remote targets, IRPs of the driver's --- */

static void remote(struct sim *s)
{
    static WCHAR text[] = L"\\Device\\WdfIo";
    UNICODE_STRING name = { .Buffer = text,
                            .Length = sizeof(text) - sizeof(WCHAR),
                            .MaximumLength = sizeof(text) };
    WDF_IO_TARGET_OPEN_PARAMS p;
    WDF_IO_QUEUE_CONFIG c;
    WDFIOTARGET t = NULL;
    WDFREQUEST r = NULL;

    (void)s;
    begin();
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&c, WdfIoQueueDispatchSequential);
    c.PowerManaged = WdfFalse;
    c.EvtIoDefault = on_default;
    io_queue(&c, NULL);
    assert_int_equal(WdfIoTargetCreate(io_device(), NULL, &t), STATUS_SUCCESS);
    assert_int_equal(WdfRequestCreate(NULL, t, &r), STATUS_INVALID_DEVICE_STATE); /* not open */
    assert_null(WdfIoTargetWdmGetTargetDeviceObject(t));
    WDF_IO_TARGET_OPEN_PARAMS_INIT_REOPEN(&p);
    assert_int_equal(WdfIoTargetOpen(t, &p), STATUS_INVALID_DEVICE_REQUEST);
    WDF_IO_TARGET_OPEN_PARAMS_INIT_EXISTING_DEVICE(&p, NULL);
    assert_int_equal(WdfIoTargetOpen(t, &p), STATUS_INVALID_PARAMETER);
    WDF_IO_TARGET_OPEN_PARAMS_INIT_EXISTING_DEVICE(&p, io_lower);
    p.Size--;
    assert_int_equal(WdfIoTargetOpen(t, &p), STATUS_INFO_LENGTH_MISMATCH);
    p.Size++;
    assert_int_equal(WdfIoTargetOpen(t, &p), STATUS_SUCCESS);
    assert_int_equal(WdfIoTargetOpen(t, &p), STATUS_INVALID_DEVICE_STATE);
    assert_ptr_equal(WdfIoTargetWdmGetTargetDeviceObject(t), io_lower);
    assert_int_equal(WdfIoTargetSendInternalIoctlSynchronously(t, NULL, CODE_NEITHER, NULL, NULL,
                                                               NULL, NULL),
                     STATUS_SUCCESS);
    WdfIoTargetClose(t);
    assert_int_equal(WdfIoTargetGetState(t), WdfIoTargetClosed);
    name.Length -= sizeof(WCHAR);
    WDF_IO_TARGET_OPEN_PARAMS_INIT_OPEN_BY_NAME(&p, &name, GENERIC_READ);
    assert_int_equal(WdfIoTargetOpen(t, &p), STATUS_OBJECT_NAME_NOT_FOUND);
    name.Length += sizeof(WCHAR);
    WDF_IO_TARGET_OPEN_PARAMS_INIT_OPEN_BY_NAME(&p, &name, GENERIC_READ);
    assert_int_equal(WdfIoTargetOpen(t, &p), STATUS_SUCCESS);
    assert_non_null(WdfIoTargetWdmGetTargetFileObject(t));
    WdfIoTargetCloseForQueryRemove(t);
    assert_int_equal(WdfIoTargetGetState(t), WdfIoTargetClosedForQueryRemove);
    WDF_IO_TARGET_OPEN_PARAMS_INIT_REOPEN(&p);
    assert_int_equal(WdfIoTargetOpen(t, &p), STATUS_SUCCESS);
    assert_ptr_equal(WdfIoTargetWdmGetTargetDeviceObject(t), io_d->wdm);
    WdfObjectDelete(t);
}

static void a_driver_opens_other_devices(void **state)
{
    (void)state;
    io_run(with_lower, remote, 0);
}

static void irps(struct sim *s)
{
    WDFIOTARGET t = begin();
    WDF_REQUEST_REUSE_PARAMS reuse;
    PIRP irp = IoAllocateIrp(io_lower->StackSize, FALSE);
    WDFREQUEST r = NULL;

    (void)s;
    assert_int_equal(WdfRequestCreateFromIrp(NULL, irp, FALSE, &r), STATUS_SUCCESS);
    assert_ptr_equal(WdfRequestWdmGetIrp(r), irp);
    assert_int_equal(WdfIoTargetFormatRequestForInternalIoctl(t, r, CODE_NEITHER, NULL, NULL, NULL,
                                                              NULL),
                     STATUS_SUCCESS);
    WdfRequestSetCompletionRoutine(r, on_end, NULL);
    assert_true(WdfRequestSend(r, t, NULL));
    assert_int_equal(ended, 1);
    WDF_REQUEST_REUSE_PARAMS_INIT(&reuse, WDF_REQUEST_REUSE_NO_FLAGS, STATUS_SUCCESS);
    WDF_REQUEST_REUSE_PARAMS_SET_NEW_IRP(&reuse, NULL);
    assert_int_equal(WdfRequestReuse(r, &reuse), STATUS_SUCCESS);
    IoFreeIrp(irp);
    assert_null(WdfRequestWdmGetIrp(r));
    WdfObjectDelete(r);
    irp = IoAllocateIrp(io_lower->StackSize, FALSE);
    assert_int_equal(WdfRequestCreateFromIrp(NULL, irp, TRUE, &r), STATUS_SUCCESS);
    WdfObjectDelete(r); /* and the IRP */
}

static void an_irp_of_the_drivers_is_a_request(void **state)
{
    (void)state;
    io_run(with_lower, irps, 0);
}

static void properties(struct sim *s)
{
    static const GUID which = { 1, 2, 3, { 4 } };
    WDFIOTARGET t = begin(), other = NULL;
    INTERFACE interface = { 0 };
    WDFMEMORY m = (WDFMEMORY)1;
    ULONG bytes = 1;
    KIRQL irql;

    (void)s;
    assert_int_equal(WdfIoTargetQueryForInterface(t, &which, &interface, sizeof(interface), 7,
                                                  NULL),
                     STATUS_SUCCESS);
    assert_int_equal(interface.Version, 7);
    /* What lies below is no device of PnP's. */
    assert_int_equal(WdfIoTargetQueryTargetProperty(t, DevicePropertyHardwareID, 0, NULL, &bytes),
                     STATUS_INVALID_DEVICE_REQUEST);
    assert_int_equal(bytes, 0);
    assert_int_equal(WdfIoTargetAllocAndQueryTargetProperty(t, DevicePropertyHardwareID,
                                                            NonPagedPoolNx, NULL, &m),
                     STATUS_INVALID_DEVICE_REQUEST);
    assert_null(m);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    assert_int_equal(WdfIoTargetQueryForInterface(t, &which, &interface, sizeof(interface), 8,
                                                  NULL),
                     STATUS_INVALID_DEVICE_REQUEST);
    KeLowerIrql(irql);
    assert_int_equal(interface.Version, 7);
    assert_int_equal(WdfIoTargetCreate(io_device(), NULL, &other), STATUS_SUCCESS);
    assert_int_equal(WdfIoTargetQueryForInterface(other, &which, &interface, sizeof(interface), 8,
                                                  NULL),
                     STATUS_INVALID_DEVICE_REQUEST); /* not open */
    WdfObjectDelete(other);
}

static void a_target_is_asked_for_what_it_has(void **state)
{
    (void)state;
    io_run(with_lower, properties, 0);
}

static NTSTATUS irp_came_back(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    (void)device, (void)irp;
    ++*(unsigned *)context;
    return STATUS_MORE_PROCESSING_REQUIRED;
}

/* A request around an IRP that somebody sent: it can be queued, and is to be completed. */
static void queued_irp(struct sim *s)
{
    PIRP irp = IoAllocateIrp(2, FALSE);
    PIO_STACK_LOCATION at;
    WDF_IO_QUEUE_CONFIG c;
    unsigned back = 0;
    WDFREQUEST r = NULL;
    WDFQUEUE q;

    (void)s;
    begin();
    WDF_IO_QUEUE_CONFIG_INIT(&c, WdfIoQueueDispatchParallel);
    c.PowerManaged = WdfFalse;
    c.EvtIoDefault = on_default;
    q = io_queue(&c, NULL);
    IoSetCompletionRoutine(irp, irp_came_back, &back, TRUE, TRUE, TRUE);
    at = IoGetNextIrpStackLocation(irp);
    at->MajorFunction = IRP_MJ_INTERNAL_DEVICE_CONTROL;
    IoSetNextIrpStackLocation(irp);
    at->DeviceObject = io_d->wdm;
    assert_int_equal(WdfRequestCreateFromIrp(NULL, irp, FALSE, &r), STATUS_SUCCESS);
    presented = NULL;
    assert_int_equal(WdfRequestForwardToIoQueue(r, q), STATUS_SUCCESS);
    assert_ptr_equal(presented, r);
    WdfRequestComplete(r, STATUS_SUCCESS);
    assert_int_equal(back, 1);
    assert_null(WdfRequestWdmGetIrp(r));
    WdfObjectDelete(r);
    IoFreeIrp(irp);
    r = make(WdfDeviceGetIoTarget(io_device()));
    assert_int_equal(WdfRequestForwardToIoQueue(r, q), STATUS_INVALID_DEVICE_REQUEST);
    WdfRequestComplete(r, STATUS_SUCCESS); /* not to be completed: nothing happens */
    WdfObjectDelete(r);
}

static void an_irp_of_the_drivers_may_be_queued(void **state)
{
    (void)state;
    io_run(with_lower, queued_irp, 0);
}

static void sent_twice(struct sim *s)
{
    WDFIOTARGET t = begin();
    WDFREQUEST r = make(t);

    (void)s;
    pend = true;
    assert_int_equal(WdfIoTargetFormatRequestForInternalIoctl(t, r, CODE_NEITHER, NULL, NULL, NULL,
                                                              NULL),
                     STATUS_SUCCESS);
    assert_true(WdfRequestSend(r, t, NULL));
    assert_false(WdfRequestSend(r, t, NULL));
    lower_end(STATUS_SUCCESS);
    WdfObjectDelete(r);
}

static void sending_twice_is_a_bug_check(void **state)
{
    (void)state;
    io_run(with_lower, sent_twice, 0x10D);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_queues_request_is_sent_on),
        cmocka_unit_test(a_driver_opens_other_devices),
        cmocka_unit_test(an_irp_of_the_drivers_is_a_request),
        cmocka_unit_test(a_target_is_asked_for_what_it_has),
        cmocka_unit_test(an_irp_of_the_drivers_may_be_queued),
        cmocka_unit_test(sending_twice_is_a_bug_check),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
