/*
 * The card's registers, its interrupt and its adapter: found among the translated resources at
 * start, given back at stop and remove. Each undoing is safe to repeat, so one routine serves every
 * failure.
 */
#include "pkt.h"

static KSERVICE_ROUTINE PktIsr;

ULONG PktRead(PPKT_DEVICE Device, ULONG Register)
{
    PULONG address = (PULONG)(Device->Registers + Register);

    return Device->UsePorts ? READ_PORT_ULONG(address) : READ_REGISTER_ULONG(address);
}

VOID PktWrite(PPKT_DEVICE Device, ULONG Register, ULONG Value)
{
    PULONG address = (PULONG)(Device->Registers + Register);

    if (Device->UsePorts)
        WRITE_PORT_ULONG(address, Value);
    else
        WRITE_REGISTER_ULONG(address, Value);
}

/* "UsePorts" of the hardware key: the registers through the ports although there is a memory
 * window, for machines whose bridge posts memory writes too long. Absent or odd means no. */
static BOOLEAN PktPortsWanted(PPKT_DEVICE Device)
{
    UCHAR buffer[sizeof(KEY_VALUE_PARTIAL_INFORMATION) + sizeof(ULONG)];
    PKEY_VALUE_PARTIAL_INFORMATION value = (PKEY_VALUE_PARTIAL_INFORMATION)buffer;
    UNICODE_STRING name;
    BOOLEAN wanted = FALSE;
    ULONG length;
    HANDLE key;

    if (!NT_SUCCESS(IoOpenDeviceRegistryKey(Device->Pdo, PLUGPLAY_REGKEY_DEVICE, KEY_READ, &key)))
        return FALSE;
    RtlInitUnicodeString(&name, L"UsePorts");
    if (NT_SUCCESS(ZwQueryValueKey(key, &name, KeyValuePartialInformation, value, sizeof(buffer),
                                   &length)) &&
        value->Type == REG_DWORD && value->DataLength == sizeof(ULONG)) {
        ULONG number;

        RtlCopyMemory(&number, value->Data, sizeof(number));
        wanted = number != 0;
    }
    ZwClose(key);
    return wanted;
}

static NTSTATUS PktRegistersMap(PPKT_DEVICE Device, PCM_PARTIAL_RESOURCE_DESCRIPTOR Memory,
                                PCM_PARTIAL_RESOURCE_DESCRIPTOR Port)
{
    if (Port != NULL && (Memory == NULL || PktPortsWanted(Device))) {
        if (Port->u.Port.Length < PKTDMA_REGISTER_BYTES)
            return STATUS_DEVICE_CONFIGURATION_ERROR;
        Device->UsePorts = TRUE;
        Device->Registers = (PUCHAR)(ULONG_PTR)Port->u.Port.Start.QuadPart;
    } else {
        if (Memory == NULL || Memory->u.Memory.Length < PKTDMA_REGISTER_BYTES)
            return STATUS_DEVICE_CONFIGURATION_ERROR;
        Device->UsePorts = FALSE;
        Device->Registers = MmMapIoSpace(Memory->u.Memory.Start, Memory->u.Memory.Length,
                                         MmNonCached);
        if (Device->Registers == NULL)
            return STATUS_INSUFFICIENT_RESOURCES;
        Device->RegisterBytes = Memory->u.Memory.Length;
    }
    if (PktRead(Device, PKTDMA_ID) != PKTDMA_ID_VALUE)
        return STATUS_NO_SUCH_DEVICE;
    Device->CardBytes = PktRead(Device, PKTDMA_WINDOWS) * PKTDMA_WINDOW_BYTES;
    return STATUS_SUCCESS;
}

static NTSTATUS PktAdapterGet(PPKT_DEVICE Device)
{
    DEVICE_DESCRIPTION description;

    RtlZeroMemory(&description, sizeof(description));
    description.Version = DEVICE_DESCRIPTION_VERSION1;
    description.Master = TRUE;
    description.ScatterGather = FALSE; /* one address register: a piece is one run */
    description.Dma32BitAddresses = TRUE;
    description.InterfaceType = PCIBus;
    description.MaximumLength = PKTDMA_WINDOW_BYTES;

    Device->Adapter = IoGetDmaAdapter(Device->Pdo, &description, &Device->MapRegisters);
    if (Device->Adapter == NULL || Device->MapRegisters == 0)
        return STATUS_INSUFFICIENT_RESOURCES;
    return STATUS_SUCCESS;
}

static NTSTATUS PktInterruptConnect(PPKT_DEVICE Device, PCM_PARTIAL_RESOURCE_DESCRIPTOR Interrupt)
{
    KIRQL irql = (KIRQL)Interrupt->u.Interrupt.Level;
    KINTERRUPT_MODE mode = (Interrupt->Flags & CM_RESOURCE_INTERRUPT_LATCHED) ? Latched
                                                                              : LevelSensitive;

    return IoConnectInterrupt(&Device->Interrupt, PktIsr, Device, NULL,
                              Interrupt->u.Interrupt.Vector, irql, irql, mode,
                              (BOOLEAN)(Interrupt->ShareDisposition == CmResourceShareShared),
                              Interrupt->u.Interrupt.Affinity, FALSE);
}

/* From power-on, and after every return to D0: nothing pending, the line let go, interrupts on. */
VOID PktHardwareReset(PPKT_DEVICE Device)
{
    PktWrite(Device, PKTDMA_CONTROL, PKTDMA_CONTROL_RESET);
    PktWrite(Device, PKTDMA_CONTROL, PKTDMA_CONTROL_IRQ);
}

NTSTATUS PktHardwareUp(PPKT_DEVICE Device, PCM_RESOURCE_LIST Translated)
{
    PCM_PARTIAL_RESOURCE_DESCRIPTOR memory = NULL, port = NULL, interrupt = NULL;
    PCM_PARTIAL_RESOURCE_LIST list;
    NTSTATUS status;
    ULONG i;

    PAGED_CODE();

    if (Translated == NULL || Translated->Count == 0)
        return STATUS_DEVICE_CONFIGURATION_ERROR;
    list = &Translated->List[0].PartialResourceList;
    for (i = 0; i < list->Count; i++) {
        PCM_PARTIAL_RESOURCE_DESCRIPTOR descriptor = &list->PartialDescriptors[i];

        if (descriptor->Type == CmResourceTypeMemory && memory == NULL)
            memory = descriptor;
        else if (descriptor->Type == CmResourceTypePort && port == NULL)
            port = descriptor;
        else if (descriptor->Type == CmResourceTypeInterrupt && interrupt == NULL)
            interrupt = descriptor;
    }
    if (interrupt == NULL)
        return STATUS_DEVICE_CONFIGURATION_ERROR;
    status = PktRegistersMap(Device, memory, port);
    if (NT_SUCCESS(status))
        status = PktAdapterGet(Device);
    if (NT_SUCCESS(status))
        status = PktInterruptConnect(Device, interrupt);
    if (NT_SUCCESS(status))
        PktHardwareReset(Device);
    else
        PktHardwareDown(Device);
    return status;
}

/* After this neither the ISR nor its DPC runs. */
VOID PktInterruptDisconnect(PPKT_DEVICE Device)
{
    PAGED_CODE();

    if (Device->Interrupt == NULL)
        return;
    IoDisconnectInterrupt(Device->Interrupt);
    Device->Interrupt = NULL;
    KeFlushQueuedDpcs();
}

VOID PktHardwareDown(PPKT_DEVICE Device)
{
    PAGED_CODE();

    PktInterruptDisconnect(Device);
    if (Device->Adapter != NULL)
        Device->Adapter->DmaOperations->PutDmaAdapter(Device->Adapter);
    Device->Adapter = NULL;
    if (Device->RegisterBytes != 0)
        MmUnmapIoSpace(Device->Registers, Device->RegisterBytes);
    Device->RegisterBytes = 0;
    Device->Registers = NULL;
}

/* The line may be shared: no cause, not ours. Acknowledging it lets the line go. The read of the
 * cause has pushed the card's earlier writes to memory ahead of it, which a line alone does not. */
static BOOLEAN NTAPI PktIsr(PKINTERRUPT Interrupt, PVOID ServiceContext)
{
    PPKT_DEVICE device = ServiceContext;
    ULONG cause = PktRead(device, PKTDMA_CAUSE);

    UNREFERENCED_PARAMETER(Interrupt);
    if (cause == MAXULONG || (cause & PKTDMA_CAUSES) == 0) /* all ones: the card has gone */
        return FALSE;
    PktWrite(device, PKTDMA_CAUSE, cause);
    InterlockedOr(&device->SavedCause, (LONG)cause);
    KeInsertQueueDpc(&device->InterruptDpc, NULL, NULL);
    return TRUE;
}
