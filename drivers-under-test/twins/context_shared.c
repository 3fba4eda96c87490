/*
 * Twin of rule context_shared: a second list is made with the context of one that is under way.
 */
#ifndef DMACHECK_SCENARIO
#include "twin.h"
#include "twin_v3.h"

static DECLSPEC_ALIGN(MEMORY_ALLOCATION_ALIGNMENT) UCHAR
    TwinOtherContext[DMA_TRANSFER_CONTEXT_SIZE_V1];

static NTSTATUS TwinStart(PTWIN Twin) { return TwinSecondGet(Twin); }

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    PDMA_ADAPTER adapter = Twin->SecondAdapter;
    PVOID context = BUG ? TwinSecond.Context : TwinOtherContext;
    PSCATTER_GATHER_LIST second;
    NTSTATUS status = TwinSecondBuild(Twin, Mdl, Length / 2, 0, TRUE);
    KIRQL irql;

    if (!NT_SUCCESS(status))
        return status;
    TwinSecondFree(Twin, DeallocateObjectKeepRegisters);
    if (context != TwinSecond.Context)
        status = TwinContextInitialize(Twin, context);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    if (NT_SUCCESS(status))
        status = adapter->DmaOperations->GetScatterGatherListEx(adapter, Twin->Self, context, Mdl,
                                                                Length / 2, Length / 2,
                                                                DMA_SYNCHRONOUS_CALLBACK, NULL,
                                                                NULL, TRUE, NULL, NULL, &second);
    KeLowerIrql(irql);
    TwinCardStart(Twin, Twin->List->Elements[0].Address.LowPart, Length / 2, TRUE);
    TwinCardWait(Twin);
    TwinListPutTo(adapter, Twin->List, TRUE);
    if (!NT_SUCCESS(status))
        return status;
    TwinSecondFree(Twin, DeallocateObjectKeepRegisters);
    TwinCardStart(Twin, second->Elements[0].Address.LowPart, Length / 2, TRUE);
    TwinCardWait(Twin);
    TwinListPutTo(adapter, second, TRUE);
    return STATUS_SUCCESS;
}

static VOID TwinStop(PTWIN Twin)
{
    TwinSecondPut(Twin);
    Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter);
}

#else
#include "twin_scenario.h"
#endif
