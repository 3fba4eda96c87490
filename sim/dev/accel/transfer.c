/*
 * A transfer of the accelerator: pieces of memory by a list, and one run of memory or of local memory that
 * they fill or are filled from.
 */
#include <string.h>

#include "sim/dev/accel/accel.h"

/* How much one burst moves: a choice takes the plain case or a shorter one. */
static const uint32_t burst_bytes[] = { ACCEL_BURST_BYTES, 1024, 64 };
#define COUNT(a) ((uint32_t)(sizeof(a) / sizeof((a)[0])))

static bool is_in(const struct accel *st) { return st->command.opcode == COMMAND_TRANSFER_IN; }
static bool is_local(const struct accel *st) { return st->command.flags & COMMAND_LOCAL; }

static void end(struct dm_device *d, enum accel_fault fault, uint32_t element, uint64_t address)
{
    struct accel_told told = { .fault = fault, .step = element, .address = address };

    accel_end(d, &told);
}

void accel_transfer_begin(struct dm_device *d)
{
    struct accel *st = dm_state(d);
    const struct accel_command *c = &st->command;

    st->transfer.element = st->transfer.fetched_first = st->transfer.fetched_count = 0;
    st->transfer.moved = 0;
    st->transfer.moved_before = 0;
    if (c->count == 0 || c->count > ACCEL_PAGES_MAX || c->buffers || c->address % 16) {
        end(d, ACCEL_FAULT_COMMAND, ACCEL_NO_STEP, 0);
        return;
    }
    accel_claim(d, c->address, (uint64_t)c->count * sizeof(struct accel_element), true);
    accel_after(d, ACCEL_LIST, ACCEL_FETCH_NS);
}

/* What the pieces have just been found to need, of a target in memory. */
static void target_claim(struct dm_device *d, uint64_t from, uint64_t bytes)
{
    struct accel *st = dm_state(d);

    if (!is_local(st))
        accel_claim(d, st->command.target + from, bytes, !is_in(st));
}

static void list_fetch(struct dm_device *d)
{
    struct accel *st = dm_state(d);
    struct accel_transfer *t = &st->transfer;
    uint32_t left = st->command.count - t->element;
    uint64_t at = st->command.address + (uint64_t)t->element * sizeof *t->fetched, bytes = 0;

    t->fetched_first = t->element;
    t->fetched_count = left < ACCEL_ELEMENTS ? left : ACCEL_ELEMENTS;
    if (!dm_bus_read(d, ACCEL_ENGINE, at, t->fetched, t->fetched_count * sizeof *t->fetched)) {
        end(d, ACCEL_FAULT_DMA_ABORT, ACCEL_NO_STEP, at);
        return;
    }
    for (uint32_t i = 0; i < t->fetched_count; i++) {
        if (t->fetched[i].bytes == 0) {
            end(d, ACCEL_FAULT_COMMAND, t->element + i, 0);
            return;
        }
        bytes += t->fetched[i].bytes;
    }
    if (is_local(st) && !accel_local_holds(st, st->command.target, t->moved_before + bytes)) {
        end(d, ACCEL_FAULT_COMMAND, ACCEL_NO_STEP, 0);
        return;
    }
    for (uint32_t i = 0; i < t->fetched_count; i++)
        accel_claim(d, t->fetched[i].address, t->fetched[i].bytes, is_in(st));
    target_claim(d, t->moved_before, bytes);
    accel_after(d, ACCEL_PIECES, 0);
}

/* To or from the target; the address that was refused, or 0. */
static bool target_move(struct dm_device *d, uint32_t bytes, bool write, uint64_t *address)
{
    struct accel *st = dm_state(d);
    uint8_t *local;

    *address = st->command.target + st->transfer.moved_before + st->transfer.moved;
    if (!is_local(st))
        return write ? dm_bus_write(d, ACCEL_ENGINE, *address, st->transfer.burst, bytes)
                     : dm_bus_read(d, ACCEL_ENGINE, *address, st->transfer.burst, bytes);
    local = dm_memory(d, *address, bytes);
    memcpy(write ? local : st->transfer.burst, write ? st->transfer.burst : local, bytes);
    return true;
}

static bool piece_move(struct dm_device *d, uint32_t bytes, bool write, uint64_t *address)
{
    struct accel *st = dm_state(d);
    struct accel_transfer *t = &st->transfer;

    *address = t->fetched[t->element - t->fetched_first].address + t->moved;
    if (write) { /* what a late write repeats */
        st->engine.wrote_to = *address;
        st->engine.wrote_bytes = bytes;
        memcpy(st->engine.wrote, t->burst, bytes);
    }
    return write ? dm_bus_write(d, ACCEL_ENGINE, *address, t->burst, bytes)
                 : dm_bus_read(d, ACCEL_ENGINE, *address, t->burst, bytes);
}

static void pieces_move(struct dm_device *d)
{
    struct accel *st = dm_state(d);
    struct accel_transfer *t = &st->transfer;
    const struct accel_element *e = &t->fetched[t->element - t->fetched_first];
    uint32_t want = burst_bytes[dm_choice_step(d, COUNT(burst_bytes))];
    uint32_t bytes = e->bytes - t->moved < want ? e->bytes - t->moved : want;
    uint64_t refused;
    bool moved =
        is_in(st) ? piece_move(d, bytes, false, &refused) && target_move(d, bytes, true, &refused)
                  : target_move(d, bytes, false, &refused) && piece_move(d, bytes, true, &refused);

    if (!moved) {
        end(d, ACCEL_FAULT_DMA_ABORT, t->element, refused);
        return;
    }
    t->moved += bytes;
    if (t->moved == e->bytes) {
        t->moved_before += t->moved;
        t->moved = 0;
        t->element++;
        st->engine.steps_done = t->element;
    }
    if (t->element == st->command.count)
        end(d, ACCEL_FAULT_NONE, ACCEL_NO_STEP, 0);
    else if (t->element == t->fetched_first + t->fetched_count)
        accel_after(d, ACCEL_LIST, ACCEL_FETCH_NS);
    else
        accel_after(d, ACCEL_PIECES, bytes / ACCEL_BYTES_PER_NS);
}

void accel_transfer_work(struct dm_device *d)
{
    const struct accel *st = dm_state(d);

    if (st->state == ACCEL_LIST)
        list_fetch(d);
    else
        pieces_move(d);
}
