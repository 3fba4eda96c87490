/*
 * A driver whose card says by a message that data has come. A message is a write like any other, and a
 * bridge keeps writes in order; that the card sends them in that order is the card's own business. This one
 * takes the message on a shorter way inside, now and then ahead of the last of its data.
 *
 * FAULT_MSI_TRUSTED: the driver takes the message's word and ends the transfer. Right is to look into the
 * completion record, which the card writes behind the data on the same way, and to wait until it is there.
 */
#include "courier.h"

#define RECORD_OFFSET 64 /* a cache line of its own */

typedef struct _CARD {
    CASE Case;
    PUCHAR Common; /* the descriptor, and behind it the record */
    PHYSICAL_ADDRESS Logical;
    ULONG Ticket;
} CARD, *PCARD;

static NTSTATUS CardStart(PCASE Case)
{
    PCARD card = (PCARD)Case;

    Case->Adapter = CourierAdapterGet(Case);
    if (Case->Adapter == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    card->Common = Case->Adapter->DmaOperations->AllocateCommonBuffer(Case->Adapter, PAGE_SIZE,
                                                                      &card->Logical, TRUE);
    if (card->Common == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    RtlZeroMemory(card->Common, PAGE_SIZE);
    return STATUS_SUCCESS;
}

static VOID CardRun(PCASE Case)
{
    ULONGLONG common = (ULONGLONG)((PCARD)Case)->Logical.QuadPart;

    CourierPlace(Case, COURIER_DESCRIPTOR, common);
    CourierPlace(Case, COURIER_RECORD, common + RECORD_OFFSET);
}

static VOID CardStop(PCASE Case)
{
    PCARD card = (PCARD)Case;

    if (Case->Adapter == NULL)
        return;
    if (card->Common != NULL)
        Case->Adapter->DmaOperations->FreeCommonBuffer(Case->Adapter, PAGE_SIZE, card->Logical,
                                                       card->Common, TRUE);
    card->Common = NULL;
    Case->Adapter->DmaOperations->PutDmaAdapter(Case->Adapter);
    Case->Adapter = NULL;
}

#if FAULT_MSI_TRUSTED
static BOOLEAN HasCome(PCARD Card)
{
    UNREFERENCED_PARAMETER(Card);
    return TRUE;
}
#else
static BOOLEAN HasCome(PCARD Card)
{
    volatile ULONG *record = (volatile ULONG *)(Card->Common + RECORD_OFFSET);
    LARGE_INTEGER tick;
    ULONG i;

    tick.QuadPart = -10 * 5; /* 5 microseconds */
    for (i = 0; i < 1000; i++) {
        if (*record == Card->Ticket)
            return TRUE;
        KeDelayExecutionThread(KernelMode, FALSE, &tick);
    }
    return FALSE;
}
#endif

static NTSTATUS CourierElement(PCASE Case, PSCATTER_GATHER_ELEMENT Element, ULONG CardOffset,
                               BOOLEAN ToCard)
{
    PCARD card = (PCARD)Case;

    CourierFill((PDESCRIPTOR)card->Common, Element, CardOffset, ToCard, ++card->Ticket);
    KeMemoryBarrier();
    CaseWrite(Case, COURIER_GO, 1);
    if (CaseWaitDone(Case) == STATUS_SUCCESS && HasCome(card))
        return STATUS_SUCCESS;
    CourierHalt(Case);
    return STATUS_IO_DEVICE_ERROR;
}

static const CASE_HOOKS CaseHooks = {
    .ExtensionBytes = sizeof(CARD),
    .Start = CardStart,
    .Run = CardRun,
    .Halt = CourierHalt,
    .Stop = CardStop,
    .Request = CourierRequest,
    .Interrupt = CourierInterrupt,
};
