/*
 * Twin of rule isr_irql_changed: the card's interrupt routine returns at HIGH_LEVEL.
 */
#ifndef DMACHECK_SCENARIO
#include "twin_plain.h"

static KSERVICE_ROUTINE TwinIsr;
static BOOLEAN NTAPI TwinIsr(PKINTERRUPT Interrupt, PVOID Context)
{
    PTWIN twin = Context;
    ULONG cause;
    KIRQL irql;

    UNREFERENCED_PARAMETER(Interrupt);
    KeRaiseIrql(HIGH_LEVEL, &irql);
    cause = READ_REGISTER_ULONG((PULONG)(twin->Registers + PKTDMA_CAUSE));
    TwinRegister(twin, PKTDMA_CAUSE, cause);
#if !BUG
    KeLowerIrql(irql);
#endif
    return cause != 0;
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
#include "twin_scenario.h"
#endif
