/*
 * Twin of rule pending_not_marked: STATUS_PENDING is returned for a request that was not marked.
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
    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
#if !BUG
    IoMarkIrpPending(Irp);
#endif
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_PENDING;
}

#else
#include "twin_scenario.h"
#endif
