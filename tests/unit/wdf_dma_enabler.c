/*
 * DMA enablers: what each profile asks the HAL for, overrides, limits, the system profile, who may be the
 * parent, and the order of the power callbacks.
 * Sources: wdfdmaenabler/nf-wdfdmaenabler-wdfdmaenablercreate, fxdmaenabler.cpp, fxdmaenablerapi.cpp.
 */
#include "tests/unit/wdf_dma.h"

#include "sim/core/fault.h"

enum { MASTER = 1, SG = 2, DEMAND = 4, AUTO = 8, BITS32 = 16, BITS64 = 128 };

/* What IoGetDmaAdapter was given, from its CALL: version, length, interface type, width; and flags. */
struct asked {
    uint64_t adapters, version, length, bus, width, flags;
};

static struct asked asked_since(uint32_t from)
{
    struct asked a = { 0 };

    for (uint32_t i = from; i < T.events; i++) {
        const struct event *e = &heard[i % EVENTS_KEPT], *next = &heard[(i + 1) % EVENTS_KEPT];

        if (e->kind != EV_CALL || e->api != API_IoGetDmaAdapter)
            continue;
        a = (struct asked) { a.adapters + 1, e->a[0], e->a[1], e->a[2], e->a[3], next->a[0] };
    }
    return a;
}

static const struct {
    WDF_DMA_PROFILE profile;
    struct asked asked;
} profiles[] = {
    { WdfDmaProfilePacket, { 1, 2, 0x8000, PCIBus, 0, MASTER | BITS32 } },
    { WdfDmaProfileScatterGather, { 1, 2, 0x8000, PCIBus, 0, MASTER | SG | BITS32 } },
    { WdfDmaProfilePacket64, { 1, 2, 0x8000, PCIBus, 0, MASTER | BITS32 | BITS64 } },
    { WdfDmaProfileScatterGather64, { 1, 2, 0x8000, PCIBus, 0, MASTER | SG | BITS32 | BITS64 } },
    { WdfDmaProfileScatterGatherDuplex, { 2, 2, 0x8000, PCIBus, 0, MASTER | SG | BITS32 } },
    { WdfDmaProfileScatterGather64Duplex,
      { 2, 2, 0x8000, PCIBus, 0, MASTER | SG | BITS32 | BITS64 } },
    { WdfDmaProfileSystem, { 0 } },
    { WdfDmaProfileSystemDuplex, { 0 } },
};

static void ask(void)
{
    for (size_t i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++) {
        bool duplex = profiles[i].asked.adapters == 2, system = !profiles[i].asked.adapters;
        uint32_t from = T.events;
        PDMA_ADAPTER read, write;
        struct asked a;

        enabler_make(profiles[i].profile, 0x8000, 0);
        a = asked_since(from);
        assert_memory_equal(&a, &profiles[i].asked, sizeof(a));
        read = WdfDmaEnablerWdmGetDmaAdapter(W.enabler, WdfDmaDirectionReadFromDevice);
        write = WdfDmaEnablerWdmGetDmaAdapter(W.enabler, WdfDmaDirectionWriteToDevice);
        assert_int_equal(read != write, duplex);
        assert_int_equal(!read, system);
        assert_int_equal(WdfDmaEnablerGetMaximumLength(W.enabler), system ? 0 : 0x8000);
        assert_int_equal(WdfDmaEnablerGetFragmentLength(W.enabler, WdfDmaDirectionReadFromDevice),
                         system ? 0 : 0x8000);
        from = T.events;
        WdfObjectDelete(W.enabler);
        assert_string_equal(calls_since(from), system   ? ""
                                               : duplex ? "PutDmaAdapter PutDmaAdapter "
                                                        : "PutDmaAdapter ");
    }
}

static void a_profile_is_a_device_description(void **state)
{
    (void)state;
    with_wdf("remap", ask, 0);
}

static void arm(void)
{
    uint32_t from = T.events;

    enabler_make(WdfDmaProfilePacket, 0x8000, 0);
    assert_int_equal(asked_since(from).version, 3);
    assert_int_equal(asked_since(from).width, 32);
}

static void without_coherent_caches_it_is_version_3(void **state)
{
    (void)state;
    with_wdf("noncoherent", arm, 0);
}

static NTSTATUS create(WDF_DMA_PROFILE profile, ULONG width, ULONG version, ULONG flags)
{
    WDF_DMA_ENABLER_CONFIG c;
    WDFDMAENABLER e = (WDFDMAENABLER)1;
    NTSTATUS status;

    WDF_DMA_ENABLER_CONFIG_INIT(&c, profile, 0x8000);
    c.AddressWidthOverride = width;
    c.WdmDmaVersionOverride = version;
    c.Flags = flags;
    status = WdfDmaEnablerCreate(W.device, &c, WDF_NO_OBJECT_ATTRIBUTES, &e);
    assert_int_equal(e != NULL, NT_SUCCESS(status));
    if (e)
        WdfObjectDelete(e);
    return status;
}

static void overrides(void)
{
    const ULONG single = WDF_DMA_ENABLER_CONFIG_REQUIRE_SINGLE_TRANSFER;
    uint32_t from = T.events;
    struct asked a;

    assert_int_equal(create(WdfDmaProfileScatterGather64, 36, 0, 0), STATUS_SUCCESS);
    a = asked_since(from);
    assert_int_equal(a.version, 3);
    assert_int_equal(a.width, 36);
    from = T.events;
    assert_int_equal(create(WdfDmaProfilePacket, 0, 3, single), STATUS_SUCCESS);
    a = asked_since(from);
    assert_int_equal(a.version, 3);
    assert_int_equal(a.width, 32); /* by the profile's bits */
    from = T.events;
    assert_int_equal(create(WdfDmaProfileScatterGather, 33, 0, 0), STATUS_INVALID_PARAMETER);
    assert_int_equal(create(WdfDmaProfileSystem, 32, 0, 0), STATUS_INVALID_PARAMETER);
    assert_int_equal(create(WdfDmaProfilePacket, 0, 1, 0), STATUS_INVALID_PARAMETER);
    assert_int_equal(create(WdfDmaProfilePacket, 32, 2, 0), STATUS_INVALID_PARAMETER);
    assert_int_equal(create(WdfDmaProfilePacket, 0, 0, single), STATUS_INVALID_PARAMETER);
    assert_int_equal(said_since(from, EV_MISUSE, NULL), 5); /* the framework breaks each time */
    assert_int_equal(create(WdfDmaProfileInvalid, 0, 0, 0), STATUS_INVALID_PARAMETER);
    assert_int_equal(create((WDF_DMA_PROFILE)9, 0, 0, 0), STATUS_INVALID_PARAMETER);
    assert_int_equal(said_since(from, EV_MISUSE, NULL), 5);
}

static void overrides_must_fit_the_profile(void **state)
{
    (void)state;
    with_wdf("remap", overrides, 0);
}

static void refused(void)
{
    WDF_DMA_ENABLER_CONFIG c;
    WDF_OBJECT_ATTRIBUTES a;
    WDFDMAENABLER e;
    WDFOBJECT stranger;

    WDF_DMA_ENABLER_CONFIG_INIT(&c, WdfDmaProfilePacket, 0);
    assert_int_equal(WdfDmaEnablerCreate(W.device, &c, NULL, &e), STATUS_INVALID_PARAMETER);
    c.MaximumLength = 4096;
    c.Size = 0x40;
    assert_int_equal(WdfDmaEnablerCreate(W.device, &c, NULL, &e), STATUS_INFO_LENGTH_MISMATCH);
    c.Size = 0x50;
    WDF_OBJECT_ATTRIBUTES_INIT(&a);
    assert_int_equal(WdfObjectCreate(&a, &stranger), STATUS_SUCCESS);
    a.ParentObject = stranger;
    assert_int_equal(WdfDmaEnablerCreate(W.device, &c, &a, &e),
                     STATUS_WDF_OBJECT_ATTRIBUTES_INVALID);
    WdfObjectDelete(stranger);
    a.ParentObject = W.device;
    assert_int_equal(WdfObjectCreate(&a, &stranger), STATUS_SUCCESS);
    a.ParentObject = stranger; /* below the device: it may */
    assert_int_equal(WdfDmaEnablerCreate(W.device, &c, &a, &e), STATUS_SUCCESS);
    WdfObjectDelete(stranger);
    fault_reset(T.s);
    fault_plan_nth(T.s, FAULT_ADAPTER, 1);
    assert_int_equal(WdfDmaEnablerCreate(W.device, &c, NULL, &e), STATUS_UNSUCCESSFUL);
    assert_null(e);
    fault_reset(T.s);
    fault_plan_nth(T.s, FAULT_WDF_OBJECT, 1);
    assert_int_equal(WdfDmaEnablerCreate(W.device, &c, NULL, &e), STATUS_INSUFFICIENT_RESOURCES);
    assert_int_equal(to_dispatch(), PASSIVE_LEVEL);
    assert_int_equal(WdfDmaEnablerCreate(W.device, &c, NULL, &e), STATUS_INVALID_DEVICE_REQUEST);
    from_dispatch(PASSIVE_LEVEL);
}

static void what_is_refused(void **state)
{
    (void)state;
    with_wdf("remap", refused, 0);
}

/* The profile's machine gives 9 map registers at most: so 8 pages are what one transfer carries. */
static void limits(void)
{
    const WDF_DMA_DIRECTION read = WdfDmaDirectionReadFromDevice;
    uint32_t from;

    enabler_make(WdfDmaProfileScatterGather, 1 << 20, 0);
    assert_int_equal(WdfDmaEnablerGetMaximumLength(W.enabler), 1 << 20);
    assert_int_equal(WdfDmaEnablerGetFragmentLength(W.enabler, read), 0x8000);
    from = T.events;
    assert_int_equal(WdfDmaEnablerGetFragmentLength(W.enabler, (WDF_DMA_DIRECTION)2), 0);
    assert_null(WdfDmaEnablerWdmGetDmaAdapter(W.enabler, (WDF_DMA_DIRECTION)2));
    assert_int_equal(said_since(from, EV_MISUSE, NULL), 2);
    assert_int_equal(WdfDmaEnablerGetMaximumScatterGatherElements(W.enabler), 0xffffffff);
    WdfDmaEnablerSetMaximumScatterGatherElements(W.enabler, 12);
    WdfDmaEnablerSetMaximumScatterGatherElements(W.enabler, 0);
    assert_int_equal(WdfDmaEnablerGetMaximumScatterGatherElements(W.enabler), 12);
    WdfDmaEnablerSetMaximumScatterGatherElements(W.enabler, (size_t)1 << 40);
    assert_int_equal(WdfDmaEnablerGetMaximumScatterGatherElements(W.enabler), 0xffffffff);
}

static void a_fragment_leaves_one_register(void **state)
{
    (void)state;
    with_wdf("tight", limits, 0);
}

static void null_handles(void)
{
    WDF_DMA_ENABLER_CONFIG c;
    WDFDMAENABLER e;
    struct event b = { 0 };
    uint32_t from = T.events;

    WDF_DMA_ENABLER_CONFIG_INIT(&c, WdfDmaProfilePacket, 4096);
    WdfDmaEnablerCreate(W.device, &c, NULL, NULL);
    WdfDmaEnablerCreate(W.device, NULL, NULL, &e);
    assert_int_equal(WdfDmaEnablerGetMaximumLength(NULL), 0);
    assert_int_equal(said_since(from, EV_BUGCHECK, &b), 3);
    assert_int_equal(b.a[0], 0x10d);
    assert_int_equal(b.a[1], 4);
    WdfDmaEnablerGetMaximumScatterGatherElements((WDFDMAENABLER)W.device);
    assert_int_equal(said_since(from, EV_BUGCHECK, &b), 4);
    assert_int_equal(b.a[1], 5);
    assert_int_equal(b.a[3], 0x1400);
}

static void what_is_missing_is_a_bug_check(void **state)
{
    (void)state;
    with_wdf("remap", null_handles, 0x10d);
}

/* --- power --- */

static char order[64];
static char failing; /* whose status is a failure */

static NTSTATUS tell(char who)
{
    size_t n = strlen(order);

    order[n] = who;
    order[n + 1] = 0;
    return who == failing ? STATUS_UNSUCCESSFUL : STATUS_SUCCESS;
}

static NTSTATUS on_fill(WDFDMAENABLER DmaEnabler)
{
    return tell(DmaEnabler == W.enabler ? 'F' : 'f');
}
static NTSTATUS on_enable(WDFDMAENABLER DmaEnabler) { return tell(DmaEnabler ? 'E' : '?'); }
static NTSTATUS on_start(WDFDMAENABLER DmaEnabler) { return tell(DmaEnabler ? 'S' : '?'); }
static NTSTATUS on_stop(WDFDMAENABLER DmaEnabler) { return tell(DmaEnabler ? 's' : '?'); }
static NTSTATUS on_disable(WDFDMAENABLER DmaEnabler) { return tell(DmaEnabler ? 'e' : '?'); }
static NTSTATUS on_flush(WDFDMAENABLER DmaEnabler) { return tell(DmaEnabler ? 'u' : '?'); }

static void power_one(char fails, const char *up, const char *down, NTSTATUS up_status,
                      NTSTATUS down_status)
{
    struct fx_device *d = (struct fx_device *)fx_object_find(fx_of(T.s), W.device, FX_DEVICE);
    WDF_DMA_ENABLER_CONFIG c;

    WDF_DMA_ENABLER_CONFIG_INIT(&c, WdfDmaProfileScatterGather64, 4096);
    c.EvtDmaEnablerFill = on_fill;
    c.EvtDmaEnablerEnable = on_enable;
    c.EvtDmaEnablerSelfManagedIoStart = on_start;
    c.EvtDmaEnablerSelfManagedIoStop = on_stop;
    c.EvtDmaEnablerDisable = on_disable;
    c.EvtDmaEnablerFlush = on_flush;
    assert_int_equal(WdfDmaEnablerCreate(W.device, &c, NULL, &W.enabler), STATUS_SUCCESS);
    failing = fails;
    order[0] = 0;
    assert_int_equal(fx_enablers_up(fx_of(T.s), d), up_status);
    assert_string_equal(order, up);
    order[0] = 0;
    assert_int_equal(fx_enablers_down(fx_of(T.s), d), down_status);
    assert_string_equal(order, down);
    WdfObjectDelete(W.enabler);
}

static void power(void)
{
    power_one(0, "FES", "seu", STATUS_SUCCESS, STATUS_SUCCESS);
    power_one('F', "F", "s", STATUS_UNSUCCESSFUL, STATUS_SUCCESS);
    power_one('E', "FE", "se", STATUS_UNSUCCESSFUL, STATUS_SUCCESS);
    power_one('S', "FES", "seu", STATUS_UNSUCCESSFUL, STATUS_SUCCESS);
    power_one('s', "FES", "seu", STATUS_SUCCESS, STATUS_UNSUCCESSFUL);
}

static void up_is_fill_enable_start_and_down_its_reverse(void **state)
{
    (void)state;
    with_wdf("remap", power, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_profile_is_a_device_description),
        cmocka_unit_test(without_coherent_caches_it_is_version_3),
        cmocka_unit_test(overrides_must_fit_the_profile),
        cmocka_unit_test(what_is_refused),
        cmocka_unit_test(a_fragment_leaves_one_register),
        cmocka_unit_test(what_is_missing_is_a_bug_check),
        cmocka_unit_test(up_is_fill_enable_start_and_down_its_reverse),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
