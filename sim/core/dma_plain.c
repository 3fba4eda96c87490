/*
 * Lists where nothing stands in the way: the adapter is free, the device reaches every frame,
 * registers are not short, fragments are taken as they come. This is what most lists on most
 * machines are, and their cost is a budget of the project (issue, "Speed"): so here they are taken,
 * mapped and ended in one go. The answer is the one that request_submit, list_map and list_put give
 * at several times the price; whatever is not this case goes there.
 *
 * Whose an address is, is asked by events alone. So while nobody listens, ranges are counted
 * (unranged) and not kept.
 */
#include "base/must.h"
#include "sim/core/mapreg.h"

struct plain_map { /* where the loop below has got to */
    struct sim *s;
    struct dma_map *m;
    struct dma_range **tail;
    struct sg_element *e;
    uint64_t offset;
    bool keep; /* ranges */
};

static __attribute__((noinline)) void keep_range(struct plain_map *p, uint64_t ba, uint64_t bytes)
{
    struct dma_range *r = range_add(&p->s->dma->ranges, ba, bytes, p->m->owner);

    r->offset = p->offset;
    p->offset += bytes;
    *p->tail = r;
    p->tail = &r->sibling;
}

static inline __attribute__((always_inline)) void put(struct plain_map *p, uint64_t ba,
                                                      uint64_t bytes)
{
    p->e->ba = ba;
    p->e->length_bytes = (uint32_t)bytes;
    p->e->reserved = 0;
    p->e++;
    if (p->keep)
        keep_range(p, ba, bytes);
}

/* A run of several pages, which a choice may cut. */
static __attribute__((noinline)) void put_long(struct plain_map *p, uint64_t ba, uint64_t bytes)
{
    uint64_t cut = sg_split(p->s, ba, bytes);

    if (cut)
        put(p, ba, cut);
    put(p, ba + cut, bytes - cut);
}

static __attribute__((noinline)) void undo(struct sim *s, struct dma_map *m)
{
    while (m->ranges) {
        struct dma_range *r = m->ranges;

        m->ranges = r->sibling;
        range_forget(&s->dma->ranges, r);
    }
}

/* Fills the list; returns the number of elements, 0 when a frame is out of reach after all (I/O
 * space). */
static inline uint32_t map(struct sim *s, struct adapter *a, struct dma_list *l,
                           const struct dma_mdl *mdl, uint64_t offset, uint64_t left)
{
    uint64_t first = mdl->start + offset, at = PAGE_OFFSET(first);
    const uint64_t *pfn = mdl->pfns + (first >> PAGE_BITS);
    struct plain_map p = { s, &l->map, &l->map.ranges, l->face->elements, offset, s->trace.on };

    l->map.ranges = NULL;
    do {
        uint64_t bytes = PAGE_BYTES - at, frame = *pfn++, ba;

        if (__builtin_expect(!adapter_reaches(a, frame << PAGE_BITS | at, 1, &ba), 0)) {
            undo(s, &l->map);
            return 0;
        }
        while (bytes < left && *pfn == frame + 1 && ((frame + 1) & 0xfffff)) {
            frame = *pfn++;
            bytes += PAGE_BYTES;
        }
        if (bytes > left)
            bytes = left;
        left -= bytes;
        at = 0;
        if (__builtin_expect(bytes > PAGE_BYTES, 0))
            put_long(&p, ba, bytes);
        else
            put(&p, ba, bytes);
    } while (left);
    return (uint32_t)(p.e - l->face->elements);
}

static inline struct dma_list *list_ready(struct sim *s, uint32_t registers)
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

static __attribute__((noinline)) void say_list(struct sim *s, struct adapter *a, struct dma_list *l)
{
    trace_emit(&s->trace, EV_CHANNEL, API_NONE, a->spare->channel_obj, a->obj, l->registers, 1, 0);
    trace_emit(&s->trace, EV_SGL, API_NONE, l->obj, a->obj,
               dir_length(l->map.length_bytes, l->map.to_device), l->map.mdl_obj,
               (uint64_t)l->face->count << 32 | l->registers);
    sg_say(s, &l->map);
}

static inline void take_channel(struct sim *s, struct adapter *a, struct dma_list *l)
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

/* What a plain list asks for can be had, as far as it can be told beforehand. */
static inline bool is_plain(const struct sim *s, const struct adapter *a, const struct dma_mdl *mdl,
                            uint64_t offset, uint32_t length_bytes)
{
    const struct fault *f = &s->fault;

    return a->plain && a->live && !a->holder && a->spare->state == REQUEST_IDLE && mdl &&
           !mdl->next && length_bytes && offset < mdl->length_bytes &&
           length_bytes <= mdl->length_bytes - offset &&
           !(f->one_in | f->fail_nth[FAULT_MAPREG] | f->fail_nth[FAULT_SGL]) &&
           !s->profile.deferred;
}

struct dma_list *list_plain_begin(struct sim *s, struct adapter *a, const struct dma_mdl *mdl,
                                  uint64_t offset, uint32_t length_bytes, bool to_device,
                                  uint32_t mdl_obj, bool *later)
{
    uint32_t registers, count;
    struct dma_list *l;

    if (!is_plain(s, a, mdl, offset, length_bytes))
        return NULL;
    registers = (uint32_t)span_pages(mdl->start + offset, length_bytes);
    l = registers <= a->registers_max ? list_ready(s, registers) : NULL;
    if (!l)
        return NULL;
    l->obj = l->map.owner = obj_new(&s->trace, OBJ_SGL);
    count = map(s, a, l, mdl, offset, length_bytes);
    if (__builtin_expect(!count, 0)) {
        list_abandon(s, l);
        return NULL;
    }
    l->face->count = count;
    l->face->reserved = 0;
    l->a = l->map.a = a;
    l->live = l->mapped = true;
    l->registers = registers;
    l->unranged = l->map.ranges ? 0 : count;
    l->target_mdl = NULL;
    l->map.to_device = to_device;
    l->map.mdl = mdl;
    l->map.mdl_obj = mdl_obj;
    l->map.offset = offset;
    l->map.length_bytes = l->map.mapped_bytes = length_bytes;
    l->map.bounces = NULL;
    l->map.bus = 0;
    s->dma->lists_live++;
    s->fault.chances[FAULT_MAPREG]++;
    s->fault.chances[FAULT_SGL]++;
    a->ranges_live += count;
    take_channel(s, a, l);
    sched_spend(s, (uint64_t)s->profile.page_ns * registers);
    if (__builtin_expect(s->trace.on, 0))
        say_list(s, a, l);
    *later = __builtin_expect(!choices_idle(s), 0) && request_later(s);
    return l;
}

void list_plain_later(struct sim *s, struct adapter *a)
{
    a->spare->state = REQUEST_GRANTED;
    request_go(s, a->spare, false);
}

void list_plain_end(struct sim *s, struct adapter *a)
{
    struct dma_request *r = a->spare;

    r->state = REQUEST_IDLE;
    if (r->given_up)
        return;
    a->holder = NULL;
    s->dma->channels_live--;
    trace_emit(&s->trace, EV_CHANNEL_END, API_NONE, r->channel_obj, a->obj, ACTION_KEEP_REGISTERS,
               0, 0);
    if (__builtin_expect(a->queue_head != NULL, 0))
        channel_next(s, a);
}

static __attribute__((noinline)) void end_ranges(struct sim *s, struct dma_list *l)
{
    struct dma_range *last = NULL;
    uint32_t count = 0;

    for (struct dma_range *r = l->map.ranges; r; r = r->sibling) {
        trace_emit(&s->trace, EV_UNMAP, API_NONE, l->obj, r->ba,
                   dir_length(r->length_bytes, l->map.to_device), 0, 0);
        r->live = false;
        last = r;
        count++;
    }
    l->a->ranges_live -= count;
    ranges_retire(&s->dma->ranges, l->map.ranges, last, count);
    l->map.ranges = NULL;
}

bool list_plain_put(struct sim *s, struct dma_list *l, bool to_device)
{
    struct dma *d = s->dma;
    struct adapter *a = l->a;

    if (!a->plain || l->map.bounces || l->class < 0 || d->wait_head ||
        (a->holder && a->holder->list == l))
        return false;
    trace_emit(&s->trace, EV_FLUSH, API_NONE, l->obj, l->map.offset,
               dir_length(l->map.length_bytes, to_device), 0, l->map.mdl_obj);
    if (l->map.ranges)
        end_ranges(s, l);
    trace_emit(&s->trace, EV_SGL_END, API_NONE, l->obj, a->obj,
               dir_length(l->map.length_bytes, to_device), 0, 0);
    l->map.mapped_bytes = 0;
    l->live = l->mapped = false;
    a->ranges_live -= l->unranged;
    l->unranged = 0;
    a->registers_live -= l->registers;
    d->lists_live--;
    l->next = NULL;
    if (d->lists[l->class].ready++)
        d->lists[l->class].tail->next = l;
    else
        d->lists[l->class].head = l;
    d->lists[l->class].tail = l;
    return true;
}
