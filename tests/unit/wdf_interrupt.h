/*
 * A device by hand with interrupts: a line, or messages at VECTOR and every 16 behind it. Its callbacks
 * tell by a letter each. Include wdf_fixture.h first.
 */
#ifndef TESTS_UNIT_WDF_INTERRUPT_H
#define TESTS_UNIT_WDF_INTERRUPT_H

#include "tests/unit/wdf_by_hand.h"

#include "sim/nt/pnp.h"
#include "sim/wdf/pnp.h"

#define VECTOR 0x60u
#define MESSAGES 3

static WDFDEVICE device;
static struct fx_pnp hand_pnp; /* what its state machine would be in */
static struct dm_device *hardware;
static WDFINTERRUPT made[4];
static char told[64];
static KIRQL irql_of[128]; /* at which a callback came, by its letter */
static ULONG message_seen;
static bool owned, queue_dpc, queue_work, slow;
static NTSTATUS turn_status;

static void plug_reset(struct dm_device *d) { (void)d; }
static uint64_t plug_read(struct dm_device *d, unsigned bar, uint64_t offset, unsigned bytes)
{
    (void)d, (void)bar, (void)offset, (void)bytes;
    return 0;
}
static void plug_write(struct dm_device *d, unsigned bar, uint64_t offset, uint64_t value,
                       unsigned bytes)
{
    (void)d, (void)bar, (void)offset, (void)value, (void)bytes;
}
static struct dm_device_model model = { .name = "plug",
                                        .vendor_id = 0x1234,
                                        .device_id = 1,
                                        .bars = { { .bytes = 4096 } },
                                        .address_bits = 32,
                                        .state_bytes = 8,
                                        .reset = plug_reset,
                                        .read = plug_read,
                                        .write = plug_write };

static void tell(char what)
{
    size_t n = strlen(told);

    if (n + 1 < sizeof(told)) {
        told[n] = what;
        told[n + 1] = 0;
    }
    irql_of[(unsigned char)what] = KeGetCurrentIrql();
}

#define ASSERT_TOLD(text)                                                                          \
    do {                                                                                           \
        assert_string_equal(told, text);                                                           \
        told[0] = 0;                                                                               \
    } while (0)

static bool lock_is_owned(void)
{
    return ((struct fx_device *)fx_object_find(fx_now(), device, FX_DEVICE))->lock.owner != NULL;
}

static BOOLEAN on_isr(WDFINTERRUPT Interrupt, ULONG MessageID)
{
    tell('i');
    message_seen = MessageID;
    if (queue_dpc)
        assert_true(WdfInterruptQueueDpcForIsr(Interrupt));
    if (queue_work)
        assert_true(WdfInterruptQueueWorkItemForIsr(Interrupt));
    dm_line(hardware, false);
    return TRUE;
}
static VOID on_dpc(WDFINTERRUPT Interrupt, WDFOBJECT AssociatedObject)
{
    (void)Interrupt;
    assert_ptr_equal(AssociatedObject, device);
    owned = lock_is_owned();
    tell('d');
}
static inline VOID on_work(WDFINTERRUPT Interrupt, WDFOBJECT AssociatedObject)
{
    (void)Interrupt;
    assert_ptr_equal(AssociatedObject, device);
    owned = lock_is_owned();
    if (slow)
        pass_ms(3);
    tell('w');
}
static NTSTATUS on_enable(WDFINTERRUPT Interrupt, WDFDEVICE AssociatedDevice)
{
    (void)Interrupt;
    assert_ptr_equal(AssociatedDevice, device);
    tell('e');
    return turn_status;
}
static NTSTATUS on_disable(WDFINTERRUPT Interrupt, WDFDEVICE AssociatedDevice)
{
    tell('x');
    assert_ptr_equal(WdfInterruptGetDevice(Interrupt), AssociatedDevice);
    return turn_status;
}

/* --- the device --- */

static struct fx_device *fx_device(void)
{
    return (struct fx_device *)fx_object_find(fx_now(), device, FX_DEVICE);
}

static void bring_up(struct sim *s, unsigned messages, WDF_SYNCHRONIZATION_SCOPE scope,
                     bool passive)
{
    hardware = bus_plug(s, &model);
    hardware->messages = messages;
    for (unsigned m = 0; m < (messages ? messages : 1); m++)
        io_vector_register(s, VECTOR + 16 * m, (uint8_t)(6 + m), hardware, m);
    device = hand_device(scope, passive);
    hand_pnp = (struct fx_pnp) { .state = { [FX_MACHINE_PNP] = WdfDevStatePnpInit } };
    fx_device()->pnp = &hand_pnp;
    told[0] = 0;
    owned = queue_dpc = queue_work = slow = false;
    turn_status = STATUS_SUCCESS;
}

static WDF_INTERRUPT_CONFIG config(void)
{
    WDF_INTERRUPT_CONFIG c;

    WDF_INTERRUPT_CONFIG_INIT(&c, on_isr, on_dpc);
    c.EvtInterruptEnable = on_enable;
    c.EvtInterruptDisable = on_disable;
    return c;
}

static void create(unsigned at, const WDF_INTERRUPT_CONFIG *c)
{
    WDF_INTERRUPT_CONFIG copy = *c;

    assert_int_equal(WdfInterruptCreate(device, &copy, WDF_NO_OBJECT_ATTRIBUTES, &made[at]),
                     STATUS_SUCCESS);
}

struct list {
    CM_RESOURCE_LIST list;
    CM_PARTIAL_RESOURCE_DESCRIPTOR more[MESSAGES];
};

/* A BAR, then each message, as this machine's bus hands them out. */
static void resources(unsigned messages, struct list *raw, struct list *translated)
{
    unsigned count = messages ? messages : 1;
    PCM_PARTIAL_RESOURCE_DESCRIPTOR r = raw->list.List[0].PartialResourceList.PartialDescriptors;
    PCM_PARTIAL_RESOURCE_DESCRIPTOR t =
        translated->list.List[0].PartialResourceList.PartialDescriptors;

    memset(raw, 0, sizeof(*raw));
    raw->list.Count = 1;
    raw->list.List[0].PartialResourceList.Count = 1 + count;
    *translated = *raw;
    r[0].Type = t[0].Type = CmResourceTypeMemory;
    for (unsigned m = 0; m < count; m++) {
        r[1 + m].Type = t[1 + m].Type = CmResourceTypeInterrupt;
        t[1 + m].ShareDisposition = r[1 + m].ShareDisposition =
            messages ? CmResourceShareDeviceExclusive : CmResourceShareShared;
        t[1 + m].Flags = r[1 + m].Flags =
            messages ? CM_RESOURCE_INTERRUPT_LATCHED | CM_RESOURCE_INTERRUPT_MESSAGE
                     : CM_RESOURCE_INTERRUPT_LEVEL_SENSITIVE;
        if (messages)
            r[1 + m].u.MessageInterrupt.Raw.MessageCount = 1;
        t[1 + m].u.Interrupt.Level = 6 + m;
        t[1 + m].u.Interrupt.Vector = VECTOR + 16 * m;
        t[1 + m].u.Interrupt.Affinity = 1;
    }
}

static void assign(unsigned messages)
{
    struct list raw, translated;

    resources(messages, &raw, &translated);
    hand_pnp.state[FX_MACHINE_PNP] = WdfDevStatePnpHardwareAvailable;
    assert_int_equal(fx_interrupts_assign(fx_now(), fx_device(), &raw.list, &translated.list),
                     STATUS_SUCCESS);
}

static NTSTATUS enable(void) { return fx_interrupts_enable(fx_now(), fx_device()); }
static NTSTATUS disable(void) { return fx_interrupts_disable(fx_now(), fx_device()); }

static void take_down(void)
{
    fx_interrupts_release(fx_now(), fx_device());
    WdfObjectDelete(device);
}

#endif
