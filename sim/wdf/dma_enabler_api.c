/*
 * WdfDmaEnabler...: what a driver asks of the object that stands for its device's DMA.
 */
#include "sim/wdf/dma_enabler.h"

/* A parent may be named, as long as it belongs to the same device. */
static NTSTATUS parent_check(struct fx *f, const struct fx_device *d, PWDF_OBJECT_ATTRIBUTES a)
{
    if (!a || !a->ParentObject)
        return STATUS_SUCCESS;
    return fx_device_above(fx_object_find(f, a->ParentObject, FX_OBJECT)) == &d->object
               ? STATUS_SUCCESS
               : STATUS_WDF_OBJECT_ATTRIBUTES_INVALID;
}

static NTSTATUS config_check(PWDF_DMA_ENABLER_CONFIG c)
{
    if (c->Size != sizeof(*c))
        return STATUS_INFO_LENGTH_MISMATCH;
    if (c->Profile < WdfDmaProfilePacket || c->Profile > WdfDmaProfileSystemDuplex ||
        !c->MaximumLength)
        return STATUS_INVALID_PARAMETER;
    return STATUS_SUCCESS;
}

static NTSTATUS enabler_create(struct fx *f, struct fx_device *d, PWDF_DMA_ENABLER_CONFIG config,
                               PWDF_OBJECT_ATTRIBUTES attributes, struct fx_object **out)
{
    const struct fx_attributes_rules rules = { .scope_allowed = false };
    NTSTATUS status = fx_attributes_check(f, attributes, &rules);
    struct fx_enabler *e;

    if (NT_SUCCESS(status))
        status = parent_check(f, d, attributes);
    if (NT_SUCCESS(status))
        status = config_check(config);
    if (NT_SUCCESS(status))
        status = fx_object_create(f, d->object.driver, &enabler_class, &d->object, attributes, out);
    if (!NT_SUCCESS(status))
        return status;
    e = (struct fx_enabler *)*out;
    e->device = d;
    e->device_handle = d->object.handle;
    status = enabler_set_up(f, e, config);
    if (!NT_SUCCESS(status)) {
        fx_delete(*out);
        *out = NULL;
    }
    return status;
}

/*
 * WdfDmaEnablerCreate: the DMA of a device, as one of eight profiles describes it. A bus master's
 * adapter, or one for each direction, is obtained here.
 *
 * Irql     PASSIVE_LEVEL; above it STATUS_INVALID_DEVICE_REQUEST
 * Returns  STATUS_SUCCESS; STATUS_INFO_LENGTH_MISMATCH (a Size), STATUS_INVALID_PARAMETER (profile,
 *          MaximumLength 0, overrides that contradict the profile, single transfer without version
 *          3), STATUS_WDF_OBJECT_ATTRIBUTES_INVALID (a parent that is not the device's),
 *          STATUS_UNSUCCESSFUL (no adapter), STATUS_INSUFFICIENT_RESOURCES,
 *          CalculateScatterGatherList's
 * Gap      version 2 unless something asks for 3, as on x64; on a machine whose devices do not see
 *          the caches 3, as on ARM64
 * Says     CALL (a0 = profile, a1 = MaximumLength, a2 = width override << 32 | version override, a3
 *          = Flags), what IoGetDmaAdapter says, RETURN (object = the new one)
 * Source   wdfdmaenabler/nf-wdfdmaenabler-wdfdmaenablercreate
 */
NTSTATUS imp_WdfDmaEnablerCreate(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device,
                                 PWDF_DMA_ENABLER_CONFIG Config, PWDF_OBJECT_ATTRIBUTES Attributes,
                                 WDFDMAENABLER *DmaEnablerHandle)
{
    struct fx *f = fx_now();
    const WDF_DMA_ENABLER_CONFIG none = { 0 }, *said = Config ? Config : &none;
    struct call c =
        call_begin(f->s, API_WdfDmaEnablerCreate, fx_handle_obj(f, Device), (uint64_t)said->Profile,
                   said->MaximumLength,
                   (uint64_t)said->AddressWidthOverride << 32 | said->WdmDmaVersionOverride,
                   said->Flags);
    struct fx_device *d = fx_device_of(f, Device);
    NTSTATUS status = STATUS_INVALID_DEVICE_REQUEST;
    struct fx_object *o = NULL;

    (void)DriverGlobals;
    if (d && dma_passive(f) && fx_required(f, DmaEnablerHandle) && fx_required(f, Config)) {
        *DmaEnablerHandle = NULL;
        status = enabler_create(f, d, Config, Attributes, &o);
        *DmaEnablerHandle = o ? o->handle : NULL;
    }
    c.obj = o ? o->obj : c.obj;
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

static NTSTATUS system_config_check(struct fx *f, const struct fx_enabler *e,
                                    PWDF_DMA_SYSTEM_PROFILE_CONFIG c, WDF_DMA_DIRECTION direction)
{
    NTSTATUS status = STATUS_SUCCESS;

    if (!c)
        status = STATUS_INVALID_PARAMETER;
    else if (c->Size != sizeof(*c))
        status = STATUS_INFO_LENGTH_MISMATCH;
    else if (!c->DmaDescriptor)
        status = STATUS_INVALID_PARAMETER;
    if (!NT_SUCCESS(status))
        fx_break(f, API_WdfDmaEnablerConfigureSystemProfile, e->object.obj, WDF_BREAK_DMA_CONFIG,
                 e->profile, c ? c->Size : 0);
    else if (!direction_known(direction))
        status = STATUS_INVALID_PARAMETER;
    return status;
}

/*
 * WdfDmaEnablerConfigureSystemProfile: the channel of the system DMA controller for a direction, by
 * the resource that EvtDevicePrepareHardware got; the adapter is obtained here.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS; STATUS_INVALID_PARAMETER (no configuration, no descriptor, no such
 *          direction, a direction that has its adapter), STATUS_INFO_LENGTH_MISMATCH,
 *          STATUS_UNSUCCESSFUL (no adapter), STATUS_INSUFFICIENT_RESOURCES
 * Gap      none known
 * Says     CALL (a0 = direction), what IoGetDmaAdapter says, RETURN
 * Source   wdfdmaenabler/nf-wdfdmaenabler-wdfdmaenablerconfiguresystemprofile
 */
NTSTATUS imp_WdfDmaEnablerConfigureSystemProfile(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                 WDFDMAENABLER DmaEnabler,
                                                 PWDF_DMA_SYSTEM_PROFILE_CONFIG ProfileConfig,
                                                 WDF_DMA_DIRECTION ConfigDirection)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDmaEnablerConfigureSystemProfile,
                               fx_handle_obj(f, DmaEnabler), (uint64_t)ConfigDirection, 0, 0, 0);
    struct fx_enabler *e = enabler_of(f, DmaEnabler);
    NTSTATUS status = STATUS_INVALID_HANDLE;

    (void)DriverGlobals;
    if (e) {
        status = system_config_check(f, e, ProfileConfig, ConfigDirection);
        if (NT_SUCCESS(status))
            status = enabler_system_set_up(f, e, ProfileConfig, ConfigDirection);
    }
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfDmaEnablerGetMaximumLength: the MaximumLength that the driver configured.
 *
 * Irql     <= DISPATCH_LEVEL
 * Units    bytes
 * Returns  it; a system profile: 0 until the (read) direction is configured
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfdmaenabler/nf-wdfdmaenabler-wdfdmaenablergetmaximumlength
 */
size_t imp_WdfDmaEnablerGetMaximumLength(PWDF_DRIVER_GLOBALS DriverGlobals,
                                         WDFDMAENABLER DmaEnabler)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDmaEnablerGetMaximumLength,
                               fx_handle_obj(f, DmaEnabler), 0, 0, 0, 0);
    const struct fx_enabler *e = enabler_of(f, DmaEnabler);
    size_t length = e ? e->infos[0].description.MaximumLength : 0;

    (void)DriverGlobals;
    call_end(&c, length, 0, 0, 0);
    return length;
}

/*
 * WdfDmaEnablerGetMaximumScatterGatherElements: how many elements the driver said its device can
 * take.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  it; WDF_DMA_ENABLER_UNLIMITED_FRAGMENTS until the driver says
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfdmaenabler/nf-wdfdmaenabler-wdfdmaenablergetmaximumscattergatherelements
 */
size_t imp_WdfDmaEnablerGetMaximumScatterGatherElements(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                        WDFDMAENABLER DmaEnabler)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDmaEnablerGetMaximumScatterGatherElements,
                               fx_handle_obj(f, DmaEnabler), 0, 0, 0, 0);
    const struct fx_enabler *e = enabler_of(f, DmaEnabler);
    size_t elements = e ? e->elements_max : 0;

    (void)DriverGlobals;
    call_end(&c, elements, 0, 0, 0);
    return elements;
}

/*
 * WdfDmaEnablerSetMaximumScatterGatherElements: how many elements the device can take; transactions
 * that would need more are refused with STATUS_WDF_TOO_FRAGMENTED.
 *
 * Irql     PASSIVE_LEVEL; above it nothing is done
 * Returns  nothing
 * Gap      none known; 0 changes nothing, on Windows either
 * Says     CALL (a0 = MaximumFragments), RETURN
 * Source   wdfdmaenabler/nf-wdfdmaenabler-wdfdmaenablersetmaximumscattergatherelements
 */
VOID imp_WdfDmaEnablerSetMaximumScatterGatherElements(PWDF_DRIVER_GLOBALS DriverGlobals,
                                                      WDFDMAENABLER DmaEnabler,
                                                      size_t MaximumFragments)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDmaEnablerSetMaximumScatterGatherElements,
                               fx_handle_obj(f, DmaEnabler), MaximumFragments, 0, 0, 0);
    struct fx_enabler *e = enabler_of(f, DmaEnabler);

    (void)DriverGlobals;
    if (e && dma_passive(f) && MaximumFragments)
        e->elements_max = MaximumFragments < WDF_DMA_ENABLER_UNLIMITED_FRAGMENTS
                              ? (ULONG)MaximumFragments
                              : WDF_DMA_ENABLER_UNLIMITED_FRAGMENTS;
    call_end(&c, 0, 0, 0, 0);
}

/* Both getters by direction break for a direction that is none. */
static struct adapter_info *info_of(struct fx *f, enum api api, struct fx_enabler *e,
                                    WDF_DMA_DIRECTION direction)
{
    if (!e)
        return NULL;
    if (direction_known(direction))
        return enabler_info(e, direction);
    fx_break(f, api, e->object.obj, WDF_BREAK_DMA_DIRECTION, (uint64_t)direction, 0);
    return NULL;
}

/*
 * WdfDmaEnablerGetFragmentLength: how much one transfer of a direction can carry.
 *
 * Irql     <= DISPATCH_LEVEL
 * Units    bytes: the less of MaximumLength and (map registers - 1) pages
 * Returns  it; 0 for a direction that is none, or that is not configured yet
 * Gap      none known
 * Says     CALL (a0 = direction), RETURN
 * Source   wdfdmaenabler/nf-wdfdmaenabler-wdfdmaenablergetfragmentlength
 */
size_t imp_WdfDmaEnablerGetFragmentLength(PWDF_DRIVER_GLOBALS DriverGlobals,
                                          WDFDMAENABLER DmaEnabler, WDF_DMA_DIRECTION DmaDirection)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDmaEnablerGetFragmentLength,
                               fx_handle_obj(f, DmaEnabler), (uint64_t)DmaDirection, 0, 0, 0);
    const struct adapter_info *i =
        info_of(f, API_WdfDmaEnablerGetFragmentLength, enabler_of(f, DmaEnabler), DmaDirection);
    size_t length = i ? i->fragment_max : 0;

    (void)DriverGlobals;
    call_end(&c, length, 0, 0, 0);
    return length;
}

/*
 * WdfDmaEnablerWdmGetDmaAdapter: the adapter itself, for what KMDF has no function for.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  it; NULL for a direction that is none, or that is not configured yet
 * Gap      none known
 * Says     CALL (a0 = direction), RETURN (adapter)
 * Source   wdfdmaenabler/nf-wdfdmaenabler-wdfdmaenablerwdmgetdmaadapter
 */
PDMA_ADAPTER imp_WdfDmaEnablerWdmGetDmaAdapter(PWDF_DRIVER_GLOBALS DriverGlobals,
                                               WDFDMAENABLER DmaEnabler,
                                               WDF_DMA_DIRECTION DmaDirection)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDmaEnablerWdmGetDmaAdapter,
                               fx_handle_obj(f, DmaEnabler), (uint64_t)DmaDirection, 0, 0, 0);
    const struct adapter_info *i =
        info_of(f, API_WdfDmaEnablerWdmGetDmaAdapter, enabler_of(f, DmaEnabler), DmaDirection);
    PDMA_ADAPTER adapter = i ? i->adapter : NULL;

    (void)DriverGlobals;
    call_end(&c, va_of(f->s, adapter).v, 0, 0, 0);
    return adapter;
}
