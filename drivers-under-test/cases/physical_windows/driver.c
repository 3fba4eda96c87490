/*
 * The driver of a video card that writes its frames through windows of a megabyte, each of which has to
 * begin at a whole megabyte of memory that lies in one piece.
 *
 * FAULT_RAW_WINDOWS: so that is what it asks memory for, and the windows get what MmGetPhysicalAddress says
 * of it. Nobody has told the machine that a device uses this memory: behind an IOMMU the card reaches
 * nothing, and where the bus sees memory elsewhere it writes into something else.
 */
#include "capture.h"

#if FAULT_RAW_WINDOWS
static NTSTATUS CardStart(PCASE Case)
{
    PCAPTURE card = (PCAPTURE)Case;
    PHYSICAL_ADDRESS low, high, skip;
    PUCHAR at;
    ULONG i;

    low.QuadPart = 0;
    high.QuadPart = -1;
    skip.QuadPart = WINDOW_BYTES;
    card->Mdl = MmAllocatePagesForMdlEx(low, high, skip, RING_BYTES, MmCached,
                                        MM_ALLOCATE_REQUIRE_CONTIGUOUS_CHUNKS |
                                            MM_ALLOCATE_FULLY_REQUIRED);
    if (card->Mdl == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    at = MmGetSystemAddressForMdlSafe(card->Mdl, NormalPagePriority);
    if (at == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    for (i = 0; i < CAPTURE_USED; i++)
        card->Windows[i] = (ULONGLONG)MmGetPhysicalAddress(at + i * WINDOW_BYTES).QuadPart;
    return STATUS_SUCCESS;
}

static VOID CardStop(PCASE Case)
{
    PCAPTURE card = (PCAPTURE)Case;

    if (card->Mdl == NULL)
        return;
    MmFreePagesFromMdl(card->Mdl);
    ExFreePool(card->Mdl);
    card->Mdl = NULL;
}
#else
static NTSTATUS CardStart(PCASE Case)
{
    NTSTATUS status = CaptureAdapterGet(Case);

    return NT_SUCCESS(status) ? CaptureRingAllocate(Case) : status;
}

static VOID CardStop(PCASE Case)
{
    CaptureRingFree(Case);
    CaptureAdapterPut(Case);
}
#endif

static const CASE_HOOKS CaseHooks = {
    .ExtensionBytes = sizeof(CAPTURE),
    .Start = CardStart,
    .Run = CaptureRun,
    .Halt = CaptureHalt,
    .Stop = CardStop,
    .Request = CaptureRequest,
    .Cleanup = CaptureUnmapRing,
    .Interrupt = CaptureInterrupt,
};
