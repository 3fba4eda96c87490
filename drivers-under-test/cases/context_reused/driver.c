/*
 * A driver that gets its lists at once. The context of a transfer is opaque and 128 bytes long, and the
 * name of the routine that makes it one sounds like something for the start of the day.
 *
 * FAULT_CONTEXT_KEPT: it is initialised when the device is started and used for every transfer from then
 * on. It has to be initialised for each transaction.
 */
#include "sgdma.h"
#include "v3.h"

typedef struct _CARD {
    SGDMA Sgdma;
    TRANSFER Transfer;
} CARD, *PCARD;

static NTSTATUS CardStart(PCASE Case)
{
    NTSTATUS status = SgdmaStart(Case, DEVICE_DESCRIPTION_VERSION3);

#if FAULT_CONTEXT_KEPT
    if (NT_SUCCESS(status))
        status = TransferInitialize(Case, &((PCARD)Case)->Transfer);
#endif
    return status;
}

static NTSTATUS CardMove(PCASE Case, PRING Ring, PMDL Mdl, ULONG Offset, ULONG Length,
                         ULONGLONG CardAddress, BOOLEAN ToCard)
{
    PTRANSFER transfer = &((PCARD)Case)->Transfer;
    NTSTATUS status = STATUS_SUCCESS;

#if !FAULT_CONTEXT_KEPT
    status = TransferInitialize(Case, transfer);
#endif
    if (NT_SUCCESS(status))
        status = TransferListGet(Case, transfer, Mdl, Offset, Length, ToCard);
    if (!NT_SUCCESS(status))
        return status;
    RingAddList(Ring, transfer->List, CardAddress);
    TransferAdapterFree(Case);
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
