/*
 * Twin of rule direction_differs_at_flush: a write is flushed as if it had been a read.
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
    PDMA_OPERATIONS dma = Twin->Adapter->DmaOperations;
    NTSTATUS status = TwinMapRegistersGet(Twin, 1);
    PVOID va = MmGetMdlVirtualAddress(Mdl);
    PHYSICAL_ADDRESS logical;

    if (!NT_SUCCESS(status))
        return status;
    logical = dma->MapTransfer(Twin->Adapter, Mdl, Twin->MapRegisterBase, va, &Length, TRUE);
    TwinCardStart(Twin, logical.LowPart, Length, TRUE);
    TwinCardWait(Twin);
    dma->FlushAdapterBuffers(Twin->Adapter, Mdl, Twin->MapRegisterBase, va, Length, !BUG);
    TwinMapRegistersFree(Twin, 1);
    return STATUS_SUCCESS;
}

static VOID TwinStop(PTWIN Twin) { Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter); }

#else
#include "twin_scenario.h"
#endif
