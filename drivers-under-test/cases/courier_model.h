/*
 * courier: a card that takes one descriptor at a time out of memory and looks whether its magic word is
 * right, a device model for scenarios to bring along. When data has been moved, it writes the descriptor's
 * ticket to a completion record, if it was given one, and raises an MSI.
 *
 * A scenario file that defines COURIER_MSI_FIRST has the card whose MSI takes a shorter way than its data:
 * it comes while the last piece and the record are on their way to memory.
 *
 * | offset | register | |
 * | 0x00, 0x04 | DESCRIPTOR | bus address of the descriptor |
 * | 0x08, 0x0c | RECORD | bus address of 4 bytes; 0: none |
 * | 0x10 | GO | write 1: the doorbell; 0: stop at once |
 * | 0x14 | STATUS | bit 0 busy, bit 1 wrong magic, bit 2 bus error |
 */
#ifndef CASE_COURIER_MODEL_H
#define CASE_COURIER_MODEL_H

#include "include/dmacheck/device.h"

#define COURIER_MAGIC 0xad4b0c01u
#define COURIER_CARD_BYTES (1u << 20)
#define COURIER_PIECE 4096u
#define COURIER_START_NS 500u
#define COURIER_PIECE_NS 1000u
#define COURIER_LATE_NS 4000u /* how far the MSI is ahead of the data */

struct courier_descriptor {
    uint32_t magic, from_card;
    uint64_t address;
    uint32_t length, card_offset, ticket, reserved;
};

struct courier {
    struct dm_work work; /* first */
    uint64_t descriptor_address, record_address;
    uint32_t status, moved;
    bool fetched, told;
    struct courier_descriptor now;
};

static void courier_rest(struct dm_device *d, uint32_t status)
{
    struct courier *st = dm_state(d);

    dm_cancel_work(d, &st->work);
    if (st->fetched)
        dm_release(d, 0, st->now.address, st->now.length, !st->now.from_card);
    st->fetched = false;
    st->status = status;
}

static void courier_tell(struct dm_device *d)
{
    struct courier *st = dm_state(d);

    if (!st->told)
        dm_interrupt(d, 0);
    st->told = true;
}

static void courier_fail(struct dm_device *d, uint32_t status)
{
    courier_rest(d, status);
    courier_tell(d);
}

static bool courier_fetch(struct dm_device *d)
{
    struct courier *st = dm_state(d);
    const struct courier_descriptor *e = &st->now;

    if (!dm_bus_read(d, 0, st->descriptor_address, &st->now, sizeof st->now))
        return courier_fail(d, 4), false;
    if (e->magic != COURIER_MAGIC || !e->length || e->card_offset > COURIER_CARD_BYTES ||
        e->length > COURIER_CARD_BYTES - e->card_offset)
        return courier_fail(d, 2), false;
    dm_claim(d, 0, e->address, e->length, !e->from_card);
    st->fetched = true;
    return true;
}

static bool courier_piece(struct dm_device *d, uint32_t bytes)
{
    struct courier *st = dm_state(d);
    const struct courier_descriptor *e = &st->now;
    uint8_t *card = dm_memory(d, e->card_offset + st->moved, bytes);
    uint64_t ba = e->address + st->moved;

#ifdef COURIER_MSI_FIRST
    if (e->from_card && st->moved + bytes == e->length) {
        dm_bus_write_posted(d, 0, ba, card, bytes, COURIER_LATE_NS);
        return true;
    }
#endif
    return e->from_card ? dm_bus_write(d, 0, ba, card, bytes) : dm_bus_read(d, 0, ba, card, bytes);
}

/* Behind the data, on the same way. */
static void courier_record(struct dm_device *d, uint32_t ticket)
{
    struct courier *st = dm_state(d);

#ifdef COURIER_MSI_FIRST
    if (st->now.from_card) {
        dm_bus_write_posted(d, 0, st->record_address, &ticket, sizeof ticket, COURIER_LATE_NS);
        return;
    }
#endif
    dm_bus_write(d, 0, st->record_address, &ticket, sizeof ticket);
}

static void courier_finish(struct dm_device *d)
{
    struct courier *st = dm_state(d);
    uint32_t ticket = st->now.ticket;

    courier_rest(d, 0);
    if (st->record_address)
        courier_record(d, ticket);
    courier_tell(d);
}

static void courier_work(struct dm_device *d, struct dm_work *w)
{
    struct courier *st = dm_state(d);
    uint32_t left, bytes;

    if (!st->fetched && !courier_fetch(d))
        return;
    left = st->now.length - st->moved;
    bytes = left < COURIER_PIECE ? left : COURIER_PIECE;
    if (!bytes) {
        courier_finish(d);
        return;
    }
    if (!courier_piece(d, bytes)) {
        courier_fail(d, 4);
        return;
    }
    st->moved += bytes;
#ifdef COURIER_MSI_FIRST
    if (st->moved == st->now.length) {
        courier_finish(d);
        return;
    }
#endif
    dm_after(d, w, COURIER_PIECE_NS);
}

static void courier_go(struct dm_device *d, uint32_t value)
{
    struct courier *st = dm_state(d);

    if (!value) {
        courier_rest(d, 0);
        return;
    }
    if (st->status & 1)
        return;
    dm_doorbell(d, 0);
    st->status = 1;
    st->moved = 0;
    st->told = false;
    dm_after(d, &st->work, COURIER_START_NS);
}

static uint64_t courier_read(struct dm_device *d, unsigned bar, uint64_t offset, unsigned size_bytes)
{
    struct courier *st = dm_state(d);

    (void)bar;
    (void)size_bytes;
    return offset == 0x14 ? st->status : 0;
}

static void courier_write(struct dm_device *d, unsigned bar, uint64_t offset, uint64_t value,
                          unsigned size_bytes)
{
    struct courier *st = dm_state(d);
    uint64_t low = (uint32_t)value;

    (void)bar;
    (void)size_bytes;
    switch (offset) {
    case 0x00: st->descriptor_address = (st->descriptor_address & ~0xffffffffull) | low; break;
    case 0x04: st->descriptor_address = (uint32_t)st->descriptor_address | low << 32; break;
    case 0x08: st->record_address = (st->record_address & ~0xffffffffull) | low; break;
    case 0x0c: st->record_address = (uint32_t)st->record_address | low << 32; break;
    case 0x10: courier_go(d, (uint32_t)value); break;
    }
}

static void courier_reset(struct dm_device *d)
{
    struct courier *st = dm_state(d);

    st->work.fn = courier_work;
}

static void courier_power(struct dm_device *d, unsigned d_state)
{
    if (d_state)
        courier_rest(d, 0);
}

static const struct dm_device_model courier_model = {
    .name = "courier",
    .summary = "one descriptor at a time, with a magic word; MSI",
    .vendor_id = 0x1d4b,
    .device_id = 0x434f,
    .class_code = 0x088000,
    .bars = { [0] = { .bytes = 0x1000 } },
    .messages = 1,
    .address_bits = 64,
    .scatter_gather = true,
    .state_bytes = sizeof(struct courier),
    .memory_bytes = COURIER_CARD_BYTES,
    .reset = courier_reset,
    .read = courier_read,
    .write = courier_write,
    .power = courier_power,
};
const struct dm_device_model *const dmacheck_models[] = { &courier_model, NULL };

#endif
