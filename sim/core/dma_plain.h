/*
 * Lists where nothing stands in the way: the adapter is free, the device reaches every frame,
 * registers are not short, fragments are taken as they come. This is what most lists on most
 * machines are, and their cost is a budget of the project (issue, "Speed"): so here they are taken,
 * mapped and ended in one go, in line with the facade that is called. The answer is the one that
 * request_submit, list_map and list_put give at several times the price; whatever is not this case
 * goes there.
 *
 * Whose an address is, is asked by events alone. So while nobody listens, ranges are counted
 * (unranged) and not kept.
 */
#ifndef DMACHECK_SIM_CORE_DMA_PLAIN_H
#define DMACHECK_SIM_CORE_DMA_PLAIN_H

#include "sim/core/mapreg.h"

/* Maps more than one page: the number of elements, 0 when a frame is out of reach after all (I/O
 * space). */
uint32_t list_plain_map(struct sim *s, struct adapter *a, struct dma_list *l,
                        const struct dma_mdl *mdl, uint64_t offset, uint64_t length_bytes);
/* Ranges that are to be kept are kept now, if list_plain_map has not; and all is said. */
void list_plain_say(struct sim *s, struct adapter *a, struct dma_list *l);
void list_plain_end_ranges(struct sim *s, struct dma_list *l);
void list_plain_later(struct sim *s, struct adapter *a);

/* What a plain list asks for can be had, as far as it can be told beforehand. */
static inline bool list_is_plain(const struct sim *s, const struct adapter *a,
                                 const struct dma_mdl *mdl, uint64_t offset, uint32_t length_bytes)
{
    const struct fault *f = &s->fault;

    return a->plain && a->live && !a->holder && a->spare->state == REQUEST_IDLE && mdl &&
           !mdl->next && length_bytes && offset < mdl->length_bytes &&
           length_bytes <= mdl->length_bytes - offset &&
           !(f->one_in | f->fail_nth[FAULT_MAPREG] | f->fail_nth[FAULT_SGL] |
             f->fail_nth[FAULT_SGL_EMPTY]) &&
           !s->profile.deferred;
}

/* A rested list, as list_rest has left it. */
static inline struct dma_list *list_plain_take(struct sim *s, uint32_t registers)
{
    struct dma *d = s->dma;
    uint64_t bytes = sg_size(registers);
    unsigned class = bytes <= 256 ? 0 : 56 - (unsigned)__builtin_clzll(bytes - 1);
    struct dma_list *l = d->lists[class].head;

    if (d->lists[class].ready < LISTS_READY_MIN)
        return NULL;
    d->lists[class].head = l->next;
    d->lists[class].ready--;
    return l;
}

static inline void list_plain_channel(struct sim *s, struct adapter *a, struct dma_list *l)
{
    struct dma_request *r = a->spare;

    a->registers_live += l->registers;
    s->dma->channels_live++;
    r->kind = REQUEST_LIST;
    r->state = REQUEST_RUNNING;
    r->given_up = false;
    r->file = NULL;
    r->list = l;
    r->channel_obj = obj_new(&s->trace, OBJ_CHANNEL);
    a->holder = r;
}

/* One page: one element. false: out of reach after all. */
static inline bool list_plain_page(const struct adapter *a, struct dma_list *l,
                                   const struct dma_mdl *mdl, uint64_t first, uint32_t length_bytes)
{
    struct sg_element *e = l->face->elements;

    e->length_bytes = length_bytes;
    e->reserved = 0;
    return adapter_reaches(a, mdl->pfns[first >> PAGE_BITS] << PAGE_BITS | PAGE_OFFSET(first), 1,
                           &e->ba);
}

/* Channel taken, list mapped: now the routine is called and then list_plain_end, or, when *later,
 * after sim/nt has filled the spare request, list_plain_later. NULL: not the plain case; nothing
 * has changed. */
static inline __attribute__((always_inline)) struct dma_list *
list_plain_begin(struct sim *s, struct adapter *a, const struct dma_mdl *mdl, uint64_t offset,
                 uint32_t length_bytes, bool to_device, uint32_t mdl_obj, bool *later)
{
    uint32_t registers, count;
    struct dma_list *l;
    uint64_t first;

    if (!list_is_plain(s, a, mdl, offset, length_bytes))
        return NULL;
    first = mdl->start + offset;
    registers = (uint32_t)span_pages(first, length_bytes);
    l = registers <= a->registers_max ? list_plain_take(s, registers) : NULL;
    if (!l)
        return NULL;
    l->obj = l->map.owner = obj_new(&s->trace, OBJ_SGL);
    if (__builtin_expect(registers == 1, 1))
        count = list_plain_page(a, l, mdl, first, length_bytes);
    else
        count = list_plain_map(s, a, l, mdl, offset, length_bytes);
    if (__builtin_expect(!count, 0)) {
        list_abandon(s, l);
        return NULL;
    }
    l->face->count = count;
    l->face->reserved = 0;
    l->a = l->map.a = a;
    l->live = l->mapped = true;
    l->registers = registers;
    l->unranged = s->trace.on ? 0 : count;
    l->map.to_device = to_device;
    l->map.mdl = mdl;
    l->map.mdl_obj = mdl_obj;
    l->map.offset = offset;
    l->map.length_bytes = l->map.mapped_bytes = length_bytes;
    s->dma->lists_live++;
    s->fault.chances[FAULT_MAPREG]++;
    s->fault.chances[FAULT_SGL]++;
    a->ranges_live += count;
    list_plain_channel(s, a, l);
    sched_spend(s, (uint64_t)s->profile.page_ns * registers);
    if (s->trace.on)
        list_plain_say(s, a, l);
    *later = __builtin_expect(!choices_idle(s), 0) && request_later(s);
    return l;
}

static inline void list_plain_end(struct sim *s, struct adapter *a)
{
    struct dma_request *r = a->spare;

    r->state = REQUEST_IDLE;
    if (__builtin_expect(r->given_up, 0))
        return;
    a->holder = NULL;
    s->dma->channels_live--;
    trace_emit(&s->trace, EV_CHANNEL_END, API_NONE, r->channel_obj, a->obj, ACTION_KEEP_REGISTERS,
               0, 0);
    if (__builtin_expect(a->queue_head != NULL, 0))
        channel_next(s, a);
}

/* false: list_put must do it. */
static inline __attribute__((always_inline)) bool list_plain_put(struct sim *s, struct dma_list *l,
                                                                 bool to_device)
{
    struct dma *d = s->dma;
    struct adapter *a = l->a;

    if (!a->plain || l->map.bounces || l->class < 0 || d->wait_head || d->posted ||
        (a->holder && a->holder->list == l))
        return false;
    if (s->trace.on)
        trace_say(&s->trace, EV_FLUSH, API_NONE, l->obj, l->map.offset,
                  dir_length(l->map.length_bytes, to_device), 0, l->map.mdl_obj);
    if (l->map.ranges)
        list_plain_end_ranges(s, l);
    if (s->trace.on)
        trace_say(&s->trace, EV_SGL_END, API_NONE, l->obj, a->obj,
                  dir_length(l->map.length_bytes, to_device), 0, 0);
    l->map.mapped_bytes = 0;
    l->live = l->mapped = false;
    a->ranges_live -= l->unranged;
    l->unranged = 0;
    a->registers_live -= l->registers;
    d->lists_live--;
    l->target_mdl = NULL;
    l->next = NULL;
    if (d->lists[l->class].ready++)
        d->lists[l->class].tail->next = l;
    else
        d->lists[l->class].head = l;
    d->lists[l->class].tail = l;
    return true;
}

#endif
