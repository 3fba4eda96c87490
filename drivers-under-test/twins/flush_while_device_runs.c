/*
 * Twin of rule flush_while_device_runs: the map is flushed as soon as the card has been started.
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
#if !BUG
    TwinCardWait(Twin);
#endif
    dma->FlushAdapterBuffers(Twin->Adapter, Mdl, Twin->MapRegisterBase, va, Length, TRUE);
    TwinCardWait(Twin);
    TwinMapRegistersFree(Twin, 1);
    return STATUS_SUCCESS;
}

static VOID TwinStop(PTWIN Twin) { Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter); }

#else
#include "twin_scenario.h"
#endif
