/*
 * One call of each function of a DMA transaction, for the table of wdf_dma_table.c: each gives the word for
 * what came back.
 */
#ifndef DMACHECK_TESTS_UNIT_WDF_DMA_CALLS_H
#define DMACHECK_TESTS_UNIT_WDF_DMA_CALLS_H

#include "tests/unit/wdf_dma.h"

#include "tests/unit/nt_dma_system.h"

static struct buffer b;

static const char *word_of(NTSTATUS status)
{
    return status == STATUS_SUCCESS ? "ok" : status == STATUS_INVALID_DEVICE_REQUEST ? "idr" : "?";
}
static const char *truth(BOOLEAN value) { return value ? "T" : "F"; }
static const char *something(uint64_t value) { return value ? "p" : "n"; }

static const WDF_DMA_DIRECTION read = WdfDmaDirectionReadFromDevice;

static VOID on_reserve(WDFDMATRANSACTION DmaTransaction, PVOID Context)
{
    (void)DmaTransaction, (void)Context;
}
static BOOLEAN on_configure(WDFDMATRANSACTION DmaTransaction, WDFDEVICE Device, PVOID Context,
                            PMDL Mdl, size_t Offset, size_t Length)
{
    (void)DmaTransaction, (void)Device, (void)Context, (void)Mdl, (void)Offset, (void)Length;
    return TRUE;
}

static const char *f_initialize(WDFDMATRANSACTION t)
{
    return word_of(WdfDmaTransactionInitialize(t, on_program, read, b.mdl, b.p, b.bytes));
}
static const char *f_initialize_offset(WDFDMATRANSACTION t)
{
    return word_of(WdfDmaTransactionInitializeUsingOffset(t, on_program, read, b.mdl, 8, 64));
}
static const char *f_execute(WDFDMATRANSACTION t)
{
    return word_of(WdfDmaTransactionExecute(t, NULL));
}
static const char *f_release(WDFDMATRANSACTION t) { return word_of(WdfDmaTransactionRelease(t)); }
static const char *f_completed(WDFDMATRANSACTION t)
{
    NTSTATUS status;

    return truth(WdfDmaTransactionDmaCompleted(t, &status));
}
static const char *f_with_length(WDFDMATRANSACTION t)
{
    NTSTATUS status;

    return truth(
        WdfDmaTransactionDmaCompletedWithLength(t, WdfDmaTransactionGetCurrentDmaTransferLength(t),
                                                &status));
}
static const char *f_final(WDFDMATRANSACTION t)
{
    NTSTATUS status;

    return truth(WdfDmaTransactionDmaCompletedFinal(t, 0, &status));
}
static const char *f_bytes(WDFDMATRANSACTION t)
{
    return something(WdfDmaTransactionGetBytesTransferred(t));
}
static const char *f_current(WDFDMATRANSACTION t)
{
    return something(WdfDmaTransactionGetCurrentDmaTransferLength(t));
}
static const char *f_maximum(WDFDMATRANSACTION t)
{
    WdfDmaTransactionSetMaximumLength(t, 64);
    return "-";
}
static const char *f_single(WDFDMATRANSACTION t)
{
    WdfDmaTransactionSetSingleTransferRequirement(t, FALSE);
    return "-";
}
static const char *f_request(WDFDMATRANSACTION t)
{
    return something((uintptr_t)WdfDmaTransactionGetRequest(t));
}
static const char *f_device(WDFDMATRANSACTION t)
{
    return WdfDmaTransactionGetDevice(t) == W.device ? "p" : "n";
}
static const char *f_info(WDFDMATRANSACTION t)
{
    ULONG registers, elements;

    WdfDmaTransactionGetTransferInfo(t, &registers, &elements);
    return "-";
}
static const char *f_configure(WDFDMATRANSACTION t)
{
    WdfDmaTransactionSetChannelConfigurationCallback(t, on_configure, NULL);
    return "-";
}
static const char *f_complete(WDFDMATRANSACTION t)
{
    WdfDmaTransactionSetTransferCompleteCallback(t, NULL, NULL);
    return "-";
}
static const char *f_immediate(WDFDMATRANSACTION t)
{
    WdfDmaTransactionSetImmediateExecution(t, FALSE);
    return "-";
}
static const char *f_allocate(WDFDMATRANSACTION t)
{
    return word_of(WdfDmaTransactionAllocateResources(t, read, 2, on_reserve, NULL));
}
static const char *f_allocate_none(WDFDMATRANSACTION t)
{
    return word_of(WdfDmaTransactionAllocateResources(t, read, 0, on_reserve, NULL));
}
static const char *f_address(WDFDMATRANSACTION t)
{
    WdfDmaTransactionSetDeviceAddressOffset(t, 0);
    return "-";
}
static const char *f_free(WDFDMATRANSACTION t)
{
    WdfDmaTransactionFreeResources(t);
    return "-";
}
static const char *f_cancel(WDFDMATRANSACTION t) { return truth(WdfDmaTransactionCancel(t)); }
static const char *f_context(WDFDMATRANSACTION t)
{
    return something((uintptr_t)WdfDmaTransactionWdmGetTransferContext(t));
}
static const char *f_stop(WDFDMATRANSACTION t)
{
    WdfDmaTransactionStopSystemTransfer(t);
    return "-";
}
static const char *f_delete(WDFDMATRANSACTION t)
{
    WdfObjectDelete(t);
    return "-";
}

#endif
