/*
 * A driver whose card takes a descriptor out of memory and refuses one whose magic word is wrong.
 *
 * FAULT_DESCRIPTOR_CACHED: the descriptor lies in pool memory that was mapped for the card when the device
 * was started. What the processor writes later goes into its cache, or into the page behind a bounce
 * buffer; what was given to the card is the memory as it was at the mapping. On a PC that is the same.
 * Right is a common buffer, which both see at all times.
 */
#include "courier.h"

typedef struct _CARD {
    CASE Case;
    PDESCRIPTOR Descriptor;
    PHYSICAL_ADDRESS Logical; /* of the descriptor */
#if FAULT_DESCRIPTOR_CACHED
    PMDL Mdl;
    PSCATTER_GATHER_LIST List;
#endif
} CARD, *PCARD;

#if FAULT_DESCRIPTOR_CACHED
static NTSTATUS DescriptorAllocate(PCARD Card)
{
    NTSTATUS status;

    Card->Descriptor = ExAllocatePool2(POOL_FLAG_NON_PAGED, PAGE_SIZE, CASE_POOL_TAG);
    if (Card->Descriptor == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    Card->Mdl = IoAllocateMdl(Card->Descriptor, PAGE_SIZE, FALSE, FALSE, NULL);
    if (Card->Mdl == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    MmBuildMdlForNonPagedPool(Card->Mdl);
    status = CaseListBuild(&Card->Case, Card->Mdl, 0, PAGE_SIZE, TRUE, &Card->List);
    if (NT_SUCCESS(status))
        Card->Logical = Card->List->Elements[0].Address;
    else
        Card->List = NULL;
    return status;
}

static VOID DescriptorFree(PCARD Card)
{
    if (Card->List != NULL) {
        CaseListPut(Card->Case.Adapter, Card->List, TRUE);
        CaseListFree(Card->List);
        Card->List = NULL;
    }
    if (Card->Mdl != NULL)
        IoFreeMdl(Card->Mdl);
    Card->Mdl = NULL;
    if (Card->Descriptor != NULL)
        ExFreePoolWithTag(Card->Descriptor, CASE_POOL_TAG);
    Card->Descriptor = NULL;
}
#else
static NTSTATUS DescriptorAllocate(PCARD Card)
{
    PDMA_ADAPTER adapter = Card->Case.Adapter;

    Card->Descriptor = adapter->DmaOperations->AllocateCommonBuffer(adapter, PAGE_SIZE, &Card->Logical,
                                                                    TRUE);
    return Card->Descriptor ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

static VOID DescriptorFree(PCARD Card)
{
    PDMA_ADAPTER adapter = Card->Case.Adapter;

    if (Card->Descriptor != NULL)
        adapter->DmaOperations->FreeCommonBuffer(adapter, PAGE_SIZE, Card->Logical, Card->Descriptor,
                                                 TRUE);
    Card->Descriptor = NULL;
}
#endif

static NTSTATUS CardStart(PCASE Case)
{
    Case->Adapter = CourierAdapterGet(Case);
    return Case->Adapter ? DescriptorAllocate((PCARD)Case) : STATUS_INSUFFICIENT_RESOURCES;
}

static VOID CardRun(PCASE Case)
{
    CourierPlace(Case, COURIER_DESCRIPTOR, (ULONGLONG)((PCARD)Case)->Logical.QuadPart);
    CourierPlace(Case, COURIER_RECORD, 0);
}

static VOID CardStop(PCASE Case)
{
    if (Case->Adapter == NULL)
        return;
    DescriptorFree((PCARD)Case);
    Case->Adapter->DmaOperations->PutDmaAdapter(Case->Adapter);
    Case->Adapter = NULL;
}

static NTSTATUS CourierElement(PCASE Case, PSCATTER_GATHER_ELEMENT Element, ULONG CardOffset,
                               BOOLEAN ToCard)
{
    CourierFill(((PCARD)Case)->Descriptor, Element, CardOffset, ToCard, 0);
    KeMemoryBarrier();
    CaseWrite(Case, COURIER_GO, 1);
    if (CaseWaitDone(Case) == STATUS_SUCCESS && CaseRead(Case, COURIER_STATUS) == 0)
        return STATUS_SUCCESS;
    CourierHalt(Case);
    return STATUS_IO_DEVICE_ERROR; /* among others: wrong magic */
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
