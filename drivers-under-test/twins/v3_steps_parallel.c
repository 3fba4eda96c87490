/*
 * Twin of rule v3_steps_parallel: a second list is asked for before the adapter object of the
 * first is freed.
 */
#ifndef DMACHECK_SCENARIO
#include "twin.h"
#include "twin_v3.h"

static DECLSPEC_ALIGN(MEMORY_ALLOCATION_ALIGNMENT) UCHAR
    TwinOtherContext[DMA_TRANSFER_CONTEXT_SIZE_V1];

static DECLSPEC_NOINLINE NTSTATUS TwinSecondHalf(PTWIN Twin, PMDL Mdl, ULONG Half,
                                                 PSCATTER_GATHER_LIST *List)
{
    PDMA_ADAPTER adapter = Twin->SecondAdapter;
    NTSTATUS status = TwinContextInitialize(Twin, TwinOtherContext);
    KIRQL irql;

    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    if (NT_SUCCESS(status))
        status = adapter->DmaOperations->GetScatterGatherListEx(adapter, Twin->Self,
                                                                TwinOtherContext, Mdl, Half, Half,
                                                                DMA_SYNCHRONOUS_CALLBACK, NULL,
                                                                NULL, TRUE, NULL, NULL, List);
    KeLowerIrql(irql);
    return status;
}

static NTSTATUS TwinStart(PTWIN Twin) { return TwinSecondGet(Twin); }

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    PDMA_ADAPTER adapter = Twin->SecondAdapter;
    PSCATTER_GATHER_LIST first, second = NULL;
    NTSTATUS status = TwinSecondBuild(Twin, Mdl, Length / 2, 0, TRUE);

    if (!NT_SUCCESS(status))
        return status;
    first = Twin->List;
#if BUG
    TwinSecondHalf(Twin, Mdl, Length / 2, &second);
#endif
    TwinSecondFree(Twin, DeallocateObjectKeepRegisters);
    if (second == NULL)
        status = TwinSecondHalf(Twin, Mdl, Length / 2, &second);
    TwinCardStart(Twin, first->Elements[0].Address.LowPart, Length / 2, TRUE);
    TwinCardWait(Twin);
    TwinListPutTo(adapter, first, TRUE);
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
