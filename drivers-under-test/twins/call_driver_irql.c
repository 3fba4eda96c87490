/*
 * Twin of rule call_driver_irql: a request is sent at HIGH_LEVEL.
 */
#ifndef DMACHECK_SCENARIO
#define TWIN_ANSWERS
#include "twin_plain.h"

static PIRP TwinKept;
static KEVENT TwinDone;
static IO_STATUS_BLOCK TwinBlock;

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    PIRP irp;
    KIRQL irql;

    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
    KeInitializeEvent(&TwinDone, NotificationEvent, FALSE);
    irp = IoBuildDeviceIoControlRequest(TWIN_CODE, Twin->Self, NULL, 0, NULL, 0, FALSE, &TwinDone,
                                        &TwinBlock);
    if (irp == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    KeRaiseIrql(BUG ? HIGH_LEVEL : DISPATCH_LEVEL, &irql);
    IoCallDriver(Twin->Self, irp);
    KeLowerIrql(irql);
    TwinKept->IoStatus.Status = STATUS_SUCCESS;
    TwinKept->IoStatus.Information = 0;
    IoCompleteRequest(TwinKept, IO_NO_INCREMENT);
    KeWaitForSingleObject(&TwinDone, Executive, KernelMode, FALSE, NULL);
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI TwinAnswer(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    IoMarkIrpPending(Irp);
    TwinKept = Irp;
    return STATUS_PENDING;
}

#else
#include "twin_scenario.h"
#endif
