/*
 * WMI providers and instances. Sources: wdfwmi/, fxwmiapi.cpp, fxwmiprovider.cpp, fxwmiinstance.cpp.
 */
#include "tests/unit/wdf_fixture.h"

#include "sim/core/fault.h"
#include "sim/wdf/device.h"

typedef struct {
    ULONG Value;
} BLOCK;
WDF_DECLARE_CONTEXT_TYPE(BLOCK)

static const GUID guid = { 1, 2, 3, { 4, 5, 6, 7, 8, 9, 10, 11 } };

static NTSTATUS entry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    (void)driver, (void)path;
    return STATUS_SUCCESS;
}

static NTSTATUS on_control(WDFWMIPROVIDER p, WDF_WMI_PROVIDER_CONTROL control, BOOLEAN enable)
{
    (void)p, (void)control, (void)enable;
    return STATUS_SUCCESS;
}

static NTSTATUS on_set(WDFWMIINSTANCE i, ULONG bytes, PVOID data)
{
    (void)i, (void)bytes, (void)data;
    return STATUS_SUCCESS;
}

/* As much of a device as a provider hangs on. */
static struct fx_device *device(struct sim *s)
{
    static const struct fx_class class = { .type = FX_DEVICE,
                                           .trace = OBJ_WDFOBJECT,
                                           .bytes = sizeof(struct fx_device) };
    struct fx_object *o = NULL;

    assert_int_equal(fx_object_create(fx_of(s), fx_driver_of(WdfDriverGlobals), &class, NULL, NULL,
                                      &o),
                     STATUS_SUCCESS);
    return (struct fx_device *)o;
}

static void providers(struct sim *s)
{
    struct fx_device *d = device(s);
    WDFDEVICE h = d->object.handle;
    WDF_WMI_PROVIDER_CONFIG c;
    WDFWMIPROVIDER p = (WDFWMIPROVIDER)1;

    WDF_WMI_PROVIDER_CONFIG_INIT(&c, &guid);
    c.Size--;
    assert_int_equal(WdfWmiProviderCreate(h, &c, NULL, &p), STATUS_INFO_LENGTH_MISMATCH);
    assert_null(p);
    WDF_WMI_PROVIDER_CONFIG_INIT(&c, &guid);
    c.Flags = 8;
    assert_int_equal(WdfWmiProviderCreate(h, &c, NULL, &p), STATUS_INVALID_PARAMETER);
    c.Flags = WdfWmiProviderTracing | WdfWmiProviderExpensive;
    assert_int_equal(WdfWmiProviderCreate(h, &c, NULL, &p), STATUS_INVALID_PARAMETER);
    c.Flags = 0;
    c.EvtWmiProviderFunctionControl = on_control; /* tracing or expensive alone */
    assert_int_equal(WdfWmiProviderCreate(h, &c, NULL, &p), STATUS_INVALID_PARAMETER);
    c.Flags = WdfWmiProviderExpensive;
    assert_int_equal(WdfWmiProviderCreate(h, &c, NULL, &p), STATUS_SUCCESS);
    assert_ptr_equal(WdfWmiProviderGetDevice(p), h);
    assert_false(WdfWmiProviderIsEnabled(p, WdfWmiInstanceControl));
    assert_int_equal(WdfWmiProviderGetTracingHandle(p), 0);
    RtlZeroMemory(&c.Guid, sizeof(c.Guid));
    assert_int_equal(WdfWmiProviderCreate(h, &c, NULL, &p), STATUS_INVALID_PARAMETER);
    fx_delete(&d->object);
}

static void a_provider_is_checked_and_kept(void **state)
{
    (void)state;
    wdf_run(entry, providers, 0);
}

static void instances(struct sim *s)
{
    struct fx_device *d = device(s);
    WDFDEVICE h = d->object.handle;
    WDF_WMI_PROVIDER_CONFIG pc;
    WDF_WMI_INSTANCE_CONFIG c;
    WDF_OBJECT_ATTRIBUTES a;
    WDFWMIINSTANCE i = NULL, second = NULL;
    char event[8] = "event";

    WDF_WMI_PROVIDER_CONFIG_INIT(&pc, &guid);
    pc.MinInstanceBufferSize = sizeof(BLOCK);
    WDF_WMI_INSTANCE_CONFIG_INIT_PROVIDER_CONFIG(&c, &pc);
    c.UseContextForQuery = TRUE;
    c.Register = TRUE;
    assert_int_equal(WdfWmiInstanceCreate(h, &c, NULL, &i), STATUS_INVALID_PARAMETER);
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&a, BLOCK);
    pc.MinInstanceBufferSize = sizeof(BLOCK) + 1;
    assert_int_equal(WdfWmiInstanceCreate(h, &c, &a, &i), STATUS_BUFFER_TOO_SMALL);
    pc.MinInstanceBufferSize = sizeof(BLOCK);
    c.EvtWmiInstanceSetInstance = on_set;
    assert_int_equal(WdfWmiInstanceCreate(h, &c, &a, &i), STATUS_INVALID_PARAMETER);
    c.EvtWmiInstanceSetInstance = NULL;
    assert_int_equal(WdfWmiInstanceCreate(h, &c, &a, &i), STATUS_SUCCESS);
    assert_ptr_equal(WdfWmiInstanceGetDevice(i), h);
    assert_int_equal(WdfWmiInstanceRegister(i), STATUS_INVALID_DEVICE_REQUEST); /* it is */
    WdfWmiInstanceDeregister(i);
    assert_int_equal(WdfWmiInstanceRegister(i), STATUS_SUCCESS);
    assert_int_equal(WdfWmiInstanceFireEvent(i, sizeof(event), event), STATUS_SUCCESS);
    fault_plan_nth(s, FAULT_POOL, s->fault.chances[FAULT_POOL] + 1);
    assert_int_equal(WdfWmiInstanceFireEvent(i, sizeof(event), event),
                     STATUS_INSUFFICIENT_RESOURCES);

    WDF_WMI_INSTANCE_CONFIG_INIT_PROVIDER(&c, WdfWmiInstanceGetProvider(i));
    assert_int_equal(WdfWmiInstanceCreate(h, &c, NULL, &second), STATUS_SUCCESS);
    assert_ptr_equal(WdfWmiInstanceGetProvider(second), c.Provider);
    c.ProviderConfig = &pc; /* both */
    assert_int_equal(WdfWmiInstanceCreate(h, &c, NULL, &i), STATUS_INVALID_PARAMETER);
    c.Size = 1;
    assert_int_equal(WdfWmiInstanceCreate(h, &c, NULL, &i), STATUS_INFO_LENGTH_MISMATCH);
    fx_delete(&d->object);
    assert_int_equal(pool_live(s, NULL, NULL), 0);
}

static void an_instance_is_checked_and_registered_once(void **state)
{
    (void)state;
    wdf_run(entry, instances, 0);
}

static void named(struct sim *s)
{
    DECLARE_CONST_UNICODE_STRING(name, L"Mof");
    UNICODE_STRING odd = { 3, 4, (PWCH)L"ab" };
    struct fx_device *d = device(s);
    WDFDEVICE h = d->object.handle;

    assert_int_equal(WdfDeviceAssignMofResourceName(h, &odd), STATUS_INVALID_PARAMETER);
    assert_int_equal(WdfDeviceAssignMofResourceName(h, &name), STATUS_SUCCESS);
    assert_int_equal(WdfDeviceAssignMofResourceName(h, &name), STATUS_INVALID_DEVICE_REQUEST);
    fx_delete(&d->object);
    assert_int_equal(pool_live(s, NULL, NULL), 0);
}

static void a_device_names_its_classes_once(void **state)
{
    (void)state;
    wdf_run(entry, named, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_provider_is_checked_and_kept),
        cmocka_unit_test(an_instance_is_checked_and_registered_once),
        cmocka_unit_test(a_device_names_its_classes_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
