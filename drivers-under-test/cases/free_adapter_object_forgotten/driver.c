/*
 * A driver that gets its lists at once, so without a routine whose return value would say what becomes of
 * the adapter.
 *
 * FAULT_ADAPTER_KEPT: so nobody says it. FreeAdapterObject is what the return value would have been, and
 * until it is called the adapter belongs to the first list.
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
#if !FAULT_ADAPTER_KEPT
    TransferAdapterFree(Case);
#endif
    RingGo(Case, Ring);
    status = RingWait(Case, Ring);
    CaseListPut(Case->Adapter, transfer->List, ToCard);
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
