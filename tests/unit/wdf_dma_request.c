/*
 * Transactions of requests: whose buffer they take, which direction they must have, and how long they
 * refer to the request.
 * Sources: fxdmatransactionapi.cpp (InitializeUsingRequest), fxdmatransactionbase.hpp,
 * wdfdmatransaction/nf-wdfdmatransaction-wdfdmatransactioninitializeusingrequest.
 */
#include "tests/unit/wdf_io.h"

#include "sim/wdf/dma.h"

#define BYTES 0x1800u

static struct dm_device_model card_model = {
    .name = "ears",
    .vendor_id = 0x1234,
    .device_id = 0x12,
    .class_code = 0xff0000,
    .bars = { { .bytes = 0x1000 } },
    .address_bits = 64,
    .scatter_gather = true,
};
static struct dm_device *card;
static PDEVICE_OBJECT card_pdo;
static WDFDMAENABLER enabler;
static WDFDMATRANSACTION txn;
static uint8_t *user;
static void (*on_request)(WDFREQUEST request); /* completes it */

static const WDF_DMA_DIRECTION from_card = WdfDmaDirectionReadFromDevice;
static const WDF_DMA_DIRECTION to_card = WdfDmaDirectionWriteToDevice;

static NTSTATUS add_device(PDRIVER_OBJECT DriverObject, PDEVICE_OBJECT PhysicalDeviceObject)
{
    (void)DriverObject;
    card_pdo = PhysicalDeviceObject;
    return STATUS_SUCCESS;
}

static VOID on_control(WDFQUEUE Queue, WDFREQUEST Request, size_t OutputBufferLength,
                       size_t InputBufferLength, ULONG IoControlCode)
{
    (void)Queue, (void)OutputBufferLength, (void)InputBufferLength, (void)IoControlCode;
    on_request(Request);
}

static VOID on_transfer(WDFQUEUE Queue, WDFREQUEST Request, size_t Length)
{
    (void)Queue, (void)Length;
    on_request(Request);
}

/* What the device was shown. */
static struct {
    unsigned calls;
    uint64_t ba, bytes;
} shown;

static BOOLEAN on_program(WDFDMATRANSACTION Transaction, WDFDEVICE Device, WDFCONTEXT Context,
                          WDF_DMA_DIRECTION Direction, PSCATTER_GATHER_LIST SgList)
{
    (void)Transaction, (void)Device, (void)Context, (void)Direction;
    shown.calls++;
    shown.ba = (uint64_t)SgList->Elements[0].Address.QuadPart;
    shown.bytes = 0;
    for (ULONG i = 0; i < SgList->NumberOfElements; i++)
        shown.bytes += SgList->Elements[i].Length;
    return TRUE;
}

static void open_card(struct sim *s, WDF_DMA_PROFILE profile)
{
    WDF_DMA_ENABLER_CONFIG c;
    WDF_IO_QUEUE_CONFIG q;

    wdf_driver->DriverExtension->AddDevice = add_device;
    card = bus_plug(s, &card_model);
    assert_int_equal(host_device_add(s, wdf_driver, card), STATUS_SUCCESS);
    card->bus_master = true;
    io_d->pdo = card_pdo;
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&q, WdfIoQueueDispatchParallel);
    q.EvtIoDeviceControl = on_control;
    q.EvtIoRead = on_transfer;
    q.EvtIoWrite = on_transfer;
    io_queue(&q, NULL);
    io_on(s);
    WDF_DMA_ENABLER_CONFIG_INIT(&c, profile, 1 << 16);
    assert_int_equal(WdfDmaEnablerCreate(io_device(), &c, NULL, &enabler), STATUS_SUCCESS);
    assert_int_equal(WdfDmaTransactionCreate(enabler, NULL, &txn), STATUS_SUCCESS);
    user = io_user(s, BYTES);
    memset(user, 0x5a, BYTES);
    memset(&shown, 0, sizeof(shown));
}

/* --- which direction --- */

static NTSTATUS read_status, write_status;

static void try_both(WDFREQUEST request)
{
    read_status = WdfDmaTransactionInitializeUsingRequest(txn, request, on_program, from_card);
    WdfDmaTransactionRelease(txn);
    write_status = WdfDmaTransactionInitializeUsingRequest(txn, request, on_program, to_card);
    WdfDmaTransactionRelease(txn);
    assert_int_equal(WdfDmaTransactionInitializeUsingRequest(txn, request, on_program,
                                                             (WDF_DMA_DIRECTION)2),
                     STATUS_INVALID_PARAMETER);
    WdfRequestComplete(request, STATUS_SUCCESS);
}

static void control_gives(struct sim *s, struct host_file *file, ULONG code, uint32_t in,
                          uint32_t out, NTSTATUS read, NTSTATUS write)
{
    assert_int_equal(io_end(s, io_control(s, file, code, user, in, user, out)), STATUS_SUCCESS);
    assert_int_equal(read_status, read);
    assert_int_equal(write_status, write);
}

static void directions(struct sim *s)
{
    const NTSTATUS no = STATUS_INVALID_DEVICE_REQUEST, ok = STATUS_SUCCESS;
    struct host_file *file;

    open_card(s, WdfDmaProfileScatterGather64);
    on_request = try_both;
    file = io_open(s);
    control_gives(s, file, CODE_IN_DIRECT, 16, BYTES, no, ok);
    control_gives(s, file, CODE_OUT_DIRECT, 16, BYTES, ok, no);
    control_gives(s, file, CODE_BUFFERED, 16, 32, ok, ok);
    control_gives(s, file, CODE_NEITHER, 16, 32, no, no);
    control_gives(s, file, CODE_BUFFERED, 16, 0, no, ok); /* nothing to read into */
    assert_int_equal(io_end(s, io_read(s, file, user, BYTES)), STATUS_SUCCESS);
    assert_int_equal(read_status, ok);
    assert_int_equal(write_status, no);
    assert_int_equal(io_end(s, host_io_start(s, file,
                                             &(struct host_io) {
                                                 .op = HOST_WRITE, .buf = user, .bytes = BYTES })),
                     STATUS_SUCCESS);
    assert_int_equal(read_status, no);
    assert_int_equal(write_status, ok);
    host_close(s, file);
}

static void a_request_has_its_direction(void **state)
{
    (void)state;
    io_flags = DO_DIRECT_IO;
    io_run(NULL, directions, 0);
}

/* --- how long it is referred to --- */

static bool too_early;

static void transfer(WDFREQUEST request)
{
    static uint8_t bytes[BYTES];
    NTSTATUS status;

    assert_int_equal(WdfDmaTransactionInitializeUsingRequest(txn, request, on_program, to_card),
                     STATUS_SUCCESS);
    assert_ptr_equal(WdfDmaTransactionGetRequest(txn), request);
    assert_int_equal(WdfDmaTransactionExecute(txn, NULL), STATUS_SUCCESS);
    assert_int_equal(shown.calls, 1);
    assert_int_equal(shown.bytes, BYTES);
    assert_true(dm_bus_read(card, 0, shown.ba, bytes, 16));
    assert_int_equal(bytes[15], 0x5a);
    if (too_early)
        WdfRequestComplete(request, STATUS_SUCCESS);
    assert_int_equal(wdf_sim->bugcheck_code, too_early ? 0x10d : 0);
    assert_int_equal(WdfDmaTransactionDmaCompleted(txn, &status), TRUE);
    assert_int_equal(status, STATUS_SUCCESS);
    assert_ptr_equal(WdfDmaTransactionGetRequest(txn), request); /* stays readable */
    if (!too_early)
        WdfRequestCompleteWithInformation(request, status, BYTES);
    assert_int_equal(WdfDmaTransactionRelease(txn), STATUS_SUCCESS);
    assert_null(WdfDmaTransactionGetRequest(txn));
}

static void referred(struct sim *s)
{
    struct host_file *file;

    open_card(s, WdfDmaProfileScatterGather64);
    on_request = transfer;
    file = io_open(s);
    assert_int_equal(io_end(s, io_control(s, file, CODE_IN_DIRECT, user, 16, user, BYTES)),
                     STATUS_SUCCESS);
    host_close(s, file);
}

static void it_may_be_completed_when_the_transfer_is_over(void **state)
{
    (void)state;
    too_early = false;
    io_run(NULL, referred, 0);
    too_early = true;
    io_run(NULL, referred, 0x10d);
}

/* A second packet of version 2 is refused, and its request is not referred to any more. */
static void refused(WDFREQUEST request)
{
    WDFDMATRANSACTION other;
    NTSTATUS status;

    assert_int_equal(WdfDmaTransactionCreate(enabler, NULL, &other), STATUS_SUCCESS);
    assert_int_equal(WdfDmaTransactionInitializeUsingRequest(other, request, on_program, to_card),
                     STATUS_SUCCESS);
    assert_int_equal(WdfDmaTransactionExecute(other, NULL), STATUS_SUCCESS);
    assert_int_equal(WdfDmaTransactionInitializeUsingRequest(txn, request, on_program, to_card),
                     STATUS_SUCCESS);
    assert_int_equal(WdfDmaTransactionExecute(txn, NULL), STATUS_WDF_BUSY);
    assert_int_equal(WdfDmaTransactionDmaCompleted(other, &status), TRUE);
    WdfRequestComplete(request, STATUS_SUCCESS);
    assert_int_equal(wdf_sim->bugcheck_code, 0);
    WdfDmaTransactionRelease(txn);
}

static void busy(struct sim *s)
{
    struct host_file *file;

    open_card(s, WdfDmaProfilePacket64);
    on_request = refused;
    file = io_open(s);
    assert_int_equal(io_end(s, io_control(s, file, CODE_IN_DIRECT, user, 16, user, BYTES)),
                     STATUS_SUCCESS);
    host_close(s, file);
}

static void a_refused_transaction_lets_it_go(void **state)
{
    (void)state;
    io_run(NULL, busy, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_has_its_direction),
        cmocka_unit_test(it_may_be_completed_when_the_transfer_is_over),
        cmocka_unit_test(a_refused_transaction_lets_it_go),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
