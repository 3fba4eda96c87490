/*
 * The driver of a video card that writes its frames through windows of a megabyte. Each window has memory
 * of its own, since a single piece of all of them is not to be had on a machine that has run for a while;
 * but the program wants to see them in a row.
 *
 * FAULT_PFNS_COPIED: so a large MDL is put together out of the page frame numbers of the small ones, and
 * mapped into the program. An MDL is more than its numbers: who locked these pages, how often, and with
 * what mapping, is in the small ones. Right is a mapping of each MDL.
 *
 * FAULT_RAW_WINDOWS: the windows get the physical addresses that the numbers make. Right is memory that was
 * allocated for the device, a common buffer.
 */
#include "capture.h"

typedef struct _CHUNK {
    PMDL Mdl;
    PVOID User;
    PVOID Common;
    PHYSICAL_ADDRESS CommonLogical;
} CHUNK, *PCHUNK;

typedef struct _CARD {
    CAPTURE Capture;
    CHUNK Chunks[CAPTURE_USED];
} CARD, *PCARD;

/* --- a window's memory --- */

#if FAULT_RAW_WINDOWS
static NTSTATUS ChunkAllocate(PCASE Case, PCHUNK Chunk, PULONGLONG Window)
{
    PHYSICAL_ADDRESS low, high, skip;

    UNREFERENCED_PARAMETER(Case);
    low.QuadPart = 0;
    high.QuadPart = -1;
    skip.QuadPart = WINDOW_BYTES;
    Chunk->Mdl = MmAllocatePagesForMdlEx(low, high, skip, WINDOW_BYTES, MmCached,
                                         MM_ALLOCATE_REQUIRE_CONTIGUOUS_CHUNKS |
                                             MM_ALLOCATE_FULLY_REQUIRED);
    if (Chunk->Mdl == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    *Window = (ULONGLONG)MmGetMdlPfnArray(Chunk->Mdl)[0] << PAGE_SHIFT;
    return STATUS_SUCCESS;
}

static VOID ChunkFree(PCASE Case, PCHUNK Chunk)
{
    UNREFERENCED_PARAMETER(Case);
    if (Chunk->Mdl == NULL)
        return;
    MmFreePagesFromMdl(Chunk->Mdl);
    ExFreePool(Chunk->Mdl);
    Chunk->Mdl = NULL;
}
#else
static NTSTATUS ChunkAllocate(PCASE Case, PCHUNK Chunk, PULONGLONG Window)
{
    PUCHAR at = CaptureCommonGet(Case, WINDOW_BYTES, &Chunk->Common, &Chunk->CommonLogical, Window);

    if (at == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    Chunk->Mdl = IoAllocateMdl(at, WINDOW_BYTES, FALSE, FALSE, NULL);
    if (Chunk->Mdl == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    MmBuildMdlForNonPagedPool(Chunk->Mdl);
    return STATUS_SUCCESS;
}

static VOID ChunkFree(PCASE Case, PCHUNK Chunk)
{
    if (Chunk->Mdl != NULL)
        IoFreeMdl(Chunk->Mdl);
    Chunk->Mdl = NULL;
    if (Chunk->Common != NULL)
        Case->Adapter->DmaOperations->FreeCommonBuffer(Case->Adapter, 2 * WINDOW_BYTES,
                                                       Chunk->CommonLogical, Chunk->Common, TRUE);
    Chunk->Common = NULL;
}
#endif

/* --- all windows in a program --- */

#if FAULT_PFNS_COPIED
static NTSTATUS ChunksJoin(PCARD Card)
{
    const ULONG pages = WINDOW_BYTES / PAGE_SIZE;
    PMDL all = IoAllocateMdl(NULL, RING_BYTES, FALSE, FALSE, NULL);
    ULONG i;

    if (all == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    for (i = 0; i < CAPTURE_USED; i++) {
        RtlCopyMemory(&MmGetMdlPfnArray(all)[i * pages], MmGetMdlPfnArray(Card->Chunks[i].Mdl),
                      pages * sizeof(PFN_NUMBER));
        all->MdlFlags = Card->Chunks[i].Mdl->MdlFlags;
    }
    Card->Capture.Mdl = all;
    return STATUS_SUCCESS;
}

static NTSTATUS ChunksMap(PCARD Card, struct capture_map *Map)
{
    NTSTATUS status = CaptureMapToUser(Card->Capture.Mdl, &Card->Capture.User);
    ULONG i;

    for (i = 0; i < CAPTURE_USED && NT_SUCCESS(status); i++)
        Map->window[i] = (ULONG_PTR)Card->Capture.User + i * WINDOW_BYTES;
    return status;
}

static VOID ChunksUnmap(PCARD Card)
{
    if (Card->Capture.User != NULL)
        MmUnmapLockedPages(Card->Capture.User, Card->Capture.Mdl);
    Card->Capture.User = NULL;
}
#else
static NTSTATUS ChunksJoin(PCARD Card)
{
    UNREFERENCED_PARAMETER(Card);
    return STATUS_SUCCESS;
}

static VOID ChunksUnmap(PCARD Card)
{
    ULONG i;

    for (i = 0; i < CAPTURE_USED; i++) {
        if (Card->Chunks[i].User != NULL)
            MmUnmapLockedPages(Card->Chunks[i].User, Card->Chunks[i].Mdl);
        Card->Chunks[i].User = NULL;
    }
    Card->Capture.User = NULL;
}

static NTSTATUS ChunksMap(PCARD Card, struct capture_map *Map)
{
    NTSTATUS status = STATUS_SUCCESS;
    ULONG i;

    for (i = 0; i < CAPTURE_USED && NT_SUCCESS(status); i++) {
        status = CaptureMapToUser(Card->Chunks[i].Mdl, &Card->Chunks[i].User);
        Map->window[i] = (ULONG_PTR)Card->Chunks[i].User;
    }
    if (!NT_SUCCESS(status))
        ChunksUnmap(Card);
    Card->Capture.User = Card->Chunks[0].User;
    return status;
}
#endif

static NTSTATUS CardStart(PCASE Case)
{
    PCARD card = (PCARD)Case;
    NTSTATUS status = CaptureAdapterGet(Case);
    ULONG i;

    for (i = 0; i < CAPTURE_USED && NT_SUCCESS(status); i++)
        status = ChunkAllocate(Case, &card->Chunks[i], &card->Capture.Windows[i]);
    return NT_SUCCESS(status) ? ChunksJoin(card) : status;
}

static VOID CardStop(PCASE Case)
{
    PCARD card = (PCARD)Case;
    ULONG i;

    if (Case->Adapter == NULL)
        return;
    if (card->Capture.Mdl != NULL)
        IoFreeMdl(card->Capture.Mdl);
    card->Capture.Mdl = NULL;
    for (i = 0; i < CAPTURE_USED; i++)
        ChunkFree(Case, &card->Chunks[i]);
    CaptureAdapterPut(Case);
}

static VOID CardCleanup(PCASE Case, PFILE_OBJECT FileObject)
{
    PCARD card = (PCARD)Case;

    if (card->Capture.File == FileObject)
        ChunksUnmap(card);
}

static NTSTATUS CardRequest(PCASE Case, PIRP Irp, PIO_STACK_LOCATION Stack, PULONG_PTR Information)
{
    PCARD card = (PCARD)Case;
    NTSTATUS status;

    if (Stack->MajorFunction != IRP_MJ_DEVICE_CONTROL)
        return STATUS_INVALID_DEVICE_REQUEST;
    if (Stack->Parameters.DeviceIoControl.IoControlCode == IOCTL_CAPTURE_FRAME)
        return CaptureFrame(Case, Irp, Stack);
    if (Stack->Parameters.DeviceIoControl.IoControlCode != IOCTL_CAPTURE_MAP)
        return STATUS_INVALID_DEVICE_REQUEST;
    if (Stack->Parameters.DeviceIoControl.OutputBufferLength < sizeof(struct capture_map))
        return STATUS_BUFFER_TOO_SMALL;
    if (card->Capture.User != NULL)
        return STATUS_DEVICE_BUSY;
    status = ChunksMap(card, Irp->AssociatedIrp.SystemBuffer);
    card->Capture.File = Stack->FileObject;
    *Information = sizeof(struct capture_map);
    return status;
}

static const CASE_HOOKS CaseHooks = {
    .ExtensionBytes = sizeof(CARD),
    .Start = CardStart,
    .Run = CaptureRun,
    .Halt = CaptureHalt,
    .Stop = CardStop,
    .Request = CardRequest,
    .Cleanup = CardCleanup,
    .Interrupt = CaptureInterrupt,
};
