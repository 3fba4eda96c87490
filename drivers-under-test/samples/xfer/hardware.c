/*
 * What the driver owns of the hardware: the register window, and for each channel an adapter, a
 * descriptor ring in a common buffer and memory for scatter/gather lists. Made while the device is
 * started, undone when it is stopped or removed; each undoing is safe to repeat, so that one
 * release routine serves every failure on the way up.
 */
#include "xfer.h"

#ifdef ALLOC_PRAGMA
#pragma alloc_text(PAGE, XferHardwareMap)
#pragma alloc_text(PAGE, XferHardwareAllocate)
#pragma alloc_text(PAGE, XferHardwareRelease)
#endif

ULONG XferRead(PXFER_DEVICE Device, ULONG Register)
{
    return READ_REGISTER_ULONG((volatile ULONG *)(Device->Registers + Register));
}

VOID XferWrite(PXFER_DEVICE Device, ULONG Register, ULONG Value)
{
    WRITE_REGISTER_ULONG((volatile ULONG *)(Device->Registers + Register), Value);
}

/* "Channels" of the hardware key: how many channels of each direction are used, all by default. A
 * machine that shares its link with others is quieter with fewer. */
static ULONG XferChannelsWanted(PXFER_DEVICE Device)
{
    UCHAR buffer[sizeof(KEY_VALUE_PARTIAL_INFORMATION) + sizeof(ULONG)];
    PKEY_VALUE_PARTIAL_INFORMATION value = (PKEY_VALUE_PARTIAL_INFORMATION)buffer;
    ULONG wanted = SGDMA_CHANNELS_EACH_WAY;
    UNICODE_STRING name;
    ULONG length;
    HANDLE key;

    if (!NT_SUCCESS(IoOpenDeviceRegistryKey(Device->Pdo, PLUGPLAY_REGKEY_DEVICE, KEY_READ, &key)))
        return wanted;
    RtlInitUnicodeString(&name, L"Channels");
    if (NT_SUCCESS(ZwQueryValueKey(key, &name, KeyValuePartialInformation, value, sizeof(buffer),
                                   &length)) &&
        value->Type == REG_DWORD && value->DataLength == sizeof(ULONG)) {
        ULONG number;

        RtlCopyMemory(&number, value->Data, sizeof(number));
        if (number >= 1 && number <= SGDMA_CHANNELS_EACH_WAY)
            wanted = number;
    }
    ZwClose(key);
    return wanted;
}

/* Finds the register window among the translated resources and maps it. The interrupt needs no
 * search: IoConnectInterruptEx finds it by the PDO. */
NTSTATUS XferHardwareMap(PXFER_DEVICE Device, PCM_RESOURCE_LIST Translated)
{
    PCM_PARTIAL_RESOURCE_LIST list;
    PCM_PARTIAL_RESOURCE_DESCRIPTOR memory = NULL;
    ULONG i;

    PAGED_CODE();

    if (Translated == NULL || Translated->Count == 0)
        return STATUS_DEVICE_CONFIGURATION_ERROR;
    list = &Translated->List[0].PartialResourceList;
    for (i = 0; i < list->Count && memory == NULL; i++) {
        if (list->PartialDescriptors[i].Type == CmResourceTypeMemory)
            memory = &list->PartialDescriptors[i];
    }
    if (memory == NULL || memory->u.Memory.Length < SGDMA_REGISTER_BYTES)
        return STATUS_DEVICE_CONFIGURATION_ERROR;

    Device->RegisterBytes = memory->u.Memory.Length;
    Device->Registers = MmMapIoSpace(memory->u.Memory.Start, Device->RegisterBytes, MmNonCached);
    if (Device->Registers == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    if (XferRead(Device, SGDMA_ID) != SGDMA_ID_VALUE)
        return STATUS_NO_SUCH_DEVICE;
    Device->CardBytes = XferRead(Device, SGDMA_CARD_BYTES);
    Device->ChannelsUsed = XferChannelsWanted(Device);
    return STATUS_SUCCESS;
}

/* One adapter for each channel: the routines between BuildScatterGatherListEx and FreeAdapterObject
 * are one at a time for an adapter, and so the channels do not wait for each other. */
static NTSTATUS XferAdapterGet(PXFER_CHANNEL Channel)
{
    DEVICE_DESCRIPTION description;

    RtlZeroMemory(&description, sizeof(description));
    description.Version = DEVICE_DESCRIPTION_VERSION3;
    description.Master = TRUE;
    description.ScatterGather = TRUE;
    description.InterfaceType = PCIBus;
    description.MaximumLength = XFER_TRANSFER_BYTES;
    description.DmaAddressWidth = 64;

    Channel->Adapter = IoGetDmaAdapter(Channel->Device->Pdo, &description, &Channel->MapRegisters);
    if (Channel->Adapter == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    return Channel->MapRegisters == 0 ? STATUS_INSUFFICIENT_RESOURCES : STATUS_SUCCESS;
}

/* Lists are built into memory of ours, so that a transfer can never fail for want of pool. */
static NTSTATUS XferSlotsAllocate(PXFER_CHANNEL Channel)
{
    PDMA_ADAPTER adapter = Channel->Adapter;
    ULONG pieceBytes = XferMin(XFER_PIECE_BYTES, (Channel->MapRegisters - 1) * PAGE_SIZE + 1);
    ULONG registers;
    ULONG i;
    NTSTATUS status;

    /* The worst there is: a piece that begins with the last byte of a page. The adapter has map
     * registers for just that many pages; a chain of MDLs may take more, which is seen when it
     * comes. */
    status = adapter->DmaOperations->CalculateScatterGatherList(
        adapter, NULL, (PVOID)(ULONG_PTR)(PAGE_SIZE - 1), pieceBytes, &Channel->ListBytes,
        &registers);
    if (!NT_SUCCESS(status))
        return status;

    for (i = 0; i < XFER_SLOTS; i++) {
        PXFER_SLOT slot = &Channel->Slots[i];

        slot->ListBuffer = ExAllocatePool2(POOL_FLAG_NON_PAGED, Channel->ListBytes, XFER_POOL_TAG);
        if (slot->ListBuffer == NULL)
            return STATUS_INSUFFICIENT_RESOURCES;
        InsertTailList(&Channel->Free, &slot->Link);
    }
    return STATUS_SUCCESS;
}

static NTSTATUS XferChannelAllocate(PXFER_CHANNEL Channel)
{
    PDMA_ADAPTER adapter;
    NTSTATUS status = XferAdapterGet(Channel);

    if (!NT_SUCCESS(status))
        return status;
    adapter = Channel->Adapter;
    Channel->Ring = adapter->DmaOperations->AllocateCommonBuffer(
        adapter, XFER_RING_ENTRIES * sizeof(SGDMA_DESCRIPTOR), &Channel->RingLogical, TRUE);
    if (Channel->Ring == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    return XferSlotsAllocate(Channel);
}

NTSTATUS XferHardwareAllocate(PXFER_DEVICE Device)
{
    NTSTATUS status = STATUS_SUCCESS;
    ULONG i;

    PAGED_CODE();
    for (i = 0; i < SGDMA_CHANNEL_COUNT && NT_SUCCESS(status); i++)
        status = XferChannelAllocate(&Device->Channels[i]);
    return status;
}

static VOID XferChannelRelease(PXFER_CHANNEL Channel)
{
    PDMA_ADAPTER adapter = Channel->Adapter;
    ULONG i;

    for (i = 0; i < XFER_SLOTS; i++) {
        if (Channel->Slots[i].ListBuffer != NULL)
            ExFreePoolWithTag(Channel->Slots[i].ListBuffer, XFER_POOL_TAG);
        Channel->Slots[i].ListBuffer = NULL;
    }
    InitializeListHead(&Channel->Free);
    if (Channel->Ring != NULL) {
        adapter->DmaOperations->FreeCommonBuffer(
            adapter, XFER_RING_ENTRIES * sizeof(SGDMA_DESCRIPTOR), Channel->RingLogical,
            Channel->Ring, TRUE);
        Channel->Ring = NULL;
    }
    if (adapter != NULL) {
        adapter->DmaOperations->PutDmaAdapter(adapter);
        Channel->Adapter = NULL;
    }
}

VOID XferHardwareRelease(PXFER_DEVICE Device)
{
    ULONG i;

    PAGED_CODE();
    for (i = 0; i < SGDMA_CHANNEL_COUNT; i++)
        XferChannelRelease(&Device->Channels[i]);
    if (Device->Registers != NULL)
        MmUnmapIoSpace(Device->Registers, Device->RegisterBytes);
    Device->Registers = NULL;
}

/* Resets one channel and lets it run on an empty ring. Nothing of it may be in flight. */
VOID XferChannelRun(PXFER_CHANNEL Channel)
{
    PXFER_DEVICE device = Channel->Device;
    ULONG base = SGDMA_CHANNEL(Channel->Index);

    RtlZeroMemory(Channel->Ring, XFER_RING_ENTRIES * sizeof(SGDMA_DESCRIPTOR));
    Channel->Producer = 0;
    Channel->FreeEntries = XFER_RING_ENTRIES - 1; /* one stays empty: full is not empty */
    KeMemoryBarrier();

    XferWrite(device, base + SGDMA_CONTROL, SGDMA_CONTROL_RESET);
    XferWrite(device, base + SGDMA_RING_LOW, Channel->RingLogical.LowPart);
    XferWrite(device, base + SGDMA_RING_HIGH, (ULONG)Channel->RingLogical.HighPart);
    XferWrite(device, base + SGDMA_RING_ENTRIES, XFER_RING_ENTRIES);
    XferWrite(device, base + SGDMA_VECTOR, device->Messages > Channel->Index ? Channel->Index : 0);
    XferWrite(device, base + SGDMA_CONTROL, SGDMA_CONTROL_RUN | SGDMA_CONTROL_IRQ);
}

/* At start and at every return to D0, since the card forgets its registers below D0. */
VOID XferHardwareRun(PXFER_DEVICE Device)
{
    ULONG i;

    for (i = 0; i < SGDMA_CHANNEL_COUNT; i++)
        XferChannelRun(&Device->Channels[i]);
}

/* The card may not touch memory any more, nor interrupt. Only while it is there to be told. */
VOID XferHardwareHalt(PXFER_DEVICE Device)
{
    ULONG i;

    for (i = 0; i < SGDMA_CHANNEL_COUNT; i++)
        XferWrite(Device, SGDMA_CHANNEL(i) + SGDMA_CONTROL, SGDMA_CONTROL_RESET);
    (VOID)XferRead(Device, SGDMA_ID); /* the read returns after the posted writes have arrived */
}
