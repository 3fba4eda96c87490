/*
 * Twin of rule doorbell_before_descriptor: a word for the card is written into a common buffer, and the card
 * is started by a plain pointer.
 */
#ifndef DMACHECK_SCENARIO
#include "twin.h"

static NTSTATUS TwinStart(PTWIN Twin)
{
    UNREFERENCED_PARAMETER(Twin);
    return STATUS_SUCCESS;
}

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    PDMA_ADAPTER adapter = Twin->Adapter;
    volatile ULONG *control = (volatile ULONG *)(Twin->Registers + PKTDMA_CONTROL);
    volatile ULONG *word;

    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
    Twin->Common = adapter->DmaOperations->AllocateCommonBuffer(adapter, PAGE_SIZE,
                                                                &Twin->CommonLogical, TRUE);
    if (Twin->Common == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    word = Twin->Common;
    TwinRegister(Twin, PKTDMA_WINDOW, 0);
    TwinRegister(Twin, PKTDMA_OFFSET, 0);
    TwinRegister(Twin, PKTDMA_ADDRESS, Twin->CommonLogical.LowPart);
    TwinRegister(Twin, PKTDMA_LENGTH, sizeof(*word));
    *word = 0x600df00d;
#if !BUG
    KeMemoryBarrier();
#endif
    *control = CONTROL_START | CONTROL_TO_CARD;
    TwinCardWait(Twin);
    adapter->DmaOperations->FreeCommonBuffer(adapter, PAGE_SIZE, Twin->CommonLogical, Twin->Common,
                                             TRUE);
    return STATUS_SUCCESS;
}

static VOID TwinStop(PTWIN Twin) { Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter); }

#else
#include "twin_scenario.h"
#endif
