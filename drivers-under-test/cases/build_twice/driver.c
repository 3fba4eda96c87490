/*
 * A driver for a card with several channels that spreads each large request over two of them. One adapter
 * serves both.
 *
 * FAULT_BUILD_IN_PARALLEL: both lists are gotten first and copied then, as one would do it on two
 * processors. From the list to FreeAdapterObject an adapter serves one list at a time.
 */
#include "sgdma.h"
#include "v3.h"

#define SECOND_TO_CARD (TO_CARD + 1)
#define SECOND_FROM_CARD (FROM_CARD + 1)

typedef struct _HALF {
    PRING Ring;
    ULONG Offset, Length;
    ULONGLONG CardAddress;
    TRANSFER Transfer;
} HALF, *PHALF;

typedef struct _CARD {
    SGDMA Sgdma;
    RING SecondToCard, SecondFromCard;
    HALF Halves[2];
    ULONG Count; /* of halves; a single byte is not divided */
} CARD, *PCARD;

static NTSTATUS CardStart(PCASE Case)
{
    PCARD card = (PCARD)Case;
    NTSTATUS status = SgdmaStart(Case, DEVICE_DESCRIPTION_VERSION3);

    if (NT_SUCCESS(status))
        status = RingAllocate(Case, &card->SecondToCard, SECOND_TO_CARD);
    return NT_SUCCESS(status) ? RingAllocate(Case, &card->SecondFromCard, SECOND_FROM_CARD) : status;
}

static VOID CardRun(PCASE Case)
{
    SgdmaRun(Case);
    RingRestart(Case, &((PCARD)Case)->SecondToCard);
    RingRestart(Case, &((PCARD)Case)->SecondFromCard);
}

static VOID CardHalt(PCASE Case)
{
    RingReset(Case, &((PCARD)Case)->SecondToCard);
    RingReset(Case, &((PCARD)Case)->SecondFromCard);
    SgdmaHalt(Case);
}

static VOID CardStop(PCASE Case)
{
    if (Case->Adapter != NULL) {
        RingFree(Case, &((PCARD)Case)->SecondToCard);
        RingFree(Case, &((PCARD)Case)->SecondFromCard);
    }
    SgdmaStop(Case);
}

static NTSTATUS HalfGet(PCASE Case, PHALF Half, PMDL Mdl, BOOLEAN ToCard)
{
    NTSTATUS status = TransferInitialize(Case, &Half->Transfer);

    if (NT_SUCCESS(status))
        status = TransferListGet(Case, &Half->Transfer, Mdl, Half->Offset, Half->Length, ToCard);
    return status;
}

/* Lists and descriptors for the halves from First on; how many were to be had. */
static ULONG HalvesPrepare(PCASE Case, ULONG First, PMDL Mdl, BOOLEAN ToCard, PNTSTATUS Status)
{
    PHALF halves = ((PCARD)Case)->Halves;
    ULONG ready = 0, count = ((PCARD)Case)->Count, i;

    *Status = STATUS_SUCCESS;
#if FAULT_BUILD_IN_PARALLEL
    for (i = First; i < count && NT_SUCCESS(*Status); i++) {
        *Status = HalfGet(Case, &halves[i], Mdl, ToCard);
        ready += NT_SUCCESS(*Status);
    }
    for (i = First; i < First + ready; i++)
        RingAddList(halves[i].Ring, halves[i].Transfer.List, halves[i].CardAddress);
    if (ready != 0)
        TransferAdapterFree(Case);
#else
    for (i = First; i < count && NT_SUCCESS(*Status); i++) {
        *Status = HalfGet(Case, &halves[i], Mdl, ToCard);
        if (!NT_SUCCESS(*Status))
            break;
        RingAddList(halves[i].Ring, halves[i].Transfer.List, halves[i].CardAddress);
        TransferAdapterFree(Case);
        ready++;
    }
#endif
    return ready;
}

/* The channels share one interrupt: this one's end may come with a later one. */
static NTSTATUS HalfWait(PCASE Case, PHALF Half)
{
    ULONG i;

    for (i = 0; i < 4; i++) {
        if (RingDone(Half->Ring))
            return STATUS_SUCCESS;
        if (CaseWaitDone(Case) != STATUS_SUCCESS)
            break;
    }
    RingRestart(Case, Half->Ring);
    return STATUS_IO_TIMEOUT;
}

/* Both halves at once, or one after the other where map registers are scarce. */
static NTSTATUS HalvesMove(PCASE Case, PMDL Mdl, BOOLEAN ToCard)
{
    PHALF halves = ((PCARD)Case)->Halves;
    NTSTATUS status, ended = STATUS_SUCCESS;
    ULONG first, ready, i;

    for (first = 0; first < ((PCARD)Case)->Count && NT_SUCCESS(ended); first += ready) {
        ready = HalvesPrepare(Case, first, Mdl, ToCard, &status);
        if (ready == 0)
            return status;
        for (i = first; i < first + ready; i++)
            RingGo(Case, halves[i].Ring);
        for (i = first; i < first + ready; i++) {
            status = HalfWait(Case, &halves[i]);
            ended = NT_SUCCESS(status) ? ended : status;
            CaseListPut(Case->Adapter, halves[i].Transfer.List, ToCard);
        }
    }
    return ended;
}

static NTSTATUS CardMove(PCASE Case, PRING Ring, PMDL Mdl, ULONG Offset, ULONG Length,
                         ULONGLONG CardAddress, BOOLEAN ToCard)
{
    PCARD card = (PCARD)Case;
    ULONG first = (Length + 1) / 2, i;

    card->Count = Length < 2 ? 1 : 2;
    for (i = 0; i < card->Count; i++) {
        PHALF half = &card->Halves[i];

        half->Ring = i == 0 ? Ring : ToCard ? &card->SecondToCard : &card->SecondFromCard;
        half->Offset = Offset + i * first;
        half->Length = i == 0 ? first : Length - first;
        half->CardAddress = CardAddress + i * first;
    }
    return HalvesMove(Case, Mdl, ToCard);
}

static NTSTATUS CardRequest(PCASE Case, PIRP Irp, PIO_STACK_LOCATION Stack, PULONG_PTR Information)
{
    return SgdmaRequest(Case, Irp, Stack, Information, CardMove);
}

static const CASE_HOOKS CaseHooks = {
    .ExtensionBytes = sizeof(CARD),
    .Start = CardStart,
    .Run = CardRun,
    .Halt = CardHalt,
    .Stop = CardStop,
    .Request = CardRequest,
    .Interrupt = SgdmaInterrupt,
};
