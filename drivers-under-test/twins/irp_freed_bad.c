/*
 * Twin of rule irp_freed_bad: an IRP is freed twice.
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
    IoFreeIrp(irp);
#endif
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
