/*
 * Scatter/gather lists: their memory, their mapping, their end. A list of ours lies in memory of
 * its own size class and is used again only when a good number of others have been, so that a
 * driver that reads it after PutScatterGatherList reads a dead list and not the next one.
 */
#include "base/must.h"
#include "sim/core/bus.h"
#include "sim/core/cache.h"
#include "sim/core/mapreg.h"
#include "sim/core/owned.h"

#define CLASS_BYTES(class) (256ull << (class))

static int class_of(uint64_t bytes)
{
    int class = 0;

    while (CLASS_BYTES(class) < bytes)
        class ++;
    return class;
}

/* A list of ours keeps its record for ever, so a dead one can be told by its address. */
static struct dma_list *list_of_ours(struct sim *s, uint32_t registers)
{
    struct dma *d = s->dma;
    int class = class_of(sg_size(registers));
    struct dma_list *l = d->lists[class].head;

    if (l && d->lists[class].ready >= LISTS_READY_MIN) {
        d->lists[class].head = l->next;
        d->lists[class].ready--;
        return l;
    }
    void *face = list_memory(s, (unsigned)class, CLASS_BYTES(class));

    if (!face)
        return NULL;
    l = dma_record(s, sizeof(*l));
    l->face = face;
    l->class = (int8_t) class;
    objmap_put(&d->list_map, face, 0, l); /* for ever; whether it lives, the record says */
    return l;
}

static struct dma_list *list_of_driver(struct sim *s, void *buffer)
{
    struct dma *d = s->dma;
    struct dma_list *l = d->list_free;

    if (l)
        d->list_free = l->next;
    else
        l = dma_record(s, sizeof(*l));
    l->face = buffer;
    l->class = -1;
    return l;
}

struct dma_list *list_begin(struct sim *s, struct adapter *a, uint32_t registers, void *buffer)
{
    struct dma_list *l = buffer ? list_of_driver(s, buffer) : list_of_ours(s, registers);

    if (!l)
        return NULL;
    l->a = a;
    l->obj = 0;
    l->live = l->mapped = false;
    l->unranged = 0;
    l->registers = registers;
    l->target_mdl = NULL;
    l->map.ranges = NULL;
    l->map.bounces = NULL;
    l->map.bus = 0;
    return l;
}

/* What rests has nothing left of its last life: dma_plain.h builds on that. */
static void list_rest(struct sim *s, struct dma_list *l)
{
    struct dma *d = s->dma;

    l->unranged = 0;
    l->target_mdl = NULL;
    l->map.ranges = NULL;
    l->map.bounces = NULL;
    l->map.bus = 0;
    l->next = NULL;
    if (l->class < 0) {
        l->next = d->list_free;
        d->list_free = l;
        return;
    }
    if (d->lists[l->class].ready++)
        d->lists[l->class].tail->next = l;
    else
        d->lists[l->class].head = l;
    d->lists[l->class].tail = l;
}

void list_abandon(struct sim *s, struct dma_list *l)
{
    must(!l->live);
    list_rest(s, l);
}

/* By fault injection: a list of a buffer, and nothing in it. */
static void list_left_empty(struct dma_list *l)
{
    struct dma_map *m = &l->map;

    m->offset = l->want.offset;
    m->to_device = l->want.to_device;
    m->length_bytes = m->mapped_bytes = 0;
}

bool list_map(struct sim *s, struct dma_list *l)
{
    bool empty = l->want.length_bytes && fault_take_named(s, FAULT_SGL_EMPTY);
    struct dma_map *m = &l->map;
    uint32_t count;

    l->obj = obj_new(&s->trace, OBJ_SGL);
    m->a = l->a;
    m->owner = l->obj;
    m->mdl = l->want.mdl;
    l->want.elements = l->face->elements;
    l->want.elements_max = l->want.one_run ? 1 : l->registers;
    l->face->reserved = 0;
    l->want.unranged = !s->trace.on && !l->a->remapped && s->profile.coherent;
    count = l->want.length_bytes && !empty ? sg_map(s, m, &l->want) : 0;
    if (empty)
        list_left_empty(l);
    else if (!count && l->want.length_bytes)
        return false;
    l->unranged = l->want.unranged ? count : 0;
    l->face->count = count;
    l->live = l->mapped = true;
    s->dma->lists_live++;
    if (l->class < 0)
        objmap_put(&s->dma->list_map, l->face, l->obj, l);
    if (s->trace.on) {
        trace_emit(&s->trace, EV_SGL, API_NONE, l->obj, l->a->obj,
                   dir_length(m->length_bytes, m->to_device), m->mdl_obj,
                   (uint64_t)count << 32 | l->registers);
        if (empty)
            trace_emit(&s->trace, EV_SGL_EMPTY, API_NONE, l->obj, l->a->obj, l->want.length_bytes,
                       m->mdl_obj, 0);
        sg_say(s, m);
        owned_map(s, m);
        if (l->class < 0)
            owned_list(s, l);
    }
    return true;
}

void list_unmap(struct sim *s, struct dma_list *l)
{
    uint32_t registers = l->registers;

    l->a->ranges_live -= l->unranged;
    l->unranged = 0;
    sg_unmap(s, &l->map, 0, 0, true);
    l->mapped = false;
    l->registers = 0;
    registers_put(s, l->a, registers);
}

uint64_t list_put(struct sim *s, struct dma_list *l, bool to_device)
{
    struct dma_map *m = &l->map;
    uint32_t registers = l->registers;
    uint64_t copied = 0, length = m->length_bytes;

    must(l->live);
    if (s->dma->posted)
        bus_posted_taken(s, l->obj, m->offset, length);
    l->a->ranges_live -= l->unranged;
    l->unranged = 0;
    if (__builtin_expect(!s->profile.coherent, 0) && !to_device)
        cache_flush_map(s, m, m->offset, length);
    if (m->bounces && !to_device)
        copied = sg_copy_out(s, m, m->offset, length);
    trace_emit(&s->trace, EV_FLUSH, API_NONE, l->obj, m->offset, dir_length(length, to_device),
               copied, m->mdl_obj);
    sg_unmap(s, m, 0, 0, true);
    trace_emit(&s->trace, EV_SGL_END, API_NONE, l->obj, l->a->obj, dir_length(length, to_device), 0,
               0);
    l->live = l->mapped = false;
    s->dma->lists_live--;
    if (l->class < 0) {
        objmap_drop(&s->dma->list_map, l->face);
        owned_list_end(s, l);
    }
    if (l->a->holder && l->a->holder->list == l)
        l->a->holder->list = NULL; /* held without a routine: FreeAdapterObject is still to come */
    list_rest(s, l);
    registers_put(s, l->a, registers);
    return copied;
}
