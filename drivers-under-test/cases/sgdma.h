/*
 * What the cases on the sgdma card share (docs/devices/sgdma.md): one channel with its descriptor ring
 * in a common buffer, elements to descriptors, and the interrupt. How the list came to be and when it
 * is given back is each case's own.
 */
#ifndef CASE_SGDMA_H
#define CASE_SGDMA_H

#include "case.h"
#include "../samples/xfer/hardware.h"

#define TO_CARD 0   /* a channel of each direction */
#define FROM_CARD 4
#define RING_ENTRIES 64 /* one page */

typedef struct _RING {
    ULONG Channel;
    PSGDMA_DESCRIPTOR Entries; /* NULL: none */
    PHYSICAL_ADDRESS Logical;
    ULONG Producer; /* next entry to fill */
} RING, *PRING;

static __inline NTSTATUS RingAllocate(PCASE Case, PRING Ring, ULONG Channel)
{
    Ring->Channel = Channel;
    Ring->Entries = Case->Adapter->DmaOperations->AllocateCommonBuffer(
        Case->Adapter, RING_ENTRIES * sizeof(SGDMA_DESCRIPTOR), &Ring->Logical, TRUE);
    return Ring->Entries ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

static __inline VOID RingFree(PCASE Case, PRING Ring)
{
    if (Ring->Entries != NULL)
        Case->Adapter->DmaOperations->FreeCommonBuffer(
            Case->Adapter, RING_ENTRIES * sizeof(SGDMA_DESCRIPTOR), Ring->Logical, Ring->Entries,
            TRUE);
    Ring->Entries = NULL;
}

/* Where the ring lies: the card keeps it until it loses power. */
static __inline VOID RingPlace(PCASE Case, PRING Ring)
{
    CaseWrite(Case, SGDMA_CHANNEL(Ring->Channel) + SGDMA_RING_LOW, Ring->Logical.LowPart);
    CaseWrite(Case, SGDMA_CHANNEL(Ring->Channel) + SGDMA_RING_HIGH, (ULONG)Ring->Logical.HighPart);
}

/* The channel runs, on an empty ring. */
static __inline VOID RingRun(PCASE Case, PRING Ring)
{
    ULONG base = SGDMA_CHANNEL(Ring->Channel);

    Ring->Producer = 0;
    CaseWrite(Case, base + SGDMA_RING_ENTRIES, RING_ENTRIES);
    CaseWrite(Case, base + SGDMA_VECTOR, 0);
    CaseWrite(Case, base + SGDMA_CONTROL, SGDMA_CONTROL_RUN | SGDMA_CONTROL_IRQ);
}

/* Stops the channel at once; it forgets its registers. */
static __inline VOID RingReset(PCASE Case, PRING Ring)
{
    CaseWrite(Case, SGDMA_CHANNEL(Ring->Channel) + SGDMA_CONTROL, SGDMA_CONTROL_RESET);
    (VOID)CaseRead(Case, SGDMA_ID); /* the write has arrived when the read comes back */
}

/* Stops the channel, whatever it did, and begins anew. */
static __inline VOID RingRestart(PCASE Case, PRING Ring)
{
    RingReset(Case, Ring);
    RingPlace(Case, Ring);
    RingRun(Case, Ring);
}

/* One descriptor; the card does not look at it before the doorbell. */
static __inline VOID RingAdd(PRING Ring, ULONGLONG BusAddress, ULONG Length, ULONGLONG CardAddress,
                             BOOLEAN Last)
{
    volatile SGDMA_DESCRIPTOR *descriptor = &Ring->Entries[Ring->Producer];

    descriptor->Magic = SGDMA_MAGIC;
    descriptor->Flags = Last ? SGDMA_FLAG_END | SGDMA_FLAG_INTERRUPT : 0;
    descriptor->BusAddress = BusAddress;
    descriptor->Length = Length;
    descriptor->Status = 0;
    descriptor->CardAddress = CardAddress;
    descriptor->Moved = 0;
    Ring->Producer = (Ring->Producer + 1) % RING_ENTRIES;
}

/* A descriptor for each element. */
static __inline VOID RingAddList(PRING Ring, PSCATTER_GATHER_LIST List, ULONGLONG CardAddress)
{
    ULONG i;

    for (i = 0; i < List->NumberOfElements; i++) {
        RingAdd(Ring, (ULONGLONG)List->Elements[i].Address.QuadPart, List->Elements[i].Length,
                CardAddress, (BOOLEAN)(i + 1 == List->NumberOfElements));
        CardAddress += List->Elements[i].Length;
    }
}

/* The doorbell; a macro, for the line's sake. */
#define RingGo(Case_, Ring_)                                                                      \
    do {                                                                                          \
        KeMemoryBarrier();                                                                        \
        CaseWrite(Case_, SGDMA_CHANNEL((Ring_)->Channel) + SGDMA_PRODUCER, (Ring_)->Producer);    \
    } while (0)

/* Whether the descriptor before the producer, the last of the transfer, was carried out. */
static __inline BOOLEAN RingDone(PRING Ring)
{
    volatile SGDMA_DESCRIPTOR *last =
        &Ring->Entries[(Ring->Producer + RING_ENTRIES - 1) % RING_ENTRIES];

    return (last->Status & SGDMA_DESCRIPTOR_DONE) != 0;
}

/* Until the card has done what it was given; if it has not, it is stopped. */
static __inline NTSTATUS RingWait(PCASE Case, PRING Ring)
{
    NTSTATUS status = CaseWaitDone(Case);

    if (status == STATUS_SUCCESS && RingDone(Ring))
        return STATUS_SUCCESS;
    RingRestart(Case, Ring);
    return status == STATUS_TIMEOUT ? STATUS_IO_TIMEOUT : STATUS_IO_DEVICE_ERROR;
}

/* --- hooks that most of these cases take as they are --- */

static __inline BOOLEAN SgdmaInterrupt(PCASE Case)
{
    ULONG pending = CaseRead(Case, SGDMA_INT_STATUS);

    if (pending == 0 || pending == MAXULONG) /* not ours, or the card has gone */
        return FALSE;
    CaseWrite(Case, SGDMA_INT_STATUS, pending);
    return TRUE;
}

/* --- a whole driver but for how a list comes to be --- */

#define SGDMA_CARD_MEMORY (16ull * 1024 * 1024)
#define SGDMA_MAXIMUM_BYTES (16 * PAGE_SIZE)

typedef struct _SGDMA {
    CASE Case;
    RING ToCard, FromCard;
} SGDMA, *PSGDMA;

/* The adapter of a version, and the rings. */
static __inline NTSTATUS SgdmaStart(PCASE Case, ULONG Version)
{
    PSGDMA card = (PSGDMA)Case;
    NTSTATUS status;

    Case->Adapter = CaseAdapterGet(Case, Version, 64, TRUE, SGDMA_MAXIMUM_BYTES, &Case->MapRegisters);
    if (Case->Adapter == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = RingAllocate(Case, &card->ToCard, TO_CARD);
    return NT_SUCCESS(status) ? RingAllocate(Case, &card->FromCard, FROM_CARD) : status;
}

static __inline VOID SgdmaRun(PCASE Case)
{
    RingRestart(Case, &((PSGDMA)Case)->ToCard);
    RingRestart(Case, &((PSGDMA)Case)->FromCard);
}

static __inline VOID SgdmaHalt(PCASE Case)
{
    RingReset(Case, &((PSGDMA)Case)->ToCard);
    RingReset(Case, &((PSGDMA)Case)->FromCard);
}

static __inline VOID SgdmaStop(PCASE Case)
{
    PSGDMA card = (PSGDMA)Case;

    if (Case->Adapter == NULL)
        return;
    RingFree(Case, &card->ToCard);
    RingFree(Case, &card->FromCard);
    Case->Adapter->DmaOperations->PutDmaAdapter(Case->Adapter);
    Case->Adapter = NULL;
}

/* Moves one list's worth of a request: [Offset, +Length) of its MDL. */
typedef NTSTATUS SGDMA_MOVE(PCASE Case, PRING Ring, PMDL Mdl, ULONG Offset, ULONG Length,
                            ULONGLONG CardAddress, BOOLEAN ToCard);

/* A read or a write; where its bytes lie on the card is the file offset, as for a disk. */
static __inline NTSTATUS SgdmaRequest(PCASE Case, PIRP Irp, PIO_STACK_LOCATION Stack,
                                      PULONG_PTR Information, SGDMA_MOVE *Move)
{
    PSGDMA card = (PSGDMA)Case;
    BOOLEAN toCard = Stack->MajorFunction == IRP_MJ_WRITE;
    ULONG length = Stack->Parameters.Write.Length, piece, done;
    ULONGLONG at = (ULONGLONG)Stack->Parameters.Write.ByteOffset.QuadPart;
    NTSTATUS status = STATUS_SUCCESS;

    if (Stack->MajorFunction == IRP_MJ_DEVICE_CONTROL)
        return STATUS_INVALID_DEVICE_REQUEST;
    if (length == 0 || at > SGDMA_CARD_MEMORY || length > SGDMA_CARD_MEMORY - at)
        return STATUS_INVALID_PARAMETER;
    for (done = 0; done < length && NT_SUCCESS(status); done += piece) {
        piece = CasePiece(Case, length - done);
        status = Move(Case, toCard ? &card->ToCard : &card->FromCard, Irp->MdlAddress, done, piece,
                      at + done, toCard);
    }
    *Information = length;
    return status;
}

#endif
