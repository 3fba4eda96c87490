/*
 * Twin of rule interrupt_without_cause: the interrupt routine takes every interrupt for its card's. The line
 * that has been let go interrupts once more (.faults), as it may on any machine.
 */
#ifndef DMACHECK_SCENARIO
#include "twin_plain.h"

static KSERVICE_ROUTINE TwinIsr;
static BOOLEAN NTAPI TwinIsr(PKINTERRUPT Interrupt, PVOID Context)
{
    PTWIN twin = Context;
    ULONG cause = ~0u;

    UNREFERENCED_PARAMETER(Interrupt);
#if !BUG
    cause = READ_REGISTER_ULONG((PULONG)(twin->Registers + PKTDMA_CAUSE));
    if (cause == 0)
        return FALSE;
#endif
    TwinRegister(twin, PKTDMA_CAUSE, cause);
    return TRUE;
}

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    IO_CONNECT_INTERRUPT_PARAMETERS connect;
    IO_DISCONNECT_INTERRUPT_PARAMETERS disconnect;
    PKINTERRUPT interrupt = NULL;
    NTSTATUS status;

    RtlZeroMemory(&connect, sizeof(connect));
    connect.Version = CONNECT_LINE_BASED;
    connect.LineBased.PhysicalDeviceObject = Twin->Pdo;
    connect.LineBased.InterruptObject = &interrupt;
    connect.LineBased.ServiceRoutine = TwinIsr;
    connect.LineBased.ServiceContext = Twin;
    status = IoConnectInterruptEx(&connect);
    if (!NT_SUCCESS(status))
        return status;
    status = TwinListGet(Twin, Mdl, Length, TRUE);
    if (NT_SUCCESS(status)) {
        TwinRegister(Twin, PKTDMA_ADDRESS, Twin->List->Elements[0].Address.LowPart);
        TwinRegister(Twin, PKTDMA_LENGTH, Twin->List->Elements[0].Length);
        TwinRegister(Twin, PKTDMA_CONTROL, CONTROL_START | CONTROL_TO_CARD | 0x4);
        TwinCardWait(Twin);
        TwinListPut(Twin, TRUE);
    }
    disconnect.Version = CONNECT_LINE_BASED;
    disconnect.ConnectionContext.InterruptObject = interrupt;
    IoDisconnectInterruptEx(&disconnect);
    return STATUS_SUCCESS;
}

#else
#define TWIN_FAULTS "spurious-interrupt:1"
#include "twin_scenario.h"
#endif
