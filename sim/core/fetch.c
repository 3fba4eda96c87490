/*
 * Remembers the last loads of memory that others can change, and changes it before the second.
 */
#include "sim/core/fetch.h"

#include "base/bits.h"
#include "sim/core/adapter.h"

#define LOADS 64u /* remembered; a power of two */

struct load {
    uint64_t address, bytes;
    void *pc;
    uint32_t entry; /* of the machine into a driver: sim_entry.id */
    uint32_t site;
    uint16_t agent;
};
struct fetches {
    struct load loads[LOADS];
    uint32_t next;
};

static struct fetches *fetches_of(struct sim *s)
{
    if (!s->dma->fetches)
        s->dma->fetches = dma_record(s, sizeof(struct fetches));
    return s->dma->fetches;
}

static uint32_t site_of(struct sim *s, void *pc)
{
    const void *low, *high;

    sched_stack(s, &low, &high);
    return site_capture(s->depot, __builtin_frame_address(0), (uint64_t)(uintptr_t)pc, low, high);
}

/* An earlier load of the same bytes by another instruction. */
static struct load *earlier(struct sim *s, struct fetches *f, uint64_t address, uint64_t bytes,
                            const void *pc)
{
    uint32_t entry = s->entry_of[s->trace.agent % SIM_ENTRY_AGENTS].id;

    for (uint32_t i = 1; i <= LOADS; i++) {
        struct load *l = &f->loads[(f->next - i) % LOADS];

        if (l->entry == entry && l->agent == s->trace.agent && l->pc != pc &&
            l->address < address + bytes && address < l->address + l->bytes)
            return l;
    }
    return NULL;
}

/* Every bit of what both loads have in common: no value stays what it was. */
static void change(const struct load *l, uint64_t *address, uint64_t *bytes)
{
    uint64_t from = max_u64(l->address, *address);
    uint64_t end = min_u64(l->address + l->bytes, *address + *bytes);
    volatile uint8_t *p = (volatile uint8_t *)(uintptr_t)from;

    for (uint64_t i = 0; i < end - from; i++)
        p[i] = (uint8_t)~p[i];
    *address = from;
    *bytes = end - from;
}

void fetch_load(struct sim *s, enum fault_point point, uint32_t obj, uint64_t address,
                uint64_t bytes, void *pc)
{
    struct fetches *f = fetches_of(s);
    struct load *first = earlier(s, f, address, bytes, pc);
    uint32_t site = site_of(s, pc), before = s->trace.site;

    if (first && fault_take(s, point)) {
        uint64_t at = address, changed = bytes;

        change(first, &at, &changed);
        s->trace.site = first->site;
        trace_emit(&s->trace, EV_FETCH, API_NONE, obj, va_of(s, (void *)(uintptr_t)at).v, changed,
                   obj, 0);
        s->trace.site = site;
        trace_emit(&s->trace, EV_DOUBLE_FETCH, API_NONE, obj, va_of(s, (void *)(uintptr_t)at).v,
                   changed, obj, first->site);
        s->trace.site = before;
    }
    f->loads[f->next++ % LOADS] =
        (struct load) { .address = address,
                        .bytes = bytes,
                        .pc = pc,
                        .entry = s->entry_of[s->trace.agent % SIM_ENTRY_AGENTS].id,
                        .site = site,
                        .agent = s->trace.agent };
}
