/*
 * WDFDEVICE of a card: what its WDFDEVICE_INIT says shows on the DEVICE_OBJECT; names, properties,
 * capabilities, interfaces. Sources: wdfdevice/, wdffdo/, wdfqueryinterface/,
 * fxdevicekm.cpp, fxdeviceinitapi.cpp.
 */
#include "tests/unit/wdf_fixture.h"

#include "tests/unit/wdf_pnp.h"

static const GUID class_guid = { 0x11111111, 0x2222, 0x3333, { 1, 2, 3, 4, 5, 6, 7, 8 } };

static PDEVICE_OBJECT wdm(void) { return WdfDeviceWdmGetDeviceObject(fx_made); }

/* --- what is said before --- */

static void init_flags(PWDFDEVICE_INIT init)
{
    WDF_IO_TYPE_CONFIG io;

    WDF_IO_TYPE_CONFIG_INIT(&io);
    io.ReadWriteIoType = WdfDeviceIoNeither;
    WdfDeviceInitSetIoTypeEx(init, &io);
    WdfDeviceInitSetIoType(init, WdfDeviceIoDirect);
    WdfDeviceInitSetDeviceType(init, FILE_DEVICE_DISK);
    WdfDeviceInitSetCharacteristics(init, FILE_REMOVABLE_MEDIA, TRUE);
    WdfDeviceInitSetPowerPageable(init);
    WdfDeviceInitSetPowerInrush(init);
    WdfDeviceInitSetExclusive(init, TRUE);
}

static void flags(struct sim *s)
{
    more_init = init_flags;
    assert_int_equal(card_start(s), STATUS_SUCCESS);
    assert_true(wdm()->Flags & DO_DIRECT_IO);
    assert_false(wdm()->Flags & DO_BUFFERED_IO);
    assert_true(wdm()->Flags & DO_POWER_INRUSH);
    assert_false(wdm()->Flags & DO_POWER_PAGABLE);
    assert_true(wdm()->Flags & DO_EXCLUSIVE);
    assert_int_equal(wdm()->DeviceType, FILE_DEVICE_DISK);
    assert_int_equal(WdfDeviceGetCharacteristics(fx_made),
                     FILE_REMOVABLE_MEDIA | FILE_DEVICE_SECURE_OPEN);
    WdfDeviceSetCharacteristics(fx_made, FILE_READ_ONLY_DEVICE);
    assert_int_equal(wdm()->Characteristics, FILE_READ_ONLY_DEVICE);
    assert_int_equal(WdfDeviceGetDevicePowerState(fx_made), WdfDevStatePowerD0NP);
    WdfDeviceSetAlignmentRequirement(fx_made, FILE_64_BYTE_ALIGNMENT);
    assert_int_equal(wdm()->AlignmentRequirement, FILE_64_BYTE_ALIGNMENT);
    assert_int_equal(WdfDeviceGetAlignmentRequirement(fx_made), FILE_64_BYTE_ALIGNMENT);
    assert_ptr_equal(WdfWdmDeviceGetWdfDeviceHandle(wdm()), fx_made);
    assert_ptr_equal(WdfDeviceGetDriver(fx_made), WdfGetDriver());
    assert_ptr_equal(WdfDeviceWdmGetAttachedDevice(fx_made),
                     WdfDeviceWdmGetPhysicalDevice(fx_made));
}

static void what_init_says_shows(void **state)
{
    (void)state;
    card_run(flags);
}

static void init_plain(PWDFDEVICE_INIT init)
{
    WDF_PNPPOWER_EVENT_CALLBACKS p;

    WdfDeviceInitSetPowerNotPageable(init);
    WDF_PNPPOWER_EVENT_CALLBACKS_INIT(&p);
    p.Size = 3;
    WdfDeviceInitSetPnpPowerEventCallbacks(init, &p); /* refused: the earlier ones stay */
    wdf_assert_break(WDF_BREAK_SIZE);
}

static void plain(struct sim *s)
{
    more_init = init_plain;
    assert_int_equal(card_start(s), STATUS_SUCCESS);
    assert_true(wdm()->Flags & DO_BUFFERED_IO);
    assert_false(wdm()->Flags & (DO_POWER_PAGABLE | DO_POWER_INRUSH));
    ASSERT_TOLD("Prepare Entry:D3Final Enable EntryPost:D3Final Init");
}

static void a_structure_of_another_size_is_refused(void **state)
{
    (void)state;
    card_run(plain);
}

static VOID io_in_caller(WDFDEVICE d, WDFREQUEST r)
{
    tell("InCaller");
    if (!NT_SUCCESS(WdfDeviceEnqueueRequest(d, r)))
        WdfRequestComplete(r, STATUS_UNSUCCESSFUL);
}
static VOID on_file_close(WDFFILEOBJECT f)
{
    (void)f;
    tell("Close");
}
static VOID on_request_gone(WDFOBJECT r)
{
    (void)r;
    tell("RequestGone");
}

static void init_io(PWDFDEVICE_INIT init)
{
    WDF_POWER_POLICY_EVENT_CALLBACKS policy;
    WDF_REMOVE_LOCK_OPTIONS lock;
    WDF_FILEOBJECT_CONFIG files;
    WDF_OBJECT_ATTRIBUTES a;

    WDF_POWER_POLICY_EVENT_CALLBACKS_INIT(&policy);
    WdfDeviceInitSetPowerPolicyEventCallbacks(init, &policy);
    WDF_FILEOBJECT_CONFIG_INIT(&files, NULL, on_file_close, NULL);
    WdfDeviceInitSetFileObjectConfig(init, &files, NULL);
    WDF_OBJECT_ATTRIBUTES_INIT(&a);
    a.EvtDestroyCallback = on_request_gone;
    WdfDeviceInitSetRequestAttributes(init, &a);
    WdfDeviceInitSetIoInCallerContextCallback(init, io_in_caller);
    WDF_REMOVE_LOCK_OPTIONS_INIT(&lock, WDF_REMOVE_LOCK_OPTION_ACQUIRE_FOR_IO);
    WdfDeviceInitSetRemoveLockOptions(init, &lock);
    WdfDeviceInitSetReleaseHardwareOrderOnFailure(init, WdfReleaseHardwareOrderOnFailureEarly);
}

static void read_once(struct sim *s, struct host_file *file)
{
    struct host_io io = { .op = HOST_READ,
                          .buf = mem_user_alloc(s, wdf_process, 16, 16),
                          .bytes = 16 };
    struct host_request *q = host_io_start(s, file, &io);

    assert_non_null(q);
    assert_true(host_io_wait(s, q, UINT64_MAX));
    assert_int_equal(q->status, STATUS_SUCCESS);
    host_io_free(s, q);
}

static void io(struct sim *s)
{
    struct host_file *file;

    more_init = init_io;
    assert_int_equal(card_start(s), STATUS_SUCCESS);
    assert_int_equal(wdm()->StackSize, 3); /* the bus, ours, and one for the remove lock */
    assert_int_equal(host_open(s, card, wdf_process, FILE_READ_DATA, &file), STATUS_SUCCESS);
    told[0] = 0;
    read_once(s, file);
    ASSERT_TOLD("InCaller Read RequestGone");
    host_close(s, file);
    ASSERT_TOLD("Close");
}

static void what_init_says_of_io_holds(void **state)
{
    (void)state;
    card_run(io);
}

/* --- names --- */

static void init_name(PWDFDEVICE_INIT init)
{
    static const UNICODE_STRING name = RTL_CONSTANT_STRING(u"\\Device\\Card0");
    static const UNICODE_STRING sddl = RTL_CONSTANT_STRING(u"D:P(A;;GA;;;SY)(A;;GA;;;BA)");

    assert_int_equal(WdfDeviceInitAssignName(init, &name), STATUS_SUCCESS);
    assert_int_equal(WdfDeviceInitAssignSDDLString(init, &sddl), STATUS_SUCCESS);
    WdfDeviceInitSetDeviceClass(init, &class_guid);
}

static void names(struct sim *s)
{
    static const UNICODE_STRING link = RTL_CONSTANT_STRING(u"\\DosDevices\\Card");
    static const UNICODE_STRING reference = RTL_CONSTANT_STRING(u"one");
    struct host_file *file;
    UNICODE_STRING text;
    WDFSTRING string;

    more_init = init_name;
    assert_int_equal(card_start(s), STATUS_SUCCESS);
    assert_int_equal(WdfDeviceCreateSymbolicLink(fx_made, &link), STATUS_SUCCESS);
    assert_int_equal(host_open_name(s, "\\\\.\\Card", wdf_process, FILE_READ_DATA, &file),
                     STATUS_SUCCESS);
    host_close(s, file);
    assert_int_equal(WdfStringCreate(NULL, NULL, &string), STATUS_SUCCESS);
    assert_int_equal(WdfDeviceRetrieveDeviceName(fx_made, string), STATUS_SUCCESS);
    WdfStringGetUnicodeString(string, &text);
    assert_memory_equal(text.Buffer, u"\\Device\\Card0", text.Length);
    assert_int_equal(WdfDeviceRetrieveDeviceInterfaceString(fx_made, &class_guid, NULL, string),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(WdfDeviceCreateDeviceInterface(fx_made, &class_guid, &reference),
                     STATUS_SUCCESS);
    assert_int_equal(WdfDeviceRetrieveDeviceInterfaceString(fx_made, &class_guid, &reference,
                                                            string),
                     STATUS_SUCCESS);
    WdfStringGetUnicodeString(string, &text);
    assert_non_null(io_name_device(s, &text)); /* started: it is shown at once */
    WdfDeviceSetDeviceInterfaceState(fx_made, &class_guid, &reference, FALSE);
    assert_null(io_name_device(s, &text));
    WdfDeviceSetDeviceInterfaceStateEx(fx_made, &class_guid, &reference, TRUE);
    assert_non_null(io_name_device(s, &text));
    assert_int_equal(host_device_remove(s, card), STATUS_SUCCESS);
    assert_null(io_name_device(s, &text));
}

static void names_last_as_long_as_the_device(void **state)
{
    (void)state;
    card_run(names);
}

static void init_sddl_alone(PWDFDEVICE_INIT init)
{
    static const UNICODE_STRING sddl = RTL_CONSTANT_STRING(u"D:P(A;;GA;;;SY)");

    assert_int_equal(WdfDeviceInitAssignSDDLString(init, &sddl), STATUS_SUCCESS);
}

static void sddl_alone(struct sim *s)
{
    more_init = init_sddl_alone;
    assert_int_equal(card_start(s), STATUS_INVALID_SECURITY_DESCR);
}

static void security_needs_a_name(void **state)
{
    (void)state;
    card_run(sddl_alone);
}

/* --- properties and keys --- */

static void init_asks(PWDFDEVICE_INIT init)
{
    WDFMEMORY memory;
    ULONG bytes;
    WCHAR text[64];
    WDFKEY key;

    assert_non_null(WdfFdoInitWdmGetPhysicalDevice(init));
    assert_int_equal(WdfFdoInitQueryProperty(init, DevicePropertyEnumeratorName, sizeof(text), text,
                                             &bytes),
                     STATUS_SUCCESS);
    assert_memory_equal(text, u"PCI", 8);
    assert_int_equal(WdfFdoInitAllocAndQueryProperty(init, DevicePropertyEnumeratorName,
                                                     NonPagedPoolNx, NULL, &memory),
                     STATUS_SUCCESS);
    assert_memory_equal(WdfMemoryGetBuffer(memory, NULL), u"PCI", 8);
    assert_int_equal(WdfFdoInitOpenRegistryKey(init, PLUGPLAY_REGKEY_DEVICE, KEY_READ, NULL, &key),
                     STATUS_SUCCESS);
    WdfRegistryClose(key);
}

static void properties(struct sim *s)
{
    WDFMEMORY memory;
    ULONG bytes;
    WCHAR text[64];
    WDFKEY key;

    more_init = init_asks;
    assert_int_equal(card_start(s), STATUS_SUCCESS);
    assert_int_equal(WdfDeviceQueryProperty(fx_made, DevicePropertyEnumeratorName, 2, text, &bytes),
                     STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(bytes, 8);
    assert_int_equal(WdfDeviceAllocAndQueryProperty(fx_made, DevicePropertyEnumeratorName,
                                                    NonPagedPoolNx, NULL, &memory),
                     STATUS_SUCCESS);
    assert_memory_equal(WdfMemoryGetBuffer(memory, NULL), u"PCI", 8);
    assert_int_equal(WdfDeviceAllocAndQueryProperty(fx_made, DevicePropertyContainerID,
                                                    NonPagedPoolNx, NULL, &memory),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    assert_null(memory);
    assert_int_equal(WdfDeviceOpenRegistryKey(fx_made, PLUGPLAY_REGKEY_DRIVER, KEY_READ, NULL,
                                              &key),
                     STATUS_SUCCESS);
    WdfRegistryClose(key);
    assert_int_equal(WdfDeviceOpenRegistryKey(fx_made, 99, KEY_READ, NULL, &key),
                     STATUS_INVALID_PARAMETER);
}

static void properties_are_the_pdos(void **state)
{
    (void)state;
    card_run(properties);
}

/* --- what PnP is told --- */

static void init_filter(PWDFDEVICE_INIT init) { WdfFdoInitSetFilter(init); }

static void filter(struct sim *s)
{
    more_init = init_filter;
    assert_int_equal(card_start(s), STATUS_SUCCESS);
    assert_true(wdm()->Flags & DO_POWER_PAGABLE); /* as its neighbour below */
    assert_int_equal(WdfDeviceStopIdleNoTrack(fx_made, FALSE), STATUS_INVALID_DEVICE_REQUEST);
    wdf_assert_break(WDF_BREAK_NOT_POLICY_OWNER);
}

static void a_filter_is_like_what_it_stands_on(void **state)
{
    (void)state;
    card_run(filter);
}

static PIRP query(struct sim *s, UCHAR minor, PIO_STACK_LOCATION *stack)
{
    PIRP irp = pnp_irp(s, wdm(), IRP_MJ_PNP, minor, stack);

    assert_non_null(irp);
    return irp;
}

static void pnp_told(struct sim *s)
{
    WDF_DEVICE_PNP_CAPABILITIES caps;
    WDF_DEVICE_POWER_CAPABILITIES power;
    DEVICE_CAPABILITIES found = { .Size = sizeof(found), .Version = 1 };
    WDF_DEVICE_STATE device_state;
    PIO_STACK_LOCATION stack;
    PIRP irp;

    assert_int_equal(card_start(s), STATUS_SUCCESS);
    WDF_DEVICE_PNP_CAPABILITIES_INIT(&caps);
    caps.SurpriseRemovalOK = WdfTrue;
    caps.Removable = WdfFalse;
    caps.UINumber = 7;
    WdfDeviceSetPnpCapabilities(fx_made, &caps);
    WDF_DEVICE_POWER_CAPABILITIES_INIT(&power);
    power.DeviceD1 = WdfFalse;
    power.D3Latency = 55;
    power.DeviceState[PowerSystemSleeping1] = PowerDeviceD2;
    WdfDeviceSetPowerCapabilities(fx_made, &power);
    irp = query(s, IRP_MN_QUERY_CAPABILITIES, &stack);
    stack->Parameters.DeviceCapabilities.Capabilities = &found;
    assert_int_equal(io_call_wait(s, wdm(), irp), STATUS_SUCCESS);
    assert_true(found.SurpriseRemovalOK);
    assert_false(found.Removable);
    assert_false(found.DeviceD1);
    assert_true(found.DeviceD2); /* as the bus says */
    assert_int_equal(found.UINumber, 7);
    assert_int_equal(found.D3Latency, 55);
    assert_int_equal(found.DeviceState[PowerSystemSleeping1], PowerDeviceD2);
    io_irp_free(s, irp);
    WDF_DEVICE_STATE_INIT(&device_state);
    device_state.NotDisableable = WdfTrue;
    WdfDeviceSetDeviceState(fx_made, &device_state);
    WDF_DEVICE_STATE_INIT(&device_state);
    WdfDeviceGetDeviceState(fx_made, &device_state);
    assert_int_equal(device_state.NotDisableable, WdfTrue);
    assert_int_equal(device_state.Failed, WdfUseDefault);
    irp = query(s, IRP_MN_QUERY_PNP_DEVICE_STATE, &stack);
    assert_int_equal(io_call_wait(s, wdm(), irp), STATUS_SUCCESS);
    assert_int_equal(irp->IoStatus.Information, PNP_DEVICE_NOT_DISABLEABLE);
    io_irp_free(s, irp);
    WdfDeviceSetSpecialFileSupport(fx_made, WdfSpecialFilePaging, TRUE);
    told[0] = 0;
    irp = query(s, IRP_MN_DEVICE_USAGE_NOTIFICATION, &stack);
    stack->Parameters.UsageNotification.InPath = TRUE;
    stack->Parameters.UsageNotification.Type = DeviceUsageTypePaging;
    assert_int_equal(io_call_wait(s, wdm(), irp), STATUS_SUCCESS);
    io_irp_free(s, irp);
    assert_int_equal(host_device_remove(s, card), STATUS_DEVICE_NOT_READY);
    ASSERT_TOLD("Usage+"); /* the driver is not asked */
    irp = query(s, IRP_MN_DEVICE_USAGE_NOTIFICATION, &stack);
    stack->Parameters.UsageNotification.Type = DeviceUsageTypePaging;
    assert_int_equal(io_call_wait(s, wdm(), irp), STATUS_SUCCESS);
    io_irp_free(s, irp);
    assert_int_equal(host_device_remove(s, card), STATUS_SUCCESS);
}

static void pnp_hears_what_the_driver_says(void **state)
{
    (void)state;
    card_run(pnp_told);
}

/* --- interfaces for other drivers --- */

static NTSTATUS on_query_interface(WDFDEVICE d, LPGUID type, PINTERFACE out, PVOID data)
{
    (void)d, (void)data;
    assert_memory_equal(type, &class_guid, sizeof(GUID));
    out->Context = (PVOID)0x77;
    return STATUS_SUCCESS;
}

static void interfaces(struct sim *s)
{
    INTERFACE offered = { .Size = sizeof(offered), .Version = 5 }, got = { 0 };
    WDF_QUERY_INTERFACE_CONFIG config;
    BUS_INTERFACE_STANDARD bus;
    static const GUID bus_guid = {
        0x496b8280, 0x6f25, 0x11d0, { 0xbe, 0xaf, 0x08, 0x00, 0x2b, 0xe2, 0x09, 0x2f }
    };
    PIO_STACK_LOCATION stack;
    PIRP irp;

    assert_int_equal(card_start(s), STATUS_SUCCESS);
    offered.InterfaceReference = WdfDeviceInterfaceReferenceNoOp;
    offered.InterfaceDereference = WdfDeviceInterfaceDereferenceNoOp;
    WDF_QUERY_INTERFACE_CONFIG_INIT(&config, &offered, &class_guid, on_query_interface);
    assert_int_equal(WdfDeviceAddQueryInterface(fx_made, &config), STATUS_SUCCESS);
    config.Size = 0;
    assert_int_equal(WdfDeviceAddQueryInterface(fx_made, &config), STATUS_INFO_LENGTH_MISMATCH);
    irp = query(s, IRP_MN_QUERY_INTERFACE, &stack);
    stack->Parameters.QueryInterface.InterfaceType = &class_guid;
    stack->Parameters.QueryInterface.Interface = &got;
    stack->Parameters.QueryInterface.Size = sizeof(got);
    stack->Parameters.QueryInterface.Version = 5;
    assert_int_equal(io_call_wait(s, wdm(), irp), STATUS_SUCCESS);
    io_irp_free(s, irp);
    assert_int_equal(got.Version, 5);
    assert_ptr_equal(got.Context, (PVOID)0x77);
    assert_int_equal(WdfFdoQueryForInterface(fx_made, &bus_guid, (PINTERFACE)&bus, sizeof(bus), 1,
                                             NULL),
                     STATUS_SUCCESS);
    assert_non_null(bus.GetBusData);
    assert_int_equal(WdfFdoQueryForInterface(fx_made, &class_guid, &got, sizeof(got), 1, NULL),
                     STATUS_NOT_SUPPORTED); /* below us nobody has it */
}

static void interfaces_are_offered_and_found(void **state)
{
    (void)state;
    card_run(interfaces);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_init_says_shows),
        cmocka_unit_test(a_structure_of_another_size_is_refused),
        cmocka_unit_test(what_init_says_of_io_holds),
        cmocka_unit_test(names_last_as_long_as_the_device),
        cmocka_unit_test(security_needs_a_name),
        cmocka_unit_test(properties_are_the_pdos),
        cmocka_unit_test(a_filter_is_like_what_it_stands_on),
        cmocka_unit_test(pnp_hears_what_the_driver_says),
        cmocka_unit_test(interfaces_are_offered_and_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
