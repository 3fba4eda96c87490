/*
 * A card that twins bring along: the registers of pktdma (docs/devices/pktdma.md) in one memory BAR, 64
 * address bits, scatter/gather by being started once for each element, and modes in which it does what
 * good cards do not. One engine, polled.
 */
#ifndef CARD64_H
#define CARD64_H

#include "dmacheck/device.h"

/* A twin that defines CARD64_MESSAGE_FIRST has a card that tells the end by a message, which takes a
 * shorter way than what the card has written. */
#define CARD64_LATE_NS 200000u
#define CARD64_ENGINE 0u
#define CARD64_BYTES (64u << 10)
#define CARD64_MODE_ASTRAY 0x1u /* ends with 64 bytes a page behind what it was told */
#define CARD64_MODE_SILENT 0x2u /* claims nothing */
#define CARD64_MODE_SLOW 0x4u   /* begins 50 microseconds later */

struct card64 {
    struct dm_work work;
    uint32_t registers[16]; /* by offset / 4 */
    uint64_t address;
    uint32_t length, mode;
    bool busy, to_card;
};

static void card64_halt(struct dm_device *d)
{
    struct card64 *st = dm_state(d);

    dm_cancel_work(d, &st->work);
    if (st->busy && !(st->mode & CARD64_MODE_SILENT))
        dm_release(d, CARD64_ENGINE, st->address, st->length, st->to_card);
    st->busy = false;
}

static void card64_move(struct dm_device *d, uint64_t address, uint32_t bytes)
{
    struct card64 *st = dm_state(d);
    uint8_t *card = dm_memory(d, st->registers[0x20 / 4] % CARD64_BYTES, bytes);

    if (st->to_card)
        dm_bus_read(d, CARD64_ENGINE, address, card, bytes);
    else
#ifdef CARD64_MESSAGE_FIRST
        dm_bus_write_posted(d, CARD64_ENGINE, address, card, bytes, CARD64_LATE_NS);
#else
        dm_bus_write(d, CARD64_ENGINE, address, card, bytes);
#endif
}

static void card64_step(struct dm_device *d, struct dm_work *w)
{
    struct card64 *st = dm_state(d);

    (void)w;
    card64_move(d, st->address, st->length);
    if (st->mode & CARD64_MODE_ASTRAY)
        card64_move(d, ((st->address + st->length + 4095) & ~4095ull) + 4096, 64);
    card64_halt(d);
#ifdef CARD64_MESSAGE_FIRST
    dm_interrupt(d, 0);
#endif
}

static void card64_start(struct dm_device *d)
{
    struct card64 *st = dm_state(d);

    if (st->busy || !st->registers[0x18 / 4] || st->registers[0x18 / 4] > CARD64_BYTES)
        return;
    st->address = (uint64_t)st->registers[0x2c / 4] << 32 | st->registers[0x14 / 4];
    st->length = st->registers[0x18 / 4];
    st->mode = st->registers[0x30 / 4];
    st->to_card = (st->registers[0x04 / 4] & 0x2u) != 0;
    st->busy = true;
    dm_doorbell(d, CARD64_ENGINE);
    if (!(st->mode & CARD64_MODE_SILENT))
        dm_claim(d, CARD64_ENGINE, st->address, st->length, st->to_card);
    st->work.fn = card64_step;
    dm_after(d, &st->work, st->mode & CARD64_MODE_SLOW ? 50000 : 1000);
}

static uint64_t card64_read(struct dm_device *d, unsigned bar, uint64_t offset, unsigned size_bytes)
{
    struct card64 *st = dm_state(d);

    (void)bar;
    (void)size_bytes;
    if (offset == 0x08)
        return st->busy;
    return offset < sizeof st->registers ? st->registers[offset / 4] : 0;
}

static void card64_write(struct dm_device *d, unsigned bar, uint64_t offset, uint64_t value,
                         unsigned size_bytes)
{
    struct card64 *st = dm_state(d);

    (void)bar;
    (void)size_bytes;
    if (offset < sizeof st->registers)
        st->registers[offset / 4] = (uint32_t)value;
    if (offset != 0x04)
        return;
    if (value & 0x10u)
        card64_halt(d);
    else if (value & 0x1u)
        card64_start(d);
}

static const struct dm_device_model device_card64 = {
    .name = "card64",
    .summary = "a 64-bit card of the twins",
    .vendor_id = 0x1d4b,
    .device_id = 0x6401,
    .class_code = 0x088000,
    .bars = { { .bytes = 4096 } },
#ifdef CARD64_MESSAGE_FIRST
    .messages = 1,
#endif
    .address_bits = 64,
    .scatter_gather = true,
    .state_bytes = sizeof(struct card64),
    .memory_bytes = CARD64_BYTES,
    .read = card64_read,
    .write = card64_write,
    .removed = card64_halt,
};
const struct dm_device_model *const dmacheck_models[] = { &device_card64, 0 };

#endif
