/*
 * The accesses (race.h). Each 8 bytes of memory that a driver has touched remember up to four
 * accesses: who, at what time of his own, which of the bytes, and where in the code. A new access that
 * meets one of another context, of which the new one does not know, is a race if either writes.
 * Interlocked operations never race, and carry order to whoever touches the same bytes next.
 */
#include "sim/core/race.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/must.h"
#include "sim/core/adapter.h"
#include "sim/core/bad_touch.h"
#include "sim/core/image.h"
#include "sim/core/mem.h"
#include "sim/core/race_private.h"

struct access {
    struct sim *s;
    uint64_t address, bytes;
    void *pc;
    uint32_t site; /* 0: not captured yet */
    uint8_t context;
    bool store, interlocked, locked, torn;
};

static bool in_span(const struct race_span *span, uint64_t address)
{
    return address >= span->from && address < span->to;
}

/* Pool that the driver allocated, its devices' extensions, its statics. */
static bool is_drivers(struct sim *s, uint64_t address)
{
    const struct race *r = s->race;

    switch (pool_page_kind(s, (const void *)(uintptr_t)address)) {
    case POOL_PAGE_DRIVER:
        return true;
    case POOL_PAGE_INTERNAL:
        if (pool_is_lent(s, (const void *)(uintptr_t)address))
            return true;
        for (unsigned i = 0; i < r->extension_count; i++)
            if (in_span(&r->extensions[i], address))
                return true;
        return false;
    default:
        return in_span(&r->statics[0], address) || in_span(&r->statics[1], address);
    }
}

static struct race_page *page_of(struct race *r, uint64_t address, bool make)
{
    uint64_t base = align_down(address, PAGE_BYTES);
    struct objmap_entry *e;
    struct race_page *p;

    if (r->last_page == base)
        return r->last;
    e = objmap_find(&r->pages, (void *)(uintptr_t)base);
    if (!e && !make)
        return NULL;
    if (e) {
        p = e->data;
    } else {
        p = r->idle;
        if (p)
            r->idle = p->next;
        else
            p = malloc(sizeof(*p));
        must(p != NULL);
        memset(p, 0, sizeof(*p));
        p->next = r->live;
        r->live = p;
        objmap_put(&r->pages, (void *)(uintptr_t)base, 1, p);
    }
    r->last_page = base;
    r->last = p;
    return p;
}

/* --- telling --- */

static uint32_t site_of(struct access *a)
{
    const void *low, *high;

    if (!a->site) {
        sched_stack(a->s, &low, &high);
        a->site = site_capture(a->s->depot, __builtin_frame_address(0), (uint64_t)(uintptr_t)a->pc,
                               low, high);
    }
    return a->site;
}

static enum race_context_kind kind_of(unsigned context)
{
    if (context >= RACE_ISR && context < RACE_IDLE)
        return RACE_BY_ISR;
    if (context >= RACE_DPC && context < RACE_ISR)
        return RACE_BY_DPC;
    return RACE_BY_THREAD;
}

static bool told_already(struct race *r, uint32_t first, uint32_t second)
{
    for (unsigned i = 0; i < r->pair_count; i++)
        if (r->pairs[i].first == first && r->pairs[i].second == second)
            return true;
    if (r->pair_count == RACE_PAIRS_MAX)
        return true;
    r->pairs[r->pair_count++] = (struct race_pair) { first, second };
    return false;
}

static void tell(struct access *a, const struct race_cell *first)
{
    struct sim *s = a->s;
    uint32_t before = s->trace.site;
    const struct pool_block *block = pool_block_containing(s, (void *)(uintptr_t)a->address);

    if (told_already(s->race, first->site, site_of(a)))
        return;
    s->trace.site = site_of(a);
    trace_emit(&s->trace, EV_RACE, API_NONE, block ? block->obj : 0,
               va_of(s, (void *)(uintptr_t)a->address).v, a->bytes, first->site,
               (a->store ? RACE_STORE : 0) | (first->store ? RACE_FIRST_STORE : 0) |
                   (uint64_t)kind_of(a->context) << RACE_KIND_SHIFT |
                   (uint64_t)kind_of(first->context) << RACE_FIRST_KIND_SHIFT);
    s->trace.site = before;
}

/* --- a touch --- */

/* Where the access is kept: over what it makes superfluous, else over nothing, else over what everybody
 * who matters knows of. */
static struct race_cell *place(struct access *a, struct race_cell *word, uint8_t mask)
{
    const struct race_clock *now = &a->s->race->now[a->context];
    struct race_cell *best = &word[(a->address >> 3) % RACE_CELLS];
    int rank = 0;

    for (unsigned i = 0; i < RACE_CELLS; i++) {
        struct race_cell *c = &word[i];
        int r = 0;

        if (c->context == a->context && !(c->bytes_mask & ~mask) && c->store <= a->store &&
            c->locked <= a->locked && c->torn <= a->torn && c->interlocked == a->interlocked)
            r = 3;
        else if (!c->clock)
            r = 2;
        else if (now->at[c->context] >= c->clock)
            r = 1;
        if (r > rank) {
            best = c;
            rank = r;
        }
    }
    return best;
}

/* An aligned load or store of a word is whole on every processor that Windows knows, and drivers look at
 * flags and list heads so before they take the lock and look again. It is a race when both store, or when
 * bytes of several words are moved. */
static bool matters(const struct access *a, const struct race_cell *c)
{
    return (a->store && c->store) || a->torn || c->torn;
}

static void touch_word(struct access *a, struct race_cell *word, uint8_t mask)
{
    const struct race_clock *now = &a->s->race->now[a->context];
    uint32_t clock = now->at[a->context];
    bool free_of_races = a->interlocked;

    for (unsigned i = 0; i < RACE_CELLS; i++) {
        const struct race_cell *c = &word[i];

        if (c->clock == clock && c->context == a->context && c->bytes_mask == mask &&
            c->store >= a->store && c->locked >= a->locked && c->torn >= a->torn &&
            c->interlocked == a->interlocked)
            return;
        free_of_races |= c->clock && c->interlocked && (c->bytes_mask & mask);
    }
    if (free_of_races)
        race_take_slow(a->s, word);
    for (unsigned i = 0; i < RACE_CELLS && !free_of_races; i++) {
        const struct race_cell *c = &word[i];

        if (c->clock && c->context != a->context && (c->bytes_mask & mask) &&
            (c->store || a->store) && now->at[c->context] < c->clock && matters(a, c))
            tell(a, c);
    }
    *place(a, word, mask) = (struct race_cell) { .clock = clock,
                                                 .site = site_of(a),
                                                 .context = a->context,
                                                 .bytes_mask = mask,
                                                 .store = a->store,
                                                 .locked = a->locked,
                                                 .torn = a->torn,
                                                 .interlocked = a->interlocked };
    if (free_of_races && a->store)
        race_give_slow(a->s, word);
}

static void on_access(uint64_t address, uint64_t bytes, bool is_store, void *pc)
{
    struct sim *s = sim_running;
    struct access a = { .s = s, .address = address, .bytes = bytes, .pc = pc, .store = is_store };

    if (!s || !bytes || !s->race || !s->trace.on || !sched_is_running(s) || s->sched->in_event)
        return;
    bad_touch_look(s, &(struct touch_of_cpu) { (void *)(uintptr_t)address, bytes, is_store }, pc);
    if (!s->race || !is_drivers(s, address))
        return;
    a.context = (uint8_t)race_context(s);
    a.locked = s->race->locks[a.context] != 0;
    a.torn = bytes > 8 || address % bytes;
    a.interlocked = s->race->interlocked == address;
    s->race->interlocked = 0;
    while (bytes && s->race) {
        struct race_page *p = page_of(s->race, address, true);
        uint64_t at = address & 7, here = min_u64(8 - at, bytes);

        touch_word(&a, p->words[PAGE_OFFSET(address) / 8], (uint8_t)(((1u << here) - 1) << at));
        address += here;
        bytes -= here;
    }
}

void race_interlocked(struct sim *s, const volatile void *p)
{
    uint64_t address = (uint64_t)(uintptr_t)p;

    if (!s || !s->race)
        return;
    if (is_drivers(s, address)) {
        s->race->interlocked = address;
        return;
    }
    race_take(s, (const void *)(uintptr_t)address);
    race_give(s, (const void *)(uintptr_t)address);
}

/* --- memory that comes and goes --- */

void race_fresh(struct sim *s, const void *block, uint64_t bytes)
{
    uint64_t at = (uint64_t)(uintptr_t)block;

    if (!s->race)
        return;
    for (uint64_t here; bytes; bytes -= here, at += here) {
        struct race_page *p = page_of(s->race, at, false);

        here = min_u64(PAGE_BYTES - PAGE_OFFSET(at), bytes);
        if (p)
            memset(p->words[PAGE_OFFSET(at) / 8], 0, (here + 7) / 8 * sizeof(p->words[0]));
    }
}

void race_extension(struct sim *s, const void *p, uint64_t bytes)
{
    struct race *r = s->race;
    uint64_t from = (uint64_t)(uintptr_t)p;

    if (!r || !bytes || r->extension_count == RACE_EXTENSIONS_MAX)
        return;
    r->extensions[r->extension_count++] = (struct race_span) { from, from + bytes };
    race_fresh(s, p, bytes);
}

void race_extension_end(struct sim *s, const void *p)
{
    struct race *r = s->race;

    for (unsigned i = 0; r && i < r->extension_count; i++)
        if (r->extensions[i].from == (uint64_t)(uintptr_t)p) {
            r->extensions[i] = r->extensions[--r->extension_count];
            return;
        }
}

/* --- life --- */

static struct race_span span_of(const char *from, const char *to)
{
    return (struct race_span) { (uint64_t)(uintptr_t)from, (uint64_t)(uintptr_t)to };
}

void race_start(struct sim *s, const struct dmacheck_image *image)
{
    s->race = s->race_store;
    race_order_reset(s->race);
    if (image) {
        s->race->statics[0] = span_of(image->data_start, image->data_stop);
        s->race->statics[1] = span_of(image->bss_start, image->bss_stop);
    }
    door_hear_all(on_access);
}

int race_create(struct sim *s)
{
    struct race *r = calloc(1, sizeof(*r));

    s->race_store = r;
    return r && race_order_create(r) == 0 && objmap_create(&r->pages, 8) == 0 ? 0 : ERR_NOMEM;
}

void race_reset(struct sim *s)
{
    struct race *r = s->race_store;

    s->race = NULL;
    door_hear_all(NULL);
    while (r->live) {
        struct race_page *p = r->live;

        r->live = p->next;
        p->next = r->idle;
        r->idle = p;
    }
    objmap_reset(&r->pages);
    r->last_page = 0;
    r->extension_count = r->pair_count = 0;
    r->interlocked = 0;
    memset(r->statics, 0, sizeof(r->statics));
}

void race_destroy(struct sim *s)
{
    struct race *r = s->race_store;

    race_reset(s);
    while (r->idle) {
        struct race_page *p = r->idle;

        r->idle = p->next;
        free(p);
    }
    objmap_destroy(&r->pages);
    race_order_destroy(r);
    free(r);
    s->race_store = NULL;
}
