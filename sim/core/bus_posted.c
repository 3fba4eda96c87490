/*
 * Posted writes of a device: memory that it has written as far as it knows, and that has not come there
 * yet. They arrive in order, and at the latest when the device reads memory, writes it by the plain door,
 * or answers a read of one of its registers: nothing of these passes a posted write. An interrupt may.
 */
#include <string.h>

#include "base/must.h"
#include "sim/core/adapter.h"
#include "sim/core/bus_private.h"

#define PACKET_BYTES 4096u /* most that one write packet carries */
#define AT_ONCE_ONE_IN 4

struct bus_posted { /* one packet on its way */
    struct bus_posted *next;
    uint64_t who, ba, due_ns; /* who: engine and doorbell */
    uint32_t bytes, owner;
    bool told;     /* an interrupt has been raised since */
    bool too_late; /* its memory was taken back; that has been said */
    char data[PACKET_BYTES];
};

static void posted_free(struct dm_device *d, struct bus_posted *p)
{
    p->next = d->posted_free;
    d->posted_free = p;
    d->s->dma->posted--;
}

static void arrive(struct dm_device *d)
{
    struct bus_posted *p = d->posted;

    d->posted = p->next;
    bus_write_arrived(d, p->who, p->ba, p->data, p->bytes, p->too_late);
    posted_free(d, p);
}

static void on_due(struct sim *s, void *ctx)
{
    struct dm_device *d = ctx;

    while (d->posted && d->posted->due_ns <= sched_now_ns(s))
        arrive(d);
    if (d->posted)
        sched_event_at(s, &d->posted_event, d->posted->due_ns);
}

void bus_posted_push(struct dm_device *d)
{
    sched_event_cancel(d->s, &d->posted_event);
    while (d->posted)
        arrive(d);
}

void bus_posted_drop(struct dm_device *d)
{
    sched_event_cancel(d->s, &d->posted_event);
    while (d->posted) {
        struct bus_posted *p = d->posted;

        d->posted = p->next;
        posted_free(d, p);
    }
}

void bus_posted_told(struct dm_device *d)
{
    for (struct bus_posted *p = d->posted; p; p = p->next)
        p->told = true;
}

static struct bus_posted *posted_alloc(struct dm_device *d)
{
    struct bus_posted *p = d->posted_free;

    if (p)
        d->posted_free = p->next;
    else
        p = dma_record(d->s, sizeof(*p));
    p->next = NULL;
    p->told = p->too_late = false;
    d->s->dma->posted++;
    return p;
}

static void post(struct dm_device *d, uint64_t who, uint64_t ba, const void *buf, uint32_t bytes,
                 uint64_t due_ns)
{
    const struct dma_range *r = range_find(&d->s->dma->ranges, ba);
    struct bus_posted *p = posted_alloc(d), **at = &d->posted;

    p->who = who;
    p->ba = ba;
    p->bytes = bytes;
    p->owner = r && r->live ? r->owner : 0;
    memcpy(p->data, buf, bytes);
    for (; *at; at = &(*at)->next)
        due_ns = max_u64(due_ns, (*at)->due_ns);
    p->due_ns = due_ns;
    *at = p;
}

void dm_bus_write_posted(struct dm_device *d, unsigned engine, uint64_t bus_address,
                         const void *buf, size_t bytes, uint64_t delay_ns)
{
    uint64_t due_ns = sched_now_ns(d->s) + delay_ns;
    uint64_t who = bus_engine_doorbell(d, engine);

    if (choice_rare(d->s, CHOICE_DEVICE_DELAY, 2, AT_ONCE_ONE_IN)) {
        dm_bus_write(d, engine, bus_address, buf, bytes);
        return;
    }
    for (size_t at = 0, part; at < bytes; at += part) {
        part = min_u64(bytes - at, PACKET_BYTES);
        post(d, who, bus_address + at, (const char *)buf + at, (uint32_t)part, due_ns);
    }
    if (d->posted && !d->posted_event.heap_index) {
        d->posted_event.fn = on_due;
        d->posted_event.ctx = d;
        d->posted_event.agent = d->agent;
        sched_event_at(d->s, &d->posted_event, d->posted->due_ns);
    }
}

/* Whether p goes to the part [offset, +length_bytes) of what its owner maps. */
static bool goes_to(struct sim *s, const struct bus_posted *p, uint64_t offset,
                    uint64_t length_bytes)
{
    const struct dma_range *r = range_find(&s->dma->ranges, p->ba);

    return r && r->owner == p->owner && r->offset + (p->ba - r->ba) - offset < length_bytes;
}

/* One event for each device: the first packet's place, and how much there is of it all. */
static void taken_from(struct sim *s, struct dm_device *d, uint32_t owner, uint64_t offset,
                       uint64_t length_bytes)
{
    struct bus_posted *first = NULL;
    uint64_t bytes = 0;

    for (struct bus_posted *p = d->posted; p; p = p->next) {
        if (p->owner != owner || !p->told || !goes_to(s, p, offset, length_bytes))
            continue;
        first = first ? first : p;
        bytes += p->bytes;
        p->too_late = s->trace.on;
    }
    if (first)
        trace_emit(&s->trace, EV_DEV_POSTED, API_NONE, d->obj, first->ba, bytes, owner, first->who);
}

void bus_posted_taken(struct sim *s, uint32_t owner, uint64_t offset, uint64_t length_bytes)
{
    for (struct dm_device *d = bus_first(s); d; d = d->next)
        taken_from(s, d, owner, offset, length_bytes);
}
