/*
 * What the cases on the video card share (capture_model.h says what its registers are): the frames, and a
 * ring of windows as it should be made, which is one common buffer. How else windows were made and mapped
 * is each case's own.
 */
#ifndef CASE_CAPTURE_H
#define CASE_CAPTURE_H

#include "case.h"
#include "capture_ioctl.h"

#define CAPTURE_CONTROL 0x00
#define CAPTURE_CAUSE 0x04
#define CAPTURE_FRAME_AT 0x08
#define CAPTURE_FRAME_BYTES 0x0c
#define CAPTURE_FRAME 0x10
#define CAPTURE_STATUS 0x14
#define CAPTURE_WINDOW(Index) (0x100 + 8 * (Index))

#define WINDOW_BYTES (1024u * 1024u)
#define RING_BYTES (CAPTURE_USED * WINDOW_BYTES)
#define FRAME_BYTES_MAX (64u * 1024u)

#define IOCTL_CAPTURE_MAP CTL_CODE(0x8000, CAPTURE_FUNCTION_MAP, METHOD_BUFFERED, FILE_ANY_ACCESS)
#define IOCTL_CAPTURE_FRAME CTL_CODE(0x8000, CAPTURE_FUNCTION_FRAME, METHOD_BUFFERED, FILE_ANY_ACCESS)

typedef struct _CAPTURE {
    CASE Case;
    ULONGLONG Windows[CAPTURE_USED]; /* what the card is told */
    PVOID Common; /* with room to begin at a whole window */
    ULONG CommonBytes;
    PHYSICAL_ADDRESS CommonLogical;
    PMDL Mdl;         /* over all windows */
    PVOID User;       /* where a program has them; NULL: none has */
    PFILE_OBJECT File; /* of that program */
} CAPTURE, *PCAPTURE;

static __inline NTSTATUS CaptureAdapterGet(PCASE Case)
{
    Case->Adapter = CaseAdapterGet(Case, DEVICE_DESCRIPTION_VERSION2, 64, TRUE, RING_BYTES,
                                   &Case->MapRegisters);
    return Case->Adapter ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

/* A common buffer of so many windows that begins at a whole one for the card; where it does for us. */
static __inline PUCHAR CaptureCommonGet(PCASE Case, ULONG Bytes, PVOID *Common,
                                        PPHYSICAL_ADDRESS Logical, PULONGLONG First)
{
    *Common = Case->Adapter->DmaOperations->AllocateCommonBuffer(Case->Adapter, Bytes + WINDOW_BYTES,
                                                                 Logical, TRUE);
    if (*Common == NULL)
        return NULL;
    *First = ((ULONGLONG)Logical->QuadPart + WINDOW_BYTES - 1) & ~(ULONGLONG)(WINDOW_BYTES - 1);
    return (PUCHAR)*Common + (*First - (ULONGLONG)Logical->QuadPart);
}

static __inline NTSTATUS CaptureRingAllocate(PCASE Case)
{
    PCAPTURE card = (PCAPTURE)Case;
    ULONGLONG first = 0;
    PUCHAR at = CaptureCommonGet(Case, RING_BYTES, &card->Common, &card->CommonLogical, &first);
    ULONG i;

    if (at == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    card->CommonBytes = RING_BYTES + WINDOW_BYTES;
    for (i = 0; i < CAPTURE_USED; i++)
        card->Windows[i] = first + i * WINDOW_BYTES;
    card->Mdl = IoAllocateMdl(at, RING_BYTES, FALSE, FALSE, NULL);
    if (card->Mdl == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    MmBuildMdlForNonPagedPool(card->Mdl);
    return STATUS_SUCCESS;
}

static __inline VOID CaptureRingFree(PCASE Case)
{
    PCAPTURE card = (PCAPTURE)Case;

    if (card->Mdl != NULL)
        IoFreeMdl(card->Mdl);
    card->Mdl = NULL;
    if (card->Common != NULL)
        Case->Adapter->DmaOperations->FreeCommonBuffer(Case->Adapter, card->CommonBytes,
                                                       card->CommonLogical, card->Common, TRUE);
    card->Common = NULL;
}

static __inline VOID CaptureAdapterPut(PCASE Case)
{
    if (Case->Adapter != NULL)
        Case->Adapter->DmaOperations->PutDmaAdapter(Case->Adapter);
    Case->Adapter = NULL;
}

static __inline VOID CaptureRun(PCASE Case)
{
    ULONG i;

    for (i = 0; i < CAPTURE_USED; i++) {
        CaseWrite(Case, CAPTURE_WINDOW(i), (ULONG)((PCAPTURE)Case)->Windows[i]);
        CaseWrite(Case, CAPTURE_WINDOW(i) + 4, (ULONG)(((PCAPTURE)Case)->Windows[i] >> 32));
    }
    CaseWrite(Case, CAPTURE_CONTROL, 1);
}

static __inline VOID CaptureHalt(PCASE Case)
{
    CaseWrite(Case, CAPTURE_CONTROL, 0);
    (VOID)CaseRead(Case, CAPTURE_STATUS);
}

static __inline BOOLEAN CaptureInterrupt(PCASE Case)
{
    ULONG cause = CaseRead(Case, CAPTURE_CAUSE);

    if (cause == 0 || cause == MAXULONG)
        return FALSE;
    CaseWrite(Case, CAPTURE_CAUSE, cause);
    return TRUE;
}

static __inline NTSTATUS CaptureFrame(PCASE Case, PIRP Irp, PIO_STACK_LOCATION Stack)
{
    struct capture_wish wish;

    if (Stack->Parameters.DeviceIoControl.InputBufferLength < sizeof(wish))
        return STATUS_BUFFER_TOO_SMALL;
    wish = *(struct capture_wish *)Irp->AssociatedIrp.SystemBuffer;
    if (wish.bytes == 0 || wish.bytes > FRAME_BYTES_MAX || wish.at > RING_BYTES - wish.bytes)
        return STATUS_INVALID_PARAMETER;
    CaseWrite(Case, CAPTURE_FRAME_AT, wish.at);
    CaseWrite(Case, CAPTURE_FRAME_BYTES, wish.bytes);
    CaseWrite(Case, CAPTURE_FRAME, wish.number);
    if (CaseWaitDone(Case) == STATUS_SUCCESS && CaseRead(Case, CAPTURE_STATUS) == 0)
        return STATUS_SUCCESS;
    return STATUS_IO_DEVICE_ERROR;
}

/* An MDL into the memory of the program that asks. */
static __inline DECLSPEC_NOINLINE NTSTATUS CaptureMapToUser(PMDL Mdl, PVOID *User)
{
    NTSTATUS status = STATUS_SUCCESS;

    __try {
        *User = MmMapLockedPagesSpecifyCache(Mdl, UserMode, MmCached, NULL, FALSE,
                                             NormalPagePriority | MdlMappingNoExecute);
        if (*User == NULL)
            status = STATUS_INSUFFICIENT_RESOURCES;
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
    }
    return status;
}

/* All windows in a row, for one program at a time. */
static __inline NTSTATUS CaptureMapRing(PCASE Case, PIRP Irp, PIO_STACK_LOCATION Stack,
                                        PULONG_PTR Information)
{
    PCAPTURE card = (PCAPTURE)Case;
    struct capture_map *map = Irp->AssociatedIrp.SystemBuffer;
    NTSTATUS status;
    ULONG i;

    if (Stack->Parameters.DeviceIoControl.OutputBufferLength < sizeof(*map))
        return STATUS_BUFFER_TOO_SMALL;
    if (card->User != NULL)
        return STATUS_DEVICE_BUSY;
    status = CaptureMapToUser(card->Mdl, &card->User);
    if (!NT_SUCCESS(status))
        return status;
    card->File = Stack->FileObject;
    for (i = 0; i < CAPTURE_USED; i++)
        map->window[i] = (ULONG_PTR)card->User + i * WINDOW_BYTES;
    *Information = sizeof(*map);
    return STATUS_SUCCESS;
}

/* In the program's process, when its last handle is closed. */
static __inline VOID CaptureUnmapRing(PCASE Case, PFILE_OBJECT FileObject)
{
    PCAPTURE card = (PCAPTURE)Case;

    if (card->User == NULL || card->File != FileObject)
        return;
    MmUnmapLockedPages(card->User, card->Mdl);
    card->User = NULL;
}

static __inline NTSTATUS CaptureRequest(PCASE Case, PIRP Irp, PIO_STACK_LOCATION Stack,
                                        PULONG_PTR Information)
{
    if (Stack->MajorFunction != IRP_MJ_DEVICE_CONTROL)
        return STATUS_INVALID_DEVICE_REQUEST;
    switch (Stack->Parameters.DeviceIoControl.IoControlCode) {
    case IOCTL_CAPTURE_MAP:
        return CaptureMapRing(Case, Irp, Stack, Information);
    case IOCTL_CAPTURE_FRAME:
        return CaptureFrame(Case, Irp, Stack);
    }
    return STATUS_INVALID_DEVICE_REQUEST;
}

#endif
