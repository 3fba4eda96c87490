/*
 * IRPs on their way to queues: a dispatch callback that chooses the queue, a preprocess callback that hands
 * an IRP to one.
 * Sources: wdfdevice/nf-wdfdevice-wdfdeviceconfigurewdmirpdispatchcallback, fxdeviceapikm.cpp.
 */
#include "tests/unit/wdf_fixture.h"

#include "tests/unit/wdf_pnp.h"

static WDFQUEUE chosen;

static VOID on_chosen_read(WDFQUEUE q, WDFREQUEST r, size_t length)
{
    assert_ptr_equal(q, chosen);
    (void)length;
    tell("ChosenRead");
    WdfRequestComplete(r, STATUS_SUCCESS);
}
static VOID on_chosen_control(WDFQUEUE q, WDFREQUEST r, size_t out, size_t in, ULONG code)
{
    (void)q, (void)out, (void)in;
    assert_int_equal(code, 0x80002000);
    tell("ChosenControl");
    WdfRequestComplete(r, STATUS_SUCCESS);
}
static VOID in_caller(WDFDEVICE d, WDFREQUEST r)
{
    tell("InCaller");
    assert_int_equal(WdfDeviceEnqueueRequest(d, r), STATUS_SUCCESS);
}

static NTSTATUS on_dispatch(WDFDEVICE d, UCHAR major, UCHAR minor, ULONG code, WDFCONTEXT context,
                            PIRP irp, WDFCONTEXT dispatch)
{
    (void)minor, (void)code;
    assert_ptr_equal(context, &chosen);
    tell(major == IRP_MJ_READ ? "DispatchRead" : "DispatchWrite");
    if (major == IRP_MJ_WRITE)
        return WdfDeviceWdmDispatchIrp(d, irp, dispatch);
    return WdfDeviceWdmDispatchIrpToIoQueue(d, irp, chosen, 0);
}

static NTSTATUS on_control(WDFDEVICE d, PIRP irp)
{
    tell("Preprocess");
    IoSkipCurrentIrpStackLocation(irp);
    return WdfDeviceWdmDispatchIrpToIoQueue(
        d, irp, chosen,
        WDF_DISPATCH_IRP_TO_IO_QUEUE_PREPROCESSED_IRP |
            WDF_DISPATCH_IRP_TO_IO_QUEUE_INVOKE_INCALLERCTX_CALLBACK);
}

static void init(PWDFDEVICE_INIT i)
{
    WdfDeviceInitSetIoInCallerContextCallback(i, in_caller);
    assert_int_equal(WdfDeviceInitAssignWdmIrpPreprocessCallback(i, on_control,
                                                                 IRP_MJ_DEVICE_CONTROL, NULL, 0),
                     STATUS_SUCCESS);
}

static NTSTATUS queues(WDFDEVICE d)
{
    WDF_IO_QUEUE_CONFIG q;

    WDF_IO_QUEUE_CONFIG_INIT(&q, WdfIoQueueDispatchParallel);
    q.EvtIoRead = on_chosen_read;
    q.EvtIoDeviceControl = on_chosen_control;
    assert_int_equal(WdfIoQueueCreate(d, &q, NULL, &chosen), STATUS_SUCCESS);
    assert_int_equal(WdfDeviceConfigureWdmIrpDispatchCallback(d, NULL, IRP_MJ_PNP, on_dispatch,
                                                              NULL),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(WdfDeviceConfigureWdmIrpDispatchCallback(d, NULL, IRP_MJ_READ, on_dispatch,
                                                              &chosen),
                     STATUS_SUCCESS);
    return WdfDeviceConfigureWdmIrpDispatchCallback(d, WdfGetDriver(), IRP_MJ_WRITE, on_dispatch,
                                                    &chosen);
}

static NTSTATUS ask(struct sim *s, struct host_file *file, enum host_op op)
{
    struct host_io io = {
        .op = op, .buf = mem_user_alloc(s, wdf_process, 16, 16), .bytes = 16, .code = 0x80002000
    };
    struct host_request *q = host_io_start(s, file, &io);
    NTSTATUS status;

    assert_true(host_io_wait(s, q, UINT64_MAX));
    status = q->status;
    host_io_free(s, q);
    return status;
}

static void ways(struct sim *s)
{
    struct host_file *file;

    more_init = init;
    more_device = queues;
    assert_int_equal(card_start(s), STATUS_SUCCESS);
    assert_int_equal(WdfDeviceConfigureWdmIrpDispatchCallback(fx_made, NULL, IRP_MJ_READ,
                                                              on_dispatch, NULL),
                     STATUS_INVALID_DEVICE_STATE);
    assert_int_equal(host_open(s, card, wdf_process, FILE_READ_DATA | FILE_WRITE_DATA, &file),
                     STATUS_SUCCESS);
    told[0] = 0;
    assert_int_equal(ask(s, file, HOST_READ), STATUS_SUCCESS);
    ASSERT_TOLD("DispatchRead ChosenRead"); /* no word in the caller's context: no flag */
    assert_int_equal(ask(s, file, HOST_WRITE), STATUS_INVALID_DEVICE_REQUEST);
    ASSERT_TOLD("DispatchWrite InCaller"); /* the default queue has no EvtIoWrite */
    assert_int_equal(ask(s, file, HOST_IOCTL), STATUS_SUCCESS);
    ASSERT_TOLD("Preprocess InCaller ChosenControl");
    host_close(s, file);
}

static void a_driver_chooses_the_queue(void **state)
{
    (void)state;
    card_run(ways);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_driver_chooses_the_queue),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
