/*
 * Hostile devices: the chances of each point, and what is done when one is taken.
 */
#include "sim/core/hostile.h"

#include <string.h>

#include "base/must.h"
#include "sim/core/adapter.h"
#include "sim/core/bus_private.h"

#define LATER 8u          /* things of each sort that are under way at once; beyond: none */
#define AGAIN_BYTES 4096u /* of a write that is repeated; beyond: its beginning */
#define SOON_NS 1000000u  /* bounds of delays, exclusive */
#define LATE_NS 100000000u

struct later { /* an interrupt that nobody asked for */
    struct sched_event event;
    struct dm_device *d;
    uint32_t message;
};

struct again { /* a write that comes once more */
    struct sched_event event;
    struct dm_device *d;
    uint64_t who, ba;
    uint32_t bytes, owner;
    char data[AGAIN_BYTES];
};

struct hostile {
    struct later later[LATER];
    struct again *again[LATER]; /* made when first needed */
};

static bool planned(const struct sim *s)
{
    bool any = false;

#define FAULT(point, word, text)
#define FAULT_DEVICE(point, word, text) any = any || fault_named(&s->fault, FAULT_##point);
#include "trace/faults.def"
#undef FAULT_DEVICE
#undef FAULT
    return any;
}

void hostile_begin(struct sim *s)
{
    if (!planned(s))
        return;
    s->dma->hostile = dma_record(s, sizeof(struct hostile));
    memset(s->dma->hostile, 0, sizeof(struct hostile));
}

static bool take(struct dm_device *d, enum fault_point point, uint64_t *value)
{
    return d->present && fault_take_value(d->s, point, value);
}

/* --- registers --- */

uint64_t hostile_register(struct dm_device *d, uint64_t value, unsigned size_bytes)
{
    uint64_t other;

    if (!take(d, FAULT_DEVICE_REGISTER, &other))
        return value;
    return size_bytes >= 8 ? other : other & ((1ull << 8 * size_bytes) - 1);
}

/* --- interrupts --- */

static void stray(struct dm_device *d, uint32_t message)
{
    struct sched_intr *i = d->intr[d->messages ? message % d->messages : 0];

    if (i && d->present)
        sched_intr_stray(d->s, i, d->messages ? message % d->messages : 0);
}

static void stray_arrive(struct sim *s, void *ctx)
{
    struct later *l = ctx;

    (void)s;
    stray(l->d, l->message);
}

static void stray_after(struct dm_device *d, uint32_t message, uint64_t delay_ns)
{
    struct later *l = d->s->dma->hostile->later;
    const struct later *end = l + LATER;

    while (l < end && l->event.heap_index)
        l++;
    if (l == end)
        return;
    l->d = d;
    l->message = message;
    l->event.fn = stray_arrive;
    l->event.ctx = l;
    l->event.agent = d->agent;
    sched_event_at(d->s, &l->event, sched_now_ns(d->s) + delay_ns);
}

void hostile_stored(struct dm_device *d)
{
    uint64_t message;

    if (take(d, FAULT_DEVICE_INTR_EARLY, &message))
        stray(d, (uint32_t)message);
}

bool hostile_interrupt(struct dm_device *d, uint32_t message, uint64_t *delay_ns)
{
    uint64_t value;

    if (take(d, FAULT_DEVICE_INTR_LOST, &value))
        return false;
    if (take(d, FAULT_DEVICE_INTR_TWICE, &value))
        stray_after(d, message, value % SOON_NS);
    if (take(d, FAULT_DEVICE_INTR_LATE, &value))
        *delay_ns = value % LATE_NS;
    return true;
}

/* --- memory --- */

/* Where the access goes; false: nowhere. */
static bool address(struct dm_device *d, uint64_t who, uint64_t *ba, size_t bytes, bool to_device)
{
    const struct dma_range *r = range_find(&d->s->dma->ranges, *ba);
    uint64_t value;

    if (r && r->live && r->length_bytes > bytes && take(d, FAULT_DEVICE_ADDRESS, &value))
        *ba = r->ba + (uint32_t)value % (r->length_bytes - bytes + 1);
    if (!take(d, FAULT_DEVICE_BEYOND, &value))
        return true;
    if (r)
        *ba = r->ba + r->length_bytes;
    bus_refuse(d, who, *ba + (uint32_t)value, bytes, to_device);
    return false;
}

bool hostile_read(struct dm_device *d, uint64_t who, uint64_t ba, void *buf, size_t bytes)
{
    if (address(d, who, &ba, bytes, true))
        return bus_read_as(d, who, ba, buf, bytes);
    memset(buf, 0xff, bytes);
    return false;
}

static void again_arrive(struct sim *s, void *ctx)
{
    struct again *a = ctx;
    const struct dma_range *r = range_find(&s->dma->ranges, a->ba);

    if (r && r->live && r->owner == a->owner && a->d->present)
        bus_write_arrived(a->d, a->who, a->ba, a->data, a->bytes, false);
}

static void again_after(struct dm_device *d, uint64_t who, uint64_t ba, const void *buf,
                        size_t bytes, uint64_t delay_ns)
{
    const struct dma_range *r = range_find(&d->s->dma->ranges, ba);
    struct again **at = d->s->dma->hostile->again, **end = at + LATER;
    struct again *a;

    while (at < end && *at && (*at)->event.heap_index)
        at++;
    if (at == end || !r || !r->live)
        return;
    if (!*at) {
        *at = dma_record(d->s, sizeof(**at));
        memset(&(*at)->event, 0, sizeof((*at)->event));
    }
    a = *at;
    a->d = d;
    a->who = who;
    a->ba = ba;
    a->owner = r->owner;
    a->bytes = (uint32_t)min_u64(bytes, AGAIN_BYTES);
    memcpy(a->data, buf, a->bytes);
    a->event.fn = again_arrive;
    a->event.ctx = a;
    a->event.agent = d->agent;
    sched_event_at(d->s, &a->event, sched_now_ns(d->s) + delay_ns);
}

bool hostile_write(struct dm_device *d, uint64_t who, uint64_t ba, const void *buf, size_t bytes)
{
    uint64_t value;

    if (!address(d, who, &ba, bytes, false) || !bus_write_arrived(d, who, ba, buf, bytes, false))
        return false;
    if (take(d, FAULT_DEVICE_PAYLOAD, &value)) {
        uint32_t word = (uint32_t)value;
        uint64_t at = bytes < 4 ? 0 : (value >> 32) % (bytes / 4) * 4;

        bus_write_arrived(d, who, ba + at, &word, min_u64(bytes, sizeof(word)), true);
    }
    if (take(d, FAULT_DEVICE_AGAIN, &value))
        again_after(d, who, ba, buf, bytes, value % SOON_NS);
    return true;
}
