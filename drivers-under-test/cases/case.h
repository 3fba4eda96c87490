/*
 * What every case shares: a small WDM driver for one PCI card, but for what the story is about. A case
 * has an extension whose first member is a CASE, and a table of hooks, CaseHooks. Its faults are the
 * macros that its driver.ini names: 1, the line that failed in the field; 0, the line that is right.
 *
 * One request at a time: the requester's thread does all of it at PASSIVE_LEVEL and waits for the
 * interrupt's DPC. Slow, and as many drivers for in-house cards are.
 */
#ifndef CASE_H
#define CASE_H

#include <wdm.h>

#define CASE_POOL_TAG 'esaC'
#define CASE_PATIENCE_MS 20 /* then the card is taken to be stuck */

typedef struct _CASE {
    PDEVICE_OBJECT Self, Lower, Pdo;
    PUCHAR Registers; /* NULL: not started */
    ULONG RegistersLength;
    PDMA_ADAPTER Adapter; /* the case's own; NULL: none */
    ULONG MapRegisters;
    KEVENT Turn; /* held by the request under way */
    KEVENT Done; /* set by the DPC */
    KDPC Dpc;
    BOOLEAN Connected;
    ULONG ConnectedVersion;
    PVOID ConnectionContext;
} CASE, *PCASE;

/* What is NULL is not needed. Start is called with the registers mapped and before the interrupt is
 * connected; Stop after it is disconnected, also when Start has failed. */
typedef struct _CASE_HOOKS {
    ULONG ExtensionBytes;
    NTSTATUS (*Start)(PCASE Case);
    VOID (*Run)(PCASE Case); /* the card has power and no register set: at start and at D0 */
    VOID (*Halt)(PCASE Case); /* the card may not touch memory any more: at stop and below D0 */
    VOID (*Stop)(PCASE Case);
    NTSTATUS (*Request)(PCASE Case, PIRP Irp, PIO_STACK_LOCATION Stack, PULONG_PTR Information);
    VOID (*Cleanup)(PCASE Case, PFILE_OBJECT FileObject);
    BOOLEAN (*Interrupt)(PCASE Case); /* at DIRQL; TRUE: mine, and the DPC is wanted */
    VOID (*Dpc)(PCASE Case);
} CASE_HOOKS;

/* The case defines it below its routines. */
static const CASE_HOOKS CaseHooks;

/* --- for a case's own lines --- */

/* Macros, so that the line that a finding names is the case's. */
#define CaseRead(Case_, Register_) READ_REGISTER_ULONG((PULONG)((Case_)->Registers + (Register_)))
#define CaseWrite(Case_, Register_, Value_)                                                       \
    WRITE_REGISTER_ULONG((PULONG)((Case_)->Registers + (Register_)), (Value_))

/* STATUS_TIMEOUT: no interrupt came. */
static __inline NTSTATUS CaseWaitDone(PCASE Case)
{
    LARGE_INTEGER patience;

    patience.QuadPart = -10000LL * CASE_PATIENCE_MS;
    return KeWaitForSingleObject(&Case->Done, Executive, KernelMode, FALSE, &patience);
}

/* A description as version 2 has it; 32-bit cards say so. */
static __inline PDMA_ADAPTER CaseAdapterGet(PCASE Case, ULONG Version, ULONG AddressBits,
                                            BOOLEAN ScatterGather, ULONG MaximumLength,
                                            PULONG MapRegisters)
{
    DEVICE_DESCRIPTION description;

    RtlZeroMemory(&description, sizeof(description));
    description.Version = Version;
    description.Master = TRUE;
    description.ScatterGather = ScatterGather;
    description.InterfaceType = PCIBus;
    description.MaximumLength = MaximumLength;
    description.Dma32BitAddresses = TRUE;
    description.Dma64BitAddresses = (BOOLEAN)(AddressBits > 32);
    if (Version == DEVICE_DESCRIPTION_VERSION3)
        description.DmaAddressWidth = AddressBits;
    return IoGetDmaAdapter(Case->Pdo, &description, MapRegisters);
}

/* The routines of a list want DISPATCH_LEVEL. A macro, for the line's sake. */
#define CaseListPut(Adapter_, List_, ToDevice_)                                                   \
    do {                                                                                          \
        KIRQL irql_;                                                                              \
        KeRaiseIrql(DISPATCH_LEVEL, &irql_);                                                      \
        (Adapter_)->DmaOperations->PutScatterGatherList((Adapter_), (List_), (ToDevice_));        \
        KeLowerIrql(irql_);                                                                       \
    } while (0)

/* --- lists as version 2 builds them, in memory of ours --- */

static __inline VOID NTAPI CaseListControl(PDEVICE_OBJECT DeviceObject, PIRP Irp,
                                           PSCATTER_GATHER_LIST ScatterGather, PVOID Context)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    UNREFERENCED_PARAMETER(ScatterGather);
    KeSetEvent(Context, IO_NO_INCREMENT, FALSE);
}

/* How many of so many bytes one list may hold: a transfer may begin anywhere in a page. */
static __inline ULONG CasePiece(PCASE Case, ULONG Left)
{
    return min(Left, (Case->MapRegisters - 1) * PAGE_SIZE);
}

/* A list for [Offset, +Length) of the MDL; its memory is freed by CaseListFree, after the Put. */
static __inline DECLSPEC_NOINLINE NTSTATUS CaseListBuild(PCASE Case, PMDL Mdl, ULONG Offset,
                                                         ULONG Length, BOOLEAN ToDevice,
                                                         PSCATTER_GATHER_LIST *List)
{
    PDMA_OPERATIONS dma = Case->Adapter->DmaOperations;
    PVOID va = (PUCHAR)MmGetMdlVirtualAddress(Mdl) + Offset;
    ULONG bytes, registers;
    KEVENT granted;
    NTSTATUS status;
    KIRQL irql;

    *List = NULL;
    status = dma->CalculateScatterGatherList(Case->Adapter, Mdl, va, Length, &bytes, &registers);
    if (NT_SUCCESS(status))
        *List = ExAllocatePool2(POOL_FLAG_NON_PAGED, bytes, CASE_POOL_TAG);
    if (*List == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    KeInitializeEvent(&granted, NotificationEvent, FALSE);
    KeFlushIoBuffers(Mdl, !ToDevice, TRUE);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    status = dma->BuildScatterGatherList(Case->Adapter, Case->Self, Mdl, va, Length, CaseListControl,
                                         &granted, ToDevice, *List, bytes);
    KeLowerIrql(irql);
    if (NT_SUCCESS(status))
        KeWaitForSingleObject(&granted, Executive, KernelMode, FALSE, NULL);
    else
        ExFreePoolWithTag(*List, CASE_POOL_TAG);
    return status;
}

static __inline VOID CaseListFree(PSCATTER_GATHER_LIST List)
{
    ExFreePoolWithTag(List, CASE_POOL_TAG);
}

/* --- interrupt --- */

static BOOLEAN CaseIsr(PCASE Case)
{
    if (!CaseHooks.Interrupt(Case))
        return FALSE;
    KeInsertQueueDpc(&Case->Dpc, NULL, NULL);
    return TRUE;
}

static BOOLEAN NTAPI CaseLineIsr(PKINTERRUPT Interrupt, PVOID ServiceContext)
{
    UNREFERENCED_PARAMETER(Interrupt);
    return CaseIsr(ServiceContext);
}

static BOOLEAN NTAPI CaseMessageIsr(PKINTERRUPT Interrupt, PVOID ServiceContext, ULONG MessageId)
{
    UNREFERENCED_PARAMETER(Interrupt);
    UNREFERENCED_PARAMETER(MessageId);
    return CaseIsr(ServiceContext);
}

static VOID NTAPI CaseDpc(PKDPC Dpc, PVOID DeferredContext, PVOID Argument1, PVOID Argument2)
{
    PCASE Case = DeferredContext;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    if (CaseHooks.Dpc != NULL)
        CaseHooks.Dpc(Case);
    KeSetEvent(&Case->Done, IO_NO_INCREMENT, FALSE);
}

static NTSTATUS CaseConnect(PCASE Case)
{
    IO_CONNECT_INTERRUPT_PARAMETERS parameters;
    NTSTATUS status;

    if (CaseHooks.Interrupt == NULL)
        return STATUS_SUCCESS;
    RtlZeroMemory(&parameters, sizeof(parameters));
    parameters.Version = CONNECT_MESSAGE_BASED;
    parameters.MessageBased.PhysicalDeviceObject = Case->Pdo;
    parameters.MessageBased.ConnectionContext.Generic = &Case->ConnectionContext;
    parameters.MessageBased.MessageServiceRoutine = CaseMessageIsr;
    parameters.MessageBased.ServiceContext = Case;
    parameters.MessageBased.FallBackServiceRoutine = CaseLineIsr;
    status = IoConnectInterruptEx(&parameters);
    Case->Connected = NT_SUCCESS(status);
    Case->ConnectedVersion = parameters.Version;
    return status;
}

static VOID CaseDisconnect(PCASE Case)
{
    IO_DISCONNECT_INTERRUPT_PARAMETERS parameters;

    if (!Case->Connected)
        return;
    RtlZeroMemory(&parameters, sizeof(parameters));
    parameters.Version = Case->ConnectedVersion;
    parameters.ConnectionContext.Generic = Case->ConnectionContext;
    IoDisconnectInterruptEx(&parameters);
    Case->Connected = FALSE;
    KeFlushQueuedDpcs();
}

/* --- plug and play --- */

static NTSTATUS CaseRegistersMap(PCASE Case, PCM_RESOURCE_LIST Resources)
{
    PCM_PARTIAL_RESOURCE_LIST list;
    ULONG i;

    if (Resources == NULL)
        return STATUS_DEVICE_CONFIGURATION_ERROR;
    list = &Resources->List[0].PartialResourceList;
    for (i = 0; i < list->Count; i++)
        if (list->PartialDescriptors[i].Type == CmResourceTypeMemory) {
            Case->RegistersLength = list->PartialDescriptors[i].u.Memory.Length;
            Case->Registers = MmMapIoSpace(list->PartialDescriptors[i].u.Memory.Start,
                                           Case->RegistersLength, MmNonCached);
            return Case->Registers ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
        }
    return STATUS_DEVICE_CONFIGURATION_ERROR;
}

static VOID CaseDown(PCASE Case)
{
    if (Case->Registers == NULL)
        return;
    if (CaseHooks.Halt != NULL)
        CaseHooks.Halt(Case);
    CaseDisconnect(Case);
    if (CaseHooks.Stop != NULL)
        CaseHooks.Stop(Case);
    MmUnmapIoSpace(Case->Registers, Case->RegistersLength);
    Case->Registers = NULL;
}

static NTSTATUS CaseUp(PCASE Case, PCM_RESOURCE_LIST Resources)
{
    NTSTATUS status = CaseRegistersMap(Case, Resources);

    if (!NT_SUCCESS(status))
        return status;
    status = CaseHooks.Start(Case);
    if (NT_SUCCESS(status))
        status = CaseConnect(Case);
    if (!NT_SUCCESS(status))
        CaseDown(Case);
    else if (CaseHooks.Run != NULL)
        CaseHooks.Run(Case);
    return status;
}

static NTSTATUS NTAPI CaseForwarded(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeSetEvent(Context, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS CaseForwardAndWait(PCASE Case, PIRP Irp)
{
    NTSTATUS status;
    KEVENT done;

    KeInitializeEvent(&done, NotificationEvent, FALSE);
    IoCopyCurrentIrpStackLocationToNext(Irp);
    IoSetCompletionRoutine(Irp, CaseForwarded, &done, TRUE, TRUE, TRUE);
    status = IoCallDriver(Case->Lower, Irp);
    if (status == STATUS_PENDING) {
        KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
        status = Irp->IoStatus.Status;
    }
    return status;
}

static NTSTATUS CaseComplete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

static NTSTATUS CasePass(PCASE Case, PIRP Irp)
{
    IoSkipCurrentIrpStackLocation(Irp);
    return IoCallDriver(Case->Lower, Irp);
}

static NTSTATUS CaseRemove(PCASE Case, PIRP Irp)
{
    PDEVICE_OBJECT self = Case->Self, lower = Case->Lower;
    NTSTATUS status;

    CaseDown(Case);
    Irp->IoStatus.Status = STATUS_SUCCESS;
    status = CasePass(Case, Irp);
    IoDetachDevice(lower);
    IoDeleteDevice(self);
    return status;
}

static NTSTATUS NTAPI CaseDispatchPnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PCASE Case = DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status;

    switch (stack->MinorFunction) {
    case IRP_MN_START_DEVICE:
        status = CaseForwardAndWait(Case, Irp);
        if (NT_SUCCESS(status))
            status = CaseUp(Case, stack->Parameters.StartDevice.AllocatedResourcesTranslated);
        return CaseComplete(Irp, status, 0);
    case IRP_MN_REMOVE_DEVICE:
        return CaseRemove(Case, Irp);
    case IRP_MN_STOP_DEVICE:
        CaseDown(Case);
        /* fall through */
    case IRP_MN_SURPRISE_REMOVAL:
    case IRP_MN_QUERY_STOP_DEVICE:
    case IRP_MN_CANCEL_STOP_DEVICE:
    case IRP_MN_QUERY_REMOVE_DEVICE:
    case IRP_MN_CANCEL_REMOVE_DEVICE:
        Irp->IoStatus.Status = STATUS_SUCCESS;
        /* fall through */
    default:
        return CasePass(Case, Irp);
    }
}

/* Device power; whatever the card works on ends first. */
static NTSTATUS NTAPI CaseDispatchPower(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PCASE Case = DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status;

    if (stack->MinorFunction != IRP_MN_SET_POWER || Case->Registers == NULL ||
        stack->Parameters.Power.Type != DevicePowerState)
        return CasePass(Case, Irp);
    if (stack->Parameters.Power.State.DeviceState == PowerDeviceD0) {
        status = CaseForwardAndWait(Case, Irp);
        if (NT_SUCCESS(status) && CaseHooks.Run != NULL)
            CaseHooks.Run(Case);
        return CaseComplete(Irp, status, 0);
    }
    KeWaitForSingleObject(&Case->Turn, Executive, KernelMode, FALSE, NULL);
    if (CaseHooks.Halt != NULL)
        CaseHooks.Halt(Case);
    KeSetEvent(&Case->Turn, IO_NO_INCREMENT, FALSE);
    return CasePass(Case, Irp);
}

/* --- the rest of a driver --- */

static NTSTATUS NTAPI CaseDispatchPass(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    return CasePass(DeviceObject->DeviceExtension, Irp);
}

static NTSTATUS NTAPI CaseDispatchOpen(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    return CaseComplete(Irp, STATUS_SUCCESS, 0);
}

/* The last handle of a file object is closed, in the process that had it. */
static NTSTATUS NTAPI CaseDispatchCleanup(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PCASE Case = DeviceObject->DeviceExtension;

    if (CaseHooks.Cleanup != NULL)
        CaseHooks.Cleanup(Case, IoGetCurrentIrpStackLocation(Irp)->FileObject);
    return CaseComplete(Irp, STATUS_SUCCESS, 0);
}

static NTSTATUS NTAPI CaseDispatchRequest(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PCASE Case = DeviceObject->DeviceExtension;
    NTSTATUS status = STATUS_INVALID_DEVICE_STATE;
    ULONG_PTR information = 0;

    KeWaitForSingleObject(&Case->Turn, Executive, KernelMode, FALSE, NULL);
    if (Case->Registers != NULL) {
        KeClearEvent(&Case->Done);
        status = CaseHooks.Request(Case, Irp, IoGetCurrentIrpStackLocation(Irp), &information);
    }
    KeSetEvent(&Case->Turn, IO_NO_INCREMENT, FALSE);
    return CaseComplete(Irp, status, NT_SUCCESS(status) ? information : 0);
}

static NTSTATUS NTAPI CaseAddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo)
{
    PDEVICE_OBJECT fdo;
    PCASE Case;
    NTSTATUS status = IoCreateDevice(DriverObject, CaseHooks.ExtensionBytes, NULL, FILE_DEVICE_UNKNOWN,
                                     FILE_DEVICE_SECURE_OPEN, FALSE, &fdo);

    if (!NT_SUCCESS(status))
        return status;
    Case = fdo->DeviceExtension;
    RtlZeroMemory(Case, CaseHooks.ExtensionBytes);
    KeInitializeEvent(&Case->Turn, SynchronizationEvent, TRUE);
    KeInitializeEvent(&Case->Done, SynchronizationEvent, FALSE);
    KeInitializeDpc(&Case->Dpc, CaseDpc, Case);
    Case->Self = fdo;
    Case->Pdo = Pdo;
    Case->Lower = IoAttachDeviceToDeviceStack(fdo, Pdo);
    if (Case->Lower == NULL) {
        IoDeleteDevice(fdo);
        return STATUS_NO_SUCH_DEVICE;
    }
    fdo->Flags |= DO_DIRECT_IO | DO_POWER_PAGABLE;
    fdo->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

static VOID NTAPI CaseUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
}

DRIVER_INITIALIZE DriverEntry;
NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->DriverUnload = CaseUnload;
    DriverObject->DriverExtension->AddDevice = CaseAddDevice;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = CaseDispatchOpen;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = CaseDispatchOpen;
    DriverObject->MajorFunction[IRP_MJ_CLEANUP] = CaseDispatchCleanup;
    DriverObject->MajorFunction[IRP_MJ_READ] = CaseDispatchRequest;
    DriverObject->MajorFunction[IRP_MJ_WRITE] = CaseDispatchRequest;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = CaseDispatchRequest;
    DriverObject->MajorFunction[IRP_MJ_PNP] = CaseDispatchPnp;
    DriverObject->MajorFunction[IRP_MJ_POWER] = CaseDispatchPower;
    DriverObject->MajorFunction[IRP_MJ_SYSTEM_CONTROL] = CaseDispatchPass;
    return STATUS_SUCCESS;
}

#endif
