/*
 * Twin of rule irp_completed_pending: a request is completed with STATUS_PENDING.
 */
#ifndef DMACHECK_SCENARIO
#define TWIN_ANSWERS
#include "twin_plain.h"

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
    TwinAsk(Twin);
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI TwinAnswer(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    Irp->IoStatus.Status = BUG ? STATUS_PENDING : STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
