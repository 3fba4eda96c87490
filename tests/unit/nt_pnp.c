/*
 * Plug and play as its pages describe it: which IRPs come in which order, what a start hands out,
 * what handles hold back. The driver under test is in this file and keeps a log of what it is sent.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "sim/nt/host.h"
#include "sim/nt/pnp.h"

#define LOG_MAX 64
#define PNP(minor) (IRP_MJ_PNP << 8 | (minor))
#define MAJOR(major) ((major) << 8)

static unsigned log_at;
static uint16_t log_of[LOG_MAX];
static CM_PARTIAL_RESOURCE_DESCRIPTOR raw[PNP_DESCRIPTORS_MAX], translated[PNP_DESCRIPTORS_MAX];
static unsigned resource_count;
static NTSTATUS start_status, query_status;
static ULONG_PTR state_bits;
static PDEVICE_OBJECT fdo_of_last, pdo_of_last;

struct extension {
    PDEVICE_OBJECT lower, pdo;
};

/* --- the driver --- */

static NTSTATUS keep_event(PDEVICE_OBJECT DeviceObject, PIRP Irp, PVOID Context)
{
    (void)DeviceObject;
    (void)Irp;
    KeSetEvent(Context, IO_NO_INCREMENT, FALSE);
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static NTSTATUS forward_and_wait(struct extension *x, PIRP Irp)
{
    KEVENT done;

    KeInitializeEvent(&done, NotificationEvent, FALSE);
    IoCopyCurrentIrpStackLocationToNext(Irp);
    IoSetCompletionRoutine(Irp, keep_event, &done, TRUE, TRUE, TRUE);
    if (IoCallDriver(x->lower, Irp) == STATUS_PENDING)
        KeWaitForSingleObject(&done, Executive, KernelMode, FALSE, NULL);
    return Irp->IoStatus.Status;
}

static void keep_resources(PIO_STACK_LOCATION stack)
{
    PCM_RESOURCE_LIST r = stack->Parameters.StartDevice.AllocatedResources;
    PCM_RESOURCE_LIST t = stack->Parameters.StartDevice.AllocatedResourcesTranslated;

    assert_int_equal(r->Count, 1);
    assert_int_equal(r->List[0].InterfaceType, PCIBus);
    resource_count = r->List[0].PartialResourceList.Count;
    assert_int_equal(t->List[0].PartialResourceList.Count, resource_count);
    memcpy(raw, r->List[0].PartialResourceList.PartialDescriptors, resource_count * sizeof(raw[0]));
    memcpy(translated, t->List[0].PartialResourceList.PartialDescriptors,
           resource_count * sizeof(raw[0]));
}

static NTSTATUS complete(PIRP Irp, NTSTATUS status)
{
    Irp->IoStatus.Status = status;
    IoCompleteRequest(Irp, IO_NO_INCREMENT);
    return status;
}

static NTSTATUS pass_down(struct extension *x, PIRP Irp)
{
    IoSkipCurrentIrpStackLocation(Irp);
    return IoCallDriver(x->lower, Irp);
}

static KAFFINITY processors_wanted; /* of the second interrupt; 0: the driver does not care */

static void filter_requirements(PIO_RESOURCE_REQUIREMENTS_LIST list)
{
    PIO_RESOURCE_LIST l = list->List; /* through List[0] gcc takes Descriptors[1] at its word */
    unsigned interrupts = 0;

    for (ULONG i = 0; processors_wanted && i < l->Count; i++) {
        PIO_RESOURCE_DESCRIPTOR d = &l->Descriptors[i];

        if (d->Type != CmResourceTypeInterrupt || interrupts++ != 1)
            continue;
        d->Flags |= CM_RESOURCE_INTERRUPT_POLICY_INCLUDED;
        d->u.Interrupt.AffinityPolicy = IrqPolicySpecifiedProcessors;
        d->u.Interrupt.TargetedProcessors = processors_wanted;
    }
}

static NTSTATUS dispatch_pnp(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    struct extension *x = DeviceObject->DeviceExtension;
    PIO_STACK_LOCATION stack = IoGetCurrentIrpStackLocation(Irp);
    NTSTATUS status;

    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    if (stack->MinorFunction != IRP_MN_START_DEVICE)
        assert_true(Irp->IoStatus.Status == STATUS_NOT_SUPPORTED);
    log_of[log_at++] = PNP(stack->MinorFunction);
    switch (stack->MinorFunction) {
    case IRP_MN_FILTER_RESOURCE_REQUIREMENTS:
        filter_requirements(stack->Parameters.FilterResourceRequirements.IoResourceRequirementList);
        return pass_down(x, Irp);
    case IRP_MN_START_DEVICE:
        keep_resources(stack);
        status = forward_and_wait(x, Irp);
        return complete(Irp, NT_SUCCESS(status) ? start_status : status);
    case IRP_MN_QUERY_REMOVE_DEVICE:
    case IRP_MN_QUERY_STOP_DEVICE:
        if (!NT_SUCCESS(query_status))
            return complete(Irp, query_status);
        Irp->IoStatus.Status = STATUS_SUCCESS;
        return pass_down(x, Irp);
    case IRP_MN_QUERY_PNP_DEVICE_STATE:
        Irp->IoStatus.Information |= state_bits;
        Irp->IoStatus.Status = STATUS_SUCCESS;
        return pass_down(x, Irp);
    case IRP_MN_STOP_DEVICE:
    case IRP_MN_CANCEL_STOP_DEVICE:
    case IRP_MN_CANCEL_REMOVE_DEVICE:
    case IRP_MN_SURPRISE_REMOVAL:
        Irp->IoStatus.Status = STATUS_SUCCESS;
        return pass_down(x, Irp);
    case IRP_MN_REMOVE_DEVICE:
        Irp->IoStatus.Status = STATUS_SUCCESS;
        status = pass_down(x, Irp);
        IoDetachDevice(x->lower);
        IoDeleteDevice(DeviceObject);
        return status;
    default:
        return pass_down(x, Irp);
    }
}

static NTSTATUS dispatch_open(PDEVICE_OBJECT DeviceObject, PIRP Irp)
{
    (void)DeviceObject;
    log_of[log_at++] = MAJOR(IoGetCurrentIrpStackLocation(Irp)->MajorFunction);
    return complete(Irp, STATUS_SUCCESS);
}

static NTSTATUS add_device(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT Pdo)
{
    PDEVICE_OBJECT fdo;
    struct extension *x;
    NTSTATUS status =
        IoCreateDevice(DriverObject, sizeof(*x), NULL, FILE_DEVICE_UNKNOWN, 0, FALSE, &fdo);

    if (!NT_SUCCESS(status))
        return status;
    x = fdo->DeviceExtension;
    x->pdo = Pdo;
    x->lower = IoAttachDeviceToDeviceStack(fdo, Pdo);
    fdo->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    fdo_of_last = fdo;
    pdo_of_last = Pdo;
    return STATUS_SUCCESS;
}

static VOID unload(PDRIVER_OBJECT DriverObject) { assert_null(DriverObject->DeviceObject); }

static NTSTATUS entry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    assert_true(RegistryPath->Length > 0);
    DriverObject->MajorFunction[IRP_MJ_PNP] = dispatch_pnp;
    DriverObject->MajorFunction[IRP_MJ_CREATE] = dispatch_open;
    DriverObject->MajorFunction[IRP_MJ_CLEANUP] = dispatch_open;
    DriverObject->MajorFunction[IRP_MJ_CLOSE] = dispatch_open;
    DriverObject->DriverExtension->AddDevice = add_device;
    DriverObject->DriverUnload = unload;
    return STATUS_SUCCESS;
}

/* --- the device --- */

static void model_reset(struct dm_device *d) { *(uint32_t *)dm_state(d) = 0x600d; }

static uint64_t model_read(struct dm_device *d, unsigned bar, uint64_t offset, unsigned size_bytes)
{
    (void)bar;
    (void)offset;
    (void)size_bytes;
    return *(uint32_t *)dm_state(d);
}

static void model_write(struct dm_device *d, unsigned bar, uint64_t offset, uint64_t value,
                        unsigned size_bytes)
{
    (void)bar;
    (void)offset;
    (void)size_bytes;
    *(uint32_t *)dm_state(d) = (uint32_t)value;
}

static const struct dm_device_model messages_model = {
    .name = "messages",
    .vendor_id = 0x1234,
    .device_id = 0x5678,
    .class_code = 0x088000,
    .bars = { { .bytes = 4096 }, { 0 }, { .bytes = 32, .port = true } },
    .messages = 3,
    .address_bits = 64,
    .scatter_gather = true,
    .state_bytes = 8,
    .reset = model_reset,
    .read = model_read,
    .write = model_write,
};
static const struct dm_device_model line_model = {
    .name = "line",
    .vendor_id = 0x1234,
    .device_id = 0x9abc,
    .class_code = 0x088000,
    .bars = { { .bytes = 8192 } },
    .address_bits = 32,
    .state_bytes = 8,
    .reset = model_reset,
    .read = model_read,
    .write = model_write,
};

/* --- the fixture --- */

static struct sim *s;
static PDRIVER_OBJECT driver;
static struct dm_device *device;

static void bring_up(const struct dm_device_model *model)
{
    log_at = 0;
    start_status = query_status = STATUS_SUCCESS;
    state_bits = 0;
    assert_int_equal(host_driver_load(s, "test", entry, NULL, &driver), STATUS_SUCCESS);
    device = bus_plug(s, model);
    assert_non_null(device);
    assert_int_equal(host_device_add(s, driver, device), STATUS_SUCCESS);
}

static void assert_log(unsigned count, const uint16_t *expected)
{
    assert_int_equal(log_at, count);
    for (unsigned i = 0; i < count; i++)
        assert_int_equal(log_of[i], expected[i]);
    log_at = 0;
}
#define ASSERT_LOG(...)                                                                            \
    do {                                                                                           \
        const uint16_t expected_[] = { __VA_ARGS__ };                                              \
        assert_log(sizeof(expected_) / sizeof(expected_[0]), expected_);                           \
    } while (0)

static void on_machine(void (*fn)(void *))
{
    struct profile p;
    char message[200];
    struct agent *a;

    profile_default(&p);
    s = sim_create(&p, message, sizeof(message));
    assert_non_null(s);
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
        on_machine(name##_body);                                                                   \
    }                                                                                              \
    static void name##_body(void *ctx)

/* --- what holds --- */

TEST(starts_in_windows_order)
{
    (void)ctx;
    bring_up(&messages_model);
    assert_int_equal(log_at,
                     0); /* what the PDO was asked came before the driver's device was there */
    assert_ptr_equal(nt_pdo_device(s, fdo_of_last), device);
    assert_ptr_equal(nt_pdo_device(s, pdo_of_last), device);
    assert_ptr_equal(host_device_top(s, device), fdo_of_last);
    assert_false(device->bus_master);
    assert_int_equal(host_device_start(s, device), STATUS_SUCCESS);
    ASSERT_LOG(PNP(IRP_MN_FILTER_RESOURCE_REQUIREMENTS), PNP(IRP_MN_START_DEVICE),
               PNP(IRP_MN_QUERY_CAPABILITIES), PNP(IRP_MN_QUERY_PNP_DEVICE_STATE),
               PNP(IRP_MN_QUERY_DEVICE_RELATIONS));
    assert_true(device->bus_master);
    assert_int_equal(host_device_remove(s, device), STATUS_SUCCESS);
    ASSERT_LOG(PNP(IRP_MN_QUERY_REMOVE_DEVICE), PNP(IRP_MN_REMOVE_DEVICE));
    assert_false(device->bus_master);
    host_driver_unload(s, driver);
}

TEST(hands_out_bars_with_private_entries_and_a_descriptor_for_each_message)
{
    (void)ctx;
    bring_up(&messages_model);
    assert_int_equal(host_device_start(s, device), STATUS_SUCCESS);
    assert_int_equal(resource_count, 7);
    assert_int_equal(raw[0].Type, CmResourceTypeMemory);
    assert_int_equal(raw[0].u.Memory.Length, 4096);
    assert_int_equal(raw[0].u.Memory.Start.QuadPart, device->bars[0].start);
    assert_int_equal(raw[1].Type, CmResourceTypeDevicePrivate);
    assert_int_equal(raw[2].Type, CmResourceTypePort);
    assert_int_equal(raw[2].Flags & CM_RESOURCE_PORT_IO, CM_RESOURCE_PORT_IO);
    assert_int_equal(raw[2].u.Port.Start.QuadPart, device->bars[2].start);
    assert_int_equal(raw[3].Type, CmResourceTypeDevicePrivate);
    assert_int_equal(raw[3].u.DevicePrivate.Data[1], 2); /* the BAR's index */
    for (unsigned i = 4; i < 7; i++) {
        ULONG level = translated[i].u.MessageInterrupt.Translated.Level;

        assert_int_equal(raw[i].Type, CmResourceTypeInterrupt);
        assert_int_equal(raw[i].Flags,
                         CM_RESOURCE_INTERRUPT_LATCHED | CM_RESOURCE_INTERRUPT_MESSAGE);
        assert_int_equal(raw[i].u.MessageInterrupt.Raw.MessageCount, 1);
        assert_in_range(level, 3, 12);
        assert_int_equal(translated[i].u.MessageInterrupt.Translated.Vector >> 4, level);
        assert_int_equal(translated[i].Flags, raw[i].Flags);
        if (i > 4)
            assert_int_not_equal(translated[i].u.MessageInterrupt.Translated.Vector,
                                 translated[i - 1].u.MessageInterrupt.Translated.Vector);
    }
    assert_int_equal(device->messages, 3);
}

TEST(a_device_without_messages_gets_a_shared_level_sensitive_line)
{
    (void)ctx;
    bring_up(&line_model);
    assert_int_equal(host_device_start(s, device), STATUS_SUCCESS);
    assert_int_equal(resource_count, 3);
    assert_int_equal(raw[2].Type, CmResourceTypeInterrupt);
    assert_int_equal(raw[2].Flags, CM_RESOURCE_INTERRUPT_LEVEL_SENSITIVE);
    assert_int_equal(raw[2].ShareDisposition, CmResourceShareShared);
    assert_int_not_equal(raw[2].u.Interrupt.Vector, translated[2].u.Interrupt.Vector);
    assert_int_equal(device->messages, 0);
}

TEST(one_message_is_granted_where_more_fail)
{
    (void)ctx;
    fault_plan_nth(s, FAULT_MESSAGES, 1);
    bring_up(&messages_model);
    assert_int_equal(host_device_start(s, device), STATUS_SUCCESS);
    assert_int_equal(resource_count, 5);
    assert_int_equal(device->messages, 1);
}

TEST(a_failed_start_is_followed_by_remove)
{
    (void)ctx;
    bring_up(&messages_model);
    start_status = STATUS_INSUFFICIENT_RESOURCES;
    assert_int_equal(host_device_start(s, device), STATUS_INSUFFICIENT_RESOURCES);
    ASSERT_LOG(PNP(IRP_MN_FILTER_RESOURCE_REQUIREMENTS), PNP(IRP_MN_START_DEVICE),
               PNP(IRP_MN_REMOVE_DEVICE));
    host_driver_unload(s, driver);
}

TEST(a_restart_has_new_resources_and_asks_no_state)
{
    uint64_t start;
    ULONG vector;

    (void)ctx;
    bring_up(&messages_model);
    assert_int_equal(host_device_start(s, device), STATUS_SUCCESS);
    start = device->bars[0].start;
    vector = translated[4].u.MessageInterrupt.Translated.Vector;
    log_at = 0;
    assert_int_equal(host_device_stop(s, device), STATUS_SUCCESS);
    ASSERT_LOG(PNP(IRP_MN_QUERY_STOP_DEVICE), PNP(IRP_MN_STOP_DEVICE));
    assert_false(device->bus_master);
    assert_int_equal(host_device_start(s, device), STATUS_SUCCESS);
    ASSERT_LOG(PNP(IRP_MN_FILTER_RESOURCE_REQUIREMENTS), PNP(IRP_MN_START_DEVICE),
               PNP(IRP_MN_QUERY_CAPABILITIES), PNP(IRP_MN_QUERY_DEVICE_RELATIONS));
    assert_int_not_equal(device->bars[0].start, start);
    assert_int_equal(raw[0].u.Memory.Start.QuadPart, device->bars[0].start);
    assert_int_not_equal(translated[4].u.MessageInterrupt.Translated.Vector, vector);
}

TEST(a_refused_stop_is_cancelled)
{
    (void)ctx;
    bring_up(&messages_model);
    assert_int_equal(host_device_start(s, device), STATUS_SUCCESS);
    log_at = 0;
    query_status = STATUS_DEVICE_BUSY;
    assert_int_equal(host_device_stop(s, device), STATUS_DEVICE_BUSY);
    ASSERT_LOG(PNP(IRP_MN_QUERY_STOP_DEVICE), PNP(IRP_MN_CANCEL_STOP_DEVICE));
}

TEST(an_interrupt_goes_to_the_processors_it_was_asked_for)
{
    (void)ctx;
    bring_up(&messages_model);
    processors_wanted = 2 | 64; /* there is no seventh */
    assert_int_equal(host_device_start(s, device), STATUS_SUCCESS);
    processors_wanted = 0;
    assert_int_equal(translated[4].u.MessageInterrupt.Translated.Affinity, 3);
    assert_int_equal(translated[5].u.MessageInterrupt.Translated.Affinity, 2);
    assert_int_equal(raw[5].u.MessageInterrupt.Raw.Affinity, 2);
    assert_int_equal(translated[6].u.MessageInterrupt.Translated.Affinity, 3);
}

TEST(a_failed_restart_is_a_surprise_removal)
{
    (void)ctx;
    bring_up(&messages_model);
    assert_int_equal(host_device_start(s, device), STATUS_SUCCESS);
    assert_int_equal(host_device_stop(s, device), STATUS_SUCCESS);
    log_at = 0;
    start_status = STATUS_UNSUCCESSFUL;
    assert_int_equal(host_device_start(s, device), STATUS_UNSUCCESSFUL);
    ASSERT_LOG(PNP(IRP_MN_FILTER_RESOURCE_REQUIREMENTS), PNP(IRP_MN_START_DEVICE),
               PNP(IRP_MN_SURPRISE_REMOVAL), PNP(IRP_MN_REMOVE_DEVICE));
}

TEST(an_open_handle_vetoes_removal)
{
    struct host_file *f;

    (void)ctx;
    bring_up(&messages_model);
    assert_int_equal(host_device_start(s, device), STATUS_SUCCESS);
    assert_int_equal(host_open(s, device, 0, FILE_GENERIC_READ, &f), STATUS_SUCCESS);
    log_at = 0;
    assert_int_equal(host_device_remove(s, device), STATUS_PLUGPLAY_QUERY_VETOED);
    ASSERT_LOG(PNP(IRP_MN_QUERY_REMOVE_DEVICE), PNP(IRP_MN_CANCEL_REMOVE_DEVICE));
    host_close(s, f);
    log_at = 0;
    assert_int_equal(host_device_remove(s, device), STATUS_SUCCESS);
    ASSERT_LOG(PNP(IRP_MN_QUERY_REMOVE_DEVICE), PNP(IRP_MN_REMOVE_DEVICE));
}

TEST(surprise_removal_waits_for_the_last_handle)
{
    struct host_file *f;

    (void)ctx;
    bring_up(&messages_model);
    assert_int_equal(host_device_start(s, device), STATUS_SUCCESS);
    assert_int_equal(host_open(s, device, 0, FILE_GENERIC_READ, &f), STATUS_SUCCESS);
    log_at = 0;
    host_device_surprise(s, device);
    ASSERT_LOG(PNP(IRP_MN_SURPRISE_REMOVAL));
    assert_false(device->present);
    host_close(s, f);
    pnp_removals_continue(s);
    ASSERT_LOG(MAJOR(IRP_MJ_CLEANUP), MAJOR(IRP_MJ_CLOSE), PNP(IRP_MN_REMOVE_DEVICE));
    assert_null(host_device_top(s, device));
    host_driver_unload(s, driver);
}

TEST(two_instances_have_what_is_their_own)
{
    struct dm_device *first;
    PDEVICE_OBJECT fdo;

    (void)ctx;
    bring_up(&messages_model);
    first = device;
    fdo = fdo_of_last;
    assert_int_equal(host_device_start(s, first), STATUS_SUCCESS);
    device = bus_plug(s, &messages_model);
    assert_int_equal(host_device_add(s, driver, device), STATUS_SUCCESS);
    assert_int_equal(host_device_start(s, device), STATUS_SUCCESS);
    assert_ptr_equal(nt_pdo_device(s, fdo), first);
    assert_ptr_equal(nt_pdo_device(s, fdo_of_last), device);
    assert_int_not_equal(first->bars[0].start, device->bars[0].start);
    assert_int_equal(host_device_remove(s, first), STATUS_SUCCESS);
    assert_int_equal(host_device_remove(s, device), STATUS_SUCCESS);
    host_driver_unload(s, driver);
}

TEST(a_removed_device_can_be_added_again)
{
    (void)ctx;
    bring_up(&line_model);
    assert_int_equal(host_device_start(s, device), STATUS_SUCCESS);
    assert_int_equal(host_device_remove(s, device), STATUS_SUCCESS);
    assert_int_equal(host_device_add(s, driver, device), STATUS_SUCCESS);
    assert_int_equal(host_device_start(s, device), STATUS_SUCCESS);
    assert_int_equal(host_device_remove(s, device), STATUS_SUCCESS);
}

static void wait_a_while(void)
{
    LARGE_INTEGER ms = { .QuadPart = -10000 };

    KeDelayExecutionThread(KernelMode, FALSE, &ms);
}

TEST(a_device_that_says_it_has_failed_is_surprise_removed)
{
    (void)ctx;
    bring_up(&line_model);
    assert_int_equal(host_device_start(s, device), STATUS_SUCCESS);
    log_at = 0;
    IoInvalidateDeviceState(pdo_of_last);
    wait_a_while();
    ASSERT_LOG(PNP(IRP_MN_QUERY_PNP_DEVICE_STATE)); /* nothing to say, so nothing happens */
    IoInvalidateDeviceRelations(pdo_of_last, BusRelations);
    wait_a_while();
    assert_int_equal(log_at, 0);
    state_bits = PNP_DEVICE_FAILED;
    IoInvalidateDeviceState(pdo_of_last);
    assert_int_equal(log_at, 0); /* the question comes from another thread */
    wait_a_while();
    ASSERT_LOG(PNP(IRP_MN_QUERY_PNP_DEVICE_STATE), PNP(IRP_MN_SURPRISE_REMOVAL),
               PNP(IRP_MN_REMOVE_DEVICE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(starts_in_windows_order),
        cmocka_unit_test(hands_out_bars_with_private_entries_and_a_descriptor_for_each_message),
        cmocka_unit_test(a_device_without_messages_gets_a_shared_level_sensitive_line),
        cmocka_unit_test(one_message_is_granted_where_more_fail),
        cmocka_unit_test(a_failed_start_is_followed_by_remove),
        cmocka_unit_test(a_restart_has_new_resources_and_asks_no_state),
        cmocka_unit_test(a_refused_stop_is_cancelled),
        cmocka_unit_test(an_interrupt_goes_to_the_processors_it_was_asked_for),
        cmocka_unit_test(a_failed_restart_is_a_surprise_removal),
        cmocka_unit_test(an_open_handle_vetoes_removal),
        cmocka_unit_test(surprise_removal_waits_for_the_last_handle),
        cmocka_unit_test(two_instances_have_what_is_their_own),
        cmocka_unit_test(a_removed_device_can_be_added_again),
        cmocka_unit_test(a_device_that_says_it_has_failed_is_surprise_removed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
