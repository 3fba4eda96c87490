/*
 * Twin of rule call_driver_no_irp: an IRP is sent after it was freed.
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
    IoFreeIrp(irp);
#if BUG
    IoCallDriver(Twin->Lower, irp);
#endif
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
