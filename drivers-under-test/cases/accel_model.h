/*
 * accel: a computing card as in the field story, a device model for scenarios to bring along. Steps of a
 * program work on 32-bit words of a buffer. Where the buffer lies in memory a page table in memory says;
 * it may also be copied into the card's own memory and out again. The card reads its program and its page
 * table whole, and believes them.
 *
 * | offset | register | |
 * | 0x00 | COMMAND | the doorbell: 1 run on memory, 2 copy in, 3 run on card memory, 4 copy out, 0 stop |
 * | 0x04 | STATUS | bit 0 busy, bit 1 a bus error ended the command |
 * | 0x08 | CAUSE | write 1 to clear: the command has ended |
 * | 0x10, 0x14 | TABLE | bus address of 64 entries of 64 bits, each the bus address of a page |
 * | 0x18, 0x1c | PROGRAM | bus address of the steps |
 * | 0x20 | STEPS | how many, 64 at most |
 * | 0x24 | BYTES | for a copy |
 * | 0x28 | CARD_OFFSET | for a copy: where in card memory |
 */
#ifndef CASE_ACCEL_MODEL_H
#define CASE_ACCEL_MODEL_H

#include <string.h>

#include "include/dmacheck/device.h"

#define ACCEL_PAGE 4096u
#define ACCEL_TABLE_ENTRIES 64u
#define ACCEL_STEPS_MAX 64u
#define ACCEL_CARD_BYTES (ACCEL_TABLE_ENTRIES * ACCEL_PAGE)
#define ACCEL_START_NS 500u
#define ACCEL_STEP_NS 200u

enum { ACCEL_STOP, ACCEL_RUN_MEMORY, ACCEL_COPY_IN, ACCEL_RUN_CARD, ACCEL_COPY_OUT };

struct accel_step {
    uint32_t multiply; /* 0: add */
    uint32_t words;
    uint32_t a, b, out; /* byte offsets into the buffer */
    uint32_t reserved[3];
};

struct accel {
    struct dm_work work; /* first */
    uint32_t command, cause, steps, bytes, card_offset, status;
    uint64_t table_address, program_address;
    uint64_t table[ACCEL_TABLE_ENTRIES];
    struct accel_step program[ACCEL_STEPS_MAX];
    uint32_t next;          /* step, or byte of a copy */
    uint32_t claimed_pages; /* of the table, for a copy */
};

static bool accel_to_card(const struct accel *st) { return st->command == ACCEL_COPY_IN; }

static uint32_t accel_piece(const struct accel *st, uint32_t page)
{
    uint32_t left = st->bytes - page * ACCEL_PAGE;

    return left < ACCEL_PAGE ? left : ACCEL_PAGE;
}

static void accel_end(struct dm_device *d, bool failed)
{
    struct accel *st = dm_state(d);

    dm_cancel_work(d, &st->work);
    for (uint32_t i = 0; i < st->claimed_pages; i++)
        dm_release(d, 0, st->table[i], accel_piece(st, i), accel_to_card(st));
    st->claimed_pages = 0;
    st->command = ACCEL_STOP;
    st->status = failed ? 2 : 0;
    st->cause = 1;
    dm_interrupt(d, 0);
}

/* Bytes of the buffer in memory, which may lie in two pages. */
static bool accel_memory(struct dm_device *d, uint32_t offset, void *p, uint32_t bytes, bool write)
{
    struct accel *st = dm_state(d);
    char *at = p;

    while (bytes) {
        uint32_t in_page = offset % ACCEL_PAGE, piece = ACCEL_PAGE - in_page;
        uint64_t ba = st->table[offset / ACCEL_PAGE % ACCEL_TABLE_ENTRIES] + in_page;

        piece = piece < bytes ? piece : bytes;
        if (write ? !dm_bus_write(d, 0, ba, at, piece) : !dm_bus_read(d, 0, ba, at, piece))
            return false;
        at += piece;
        offset += piece;
        bytes -= piece;
    }
    return true;
}

static bool accel_move(struct dm_device *d, uint32_t offset, void *p, uint32_t bytes, bool write)
{
    struct accel *st = dm_state(d);
    uint8_t *card;

    if (st->command == ACCEL_RUN_MEMORY)
        return accel_memory(d, offset, p, bytes, write);
    offset %= ACCEL_CARD_BYTES;
    bytes = bytes < ACCEL_CARD_BYTES - offset ? bytes : ACCEL_CARD_BYTES - offset;
    card = dm_memory(d, offset, bytes);
    memcpy(write ? card : p, write ? p : card, bytes);
    return true;
}

static bool accel_step_do(struct dm_device *d, const struct accel_step *s)
{
    for (uint32_t i = 0; i < s->words; i++) {
        uint32_t a = 0, b = 0, out;

        if (!accel_move(d, s->a + 4 * i, &a, 4, false) || !accel_move(d, s->b + 4 * i, &b, 4, false))
            return false;
        out = s->multiply ? a * b : a + b;
        if (!accel_move(d, s->out + 4 * i, &out, 4, true))
            return false;
    }
    return true;
}

static bool accel_fetch(struct dm_device *d)
{
    struct accel *st = dm_state(d);
    bool copies = st->command == ACCEL_COPY_IN || st->command == ACCEL_COPY_OUT;
    uint32_t pages = (st->bytes + ACCEL_PAGE - 1) / ACCEL_PAGE;

    if (st->command != ACCEL_RUN_CARD &&
        !dm_bus_read(d, 0, st->table_address, st->table, sizeof st->table))
        return false;
    if (!copies)
        return dm_bus_read(d, 0, st->program_address, st->program, st->steps * sizeof *st->program);
    for (; st->claimed_pages < pages; st->claimed_pages++)
        dm_claim(d, 0, st->table[st->claimed_pages], accel_piece(st, st->claimed_pages),
                 accel_to_card(st));
    return true;
}

/* A copy moves a page at a time, a program makes a step. */
static bool accel_go(struct dm_device *d)
{
    struct accel *st = dm_state(d);
    uint32_t bytes;

    if (st->command == ACCEL_RUN_MEMORY || st->command == ACCEL_RUN_CARD)
        return accel_step_do(d, &st->program[st->next++]);
    bytes = accel_piece(st, st->next / ACCEL_PAGE);
    if (!accel_memory(d, st->next, dm_memory(d, st->card_offset + st->next, bytes), bytes,
                      !accel_to_card(st)))
        return false;
    st->next += bytes;
    return true;
}

static void accel_work(struct dm_device *d, struct dm_work *w)
{
    struct accel *st = dm_state(d);
    bool runs = st->command == ACCEL_RUN_MEMORY || st->command == ACCEL_RUN_CARD;

    if (st->status == 1 && st->next == 0 && !st->claimed_pages && !accel_fetch(d)) {
        accel_end(d, true);
        return;
    }
    if (st->next == (runs ? st->steps : st->bytes)) {
        accel_end(d, false);
        return;
    }
    if (!accel_go(d))
        accel_end(d, true);
    else
        dm_after(d, w, ACCEL_STEP_NS);
}

static void accel_command(struct dm_device *d, uint32_t value)
{
    struct accel *st = dm_state(d);
    bool copies = value == ACCEL_COPY_IN || value == ACCEL_COPY_OUT;

    if (value == ACCEL_STOP) {
        if (st->status & 1)
            accel_end(d, true);
        return;
    }
    if ((st->status & 1) || value > ACCEL_COPY_OUT || st->steps > ACCEL_STEPS_MAX ||
        (copies && (st->card_offset > ACCEL_CARD_BYTES ||
                    st->bytes > ACCEL_CARD_BYTES - st->card_offset)))
        return;
    dm_doorbell(d, 0);
    st->command = value;
    st->status = 1;
    st->next = 0;
    dm_after(d, &st->work, ACCEL_START_NS);
}

static uint64_t accel_read(struct dm_device *d, unsigned bar, uint64_t offset, unsigned size_bytes)
{
    struct accel *st = dm_state(d);

    (void)bar;
    (void)size_bytes;
    return offset == 0x00 ? st->command : offset == 0x04 ? st->status : offset == 0x08 ? st->cause : 0;
}

static void accel_write(struct dm_device *d, unsigned bar, uint64_t offset, uint64_t value,
                        unsigned size_bytes)
{
    struct accel *st = dm_state(d);
    uint32_t low = (uint32_t)value;

    (void)bar;
    (void)size_bytes;
    switch (offset) {
    case 0x00: accel_command(d, low); break;
    case 0x08: st->cause &= ~low; break;
    case 0x10: st->table_address = (st->table_address & ~0xffffffffull) | low; break;
    case 0x14: st->table_address = (uint32_t)st->table_address | (uint64_t)low << 32; break;
    case 0x18: st->program_address = (st->program_address & ~0xffffffffull) | low; break;
    case 0x1c: st->program_address = (uint32_t)st->program_address | (uint64_t)low << 32; break;
    case 0x20: st->steps = low; break;
    case 0x24: st->bytes = low; break;
    case 0x28: st->card_offset = low; break;
    }
}

static void accel_reset(struct dm_device *d)
{
    struct accel *st = dm_state(d);

    st->work.fn = accel_work;
}

static void accel_power(struct dm_device *d, unsigned d_state)
{
    struct accel *st = dm_state(d);

    if (d_state && (st->status & 1))
        accel_end(d, true);
}

static const struct dm_device_model accel_model = {
    .name = "accel",
    .summary = "computing card: a program in memory, a buffer by page table, memory of its own",
    .vendor_id = 0x1d4b,
    .device_id = 0x4143,
    .class_code = 0x120000, /* processing accelerator */
    .bars = { [0] = { .bytes = 0x1000 } },
    .messages = 1,
    .address_bits = 64,
    .scatter_gather = true,
    .state_bytes = sizeof(struct accel),
    .memory_bytes = ACCEL_CARD_BYTES,
    .reset = accel_reset,
    .read = accel_read,
    .write = accel_write,
    .power = accel_power,
};
const struct dm_device_model *const dmacheck_models[] = { &accel_model, NULL };

#endif
