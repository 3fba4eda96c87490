/*
 * The questions that PnP asks of a device: its resources, capabilities, state, and interfaces for other
 * drivers.
 *
 * Source: wdf/using-driver-defined-interfaces, wdffdo/, microsoft/Windows-Driver-Frameworks (fxpkgfdo.cpp,
 *         fxpkgpnp.cpp)
 */
#include "sim/wdf/pnp.h"

/* --- capabilities and state: what the driver has said replaces what the bus says --- */

#define CAP(to, from)                                                                              \
    do {                                                                                           \
        if ((from) != WdfUseDefault)                                                               \
            (to) = (from) == WdfTrue;                                                              \
    } while (0)

static void capabilities_edit(const struct fx_pnp *p, PDEVICE_CAPABILITIES c)
{
    const WDF_DEVICE_PNP_CAPABILITIES *caps = &p->caps;
    const WDF_DEVICE_POWER_CAPABILITIES *power = &p->power_caps;

    CAP(c->LockSupported, caps->LockSupported);
    CAP(c->EjectSupported, caps->EjectSupported);
    CAP(c->Removable, caps->Removable);
    CAP(c->DockDevice, caps->DockDevice);
    CAP(c->UniqueID, caps->UniqueID);
    CAP(c->SilentInstall, caps->SilentInstall);
    CAP(c->SurpriseRemovalOK, caps->SurpriseRemovalOK);
    CAP(c->HardwareDisabled, caps->HardwareDisabled);
    CAP(c->NoDisplayInUI, caps->NoDisplayInUI);
    CAP(c->DeviceD1, power->DeviceD1);
    CAP(c->DeviceD2, power->DeviceD2);
    CAP(c->WakeFromD0, power->WakeFromD0);
    CAP(c->WakeFromD1, power->WakeFromD1);
    CAP(c->WakeFromD2, power->WakeFromD2);
    CAP(c->WakeFromD3, power->WakeFromD3);
    if (caps->Address != (ULONG)-1)
        c->Address = caps->Address;
    if (caps->UINumber != (ULONG)-1)
        c->UINumber = caps->UINumber;
    for (int i = PowerSystemWorking; i < PowerSystemMaximum; i++)
        if (power->DeviceState[i] != PowerDeviceMaximum)
            c->DeviceState[i] = power->DeviceState[i];
    if (power->DeviceWake != PowerDeviceMaximum)
        c->DeviceWake = power->DeviceWake;
    if (power->SystemWake != PowerSystemMaximum)
        c->SystemWake = power->SystemWake;
    if (power->D1Latency != (ULONG)-1)
        c->D1Latency = power->D1Latency;
    if (power->D2Latency != (ULONG)-1)
        c->D2Latency = power->D2Latency;
    if (power->D3Latency != (ULONG)-1)
        c->D3Latency = power->D3Latency;
}

static NTSTATUS query_capabilities(struct fx_device *d, PIRP irp, PIO_STACK_LOCATION stack)
{
    PDEVICE_CAPABILITIES c = stack->Parameters.DeviceCapabilities.Capabilities;
    NTSTATUS status = fx_forward_wait(d, irp);

    if (NT_SUCCESS(status) && c->Version == 1)
        capabilities_edit(d->pnp, c);
    return fx_irp_end(irp, status);
}

static void state_bit(ULONG_PTR *bits, ULONG bit, WDF_TRI_STATE said)
{
    if (said == WdfTrue)
        *bits |= bit;
    else if (said == WdfFalse)
        *bits &= ~(ULONG_PTR)bit;
}

static NTSTATUS query_state(struct fx_device *d, PIRP irp)
{
    const struct fx_pnp *p = d->pnp;
    ULONG_PTR *bits = &irp->IoStatus.Information;
    NTSTATUS status = fx_forward_wait(d, irp);

    if (status == STATUS_NOT_SUPPORTED)
        status = STATUS_SUCCESS; /* nobody below minds: ours is the answer */
    if (!NT_SUCCESS(status))
        return fx_irp_end(irp, status);
    state_bit(bits, PNP_DEVICE_DISABLED, p->device_state.Disabled);
    state_bit(bits, PNP_DEVICE_DONT_DISPLAY_IN_UI, p->device_state.DontDisplayInUI);
    state_bit(bits, PNP_DEVICE_FAILED, p->device_state.Failed);
    state_bit(bits, PNP_DEVICE_NOT_DISABLEABLE, p->device_state.NotDisableable);
    state_bit(bits, PNP_DEVICE_REMOVED, p->device_state.Removed);
    state_bit(bits, PNP_DEVICE_RESOURCE_REQUIREMENTS_CHANGED, p->device_state.ResourcesChanged);
    if (p->device_state.DontDisplayInUI == WdfUseDefault)
        state_bit(bits, PNP_DEVICE_DONT_DISPLAY_IN_UI, p->caps.NoDisplayInUI);
    if (p->internal_failure || p->failed)
        *bits |= PNP_DEVICE_FAILED;
    return fx_irp_end(irp, status);
}

/* --- resource requirements: removals on the way down, additions on the way up --- */

static NTSTATUS filter_call(struct fx *f, struct fx_device *d, PIRP irp, PIO_STACK_LOCATION stack,
                            enum api api, PFN_WDF_DEVICE_FILTER_RESOURCE_REQUIREMENTS fn)
{
    PIO_RESOURCE_REQUIREMENTS_LIST old =
        irp->IoStatus.Information
            ? (PIO_RESOURCE_REQUIREMENTS_LIST)irp->IoStatus.Information
            : stack->Parameters.FilterResourceRequirements.IoResourceRequirementList;
    WDFIORESREQLIST list;
    NTSTATUS status;

    if (!fn || !old)
        return STATUS_SUCCESS;
    status = fx_req_list_create(f, d, old, &list);
    if (!NT_SUCCESS(status))
        return status;
    callback_begin(f->s, api, d->object.obj, 0, 0, 0, 0);
    status = fn((WDFDEVICE)d->object.handle, list);
    callback_end(f->s, api, d->object.obj, (uint32_t)status);
    fx_irql_restore(f->s, api, d->object.obj, PASSIVE_LEVEL, (const void *)fn);
    if (NT_SUCCESS(status) && fx_req_list_changed(f, list)) {
        PIO_RESOURCE_REQUIREMENTS_LIST wdm = fx_req_list_wdm(f, list);

        if (wdm) {
            ExFreePool(old);
            irp->IoStatus.Information = (ULONG_PTR)wdm;
        }
    }
    fx_delete(fx_object_find(f, list, FX_IO_RES_REQ_LIST));
    return status;
}

static NTSTATUS filter_requirements(struct fx *f, struct fx_device *d, PIRP irp,
                                    PIO_STACK_LOCATION stack)
{
    const WDF_FDO_EVENT_CALLBACKS *evt = &d->pnp->fdo_evt;
    NTSTATUS status;

    if (!evt->EvtDeviceFilterRemoveResourceRequirements &&
        !evt->EvtDeviceFilterAddResourceRequirements && !d->interrupts)
        return fx_pass_down(d, irp);
    status = filter_call(f, d, irp, stack, API_EvtDeviceFilterRemoveResourceRequirements,
                         evt->EvtDeviceFilterRemoveResourceRequirements);
    if (!NT_SUCCESS(status))
        return fx_irp_end(irp, status);
    status = fx_forward_wait(d, irp);
    if (NT_SUCCESS(status) || status == STATUS_NOT_SUPPORTED) {
        fx_interrupts_filter(f, d, (PIO_RESOURCE_REQUIREMENTS_LIST)irp->IoStatus.Information);
        status = filter_call(f, d, irp, stack, API_EvtDeviceFilterAddResourceRequirements,
                             evt->EvtDeviceFilterAddResourceRequirements);
    }
    return fx_irp_end(irp, status);
}

/* --- interfaces --- */

static NTSTATUS offer_call(struct fx *f, struct fx_device *d, const struct fx_offer *o,
                           PIO_STACK_LOCATION stack)
{
    enum api api = API_EvtDeviceProcessQueryInterfaceRequest;
    LPGUID type = (LPGUID)stack->Parameters.QueryInterface.InterfaceType;
    NTSTATUS status;

    callback_begin(f->s, api, d->object.obj, type->Data1, 0, 0, 0);
    status = o->fn((WDFDEVICE)d->object.handle, type, stack->Parameters.QueryInterface.Interface,
                   stack->Parameters.QueryInterface.InterfaceSpecificData);
    callback_end(f->s, api, d->object.obj, (uint32_t)status);
    fx_irql_restore(f->s, api, d->object.obj, PASSIVE_LEVEL, (const void *)o->fn);
    return status;
}

/* STATUS_NOT_SUPPORTED of the callback: the IRP goes on as if nobody had looked. */
static NTSTATUS offer_answer(struct fx *f, struct fx_device *d, const struct fx_offer *o,
                             PIO_STACK_LOCATION stack)
{
    PINTERFACE out = stack->Parameters.QueryInterface.Interface;
    NTSTATUS status = STATUS_SUCCESS;

    if (stack->Parameters.QueryInterface.Size < o->interface->Size)
        return STATUS_INVALID_BUFFER_SIZE;
    if (o->import) /* what the asker has filled in is for the callback */
        status = o->fn ? offer_call(f, d, o, stack) : STATUS_SUCCESS;
    else
        memcpy(out, o->interface, o->interface->Size);
    if (!o->import && o->fn)
        status = offer_call(f, d, o, stack);
    if (NT_SUCCESS(status) && out->InterfaceReference)
        out->InterfaceReference(out->Context);
    return status;
}

static NTSTATUS query_interface(struct fx *f, struct fx_device *d, PIRP irp,
                                PIO_STACK_LOCATION stack)
{
    const struct fx_offer *o = d->pnp->offers;
    NTSTATUS status;

    while (o && memcmp(&o->type, stack->Parameters.QueryInterface.InterfaceType, sizeof(GUID)))
        o = o->next;
    if (!o)
        return fx_pass_down(d, irp);
    status = offer_answer(f, d, o, stack);
    if (status == STATUS_NOT_SUPPORTED)
        return fx_pass_down(d, irp);
    if (!NT_SUCCESS(status))
        return fx_irp_end(irp, status);
    irp->IoStatus.Status = status;
    return fx_pass_down(d, irp);
}

void fx_offers_free(struct fx *f, struct fx_device *d)
{
    while (d->pnp->offers) {
        struct fx_offer *o = d->pnp->offers;

        d->pnp->offers = o->next;
        pool_free_internal(f->s, o->interface);
        io_host_free(f->s, o, sizeof(*o));
    }
}

/*
 * WdfDeviceAddQueryInterface: other drivers of the stack may ask for this interface.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INFO_LENGTH_MISMATCH, STATUS_INVALID_PARAMETER (an interface smaller than
 *          INTERFACE, or no type), STATUS_INSUFFICIENT_RESOURCES
 * Gap      SendQueryToParentStack is for bus drivers' children and has no effect
 * Says     CALL, RETURN
 * Source   wdfqueryinterface/nf-wdfqueryinterface-wdfdeviceaddqueryinterface
 */
NTSTATUS imp_WdfDeviceAddQueryInterface(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device,
                                        PWDF_QUERY_INTERFACE_CONFIG InterfaceConfig)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfDeviceAddQueryInterface, fx_handle_obj(f, Device), 0, 0, 0, 0);
    struct fx_device *d = fx_device_of(f, Device);
    PWDF_QUERY_INTERFACE_CONFIG g = InterfaceConfig;
    NTSTATUS status = STATUS_INVALID_PARAMETER;
    struct fx_offer *o;

    (void)DriverGlobals;
    if (d && fx_required(f, g) && g->Size != sizeof(*g)) {
        status = STATUS_INFO_LENGTH_MISMATCH;
    } else if (d && g && g->InterfaceType && g->Interface &&
               g->Interface->Size >= sizeof(INTERFACE)) {
        o = io_host_alloc(f->s, sizeof(*o));
        o->interface = pool_alloc_internal(f->s, g->Interface->Size);
        status = o->interface ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
        if (!o->interface) {
            io_host_free(f->s, o, sizeof(*o));
        } else {
            memcpy(o->interface, g->Interface, g->Interface->Size);
            o->type = *g->InterfaceType;
            o->import = g->ImportInterface;
            o->fn = g->EvtDeviceProcessQueryInterfaceRequest;
            o->next = d->pnp->offers;
            d->pnp->offers = o;
        }
    }
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/* --- special files: a device that carries one cannot be stopped --- */

static WDF_SPECIAL_FILE_TYPE special_of(DEVICE_USAGE_NOTIFICATION_TYPE type)
{
    switch (type) {
    case DeviceUsageTypePaging:
        return WdfSpecialFilePaging;
    case DeviceUsageTypeHibernation:
        return WdfSpecialFileHibernation;
    case DeviceUsageTypeDumpFile:
        return WdfSpecialFileDump;
    case DeviceUsageTypeBoot:
        return WdfSpecialFileBoot;
    default:
        return WdfSpecialFileUndefined;
    }
}

static NTSTATUS usage(struct fx *f, struct fx_device *d, PIRP irp, PIO_STACK_LOCATION stack)
{
    WDF_SPECIAL_FILE_TYPE type = special_of(stack->Parameters.UsageNotification.Type);
    BOOLEAN in = stack->Parameters.UsageNotification.InPath;
    PFN_WDF_DEVICE_USAGE_NOTIFICATION fn = d->pnp->evt.EvtDeviceUsageNotification;
    enum api api = API_EvtDeviceUsageNotification;

    d->pnp->special[type] += in ? 1 : -1;
    if (fn && type != WdfSpecialFileUndefined) {
        callback_begin(f->s, api, d->object.obj, (uint64_t)type, in, 0, 0);
        fn((WDFDEVICE)d->object.handle, type, in);
        callback_end(f->s, api, d->object.obj, 0);
        fx_irql_restore(f->s, api, d->object.obj, PASSIVE_LEVEL, (const void *)fn);
    }
    irp->IoStatus.Status = STATUS_SUCCESS;
    return fx_pass_down(d, irp);
}

static NTSTATUS relations(struct fx *f, struct fx_device *d, PIRP irp, PIO_STACK_LOCATION stack)
{
    DEVICE_RELATION_TYPE type = stack->Parameters.QueryDeviceRelations.Type;
    PFN_WDF_DEVICE_RELATIONS_QUERY fn = d->pnp->evt.EvtDeviceRelationsQuery;
    enum api api = API_EvtDeviceRelationsQuery;

    if (fn) {
        callback_begin(f->s, api, d->object.obj, (uint64_t)type, 0, 0, 0);
        fn((WDFDEVICE)d->object.handle, type);
        callback_end(f->s, api, d->object.obj, 0);
        fx_irql_restore(f->s, api, d->object.obj, PASSIVE_LEVEL, (const void *)fn);
    }
    return fx_pass_down(d, irp);
}

NTSTATUS fx_query_dispatch(struct fx *f, struct fx_device *d, PIRP irp, PIO_STACK_LOCATION stack)
{
    switch (stack->MinorFunction) {
    case IRP_MN_QUERY_CAPABILITIES:
        return query_capabilities(d, irp, stack);
    case IRP_MN_QUERY_PNP_DEVICE_STATE:
        return query_state(d, irp);
    case IRP_MN_FILTER_RESOURCE_REQUIREMENTS:
        return filter_requirements(f, d, irp, stack);
    case IRP_MN_QUERY_INTERFACE:
        return query_interface(f, d, irp, stack);
    case IRP_MN_DEVICE_USAGE_NOTIFICATION:
        return usage(f, d, irp, stack);
    case IRP_MN_QUERY_DEVICE_RELATIONS:
        return relations(f, d, irp, stack);
    default:
        return fx_pass_down(d, irp);
    }
}
