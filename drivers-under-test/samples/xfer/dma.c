/*
 * The heart: pieces of requests become scatter/gather lists, lists become descriptors, and finished
 * descriptors end requests.
 *
 * The pump of a channel runs on one processor at a time, whoever calls it: a dispatch routine, the
 * interrupt's DPC, the retry timer's DPC. So the three steps that the interface wants one at a time
 * for an adapter (BuildScatterGatherListEx, copy, FreeAdapterObject) are, with no lock held. It
 * goes on until it has no request, no slot, no ring entries or no map registers left; each of these
 * comes back with a finished slot, and so does the pump.
 */
#include "xfer.h"

/* --- holding: no new piece is started while anybody holds --- */

VOID XferHold(PXFER_DEVICE Device, ULONG Reason)
{
    KIRQL irql;

    KeAcquireSpinLock(&Device->StateLock, &irql);
    Device->Holds |= Reason;
    KeReleaseSpinLock(&Device->StateLock, irql);
}

VOID XferUnhold(PXFER_DEVICE Device, ULONG Reason)
{
    KIRQL irql;

    KeAcquireSpinLock(&Device->StateLock, &irql);
    Device->Holds &= ~Reason;
    KeReleaseSpinLock(&Device->StateLock, irql);
    XferPumpAll(Device);
}

VOID XferWaitPumps(PXFER_DEVICE Device)
{
    KeWaitForSingleObject(&Device->PumpsIdle, Executive, KernelMode, FALSE, NULL);
}

VOID XferWaitFlights(PXFER_DEVICE Device)
{
    KeWaitForSingleObject(&Device->FlightsIdle, Executive, KernelMode, FALSE, NULL);
}

BOOLEAN XferGone(PXFER_DEVICE Device)
{
    return Device->PnpState == XferSurpriseRemoved || Device->PnpState == XferRemoved;
}

/* Both counts work alike: at DISPATCH_LEVEL, and the event says "zero". */
static VOID XferCountUp(PXFER_DEVICE Device, PULONG Count, PKEVENT Idle)
{
    KeAcquireSpinLockAtDpcLevel(&Device->StateLock);
    if ((*Count)++ == 0)
        KeClearEvent(Idle);
    KeReleaseSpinLockFromDpcLevel(&Device->StateLock);
}

static VOID XferCountDown(PXFER_DEVICE Device, PULONG Count, PKEVENT Idle)
{
    KeAcquireSpinLockAtDpcLevel(&Device->StateLock);
    if (--(*Count) == 0)
        KeSetEvent(Idle, IO_NO_INCREMENT, FALSE);
    KeReleaseSpinLockFromDpcLevel(&Device->StateLock);
}

/* A slot is in flight from before it is looked for until it is free again, so whoever holds and
 * then waits for the flights knows that no list is left. */
static BOOLEAN XferFlightBegin(PXFER_DEVICE Device)
{
    BOOLEAN allowed;

    KeAcquireSpinLockAtDpcLevel(&Device->StateLock);
    allowed = Device->Holds == 0;
    if (allowed && Device->Flights++ == 0)
        KeClearEvent(&Device->FlightsIdle);
    KeReleaseSpinLockFromDpcLevel(&Device->StateLock);
    return allowed;
}

/* --- slots --- */

static PXFER_SLOT XferSlotTake(PXFER_CHANNEL Channel)
{
    PXFER_DEVICE device = Channel->Device;
    PXFER_SLOT slot = NULL;

    if (!XferFlightBegin(device))
        return NULL;
    KeAcquireSpinLockAtDpcLevel(&Channel->Lock);
    if (!IsListEmpty(&Channel->Free))
        slot = CONTAINING_RECORD(RemoveHeadList(&Channel->Free), XFER_SLOT, Link);
    KeReleaseSpinLockFromDpcLevel(&Channel->Lock);
    if (slot == NULL)
        XferCountDown(device, &device->Flights, &device->FlightsIdle);
    return slot;
}

static VOID XferSlotGive(PXFER_CHANNEL Channel, PXFER_SLOT Slot)
{
    PXFER_DEVICE device = Channel->Device;

    Slot->Request = NULL;
    Slot->List = NULL;
    KeAcquireSpinLockAtDpcLevel(&Channel->Lock);
    InsertTailList(&Channel->Free, &Slot->Link);
    KeReleaseSpinLockFromDpcLevel(&Channel->Lock);
    XferCountDown(device, &device->Flights, &device->FlightsIdle);
}

/* The card has done with a slot: the memory goes back to the CPU, then the request hears of it. */
static VOID XferSlotFinish(PXFER_CHANNEL Channel, PXFER_SLOT Slot, NTSTATUS Status)
{
    PXFER_REQUEST request = Slot->Request;

    Channel->Adapter->DmaOperations->PutScatterGatherList(Channel->Adapter, Slot->List,
                                                          Channel->ToCard);
    XferSlotGive(Channel, Slot);
    if (NT_SUCCESS(Status))
        XferRequestRelease(request);
    else
        XferRequestFail(request, Status);
}

/* --- pieces --- */

/* The request that the next piece is cut from; those that have failed or been cancelled between two
 * pieces get no more. */
static PXFER_REQUEST XferRequestTake(PXFER_CHANNEL Channel)
{
    PXFER_REQUEST request;

    for (;;) {
        request = Channel->Current;
        if (request == NULL) {
            PIRP irp = IoCsqRemoveNextIrp(&Channel->Csq, NULL);

            if (irp == NULL)
                return NULL;
            request = irp->Tail.Overlay.DriverContext[0];
            Channel->Current = request;
        }
        if (!request->Irp->Cancel && NT_SUCCESS(request->Status))
            return request;
        Channel->Current = NULL;
        XferRequestFail(request, STATUS_CANCELLED);
    }
}

/* How many bytes from Mapped on make one piece: what the adapter's map registers, the slot's memory
 * and the ring allow. What a chain of MDLs takes is best asked of the adapter itself. */
static ULONG XferPieceLength(PXFER_CHANNEL Channel, PXFER_REQUEST Request, PULONG Elements)
{
    PDMA_ADAPTER adapter = Channel->Adapter;
    ULONG length = XferMin(Request->Length - Request->Mapped, XFER_PIECE_BYTES);
    DMA_TRANSFER_INFO info;
    NTSTATUS status;

    length = XferMin(length, Channel->MapRegisters * PAGE_SIZE);
    for (;;) {
        RtlZeroMemory(&info, sizeof(info));
        info.Version = DMA_TRANSFER_INFO_VERSION1;
        status = adapter->DmaOperations->GetDmaTransferInfo(adapter, Request->Mdl, Request->Mapped,
                                                            length, Channel->ToCard, &info);
        if (NT_SUCCESS(status) && info.V1.MapRegisterCount <= Channel->MapRegisters &&
            info.V1.ScatterGatherElementCount <= XFER_ELEMENTS_MAX &&
            info.V1.ScatterGatherListSize <= Channel->ListBytes)
            break;
        if (length == 1)
            return 0;
        length = length > 2 * PAGE_SIZE ? length - PAGE_SIZE : length / 2;
    }
    *Elements = info.V1.ScatterGatherElementCount;
    return length;
}

/* Steps 1 and 2 of the recipe. STATUS_INSUFFICIENT_RESOURCES: not now; try again after a Put. */
static NTSTATUS XferPieceMap(PXFER_CHANNEL Channel, PXFER_REQUEST Request, PXFER_SLOT Slot)
{
    PDMA_ADAPTER adapter = Channel->Adapter;
    NTSTATUS status = adapter->DmaOperations->InitializeDmaTransferContext(adapter, Slot->Context);

    if (!NT_SUCCESS(status))
        return status;
    return adapter->DmaOperations->BuildScatterGatherListEx(
        adapter, Channel->Device->Self, Slot->Context, Request->Mdl, Request->Mapped, Slot->Length,
        DMA_SYNCHRONOUS_CALLBACK, NULL, NULL, Channel->ToCard, Slot->ListBuffer, Channel->ListBytes,
        NULL, NULL, &Slot->List);
}

/* Step 3: elements become descriptors. The card does not look beyond the producer index, so they
 * may be written in any order; the doorbell makes them known. */
static VOID XferRingFill(PXFER_CHANNEL Channel, PXFER_SLOT Slot, ULONGLONG CardAddress)
{
    PSCATTER_GATHER_LIST list = Slot->List;
    ULONG entry = Channel->Producer;
    ULONG i;

    Slot->Entries = list->NumberOfElements;
    for (i = 0; i < list->NumberOfElements; i++) {
        volatile SGDMA_DESCRIPTOR *descriptor = &Channel->Ring[entry];
        BOOLEAN last = i + 1 == list->NumberOfElements;

        descriptor->Magic = SGDMA_MAGIC;
        descriptor->Flags = last ? SGDMA_FLAG_END | SGDMA_FLAG_INTERRUPT : 0;
        descriptor->BusAddress = (ULONGLONG)list->Elements[i].Address.QuadPart;
        descriptor->Length = list->Elements[i].Length;
        descriptor->Status = 0;
        descriptor->CardAddress = CardAddress;
        descriptor->Moved = 0;
        CardAddress += list->Elements[i].Length;
        Slot->LastEntry = entry;
        entry = (entry + 1) % XFER_RING_ENTRIES;
    }
}

/* Step 5, its first half: the card gets the piece. From the doorbell on the slot is the card's and
 * the DPC's, and so is the request but for the pump's own reference. */
static VOID XferPieceStart(PXFER_CHANNEL Channel, PXFER_REQUEST Request, PXFER_SLOT Slot)
{
    PXFER_DEVICE device = Channel->Device;
    ULONG producer = (Channel->Producer + Slot->Entries) % XFER_RING_ENTRIES;

    Slot->Request = Request;
    InterlockedIncrement(&Request->References);
    Request->Mapped += Slot->Length;
    InterlockedIncrement(&device->Pieces);

    KeAcquireSpinLockAtDpcLevel(&Channel->Lock);
    Channel->Producer = producer;
    Channel->FreeEntries -= Slot->Entries;
    InsertTailList(&Channel->Flight, &Slot->Link);
    KeReleaseSpinLockFromDpcLevel(&Channel->Lock);

    KeMemoryBarrier(); /* the descriptors are in memory before the card is told of them */
    XferWrite(device, SGDMA_CHANNEL(Channel->Index) + SGDMA_PRODUCER, producer);
}

/*
 * No map registers. Whoever puts a list wakes the channels whose bit is set; the bit is set before
 * the second attempt, so a Put between the two cannot be missed. Other devices may hold the
 * registers and wake nobody: the timer asks again. STATUS_RETRY: wait for one of the two.
 */
static NTSTATUS XferPieceStalled(PXFER_CHANNEL Channel, PXFER_REQUEST Request, PXFER_SLOT Slot)
{
    PXFER_DEVICE device = Channel->Device;
    LARGE_INTEGER due;
    NTSTATUS status;

    InterlockedIncrement(&device->Stalls);
    InterlockedOr(&device->Stalled, 1 << Channel->Index);
    status = XferPieceMap(Channel, Request, Slot);
    if (status != STATUS_INSUFFICIENT_RESOURCES || Channel->Retries > XFER_RETRIES_MAX)
        return status;
    due.QuadPart = -10000LL * XFER_RETRY_MS;
    KeSetTimer(&Channel->RetryTimer, due, &Channel->RetryDpc);
    return STATUS_RETRY;
}

/* The pump gives a request up or has given all of it to the card. */
static VOID XferCurrentEnd(PXFER_CHANNEL Channel, PXFER_REQUEST Request, NTSTATUS Status)
{
    Channel->Current = NULL;
    if (NT_SUCCESS(Status))
        XferRequestRelease(Request);
    else
        XferRequestFail(Request, Status);
}

/* Maps one piece of one request: STATUS_RETRY means that something has to come back first. */
static NTSTATUS XferPieceTry(PXFER_CHANNEL Channel, PXFER_REQUEST Request, PXFER_SLOT Slot)
{
    PDMA_ADAPTER adapter = Channel->Adapter;
    ULONG elements, freeEntries;
    NTSTATUS status;

    Slot->Length = XferPieceLength(Channel, Request, &elements);
    if (Slot->Length == 0)
        return STATUS_INSUFFICIENT_RESOURCES; /* not even a byte fits: it never will */
    KeAcquireSpinLockAtDpcLevel(&Channel->Lock);
    freeEntries = Channel->FreeEntries;
    KeReleaseSpinLockFromDpcLevel(&Channel->Lock);
    if (elements > freeEntries)
        return STATUS_RETRY; /* others are in flight, or the ring would be empty */

    status = XferPieceMap(Channel, Request, Slot);
    if (status == STATUS_INSUFFICIENT_RESOURCES)
        status = XferPieceStalled(Channel, Request, Slot);
    if (!NT_SUCCESS(status))
        return status;
    Channel->Retries = 0;
    if (Slot->List->NumberOfElements == 0) {
        status = STATUS_INSUFFICIENT_RESOURCES; /* nothing was mapped, whatever the status said */
    } else if (Slot->List->NumberOfElements <= freeEntries) {
        XferRingFill(Channel, Slot, Request->CardOffset + Request->Mapped);
        status = STATUS_SUCCESS;
    } else {
        status = STATUS_INVALID_BUFFER_SIZE; /* more elements than the adapter had announced */
    }
    /* Step 4: the adapter is free for the next list; this list and its registers stay. */
    adapter->DmaOperations->FreeAdapterObject(adapter, DeallocateObjectKeepRegisters);
    if (!NT_SUCCESS(status))
        adapter->DmaOperations->PutScatterGatherList(adapter, Slot->List, Channel->ToCard);
    return status;
}

/* One piece of one request; FALSE when the pump has to stop. */
static BOOLEAN XferPumpOne(PXFER_CHANNEL Channel)
{
    PXFER_SLOT slot = XferSlotTake(Channel);
    PXFER_REQUEST request;
    NTSTATUS status;

    if (slot == NULL)
        return FALSE;
    request = XferRequestTake(Channel);
    if (request == NULL) {
        XferSlotGive(Channel, slot);
        return FALSE;
    }
    status = XferPieceTry(Channel, request, slot);
    if (!NT_SUCCESS(status)) {
        XferSlotGive(Channel, slot);
        if (status == STATUS_RETRY)
            return FALSE;
        XferCurrentEnd(Channel, request, status);
        return TRUE;
    }
    XferPieceStart(Channel, request, slot);
    if (request->Mapped == request->Length)
        XferCurrentEnd(Channel, request, STATUS_SUCCESS);
    return TRUE;
}

/* The card has latched an error and stands still: reset it, fail what it had, start anew. */
static VOID XferRecover(PXFER_CHANNEL Channel)
{
    PXFER_DEVICE device = Channel->Device;
    LIST_ENTRY failed;

    InitializeListHead(&failed);
    InterlockedIncrement(&device->Errors);
    XferWrite(device, SGDMA_CHANNEL(Channel->Index) + SGDMA_CONTROL, SGDMA_CONTROL_RESET);
    (VOID)XferRead(device, SGDMA_ID); /* it has stopped before its memory is taken from it */

    KeAcquireSpinLockAtDpcLevel(&Channel->Lock);
    while (!IsListEmpty(&Channel->Flight))
        InsertTailList(&failed, RemoveHeadList(&Channel->Flight));
    KeReleaseSpinLockFromDpcLevel(&Channel->Lock);
    XferChannelRun(Channel);
    while (!IsListEmpty(&failed)) {
        PXFER_SLOT slot = CONTAINING_RECORD(RemoveHeadList(&failed), XFER_SLOT, Link);

        XferSlotFinish(Channel, slot, STATUS_IO_DEVICE_ERROR);
    }
}

/* --- the pump --- */

static VOID XferPumpRun(PXFER_CHANNEL Channel)
{
    BOOLEAN failed;

    KeAcquireSpinLockAtDpcLevel(&Channel->Lock);
    failed = Channel->Failed;
    Channel->Failed = FALSE;
    KeReleaseSpinLockFromDpcLevel(&Channel->Lock);
    if (failed)
        XferRecover(Channel);
    while (XferPumpOne(Channel))
        ;
}

VOID XferPump(PXFER_CHANNEL Channel)
{
    PXFER_DEVICE device = Channel->Device;
    KIRQL irql;

    KeAcquireSpinLock(&Channel->Lock, &irql);
    if (Channel->Pumping) {
        Channel->PumpAgain = TRUE; /* whoever pumps looks once more before leaving */
        KeReleaseSpinLock(&Channel->Lock, irql);
        return;
    }
    Channel->Pumping = TRUE;
    XferCountUp(device, &device->Pumps, &device->PumpsIdle);
    do {
        Channel->PumpAgain = FALSE;
        KeReleaseSpinLockFromDpcLevel(&Channel->Lock); /* IRQL stays: mapping wants it so */
        XferPumpRun(Channel);
        KeAcquireSpinLockAtDpcLevel(&Channel->Lock);
    } while (Channel->PumpAgain);
    Channel->Pumping = FALSE;
    XferCountDown(device, &device->Pumps, &device->PumpsIdle);
    KeReleaseSpinLock(&Channel->Lock, irql);
}

VOID XferPumpAll(PXFER_DEVICE Device)
{
    ULONG i;

    for (i = 0; i < SGDMA_CHANNEL_COUNT; i++)
        XferPump(&Device->Channels[i]);
}

VOID XferRetryDpc(PKDPC Dpc, PVOID DeferredContext, PVOID SystemArgument1, PVOID SystemArgument2)
{
    PXFER_CHANNEL channel = DeferredContext;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(SystemArgument1);
    UNREFERENCED_PARAMETER(SystemArgument2);
    InterlockedIncrement(&channel->Retries);
    XferPump(channel);
}

/* --- what has ended --- */

/* Channels that ran out of map registers may have some now. */
static VOID XferWakeStalled(PXFER_DEVICE Device)
{
    LONG stalled = InterlockedExchange(&Device->Stalled, 0);
    ULONG i;

    for (i = 0; i < SGDMA_CHANNEL_COUNT; i++) {
        if (stalled & (1 << i))
            XferPump(&Device->Channels[i]);
    }
}

/*
 * Takes back every slot that the card has finished; with a Forced failure every slot there is (the
 * card is gone and the interrupt disconnected). Descriptors end in ring order, so the first that is
 * not done ends the look.
 */
VOID XferReap(PXFER_CHANNEL Channel, NTSTATUS Forced)
{
    PXFER_DEVICE device = Channel->Device;
    BOOLEAN all = !NT_SUCCESS(Forced);
    LIST_ENTRY done;
    KIRQL irql;

    InitializeListHead(&done);
    KeAcquireSpinLock(&Channel->Lock, &irql);
    while (!IsListEmpty(&Channel->Flight)) {
        PXFER_SLOT slot = CONTAINING_RECORD(Channel->Flight.Flink, XFER_SLOT, Link);
        volatile SGDMA_DESCRIPTOR *last = &Channel->Ring[slot->LastEntry];

        if (!all && !(last->Status & SGDMA_DESCRIPTOR_DONE))
            break;
        RemoveEntryList(&slot->Link);
        Channel->FreeEntries += slot->Entries;
        InsertTailList(&done, &slot->Link);
    }
    if (!all && !IsListEmpty(&Channel->Flight) &&
        (XferRead(device, SGDMA_CHANNEL(Channel->Index) + SGDMA_STATUS) & SGDMA_STATUS_ERRORS))
        Channel->Failed = TRUE; /* the pump recovers: nobody else may touch the ring */
    KeReleaseSpinLockFromDpcLevel(&Channel->Lock); /* PutScatterGatherList wants DISPATCH_LEVEL */

    while (!IsListEmpty(&done)) {
        PXFER_SLOT slot = CONTAINING_RECORD(RemoveHeadList(&done), XFER_SLOT, Link);

        XferSlotFinish(Channel, slot, Forced);
    }
    XferWakeStalled(device);
    KeLowerIrql(irql);
}
