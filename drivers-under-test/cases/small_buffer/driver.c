/*
 * The driver of a computing card that copies buffers in and out by a page table. BuildScatterGatherList
 * takes the driver's own memory for the list, so when it returns STATUS_SUCCESS the list seems to be there.
 *
 * FAULT_LIST_READ_EARLY: the list is read when the call has returned. It is there when the execution
 * routine is called, which is often before the return, and later when map registers have to be waited
 * for. An external device behind an IOMMU needs them for parts of pages alone: whole pages work, 128
 * bytes do not.
 *
 * FAULT_ZERO_ACCEPTED: such a list has no elements yet. Nobody looks, no page goes into the table, and the
 * card works on the pages of the request before.
 */
#include "accel.h"

/* Memory for a list of these bytes. */
static NTSTATUS ListAllocate(PCASE Case, PMDL Mdl, PVOID Va, ULONG Length, PSCATTER_GATHER_LIST *List,
                             PULONG Bytes)
{
    ULONG registers;
    NTSTATUS status = Case->Adapter->DmaOperations->CalculateScatterGatherList(
        Case->Adapter, Mdl, Va, Length, Bytes, &registers);

    if (!NT_SUCCESS(status))
        return status;
    *List = ExAllocatePool2(POOL_FLAG_NON_PAGED, *Bytes, CASE_POOL_TAG);
    return *List ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

static NTSTATUS Transfer(PCASE Case, ULONG Offset, ULONG Length, ULONG Pages, BOOLEAN ToCard)
{
#if FAULT_ZERO_ACCEPTED
    UNREFERENCED_PARAMETER(Pages);
#else
    if (Pages == 0)
        return STATUS_UNSUCCESSFUL;
#endif
    CaseWrite(Case, ACCEL_BYTES, Length);
    CaseWrite(Case, ACCEL_CARD_OFFSET, Offset);
    AccelGo(Case, ToCard ? COMMAND_COPY_IN : COMMAND_COPY_OUT);
    return AccelWait(Case);
}

static NTSTATUS Copy(PCASE Case, PMDL Mdl, ULONG Offset, ULONG Length, BOOLEAN ToCard)
{
    PVOID va = (PUCHAR)MmGetMdlVirtualAddress(Mdl) + Offset;
    PSCATTER_GATHER_LIST list;
    ULONG bytes, pages = 0;
    NTSTATUS status;
    KEVENT granted;
    KIRQL irql;

    status = ListAllocate(Case, Mdl, va, Length, &list, &bytes);
    if (!NT_SUCCESS(status))
        return status;
    KeInitializeEvent(&granted, NotificationEvent, FALSE);
    KeFlushIoBuffers(Mdl, !ToCard, TRUE);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    status = Case->Adapter->DmaOperations->BuildScatterGatherList(
        Case->Adapter, Case->Self, Mdl, va, Length, CaseListControl, &granted, ToCard, list, bytes);
#if FAULT_LIST_READ_EARLY
    if (NT_SUCCESS(status))
        pages = AccelTableFill(Case, list);
#endif
    KeLowerIrql(irql);
    if (NT_SUCCESS(status)) {
        KeWaitForSingleObject(&granted, Executive, KernelMode, FALSE, NULL);
#if !FAULT_LIST_READ_EARLY
        pages = AccelTableFill(Case, list);
#endif
        status = Transfer(Case, Offset, Length, pages, ToCard);
        CaseListPut(Case->Adapter, list, ToCard);
    }
    CaseListFree(list);
    return status;
}

static NTSTATUS CardRequest(PCASE Case, PIRP Irp, PIO_STACK_LOCATION Stack, PULONG_PTR Information)
{
    BOOLEAN toCard = Stack->MajorFunction == IRP_MJ_WRITE;
    ULONG length = Stack->Parameters.Write.Length, done, piece;
    NTSTATUS status = STATUS_SUCCESS;

    if (Stack->MajorFunction == IRP_MJ_DEVICE_CONTROL)
        return STATUS_INVALID_DEVICE_REQUEST;
    if (length == 0 || length > BUFFER_BYTES_MAX ||
        BYTE_OFFSET(MmGetMdlVirtualAddress(Irp->MdlAddress)) != 0)
        return STATUS_INVALID_PARAMETER;
    for (done = 0; done < length && NT_SUCCESS(status); done += piece) {
        piece = CasePiece(Case, length - done);
        status = Copy(Case, Irp->MdlAddress, done, piece, toCard);
    }
    *Information = length;
    return status;
}

static const CASE_HOOKS CaseHooks = {
    .ExtensionBytes = sizeof(ACCEL),
    .Start = AccelStart,
    .Run = AccelRun,
    .Halt = AccelHalt,
    .Stop = AccelStop,
    .Request = CardRequest,
    .Interrupt = AccelInterrupt,
};
