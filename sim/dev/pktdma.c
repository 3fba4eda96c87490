/*
 * pktdma: a 32-bit bus master of the plain old kind: one address register, one length register, no
 * scatter/gather, one line interrupt. It moves one run of bytes between memory and a 64 KiB window
 * of its card memory, then latches a cause and pulls its line until the cause is acknowledged.
 * The registers and limits are in docs/devices/pktdma.md. Nothing here knows what a driver is.
 */
#include "include/dmacheck/device.h"

/* --- what the card is made of --- */

#define CARD_BYTES (8u << 20)
#define WINDOW_BYTES (64u << 10) /* the address counter on the card has 16 bits */
#define WINDOWS (CARD_BYTES / WINDOW_BYTES)
#define ENGINE 0u

/* Time. A conventional 32-bit, 33 MHz PCI bus: 132 bytes a microsecond when bursting. */
#define BYTES_PER_US 132u
#define START_NS 1000u /* from the store to the first burst */

/* How much one step moves before others run. */
static const uint32_t step_bytes[] = { 4096, 1024, 64 };
/* How long the card takes to notice the start bit: it may have begun before the store returns. */
static const uint32_t start_ns[] = { START_NS, 0, 20 * START_NS };

#define COUNT(a) ((uint32_t)(sizeof(a) / sizeof((a)[0])))

/* --- registers: the same in BAR0 (memory) and BAR1 (ports) --- */

enum reg {
    REG_ID = 0x00,
    REG_CONTROL = 0x04,
    REG_STATUS = 0x08,
    REG_CAUSE = 0x0c, /* write ones to clear */
    REG_ERROR = 0x10, /* write ones to clear */
    REG_ADDRESS = 0x14,
    REG_LENGTH = 0x18,
    REG_WINDOW = 0x1c,
    REG_OFFSET = 0x20,
    REG_MOVED = 0x24,
    REG_WINDOWS = 0x28,
};
#define BAR_MEMORY_BYTES 0x1000u
#define BAR_PORT_BYTES 0x40u
#define ID_VALUE 0x31544b50u /* "PKT1" */
#define CONTROL_START 0x1u   /* reads as zero */
#define CONTROL_TO_CARD 0x2u
#define CONTROL_IRQ 0x4u
#define CONTROL_STOP 0x8u   /* reads as zero */
#define CONTROL_RESET 0x10u /* reads as zero */
#define STATUS_BUSY 0x1u
#define CAUSE_DONE 0x1u
#define CAUSE_ERROR 0x2u
#define CAUSE_STOPPED 0x4u
#define ERROR_BUS 0x1u
#define ERROR_LENGTH 0x2u
#define ERROR_BUSY 0x4u /* started while busy; the transfer under way is not disturbed */

/* --- state --- */

struct pktdma {
    struct dm_work work;
    uint32_t control, cause, error, address, length, window, offset, moved;
    bool busy, stopping;
    bool line;                               /* pulled */
    uint32_t claimed_address, claimed_bytes; /* bytes 0: nothing is claimed */
    bool to_card;                            /* of the transfer under way */
};

/* --- interrupt --- */

static void line_update(struct dm_device *d)
{
    struct pktdma *st = dm_state(d);

    bool pulled = st->cause != 0 && (st->control & CONTROL_IRQ);

    if (pulled != st->line)
        dm_line(d, pulled);
    st->line = pulled;
}

/* --- DMA --- */

static void claim_drop(struct dm_device *d)
{
    struct pktdma *st = dm_state(d);

    if (st->claimed_bytes)
        dm_release(d, ENGINE, st->claimed_address, st->claimed_bytes, st->to_card);
    st->claimed_bytes = 0;
}

static void engine_halt(struct dm_device *d)
{
    struct pktdma *st = dm_state(d);

    dm_cancel_work(d, &st->work);
    claim_drop(d);
    st->busy = st->stopping = false;
}

static void engine_end(struct dm_device *d, uint32_t cause)
{
    struct pktdma *st = dm_state(d);

    engine_halt(d);
    st->cause |= cause;
    line_update(d);
}

/* One burst; false: the bus refused it. */
static bool burst(struct dm_device *d, uint32_t bytes)
{
    struct pktdma *st = dm_state(d);
    uint8_t *card = dm_memory(d, st->window * WINDOW_BYTES + st->offset + st->moved, bytes);
    uint64_t ba = (uint64_t)st->address + st->moved;

    return st->to_card ? dm_bus_read(d, ENGINE, ba, card, bytes)
                       : dm_bus_write(d, ENGINE, ba, card, bytes);
}

static void engine_step(struct dm_device *d, struct dm_work *w)
{
    struct pktdma *st = dm_state(d);
    uint32_t want = step_bytes[dm_choice_step(d, COUNT(step_bytes))];
    uint32_t left = st->length - st->moved;
    uint32_t bytes = left < want ? left : want;

    if (st->stopping) {
        engine_end(d, CAUSE_STOPPED);
        return;
    }
    if (left == 0) {
        engine_end(d, CAUSE_DONE);
        return;
    }
    if (!burst(d, bytes)) {
        st->error |= ERROR_BUS;
        engine_end(d, CAUSE_ERROR);
        return;
    }
    st->moved += bytes;
    dm_after(d, w, (uint64_t)bytes * 1000 / BYTES_PER_US);
}

static void engine_start(struct dm_device *d)
{
    struct pktdma *st = dm_state(d);

    if (st->busy) {
        st->error |= ERROR_BUSY;
        st->cause |= CAUSE_ERROR;
        line_update(d);
        return;
    }
    st->moved = 0;
    if (st->length == 0 || st->offset >= WINDOW_BYTES || st->length > WINDOW_BYTES - st->offset) {
        st->error |= ERROR_LENGTH;
        st->cause |= CAUSE_ERROR;
        line_update(d);
        return;
    }
    dm_doorbell(d, ENGINE);
    st->busy = true;
    st->to_card = st->control & CONTROL_TO_CARD;
    st->claimed_address = st->address;
    st->claimed_bytes = st->length;
    dm_claim(d, ENGINE, st->claimed_address, st->claimed_bytes, st->to_card);
    dm_after(d, &st->work, start_ns[dm_choice_delay(d, COUNT(start_ns))]);
}

/* --- read --- */

static uint32_t register_read(const struct pktdma *st, uint64_t offset)
{
    switch (offset) {
    case REG_ID:
        return ID_VALUE;
    case REG_CONTROL:
        return st->control;
    case REG_STATUS:
        return st->busy ? STATUS_BUSY : 0;
    case REG_CAUSE:
        return st->cause;
    case REG_ERROR:
        return st->error;
    case REG_ADDRESS:
        return st->address;
    case REG_LENGTH:
        return st->length;
    case REG_WINDOW:
        return st->window;
    case REG_OFFSET:
        return st->offset;
    case REG_MOVED:
        return st->moved;
    case REG_WINDOWS:
        return WINDOWS;
    }
    return 0;
}

static uint64_t pktdma_read(struct dm_device *d, unsigned bar, uint64_t offset, unsigned size_bytes)
{
    uint64_t value;

    if (bar > 1)
        return 0;
    value = register_read(dm_state(d), offset & ~3ull) >> (8 * (offset & 3));
    return size_bytes >= 4 ? value : value & ((1ull << 8 * size_bytes) - 1);
}

/* --- write --- */

static void registers_reset(struct dm_device *d)
{
    struct pktdma *st = dm_state(d);

    engine_halt(d);
    st->control = st->cause = st->error = 0;
    st->address = st->length = st->window = st->offset = st->moved = 0;
    line_update(d);
}

static void control_write(struct dm_device *d, uint32_t value)
{
    struct pktdma *st = dm_state(d);

    if (value & CONTROL_RESET) {
        registers_reset(d);
        return;
    }
    st->control = value & (CONTROL_TO_CARD | CONTROL_IRQ);
    if ((value & CONTROL_STOP) && st->busy)
        st->stopping = true; /* seen at the next burst's end */
    if (value & CONTROL_START)
        engine_start(d);
    line_update(d);
}

/* Address, length, window and offset are the engine's counters: not written while it runs. */
static void counter_write(struct pktdma *st, uint64_t offset, uint32_t value)
{
    if (st->busy)
        return;
    switch (offset) {
    case REG_ADDRESS:
        st->address = value;
        break;
    case REG_LENGTH:
        st->length = value;
        break;
    case REG_WINDOW:
        st->window = value % WINDOWS;
        break;
    case REG_OFFSET:
        st->offset = value;
        break;
    }
}

static void pktdma_write(struct dm_device *d, unsigned bar, uint64_t offset, uint64_t value,
                         unsigned size_bytes)
{
    struct pktdma *st = dm_state(d);

    if (bar > 1 || (offset & 3) || size_bytes < 4)
        return; /* 32-bit registers only */
    switch (offset) {
    case REG_CONTROL:
        control_write(d, (uint32_t)value);
        break;
    case REG_CAUSE:
        st->cause &= ~(uint32_t)value;
        line_update(d);
        break;
    case REG_ERROR:
        st->error &= ~(uint32_t)value;
        break;
    default:
        counter_write(st, offset, (uint32_t)value);
        break;
    }
}

/* --- power, removal, creation --- */

/* Below D0 the registers are lost and nothing moves; card memory is kept. */
static void pktdma_power(struct dm_device *d, unsigned d_state)
{
    if (d_state != 0)
        registers_reset(d);
}

static void pktdma_removed(struct dm_device *d)
{
    engine_halt(d); /* who is not there uses nothing */
}

static void pktdma_reset(struct dm_device *d)
{
    struct pktdma *st = dm_state(d);

    st->work.fn = engine_step;
}

const struct dm_device_model device_pktdma = {
    .name = "pktdma",
    .summary = "32-bit bus master: one address, one length, no scatter/gather, line interrupt",
    .vendor_id = 0x1d4b,
    .device_id = 0x504b,
    .class_code = 0x088000, /* base system peripheral, other */
    .bars = { [0] = { .bytes = BAR_MEMORY_BYTES },
              [1] = { .bytes = BAR_PORT_BYTES, .port = true } },
    .messages = 0,
    .address_bits = 32,
    .scatter_gather = false,
    .state_bytes = sizeof(struct pktdma),
    .memory_bytes = CARD_BYTES,
    .reset = pktdma_reset,
    .read = pktdma_read,
    .write = pktdma_write,
    .power = pktdma_power,
    .removed = pktdma_removed,
};
