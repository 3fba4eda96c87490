/*
 * Twin of rule irql_io_apc: a device is deleted at DISPATCH_LEVEL.
 */
#ifndef DMACHECK_SCENARIO
#include "twin_plain.h"

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    PDEVICE_OBJECT device;
    NTSTATUS status;
#if BUG
    KIRQL irql;
#endif

    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
    status =
        IoCreateDevice(Twin->Self->DriverObject, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &device);
    if (!NT_SUCCESS(status))
        return status;
#if BUG
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
#endif
    IoDeleteDevice(device);
#if BUG
    KeLowerIrql(irql);
#endif
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
