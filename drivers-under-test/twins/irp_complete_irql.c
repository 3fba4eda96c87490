/*
 * Twin of rule irp_complete_irql: a request is completed at HIGH_LEVEL.
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
    KIRQL irql;

    UNREFERENCED_PARAMETER(DeviceObject);
    IoMarkIrpPending(Irp);
    Irp->IoStatus.Status = STATUS_SUCCESS;
    Irp->IoStatus.Information = 0;
    KeRaiseIrql(BUG ? HIGH_LEVEL : DISPATCH_LEVEL, &irql);
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    KeLowerIrql(irql);
    return STATUS_PENDING;
}

#else
#include "twin_scenario.h"
#endif
