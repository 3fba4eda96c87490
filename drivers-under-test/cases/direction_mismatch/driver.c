/*
 * The driver of a computing card. A request is METHOD_OUT_DIRECT or a read: its buffer is to be filled by
 * the card, so the list is built with WriteToDevice FALSE.
 *
 * FAULT_PUT_DIRECTION: the Put says TRUE. Whoever wrote it thought of the request's own direction ("the
 * program writes to the card"), or copied the line from the other path. Where the card reached the pages
 * themselves nothing depends on it.
 */
#include "sgdma.h"

static NTSTATUS CardStart(PCASE Case)
{
    return SgdmaStart(Case, DEVICE_DESCRIPTION_VERSION2);
}

static NTSTATUS CardMove(PCASE Case, PRING Ring, PMDL Mdl, ULONG Offset, ULONG Length,
                         ULONGLONG CardAddress, BOOLEAN ToCard)
{
    PSCATTER_GATHER_LIST list;
    NTSTATUS status = CaseListBuild(Case, Mdl, Offset, Length, ToCard, &list);

    if (!NT_SUCCESS(status))
        return status;
    RingAddList(Ring, list, CardAddress);
    RingGo(Case, Ring);
    status = RingWait(Case, Ring);
#if FAULT_PUT_DIRECTION
    CaseListPut(Case->Adapter, list, TRUE);
#else
    CaseListPut(Case->Adapter, list, ToCard);
#endif
    CaseListFree(list);
    return status;
}

static NTSTATUS CardRequest(PCASE Case, PIRP Irp, PIO_STACK_LOCATION Stack, PULONG_PTR Information)
{
    return SgdmaRequest(Case, Irp, Stack, Information, CardMove);
}

static const CASE_HOOKS CaseHooks = {
    .ExtensionBytes = sizeof(SGDMA),
    .Start = CardStart,
    .Run = SgdmaRun,
    .Halt = SgdmaHalt,
    .Stop = SgdmaStop,
    .Request = CardRequest,
    .Interrupt = SgdmaInterrupt,
};
