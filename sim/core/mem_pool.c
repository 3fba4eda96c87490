/*
 * The pool: blocks out of size classes, a page-sized slab each, and page-sized blocks out of pages.
 * A block's header lies in a table apart, so that an overflow cannot break us; guard bytes lie
 * behind each block and are looked at when it is freed and when the run ends. Free blocks
 * are used again in the order in which they were freed, so that a use after free meets the fill
 * pattern for a while, which is looked at before the block is given again.
 *
 * Windows' rules that a driver can see: blocks are 16-byte aligned, those below a page do not cross
 * a page border, those of a page and more are page aligned (wdm/nf-wdm-exallocatepoolwithtag).
 */
#include "sim/core/mem_priv.h"

#include <string.h>

#include "base/err.h"
#include "base/must.h"
#include "sim/core/door.h"
#include "sim/core/race.h"

#define NO_HEADER 0u    /* index 0 of headers and slabs is nobody's */
#define GUARD_BYTES 16u /* at least; the rest of the slot, up to GUARD_CHECK, is guard too */
#define GUARD_CHECK 64u
#define GUARD_PATTERN 0xd9
#define FRESH_PATTERN 0xcd /* a block that nobody has written */
#define FREED_PATTERN 0xdf
#define OWN_FILL_CHECK 64u
#define FILL_MAX POOL_FRESH_MAX /* larger blocks are not filled: they keep what was there */
#define SLAB_BLOCKS_MAX (PAGE_BYTES / 32)
#define CLASS_BIG POOL_CLASSES
#define SKEWS 4u /* where in its first slab a class begins, by choice */

static const uint16_t class_bytes[POOL_CLASSES] = {
    32,  48,  64,  80,  96,  112, 128, 160,  192,  224,  256,
    320, 384, 448, 512, 576, 672, 816, 1024, 1360, 2048, 4096,
};
static uint8_t class_of_slot[PAGE_BYTES / 16 + 1]; /* by slot bytes / 16 */

int pool_create(struct mem *m)
{
    unsigned class = 0;

    for (unsigned i = 0; i <= PAGE_BYTES / 16; i++) {
        while (class_bytes[class] < i * 16)
            class ++;
        class_of_slot[i] = (uint8_t) class;
    }
    m->pool.headers = mem_reserve(POOL_BLOCKS_MAX * sizeof *m->pool.headers);
    m->pool.slabs = mem_reserve(POOL_SLABS_MAX * sizeof *m->pool.slabs);
    return m->pool.headers && m->pool.slabs ? 0 : ERR_NOMEM;
}

/* The door tells of touches of paged pool at raised IRQL. */
static void door_mark(const struct pool_slab *slab, bool on)
{
    uint64_t first =
        ((uint64_t)(uintptr_t)mem_system(slab->page) - g_door.window_base) >> PAGE_BITS;

    if (slab->set == POOL_PAGED && g_door.window_bytes)
        door_set_page_flags(first, slab->pages, on ? DOOR_PAGED : 0, on ? 0 : DOOR_PAGED);
}

/* Headers and slabs are set when they are taken, so forgetting them is enough. */
void pool_reset(struct mem *m)
{
    struct pool *pool = &m->pool;
    struct pool_header *headers = pool->headers;
    struct pool_slab *slabs = pool->slabs;

    for (uint32_t i = 1; i < pool->slab_count; i++)
        door_mark(&slabs[i], false);

    *pool =
        (struct pool) { .headers = headers, .slabs = slabs, .header_count = 1, .slab_count = 1 };
}

static char *block_at(const struct pool_header *h)
{
    return (char *)mem_system(h->page) + h->offset;
}

/* The same bytes where they are never poisoned, for what only we may touch. */
static uint8_t *quiet_at(const struct pool_header *h)
{
    return (uint8_t *)(MEM_ASAN ? mem_raw : mem_window.system) + ((uint64_t)h->page << PAGE_BITS) +
           h->offset;
}

static uint64_t slot_bytes(const struct pool *pool, const struct pool_header *h)
{
    const struct pool_slab *slab = &pool->slabs[h->slab];

    return slab->class == CLASS_BIG ? (uint64_t)slab->pages << PAGE_BITS : class_bytes[slab->class];
}

static uint64_t guard_bytes(const struct pool *pool, const struct pool_header *h)
{
    return min_u64(slot_bytes(pool, h) - h->block.bytes, GUARD_CHECK);
}

static enum frame_use use_of(unsigned set) { return set == POOL_PAGED ? FRAME_PAGED : FRAME_POOL; }

/* A slab of a class: one page, headers for as many blocks as fit. */
static bool slab_add(struct sim *s, unsigned set, unsigned class)
{
    struct pool *pool = &s->mem->pool;
    uint32_t blocks = PAGE_BYTES / class_bytes[class], page;
    struct pool_slab *slab = &pool->slabs[pool->slab_count];

    if (pool->slab_count == POOL_SLABS_MAX || POOL_BLOCKS_MAX - pool->header_count < blocks)
        return false;
    page = mem_pages_alloc(s, MEM_ANY, 1);
    if (page == MEM_NONE)
        return false;
    mem_frames_use(s, page, 1, use_of(set));
    mem_poison(mem_system(page), PAGE_BYTES);
    *slab = (struct pool_slab) { .page = page,
                                 .pages = 1,
                                 .headers = pool->header_count,
                                 .blocks = (uint16_t)blocks,
                                 .class = (uint8_t) class,
                                 .set = (uint8_t)set };
    door_mark(slab, true);
    /* What is ours begins where it always does, so that the driver's choices are the driver's
     * own. */
    if (set != POOL_INTERNAL)
        slab->skew = (uint16_t)choice_draw(s, CHOICE_POOL_PLACE, blocks < SKEWS ? blocks : SKEWS);
    pool->header_count += blocks;
    s->mem->owner[page] = pool->slab_count;
    pool->classes[set][class].slab = pool->slab_count++;
    return true;
}

static struct pool_header *small_take(struct sim *s, unsigned set, unsigned class)
{
    struct pool *pool = &s->mem->pool;
    struct pool_class *c = &pool->classes[set][class];
    struct pool_slab *slab;
    struct pool_header *h;
    uint32_t slot;

    if (c->free_head) {
        h = &pool->headers[c->free_head];
        c->free_head = h->next;
        if (!c->free_head)
            c->free_tail = NO_HEADER;
        return h;
    }
    if ((!c->slab || pool->slabs[c->slab].carved == pool->slabs[c->slab].blocks) &&
        !slab_add(s, set, class))
        return NULL;
    slab = &pool->slabs[c->slab];
    slot = ((uint32_t)slab->carved++ + slab->skew) % slab->blocks;
    h = &pool->headers[slab->headers + slot];
    *h = (struct pool_header) { .page = slab->page,
                                .offset = (uint16_t)(slot * class_bytes[class]),
                                .slab = c->slab,
                                .set = (uint8_t)set };
    return h;
}

/* Pages of its own; the guard is what remains of the last one, or a page more. */
static struct pool_header *big_take(struct sim *s, unsigned set, uint64_t bytes)
{
    struct mem *m = s->mem;
    struct pool *pool = &m->pool;
    uint64_t pages = (bytes + GUARD_BYTES + PAGE_BYTES - 1) >> PAGE_BITS;
    uint32_t header = pool->big_free, slab, page;

    if (pages > m->ram_pages)
        return NULL;
    if (!header && (pool->slab_count == POOL_SLABS_MAX || pool->header_count == POOL_BLOCKS_MAX))
        return NULL;
    page = mem_pages_alloc(s, MEM_ANY, (uint32_t)pages);
    if (page == MEM_NONE)
        return NULL;
    mem_frames_use(s, page, (uint32_t)pages, use_of(set));
    if (header) {
        pool->big_free = pool->headers[header].next;
        slab = pool->headers[header].slab;
    } else {
        header = pool->header_count++;
        slab = pool->slab_count++;
    }
    pool->slabs[slab] = (struct pool_slab) { .page = page,
                                             .pages = (uint32_t)pages,
                                             .headers = header,
                                             .blocks = 1,
                                             .carved = 1,
                                             .class = CLASS_BIG,
                                             .set = (uint8_t)set };
    door_mark(&pool->slabs[slab], true);
    pool->headers[header] =
        (struct pool_header) { .page = page, .slab = slab, .set = (uint8_t)set };
    for (uint32_t i = 0; i < pages; i++)
        m->owner[page + i] = slab;
    return &pool->headers[header];
}

static void live_add(struct pool *pool, struct pool_header *h)
{
    uint32_t index = (uint32_t)(h - pool->headers);

    h->state = POOL_LIVE;
    h->next = NO_HEADER;
    h->prev = pool->live_tail;
    if (pool->live_tail)
        pool->headers[pool->live_tail].next = index;
    else
        pool->live_head = index;
    pool->live_tail = index;
    pool->live++;
}

static void live_remove(struct pool *pool, struct pool_header *h)
{
    must(pool->live > 0);
    if (h->prev)
        pool->headers[h->prev].next = h->next;
    else
        pool->live_head = h->next;
    if (h->next)
        pool->headers[h->next].prev = h->prev;
    else
        pool->live_tail = h->prev;
    pool->live--;
}

static void guard_set(const struct pool *pool, const struct pool_header *h)
{
    memset(quiet_at(h) + h->block.bytes, GUARD_PATTERN, guard_bytes(pool, h));
}

static void say_damage(struct sim *s, const struct pool_header *h, enum bad_access what,
                       uint64_t at, uint64_t distance)
{
    trace_emit(&s->trace, EV_BAD_ACCESS, API_NONE, h->block.obj, distance << 32 | what,
               va_of(s, block_at(h) + at).v, dir_length(1, true),
               (uint64_t)h->block.freed_site << 32 | h->block.site);
}

/* Damage is said once: the bytes are mended, so that the next look finds new damage only. */
static void guard_check(struct sim *s, const struct pool_header *h)
{
    const struct pool *pool = &s->mem->pool;
    const uint8_t *end = quiet_at(h) + h->block.bytes;
    uint64_t bytes = guard_bytes(pool, h);

    for (uint64_t i = 0; i < bytes; i++) {
        if (end[i] == GUARD_PATTERN)
            continue;
        say_damage(s, h, BAD_ACCESS_BEYOND_SEEN, h->block.bytes + i, i);
        guard_set(pool, h);
        break;
    }
}

/* How much of a freed block still holds the pattern that it was given. Of our own only the first
 * words are looked at, since every request takes and gives such blocks. */
static uint64_t fill_bytes(const struct pool_header *h)
{
    uint64_t most = h->set == POOL_INTERNAL ? OWN_FILL_CHECK : FILL_MAX;

    return h->block.bytes > FILL_MAX ? 0 : min_u64(h->block.bytes, most);
}

static void fill_check(struct sim *s, const struct pool_header *h)
{
    const uint8_t *at = quiet_at(h);
    uint64_t bytes = fill_bytes(h), i = 0;

    for (uint64_t w; i + 8 <= bytes; i += 8) {
        memcpy(&w, at + i, 8);
        if (w != FREED_PATTERN * 0x0101010101010101ull)
            break;
    }
    while (i < bytes && at[i] == FREED_PATTERN)
        i++;
    if (i < bytes)
        say_damage(s, h, BAD_ACCESS_FREED_SEEN, i, i);
}

/* Slots of a class lie at multiples of its size from the page's start. */
static unsigned class_for(uint64_t slot, uint32_t align)
{
    unsigned class = class_of_slot[slot / 16];

    while (class_bytes[class] % align)
        class ++;
    return class;
}

static void *block_take(struct sim *s, unsigned set, uint64_t bytes, bool zero, uint32_t align)
{
    struct pool *pool = &s->mem->pool;
    uint64_t wanted = bytes ? bytes : 1, slot = align_up(wanted + GUARD_BYTES, 16);
    struct pool_header *h;
    char *p;

    if (bytes > MEM_RAM_MAX_BYTES)
        return NULL;
    h = slot > PAGE_BYTES ? big_take(s, set, wanted) : small_take(s, set, class_for(slot, align));
    if (!h)
        return NULL;
    must(h->state != POOL_LIVE);
    if (h->state == POOL_FREE)
        fill_check(s, h);
    h->block = (struct pool_block) { .bytes = bytes, .site = s->trace.site };
    h->lent = false;
    p = block_at(h);
    mem_unpoison(p, bytes);
    if (zero)
        memset(p, 0, bytes);
    else if (bytes <= FILL_MAX)
        memset(p, FRESH_PATTERN, bytes);
    guard_set(pool, h);
    mem_poison(p + bytes, slot_bytes(pool, h) - bytes);
    h->state = POOL_LIVE;
    return p;
}

static struct pool_header *header_of(struct mem *m, const void *p)
{
    uint64_t at = (uint64_t)((const char *)p - mem_window.system);
    struct pool *pool = &m->pool;
    const struct pool_slab *slab;
    struct pool_header *h;
    uint32_t page = (uint32_t)(at >> PAGE_BITS), slot = 0;

    if (at >= MEM_RAM_MAX_BYTES || page >= m->ram_pages || !m->owner[page] ||
        (m->frames[page].allocated != FRAME_POOL && m->frames[page].allocated != FRAME_PAGED))
        return NULL;
    slab = &pool->slabs[m->owner[page]];
    if (slab->class != CLASS_BIG)
        slot = PAGE_OFFSET(at) / class_bytes[slab->class];
    if (slot >= slab->blocks)
        return NULL;
    h = &pool->headers[slab->headers + slot];
    /* A slot that was never carved has no header yet, or one of an earlier machine. */
    if ((slot + slab->blocks - slab->skew) % slab->blocks >= slab->carved || h->state != POOL_LIVE)
        return NULL;
    return h;
}

enum pool_page pool_page_kind(struct sim *s, const void *p)
{
    const struct mem *m = s->mem;
    uint64_t page = (uint64_t)((const char *)p - mem_window.system) >> PAGE_BITS;

    if (page >= m->ram_pages || !m->owner[page] ||
        (m->frames[page].allocated != FRAME_POOL && m->frames[page].allocated != FRAME_PAGED))
        return POOL_PAGE_NONE;
    return m->pool.slabs[m->owner[page]].set == POOL_INTERNAL ? POOL_PAGE_INTERNAL
                                                              : POOL_PAGE_DRIVER;
}

static void block_give(struct sim *s, struct pool_header *h)
{
    struct pool *pool = &s->mem->pool;
    const struct pool_slab *slab = &pool->slabs[h->slab];
    uint32_t index = (uint32_t)(h - pool->headers);

    h->state = POOL_FREE;
    h->next = NO_HEADER;
    h->block.freed_site = s->trace.site;
    if (h->block.bytes <= FILL_MAX)
        memset(block_at(h), FREED_PATTERN, h->block.bytes);
    if (slab->class == CLASS_BIG) {
        mem_poison(block_at(h), (uint64_t)slab->pages << PAGE_BITS);
        door_mark(slab, false);
        mem_pages_free(s, slab->page, slab->pages);
        h->next = pool->big_free;
        pool->big_free = index;
        return;
    }
    struct pool_class *c = &pool->classes[h->set][slab->class];

    mem_poison(block_at(h), class_bytes[slab->class]);
    if (c->free_tail)
        pool->headers[c->free_tail].next = index;
    else
        c->free_head = index;
    c->free_tail = index;
}

void *pool_alloc(struct sim *s, enum pool_kind kind, uint64_t bytes, uint32_t tag, bool zero)
{
    return pool_alloc_aligned(s, kind, bytes, tag, zero, 16);
}

void *pool_alloc_aligned(struct sim *s, enum pool_kind kind, uint64_t bytes, uint32_t tag,
                         bool zero, uint32_t align)
{
    struct pool *pool = &s->mem->pool;
    struct pool_header *h;
    void *p;

    must(kind == POOL_NONPAGED || kind == POOL_PAGED);
    must(align >= 16 && align <= PAGE_BYTES && (align & (align - 1)) == 0);
    p = block_take(s, kind, bytes, zero, align);
    if (!p)
        return NULL;
    h = header_of(s->mem, p);
    must(h != NULL);
    h->block = (struct pool_block) { .obj = obj_new(&s->trace, OBJ_POOL),
                                     .tag = tag,
                                     .bytes = bytes,
                                     .kind = kind,
                                     .site = s->trace.site,
                                     .agent = s->trace.agent };
    live_add(pool, h);
    race_fresh(s, p, bytes);
    trace_emit(&s->trace, EV_POOL, API_NONE, h->block.obj, va_of(s, p).v, bytes, tag, kind);
    return p;
}

bool pool_free(struct sim *s, void *p, uint32_t tag)
{
    struct pool_header *h = header_of(s->mem, p);

    if (!h || h->set == POOL_INTERNAL || block_at(h) != p)
        return false;
    guard_check(s, h);
    trace_emit(&s->trace, EV_POOL_END, API_NONE, h->block.obj, va_of(s, p).v, h->block.bytes, tag,
               h->block.kind);
    live_remove(&s->mem->pool, h);
    block_give(s, h);
    return true;
}

const struct pool_block *pool_block_containing(struct sim *s, const void *p)
{
    uint32_t page = mem_page_of(s, p);
    const char *at = page == MEM_NONE ? NULL : (char *)mem_system(page) + PAGE_OFFSET((uintptr_t)p);
    const struct pool_header *h = at ? header_of(s->mem, at) : NULL;

    if (!h || h->set == POOL_INTERNAL)
        return NULL;
    return at - block_at(h) < (int64_t)h->block.bytes ? &h->block : NULL;
}

const struct pool_block *pool_neighbour(struct sim *s, const void *p)
{
    const struct pool *pool = &s->mem->pool;
    const struct pool_header *h = header_of(s->mem, p), *other;
    const struct pool_slab *slab = h ? &pool->slabs[h->slab] : NULL;

    if (!h || h->set == POOL_INTERNAL || slab->class == CLASS_BIG)
        return NULL;
    for (uint32_t slot = 0; slot < slab->blocks; slot++) {
        other = header_of(s->mem, (char *)mem_system(slab->page) + slot * class_bytes[slab->class]);
        if (other && other != h)
            return &other->block;
    }
    return NULL;
}

uint64_t pool_unwritten(struct sim *s, const void *p, uint64_t bytes, uint64_t *length_bytes)
{
    const struct pool_header *h = header_of(s->mem, p);
    const uint8_t *at = p;
    uint64_t run = 0, i = 0;

    *length_bytes = 0;
    if (!h || h->block.bytes > FILL_MAX)
        return UINT64_MAX;
    bytes = min_u64(bytes, (uint64_t)(block_at(h) + h->block.bytes - (const char *)p));
    for (; i < bytes; i++) {
        if (at[i] == FRESH_PATTERN)
            run++;
        else if (run >= 8)
            break;
        else
            run = 0;
    }
    *length_bytes = run >= 8 ? run : 0;
    return run >= 8 ? i - run : UINT64_MAX;
}

const struct pool_block *pool_block_of(struct sim *s, const void *p)
{
    const struct pool_header *h = header_of(s->mem, p);

    return h && h->set != POOL_INTERNAL && block_at(h) == p ? &h->block : NULL;
}

uint32_t pool_live(struct sim *s, void (*each)(void *ctx, const struct pool_block *), void *ctx)
{
    struct pool *pool = &s->mem->pool;

    for (uint32_t i = pool->live_head; i; i = pool->headers[i].next) {
        guard_check(s, &pool->headers[i]);
        if (each)
            each(ctx, &pool->headers[i].block);
    }
    return pool->live;
}

/* The header that the bytes at p belong to, of whatever state; NULL: none was ever given there. */
static const struct pool_header *header_near(struct mem *m, uint64_t at)
{
    const struct pool *pool = &m->pool;
    uint32_t page = (uint32_t)(at >> PAGE_BITS), slot = 0;
    const struct pool_slab *slab;

    if (at >= MEM_RAM_MAX_BYTES || page >= m->ram_pages || !m->owner[page] ||
        m->owner[page] >= pool->slab_count)
        return NULL;
    slab = &pool->slabs[m->owner[page]];
    if (page < slab->page || page >= slab->page + slab->pages)
        return NULL;
    if (slab->class != CLASS_BIG)
        slot = PAGE_OFFSET(at) / class_bytes[slab->class];
    if (slot >= slab->blocks || (slot + slab->blocks - slab->skew) % slab->blocks >= slab->carved)
        return NULL;
    return &pool->headers[slab->headers + slot];
}

enum bad_access pool_story(struct sim *s, const void *p, struct pool_block *block,
                           int32_t *distance)
{
    uint64_t at = (uint64_t)((const char *)p - mem_window.system);
    const struct pool_header *h = header_near(s->mem, at), *next;
    int64_t offset;

    if (!h) { /* the slot in front was never given: bytes before the next one's block */
        next = header_near(s->mem, at + GUARD_CHECK);
        if (!next || next->state != POOL_LIVE)
            return 0;
        *block = next->block;
        *distance = (int32_t)((const char *)p - block_at(next));
        return BAD_ACCESS_BEFORE;
    }
    *block = h->block;
    offset = (const char *)p - block_at(h);
    if (h->state == POOL_FREE) {
        *distance = (int32_t)offset;
        return BAD_ACCESS_FREED;
    }
    *distance = (int32_t)(offset - (int64_t)h->block.bytes);
    return BAD_ACCESS_BEYOND;
}

bool pool_may_touch(struct sim *s, const void *p, uint64_t bytes)
{
    uint64_t at = (uint64_t)((const char *)p - mem_window.system);
    const struct mem *m = s->mem;
    const struct pool_header *h;
    uint32_t page = (uint32_t)(at >> PAGE_BITS);

    if (at >= MEM_RAM_MAX_BYTES || page >= m->ram_pages || !m->owner[page] ||
        (m->frames[page].allocated != FRAME_POOL && m->frames[page].allocated != FRAME_PAGED))
        return true;
    h = header_near(s->mem, at);
    return h && h->state == POOL_LIVE && (const char *)p >= block_at(h) &&
           (uint64_t)((const char *)p - block_at(h)) + bytes <= h->block.bytes;
}

void pool_check(struct sim *s)
{
    struct pool *pool = &s->mem->pool;

    for (uint32_t i = 1; i < pool->slab_count; i++) {
        const struct pool_slab *slab = &pool->slabs[i];

        for (uint32_t k = 0; k < slab->carved; k++) {
            const struct pool_header *h =
                &pool->headers[slab->headers + (k + slab->skew) % slab->blocks];

            if (h->state == POOL_LIVE)
                guard_check(s, h);
            else if (h->state == POOL_FREE && slab->class != CLASS_BIG)
                fill_check(s, h);
        }
    }
}

void *pool_alloc_internal(struct sim *s, uint64_t bytes)
{
    return block_take(s, POOL_INTERNAL, bytes, true, 16);
}

void pool_free_internal(struct sim *s, void *p)
{
    struct pool_header *h = header_of(s->mem, p);

    must(h != NULL && h->set == POOL_INTERNAL && block_at(h) == p);
    guard_check(s, h);
    block_give(s, h);
}

void pool_lend(struct sim *s, void *p)
{
    struct pool_header *h = header_of(s->mem, p);

    must(h != NULL && h->set == POOL_INTERNAL && block_at(h) == p);
    h->lent = true;
    race_fresh(s, p, h->block.bytes);
}

bool pool_is_lent(struct sim *s, const void *p)
{
    const struct pool_header *h = header_of(s->mem, p);

    return h && h->lent && (const char *)p - block_at(h) < (int64_t)h->block.bytes;
}

bool pool_is_internal(struct sim *s, const void *p)
{
    const struct pool_header *h = header_of(s->mem, p);

    return h && h->set == POOL_INTERNAL && block_at(h) == p;
}

uint64_t pool_room(struct sim *s, const void *p)
{
    const struct pool_header *h = header_of(s->mem, p);
    uint64_t at = h ? (uint64_t)((const char *)p - block_at(h)) : 0;

    return h && at < h->block.bytes ? h->block.bytes - at : 0;
}
