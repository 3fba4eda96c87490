/*
 * The bus: which devices are plugged in, where their BARs lie, and the way of a driver's register
 * access to the model. A BAR that is mapped is a stretch of the MMIO window; the access door asks
 * here before a load and hands stores over in order.
 */
#include "sim/core/bus.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/must.h"
#include "sim/core/adapter.h"
#include "sim/core/bus_private.h"
#include "sim/core/weakorder.h"
#include "sim/core/door.h"
#include "sim/core/hostile.h"
#include "sim/core/race.h"
#include "sim/core/iommu.h"
#include "sim/core/mem.h"
#include "sim/core/sysdma.h"

/* Where a PC has its 32-bit BARs: above all memory below 4 GiB and all 32-bit bus addresses. */
#define BAR_BASE 0xf0000000ull
#define BAR_END 0xfec00000ull
#define PORT_BASE 0xc000ull
#define MAPPINGS_MAX 64
#define MMIO_READ_NS 400 /* a read waits for the device and back */
#define MMIO_WRITE_NS 40 /* a write is posted */

struct mapping {
    char *p; /* NULL: free */
    uint64_t bytes;
    struct dm_device *d;
    unsigned bar;
    uint64_t offset; /* of p in the BAR */
};

struct bus {
    struct dm_device *first, **last;
    struct dm_device *idle; /* records of earlier machines, with their state memory */
    uint32_t slots;
    uint64_t bar_next, port_next;
    struct mapping mappings[MAPPINGS_MAX];
    unsigned mappings_top; /* those below it may have been used */
};

struct dm_device *bus_first(struct sim *s) { return s->bus->first; }

/* --- plugging --- */

static void *block_for(void *block, size_t *capacity, size_t wanted, bool zero)
{
    if (block && *capacity >= wanted)
        return block;
    free(block);
    *capacity = wanted ? wanted : 1;
    block = zero ? calloc(1, *capacity) : malloc(*capacity);
    must(block != NULL);
    return block;
}

/* An idle record keeps its blocks, and the marks of what is not zero in its memory. */
static struct dm_device *device_alloc(struct bus *b, const struct dm_device_model *model)
{
    struct dm_device *d = b->idle;
    struct dm_device keep = { 0 };

    must(model->memory_bytes <= (size_t)BUS_MEMORY_CHUNK_BYTES * BUS_MEMORY_CHUNKS_MAX);
    if (d) {
        b->idle = d->next;
        keep = *d;
    } else {
        d = malloc(sizeof(*d));
        must(d != NULL);
    }
    memset(d, 0, sizeof(*d));
    if (keep.memory_capacity < model->memory_bytes)
        memset(keep.memory_used, 0, sizeof(keep.memory_used)); /* a fresh block is zero */
    d->state = block_for(keep.state, &keep.state_capacity, model->state_bytes, false);
    d->state_capacity = keep.state_capacity;
    d->memory = block_for(keep.memory, &keep.memory_capacity, model->memory_bytes, true);
    d->memory_capacity = keep.memory_capacity;
    memcpy(d->memory_used, keep.memory_used, sizeof(d->memory_used));
    return d;
}

uint8_t *dm_memory(struct dm_device *d, uint64_t offset, size_t bytes)
{
    must(bytes && offset + bytes <= d->model->memory_bytes);
    for (uint64_t c = offset / BUS_MEMORY_CHUNK_BYTES;
         c <= (offset + bytes - 1) / BUS_MEMORY_CHUNK_BYTES; c++)
        d->memory_used[c / 64] |= 1ull << (c % 64);
    return d->memory + offset;
}

static void memory_clear(struct dm_device *d)
{
    for (unsigned w = 0; w < BUS_MEMORY_CHUNKS_MAX / 64; w++)
        for (uint64_t used = d->memory_used[w]; used; used &= used - 1) {
            uint64_t at =
                ((uint64_t)w * 64 + (unsigned)__builtin_ctzll(used)) * BUS_MEMORY_CHUNK_BYTES;

            memset(d->memory + at, 0, min_u64(BUS_MEMORY_CHUNK_BYTES, d->memory_capacity - at));
        }
    memset(d->memory_used, 0, sizeof(d->memory_used));
}

static void bars_place(struct bus *b, struct dm_device *d)
{
    for (unsigned i = 0; i < BUS_BARS_MAX; i++) {
        const struct dm_bar *want = &d->model->bars[i];
        uint64_t *next = want->port ? &b->port_next : &b->bar_next;
        uint64_t unit = want->port ? 256 : PAGE_BYTES;

        if (!want->bytes)
            continue;
        d->bars[i].bytes = want->bytes;
        d->bars[i].port = want->port;
        d->bars[i].start = align_up(*next, max_u64(want->bytes, unit));
        *next = align_up(d->bars[i].start + want->bytes, unit);
        must(want->port ? *next <= 0x10000 : *next <= BAR_END);
    }
}

struct dm_device *bus_plug(struct sim *s, const struct dm_device_model *model)
{
    struct bus *b = s->bus;
    struct dm_device *d = device_alloc(b, model);

    d->model = model;
    d->s = s;
    d->obj = obj_new(&s->trace, OBJ_DEVICE);
    d->present = true;
    d->slot = b->slots++;
    d->own_domain = d->domain = iommu_domain_new(s);
    d->agent = sched_agent_new(s, AGENT_DEVICE, model->name);
    bars_place(b, d);
    if (model->dma_width_bytes)
        sysdma_line_assign(s, d);
    *b->last = d;
    b->last = &d->next;
    bus_device_reset(d);
    return d;
}

void bus_unplug(struct sim *s, struct dm_device *d)
{
    (void)s;
    if (!d->present)
        return;
    d->present = false;
    d->bus_master = false;
    if (d->model->removed)
        d->model->removed(d);
    if (d->line_asserted) /* nobody pulls it any more */
        dm_line(d, false);
    bus_works_cancel(d);
}

void bus_device_reset(struct dm_device *d)
{
    bus_works_cancel(d);
    memset(d->state, 0, d->model->state_bytes);
    memory_clear(d);
    if (d->line_asserted)
        dm_line(d, false);
    d->dma_requested = false;
    if (d->model->reset)
        d->model->reset(d);
}

void bus_device_power(struct dm_device *d, uint32_t power)
{
    uint32_t old = d->power;

    if (power == old)
        return;
    d->power = power;
    trace_emit(&d->s->trace, EV_POWER, API_NONE, d->obj, power, old, 0, 0);
    if (d->model->power && d->present)
        d->model->power(d, power);
}

/* --- registers --- */

static uint64_t all_ones(unsigned size_bytes)
{
    return size_bytes >= 8 ? UINT64_MAX : (1ull << 8 * size_bytes) - 1;
}

static uint64_t bar_offset(unsigned bar, uint64_t offset) { return (uint64_t)bar << 32 | offset; }

uint64_t bus_bar_read(struct dm_device *d, unsigned bar, uint64_t offset, unsigned size_bytes)
{
    uint64_t value = all_ones(size_bytes);

    sched_spend(d->s, MMIO_READ_NS);
    race_take(d->s, d);
    if (d->posted)
        bus_posted_push(d); /* the answer goes behind them */
    if (d->present && d->model->read)
        value &= d->model->read(d, bar, offset, size_bytes);
    if (__builtin_expect(d->s->dma->hostile != NULL, 0))
        value = hostile_register(d, value, size_bytes);
    trace_emit(&d->s->trace, EV_MMIO_READ, API_NONE, d->obj, bar_offset(bar, offset), value,
               size_bytes, 0);
    return value;
}

void bus_bar_write(struct dm_device *d, unsigned bar, uint64_t offset, uint64_t value,
                   unsigned size_bytes)
{
    sched_spend(d->s, MMIO_WRITE_NS);
    trace_emit(&d->s->trace, EV_MMIO_WRITE, API_NONE, d->obj, bar_offset(bar, offset), value,
               size_bytes, 0);
    race_give(d->s, d);
    race_give(d->s, d->s->bus);
    if (!d->present)
        return;
    d->doorbell_site = d->s->trace.site;
    if (d->model->write)
        d->model->write(d, bar, offset, value, size_bytes);
    if (__builtin_expect(d->s->dma->hostile != NULL, 0))
        hostile_stored(d);
}

bool bus_bar_find(struct sim *s, uint64_t start, bool port, struct dm_device **d, unsigned *bar,
                  uint64_t *offset)
{
    for (struct dm_device *at = s->bus->first; at; at = at->next)
        for (unsigned i = 0; i < BUS_BARS_MAX; i++)
            if (at->bars[i].bytes && at->bars[i].port == port && start >= at->bars[i].start &&
                start - at->bars[i].start < at->bars[i].bytes) {
                *d = at;
                *bar = i;
                *offset = start - at->bars[i].start;
                return true;
            }
    return false;
}

/* --- mapped BARs --- */

void *bus_mmio_map(struct sim *s, uint64_t physical, uint64_t bytes)
{
    struct bus *b = s->bus;
    struct mapping *m = b->mappings;
    struct dm_device *d;
    unsigned bar;
    uint64_t offset, skip = PAGE_OFFSET(physical);

    if (!bytes || !bus_bar_find(s, physical, false, &d, &bar, &offset))
        return NULL;
    while (m < b->mappings + MAPPINGS_MAX && m->p)
        m++;
    if (m == b->mappings + MAPPINGS_MAX)
        return NULL;
    m->p = mem_mmio_alloc(s, align_up(skip + bytes, PAGE_BYTES));
    if (!m->p)
        return NULL;
    m->p += skip;
    if (m >= b->mappings + b->mappings_top)
        b->mappings_top = (unsigned)(m - b->mappings) + 1;
    m->bytes = bytes;
    m->d = d;
    m->bar = bar;
    m->offset = offset;
    return m->p;
}

bool bus_mmio_unmap(struct sim *s, void *p, uint64_t bytes)
{
    for (struct mapping *m = s->bus->mappings; m < s->bus->mappings + MAPPINGS_MAX; m++)
        if (m->p == p && m->bytes == bytes) {
            uint64_t skip = PAGE_OFFSET((uintptr_t)p);

            door_flush_pending();
            mem_mmio_free(s, m->p - skip, align_up(skip + bytes, PAGE_BYTES));
            m->p = NULL;
            return true;
        }
    return false;
}

static struct mapping *mapping_of(struct sim *s, const void *p)
{
    if ((const char *)p < mem_window.mmio || (const char *)p >= mem_window.mmio + MEM_MMIO_BYTES)
        return NULL;
    for (struct mapping *m = s->bus->mappings; m < s->bus->mappings + MAPPINGS_MAX; m++)
        if (m->p && (const char *)p >= m->p && (uint64_t)((const char *)p - m->p) < m->bytes)
            return m;
    return NULL;
}

bool bus_mmio_find(struct sim *s, const void *p, struct dm_device **d, unsigned *bar,
                   uint64_t *offset)
{
    struct mapping *m = mapping_of(s, p);

    if (!m)
        return false;
    *d = m->d;
    *bar = m->bar;
    *offset = m->offset + (uint64_t)((const char *)p - m->p);
    return true;
}

/* The largest aligned register access that fits: a copy over registers goes as the bus would cut
 * it. */
static unsigned access_bytes(uint64_t address, uint64_t left)
{
    unsigned size = 8;

    while (size > left || address % size)
        size /= 2;
    return size;
}

static void registers_move(uint64_t address, uint64_t bytes, bool store)
{
    struct sim *s = sim_running;

    while (bytes) {
        unsigned size = access_bytes(address, bytes);
        void *p = (void *)(uintptr_t)address;
        struct mapping *m = mapping_of(s, p);
        uint64_t value = UINT64_MAX;

        if (m) {
            uint64_t offset = m->offset + (uint64_t)((char *)p - m->p);

            if (store) {
                value = 0;
                memcpy(&value, p, size); /* little-endian, as the bus */
                bus_bar_write(m->d, m->bar, offset, value, size);
            } else {
                value = bus_bar_read(m->d, m->bar, offset, size);
            }
        }
        if (!store)
            memcpy(p, &value, size); /* an address that was unmapped reads all ones */
        address += size;
        bytes -= size;
    }
}

/* Says who accesses: the driver's own instruction, which the door knows. */
static void at_site(uint64_t address, uint64_t bytes, bool store, void *pc)
{
    struct sim *s = sim_running;
    uint32_t site = s ? s->trace.site : 0;

    if (!s)
        return;
    if (s->trace.on && sched_is_running(s)) {
        const void *low, *high;

        sched_stack(s, &low, &high);
        s->trace.site =
            site_capture(s->depot, __builtin_frame_address(0), (uint64_t)(uintptr_t)pc, low, high);
        if (store && s->dma->weakorder)
            weakorder_doorbell(s);
    }
    registers_move(address, bytes, store);
    s->trace.site = site;
}

static void on_mmio_begin(void)
{
    if (sim_running && sched_is_running(sim_running))
        sched_between(sim_running);
}

static void on_mmio_load(uint64_t address, uint64_t bytes, void *pc)
{
    on_mmio_begin();
    at_site(address, bytes, false, pc);
}

static void on_mmio_store(uint64_t address, uint64_t bytes, void *pc)
{
    at_site(address, bytes, true, pc);
}

/* --- life --- */

int bus_create(struct sim *s)
{
    s->bus = calloc(1, sizeof(*s->bus));
    if (!s->bus)
        return ERR_NOMEM;
    s->bus->last = &s->bus->first;
    bus_reset(s);
    return 0;
}

void bus_reset(struct sim *s)
{
    struct bus *b = s->bus;

    while (b->first) {
        struct dm_device *d = b->first;

        b->first = d->next;
        d->next = b->idle;
        b->idle = d;
    }
    b->last = &b->first;
    b->slots = 0;
    b->bar_next = BAR_BASE;
    b->port_next = PORT_BASE;
    memset(b->mappings, 0, b->mappings_top * sizeof(b->mappings[0]));
    b->mappings_top = 0;
    g_door.on_mmio_load = on_mmio_load;
    g_door.on_mmio_store = on_mmio_store;
    g_door.on_mmio_begin = on_mmio_begin;
}

void bus_destroy(struct sim *s)
{
    bus_reset(s);
    while (s->bus->idle) {
        struct dm_device *d = s->bus->idle;

        s->bus->idle = d->next;
        free(d->state);
        free(d->memory);
        free(d);
    }
    free(s->bus);
    s->bus = NULL;
}
