/*
 * One request on the card: the adapter channel is allocated once, then piece after piece is mapped,
 * moved and flushed, and the map registers are freed with the last. All of it is version 1 of the
 * DMA interface, at DISPATCH_LEVEL: first in AdapterControl, afterwards in the interrupt's DPC.
 */
#include "pkt.h"

static DRIVER_CONTROL PktAdapterControl;

/* The map registers for the longest piece that can be: no more than the adapter has, and no more
 * than the request takes wherever in its pages a piece of it begins. */
static ULONG PktRegistersWanted(PPKT_DEVICE Device, PMDL Mdl, ULONG Length)
{
    ULONG most = 0;

    for (; Mdl != NULL && Length != 0; Mdl = Mdl->Next) {
        ULONG bytes = PktMin(MmGetMdlByteCount(Mdl), Length);
        ULONG pages = ADDRESS_AND_SIZE_TO_SPAN_PAGES(MmGetMdlVirtualAddress(Mdl), bytes);

        if (pages > most)
            most = pages;
        Length -= bytes;
    }
    return PktMin(most, Device->MapRegisters);
}

/* Begins with a request; Busy is the caller's. A failure leaves the request to the caller. */
NTSTATUS PktTransferStart(PPKT_DEVICE Device, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    PPKT_CURRENT current = &Device->Current;
    NTSTATUS status;
    KIRQL irql;
    PMDL mdl;

    RtlZeroMemory(current, sizeof(*current));
    current->Irp = Irp;
    current->ToCard = stack->MajorFunction == IRP_MJ_WRITE;
    current->Length = current->ToCard ? stack->Parameters.Write.Length
                                      : stack->Parameters.Read.Length;
    current->CardAddress = current->ToCard ? stack->Parameters.Write.ByteOffset.LowPart
                                           : stack->Parameters.Read.ByteOffset.LowPart;
    current->Mdl = Irp->MdlAddress;
    current->MapRegisters = PktRegistersWanted(Device, Irp->MdlAddress, current->Length);

    /* Nothing on x64; where devices do not see the CPU's caches, what must be done before DMA. */
    for (mdl = Irp->MdlAddress; mdl != NULL; mdl = mdl->Next)
        KeFlushIoBuffers(mdl, (BOOLEAN)!current->ToCard, TRUE);

    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    status = Device->Adapter->DmaOperations->AllocateAdapterChannel(
        Device->Adapter, Device->Self, current->MapRegisters, PktAdapterControl, Device);
    KeLowerIrql(irql);
    return status;
}

/* Maps the next piece and gives it to the card. MapTransfer's CurrentVa is an index into the MDL; a
 * piece ends where the map registers, the MDL, the request or the card's window end. */
static VOID PktPieceStart(PPKT_DEVICE Device)
{
    PPKT_CURRENT current = &Device->Current;
    PDMA_ADAPTER adapter = Device->Adapter;
    ULONG offset = current->CardAddress % PKTDMA_WINDOW_BYTES;
    ULONG control = PKTDMA_CONTROL_START | PKTDMA_CONTROL_IRQ;
    PHYSICAL_ADDRESS logical;
    ULONG length;

    while (current->MdlDone == MmGetMdlByteCount(current->Mdl)) {
        current->Mdl = current->Mdl->Next;
        current->MdlDone = 0;
    }
    current->PieceVa = (PCHAR)MmGetMdlVirtualAddress(current->Mdl) + current->MdlDone;
    length = PktMin(current->Length - current->Done,
                    MmGetMdlByteCount(current->Mdl) - current->MdlDone);
    length = PktMin(length, current->MapRegisters * PAGE_SIZE - BYTE_OFFSET(current->PieceVa));
    length = PktMin(length, PKTDMA_WINDOW_BYTES - offset);

    logical = adapter->DmaOperations->MapTransfer(adapter, current->Mdl, current->MapRegisterBase,
                                                  current->PieceVa, &length, current->ToCard);
    current->PieceLength = length;
    current->Mapped = TRUE;
    if (current->ToCard)
        control |= PKTDMA_CONTROL_TO_CARD;

    InterlockedExchange(&Device->PieceActive, 1); /* first: the card may win over the last store */
    PktWrite(Device, PKTDMA_WINDOW, current->CardAddress / PKTDMA_WINDOW_BYTES);
    PktWrite(Device, PKTDMA_OFFSET, offset);
    PktWrite(Device, PKTDMA_ADDRESS, logical.LowPart);
    PktWrite(Device, PKTDMA_LENGTH, length);
    PktWrite(Device, PKTDMA_CONTROL, control);
}

/*
 * The map registers are here. The card may be done with the piece, on another processor, before
 * this routine has returned, and until then the adapter channel is still ours: a next request must
 * not ask for it. So the first piece waits for two: the card, and the DPC queued here, which runs
 * on this processor and therefore not before the IRQL has dropped, long after the return.
 */
static IO_ALLOCATION_ACTION NTAPI PktAdapterControl(PDEVICE_OBJECT DeviceObject, PIRP Irp,
                                                    PVOID MapRegisterBase, PVOID Context)
{
    PPKT_DEVICE device = Context;

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp); /* CurrentIrp is StartIo's business; there is no StartIo here */

    KeInsertQueueDpc(&device->ControlDpc, NULL, NULL);
    if (PktGone(device) || device->Current.Irp->Cancel) {
        /* While it waited for map registers the card was pulled out, or its caller gave it up. */
        device->PieceStatus = PktGone(device) ? STATUS_NO_SUCH_DEVICE : STATUS_CANCELLED;
        device->PieceWaits = 1;
        return DeallocateObject;
    }
    device->Current.MapRegisterBase = MapRegisterBase;
    device->PieceWaits = 2;
    PktPieceStart(device);
    return DeallocateObjectKeepRegisters; /* a bus master: the channel is of no use, the rest is */
}

/* Ends a piece: then comes the next one, or the end of the request, also when somebody has
 * cancelled it between two pieces. */
static VOID PktPieceEnd(PPKT_DEVICE Device)
{
    PPKT_CURRENT current = &Device->Current;
    PDMA_ADAPTER adapter = Device->Adapter;
    NTSTATUS status = Device->PieceStatus;
    BOOLEAN flushed;

    if (!current->Mapped) { /* AdapterControl has declined */
        PktCurrentDone(Device, status);
        return;
    }
    flushed = adapter->DmaOperations->FlushAdapterBuffers(
        adapter, current->Mdl, current->MapRegisterBase, current->PieceVa, current->PieceLength,
        current->ToCard);
    if (!flushed && NT_SUCCESS(status))
        status = STATUS_IO_DEVICE_ERROR;
    current->Done += current->PieceLength;
    current->MdlDone += current->PieceLength;
    current->CardAddress += current->PieceLength;

    if (NT_SUCCESS(status) && current->Done < current->Length) {
        if (!current->Irp->Cancel) {
            Device->PieceWaits = 1;
            PktPieceStart(Device);
            return;
        }
        status = STATUS_CANCELLED;
    }
    if (current->MapRegisterBase != NULL)
        adapter->DmaOperations->FreeMapRegisters(adapter, current->MapRegisterBase,
                                                 current->MapRegisters);
    PktCurrentDone(Device, status);
}

static VOID PktPieceWaitOver(PPKT_DEVICE Device)
{
    if (InterlockedDecrement(&Device->PieceWaits) == 0)
        PktPieceEnd(Device);
}

/* The card will not answer any more: somebody has to speak in its place, once. */
VOID PktPieceAbort(PPKT_DEVICE Device)
{
    KIRQL irql;

    if (InterlockedExchange(&Device->PieceActive, 0) == 0)
        return;
    Device->PieceStatus = STATUS_NO_SUCH_DEVICE;
    KeRaiseIrql(DISPATCH_LEVEL, &irql); /* FreeMapRegisters wants it */
    PktPieceWaitOver(Device);
    KeLowerIrql(irql);
}

VOID NTAPI PktControlDpc(PKDPC Dpc, PVOID DeferredContext, PVOID SystemArgument1,
                         PVOID SystemArgument2)
{
    PPKT_DEVICE device = DeferredContext;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(SystemArgument1);
    UNREFERENCED_PARAMETER(SystemArgument2);

    /* A removal may have looked for a piece just before AdapterControl started one. It goes first:
     * after the wait is over the piece may be another one. */
    if (PktGone(device))
        PktPieceAbort(device);
    PktPieceWaitOver(device);
}

VOID NTAPI PktInterruptDpc(PKDPC Dpc, PVOID DeferredContext, PVOID SystemArgument1,
                           PVOID SystemArgument2)
{
    PPKT_DEVICE device = DeferredContext;
    ULONG cause = (ULONG)InterlockedExchange(&device->SavedCause, 0);

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(SystemArgument1);
    UNREFERENCED_PARAMETER(SystemArgument2);

    if (cause == 0 || InterlockedExchange(&device->PieceActive, 0) == 0)
        return; /* an earlier run of this DPC has seen to it, or a removal has */
    device->PieceStatus = STATUS_SUCCESS;
    if (!(cause & PKTDMA_CAUSE_DONE) || (cause & PKTDMA_CAUSE_ERROR)) {
        PktWrite(device, PKTDMA_ERROR, PKTDMA_ERRORS);
        device->PieceStatus = STATUS_IO_DEVICE_ERROR;
    }
    PktPieceWaitOver(device);
}
