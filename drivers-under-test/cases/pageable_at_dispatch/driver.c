/*
 * A driver that keeps statistics of its transfers, some kilobytes of them, in paged pool, where such
 * things belong that nobody is in a hurry to read.
 *
 * FAULT_PAGED_TABLE: the routine that counts is called by the interrupt's DPC. At DISPATCH_LEVEL a page
 * that is not in memory cannot be brought in. It mostly is in memory.
 */
#include "sgdma.h"

#define BUCKETS 1024

typedef struct _STATISTICS {
    ULONGLONG Interrupts;
    ULONG Gaps[BUCKETS]; /* microseconds between two interrupts */
} STATISTICS, *PSTATISTICS;

typedef struct _CARD {
    SGDMA Sgdma;
    PSTATISTICS Statistics;
    LARGE_INTEGER Last;
} CARD, *PCARD;

static NTSTATUS CardStart(PCASE Case)
{
    PCARD card = (PCARD)Case;

#if FAULT_PAGED_TABLE
    card->Statistics = ExAllocatePool2(POOL_FLAG_PAGED, sizeof(STATISTICS), CASE_POOL_TAG);
#else
    card->Statistics = ExAllocatePool2(POOL_FLAG_NON_PAGED, sizeof(STATISTICS), CASE_POOL_TAG);
#endif
    if (card->Statistics == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    return SgdmaStart(Case, DEVICE_DESCRIPTION_VERSION2);
}

static VOID CardStop(PCASE Case)
{
    PCARD card = (PCARD)Case;

    SgdmaStop(Case);
    if (card->Statistics != NULL)
        ExFreePoolWithTag(card->Statistics, CASE_POOL_TAG);
    card->Statistics = NULL;
}

/* At DISPATCH_LEVEL. */
static VOID CardDpc(PCASE Case)
{
    PCARD card = (PCARD)Case;
    LARGE_INTEGER now = KeQueryPerformanceCounter(NULL);
    ULONGLONG gap = (ULONGLONG)(now.QuadPart - card->Last.QuadPart) / 10;

    card->Last = now;
    card->Statistics->Interrupts++;
    card->Statistics->Gaps[min(gap, BUCKETS - 1)]++;
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
    .ExtensionBytes = sizeof(CARD),
    .Start = CardStart,
    .Run = SgdmaRun,
    .Halt = SgdmaHalt,
    .Stop = CardStop,
    .Request = CardRequest,
    .Interrupt = SgdmaInterrupt,
    .Dpc = CardDpc,
};
