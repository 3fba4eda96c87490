/*
 * Power, configuration space and identity: the device's state when IRPs have gone round, the three
 * ways into configuration space, properties, interfaces and the device's registry key.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "sim/nt/host.h"
#include "sim/nt/pnp.h"

struct extension {
    PDEVICE_OBJECT lower, pdo;
    bool owns_policy;
    NTSTATUS query;
    unsigned system_irps, device_irps, completions;
    DEVICE_POWER_STATE last;
};

static struct extension *x_of_last;
static bool owns_policy;

/* --- a driver that hands everything down, and may be its device's power policy owner --- */

static VOID power_complete(PDEVICE_OBJECT DeviceObject, UCHAR MinorFunction, POWER_STATE PowerState,
                           PVOID Context, PIO_STATUS_BLOCK IoStatus)
{
    struct extension *x = Context;

    (void)DeviceObject;
    assert_int_equal(MinorFunction, IRP_MN_SET_POWER);
    assert_int_equal(IoStatus->Status, STATUS_SUCCESS);
    x->completions++;
    x->last = PowerState.DeviceState;
}

static NTSTATUS dispatch_power(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    struct extension *x = DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    POWER_STATE wanted = { .DeviceState = PowerDeviceD0 };

    if (stack->MinorFunction == IRP_MN_QUERY_POWER && !NT_SUCCESS(x->query)) {
        Irp->IoStatus.Status = x->query;
        IoCompleteRequest(Irp, IO_NO_INCREMENT);
        return x->query;
    }
    if (stack->Parameters.Power.Type == DevicePowerState) {
        x->device_irps++;
    } else {
        x->system_irps++;
        if (stack->Parameters.Power.State.SystemState != PowerSystemWorking)
            wanted.DeviceState = PowerDeviceD3;
        if (x->owns_policy && stack->MinorFunction == IRP_MN_SET_POWER)
            assert_int_equal(PoRequestPowerIrp(x->pdo, IRP_MN_SET_POWER, wanted, power_complete, x,
                                               NULL),
                             STATUS_PENDING);
    }
    PoStartNextPowerIrp(Irp);
    IoSkipCurrentIrpStackLocation(Irp);
    return PoCallDriver(x->lower, Irp);
}

static NTSTATUS dispatch_down(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    struct extension *x = DeviceObject->DeviceExtension;

    IoSkipCurrentIrpStackLocation(Irp);
    return IoCallDriver(x->lower, Irp);
}

static NTSTATUS add_device(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo)
{
    PDEVICE_OBJECT fdo;

    assert_int_equal(IoCreateDevice(DriverObject, sizeof(struct extension), NULL,
                                    FILE_DEVICE_UNKNOWN, 0, FALSE, &fdo),
                     STATUS_SUCCESS);
    x_of_last = fdo->DeviceExtension;
    x_of_last->pdo = Pdo;
    x_of_last->owns_policy = owns_policy;
    x_of_last->lower = IoAttachDeviceToDeviceStack(fdo, Pdo);
    fdo->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    return STATUS_SUCCESS;
}

static NTSTATUS entry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    (void)RegistryPath;
    DriverObject->MajorFunction[IRP_MJ_PNP] = dispatch_down;
    DriverObject->MajorFunction[IRP_MJ_POWER] = dispatch_power;
    DriverObject->DriverExtension->AddDevice = add_device;
    return STATUS_SUCCESS;
}

static void model_reset(struct dm_device *d) { memset(dm_state(d), 0, 8); }

static uint64_t model_read(struct dm_device *d, unsigned bar, uint64_t offset, unsigned size_bytes)
{
    (void)d;
    return bar + offset + size_bytes;
}

static void model_write(struct dm_device *d, unsigned bar, uint64_t offset, uint64_t value,
                        unsigned size_bytes)
{
    (void)bar;
    (void)size_bytes;
    ((uint32_t *)dm_state(d))[offset / 4 % 2] = (uint32_t)value;
}

static const struct dm_device_model model = {
    .name = "test",
    .summary = "Test device",
    .vendor_id = 0x1234,
    .device_id = 0x5678,
    .class_code = 0x088000,
    .bars = { { .bytes = 4096 }, { .bytes = 64, .port = true } },
    .messages = 1,
    .address_bits = 64,
    .state_bytes = 8,
    .reset = model_reset,
    .read = model_read,
    .write = model_write,
};

/* --- the fixture --- */

static struct sim *s;
static struct dm_device *device;
static PDRIVER_OBJECT driver;

static void bring_up(bool policy)
{
    owns_policy = policy;
    host_registry_dword(s, 0, "Early", 77);
    assert_int_equal(host_driver_load(s, "test", entry, NULL, &driver), STATUS_SUCCESS);
    device = bus_plug(s, &model);
    assert_int_equal(host_device_add(s, driver, device), STATUS_SUCCESS);
    assert_int_equal(host_device_start(s, device), STATUS_SUCCESS);
}

static void on_machine(void (*fn)(void *), uint64_t seed)
{
    struct profile p;
    char message[200];
    struct agent *a;

    profile_default(&p);
    s = sim_create(&p, message, sizeof(message));
    assert_non_null(s);
    if (seed)
        choice_from_seed(s, seed);
    a = sched_thread(s, "test", fn, NULL, 0, 8);
    assert_int_equal(sched_run(s, a, true), SCHED_DONE);
    assert_int_equal(s->bugcheck_code, 0);
    sim_destroy(s);
}

#define TEST(name)                                                                                 \
    static void name##_body(void *ctx);                                                            \
    static void name(void **state)                                                                 \
    {                                                                                              \
        (void)state;                                                                               \
        on_machine(name##_body, 0);                                                                \
    }                                                                                              \
    static void name##_body(void *ctx)

/* --- power --- */

static void sleeps_and_wakes_body(void *ctx)
{
    (void)ctx;
    bring_up(true);
    assert_int_equal(host_device_power(s, device, 3), STATUS_SUCCESS);
    assert_int_equal(device->power, 3);
    assert_int_equal(x_of_last->last, PowerDeviceD3);
    assert_int_equal(x_of_last->system_irps, 2); /* query and set */
    assert_int_equal(x_of_last->device_irps, 1);
    assert_false(device->bus_master);
    assert_int_equal(host_device_power(s, device, 0), STATUS_SUCCESS);
    assert_int_equal(device->power, 0);
    assert_int_equal(x_of_last->completions, 2);
    assert_true(device->bus_master);
}

static void the_policy_owner_sleeps_and_wakes_on_every_schedule(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 20; seed++)
        on_machine(sleeps_and_wakes_body, seed);
}

TEST(a_device_that_nobody_manages_is_put_down_by_the_power_manager)
{
    (void)ctx;
    bring_up(false);
    assert_int_equal(host_device_power(s, device, 3), STATUS_SUCCESS);
    assert_int_equal(device->power, 3);
    assert_int_equal(host_device_power(s, device, 0), STATUS_SUCCESS);
    assert_int_equal(device->power, 0);
}

TEST(a_refused_query_leaves_the_device_working)
{
    (void)ctx;
    bring_up(true);
    x_of_last->query = STATUS_DEVICE_BUSY;
    assert_int_equal(host_device_power(s, device, 3), STATUS_DEVICE_BUSY);
    assert_int_equal(device->power, 0);
}

TEST(the_system_sleeps_as_a_whole_or_not_at_all)
{
    (void)ctx;
    bring_up(true);
    assert_int_equal(host_system_power(s, 4), STATUS_SUCCESS);
    assert_int_equal(device->power, 3); /* hibernation: D3, as sleep */
    assert_int_equal(x_of_last->last, PowerDeviceD3);
    assert_int_equal(host_system_power(s, 0), STATUS_SUCCESS);
    assert_int_equal(device->power, 0);
    x_of_last->query = STATUS_DEVICE_BUSY;
    assert_int_equal(host_system_power(s, 3), STATUS_DEVICE_BUSY);
    assert_int_equal(device->power, 0);
    assert_int_equal(host_system_power(s, 5), STATUS_INVALID_PARAMETER);
}

TEST(power_requests_are_checked)
{
    POWER_STATE d3 = { .DeviceState = PowerDeviceD3 };

    (void)ctx;
    bring_up(false);
    assert_int_equal(PoRequestPowerIrp(x_of_last->pdo, 0x77, d3, NULL, NULL, NULL),
                     STATUS_INVALID_PARAMETER_2);
    assert_int_equal(PoSetPowerState(x_of_last->pdo, DevicePowerState, d3).DeviceState,
                     PowerDeviceUnspecified);
    assert_int_equal(PoSetPowerState(x_of_last->pdo, DevicePowerState, d3).DeviceState,
                     PowerDeviceD3);
}

/* --- configuration space --- */

static const GUID bus_standard = {
    0x496b8280, 0x6f25, 0x11d0, { 0xbe, 0xaf, 0x08, 0x00, 0x2b, 0xe2, 0x09, 0x2f }
};

static NTSTATUS config_irp(UCHAR minor, ULONG space, ULONG offset, void *buffer, ULONG length,
                           ULONG_PTR *information)
{
    PDEVICE_OBJECT top = host_device_top(s, device);
    PIO_STACK_LOCATION stack;
    PIRP irp = pnp_irp(s, top, IRP_MJ_PNP, minor, &stack);
    NTSTATUS status;

    stack->Parameters.ReadWriteConfig.WhichSpace = space;
    stack->Parameters.ReadWriteConfig.Buffer = buffer;
    stack->Parameters.ReadWriteConfig.Offset = offset;
    stack->Parameters.ReadWriteConfig.Length = length;
    status = io_call_wait(s, top, irp);
    *information = irp->IoStatus.Information;
    io_irp_free(s, irp);
    return status;
}

static void get_interface(BUS_INTERFACE_STANDARD *b)
{
    PDEVICE_OBJECT top = host_device_top(s, device);
    PIO_STACK_LOCATION stack;
    PIRP irp = pnp_irp(s, top, IRP_MJ_PNP, IRP_MN_QUERY_INTERFACE, &stack);

    stack->Parameters.QueryInterface.InterfaceType = &bus_standard;
    stack->Parameters.QueryInterface.Size = sizeof(*b);
    stack->Parameters.QueryInterface.Version = 1;
    stack->Parameters.QueryInterface.Interface = (PINTERFACE)b;
    assert_int_equal(io_call_wait(s, top, irp), STATUS_SUCCESS);
    io_irp_free(s, irp);
}

TEST(configuration_space_is_the_same_by_irp_interface_and_hal)
{
    BUS_INTERFACE_STANDARD b;
    uint8_t a[64], c[64], h[64];
    ULONG_PTR n;

    (void)ctx;
    bring_up(false);
    assert_int_equal(config_irp(IRP_MN_READ_CONFIG, PCI_WHICHSPACE_CONFIG, 0, a, 64, &n),
                     STATUS_SUCCESS);
    assert_int_equal(n, 64);
    get_interface(&b);
    assert_int_equal(b.Size, sizeof(b));
    assert_int_equal(b.GetBusData(b.Context, PCI_WHICHSPACE_CONFIG, c, 0, 64), 64);
    assert_int_equal(HalGetBusData(PCIConfiguration, 0, device->slot, h, 64), 64);
    assert_memory_equal(a, c, 64);
    assert_memory_equal(a, h, 64);
    assert_int_equal(a[0] | a[1] << 8, 0x1234);
    assert_int_equal(a[2] | a[3] << 8, 0x5678);
    assert_int_equal(a[0x0b], 0x08); /* base class */
    assert_int_equal(a[4] & 7, 7);   /* I/O, memory, bus master */
    b.InterfaceDereference(b.Context);
}

TEST(the_command_register_rules_bus_mastering_and_ids_stay)
{
    BUS_INTERFACE_STANDARD b;
    uint16_t command = 0x0006, id = 0, read;
    uint16_t words[3] = { 0, 0, 0x0002 };
    ULONG_PTR n;

    (void)ctx;
    bring_up(false);
    get_interface(&b);
    command = 0x0002;
    assert_int_equal(b.SetBusData(b.Context, PCI_WHICHSPACE_CONFIG, &command, 4, 2), 2);
    assert_false(device->bus_master);
    command = 0x0006;
    assert_int_equal(config_irp(IRP_MN_WRITE_CONFIG, PCI_WHICHSPACE_CONFIG, 4, &command, 2, &n),
                     STATUS_SUCCESS);
    assert_true(device->bus_master);
    assert_int_equal(b.SetBusData(b.Context, PCI_WHICHSPACE_CONFIG, &id, 0, 2), 2);
    assert_int_equal(b.GetBusData(b.Context, PCI_WHICHSPACE_CONFIG, &read, 0, 2), 2);
    assert_int_equal(read, 0x1234);
    assert_int_equal(b.GetBusData(b.Context, 17, &read, 0, 2), 0);         /* no such space */
    assert_int_equal(HalGetBusData(PCIConfiguration, 0, 31, &read, 2), 2); /* an empty slot */
    assert_int_equal(read, 0xffff);
    assert_int_equal(HalGetBusData(PCIConfiguration, 3, 0, &read, 2), 0); /* no such bus */
    assert_int_equal(HalSetBusData(PCIConfiguration, 0, device->slot, words, 6), 6);
    assert_false(device->bus_master); /* ids stayed, the command register was written */
    assert_int_equal(HalSetBusData(PCIConfiguration, 0, 31, words, 6), 0);
}

TEST(bus_addresses_are_the_processors_own)
{
    PHYSICAL_ADDRESS from = { .QuadPart = 0x12345000 }, to = { 0 };
    BUS_INTERFACE_STANDARD b;
    uint32_t references;
    ULONG space = 7;

    (void)ctx;
    bring_up(false);
    assert_null(HalGetAdapter(NULL, &space)); /* obsolete: nobody gets one */
    assert_int_equal(space, 0);
    assert_true(HalTranslateBusAddress(PCIBus, 0, from, &space, &to));
    assert_int_equal(to.QuadPart, from.QuadPart);
    to.QuadPart = 1;
    assert_false(HalTranslateBusAddress(PCIBus, 3, from, &space, &to));
    assert_int_equal(to.QuadPart, 1);
    get_interface(&b);
    references = pnp_node_of(s, device)->interface_references;
    assert_true(b.TranslateBusAddress(b.Context, from, 16, &space, &to));
    assert_int_equal(to.QuadPart, from.QuadPart);
    b.InterfaceReference(b.Context);
    assert_int_equal(pnp_node_of(s, device)->interface_references, references + 1);
    b.InterfaceDereference(b.Context);
    b.InterfaceDereference(b.Context);
    assert_int_equal(pnp_node_of(s, device)->interface_references, references - 1);
}

TEST(a_device_that_is_gone_reads_all_ones)
{
    BUS_INTERFACE_STANDARD b;
    uint32_t v = 0;

    (void)ctx;
    bring_up(false);
    get_interface(&b);
    device->present = false;
    assert_int_equal(b.GetBusData(b.Context, PCI_WHICHSPACE_CONFIG, &v, 0, 4), 4);
    assert_int_equal(v, 0xffffffff);
    device->present = true;
}

/* --- registers and ports --- */

TEST(registers_reach_the_device_and_memory_is_memory)
{
    volatile ULONG *r;
    ULONG word = 0, many[2] = { 5, 6 };
    PHYSICAL_ADDRESS at;

    (void)ctx;
    bring_up(false);
    at.QuadPart = (LONGLONG)device->bars[0].start;
    r = MmMapIoSpace(at, 4096, MmNonCached);
    assert_non_null((void *)r);
    assert_int_equal(READ_REGISTER_ULONG(r + 4), 0 + 16 + 4);
    WRITE_REGISTER_ULONG(r + 1, 0xabcd);
    assert_int_equal(((uint32_t *)dm_state(device))[1], 0xabcd);
    WRITE_REGISTER_BUFFER_ULONG(r, many, 2);
    assert_int_equal(((uint32_t *)dm_state(device))[0], 5);
    assert_int_equal(((uint32_t *)dm_state(device))[1], 6);
    WRITE_REGISTER_ULONG(&word, 7);
    assert_int_equal(word, 7);
    assert_int_equal(READ_REGISTER_USHORT((volatile USHORT *)&word), 7);
    MmUnmapIoSpace((PVOID)r, 4096);
    assert_int_equal(READ_PORT_USHORT((PUSHORT)(uintptr_t)(device->bars[1].start + 8)), 1 + 8 + 2);
    WRITE_PORT_ULONG((PULONG)(uintptr_t)(device->bars[1].start + 4), 9);
    assert_int_equal(((uint32_t *)dm_state(device))[1], 9);
    assert_int_equal(READ_PORT_UCHAR((PUCHAR)(uintptr_t)0x60), 0xff); /* nobody there */
}

/* --- identity --- */

TEST(properties_tell_what_they_need)
{
    WCHAR text[128];
    ULONG number, needed;

    (void)ctx;
    bring_up(false);
    assert_int_equal(IoGetDeviceProperty(x_of_last->pdo, DevicePropertyBusNumber, 4, &number,
                                         &needed),
                     STATUS_SUCCESS);
    assert_int_equal(number, 0);
    assert_int_equal(IoGetDeviceProperty(x_of_last->pdo, DevicePropertyAddress, 4, &number,
                                         &needed),
                     STATUS_SUCCESS);
    assert_int_equal(number, device->slot << 16);
    assert_int_equal(IoGetDeviceProperty(x_of_last->pdo, DevicePropertyDeviceDescription, 2, text,
                                         &needed),
                     STATUS_BUFFER_TOO_SMALL);
    assert_int_equal(needed, sizeof(L"Test device"));
    assert_int_equal(IoGetDeviceProperty(x_of_last->pdo, DevicePropertyDeviceDescription,
                                         sizeof(text), text, &needed),
                     STATUS_SUCCESS);
    assert_memory_equal(text, L"Test device", sizeof(L"Test device"));
    assert_int_equal(IoGetDeviceProperty(x_of_last->pdo, DevicePropertyFriendlyName, sizeof(text),
                                         text, &needed),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(IoGetDeviceProperty(host_device_top(s, device), DevicePropertyBusNumber, 4,
                                         &number, &needed),
                     STATUS_INVALID_DEVICE_REQUEST);
}

static NTSTATUS read_dword(HANDLE key, PCWSTR name, ULONG *value)
{
    struct {
        KEY_VALUE_PARTIAL_INFORMATION info;
        ULONG room;
    } v;
    UNICODE_STRING n;
    ULONG needed;
    NTSTATUS status;

    RtlInitUnicodeString(&n, name);
    status = ZwQueryValueKey(key, &n, KeyValuePartialInformation, &v, sizeof(v), &needed);
    if (!status)
        memcpy(value, v.info.Data, sizeof(*value));
    return status;
}

TEST(the_hardware_key_holds_what_the_scenario_set_before_and_after)
{
    HANDLE key;
    ULONG value = 0;

    (void)ctx;
    bring_up(false);
    host_registry_dword(s, 0, "Late", 78);
    assert_int_equal(IoOpenDeviceRegistryKey(x_of_last->pdo, PLUGPLAY_REGKEY_DEVICE, KEY_READ,
                                             &key),
                     STATUS_SUCCESS);
    assert_int_equal(read_dword(key, L"Early", &value), STATUS_SUCCESS);
    assert_int_equal(value, 77);
    assert_int_equal(read_dword(key, L"LATE", &value), STATUS_SUCCESS); /* case is no matter */
    assert_int_equal(value, 78);
    assert_int_equal(ZwClose(key), STATUS_SUCCESS);
    assert_int_equal(ZwClose(key), STATUS_INVALID_HANDLE);
    assert_int_equal(IoOpenDeviceRegistryKey(x_of_last->pdo, 0, KEY_READ, &key),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(IoOpenDeviceRegistryKey(x_of_last->pdo, PLUGPLAY_REGKEY_DRIVER, KEY_READ,
                                             &key),
                     STATUS_SUCCESS);
    assert_int_equal(read_dword(key, L"Early", &value), STATUS_OBJECT_NAME_NOT_FOUND);
    ZwClose(key);
}

TEST(an_interface_is_a_name_while_it_is_enabled)
{
    static const GUID class = { 0x11223344, 1, 2, { 3, 4, 5, 6, 7, 8, 9, 10 } };
    UNICODE_STRING name;
    UNICODE_STRING value_name = RTL_CONSTANT_STRING(L"Own");
    ULONG value = 21;
    HANDLE key;

    (void)ctx;
    bring_up(false);
    assert_int_equal(IoRegisterDeviceInterface(x_of_last->pdo, &class, NULL, &name),
                     STATUS_SUCCESS);
    assert_null(io_name_device(s, &name));
    assert_int_equal(IoSetDeviceInterfaceState(&name, TRUE), STATUS_SUCCESS);
    assert_int_equal(IoSetDeviceInterfaceState(&name, TRUE), STATUS_OBJECT_NAME_EXISTS);
    assert_ptr_equal(io_name_device(s, &name), x_of_last->pdo);
    assert_int_equal(IoOpenDeviceInterfaceRegistryKey(&name, KEY_ALL_ACCESS, &key), STATUS_SUCCESS);
    assert_int_equal(ZwSetValueKey(key, &value_name, 0, REG_DWORD, &value, sizeof(value)),
                     STATUS_SUCCESS);
    ZwClose(key);
    value = 0;
    assert_int_equal(IoOpenDeviceInterfaceRegistryKey(&name, KEY_READ, &key), STATUS_SUCCESS);
    assert_int_equal(read_dword(key, L"Own", &value), STATUS_SUCCESS);
    assert_int_equal(value, 21);
    ZwClose(key);
    assert_int_equal(IoOpenDeviceInterfaceRegistryKey(&value_name, KEY_READ, &key),
                     STATUS_OBJECT_NAME_NOT_FOUND);
    assert_int_equal(IoSetDeviceInterfaceState(&name, FALSE), STATUS_SUCCESS);
    assert_int_equal(IoSetDeviceInterfaceState(&name, FALSE), STATUS_OBJECT_NAME_NOT_FOUND);
    assert_null(io_name_device(s, &name));
    RtlFreeUnicodeString(&name);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_policy_owner_sleeps_and_wakes_on_every_schedule),
        cmocka_unit_test(a_device_that_nobody_manages_is_put_down_by_the_power_manager),
        cmocka_unit_test(a_refused_query_leaves_the_device_working),
        cmocka_unit_test(the_system_sleeps_as_a_whole_or_not_at_all),
        cmocka_unit_test(power_requests_are_checked),
        cmocka_unit_test(configuration_space_is_the_same_by_irp_interface_and_hal),
        cmocka_unit_test(the_command_register_rules_bus_mastering_and_ids_stay),
        cmocka_unit_test(bus_addresses_are_the_processors_own),
        cmocka_unit_test(a_device_that_is_gone_reads_all_ones),
        cmocka_unit_test(registers_reach_the_device_and_memory_is_memory),
        cmocka_unit_test(properties_tell_what_they_need),
        cmocka_unit_test(the_hardware_key_holds_what_the_scenario_set_before_and_after),
        cmocka_unit_test(an_interface_is_a_name_while_it_is_enabled),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
