/*
 * Device transfers as fast as the machine makes them: a batch of descriptors, the doorbell, the
 * interrupt, its DPC, the thread that waited. The pages are mapped once, since what mapping costs is
 * measured by itself.
 */
#include "card.h"

#define CARD_TAG 'draC'
#define RING_ENTRIES 256
#define BATCH_MAX (RING_ENTRIES - 1)

#define REGISTER_INT_STATUS 0x010
#define CHANNEL 0x100
#define CHANNEL_CONTROL (CHANNEL + 0x00)
#define CHANNEL_STATUS (CHANNEL + 0x04)
#define CHANNEL_RING_LOW (CHANNEL + 0x08)
#define CHANNEL_RING_HIGH (CHANNEL + 0x0C)
#define CHANNEL_RING_ENTRIES (CHANNEL + 0x10)
#define CHANNEL_PRODUCER (CHANNEL + 0x14)
#define CHANNEL_COMPLETED (CHANNEL + 0x1C)
#define CONTROL_RUN 0x1u
#define CONTROL_IRQ 0x2u
#define CONTROL_RESET 0x4u
#define STATUS_ERRORS 0x1F00u

#define DESCRIPTOR_MAGIC 0xAD4B5347u
#define DESCRIPTOR_INTERRUPT 0x2u

typedef struct _DESCRIPTOR {
    ULONG Magic;
    ULONG Flags;
    ULONGLONG BusAddress;
    ULONG Length;
    ULONG Status;
    ULONGLONG CardAddress;
    ULONG Moved;
    ULONG Reserved[7];
} DESCRIPTOR, *PDESCRIPTOR;
C_ASSERT(sizeof(DESCRIPTOR) == 64);

static ULONG CardRead(PBENCH_CARD Card, ULONG Register)
{
    return READ_REGISTER_ULONG((volatile ULONG *)(Card->Registers + Register));
}

static VOID CardWrite(PBENCH_CARD Card, ULONG Register, ULONG Value)
{
    WRITE_REGISTER_ULONG((volatile ULONG *)(Card->Registers + Register), Value);
}

static BOOLEAN CardLineIsr(PKINTERRUPT Interrupt, PVOID Context)
{
    PBENCH_CARD card = Context;
    ULONG pending = CardRead(card, REGISTER_INT_STATUS);

    UNREFERENCED_PARAMETER(Interrupt);
    if (pending == 0 || pending == MAXULONG)
        return FALSE;
    CardWrite(card, REGISTER_INT_STATUS, pending);
    KeInsertQueueDpc(&card->Dpc, NULL, NULL);
    return TRUE;
}

static BOOLEAN CardMessageIsr(PKINTERRUPT Interrupt, PVOID Context, ULONG MessageId)
{
    UNREFERENCED_PARAMETER(MessageId);
    return CardLineIsr(Interrupt, Context);
}

static VOID CardDpc(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    PBENCH_CARD card = Context;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    KeSetEvent(&card->Done, IO_NO_INCREMENT, FALSE);
}

NTSTATUS BenchCardStart(PBENCH_CARD Card, PDEVICE_OBJECT Pdo, PCM_RESOURCE_LIST Translated)
{
    IO_CONNECT_INTERRUPT_PARAMETERS parameters;
    PCM_PARTIAL_RESOURCE_LIST list;
    NTSTATUS status;
    ULONG i;

    KeInitializeDpc(&Card->Dpc, CardDpc, Card);
    KeInitializeEvent(&Card->Done, SynchronizationEvent, FALSE);
    if (Translated == NULL || Translated->Count == 0)
        return STATUS_DEVICE_CONFIGURATION_ERROR;
    list = &Translated->List[0].PartialResourceList;
    for (i = 0; i < list->Count && Card->Registers == NULL; i++) {
        PCM_PARTIAL_RESOURCE_DESCRIPTOR d = &list->PartialDescriptors[i];

        if (d->Type != CmResourceTypeMemory)
            continue;
        Card->RegisterBytes = d->u.Memory.Length;
        Card->Registers = MmMapIoSpace(d->u.Memory.Start, d->u.Memory.Length, MmNonCached);
    }
    if (Card->Registers == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    RtlZeroMemory(&parameters, sizeof(parameters));
    parameters.Version = CONNECT_MESSAGE_BASED;
    parameters.MessageBased.PhysicalDeviceObject = Pdo;
    parameters.MessageBased.ConnectionContext.Generic = &Card->Connection;
    parameters.MessageBased.MessageServiceRoutine = CardMessageIsr;
    parameters.MessageBased.ServiceContext = Card;
    parameters.MessageBased.FallBackServiceRoutine = CardLineIsr;
    status = IoConnectInterruptEx(&parameters);
    if (NT_SUCCESS(status))
        Card->ConnectionVersion = parameters.Version;
    return status;
}

VOID BenchCardStop(PBENCH_CARD Card)
{
    IO_DISCONNECT_INTERRUPT_PARAMETERS parameters;

    if (Card->ConnectionVersion != 0) {
        RtlZeroMemory(&parameters, sizeof(parameters));
        parameters.Version = Card->ConnectionVersion;
        parameters.ConnectionContext.Generic = Card->Connection;
        IoDisconnectInterruptEx(&parameters);
        KeFlushQueuedDpcs();
        Card->ConnectionVersion = 0;
    }
    if (Card->Registers != NULL) {
        MmUnmapIoSpace(Card->Registers, Card->RegisterBytes);
        Card->Registers = NULL;
    }
}

static VOID CardKeepList(PDEVICE_OBJECT DeviceObject, PIRP Irp, PSCATTER_GATHER_LIST List,
                         PVOID Context)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    *(PSCATTER_GATHER_LIST *)Context = List;
}

static VOID CardBegin(PBENCH_CARD Card, PHYSICAL_ADDRESS Ring)
{
    CardWrite(Card, CHANNEL_CONTROL, CONTROL_RESET);
    CardWrite(Card, CHANNEL_RING_LOW, Ring.LowPart);
    CardWrite(Card, CHANNEL_RING_HIGH, (ULONG)Ring.HighPart);
    CardWrite(Card, CHANNEL_RING_ENTRIES, RING_ENTRIES);
    CardWrite(Card, CHANNEL_CONTROL, CONTROL_RUN | CONTROL_IRQ);
}

/* Pages of the list, one after the other, into the ring from *Producer on. */
static VOID CardFill(PDESCRIPTOR Ring, PULONG Producer, PSCATTER_GATHER_LIST List, ULONG Pages)
{
    ULONG element = 0, at = 0, page;

    for (page = 0; page < Pages; page++) {
        PDESCRIPTOR d = &Ring[*Producer];

        d->Magic = DESCRIPTOR_MAGIC;
        d->Flags = page + 1 == Pages ? DESCRIPTOR_INTERRUPT : 0;
        d->BusAddress = (ULONGLONG)List->Elements[element].Address.QuadPart + at;
        d->Length = PAGE_SIZE;
        d->Status = 0;
        d->CardAddress = (ULONGLONG)page * PAGE_SIZE;
        d->Moved = 0;
        at += PAGE_SIZE;
        if (at >= List->Elements[element].Length) {
            element++;
            at = 0;
        }
        *Producer = (*Producer + 1) % RING_ENTRIES;
    }
}

static NTSTATUS CardBatches(PBENCH_CARD Card, PDESCRIPTOR Ring, PSCATTER_GATHER_LIST List,
                            ULONG Pages, ULONG Count)
{
    ULONG producer = 0, i;

    for (i = 0; i < Count; i++) {
        CardFill(Ring, &producer, List, Pages);
        KeMemoryBarrier();
        CardWrite(Card, CHANNEL_PRODUCER, producer);
        KeWaitForSingleObject(&Card->Done, Executive, KernelMode, FALSE, NULL);
        if (CardRead(Card, CHANNEL_STATUS) & STATUS_ERRORS)
            return STATUS_IO_DEVICE_ERROR;
    }
    return CardRead(Card, CHANNEL_COMPLETED) == Pages * Count ? STATUS_SUCCESS : STATUS_DATA_ERROR;
}

NTSTATUS BenchCardRun(PBENCH_CARD Card, PDMA_ADAPTER Adapter, PDEVICE_OBJECT Self, ULONG Pages,
                      ULONG Count)
{
    PDMA_OPERATIONS operations = Adapter->DmaOperations;
    PSCATTER_GATHER_LIST list = NULL;
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;
    PHYSICAL_ADDRESS bus;
    PDESCRIPTOR ring;
    PUCHAR memory;
    PMDL mdl = NULL;
    KIRQL irql;

    if (Pages == 0 || Pages > BATCH_MAX)
        return STATUS_INVALID_PARAMETER;
    ring = operations->AllocateCommonBuffer(Adapter, RING_ENTRIES * sizeof(*ring), &bus, TRUE);
    memory = ExAllocatePoolWithTag(NonPagedPoolNx, (SIZE_T)Pages * PAGE_SIZE, CARD_TAG);
    if (memory != NULL)
        mdl = IoAllocateMdl(memory, Pages * PAGE_SIZE, FALSE, FALSE, NULL);
    if (ring != NULL && mdl != NULL) {
        RtlFillMemory(memory, (SIZE_T)Pages * PAGE_SIZE, 0x5A);
        MmBuildMdlForNonPagedPool(mdl);
        KeRaiseIrql(DISPATCH_LEVEL, &irql);
        status = operations->GetScatterGatherList(Adapter, Self, mdl, memory, Pages * PAGE_SIZE,
                                                  CardKeepList, &list, TRUE);
        KeLowerIrql(irql);
    }
    if (NT_SUCCESS(status) && list != NULL) {
        CardBegin(Card, bus);
        status = CardBatches(Card, ring, list, Pages, Count);
        CardWrite(Card, CHANNEL_CONTROL, CONTROL_RESET);
        KeRaiseIrql(DISPATCH_LEVEL, &irql);
        operations->PutScatterGatherList(Adapter, list, TRUE);
        KeLowerIrql(irql);
    }
    if (mdl != NULL)
        IoFreeMdl(mdl);
    if (memory != NULL)
        ExFreePoolWithTag(memory, CARD_TAG);
    if (ring != NULL)
        operations->FreeCommonBuffer(Adapter, RING_ENTRIES * sizeof(*ring), bus, ring, TRUE);
    return status;
}
