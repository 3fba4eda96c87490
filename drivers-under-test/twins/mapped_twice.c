/*
 * Twin of rule mapped_twice: the buffer is mapped a second time before it is flushed.
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
    ULONG count = min(2, Twin->MapRegisters);
    NTSTATUS status = TwinMapRegistersGet(Twin, count);
    PUCHAR va = MmGetMdlVirtualAddress(Mdl);
    PHYSICAL_ADDRESS logical;

    if (!NT_SUCCESS(status))
        return status;
    Length /= 2; /* two maps of this fit one register */
    logical = Twin->Adapter->DmaOperations->MapTransfer(Twin->Adapter, Mdl, Twin->MapRegisterBase,
                                                        va, &Length, TRUE);
#if BUG
    logical = Twin->Adapter->DmaOperations->MapTransfer(Twin->Adapter, Mdl, Twin->MapRegisterBase,
                                                        va, &Length, TRUE);
#endif
    TwinCardStart(Twin, logical.LowPart, Length, TRUE);
    TwinCardWait(Twin);
    Twin->Adapter->DmaOperations->FlushAdapterBuffers(Twin->Adapter, Mdl, Twin->MapRegisterBase, va,
                                                      Length, TRUE);
    TwinMapRegistersFree(Twin, count);
    return STATUS_SUCCESS;
}

static VOID TwinStop(PTWIN Twin) { Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter); }

#else
#define TWIN_BYTES 4096u
#include "twin_scenario.h"
#endif
