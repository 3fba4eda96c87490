/*
 * Twin of rule cpu_reads_stale_line: a buffer is filled and the card writes into it, and nobody writes the
 * CPU's caches back before.
 */
#ifndef DMACHECK_SCENARIO
#include "twin.h"

static NTSTATUS TwinStart(PTWIN Twin)
{
    UNREFERENCED_PARAMETER(Twin);
    return STATUS_SUCCESS;
}

static VOID TwinMove(PTWIN Twin, PMDL Mdl, PUCHAR Va, ULONG Length)
{
    PDMA_OPERATIONS dma = Twin->Adapter->DmaOperations;

    while (Length != 0) {
        ULONG piece = Length;
        PHYSICAL_ADDRESS logical =
            dma->MapTransfer(Twin->Adapter, Mdl, Twin->MapRegisterBase, Va, &piece, FALSE);

        TwinCardStart(Twin, logical.LowPart, piece, FALSE);
        TwinCardWait(Twin);
        dma->FlushAdapterBuffers(Twin->Adapter, Mdl, Twin->MapRegisterBase, Va, piece, FALSE);
        Va += piece;
        Length -= piece;
    }
}

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    PUCHAR buffer = ExAllocatePool2(POOL_FLAG_NON_PAGED, Length, 'niwT');
    PMDL own = buffer != NULL ? IoAllocateMdl(buffer, Length, FALSE, FALSE, NULL) : NULL;
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;

    UNREFERENCED_PARAMETER(Mdl);
    if (own != NULL) {
        MmBuildMdlForNonPagedPool(own);
        RtlFillMemory(buffer, Length, 0x5a);
        status = TwinMapRegistersGet(Twin, ADDRESS_AND_SIZE_TO_SPAN_PAGES(buffer, Length));
    }
    if (NT_SUCCESS(status)) {
#if !BUG
        KeFlushIoBuffers(own, TRUE, TRUE);
#endif
        TwinMove(Twin, own, buffer, Length);
        TwinMapRegistersFree(Twin, ADDRESS_AND_SIZE_TO_SPAN_PAGES(buffer, Length));
    }
    if (own != NULL)
        IoFreeMdl(own);
    if (buffer != NULL)
        ExFreePoolWithTag(buffer, 'niwT');
    return status;
}

static VOID TwinStop(PTWIN Twin) { Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter); }

#else
#include "twin_scenario.h"
#endif
