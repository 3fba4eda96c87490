/*
 * Twin of rule cancel_routine_left: a request is completed with its cancel routine set.
 */
#ifndef DMACHECK_SCENARIO
#define TWIN_ANSWERS
#include "twin_plain.h"

static DRIVER_CANCEL TwinCancel;
static VOID NTAPI TwinCancel(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    IoReleaseCancelSpinLock(Irp->CancelIrql);
}

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
    IoSetCancelRoutine(Irp, TwinCancel);
#if !BUG
    IoSetCancelRoutine(Irp, NULL);
#endif
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
