/*
 * Adapters: how far a device reaches, what one transfer may take, and the life of struct dma.
 */
#include "sim/core/adapter.h"
#include "sim/core/weakorder.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/must.h"
#include "sim/core/cache.h"
#include "sim/core/common.h"
#include "sim/core/iommu.h"
#include "sim/core/mapreg.h"
#include "sim/core/owned.h"
#include "sim/core/sysdma.h"

#define BLOCK_BYTES (1u << 18)

struct dma_block {
    struct dma_block *next;
    char bytes[];
};

void *dma_record(struct sim *s, size_t bytes)
{
    struct dma *d = s->dma;
    char *p;

    bytes = align_up(bytes, 16);
    must(bytes <= BLOCK_BYTES);
    if (!d->block_at || d->block_at + bytes > d->block_end) {
        struct dma_block *b = d->block_now ? d->block_now->next : d->blocks;

        if (!b) {
            b = malloc(sizeof(*b) + BLOCK_BYTES);
            must(b != NULL);
            b->next = NULL;
            if (d->block_now)
                d->block_now->next = b;
            else
                d->blocks = b;
        }
        d->block_now = b;
        d->block_at = b->bytes;
        d->block_end = b->bytes + BLOCK_BYTES;
    }
    p = d->block_at;
    d->block_at += bytes;
    return memset(p, 0, bytes);
}

/* Address bits by the description: wdm/ns-wdm-_device_description. 0: refused. */
static unsigned bits_wanted(const struct adapter_description *d)
{
    if (!d->master)
        return d->version == 3 || d->bits32 || d->bits64 ? SYSDMA_ADDRESS_BITS : 24;
    if (d->version == 3)
        return d->address_bits >= 24 && d->address_bits <= 64 ? d->address_bits : 0;
    if (d->bits64)
        return 64;
    return d->bits32 || (d->scatter_gather && d->pci) ? 32 : 24;
}

static uint64_t highest_memory(const struct sim *s)
{
    return s->profile.above_4g ? UINT64_MAX : 0xffffffff;
}

static void adapter_reach(struct sim *s, struct adapter *a, unsigned bits)
{
    const struct profile *p = &s->profile;

    if (!a->system.channel && a->device->model->address_bits &&
        bits > a->device->model->address_bits)
        bits = a->device->model->address_bits;
    if (bits > p->address_bits)
        bits = p->address_bits;
    a->address_bits = bits;
    a->ba_max = bits == 64 ? UINT64_MAX : (1ull << bits) - 1;
    a->remapped = p->translation == TRANSLATION_REMAP;
    if (!p->logical_is_physical && bits >= 32) {
        a->shift_low = ADAPTER_LOW_SHIFT;
        a->shift_high = ADAPTER_HIGH_SHIFT;
    }
    a->may_bounce = a->remapped ? p->external : a->ba_max - a->shift_low < highest_memory(s);
    if (!a->remapped && !p->logical_is_physical && bits < 40 && p->above_4g)
        a->may_bounce = true;
    a->needs_registers = a->remapped || a->may_bounce || !a->scatter_gather;
    a->plain = a->scatter_gather && !a->remapped && !a->may_bounce &&
               p->elements == ELEMENTS_NATURAL && p->coherent;
}

/* Pages of the longest transfer and one for an unaligned start; fewer where the machine has fewer.
 */
static uint32_t registers_granted(struct sim *s, const struct adapter *a)
{
    uint64_t want = ((uint64_t)a->length_max_bytes + PAGE_BYTES - 1) / PAGE_BYTES + 1;
    uint64_t grant = want;

    if (s->profile.map_registers)
        grant = min_u64(grant, s->profile.map_registers);
    if (a->needs_registers && s->profile.map_registers_system)
        grant = min_u64(grant, s->profile.map_registers_system);
    if (fault_take(s, FAULT_MAPREG_FEW) && grant > 2)
        grant = max_u64(2, grant / 4);
    return (uint32_t)grant;
}

struct adapter *adapter_create(struct sim *s, struct dm_device *device,
                               const struct adapter_description *d, const void *face)
{
    struct dma *dma = s->dma;
    unsigned bits = bits_wanted(d);
    struct adapter *a;

    if (!bits || d->version > 3)
        return NULL;
    a = dma_record(s, sizeof(*a));
    if (!d->master && !sysdma_bind(s, a, d))
        return NULL;
    a->face = face;
    a->device = device;
    a->obj = obj_new(&s->trace, OBJ_ADAPTER);
    a->live = true;
    a->version = d->version ? d->version : 1;
    a->scatter_gather = d->scatter_gather && s->profile.scatter_gather && d->master;
    a->length_max_bytes = d->length_max_bytes;
    adapter_reach(s, a, bits);
    a->registers_max = registers_granted(s, a);
    mapreg_adapter_init(s, a);
    a->next = dma->adapters;
    dma->adapters = a;
    objmap_put(&dma->adapter_map, face, a->obj, a);
    dma->last = a;
    trace_emit(&s->trace, EV_ADAPTER, API_NONE, a->obj, device->obj,
               (d->master ? ADAPTER_MASTER : 0) |
                   (d->scatter_gather && d->master ? ADAPTER_SG : 0) |
                   (a->remapped ? ADAPTER_REMAPPED : 0) |
                   (s->profile.coherent ? ADAPTER_COHERENT : 0) |
                   a->version << ADAPTER_VERSION_SHIFT | a->address_bits << ADAPTER_WIDTH_SHIFT,
               a->registers_max, a->length_max_bytes);
    return a;
}

void adapter_destroy(struct sim *s, struct adapter *a)
{
    struct dma *d = s->dma;

    if (!a->live)
        return;
    trace_emit(&s->trace, EV_ADAPTER_END, API_NONE, a->obj, 0, 0, 0, 0);
    a->live = false;
    objmap_drop(&d->adapter_map, a->face);
    if (d->last == a)
        d->last = NULL;
}

struct adapter *adapter_find_slow(struct sim *s, const void *face)
{
    struct dma *d = s->dma;
    struct objmap_entry *e;

    if (!face)
        return NULL;
    e = objmap_last(&d->adapter_map, face);
    if (!e)
        return NULL;
    if (e->live)
        d->last = e->data;
    return e->data;
}

bool bus_to_physical(const struct sim *s, uint64_t ba, uint64_t *pa)
{
    *pa = ba;
    if (s->profile.logical_is_physical || ba < 0x1000000)
        return true;
    if (ba >= ADAPTER_HIGH_SHIFT) {
        *pa = ba - ADAPTER_HIGH_SHIFT;
        return *pa >= ADAPTER_LOW_END;
    }
    *pa = ba - ADAPTER_LOW_SHIFT;
    return ba >= ADAPTER_LOW_SHIFT && *pa < ADAPTER_LOW_END;
}

uint64_t bus_of_physical(const struct sim *s, uint64_t pa)
{
    if (s->profile.logical_is_physical)
        return pa;
    return pa + (pa < ADAPTER_LOW_END ? ADAPTER_LOW_SHIFT : ADAPTER_HIGH_SHIFT);
}

enum mem_zone adapter_zone(const struct adapter *a)
{
    return a->address_bits >= 32 ? MEM_BELOW_4G : MEM_BELOW_16M;
}

bool device_quiet(struct sim *s, const struct dm_device *device)
{
    for (const struct adapter *a = s->dma->adapters; a; a = a->next)
        if (a->device == device && a->ranges_live)
            return false;
    return true;
}

int dma_create(struct sim *s)
{
    struct dma *d = calloc(1, sizeof(*d));

    if (!d)
        return ERR_NOMEM;
    s->dma = d;
    d->s = s;
    if (ranges_create(&d->ranges) || objmap_create(&d->adapter_map, 6) ||
        objmap_create(&d->context_map, 8) || objmap_create(&d->common_map, 6) ||
        objmap_create(&d->list_map, 10) || objmap_create(&d->list_pages, 6) ||
        objmap_create(&d->owned, 6)) {
        dma_destroy(s);
        return ERR_NOMEM;
    }
    owned_reset(s);
    return 0;
}

void dma_reset(struct sim *s)
{
    struct dma *d = s->dma;

    mapreg_reset(s);
    owned_reset(s);
    bounce_reset(s);
    cache_reset(s);
    ranges_reset(&d->ranges);
    objmap_reset(&d->adapter_map);
    objmap_reset(&d->context_map);
    objmap_reset(&d->common_map);
    objmap_reset(&d->list_map);
    objmap_reset(&d->list_pages);
    d->adapters = d->last = NULL;
    d->channels_live = d->registers_live = d->lists_live = 0;
    d->wait_head = d->wait_tail = NULL;
    d->posted = 0;
    d->run_head = d->run_tail = NULL;
    d->running = false;
    d->request_free = NULL;
    d->map_free = NULL;
    d->list_free = NULL;
    memset(d->lists, 0, sizeof(d->lists));
    d->singles = NULL;
    d->hostile = NULL;
    d->fetches = NULL;
    weakorder_reset(d->s);
    d->userptrs = NULL;
    d->system_short = false;
    d->commons = NULL;
    d->sysdma = NULL;
    d->nt = NULL;
    d->block_now = NULL;
    d->block_at = d->block_end = NULL;
}

void dma_destroy(struct sim *s)
{
    struct dma *d = s->dma;

    bounce_destroy(s);
    cache_destroy(s);
    ranges_destroy(&d->ranges);
    objmap_destroy(&d->adapter_map);
    objmap_destroy(&d->context_map);
    objmap_destroy(&d->common_map);
    objmap_destroy(&d->list_map);
    objmap_destroy(&d->list_pages);
    objmap_destroy(&d->owned);
    for (struct dma_block *b = d->blocks, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    free(d->files);
    free(d);
    s->dma = NULL;
}
