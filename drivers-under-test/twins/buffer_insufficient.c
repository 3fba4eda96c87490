/*
 * Twin of rule buffer_insufficient: the list of version 3 is asked for a page more than the
 * chain has.
 */
#ifndef DMACHECK_SCENARIO
#define TWIN_DESCRIPTION(Description)                                                              \
    ((Description)->Version = DEVICE_DESCRIPTION_VERSION3, (Description)->DmaAddressWidth = 32)
#include "twin.h"

static NTSTATUS TwinStart(PTWIN Twin)
{
    UNREFERENCED_PARAMETER(Twin);
    return STATUS_SUCCESS;
}

static NTSTATUS TwinListGetEx(PTWIN Twin, PVOID DmaContext, PMDL Mdl, ULONG Length)
{
    return Twin->Adapter->DmaOperations->GetScatterGatherListEx(Twin->Adapter, Twin->Self,
                                                                DmaContext, Mdl, 0, Length,
                                                                DMA_SYNCHRONOUS_CALLBACK, NULL,
                                                                NULL, TRUE, NULL, NULL,
                                                                &Twin->List);
}

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    PDMA_ADAPTER adapter = Twin->Adapter;
    UCHAR context[DMA_TRANSFER_CONTEXT_SIZE_V1];
    NTSTATUS status = adapter->DmaOperations->InitializeDmaTransferContext(adapter, context);
    KIRQL irql;

    if (!NT_SUCCESS(status))
        return status;
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
#if BUG
    status = TwinListGetEx(Twin, context, Mdl, Length + PAGE_SIZE);
    if (!NT_SUCCESS(status))
#endif
        status = TwinListGetEx(Twin, context, Mdl, Length);
    if (NT_SUCCESS(status))
        adapter->DmaOperations->FreeAdapterObject(adapter, DeallocateObjectKeepRegisters);
    KeLowerIrql(irql);
    if (!NT_SUCCESS(status))
        return status;
    TwinListMove(Twin, Length);
    TwinListPut(Twin, TRUE);
    return STATUS_SUCCESS;
}

static VOID TwinStop(PTWIN Twin) { Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter); }

#else
#include "twin_scenario.h"
#endif
