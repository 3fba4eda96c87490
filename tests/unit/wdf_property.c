/*
 * Properties and registry keys of a device. Sources: wdfdevice/nf-wdfdevice-..., fxdeviceapi.cpp,
 * fxdevicekm.cpp; what a property is: wdm/ne-wdm-device_registry_property.
 */
#include "tests/unit/wdf_fixture.h"

#include "include/ddk/devpropdef.h"
#include "include/dmacheck/device.h"
#include "sim/core/bus.h"
#include "sim/wdf/device.h"

static PDEVICE_OBJECT pdo;

static NTSTATUS add(PDRIVER_OBJECT driver, PDEVICE_OBJECT physical)
{
    (void)driver;
    pdo = physical;
    return STATUS_SUCCESS;
}

static NTSTATUS entry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    (void)path;
    driver->DriverExtension->AddDevice = add;
    return STATUS_SUCCESS;
}

static const DEVPROPKEY own_key = { { 1, 2, 3, { 4, 5, 6, 7, 8, 9, 10, 11 } }, 2 };
/* DEVPKEY_Device_EnumeratorName */
static const DEVPROPKEY enumerator_key = {
    { 0xa45c254e, 0xdf1c, 0x4efd, { 0x80, 0x20, 0x67, 0xd1, 0x46, 0xa8, 0x50, 0xe0 } }, 24
};
static const struct dm_device_model model = {
    .name = "ears", .vendor_id = 0x1234, .device_id = 0x11, .class_code = 0xff0000
};

/* As much of a framework device as a property needs. */
static struct fx_device *device(struct sim *s, bool control)
{
    static const struct fx_class class = { .type = FX_DEVICE,
                                           .trace = OBJ_WDFOBJECT,
                                           .bytes = sizeof(struct fx_device) };
    struct fx_object *o = NULL;

    if (!control)
        assert_int_equal(host_device_add(s, wdf_driver, bus_plug(s, &model)), STATUS_SUCCESS);
    assert_int_equal(fx_object_create(fx_of(s), fx_driver_of(WdfDriverGlobals), &class, NULL, NULL,
                                      &o),
                     STATUS_SUCCESS);
    ((struct fx_device *)o)->control = control;
    ((struct fx_device *)o)->pdo = control ? NULL : pdo;
    return (struct fx_device *)o;
}

static void keyed(struct sim *s)
{
    struct fx_device *d = device(s, false);
    WDFDEVICE h = d->object.handle;
    WDF_DEVICE_PROPERTY_DATA which;
    ULONG value = 77, bytes = 9;
    WCHAR chars[8];
    DEVPROPTYPE type = 1;
    WDFMEMORY m = NULL;
    size_t size = 0;

    WDF_DEVICE_PROPERTY_DATA_INIT(&which, &own_key);
    assert_int_equal(WdfDeviceQueryPropertyEx(h, &which, 0, NULL, &bytes, &type),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(bytes, 0);
    assert_int_equal(WdfDeviceAssignProperty(h, &which, DEVPROP_TYPE_UINT32, 0, &value),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(WdfDeviceAssignProperty(h, &which, DEVPROP_TYPE_UINT32, 4, &value),
                     STATUS_SUCCESS);
    assert_int_equal(WdfDeviceQueryPropertyEx(h, &which, 0, NULL, &bytes, &type),
                     STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(bytes, 4);
    value = 0;
    assert_int_equal(WdfDeviceQueryPropertyEx(h, &which, 4, &value, &bytes, &type), STATUS_SUCCESS);
    assert_int_equal(value, 77);
    assert_int_equal(type, DEVPROP_TYPE_UINT32);
    assert_int_equal(WdfDeviceQueryPropertyEx(h, &which, 4, NULL, &bytes, &type),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(WdfDeviceAllocAndQueryPropertyEx(h, &which, PagedPool, NULL, &m, &type),
                     STATUS_SUCCESS);
    assert_int_equal(*(ULONG *)WdfMemoryGetBuffer(m, &size), 77);
    assert_int_equal(size, 4);
    which.Size--;
    assert_int_equal(WdfDeviceQueryPropertyEx(h, &which, 0, NULL, &bytes, &type),
                     STATUS_INFO_LENGTH_MISMATCH);
    assert_int_equal(WdfDeviceAllocAndQueryPropertyEx(h, &which, PagedPool, NULL, &m, &type),
                     STATUS_INFO_LENGTH_MISMATCH);
    assert_int_equal(WdfDeviceAssignProperty(h, &which, DEVPROP_TYPE_UINT32, 4, &value),
                     STATUS_INFO_LENGTH_MISMATCH);
    /* One of Windows' own, and one that is deleted. */
    WDF_DEVICE_PROPERTY_DATA_INIT(&which, &enumerator_key);
    assert_int_equal(WdfDeviceQueryPropertyEx(h, &which, sizeof(chars), chars, &bytes, &type),
                     STATUS_SUCCESS);
    assert_memory_equal(chars, L"PCI", 8);
    assert_int_equal(type, DEVPROP_TYPE_STRING);
    WDF_DEVICE_PROPERTY_DATA_INIT(&which, &own_key);
    assert_int_equal(IoSetDevicePropertyData(pdo, &own_key, 0, 0, DEVPROP_TYPE_EMPTY, 0, NULL),
                     STATUS_SUCCESS);
    assert_int_equal(IoGetDevicePropertyData(pdo, &own_key, 0, 0, 4, &value, &bytes, &type),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    WdfObjectDelete(m);
    fx_delete(&d->object);
}

static void a_property_is_set_and_asked_for_by_key(void **state)
{
    (void)state;
    wdf_run(entry, keyed, 0);
}

static void keys(struct sim *s)
{
    DECLARE_CONST_UNICODE_STRING(name, L"Value");
    DECLARE_CONST_UNICODE_STRING(map, L"Ports");
    struct fx_device *d = device(s, false);
    WDFDEVICE h = d->object.handle;
    WDFKEY k = NULL, again = NULL;
    ULONG value = 0;

    assert_int_equal(WdfDeviceOpenDevicemapKey(h, &map, KEY_ALL_ACCESS, NULL, &k), STATUS_SUCCESS);
    assert_int_equal(WdfRegistryAssignULong(k, &name, 6), STATUS_SUCCESS);
    assert_int_equal(WdfDeviceOpenDevicemapKey(h, &map, KEY_READ, NULL, &again), STATUS_SUCCESS);
    assert_int_equal(WdfRegistryQueryULong(again, &name, &value), STATUS_SUCCESS);
    assert_int_equal(value, 6);
    WdfRegistryClose(k);
    WdfRegistryClose(again);
    fx_delete(&d->object);
}

static void a_key_of_the_device_map_is_opened(void **state)
{
    (void)state;
    wdf_run(entry, keys, 0);
}

static void none(struct sim *s)
{
    struct fx_device *d = device(s, true);
    WDFDEVICE h = d->object.handle;
    WDF_DEVICE_PROPERTY_DATA which;
    DEVPROPTYPE type = 0;
    ULONG bytes = 0;

    WDF_DEVICE_PROPERTY_DATA_INIT(&which, &own_key);
    assert_int_equal(WdfDeviceQueryPropertyEx(h, &which, 0, NULL, &bytes, &type),
                     STATUS_INVALID_DEVICE_REQUEST);
    d->control = false; /* as one whose PDO is not there yet */
    assert_int_equal(WdfDeviceQueryPropertyEx(h, &which, 0, NULL, &bytes, &type),
                     STATUS_INVALID_DEVICE_STATE);
    fx_delete(&d->object);
}

static void a_device_without_a_bus_has_none(void **state)
{
    (void)state;
    wdf_run(entry, none, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_property_is_set_and_asked_for_by_key),
        cmocka_unit_test(a_key_of_the_device_map_is_opened),
        cmocka_unit_test(a_device_without_a_bus_has_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
