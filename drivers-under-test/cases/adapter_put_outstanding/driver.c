/*
 * A driver that gets its lists at once, and whose author asks what of it all has to be given back:
 * PutScatterGatherList? FreeAdapterObject? Both? Everything works, until the driver is unloaded.
 *
 * FAULT_LIST_KEPT: FreeAdapterObject sounds like the end of it, so the lists are never put. Each keeps its
 * map registers and a reference of the adapter; PutDmaAdapter stops the machine.
 */
#include "sgdma.h"
#include "v3.h"

typedef struct _CARD {
    SGDMA Sgdma;
    TRANSFER Transfer;
} CARD, *PCARD;

static NTSTATUS CardStart(PCASE Case)
{
    return SgdmaStart(Case, DEVICE_DESCRIPTION_VERSION3);
}

static NTSTATUS CardMove(PCASE Case, PRING Ring, PMDL Mdl, ULONG Offset, ULONG Length,
                         ULONGLONG CardAddress, BOOLEAN ToCard)
{
    PTRANSFER transfer = &((PCARD)Case)->Transfer;
    NTSTATUS status = TransferInitialize(Case, transfer);

    if (NT_SUCCESS(status))
        status = TransferListGet(Case, transfer, Mdl, Offset, Length, ToCard);
    if (!NT_SUCCESS(status))
        return status;
    RingAddList(Ring, transfer->List, CardAddress);
    TransferAdapterFree(Case);
    RingGo(Case, Ring);
    status = RingWait(Case, Ring);
#if !FAULT_LIST_KEPT
    CaseListPut(Case->Adapter, transfer->List, ToCard);
#endif
    return status;
}

static NTSTATUS CardRequest(PCASE Case, PIRP Irp, PIO_STACK_LOCATION Stack, PULONG_PTR Information)
{
    return SgdmaRequest(Case, Irp, Stack, Information, CardMove);
}

static const CASE_HOOKS CaseHooks = {
    .ExtensionBytes = sizeof(CARD),
    .Start = CardStart,
    .Run = SgdmaRun,
    .Halt = SgdmaHalt,
    .Stop = SgdmaStop,
    .Request = CardRequest,
    .Interrupt = SgdmaInterrupt,
};
