/*
 * How an enabler comes to its adapters: from a profile to a DEVICE_DESCRIPTION, from the adapter to
 * the limits of its transfers; and how it ends. The functions that drivers call are
 * dma_enabler_api.c's.
 *
 * Source: wdf/enabling-dma-transactions, microsoft/Windows-Driver-Frameworks (fxdmaenabler.cpp)
 */
#include "sim/wdf/dma_enabler.h"

#include <string.h>

#define PCI_BITS 32u

void dma_null_read(struct fx *f, uint64_t offset)
{
    if (sched_irql(f->s) >= DISPATCH_LEVEL) /* DRIVER_IRQL_NOT_LESS_OR_EQUAL */
        sim_bugcheck(f->s, 0xD1, offset, sched_irql(f->s), 0, 0);
    else /* SYSTEM_THREAD_EXCEPTION_NOT_HANDLED */
        sim_bugcheck(f->s, 0x7E, (ULONG)STATUS_ACCESS_VIOLATION, offset, 0, 0);
}

/* What the profile alone says. KMDF asks for version 3 on ARM64, where devices may not see the caches. */
static bool profile_take(struct fx_enabler *e, DEVICE_DESCRIPTION *d, bool coherent)
{
    WDF_DMA_PROFILE p = e->profile;

    if (p < WdfDmaProfilePacket || p > WdfDmaProfileSystemDuplex)
        return false;
    e->master = p < WdfDmaProfileSystem;
    e->lists = p == WdfDmaProfileScatterGather || p == WdfDmaProfileScatterGather64 ||
               p == WdfDmaProfileScatterGatherDuplex || p == WdfDmaProfileScatterGather64Duplex;
    e->duplex = p == WdfDmaProfileScatterGatherDuplex || p == WdfDmaProfileScatterGather64Duplex ||
                p == WdfDmaProfileSystemDuplex;
    memset(d, 0, sizeof(*d));
    d->Version = e->master && coherent ? DEVICE_DESCRIPTION_VERSION2 : DEVICE_DESCRIPTION_VERSION3;
    d->Master = e->master;
    d->Dma32BitAddresses = e->master;
    d->InterfaceType = PCIBus;
    d->ScatterGather = e->lists;
    d->Dma64BitAddresses = p == WdfDmaProfilePacket64 || p == WdfDmaProfileScatterGather64 ||
                           p == WdfDmaProfileScatterGather64Duplex;
    return true;
}

static NTSTATUS refuse(struct fx *f, const struct fx_enabler *e, uint64_t value)
{
    fx_break(f, API_WdfDmaEnablerCreate, e->object.obj, WDF_BREAK_DMA_CONFIG, e->profile, value);
    return STATUS_INVALID_PARAMETER;
}

/* What the configuration says beside. */
static NTSTATUS overrides_take(struct fx *f, struct fx_enabler *e, DEVICE_DESCRIPTION *d,
                               const WDF_DMA_ENABLER_CONFIG *c)
{
    if (c->AddressWidthOverride) {
        if (!e->master || (!d->Dma64BitAddresses && c->AddressWidthOverride > PCI_BITS))
            return refuse(f, e, c->AddressWidthOverride);
        d->Version = DEVICE_DESCRIPTION_VERSION3;
        d->DmaAddressWidth = c->AddressWidthOverride;
    }
    if (c->WdmDmaVersionOverride) {
        if (c->WdmDmaVersionOverride < d->Version)
            return refuse(f, e, c->WdmDmaVersionOverride);
        d->Version = c->WdmDmaVersionOverride;
    }
    if (d->Version >= DEVICE_DESCRIPTION_VERSION3 && !d->DmaAddressWidth)
        d->DmaAddressWidth = d->Dma64BitAddresses ? 64 : d->Dma32BitAddresses ? 32 : 24;
    if (c->Flags & WDF_DMA_ENABLER_CONFIG_REQUIRE_SINGLE_TRANSFER) {
        if (d->Version != DEVICE_DESCRIPTION_VERSION3)
            return refuse(f, e, d->Version);
        e->single = true;
    }
    return STATUS_SUCCESS;
}

/* Asks for one adapter and works out what it can carry. */
static NTSTATUS adapter_take(struct fx *f, struct fx_enabler *e, const DEVICE_DESCRIPTION *d,
                             WDF_DMA_DIRECTION direction)
{
    struct adapter_info *i = enabler_info(e, direction);
    ULONG counted = 0;
    size_t reach;

    (void)f;
    i->description = *d;
    i->adapter = IoGetDmaAdapter(e->device->pdo, &i->description, &i->registers);
    if (!i->adapter)
        return STATUS_UNSUCCESSFUL;
    if (e->lists) {
        NTSTATUS status =
            i->adapter->DmaOperations->CalculateScatterGatherList(i->adapter, NULL, NULL,
                                                                  i->registers * PAGE_SIZE,
                                                                  &i->list_bytes, &counted);

        if (!NT_SUCCESS(status))
            return status;
    } else {
        i->list_bytes = sizeof(SCATTER_GATHER_LIST) +
                        sizeof(SCATTER_GATHER_ELEMENT) * (e->master ? 1 : i->registers);
    }
    reach = (size_t)(i->registers - 1) << PAGE_SHIFT;
    i->fragment_max = e->length_max < reach ? e->length_max : reach;
    return STATUS_SUCCESS;
}

/* Common buffers of scatter/gather profiles lie as device and HAL want them; preallocated lists are
 * as large as the larger of the two adapters' asks for. */
static void lists_set_up(struct fx_enabler *e, ULONG config_flags)
{
    const struct adapter_info *read = enabler_info(e, WdfDmaDirectionReadFromDevice);
    const struct adapter_info *write = enabler_info(e, WdfDmaDirectionWriteToDevice);
    ULONG hal = read->adapter->DmaOperations->GetDmaAlignment(read->adapter);
    ULONG device = e->device->wdm->AlignmentRequirement;

    if (hal)
        hal--;
    e->alignment = device > hal ? device : hal;
    if (config_flags & WDF_DMA_ENABLER_CONFIG_NO_SGLIST_PREALLOCATION)
        return;
    e->list_bytes = read->list_bytes > write->list_bytes ? read->list_bytes : write->list_bytes;
    e->preallocates = true;
}

static NTSTATUS masters_take(struct fx *f, struct fx_enabler *e, DEVICE_DESCRIPTION *d,
                             const WDF_DMA_ENABLER_CONFIG *c)
{
    NTSTATUS status;

    d->MaximumLength = e->length_max;
    status = adapter_take(f, e, d, WdfDmaDirectionReadFromDevice);
    if (NT_SUCCESS(status) && e->duplex)
        status = adapter_take(f, e, d, WdfDmaDirectionWriteToDevice);
    if (NT_SUCCESS(status) && e->lists)
        lists_set_up(e, c->Flags);
    return status;
}

static void enabler_add(struct fx_enabler *e)
{
    struct fx_enabler **link = &e->device->enablers;

    while (*link)
        link = &(*link)->next;
    *link = e;
    e->added = true;
}

NTSTATUS enabler_set_up(struct fx *f, struct fx_enabler *e, const WDF_DMA_ENABLER_CONFIG *c)
{
    DEVICE_DESCRIPTION d;
    NTSTATUS status;

    e->profile = c->Profile;
    e->elements_max = WDF_DMA_ENABLER_UNLIMITED_FRAGMENTS;
    if (!profile_take(e, &d, f->s->profile.coherent))
        return STATUS_INVALID_PARAMETER;
    e->length_max = (ULONG)c->MaximumLength;
    status = overrides_take(f, e, &d, c);
    if (NT_SUCCESS(status) && e->master)
        status = masters_take(f, e, &d, c);
    if (!NT_SUCCESS(status))
        return status;
    e->fill = c->EvtDmaEnablerFill;
    e->flush = c->EvtDmaEnablerFlush;
    e->enable = c->EvtDmaEnablerEnable;
    e->disable = c->EvtDmaEnablerDisable;
    e->start = c->EvtDmaEnablerSelfManagedIoStart;
    e->stop = c->EvtDmaEnablerSelfManagedIoStop;
    enabler_add(e);
    return STATUS_SUCCESS;
}

/* The resource of the channel gives the number; one list serves all transactions. */
NTSTATUS enabler_system_set_up(struct fx *f, struct fx_enabler *e,
                               const WDF_DMA_SYSTEM_PROFILE_CONFIG *c, WDF_DMA_DIRECTION direction)
{
    const struct adapter_info *read = enabler_info(e, WdfDmaDirectionReadFromDevice);
    const struct adapter_info *write = enabler_info(e, WdfDmaDirectionWriteToDevice);
    DEVICE_DESCRIPTION d = {
        .Version = DEVICE_DESCRIPTION_VERSION3,
        .MaximumLength = e->length_max,
        .DemandMode = c->DemandMode,
        .AutoInitialize = c->LoopedTransfer,
        .DmaWidth = c->DmaWidth,
        .DeviceAddress = c->DeviceAddress,
        .InterfaceType = Internal,
        .DmaChannel = c->DmaDescriptor->u.Dma.Channel,
        .DmaRequestLine = c->DmaDescriptor->u.Dma.Port,
    };
    NTSTATUS status;
    size_t bytes;
    void *list;

    if (enabler_info(e, direction)->adapter) {
        fx_break(f, API_WdfDmaEnablerConfigureSystemProfile, e->object.obj, WDF_BREAK_DMA_CONFIG,
                 e->profile, direction);
        return STATUS_INVALID_PARAMETER;
    }
    status = adapter_take(f, e, &d, direction);
    if (!NT_SUCCESS(status))
        return status;
    bytes = read->list_bytes > write->list_bytes ? read->list_bytes : write->list_bytes;
    list = pool_alloc_internal(f->s, bytes);
    if (!list)
        return STATUS_INSUFFICIENT_RESOURCES;
    system_list_set(f, e, list, (ULONG)bytes);
    return STATUS_SUCCESS;
}

static void enabler_dispose(struct fx_object *o)
{
    struct fx_enabler *e = (struct fx_enabler *)o, **link = &e->device->enablers;

    for (unsigned i = 0; i < 2; i++) {
        PDMA_ADAPTER a = e->infos[i].adapter;

        e->infos[i].adapter = NULL;
        if (a)
            a->DmaOperations->PutDmaAdapter(a);
    }
    while (e->added && *link != e)
        link = &(*link)->next;
    if (e->added)
        *link = e->next;
    e->added = false;
}

static void enabler_destroy(struct fx_object *o)
{
    struct fx_enabler *e = (struct fx_enabler *)o;

    if (e->system_list)
        pool_free_internal(fx_now()->s, e->system_list);
}

const struct fx_class enabler_class = { .type = FX_DMA_ENABLER,
                                        .trace = OBJ_WDFDMAENABLER,
                                        .bytes = sizeof(struct fx_enabler),
                                        .passive = true,
                                        .dispose = enabler_dispose,
                                        .destroy = enabler_destroy };
