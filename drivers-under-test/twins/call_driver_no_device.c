/*
 * Twin of rule call_driver_no_device: an IRP is sent to a driver object.
 */
#ifndef DMACHECK_SCENARIO
#include "twin_plain.h"

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    PIRP irp = IoAllocateIrp(Twin->Self->StackSize, FALSE);

    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
    if (irp == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
#if BUG
    IoCallDriver((PDEVICE_OBJECT)Twin->Self->DriverObject, irp);
#endif
    IoFreeIrp(irp);
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
