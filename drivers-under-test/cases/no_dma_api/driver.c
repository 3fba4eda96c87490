/*
 * A driver for a card with 32 address lines, sold when machines had two gigabytes.
 *
 * FAULT_TRUNCATED: it gives the card the physical addresses of the buffer, of which the card's register
 * takes the lower half. With memory above 4 GiB the upper half is not zero, and the card reads and writes
 * somebody else's memory. With an adapter the system puts what the card cannot reach into memory that it
 * can, and the driver has nothing to do for it.
 */
#include "pktdma.h"

#define MAXIMUM_BYTES (16 * PAGE_SIZE)

static NTSTATUS CardStart(PCASE Case)
{
#if FAULT_TRUNCATED
    Case->MapRegisters = MAXIMUM_BYTES / PAGE_SIZE + 1; /* nobody to ask */
    return STATUS_SUCCESS;
#else
    Case->Adapter = CaseAdapterGet(Case, DEVICE_DESCRIPTION_VERSION2, 32, FALSE, MAXIMUM_BYTES,
                                   &Case->MapRegisters);
    return Case->Adapter ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
#endif
}

static VOID CardStop(PCASE Case)
{
    if (Case->Adapter != NULL)
        Case->Adapter->DmaOperations->PutDmaAdapter(Case->Adapter);
    Case->Adapter = NULL;
}

#if FAULT_TRUNCATED
/* A page at a time, since the next one is elsewhere. */
static NTSTATUS CardMove(PCASE Case, PMDL Mdl, ULONG Offset, ULONG Length, ULONGLONG CardAddress,
                         BOOLEAN ToCard)
{
    PUCHAR at = MmGetSystemAddressForMdlSafe(Mdl, NormalPagePriority);
    NTSTATUS status = STATUS_SUCCESS;
    ULONG piece;

    if (at == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    at += Offset;
    for (; Length != 0 && NT_SUCCESS(status); Length -= piece, at += piece, CardAddress += piece) {
        piece = min(Length, PAGE_SIZE - BYTE_OFFSET(at));
        piece = min(piece, PKTDMA_WINDOW_BYTES - (ULONG)(CardAddress % PKTDMA_WINDOW_BYTES));
        PktdmaGo(Case, MmGetPhysicalAddress(at).LowPart, piece, CardAddress, ToCard);
        status = PktdmaWait(Case);
    }
    return status;
}
#else
static NTSTATUS CardMove(PCASE Case, PMDL Mdl, ULONG Offset, ULONG Length, ULONGLONG CardAddress,
                         BOOLEAN ToCard)
{
    PSCATTER_GATHER_LIST list;
    NTSTATUS status = CaseListBuild(Case, Mdl, Offset, Length, ToCard, &list);
    ULONG i;

    if (!NT_SUCCESS(status))
        return status;
    for (i = 0; i < list->NumberOfElements && NT_SUCCESS(status); i++) {
        PktdmaGo(Case, list->Elements[i].Address.LowPart, list->Elements[i].Length, CardAddress, ToCard);
        status = PktdmaWait(Case);
        CardAddress += list->Elements[i].Length;
    }
    CaseListPut(Case->Adapter, list, ToCard);
    CaseListFree(list);
    return status;
}
#endif

static NTSTATUS CardRequest(PCASE Case, PIRP Irp, PIO_STACK_LOCATION Stack, PULONG_PTR Information)
{
    BOOLEAN toCard = Stack->MajorFunction == IRP_MJ_WRITE;
    ULONG length = Stack->Parameters.Write.Length, done, piece;
    ULONGLONG at = (ULONGLONG)Stack->Parameters.Write.ByteOffset.QuadPart;
    NTSTATUS status = STATUS_SUCCESS;

    if (Stack->MajorFunction == IRP_MJ_DEVICE_CONTROL)
        return STATUS_INVALID_DEVICE_REQUEST;
    if (length == 0 || at > PKTDMA_CARD_MEMORY || length > PKTDMA_CARD_MEMORY - at)
        return STATUS_INVALID_PARAMETER;
    for (done = 0; done < length && NT_SUCCESS(status); done += piece) {
        piece = CasePiece(Case, length - done);
        piece = min(piece, PKTDMA_WINDOW_BYTES - (ULONG)((at + done) % PKTDMA_WINDOW_BYTES));
        status = CardMove(Case, Irp->MdlAddress, done, piece, at + done, toCard);
    }
    *Information = length;
    return status;
}

static const CASE_HOOKS CaseHooks = {
    .ExtensionBytes = sizeof(CASE),
    .Start = CardStart,
    .Halt = PktdmaHalt,
    .Stop = CardStop,
    .Request = CardRequest,
    .Interrupt = PktdmaInterrupt,
};
