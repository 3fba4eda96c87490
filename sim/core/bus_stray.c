/*
 * What a bus address is that no mapping explains. The number ranges of the machine are disjoint
 * (mem_place.c), so a value that did not come from the DMA interface can be told on sight: a pointer, a
 * physical address, half of a logical one, one a little beside. Only asked when something is wrong.
 */
#include "base/bits.h"
#include "sim/core/adapter.h"
#include "sim/core/bus_private.h"
#include "sim/core/mem.h"

#define POINTER_BITS 41u   /* bus and physical addresses end below */
#define BESIDE_BYTES 4096u /* so far from a mapping is "off by n" */

uint64_t bus_shown(struct sim *s, uint64_t ba)
{
    return ba >> POINTER_BITS ? va_of(s, (const void *)(uintptr_t)ba).v : ba;
}

struct search {
    uint64_t ba;
    uint32_t owner;
    int64_t distance;
};

static bool holds(const struct dma_range *r, uint64_t ba) { return ba - r->ba < r->length_bytes; }

/* Whether ba lies just behind or before a range; the nearest wins. */
static void look_beside(struct search *x, const struct dma_range *r)
{
    int64_t behind = (int64_t)(x->ba - (r->ba + r->length_bytes)),
            before = (int64_t)(x->ba - r->ba);
    int64_t distance = before < 0 ? before : behind;
    int64_t size = distance < 0 ? -distance : distance;
    int64_t best = x->distance < 0 ? -x->distance : x->distance;

    if (size > BESIDE_BYTES || (x->owner && size >= best))
        return;
    x->owner = r->owner;
    x->distance = distance;
}

/* Memory of a requester, or of whoever has locked its pages: what requests are about. */
static bool is_locked(struct sim *s, uint64_t pa)
{
    uint32_t page = mem_page(s, pa >> PAGE_BITS);

    return page != MEM_NONE && mem_frame(s, page)->locks;
}

/* Whether ba is what a 32-bit register keeps of such a page's physical address. */
static bool is_half_physical(struct sim *s, uint64_t ba)
{
    if (ba >> 32 || ba < PAGE_BYTES || is_locked(s, ba))
        return false;
    for (uint64_t high = 1; high < 1ull << (POINTER_BITS - 32); high++)
        if (is_locked(s, high << 32 | ba))
            return true;
    return false;
}

static void look_truncated(struct search *x, const struct dma_range *r)
{
    if (r->ba >> 32 && x->ba - (uint32_t)r->ba < r->length_bytes)
        x->owner = r->owner;
}

static void look_swapped(struct search *x, const struct dma_range *r)
{
    if (holds(r, __builtin_bswap64(x->ba)) || holds(r, __builtin_bswap32((uint32_t)x->ba)))
        x->owner = r->owner;
}

/* Asks every live range, in the order in which they were made. */
static bool search(const struct ranges *t, struct search *x,
                   void (*look)(struct search *x, const struct dma_range *r))
{
    x->owner = 0;
    x->distance = 0;
    for (uint32_t i = 0; i < t->used; i++) {
        const struct dma_range *r = &t->chunks[i / RANGE_CHUNK][i % RANGE_CHUNK];

        if (r->key && r->head == r && r->live)
            look(x, r);
    }
    return x->owner != 0;
}

static enum dev_stray classify(struct sim *s, struct search *x)
{
    const struct ranges *t = &s->dma->ranges;

    if (x->ba >> POINTER_BITS && !(x->ba >> 47))
        return STRAY_VIRTUAL;
    if (search(t, x, look_beside))
        return STRAY_BESIDE;
    /* Zero is what stands in a register that nobody wrote. */
    if (!(x->ba >> 32) && x->ba >= PAGE_BYTES && search(t, x, look_truncated))
        return STRAY_TRUNCATED;
    if (search(t, x, look_swapped))
        return STRAY_SWAPPED;
    if (is_half_physical(s, x->ba))
        return STRAY_TRUNCATED;
    return mem_at(s, (struct pa) { x->ba }) ? STRAY_PHYSICAL : STRAY_UNKNOWN;
}

/* --- what goes beyond a mapping --- */

struct beyond {
    const struct ranges *t;
    uint64_t ba, bytes;
    uint32_t owner;               /* whose range is looked for; 0: anybody's */
    const struct dma_range *held; /* of the owner: it holds the byte that was asked for */
    uint64_t least;               /* how far it goes beyond what one owner has mapped */
};

static void hold(void *ctx, const struct dma_range *r, bool meets)
{
    struct beyond *b = ctx;

    if (meets && r->owner == b->owner)
        b->held = r;
}

static void each_at(struct beyond *b, uint64_t at,
                    void (*each)(void *ctx, const struct dma_range *r, bool meets))
{
    uint32_t from = (uint32_t)PAGE_OFFSET(at);

    range_each_live(b->t, align_down(at, PAGE_BYTES), from, from + 1, each, b);
}

/* How far [ba, +bytes) goes beyond what r's owner has mapped without a gap from ba on. */
static uint64_t overrun(const struct beyond *b, const struct dma_range *r)
{
    struct beyond mine = { .t = b->t, .owner = r->owner, .held = r };
    uint64_t end = b->ba + b->bytes, at = b->ba;

    while (mine.held && at < end) {
        at = mine.held->ba + mine.held->length_bytes;
        mine.held = NULL;
        each_at(&mine, at, hold);
    }
    return at < end ? end - at : 0;
}

static void least(void *ctx, const struct dma_range *r, bool meets)
{
    struct beyond *b = ctx;

    if (meets)
        b->least = min_u64(b->least, overrun(b, r));
}

/* One buffer may be several transfers' at once, and nobody can tell whose this is: the longest counts. */
static uint64_t overrun_least(const struct ranges *t, uint64_t ba, uint64_t bytes)
{
    struct beyond b = { .t = t, .ba = ba, .bytes = bytes, .least = bytes };

    each_at(&b, ba, least);
    return b.least;
}

void bus_say_stray(struct dm_device *d, const struct dma_range *r, uint64_t ba, uint64_t bytes,
                   uint64_t engine_doorbell, bool touch)
{
    struct sim *s = d->s;
    struct search x = { .ba = ba };
    enum dev_stray class;

    if (r) {
        x.owner = r->owner;
        x.distance = (int64_t)overrun_least(&s->dma->ranges, ba, bytes);
        if (!x.distance)
            return;
        class = STRAY_OVERRUN;
    } else {
        class = classify(s, &x);
    }
    trace_emit(&s->trace, EV_DEV_STRAY, API_NONE, d->obj, bus_shown(s, ba), (uint64_t)x.distance,
               (uint64_t)x.owner << 32 | (unsigned)class | (touch ? STRAY_TOUCH : 0),
               engine_doorbell);
}
