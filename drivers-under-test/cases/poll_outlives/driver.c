/*
 * A driver for a card whose interrupt line was never wired: a timer looks at the ring every millisecond
 * and says so when the last descriptor has been carried out.
 *
 * FAULT_LATE_FLUSH: at stop the ring is freed between the cancelling of the timer and the wait for DPCs. A
 * timer that has expired cannot be cancelled any more: its DPC may be on its way on another processor, or in
 * the middle.
 */
#include "sgdma.h"

#define POLL_MS 1

typedef struct _CARD {
    SGDMA Sgdma;
    KTIMER Timer;
    KDPC Poll;
    KSPIN_LOCK Lock;
    volatile SGDMA_DESCRIPTOR *Watched; /* under Lock; NULL: nothing */
} CARD, *PCARD;

static VOID CardWatch(PCARD Card, volatile SGDMA_DESCRIPTOR *Descriptor)
{
    KIRQL irql;

    KeAcquireSpinLock(&Card->Lock, &irql);
    Card->Watched = Descriptor;
    KeReleaseSpinLock(&Card->Lock, irql);
}

static VOID NTAPI CardPoll(PKDPC Dpc, PVOID DeferredContext, PVOID Argument1, PVOID Argument2)
{
    PCARD card = DeferredContext;
    volatile SGDMA_DESCRIPTOR *watched;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    KeAcquireSpinLockAtDpcLevel(&card->Lock);
    watched = card->Watched;
    KeReleaseSpinLockFromDpcLevel(&card->Lock);
    if (watched == NULL)
        return;
    (VOID)CaseRead(&card->Sgdma.Case, SGDMA_ID); /* what the card has written is there when this comes back */
    if (watched->Status & SGDMA_DESCRIPTOR_DONE)
        KeSetEvent(&card->Sgdma.Case.Done, IO_NO_INCREMENT, FALSE);
}

static NTSTATUS CardStart(PCASE Case)
{
    PCARD card = (PCARD)Case;

    KeInitializeSpinLock(&card->Lock);
    KeInitializeTimerEx(&card->Timer, SynchronizationTimer);
    KeInitializeDpc(&card->Poll, CardPoll, card);
    return SgdmaStart(Case, DEVICE_DESCRIPTION_VERSION2);
}

static VOID CardRun(PCASE Case)
{
    PCARD card = (PCARD)Case;
    LARGE_INTEGER due;

    SgdmaRun(Case);
    due.QuadPart = -10000LL * POLL_MS;
    KeSetTimerEx(&card->Timer, due, POLL_MS, &card->Poll);
}

static VOID CardStop(PCASE Case)
{
    PCARD card = (PCARD)Case;

    CardWatch(card, NULL);
    KeCancelTimer(&card->Timer);
#if !FAULT_LATE_FLUSH
    KeFlushQueuedDpcs();
#endif
    SgdmaStop(Case);
#if FAULT_LATE_FLUSH
    KeFlushQueuedDpcs();
#endif
}

/* The poll may tell of the descriptor before: what counts is this one. */
static NTSTATUS CardWait(PCASE Case, PRING Ring)
{
    while (!RingDone(Ring))
        if (CaseWaitDone(Case) != STATUS_SUCCESS) {
            RingRestart(Case, Ring);
            return STATUS_IO_TIMEOUT;
        }
    return STATUS_SUCCESS;
}

static NTSTATUS CardMove(PCASE Case, PRING Ring, PMDL Mdl, ULONG Offset, ULONG Length,
                         ULONGLONG CardAddress, BOOLEAN ToCard)
{
    PSCATTER_GATHER_LIST list;
    NTSTATUS status = CaseListBuild(Case, Mdl, Offset, Length, ToCard, &list);

    if (!NT_SUCCESS(status))
        return status;
    RingAddList(Ring, list, CardAddress);
    CardWatch((PCARD)Case, &Ring->Entries[(Ring->Producer + RING_ENTRIES - 1) % RING_ENTRIES]);
    RingGo(Case, Ring);
    status = CardWait(Case, Ring);
    CaseListPut(Case->Adapter, list, ToCard);
    CaseListFree(list);
    return status;
}

static NTSTATUS CardRequest(PCASE Case, PIRP Irp, PIO_STACK_LOCATION Stack, PULONG_PTR Information)
{
    return SgdmaRequest(Case, Irp, Stack, Information, CardMove);
}

static const CASE_HOOKS CaseHooks = {
    .ExtensionBytes = sizeof(CARD),
    .Start = CardStart,
    .Run = CardRun,
    .Halt = SgdmaHalt,
    .Stop = CardStop,
    .Request = CardRequest,
};
