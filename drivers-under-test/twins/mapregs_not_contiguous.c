/*
 * Twin of rule mapregs_not_contiguous: two pages are mapped at once through one map register.
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
#if BUG
    ULONG count = 1;
#else
    ULONG count = ADDRESS_AND_SIZE_TO_SPAN_PAGES(MmGetMdlVirtualAddress(Mdl), Length);
#endif
    NTSTATUS status;
    PVOID va = MmGetMdlVirtualAddress(Mdl);
    PHYSICAL_ADDRESS logical;

    if (count > Twin->MapRegisters) /* this machine would have it in pieces */
        count = Length = 0;
    status = count ? TwinMapRegistersGet(Twin, count) : STATUS_SUCCESS;
    if (!NT_SUCCESS(status) || !count)
        return status;
    logical = Twin->Adapter->DmaOperations->MapTransfer(Twin->Adapter, Mdl, Twin->MapRegisterBase,
                                                        va, &Length, TRUE);
    TwinCardStart(Twin, logical.LowPart, Length, TRUE);
    TwinCardWait(Twin);
    Twin->Adapter->DmaOperations->FlushAdapterBuffers(Twin->Adapter, Mdl, Twin->MapRegisterBase, va,
                                                      Length, TRUE);
    TwinMapRegistersFree(Twin, count);
    return STATUS_SUCCESS;
}

static VOID TwinStop(PTWIN Twin) { Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter); }

#else
#define TWIN_BYTES (2 * 4096u)
#include "twin_scenario.h"
#endif
