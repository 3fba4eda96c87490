/*
 * Twin of rule channel_flushed_early: the flush does not wait for the channel's completion. The card is
 * a slavedma (docs/devices/slavedma.md), which moves with the system DMA controller.
 */
#ifndef DMACHECK_SCENARIO
#include "twin.h"

#define SLAVE_CONTROL 0x04
#define SLAVE_LENGTH 0x10
#define SLAVE_OFFSET 0x14
#define SLAVE_DATA 0x40
#define SLAVE_START_TO_CARD 0x3u
#define SLAVE_STOP 0x8u

static UCHAR TransferContext[DMA_TRANSFER_CONTEXT_SIZE_V1];
static KEVENT Completed;

static NTSTATUS TwinStart(PTWIN Twin)
{
    DEVICE_DESCRIPTION description;
    ULONG registers;

    KeInitializeEvent(&Completed, SynchronizationEvent, FALSE);
    RtlZeroMemory(&description, sizeof(description));
    description.Version = DEVICE_DESCRIPTION_VERSION3;
    description.InterfaceType = PCIBus;
    description.MaximumLength = PAGE_SIZE;
    description.DmaWidth = Width8Bits;
    description.DmaChannel = Twin->DmaChannel;
    description.DmaRequestLine = Twin->DmaRequestLine;
    description.DeviceAddress.QuadPart = Twin->RegistersStart.QuadPart + SLAVE_DATA;
    Twin->SecondAdapter = IoGetDmaAdapter(Twin->Pdo, &description, &registers);
    return Twin->SecondAdapter != NULL ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

static IO_ALLOCATION_ACTION NTAPI ChannelControl(PDEVICE_OBJECT DeviceObject, PIRP Irp,
                                                 PVOID MapRegisterBase, PVOID Context)
{
    TwinAdapterControl(DeviceObject, Irp, MapRegisterBase, Context);
    return KeepObject;
}

static VOID NTAPI TransferCompleted(PDMA_ADAPTER DmaAdapter, PDEVICE_OBJECT DeviceObject,
                                    PVOID CompletionContext, DMA_COMPLETION_STATUS Status)
{
    UNREFERENCED_PARAMETER(DmaAdapter);
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Status);
    KeSetEvent(CompletionContext, IO_NO_INCREMENT, FALSE);
}

static NTSTATUS ChannelGet(PTWIN Twin)
{
    PDMA_ADAPTER adapter = Twin->SecondAdapter;
    NTSTATUS status =
        adapter->DmaOperations->InitializeDmaTransferContext(adapter, TransferContext);
    KIRQL irql;

    if (!NT_SUCCESS(status))
        return status;
    KeClearEvent(&Twin->Granted);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    status = adapter->DmaOperations->AllocateAdapterChannelEx(adapter, Twin->Self, TransferContext,
                                                              1, 0, ChannelControl, Twin, NULL);
    KeLowerIrql(irql);
    if (NT_SUCCESS(status))
        KeWaitForSingleObject(&Twin->Granted, Executive, KernelMode, FALSE, NULL);
    return status;
}

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    PDMA_ADAPTER adapter = Twin->SecondAdapter;
    NTSTATUS status = ChannelGet(Twin);
    KIRQL irql;

    if (!NT_SUCCESS(status))
        return status;
    status =
        adapter->DmaOperations->MapTransferEx(adapter, Mdl, Twin->MapRegisterBase, 0, 0, &Length,
                                              TRUE, NULL, 0, TransferCompleted, &Completed);
    if (NT_SUCCESS(status)) {
        TwinRegister(Twin, SLAVE_LENGTH, Length);
        TwinRegister(Twin, SLAVE_OFFSET, 0);
        TwinRegister(Twin, SLAVE_CONTROL, SLAVE_START_TO_CARD);
#if !BUG
        KeWaitForSingleObject(&Completed, Executive, KernelMode, FALSE, NULL);
#endif
        adapter->DmaOperations->FlushAdapterBuffersEx(adapter, Mdl, Twin->MapRegisterBase, 0,
                                                      Length, TRUE);
#if BUG
        KeWaitForSingleObject(&Completed, Executive, KernelMode, FALSE, NULL);
#endif
        TwinRegister(Twin, SLAVE_CONTROL, SLAVE_STOP);
    }
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    adapter->DmaOperations->FreeAdapterChannel(adapter);
    KeLowerIrql(irql);
    return status;
}

static VOID TwinStop(PTWIN Twin)
{
    if (Twin->SecondAdapter != NULL)
        Twin->SecondAdapter->DmaOperations->PutDmaAdapter(Twin->SecondAdapter);
    Twin->SecondAdapter = NULL;
    Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter);
}

#else
#define TWIN_DEVICES "slavedma"
#include "twin_scenario.h"
#endif
