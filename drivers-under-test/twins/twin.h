/*
 * What every twin shares: a whole WDM driver for the pktdma card, but for what the twin shows. A
 * twin supplies TwinStart (after IoGetDmaAdapter), TwinWrite (one write request, at PASSIVE_LEVEL)
 * and TwinStop, and with its `#if BUG` lines breaks one rule.
 *
 * The card is polled and not interrupt driven, since no twin is about interrupts.
 */
#ifndef TWIN_H
#define TWIN_H

#include <wdm.h>

/* Registers of the card (docs/devices/pktdma.md). */
#define PKTDMA_CONTROL 0x04
#define PKTDMA_STATUS 0x08
#define PKTDMA_CAUSE 0x0c
#define PKTDMA_ERROR 0x10
#define PKTDMA_ADDRESS 0x14
#define PKTDMA_LENGTH 0x18
#define PKTDMA_WINDOW 0x1c
#define PKTDMA_OFFSET 0x20
#define CARD64_ADDRESS_HIGH 0x2c /* card64.h alone */
#define CARD64_MODE 0x30
#define CONTROL_START 0x1u
#define CONTROL_TO_CARD 0x2u
#define CONTROL_RESET 0x10u
#define STATUS_BUSY 0x1u

typedef struct _TWIN {
    PDEVICE_OBJECT Self, Lower, Pdo;
    PUCHAR Registers; /* NULL: not started */
    SIZE_T RegistersLength;
    PHYSICAL_ADDRESS RegistersStart;
    ULONG DmaChannel, DmaRequestLine; /* of a slave of the system DMA controller */
    PDMA_ADAPTER Adapter;
    ULONG MapRegisters; /* as many as IoGetDmaAdapter gave */
    KEVENT Granted;     /* an execution routine has run */
    PSCATTER_GATHER_LIST List;
    PVOID MapRegisterBase;
    /* for single twins */
    PDMA_ADAPTER SecondAdapter;
    PVOID Common;
    PHYSICAL_ADDRESS CommonLogical;
} TWIN, *PTWIN;

/* What a twin's adapter has besides: an expression about its description. */
#ifndef TWIN_DESCRIPTION
#define TWIN_DESCRIPTION(Description) ((void)(Description))
#endif

/* --- supplied by the twin; not inlined, so that a finding's stack shows them --- */
static DECLSPEC_NOINLINE NTSTATUS TwinStart(PTWIN Twin);
static DECLSPEC_NOINLINE NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length);
#ifdef TWIN_ANSWERS
static DRIVER_DISPATCH TwinAnswer; /* of a request that the twin sends to itself: TwinAsk */
#endif
static DECLSPEC_NOINLINE VOID TwinStop(PTWIN Twin);

/* --- the card --- */

#define TwinRegister(Twin, Register, Value)                                                        \
    WRITE_REGISTER_ULONG((PULONG)((Twin)->Registers + (Register)), (Value))

/* Gives a range to the card. The last store is the doorbell. A macro, as are those below: the line
 * that a finding names is then the twin's. */
#define TwinCardStart(Twin, Logical, Length, ToCard)                                               \
    do {                                                                                           \
        TwinRegister(Twin, PKTDMA_WINDOW, 0);                                                      \
        TwinRegister(Twin, PKTDMA_OFFSET, 0);                                                      \
        TwinRegister(Twin, PKTDMA_ADDRESS, (ULONG)(Logical));                                      \
        TwinRegister(Twin, PKTDMA_LENGTH, (Length));                                               \
        TwinRegister(Twin, PKTDMA_CONTROL, CONTROL_START | ((ToCard) ? CONTROL_TO_CARD : 0));      \
    } while (0)

/* The same for the card of card64.h, at an offset of its memory. */
#define TwinCard64Start(Twin, Logical, Length, ToCard, Mode, Offset)                               \
    do {                                                                                           \
        ULONG64 logical_ = (ULONG64)(Logical);                                                     \
        TwinRegister(Twin, PKTDMA_OFFSET, (Offset));                                               \
        TwinRegister(Twin, PKTDMA_ADDRESS, (ULONG)logical_);                                       \
        TwinRegister(Twin, CARD64_ADDRESS_HIGH, (ULONG)(logical_ >> 32));                          \
        TwinRegister(Twin, PKTDMA_LENGTH, (Length));                                               \
        TwinRegister(Twin, CARD64_MODE, (Mode));                                                   \
        TwinRegister(Twin, PKTDMA_CONTROL, CONTROL_START | ((ToCard) ? CONTROL_TO_CARD : 0));      \
    } while (0)

/* Until the card has finished, in whatever way. */
static __inline DECLSPEC_NOINLINE VOID TwinCardWait(PTWIN Twin)
{
    LARGE_INTEGER tick;

    tick.QuadPart = -10 * 10; /* 10 microseconds */
    while (READ_REGISTER_ULONG((PULONG)(Twin->Registers + PKTDMA_STATUS)) == STATUS_BUSY)
        KeDelayExecutionThread(KernelMode, FALSE, &tick);
    TwinRegister(Twin, PKTDMA_ERROR, ~0u);
    TwinRegister(Twin, PKTDMA_CAUSE, ~0u);
}

/* --- DMA that most twins need --- */

static __inline DECLSPEC_NOINLINE PDMA_ADAPTER TwinAdapterGet(PTWIN Twin, PULONG MapRegisters)
{
    DEVICE_DESCRIPTION description;

    RtlZeroMemory(&description, sizeof(description));
    description.Version = DEVICE_DESCRIPTION_VERSION;
    description.Master = TRUE;
    description.Dma32BitAddresses = TRUE;
    description.InterfaceType = PCIBus;
    description.MaximumLength = 16 * PAGE_SIZE;
    TWIN_DESCRIPTION(&description);
    return IoGetDmaAdapter(Twin->Pdo, &description, MapRegisters);
}

/* In the place of the adapter that TwinUp got: 64 bits, scatter/gather, for card64.h. */
static __inline DECLSPEC_NOINLINE NTSTATUS TwinAdapter64(PTWIN Twin)
{
    DEVICE_DESCRIPTION description;

    Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter);
    RtlZeroMemory(&description, sizeof(description));
    description.Version = DEVICE_DESCRIPTION_VERSION;
    description.Master = TRUE;
    description.ScatterGather = TRUE;
    description.Dma64BitAddresses = TRUE;
    description.InterfaceType = PCIBus;
    description.MaximumLength = 16 * PAGE_SIZE;
    Twin->Adapter = IoGetDmaAdapter(Twin->Pdo, &description, &Twin->MapRegisters);
    return Twin->Adapter != NULL ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

static __inline VOID NTAPI TwinListControl(PDEVICE_OBJECT DeviceObject, PIRP Irp,
                                           PSCATTER_GATHER_LIST ScatterGather, PVOID Context)
{
    PTWIN twin = Context;

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    twin->List = ScatterGather;
    KeSetEvent(&twin->Granted, IO_NO_INCREMENT, FALSE);
}

/* GetScatterGatherList, and waits for the list. */
static __inline DECLSPEC_NOINLINE NTSTATUS TwinListGetAt(PTWIN Twin, PMDL Mdl, PVOID Va,
                                                         ULONG Length, BOOLEAN ToDevice)
{
    NTSTATUS status;
    KIRQL irql;

    KeFlushIoBuffers(Mdl, !ToDevice, TRUE); /* for machines whose devices do not see the caches */
    KeClearEvent(&Twin->Granted);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    status =
        Twin->Adapter->DmaOperations->GetScatterGatherList(Twin->Adapter, Twin->Self, Mdl, Va,
                                                           Length, TwinListControl, Twin, ToDevice);
    KeLowerIrql(irql);
    if (NT_SUCCESS(status))
        KeWaitForSingleObject(&Twin->Granted, Executive, KernelMode, FALSE, NULL);
    return status;
}

#define TwinListGet(Twin, Mdl, Length, ToDevice)                                                   \
    TwinListGetAt((Twin), (Mdl), MmGetMdlVirtualAddress(Mdl), (Length), (ToDevice))

/* PutScatterGatherList wants DISPATCH_LEVEL. */
#define TwinListPutTo(Adapter_, List_, ToDevice)                                                   \
    do {                                                                                           \
        KIRQL irql_;                                                                               \
        KeRaiseIrql(DISPATCH_LEVEL, &irql_);                                                       \
        (Adapter_)->DmaOperations->PutScatterGatherList((Adapter_), (List_), (ToDevice));          \
        KeLowerIrql(irql_);                                                                        \
    } while (0)
#define TwinListPut(Twin, ToDevice) TwinListPutTo((Twin)->Adapter, (Twin)->List, (ToDevice))

static __inline IO_ALLOCATION_ACTION NTAPI TwinAdapterControl(PDEVICE_OBJECT DeviceObject, PIRP Irp,
                                                              PVOID MapRegisterBase, PVOID Context)
{
    PTWIN twin = Context;

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    twin->MapRegisterBase = MapRegisterBase;
    KeSetEvent(&twin->Granted, IO_NO_INCREMENT, FALSE);
    return DeallocateObjectKeepRegisters;
}

/* AllocateAdapterChannel, and waits for the map registers. */
static __inline DECLSPEC_NOINLINE NTSTATUS TwinMapRegistersGet(PTWIN Twin, ULONG Count)
{
    NTSTATUS status;
    KIRQL irql;

    KeClearEvent(&Twin->Granted);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    status = Twin->Adapter->DmaOperations->AllocateAdapterChannel(Twin->Adapter, Twin->Self, Count,
                                                                  TwinAdapterControl, Twin);
    KeLowerIrql(irql);
    if (NT_SUCCESS(status))
        KeWaitForSingleObject(&Twin->Granted, Executive, KernelMode, FALSE, NULL);
    return status;
}

/* A machine that needs no map registers gives a base of NULL, which is not freed. */
#define TwinMapRegistersFree(Twin, Count)                                                          \
    do {                                                                                           \
        KIRQL irql_;                                                                               \
        KeRaiseIrql(DISPATCH_LEVEL, &irql_);                                                       \
        if ((Twin)->MapRegisterBase != NULL)                                                       \
            (Twin)->Adapter->DmaOperations->FreeMapRegisters((Twin)->Adapter,                      \
                                                             (Twin)->MapRegisterBase, (Count));    \
        KeLowerIrql(irql_);                                                                        \
    } while (0)

/* What most twins do with a list: the card reads it and has finished. */
static __inline DECLSPEC_NOINLINE VOID TwinListMove(PTWIN Twin, ULONG Length)
{
    TwinCardStart(Twin, Twin->List->Elements[0].Address.LowPart,
                  min(Length, Twin->List->Elements[0].Length), TRUE);
    TwinCardWait(Twin);
}

/* --- memory of the driver's own, for what a write request's buffer is not made for --- */

#define TWIN_POOL_TAG 'niwT'

/* A page, and an MDL of its first Length bytes; NULL: no memory. */
static __inline DECLSPEC_NOINLINE PMDL TwinPageGet(ULONG Length, PVOID *Page)
{
    PMDL mdl = NULL;

    *Page = ExAllocatePool2(POOL_FLAG_NON_PAGED, PAGE_SIZE, TWIN_POOL_TAG);
    if (*Page != NULL)
        mdl = IoAllocateMdl(*Page, Length, FALSE, FALSE, NULL);
    if (mdl != NULL)
        MmBuildMdlForNonPagedPool(mdl);
    else if (*Page != NULL)
        ExFreePoolWithTag(*Page, TWIN_POOL_TAG);
    return mdl;
}

static __inline DECLSPEC_NOINLINE VOID TwinPageFree(PMDL Mdl, PVOID Page)
{
    IoFreeMdl(Mdl);
    ExFreePoolWithTag(Page, TWIN_POOL_TAG);
}

/* --- plug and play --- */

static NTSTATUS TwinRegistersMap(PTWIN Twin, PCM_RESOURCE_LIST Resources)
{
    PCM_PARTIAL_RESOURCE_DESCRIPTOR one;
    ULONG i;

    if (Resources == NULL)
        return STATUS_DEVICE_CONFIGURATION_ERROR;
    for (i = 0; i < Resources->List[0].PartialResourceList.Count; i++) {
        one = &Resources->List[0].PartialResourceList.PartialDescriptors[i];
        if (one->Type == CmResourceTypeMemory && Twin->Registers == NULL) {
            Twin->RegistersStart = one->u.Memory.Start;
            Twin->RegistersLength = one->u.Memory.Length;
            Twin->Registers =
                MmMapIoSpace(Twin->RegistersStart, Twin->RegistersLength, MmNonCached);
        } else if (one->Type == CmResourceTypeDma) {
            Twin->DmaChannel = one->u.DmaV3.Channel;
            Twin->DmaRequestLine = one->u.DmaV3.RequestLine;
        }
    }
    return Twin->Registers ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

static VOID TwinDown(PTWIN Twin)
{
    if (Twin->Registers == NULL)
        return;
    TwinRegister(Twin, PKTDMA_CONTROL, CONTROL_RESET);
    if (Twin->Adapter != NULL)
        TwinStop(Twin);
    Twin->Adapter = NULL;
    MmUnmapIoSpace(Twin->Registers, Twin->RegistersLength);
    Twin->Registers = NULL;
}

static NTSTATUS TwinUp(PTWIN Twin, PCM_RESOURCE_LIST Resources)
{
    NTSTATUS status = TwinRegistersMap(Twin, Resources);

    if (!NT_SUCCESS(status))
        return status;
    Twin->Adapter = TwinAdapterGet(Twin, &Twin->MapRegisters);
    status = Twin->Adapter != NULL ? TwinStart(Twin) : STATUS_INSUFFICIENT_RESOURCES;
    if (!NT_SUCCESS(status))
        TwinDown(Twin);
    return status;
}

static NTSTATUS NTAPI TwinForwarded(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeSetEvent(Context, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS TwinForwardAndWait(PTWIN Twin, PIRP Irp)
{
    NTSTATUS status;
    KEVENT done;

    KeInitializeEvent(&done, NotificationEvent, FALSE);
    IoCopyCurrentIrpStackLocationToNext(Irp);
    IoSetCompletionRoutine(Irp, TwinForwarded, &done, TRUE, TRUE, TRUE);
    status = IoCallDriver(Twin->Lower, Irp);
    if (status == STATUS_PENDING) {
        KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
        status = Irp->IoStatus.Status;
    }
    return status;
}

static NTSTATUS TwinComplete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

static NTSTATUS NTAPI TwinDispatchPnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PTWIN twin = DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    PDEVICE_OBJECT lower = twin->Lower;
    NTSTATUS status;

    switch (stack->MinorFunction) {
    case IRP_MN_START_DEVICE:
        status = TwinForwardAndWait(twin, Irp);
        if (NT_SUCCESS(status))
            status = TwinUp(twin, stack->Parameters.StartDevice.AllocatedResourcesTranslated);
        return TwinComplete(Irp, status, 0);
    case IRP_MN_REMOVE_DEVICE:
        TwinDown(twin);
        Irp->IoStatus.Status = STATUS_SUCCESS;
        IoSkipCurrentIrpStackLocation(Irp);
        status = IoCallDriver(lower, Irp);
        IoDetachDevice(lower);
        IoDeleteDevice(DeviceObject);
        return status;
    case IRP_MN_STOP_DEVICE:
        TwinDown(twin);
        /* fall through */
    case IRP_MN_SURPRISE_REMOVAL:
    case IRP_MN_QUERY_STOP_DEVICE:
    case IRP_MN_CANCEL_STOP_DEVICE:
    case IRP_MN_QUERY_REMOVE_DEVICE:
    case IRP_MN_CANCEL_REMOVE_DEVICE:
        Irp->IoStatus.Status = STATUS_SUCCESS;
        /* fall through */
    default:
        IoSkipCurrentIrpStackLocation(Irp);
        return IoCallDriver(lower, Irp);
    }
}

/* --- the rest of a driver --- */

static NTSTATUS NTAPI TwinDispatchPass(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PTWIN twin = DeviceObject->DeviceExtension;

    IoSkipCurrentIrpStackLocation(Irp);
    return IoCallDriver(twin->Lower, Irp);
}

static NTSTATUS NTAPI TwinDispatchFile(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    return TwinComplete(Irp, STATUS_SUCCESS, 0);
}

/* One request at a time: the requester's thread does all of it. */
static NTSTATUS NTAPI TwinDispatchWrite(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PTWIN twin = DeviceObject->DeviceExtension;
    ULONG length = IoGetCurrentIrpStackLocation(Irp)->Parameters.Write.Length;
    NTSTATUS status = STATUS_INVALID_DEVICE_STATE;

    if (twin->Registers != NULL && length != 0) {
        KeFlushIoBuffers(Irp->MdlAddress, FALSE, TRUE);
        status = TwinWrite(twin, Irp->MdlAddress, length);
    }
    return TwinComplete(Irp, status, NT_SUCCESS(status) ? length : 0);
}

static NTSTATUS NTAPI TwinAddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo)
{
    PDEVICE_OBJECT fdo;
    PTWIN twin;
    NTSTATUS status = IoCreateDevice(DriverObject, sizeof(TWIN), NULL, FILE_DEVICE_UNKNOWN,
                                     FILE_DEVICE_SECURE_OPEN, FALSE, &fdo);

    if (!NT_SUCCESS(status))
        return status;
    twin = fdo->DeviceExtension;
    RtlZeroMemory(twin, sizeof(*twin));
    KeInitializeEvent(&twin->Granted, SynchronizationEvent, FALSE);
    twin->Self = fdo;
    twin->Pdo = Pdo;
    twin->Lower = IoAttachDeviceToDeviceStack(fdo, Pdo);
    if (twin->Lower == NULL) {
        IoDeleteDevice(fdo);
        return STATUS_NO_SUCH_DEVICE;
    }
    fdo->Flags |= DO_DIRECT_IO | DO_POWER_PAGABLE;
    fdo->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

#ifdef TWIN_HAS_GONE
static VOID TwinGone(VOID); /* a twin that has something left to do when the driver goes */
#endif

static VOID NTAPI TwinUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
#ifdef TWIN_HAS_GONE
    TwinGone();
#endif
}

DRIVER_INITIALIZE DriverEntry;
NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = TwinUnload;
    DriverObject->DriverExtension->AddDevice = TwinAddDevice;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = TwinDispatchFile;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = TwinDispatchFile;
    DriverObject->MajorFunction[IRP_MJ_CLEANUP] = TwinDispatchFile;
    DriverObject->MajorFunction[IRP_MJ_WRITE] = TwinDispatchWrite;
#ifdef TWIN_ANSWERS
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = TwinAnswer;
#endif
    DriverObject->MajorFunction[IRP_MJ_PNP] = TwinDispatchPnp;
    DriverObject->MajorFunction[IRP_MJ_POWER] = TwinDispatchPass;
    DriverObject->MajorFunction[IRP_MJ_SYSTEM_CONTROL] = TwinDispatchPass;
    return STATUS_SUCCESS;
}

#endif
