/*
 * Twin of rule irp_freed_threaded: the I/O manager's own IRP is freed by the driver.
 */
#ifndef DMACHECK_SCENARIO
#include "twin_plain.h"

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    IO_STATUS_BLOCK block;
    KEVENT done;
    PIRP irp;

    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
    KeInitializeEvent(&done, NotificationEvent, FALSE);
#if BUG
    irp = IoBuildDeviceIoControlRequest(1, Twin->Self, NULL, 0, NULL, 0, FALSE, &done, &block);
#else
    block.Information = 0;
    irp = IoAllocateIrp(Twin->Self->StackSize, FALSE);
#endif
    if (irp == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    IoFreeIrp(irp);
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
