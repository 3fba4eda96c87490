/*
 * A driver below the framework's device, for the tests of I/O targets: it answers at once or keeps an
 * IRP, and writes down what came.
 */
#ifndef TESTS_UNIT_WDF_IOTARGET_H
#define TESTS_UNIT_WDF_IOTARGET_H

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

static inline VOID lower_cancel(PDEVICE_OBJECT device, PIRP irp)
{
    (void)device;
    IoReleaseCancelSpinLock(irp->CancelIrql);
    pended = NULL;
    io_complete_irp(irp, STATUS_CANCELLED, 0);
}

/* Answers a control code with what it was given, each byte one higher; a read with 'r'. */
static inline NTSTATUS lower(PDEVICE_OBJECT device, PIRP irp)
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

static inline void lower_end(NTSTATUS status)
{
    PIRP irp = pended;

    pended = NULL;
    IoSetCancelRoutine(irp, NULL);
    io_complete_irp(irp, status, 0);
}

static inline VOID on_end(WDFREQUEST request, WDFIOTARGET target, PWDF_REQUEST_COMPLETION_PARAMS p,
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

static inline WDFIOTARGET begin(void)
{
    ended = 0;
    pend = false;
    pended = NULL;
    io_lower_dispatch = lower;
    return WdfDeviceGetIoTarget(io_device());
}

static inline WDFREQUEST make(WDFIOTARGET t)
{
    WDFREQUEST r = NULL;

    assert_int_equal(WdfRequestCreate(NULL, t, &r), STATUS_SUCCESS);
    assert_non_null(r);
    return r;
}

static inline void with_lower(struct fx_device *d)
{
    (void)d;
    io_lower->Flags |= DO_BUFFERED_IO;
}

#endif
