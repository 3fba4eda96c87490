/*
 * WMI providers and instances: objects below their device, kept as the framework keeps them. Nobody asks
 * them here: no program of the machine is a consumer, so their callbacks are never called and events go
 * nowhere.
 *
 * Source: wdfwmi/, wdf/supporting-wmi-in-framework-based-drivers, microsoft/Windows-Driver-Frameworks
 *         (fxwmiapi.cpp, fxwmiprovider.cpp, fxwmiinstance.cpp)
 */
#include <string.h>

#include "sim/wdf/device.h"

struct fx_provider {
    struct fx_object object;
    struct fx_device *device;
    ULONG flags, smallest; /* bytes of an instance's data at least */
};

struct fx_instance {
    struct fx_object object;
    struct fx_provider *provider;
    bool registered;
};

static const struct fx_class provider_class = { .type = FX_WMI_PROVIDER,
                                                .trace = OBJ_WDFOBJECT,
                                                .bytes = sizeof(struct fx_provider),
                                                .undeletable = true };
static const struct fx_class instance_class = { .type = FX_WMI_INSTANCE,
                                                .trace = OBJ_WDFOBJECT,
                                                .bytes = sizeof(struct fx_instance) };

static struct fx_provider *provider_of(struct fx *f, WDFWMIPROVIDER handle)
{
    return (struct fx_provider *)fx_object_of(f, handle, FX_WMI_PROVIDER);
}

static struct fx_instance *instance_of(struct fx *f, WDFWMIINSTANCE handle)
{
    return (struct fx_instance *)fx_object_of(f, handle, FX_WMI_INSTANCE);
}

/* In the framework's order. */
static NTSTATUS config_check(const WDF_WMI_PROVIDER_CONFIG *c)
{
    static const GUID none;

    if (c->Size != sizeof(*c))
        return STATUS_INFO_LENGTH_MISMATCH;
    if (c->Flags & ~(ULONG)WdfWmiProviderValidFlags ||
        (c->Flags & WdfWmiProviderTracing && c->Flags & ~(ULONG)WdfWmiProviderTracing) ||
        (c->EvtWmiProviderFunctionControl &&
         !(c->Flags & (WdfWmiProviderTracing | WdfWmiProviderExpensive))) ||
        !memcmp(&c->Guid, &none, sizeof(none)))
        return STATUS_INVALID_PARAMETER;
    return STATUS_SUCCESS;
}

static NTSTATUS provider_create(struct fx *f, WDFDEVICE device, const WDF_WMI_PROVIDER_CONFIG *c,
                                PWDF_OBJECT_ATTRIBUTES attributes, struct fx_provider **out)
{
    const struct fx_attributes_rules rules = { .parent_forbidden = true };
    struct fx_device *d = fx_device_of(f, device);
    struct fx_object *o = NULL;
    NTSTATUS status;

    *out = NULL;
    if (!d)
        return STATUS_INVALID_HANDLE;
    status = fx_attributes_check(f, attributes, &rules);
    if (NT_SUCCESS(status))
        status = config_check(c);
    if (NT_SUCCESS(status))
        status = fx_object_create(f, d->object.driver, &provider_class, &d->object, attributes, &o);
    if (!o)
        return status;
    *out = (struct fx_provider *)o;
    (*out)->device = d;
    (*out)->flags = c->Flags;
    (*out)->smallest = c->MinInstanceBufferSize;
    return status;
}

/*
 * WdfWmiProviderCreate: a provider of a GUID.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INFO_LENGTH_MISMATCH (Size), STATUS_INVALID_PARAMETER (flags, a
 *          callback that they do not go with, no GUID), STATUS_INSUFFICIENT_RESOURCES, those of the
 *          attributes
 * Gap      GUIDs of power settings that the framework itself provides are not refused
 * Says     CALL (flags), RETURN (status, object of the provider)
 * Source   wdfwmi/nf-wdfwmi-wdfwmiprovidercreate
 */
NTSTATUS imp_WdfWmiProviderCreate(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device,
                                  PWDF_WMI_PROVIDER_CONFIG WmiProviderConfig,
                                  PWDF_OBJECT_ATTRIBUTES ProviderAttributes,
                                  WDFWMIPROVIDER *WmiProvider)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfWmiProviderCreate, fx_handle_obj(f, Device),
                               WmiProviderConfig ? WmiProviderConfig->Flags : 0, 0, 0, 0);
    NTSTATUS status = STATUS_INVALID_PARAMETER;
    struct fx_provider *p = NULL;

    (void)DriverGlobals;
    if (fx_required(f, WmiProviderConfig) && fx_required(f, WmiProvider)) {
        status = provider_create(f, Device, WmiProviderConfig, ProviderAttributes, &p);
        *WmiProvider = p ? p->object.handle : NULL;
    }
    call_end(&c, (uint32_t)status, p ? p->object.obj : 0, 0, 0);
    return status;
}

/*
 * WdfWmiProviderGetDevice: the device of a provider.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  its handle
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfwmi/nf-wdfwmi-wdfwmiprovidergetdevice
 */
WDFDEVICE imp_WdfWmiProviderGetDevice(PWDF_DRIVER_GLOBALS DriverGlobals, WDFWMIPROVIDER WmiProvider)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfWmiProviderGetDevice, fx_handle_obj(f, WmiProvider), 0, 0, 0, 0);
    const struct fx_provider *p = provider_of(f, WmiProvider);

    (void)DriverGlobals;
    call_end(&c, p ? p->device->object.obj : 0, 0, 0, 0);
    return p ? p->device->object.handle : NULL;
}

/*
 * WdfWmiProviderIsEnabled: whether a consumer listens to events, or reads an expensive block.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  FALSE
 * Gap      there is no consumer
 * Says     CALL (which), RETURN
 * Source   wdfwmi/nf-wdfwmi-wdfwmiproviderisenabled
 */
BOOLEAN imp_WdfWmiProviderIsEnabled(PWDF_DRIVER_GLOBALS DriverGlobals, WDFWMIPROVIDER WmiProvider,
                                    WDF_WMI_PROVIDER_CONTROL ProviderControl)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfWmiProviderIsEnabled, fx_handle_obj(f, WmiProvider),
                               ProviderControl, 0, 0, 0);

    (void)DriverGlobals;
    (void)provider_of(f, WmiProvider);
    call_end(&c, FALSE, 0, 0, 0);
    return FALSE;
}

/*
 * WdfWmiProviderGetTracingHandle: the handle of a trace session.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  0: none has been started
 * Gap      there is no trace session
 * Says     CALL, RETURN
 * Source   wdfwmi/nf-wdfwmi-wdfwmiprovidergettracinghandle
 */
ULONGLONG imp_WdfWmiProviderGetTracingHandle(PWDF_DRIVER_GLOBALS DriverGlobals,
                                             WDFWMIPROVIDER WmiProvider)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfWmiProviderGetTracingHandle,
                               fx_handle_obj(f, WmiProvider), 0, 0, 0, 0);

    (void)DriverGlobals;
    (void)provider_of(f, WmiProvider);
    call_end(&c, 0, 0, 0, 0);
    return 0;
}

/* A context that is the data itself must be there, large enough, and the only way to change it. */
static NTSTATUS data_check(const struct fx_provider *p, const WDF_WMI_INSTANCE_CONFIG *c,
                           const WDF_OBJECT_ATTRIBUTES *a)
{
    if (p->flags & WdfWmiProviderEventOnly &&
        (c->UseContextForQuery || c->EvtWmiInstanceQueryInstance || c->EvtWmiInstanceSetInstance ||
         c->EvtWmiInstanceSetItem || c->EvtWmiInstanceExecuteMethod))
        return STATUS_INVALID_PARAMETER;
    if (!c->UseContextForQuery)
        return STATUS_SUCCESS;
    if (c->EvtWmiInstanceSetInstance || c->EvtWmiInstanceSetItem || !a || !a->ContextTypeInfo)
        return STATUS_INVALID_PARAMETER;
    return a->ContextTypeInfo->ContextSize + a->ContextSizeOverride < p->smallest
               ? STATUS_BUFFER_TOO_SMALL
               : STATUS_SUCCESS;
}

static NTSTATUS instance_add(struct fx_instance *i)
{
    if (i->provider->flags & WdfWmiProviderTracing || i->registered)
        return STATUS_INVALID_DEVICE_REQUEST;
    i->registered = true;
    return STATUS_SUCCESS;
}

static NTSTATUS instance_create(struct fx *f, struct fx_provider *p, PWDF_WMI_INSTANCE_CONFIG c,
                                PWDF_OBJECT_ATTRIBUTES attributes, struct fx_instance **out)
{
    const struct fx_attributes_rules rules = { .parent_forbidden = true };
    NTSTATUS status = fx_attributes_check(f, attributes, &rules);
    struct fx_object *o = NULL;

    *out = NULL;
    if (NT_SUCCESS(status))
        status = data_check(p, c, attributes);
    if (NT_SUCCESS(status) && c->Register && p->flags & WdfWmiProviderTracing)
        status = STATUS_INVALID_DEVICE_REQUEST;
    if (NT_SUCCESS(status))
        status = fx_object_create(f, p->object.driver, &instance_class, &p->object, attributes, &o);
    if (!o)
        return status;
    *out = (struct fx_instance *)o;
    (*out)->provider = p;
    (*out)->registered = c->Register;
    return status;
}

static NTSTATUS instance_config(struct fx *f, WDFDEVICE device, PWDF_WMI_INSTANCE_CONFIG c,
                                struct fx_provider **out)
{
    if (c->Size != sizeof(*c))
        return STATUS_INFO_LENGTH_MISMATCH;
    if (!c->Provider == !c->ProviderConfig)
        return STATUS_INVALID_PARAMETER;
    if (c->ProviderConfig)
        return provider_create(f, device, c->ProviderConfig, NULL, out);
    *out = provider_of(f, c->Provider);
    return *out ? STATUS_SUCCESS : STATUS_INVALID_HANDLE;
}

/*
 * WdfWmiInstanceCreate: an instance of a provider, which may be made with it.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INFO_LENGTH_MISMATCH (Size), STATUS_INVALID_PARAMETER (both or neither
 *          of provider and its configuration; callbacks that do not go with the provider or with a
 *          context as data), STATUS_BUFFER_TOO_SMALL (that context), STATUS_INVALID_DEVICE_REQUEST (to
 *          register with a tracing provider), STATUS_INSUFFICIENT_RESOURCES, those of the provider,
 *          those of the attributes
 * Gap      none known
 * Says     CALL (1: register), RETURN (status, object of the instance)
 * Source   wdfwmi/nf-wdfwmi-wdfwmiinstancecreate
 */
NTSTATUS imp_WdfWmiInstanceCreate(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device,
                                  PWDF_WMI_INSTANCE_CONFIG InstanceConfig,
                                  PWDF_OBJECT_ATTRIBUTES InstanceAttributes,
                                  WDFWMIINSTANCE *Instance)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfWmiInstanceCreate, fx_handle_obj(f, Device),
                               InstanceConfig ? InstanceConfig->Register : 0, 0, 0, 0);
    NTSTATUS status = STATUS_INVALID_PARAMETER;
    struct fx_provider *p = NULL;
    struct fx_instance *i = NULL;

    (void)DriverGlobals;
    if (fx_required(f, InstanceConfig)) {
        status = instance_config(f, Device, InstanceConfig, &p);
        if (NT_SUCCESS(status))
            status = instance_create(f, p, InstanceConfig, InstanceAttributes, &i);
        if (p && !i && InstanceConfig->ProviderConfig)
            fx_delete(&p->object);
        if (i && Instance)
            *Instance = i->object.handle;
    }
    call_end(&c, (uint32_t)status, i ? i->object.obj : 0, 0, 0);
    return status;
}

/*
 * WdfWmiInstanceRegister: offers an instance to consumers.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INVALID_DEVICE_REQUEST (it is registered; a tracing provider's)
 * Gap      there is no consumer
 * Says     CALL, RETURN
 * Source   wdfwmi/nf-wdfwmi-wdfwmiinstanceregister
 */
NTSTATUS imp_WdfWmiInstanceRegister(PWDF_DRIVER_GLOBALS DriverGlobals, WDFWMIINSTANCE WmiInstance)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfWmiInstanceRegister, fx_handle_obj(f, WmiInstance), 0, 0, 0, 0);
    struct fx_instance *i = instance_of(f, WmiInstance);
    NTSTATUS status = i ? instance_add(i) : STATUS_INVALID_HANDLE;

    (void)DriverGlobals;
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfWmiInstanceDeregister: offers it no more.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  nothing
 * Gap      there is no consumer
 * Says     CALL, RETURN (1: it was registered)
 * Source   wdfwmi/nf-wdfwmi-wdfwmiinstancederegister
 */
VOID imp_WdfWmiInstanceDeregister(PWDF_DRIVER_GLOBALS DriverGlobals, WDFWMIINSTANCE WmiInstance)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfWmiInstanceDeregister, fx_handle_obj(f, WmiInstance), 0, 0, 0, 0);
    struct fx_instance *i = instance_of(f, WmiInstance);
    bool was = i && i->registered;

    (void)DriverGlobals;
    if (i)
        i->registered = false;
    call_end(&c, was, 0, 0, 0);
}

/*
 * WdfWmiInstanceGetDevice: the device of an instance.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  its handle
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfwmi/nf-wdfwmi-wdfwmiinstancegetdevice
 */
WDFDEVICE imp_WdfWmiInstanceGetDevice(PWDF_DRIVER_GLOBALS DriverGlobals, WDFWMIINSTANCE WmiInstance)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfWmiInstanceGetDevice, fx_handle_obj(f, WmiInstance), 0, 0, 0, 0);
    const struct fx_instance *i = instance_of(f, WmiInstance);

    (void)DriverGlobals;
    call_end(&c, i ? i->provider->device->object.obj : 0, 0, 0, 0);
    return i ? i->provider->device->object.handle : NULL;
}

/*
 * WdfWmiInstanceGetProvider: the provider of an instance.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  its handle
 * Gap      none known
 * Says     CALL, RETURN
 * Source   wdfwmi/nf-wdfwmi-wdfwmiinstancegetprovider
 */
WDFWMIPROVIDER imp_WdfWmiInstanceGetProvider(PWDF_DRIVER_GLOBALS DriverGlobals,
                                             WDFWMIINSTANCE WmiInstance)
{
    struct fx *f = fx_now();
    struct call c =
        call_begin(f->s, API_WdfWmiInstanceGetProvider, fx_handle_obj(f, WmiInstance), 0, 0, 0, 0);
    const struct fx_instance *i = instance_of(f, WmiInstance);

    (void)DriverGlobals;
    call_end(&c, i ? i->provider->object.obj : 0, 0, 0, 0);
    return i ? i->provider->object.handle : NULL;
}

/*
 * WdfWmiInstanceFireEvent: tells consumers of an event. Its data are copied into a block of the pool,
 * which WMI frees.
 *
 * Irql     <= APC_LEVEL
 * Units    EventDataSize: bytes
 * Returns  STATUS_SUCCESS, STATUS_INSUFFICIENT_RESOURCES
 * Gap      there is no consumer
 * Says     CALL (bytes), the pool's, RETURN
 * Source   wdfwmi/nf-wdfwmi-wdfwmiinstancefireevent
 */
NTSTATUS imp_WdfWmiInstanceFireEvent(PWDF_DRIVER_GLOBALS DriverGlobals, WDFWMIINSTANCE WmiInstance,
                                     ULONG EventDataSize, PVOID EventData)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfWmiInstanceFireEvent, fx_handle_obj(f, WmiInstance),
                               EventDataSize, 0, 0, 0);
    ULONG bytes = (EventData ? EventDataSize : 0) + (ULONG)sizeof(GUID), tag;
    NTSTATUS status = STATUS_INVALID_HANDLE;
    char *event;

    if (instance_of(f, WmiInstance)) {
        tag = DriverGlobals->DriverTag;
        event = ExAllocatePool2(POOL_FLAG_NON_PAGED, bytes, tag);
        status = event ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
        if (event && EventData && EventDataSize) {
            door_range(EventData, EventDataSize, false, __builtin_return_address(0));
            memcpy(event + sizeof(GUID), EventData, EventDataSize);
        }
        if (event)
            ExFreePoolWithTag(event, tag);
    }
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * WdfDeviceAssignMofResourceName: where the driver's WMI classes are described.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  STATUS_SUCCESS, STATUS_INVALID_PARAMETER (the name's lengths), STATUS_INVALID_DEVICE_REQUEST
 *          (it has one), STATUS_INSUFFICIENT_RESOURCES
 * Gap      nobody reads it
 * Says     CALL (bytes), the pool's, RETURN
 * Source   wdfdevice/nf-wdfdevice-wdfdeviceassignmofresourcename
 */
NTSTATUS imp_WdfDeviceAssignMofResourceName(PWDF_DRIVER_GLOBALS DriverGlobals, WDFDEVICE Device,
                                            PCUNICODE_STRING MofResourceName)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfDeviceAssignMofResourceName, fx_handle_obj(f, Device),
                               MofResourceName ? MofResourceName->Length : 0, 0, 0, 0);
    struct fx_device *d = fx_device_of(f, Device);
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    (void)DriverGlobals;
    if (d && fx_required(f, MofResourceName)) {
        status = fx_unicode_check(MofResourceName);
        if (NT_SUCCESS(status) && d->mof_name)
            status = STATUS_INVALID_DEVICE_REQUEST;
        if (NT_SUCCESS(status))
            status = fx_string_create(f, d->object.driver, &d->object, NULL, MofResourceName,
                                      &d->mof_name);
    }
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}
