/*
 * IoGetDmaAdapter, the tables of operations, and what an adapter says about itself.
 */
#include "sim/core/sysdma.h"
#include "sim/nt/dma.h"

#include <stddef.h>

/* Size of the whole adapter object, of which a driver sees the first 0x10 bytes (1.1). */
#define ADAPTER_OBJECT_BYTES 0x280

#define OPERATIONS_V1                                                                              \
    .PutDmaAdapter = PutDmaAdapter, .AllocateCommonBuffer = AllocateCommonBuffer,                  \
    .FreeCommonBuffer = FreeCommonBuffer, .AllocateAdapterChannel = AllocateAdapterChannel,        \
    .FlushAdapterBuffers = FlushAdapterBuffers, .FreeAdapterChannel = FreeAdapterChannel,          \
    .FreeMapRegisters = FreeMapRegisters, .MapTransfer = MapTransfer,                              \
    .GetDmaAlignment = GetDmaAlignment, .ReadDmaCounter = ReadDmaCounter,                          \
    .GetScatterGatherList = GetScatterGatherList, .PutScatterGatherList = PutScatterGatherList
#define OPERATIONS_V2                                                                              \
    OPERATIONS_V1, .CalculateScatterGatherList = CalculateScatterGatherList,                       \
                   .BuildScatterGatherList = BuildScatterGatherList,                               \
                   .BuildMdlFromScatterGatherList = BuildMdlFromScatterGatherList

static const DMA_OPERATIONS operations_v1 = {
    .Size = offsetof(DMA_OPERATIONS, CalculateScatterGatherList),
    OPERATIONS_V1,
};
static const DMA_OPERATIONS operations_v2 = {
    .Size = offsetof(DMA_OPERATIONS, GetDmaAdapterInfo),
    OPERATIONS_V2,
};
static const DMA_OPERATIONS operations_v3 = {
    .Size = sizeof(DMA_OPERATIONS),
    OPERATIONS_V2,
    .GetDmaAdapterInfo = GetDmaAdapterInfo,
    .GetDmaTransferInfo = GetDmaTransferInfo,
    .InitializeDmaTransferContext = InitializeDmaTransferContext,
    .AllocateCommonBufferEx = AllocateCommonBufferEx,
    .AllocateAdapterChannelEx = AllocateAdapterChannelEx,
    .ConfigureAdapterChannel = ConfigureAdapterChannel,
    .CancelAdapterChannel = CancelAdapterChannel,
    .MapTransferEx = MapTransferEx,
    .GetScatterGatherListEx = GetScatterGatherListEx,
    .BuildScatterGatherListEx = BuildScatterGatherListEx,
    .FlushAdapterBuffersEx = FlushAdapterBuffersEx,
    .FreeAdapterObject = FreeAdapterObject,
    .CancelMappedTransfer = CancelMappedTransfer,
    .AllocateDomainCommonBuffer = AllocateDomainCommonBuffer,
    .FlushDmaBuffer = FlushDmaBuffer,
    .JoinDmaDomain = JoinDmaDomain,
    .LeaveDmaDomain = LeaveDmaDomain,
    .GetDmaDomain = GetDmaDomain,
    .AllocateCommonBufferWithBounds = AllocateCommonBufferWithBounds,
    .AllocateCommonBufferVector = AllocateCommonBufferVector,
    .GetCommonBufferFromVectorByIndex = GetCommonBufferFromVectorByIndex,
    .FreeCommonBufferFromVector = FreeCommonBufferFromVector,
    .FreeCommonBufferVector = FreeCommonBufferVector,
    .CreateCommonBufferFromMdl = CreateCommonBufferFromMdl,
};
_Static_assert(sizeof(DMA_OPERATIONS) == 0x140, "39 members");

static const DMA_OPERATIONS *operations_of(ULONG Version)
{
    return Version == 3 ? &operations_v3 : Version == 2 ? &operations_v2 : &operations_v1;
}

static uint64_t description_flags(const DEVICE_DESCRIPTION *d, bool no_pdo)
{
    const BOOLEAN bits[] = { d->Master,         d->ScatterGather,     d->DemandMode,
                             d->AutoInitialize, d->Dma32BitAddresses, d->IgnoreCount,
                             d->Reserved1,      d->Dma64BitAddresses, no_pdo };
    uint64_t flags = 0;

    for (unsigned i = 0; i < sizeof(bits); i++)
        flags |= (uint64_t)(bits[i] != 0) << i;
    return flags;
}

static void description_say(struct call *c, PDEVICE_OBJECT pdo, const struct dm_device *device,
                            const DEVICE_DESCRIPTION *d)
{
    call_arg(c, device ? device->obj : 0, description_flags(d, !pdo), d->DmaChannel,
             (uint64_t)(ULONG)d->DmaWidth << 32 | (ULONG)d->DmaSpeed,
             (uint64_t)d->DmaRequestLine << 32 | d->DmaPort);
    call_arg(c, 0, d->BusNumber, d->DmaControllerInstance, (uint64_t)d->DeviceAddress.QuadPart, 0);
}

/* Bytes of a DMA_WIDTH; 0: none. */
static unsigned width_bytes(DMA_WIDTH width)
{
    return width >= Width8Bits && width <= Width64Bits ? 1u << width : 0;
}

static struct adapter *adapter_make(struct sim *s, struct dm_device *device,
                                    const DEVICE_DESCRIPTION *d)
{
    struct adapter_description core = {
        .version = d->Version,
        .master = d->Master,
        .scatter_gather = d->ScatterGather,
        .bits32 = d->Dma32BitAddresses,
        .bits64 = d->Dma64BitAddresses,
        .pci = d->InterfaceType == PCIBus || d->InterfaceType == InterfaceTypeUndefined,
        .address_bits = d->DmaAddressWidth,
        .length_max_bytes = d->MaximumLength,
        .channel = d->DmaChannel,
        .line = d->DmaRequestLine,
        .width_bytes = width_bytes(d->DmaWidth),
        .automatic = d->AutoInitialize,
        .device_address = (uint64_t)d->DeviceAddress.QuadPart,
    };
    PDMA_ADAPTER face;
    struct adapter *a;

    if (!device || d->Version > DEVICE_DESCRIPTION_VERSION3)
        return NULL;
    if (fault_here(s, FAULT_ADAPTER))
        return NULL;
    face = pool_alloc_internal(s, ADAPTER_OBJECT_BYTES);
    if (!face)
        return NULL;
    a = adapter_create(s, device, &core, face);
    if (!a) {
        pool_free_internal(s, face);
        return NULL;
    }
    face->Version = HAL_DMA_ADAPTER_VERSION_1;
    face->Size = ADAPTER_OBJECT_BYTES;
    face->DmaOperations = (PDMA_OPERATIONS)operations_of(d->Version);
    return a;
}

/*
 * IoGetDmaAdapter: an adapter for a bus-master device, or for a channel of the system DMA controller.
 *
 * Irql     PASSIVE_LEVEL
 * Units    *NumberOfMapRegisters: pages that one transfer may span
 * Returns  the adapter; NULL for an unknown version, a PDO that is NULL, a width that version 3
 *          refuses, a channel, request line or width of register that the controller has not
 * Gap      a slave's calls for one channel give an adapter each, and each its own queue. Version 3
 *          takes any data register: a wrong one is an error of the transfer. The reach is
 *          the least of description, device and platform: Windows does not know the device's lines.
 *          Version 3 refuses widths below 24 (KMDF says so of the HAL). Reserved1, BusNumber,
 *          DmaSpeed, DemandMode and IgnoreCount are said and not looked at. Map registers: pages of
 *          MaximumLength and one, up to the profile's cap; a real HAL's caps are not public.
 *          Transfers that need no map registers do not use the adapter's up
 * Says     CALL, ARG, ADAPTER, RETURN
 * Source   wdm/nf-wdm-iogetdmaadapter, wdm/ns-wdm-_device_description
 */
PDMA_ADAPTER NTAPI IoGetDmaAdapter(PDEVICE_OBJECT PhysicalDeviceObject,
                                   PDEVICE_DESCRIPTION DeviceDescription,
                                   PULONG NumberOfMapRegisters)
{
    struct sim *s = sim_now();
    struct dm_device *device = PhysicalDeviceObject ? nt_pdo_device(s, PhysicalDeviceObject) : NULL;
    const DEVICE_DESCRIPTION *d = DeviceDescription;
    struct call c =
        call_begin(s, API_IoGetDmaAdapter,
                   SAID(s, PhysicalDeviceObject ? device_obj(s, PhysicalDeviceObject) : 0),
                   d->Version, d->MaximumLength, (uint64_t)(LONG64)d->InterfaceType,
                   d->DmaAddressWidth);
    struct adapter *a;

    if (s->trace.on)
        description_say(&c, PhysicalDeviceObject, device, d);
    a = adapter_make(s, device, d);
    if (a && NumberOfMapRegisters)
        *NumberOfMapRegisters = a->registers_max;
    call_end(&c, adapter_id(a), a ? a->registers_max : 0, 0, 0);
    return a ? (PDMA_ADAPTER)a->face : NULL;
}

/*
 * PutDmaAdapter: the adapter goes.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  -
 * Gap      what was obtained through it and is left lives on, so that its release can still be
 *          followed. The object's memory is not given to anybody else, so a call through it is seen
 * Says     CALL, ADAPTER_END, RETURN
 * Source   wdm/nc-wdm-pput_dma_adapter
 */
VOID PutDmaAdapter(PDMA_ADAPTER DmaAdapter)
{
    struct sim *s = sim_now();
    struct adapter *a = adapter_find(s, DmaAdapter);
    struct call c = call_begin(s, API_PutDmaAdapter, adapter_id(a), 0, 0, 0, 0);

    if (a)
        adapter_destroy(s, a);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * GetDmaAlignment: in bytes, not a mask; the HAL in practice says 1.
 *
 * Irql     PASSIVE_LEVEL
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdm/nc-wdm-pget_dma_alignment
 */
ULONG GetDmaAlignment(PDMA_ADAPTER DmaAdapter)
{
    struct sim *s = sim_now();
    struct call c =
        call_begin(s, API_GetDmaAlignment, adapter_id(adapter_find(s, DmaAdapter)), 0, 0, 0, 0);

    call_end(&c, 1, 0, 0, 0);
    return 1;
}

/*
 * ReadDmaCounter: what is left on a system DMA channel, also after the flush until it is programmed
 * again; a bus master has none, so nothing is left.
 *
 * Irql     <= DISPATCH_LEVEL
 * Units    bytes
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdm/nc-wdm-pread_dma_counter
 */
ULONG ReadDmaCounter(PDMA_ADAPTER DmaAdapter)
{
    struct sim *s = sim_now();
    struct adapter *a = adapter_find(s, DmaAdapter);
    struct call c = call_begin(s, API_ReadDmaCounter, adapter_id(a), 0, 0, 0, 0);
    ULONG left = a && a->system.channel ? (ULONG)sysdma_left(a) : 0;

    call_end(&c, left, 0, 0, 0);
    return left;
}

/*
 * GetDmaAdapterInfo: width and limits.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_NOT_SUPPORTED for a version other than 1; STATUS_INVALID_PARAMETER for a dead
 *          adapter
 * Gap      bus masters are answered too (the routine's page speaks of system DMA, NetAdapterCx
 *          relies on it); Flags says ADAPTER_INFO_SYNCHRONOUS_CALLBACK, which the header has and
 *          the page not
 * Says     CALL, RETURN
 * Source   wdm/nc-wdm-pget_dma_adapter_info, wdm/ns-wdm-_dma_adapter_info_v1
 */
NTSTATUS GetDmaAdapterInfo(PDMA_ADAPTER DmaAdapter, PDMA_ADAPTER_INFO AdapterInfo)
{
    struct sim *s = sim_now();
    struct adapter *a = adapter_find(s, DmaAdapter);
    struct call c = call_begin(s, API_GetDmaAdapterInfo, adapter_id(a),
                               AdapterInfo ? AdapterInfo->Version : 0, 0, 0, 0);
    NTSTATUS status = STATUS_SUCCESS;
    uint32_t limit = 0;

    if (!a || !a->live || !AdapterInfo) {
        status = STATUS_INVALID_PARAMETER;
    } else if (AdapterInfo->Version != DMA_ADAPTER_INFO_VERSION1) {
        status = STATUS_NOT_SUPPORTED;
    } else {
        limit = a->scatter_gather ? a->registers_max : 1;
        AdapterInfo->V1.ReadDmaCounterAvailable = a->system.channel != NULL;
        AdapterInfo->V1.ScatterGatherLimit = limit;
        AdapterInfo->V1.DmaAddressWidth = a->address_bits;
        AdapterInfo->V1.Flags = ADAPTER_INFO_SYNCHRONOUS_CALLBACK;
        AdapterInfo->V1.MinimumTransferUnit = a->system.channel ? a->system.width_bytes : 1;
    }
    call_end(&c, (uint64_t)(ULONG)status, limit, a ? a->address_bits : 0,
             ADAPTER_INFO_SYNCHRONOUS_CALLBACK);
    return status;
}

/*
 * HalGetAdapter: obsolete since Windows 2000; Driver Verifier stops with 0xE6/0x1E.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  NULL
 * Gap      an x86 HAL still gave an adapter
 * Says     CALL, RETURN
 * Source   debugger/bug-check-0xe6--driver-verifier-dma-violation
 */
PADAPTER_OBJECT NTAPI HalGetAdapter(PDEVICE_DESCRIPTION DeviceDescription,
                                    PULONG NumberOfMapRegisters)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_HalGetAdapter, 0,
                               DeviceDescription ? DeviceDescription->Version : 0, 0, 0, 0);

    if (NumberOfMapRegisters)
        *NumberOfMapRegisters = 0;
    call_end(&c, 0, 0, 0, 0);
    return NULL;
}
