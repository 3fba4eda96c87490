/*
 * The accelerator's ring: a command is fetched, carried out by those who know how, and its record written;
 * what it claims meanwhile, its interrupt, and how it is stopped.
 */
#include <stddef.h>
#include <string.h>

#include "sim/dev/accel/accel.h"

#define RECORD_NS 100u
#define ECHO_NS 2000u

/* --- interrupt --- */

static void interrupt_raise(struct dm_device *d, uint32_t bit)
{
    struct accel *st = dm_state(d);

    st->int_status |= bit;
    if (st->control & CONTROL_IRQ)
        dm_interrupt(d, 0);
}

/* Without messages the interrupt is a line: it is pulled until every bit has been cleared. */
void accel_int_clear(struct dm_device *d, uint32_t bits)
{
    struct accel *st = dm_state(d);

    st->int_status &= ~bits;
    if (!st->int_status)
        dm_line(d, false);
}

/* --- claims --- */

void accel_claim(struct dm_device *d, uint64_t address, uint64_t bytes, bool reads)
{
    struct accel *st = dm_state(d);

    if (st->claims_count == ACCEL_CLAIMS_MAX)
        return;
    st->claims[st->claims_count++] = (struct accel_claim) { address, bytes, reads };
    dm_claim(d, ACCEL_ENGINE, address, bytes, reads);
}

static void claims_drop(struct dm_device *d)
{
    struct accel *st = dm_state(d);

    while (st->claims_count) {
        const struct accel_claim *c = &st->claims[--st->claims_count];

        dm_release(d, ACCEL_ENGINE, c->address, c->bytes, c->reads);
    }
}

void accel_ring_claim(struct dm_device *d, bool claimed)
{
    struct accel *st = dm_state(d);
    uint64_t bytes = (uint64_t)st->entries * sizeof(struct accel_command);

    if (claimed && !st->ring_claimed)
        dm_claim(d, ACCEL_ENGINE, st->ring, bytes, true);
    else if (!claimed && st->ring_claimed)
        dm_release(d, ACCEL_ENGINE, st->ring, bytes, true);
    st->ring_claimed = claimed;
}

/* --- the ring --- */

bool accel_local_holds(const struct accel *st, uint64_t address, uint64_t bytes)
{
    return address <= st->local_bytes && bytes <= st->local_bytes - address;
}

void accel_after(struct dm_device *d, enum accel_state state, uint64_t delay_ns)
{
    struct accel *st = dm_state(d);

    st->state = state;
    dm_after(d, &st->work, delay_ns);
}

void accel_halt(struct dm_device *d)
{
    struct accel *st = dm_state(d);

    dm_cancel_work(d, &st->work);
    dm_cancel_work(d, &st->echo);
    claims_drop(d);
    accel_ring_claim(d, false);
    st->state = ACCEL_IDLE;
    st->aborting = false;
}

void accel_ring_fail(struct dm_device *d, uint32_t error)
{
    struct accel *st = dm_state(d);

    accel_halt(d);
    st->status |= error;
    st->control &= ~CONTROL_RUN;
    interrupt_raise(d, INT_RING);
}

static uint64_t entry_address(const struct accel *st, uint32_t index)
{
    return st->ring + (uint64_t)index * sizeof(struct accel_command);
}

/* The next command, if there is one and the device may run. */
void accel_ring_next(struct dm_device *d, uint64_t delay_ns)
{
    struct accel *st = dm_state(d);

    st->aborting = false;
    if (!(st->control & CONTROL_RUN))
        accel_halt(d);
    else if (st->consumer != st->producer)
        accel_after(d, ACCEL_COMMAND, delay_ns);
    else
        st->state = ACCEL_IDLE;
}

/* --- the end of a command --- */

/* Count and fault first, status last: who sees ENDED must find the rest. */
static bool record_write(struct dm_device *d, uint32_t entry, const struct accel_command *c)
{
    const size_t from = offsetof(struct accel_command, steps_done);
    const size_t last = offsetof(struct accel_command, status);
    uint64_t at = entry_address(dm_state(d), entry);

    return dm_bus_write(d, ACCEL_ENGINE, at + from, (const uint8_t *)c + from, last - from) &&
           dm_bus_write(d, ACCEL_ENGINE, at + last, &c->status, sizeof c->status);
}

static bool command_tell(struct dm_device *d)
{
    struct accel *st = dm_state(d);

    if (!record_write(d, st->consumer, &st->command))
        return false;
    if (st->command.flags & COMMAND_INTERRUPT)
        interrupt_raise(d, INT_ENDED);
    return true;
}

static void fault_latch(struct accel *st)
{
    const struct accel_command *c = &st->command;

    if (st->status & STATUS_FAULT)
        return;
    st->status |= STATUS_FAULT;
    st->latched = (struct accel_told) { c->fault, c->fault_step, c->fault_address };
    st->latched_entry = st->consumer;
}

static void command_end(struct dm_device *d, const struct accel_told *told, uint32_t status)
{
    struct accel *st = dm_state(d);
    struct accel_command *c = &st->command;
    uint32_t wrong = st->mode == HOSTILE_WRONG_STEP;

    claims_drop(d);
    c->steps_done = st->engine.steps_done + wrong;
    c->fault = told->fault;
    c->fault_step = told->fault ? told->step : ACCEL_NO_STEP;
    if (c->fault_step != ACCEL_NO_STEP)
        c->fault_step += wrong;
    c->fault_address = told->fault == ACCEL_FAULT_DMA_ABORT ? told->address : 0;
    c->status = status | (told->fault ? ENDED_FAULT : 0);
    if (told->fault)
        fault_latch(st);
    accel_after(d, ACCEL_RECORD, RECORD_NS);
}

void accel_end(struct dm_device *d, const struct accel_told *told)
{
    struct accel *st = dm_state(d);

    if (st->mode == HOSTILE_NEVER)
        st->state = ACCEL_HANGING; /* nothing is queued: an abort or a reset is all that helps */
    else
        command_end(d, told, ENDED);
}

void accel_tell_early(struct dm_device *d)
{
    struct accel *st = dm_state(d);

    if (st->told_early)
        return;
    st->told_early = true;
    st->command.steps_done = st->command.count;
    st->command.fault = ACCEL_FAULT_NONE;
    st->command.fault_step = ACCEL_NO_STEP;
    st->command.fault_address = 0;
    st->command.status = ENDED;
    command_tell(d);
}

/* --- hostile: once more, when it has all been done --- */

static void echo_after(struct dm_device *d)
{
    struct accel *st = dm_state(d);

    st->again.mode = st->mode;
    st->again.entry = st->consumer;
    st->again.command = st->command;
    st->again.to = st->engine.wrote_to;
    st->again.bytes = st->engine.wrote_bytes;
    memcpy(st->again.data, st->engine.wrote, st->again.bytes);
    dm_after(d, &st->echo, ECHO_NS);
}

void accel_echo(struct dm_device *d, struct dm_work *w)
{
    struct accel *st = dm_state(d);

    (void)w;
    if (st->again.mode == HOSTILE_LATE_WRITE && st->again.bytes)
        dm_bus_write(d, ACCEL_ENGINE, st->again.to, st->again.data, st->again.bytes);
    if (st->again.mode == HOSTILE_TWICE && record_write(d, st->again.entry, &st->again.command))
        interrupt_raise(d, INT_ENDED);
}

/* The record is written, the driver is told, and the next command's turn has come. */
static void command_record(struct dm_device *d)
{
    struct accel *st = dm_state(d);

    if (!st->told_early && !command_tell(d)) {
        accel_ring_fail(d, STATUS_BUS);
        return;
    }
    if (st->mode & (HOSTILE_TWICE | HOSTILE_LATE_WRITE))
        echo_after(d);
    st->consumer = (st->consumer + 1) % st->entries;
    st->commands_done++;
    accel_ring_next(d, ACCEL_FETCH_NS);
}

/* --- the beginning of a command --- */

static void hostile_choose(struct dm_device *d)
{
    struct accel *st = dm_state(d);
    uint32_t bits = st->hostile & HOSTILE_ALL;
    uint32_t left = st->hostile & HOSTILE_ALWAYS
                        ? bits != 0
                        : dm_choice_step(d, (uint32_t)__builtin_popcount(bits) + 1);

    for (uint32_t bit = 1; left; bit <<= 1)
        if ((bits & bit) && --left == 0)
            st->mode = bit;
}

static void command_fetch(struct dm_device *d)
{
    static const struct accel_told none = { .step = ACCEL_NO_STEP };
    static const struct accel_told unknown = { ACCEL_FAULT_COMMAND, ACCEL_NO_STEP, 0 };
    struct accel *st = dm_state(d);
    bool aborted = st->aborts[st->consumer];

    st->aborts[st->consumer] = false;
    if (!dm_bus_read(d, ACCEL_ENGINE, entry_address(st, st->consumer), &st->command,
                     sizeof st->command)) {
        accel_ring_fail(d, STATUS_BUS);
        return;
    }
    st->mode = 0;
    st->told_early = false;
    accel_engine_begin(&st->engine);
    if (aborted) {
        command_end(d, &none, ENDED | ENDED_ABORTED);
        return;
    }
    if (st->hostile)
        hostile_choose(d);
    if (st->command.opcode >= COMMANDS || (st->command.flags & ~COMMAND_FLAGS))
        accel_end(d, &unknown);
    else if (st->command.opcode == COMMAND_NOP)
        accel_end(d, &none);
    else if (st->command.opcode == COMMAND_RUN)
        accel_run_begin(d);
    else
        accel_transfer_begin(d);
}

void accel_work(struct dm_device *d, struct dm_work *w)
{
    static const struct accel_told none = { .step = ACCEL_NO_STEP };
    struct accel *st = dm_state(d);

    (void)w;
    if (st->aborting && st->state != ACCEL_RECORD) {
        st->aborting = false;
        command_end(d, &none, ENDED | ENDED_ABORTED);
    } else if (st->state == ACCEL_COMMAND) {
        command_fetch(d);
    } else if (st->state == ACCEL_RECORD) {
        command_record(d);
    } else if (st->command.opcode == COMMAND_RUN) {
        accel_run_work(d);
    } else {
        accel_transfer_work(d);
    }
}
