/*
 * The driver of the benches: a WDM bus-master driver that maps and unmaps in a loop, as fast as a
 * driver can. Built by ddkcc as users' drivers are built, access door on; every DMA call goes through
 * adapter->DmaOperations.
 */
#include <wdm.h>

#include "bench.h"
#include "card.h"

#define BENCH_TAG 'hcnB'
#define BENCH_LIVE_MAX 200000

typedef struct _BENCH_EXTENSION {
    PDEVICE_OBJECT Self;
    PDEVICE_OBJECT Lower;
    PDEVICE_OBJECT Pdo;
    BENCH_CARD Card;
    PDMA_ADAPTER Adapter;
    ULONG MapRegisters;
} BENCH_EXTENSION, *PBENCH_EXTENSION;

static VOID BenchKeepList(PDEVICE_OBJECT DeviceObject, PIRP Irp, PSCATTER_GATHER_LIST List,
                          PVOID Context)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    *(PSCATTER_GATHER_LIST *)Context = List;
}

static NTSTATUS BenchPairs(PBENCH_EXTENSION Extension, PMDL Mdl, ULONG Length, ULONG Count,
                           BOOLEAN Write)
{
    PDMA_OPERATIONS operations = Extension->Adapter->DmaOperations;
    PVOID va = MmGetMdlVirtualAddress(Mdl);
    PSCATTER_GATHER_LIST list;
    NTSTATUS status = STATUS_SUCCESS;
    KIRQL irql;
    ULONG i;

    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    for (i = 0; i < Count && NT_SUCCESS(status); i++) {
        list = NULL;
        status = operations->GetScatterGatherList(Extension->Adapter, Extension->Self, Mdl, va,
                                                  Length, BenchKeepList, &list, Write);
        if (NT_SUCCESS(status) && list != NULL)
            operations->PutScatterGatherList(Extension->Adapter, list, Write);
    }
    KeLowerIrql(irql);
    return status;
}

/* Frames of every second page of a larger run: as many fragments as pages. */
static NTSTATUS BenchFragments(PBENCH_EXTENSION Extension, ULONG Pages, ULONG Count)
{
    PHYSICAL_ADDRESS highest;
    PVOID memory;
    PMDL source, mdl;
    PPFN_NUMBER from, to;
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;
    ULONG i;

    highest.QuadPart = -1;
    memory = MmAllocateContiguousMemory((SIZE_T)2 * Pages * PAGE_SIZE, highest);
    if (memory == NULL)
        return status;
    source = IoAllocateMdl(memory, 2 * Pages * PAGE_SIZE, FALSE, FALSE, NULL);
    mdl = IoAllocateMdl(memory, Pages * PAGE_SIZE, FALSE, FALSE, NULL);
    if (source != NULL && mdl != NULL) {
        MmBuildMdlForNonPagedPool(source);
        from = MmGetMdlPfnArray(source);
        to = MmGetMdlPfnArray(mdl);
        for (i = 0; i < Pages; i++)
            to[i] = from[2 * i];
        mdl->MdlFlags |= MDL_PAGES_LOCKED;
        status = BenchPairs(Extension, mdl, Pages * PAGE_SIZE, Count, TRUE);
        mdl->MdlFlags &= ~MDL_PAGES_LOCKED;
    }
    if (mdl != NULL)
        IoFreeMdl(mdl);
    if (source != NULL)
        IoFreeMdl(source);
    MmFreeContiguousMemory(memory);
    return status;
}

static NTSTATUS BenchPages(PBENCH_EXTENSION Extension, ULONG Pages, ULONG Count)
{
    PHYSICAL_ADDRESS highest;
    PVOID memory;
    PMDL mdl;
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;

    highest.QuadPart = -1;
    memory = MmAllocateContiguousMemory((SIZE_T)Pages * PAGE_SIZE, highest);
    if (memory == NULL)
        return status;
    mdl = IoAllocateMdl(memory, Pages * PAGE_SIZE, FALSE, FALSE, NULL);
    if (mdl != NULL) {
        MmBuildMdlForNonPagedPool(mdl);
        status = BenchPairs(Extension, mdl, Pages * PAGE_SIZE, Count, TRUE);
        IoFreeMdl(mdl);
    }
    MmFreeContiguousMemory(memory);
    return status;
}

/* Size lists stay live, each of its own page, while Count pairs of another page are made. */
static NTSTATUS BenchLive(PBENCH_EXTENSION Extension, ULONG Size, ULONG Count)
{
    PDMA_OPERATIONS operations = Extension->Adapter->DmaOperations;
    PSCATTER_GATHER_LIST *lists;
    PUCHAR memory;
    PMDL mdl;
    KIRQL irql;
    ULONG i, live = 0;
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;

    if (Size > BENCH_LIVE_MAX)
        return STATUS_INVALID_PARAMETER;
    lists = ExAllocatePoolWithTag(NonPagedPoolNx, (SIZE_T)(Size + 1) * sizeof(*lists), BENCH_TAG);
    memory = ExAllocatePoolWithTag(NonPagedPoolNx, PAGE_SIZE, BENCH_TAG);
    mdl = memory != NULL ? IoAllocateMdl(memory, PAGE_SIZE, FALSE, FALSE, NULL) : NULL;
    if (lists != NULL && mdl != NULL) {
        MmBuildMdlForNonPagedPool(mdl);
        KeRaiseIrql(DISPATCH_LEVEL, &irql);
        for (status = STATUS_SUCCESS; live < Size && NT_SUCCESS(status); live++) {
            lists[live] = NULL;
            status =
                operations->GetScatterGatherList(Extension->Adapter, Extension->Self, mdl, memory,
                                                 PAGE_SIZE, BenchKeepList, &lists[live], TRUE);
        }
        KeLowerIrql(irql);
        if (NT_SUCCESS(status))
            status = BenchPairs(Extension, mdl, PAGE_SIZE, Count, TRUE);
        KeRaiseIrql(DISPATCH_LEVEL, &irql);
        for (i = 0; i < live; i++)
            if (lists[i] != NULL)
                operations->PutScatterGatherList(Extension->Adapter, lists[i], TRUE);
        KeLowerIrql(irql);
    }
    if (mdl != NULL)
        IoFreeMdl(mdl);
    if (memory != NULL)
        ExFreePoolWithTag(memory, BENCH_TAG);
    if (lists != NULL)
        ExFreePoolWithTag(lists, BENCH_TAG);
    return status;
}

/* The pages one by one, as a bounce copies them; Guard: two pages of padding are looked at besides,
 * as those before and behind a bounce run are when it is given back. */
static NTSTATUS BenchCopy(PUCHAR To, PUCHAR From, PUCHAR Guard, ULONG Pages, ULONG Count)
{
    ULONG i, p;

    for (i = 0; i < Count; i++) {
        for (p = 0; p < Pages; p++)
            RtlCopyMemory(To + (SIZE_T)p * PAGE_SIZE, From + (SIZE_T)p * PAGE_SIZE, PAGE_SIZE);
        if (Guard != NULL && (!RtlEqualMemory(Guard, Guard + 2 * PAGE_SIZE, PAGE_SIZE) ||
                              !RtlEqualMemory(Guard + PAGE_SIZE, Guard + 2 * PAGE_SIZE, PAGE_SIZE)))
            return STATUS_DATA_ERROR;
    }
    return STATUS_SUCCESS;
}

static NTSTATUS BenchWrite(PBENCH_EXTENSION Extension, ULONG Pages, ULONG Count, ULONG Op)
{
    PUCHAR guard = ExAllocatePoolWithTag(NonPagedPoolNx, 3 * PAGE_SIZE, BENCH_TAG);
    PUCHAR memory = ExAllocatePoolWithTag(NonPagedPoolNx, (SIZE_T)Pages * PAGE_SIZE, BENCH_TAG);
    PUCHAR other = ExAllocatePoolWithTag(NonPagedPoolNx, (SIZE_T)Pages * PAGE_SIZE, BENCH_TAG);
    PMDL mdl = memory != NULL ? IoAllocateMdl(memory, Pages * PAGE_SIZE, FALSE, FALSE, NULL) : NULL;
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;

    if (mdl != NULL && other != NULL && guard != NULL) {
        MmBuildMdlForNonPagedPool(mdl);
        RtlFillMemory(memory, (SIZE_T)Pages * PAGE_SIZE, 1);
        RtlFillMemory(other, (SIZE_T)Pages * PAGE_SIZE, 2);
        RtlFillMemory(guard, 3 * PAGE_SIZE, 15);
        if (Op == BENCH_WRITE)
            status = BenchPairs(Extension, mdl, Pages * PAGE_SIZE, Count, TRUE);
        else
            status = BenchCopy(other, memory, Op == BENCH_GUARDED ? guard : NULL, Pages, Count);
    }
    if (mdl != NULL)
        IoFreeMdl(mdl);
    if (memory != NULL)
        ExFreePoolWithTag(memory, BENCH_TAG);
    if (other != NULL)
        ExFreePoolWithTag(other, BENCH_TAG);
    if (guard != NULL)
        ExFreePoolWithTag(guard, BENCH_TAG);
    return status;
}

static NTSTATUS BenchEmpty(PBENCH_EXTENSION Extension, ULONG Count)
{
    ULONG i, sum = 0;

    for (i = 0; i < Count; i++)
        sum += Extension->Adapter->DmaOperations->GetDmaAlignment(Extension->Adapter);
    return sum >= Count ? STATUS_SUCCESS : STATUS_UNSUCCESSFUL;
}

static NTSTATUS BenchControl(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PBENCH_EXTENSION extension = DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    struct bench_request *request = Irp->AssociatedIrp.SystemBuffer;
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;

    if (stack->Parameters.DeviceIoControl.IoControlCode == BENCH_CODE &&
        stack->Parameters.DeviceIoControl.InputBufferLength >= sizeof(*request)) {
        switch (request->op) {
        case BENCH_EMPTY:
            status = BenchEmpty(extension, request->count);
            break;
        case BENCH_PAGES:
            status = BenchPages(extension, request->size, request->count);
            break;
        case BENCH_FRAGMENTS:
            status = BenchFragments(extension, request->size, request->count);
            break;
        case BENCH_LIVE:
            status = BenchLive(extension, request->size, request->count);
            break;
        case BENCH_WRITE:
        case BENCH_MEMCPY:
        case BENCH_GUARDED:
            status = BenchWrite(extension, request->size, request->count, request->op);
            break;
        case BENCH_DEVICE:
            status = BenchCardRun(&extension->Card, extension->Adapter, extension->Self,
                                  request->size, request->count);
            break;
        default:
            status = STATUS_INVALID_PARAMETER;
            break;
        }
    }
    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}

static NTSTATUS BenchOpenClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static NTSTATUS BenchStart(PBENCH_EXTENSION Extension)
{
    DEVICE_DESCRIPTION description;

    RtlZeroMemory(&description, sizeof(description));
    description.Version = DEVICE_DESCRIPTION_VERSION2;
    description.Master = TRUE;
    description.ScatterGather = TRUE;
    description.Dma64BitAddresses = TRUE;
    description.InterfaceType = PCIBus;
    description.MaximumLength = 32 * 1024 * 1024;
    Extension->Adapter = IoGetDmaAdapter(Extension->Lower, &description, &Extension->MapRegisters);
    return Extension->Adapter != NULL ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

static VOID BenchStop(PBENCH_EXTENSION Extension)
{
    BenchCardStop(&Extension->Card);
    if (Extension->Adapter != NULL) {
        Extension->Adapter->DmaOperations->PutDmaAdapter(Extension->Adapter);
        Extension->Adapter = NULL;
    }
}

static NTSTATUS BenchPnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PBENCH_EXTENSION extension = DeviceObject->DeviceExtension;
    PDEVICE_OBJECT lower = extension->Lower;
    NTSTATUS status;

    switch (IoGetCurrentIrpStackLocation(Irp)->MinorFunction) {
    case IRP_MN_START_DEVICE:
        status = STATUS_UNSUCCESSFUL;
        if (IoForwardIrpSynchronously(lower, Irp))
            status = Irp->IoStatus.Status;
        if (NT_SUCCESS(status))
            status = BenchStart(extension);
        if (NT_SUCCESS(status))
            status = BenchCardStart(&extension->Card, extension->Pdo,
                                    IoGetCurrentIrpStackLocation(Irp)
                                        ->Parameters.StartDevice.AllocatedResourcesTranslated);
        Irp->IoStatus.Status = status;
        IoCompleteRequest(Irp, IO_NO_INCREMENT);
        return status;
    case IRP_MN_STOP_DEVICE:
    case IRP_MN_SURPRISE_REMOVAL:
        BenchStop(extension);
        Irp->IoStatus.Status = STATUS_SUCCESS;
        break;
    case IRP_MN_QUERY_STOP_DEVICE:
    case IRP_MN_CANCEL_STOP_DEVICE:
    case IRP_MN_QUERY_REMOVE_DEVICE:
    case IRP_MN_CANCEL_REMOVE_DEVICE:
        Irp->IoStatus.Status = STATUS_SUCCESS;
        break;
    case IRP_MN_REMOVE_DEVICE:
        BenchStop(extension);
        Irp->IoStatus.Status = STATUS_SUCCESS;
        IoSkipCurrentIrpStackLocation(Irp);
        status = IoCallDriver(lower, Irp);
        IoDetachDevice(lower);
        IoDeleteDevice(DeviceObject);
        return status;
    default:
        break;
    }
    IoSkipCurrentIrpStackLocation(Irp);
    return IoCallDriver(lower, Irp);
}

static NTSTATUS BenchPower(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PBENCH_EXTENSION extension = DeviceObject->DeviceExtension;

    PoStartNextPowerIrp(Irp);
    IoSkipCurrentIrpStackLocation(Irp);
    return PoCallDriver(extension->Lower, Irp);
}

static NTSTATUS BenchAddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo)
{
    PDEVICE_OBJECT device;
    PBENCH_EXTENSION extension;
    NTSTATUS status = IoCreateDevice(DriverObject, sizeof(BENCH_EXTENSION), NULL,
                                     FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN, FALSE, &device);

    if (!NT_SUCCESS(status))
        return status;
    extension = device->DeviceExtension;
    RtlZeroMemory(extension, sizeof(*extension));
    extension->Self = device;
    extension->Pdo = Pdo;
    extension->Lower = IoAttachDeviceToDeviceStack(device, Pdo);
    if (extension->Lower == NULL) {
        IoDeleteDevice(device);
        return STATUS_NO_SUCH_DEVICE;
    }
    device->Flags |= DO_DIRECT_IO | DO_POWER_PAGABLE;
    device->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

static VOID BenchUnload(PDRIVER_OBJECT DriverObject) { UNREFERENCED_PARAMETER(DriverObject); }

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);
    DriverObject->MajorFunction[IRP_MJ_CREATE] = BenchOpenClose;
    DriverObject->MajorFunction[IRP_MJ_CLEANUP] = BenchOpenClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = BenchOpenClose;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = BenchControl;
    DriverObject->MajorFunction[IRP_MJ_PNP] = BenchPnp;
    DriverObject->MajorFunction[IRP_MJ_POWER] = BenchPower;
    DriverObject->DriverExtension->AddDevice = BenchAddDevice;
    DriverObject->DriverUnload = BenchUnload;
    return STATUS_SUCCESS;
}
