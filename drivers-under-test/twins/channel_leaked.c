/*
 * Twin of rule channel_leaked: the channel that KeepObject kept is never freed.
 */
#ifndef DMACHECK_SCENARIO
#include "twin.h"

static NTSTATUS TwinStart(PTWIN Twin)
{
    UNREFERENCED_PARAMETER(Twin);
    return STATUS_SUCCESS;
}

static IO_ALLOCATION_ACTION NTAPI TwinAdapterKeep(PDEVICE_OBJECT DeviceObject, PIRP Irp,
                                                  PVOID MapRegisterBase, PVOID Context)
{
    TwinAdapterControl(DeviceObject, Irp, MapRegisterBase, Context);
    return KeepObject;
}

/* AllocateAdapterChannel, and waits; the channel stays with us until it is freed. */
static NTSTATUS TwinChannelGet(PTWIN Twin, ULONG Count)
{
    NTSTATUS status;
    KIRQL irql;

    KeClearEvent(&Twin->Granted);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    status = Twin->Adapter->DmaOperations->AllocateAdapterChannel(Twin->Adapter, Twin->Self, Count,
                                                                  TwinAdapterKeep, Twin);
    KeLowerIrql(irql);
    if (NT_SUCCESS(status))
        KeWaitForSingleObject(&Twin->Granted, Executive, KernelMode, FALSE, NULL);
    return status;
}

static VOID TwinChannelMove(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    ULONG mapped = Length;
    PVOID va = MmGetMdlVirtualAddress(Mdl);
    PHYSICAL_ADDRESS logical =
        Twin->Adapter->DmaOperations->MapTransfer(Twin->Adapter, Mdl, Twin->MapRegisterBase, va,
                                                  &mapped, TRUE);

    TwinCardStart(Twin, logical.LowPart, mapped, TRUE);
    TwinCardWait(Twin);
    Twin->Adapter->DmaOperations->FlushAdapterBuffers(Twin->Adapter, Mdl, Twin->MapRegisterBase, va,
                                                      mapped, TRUE);
}

#define TwinChannelFree(Twin)                                                                      \
    do {                                                                                           \
        KIRQL irql_;                                                                               \
        KeRaiseIrql(DISPATCH_LEVEL, &irql_);                                                       \
        (Twin)->Adapter->DmaOperations->FreeAdapterChannel((Twin)->Adapter);                       \
        KeLowerIrql(irql_);                                                                        \
    } while (0)

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    NTSTATUS status = TwinChannelGet(Twin, 1);

    if (!NT_SUCCESS(status))
        return status;
    TwinChannelMove(Twin, Mdl, Length);
#if !BUG
    TwinChannelFree(Twin);
#endif
    return STATUS_SUCCESS;
}

static VOID TwinStop(PTWIN Twin) { Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter); }

#else
#include "twin_scenario.h"
#endif
