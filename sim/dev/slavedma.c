/*
 * slavedma: a card without bus mastering. It has a FIFO of 64 bytes, a data register one byte wide and
 * a request line to the system DMA controller, which brings and fetches the bytes. Like an old sound or
 * tape card it moves LENGTH bytes, or without end, at the pace of its own medium.
 * The registers and limits are in docs/devices/slavedma.md. Nothing here knows what a driver is.
 */
#include <string.h>

#include "include/dmacheck/device.h"

/* --- what the card is made of --- */

#define CARD_BYTES (1u << 20)
#define FIFO_BYTES 64u

/* Time: the medium takes or gives a FIFO's worth at a time. */
#define PACE_NS 2000u
static const uint32_t pace_ns[] = { PACE_NS, PACE_NS / 8, 10 * PACE_NS };
#define PACES 3u

/* --- registers, in BAR0 --- */

enum reg {
    REG_ID = 0x00,
    REG_CONTROL = 0x04,
    REG_STATUS = 0x08,
    REG_CAUSE = 0x0c,  /* write ones to clear */
    REG_LENGTH = 0x10, /* bytes to move; 0: until it is stopped */
    REG_OFFSET = 0x14, /* in card memory, where it begins */
    REG_MOVED = 0x18,
    REG_DATA = 0x40, /* the controller's; a processor's access finds nothing there */
};
#define BAR_BYTES 0x1000u
#define ID_VALUE 0x31564c53u /* "SLV1" */
#define CONTROL_START 0x1u   /* reads as zero */
#define CONTROL_TO_CARD 0x2u
#define CONTROL_IRQ 0x4u
#define CONTROL_STOP 0x8u /* reads as zero */
#define STATUS_BUSY 0x1u
#define CAUSE_DONE 0x1u

/* --- state --- */

struct slavedma {
    struct dm_work pace;
    uint32_t control, cause, length, offset;
    uint32_t moved;     /* through the data register */
    uint32_t paced;     /* by the medium: into the FIFO when it gives, out of it when it takes */
    bool busy, to_card; /* of the transfer under way */
    bool pacing;
    bool line; /* the interrupt is pulled */
};

/* --- interrupt --- */

static void line_update(struct dm_device *d)
{
    struct slavedma *st = dm_state(d);
    bool pulled = st->cause != 0 && (st->control & CONTROL_IRQ);

    if (pulled != st->line)
        dm_line(d, pulled);
    st->line = pulled;
}

/* --- DMA --- */

static uint32_t left(const struct slavedma *st, uint32_t done)
{
    return st->length ? st->length - done : FIFO_BYTES;
}

/* What the controller can have or bring now. */
static uint32_t ready(const struct slavedma *st)
{
    uint32_t room;

    if (!st->busy)
        return 0;
    if (!st->to_card)
        return st->paced - st->moved;
    room = FIFO_BYTES - (st->moved - st->paced);
    return left(st, st->moved) < room ? left(st, st->moved) : room;
}

static void stop(struct dm_device *d)
{
    struct slavedma *st = dm_state(d);

    st->busy = st->pacing = false;
    dm_cancel_work(d, &st->pace);
    dm_dma_request(d, false);
}

/* After each change: asks, or has done. The medium is the last to see a byte, or the controller. */
static void settle(struct dm_device *d)
{
    struct slavedma *st = dm_state(d);

    if (st->busy && st->length && (st->to_card ? st->paced : st->moved) == st->length) {
        stop(d);
        st->cause |= CAUSE_DONE;
        line_update(d);
        return;
    }
    dm_dma_request(d, ready(st) != 0);
}

/* What the medium can take out of the FIFO or put into it. */
static uint32_t paceable(const struct slavedma *st)
{
    uint32_t most = st->to_card ? st->moved - st->paced : FIFO_BYTES - (st->paced - st->moved);

    return left(st, st->paced) < most ? left(st, st->paced) : most;
}

/* The medium waits while the controller does: a card that nobody serves is at rest. */
static void pace_go(struct dm_device *d)
{
    struct slavedma *st = dm_state(d);

    if (!st->busy || st->pacing || !paceable(st))
        return;
    st->pacing = true;
    dm_after(d, &st->pace, pace_ns[dm_choice_delay(d, PACES)]);
}

static void pace(struct dm_device *d, struct dm_work *w)
{
    struct slavedma *st = dm_state(d);

    (void)w;
    st->pacing = false;
    st->paced += paceable(st);
    pace_go(d);
    settle(d);
}

static uint8_t *card_at(struct dm_device *d, uint32_t index)
{
    const struct slavedma *st = dm_state(d);

    return dm_memory(d, (st->offset + index) % CARD_BYTES, 1);
}

static size_t slavedma_give(struct dm_device *d, uint64_t offset, void *buf, size_t bytes_max)
{
    struct slavedma *st = dm_state(d);
    uint8_t *to = buf;
    size_t bytes = ready(st) < bytes_max ? ready(st) : bytes_max;

    if (offset != REG_DATA || st->to_card)
        return 0;
    for (size_t i = 0; i < bytes; i++)
        to[i] = *card_at(d, st->moved++);
    pace_go(d);
    settle(d);
    return bytes;
}

static size_t slavedma_take(struct dm_device *d, uint64_t offset, const void *buf, size_t bytes)
{
    struct slavedma *st = dm_state(d);
    const uint8_t *from = buf;
    size_t count = ready(st) < bytes ? ready(st) : bytes;

    if (offset != REG_DATA || !st->to_card)
        return 0;
    for (size_t i = 0; i < count; i++)
        *card_at(d, st->moved++) = from[i];
    pace_go(d);
    settle(d);
    return count;
}

/* --- registers --- */

static void start(struct dm_device *d)
{
    struct slavedma *st = dm_state(d);

    if (st->busy)
        return; /* what is under way is not disturbed */
    st->busy = true;
    st->to_card = st->control & CONTROL_TO_CARD;
    st->moved = st->paced = 0;
    dm_doorbell(d, 0);
    pace_go(d);
    settle(d);
}

static uint32_t register_read(struct dm_device *d, uint64_t offset)
{
    const struct slavedma *st = dm_state(d);

    switch (offset) {
    case REG_ID:
        return ID_VALUE;
    case REG_CONTROL:
        return st->control;
    case REG_STATUS:
        return st->busy ? STATUS_BUSY : 0;
    case REG_CAUSE:
        return st->cause;
    case REG_LENGTH:
        return st->length;
    case REG_OFFSET:
        return st->offset;
    case REG_MOVED:
        return st->moved;
    }
    return 0;
}

static uint64_t slavedma_read(struct dm_device *d, unsigned bar, uint64_t offset,
                              unsigned size_bytes)
{
    (void)size_bytes;
    return bar ? 0 : register_read(d, offset & ~3ull) >> 8 * (offset & 3);
}

static void control_write(struct dm_device *d, uint32_t value)
{
    struct slavedma *st = dm_state(d);

    st->control = value & (CONTROL_TO_CARD | CONTROL_IRQ);
    if (value & CONTROL_STOP)
        stop(d);
    if (value & CONTROL_START)
        start(d);
    line_update(d);
}

static void slavedma_write(struct dm_device *d, unsigned bar, uint64_t offset, uint64_t value,
                           unsigned size_bytes)
{
    struct slavedma *st = dm_state(d);

    if (bar || size_bytes < 4)
        return; /* narrow writes are dropped */
    switch (offset) {
    case REG_CONTROL:
        control_write(d, (uint32_t)value);
        break;
    case REG_CAUSE:
        st->cause &= ~(uint32_t)value;
        line_update(d);
        break;
    case REG_LENGTH:
        if (!st->busy)
            st->length = (uint32_t)value;
        break;
    case REG_OFFSET:
        if (!st->busy)
            st->offset = (uint32_t)value % CARD_BYTES;
        break;
    }
}

/* --- power, removal, creation --- */

static void registers_lose(struct dm_device *d)
{
    struct slavedma *st = dm_state(d);

    stop(d);
    st->control = st->cause = st->length = st->offset = st->moved = st->paced = 0;
    line_update(d);
}

/* Below D0 the card stops where it stands and loses its registers; card memory is kept. */
static void slavedma_power(struct dm_device *d, unsigned d_state)
{
    if (d_state != 0)
        registers_lose(d);
}

static void slavedma_reset(struct dm_device *d)
{
    struct slavedma *st = dm_state(d);

    st->pace.fn = pace;
}

const struct dm_device_model device_slavedma = {
    .name = "slavedma",
    .summary = "slave of the system DMA controller: 8-bit data register, FIFO, line interrupt",
    .vendor_id = 0x1d4b,
    .device_id = 0x534c,
    .class_code = 0x040100, /* multimedia, audio */
    .bars = { [0] = { .bytes = BAR_BYTES } },
    .dma_width_bytes = 1,
    .dma_register = REG_DATA,
    .dma_give = slavedma_give,
    .dma_take = slavedma_take,
    .state_bytes = sizeof(struct slavedma),
    .memory_bytes = CARD_BYTES,
    .reset = slavedma_reset,
    .read = slavedma_read,
    .write = slavedma_write,
    .power = slavedma_power,
    .removed = registers_lose,
};
