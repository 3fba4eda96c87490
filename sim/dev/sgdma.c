/*
 * sgdma: a 64-bit PCI bus master that moves data between memory and its own card memory, with four
 * host-to-card and four card-to-host channels. Each channel reads a ring of 64-byte descriptors
 * that the driver keeps in a common buffer, checks the magic word of each, and has an MSI message.
 * The registers and limits are in docs/devices/sgdma.md. Nothing here knows what a driver is.
 */
#include <string.h>

#include "include/dmacheck/device.h"

/* --- what the card is made of --- */

#define CHANNELS_EACH_WAY 4u
#define CHANNELS (2 * CHANNELS_EACH_WAY) /* 0..3 host to card, 4..7 card to host */
#define CARD_BYTES (16u << 20)
#define RING_ENTRIES_MIN 2u
#define RING_ENTRIES_MAX 1024u
#define DESCRIPTOR_BYTES 64u
#define DESCRIPTOR_MAGIC 0xad4b5347u
#define DESCRIPTOR_LENGTH_MAX (4u << 20)
#define PREFETCH 4u /* descriptors fetched by one read; a larger burst would hide ring mistakes */

/* Time. About a PCIe 3.0 x4 link: 4 bytes a nanosecond, a microsecond round trip to memory. */
#define BYTES_PER_NS 4u
#define DOORBELL_NS 300u   /* from the doorbell to the first fetch */
#define FETCH_NS 500u      /* a read of descriptors: one round trip */
#define WRITE_BACK_NS 100u /* posted, so it costs the engine little */

/* How much one step moves before others run: a choice takes the plain case or a shorter one. */
static const uint32_t step_bytes[] = { 16384, 4096, 512 };
/* How long an engine takes to notice its doorbell: at once, so that it may win over the store's
 * return, or late, so that the driver has long gone on. */
static const uint32_t doorbell_ns[] = { DOORBELL_NS, 0, 20 * DOORBELL_NS };

#define COUNT(a) ((uint32_t)(sizeof(a) / sizeof((a)[0])))

/* --- registers --- */

enum global_register {
    REG_ID = 0x000,
    REG_VERSION = 0x004,
    REG_CHANNELS = 0x008, /* host to card | card to host << 8 */
    REG_CARD_BYTES = 0x00c,
    REG_INT_STATUS = 0x010, /* a bit for each channel; write ones to clear */
};
#define ID_VALUE 0x414d4447u /* "GDMA" */
#define VERSION_VALUE 0x00010000u

#define REG_CHANNEL_FIRST 0x100u
#define REG_CHANNEL_STRIDE 0x40u
enum channel_register {
    CH_CONTROL = 0x00,
    CH_STATUS = 0x04,
    CH_RING_LOW = 0x08,
    CH_RING_HIGH = 0x0c,
    CH_RING_ENTRIES = 0x10,
    CH_PRODUCER = 0x14,
    CH_CONSUMER = 0x18,
    CH_COMPLETED = 0x1c,
    CH_VECTOR = 0x20,
    CH_ERROR_INDEX = 0x24,
};
#define CONTROL_RUN 0x1u
#define CONTROL_IRQ 0x2u
#define CONTROL_RESET 0x4u /* reads as zero */
#define STATUS_BUSY 0x1u
#define STATUS_ERR_MAGIC 0x100u
#define STATUS_ERR_BUS 0x200u
#define STATUS_ERR_LENGTH 0x400u
#define STATUS_ERR_CARD 0x800u
#define STATUS_ERR_RING 0x1000u
#define STATUS_ERRORS 0x1f00u

struct descriptor {
    uint32_t magic;
    uint32_t flags;
    uint64_t bus_address;
    uint32_t length_bytes;
    uint32_t status; /* written back */
    uint64_t card_address;
    uint32_t moved_bytes; /* written back */
    uint32_t reserved[7];
};
_Static_assert(sizeof(struct descriptor) == DESCRIPTOR_BYTES, "the ring's stride");
#define FLAG_END 0x1u /* last descriptor of a transfer: told to the driver only */
#define FLAG_INTERRUPT 0x2u
#define DESCRIPTOR_DONE 0x1u
#define DESCRIPTOR_ERROR 0x2u

/* --- state --- */

enum engine_state { ENGINE_IDLE, ENGINE_FETCH, ENGINE_MOVE, ENGINE_FINISH };

struct channel {
    struct dm_work work; /* first: the work is how a step finds its channel */
    unsigned index;
    enum engine_state state;
    uint32_t control, status, vector, error_index;
    uint64_t ring;
    uint32_t ring_entries, producer, consumer, completed;
    bool ring_claimed;
    uint64_t ring_claimed_address, ring_claimed_bytes; /* as claimed: the registers may change */
    struct descriptor fetched[PREFETCH];
    uint32_t fetched_count, fetched_next; /* those from next on are claimed */
    uint32_t moved_bytes;                 /* of fetched[fetched_next] */
};

struct sgdma {
    struct channel channels[CHANNELS];
    uint32_t int_status;
};

static bool to_card(const struct channel *c) { return c->index < CHANNELS_EACH_WAY; }

static bool engine_busy(const struct channel *c) { return c->state != ENGINE_IDLE; }

/* --- interrupt --- */

static void interrupt_raise(struct dm_device *d, struct channel *c)
{
    struct sgdma *st = dm_state(d);

    st->int_status |= 1u << c->index;
    if (c->control & CONTROL_IRQ)
        dm_interrupt(d, c->vector);
}

/* Without messages the interrupt is a line: it is pulled until every bit has been cleared. */
static void int_status_clear(struct dm_device *d, uint32_t bits)
{
    struct sgdma *st = dm_state(d);

    st->int_status &= ~bits;
    if (!st->int_status)
        dm_line(d, false);
}

/* --- DMA --- */

static void ring_claim(struct dm_device *d, struct channel *c)
{
    if (c->ring_claimed)
        return;
    c->ring_claimed = true;
    c->ring_claimed_address = c->ring;
    c->ring_claimed_bytes = (uint64_t)c->ring_entries * DESCRIPTOR_BYTES;
    dm_claim(d, c->index, c->ring_claimed_address, c->ring_claimed_bytes, true);
}

/* The engine gives up what it has fetched and not finished, and the ring. */
static void claims_drop(struct dm_device *d, struct channel *c)
{
    for (; c->fetched_next < c->fetched_count; c->fetched_next++) {
        const struct descriptor *e = &c->fetched[c->fetched_next];
        dm_release(d, c->index, e->bus_address, e->length_bytes, to_card(c));
    }
    c->fetched_count = c->fetched_next = 0;
    if (c->ring_claimed)
        dm_release(d, c->index, c->ring_claimed_address, c->ring_claimed_bytes, true);
    c->ring_claimed = false;
}

static void engine_idle(struct dm_device *d, struct channel *c)
{
    dm_cancel_work(d, &c->work);
    claims_drop(d, c);
    c->state = ENGINE_IDLE;
    c->status &= ~STATUS_BUSY;
}

static void engine_fail(struct dm_device *d, struct channel *c, uint32_t error)
{
    c->status |= error;
    c->error_index = c->consumer;
    c->control &= ~CONTROL_RUN;
    engine_idle(d, c);
    interrupt_raise(d, c);
}

static uint32_t descriptor_check(const struct descriptor *e)
{
    if (e->magic != DESCRIPTOR_MAGIC)
        return STATUS_ERR_MAGIC;
    if (e->length_bytes == 0 || e->length_bytes > DESCRIPTOR_LENGTH_MAX)
        return STATUS_ERR_LENGTH;
    if (e->card_address > CARD_BYTES || e->length_bytes > CARD_BYTES - e->card_address)
        return STATUS_ERR_CARD;
    return 0;
}

static uint64_t descriptor_address(const struct channel *c, uint32_t index)
{
    return c->ring + (uint64_t)index * DESCRIPTOR_BYTES;
}

/* Whether the step after this one has to fetch, move, or rest. */
static void engine_next(struct dm_device *d, struct channel *c, uint32_t delay_ns)
{
    if (!(c->control & CONTROL_RUN)) {
        engine_idle(d, c); /* a stop takes effect between two descriptors */
    } else if (c->fetched_next < c->fetched_count) {
        c->state = ENGINE_MOVE;
        dm_after(d, &c->work, delay_ns);
    } else if (c->consumer != c->producer) {
        c->state = ENGINE_FETCH;
        dm_after(d, &c->work, delay_ns + FETCH_NS);
    } else {
        c->fetched_count = c->fetched_next = 0;
        c->state = ENGINE_IDLE;
        c->status &= ~STATUS_BUSY;
    }
}

/* Reads the next descriptors, up to the ring's end, and makes their ranges the engine's own. */
static void engine_fetch(struct dm_device *d, struct channel *c)
{
    uint32_t until = c->producer > c->consumer ? c->producer : c->ring_entries;
    uint32_t count = until - c->consumer < PREFETCH ? until - c->consumer : PREFETCH;
    uint32_t error;

    c->fetched_count = c->fetched_next = 0;
    if (!dm_bus_read(d, c->index, descriptor_address(c, c->consumer), c->fetched,
                     (size_t)count * DESCRIPTOR_BYTES)) {
        engine_fail(d, c, STATUS_ERR_BUS);
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        const struct descriptor *e = &c->fetched[i];

        error = descriptor_check(e);
        if (error && i > 0)
            break; /* those in front of it are carried out first, then it is met again */
        if (error) {
            engine_fail(d, c, error);
            return;
        }
        dm_claim(d, c->index, e->bus_address, e->length_bytes, to_card(c));
        c->fetched_count = i + 1;
    }
    c->moved_bytes = 0;
    engine_next(d, c, 0);
}

static void descriptor_write_back(struct dm_device *d, struct channel *c, uint32_t status)
{
    struct descriptor *e = &c->fetched[c->fetched_next];

    e->status = status;
    e->moved_bytes = c->moved_bytes;
    /* Count first, status last: who sees DONE must find the count. */
    dm_bus_write(d, c->index,
                 descriptor_address(c, c->consumer) + offsetof(struct descriptor, moved_bytes),
                 &e->moved_bytes, sizeof e->moved_bytes);
    dm_bus_write(d, c->index,
                 descriptor_address(c, c->consumer) + offsetof(struct descriptor, status),
                 &e->status, sizeof e->status);
}

static void engine_move(struct dm_device *d, struct channel *c)
{
    struct descriptor *e = &c->fetched[c->fetched_next];
    uint32_t want = step_bytes[dm_choice_step(d, COUNT(step_bytes))];
    uint32_t left = e->length_bytes - c->moved_bytes;
    uint32_t bytes = left < want ? left : want;
    uint8_t *card = dm_memory(d, e->card_address + c->moved_bytes, bytes);
    uint64_t ba = e->bus_address + c->moved_bytes;
    bool moved = to_card(c) ? dm_bus_read(d, c->index, ba, card, bytes)
                            : dm_bus_write(d, c->index, ba, card, bytes);

    if (!moved) {
        descriptor_write_back(d, c, DESCRIPTOR_ERROR);
        engine_fail(d, c, STATUS_ERR_BUS);
        return;
    }
    c->moved_bytes += bytes;
    if (c->moved_bytes == e->length_bytes)
        c->state = ENGINE_FINISH;
    dm_after(d, &c->work, bytes / BYTES_PER_NS);
}

/* The last byte has gone: tell memory, then the driver, and go on to the next. */
static void engine_finish(struct dm_device *d, struct channel *c)
{
    struct descriptor *e = &c->fetched[c->fetched_next];

    dm_release(d, c->index, e->bus_address, e->length_bytes, to_card(c));
    descriptor_write_back(d, c, DESCRIPTOR_DONE);
    c->fetched_next++;
    c->moved_bytes = 0;
    c->consumer = (c->consumer + 1) % c->ring_entries;
    c->completed++;
    if (e->flags & FLAG_INTERRUPT)
        interrupt_raise(d, c);
    engine_next(d, c, WRITE_BACK_NS);
}

static void engine_step(struct dm_device *d, struct dm_work *w)
{
    struct channel *c = (struct channel *)w;

    switch (c->state) {
    case ENGINE_FETCH:
        engine_fetch(d, c);
        break;
    case ENGINE_MOVE:
        engine_move(d, c);
        break;
    case ENGINE_FINISH:
        engine_finish(d, c);
        break;
    case ENGINE_IDLE:
        break;
    }
}

/* Starts the engine if it may run and has something to do. */
static void engine_kick(struct dm_device *d, struct channel *c)
{
    if (!(c->control & CONTROL_RUN) || engine_busy(c) || c->consumer == c->producer)
        return;
    c->status |= STATUS_BUSY;
    c->state = ENGINE_FETCH;
    dm_after(d, &c->work, doorbell_ns[dm_choice_delay(d, COUNT(doorbell_ns))]);
}

/* --- read --- */

static struct channel *channel_at(struct dm_device *d, uint64_t offset, unsigned *reg)
{
    struct sgdma *st = dm_state(d);
    uint64_t index = (offset - REG_CHANNEL_FIRST) / REG_CHANNEL_STRIDE;

    if (offset < REG_CHANNEL_FIRST || index >= CHANNELS)
        return NULL;
    *reg = (unsigned)((offset - REG_CHANNEL_FIRST) % REG_CHANNEL_STRIDE);
    return &st->channels[index];
}

static uint32_t channel_read(const struct channel *c, unsigned reg)
{
    switch (reg) {
    case CH_CONTROL:
        return c->control;
    case CH_STATUS:
        return c->status;
    case CH_RING_LOW:
        return (uint32_t)c->ring;
    case CH_RING_HIGH:
        return (uint32_t)(c->ring >> 32);
    case CH_RING_ENTRIES:
        return c->ring_entries;
    case CH_PRODUCER:
        return c->producer;
    case CH_CONSUMER:
        return c->consumer;
    case CH_COMPLETED:
        return c->completed;
    case CH_VECTOR:
        return c->vector;
    case CH_ERROR_INDEX:
        return c->error_index;
    }
    return 0;
}

static uint32_t register_read(struct dm_device *d, uint64_t offset)
{
    struct sgdma *st = dm_state(d);
    unsigned reg;
    const struct channel *c = channel_at(d, offset, &reg);

    if (c)
        return channel_read(c, reg);
    switch (offset) {
    case REG_ID:
        return ID_VALUE;
    case REG_VERSION:
        return VERSION_VALUE;
    case REG_CHANNELS:
        return CHANNELS_EACH_WAY | CHANNELS_EACH_WAY << 8;
    case REG_CARD_BYTES:
        return CARD_BYTES;
    case REG_INT_STATUS:
        return st->int_status;
    }
    return 0;
}

static uint64_t sgdma_read(struct dm_device *d, unsigned bar, uint64_t offset, unsigned size_bytes)
{
    uint64_t value;

    if (bar != 0)
        return 0;
    value = register_read(d, offset & ~3ull);
    if (size_bytes == 8)
        return value | (uint64_t)register_read(d, (offset & ~3ull) + 4) << 32;
    value >>= 8 * (offset & 3); /* narrow reads see their bytes of the register */
    return size_bytes >= 4 ? value : value & ((1ull << 8 * size_bytes) - 1);
}

/* --- write --- */

static void channel_reset(struct dm_device *d, struct channel *c)
{
    engine_idle(d, c);
    c->control = c->status = c->vector = c->error_index = 0;
    c->ring = 0;
    c->ring_entries = c->producer = c->consumer = c->completed = 0;
}

static bool ring_valid(const struct channel *c)
{
    return c->ring_entries >= RING_ENTRIES_MIN && c->ring_entries <= RING_ENTRIES_MAX &&
           c->ring % DESCRIPTOR_BYTES == 0 && c->producer < c->ring_entries;
}

static void control_write(struct dm_device *d, struct channel *c, uint32_t value)
{
    bool ran = c->control & CONTROL_RUN;

    if (value & CONTROL_RESET) {
        channel_reset(d, c);
        return;
    }
    c->control = value & (CONTROL_RUN | CONTROL_IRQ);
    if ((value & CONTROL_RUN) && !ran) {
        if (!ring_valid(c)) {
            engine_fail(d, c, STATUS_ERR_RING);
            return;
        }
        dm_doorbell(d, c->index);
        ring_claim(d, c);
        engine_kick(d, c);
    }
    if (!(value & CONTROL_RUN) && !engine_busy(c))
        engine_idle(d, c); /* at rest already: only the claim on the ring is left to drop */
}

static void producer_write(struct dm_device *d, struct channel *c, uint32_t value)
{
    dm_doorbell(d, c->index);
    if (value >= c->ring_entries) {
        engine_fail(d, c, STATUS_ERR_RING);
        return;
    }
    c->producer = value;
    engine_kick(d, c);
}

/* The ring may be moved only while the channel is stopped; other writes to it are ignored. */
static void ring_write(struct channel *c, unsigned reg, uint32_t value)
{
    if ((c->control & CONTROL_RUN) || engine_busy(c))
        return;
    if (reg == CH_RING_LOW)
        c->ring = (c->ring & ~0xffffffffull) | value;
    else if (reg == CH_RING_HIGH)
        c->ring = (c->ring & 0xffffffffull) | (uint64_t)value << 32;
    else
        c->ring_entries = value;
    c->producer = c->consumer = 0;
}

static void channel_write(struct dm_device *d, struct channel *c, unsigned reg, uint32_t value)
{
    switch (reg) {
    case CH_CONTROL:
        control_write(d, c, value);
        break;
    case CH_STATUS:
        c->status &= ~(value & STATUS_ERRORS);
        break;
    case CH_RING_LOW:
    case CH_RING_HIGH:
    case CH_RING_ENTRIES:
        ring_write(c, reg, value);
        break;
    case CH_PRODUCER:
        producer_write(d, c, value);
        break;
    case CH_VECTOR:
        c->vector = value % CHANNELS;
        break;
    }
}

static void sgdma_write(struct dm_device *d, unsigned bar, uint64_t offset, uint64_t value,
                        unsigned size_bytes)
{
    unsigned reg;
    struct channel *c;

    if (bar != 0 || (offset & 3) || size_bytes < 4)
        return; /* the card's byte enables are not wired: narrow writes are dropped */
    c = channel_at(d, offset, &reg);
    if (c)
        channel_write(d, c, reg, (uint32_t)value);
    else if (offset == REG_INT_STATUS)
        int_status_clear(d, (uint32_t)value);
    if (size_bytes == 8)
        sgdma_write(d, bar, offset + 4, value >> 32, 4);
}

/* --- power, removal, creation --- */

static void channels_reset(struct dm_device *d)
{
    struct sgdma *st = dm_state(d);

    for (unsigned i = 0; i < CHANNELS; i++)
        channel_reset(d, &st->channels[i]);
    int_status_clear(d, ~0u);
}

/* D1 to D3 stop every engine where it stands and lose the registers; card memory is kept. */
static void sgdma_power(struct dm_device *d, unsigned d_state)
{
    if (d_state != 0)
        channels_reset(d);
}

/* Pulled out: no engine moves again, and what they had is nobody's. */
static void sgdma_removed(struct dm_device *d) { channels_reset(d); }

static void sgdma_reset(struct dm_device *d)
{
    struct sgdma *st = dm_state(d);

    for (unsigned i = 0; i < CHANNELS; i++) {
        st->channels[i].index = i;
        st->channels[i].work.fn = engine_step;
    }
}

const struct dm_device_model device_sgdma = {
    .name = "sgdma",
    .summary = "64-bit scatter/gather bus master: 4+4 channels, descriptor rings, MSI",
    .vendor_id = 0x1d4b,
    .device_id = 0x5347,
    .class_code = 0x088000, /* base system peripheral, other */
    .bars = { [0] = { .bytes = 0x1000 } },
    .messages = CHANNELS,
    .address_bits = 64,
    .scatter_gather = true,
    .state_bytes = sizeof(struct sgdma),
    .memory_bytes = CARD_BYTES,
    .reset = sgdma_reset,
    .read = sgdma_read,
    .write = sgdma_write,
    .power = sgdma_power,
    .removed = sgdma_removed,
};
