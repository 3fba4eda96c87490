/*
 * The driver of a video card whose programs look at the frames where the card puts them: the ring is mapped
 * into the program.
 *
 * FAULT_MAPPING_LEFT: it is never unmapped; a process takes its memory with it when it ends, does it not? It
 * takes its address space, not the pages: they stay the driver's, the mapping stays in the driver's books,
 * and until the process has ended the program can write into memory that the driver has freed.
 */
#include "capture.h"

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

static VOID CardCleanup(PCASE Case, PFILE_OBJECT FileObject)
{
#if FAULT_MAPPING_LEFT
    PCAPTURE card = (PCAPTURE)Case;

    if (card->File == FileObject)
        card->User = NULL; /* the next program may have it */
#else
    CaptureUnmapRing(Case, FileObject);
#endif
}

static const CASE_HOOKS CaseHooks = {
    .ExtensionBytes = sizeof(CAPTURE),
    .Start = CardStart,
    .Run = CaptureRun,
    .Halt = CaptureHalt,
    .Stop = CardStop,
    .Request = CaptureRequest,
    .Cleanup = CardCleanup,
    .Interrupt = CaptureInterrupt,
};
