/*
 * What the tests of system DMA share: a machine with a slavedma card, its registers, an adapter for its
 * channel, and a completion routine that remembers.
 */
#ifndef DMACHECK_TESTS_UNIT_NT_DMA_SYSTEM_H
#define DMACHECK_TESTS_UNIT_NT_DMA_SYSTEM_H

#include "tests/unit/nt_dma.h"

/* docs/devices/slavedma.md */
enum { CONTROL = 0x04, CAUSE = 0x0c, LENGTH = 0x10, OFFSET = 0x14, MOVED = 0x18, DATA = 0x40 };
enum { START = 1, TO_CARD = 2, STOP = 8, DONE = 1 };
/* Its channel and line: the first of the eight-bit ones. */
#define CHANNEL 0u
#define LINE 16u
/* How a channel ends, as the trace says it (trace/event.h). */
enum { COMPLETE = 1, FAILED = 2, CANCELLED = 3, FLUSHED = 4, STOPPED = 5, REPLACED = 6 };

static struct {
    unsigned calls;
    DMA_COMPLETION_STATUS status;
    PVOID context;
    PDMA_ADAPTER adapter;
    PDEVICE_OBJECT device;
    uint8_t irql;
} done;

static inline VOID completion(PDMA_ADAPTER DmaAdapter, PDEVICE_OBJECT DeviceObject,
                              PVOID CompletionContext, DMA_COMPLETION_STATUS Status)
{
    done.calls++;
    done.status = Status;
    done.context = CompletionContext;
    done.adapter = DmaAdapter;
    done.device = DeviceObject;
    done.irql = sched_irql(T.s);
}

static void card_write(uint64_t reg, uint32_t value) { bus_bar_write(T.d, 0, reg, value, 4); }

static inline void card_start(uint32_t bytes, uint32_t offset, bool to_card)
{
    card_write(LENGTH, bytes);
    card_write(OFFSET, offset);
    card_write(CONTROL, START | (to_card ? TO_CARD : 0));
}

static inline void pause_us(uint64_t us) { sched_block(T.s, sched_now_ns(T.s) + us * 1000); }

static inline void card_fill(uint32_t offset, uint32_t bytes)
{
    uint8_t *p = dm_memory(T.d, offset, bytes);

    for (uint32_t i = 0; i < bytes; i++)
        p[i] = (uint8_t)(i * 11 + i / 256 + 1);
}

static DEVICE_DESCRIPTION description(ULONG version)
{
    DEVICE_DESCRIPTION d;

    memset(&d, 0, sizeof(d));
    d.Version = version;
    d.InterfaceType = PCIBus;
    d.MaximumLength = 1 << 16;
    d.Dma32BitAddresses = TRUE;
    d.DmaChannel = CHANNEL;
    d.DmaWidth = Width8Bits;
    d.DmaRequestLine = version == 3 ? LINE : 0;
    d.DeviceAddress.QuadPart = version == 3 ? (LONGLONG)T.d->bars[0].start + DATA : 0;
    return d;
}

static void open_described(DEVICE_DESCRIPTION d)
{
    T.d->bus_master = false; /* a slave needs none */
    T.adapter = IoGetDmaAdapter(T.pdo, &d, &T.registers);
    assert_non_null(T.adapter);
    T.ops = T.adapter->DmaOperations;
}

static inline void open_slave(ULONG version) { open_described(description(version)); }

static inline void on_slave(const char *profile, void (*body)(void))
{
    model = *dm_device_model("slavedma");
    memset(&done, 0, sizeof(done));
    memset(&ctl, 0, sizeof(ctl));
    ctl.action = KeepObject;
    with_adapter(profile, body);
}

static inline void on_every_machine(void (*body)(void))
{
    static const char *const names[] = { "direct64", "bounce32",    "nosg",
                                         "remap",    "noncoherent", "external" };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        on_slave(names[i], body);
}

static inline void channel_put(void)
{
    KIRQL irql = to_dispatch();

    T.ops->FreeAdapterChannel(T.adapter);
    from_dispatch(irql);
    assert_int_equal(T.s->dma->registers_live, 0);
    assert_int_equal(T.s->dma->channels_live, 0);
}

#endif
