/*
 * Twin of rule transfer_info_wrong_direction: a read is prepared as if it were a write.
 */
#ifndef DMACHECK_SCENARIO
#include "twin.h"
#include "twin_v3.h"

static NTSTATUS TwinStart(PTWIN Twin) { return TwinSecondGet(Twin); }

/* Into a page of the driver's own: the requester's buffer is for a write. */
static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    PDMA_ADAPTER adapter = Twin->SecondAdapter;
    DMA_TRANSFER_INFO info = { DMA_TRANSFER_INFO_VERSION1 };
    PVOID page;
    PMDL mdl = TwinPageGet(Length, &page);
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;

    UNREFERENCED_PARAMETER(Mdl);
    if (mdl == NULL)
        return status;
    status = adapter->DmaOperations->GetDmaTransferInfo(adapter, mdl, 0, Length, BUG, &info);
    if (NT_SUCCESS(status))
        status = TwinSecondBuild(Twin, mdl, Length, info.V1.ScatterGatherListSize, FALSE);
    if (NT_SUCCESS(status)) {
        TwinSecondFree(Twin, DeallocateObjectKeepRegisters);
        TwinCardStart(Twin, Twin->List->Elements[0].Address.LowPart, Length, FALSE);
        TwinCardWait(Twin);
        TwinListPutTo(adapter, Twin->List, FALSE);
    }
    TwinPageFree(mdl, page);
    return status;
}

static VOID TwinStop(PTWIN Twin)
{
    TwinSecondPut(Twin);
    Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter);
}

#else
#include "twin_scenario.h"
#endif
