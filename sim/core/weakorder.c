/*
 * The stores that a weakly ordered processor may still hold back (weakorder.h). Few are kept, since a driver
 * writes a descriptor and rings; the oldest is taken for visible when another comes.
 *
 * A store and the doorbell that overtakes it come from one stretch of the driver's code without a call, which
 * the count of scheduling points tells.
 */
#include "sim/core/weakorder.h"

#include <string.h>

#include "sim/core/adapter.h"
#include "sim/core/mem.h"
#include "sim/core/sched.h"

#define STORES_MAX 32u
#define STORE_BYTES_MAX 64u
#define ON_ITS_WAY_NS 100000u /* longer than any device takes to answer its doorbell */

struct weak_store {
    const char *at;
    uint32_t bytes, obj, site, doorbell; /* doorbell: the site; 0: not rung yet */
    uint64_t step, rung_ns;
    char old[STORE_BYTES_MAX];
};

struct weakorder {
    uint32_t count;
    struct weak_store stores[STORES_MAX];
};

static void drop(struct weakorder *w, uint32_t i)
{
    w->count--;
    memmove(&w->stores[i], &w->stores[i + 1], (w->count - i) * sizeof(w->stores[0]));
}

void weakorder_store(struct sim *s, uint32_t obj, uint64_t address, uint64_t bytes, void *pc)
{
    struct weakorder *w = s->dma->weakorder;
    struct weak_store *e;
    const void *low, *high;

    if (!w)
        w = s->dma->weakorder = dma_record(s, sizeof(*w));
    for (; bytes; bytes -= e->bytes, address += e->bytes) {
        if (w->count == STORES_MAX)
            drop(w, 0);
        e = &w->stores[w->count++];
        sched_stack(s, &low, &high);
        *e = (struct weak_store) {
            .at = (const char *)(uintptr_t)address,
            .bytes = (uint32_t)min_u64(bytes, STORE_BYTES_MAX),
            .obj = obj,
            .site = site_capture(s->depot, __builtin_frame_address(0), (uint64_t)(uintptr_t)pc, low,
                                 high),
            .step = sched_steps(s),
        };
        memcpy(e->old, e->at, e->bytes);
    }
}

void weakorder_fence(struct sim *s)
{
    struct weakorder *w = s->dma->weakorder;

    for (uint32_t i = w ? w->count : 0; i--;)
        if (!w->stores[i].doorbell)
            drop(w, i);
}

void weakorder_doorbell(struct sim *s)
{
    struct weakorder *w = s->dma->weakorder;

    for (uint32_t i = w ? w->count : 0; i--;) {
        struct weak_store *e = &w->stores[i];

        if (!e->doorbell && e->step != sched_steps(s)) {
            drop(w, i);
        } else if (!e->doorbell) {
            e->doorbell = s->trace.site;
            e->rung_ns = sched_now_ns(s);
        }
    }
}

static void overtaken(struct sim *s, uint32_t device, const struct weak_store *e, uint64_t from,
                      uint64_t bytes, uint64_t who)
{
    uint32_t outer = s->trace.site;

    s->trace.site = e->site;
    trace_emit(&s->trace, EV_UNORDERED, API_NONE, e->obj, va_of(s, e->at + from).v, bytes, device,
               who);
    s->trace.site = outer;
}

void weakorder_read(struct sim *s, uint32_t device, const char *memory, char *buf, uint64_t bytes,
                    uint64_t who)
{
    struct weakorder *w = s->dma->weakorder;
    uint32_t page = mem_page_of(s, memory);

    if (page != MEM_NONE) /* with ASan devices have a view of their own */
        memory = (const char *)mem_system(page) + PAGE_OFFSET((uintptr_t)memory);
    for (uint32_t i = w ? w->count : 0; i--;) {
        struct weak_store *e = &w->stores[i];
        uint64_t from = max_u64((uintptr_t)memory, (uintptr_t)e->at);
        uint64_t to = min_u64((uintptr_t)memory + bytes, (uintptr_t)e->at + e->bytes);

        if (e->doorbell && sched_now_ns(s) > e->rung_ns + ON_ITS_WAY_NS) {
            drop(w, i);
            continue;
        }
        if (!e->doorbell || from >= to)
            continue;
        overtaken(s, device, e, from - (uintptr_t)e->at, to - from, who);
        if (choice_rare(s, CHOICE_WEAK_ORDER, 2, 2))
            memcpy(buf + (from - (uintptr_t)memory), e->old + (from - (uintptr_t)e->at), to - from);
        drop(w, i);
    }
}

void weakorder_reset(struct sim *s) { s->dma->weakorder = NULL; }
