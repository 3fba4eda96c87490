/*
 * accel: a compute accelerator on the bus. It takes commands from a ring in memory; a command runs a program
 * of steps over buffers in memory, which it reaches through page tables, or moves data between a list of
 * pieces and one run of memory. Registers, commands, steps and limits are in docs/devices/accel.md; what a
 * command does is in sim/dev/accel/. Nothing here knows what a driver is.
 */
#include <stddef.h>
#include <string.h>

#include "include/dmacheck/device.h"
#include "sim/dev/accel/accel.h"

/* --- what the card is made of --- */

#define RING_ENTRIES_MIN 2u
#define PREFETCH_DEFAULT 16u
#define LOCAL_BYTES (32u << 20)

#define RECORD_NS 100u
#define ECHO_NS 2000u
/* How long it takes to notice a doorbell, and an abort. */
static const uint32_t doorbell_ns[] = { 300, 0, 6000 };
static const uint32_t abort_ns[] = { 1000, 0 };

#define COUNT(a) ((uint32_t)(sizeof(a) / sizeof((a)[0])))

/* --- registers --- */

enum reg {
    REG_ID = 0x000,
    REG_VERSION = 0x004,
    REG_ADDRESS_BITS = 0x008,
    REG_LOCAL_BYTES = 0x00c,
    REG_STEPS_MAX = 0x010,
    REG_OPERAND_BYTES_MAX = 0x014,
    REG_TILE_MAX = 0x018,
    REG_GATHER_BYTES_MAX = 0x01c,
    REG_PREFETCH_MAX = 0x020,
    REG_BUFFERS_MAX = 0x024,
    REG_PAGES_MAX = 0x028,
    REG_LANES = 0x02c,
    REG_CONTROL = 0x040,
    REG_STATUS = 0x044,
    REG_RING_LOW = 0x048,
    REG_RING_HIGH = 0x04c,
    REG_RING_ENTRIES = 0x050,
    REG_PRODUCER = 0x054,
    REG_CONSUMER = 0x058,
    REG_ABORT = 0x05c,
    REG_INT_STATUS = 0x060,
    REG_PREFETCH = 0x064,
    REG_FAULT = 0x068,
    REG_FAULT_STEP = 0x06c,
    REG_FAULT_ENTRY = 0x070,
    REG_FAULT_ADDRESS_LOW = 0x074,
    REG_FAULT_ADDRESS_HIGH = 0x078,
    REG_STEPS_DONE = 0x07c,
    REG_COMMANDS_DONE = 0x080,
    REG_HOSTILE = 0xf00,
};
#define ID_VALUE 0x4c454341u /* "ACEL" */
#define VERSION_VALUE 0x00010000u
#define CONTROL_RUN 0x1u
#define CONTROL_IRQ 0x2u
#define CONTROL_RESET 0x4u /* reads as zero */
#define STATUS_BUSY 0x1u
#define STATUS_FAULT 0x100u
#define STATUS_RING 0x200u
#define STATUS_BUS 0x400u
#define STATUS_ERRORS 0x700u
#define INT_ENDED 0x1u
#define INT_RING 0x2u

/* --- interrupt --- */

static void interrupt_raise(struct dm_device *d, uint32_t bit)
{
    struct accel *st = dm_state(d);

    st->int_status |= bit;
    if (st->control & CONTROL_IRQ)
        dm_interrupt(d, 0);
}

/* Without messages the interrupt is a line: it is pulled until every bit has been cleared. */
static void int_status_clear(struct dm_device *d, uint32_t bits)
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

static void ring_claim(struct dm_device *d, bool claimed)
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

static void halt(struct dm_device *d)
{
    struct accel *st = dm_state(d);

    dm_cancel_work(d, &st->work);
    dm_cancel_work(d, &st->echo);
    claims_drop(d);
    ring_claim(d, false);
    st->state = ACCEL_IDLE;
    st->aborting = false;
}

static void ring_fail(struct dm_device *d, uint32_t error)
{
    struct accel *st = dm_state(d);

    halt(d);
    st->status |= error;
    st->control &= ~CONTROL_RUN;
    interrupt_raise(d, INT_RING);
}

static uint64_t entry_address(const struct accel *st, uint32_t index)
{
    return st->ring + (uint64_t)index * sizeof(struct accel_command);
}

/* The next command, if there is one and the device may run. */
static void ring_next(struct dm_device *d, uint64_t delay_ns)
{
    struct accel *st = dm_state(d);

    st->aborting = false;
    if (!(st->control & CONTROL_RUN))
        halt(d);
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

static void echo_work(struct dm_device *d, struct dm_work *w)
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
        ring_fail(d, STATUS_BUS);
        return;
    }
    if (st->mode & (HOSTILE_TWICE | HOSTILE_LATE_WRITE))
        echo_after(d);
    st->consumer = (st->consumer + 1) % st->entries;
    st->commands_done++;
    ring_next(d, ACCEL_FETCH_NS);
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
        ring_fail(d, STATUS_BUS);
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

static void engine_work(struct dm_device *d, struct dm_work *w)
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

/* --- read --- */

static uint32_t capability_read(const struct accel *st, uint64_t offset)
{
    switch (offset) {
    case REG_ID:
        return ID_VALUE;
    case REG_VERSION:
        return VERSION_VALUE;
    case REG_ADDRESS_BITS:
        return st->address_bits;
    case REG_LOCAL_BYTES:
        return st->local_bytes;
    case REG_STEPS_MAX:
        return ACCEL_STEPS_MAX;
    case REG_OPERAND_BYTES_MAX:
        return ACCEL_OPERAND_BYTES_MAX;
    case REG_TILE_MAX:
        return ACCEL_TILE_MAX;
    case REG_GATHER_BYTES_MAX:
        return ACCEL_GATHER_BYTES_MAX;
    case REG_PREFETCH_MAX:
        return ACCEL_PREFETCH_MAX;
    case REG_BUFFERS_MAX:
        return ACCEL_BUFFERS_MAX;
    case REG_PAGES_MAX:
        return ACCEL_PAGES_MAX;
    case REG_LANES:
        return ACCEL_LANES;
    }
    return 0;
}

static uint32_t register_read(const struct accel *st, uint64_t offset)
{
    switch (offset) {
    case REG_CONTROL:
        return st->control;
    case REG_STATUS:
        return st->status | (st->state == ACCEL_IDLE ? 0 : STATUS_BUSY);
    case REG_RING_LOW:
        return (uint32_t)st->ring;
    case REG_RING_HIGH:
        return (uint32_t)(st->ring >> 32);
    case REG_RING_ENTRIES:
        return st->entries;
    case REG_PRODUCER:
        return st->producer;
    case REG_CONSUMER:
        return st->consumer;
    case REG_INT_STATUS:
        return st->int_status;
    case REG_PREFETCH:
        return st->prefetch;
    case REG_FAULT:
        return st->latched.fault;
    case REG_FAULT_STEP:
        return st->latched.step;
    case REG_FAULT_ENTRY:
        return st->latched_entry;
    case REG_FAULT_ADDRESS_LOW:
        return (uint32_t)st->latched.address;
    case REG_FAULT_ADDRESS_HIGH:
        return (uint32_t)(st->latched.address >> 32);
    case REG_STEPS_DONE:
        return st->engine.steps_done;
    case REG_COMMANDS_DONE:
        return st->commands_done;
    case REG_HOSTILE:
        return st->hostile;
    }
    return capability_read(st, offset);
}

static uint64_t accel_read(struct dm_device *d, unsigned bar, uint64_t offset, unsigned size_bytes)
{
    const struct accel *st = dm_state(d);
    uint64_t value;

    if (bar != 0)
        return 0;
    value = register_read(st, offset & ~3ull);
    if (size_bytes == 8)
        return value | (uint64_t)register_read(st, (offset & ~3ull) + 4) << 32;
    value >>= 8 * (offset & 3); /* narrow reads see their bytes of the register */
    return size_bytes >= 4 ? value : value & ((1ull << 8 * size_bytes) - 1);
}

/* --- write --- */

/* Registers as after power-on; what the model is does not change. */
static void registers_reset(struct dm_device *d)
{
    struct accel *st = dm_state(d);

    halt(d);
    int_status_clear(d, ~0u);
    st->control = st->status = st->commands_done = 0;
    st->ring = 0;
    st->entries = st->producer = st->consumer = 0;
    st->prefetch = PREFETCH_DEFAULT;
    st->latched = (struct accel_told) { .step = ACCEL_NO_STEP };
    st->latched_entry = 0;
    st->engine.steps_done = 0;
    for (unsigned i = 0; i < ACCEL_RING_ENTRIES_MAX; i++)
        st->aborts[i] = false;
}

static void control_write(struct dm_device *d, uint32_t value)
{
    struct accel *st = dm_state(d);
    bool ran = st->control & CONTROL_RUN;

    if (value & CONTROL_RESET) {
        registers_reset(d);
        return;
    }
    st->control = value & (CONTROL_RUN | CONTROL_IRQ);
    if ((value & CONTROL_RUN) && !ran) {
        if (st->entries < RING_ENTRIES_MIN || st->entries > ACCEL_RING_ENTRIES_MAX ||
            st->ring % sizeof(struct accel_command) || st->producer >= st->entries) {
            ring_fail(d, STATUS_RING);
            return;
        }
        dm_doorbell(d, ACCEL_ENGINE);
        ring_claim(d, true);
        if (st->state == ACCEL_IDLE)
            ring_next(d, doorbell_ns[dm_choice_delay(d, COUNT(doorbell_ns))]);
    }
    if (!(value & CONTROL_RUN) && st->state == ACCEL_IDLE)
        halt(d); /* at rest already: only the claim on the ring is left to drop */
}

static void producer_write(struct dm_device *d, uint32_t value)
{
    struct accel *st = dm_state(d);

    dm_doorbell(d, ACCEL_ENGINE);
    if (value >= st->entries) {
        ring_fail(d, STATUS_RING);
        return;
    }
    st->producer = value;
    if (st->state == ACCEL_IDLE && (st->control & CONTROL_RUN))
        ring_next(d, doorbell_ns[dm_choice_delay(d, COUNT(doorbell_ns))]);
}

/* The ring may be moved only while the device is stopped; other writes to it are ignored. */
static void ring_write(struct accel *st, uint64_t reg, uint32_t value)
{
    if ((st->control & CONTROL_RUN) || st->state != ACCEL_IDLE)
        return;
    if (reg == REG_RING_LOW)
        st->ring = (st->ring & ~0xffffffffull) | value;
    else if (reg == REG_RING_HIGH)
        st->ring = (st->ring & 0xffffffffull) | (uint64_t)value << 32;
    else
        st->entries = value;
    st->producer = st->consumer = 0;
}

static void abort_write(struct dm_device *d, uint32_t index)
{
    struct accel *st = dm_state(d);
    bool waits;

    if (index >= st->entries || index >= ACCEL_RING_ENTRIES_MAX)
        return;
    waits = (index + st->entries - st->consumer) % st->entries <
            (st->producer + st->entries - st->consumer) % st->entries;
    if (index != st->consumer || st->state == ACCEL_IDLE || st->state == ACCEL_COMMAND) {
        st->aborts[index] = waits;
    } else if (st->state != ACCEL_RECORD && !st->aborting) {
        st->aborting = true;
        dm_after(d, &st->work, abort_ns[dm_choice_delay(d, COUNT(abort_ns))]);
    }
}

static void register_write(struct dm_device *d, uint64_t offset, uint32_t value)
{
    struct accel *st = dm_state(d);

    switch (offset) {
    case REG_CONTROL:
        control_write(d, value);
        break;
    case REG_STATUS:
        st->status &= ~(value & STATUS_ERRORS);
        break;
    case REG_RING_LOW:
    case REG_RING_HIGH:
    case REG_RING_ENTRIES:
        ring_write(st, offset, value);
        break;
    case REG_PRODUCER:
        producer_write(d, value);
        break;
    case REG_ABORT:
        abort_write(d, value);
        break;
    case REG_INT_STATUS:
        int_status_clear(d, value);
        break;
    case REG_PREFETCH:
        if (value >= 1 && value <= ACCEL_PREFETCH_MAX)
            st->prefetch = value;
        break;
    case REG_HOSTILE:
        st->hostile = value & (HOSTILE_ALL | HOSTILE_ALWAYS);
        break;
    }
}

static void accel_write(struct dm_device *d, unsigned bar, uint64_t offset, uint64_t value,
                        unsigned size_bytes)
{
    if (bar != 0 || (offset & 3) || size_bytes < 4)
        return; /* the byte enables are not wired: narrow writes are dropped */
    register_write(d, offset, (uint32_t)value);
    if (size_bytes == 8)
        register_write(d, offset + 4, (uint32_t)(value >> 32));
}

/* --- power, removal, creation --- */

/* D1 to D3 stop it where it stands and lose the registers; local memory is kept. */
static void accel_power(struct dm_device *d, unsigned d_state)
{
    if (d_state != 0)
        registers_reset(d);
}

static void accel_removed(struct dm_device *d) { registers_reset(d); }

static void create(struct dm_device *d, uint32_t address_bits, uint32_t local_bytes,
                   uint32_t hostile)
{
    struct accel *st = dm_state(d);

    st->work.fn = engine_work;
    st->echo.fn = echo_work;
    st->address_bits = address_bits;
    st->local_bytes = local_bytes;
    st->hostile = hostile;
    st->prefetch = PREFETCH_DEFAULT;
    st->latched.step = ACCEL_NO_STEP;
}

static void accel_reset(struct dm_device *d) { create(d, 64, 0, 0); }
static void accel32_reset(struct dm_device *d) { create(d, 32, 0, 0); }
static void accel_local_reset(struct dm_device *d) { create(d, 64, LOCAL_BYTES, 0); }
static void accel_hostile_reset(struct dm_device *d) { create(d, 64, 0, HOSTILE_ALL); }

#define ACCEL_COMMON                                                                               \
    .vendor_id = 0x1d4b, .device_id = 0x4145, .class_code = 0x120000, /* processing accelerator */ \
        .bars = { [0] = { .bytes = 0x1000 } }, .messages = 1, .scatter_gather = true,              \
    .state_bytes = sizeof(struct accel), .read = accel_read, .write = accel_write,                 \
    .power = accel_power, .removed = accel_removed

const struct dm_device_model device_accel = {
    .name = "accel",
    .summary = "64-bit compute accelerator: programs over buffers in memory, MSI",
    .address_bits = 64,
    .reset = accel_reset,
    ACCEL_COMMON,
};

const struct dm_device_model device_accel32 = {
    .name = "accel32",
    .summary = "as accel, with 32 address lines",
    .address_bits = 32,
    .reset = accel32_reset,
    ACCEL_COMMON,
};

const struct dm_device_model device_accel_local = {
    .name = "accel_local",
    .summary = "as accel, with 32 MiB of its own memory",
    .address_bits = 64,
    .memory_bytes = LOCAL_BYTES,
    .reset = accel_local_reset,
    ACCEL_COMMON,
};

const struct dm_device_model device_accel_hostile = {
    .name = "accel_hostile",
    .summary = "as accel, and by choice it does not keep to its manual",
    .address_bits = 64,
    .reset = accel_hostile_reset,
    ACCEL_COMMON,
};
