/*
 * The rules and a KMDF driver: what the framework itself does with an adapter is nobody's mistake, on any
 * machine; what a driver does to the framework is named by its own rule, and by no other.
 */
#include "tests/unit/wdf_dma.h"

#include "verifier/verify.h"

static struct verifier *verifier;
static void (*judged_body)(void);

static void judged(void)
{
    verifier = verifier_create(T.s->depot);
    assert_non_null(verifier);
    assert_int_equal(trace_attach(&T.s->trace, verifier_event, verifier), 0);
    verifier_begin(verifier, T.s->profile.name, 0, T.s->profile.translation == TRANSLATION_REMAP);
    judged_body();
    WdfObjectDelete(W.device);
    W.device = NULL;
    trace_detach(&T.s->trace, verifier);
    verifier_end(verifier);
}

static char found[256];

/* Runs a driver on a machine; the names of the rules that spoke, each followed by a blank. */
static const char *rules_of(const char *profile, void (*body)(void), uint32_t bugcheck)
{
    judged_body = body;
    with_wdf(profile, judged, bugcheck);
    found[0] = 0;
    for (unsigned i = 0; i < finding_count(verifier); i++) {
        const struct finding *f = finding_at(verifier, i);
        size_t n = strlen(found);

        if (!strstr(found, f->word))
            snprintf(found + n, sizeof(found) - n, "%s ", f->word);
        print_message("%s: %s: %s\n", profile, f->word, f->message);
    }
    verifier_destroy(verifier);
    return found;
}

static const char *const machines[] = { "direct64", "bounce32",     "nosg",
                                        "remap",    "tight",        "external",
                                        "deferred", "one-register", "noncoherent" };

/* --- all that is right --- */

static WDF_DMA_PROFILE profile_now;
static ULONG version_now, flags_now;
static WDF_DMA_DIRECTION direction_now;

static void device_moves_all(void)
{
    static uint8_t card[0x10000];
    PSCATTER_GATHER_LIST l = programmed.list;

    assert_true(device_moves(l, card, programmed.direction == WdfDmaDirectionWriteToDevice));
}

/* Executes, waiting for what comes later, and lets the device move each piece. */
static void run(WDFDMATRANSACTION t)
{
    program_forget();
    programmed.then = device_moves_all;
    assert_int_equal(WdfDmaTransactionExecute(t, NULL), STATUS_SUCCESS);
    sched_dpc_drain(T.s);
    assert_int_equal(programmed.calls, 1);
}

static void well_behaved(void)
{
    WDF_DMA_ENABLER_CONFIG c;
    struct buffer b = buffer_make(0, 0x5000);
    WDFDMATRANSACTION t;
    NTSTATUS status;

    WDF_DMA_ENABLER_CONFIG_INIT(&c, profile_now, 0x8000);
    c.WdmDmaVersionOverride = version_now;
    c.Flags = flags_now;
    assert_int_equal(WdfDmaEnablerCreate(W.device, &c, NULL, &W.enabler), STATUS_SUCCESS);
    t = txn_make();
    for (unsigned round = 0; round < 4; round++) {
        assert_int_equal(WdfDmaTransactionInitialize(t, on_program, direction_now, b.mdl, b.p,
                                                     b.bytes),
                         STATUS_SUCCESS);
        run(t);
        if (round == 1 && !WdfDmaTransactionDmaCompletedWithLength(t, 100, &status))
            sched_dpc_drain(T.s);
        if (round == 2 && !WdfDmaTransactionDmaCompletedWithLength(t, 0, &status))
            sched_dpc_drain(T.s);
        if (round == 3)
            assert_int_equal(WdfDmaTransactionDmaCompletedFinal(t, 0, &status), TRUE);
        else
            while (!WdfDmaTransactionDmaCompleted(t, &status))
                sched_dpc_drain(T.s);
        assert_int_equal(status, STATUS_SUCCESS);
        assert_int_equal(WdfDmaTransactionRelease(t), STATUS_SUCCESS);
    }
    WdfObjectDelete(t);
    buffer_free(&b);
}

static void what_the_framework_does_is_no_mistake(void **state)
{
    static const WDF_DMA_PROFILE profiles[] = { WdfDmaProfilePacket, WdfDmaProfileScatterGather,
                                                WdfDmaProfilePacket64,
                                                WdfDmaProfileScatterGather64Duplex };
    unsigned wrong = 0;

    (void)state;
    for (size_t m = 0; m < sizeof(machines) / sizeof(machines[0]); m++)
        for (unsigned i = 0; i < 32; i++) {
            profile_now = profiles[i % 4];
            version_now = i & 4 ? 3 : 0;
            flags_now = i & 8 ? WDF_DMA_ENABLER_CONFIG_NO_SGLIST_PREALLOCATION : 0;
            direction_now = i & 16 ? WdfDmaDirectionWriteToDevice : WdfDmaDirectionReadFromDevice;
            if (*rules_of(machines[m], well_behaved, 0)) {
                print_error("%s: profile %d, version %u, flags %u, direction %d: %s\n", machines[m],
                            (int)profile_now, (unsigned)version_now, (unsigned)flags_now,
                            (int)direction_now, found);
                wrong++;
            }
        }
    assert_int_equal(wrong, 0);
}

/* --- one mistake each --- */

static WDFDMATRANSACTION begun(struct buffer *b)
{
    WDFDMATRANSACTION t;

    enabler_make(WdfDmaProfileScatterGather64, 0x8000, 0);
    t = txn_make();
    assert_int_equal(WdfDmaTransactionInitialize(t, on_program, WdfDmaDirectionWriteToDevice,
                                                 b->mdl, b->p, b->bytes),
                     STATUS_SUCCESS);
    run(t);
    return t;
}

static void completed_twice(void)
{
    struct buffer b = buffer_make(0, 0x1000);
    WDFDMATRANSACTION t = begun(&b);
    NTSTATUS status;

    assert_int_equal(WdfDmaTransactionDmaCompleted(t, &status), TRUE);
    WdfDmaTransactionDmaCompleted(t, &status);
    buffer_free(&b);
}

static void nothing_given(void) { WdfDmaEnablerGetMaximumLength(NULL); }

static void stale(void)
{
    enabler_make(WdfDmaProfilePacket, 4096, 0);
    WdfObjectDelete(W.enabler);
    WdfDmaEnablerGetMaximumLength(W.enabler);
}

static void given_back_twice(void)
{
    enabler_make(WdfDmaProfilePacket, 4096, 0);
    WdfObjectDereference(W.enabler);
}

static void not_for_it(void)
{
    enabler_make(WdfDmaProfilePacket, 4096, 0);
    WdfDmaTransactionSetDeviceAddressOffset(txn_make(), 4);
}

static void two_at_a_time(void)
{
    struct buffer b = buffer_make(0, 0x1000);
    WDFDMATRANSACTION one, two;
    NTSTATUS status;

    enabler_make(WdfDmaProfilePacket64, 0x8000, 2);
    one = txn_make();
    two = txn_make();
    WdfDmaTransactionInitialize(one, on_program, WdfDmaDirectionWriteToDevice, b.mdl, b.p, 1);
    WdfDmaTransactionInitialize(two, on_program, WdfDmaDirectionWriteToDevice, b.mdl, b.p, 1);
    run(one);
    assert_int_equal(WdfDmaTransactionExecute(two, NULL), STATUS_WDF_BUSY);
    assert_int_equal(WdfDmaTransactionDmaCompleted(one, &status), TRUE);
    buffer_free(&b);
}

/* --- what the rules of DMA say of a KMDF driver --- */

/* The card of docs/devices/pktdma.md is given a transfer's address, and starts. */
enum { CONTROL = 0x04, ADDRESS = 0x14, LENGTH = 0x18, WINDOW = 0x1c, OFFSET = 0x20 };
enum { START = 1, TO_CARD = 2 };

static void card_write(uint64_t reg, uint32_t value) { bus_bar_write(T.d, 0, reg, value, 4); }

static void card_start(void)
{
    card_write(WINDOW, 0);
    card_write(OFFSET, 0);
    card_write(ADDRESS, (uint32_t)programmed.ba);
    card_write(LENGTH, (uint32_t)programmed.bytes);
    card_write(CONTROL, START | TO_CARD);
}

static void on_card(WDF_DMA_PROFILE profile, bool patient)
{
    struct buffer b = buffer_make(0, 0x1000);
    WDFDMATRANSACTION t;
    NTSTATUS status;

    enabler_make(profile, 0x8000, 0);
    t = txn_make();
    program_forget();
    programmed.then = card_start;
    WdfDmaTransactionInitialize(t, on_program, WdfDmaDirectionWriteToDevice, b.mdl, b.p, b.bytes);
    assert_int_equal(WdfDmaTransactionExecute(t, NULL), STATUS_SUCCESS);
    if (patient)
        sched_block(T.s, sched_now_ns(T.s) + 10000000);
    assert_int_equal(WdfDmaTransactionDmaCompleted(t, &status), TRUE);
    sched_block(T.s, sched_now_ns(T.s) + 10000000);
    WdfObjectDelete(t);
    buffer_free(&b);
}

static void packet_waits(void) { on_card(WdfDmaProfilePacket, true); }
static void packet_early(void) { on_card(WdfDmaProfilePacket, false); }
static void list_early(void) { on_card(WdfDmaProfileScatterGather, false); }

/* The framework puts what the transaction has; that it is deleted now is the mistake. */
static void never_completed(void)
{
    struct buffer b = buffer_make(0, 0x1000);

    begun(&b);
    WdfObjectDelete(W.enabler);
    buffer_free(&b);
}

/* A list of the driver's own from the adapter that KMDF keeps goes with nobody. */
static void own_list(void)
{
    struct buffer b = buffer_make(0, 0x1000);
    PDMA_ADAPTER adapter;
    KIRQL irql;

    enabler_make(WdfDmaProfileScatterGather64, 0x8000, 0);
    adapter = WdfDmaEnablerWdmGetDmaAdapter(W.enabler, WdfDmaDirectionWriteToDevice);
    irql = to_dispatch();
    assert_int_equal(adapter->DmaOperations->GetScatterGatherList(adapter, W.fdo, b.mdl, b.p,
                                                                  0x1000, list_control, NULL, TRUE),
                     STATUS_SUCCESS);
    from_dispatch(irql);
    WdfObjectDelete(W.enabler);
}

static void device_writes(void)
{
    uint8_t byte = 1;

    dm_bus_write(T.d, 0, programmed.ba, &byte, 1);
}

static void wrong_way(void)
{
    struct buffer b = buffer_make(0, 0x1000);
    WDFDMATRANSACTION t;
    NTSTATUS status;

    enabler_make(WdfDmaProfileScatterGather64, 0x8000, 0);
    t = txn_make();
    program_forget();
    programmed.then = device_writes;
    WdfDmaTransactionInitialize(t, on_program, WdfDmaDirectionWriteToDevice, b.mdl, b.p, b.bytes);
    assert_int_equal(WdfDmaTransactionExecute(t, NULL), STATUS_SUCCESS);
    assert_int_equal(WdfDmaTransactionDmaCompleted(t, &status), TRUE);
    WdfObjectDelete(t);
    buffer_free(&b);
}

static const struct {
    const char *rules;
    void (*body)(void);
    uint32_t bugcheck;
} mistakes[] = {
    { "wdf-dma-wrong-state ", completed_twice, 0x10d },
    { "wdf-null-parameter ", nothing_given, 0x10d },
    { "wdf-wrong-handle ", stale, 0x10d },
    { "wdf-object-error ", given_back_twice, 0x10d },
    { "wdf-debug-break ", not_for_it, 0 },
    { "", two_at_a_time, 0 }, /* what a driver is told to expect */
    { "wdf-dma-wrong-state ", never_completed, 0x10d },
    { "sgl-leaked ", own_list, 0 },
    { "device-writes-read-only ", wrong_way, 0 },
};

static void a_mistake_is_named_by_its_rule_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++)
        assert_string_equal(rules_of("remap", mistakes[i].body, mistakes[i].bugcheck),
                            mistakes[i].rules);
}

static void a_card_that_still_runs_is_seen(void **state)
{
    (void)state;
    model = *dm_device_model("pktdma");
    assert_string_equal(rules_of("remap", packet_waits, 0), "");
    assert_string_equal(rules_of("remap", packet_early, 0), "flush-while-device-runs ");
    assert_string_equal(rules_of("remap", list_early, 0), "put-while-device-runs ");
    assert_string_equal(rules_of("bounce32", packet_early, 0), "flush-while-device-runs ");
    assert_string_equal(rules_of("direct64", list_early, 0), "put-while-device-runs ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_framework_does_is_no_mistake),
        cmocka_unit_test(a_mistake_is_named_by_its_rule_alone),
        cmocka_unit_test(a_card_that_still_runs_is_seen),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
