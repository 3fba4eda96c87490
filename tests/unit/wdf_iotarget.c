/*
 * I/O targets: their states, what is sent to them and how it comes back.
 * Sources: wdf/sending-i-o-requests-to-general-i-o-targets,
 * wdf/controlling-a-general-i-o-target-s-state, wdfrequest/nf-wdfrequest-wdfrequestsend, fxiotarget.cpp.
 */
#include "tests/unit/wdf_io.h"

static PIRP pended;
static ULONG got_code;
static size_t got_in, got_out;
static bool pend;
static unsigned ended;
static NTSTATUS end_status;
static ULONG_PTR end_bytes;
static WDF_REQUEST_TYPE end_type;
static WDFCONTEXT end_context;

static VOID lower_cancel(PDEVICE_OBJECT device, PIRP irp)
{
    (void)device;
    IoReleaseCancelSpinLock(irp->CancelIrql);
    pended = NULL;
    io_complete_irp(irp, STATUS_CANCELLED, 0);
}

/* Answers a control code with what it was given, each byte one higher; a read with 'r'. */
static NTSTATUS lower(PDEVICE_OBJECT device, PIRP irp)
{
    PIO_STACK_LOCATION at = IoGetCurrentIrpStackLocation(irp);
    UCHAR *p = irp->AssociatedIrp.SystemBuffer;
    ULONG n = 0;

    (void)device;
    if (at->MajorFunction == IRP_MJ_PNP) {
        at->Parameters.QueryInterface.Interface->Version = at->Parameters.QueryInterface.Version;
        return io_complete_irp(irp, STATUS_SUCCESS, 0);
    }
    if (at->MajorFunction == IRP_MJ_CREATE || at->MajorFunction == IRP_MJ_CLEANUP ||
        at->MajorFunction == IRP_MJ_CLOSE)
        return io_complete_irp(irp, STATUS_SUCCESS, 0);
    if (pend) {
        pended = irp;
        IoMarkIrpPending(irp);
        IoSetCancelRoutine(irp, lower_cancel);
        return STATUS_PENDING;
    }
    if (at->MajorFunction == IRP_MJ_READ || at->MajorFunction == IRP_MJ_WRITE) {
        n = at->Parameters.Read.Length;
        got_in = at->MajorFunction == IRP_MJ_WRITE
                     ? p[0]
                     : (size_t)at->Parameters.Read.ByteOffset.QuadPart;
        if (at->MajorFunction == IRP_MJ_READ)
            memset(p, 'r', n);
        return io_complete_irp(irp, STATUS_SUCCESS, n);
    }
    got_code = at->Parameters.DeviceIoControl.IoControlCode;
    got_in = at->Parameters.DeviceIoControl.InputBufferLength;
    got_out = at->Parameters.DeviceIoControl.OutputBufferLength;
    if (METHOD_FROM_CTL_CODE(got_code) == METHOD_BUFFERED) {
        n = (ULONG)(got_in < got_out ? got_in : got_out);
        for (ULONG i = 0; i < n; i++)
            p[i]++;
    }
    return io_complete_irp(irp, STATUS_SUCCESS, n);
}

static void lower_end(NTSTATUS status)
{
    PIRP irp = pended;

    pended = NULL;
    IoSetCancelRoutine(irp, NULL);
    io_complete_irp(irp, status, 0);
}

static VOID on_end(WDFREQUEST request, WDFIOTARGET target, PWDF_REQUEST_COMPLETION_PARAMS p,
                   WDFCONTEXT context)
{
    WDF_REQUEST_COMPLETION_PARAMS again;

    (void)target;
    ended++;
    end_status = p->IoStatus.Status;
    end_bytes = p->IoStatus.Information;
    end_type = p->Type;
    end_context = context;
    WDF_REQUEST_COMPLETION_PARAMS_INIT(&again);
    WdfRequestGetCompletionParams(request, &again);
    assert_int_equal(again.IoStatus.Status, end_status);
    assert_int_equal(again.Type, end_type);
    assert_int_equal(WdfRequestGetStatus(request), end_status);
}

static WDFIOTARGET begin(void)
{
    ended = 0;
    pend = false;
    pended = NULL;
    io_lower_dispatch = lower;
    return WdfDeviceGetIoTarget(io_device());
}

static WDFREQUEST make(WDFIOTARGET t)
{
    WDFREQUEST r = NULL;

    assert_int_equal(WdfRequestCreate(NULL, t, &r), STATUS_SUCCESS);
    assert_non_null(r);
    return r;
}

static void with_lower(struct fx_device *d)
{
    (void)d;
    io_lower->Flags |= DO_BUFFERED_IO;
}

static void synchronous(struct sim *s)
{
    WDFIOTARGET t = begin();
    WDF_MEMORY_DESCRIPTOR in, out;
    ULONG_PTR bytes = 0;
    UCHAR a[4] = "abc", b[8] = { 0 };
    LONGLONG offset = 77;
    WDFMEMORY m = NULL;
    UCHAR *mb = NULL;
    WDFREQUEST r;

    (void)s;
    assert_ptr_equal(WdfDeviceGetIoTarget(io_device()), t);
    assert_ptr_equal(WdfIoTargetGetDevice(t), io_device());
    assert_int_equal(WdfIoTargetGetState(t), WdfIoTargetStarted);
    assert_ptr_equal(WdfIoTargetWdmGetTargetDeviceObject(t), io_lower);
    assert_ptr_equal(WdfIoTargetWdmGetTargetPhysicalDevice(t), io_lower);
    assert_null(WdfIoTargetWdmGetTargetFileObject(t));
    assert_null(WdfIoTargetWdmGetTargetFileHandle(t));
    WDF_MEMORY_DESCRIPTOR_INIT_BUFFER(&in, a, 3);
    WDF_MEMORY_DESCRIPTOR_INIT_BUFFER(&out, b, 8);
    assert_int_equal(WdfIoTargetSendIoctlSynchronously(t, NULL, CODE_BUFFERED, &in, &out, NULL,
                                                       &bytes),
                     STATUS_SUCCESS);
    assert_int_equal(bytes, 3);
    assert_memory_equal(b, "bcd\0", 4);
    assert_int_equal(got_code, CODE_BUFFERED);
    assert_int_equal(got_out, 8);
    assert_int_equal(WdfIoTargetSendInternalIoctlSynchronously(t, NULL, CODE_BUFFERED, &in, &out,
                                                               NULL, NULL),
                     STATUS_SUCCESS);
    assert_int_equal(WdfIoTargetSendReadSynchronously(t, NULL, &out, &offset, NULL, &bytes),
                     STATUS_SUCCESS);
    assert_int_equal(bytes, 8);
    assert_int_equal(got_in, 77);
    assert_memory_equal(b, "rrrrrrrr", 8);
    assert_int_equal(WdfMemoryCreate(NULL, NonPagedPoolNx, 0x6f69, 16, &m, (PVOID *)&mb),
                     STATUS_SUCCESS);
    mb[2] = 'w';
    WDF_MEMORY_DESCRIPTOR_INIT_HANDLE(&in, m, &(WDFMEMORY_OFFSET) { 2, 5 });
    r = make(t);
    assert_int_equal(WdfIoTargetSendWriteSynchronously(t, r, &in, NULL, NULL, &bytes),
                     STATUS_SUCCESS);
    assert_int_equal(bytes, 5);
    assert_int_equal(got_in, 'w');
    WDF_MEMORY_DESCRIPTOR_INIT_HANDLE(&in, m, &(WDFMEMORY_OFFSET) { 12, 5 });
    assert_int_equal(WdfIoTargetSendWriteSynchronously(t, r, &in, NULL, NULL, &bytes),
                     STATUS_INTEGER_OVERFLOW);
    WDF_MEMORY_DESCRIPTOR_INIT_BUFFER(&in, NULL, 3);
    assert_int_equal(WdfIoTargetSendWriteSynchronously(t, r, &in, NULL, NULL, &bytes),
                     STATUS_INVALID_PARAMETER);
    WDF_MEMORY_DESCRIPTOR_INIT_BUFFER(&in, a, 3);
    assert_int_equal(WdfIoTargetSendInternalIoctlOthersSynchronously(t, r, CODE_NEITHER, &in, &out,
                                                                     NULL, NULL, &bytes),
                     STATUS_SUCCESS);
    assert_int_equal(got_code, CODE_NEITHER);
    WdfObjectDelete(r);
    WdfObjectDelete(m);
}

static void sending_and_waiting(void **state)
{
    (void)state;
    io_run(with_lower, synchronous, 0);
}

static void asynchronous(struct sim *s)
{
    WDFIOTARGET t = begin();
    WDF_REQUEST_REUSE_PARAMS reuse;
    WDFMEMORY m = NULL;
    UCHAR *mb = NULL;
    WDFREQUEST r = make(t);
    IO_STACK_LOCATION at;

    (void)s;
    assert_int_equal(WdfMemoryCreate(NULL, NonPagedPoolNx, 0x6f69, 16, &m, (PVOID *)&mb),
                     STATUS_SUCCESS);
    assert_false(WdfRequestSend(r, t, NULL)); /* not formatted */
    assert_int_equal(WdfRequestGetStatus(r), STATUS_REQUEST_NOT_ACCEPTED);
    assert_int_equal(WdfIoTargetFormatRequestForRead(t, r, m, NULL, NULL), STATUS_SUCCESS);
    WdfRequestSetCompletionRoutine(r, on_end, (WDFCONTEXT)5);
    assert_true(WdfRequestSend(r, t, NULL));
    assert_int_equal(ended, 1);
    assert_int_equal(end_status, STATUS_SUCCESS);
    assert_int_equal(end_bytes, 16);
    assert_int_equal(end_type, WdfRequestTypeRead);
    assert_ptr_equal(end_context, (WDFCONTEXT)5);
    assert_memory_equal(mb, "rrrrrrrrrrrrrrrr", 16);
    WDF_REQUEST_REUSE_PARAMS_INIT(&reuse, WDF_REQUEST_REUSE_NO_FLAGS, STATUS_NOT_SUPPORTED);
    assert_int_equal(WdfRequestReuse(r, &reuse), STATUS_SUCCESS);
    assert_int_equal(WdfRequestGetStatus(r), STATUS_NOT_SUPPORTED);
    reuse.Size--;
    assert_int_equal(WdfRequestReuse(r, &reuse), STATUS_INVALID_PARAMETER);
    assert_int_equal(WdfRequestChangeTarget(r, t), STATUS_SUCCESS);
    /* Pending, then ended by the driver below. */
    pend = true;
    assert_int_equal(WdfIoTargetFormatRequestForWrite(t, r, m, NULL, NULL), STATUS_SUCCESS);
    WdfRequestSetCompletionRoutine(r, on_end, NULL);
    assert_true(WdfRequestSend(r, t, NULL));
    assert_int_equal(ended, 1);
    lower_end(STATUS_DEVICE_DATA_ERROR);
    assert_int_equal(ended, 2);
    assert_int_equal(end_status, STATUS_DEVICE_DATA_ERROR);
    WDF_REQUEST_REUSE_PARAMS_INIT(&reuse, WDF_REQUEST_REUSE_NO_FLAGS, STATUS_SUCCESS);
    WdfRequestReuse(r, &reuse);
    assert_int_equal(WdfIoTargetFormatRequestForIoctl(t, r, CODE_BUFFERED, m, NULL, m,
                                                      &(WDFMEMORY_OFFSET) { 4, 4 }),
                     STATUS_SUCCESS);
    WdfRequestSetCompletionRoutine(r, on_end, NULL);
    assert_true(WdfRequestSend(r, t, NULL));
    assert_true(WdfRequestCancelSentRequest(r));
    assert_int_equal(ended, 3);
    assert_int_equal(end_status, STATUS_CANCELLED);
    assert_int_equal(end_type, WdfRequestTypeDeviceControl);
    assert_false(WdfRequestCancelSentRequest(r)); /* it is back */
    pend = false;
    WdfRequestReuse(r, &reuse);
    assert_int_equal(WdfIoTargetFormatRequestForInternalIoctl(t, r, CODE_BUFFERED, m, NULL, NULL,
                                                              NULL),
                     STATUS_SUCCESS);
    assert_true(WdfRequestSend(r, t, NULL)); /* nobody wants to hear of it */
    assert_int_equal(ended, 3);
    WdfRequestReuse(r, &reuse);
    assert_int_equal(WdfIoTargetFormatRequestForInternalIoctlOthers(t, r, CODE_NEITHER, m, NULL,
                                                                    NULL, NULL, NULL, NULL),
                     STATUS_SUCCESS);
    assert_true(WdfRequestSend(r, t, NULL));
    /* A stack location of the driver's own. */
    WdfRequestReuse(r, &reuse);
    memset(&at, 0, sizeof(at));
    at.MajorFunction = IRP_MJ_INTERNAL_DEVICE_CONTROL;
    at.Parameters.DeviceIoControl.IoControlCode = 0x4711 << 2 | METHOD_NEITHER;
    WdfRequestWdmFormatUsingStackLocation(r, &at);
    assert_true(WdfRequestSend(r, t, NULL));
    assert_int_equal(got_code, 0x4711 << 2 | METHOD_NEITHER);
    WdfObjectDelete(r);
    WdfObjectDelete(m);
}

static void sending_and_hearing_of_the_end(void **state)
{
    (void)state;
    io_run(with_lower, asynchronous, 0);
}

static void timeouts(struct sim *s)
{
    WDFIOTARGET t = begin();
    WDF_REQUEST_SEND_OPTIONS o;
    WDFREQUEST r = make(t);
    uint64_t then = sched_now_ns(s);

    pend = true;
    assert_int_equal(WdfRequestAllocateTimer(r), STATUS_SUCCESS);
    assert_int_equal(WdfIoTargetFormatRequestForInternalIoctl(t, r, CODE_NEITHER, NULL, NULL, NULL,
                                                              NULL),
                     STATUS_SUCCESS);
    WDF_REQUEST_SEND_OPTIONS_INIT(&o, WDF_REQUEST_SEND_OPTION_SYNCHRONOUS);
    WDF_REQUEST_SEND_OPTIONS_SET_TIMEOUT(&o, WDF_REL_TIMEOUT_IN_MS(3));
    assert_true(WdfRequestSend(r, t, &o));
    assert_int_equal(WdfRequestGetStatus(r), STATUS_IO_TIMEOUT);
    assert_true(sched_now_ns(s) - then >= 3000000);
    assert_int_equal(WdfIoTargetSendReadSynchronously(t, NULL, NULL, NULL, &o, NULL),
                     STATUS_IO_TIMEOUT);
    WdfObjectDelete(r);
    r = make(t);
    assert_int_equal(WdfIoTargetFormatRequestForInternalIoctl(t, r, CODE_NEITHER, NULL, NULL, NULL,
                                                              NULL),
                     STATUS_SUCCESS);
    WdfRequestSetCompletionRoutine(r, on_end, NULL);
    o.Flags = WDF_REQUEST_SEND_OPTION_TIMEOUT;
    assert_true(WdfRequestSend(r, t, &o));
    assert_int_equal(ended, 0);
    sched_block(s, sched_now_ns(s) + 4000000);
    assert_int_equal(ended, 1);
    assert_int_equal(end_status, STATUS_IO_TIMEOUT);
    o.Size--;
    assert_false(WdfRequestSend(r, t, &o));
    assert_int_equal(WdfRequestGetStatus(r), STATUS_INVALID_PARAMETER);
    WdfObjectDelete(r);
}

static void what_takes_too_long_is_cancelled(void **state)
{
    (void)state;
    io_run(with_lower, timeouts, 0);
}

static void states(struct sim *s)
{
    WDFIOTARGET t = begin();
    WDF_REQUEST_SEND_OPTIONS o;
    WDFREQUEST r = make(t);

    (void)s;
    WdfIoTargetStop(t, WdfIoTargetLeaveSentIoPending);
    assert_int_equal(WdfIoTargetGetState(t), WdfIoTargetStopped);
    assert_int_equal(WdfIoTargetFormatRequestForInternalIoctl(t, r, CODE_NEITHER, NULL, NULL, NULL,
                                                              NULL),
                     STATUS_SUCCESS);
    WdfRequestSetCompletionRoutine(r, on_end, NULL);
    assert_true(WdfRequestSend(r, t, NULL)); /* it waits */
    assert_int_equal(ended, 0);
    assert_int_equal(WdfIoTargetStart(t), STATUS_SUCCESS);
    assert_int_equal(ended, 1);
    pend = true;
    assert_int_equal(WdfIoTargetFormatRequestForInternalIoctl(t, r, CODE_NEITHER, NULL, NULL, NULL,
                                                              NULL),
                     STATUS_SUCCESS);
    WdfRequestSetCompletionRoutine(r, on_end, NULL);
    assert_true(WdfRequestSend(r, t, NULL));
    WdfIoTargetStop(t, WdfIoTargetCancelSentIo);
    assert_int_equal(ended, 2);
    assert_int_equal(end_status, STATUS_CANCELLED);
    WdfObjectDelete(r);
    r = make(t);
    WdfIoTargetPurge(t, WdfIoTargetPurgeIoAndWait);
    assert_int_equal(WdfIoTargetGetState(t), WdfIoTargetPurged);
    assert_int_equal(WdfIoTargetFormatRequestForInternalIoctl(t, r, CODE_NEITHER, NULL, NULL, NULL,
                                                              NULL),
                     STATUS_SUCCESS);
    assert_false(WdfRequestSend(r, t, NULL));
    assert_int_equal(WdfRequestGetStatus(r), STATUS_INVALID_DEVICE_STATE);
    pend = false;
    WDF_REQUEST_SEND_OPTIONS_INIT(&o, WDF_REQUEST_SEND_OPTION_IGNORE_TARGET_STATE);
    WdfRequestSetCompletionRoutine(r, on_end, NULL);
    assert_true(WdfRequestSend(r, t, &o));
    assert_int_equal(ended, 3);
    WdfObjectDelete(r);
}

static void a_targets_state_decides(void **state)
{
    (void)state;
    io_run(with_lower, states, 0);
}

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
        cmocka_unit_test(sending_and_waiting),
        cmocka_unit_test(sending_and_hearing_of_the_end),
        cmocka_unit_test(what_takes_too_long_is_cancelled),
        cmocka_unit_test(a_targets_state_decides),
        cmocka_unit_test(a_queues_request_is_sent_on),
        cmocka_unit_test(a_driver_opens_other_devices),
        cmocka_unit_test(an_irp_of_the_drivers_is_a_request),
        cmocka_unit_test(a_target_is_asked_for_what_it_has),
        cmocka_unit_test(sending_twice_is_a_bug_check),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
