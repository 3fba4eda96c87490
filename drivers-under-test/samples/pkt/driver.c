/*
 * The driver object and the device object: what is made when the driver is loaded and the device is
 * found, and the dispatch routines that need no hardware.
 */
#include <initguid.h>
#include "pkt.h"

/* {0C5D3E86-52A4-4B5F-8F1D-9A6F27C0E3B7} */
DEFINE_GUID(GUID_DEVINTERFACE_PKT,
            0x0c5d3e86, 0x52a4, 0x4b5f, 0x8f, 0x1d, 0x9a, 0x6f, 0x27, 0xc0, 0xe3, 0xb7);

#define PKT_LOCK_TAG 0x20746b70u /* "pkt " */

DRIVER_INITIALIZE DriverEntry;
static DRIVER_ADD_DEVICE PktAddDevice;
static DRIVER_UNLOAD PktUnload;
static DRIVER_DISPATCH PktDispatchCreateClose;
static DRIVER_DISPATCH PktDispatchCleanup;
static DRIVER_DISPATCH PktDispatchPass;

NTSTATUS NTAPI DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);

    DriverObject->DriverUnload = PktUnload;
    DriverObject->DriverExtension->AddDevice = PktAddDevice;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = PktDispatchCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = PktDispatchCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLEANUP] = PktDispatchCleanup;
    DriverObject->MajorFunction[IRP_MJ_READ] = PktDispatchReadWrite;
    DriverObject->MajorFunction[IRP_MJ_WRITE] = PktDispatchReadWrite;
    DriverObject->MajorFunction[IRP_MJ_PNP] = PktDispatchPnp;
    DriverObject->MajorFunction[IRP_MJ_POWER] = PktDispatchPower;
    DriverObject->MajorFunction[IRP_MJ_SYSTEM_CONTROL] = PktDispatchPass;
    return STATUS_SUCCESS;
}

static VOID NTAPI PktUnload(PDRIVER_OBJECT DriverObject)
{
    UNREFERENCED_PARAMETER(DriverObject);
}

static NTSTATUS PktDeviceInitialize(PDEVICE_OBJECT Fdo, PDEVICE_OBJECT Pdo)
{
    PPKT_DEVICE device = Fdo->DeviceExtension;

    RtlZeroMemory(device, sizeof(*device));
    device->Self = Fdo;
    device->Pdo = Pdo;
    device->PnpState = PktNotStarted;
    device->PowerState = PowerDeviceD3; /* until it is started */
    device->Holds = PKT_HOLD_PNP;
    IoInitializeRemoveLock(&device->RemoveLock, PKT_LOCK_TAG, 0, 0);
    KeInitializeSpinLock(&device->StateLock);
    KeInitializeEvent(&device->Idle, NotificationEvent, TRUE);
    KeInitializeDpc(&device->InterruptDpc, PktInterruptDpc, device);
    KeInitializeDpc(&device->ControlDpc, PktControlDpc, device);
    return PktQueueInitialize(device);
}

static NTSTATUS NTAPI PktAddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo)
{
    PDEVICE_OBJECT fdo;
    PPKT_DEVICE device;
    NTSTATUS status;

    PAGED_CODE();

    status = IoCreateDevice(DriverObject, sizeof(PKT_DEVICE), NULL, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &fdo);
    if (!NT_SUCCESS(status))
        return status;
    status = PktDeviceInitialize(fdo, Pdo);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(fdo);
        return status;
    }
    device = fdo->DeviceExtension;

    status = IoRegisterDeviceInterface(Pdo, &GUID_DEVINTERFACE_PKT, NULL, &device->InterfaceName);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(fdo);
        return status;
    }
    device->Lower = IoAttachDeviceToDeviceStack(fdo, Pdo);
    if (device->Lower == NULL) {
        RtlFreeUnicodeString(&device->InterfaceName);
        IoDeleteDevice(fdo);
        return STATUS_NO_SUCH_DEVICE;
    }
    /* Direct I/O: the I/O manager locks the caller's buffer and gives an MDL. Power IRPs come at
     * PASSIVE_LEVEL, so that power-down may wait for the request under way. */
    fdo->Flags |= DO_DIRECT_IO | DO_POWER_PAGABLE;
    fdo->AlignmentRequirement = FILE_BYTE_ALIGNMENT;
    fdo->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

/* Every handle sees the same card, so there is nothing to keep for it. */
static NTSTATUS NTAPI PktDispatchCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PPKT_DEVICE device = DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status = STATUS_SUCCESS;

    if (stack->MajorFunction == IRP_MJ_CREATE && PktGone(device))
        status = STATUS_NO_SUCH_DEVICE;
    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}

/* The last handle of a file object is closed: what it still has in the queue is taken out. */
static NTSTATUS NTAPI PktDispatchCleanup(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PPKT_DEVICE device = DeviceObject->DeviceExtension;

    PktQueueFail(device, IoGetCurrentIrpStackLocation(Irp)->FileObject, STATUS_CANCELLED);
    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

/* WMI is not ours: the request belongs to whoever is below. */
static NTSTATUS NTAPI PktDispatchPass(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PPKT_DEVICE device = DeviceObject->DeviceExtension;
    NTSTATUS status = IoAcquireRemoveLock(&device->RemoveLock, Irp);

    if (!NT_SUCCESS(status)) {
        Irp->IoStatus.Status = status;
        IoCompleteRequest(Irp, IO_NO_INCREMENT);
        return status;
    }
    IoSkipCurrentIrpStackLocation(Irp);
    status = IoCallDriver(device->Lower, Irp);
    IoReleaseRemoveLock(&device->RemoveLock, Irp);
    return status;
}
