/*
 * Interrupts: a message for each channel when the system grants eight, one message for all of them
 * otherwise. The service routine does no more than queue the channel's DPC.
 */
#include "xfer.h"

static KMESSAGE_SERVICE_ROUTINE XferMessageIsr;
static KSERVICE_ROUTINE XferLineIsr;

#ifdef ALLOC_PRAGMA
#pragma alloc_text(PAGE, XferInterruptConnect)
#pragma alloc_text(PAGE, XferInterruptDisconnect)
#endif

NTSTATUS XferInterruptConnect(PXFER_DEVICE Device)
{
    IO_CONNECT_INTERRUPT_PARAMETERS parameters;
    NTSTATUS status;

    PAGED_CODE();

    RtlZeroMemory(&parameters, sizeof(parameters));
    parameters.Version = CONNECT_MESSAGE_BASED;
    parameters.MessageBased.PhysicalDeviceObject = Device->Pdo;
    parameters.MessageBased.ConnectionContext.Generic = &Device->ConnectionContext;
    parameters.MessageBased.MessageServiceRoutine = XferMessageIsr;
    parameters.MessageBased.ServiceContext = Device;
    parameters.MessageBased.SynchronizeIrql = 0; /* each message synchronises by itself */
    parameters.MessageBased.FallBackServiceRoutine = XferLineIsr;
    status = IoConnectInterruptEx(&parameters);
    if (!NT_SUCCESS(status))
        return status;

    Device->Connected = TRUE;
    Device->ConnectedVersion = parameters.Version;
    Device->Messages = 1;
    if (parameters.Version == CONNECT_MESSAGE_BASED) {
        PIO_INTERRUPT_MESSAGE_INFO table = Device->ConnectionContext;

        /* All or one: with fewer than there are channels, message 0 serves them all. */
        if (table->MessageCount >= SGDMA_CHANNEL_COUNT)
            Device->Messages = SGDMA_CHANNEL_COUNT;
    }
    return STATUS_SUCCESS;
}

VOID XferInterruptDisconnect(PXFER_DEVICE Device)
{
    IO_DISCONNECT_INTERRUPT_PARAMETERS parameters;

    PAGED_CODE();

    if (!Device->Connected)
        return;
    RtlZeroMemory(&parameters, sizeof(parameters));
    parameters.Version = Device->ConnectedVersion;
    parameters.ConnectionContext.Generic = Device->ConnectionContext;
    IoDisconnectInterruptEx(&parameters);
    Device->Connected = FALSE;
    KeFlushQueuedDpcs(); /* what the last interrupts queued has run when this returns */
}

/* Several channels behind one interrupt: the card says which. A bit is acknowledged before its DPC
 * looks at the ring, so a completion that comes in between is seen by that DPC. */
static BOOLEAN XferSharedIsr(PXFER_DEVICE Device)
{
    ULONG pending = XferRead(Device, SGDMA_INT_STATUS);
    ULONG i;

    if (pending == 0 || pending == MAXULONG) /* not ours, or the card has gone */
        return FALSE;
    XferWrite(Device, SGDMA_INT_STATUS, pending);
    for (i = 0; i < SGDMA_CHANNEL_COUNT; i++) {
        if (pending & (1u << i))
            KeInsertQueueDpc(&Device->Channels[i].InterruptDpc, NULL, NULL);
    }
    return TRUE;
}

static BOOLEAN XferMessageIsr(PKINTERRUPT Interrupt, PVOID ServiceContext, ULONG MessageId)
{
    PXFER_DEVICE device = ServiceContext;

    UNREFERENCED_PARAMETER(Interrupt);
    if (device->Messages == 1)
        return XferSharedIsr(device);
    if (MessageId >= SGDMA_CHANNEL_COUNT)
        return FALSE;
    KeInsertQueueDpc(&device->Channels[MessageId].InterruptDpc, NULL, NULL);
    return TRUE;
}

static BOOLEAN XferLineIsr(PKINTERRUPT Interrupt, PVOID ServiceContext)
{
    UNREFERENCED_PARAMETER(Interrupt);
    return XferSharedIsr(ServiceContext);
}

VOID XferInterruptDpc(PKDPC Dpc, PVOID DeferredContext, PVOID SystemArgument1,
                      PVOID SystemArgument2)
{
    PXFER_CHANNEL channel = DeferredContext;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(SystemArgument1);
    UNREFERENCED_PARAMETER(SystemArgument2);
    XferReap(channel, STATUS_SUCCESS);
    XferPump(channel);
}
