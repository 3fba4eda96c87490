/*
 * A KMDF driver for a card, which writes down each of its callbacks for PnP and power as a word, and may be
 * told to fail one. Include wdf_fixture.h first.
 */
#ifndef TESTS_UNIT_WDF_PNP_H
#define TESTS_UNIT_WDF_PNP_H

#include "sim/wdf/pnp.h"

static char told[1024];
static const char *fail_word; /* the callback of this word fails; NULL: none */
static struct dm_device *card;
static WDFDEVICE fx_made;
static void (*more_init)(PWDFDEVICE_INIT init); /* a test's own word on the device */
static NTSTATUS (*more_device)(WDFDEVICE device);

static NTSTATUS tell(const char *word)
{
    if (told[0])
        strcat(told, " ");
    strcat(told, word);
    return fail_word && !strcmp(fail_word, word) ? STATUS_UNSUCCESSFUL : STATUS_SUCCESS;
}

static NTSTATUS tell_state(const char *word, WDF_POWER_DEVICE_STATE state)
{
    static const char *const names[] = { "?", "D0", "D1", "D2", "D3", "D3Final", "Hiber" };
    NTSTATUS status = tell(word);

    strcat(told, ":");
    strcat(told, names[state]);
    return status;
}

/* What has been told since the last time. */
#define ASSERT_TOLD(text)                                                                          \
    do {                                                                                           \
        assert_string_equal(told, text);                                                           \
        told[0] = 0;                                                                               \
    } while (0)

static NTSTATUS on_prepare(WDFDEVICE d, WDFCMRESLIST raw, WDFCMRESLIST translated)
{
    (void)d;
    assert_int_equal(WdfCmResourceListGetCount(raw), WdfCmResourceListGetCount(translated));
    return tell("Prepare");
}

static NTSTATUS on_release(WDFDEVICE d, WDFCMRESLIST translated)
{
    (void)d, (void)WdfCmResourceListGetCount(translated); /* the list is still there */
    return tell("Release");
}

static NTSTATUS on_entry(WDFDEVICE d, WDF_POWER_DEVICE_STATE from)
{
    (void)d;
    return tell_state("Entry", from);
}
static NTSTATUS on_entry_post(WDFDEVICE d, WDF_POWER_DEVICE_STATE from)
{
    (void)d;
    return tell_state("EntryPost", from);
}
static NTSTATUS on_exit_pre(WDFDEVICE d, WDF_POWER_DEVICE_STATE to)
{
    (void)d;
    return tell_state("ExitPre", to);
}
static NTSTATUS on_exit(WDFDEVICE d, WDF_POWER_DEVICE_STATE to)
{
    (void)d;
    return tell_state("Exit", to);
}
static NTSTATUS on_init(WDFDEVICE d) { return (void)d, tell("Init"); }
static NTSTATUS on_restart(WDFDEVICE d) { return (void)d, tell("Restart"); }
static NTSTATUS on_suspend(WDFDEVICE d) { return (void)d, tell("Suspend"); }
static VOID on_flush(WDFDEVICE d) { (void)d, tell("Flush"); }
static VOID on_self_cleanup(WDFDEVICE d) { (void)d, tell("Cleanup"); }
static VOID on_surprise(WDFDEVICE d) { (void)d, tell("Surprise"); }
static NTSTATUS on_query_stop(WDFDEVICE d) { return (void)d, tell("QueryStop"); }
static NTSTATUS on_query_remove(WDFDEVICE d) { return (void)d, tell("QueryRemove"); }
static VOID on_relations(WDFDEVICE d, DEVICE_RELATION_TYPE t) { (void)d, (void)t; }
static VOID on_usage(WDFDEVICE d, WDF_SPECIAL_FILE_TYPE t, BOOLEAN in)
{
    (void)d, (void)t;
    tell(in ? "Usage+" : "Usage-");
}
static VOID on_context_cleanup(WDFOBJECT d) { (void)d, tell("ContextCleanup"); }
static VOID on_context_destroy(WDFOBJECT d) { (void)d, tell("ContextDestroy"); }

static NTSTATUS on_enable(WDFINTERRUPT i, WDFDEVICE d) { return (void)i, (void)d, tell("Enable"); }
static NTSTATUS on_disable(WDFINTERRUPT i, WDFDEVICE d)
{
    return (void)i, (void)d, tell("Disable");
}
static BOOLEAN on_isr(WDFINTERRUPT i, ULONG message) { return (void)i, (void)message, FALSE; }

static VOID on_read(WDFQUEUE q, WDFREQUEST r, size_t length)
{
    (void)q, (void)length;
    tell("Read");
    WdfRequestComplete(r, STATUS_SUCCESS);
}

static NTSTATUS device_add(WDFDRIVER driver, PWDFDEVICE_INIT init)
{
    WDF_PNPPOWER_EVENT_CALLBACKS p;
    WDF_OBJECT_ATTRIBUTES a;
    WDF_IO_QUEUE_CONFIG q;
    WDF_INTERRUPT_CONFIG i;
    WDFINTERRUPT interrupt;
    NTSTATUS status;

    (void)driver;
    WDF_PNPPOWER_EVENT_CALLBACKS_INIT(&p);
    p.EvtDevicePrepareHardware = on_prepare;
    p.EvtDeviceReleaseHardware = on_release;
    p.EvtDeviceD0Entry = on_entry;
    p.EvtDeviceD0EntryPostInterruptsEnabled = on_entry_post;
    p.EvtDeviceD0Exit = on_exit;
    p.EvtDeviceD0ExitPreInterruptsDisabled = on_exit_pre;
    p.EvtDeviceSelfManagedIoInit = on_init;
    p.EvtDeviceSelfManagedIoRestart = on_restart;
    p.EvtDeviceSelfManagedIoSuspend = on_suspend;
    p.EvtDeviceSelfManagedIoFlush = on_flush;
    p.EvtDeviceSelfManagedIoCleanup = on_self_cleanup;
    p.EvtDeviceSurpriseRemoval = on_surprise;
    p.EvtDeviceQueryStop = on_query_stop;
    p.EvtDeviceQueryRemove = on_query_remove;
    p.EvtDeviceRelationsQuery = on_relations;
    p.EvtDeviceUsageNotification = on_usage;
    WdfDeviceInitSetPnpPowerEventCallbacks(init, &p);
    if (more_init)
        more_init(init);
    WDF_OBJECT_ATTRIBUTES_INIT(&a);
    a.EvtCleanupCallback = on_context_cleanup;
    a.EvtDestroyCallback = on_context_destroy;
    status = WdfDeviceCreate(&init, &a, &fx_made);
    if (!NT_SUCCESS(status))
        return status;
    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&q, WdfIoQueueDispatchSequential);
    q.EvtIoRead = on_read;
    assert_int_equal(WdfIoQueueCreate(fx_made, &q, NULL, NULL), STATUS_SUCCESS);
    WDF_INTERRUPT_CONFIG_INIT(&i, on_isr, NULL);
    i.EvtInterruptEnable = on_enable;
    i.EvtInterruptDisable = on_disable;
    assert_int_equal(WdfInterruptCreate(fx_made, &i, NULL, &interrupt), STATUS_SUCCESS);
    return more_device ? more_device(fx_made) : STATUS_SUCCESS;
}

static VOID on_unload(WDFDRIVER driver) { (void)driver, tell("Unload"); }

static NTSTATUS pnp_entry(PDRIVER_OBJECT driver, PUNICODE_STRING path)
{
    WDF_DRIVER_CONFIG c;

    WDF_DRIVER_CONFIG_INIT(&c, device_add);
    c.EvtDriverUnload = on_unload;
    return WdfDriverCreate(driver, path, NULL, &c, NULL);
}

/* --- the card: a page of registers, one message --- */

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

static const struct dm_device_model card_model = {
    .name = "card",
    .summary = "A card",
    .vendor_id = 0x1d0f,
    .device_id = 0x0041,
    .class_code = 0x088000,
    .bars = { { .bytes = 4096 } },
    .messages = 1,
    .address_bits = 64,
    .state_bytes = 8,
    .reset = card_reset,
    .read = card_read,
    .write = card_write,
};

/* Plugs the card; added and started when it returns. */
static NTSTATUS card_start(struct sim *s)
{
    NTSTATUS status;

    told[0] = 0;
    card = bus_plug(s, &card_model);
    assert_non_null(card);
    status = host_device_add(s, wdf_driver, card);
    return NT_SUCCESS(status) ? host_device_start(s, card) : status;
}

static void card_run(void (*body)(struct sim *s))
{
    more_init = NULL;
    more_device = NULL;
    fail_word = NULL;
    told[0] = 0;
    wdf_run(pnp_entry, body, 0);
}

static inline void let_pass(uint64_t ms)
{
    LARGE_INTEGER t = { .QuadPart = -(LONGLONG)ms * 10000 };

    KeDelayExecutionThread(KernelMode, FALSE, &t);
}

#endif
