/*
 * Twin of rule interrupt_before_data: the driver believes the card's message, which is faster than its data.
 */
#ifndef DMACHECK_SCENARIO
#include "twin_plain.h"

static KMESSAGE_SERVICE_ROUTINE TwinIsr;
static BOOLEAN NTAPI TwinIsr(PKINTERRUPT Interrupt, PVOID Context, ULONG Message)
{
    PTWIN twin = Context;

    UNREFERENCED_PARAMETER(Interrupt);
    UNREFERENCED_PARAMETER(Message);
    IoRequestDpc(twin->Self, NULL, twin);
    return TRUE;
}

static IO_DPC_ROUTINE TwinDpc;
static VOID NTAPI TwinDpc(PKDPC Dpc, PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    PTWIN twin = Context;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(DeviceObject);
    UNREFERENCED_PARAMETER(Irp);
    KeSetEvent(&twin->Granted, IO_NO_INCREMENT, FALSE);
}

/* The card fills a page of the driver's. */
static VOID TwinReceive(PTWIN Twin, PMDL Mdl)
{
    if (!NT_SUCCESS(TwinListGet(Twin, Mdl, PAGE_SIZE, FALSE)))
        return;
    KeClearEvent(&Twin->Granted);
    TwinCardStart(Twin, Twin->List->Elements[0].Address.LowPart, PAGE_SIZE, FALSE);
    KeWaitForSingleObject(&Twin->Granted, Executive, KernelMode, FALSE, NULL);
#if !BUG
    (VOID) READ_REGISTER_ULONG((PULONG)(Twin->Registers + PKTDMA_STATUS));
#endif
    TwinListPut(Twin, FALSE);
}

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    IO_CONNECT_INTERRUPT_PARAMETERS connect;
    IO_DISCONNECT_INTERRUPT_PARAMETERS disconnect;
    PVOID connection = NULL, page;
    NTSTATUS status;
    PMDL mdl;

    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
    IoInitializeDpcRequest(Twin->Self, TwinDpc);
    RtlZeroMemory(&connect, sizeof(connect));
    connect.Version = CONNECT_MESSAGE_BASED;
    connect.MessageBased.PhysicalDeviceObject = Twin->Pdo;
    connect.MessageBased.ConnectionContext.Generic = &connection;
    connect.MessageBased.MessageServiceRoutine = TwinIsr;
    connect.MessageBased.ServiceContext = Twin;
    status = IoConnectInterruptEx(&connect);
    if (!NT_SUCCESS(status))
        return status;
    mdl = TwinPageGet(PAGE_SIZE, &page);
    if (mdl != NULL) {
        TwinReceive(Twin, mdl);
        /* What is still on its way comes before the page is somebody else's. */
        (VOID) READ_REGISTER_ULONG((PULONG)(Twin->Registers + PKTDMA_STATUS));
        TwinPageFree(mdl, page);
    }
    RtlZeroMemory(&disconnect, sizeof(disconnect));
    disconnect.Version = connect.Version;
    disconnect.ConnectionContext.Generic = connection;
    IoDisconnectInterruptEx(&disconnect);
    KeFlushQueuedDpcs();
    return mdl != NULL ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

#else
#define CARD64_MESSAGE_FIRST
#include "card64.h"
#define TWIN_DEVICES "card64"
#include "twin_scenario.h"
#endif
