/*
 * A correct driver under load: several programs read, write and cancel while the device sleeps and wakes, on
 * three processors and with many seeds. Every request ends once, nothing is left, and
 * neither a bug check nor a rule has anything to say.
 */
#include "tests/unit/wdf_io.h"

#include "sim/core/choice.h"
#include "verifier/verify.h"

#define PROGRAMS 3
#define REQUESTS 14

typedef struct {
    LIST_ENTRY Link;
    BOOLEAN Listed;
} ENTRY;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(ENTRY, EntryOf)

static LIST_ENTRY working; /* requests that the hardware would have */
static KSPIN_LOCK working_lock;
static WDFQUEUE queue;
static unsigned programs_left, done_count, completed, cancelled_count, kept, seed_now;
static bool worker_ends, worker_ended;

static void take(WDFREQUEST r)
{
    KIRQL irql;

    KeAcquireSpinLock(&working_lock, &irql);
    if (EntryOf(r)->Listed)
        RemoveEntryList(&EntryOf(r)->Link);
    EntryOf(r)->Listed = FALSE;
    KeReleaseSpinLock(&working_lock, irql);
}

static VOID on_cancel(WDFREQUEST request)
{
    take(request);
    cancelled_count++;
    WdfRequestComplete(request, STATUS_CANCELLED);
}

static void work_on(WDFREQUEST request)
{
    KIRQL irql;

    KeAcquireSpinLock(&working_lock, &irql);
    if (WdfRequestMarkCancelableEx(request, on_cancel) == STATUS_SUCCESS) {
        InsertTailList(&working, &EntryOf(request)->Link);
        EntryOf(request)->Listed = TRUE;
        request = NULL;
    }
    KeReleaseSpinLock(&working_lock, irql);
    if (request)
        WdfRequestComplete(request, STATUS_CANCELLED);
}

static VOID on_read(WDFQUEUE q, WDFREQUEST request, size_t length)
{
    (void)q, (void)length;
    work_on(request);
}

static VOID on_write(WDFQUEUE q, WDFREQUEST request, size_t length)
{
    (void)q;
    WdfRequestCompleteWithInformation(request, STATUS_SUCCESS, length);
}

/* It stays in the list over the sleep, now and then it goes back to the queue; one that is not there is
 * being completed by the worker or by its cancel callback. */
static VOID on_stop(WDFQUEUE q, WDFREQUEST request, ULONG flags)
{
    BOOLEAN back = FALSE;
    KIRQL irql;

    (void)q, (void)flags;
    kept++;
    KeAcquireSpinLock(&working_lock, &irql);
    if (kept % 2 && EntryOf(request)->Listed &&
        WdfRequestUnmarkCancelable(request) == STATUS_SUCCESS) {
        RemoveEntryList(&EntryOf(request)->Link);
        EntryOf(request)->Listed = FALSE;
        back = TRUE;
    }
    KeReleaseSpinLock(&working_lock, irql);
    WdfRequestStopAcknowledge(request, back);
}

static WDFREQUEST oldest(void)
{
    WDFREQUEST r = NULL;
    KIRQL irql;

    KeAcquireSpinLock(&working_lock, &irql);
    if (!IsListEmpty(&working)) {
        ENTRY *n = CONTAINING_RECORD(working.Flink, ENTRY, Link);

        r = WdfObjectContextGetObject(n);
        if (WdfRequestUnmarkCancelable(r) == STATUS_SUCCESS) {
            RemoveEntryList(&n->Link);
            n->Listed = FALSE;
        } else {
            r = NULL; /* its cancel callback is on its way */
        }
    }
    KeReleaseSpinLock(&working_lock, irql);
    return r;
}

static void worker(void *ctx)
{
    struct sim *s = ctx;

    while (!worker_ends) {
        WDFREQUEST r = oldest();

        if (r) {
            completed++;
            WdfRequestCompleteWithInformation(r, STATUS_SUCCESS, 8);
        }
        sched_block(s, sched_now_ns(s) + 3000);
    }
    worker_ended = true;
}

static void program(void *ctx)
{
    struct sim *s = wdf_sim;
    unsigned number = (unsigned)(uintptr_t)ctx;
    struct host_file *f = io_open(s);
    struct host_request *q[REQUESTS];
    void *p = io_user(s, 16);

    for (unsigned i = 0; i < REQUESTS; i++) {
        q[i] =
            i % 4 == 3
                ? host_io_start(s, f, &(struct host_io) { .op = HOST_WRITE, .buf = p, .bytes = 8 })
                : io_read(s, f, p, 8);
        if ((i + number + seed_now) % 3 == 0 && i)
            host_io_cancel(s, q[i - 1]);
        sched_block(s, sched_now_ns(s) + 700 * (1 + (i * 7 + number * 3 + seed_now) % 5));
    }
    for (unsigned i = 0; i < REQUESTS; i++) {
        NTSTATUS status = io_end(s, q[i]);

        assert_true(status == STATUS_SUCCESS || status == STATUS_CANCELLED);
        done_count++;
    }
    host_close(s, f);
    programs_left--;
}

static struct verifier *v;

static void with_context(struct fx_device *d)
{
    v = verifier_create(fx_now()->s->depot);
    assert_non_null(v);
    verifier_begin(v, "default", seed_now, false);
    assert_int_equal(trace_attach(&fx_now()->s->trace, verifier_event, v), 0);
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&d->request_attributes, ENTRY);
}

static WDF_SYNCHRONIZATION_SCOPE scope_now;
static WDF_EXECUTION_LEVEL level_now;
static WDF_IO_QUEUE_DISPATCH_TYPE kind_now;

static void load(struct sim *s)
{
    WDF_IO_QUEUE_CONFIG c;
    WDF_OBJECT_ATTRIBUTES a;

    choice_from_seed(s, seed_now);
    InitializeListHead(&working);
    KeInitializeSpinLock(&working_lock);
    worker_ends = worker_ended = false;
    done_count = 0;
    programs_left = PROGRAMS;
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&c, kind_now);
    c.EvtIoRead = on_read;
    c.EvtIoWrite = on_write;
    c.EvtIoStop = on_stop;
    WDF_OBJECT_ATTRIBUTES_INIT(&a);
    a.SynchronizationScope = scope_now;
    a.ExecutionLevel = level_now;
    queue = io_queue(&c, &a);
    io_on(s);
    assert_non_null(sched_thread(s, "worker", worker, s, 0, 9));
    for (uintptr_t i = 0; i < PROGRAMS; i++)
        assert_non_null(sched_thread(s, "program", program, (void *)i, wdf_process, 8));
    while (programs_left) {
        sched_block(s, sched_now_ns(s) + 9000);
        fx_io_power_down(fx_of(s), io_d);
        sched_block(s, sched_now_ns(s) + 4000);
        io_on(s);
    }
    worker_ends = true;
    while (!worker_ended)
        sched_block(s, sched_now_ns(s) + 1000);
    fx_io_remove(fx_of(s), io_d);
    assert_int_equal(done_count, PROGRAMS * REQUESTS);
    trace_detach(&s->trace, v);
    verifier_end(v);
    for (unsigned i = 0; i < finding_count(v); i++)
        fail_msg("seed %u: %s: %s", seed_now, finding_at(v, i)->word, finding_at(v, i)->message);
    verifier_destroy(v);
}

static void loads(WDF_IO_QUEUE_DISPATCH_TYPE kind, WDF_SYNCHRONIZATION_SCOPE scope,
                  WDF_EXECUTION_LEVEL level)
{
    kind_now = kind;
    scope_now = scope;
    level_now = level;
    wdf_cpus = 3;
    completed = cancelled_count = kept = 0;
    for (seed_now = 1; seed_now <= 6; seed_now++)
        io_run(with_context, load, 0);
    wdf_cpus = 1;
    assert_true(completed && cancelled_count && kept); /* all of it has happened */
}

static void sequential(void **state)
{
    (void)state;
    loads(WdfIoQueueDispatchSequential, WdfSynchronizationScopeNone, WdfExecutionLevelDispatch);
}

static void parallel(void **state)
{
    (void)state;
    loads(WdfIoQueueDispatchParallel, WdfSynchronizationScopeNone, WdfExecutionLevelDispatch);
}

static void locked(void **state)
{
    (void)state;
    loads(WdfIoQueueDispatchParallel, WdfSynchronizationScopeQueue, WdfExecutionLevelDispatch);
}

static void passive(void **state)
{
    (void)state;
    loads(WdfIoQueueDispatchParallel, WdfSynchronizationScopeQueue, WdfExecutionLevelPassive);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sequential),
        cmocka_unit_test(parallel),
        cmocka_unit_test(locked),
        cmocka_unit_test(passive),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
