/*
 * Who owns the bytes that the CPU touches (owned.h). A mark on a page is a question to be asked at
 * the next touch, not an answer: it stays when a mapping ends, and the first touch that finds
 * nothing there takes it away. It does not outlive its machine: looking a page up may draw where
 * page frames lie.
 */
#include "sim/core/owned.h"
#include "sim/core/weakorder.h"

#include "base/must.h"
#include "sim/core/fetch.h"

enum run_kind { RUN_BUFFER, RUN_LIST, RUN_COMMON, RUN_COMMON_GONE };

struct owned_run {             /* bytes of one page */
    struct owned_run *next;    /* of the page */
    struct owned_run *sibling; /* of its mapping or list, or of the free ones */
    uint32_t page, from, to;   /* offsets in the page */
    uint32_t obj;
    uint64_t offset; /* of its first byte in the transfer */
    const struct dma_map *m;
    enum run_kind kind;
};

static void *page_key(uint32_t page) { return mem_system(page); }

static struct objmap_entry *page_entry(struct sim *s, uint32_t page)
{
    return objmap_find(&s->dma->owned, page_key(page));
}

static struct owned_run *run_add(struct sim *s, const struct owned_run *like)
{
    struct dma *d = s->dma;
    struct owned_run *r = d->owned_free;
    struct objmap_entry *e = page_entry(s, like->page);

    if (r)
        d->owned_free = r->sibling;
    else
        r = dma_record(s, sizeof(*r));
    *r = *like;
    r->next = e ? e->data : NULL;
    if (e)
        e->data = r;
    else
        objmap_put(&d->owned, page_key(r->page), r->page + 1, r);
    return r;
}

static void run_drop(struct sim *s, struct owned_run *r)
{
    struct objmap_entry *e = page_entry(s, r->page);
    struct owned_run *before;

    must(e != NULL);
    if (e->data == r) {
        e->data = r->next;
    } else {
        for (before = e->data; before->next != r; before = before->next)
            must(before->next != NULL);
        before->next = r->next;
    }
    r->sibling = s->dma->owned_free;
    s->dma->owned_free = r;
}

static void runs_drop(struct sim *s, struct owned_run **runs)
{
    while (*runs) {
        struct owned_run *r = *runs;

        *runs = r->sibling;
        run_drop(s, r);
    }
}

/* --- mappings --- */

static void keep_page(struct sim *s, struct dma_map *m, uint64_t pfn, uint32_t at, uint64_t bytes,
                      uint64_t offset)
{
    uint32_t page = mem_page(s, pfn);
    struct owned_run *r;

    if (page == MEM_NONE)
        return;
    r = run_add(s, &(struct owned_run) { .page = page,
                                         .from = at,
                                         .to = at + (uint32_t)bytes,
                                         .obj = m->owner,
                                         .offset = offset,
                                         .m = m });
    r->sibling = m->owned;
    m->owned = r;
}

static void keep_mdl(struct sim *s, struct dma_map *m, const struct dma_mdl *mdl, uint64_t at,
                     uint64_t bytes, uint64_t offset)
{
    uint64_t first = mdl->start + at;
    const uint64_t *pfn = mdl->pfns + (first >> PAGE_BITS);

    for (uint64_t here, done = 0; done < bytes; done += here, first += here) {
        here = min_u64(PAGE_BYTES - PAGE_OFFSET(first), bytes - done);
        keep_page(s, m, *pfn++, (uint32_t)PAGE_OFFSET(first), here, offset + done);
    }
}

void owned_look_unwritten(struct sim *s, const struct dma_map *m, const char *p, uint64_t bytes)
{
    const struct pool_block *b = pool_block_containing(s, p);
    uint64_t length, at = b ? pool_unwritten(s, p, bytes, &length) : UINT64_MAX;

    if (at != UINT64_MAX)
        trace_emit(&s->trace, EV_UNWRITTEN, API_NONE, m->owner, va_of(s, p + at).v, length, b->obj,
                   0);
}

/* Behind an IOMMU a device is shown whole pages: what else lies in the one that p is in? */
static void look_neighbour(struct sim *s, const struct dma_map *m, const char *p)
{
    const struct pool_block *other = pool_neighbour(s, p);

    if (other)
        trace_emit(&s->trace, EV_NEIGHBOUR, API_NONE, m->owner, va_of(s, p).v, PAGE_BYTES,
                   other->obj, 0);
}

static void look_pool(struct sim *s, const struct dma_map *m, const struct dma_mdl *mdl,
                      uint64_t at, uint64_t bytes)
{
    const char *p = (const char *)mdl->mapped_va + at;

    if (m->to_device && bytes <= POOL_FRESH_MAX)
        owned_look_unwritten(s, m, p, bytes);
    if (!m->bus || m->bounces)
        return;
    look_neighbour(s, m, p);
    if (PAGE_OFFSET((uintptr_t)p) + bytes > PAGE_BYTES)
        look_neighbour(s, m, p + bytes - 1);
}

void owned_map(struct sim *s, struct dma_map *m)
{
    uint64_t at = m->offset, left = m->length_bytes, offset = m->offset;

    for (const struct dma_mdl *mdl = sg_seek(m->mdl, &at); mdl && left; mdl = mdl->next, at = 0) {
        uint64_t here = min_u64(left, mdl->length_bytes - at);

        if (mdl->flags & OWNED_MDL_REACHABLE)
            owned_mark((const char *)mdl->mapped_va + at, here);
        if (mdl->flags & OWNED_MDL_NONPAGED)
            look_pool(s, m, mdl, at, here);
        if (m->bounces || m->bus)
            keep_mdl(s, m, mdl, at, here, offset);
        offset += here;
        left -= here;
    }
}

void owned_unmap(struct sim *s, struct dma_map *m) { runs_drop(s, &m->owned); }

/* --- lists and common buffers --- */

void owned_list(struct sim *s, struct dma_list *l)
{
    uint64_t bytes = sizeof(*l->face) + l->face->count * sizeof(l->face->elements[0]);
    const char *p = (const char *)l->face;

    for (uint64_t here; bytes; bytes -= here, p += here) {
        uint32_t at = (uint32_t)PAGE_OFFSET((uintptr_t)p), page = mem_page_of(s, p);
        struct owned_run *r;

        here = min_u64(PAGE_BYTES - at, bytes);
        if (page == MEM_NONE)
            continue; /* a static or a stack: not seen by the door */
        r = run_add(s, &(struct owned_run) { .page = page,
                                             .from = at,
                                             .to = at + (uint32_t)here,
                                             .obj = l->obj,
                                             .kind = RUN_LIST });
        r->sibling = l->owned;
        l->owned = r;
        owned_mark(p, here);
    }
}

void owned_list_end(struct sim *s, struct dma_list *l) { runs_drop(s, &l->owned); }

static struct owned_run *run_of_kind(struct sim *s, uint32_t page, enum run_kind kind)
{
    struct objmap_entry *e = page_entry(s, page);
    struct owned_run *r = e ? e->data : NULL;

    while (r && r->kind != kind)
        r = r->next;
    return r;
}

/* Watched only while a device is to change what lies there, or where stores are not ordered. */
void owned_common(struct sim *s, const void *data, uint64_t bytes, uint32_t obj)
{
    uint32_t first = mem_page_of(s, data);

    if ((!fetch_planned(s, FAULT_DEVICE_MEMORY) && !s->profile.weak_order) || first == MEM_NONE)
        return;
    owned_mark(data, bytes);
    for (uint64_t at = 0; at < bytes; at += PAGE_BYTES)
        run_add(s, &(struct owned_run) { .page = first + (uint32_t)(at >> PAGE_BITS),
                                         .to = (uint32_t)min_u64(PAGE_BYTES, bytes - at),
                                         .obj = obj,
                                         .kind = RUN_COMMON });
}

/* A page remembers the last buffer that it was part of. */
void owned_common_end(struct sim *s, const void *data, uint64_t bytes, uint32_t obj)
{
    uint32_t first = mem_page_of(s, data);

    if (first == MEM_NONE)
        return;
    owned_mark(data, bytes);
    for (uint64_t at = 0; at < bytes; at += PAGE_BYTES) {
        uint32_t page = first + (uint32_t)(at >> PAGE_BITS);
        struct owned_run *live = run_of_kind(s, page, RUN_COMMON);
        struct owned_run *old = run_of_kind(s, page, RUN_COMMON_GONE);

        if (live)
            run_drop(s, live);
        if (old)
            run_drop(s, old);
        run_add(s, &(struct owned_run) { .page = page,
                                         .to = (uint32_t)min_u64(PAGE_BYTES, bytes - at),
                                         .obj = obj,
                                         .kind = RUN_COMMON_GONE });
    }
}

/* --- a touch --- */

struct touch {
    struct sim *s;
    uint64_t address, bytes; /* in one page, as the driver names it */
    uint32_t page, from, to;
    bool is_store;
    void *pc;
    bool found; /* something of this page still matters */
    uint32_t said;
};

static void say(struct touch *t, uint32_t obj, enum cpu_touched what)
{
    struct sim *s = t->s;
    const void *low, *high;
    uint32_t site = s->trace.site;

    if (t->said == obj)
        return;
    t->said = obj;
    sched_stack(s, &low, &high);
    s->trace.site =
        site_capture(s->depot, __builtin_frame_address(0), (uint64_t)(uintptr_t)t->pc, low, high);
    trace_emit(&s->trace, t->is_store ? EV_CPU_WRITE : EV_CPU_READ, API_NONE, obj,
               va_of(s, (void *)(uintptr_t)t->address).v, t->bytes, obj, what);
    s->trace.site = site;
}

static bool still_mapped(const struct dma_map *m, uint64_t offset)
{
    const struct dma_range *r = m->ranges;

    while (r && offset - r->offset >= r->length_bytes)
        r = r->sibling;
    return r != NULL;
}

static void meet_run(struct touch *t, const struct owned_run *r)
{
    bool meets = r->from < t->to && t->from < r->to;
    uint32_t low = r->from < t->from ? t->from : r->from;

    switch (r->kind) {
    case RUN_BUFFER:
        t->found = true;
        if (meets && still_mapped(r->m, r->offset + (low - r->from)))
            say(t, r->obj, CPU_TOUCHED_BUFFER);
        break;
    case RUN_LIST:
        t->found = true;
        if (meets && t->is_store)
            say(t, r->obj, CPU_TOUCHED_LIST);
        break;
    case RUN_COMMON: /* for both sides; but what the device can change is not to be trusted twice */
        t->found = true;
        if (meets && t->is_store && t->s->profile.weak_order)
            weakorder_store(t->s, r->obj, t->address, t->bytes, t->pc);
        if (meets && !t->is_store && fetch_planned(t->s, FAULT_DEVICE_MEMORY))
            fetch_load(t->s, FAULT_DEVICE_MEMORY, r->obj, t->address, t->bytes, t->pc);
        break;
    case RUN_COMMON_GONE:
        if (mem_frame(t->s, r->page)->allocated != FRAME_FREE)
            break; /* somebody else's by now */
        t->found = true;
        if (meets)
            say(t, r->obj, CPU_TOUCHED_COMMON);
        break;
    }
}

static void meet_range(void *touch, const struct dma_range *r, bool meets)
{
    struct touch *t = touch;

    if (OBJ_TYPE(r->owner) != OBJ_SGL && OBJ_TYPE(r->owner) != OBJ_MAPREG)
        return; /* common buffers are for both sides */
    t->found = true;
    if (meets)
        say(t, r->owner, CPU_TOUCHED_BUFFER);
}

static void meet_page(struct touch *t)
{
    struct objmap_entry *e = page_entry(t->s, t->page);
    uint64_t pa = mem_pfn(t->s, t->page) << PAGE_BITS, ba = bus_of_physical(t->s, pa);

    for (const struct owned_run *r = e ? e->data : NULL; r; r = r->next)
        meet_run(t, r);
    range_each_live(&t->s->dma->ranges, ba, t->from, t->to, meet_range, t);
}

/* false: nothing of the page matters, so it need not be asked about again. */
static bool touch_page(struct sim *s, uint64_t address, uint64_t bytes, bool is_store, void *pc)
{
    struct touch t = { .s = s,
                       .address = address,
                       .bytes = bytes,
                       .page = mem_page_of(s, (void *)(uintptr_t)address),
                       .from = (uint32_t)PAGE_OFFSET(address),
                       .to = (uint32_t)(PAGE_OFFSET(address) + bytes),
                       .is_store = is_store,
                       .pc = pc };

    if (t.page == MEM_NONE)
        return false;
    meet_page(&t);
    return t.found;
}

void owned_user_touch(struct sim *s, uint64_t address, uint64_t bytes, bool is_store, void *pc)
{
    for (uint64_t here; bytes; bytes -= here, address += here) {
        here = min_u64(PAGE_BYTES - PAGE_OFFSET(address), bytes);
        touch_page(s, address, here, is_store, pc);
    }
}

/* A list of ours: dead, it is nobody's; live, it is read only. */
static bool touch_list(struct sim *s, uint64_t address, uint64_t bytes, bool is_store, void *pc)
{
    struct touch t = { .s = s, .address = address, .bytes = bytes, .is_store = is_store, .pc = pc };
    bool live;
    uint32_t obj;

    if (!list_memory_at(s, address, &obj, &live))
        return false;
    if (obj && (!live || is_store))
        say(&t, obj, CPU_TOUCHED_LIST);
    return true;
}

static void on_watch(uint64_t address, uint64_t bytes, bool is_store, void *pc)
{
    struct sim *s = sim_running;

    if (!s || !s->dma || !s->trace.on || !sched_is_running(s))
        return;
    for (uint64_t here; bytes; bytes -= here, address += here) {
        here = min_u64(PAGE_BYTES - PAGE_OFFSET(address), bytes);
        if (!touch_list(s, address, here, is_store, pc) &&
            !touch_page(s, address, here, is_store, pc))
            door_set_page_flags((address - g_door.window_base) >> PAGE_BITS, 1, 0, DOOR_WATCH);
    }
}

void owned_reset(struct sim *s)
{
    objmap_reset(&s->dma->owned);
    s->dma->owned_free = NULL;
    door_unwatch_all();
    g_door.on_watch = on_watch;
}
