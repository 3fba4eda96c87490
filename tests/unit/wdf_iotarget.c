/*
 * I/O targets: their states, what is sent to them and how it comes back.
 * Sources: wdf/sending-i-o-requests-to-general-i-o-targets,
 * wdf/controlling-a-general-i-o-target-s-state, wdfrequest/nf-wdfrequest-wdfrequestsend, fxiotarget.cpp.
 */
#include "tests/unit/wdf_iotarget.h"

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

static void waits_at_dispatch(struct sim *s)
{
    WDFIOTARGET t = begin();
    WDF_REQUEST_SEND_OPTIONS o;
    WDFREQUEST r = make(t);
    KIRQL irql;

    (void)s;
    pend = true;
    assert_int_equal(WdfIoTargetFormatRequestForInternalIoctl(t, r, CODE_NEITHER, NULL, NULL, NULL,
                                                              NULL),
                     STATUS_SUCCESS);
    WDF_REQUEST_SEND_OPTIONS_INIT(&o, WDF_REQUEST_SEND_OPTION_SYNCHRONOUS);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    assert_false(WdfRequestSend(r, t, &o));
    KeLowerIrql(irql);
    assert_null(pended); /* it has not gone */
    WdfObjectDelete(r);
}

static void nobody_waits_at_dispatch_level(void **state)
{
    (void)state;
    io_run(with_lower, waits_at_dispatch, 0xB8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sending_and_waiting),
        cmocka_unit_test(sending_and_hearing_of_the_end),
        cmocka_unit_test(what_takes_too_long_is_cancelled),
        cmocka_unit_test(a_targets_state_decides),
        cmocka_unit_test(nobody_waits_at_dispatch_level),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
