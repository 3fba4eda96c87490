/*
 * Twin of rule flush_never_mapped: before anything is mapped, the driver flushes, as if that
 * made the buffer ready.
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
    NTSTATUS status = TwinMapRegistersGet(Twin, 1);
    PUCHAR va = MmGetMdlVirtualAddress(Mdl);
    PHYSICAL_ADDRESS logical;

    if (!NT_SUCCESS(status))
        return status;
#if BUG
    Twin->Adapter->DmaOperations->FlushAdapterBuffers(Twin->Adapter, Mdl, Twin->MapRegisterBase, va,
                                                      Length, TRUE);
#endif
    logical = Twin->Adapter->DmaOperations->MapTransfer(Twin->Adapter, Mdl, Twin->MapRegisterBase,
                                                        va, &Length, TRUE);
    TwinCardStart(Twin, logical.LowPart, Length, TRUE);
    TwinCardWait(Twin);
    Twin->Adapter->DmaOperations->FlushAdapterBuffers(Twin->Adapter, Mdl, Twin->MapRegisterBase, va,
                                                      Length, TRUE);
    TwinMapRegistersFree(Twin, 1);
    return STATUS_SUCCESS;
}

static VOID TwinStop(PTWIN Twin) { Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter); }

#else
#include "twin_scenario.h"
#endif
