/*
 * A driver that was written on one machine, by somebody who knew that a device needs physical addresses.
 *
 * FAULT_RAW_PHYSICAL: so it asks for them, page by page, and gives them to the card. A device uses
 * addresses of its bus, which only the adapter knows; on many machines the two are the same number.
 */
#include "sgdma.h"

static NTSTATUS CardStart(PCASE Case)
{
    return SgdmaStart(Case, DEVICE_DESCRIPTION_VERSION2);
}

#if FAULT_RAW_PHYSICAL
static NTSTATUS CardMove(PCASE Case, PRING Ring, PMDL Mdl, ULONG Offset, ULONG Length,
                         ULONGLONG CardAddress, BOOLEAN ToCard)
{
    PUCHAR at = MmGetSystemAddressForMdlSafe(Mdl, NormalPagePriority);
    ULONG left, piece;

    UNREFERENCED_PARAMETER(ToCard);
    if (at == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    at += Offset;
    for (left = Length; left != 0; left -= piece, at += piece, CardAddress += piece) {
        PHYSICAL_ADDRESS physical = MmGetPhysicalAddress(at);

        piece = min(left, PAGE_SIZE - BYTE_OFFSET(at));
        RingAdd(Ring, (ULONGLONG)physical.QuadPart, piece, CardAddress, (BOOLEAN)(piece == left));
    }
    RingGo(Case, Ring);
    return RingWait(Case, Ring);
}
#else
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
#endif

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
