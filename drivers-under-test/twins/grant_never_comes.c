/*
 * Twin of rule grant_never_comes: the first request keeps the adapter channel.
 */
#ifndef DMACHECK_SCENARIO
#include "twin.h"

static IO_ALLOCATION_ACTION NTAPI TwinKeep(PDEVICE_OBJECT DeviceObject, PIRP Irp,
                                           PVOID MapRegisterBase, PVOID Context)
{
    PTWIN twin = Context;

    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    UNREFERENCED_PARAMETER(MapRegisterBase);
    KeSetEvent(&twin->Granted, IO_NO_INCREMENT, FALSE);
    return KeepObject;
}

static NTSTATUS TwinStart(PTWIN Twin)
{
    UNREFERENCED_PARAMETER(Twin);
    return STATUS_SUCCESS;
}

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    NTSTATUS status;
    KIRQL irql;

    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    status = Twin->Adapter->DmaOperations->AllocateAdapterChannel(Twin->Adapter, Twin->Self, 1,
                                                                  TwinKeep, Twin);
    KeLowerIrql(irql);
    if (!NT_SUCCESS(status))
        return status;
    KeWaitForSingleObject(&Twin->Granted, Executive, KernelMode, FALSE, NULL);
#if !BUG
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    Twin->Adapter->DmaOperations->FreeAdapterChannel(Twin->Adapter);
    KeLowerIrql(irql);
#endif
    status = TwinListGet(Twin, Mdl, Length, TRUE);
    if (!NT_SUCCESS(status))
        return status;
    TwinListMove(Twin, Length);
    TwinListPut(Twin, TRUE);
    return STATUS_SUCCESS;
}

static VOID TwinStop(PTWIN Twin)
{
    Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter);
}

#else
#include "twin_scenario.h"
#endif
