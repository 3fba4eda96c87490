/*
 * Twin of rule mapregs_freed_while_mapped: the map registers are freed without a flush.
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
    PVOID va = MmGetMdlVirtualAddress(Mdl);
    PHYSICAL_ADDRESS logical;

    if (!NT_SUCCESS(status))
        return status;
    logical = Twin->Adapter->DmaOperations->MapTransfer(Twin->Adapter, Mdl, Twin->MapRegisterBase,
                                                        va, &Length, TRUE);
    TwinCardStart(Twin, logical.LowPart, Length, TRUE);
    TwinCardWait(Twin);
#if !BUG
    Twin->Adapter->DmaOperations->FlushAdapterBuffers(Twin->Adapter, Mdl, Twin->MapRegisterBase, va,
                                                      Length, TRUE);
#endif
    TwinMapRegistersFree(Twin, 1);
    return STATUS_SUCCESS;
}

static VOID TwinStop(PTWIN Twin) { Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter); }

#else
#include "twin_scenario.h"
#endif
