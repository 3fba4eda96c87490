/*
 * A driver whose card may sleep between two requests. The rings' addresses are written when the device
 * is started, since they never change; at every D0 the channels are set running.
 *
 * FAULT_RING_LOST: below D0 the card forgets its registers, the rings' addresses too. Who comes back to
 * D0 has to write all of them again; this driver sets the channels running on whatever stands there.
 */
#include "sgdma.h"

static NTSTATUS CardStart(PCASE Case)
{
    NTSTATUS status = SgdmaStart(Case, DEVICE_DESCRIPTION_VERSION2);

#if FAULT_RING_LOST
    if (NT_SUCCESS(status)) {
        RingPlace(Case, &((PSGDMA)Case)->ToCard);
        RingPlace(Case, &((PSGDMA)Case)->FromCard);
    }
#endif
    return status;
}

/* The card has power: when it is started, and when it comes back from D3. */
static VOID CardRun(PCASE Case)
{
    PSGDMA card = (PSGDMA)Case;

#if !FAULT_RING_LOST
    RingPlace(Case, &card->ToCard);
    RingPlace(Case, &card->FromCard);
#endif
    RingRun(Case, &card->ToCard);
    RingRun(Case, &card->FromCard);
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
    CaseListPut(Case->Adapter, list, ToCard);
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
    .Run = CardRun,
    .Halt = SgdmaHalt,
    .Stop = SgdmaStop,
    .Request = CardRequest,
    .Interrupt = SgdmaInterrupt,
};
