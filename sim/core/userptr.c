/*
 * The ranges that requests brought and those that were probed (userptr.h), the last of each. What was
 * forgotten is taken for right: a touch is told only where all is known that could excuse it.
 */
#include "sim/core/userptr.h"

#include "base/bits.h"
#include "sim/core/call.h"
#include "sim/core/mem.h"
#include "sim/core/sched.h"
#include "sim/core/seh.h"

#define RANGES 64u /* of each kind; a power of two */

struct brought {
    uint64_t address, bytes; /* bytes 0: free */
    uint64_t from, to;       /* moments; to 0: the request lives */
    uint32_t obj, process;
    uint32_t completed; /* the site */
};
struct probed {
    uint64_t address, bytes;
    uint64_t at;    /* a moment */
    uint32_t entry; /* of the machine into a driver: sim_entry.id */
    uint16_t agent;
};
struct userptrs {
    struct brought brought[RANGES];
    struct probed probed[RANGES];
    uint64_t moment;
    uint32_t next_brought, next_probed;
};
struct touch {
    struct sim *s;
    uint64_t address, bytes;
    bool is_store;
    void *pc;
};

static struct userptrs *userptrs_of(struct sim *s)
{
    if (!s->dma->userptrs)
        s->dma->userptrs = dma_record(s, sizeof(struct userptrs));
    return s->dma->userptrs;
}

static uint32_t entry_of(const struct sim *s)
{
    return s->entry_of[s->trace.agent % SIM_ENTRY_AGENTS].id;
}

/* A free place, or that of the request that was completed first; none while all live. */
static struct brought *brought_slot(struct userptrs *u)
{
    for (uint32_t i = 0; i < RANGES; i++) {
        struct brought *b = &u->brought[u->next_brought++ % RANGES];

        if (!b->bytes || b->to)
            return b;
    }
    return NULL;
}

void userptr_brought(struct sim *s, uint32_t obj, uint32_t process, const void *p, uint64_t bytes)
{
    struct userptrs *u;
    struct brought *b;

    if (!s->trace.on || !s->dma || !bytes)
        return;
    u = userptrs_of(s);
    b = brought_slot(u);
    if (b)
        *b = (struct brought) { .address = (uint64_t)(uintptr_t)p,
                                .bytes = bytes,
                                .from = ++u->moment,
                                .obj = obj,
                                .process = process };
}

void userptr_completed_slow(struct sim *s, uint32_t obj)
{
    struct userptrs *u = s->dma->userptrs;

    for (uint32_t i = 0; i < RANGES; i++)
        if (u->brought[i].bytes && !u->brought[i].to && u->brought[i].obj == obj) {
            u->brought[i].to = ++u->moment;
            u->brought[i].completed = s->trace.site;
        }
}

void userptr_probed(struct sim *s, const void *p, uint64_t bytes)
{
    struct userptrs *u;

    if (!s->trace.on || !s->dma || !bytes)
        return;
    u = userptrs_of(s);
    u->probed[u->next_probed++ % RANGES] = (struct probed) { .address = (uint64_t)(uintptr_t)p,
                                                             .bytes = bytes,
                                                             .at = ++u->moment,
                                                             .entry = entry_of(s),
                                                             .agent = s->trace.agent };
}

/* The request that brought this byte: one that lives, else the one that was completed last. */
static const struct brought *bringer(const struct userptrs *u, uint64_t address)
{
    const struct brought *found = NULL;

    for (uint32_t i = 0; i < RANGES; i++) {
        const struct brought *b = &u->brought[i];

        if (address - b->address >= b->bytes)
            continue;
        if (!b->to)
            return b;
        if (!found || b->to > found->to)
            found = b;
    }
    return found;
}

/* Whether this probe still counts: made in this entry, or while the request lived that lives yet. */
static bool counts(const struct touch *t, const struct brought *b, const struct probed *p)
{
    if (b && p->at < (b->to ? b->to : b->from))
        return false;
    return (b && !b->to) || (p->entry == entry_of(t->s) && p->agent == t->s->trace.agent);
}

static uint64_t probed_end(const struct touch *t, const struct userptrs *u, const struct brought *b,
                           uint64_t address)
{
    for (uint32_t i = 0; i < RANGES; i++) {
        const struct probed *p = &u->probed[i];

        if (address - p->address < p->bytes && counts(t, b, p))
            return p->address + p->bytes;
    }
    return address;
}

/* All of it; several probes may share it. Where one that would count may be forgotten: yes. */
static bool is_probed(const struct touch *t, const struct userptrs *u, const struct brought *b)
{
    uint64_t at = t->address, end;

    if (u->next_probed > RANGES && counts(t, b, &u->probed[u->next_probed % RANGES]))
        return true;
    while (at < t->address + t->bytes) {
        end = probed_end(t, u, b, at);
        if (end == at)
            return false;
        at = end;
    }
    return true;
}

/* Locked pages have been probed by whoever locked them. */
static bool is_locked(const struct touch *t)
{
    uint64_t at = align_down(t->address, PAGE_BYTES);

    for (; at < t->address + t->bytes; at += PAGE_BYTES) {
        uint32_t page = mem_page_of(t->s, (const void *)(uintptr_t)at);

        if (page == MEM_NONE || !mem_frame(t->s, page)->locks)
            return false;
    }
    return true;
}

static uint32_t say(const struct touch *t, enum misuse what, uint32_t obj, uint64_t p3)
{
    struct sim *s = t->s;
    const void *low, *high;
    uint32_t outer = s->trace.site, site;

    sched_stack(s, &low, &high);
    site =
        site_capture(s->depot, __builtin_frame_address(0), (uint64_t)(uintptr_t)t->pc, low, high);
    s->trace.site = site;
    trace_emit(&s->trace, EV_MISUSE, API_NONE, obj, what,
               va_of(s, (const void *)(uintptr_t)t->address).v, dir_length(t->bytes, t->is_store),
               p3);
    s->trace.site = outer;
    return site;
}

/* 0: nobody's, or a page that a driver has mapped into a program. */
static uint32_t page_process(struct sim *s, uint64_t address)
{
    uint32_t page = mem_page_of(s, (const void *)(uintptr_t)address);
    const struct frame *f = page == MEM_NONE ? NULL : mem_frame(s, page);

    return f && f->allocated == FRAME_USER ? f->process : 0;
}

/* In the context of whom the address means something. */
static uint32_t judge(const struct touch *t, const struct userptrs *u)
{
    struct sim *s = t->s;
    const struct brought *b = u ? bringer(u, t->address) : NULL;
    uint32_t owner = b ? (uint16_t)b->process : page_process(s, t->address);
    enum agent_type type = agent_type(sched_current(s));
    bool arbitrary = type == AGENT_DPC || type == AGENT_ISR, probed, guarded;
    struct userptrs none = { .moment = 0 };

    if (!owner && !arbitrary)
        return 0;
    if (arbitrary || owner != (uint16_t)agent_process(sched_current_thread(s)))
        return say(t, MISUSE_USER_PROCESS, b ? b->obj : 0, arbitrary);
    probed = is_probed(t, u ? u : &none, b);
    if (b && b->to)
        return probed ? 0 : say(t, MISUSE_USER_OUTLIVED, b->obj, b->completed);
    probed = probed || is_locked(t);
    guarded = seh_guarded();
    if (probed && guarded)
        return 0;
    return say(t, MISUSE_USER_UNPROBED, b ? b->obj : 0, (uint64_t)probed | (uint64_t)guarded << 1);
}

uint32_t userptr_touch(struct sim *s, uint64_t address, uint64_t bytes, bool is_store, void *pc)
{
    struct touch t = { s, address, bytes, is_store, pc };

    if (!s->trace.on || !s->dma || !sched_is_running(s))
        return 0;
    return judge(&t, s->dma->userptrs);
}
