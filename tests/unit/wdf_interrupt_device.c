/*
 * WDFINTERRUPT of a driver from its device's coming to its going: objects made in EvtDriverDeviceAdd and in
 * EvtDevicePrepareHardware, messages, sleep, rebalance, removal. Sources: wdf/creating-an-interrupt-object,
 * wdf/enabling-and-disabling-interrupts, fxinterruptapi.cpp, pnpstatemachine.cpp.
 */
#include "tests/unit/wdf_fixture.h"

#include "sim/nt/pnp.h"

#define MESSAGES 3

static struct dm_device *card;
static WDFDEVICE device;
static WDFINTERRUPT interrupts[MESSAGES];
static ULONG vectors[MESSAGES];
static char told[64];
static unsigned leaks;
static KAFFINITY affinity;

static void tell(char what, ULONG number)
{
    size_t n = strlen(told);

    assert_true(n + 2 < sizeof(told));
    told[n] = what;
    told[n + 1] = (char)('0' + number);
    told[n + 2] = 0;
}

#define ASSERT_TOLD(text)                                                                          \
    do {                                                                                           \
        assert_string_equal(told, text);                                                           \
        told[0] = 0;                                                                               \
    } while (0)

static ULONG number_of(WDFINTERRUPT interrupt)
{
    WDF_INTERRUPT_INFO info;

    WDF_INTERRUPT_INFO_INIT(&info);
    WdfInterruptGetInfo(interrupt, &info);
    vectors[info.MessageNumber] = info.Vector;
    affinity = info.TargetProcessorSet;
    return info.MessageNumber;
}

static BOOLEAN on_isr(WDFINTERRUPT Interrupt, ULONG MessageID)
{
    tell('i', MessageID);
    WdfInterruptQueueDpcForIsr(Interrupt);
    return TRUE;
}
static VOID on_dpc(WDFINTERRUPT Interrupt, WDFOBJECT AssociatedObject)
{
    assert_ptr_equal(AssociatedObject, device);
    tell('d', number_of(Interrupt));
}
static NTSTATUS on_enable(WDFINTERRUPT Interrupt, WDFDEVICE AssociatedDevice)
{
    (void)AssociatedDevice;
    tell('e', number_of(Interrupt));
    return STATUS_SUCCESS;
}
static NTSTATUS on_disable(WDFINTERRUPT Interrupt, WDFDEVICE AssociatedDevice)
{
    (void)AssociatedDevice;
    tell('x', number_of(Interrupt));
    return STATUS_SUCCESS;
}

static NTSTATUS make(unsigned at, PCM_PARTIAL_RESOURCE_DESCRIPTOR raw,
                     PCM_PARTIAL_RESOURCE_DESCRIPTOR translated)
{
    WDF_INTERRUPT_CONFIG c;

    WDF_INTERRUPT_CONFIG_INIT(&c, on_isr, on_dpc);
    c.AutomaticSerialization = TRUE;
    c.EvtInterruptEnable = on_enable;
    c.EvtInterruptDisable = on_disable;
    c.InterruptRaw = raw;
    c.InterruptTranslated = translated;
    return WdfInterruptCreate(device, &c, WDF_NO_OBJECT_ATTRIBUTES, &interrupts[at]);
}

/* The first message has its object; the others get theirs here. */
static NTSTATUS on_prepare(WDFDEVICE Device, WDFCMRESLIST Raw, WDFCMRESLIST Translated)
{
    unsigned at = 0;

    (void)Device;
    for (ULONG i = 0; i < WdfCmResourceListGetCount(Translated); i++) {
        PCM_PARTIAL_RESOURCE_DESCRIPTOR t = WdfCmResourceListGetDescriptor(Translated, i);

        if (t->Type != CmResourceTypeInterrupt)
            continue;
        if (at)
            assert_int_equal(make(at, WdfCmResourceListGetDescriptor(Raw, i), t), STATUS_SUCCESS);
        at++;
    }
    assert_int_equal(at, MESSAGES);
    return STATUS_SUCCESS;
}

static NTSTATUS on_entry_post(WDFDEVICE Device, WDF_POWER_DEVICE_STATE PreviousState)
{
    (void)Device, (void)PreviousState;
    assert_int_equal(make(0, NULL, NULL), STATUS_INVALID_DEVICE_STATE); /* not here */
    return STATUS_SUCCESS;
}

static NTSTATUS device_add(WDFDRIVER driver, PWDFDEVICE_INIT init)
{
    WDF_PNPPOWER_EVENT_CALLBACKS p;
    WDF_OBJECT_ATTRIBUTES a;
    NTSTATUS status;

    (void)driver;
    WDF_PNPPOWER_EVENT_CALLBACKS_INIT(&p);
    p.EvtDevicePrepareHardware = on_prepare;
    p.EvtDeviceD0EntryPostInterruptsEnabled = on_entry_post;
    WdfDeviceInitSetPnpPowerEventCallbacks(init, &p);
    WDF_OBJECT_ATTRIBUTES_INIT(&a);
    a.SynchronizationScope = WdfSynchronizationScopeDevice;
    status = WdfDeviceCreate(&init, &a, &device);
    assert_int_equal(status, STATUS_SUCCESS);
    assert_int_equal(make(0, NULL, NULL), STATUS_SUCCESS);
    WdfInterruptSetPolicy(interrupts[0], WdfIrqPolicySpecifiedProcessors, WdfIrqPriorityNormal, 2);
    return STATUS_SUCCESS;
}

static NTSTATUS driver_entry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    WDF_DRIVER_CONFIG c;

    WDF_DRIVER_CONFIG_INIT(&c, device_add);
    return WdfDriverCreate(driver, path, NULL, &c, NULL);
}

static void card_reset(struct dm_device *d) { (void)d; }
static uint64_t card_read(struct dm_device *d, unsigned bar, uint64_t offset, unsigned size)
{
    (void)d, (void)bar, (void)offset, (void)size;
    return 0;
}
static void card_write(struct dm_device *d, unsigned bar, uint64_t offset, uint64_t value,
                       unsigned size)
{
    (void)d, (void)bar, (void)offset, (void)value, (void)size;
}

static const struct dm_device_model card_model = { .name = "card",
                                                   .summary = "A card",
                                                   .vendor_id = 0x1d0f,
                                                   .device_id = 0x0042,
                                                   .class_code = 0x088000,
                                                   .bars = { { .bytes = 4096 } },
                                                   .messages = MESSAGES,
                                                   .address_bits = 64,
                                                   .state_bytes = 8,
                                                   .reset = card_reset,
                                                   .read = card_read,
                                                   .write = card_write };

static void pass_ms(LONG ms)
{
    LARGE_INTEGER due = { .QuadPart = -10000LL * ms };

    KeDelayExecutionThread(KernelMode, FALSE, &due);
}

static void each_message(void)
{
    for (unsigned m = 0; m < MESSAGES; m++) {
        dm_interrupt(card, m);
        pass_ms(1);
    }
    ASSERT_TOLD("i0d0i1d1i2d2");
}

static void count_leaks(void *ctx, const struct event *e)
{
    (void)ctx;
    leaks += e->kind == EV_WDF_LEAK;
}

static void life(struct sim *s)
{
    ULONG before;

    trace_attach(&s->trace, count_leaks, &leaks);
    card = bus_plug(s, &card_model);
    assert_int_equal(host_device_add(s, wdf_driver, card), STATUS_SUCCESS);
    ASSERT_TOLD("");
    assert_int_equal(host_device_start(s, card), STATUS_SUCCESS);
    ASSERT_TOLD("e0e1e2");
    each_message();
    number_of(interrupts[1]);
    assert_int_equal(affinity, 3);
    number_of(interrupts[0]);
    assert_int_equal(affinity, 2); /* by its policy */
    before = vectors[0];
    assert_int_equal(host_device_power(s, card, 3), STATUS_SUCCESS);
    ASSERT_TOLD("x2x1x0");
    assert_null(WdfInterruptWdmGetInterrupt(interrupts[0]));
    assert_int_equal(host_device_power(s, card, 0), STATUS_SUCCESS);
    ASSERT_TOLD("e0e1e2");
    each_message();
    assert_int_equal(host_device_stop(s, card), STATUS_SUCCESS);
    ASSERT_TOLD("x2x1x0");
    number_of(interrupts[0]);
    assert_int_equal(vectors[0], 0); /* its resource is gone */
    assert_int_equal(host_device_start(s, card), STATUS_SUCCESS);
    ASSERT_TOLD("e0e1e2");
    number_of(interrupts[0]);
    assert_int_not_equal(vectors[0], before);
    each_message();
    assert_int_equal(host_device_remove(s, card), STATUS_SUCCESS);
    ASSERT_TOLD("x2x1x0");
    wdf_assert_break(0);
}

static void from_coming_to_going(void **state)
{
    (void)state;
    leaks = 0;
    wdf_cpus = 2;
    wdf_run(driver_entry, life, 0);
    assert_int_equal(leaks, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(from_coming_to_going),
    };

    return cmocka_run_group_tests_name("wdf_interrupt_device", tests, NULL, NULL);
}
