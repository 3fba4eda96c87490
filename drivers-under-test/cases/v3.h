/*
 * Lists as version 3 gives them at once, without a routine (DMA_SYNCHRONOUS_CALLBACK). One transaction is:
 * a context initialised, a list gotten, the list copied to the card's descriptors, FreeAdapterObject, the
 * card at work, PutScatterGatherList. Which of these steps a driver left out is the case's story.
 */
#ifndef CASE_V3_H
#define CASE_V3_H

#include "case.h"

typedef struct _TRANSFER {
    PSCATTER_GATHER_LIST List;
    DECLSPEC_ALIGN(MEMORY_ALLOCATION_ALIGNMENT) UCHAR Context[DMA_TRANSFER_CONTEXT_SIZE_V1];
} TRANSFER, *PTRANSFER;

/* A context for a new transaction. */
#define TransferInitialize(Case_, Transfer_)                                                      \
    (Case_)->Adapter->DmaOperations->InitializeDmaTransferContext((Case_)->Adapter,               \
                                                                  (Transfer_)->Context)

/* A list for [Offset, +Length) of the MDL, now or not at all. A macro, for the line's sake. */
#define TransferListGet(Case_, Transfer_, Mdl_, Offset_, Length_, ToDevice_)                      \
    (Case_)->Adapter->DmaOperations->GetScatterGatherListEx(                                      \
        (Case_)->Adapter, (Case_)->Self, (Transfer_)->Context, (Mdl_), (Offset_), (Length_),      \
        DMA_SYNCHRONOUS_CALLBACK, NULL, NULL, (ToDevice_), NULL, NULL, &(Transfer_)->List)

/* The adapter is free for the next list; this one keeps its registers. */
#define TransferAdapterFree(Case_)                                                                \
    (Case_)->Adapter->DmaOperations->FreeAdapterObject((Case_)->Adapter,                          \
                                                       DeallocateObjectKeepRegisters)

#endif
