/*
 * accel: a compute accelerator on the bus. It takes commands from a ring in memory; a command runs a program
 * of steps over buffers in memory, which it reaches through page tables, or moves data between a list of
 * pieces and one run of memory. Registers, commands, steps and limits are in docs/devices/accel.md; what a
 * command does is in sim/dev/accel/. Nothing here knows what a driver is.
 */
#include "include/dmacheck/device.h"
#include "sim/dev/accel/accel.h"

/* --- what the card is made of --- */

#define RING_ENTRIES_MIN 2u
#define PREFETCH_DEFAULT 16u
#define LOCAL_BYTES (32u << 20)

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

    accel_halt(d);
    accel_int_clear(d, ~0u);
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
            accel_ring_fail(d, STATUS_RING);
            return;
        }
        dm_doorbell(d, ACCEL_ENGINE);
        accel_ring_claim(d, true);
        if (st->state == ACCEL_IDLE)
            accel_ring_next(d, doorbell_ns[dm_choice_delay(d, COUNT(doorbell_ns))]);
    }
    if (!(value & CONTROL_RUN) && st->state == ACCEL_IDLE)
        accel_halt(d); /* at rest already: only the claim on the ring is left to drop */
}

static void producer_write(struct dm_device *d, uint32_t value)
{
    struct accel *st = dm_state(d);

    dm_doorbell(d, ACCEL_ENGINE);
    if (value >= st->entries) {
        accel_ring_fail(d, STATUS_RING);
        return;
    }
    st->producer = value;
    if (st->state == ACCEL_IDLE && (st->control & CONTROL_RUN))
        accel_ring_next(d, doorbell_ns[dm_choice_delay(d, COUNT(doorbell_ns))]);
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
        accel_int_clear(d, value);
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

    st->work.fn = accel_work;
    st->echo.fn = accel_echo;
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
