/*
 * Power. This driver owns the power policy of its device: a system power IRP makes it ask for a
 * device power IRP. Going down, the request under way ends first and what waits stays in the queue;
 * coming back, the card has forgotten its registers, gets them anew, and the queue goes on.
 */
#include "pkt.h"

static IO_COMPLETION_ROUTINE PktPowerUpCompletion;
static IO_COMPLETION_ROUTINE PktSystemPowerCompletion;
static REQUEST_POWER_COMPLETE PktDevicePowerDone;

static NTSTATUS PktPowerPass(PPKT_DEVICE Device, PIRP Irp)
{
    NTSTATUS status;

    IoSkipCurrentIrpStackLocation(Irp);
    status = IoCallDriver(Device->Lower, Irp);
    IoReleaseRemoveLock(&Device->RemoveLock, Irp);
    return status;
}

/* On the way down the stack, while the device still has power. PASSIVE_LEVEL: DO_POWER_PAGABLE. */
static NTSTATUS PktPowerDown(PPKT_DEVICE Device, PIRP Irp, POWER_STATE State)
{
    if (Device->PowerState == PowerDeviceD0) {
        PktHold(Device, PKT_HOLD_POWER);
        PktWaitIdle(Device);
        if (Device->Registers != NULL && !PktGone(Device))
            PktWrite(Device, PKTDMA_CONTROL, PKTDMA_CONTROL_RESET);
    }
    Device->PowerState = State.DeviceState;
    PoSetPowerState(Device->Self, DevicePowerState, State);
    return PktPowerPass(Device, Irp);
}

/* On the way back up: the device has power again. */
static NTSTATUS NTAPI PktPowerUpCompletion(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    PPKT_DEVICE device = Context;
    POWER_STATE state;

    UNREFERENCED_PARAMETER(DeviceObject);
    if (NT_SUCCESS(Irp->IoStatus.Status)) {
        state.DeviceState = PowerDeviceD0;
        if (device->PowerState != PowerDeviceD0 && device->Registers != NULL)
            PktHardwareReset(device);
        device->PowerState = PowerDeviceD0;
        PoSetPowerState(device->Self, DevicePowerState, state);
        PktUnhold(device, PKT_HOLD_POWER);
    }
    IoReleaseRemoveLock(&device->RemoveLock, Irp);
    return STATUS_SUCCESS; /* the completion goes on */
}

static NTSTATUS PktPowerUp(PPKT_DEVICE Device, PIRP Irp)
{
    IoCopyCurrentIrpStackLocationToNext(Irp);
    IoSetCompletionRoutine(Irp, PktPowerUpCompletion, Device, TRUE, TRUE, TRUE);
    IoMarkIrpPending(Irp);
    IoCallDriver(Device->Lower, Irp);
    return STATUS_PENDING;
}

/* --- system power: ask for the device power that fits --- */

static VOID NTAPI PktDevicePowerDone(PDEVICE_OBJECT DeviceObject, UCHAR MinorFunction,
                                POWER_STATE PowerState, PVOID Context, PIO_STATUS_BLOCK IoStatus)
{
    PIRP systemIrp = Context;
    PPKT_DEVICE device = IoGetCurrentIrpStackLocation(systemIrp)->DeviceObject->DeviceExtension;

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(MinorFunction);
    UNREFERENCED_PARAMETER(PowerState);
    systemIrp->IoStatus.Status = IoStatus->Status;
    IoCompleteRequest(systemIrp, IO_NO_INCREMENT);
    IoReleaseRemoveLock(&device->RemoveLock, systemIrp);
}

static NTSTATUS NTAPI PktSystemPowerCompletion(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    PPKT_DEVICE device = Context;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status = Irp->IoStatus.Status;
    POWER_STATE state;

    UNREFERENCED_PARAMETER(DeviceObject);
    if (NT_SUCCESS(status)) {
        state.DeviceState = stack->Parameters.Power.State.SystemState == PowerSystemWorking
                                ? PowerDeviceD0 : PowerDeviceD3;
        status = PoRequestPowerIrp(device->Pdo, IRP_MN_SET_POWER, state, PktDevicePowerDone, Irp,
                                   NULL);
        if (NT_SUCCESS(status)) /* STATUS_PENDING */
            return STATUS_MORE_PROCESSING_REQUIRED;
        Irp->IoStatus.Status = status;
    }
    IoReleaseRemoveLock(&device->RemoveLock, Irp);
    return STATUS_SUCCESS; /* the completion goes on */
}

static NTSTATUS PktSystemPower(PPKT_DEVICE Device, PIRP Irp)
{
    IoCopyCurrentIrpStackLocationToNext(Irp);
    IoSetCompletionRoutine(Irp, PktSystemPowerCompletion, Device, TRUE, TRUE, TRUE);
    IoMarkIrpPending(Irp);
    IoCallDriver(Device->Lower, Irp);
    return STATUS_PENDING;
}

NTSTATUS NTAPI PktDispatchPower(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    PPKT_DEVICE device = DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status = IoAcquireRemoveLock(&device->RemoveLock, Irp);

    if (!NT_SUCCESS(status)) {
        Irp->IoStatus.Status = status;
        IoCompleteRequest(Irp, IO_NO_INCREMENT);
        return status;
    }
    if (stack->MinorFunction == IRP_MN_QUERY_POWER) {
        Irp->IoStatus.Status = STATUS_SUCCESS; /* any state suits us */
        return PktPowerPass(device, Irp);
    }
    if (stack->MinorFunction != IRP_MN_SET_POWER)
        return PktPowerPass(device, Irp);
    if (stack->Parameters.Power.Type == SystemPowerState)
        return PktSystemPower(device, Irp);
    if (stack->Parameters.Power.State.DeviceState == PowerDeviceD0)
        return PktPowerUp(device, Irp);
    return PktPowerDown(device, Irp, stack->Parameters.Power.State);
}
