/*
 * Transactions of the system profiles, on the machine's own DMA controller: configuration, the sequence of
 * calls, who is asked before a transfer and told after it, stopping.
 * Sources: wdf/supporting-system-mode-dma, fxdmatransactionsystem.cpp, the table in the reference, 5.8.
 */
#include "tests/unit/wdf_dma.h"

#include "tests/unit/nt_dma_system.h"

static const WDF_DMA_DIRECTION read = WdfDmaDirectionReadFromDevice;
static const WDF_DMA_DIRECTION write_ = WdfDmaDirectionWriteToDevice;

static struct {
    unsigned calls;
    size_t offset, length;
    PMDL mdl;
    PVOID context;
    BOOLEAN answer;
    WDFDMATRANSACTION txn; /* completed here when the answer is FALSE */
    NTSTATUS status;
} asked;

static BOOLEAN on_configure(WDFDMATRANSACTION DmaTransaction, WDFDEVICE Device, PVOID Context,
                            PMDL Mdl, size_t Offset, size_t Length)
{
    assert_ptr_equal(Device, W.device);
    asked.calls++;
    asked.txn = DmaTransaction;
    asked.context = Context;
    asked.mdl = Mdl;
    asked.offset = Offset;
    asked.length = Length;
    if (!asked.answer)
        WdfDmaTransactionDmaCompletedFinal(DmaTransaction, 0, &asked.status);
    return asked.answer;
}

static struct {
    unsigned calls;
    WDFCONTEXT context;
    DMA_COMPLETION_STATUS status;
    BOOLEAN over;
    NTSTATUS result;
} told;

static VOID on_complete(WDFDMATRANSACTION Transaction, WDFDEVICE Device, WDFCONTEXT Context,
                        WDF_DMA_DIRECTION Direction, DMA_COMPLETION_STATUS Status)
{
    assert_ptr_equal(Device, W.device);
    assert_int_equal(sched_irql(T.s), DISPATCH_LEVEL);
    (void)Direction;
    told.calls++;
    told.context = Context;
    told.status = Status;
    told.over = WdfDmaTransactionDmaCompleted(Transaction, &told.result);
}

static NTSTATUS configure(WDF_DMA_DIRECTION direction)
{
    CM_PARTIAL_RESOURCE_DESCRIPTOR channel = { .Type = CmResourceTypeDma };
    PHYSICAL_ADDRESS at = { .QuadPart = (LONGLONG)T.d->bars[0].start + DATA };
    WDF_DMA_SYSTEM_PROFILE_CONFIG c;

    channel.u.Dma.Channel = CHANNEL;
    channel.u.Dma.Port = LINE;
    WDF_DMA_SYSTEM_PROFILE_CONFIG_INIT(&c, at, Width8Bits, &channel);
    return WdfDmaEnablerConfigureSystemProfile(W.enabler, &c, direction);
}

static WDFDMATRANSACTION open_system(void)
{
    T.d->bus_master = false;
    enabler_make(WdfDmaProfileSystem, 1 << 16, 0);
    assert_int_equal(configure(read), STATUS_SUCCESS);
    program_forget();
    memset(&asked, 0, sizeof(asked));
    memset(&told, 0, sizeof(told));
    return txn_make();
}

static void begin(WDFDMATRANSACTION t, struct buffer *b, WDF_DMA_DIRECTION direction)
{
    assert_int_equal(WdfDmaTransactionInitialize(t, on_program, direction, b->mdl, b->p, b->bytes),
                     STATUS_SUCCESS);
    assert_int_equal(WdfDmaTransactionExecute(t, NULL), STATUS_SUCCESS);
}

static void transfer(void)
{
    struct buffer b = buffer_make(0x30, 3000);
    WDFDMATRANSACTION t = open_system();
    uint32_t from;
    NTSTATUS status;

    WdfDmaTransactionSetChannelConfigurationCallback(t, on_configure, &b);
    asked.answer = TRUE;
    card_fill(0, 3000);
    from = T.events;
    begin(t, &b, read);
    assert_int_equal(programmed.calls, 1);
    assert_int_equal(asked.calls, 1);
    assert_ptr_equal(asked.context, &b);
    assert_ptr_equal(asked.mdl, b.mdl);
    assert_int_equal(asked.offset, 0);
    assert_int_equal(asked.length, 3000);
    card_start(3000, 0, false);
    pause_us(20000);
    assert_int_equal(WdfDmaTransactionDmaCompleted(t, &status), TRUE);
    assert_int_equal(status, STATUS_SUCCESS);
    assert_memory_equal(b.p, dm_memory(T.d, 0, 3000), 3000);
    assert_string_equal(
        calls_since(from),
        "InitializeDmaTransferContext AllocateAdapterChannelEx AdapterControl "
        "EvtDmaTransactionConfigureDmaChannel MapTransferEx EvtProgramDma FlushAdapterBuffersEx "
        "FreeAdapterChannel ");
    assert_int_equal(T.s->dma->channels_live, 0);
}

static void a_channel_is_configured_mapped_and_flushed(void **state)
{
    (void)state;
    model = *dm_device_model("slavedma");
    with_wdf("direct64", transfer, 0);
}

static void completion_told(void)
{
    struct buffer b = buffer_make(0, 2000);
    WDFDMATRANSACTION t = open_system();

    WdfDmaTransactionSetTransferCompleteCallback(t, on_complete, &b);
    card_fill(0, 2000);
    begin(t, &b, read);
    card_start(2000, 0, false);
    pause_us(20000);
    assert_int_equal(told.calls, 1);
    assert_int_equal(told.status, DmaComplete);
    assert_ptr_equal(told.context, &b);
    assert_int_equal(told.over, TRUE);
    assert_int_equal(told.result, STATUS_SUCCESS);
    assert_int_equal(state_of(t), 5);
    assert_memory_equal(b.p, dm_memory(T.d, 0, 2000), 2000);
}

static void the_driver_hears_of_the_end(void **state)
{
    (void)state;
    model = *dm_device_model("slavedma");
    with_wdf("direct64", completion_told, 0);
}

static void stop(void)
{
    struct buffer b = buffer_make(0, 2000);
    WDFDMATRANSACTION t = open_system();

    WdfDmaTransactionSetTransferCompleteCallback(t, on_complete, NULL);
    begin(t, &b, read); /* the card never starts */
    WdfDmaTransactionStopSystemTransfer(t);
    pause_us(1000);
    assert_int_equal(told.calls, 1);
    assert_int_equal(told.status, DmaCancelled);
    assert_int_equal(told.over, TRUE);
    assert_int_equal(told.result, STATUS_SUCCESS); /* nothing was left to stage */
    assert_int_equal(T.s->dma->channels_live, 0);
}

static void what_was_stopped_is_completed(void **state)
{
    (void)state;
    model = *dm_device_model("slavedma");
    with_wdf("direct64", stop, 0);
}

/* Within EvtProgramDma the controller is stopped: the completion waits until it has returned. */
static void stop_within(void)
{
    WdfDmaTransactionStopSystemTransfer(programmed.txn);
    for (unsigned i = 0; i < 100; i++) /* long enough for another processor */
        KeStallExecutionProcessor(20);
    assert_int_equal(told.calls, 0);
}

static void deferred(void)
{
    struct buffer b = buffer_make(0, 2000);
    WDFDMATRANSACTION t = open_system();

    WdfDmaTransactionSetTransferCompleteCallback(t, on_complete, NULL);
    programmed.then = stop_within;
    begin(t, &b, read);
    pause_us(1000);
    assert_int_equal(told.calls, 1);
    assert_int_equal(told.status, DmaCancelled);
    assert_int_equal(state_of(t), 5);
}

static void a_completion_waits_for_the_program_callback(void **state)
{
    (void)state;
    model = *dm_device_model("slavedma");
    with_wdf("direct64", deferred, 0);
}

static void declined(void)
{
    struct buffer b = buffer_make(0, 2000);
    WDFDMATRANSACTION t = open_system();

    WdfDmaTransactionSetChannelConfigurationCallback(t, on_configure, NULL);
    begin(t, &b, read); /* the driver ends the transaction and says FALSE */
    assert_int_equal(asked.calls, 1);
    assert_int_equal(asked.status, STATUS_SUCCESS);
    assert_int_equal(programmed.calls, 0);
    assert_int_equal(state_of(t), 5);
}

static void who_declines_is_not_asked_to_program(void **state)
{
    (void)state;
    model = *dm_device_model("slavedma");
    with_wdf("direct64", declined, 0);
}

/* Another data register than the configured one is an error of the controller's. */
static void wrong_register(void)
{
    struct buffer b = buffer_make(0, 2000);
    WDFDMATRANSACTION t = open_system();

    WdfDmaTransactionSetTransferCompleteCallback(t, on_complete, NULL);
    assert_int_equal(WdfDmaTransactionInitialize(t, on_program, read, b.mdl, b.p, b.bytes),
                     STATUS_SUCCESS);
    WdfDmaTransactionSetDeviceAddressOffset(t, 0x1000);
    assert_int_equal(WdfDmaTransactionExecute(t, NULL), STATUS_SUCCESS);
    card_start(2000, 0, false);
    pause_us(20000);
    assert_int_equal(told.calls, 1);
    assert_int_equal(told.status, DmaError);
}

static void an_offset_names_another_register(void **state)
{
    (void)state;
    model = *dm_device_model("slavedma");
    with_wdf("direct64", wrong_register, 0);
}

static void configuration(void)
{
    WDF_DMA_SYSTEM_PROFILE_CONFIG c = { .Size = sizeof(c) };
    CM_PARTIAL_RESOURCE_DESCRIPTOR channel = { .Type = CmResourceTypeDma };
    struct event e = { 0 };
    uint32_t from;

    enabler_make(WdfDmaProfileSystemDuplex, 1 << 16, 0);
    assert_int_equal(WdfDmaEnablerConfigureSystemProfile(W.enabler, NULL, read),
                     STATUS_INVALID_PARAMETER);
    assert_int_equal(WdfDmaEnablerConfigureSystemProfile(W.enabler, &c, read),
                     STATUS_INVALID_PARAMETER); /* no descriptor */
    c.DmaDescriptor = &channel;
    c.Size = 0x18;
    assert_int_equal(WdfDmaEnablerConfigureSystemProfile(W.enabler, &c, read),
                     STATUS_INFO_LENGTH_MISMATCH);
    assert_int_equal(configure((WDF_DMA_DIRECTION)2), STATUS_INVALID_PARAMETER);
    from = T.events;
    assert_int_equal(configure(write_), STATUS_SUCCESS);
    assert_int_equal(said_since(from, EV_CALL, &e) > 0, 1);
    assert_int_equal(WdfDmaEnablerGetMaximumLength(W.enabler), 0); /* the read half is not there */
    assert_int_equal(configure(write_), STATUS_INVALID_PARAMETER);
    assert_int_equal(configure(read), STATUS_SUCCESS);
    assert_int_equal(WdfDmaEnablerGetMaximumLength(W.enabler), 1 << 16);
}

static void each_direction_is_configured_once(void **state)
{
    (void)state;
    model = *dm_device_model("slavedma");
    with_wdf("direct64", configuration, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_channel_is_configured_mapped_and_flushed),
        cmocka_unit_test(the_driver_hears_of_the_end),
        cmocka_unit_test(what_was_stopped_is_completed),
        cmocka_unit_test(a_completion_waits_for_the_program_callback),
        cmocka_unit_test(who_declines_is_not_asked_to_program),
        cmocka_unit_test(an_offset_names_another_register),
        cmocka_unit_test(each_direction_is_configured_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
