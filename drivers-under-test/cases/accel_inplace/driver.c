/*
 * The driver of a computing card as its author described it: KMDF, but for the DMA, which is WDM's
 * by way of WdfDmaEnablerWdmGetDmaAdapter. A request brings a program in its input and a buffer as
 * its output (METHOD_OUT_DIRECT); the card carries the program out while it reads and writes the
 * buffer. The card checks every reference of a program against its page table, so the driver does
 * not. The right driver for this card is samples/accel; this one is that driver's story.
 *
 * FAULT_ONE_MAPPING: the buffer is mapped once, as something that is read from the card, and the
 * card works in it. Mended: the buffer is brought into a common buffer, the program runs there, the
 * result is taken back.
 *
 * FAULT_PUT_DIRECTION: a list that was built with one direction is put with the other.
 *
 * FAULT_PUT_EARLY: a list is put as soon as its addresses have been written down, before the card
 * is started. With RUN_KEEP in its flags a request's list is put at the end, as the author tried
 * it: "the results are better".
 *
 * FAULT_RING_LOST: the ring's address never changes, so the card is told of it once. But it goes to
 * D3 between two requests, and does not remember.
 */
#include <ntddk.h>
#include <wdf.h>
#include "../../samples/accel/hardware.h"

#define IOCTL_COMPUTE CTL_CODE(0x8001, 0x810, METHOD_OUT_DIRECT, FILE_ANY_ACCESS)
#define RUN_KEEP 0x1u

#define POOL_TAG 'pniA'
#define ENTRIES 64u
#define STEPS_MAX (PAGE_SIZE / sizeof(ACCEL_STEP))
#define WINDOW_PAGES 16u
#define WINDOW_BYTES (WINDOW_PAGES * PAGE_SIZE)
#define PATIENCE_MS 20

/* One common buffer for all that the card is told by. */
typedef struct _SHARED {
    ACCEL_COMMAND Ring[ENTRIES];
    ACCEL_STEP Steps[STEPS_MAX];
    ULONGLONG Table[WINDOW_PAGES];
    ACCEL_BUFFER Buffer; /* at a multiple of 32 */
    ACCEL_ELEMENT List[WINDOW_PAGES * 2];
    ULONGLONG Spare[428];
    UCHAR Window[WINDOW_BYTES];
} SHARED, *PSHARED;

C_ASSERT(FIELD_OFFSET(SHARED, Buffer) % 32 == 0);
C_ASSERT(FIELD_OFFSET(SHARED, Window) % PAGE_SIZE == 0);

typedef struct _REQUEST_INPUT {
    ULONG Flags;
    ULONG Steps; /* they follow */
} REQUEST_INPUT, *PREQUEST_INPUT;

typedef struct _CARD {
    WDFDEVICE Device;
    PUCHAR Registers;
    ULONG RegistersLength;
    WDFDMAENABLER Enabler;
    PDMA_ADAPTER Adapter;
    ULONG MapRegisters; /* of one list */
    PSHARED Shared;
    PHYSICAL_ADDRESS Logical;
    ULONG Producer;
    KEVENT Ended;
} CARD, *PCARD;

WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(CARD, CardOf)

#define LOGICAL(Card_, Field_) ((ULONGLONG)(Card_)->Logical.QuadPart + FIELD_OFFSET(SHARED, Field_))

static VOID CardWrite(PCARD Card, ULONG Register, ULONG Value)
{
    WRITE_REGISTER_ULONG((PULONG)(Card->Registers + Register), Value);
}

/* --- lists, by WDM --- */

static VOID NTAPI ListReady(PDEVICE_OBJECT DeviceObject, PIRP Irp, PSCATTER_GATHER_LIST ScatterGather,
                            PVOID Context)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    UNREFERENCED_PARAMETER(ScatterGather);
    KeSetEvent(Context, IO_NO_INCREMENT, FALSE);
}

static NTSTATUS ListBuild(PCARD Card, PMDL Mdl, ULONG Offset, ULONG Length, BOOLEAN ToCard,
                          PSCATTER_GATHER_LIST *List)
{
    PDMA_OPERATIONS dma = Card->Adapter->DmaOperations;
    PVOID va = (PUCHAR)MmGetMdlVirtualAddress(Mdl) + Offset;
    ULONG bytes, registers;
    KEVENT ready;
    NTSTATUS status;
    KIRQL irql;

    status = dma->CalculateScatterGatherList(Card->Adapter, Mdl, va, Length, &bytes, &registers);
    if (!NT_SUCCESS(status))
        return status;
    *List = ExAllocatePool2(POOL_FLAG_NON_PAGED, bytes, POOL_TAG);
    if (*List == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    KeInitializeEvent(&ready, NotificationEvent, FALSE);
    KeFlushIoBuffers(Mdl, !ToCard, TRUE);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    status = dma->BuildScatterGatherList(Card->Adapter, WdfDeviceWdmGetDeviceObject(Card->Device), Mdl,
                                         va, Length, ListReady, &ready, ToCard, *List, bytes);
    KeLowerIrql(irql);
    if (NT_SUCCESS(status))
        KeWaitForSingleObject(&ready, Executive, KernelMode, FALSE, NULL);
    else
        ExFreePoolWithTag(*List, POOL_TAG);
    return status;
}

static VOID ListPut(PCARD Card, PSCATTER_GATHER_LIST List, BOOLEAN ToCard)
{
    KIRQL irql;

    KeRaiseIrql(DISPATCH_LEVEL, &irql);
#if FAULT_PUT_DIRECTION
    Card->Adapter->DmaOperations->PutScatterGatherList(Card->Adapter, List, !ToCard);
#else
    Card->Adapter->DmaOperations->PutScatterGatherList(Card->Adapter, List, ToCard);
#endif
    KeLowerIrql(irql);
}

/* --- the card --- */

/* A command at the producer; it is the only one. */
static PACCEL_COMMAND CommandAdd(PCARD Card, ULONG Opcode, ULONGLONG Address, ULONG Count,
                                 ULONGLONG Target)
{
    PACCEL_COMMAND command = &Card->Shared->Ring[Card->Producer];

    RtlZeroMemory(command, sizeof(*command));
    command->Opcode = Opcode;
    command->Flags = ACCEL_FLAG_INTERRUPT;
    command->Address = Address;
    command->Count = Count;
    command->Target = Target;
    Card->Producer = (Card->Producer + 1) % ENTRIES;
    return command;
}

static VOID RingPlace(PCARD Card)
{
    CardWrite(Card, ACCEL_RING_LOW, Card->Logical.LowPart);
    CardWrite(Card, ACCEL_RING_HIGH, (ULONG)Card->Logical.HighPart);
}

static VOID RingRun(PCARD Card)
{
    CardWrite(Card, ACCEL_RING_ENTRIES, ENTRIES);
    Card->Producer = 0;
    CardWrite(Card, ACCEL_CONTROL, ACCEL_CONTROL_RUN | ACCEL_CONTROL_IRQ);
}

static NTSTATUS CommandRun(PCARD Card, const ACCEL_COMMAND *Command)
{
    LARGE_INTEGER patience;
    ULONG ended;

    KeClearEvent(&Card->Ended);
    KeMemoryBarrier();
    CardWrite(Card, ACCEL_PRODUCER, Card->Producer);
    patience.QuadPart = -10000LL * PATIENCE_MS;
    KeWaitForSingleObject(&Card->Ended, Executive, KernelMode, FALSE, &patience);
    ended = *(volatile const ULONG *)&Command->Status;
    if (ended == ACCEL_ENDED)
        return STATUS_SUCCESS;
    if ((ended & ACCEL_ENDED) == 0) { /* it does not come to that: the ring is not where it looks */
        CardWrite(Card, ACCEL_CONTROL, ACCEL_CONTROL_RESET);
        RingPlace(Card);
        RingRun(Card);
    }
    return STATUS_IO_DEVICE_ERROR;
}

/* --- a program --- */

static NTSTATUS ProgramRun(PCARD Card, ULONG Steps, ULONG Pages, ULONG Bytes)
{
    PSHARED shared = Card->Shared;
    PACCEL_COMMAND command;

    shared->Buffer.Table = LOGICAL(Card, Table);
    shared->Buffer.Bytes = Bytes;
    shared->Buffer.Pages = Pages;
    command = CommandAdd(Card, ACCEL_COMMAND_RUN, LOGICAL(Card, Steps), Steps, LOGICAL(Card, Buffer));
    command->Buffers = 1;
    return CommandRun(Card, command);
}

#if FAULT_ONE_MAPPING
/* "Put address of each page to device configuration space in memory." The buffer begins with a
 * page. */
static ULONG TableFill(PCARD Card, PSCATTER_GATHER_LIST List)
{
    ULONG pages = 0, i, done;

    for (i = 0; i < List->NumberOfElements; i++)
        for (done = 0; done < List->Elements[i].Length && pages < WINDOW_PAGES; done += PAGE_SIZE)
            Card->Shared->Table[pages++] = ((ULONGLONG)List->Elements[i].Address.QuadPart + done) |
                                           ACCEL_PAGE_READ | ACCEL_PAGE_WRITE;
    return pages;
}

static NTSTATUS Compute(PCARD Card, PMDL Mdl, ULONG Length, ULONG Steps, BOOLEAN Keep)
{
    PSCATTER_GATHER_LIST list;
    NTSTATUS status = ListBuild(Card, Mdl, 0, Length, FALSE, &list);
    ULONG pages;

    if (!NT_SUCCESS(status))
        return status;
    pages = TableFill(Card, list);
    if (!Keep)
        ListPut(Card, list, FALSE);
    status = ProgramRun(Card, Steps, pages, Length);
    if (Keep)
        ListPut(Card, list, FALSE);
    ExFreePoolWithTag(list, POOL_TAG);
    return status;
}
#else
static ULONG ElementsFill(PCARD Card, PSCATTER_GATHER_LIST List)
{
    ULONG i;

    for (i = 0; i < List->NumberOfElements && i < ARRAYSIZE(Card->Shared->List); i++) {
        Card->Shared->List[i].Address = (ULONGLONG)List->Elements[i].Address.QuadPart;
        Card->Shared->List[i].Length = List->Elements[i].Length;
    }
    return i;
}

/* As much as there are map registers for, from the buffer to the window or back. */
static NTSTATUS Piece(PCARD Card, PMDL Mdl, ULONG Offset, ULONG Length, BOOLEAN ToCard, BOOLEAN Keep)
{
    PSCATTER_GATHER_LIST list;
    NTSTATUS status = ListBuild(Card, Mdl, Offset, Length, ToCard, &list);
    PACCEL_COMMAND command;

    if (!NT_SUCCESS(status))
        return status;
    command = CommandAdd(Card, ToCard ? ACCEL_COMMAND_TRANSFER_IN : ACCEL_COMMAND_TRANSFER_OUT,
                         LOGICAL(Card, List), ElementsFill(Card, list), LOGICAL(Card, Window) + Offset);
    if (!Keep)
        ListPut(Card, list, ToCard);
    status = CommandRun(Card, command);
    if (Keep)
        ListPut(Card, list, ToCard);
    ExFreePoolWithTag(list, POOL_TAG);
    return status;
}

static NTSTATUS Move(PCARD Card, PMDL Mdl, ULONG Length, BOOLEAN ToCard, BOOLEAN Keep)
{
    NTSTATUS status = STATUS_SUCCESS;
    ULONG done, piece;

    for (done = 0; done < Length && NT_SUCCESS(status); done += piece) {
        piece = min(Length - done, (Card->MapRegisters - 1) * PAGE_SIZE);
        status = Piece(Card, Mdl, done, piece, ToCard, Keep);
    }
    return status;
}

static NTSTATUS Compute(PCARD Card, PMDL Mdl, ULONG Length, ULONG Steps, BOOLEAN Keep)
{
    ULONG pages = BYTES_TO_PAGES(Length), i;
    NTSTATUS status = Move(Card, Mdl, Length, TRUE, Keep);

    if (!NT_SUCCESS(status))
        return status;
    for (i = 0; i < pages; i++)
        Card->Shared->Table[i] = (LOGICAL(Card, Window) + i * PAGE_SIZE) | ACCEL_PAGE_READ |
                                 ACCEL_PAGE_WRITE;
    status = ProgramRun(Card, Steps, pages, Length);
    return NT_SUCCESS(status) ? Move(Card, Mdl, Length, FALSE, Keep) : status;
}
#endif

static NTSTATUS Request(PCARD Card, WDFREQUEST Request, size_t Length)
{
    PREQUEST_INPUT in;
    NTSTATUS status;
    size_t bytes;
    BOOLEAN keep;
    PMDL mdl;

    status = WdfRequestRetrieveInputBuffer(Request, sizeof(*in), (PVOID *)&in, &bytes);
    if (!NT_SUCCESS(status))
        return status;
    mdl = WdfRequestWdmGetIrp(Request)->MdlAddress;
    if (mdl == NULL || Length > WINDOW_BYTES || MmGetMdlByteOffset(mdl) != 0 || in->Steps == 0 ||
        in->Steps > STEPS_MAX || bytes - sizeof(*in) < in->Steps * sizeof(ACCEL_STEP))
        return STATUS_INVALID_PARAMETER;
    RtlCopyMemory(Card->Shared->Steps, in + 1, in->Steps * sizeof(ACCEL_STEP));
#if FAULT_PUT_EARLY
    keep = (in->Flags & RUN_KEEP) != 0;
#else
    keep = TRUE;
#endif
    return Compute(Card, mdl, (ULONG)Length, in->Steps, keep);
}

static VOID EvtIoDeviceControl(WDFQUEUE Queue, WDFREQUEST Request_, size_t OutputBufferLength,
                               size_t InputBufferLength, ULONG IoControlCode)
{
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;

    UNREFERENCED_PARAMETER(InputBufferLength);
    if (IoControlCode == IOCTL_COMPUTE)
        status = Request(CardOf(WdfIoQueueGetDevice(Queue)), Request_, OutputBufferLength);
    WdfRequestCompleteWithInformation(Request_, status, NT_SUCCESS(status) ? OutputBufferLength : 0);
}

/* --- interrupt --- */

static BOOLEAN EvtInterruptIsr(WDFINTERRUPT Interrupt, ULONG MessageID)
{
    PCARD card = CardOf(WdfInterruptGetDevice(Interrupt));
    ULONG cause = READ_REGISTER_ULONG((PULONG)(card->Registers + ACCEL_INT_STATUS));

    UNREFERENCED_PARAMETER(MessageID);
    if (cause == 0 || cause == MAXULONG)
        return FALSE;
    CardWrite(card, ACCEL_INT_STATUS, cause);
    WdfInterruptQueueDpcForIsr(Interrupt);
    return TRUE;
}

static VOID EvtInterruptDpc(WDFINTERRUPT Interrupt, WDFOBJECT AssociatedObject)
{
    UNREFERENCED_PARAMETER(AssociatedObject);
    KeSetEvent(&CardOf(WdfInterruptGetDevice(Interrupt))->Ended, IO_NO_INCREMENT, FALSE);
}

/* --- resources and power --- */

static NTSTATUS DmaCreate(PCARD Card)
{
    WDF_DMA_ENABLER_CONFIG config;
    WDFCOMMONBUFFER buffer;
    NTSTATUS status;

    WdfDeviceSetAlignmentRequirement(Card->Device, PAGE_SIZE - 1);
    WDF_DMA_ENABLER_CONFIG_INIT(&config, WdfDmaProfileScatterGather64, WINDOW_BYTES);
    status = WdfDmaEnablerCreate(Card->Device, &config, WDF_NO_OBJECT_ATTRIBUTES, &Card->Enabler);
    if (!NT_SUCCESS(status))
        return status;
    Card->Adapter = WdfDmaEnablerWdmGetDmaAdapter(Card->Enabler, WdfDmaDirectionReadFromDevice);
    Card->MapRegisters = (ULONG)(WdfDmaEnablerGetFragmentLength(
                                     Card->Enabler, WdfDmaDirectionReadFromDevice) / PAGE_SIZE) + 1;
    status = WdfCommonBufferCreate(Card->Enabler, sizeof(SHARED), WDF_NO_OBJECT_ATTRIBUTES, &buffer);
    if (!NT_SUCCESS(status))
        return status;
    Card->Shared = WdfCommonBufferGetAlignedVirtualAddress(buffer);
    Card->Logical = WdfCommonBufferGetAlignedLogicalAddress(buffer);
    RtlZeroMemory(Card->Shared, sizeof(SHARED));
    return STATUS_SUCCESS;
}

static NTSTATUS EvtPrepareHardware(WDFDEVICE Device, WDFCMRESLIST ResourcesRaw,
                                   WDFCMRESLIST ResourcesTranslated)
{
    PCARD card = CardOf(Device);
    NTSTATUS status = STATUS_SUCCESS;
    ULONG i;

    UNREFERENCED_PARAMETER(ResourcesRaw);
    for (i = 0; i < WdfCmResourceListGetCount(ResourcesTranslated) && card->Registers == NULL; i++) {
        PCM_PARTIAL_RESOURCE_DESCRIPTOR descriptor =
            WdfCmResourceListGetDescriptor(ResourcesTranslated, i);

        if (descriptor->Type != CmResourceTypeMemory)
            continue;
        card->RegistersLength = descriptor->u.Memory.Length;
        card->Registers = MmMapIoSpace(descriptor->u.Memory.Start, card->RegistersLength, MmNonCached);
    }
    if (card->Registers == NULL)
        return STATUS_DEVICE_CONFIGURATION_ERROR;
    if (card->Enabler == NULL)
        status = DmaCreate(card);
#if FAULT_RING_LOST
    if (NT_SUCCESS(status))
        RingPlace(card);
#endif
    return status;
}

static NTSTATUS EvtReleaseHardware(WDFDEVICE Device, WDFCMRESLIST ResourcesTranslated)
{
    PCARD card = CardOf(Device);

    UNREFERENCED_PARAMETER(ResourcesTranslated);
    if (card->Registers != NULL)
        MmUnmapIoSpace(card->Registers, card->RegistersLength);
    card->Registers = NULL;
    return STATUS_SUCCESS;
}

static NTSTATUS EvtD0Entry(WDFDEVICE Device, WDF_POWER_DEVICE_STATE PreviousState)
{
    UNREFERENCED_PARAMETER(PreviousState);
#if !FAULT_RING_LOST
    RingPlace(CardOf(Device));
#endif
    RingRun(CardOf(Device));
    return STATUS_SUCCESS;
}

static NTSTATUS EvtD0Exit(WDFDEVICE Device, WDF_POWER_DEVICE_STATE TargetState)
{
    UNREFERENCED_PARAMETER(TargetState);
    CardWrite(CardOf(Device), ACCEL_CONTROL, ACCEL_CONTROL_RESET);
    return STATUS_SUCCESS;
}

/* --- the rest of a driver --- */

static NTSTATUS EvtDeviceAdd(WDFDRIVER Driver, PWDFDEVICE_INIT DeviceInit)
{
    WDF_PNPPOWER_EVENT_CALLBACKS power;
    WDF_OBJECT_ATTRIBUTES attributes;
    WDF_INTERRUPT_CONFIG interrupt;
    WDF_IO_QUEUE_CONFIG queue;
    WDFINTERRUPT ignored;
    WDFDEVICE device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(Driver);
    WDF_PNPPOWER_EVENT_CALLBACKS_INIT(&power);
    power.EvtDevicePrepareHardware = EvtPrepareHardware;
    power.EvtDeviceReleaseHardware = EvtReleaseHardware;
    power.EvtDeviceD0Entry = EvtD0Entry;
    power.EvtDeviceD0Exit = EvtD0Exit;
    WdfDeviceInitSetPnpPowerEventCallbacks(DeviceInit, &power);
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, CARD);
    status = WdfDeviceCreate(&DeviceInit, &attributes, &device);
    if (!NT_SUCCESS(status))
        return status;
    CardOf(device)->Device = device;
    KeInitializeEvent(&CardOf(device)->Ended, NotificationEvent, FALSE);
    WDF_INTERRUPT_CONFIG_INIT(&interrupt, EvtInterruptIsr, EvtInterruptDpc);
    status = WdfInterruptCreate(device, &interrupt, WDF_NO_OBJECT_ATTRIBUTES, &ignored);
    if (!NT_SUCCESS(status))
        return status;
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&queue, WdfIoQueueDispatchSequential);
    queue.EvtIoDeviceControl = EvtIoDeviceControl;
    WDF_OBJECT_ATTRIBUTES_INIT(&attributes);
    attributes.ExecutionLevel = WdfExecutionLevelPassive;
    return WdfIoQueueCreate(device, &queue, &attributes, WDF_NO_HANDLE);
}

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    WDF_DRIVER_CONFIG config;

    WDF_DRIVER_CONFIG_INIT(&config, EvtDeviceAdd);
    return WdfDriverCreate(DriverObject, RegistryPath, WDF_NO_OBJECT_ATTRIBUTES, &config, WDF_NO_HANDLE);
}
