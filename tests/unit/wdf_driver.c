/*
 * WDFDRIVER: what WdfDriverCreate takes over and refuses, and what it answers. Sources: wdfdriver/,
 * fxdriverapi.cpp, fxdriver.cpp.
 */
#include "tests/unit/wdf_fixture.h"

static int unloads, adds;
static WDFDRIVER made;
static PDRIVER_OBJECT wdm;

static VOID on_unload(WDFDRIVER d)
{
    assert_ptr_equal(d, made);
    unloads++;
}

static NTSTATUS on_add(WDFDRIVER d, PWDFDEVICE_INIT init)
{
    (void)d, (void)init;
    adds++;
    return STATUS_SUCCESS; /* no device: nothing is done, and nothing is wrong */
}

static NTSTATUS create_entry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    WDF_OBJECT_ATTRIBUTES a;
    WDF_DRIVER_CONFIG c;

    wdm = driver;
    WDF_DRIVER_CONFIG_INIT(&c, on_add);
    assert_int_equal(c.Size, sizeof(c));
    c.Size--;
    assert_int_equal(WdfDriverCreate(driver, path, NULL, &c, &made), STATUS_INFO_LENGTH_MISMATCH);
    c.Size++;
    c.DriverInitFlags = 0x100;
    assert_int_equal(WdfDriverCreate(driver, path, NULL, &c, &made), STATUS_INVALID_PARAMETER);
    c.DriverInitFlags = WdfDriverInitNonPnpDriver; /* but it has EvtDriverDeviceAdd */
    assert_int_equal(WdfDriverCreate(driver, path, NULL, &c, &made), STATUS_INVALID_PARAMETER);
    c.DriverInitFlags = 0;
    WDF_OBJECT_ATTRIBUTES_INIT(&a);
    a.ParentObject = (WDFOBJECT)16;
    assert_int_equal(WdfDriverCreate(driver, path, &a, &c, &made),
                     STATUS_WDF_PARENT_ASSIGNMENT_NOT_ALLOWED);
    c.EvtDriverUnload = on_unload;
    c.DriverPoolTag = 0x78546167u;
    assert_int_equal(WdfDriverCreate(driver, path, NULL, &c, &made), STATUS_SUCCESS);
    assert_int_equal(WdfDriverGlobals->DriverTag, 0x78546167u);
    assert_ptr_equal(WdfGetDriver(), made);
    assert_non_null(driver->DriverExtension->AddDevice);
    assert_int_equal(WdfDriverCreate(driver, path, NULL, &c, NULL), STATUS_DRIVER_INTERNAL_ERROR);
    return STATUS_SUCCESS;
}

static void answers(struct sim *s)
{
    static const WCHAR end[] = u"Services\\wdftest";
    WDF_DRIVER_VERSION_AVAILABLE_PARAMS v;
    UNICODE_STRING text;
    WDFSTRING string;
    WDFKEY key;
    PWSTR path = WdfDriverGetRegistryPath(made);
    size_t n = 0;

    (void)s;
    while (path[n])
        n++;
    assert_memory_equal(path + n - (sizeof(end) / 2 - 1), end, sizeof(end));
    assert_ptr_equal(WdfDriverWdmGetDriverObject(made), wdm);
    assert_ptr_equal(WdfWdmDriverGetWdfDriverHandle(wdm), made);
    WDF_DRIVER_VERSION_AVAILABLE_PARAMS_INIT(&v, 1, 33);
    assert_true(WdfDriverIsVersionAvailable(made, &v));
    v.MinorVersion = 34;
    assert_false(WdfDriverIsVersionAvailable(made, &v));
    v.Size = 0;
    assert_false(WdfDriverIsVersionAvailable(made, &v));
    wdf_assert_break(WDF_BREAK_SIZE);
    assert_int_equal(WdfStringCreate(NULL, NULL, &string), STATUS_SUCCESS);
    assert_int_equal(WdfDriverRetrieveVersionString(made, string), STATUS_SUCCESS);
    WdfStringGetUnicodeString(string, &text);
    assert_memory_equal(text.Buffer, u"1.33.", 10);
    assert_int_equal(WdfDriverOpenParametersRegistryKey(made, KEY_READ, NULL, &key),
                     STATUS_SUCCESS);
    WdfRegistryClose(key);
    assert_int_equal(WdfDriverOpenPersistentStateRegistryKey(made, KEY_READ, NULL, &key),
                     STATUS_SUCCESS);
    WdfRegistryClose(key);
    assert_int_equal(WdfDriverRegisterTraceInfo(wdm, (PFN_WDF_TRACE_CALLBACK)(void *)on_add, wdm),
                     STATUS_SUCCESS);
    WdfObjectDelete(made); /* not the driver's to delete */
    wdf_assert_break(WDF_BREAK_UNDELETABLE);
}

static void a_driver_is_made_once(void **state)
{
    (void)state;
    unloads = 0;
    wdf_run(create_entry, answers, 0);
    assert_int_equal(unloads, 1);
}

/* --- without PnP --- */

static WDFDEVICE control;
static VOID on_shutdown(WDFDEVICE d) { (void)d; }

static NTSTATUS control_entry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    static const UNICODE_STRING sddl = RTL_CONSTANT_STRING(u"D:P(A;;GA;;;SY)(A;;GA;;;BA)");
    static const UNICODE_STRING name = RTL_CONSTANT_STRING(u"\\Device\\Control");
    static const UNICODE_STRING link = RTL_CONSTANT_STRING(u"\\DosDevices\\Control");
    WDF_IO_QUEUE_CONFIG q;
    WDF_DRIVER_CONFIG c;
    PWDFDEVICE_INIT init, other;

    WDF_DRIVER_CONFIG_INIT(&c, NULL);
    c.DriverInitFlags = WdfDriverInitNonPnpDriver;
    c.EvtDriverUnload = on_unload;
    assert_int_equal(WdfDriverCreate(driver, path, NULL, &c, &made), STATUS_SUCCESS);
    assert_null(driver->DriverExtension->AddDevice);
    other = WdfControlDeviceInitAllocate(made, &sddl);
    assert_non_null(other);
    WdfDeviceInitFree(other);
    init = WdfControlDeviceInitAllocate(made, &sddl);
    assert_non_null(init);
    WdfControlDeviceInitSetShutdownNotification(init, on_shutdown, WdfDeviceShutdown);
    assert_int_equal(WdfDeviceInitAssignName(init, &name), STATUS_SUCCESS);
    WdfDeviceInitSetExclusive(init, TRUE);
    assert_int_equal(WdfDeviceCreate(&init, NULL, &control), STATUS_SUCCESS);
    assert_null(init);
    assert_int_equal(WdfDeviceCreateSymbolicLink(control, &link), STATUS_SUCCESS);
    assert_int_equal(WdfDeviceCreateSymbolicLink(control, &link), STATUS_INVALID_DEVICE_REQUEST);
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&q, WdfIoQueueDispatchManual);
    assert_int_equal(WdfIoQueueCreate(control, &q, NULL, NULL), STATUS_SUCCESS);
    assert_true(WdfDeviceWdmGetDeviceObject(control)->Flags & DO_DEVICE_INITIALIZING);
    WdfControlFinishInitializing(control);
    assert_false(WdfDeviceWdmGetDeviceObject(control)->Flags & DO_DEVICE_INITIALIZING);
    return STATUS_SUCCESS;
}

static void control_use(struct sim *s)
{
    struct host_io io = { .op = HOST_READ,
                          .buf = mem_user_alloc(s, wdf_process, 16, 16),
                          .bytes = 16 };
    struct host_file *first, *second;
    struct host_request *q;
    WDFSTRING string;

    assert_int_equal(host_open_name(s, "\\\\.\\Control", wdf_process, FILE_READ_DATA, &first),
                     STATUS_SUCCESS);
    assert_int_not_equal(host_open_name(s, "\\\\.\\Control", wdf_process, FILE_READ_DATA, &second),
                         STATUS_SUCCESS); /* exclusive */
    host_close(s, first);
    assert_null(WdfDeviceWdmGetAttachedDevice(control));
    assert_null(WdfDeviceWdmGetPhysicalDevice(control));
    assert_int_equal(WdfStringCreate(NULL, NULL, &string), STATUS_SUCCESS);
    assert_int_equal(WdfDeviceRetrieveDeviceName(control, string), STATUS_SUCCESS);
    assert_int_equal(host_open_name(s, "\\\\.\\Control", wdf_process, FILE_READ_DATA, &first),
                     STATUS_SUCCESS);
    q = host_io_start(s, first, &io);
    assert_false(q->done);
    WdfObjectDelete(control);
    assert_true(host_io_wait(s, q, UINT64_MAX));
    assert_int_equal(q->status, STATUS_CANCELLED); /* what waited in its queue ends with it */
    host_io_free(s, q);
    host_close(s, first);
    assert_null(wdf_driver->DeviceObject);
    assert_int_equal(host_open_name(s, "\\\\.\\Control", wdf_process, FILE_READ_DATA, &first),
                     STATUS_OBJECT_NAME_NOT_FOUND);
}

static void a_control_device_needs_no_hardware(void **state)
{
    (void)state;
    unloads = 0;
    wdf_run(control_entry, control_use, 0);
    assert_int_equal(unloads, 1);
}

static void stale(struct sim *s)
{
    static const UNICODE_STRING sddl = RTL_CONSTANT_STRING(u"D:P(A;;GA;;;SY)");
    PWDFDEVICE_INIT init = WdfControlDeviceInitAllocate(made, &sddl);

    (void)s;
    WdfDeviceInitFree(init);
    WdfDeviceInitSetExclusive(init, TRUE);
}

static void a_stale_init_is_told(void **state)
{
    (void)state;
    wdf_run(create_entry, stale, WDF_VIOLATION);
    assert_int_equal(wdf_stop.a[1], WDF_INVALID_HANDLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_driver_is_made_once),
        cmocka_unit_test(a_control_device_needs_no_hardware),
        cmocka_unit_test(a_stale_init_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
