/*
 * IRPs on their way: completion routines in order, who is asked when, pending, taking an IRP back,
 * double completion, cancelling, device stacks and names.
 */
#include "tests/unit/nt_io_fixture.h"

#define MANY 3

/* --- a stack of three device objects of one driver; only the lowest completes --- */
static PDRIVER_OBJECT stack_driver;
static PDEVICE_OBJECT stack[MANY]; /* 0 = lowest */
static char order[32];
static unsigned order_at;
static NTSTATUS lowest_status;
static bool lowest_pends;
static PIRP pended;

static void note(char c)
{
    assert_true(order_at < sizeof(order) - 1);
    order[order_at++] = c;
    order[order_at] = 0;
}

static NTSTATUS lowest(PDEVICE_OBJECT device, PIRP irp)
{
    (void)device;
    note('L');
    if (!lowest_pends)
        return fixture_complete(irp, lowest_status, 5);
    IoMarkIrpPending(irp);
    pended = irp;
    return STATUS_PENDING;
}

static NTSTATUS passed(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    note(*(char *)context);
    assert_ptr_equal(device, *(char *)context == '1' ? stack[1] : stack[2]);
    if (irp->PendingReturned)
        IoMarkIrpPending(irp);
    return STATUS_SUCCESS;
}

static NTSTATUS hand_down(PDEVICE_OBJECT device, PIRP irp)
{
    bool top = device == stack[2];

    if (device == stack[0])
        return lowest(device, irp);
    note(top ? 'b' : 'a');
    IoCopyCurrentIrpStackLocationToNext(irp);
    IoSetCompletionRoutine(irp, passed, top ? "2" : "1", TRUE, TRUE, TRUE);
    return IoCallDriver(top ? stack[1] : stack[0], irp);
}

static void stack_make(struct sim *s)
{
    order_at = 0;
    lowest_status = STATUS_SUCCESS;
    lowest_pends = false;
    stack_driver = io_driver_create(s, "stack");
    stack_driver->MajorFunction[IRP_MJ_READ] = hand_down;
    for (int i = 0; i < MANY; i++) {
        assert_int_equal(IoCreateDevice(stack_driver, 0, NULL, FILE_DEVICE_UNKNOWN, 0, FALSE,
                                        &stack[i]),
                         STATUS_SUCCESS);
        if (i)
            assert_ptr_equal(IoAttachDeviceToDeviceStack(stack[i], stack[0]), stack[i - 1]);
        stack[i]->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    }
}

static NTSTATUS owner_stops(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    assert_null(device); /* the sender has no location */
    note('o');
    *(NTSTATUS *)context = irp->IoStatus.Status;
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static PIRP stack_send(bool success, bool error, bool cancel, NTSTATUS *seen, NTSTATUS *returned)
{
    PIRP irp = IoAllocateIrp(stack[2]->StackSize, FALSE);

    assert_int_equal(stack[2]->StackSize, 3);
    assert_int_equal(irp->CurrentLocation, 4);
    IoGetNextIrpStackLocation(irp)->MajorFunction = IRP_MJ_READ;
    IoSetCompletionRoutine(irp, owner_stops, seen, success, error, cancel);
    *returned = IoCallDriver(stack[2], irp);
    return irp;
}

static void order_body(struct sim *s)
{
    NTSTATUS seen = -1, returned;
    PIRP irp;

    stack_make(s);
    irp = stack_send(true, true, true, &seen, &returned);
    assert_string_equal(order, "baL12o"); /* down, then up */
    assert_int_equal(seen, STATUS_SUCCESS);
    assert_int_equal(returned, STATUS_SUCCESS);
    assert_int_equal(irp->IoStatus.Information, 5);
    IoFreeIrp(irp);
    /* Who asked for success alone does not hear of a failure. */
    order_at = 0;
    seen = -1;
    lowest_status = STATUS_UNSUCCESSFUL;
    irp = stack_send(true, false, false, &seen, &returned);
    assert_string_equal(order, "baL12");
    assert_int_equal(seen, -1);
    IoFreeIrp(irp);
    /* Cancel asks beside either. */
    order_at = 0;
    lowest_pends = true;
    irp = stack_send(false, false, true, &seen, &returned);
    assert_int_equal(returned, STATUS_PENDING);
    assert_false(IoCancelIrp(irp)); /* no routine is set; the flag is */
    assert_true(irp->Cancel);
    fixture_complete(pended, STATUS_CANCELLED, 0);
    assert_string_equal(order, "baL12o");
    assert_true(irp->PendingReturned);
    IoFreeIrp(irp);
    for (int i = MANY; i--;) {
        if (i)
            IoDetachDevice(stack[i - 1]);
        IoDeleteDevice(stack[i]);
    }
}

static NTSTATUS keep(PDEVICE_OBJECT device, PIRP irp, PVOID context)
{
    (void)device;
    (void)irp;
    *(bool *)context = true;
    return STATUS_MORE_PROCESSING_REQUIRED;
}

static bool kept;

/* The middle driver takes the IRP back and completes it a second time itself: that is right. */
static NTSTATUS middle_keeps(PDEVICE_OBJECT device, PIRP irp)
{
    if (device == stack[0])
        return lowest(device, irp);
    if (device == stack[2]) {
        IoSkipCurrentIrpStackLocation(irp);
        return IoCallDriver(stack[1], irp);
    }
    IoCopyCurrentIrpStackLocationToNext(irp);
    IoSetCompletionRoutine(irp, keep, &kept, TRUE, TRUE, TRUE);
    IoCallDriver(stack[0], irp);
    assert_true(kept);
    return fixture_complete(irp, STATUS_END_OF_FILE, 77);
}

static void take_back_body(struct sim *s)
{
    NTSTATUS seen = -1, returned;
    PIRP irp;

    stack_make(s);
    kept = false;
    stack_driver->MajorFunction[IRP_MJ_READ] = middle_keeps;
    irp = stack_send(true, true, true, &seen, &returned);
    assert_int_equal(seen, STATUS_END_OF_FILE);
    assert_int_equal(irp->IoStatus.Information, 77);
    IoReuseIrp(irp, STATUS_SUCCESS);
    assert_int_equal(irp->CurrentLocation, 4);
    assert_int_equal(irp->IoStatus.Information, 0);
    IoFreeIrp(irp);
}

static NTSTATUS completes_twice(PDEVICE_OBJECT device, PIRP irp)
{
    (void)device;
    fixture_complete(irp, STATUS_SUCCESS, 0);
    IoCompleteRequest(irp, IO_NO_INCREMENT);
    return STATUS_SUCCESS;
}

static void twice_body(struct sim *s)
{
    struct host_file *f = fixture_open(s, FILE_READ_DATA);
    struct host_request *q;

    fixture_dispatch = completes_twice;
    q = host_io_start(s, f, &(struct host_io) { .op = HOST_READ });
    assert_true(q->done);
    assert_int_equal(q->status, STATUS_SUCCESS);
    assert_int_equal(s->bugcheck_code, 0x44); /* told, and the machine goes on */
    host_io_free(s, q);
    host_close(s, f);
}

/* --- pending requests and their end --- */

static PIRP held;

static VOID cancel_held(PDEVICE_OBJECT device, PIRP irp)
{
    assert_ptr_equal(device, fixture_fdo);
    assert_int_equal(sched_irql(sim_now()), DISPATCH_LEVEL);
    IoReleaseCancelSpinLock(irp->CancelIrql);
    held = NULL;
    fixture_complete(irp, STATUS_CANCELLED, 0);
}

static NTSTATUS hold(PDEVICE_OBJECT device, PIRP irp)
{
    (void)device;
    IoMarkIrpPending(irp);
    held = irp;
    IoSetCancelRoutine(irp, cancel_held);
    return STATUS_PENDING;
}

static void pending_body(struct sim *s)
{
    struct host_file *f = fixture_open(s, FILE_READ_DATA);
    UCHAR *p = mem_user_alloc(s, fixture_process, 8, 0);
    struct host_io io = { .op = HOST_READ, .buf = p, .bytes = 8 };
    struct host_request *q;

    fixture_dispatch = hold;
    q = host_io_start(s, f, &io);
    assert_false(q->done);
    assert_false(host_io_wait(s, q, 5000));
    IoSetCancelRoutine(held, NULL);
    memset(held->AssociatedIrp.SystemBuffer, 0x5A, 8);
    fixture_complete(held, STATUS_SUCCESS, 8);
    assert_true(host_io_wait(s, q, UINT64_MAX));
    assert_int_equal(q->information, 8);
    assert_int_equal(p[7], 0x5A);
    host_io_free(s, q);

    q = host_io_start(s, f, &io);
    host_io_cancel(s, q);
    assert_true(host_io_wait(s, q, UINT64_MAX));
    assert_int_equal(q->status, STATUS_CANCELLED);
    host_io_free(s, q);
    /* What is still out when the handle is closed is cancelled, and waited for. */
    q = host_io_start(s, f, &io);
    host_close(s, f);
    assert_true(q->done);
    assert_int_equal(q->status, STATUS_CANCELLED);
    host_io_free(s, q);
    assert_int_equal(fixture_closed, 1);
}

static void names_body(struct sim *s)
{
    UNICODE_STRING name, link, upper;
    PDEVICE_OBJECT device, same;
    PFILE_OBJECT file;

    RtlInitUnicodeString(&name, L"\\Device\\Test0");
    RtlInitUnicodeString(&upper, L"\\DEVICE\\TEST0");
    RtlInitUnicodeString(&link, L"\\DosDevices\\Test");
    assert_int_equal(IoCreateDevice(fixture_driver, 16, &name, 0x22, 0, FALSE, &device),
                     STATUS_SUCCESS);
    assert_true(((uintptr_t)device->DeviceExtension & 15) == 0);
    assert_true(device->Flags & DO_DEVICE_HAS_NAME);
    assert_int_equal(IoCreateDevice(fixture_driver, 0, &upper, 0x22, 0, FALSE, &same),
                     STATUS_OBJECT_NAME_COLLISION);
    assert_null(same);
    assert_int_equal(IoCreateSymbolicLink(&link, &name), STATUS_SUCCESS);
    assert_int_equal(IoCreateSymbolicLink(&link, &name), STATUS_OBJECT_NAME_COLLISION);
    /* Nobody opens or attaches to a device that is still being set up. */
    RtlInitUnicodeString(&link, L"\\??\\TEST");
    assert_int_equal(IoGetDeviceObjectPointer(&link, FILE_READ_DATA, &file, &same),
                     STATUS_NO_SUCH_DEVICE);
    device->Flags &= ~(ULONG)DO_DEVICE_INITIALIZING;
    assert_int_equal(IoGetDeviceObjectPointer(&link, FILE_READ_DATA, &file, &same), STATUS_SUCCESS);
    assert_ptr_equal(same, device);
    assert_int_equal(fixture_cleaned, 1);
    assert_int_equal(fixture_closed, 0);
    ObDereferenceObject(file);
    assert_int_equal(fixture_closed, 1);
    assert_int_equal(IoDeleteSymbolicLink(&link), STATUS_SUCCESS);
    assert_int_equal(IoDeleteSymbolicLink(&link), STATUS_OBJECT_NAME_NOT_FOUND);
    IoDeleteDevice(device);
    assert_null(io_name_device(s, &name));
}

static void extension_body(struct sim *s)
{
    PVOID p, again;

    (void)s;
    assert_int_equal(IoAllocateDriverObjectExtension(fixture_driver, &held, 100, &p),
                     STATUS_SUCCESS);
    assert_int_equal(IoAllocateDriverObjectExtension(fixture_driver, &held, 100, &again),
                     STATUS_OBJECT_NAME_COLLISION);
    assert_ptr_equal(IoGetDriverObjectExtension(fixture_driver, &held), p);
    assert_null(IoGetDriverObjectExtension(fixture_driver, &kept));
    assert_true(IoIsWdmVersionAvailable(1, 0x20));
    assert_false(IoIsWdmVersionAvailable(7, 0));
}

static NTSTATUS answers_at_once(PDEVICE_OBJECT device, PIRP irp)
{
    (void)device;
    return fixture_complete(irp, lowest_status, 3);
}

/* An IRP that the driver has built: event and status block are told, but not of a failure at once. */
static void built_body(struct sim *s)
{
    IO_STATUS_BLOCK iosb = { .Information = 99 };
    char in[4] = "abc", out[4] = "xyz";
    KEVENT event;
    PIRP irp;

    fixture_dispatch = answers_at_once;
    KeInitializeEvent(&event, NotificationEvent, FALSE);
    lowest_status = STATUS_SUCCESS;
    irp = IoBuildDeviceIoControlRequest(CTL_CODE(0x22, 1, METHOD_BUFFERED, 0), fixture_fdo, in, 4,
                                        out, 4, FALSE, &event, &iosb);
    assert_int_equal(IoCallDriver(fixture_fdo, irp), STATUS_SUCCESS);
    assert_int_equal(KeReadStateEvent(&event), 1);
    assert_int_equal(iosb.Information, 3);
    assert_memory_equal(out, "abc", 3); /* the system buffer came back as it went in */
    assert_int_equal(io_irp_of(s, irp) == NULL, true); /* and the I/O manager has freed it */
    KeClearEvent(&event);
    iosb.Information = 99;
    lowest_status = STATUS_DEVICE_NOT_READY;
    irp = IoBuildSynchronousFsdRequest(IRP_MJ_READ, fixture_fdo, out, 4, NULL, &event, &iosb);
    assert_int_equal(IoCallDriver(fixture_fdo, irp), STATUS_DEVICE_NOT_READY);
    assert_int_equal(KeReadStateEvent(&event), 0);
    assert_int_equal(iosb.Information, 99);
}

#define HOLDS(name, body, bugcheck)                                                                \
    static void name(void **state)                                                                 \
    {                                                                                              \
        (void)state;                                                                               \
        fixture_run(body, bugcheck);                                                               \
    }
HOLDS(completion_routines_run_upward, order_body, 0)
HOLDS(more_processing_gives_the_irp_back, take_back_body, 0)
HOLDS(second_completion_is_bug_check_44, twice_body, 0x44)
HOLDS(pending_ends_later_by_completion_cancel_or_close, pending_body, 0)
HOLDS(names_and_links, names_body, 0)
HOLDS(driver_extensions, extension_body, 0)
HOLDS(built_irps_tell_event_and_status_block, built_body, 0)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(completion_routines_run_upward),
        cmocka_unit_test(more_processing_gives_the_irp_back),
        cmocka_unit_test(second_completion_is_bug_check_44),
        cmocka_unit_test(pending_ends_later_by_completion_cancel_or_close),
        cmocka_unit_test(names_and_links),
        cmocka_unit_test(driver_extensions),
        cmocka_unit_test(built_irps_tell_event_and_status_block),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
