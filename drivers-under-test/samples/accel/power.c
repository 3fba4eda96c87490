/*
 * Resources and power. Below D0 the card forgets its registers, but not its own memory; so a run
 * whose data lies in the window is held between two commands (stop.c) and goes on when power is
 * back.
 */
#include "accel.h"

#ifdef ALLOC_PRAGMA
#pragma alloc_text(PAGE, AccelEvtPrepareHardware)
#pragma alloc_text(PAGE, AccelEvtReleaseHardware)
#endif

/* Whether this is the card of the manual, and what it is like. */
static NTSTATUS AccelHardwareIdentify(PDEVICE_CONTEXT Device)
{
    if (AccelRead(Device, ACCEL_ID) != ACCEL_ID_VALUE ||
        AccelRead(Device, ACCEL_VERSION) != ACCEL_VERSION_VALUE ||
        AccelRead(Device, ACCEL_STEPS_MAX) < ACCEL_STEPS_BYTES_MAX / sizeof(ACCEL_STEP) ||
        AccelRead(Device, ACCEL_OPERAND_BYTES_MAX) < ACCEL_OPERAND_BYTES ||
        AccelRead(Device, ACCEL_TILE_MAX) < ACCEL_TILE_SIDE ||
        AccelRead(Device, ACCEL_GATHER_BYTES_MAX) < ACCEL_GATHER_BYTES)
        return STATUS_DEVICE_CONFIGURATION_ERROR;
    Device->AddressBits = AccelRead(Device, ACCEL_ADDRESS_BITS);
    Device->LocalBytes = AccelRead(Device, ACCEL_LOCAL_BYTES);
    return AccelHardwareReset(Device) ? STATUS_SUCCESS : STATUS_DEVICE_CONFIGURATION_ERROR;
}

NTSTATUS AccelEvtPrepareHardware(WDFDEVICE Device, WDFCMRESLIST ResourcesRaw,
                                 WDFCMRESLIST ResourcesTranslated)
{
    PDEVICE_CONTEXT context = AccelGetDevice(Device);
    ULONG count = WdfCmResourceListGetCount(ResourcesTranslated);
    NTSTATUS status;
    ULONG i;

    UNREFERENCED_PARAMETER(ResourcesRaw);
    PAGED_CODE();

    for (i = 0; i < count && context->Registers == NULL; i++) {
        PCM_PARTIAL_RESOURCE_DESCRIPTOR descriptor =
            WdfCmResourceListGetDescriptor(ResourcesTranslated, i);

        if (descriptor->Type != CmResourceTypeMemory ||
            descriptor->u.Memory.Length < ACCEL_REGISTER_BYTES)
            continue;
        context->RegistersLength = descriptor->u.Memory.Length;
        context->Registers = MmMapIoSpaceEx(descriptor->u.Memory.Start, context->RegistersLength,
                                            PAGE_READWRITE | PAGE_NOCACHE);
        if (context->Registers == NULL)
            return STATUS_INSUFFICIENT_RESOURCES;
    }
    if (context->Registers == NULL)
        return STATUS_DEVICE_CONFIGURATION_ERROR;
    status = AccelHardwareIdentify(context);
    if (NT_SUCCESS(status) && context->Enabler == NULL)
        status = AccelMemoryCreate(context);
    return status;
}

/* Called after a start that has failed, too. */
NTSTATUS AccelEvtReleaseHardware(WDFDEVICE Device, WDFCMRESLIST ResourcesTranslated)
{
    PDEVICE_CONTEXT context = AccelGetDevice(Device);

    UNREFERENCED_PARAMETER(ResourcesTranslated);
    PAGED_CODE();

    if (context->Registers != NULL)
        MmUnmapIoSpace(context->Registers, context->RegistersLength);
    context->Registers = NULL;
    return STATUS_SUCCESS;
}

NTSTATUS AccelEvtD0Entry(WDFDEVICE Device, WDF_POWER_DEVICE_STATE PreviousState)
{
    UNREFERENCED_PARAMETER(PreviousState);
    AccelHardwareRun(AccelGetDevice(Device), ACCEL_CONTROL_RUN); /* its interrupt is enabled next */
    return STATUS_SUCCESS;
}

/* From here on a command's end is heard of, so commands may be given. */
NTSTATUS AccelEvtD0EntryDone(WDFDEVICE Device, WDF_POWER_DEVICE_STATE PreviousState)
{
    PDEVICE_CONTEXT context = AccelGetDevice(Device);

    UNREFERENCED_PARAMETER(PreviousState);
    WdfSpinLockAcquire(context->Engine.Lock);
    context->Engine.Stop &= ~ACCEL_STOP_POWER;
    WdfSpinLockRelease(context->Engine.Lock);
    return STATUS_SUCCESS;
}

/* The queues have been stopped, so the card has nothing to do. */
NTSTATUS AccelEvtD0Exit(WDFDEVICE Device, WDF_POWER_DEVICE_STATE TargetState)
{
    UNREFERENCED_PARAMETER(TargetState);
    (VOID)AccelHardwareReset(AccelGetDevice(Device));
    return STATUS_SUCCESS;
}

VOID AccelEvtSurpriseRemoval(WDFDEVICE Device)
{
    AccelEngineSeize(AccelGetDevice(Device), ACCEL_STOP_GONE);
}
