/*
 * What the card reaches besides its users' buffers: ring, control page, steps, page table and
 * window. They hang on the enabler and live as long as the device object: programs are compiled for
 * the window that there is, so it may not change while handles are open, not even when resources
 * are rebalanced.
 *
 * Late after start-up a machine may have single pages only, so whatever can be made of pages asks
 * for more and is content with one.
 */
#include "accel.h"

#ifdef ALLOC_PRAGMA
#pragma alloc_text(PAGE, AccelMemoryCreate)
#endif

/* Memory for the card, zeroed. A smaller piece is taken, down to *Length / 2^n >= Least. */
static NTSTATUS AccelCommonCreate(PDEVICE_CONTEXT Device, PULONG Length, ULONG Least, PVOID *Memory,
                                  PPHYSICAL_ADDRESS Address)
{
    WDFCOMMONBUFFER buffer;
    NTSTATUS status;

    for (;;) {
        status = WdfCommonBufferCreate(Device->Enabler, *Length, WDF_NO_OBJECT_ATTRIBUTES, &buffer);
        if (NT_SUCCESS(status) || *Length / 2 < Least)
            break;
        *Length /= 2;
    }
    if (!NT_SUCCESS(status))
        return status;
    *Memory = WdfCommonBufferGetAlignedVirtualAddress(buffer);
    *Address = WdfCommonBufferGetAlignedLogicalAddress(buffer);
    RtlZeroMemory(*Memory, *Length);
    return STATUS_SUCCESS;
}

static NTSTATUS AccelEnablerCreate(PDEVICE_CONTEXT Device)
{
    WDF_DMA_ENABLER_CONFIG config;
    NTSTATUS status;

    WDF_DMA_ENABLER_CONFIG_INIT(
        &config, Device->AddressBits > 32 ? WdfDmaProfileScatterGather64 : WdfDmaProfileScatterGather,
        ACCEL_TRANSFER_BYTES);
    config.WdmDmaVersionOverride = 3; /* caches are written back as the maps are made, here too */
    status = WdfDmaEnablerCreate(Device->Self, &config, WDF_NO_OBJECT_ATTRIBUTES, &Device->Enabler);
    if (!NT_SUCCESS(status))
        return status;
    WdfDmaEnablerSetMaximumScatterGatherElements(Device->Enabler, ACCEL_LIST_ELEMENTS);
    return WdfDmaTransactionCreate(Device->Enabler, WDF_NO_OBJECT_ATTRIBUTES, &Device->Transaction);
}

/* Ring, control page, steps. */
static NTSTATUS AccelControlCreate(PDEVICE_CONTEXT Device)
{
    ULONG ring = ACCEL_ENTRIES * sizeof(ACCEL_COMMAND), control = PAGE_SIZE;
    ULONG steps = ACCEL_STEPS_BYTES_MAX;
    NTSTATUS status = AccelCommonCreate(Device, &ring, ring, (PVOID *)&Device->Ring, &Device->RingAddress);

    if (NT_SUCCESS(status))
        status = AccelCommonCreate(Device, &control, control, (PVOID *)&Device->Buffer,
                                   &Device->ControlAddress);
    if (NT_SUCCESS(status))
        status = AccelCommonCreate(Device, &steps, PAGE_SIZE, (PVOID *)&Device->Steps,
                                   &Device->StepsAddress);
    if (!NT_SUCCESS(status))
        return status;
    Device->List = (PACCEL_ELEMENT)((PUCHAR)Device->Buffer + ACCEL_LIST_OFFSET);
    Device->StepsMax = steps / sizeof(ACCEL_STEP);
    return STATUS_SUCCESS;
}

/* Chunks of this size, until there are enough or no more are to be had. Those of an attempt that
 * comes to too little stay with the enabler: there is no second device to want them. */
static NTSTATUS AccelChunksCreate(PDEVICE_CONTEXT Device, ULONG ChunkBytes)
{
    PACCEL_WINDOW window = &Device->Window;
    PHYSICAL_ADDRESS address;
    PVOID memory;

    window->ChunkBytes = ChunkBytes;
    for (window->Chunks = 0; window->Chunks < ACCEL_WINDOW_BYTES / ChunkBytes; window->Chunks++) {
        if (!NT_SUCCESS(AccelCommonCreate(Device, &ChunkBytes, ChunkBytes, &memory, &address)))
            break;
        window->ChunkAddress[window->Chunks] = (ULONGLONG)address.QuadPart;
    }
    window->Pages = window->Chunks * (ChunkBytes / PAGE_SIZE);
    return window->Pages >= ACCEL_WINDOW_PAGES_MIN ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

static NTSTATUS AccelWindowCreate(PDEVICE_CONTEXT Device)
{
    PACCEL_WINDOW window = &Device->Window;
    NTSTATUS status;

    window->Local = Device->LocalBytes >= ACCEL_WINDOW_PAGES_MIN * PAGE_SIZE;
    if (window->Local) {
        window->ChunkBytes = Device->LocalBytes;
        window->Pages = Device->LocalBytes / PAGE_SIZE;
        return STATUS_SUCCESS;
    }
    window->ChunkAddress = ExAllocatePool2(
        POOL_FLAG_NON_PAGED, ACCEL_WINDOW_BYTES / PAGE_SIZE * sizeof(ULONGLONG), ACCEL_POOL_TAG);
    if (window->ChunkAddress == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    status = AccelChunksCreate(Device, ACCEL_CHUNK_BYTES);
    return NT_SUCCESS(status) ? status : AccelChunksCreate(Device, PAGE_SIZE);
}

/* An entry for each page of the window, written once: nothing else is ever in the table. */
static NTSTATUS AccelTableCreate(PDEVICE_CONTEXT Device)
{
    PACCEL_WINDOW window = &Device->Window;
    ULONG length = window->Pages * sizeof(ULONGLONG), page;
    NTSTATUS status = AccelCommonCreate(Device, &length,
                                        ACCEL_WINDOW_PAGES_MIN * sizeof(ULONGLONG),
                                        (PVOID *)&Device->Table, &Device->TableAddress);

    if (!NT_SUCCESS(status))
        return status;
    window->Pages = length / sizeof(ULONGLONG);
    for (page = 0; page < window->Pages; page++)
        Device->Table[page] = AccelWindowAddress(window, page * PAGE_SIZE) | ACCEL_PAGE_READ |
                              ACCEL_PAGE_WRITE | (window->Local ? ACCEL_PAGE_LOCAL : 0);
    return STATUS_SUCCESS;
}

NTSTATUS AccelMemoryCreate(PDEVICE_CONTEXT Device)
{
    NTSTATUS status;

    PAGED_CODE();

    status = AccelEnablerCreate(Device);
    if (NT_SUCCESS(status))
        status = AccelControlCreate(Device);
    if (NT_SUCCESS(status))
        status = AccelWindowCreate(Device);
    if (NT_SUCCESS(status))
        status = AccelTableCreate(Device);
    if (!NT_SUCCESS(status) && Device->Enabler != NULL) {
        WdfObjectDelete(Device->Enabler); /* and with it all that hangs on it */
        Device->Enabler = NULL;
        AccelMemoryForget(Device);
    }
    return status;
}

/* What the enabler does not take along. */
VOID AccelMemoryForget(PDEVICE_CONTEXT Device)
{
    if (Device->Window.ChunkAddress != NULL)
        ExFreePoolWithTag(Device->Window.ChunkAddress, ACCEL_POOL_TAG);
    Device->Window.ChunkAddress = NULL;
}

/* Where a place of the window is: on the bus, or in the card's memory. */
ULONGLONG AccelWindowAddress(const ACCEL_WINDOW *Window, ULONG Place)
{
    if (Window->Local)
        return Place;
    return Window->ChunkAddress[Place / Window->ChunkBytes] + Place % Window->ChunkBytes;
}

/* How many bytes lie side by side from there on. */
ULONG AccelWindowLeft(const ACCEL_WINDOW *Window, ULONG Place)
{
    return Window->ChunkBytes - Place % Window->ChunkBytes;
}
