/*
 * Twin of rule channel_allocated_twice: a second channel is asked for from within the
 * AdapterControl routine of the first.
 */
#ifndef DMACHECK_SCENARIO
#include "twin.h"

static NTSTATUS TwinStart(PTWIN Twin)
{
    UNREFERENCED_PARAMETER(Twin);
    return STATUS_SUCCESS;
}

/* Asks for the next channel while this one's routine is running. */
static IO_ALLOCATION_ACTION NTAPI TwinFirstControl(PDEVICE_OBJECT DeviceObject, PIRP Irp,
                                                   PVOID MapRegisterBase, PVOID Context)
{
    PTWIN twin = Context;

    UNREFERENCED_PARAMETER(Irp);
    UNREFERENCED_PARAMETER(MapRegisterBase);
#if BUG
    twin->Adapter->DmaOperations->AllocateAdapterChannel(twin->Adapter, DeviceObject, 1,
                                                         TwinAdapterControl, twin);
#else
    UNREFERENCED_PARAMETER(DeviceObject);
    KeSetEvent(&twin->Granted, IO_NO_INCREMENT, FALSE);
#endif
    return DeallocateObject;
}

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    NTSTATUS status;
    KIRQL irql;

    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
    KeClearEvent(&Twin->Granted);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    status = Twin->Adapter->DmaOperations->AllocateAdapterChannel(Twin->Adapter, Twin->Self, 1,
                                                                  TwinFirstControl, Twin);
    KeLowerIrql(irql);
    if (!NT_SUCCESS(status))
        return status;
    KeWaitForSingleObject(&Twin->Granted, Executive, KernelMode, FALSE, NULL);
#if !BUG
    status = TwinMapRegistersGet(Twin, 1);
    if (!NT_SUCCESS(status))
        return status;
#endif
    TwinMapRegistersFree(Twin, 1);
    return STATUS_SUCCESS; /* the bytes are dropped: this twin is about the asking */
}

static VOID TwinStop(PTWIN Twin) { Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter); }

#else
#include "twin_scenario.h"
#endif
