/*
 * The driver object and the device object: what is made when the driver is loaded and the device is
 * found, and the dispatch routines that need no hardware. Everything else is in the other files.
 */
#include "xfer.h"
#include <initguid.h>

/* {6A1E2B54-8C0F-4D8E-9E55-3C1B7A40D1F2} */
DEFINE_GUID(GUID_DEVINTERFACE_XFER,
            0x6a1e2b54, 0x8c0f, 0x4d8e, 0x9e, 0x55, 0x3c, 0x1b, 0x7a, 0x40, 0xd1, 0xf2);

DRIVER_INITIALIZE DriverEntry;
static DRIVER_ADD_DEVICE XferAddDevice;
static DRIVER_UNLOAD XferUnload;
static DRIVER_DISPATCH XferDispatchCreateClose;
static DRIVER_DISPATCH XferDispatchCleanup;
static DRIVER_DISPATCH XferDispatchPass;

#ifdef ALLOC_PRAGMA
#pragma alloc_text(INIT, DriverEntry)
#pragma alloc_text(PAGE, XferAddDevice)
#pragma alloc_text(PAGE, XferUnload)
#endif

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    UNREFERENCED_PARAMETER(RegistryPath);

    DriverObject->DriverUnload = XferUnload;
    DriverObject->DriverExtension->AddDevice = XferAddDevice;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = XferDispatchCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = XferDispatchCreateClose;
    DriverObject->MajorFunction[IRP_MJ_CLEANUP] = XferDispatchCleanup;
    DriverObject->MajorFunction[IRP_MJ_READ] = XferDispatchReadWrite;
    DriverObject->MajorFunction[IRP_MJ_WRITE] = XferDispatchReadWrite;
    DriverObject->MajorFunction[IRP_MJ_DEVICE_CONTROL] = XferDispatchControl;
    DriverObject->MajorFunction[IRP_MJ_PNP] = XferDispatchPnp;
    DriverObject->MajorFunction[IRP_MJ_POWER] = XferDispatchPower;
    DriverObject->MajorFunction[IRP_MJ_SYSTEM_CONTROL] = XferDispatchPass;
    return STATUS_SUCCESS;
}

static VOID XferUnload(PDRIVER_OBJECT DriverObject)
{
    PAGED_CODE();
    UNREFERENCED_PARAMETER(DriverObject);
}

/* A channel's part that lives as long as the device object; its hardware part comes at start. */
static NTSTATUS XferChannelInitialize(PXFER_DEVICE Device, ULONG Index)
{
    PXFER_CHANNEL channel = &Device->Channels[Index];

    channel->Device = Device;
    channel->Index = Index;
    channel->ToCard = Index < SGDMA_CHANNELS_EACH_WAY;
    KeInitializeSpinLock(&channel->Lock);
    InitializeListHead(&channel->Free);
    InitializeListHead(&channel->Flight);
    KeInitializeTimer(&channel->RetryTimer);
    KeInitializeDpc(&channel->RetryDpc, XferRetryDpc, channel);
    KeInitializeDpc(&channel->InterruptDpc, XferInterruptDpc, channel);
    return XferQueueInitialize(channel);
}

static NTSTATUS XferDeviceInitialize(PDEVICE_OBJECT Fdo, PDEVICE_OBJECT Pdo)
{
    PXFER_DEVICE device = Fdo->DeviceExtension;
    NTSTATUS status = STATUS_SUCCESS;
    ULONG i;

    RtlZeroMemory(device, sizeof(*device));
    device->Self = Fdo;
    device->Pdo = Pdo;
    device->PnpState = XferNotStarted;
    device->PowerState = PowerDeviceD3; /* until it is started */
    device->Holds = XFER_HOLD_PNP;
    device->ChannelsUsed = SGDMA_CHANNELS_EACH_WAY;
    IoInitializeRemoveLock(&device->RemoveLock, XFER_POOL_TAG, 0, 0);
    KeInitializeSpinLock(&device->StateLock);
    KeInitializeEvent(&device->PumpsIdle, NotificationEvent, TRUE);
    KeInitializeEvent(&device->FlightsIdle, NotificationEvent, TRUE);
    for (i = 0; i < SGDMA_CHANNEL_COUNT && NT_SUCCESS(status); i++)
        status = XferChannelInitialize(device, i);
    return status;
}

static NTSTATUS XferAddDevice(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo)
{
    PDEVICE_OBJECT fdo;
    PXFER_DEVICE device;
    NTSTATUS status;

    PAGED_CODE();

    status = IoCreateDevice(DriverObject, sizeof(XFER_DEVICE), NULL, FILE_DEVICE_UNKNOWN,
                            FILE_DEVICE_SECURE_OPEN, FALSE, &fdo);
    if (!NT_SUCCESS(status))
        return status;
    status = XferDeviceInitialize(fdo, Pdo);
    if (!NT_SUCCESS(status)) {
        IoDeleteDevice(fdo);
        return status;
    }
    device = fdo->DeviceExtension;

    status = IoRegisterDeviceInterface(Pdo, &GUID_DEVINTERFACE_XFER, NULL, &device->InterfaceName);
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
     * PASSIVE_LEVEL, so that power-down may wait for the transfers under way. */
    fdo->Flags |= DO_DIRECT_IO | DO_POWER_PAGABLE;
    fdo->AlignmentRequirement = FILE_BYTE_ALIGNMENT;
    fdo->Flags &= ~DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

/* Every handle sees the same card, so there is nothing to keep for it. */
static NTSTATUS XferDispatchCreateClose(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PXFER_DEVICE device = DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status = STATUS_SUCCESS;

    if (stack->MajorFunction == IRP_MJ_CREATE && XferGone(device))
        status = STATUS_NO_SUCH_DEVICE;
    Irp->IoStatus.Status = status;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}

/* The last handle of a file object is closed: what it still has in the queues is taken out. What
 * the card works on already runs to its end, which is a matter of microseconds. */
static NTSTATUS XferDispatchCleanup(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PXFER_DEVICE device = DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);

    XferQueueFail(device, stack->FileObject, STATUS_CANCELLED);
    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

/* WMI is not ours: the request belongs to whoever is below. */
static NTSTATUS XferDispatchPass(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PXFER_DEVICE device = DeviceObject->DeviceExtension;
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
