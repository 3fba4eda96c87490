/*
 * Twin of rule mapregs_overallocated: while it holds all its map registers the driver asks for
 * another.
 */
#ifndef DMACHECK_SCENARIO
#define TWIN_DESCRIPTION(Description)                                                              \
    ((Description)->ScatterGather = TRUE, (Description)->Dma64BitAddresses = TRUE)
#include "twin.h"

static NTSTATUS TwinStart(PTWIN Twin)
{
    UNREFERENCED_PARAMETER(Twin);
    return STATUS_SUCCESS;
}

static NTSTATUS TwinAsk(PTWIN Twin, ULONG Count)
{
    NTSTATUS status;
    KIRQL irql;

    KeClearEvent(&Twin->Granted);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    status = Twin->Adapter->DmaOperations->AllocateAdapterChannel(Twin->Adapter, Twin->Self, Count,
                                                                  TwinAdapterControl, Twin);
    KeLowerIrql(irql);
    return status;
}

static VOID TwinFree(PTWIN Twin, PVOID Base, ULONG Count)
{
    KIRQL irql;

    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    Twin->Adapter->DmaOperations->FreeMapRegisters(Twin->Adapter, Base, Count);
    KeLowerIrql(irql);
}

/* Where registers are needed the second request is granted when the first are free again. */
static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    NTSTATUS status = TwinMapRegistersGet(Twin, Twin->MapRegisters);
    PVOID first = Twin->MapRegisterBase;

    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
    if (!NT_SUCCESS(status))
        return status;
#if BUG
    status = TwinAsk(Twin, 1);
    TwinFree(Twin, first, Twin->MapRegisters);
#else
    TwinFree(Twin, first, Twin->MapRegisters);
    status = TwinAsk(Twin, 1);
#endif
    if (!NT_SUCCESS(status))
        return status;
    KeWaitForSingleObject(&Twin->Granted, Executive, KernelMode, FALSE, NULL);
    TwinFree(Twin, Twin->MapRegisterBase, 1);
    return STATUS_SUCCESS; /* the bytes are dropped: this twin is about the asking */
}

static VOID TwinStop(PTWIN Twin) { Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter); }

#else
/* A card that reaches all memory: only there are map registers not needed. */
#define TWIN_DEVICES "sgdma"
#include "twin_scenario.h"
#endif
