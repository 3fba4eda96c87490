/*
 * Twin of rule flush_missing: two pages are sent through one map register, and the first is not
 * flushed before the second is mapped.
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
    ULONG done, length;

    if (!NT_SUCCESS(status))
        return status;
    for (done = 0; done < Length; done += PAGE_SIZE) {
        length = PAGE_SIZE;
        logical =
            Twin->Adapter->DmaOperations->MapTransfer(Twin->Adapter, Mdl, Twin->MapRegisterBase,
                                                      va + done, &length, TRUE);
        TwinCardStart(Twin, logical.LowPart, length, TRUE);
        TwinCardWait(Twin);
#if BUG
        if (done == 0)
            continue;
#endif
        Twin->Adapter->DmaOperations->FlushAdapterBuffers(Twin->Adapter, Mdl, Twin->MapRegisterBase,
                                                          va + done, length, TRUE);
    }
    TwinMapRegistersFree(Twin, 1);
    return STATUS_SUCCESS;
}

static VOID TwinStop(PTWIN Twin) { Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter); }

#else
#define TWIN_BYTES (2 * 4096u)
#include "twin_scenario.h"
#endif
