/*
 * A correct driver for a slave of the system DMA controller, for the test that nobody complains of one:
 * each write goes through packets with a flush that ends them, transfers that complete, one that is cut
 * short, one that is cancelled, and a ring.
 */
#ifndef DMACHECK_SCENARIO
#include "../../drivers-under-test/twins/twin.h"

/* docs/devices/slavedma.md */
#define SLAVE_CONTROL 0x04
#define SLAVE_STATUS 0x08
#define SLAVE_CAUSE 0x0c
#define SLAVE_LENGTH 0x10
#define SLAVE_OFFSET 0x14
#define SLAVE_DATA 0x40
#define SLAVE_START 0x1u
#define SLAVE_TO_CARD 0x2u
#define SLAVE_STOP 0x8u

#define TAG 'vlsT'
#define ADAPTER_PACKET 0
#define ADAPTER_RING 1
#define ADAPTER_LATER 2 /* version 3 */

static PDMA_ADAPTER Adapters[3];
static UCHAR TransferContext[DMA_TRANSFER_CONTEXT_SIZE_V1];
static KEVENT Completed;
static DMA_COMPLETION_STATUS CompletedAs;
static PVOID Ring;
static PHYSICAL_ADDRESS RingLogical;
static PMDL RingMdl;

static PDMA_ADAPTER SlaveAdapter(PTWIN Twin, ULONG Version, BOOLEAN AutoInitialize)
{
    DEVICE_DESCRIPTION description;
    ULONG registers;

    RtlZeroMemory(&description, sizeof(description));
    description.Version = Version;
    description.AutoInitialize = AutoInitialize;
    description.Dma32BitAddresses = TRUE;
    description.InterfaceType = PCIBus;
    description.MaximumLength = PAGE_SIZE;
    description.DmaWidth = Width8Bits;
    description.DmaChannel = Twin->DmaChannel;
    if (Version == DEVICE_DESCRIPTION_VERSION3) {
        description.DmaRequestLine = Twin->DmaRequestLine;
        description.DeviceAddress.QuadPart = Twin->RegistersStart.QuadPart + SLAVE_DATA;
    }
    return IoGetDmaAdapter(Twin->Pdo, &description, &registers);
}

static NTSTATUS TwinStart(PTWIN Twin)
{
    KeInitializeEvent(&Completed, SynchronizationEvent, FALSE);
    Adapters[ADAPTER_PACKET] = SlaveAdapter(Twin, DEVICE_DESCRIPTION_VERSION1, FALSE);
    Adapters[ADAPTER_RING] = SlaveAdapter(Twin, DEVICE_DESCRIPTION_VERSION2, TRUE);
    Adapters[ADAPTER_LATER] = SlaveAdapter(Twin, DEVICE_DESCRIPTION_VERSION3, FALSE);
    if (!Adapters[ADAPTER_PACKET] || !Adapters[ADAPTER_RING] || !Adapters[ADAPTER_LATER])
        return STATUS_INSUFFICIENT_RESOURCES;
    Ring =
        Adapters[ADAPTER_RING]->DmaOperations->AllocateCommonBuffer(Adapters[ADAPTER_RING],
                                                                    PAGE_SIZE, &RingLogical, TRUE);
    RingMdl = Ring ? IoAllocateMdl(Ring, PAGE_SIZE, FALSE, FALSE, NULL) : NULL;
    if (RingMdl == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    MmBuildMdlForNonPagedPool(RingMdl);
    return STATUS_SUCCESS;
}

static VOID TwinStop(PTWIN Twin)
{
    ULONG i;

    if (RingMdl != NULL)
        IoFreeMdl(RingMdl);
    RingMdl = NULL;
    if (Ring != NULL)
        Adapters[ADAPTER_RING]->DmaOperations->FreeCommonBuffer(Adapters[ADAPTER_RING], PAGE_SIZE,
                                                                RingLogical, Ring, TRUE);
    Ring = NULL;
    for (i = 0; i < RTL_NUMBER_OF(Adapters); i++) {
        if (Adapters[i] != NULL)
            Adapters[i]->DmaOperations->PutDmaAdapter(Adapters[i]);
        Adapters[i] = NULL;
    }
    Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter);
}

/* --- the card --- */

static VOID CardStart(PTWIN Twin, ULONG Length, ULONG Direction)
{
    TwinRegister(Twin, SLAVE_LENGTH, Length);
    TwinRegister(Twin, SLAVE_OFFSET, 0);
    TwinRegister(Twin, SLAVE_CONTROL, SLAVE_START | Direction);
}

static VOID Delay(ULONG Microseconds)
{
    LARGE_INTEGER time;

    time.QuadPart = -10 * (LONGLONG)Microseconds;
    KeDelayExecutionThread(KernelMode, FALSE, &time);
}

static VOID CardWait(PTWIN Twin)
{
    while (READ_REGISTER_ULONG((PULONG)(Twin->Registers + SLAVE_CAUSE)) == 0)
        Delay(20);
    TwinRegister(Twin, SLAVE_CAUSE, 1);
}

/* --- channels --- */

static IO_ALLOCATION_ACTION NTAPI ChannelControl(PDEVICE_OBJECT DeviceObject, PIRP Irp,
                                                 PVOID MapRegisterBase, PVOID Context)
{
    TwinAdapterControl(DeviceObject, Irp, MapRegisterBase, Context);
    return KeepObject;
}

static NTSTATUS ChannelGet(PTWIN Twin, PDMA_ADAPTER Adapter, ULONG Registers)
{
    NTSTATUS status;
    KIRQL irql;

    KeClearEvent(&Twin->Granted);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    if (Adapter == Adapters[ADAPTER_LATER])
        status = Adapter->DmaOperations->AllocateAdapterChannelEx(Adapter, Twin->Self,
                                                                  TransferContext, Registers, 0,
                                                                  ChannelControl, Twin, NULL);
    else
        status = Adapter->DmaOperations->AllocateAdapterChannel(Adapter, Twin->Self, Registers,
                                                                ChannelControl, Twin);
    KeLowerIrql(irql);
    if (NT_SUCCESS(status))
        KeWaitForSingleObject(&Twin->Granted, Executive, KernelMode, FALSE, NULL);
    return status;
}

static VOID ChannelPut(PDMA_ADAPTER Adapter)
{
    KIRQL irql;

    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    Adapter->DmaOperations->FreeAdapterChannel(Adapter);
    KeLowerIrql(irql);
}

/* --- what the driver does --- */

/* Card: how much the card moves, which may be less than the channel is programmed for. */
static NTSTATUS Packet(PTWIN Twin, PMDL Mdl, ULONG Length, ULONG Card, BOOLEAN ToCard)
{
    PDMA_ADAPTER adapter = Adapters[ADAPTER_PACKET];
    PVOID va = MmGetMdlVirtualAddress(Mdl);
    ULONG mapped = Length;
    NTSTATUS status;

    KeFlushIoBuffers(Mdl, !ToCard, TRUE);
    status = ChannelGet(Twin, adapter, ADDRESS_AND_SIZE_TO_SPAN_PAGES(va, Length));
    if (!NT_SUCCESS(status))
        return status;
    adapter->DmaOperations->MapTransfer(adapter, Mdl, Twin->MapRegisterBase, va, &mapped, ToCard);
    CardStart(Twin, Card, ToCard ? SLAVE_TO_CARD : 0);
    CardWait(Twin);
    if (!adapter->DmaOperations->FlushAdapterBuffers(adapter, Mdl, Twin->MapRegisterBase, va,
                                                     mapped, ToCard))
        status = STATUS_UNSUCCESSFUL;
    if (adapter->DmaOperations->ReadDmaCounter(adapter) != Length - Card)
        status = STATUS_DEVICE_DATA_ERROR;
    ChannelPut(adapter);
    return status;
}

static VOID NTAPI TransferCompleted(PDMA_ADAPTER DmaAdapter, PDEVICE_OBJECT DeviceObject,
                                    PVOID CompletionContext, DMA_COMPLETION_STATUS Status)
{
    UNREFERENCED_PARAMETER(DmaAdapter);
    UNREFERENCED_PARAMETER(DeviceObject);
    CompletedAs = Status;
    KeSetEvent(CompletionContext, IO_NO_INCREMENT, FALSE);
}

/* One piece, and as many bytes of it as were mapped. */
static NTSTATUS Piece(PTWIN Twin, PMDL Mdl, ULONG Offset, PULONG Length, ULONG Card)
{
    PDMA_ADAPTER adapter = Adapters[ADAPTER_LATER];
    NTSTATUS status = adapter->DmaOperations->MapTransferEx(adapter, Mdl, Twin->MapRegisterBase,
                                                            Offset, 0, Length, FALSE, NULL, 0,
                                                            TransferCompleted, &Completed);

    if (!NT_SUCCESS(status))
        return status;
    TwinRegister(Twin, SLAVE_LENGTH, Card ? Card : *Length);
    TwinRegister(Twin, SLAVE_OFFSET, Offset);
    TwinRegister(Twin, SLAVE_CONTROL, SLAVE_START);
    if (Card) {
        Delay(500);
        status = adapter->DmaOperations->CancelMappedTransfer(adapter, TransferContext);
    }
    KeWaitForSingleObject(&Completed, Executive, KernelMode, FALSE, NULL);
    adapter->DmaOperations->FlushAdapterBuffersEx(adapter, Mdl, Twin->MapRegisterBase, Offset,
                                                  *Length, FALSE);
    TwinRegister(Twin, SLAVE_CONTROL, SLAVE_STOP);
    TwinRegister(Twin, SLAVE_CAUSE, 1);
    if (CompletedAs != (Card ? DmaCancelled : DmaComplete))
        status = STATUS_DEVICE_DATA_ERROR;
    return status;
}

/* Card 0: all of it; else the card stops after so many bytes, and the transfer is cancelled. */
static NTSTATUS Later(PTWIN Twin, PMDL Mdl, ULONG Length, ULONG Card)
{
    PDMA_ADAPTER adapter = Adapters[ADAPTER_LATER];
    ULONG done = 0, mapped;
    NTSTATUS status =
        adapter->DmaOperations->InitializeDmaTransferContext(adapter, TransferContext);

    if (NT_SUCCESS(status))
        status = ChannelGet(Twin, adapter, 1);
    if (!NT_SUCCESS(status))
        return status;
    do {
        mapped = Length - done;
        status = Piece(Twin, Mdl, done, &mapped, Card);
        done += mapped;
    } while (NT_SUCCESS(status) && done < Length && Card == 0);
    ChannelPut(adapter);
    return status;
}

/* The channel goes round twice while somebody listens to where it is. */
static NTSTATUS Around(PTWIN Twin)
{
    PDMA_ADAPTER adapter = Adapters[ADAPTER_RING];
    ULONG length = PAGE_SIZE, laps = 0, last = PAGE_SIZE, left;
    NTSTATUS status = ChannelGet(Twin, adapter, 1);

    if (!NT_SUCCESS(status))
        return status;
    adapter->DmaOperations->MapTransfer(adapter, RingMdl, Twin->MapRegisterBase, Ring, &length,
                                        FALSE);
    CardStart(Twin, 0, 0);
    while (laps < 2) {
        Delay(50);
        left = adapter->DmaOperations->ReadDmaCounter(adapter);
        laps += left > last;
        last = left;
    }
    TwinRegister(Twin, SLAVE_CONTROL, SLAVE_STOP);
    adapter->DmaOperations->FlushAdapterBuffers(adapter, RingMdl, Twin->MapRegisterBase, Ring,
                                                length, FALSE);
    ChannelPut(adapter);
    return status;
}

static BOOLEAN Same(PMDL Mdl, PUCHAR Buffer, ULONG Length, ULONG Equal)
{
    PUCHAR written = MmGetSystemAddressForMdlSafe(Mdl, NormalPagePriority);
    ULONG i;

    if (written == NULL)
        return TRUE;
    for (i = 0; i < Length; i++)
        if (Buffer[i] != (i < Equal ? written[i] : 0))
            return FALSE;
    return TRUE;
}

static NTSTATUS ReadBack(PTWIN Twin, PMDL Written, PMDL Mdl, PUCHAR Buffer, ULONG Length)
{
    NTSTATUS status;

    RtlZeroMemory(Buffer, PAGE_SIZE);
    status = Packet(Twin, Mdl, Length, Length / 3, FALSE);
    if (NT_SUCCESS(status) && !Same(Written, Buffer, Length, Length / 3))
        status = STATUS_DATA_ERROR;
    if (NT_SUCCESS(status))
        status = Later(Twin, Mdl, Length, 0);
    if (NT_SUCCESS(status) && !Same(Written, Buffer, Length, Length))
        status = STATUS_CRC_ERROR;
    RtlZeroMemory(Buffer, PAGE_SIZE);
    if (NT_SUCCESS(status))
        status = Later(Twin, Mdl, Length, 100);
    if (NT_SUCCESS(status) && !Same(Written, Buffer, 100, 100))
        status = STATUS_DATA_OVERRUN;
    return status;
}

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    PUCHAR buffer = ExAllocatePoolWithTag(NonPagedPoolNx, PAGE_SIZE, TAG);
    PMDL mdl = buffer ? IoAllocateMdl(buffer, Length, FALSE, FALSE, NULL) : NULL;
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;

    if (mdl != NULL) {
        MmBuildMdlForNonPagedPool(mdl);
        status = Packet(Twin, Mdl, Length, Length, TRUE);
        if (NT_SUCCESS(status))
            status = ReadBack(Twin, Mdl, mdl, buffer, Length);
        if (NT_SUCCESS(status))
            status = Around(Twin);
        IoFreeMdl(mdl);
    }
    if (buffer != NULL)
        ExFreePoolWithTag(buffer, TAG);
    return status;
}

#else
#define TWIN_DEVICES "slavedma"
#include "../../drivers-under-test/twins/twin_scenario.h"
#endif
