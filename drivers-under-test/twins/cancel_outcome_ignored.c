/*
 * Twin of rule cancel_outcome_ignored: a request is cancelled too late, and its context freed all
 * the same.
 */
#ifndef DMACHECK_SCENARIO
#include "twin.h"
#include "twin_v3.h"

static NTSTATUS TwinStart(PTWIN Twin) { return TwinSecondGet(Twin); }

/* The driver has thought better of it: it asks for map registers and cancels. */
static DECLSPEC_NOINLINE NTSTATUS TwinChangeOfMind(PTWIN Twin)
{
    PDMA_ADAPTER adapter = Twin->SecondAdapter;
    PVOID context =
        ExAllocatePool2(POOL_FLAG_NON_PAGED, DMA_TRANSFER_CONTEXT_SIZE_V1, TWIN_POOL_TAG);
    BOOLEAN cancelled = TRUE;
    NTSTATUS status;
    KIRQL irql;

    if (context == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    KeClearEvent(&Twin->Granted);
    status = TwinContextInitialize(Twin, context);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    if (NT_SUCCESS(status))
        status =
            adapter->DmaOperations->AllocateAdapterChannelEx(adapter, Twin->Self, context, 1, 0,
                                                             TwinAdapterControl, Twin, NULL);
    if (NT_SUCCESS(status))
        cancelled = adapter->DmaOperations->CancelAdapterChannel(adapter, Twin->Self, context);
    KeLowerIrql(irql);
#if BUG
    ExFreePoolWithTag(context, TWIN_POOL_TAG);
#endif
    if (!cancelled) {
        KeWaitForSingleObject(&Twin->Granted, Executive, KernelMode, FALSE, NULL);
        KeRaiseIrql(DISPATCH_LEVEL, &irql);
        adapter->DmaOperations->FreeMapRegisters(adapter, Twin->MapRegisterBase, 1);
        KeLowerIrql(irql);
    }
#if !BUG
    ExFreePoolWithTag(context, TWIN_POOL_TAG);
#endif
    return status;
}

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    NTSTATUS status = TwinChangeOfMind(Twin);

    if (NT_SUCCESS(status))
        status = TwinListGet(Twin, Mdl, Length, TRUE);
    if (!NT_SUCCESS(status))
        return status;
    TwinListMove(Twin, Length);
    TwinListPut(Twin, TRUE);
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
