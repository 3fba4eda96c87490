/*
 * Queues and waits of the I/O manager: cancel-safe queues, remove locks, StartIo packets, device
 * queues, work items, the one-second timer, interrupts.
 */
#include "include/dmacheck/device.h"
#include "tests/unit/nt_io_fixture.h"

/* --- a cancel-safe queue --- */

static IO_CSQ csq;
static LIST_ENTRY csq_list;
static KSPIN_LOCK csq_spin;
static unsigned csq_cancelled;

static VOID csq_insert(PIO_CSQ q, PIRP irp)
{
    (void)q;
    InsertTailList(&csq_list, &irp->Tail.Overlay.ListEntry);
}

static VOID csq_remove(PIO_CSQ q, PIRP irp)
{
    (void)q;
    RemoveEntryList(&irp->Tail.Overlay.ListEntry);
}

static PIRP csq_peek(PIO_CSQ q, PIRP irp, PVOID context)
{
    PLIST_ENTRY e = irp ? irp->Tail.Overlay.ListEntry.Flink : csq_list.Flink;

    (void)q;
    (void)context;
    return e == &csq_list ? NULL : CONTAINING_RECORD(e, IRP, Tail.Overlay.ListEntry);
}

static VOID csq_acquire(PIO_CSQ q, PKIRQL irql)
{
    (void)q;
    KeAcquireSpinLock(&csq_spin, irql);
}

static VOID csq_release(PIO_CSQ q, KIRQL irql)
{
    (void)q;
    KeReleaseSpinLock(&csq_spin, irql);
}

static VOID csq_canceled(PIO_CSQ q, PIRP irp)
{
    (void)q;
    csq_cancelled++;
    fixture_complete(irp, STATUS_CANCELLED, 0);
}

static NTSTATUS csq_queue(PDEVICE_OBJECT device, PIRP irp)
{
    (void)device;
    IoCsqInsertIrp(&csq, irp, NULL);
    return STATUS_PENDING;
}

static void csq_body(struct sim *s)
{
    struct host_file *f = fixture_open(s, FILE_READ_DATA);
    struct host_request *q[3];
    IO_CSQ_IRP_CONTEXT context;
    PIRP irp;

    InitializeListHead(&csq_list);
    KeInitializeSpinLock(&csq_spin);
    csq_cancelled = 0;
    IoCsqInitialize(&csq, csq_insert, csq_remove, csq_peek, csq_acquire, csq_release, csq_canceled);
    fixture_dispatch = csq_queue;
    for (int i = 0; i < 3; i++)
        q[i] = host_io_start(s, f, &(struct host_io) { .op = HOST_READ, .offset = (uint64_t)i });
    host_io_cancel(s, q[1]);
    assert_true(host_io_wait(s, q[1], UINT64_MAX));
    assert_int_equal(q[1]->status, STATUS_CANCELLED);
    assert_int_equal(csq_cancelled, 1);
    irp = IoCsqRemoveNextIrp(&csq, NULL);
    assert_ptr_equal(irp, q[0]->irp);
    assert_null(irp->CancelRoutine);
    host_io_cancel(s, q[0]); /* too late: it is out of the queue */
    assert_int_equal(csq_cancelled, 1);
    /* Cancelled before it is queued again: it never stays there. */
    IoCsqInsertIrp(&csq, irp, &context);
    assert_int_equal(csq_cancelled, 2);
    assert_null(context.Irp);
    assert_null(IoCsqRemoveIrp(&csq, &context));
    irp = IoCsqRemoveNextIrp(&csq, NULL);
    assert_ptr_equal(irp, q[2]->irp);
    assert_null(IoCsqRemoveNextIrp(&csq, NULL));
    fixture_complete(irp, STATUS_SUCCESS, 0);
    for (int i = 0; i < 3; i++) {
        assert_true(host_io_wait(s, q[i], UINT64_MAX));
        host_io_free(s, q[i]);
    }
    host_close(s, f);
}

/* --- remove locks --- */

static IO_REMOVE_LOCK remove_lock;
static bool lock_let_go;

static void holder(void *ctx)
{
    struct sim *s = ctx;

    sched_block(s, sched_now_ns(s) + 100000);
    lock_let_go = true;
    IoReleaseRemoveLockEx(&remove_lock, NULL, sizeof(remove_lock));
}

static void remove_lock_body(struct sim *s)
{
    IoInitializeRemoveLockEx(&remove_lock, 0x6b636f4c, 0, 0, sizeof(remove_lock));
    assert_int_equal(IoAcquireRemoveLock(&remove_lock, NULL), STATUS_SUCCESS);
    assert_int_equal(IoAcquireRemoveLockEx(&remove_lock, s, "", 1, sizeof(remove_lock)),
                     STATUS_SUCCESS);
    lock_let_go = false;
    sched_thread(s, "holder", holder, s, 0, 8);
    IoReleaseRemoveLockAndWaitEx(&remove_lock, s, sizeof(remove_lock));
    assert_true(lock_let_go); /* it waited for the other user */
    assert_int_equal(IoAcquireRemoveLock(&remove_lock, NULL), STATUS_DELETE_PENDING);
}

/* --- StartIo --- */

static char started[16];
static unsigned started_count, start_depth, start_depth_max;
static PIRP in_hand;

static VOID start_io(PDEVICE_OBJECT device, PIRP irp)
{
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    assert_ptr_equal(device->CurrentIrp, irp);
    if (++start_depth > start_depth_max)
        start_depth_max = start_depth;
    started[started_count++] =
        (char)('0' + IoGetCurrentIrpStackLocation(irp)->Parameters.Read.ByteOffset.QuadPart);
    in_hand = irp;
    start_depth--;
}

static NTSTATUS start_packet(PDEVICE_OBJECT device, PIRP irp)
{
    ULONG key = IoGetCurrentIrpStackLocation(irp)->Parameters.Read.ByteOffset.LowPart;

    IoMarkIrpPending(irp);
    IoStartPacket(device, irp, &key, NULL);
    return STATUS_PENDING;
}

static void start_io_body(struct sim *s)
{
    static const uint64_t keys[4] = { 5, 7, 3, 6 };
    struct host_file *f = fixture_open(s, FILE_READ_DATA);
    struct host_request *q[4];

    started_count = 0;
    fixture_driver->DriverStartIo = start_io;
    fixture_dispatch = start_packet;
    for (int i = 0; i < 4; i++)
        q[i] = host_io_start(s, f, &(struct host_io) { .op = HOST_READ, .offset = keys[i] });
    assert_int_equal(started_count, 1); /* one at a time */
    for (int i = 0; i < 4; i++) {
        PIRP irp = in_hand;
        KIRQL irql;

        in_hand = NULL;
        fixture_complete(irp, STATUS_SUCCESS, 0);
        KeRaiseIrql(DISPATCH_LEVEL, &irql);
        IoStartNextPacketByKey(fixture_fdo, FALSE, 5);
        KeLowerIrql(irql);
    }
    assert_memory_equal(started, "5673", 4); /* from the key upward, then from the head */
    assert_null(in_hand);
    assert_null(fixture_fdo->CurrentIrp);
    assert_false(fixture_fdo->DeviceQueue.Busy);
    for (int i = 0; i < 4; i++) {
        assert_true(host_io_wait(s, q[i], UINT64_MAX));
        host_io_free(s, q[i]);
    }
    host_close(s, f);
}

static VOID start_io_completes(PDEVICE_OBJECT device, PIRP irp)
{
    start_depth_max += start_depth != 0;
    start_depth++;
    started_count++;
    fixture_complete(irp, STATUS_SUCCESS, 0);
    IoStartNextPacket(device, FALSE);
    start_depth--;
}

/* With deferred start StartIo never runs within itself. */
static void deferred_body(struct sim *s)
{
    struct host_file *f = fixture_open(s, FILE_READ_DATA);
    struct host_request *q[3];
    KIRQL irql;

    started_count = start_depth = start_depth_max = 0;
    IoSetStartIoAttributes(fixture_fdo, TRUE, TRUE);
    fixture_driver->DriverStartIo = start_io_completes;
    fixture_dispatch = start_packet;
    fixture_fdo->DeviceQueue.Busy = TRUE; /* let them gather */
    for (int i = 0; i < 3; i++)
        q[i] = host_io_start(s, f, &(struct host_io) { .op = HOST_READ });
    assert_int_equal(started_count, 0);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    IoStartNextPacket(fixture_fdo, FALSE);
    KeLowerIrql(irql);
    assert_int_equal(started_count, 3);
    assert_int_equal(start_depth_max, 0);
    for (int i = 0; i < 3; i++) {
        assert_true(host_io_wait(s, q[i], UINT64_MAX));
        host_io_free(s, q[i]);
    }
    host_close(s, f);
}

static void device_queue_body(struct sim *s)
{
    KDEVICE_QUEUE queue;
    KDEVICE_QUEUE_ENTRY a, b, c;
    KIRQL irql;

    (void)s;
    KeInitializeDeviceQueue(&queue);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    assert_null(KeRemoveByKeyDeviceQueueIfBusy(&queue, 0));
    assert_false(KeInsertDeviceQueue(&queue, &a)); /* made busy, not queued */
    assert_true(KeInsertByKeyDeviceQueue(&queue, &b, 9));
    assert_true(KeInsertByKeyDeviceQueue(&queue, &c, 4));
    assert_ptr_equal(KeRemoveByKeyDeviceQueue(&queue, 5), &b);
    assert_true(KeInsertByKeyDeviceQueue(&queue, &b, 9));
    assert_ptr_equal(KeRemoveDeviceQueue(&queue), &c);
    assert_true(KeRemoveEntryDeviceQueue(&queue, &b));
    assert_false(KeRemoveEntryDeviceQueue(&queue, &b));
    assert_null(KeRemoveDeviceQueue(&queue));
    assert_false(queue.Busy);
    KeLowerIrql(irql);
}

/* --- work items --- */

static unsigned works;
static KEVENT worked;

static VOID work_ex(PVOID object, PVOID context, PIO_WORKITEM item)
{
    assert_ptr_equal(object, fixture_fdo);
    assert_ptr_equal(context, &works);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    works++;
    IoFreeWorkItem(item); /* its own item: allowed */
    KeSetEvent(&worked, 0, FALSE);
}

static VOID work_old(PDEVICE_OBJECT device, PVOID context)
{
    assert_ptr_equal(device, fixture_fdo);
    KeSetEvent(context, 0, FALSE);
}

static VOID work_plain(PVOID context)
{
    works += 10;
    KeSetEvent(context, 0, FALSE);
}

static void work_body(struct sim *s)
{
    PIO_WORKITEM item = IoAllocateWorkItem(fixture_fdo);
    WORK_QUEUE_ITEM plain;
    KIRQL irql;

    works = 0;
    KeInitializeEvent(&worked, SynchronizationEvent, FALSE);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    IoQueueWorkItemEx(item, work_ex, DelayedWorkQueue, &works);
    assert_false(IoTryQueueWorkItem(item, work_ex, DelayedWorkQueue, &works)); /* queued already */
    assert_int_equal(works, 0);
    KeLowerIrql(irql);
    assert_int_equal(ke_wait(s, &worked, UINT64_MAX), STATUS_SUCCESS);
    assert_int_equal(works, 1);
    item = pool_alloc_internal(s, IoSizeofWorkItem());
    IoInitializeWorkItem(fixture_fdo, item);
    IoQueueWorkItem(item, work_old, DelayedWorkQueue, &worked);
    assert_int_equal(ke_wait(s, &worked, UINT64_MAX), STATUS_SUCCESS);
    IoUninitializeWorkItem(item);
    pool_free_internal(s, item);
    ExInitializeWorkItem(&plain, work_plain, &worked);
    ExQueueWorkItem(&plain, CriticalWorkQueue);
    ke_wait(s, &worked, UINT64_MAX);
    assert_int_equal(works, 11);
    ExQueueWorkItem(&plain, CriticalWorkQueue);
    ke_wait(s, &worked, UINT64_MAX);
    assert_int_equal(works, 21);
}

static unsigned ticks;

static VOID tick(PDEVICE_OBJECT device, PVOID context)
{
    assert_ptr_equal(device, fixture_fdo);
    assert_ptr_equal(context, &ticks);
    assert_int_equal(KeGetCurrentIrql(), DISPATCH_LEVEL);
    ticks++;
}

static void timer_body(struct sim *s)
{
    KEVENT never;

    ticks = 0;
    KeInitializeEvent(&never, NotificationEvent, FALSE);
    assert_int_equal(IoInitializeTimer(fixture_fdo, tick, &ticks), STATUS_SUCCESS);
    assert_int_equal(ke_wait(s, &never, 2100000000), STATUS_TIMEOUT);
    assert_int_equal(ticks, 0);
    IoStartTimer(fixture_fdo);
    ke_wait(s, &never, 3500000000);
    assert_int_equal(ticks, 3); /* once a second */
    IoStopTimer(fixture_fdo);
    ke_wait(s, &never, 3000000000);
    assert_int_equal(ticks, 3);
}

/* --- interrupts --- */

static unsigned interrupts, last_message;
static PKINTERRUPT interrupt_object;
static KIRQL isr_irql;

static BOOLEAN isr(PKINTERRUPT interrupt, PVOID context)
{
    assert_ptr_equal(interrupt, interrupt_object);
    assert_ptr_equal(context, &interrupts);
    isr_irql = KeGetCurrentIrql();
    interrupts++;
    dm_line(fixture_device, false);
    return TRUE;
}

static BOOLEAN message_isr(PKINTERRUPT interrupt, PVOID context, ULONG message)
{
    (void)interrupt;
    (void)context;
    interrupts++;
    last_message = message;
    return TRUE;
}

static BOOLEAN synchronized(PVOID context)
{
    assert_int_equal(KeGetCurrentIrql(), isr_irql);
    dm_line(fixture_device, true); /* cannot come while the lock is held */
    assert_int_equal(interrupts, *(unsigned *)context);
    return TRUE;
}

static void let_pass(struct sim *s, uint64_t ns)
{
    KEVENT never;

    KeInitializeEvent(&never, NotificationEvent, FALSE);
    ke_wait(s, &never, ns);
}

static void line_body(struct sim *s)
{
    IO_CONNECT_INTERRUPT_PARAMETERS p = { .Version = CONNECT_MESSAGE_BASED };
    IO_DISCONNECT_INTERRUPT_PARAMETERS off = { 0 };
    PVOID connection = NULL;
    KIRQL irql;
    unsigned before;

    interrupts = 0;
    p.MessageBased.PhysicalDeviceObject = fixture_lower;
    p.MessageBased.ConnectionContext.Generic = &connection;
    p.MessageBased.MessageServiceRoutine = message_isr;
    p.MessageBased.ServiceContext = &interrupts;
    assert_int_equal(IoConnectInterruptEx(&p), STATUS_NOT_FOUND); /* a line, and no fall-back */
    p.MessageBased.FallBackServiceRoutine = isr;
    assert_int_equal(IoConnectInterruptEx(&p), STATUS_SUCCESS);
    assert_int_equal(p.Version, CONNECT_LINE_BASED);
    interrupt_object = connection;
    dm_line(fixture_device, true);
    let_pass(s, 100000);
    assert_int_equal(interrupts, 1);
    assert_true(isr_irql > DISPATCH_LEVEL);
    before = interrupts;
    assert_true(KeSynchronizeExecution(interrupt_object, synchronized, &before));
    let_pass(s, 100000);
    assert_int_equal(interrupts, 2);
    irql = KeAcquireInterruptSpinLock(interrupt_object);
    assert_int_equal(KeGetCurrentIrql(), isr_irql);
    KeReleaseInterruptSpinLock(interrupt_object, irql);
    assert_int_equal(KeGetCurrentIrql(), PASSIVE_LEVEL);
    off.Version = p.Version;
    off.ConnectionContext.InterruptObject = interrupt_object;
    IoDisconnectInterruptEx(&off);
    dm_line(fixture_device, true);
    let_pass(s, 100000);
    assert_int_equal(interrupts, 2);
}

/* The vector of the device's line, as the translated resources would give it. */
static ULONG line_vector(struct sim *s, KIRQL *irql)
{
    for (ULONG v = 0; v < IO_VECTORS_MAX; v++)
        if (s->nt->io->vectors[v].device == fixture_device) {
            *irql = s->nt->io->vectors[v].irql;
            return v;
        }
    fail_msg("the device has no vector");
    return 0;
}

static NTSTATUS connect_line(ULONG vector, KIRQL irql, KIRQL synchronize, KAFFINITY affinity)
{
    return IoConnectInterrupt(&interrupt_object, isr, &interrupts, NULL, vector, irql, synchronize,
                              LevelSensitive, TRUE, affinity, FALSE);
}

static void old_style_body(struct sim *s)
{
    IO_REPORT_INTERRUPT_ACTIVE_STATE_PARAMETERS state = { .Version = CONNECT_FULLY_SPECIFIED };
    KIRQL irql = 0;
    ULONG vector = line_vector(s, &irql);

    interrupts = 0;
    assert_int_equal(connect_line(vector, irql, irql, 0),
                     STATUS_INVALID_PARAMETER); /* nowhere to run */
    assert_null(interrupt_object);
    assert_int_equal(connect_line(vector, irql, (KIRQL)(irql - 1), 1), STATUS_INVALID_PARAMETER);
    assert_int_equal(connect_line(vector, irql, irql, 1), STATUS_SUCCESS);
    dm_line(fixture_device, true);
    let_pass(s, 100000);
    assert_int_equal(interrupts, 1);
    assert_int_equal(isr_irql, irql);
    state.ConnectionContext.InterruptObject = interrupt_object;
    IoReportInterruptInactive(&state);
    dm_line(fixture_device, true);
    let_pass(s, 100000);
    assert_int_equal(interrupts, 1);
    IoReportInterruptActive(&state); /* the line is pulled still */
    let_pass(s, 100000);
    assert_int_equal(interrupts, 2);
    IoDisconnectInterrupt(interrupt_object);
    dm_line(fixture_device, true);
    let_pass(s, 100000);
    assert_int_equal(interrupts, 2);
    dm_line(fixture_device, false);
}

static void message_body(struct sim *s)
{
    IO_CONNECT_INTERRUPT_PARAMETERS p = { .Version = CONNECT_MESSAGE_BASED };
    IO_DISCONNECT_INTERRUPT_PARAMETERS off = { .Version = CONNECT_MESSAGE_BASED };
    IO_REPORT_INTERRUPT_ACTIVE_STATE_PARAMETERS state = { .Version = CONNECT_MESSAGE_BASED };
    PIO_INTERRUPT_MESSAGE_INFO info = NULL;

    interrupts = 0;
    p.MessageBased.PhysicalDeviceObject = fixture_lower;
    p.MessageBased.ConnectionContext.InterruptMessageTable = &info;
    p.MessageBased.MessageServiceRoutine = message_isr;
    assert_int_equal(IoConnectInterruptEx(&p), STATUS_SUCCESS);
    assert_int_equal(p.Version, CONNECT_MESSAGE_BASED);
    assert_int_equal(info->MessageCount, 4);
    dm_interrupt(fixture_device, 2);
    let_pass(s, 100000);
    assert_int_equal(interrupts, 1);
    assert_int_equal(last_message, 2);
    state.ConnectionContext.InterruptMessageTable = info;
    IoReportInterruptInactive(&state);
    dm_interrupt(fixture_device, 3);
    let_pass(s, 100000);
    assert_int_equal(interrupts, 1);
    IoReportInterruptActive(&state);
    let_pass(s, 100000);
    assert_int_equal(interrupts, 2);
    off.ConnectionContext.InterruptMessageTable = info;
    IoDisconnectInterruptEx(&off);
    dm_interrupt(fixture_device, 2);
    let_pass(s, 100000);
    assert_int_equal(interrupts, 2);
}

static void messages_are_connected_one_by_one(void **state)
{
    (void)state;
    fixture_model.messages = 4;
    fixture_run(message_body, 0);
    fixture_model.messages = 0;
}

#define HOLDS(name, body)                                                                          \
    static void name(void **state)                                                                 \
    {                                                                                              \
        (void)state;                                                                               \
        fixture_run(body, 0);                                                                      \
    }
HOLDS(cancel_safe_queue_has_no_gap, csq_body)
HOLDS(remove_lock_waits_for_the_last_user, remove_lock_body)
HOLDS(start_io_gets_one_packet_at_a_time, start_io_body)
HOLDS(deferred_start_io_is_not_nested, deferred_body)
HOLDS(device_queue_by_key, device_queue_body)
HOLDS(work_items_run_at_passive_level, work_body)
HOLDS(timer_comes_once_a_second, timer_body)
HOLDS(line_interrupts_and_synchronize_execution, line_body)
HOLDS(a_vector_of_the_resources_is_connected, old_style_body)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cancel_safe_queue_has_no_gap),
        cmocka_unit_test(remove_lock_waits_for_the_last_user),
        cmocka_unit_test(start_io_gets_one_packet_at_a_time),
        cmocka_unit_test(deferred_start_io_is_not_nested),
        cmocka_unit_test(device_queue_by_key),
        cmocka_unit_test(work_items_run_at_passive_level),
        cmocka_unit_test(timer_comes_once_a_second),
        cmocka_unit_test(line_interrupts_and_synchronize_execution),
        cmocka_unit_test(a_vector_of_the_resources_is_connected),
        cmocka_unit_test(messages_are_connected_one_by_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
