/*
 * A driver for a card with its own memory, first written for machines without DMA remapping. A request
 * becomes a list, the list's addresses go into the descriptors that the card reads, the card is
 * started, its interrupt ends the request.
 *
 * FAULT_PUT_EARLY: once the addresses stand in the descriptors the list looks like a piece of paper that
 * has been copied, and it is put away before the card is started. But the addresses are good only as
 * long as the list is.
 */
#include "sgdma.h"

static NTSTATUS CardStart(PCASE Case)
{
    return SgdmaStart(Case, DEVICE_DESCRIPTION_VERSION2);
}

/* One list's worth of a request. */
static NTSTATUS CardMove(PCASE Case, PRING Ring, PMDL Mdl, ULONG Offset, ULONG Length,
                         ULONGLONG CardAddress, BOOLEAN ToCard)
{
    PSCATTER_GATHER_LIST list;
    NTSTATUS status = CaseListBuild(Case, Mdl, Offset, Length, ToCard, &list);

    if (!NT_SUCCESS(status))
        return status;
    RingAddList(Ring, list, CardAddress);
#if FAULT_PUT_EARLY
    CaseListPut(Case->Adapter, list, ToCard);
    RingGo(Case, Ring);
    status = RingWait(Case, Ring);
#else
    RingGo(Case, Ring);
    status = RingWait(Case, Ring);
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
