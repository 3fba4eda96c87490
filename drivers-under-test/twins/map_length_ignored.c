/*
 * Twin of rule map_length_ignored: the card is told of as much as MapTransfer was asked for, not
 * of what it gave.
 */
#ifndef DMACHECK_SCENARIO
#include "twin.h"

static NTSTATUS TwinStart(PTWIN Twin) { return TwinAdapter64(Twin); }

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    PDMA_OPERATIONS dma = Twin->Adapter->DmaOperations;
    NTSTATUS status = TwinMapRegistersGet(Twin, 2);
    PUCHAR va = MmGetMdlVirtualAddress(Mdl);
    PHYSICAL_ADDRESS logical;
    ULONG done, length, mapped;

    if (!NT_SUCCESS(status))
        return status;
    for (done = 0; done < Length; done += length) {
        length = mapped = Length - done;
        logical =
            dma->MapTransfer(Twin->Adapter, Mdl, Twin->MapRegisterBase, va + done, &mapped, TRUE);
#if !BUG
        length = mapped;
#endif
        TwinCard64Start(Twin, logical.QuadPart, length, TRUE, 0, done);
        TwinCardWait(Twin);
        dma->FlushAdapterBuffers(Twin->Adapter, Mdl, Twin->MapRegisterBase, va + done, mapped,
                                 TRUE);
    }
    TwinMapRegistersFree(Twin, 2);
    return STATUS_SUCCESS;
}

static VOID TwinStop(PTWIN Twin) { Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter); }

#else
#include "card64.h"
#define TWIN_DEVICES "card64"
#define TWIN_BYTES 8192u
#include "twin_scenario.h"
#endif
