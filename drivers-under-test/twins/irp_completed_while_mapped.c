/*
 * Twin of rule irp_completed_while_mapped: the request is completed before its list is put. The request
 * is one of the driver's own, sent to itself, so that the one from above is not touched.
 */
#ifndef DMACHECK_SCENARIO
#include "twin.h"

static NTSTATUS TwinStart(PTWIN Twin)
{
    UNREFERENCED_PARAMETER(Twin);
    return STATUS_SUCCESS;
}

static NTSTATUS NTAPI TwinOwnEnded(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    UNREFERENCED_PARAMETER(Context);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

/* What a driver does that splits a request: the parts are requests, completed one by one. */
static VOID TwinOwnComplete(PIRP Own)
{
    IoSetCompletionRoutine(Own, TwinOwnEnded, NULL, TRUE, TRUE, TRUE);
    IoSetNextIrpStackLocation(Own);
    Own->IoStatus.Status = STATUS_SUCCESS;
    Own->IoStatus.Information = 0;
    IoCompleteRequest(Own, IO_NO_INCREMENT);
}

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    PIRP own = IoAllocateIrp(1, FALSE);
    NTSTATUS status;

    if (own == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    own->MdlAddress = Mdl;
    status = TwinListGet(Twin, Mdl, Length, TRUE);
    if (NT_SUCCESS(status)) {
        TwinListMove(Twin, Length);
#if BUG
        TwinOwnComplete(own);
#endif
        TwinListPut(Twin, TRUE);
#if !BUG
        TwinOwnComplete(own);
#endif
    }
    own->MdlAddress = NULL;
    IoFreeIrp(own);
    return status;
}

static VOID TwinStop(PTWIN Twin) { Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter); }

#else
#include "twin_scenario.h"
#endif
