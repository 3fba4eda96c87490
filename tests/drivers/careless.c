/*
 * A driver whose ways out of a failed allocation are wrong, one manner for each scenario: what
 * `explore --faults systematic` has to tell, where no rule does. The offset of a read names the manner.
 */
#define MANNERS(X)                                                                               \
    X(RIGHT, right)                                                                              \
    X(SILENT, silent)                                                                            \
    X(LESS, less)                                                                                \
    X(LEAKS, leaks)                                                                              \
    X(STAYS_BUSY, stays_busy)                                                                    \
    X(HANGS, hangs)

enum manner {
#define MANNER(code, name) MANNER_##code,
    MANNERS(MANNER)
#undef MANNER
};

#ifndef DMACHECK_SCENARIO
#include <wdm.h>

#define TAG 'leraC'
#define BLOCK 128

static LONG Busy;
static PDEVICE_OBJECT Device;

static NTSTATUS Complete(PIRP Irp, NTSTATUS Status, ULONG_PTR Information)
{
    Irp->IoStatus.Status = Status;
    Irp->IoStatus.Information = Information;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return Status;
}

static NTSTATUS NTAPI DispatchOpen(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    return Complete(Irp, STATUS_SUCCESS, 0);
}

/* What is done when the second block is not to be had. */
static NTSTATUS WithoutBlock(enum manner Manner, PVOID First, PULONG Length)
{
    KEVENT never;

    if (Manner != MANNER_LEAKS)
        ExFreePoolWithTag(First, TAG);
    if (Manner != MANNER_STAYS_BUSY)
        InterlockedExchange(&Busy, 0);
    if (Manner == MANNER_SILENT)
        return STATUS_SUCCESS;
    if (Manner == MANNER_LESS) {
        *Length /= 2;
        return STATUS_SUCCESS;
    }
    if (Manner == MANNER_HANGS) {
        KeInitializeEvent(&never, NotificationEvent, FALSE);
        KeWaitForSingleObject(&never, Executive, KernelMode, FALSE, NULL);
    }
    return STATUS_INSUFFICIENT_RESOURCES;
}

static NTSTATUS Fill(enum manner Manner, PVOID To, PULONG Length)
{
    PVOID first, second;

    if (InterlockedCompareExchange(&Busy, 1, 0) != 0)
        return STATUS_DEVICE_BUSY;
    first = ExAllocatePoolWithTag(NonPagedPoolNx, BLOCK, TAG);
    if (first == NULL) {
        InterlockedExchange(&Busy, 0);
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    second = ExAllocatePoolWithTag(NonPagedPoolNx, BLOCK, TAG); /* at: second */
    if (second == NULL)
        return WithoutBlock(Manner, first, Length);
    RtlFillMemory(To, *Length, 0x5a);
    ExFreePoolWithTag(second, TAG);
    ExFreePoolWithTag(first, TAG);
    InterlockedExchange(&Busy, 0);
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI DispatchRead(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    ULONG length = stack->Parameters.Read.Length;
    PVOID to = MmGetSystemAddressForMdlSafe(Irp->MdlAddress,
                                            NormalPagePriority | MdlMappingNoExecute);
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;

    UNREFERENCED_PARAMETER(DeviceObject);
    if (to != NULL)
        status = Fill((enum manner)stack->Parameters.Read.ByteOffset.LowPart, to, &length);
    return Complete(Irp, status, NT_SUCCESS(status) ? length : 0);
}

static VOID NTAPI Unload(PDRIVER_OBJECT DriverObject)
{
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\DosDevices\\Careless");

    UNREFERENCED_PARAMETER(DriverObject);
    IoDeleteSymbolicLink(&link);
    IoDeleteDevice(Device);
}

DRIVER_INITIALIZE DriverEntry;
NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNICODE_STRING name = RTL_CONSTANT_STRING(L"\\Device\\Careless");
    UNICODE_STRING link = RTL_CONSTANT_STRING(L"\\DosDevices\\Careless");
    NTSTATUS status;

    UNREFERENCED_PARAMETER(RegistryPath);
    status = IoCreateDevice(DriverObject, 0, &name, FILE_DEVICE_UNKNOWN, FILE_DEVICE_SECURE_OPEN,
                            FALSE, &Device);
    if (!NT_SUCCESS(status))
        return status;
    status = IoCreateSymbolicLink(&link, &name);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(Device);
        return status;
    }
    DriverObject->DriverUnload = Unload;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = DispatchOpen;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = DispatchOpen;
    DriverObject->MajorFunction[IRP_MJ_READ] = DispatchRead;
    Device->Flags |= DO_DIRECT_IO;
    Device->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

#else
#include "dmacheck/scenario.h"

static void read_in(struct dm_run *r, enum manner manner)
{
    struct dm_file *f = dm_open_name(r, "\\\\.\\Careless", DM_READ_ACCESS, NULL);
    unsigned char *p = dm_alloc(r, 64, 0);
    uint64_t information = 0;

    if (!f)
        return;
    dm_fill(r, p, 64, 1);
    dm_expect(r, dm_read(r, f, p, 64, manner, &information) == 0 && information == 64);
    dm_free(r, p);
    dm_close(r, f);
}

#define MANNER(code, name)                                                                       \
    static void name(struct dm_run *r) { read_in(r, MANNER_##code); }
MANNERS(MANNER)
#undef MANNER

const struct dm_scenario dmacheck_scenarios[] = {
#define MANNER(code, name) { #name, "one read", name, 0 },
    MANNERS(MANNER)
#undef MANNER
    { 0 },
};
const struct dm_setup dmacheck_setup = { .devices = "" };

#endif
