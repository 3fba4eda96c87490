/*
 * A correct KMDF driver that does little: for the test that one loads, starts, sleeps, idles, is stopped and
 * pulled out on every machine, and that nobody complains. Reads return a pattern; the card is any.
 */
#ifndef DMACHECK_SCENARIO
#include <ntddk.h>
#include <wdf.h>

#define PATTERN 0x5a
#define IDLE_MS 2

typedef struct _CARD {
    PVOID Registers;
    ULONG Length;
    ULONG Entries, Exits; /* of D0 */
    WDFQUEUE Queue;
    WDFINTERRUPT Interrupt;
} CARD;
WDF_DECLARE_CONTEXT_TYPE_WITH_NAME(CARD, CardOf)

DRIVER_INITIALIZE DriverEntry;
EVT_WDF_DRIVER_DEVICE_ADD CardAdd;
EVT_WDF_DEVICE_PREPARE_HARDWARE CardPrepare;
EVT_WDF_DEVICE_RELEASE_HARDWARE CardRelease;
EVT_WDF_DEVICE_D0_ENTRY CardEntry;
EVT_WDF_DEVICE_D0_EXIT CardExit;
EVT_WDF_IO_QUEUE_IO_READ CardRead;
EVT_WDF_INTERRUPT_ISR CardIsr;
EVT_WDF_INTERRUPT_DPC CardDpc;

static const GUID CardInterface = { 0x5d6f2a10, 0x1234, 0x4321, { 1, 2, 3, 4, 5, 6, 7, 8 } };

NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)
{
    WDF_DRIVER_CONFIG config;

    WDF_DRIVER_CONFIG_INIT(&config, CardAdd);
    return WdfDriverCreate(DriverObject, RegistryPath, WDF_NO_OBJECT_ATTRIBUTES, &config,
                           WDF_NO_HANDLE);
}

static NTSTATUS CardParts(WDFDEVICE Device)
{
    WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS idle;
    WDF_INTERRUPT_CONFIG interrupt;
    WDF_IO_QUEUE_CONFIG queue;
    CARD *card = CardOf(Device);
    NTSTATUS status;

    WDF_IO_QUEUE_CONFIG_INIT_DEFAULT_QUEUE(&queue, WdfIoQueueDispatchSequential);
    queue.EvtIoRead = CardRead;
    status = WdfIoQueueCreate(Device, &queue, WDF_NO_OBJECT_ATTRIBUTES, &card->Queue);
    if (!NT_SUCCESS(status))
        return status;
    WDF_INTERRUPT_CONFIG_INIT(&interrupt, CardIsr, CardDpc);
    status = WdfInterruptCreate(Device, &interrupt, WDF_NO_OBJECT_ATTRIBUTES, &card->Interrupt);
    if (!NT_SUCCESS(status))
        return status;
    WDF_DEVICE_POWER_POLICY_IDLE_SETTINGS_INIT(&idle, IdleCannotWakeFromS0);
    idle.IdleTimeout = IDLE_MS;
    status = WdfDeviceAssignS0IdleSettings(Device, &idle);
    if (!NT_SUCCESS(status))
        return status;
    return WdfDeviceCreateDeviceInterface(Device, &CardInterface, NULL);
}

NTSTATUS CardAdd(WDFDRIVER Driver, PWDFDEVICE_INIT DeviceInit)
{
    WDF_PNPPOWER_EVENT_CALLBACKS pnp;
    WDF_OBJECT_ATTRIBUTES attributes;
    WDFDEVICE device;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(Driver);
    WdfDeviceInitSetIoType(DeviceInit, WdfDeviceIoDirect);
    WDF_PNPPOWER_EVENT_CALLBACKS_INIT(&pnp);
    pnp.EvtDevicePrepareHardware = CardPrepare;
    pnp.EvtDeviceReleaseHardware = CardRelease;
    pnp.EvtDeviceD0Entry = CardEntry;
    pnp.EvtDeviceD0Exit = CardExit;
    WdfDeviceInitSetPnpPowerEventCallbacks(DeviceInit, &pnp);
    WDF_OBJECT_ATTRIBUTES_INIT_CONTEXT_TYPE(&attributes, CARD);
    status = WdfDeviceCreate(&DeviceInit, &attributes, &device);
    return NT_SUCCESS(status) ? CardParts(device) : status;
}

NTSTATUS CardPrepare(WDFDEVICE Device, WDFCMRESLIST Raw, WDFCMRESLIST Translated)
{
    CARD *card = CardOf(Device);
    ULONG i;

    UNREFERENCED_PARAMETER(Raw);
    for (i = 0; i < WdfCmResourceListGetCount(Translated); i++) {
        PCM_PARTIAL_RESOURCE_DESCRIPTOR d = WdfCmResourceListGetDescriptor(Translated, i);

        if (d->Type == CmResourceTypeMemory && card->Registers == NULL) {
            card->Length = d->u.Memory.Length;
            card->Registers =
                MmMapIoSpaceEx(d->u.Memory.Start, card->Length, PAGE_READWRITE | PAGE_NOCACHE);
        }
    }
    return card->Registers != NULL ? STATUS_SUCCESS : STATUS_DEVICE_CONFIGURATION_ERROR;
}

NTSTATUS CardRelease(WDFDEVICE Device, WDFCMRESLIST Translated)
{
    CARD *card = CardOf(Device);

    UNREFERENCED_PARAMETER(Translated);
    if (card->Registers != NULL)
        MmUnmapIoSpace(card->Registers, card->Length);
    card->Registers = NULL;
    return STATUS_SUCCESS;
}

NTSTATUS CardEntry(WDFDEVICE Device, WDF_POWER_DEVICE_STATE PreviousState)
{
    UNREFERENCED_PARAMETER(PreviousState);
    CardOf(Device)->Entries++;
    return STATUS_SUCCESS;
}

NTSTATUS CardExit(WDFDEVICE Device, WDF_POWER_DEVICE_STATE TargetState)
{
    UNREFERENCED_PARAMETER(TargetState);
    CardOf(Device)->Exits++;
    return STATUS_SUCCESS;
}

/* The first byte says whether the card was in D0, as a power-managed queue promises. */
VOID CardRead(WDFQUEUE Queue, WDFREQUEST Request, size_t Length)
{
    CARD *card = CardOf(WdfIoQueueGetDevice(Queue));
    PUCHAR buffer;
    NTSTATUS status = WdfRequestRetrieveOutputBuffer(Request, 1, (PVOID *)&buffer, NULL);

    if (NT_SUCCESS(status)) {
        RtlFillMemory(buffer, Length, PATTERN);
        if (card->Entries != card->Exits + 1)
            status = STATUS_DEVICE_POWERED_OFF;
    }
    WdfRequestCompleteWithInformation(Request, status, NT_SUCCESS(status) ? Length : 0);
}

BOOLEAN CardIsr(WDFINTERRUPT Interrupt, ULONG MessageID)
{
    UNREFERENCED_PARAMETER(MessageID);
    WdfInterruptQueueDpcForIsr(Interrupt);
    return FALSE;
}

VOID CardDpc(WDFINTERRUPT Interrupt, WDFOBJECT AssociatedObject)
{
    UNREFERENCED_PARAMETER(Interrupt);
    UNREFERENCED_PARAMETER(AssociatedObject);
}

#else
#include <dmacheck/scenario.h>

#define BYTES 100u
#define IDLE_NS 5000000u

static void read_once(struct dm_run *r, struct dm_file *f)
{
    unsigned char *buffer;
    uint64_t got = 0;
    int32_t status;

    if (!f)
        return;
    buffer = dm_alloc(r, BYTES, 16);
    dm_fill(r, buffer, BYTES, 1);
    status = dm_read(r, f, buffer, BYTES, 0, &got);
    dm_expect(r, status == 0 && got == BYTES && buffer[0] == 0x5a && buffer[BYTES - 1] == 0x5a);
    dm_free(r, buffer);
}

static struct dm_file *open_it(struct dm_run *r)
{
    int32_t status;
    struct dm_file *f = dm_open(r, dm_device_at(r, 0), DM_READ_ACCESS | DM_WRITE_ACCESS, &status);

    dm_expect(r, f != NULL);
    return f;
}

static void life(struct dm_run *r)
{
    struct dm_device *d = dm_device_at(r, 0);
    struct dm_file *f = open_it(r);

    read_once(r, f);
    dm_expect(r, dm_stop(r, d) == 0 && dm_start(r, d) == 0);
    read_once(r, f);
    if (f)
        dm_close(r, f);
    dm_expect(r, dm_remove(r, d) == 0 && dm_start(r, d) == 0);
    f = open_it(r);
    read_once(r, f);
    if (f)
        dm_close(r, f);
}

/* S1 to S4, with a request before, during and after. */
static void sleeps(struct dm_run *r)
{
    struct dm_file *f = open_it(r);

    for (unsigned s_state = 1; f && s_state <= 4; s_state++) {
        unsigned char *buffer = dm_alloc(r, BYTES, 16);
        struct dm_request *q;

        dm_expect(r, dm_system_power(r, s_state) == 0);
        q = dm_read_start(r, f, buffer, BYTES, 0);
        dm_expect(r, dm_system_power(r, 0) == 0);
        dm_expect(r, dm_wait(r, q, UINT64_MAX) && dm_status(q) == 0);
        dm_request_free(r, q);
        dm_free(r, buffer);
        read_once(r, f);
    }
    if (f)
        dm_close(r, f);
}

static void idles(struct dm_run *r)
{
    struct dm_file *f = open_it(r);

    for (unsigned i = 0; i < 5; i++) {
        read_once(r, f);
        dm_sleep(r, i * IDLE_NS / 3);
    }
    dm_system_power(r, 3);
    dm_system_power(r, 0);
    dm_sleep(r, IDLE_NS);
    dm_stop(r, dm_device_at(r, 0));
    dm_start(r, dm_device_at(r, 0));
    read_once(r, f);
    if (f)
        dm_close(r, f);
}

static void pulled_out(struct dm_run *r)
{
    struct dm_file *f = open_it(r);
    unsigned char *buffer = dm_alloc(r, BYTES, 16);
    struct dm_request *q;

    dm_sleep(r, IDLE_NS);
    if (!f)
        return;
    q = dm_read_start(r, f, buffer, BYTES, 0);
    dm_surprise_remove(r, dm_device_at(r, 0));
    dm_expect(r, dm_wait(r, q, UINT64_MAX));
    dm_request_free(r, q);
    dm_free(r, buffer);
    if (f)
        dm_close(r, f);
}

const struct dm_setup dmacheck_setup = { .devices = "sgdma" };
const struct dm_scenario dmacheck_scenarios[] = {
    { "life", "Opened, read, stopped, started, removed.", life, 0 },
    { "sleeps", "S1 to S4 and back.", sleeps, 0 },
    { "idles", "Idle between requests, and asleep meanwhile.", idles, 0 },
    { "pulled-out", "Pulled out while a request waits for power.", pulled_out, 0 },
    { 0 },
};
#endif
