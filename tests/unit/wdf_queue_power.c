/*
 * Power-managed queues: what the driver is told when power goes and comes, and what is waited for.
 * Sources: wdf/using-power-managed-i-o-queues, wdfio/nc-wdfio-evt_wdf_io_queue_io_stop,
 * wdfrequest/nf-wdfrequest-wdfrequeststopacknowledge, fxioqueue.cpp.
 */
#include "tests/unit/wdf_io.h"

static WDFREQUEST held[4];
static unsigned held_count, resumed;
static ULONG stop_flags;
static char story[16];
static enum { KEEP, REQUEUE, COMPLETE, LEAVE } on_stop_does;
static struct host_file *file;
static WDFQUEUE queue;

static VOID on_read(WDFQUEUE q, WDFREQUEST request, size_t length)
{
    (void)q, (void)length;
    strcat(story, "r");
    held[held_count++] = request;
}

static VOID on_stop(WDFQUEUE q, WDFREQUEST request, ULONG flags)
{
    (void)q;
    strcat(story, "s");
    stop_flags = flags;
    if (on_stop_does == KEEP)
        WdfRequestStopAcknowledge(request, FALSE);
    else if (on_stop_does == REQUEUE)
        WdfRequestStopAcknowledge(request, TRUE);
    else if (on_stop_does == COMPLETE)
        WdfRequestComplete(request, STATUS_DEVICE_POWERED_OFF);
}

static VOID on_resume(WDFQUEUE q, WDFREQUEST request)
{
    (void)q, (void)request;
    strcat(story, "u");
    resumed++;
}

static VOID on_cancel(WDFREQUEST request) { WdfRequestComplete(request, STATUS_CANCELLED); }

static void begin(struct sim *s, bool with_stop)
{
    WDF_IO_QUEUE_CONFIG c;

    held_count = resumed = 0;
    story[0] = 0;
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&c, WdfIoQueueDispatchSequential);
    c.EvtIoRead = on_read;
    c.EvtIoResume = on_resume;
    if (with_stop)
        c.EvtIoStop = on_stop;
    queue = io_queue(&c, NULL);
    file = io_open(s);
    io_on(s);
}

static struct host_request *reads(struct sim *s) { return io_read(s, file, io_user(s, 16), 16); }
static void off(struct sim *s) { fx_io_power_down(fx_of(s), io_d); }

static void kept(struct sim *s)
{
    struct host_request *q[2];

    begin(s, true);
    on_stop_does = KEEP;
    q[0] = reads(s);
    WdfRequestMarkCancelable(held[0], on_cancel);
    off(s);
    assert_int_equal(stop_flags, WdfRequestStopActionSuspend | WdfRequestStopRequestCancelable);
    q[1] = reads(s);
    assert_string_equal(story, "rs"); /* held back */
    io_on(s);
    assert_string_equal(story, "rsu");
    assert_int_equal(WdfRequestUnmarkCancelable(held[0]), STATUS_SUCCESS);
    WdfRequestComplete(held[0], STATUS_SUCCESS);
    assert_string_equal(story, "rsur");
    WdfRequestComplete(held[1], STATUS_SUCCESS);
    assert_int_equal(io_end(s, q[0]), STATUS_SUCCESS);
    assert_int_equal(io_end(s, q[1]), STATUS_SUCCESS);
    WdfRequestStopAcknowledge(held[1], FALSE); /* gone: bug check */
    host_close(s, file);
}

static void a_kept_request_is_resumed(void **state)
{
    (void)state;
    io_run(NULL, kept, 0x10D);
}

static void requeued(struct sim *s)
{
    struct host_request *q;

    begin(s, true);
    on_stop_does = REQUEUE;
    q = reads(s);
    off(s);
    assert_int_equal(stop_flags, WdfRequestStopActionSuspend);
    io_on(s);
    assert_string_equal(story, "rsr"); /* presented anew, not resumed */
    assert_ptr_equal(held[0], held[1]);
    WdfRequestComplete(held[1], STATUS_SUCCESS);
    assert_int_equal(io_end(s, q), STATUS_SUCCESS);
    on_stop_does = COMPLETE;
    q = reads(s);
    off(s);
    assert_int_equal(io_end(s, q), STATUS_DEVICE_POWERED_OFF);
    io_on(s);
    assert_string_equal(story, "rsrrs");
    host_close(s, file);
}

static void a_requeued_request_is_presented_again(void **state)
{
    (void)state;
    io_run(NULL, requeued, 0);
}

static void completes_later(void *ctx)
{
    struct sim *s = ctx;

    sched_block(s, sched_now_ns(s) + 50000);
    WdfRequestComplete(held[held_count - 1], STATUS_SUCCESS);
}

static void waited_for(struct sim *s)
{
    struct host_request *q;
    uint64_t then;

    begin(s, false);
    q = reads(s);
    then = sched_now_ns(s);
    assert_non_null(sched_thread(s, "later", completes_later, s, 0, 8));
    off(s);
    assert_true(sched_now_ns(s) - then >= 50000);
    assert_int_equal(io_end(s, q), STATUS_SUCCESS);
    /* The same when EvtIoStop leaves it to later. */
    io_on(s);
    host_close(s, file);
}

static void without_a_callback_completion_is_waited_for(void **state)
{
    (void)state;
    io_run(NULL, waited_for, 0);
}

static void left(struct sim *s)
{
    struct host_request *q;
    uint64_t then;

    begin(s, true);
    on_stop_does = LEAVE;
    q = reads(s);
    then = sched_now_ns(s);
    assert_non_null(sched_thread(s, "later", completes_later, s, 0, 8));
    off(s);
    assert_true(sched_now_ns(s) - then >= 50000);
    assert_string_equal(story, "rs");
    assert_int_equal(io_end(s, q), STATUS_SUCCESS);
    io_on(s);
    host_close(s, file);
}

static void a_callback_may_leave_completion_to_later(void **state)
{
    (void)state;
    io_run(NULL, left, 0);
}

static void removed(struct sim *s)
{
    struct host_request *q[3];

    begin(s, true);
    on_stop_does = COMPLETE;
    q[0] = reads(s);
    q[1] = reads(s);
    fx_io_remove(fx_of(s), io_d);
    assert_int_equal(stop_flags, WdfRequestStopActionPurge);
    assert_int_equal(io_end(s, q[0]), STATUS_DEVICE_POWERED_OFF);
    assert_int_equal(io_end(s, q[1]), STATUS_CANCELLED); /* it waited */
    q[2] = reads(s);
    assert_int_equal(io_end(s, q[2]), STATUS_INVALID_DEVICE_STATE);
    host_close(s, file);
}

static void removal_purges_the_queues(void **state)
{
    (void)state;
    io_run(NULL, removed, 0);
}

static VOID on_locked_read(WDFQUEUE q, WDFREQUEST request, size_t length)
{
    on_read(q, request, length);
}

static void not_managed(struct sim *s)
{
    WDF_IO_QUEUE_CONFIG c;
    struct host_request *q;

    held_count = 0;
    story[0] = 0;
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&c, WdfIoQueueDispatchSequential);
    c.EvtIoRead = on_locked_read;
    c.EvtIoStop = on_stop;
    c.PowerManaged = WdfFalse;
    io_queue(&c, NULL);
    file = io_open(s);
    q = reads(s);
    io_on(s);
    off(s);
    assert_string_equal(story, "r");
    WdfRequestComplete(held[0], STATUS_SUCCESS);
    assert_int_equal(io_end(s, q), STATUS_SUCCESS);
    host_close(s, file);
}

static void other_queues_do_not_care_for_power(void **state)
{
    (void)state;
    io_run(NULL, not_managed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_kept_request_is_resumed),
        cmocka_unit_test(a_requeued_request_is_presented_again),
        cmocka_unit_test(without_a_callback_completion_is_waited_for),
        cmocka_unit_test(a_callback_may_leave_completion_to_later),
        cmocka_unit_test(removal_purges_the_queues),
        cmocka_unit_test(other_queues_do_not_care_for_power),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
