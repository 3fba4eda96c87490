/*
 * Mapping a buffer. One cursor walks the frames of an MDL chain; what it meets becomes runs: the
 * frames themselves where the device reaches them, bounce runs where it does not or must not, one
 * bus range where an IOMMU stands between. Runs become elements by the profile: natural (as they
 * come, now and then cut by choice), split (a page each) or merge (joined wherever they touch).
 */
#include <string.h>

#include "base/err.h"
#include "base/must.h"
#include "sim/core/cache.h"
#include "sim/core/iommu.h"
#include "sim/core/sg_private.h"

#define SPLIT_ONE_IN 8 /* runs of several pages: so many stay whole for each one that is cut */

uint64_t sg_chain_bytes(const struct dma_mdl *mdl)
{
    uint64_t bytes = 0;

    for (; mdl; mdl = mdl->next)
        bytes += mdl->length_bytes;
    return bytes;
}

const struct dma_mdl *sg_seek(const struct dma_mdl *mdl, uint64_t *offset)
{
    while (mdl && *offset >= mdl->length_bytes) {
        *offset -= mdl->length_bytes;
        mdl = mdl->next;
    }
    return mdl;
}

int sg_count(const struct dma_mdl *mdl, uint64_t offset, uint64_t length_bytes, uint32_t *registers)
{
    uint64_t covered, here, count = 0;
    uint32_t at;

    mdl = sg_seek(mdl, &offset);
    if (!mdl)
        return ERR_RANGE;
    covered = here = mdl->length_bytes - offset;
    at = PAGE_OFFSET(mdl->start + offset);
    while (covered < length_bytes && mdl->next) {
        count += (at + here + PAGE_BYTES - 1) >> PAGE_BITS;
        mdl = mdl->next;
        at = PAGE_OFFSET(mdl->start);
        here = mdl->length_bytes;
        covered += here;
    }
    if (covered + PAGE_BYTES < length_bytes + at)
        return ERR_RANGE;
    count += (at + length_bytes + here - covered + PAGE_BYTES - 1) >> PAGE_BITS;
    *registers = (uint32_t)count;
    return 0;
}

bool sg_has_parts(const struct dma_mdl *mdl, uint64_t offset, uint64_t length_bytes)
{
    uint64_t here;

    for (mdl = sg_seek(mdl, &offset); mdl && length_bytes; mdl = mdl->next, offset = 0) {
        here = min_u64(mdl->length_bytes - offset, length_bytes);
        if (PAGE_OFFSET(mdl->start + offset) || PAGE_OFFSET(here))
            return true;
        length_bytes -= here;
    }
    return false;
}

/* --- elements --- */

static inline void element_out(struct builder *b, uint64_t ba, uint64_t length)
{
    struct dma_map *m = b->m;

    if (!b->w->unranged) {
        struct dma_range *r = range_add(&b->s->dma->ranges, ba, length, m->owner);

        r->offset = b->w->offset + b->mapped;
        r->bounced = b->bounced;
        *b->tail = r;
        b->tail = &r->sibling;
    }
    m->a->ranges_live++;
    if (b->w->elements) {
        struct sg_element *e = &b->w->elements[b->count];

        e->ba = ba;
        e->length_bytes = (uint32_t)length;
        e->reserved = 0;
    }
    b->count++;
    b->mapped += length;
}

/* A run of several pages is now and then two elements: Windows promises no particular cut. */
uint64_t sg_split(struct sim *s, uint64_t ba, uint64_t length_bytes)
{
    uint32_t inner = (uint32_t)(span_pages(ba, length_bytes) - 1);

    if (!inner || choices_idle(s) || !choice_rare(s, CHOICE_SG_SPLIT, 2, SPLIT_ONE_IN))
        return 0;
    return PAGE_BYTES - PAGE_OFFSET(ba) +
           (uint64_t)choice_draw(s, CHOICE_SG_SPLIT, inner) * PAGE_BYTES;
}

/* Puts out the run that was growing. false: no more elements are wanted. */
static inline __attribute__((always_inline)) bool run_out(struct builder *b)
{
    uint64_t length = b->length, cut = 0;

    if (!length)
        return true;
    b->length = 0;
    if (length > PAGE_BYTES && b->s->profile.elements == ELEMENTS_NATURAL && !b->w->one_run &&
        b->count + 2 <= b->w->elements_max && !b->w->first_run_only && !choices_idle(b->s))
        cut = sg_split(b->s, b->ba, length);
    if (cut) {
        element_out(b, b->ba, cut);
        b->ba += cut;
        length -= cut;
    }
    element_out(b, b->ba, length);
    return b->count < b->w->elements_max && !b->w->first_run_only;
}

bool sg_run_in(struct builder *b, uint64_t ba, uint64_t length, bool bounced)
{
    if (b->join && b->length && b->ba + b->length == ba && b->bounced == bounced && (uint32_t)ba) {
        b->length += length;
        return true;
    }
    if (!run_out(b))
        return false;
    b->ba = ba;
    b->length = length;
    b->bounced = bounced;
    return true;
}

/* --- without translation --- */

static uint64_t bounce_bus(const struct builder *b, const struct bounce *run)
{
    uint64_t ba;

    must(adapter_reaches(b->m->a, bounce_pa(b->s, run), run->length_bytes, &ba));
    return ba;
}

/* Copies a page or less into a bounce run on its way to the device. A frame of I/O space has no memory
 * that could be copied. */
static inline void gather_page(struct sim *s, uint8_t *to, uint64_t source, uint64_t bytes)
{
    const void *memory = to ? mem_at(s, (struct pa) { source }) : NULL;

    if (memory)
        memcpy(to, memory, bytes);
}

/* All of a run lies in one MDL: the common case, and the time of bouncing beside memcpy's. */
static void gather_here(struct builder *b, struct cursor *c, struct bounce *run, uint8_t *to)
{
    struct bounce_part *part = bounce_parts_reserve(run, run->pages);
    const uint64_t *pfn = c->pfn;
    uint64_t at = c->at, done = 0, bytes = run->length_bytes;

    do {
        uint64_t take = min_u64(PAGE_BYTES - at, bytes - done), source = *pfn++ << PAGE_BITS | at;

        gather_page(b->s, to ? to + done : NULL, source, take);
        *part++ = (struct bounce_part) { source, (uint32_t)take, (uint32_t)done };
        done += take;
        at = 0;
    } while (done < bytes);
    run->part_count = (uint32_t)(part - run->parts);
    run->parts_bytes = (uint32_t)done;
    cursor_skip(c, bytes);
}

static void gather_chain(struct builder *b, struct cursor *c, struct bounce *run, uint8_t *to)
{
    uint64_t left = run->length_bytes;

    while (left) {
        uint64_t take = min_u64(min_u64(PAGE_BYTES - c->at, c->here), left);
        uint64_t source = *c->pfn << PAGE_BITS | c->at;

        gather_page(b->s, to ? to + (run->length_bytes - left) : NULL, source, take);
        bounce_part_add(run, source, (uint32_t)take);
        cursor_skip(c, take);
        left -= take;
        if (left && !c->here && !cursor_next_mdl(c))
            break;
    }
}

/* Registers of a device have no memory that could be copied, and nobody has mapped them to be read. */
static __attribute__((noinline, cold)) void say_unmapped(struct builder *b, const struct cursor *c)
{
    const struct dma_mdl *mdl = c->mdl;
    struct sim *s = b->s;

    if (s->trace.on)
        trace_emit(&s->trace, EV_BUFFER, API_NONE, b->m->mdl_obj, BUFFER_UNMAPPED,
                   va_of(s, mdl->start_va).v + mdl->start,
                   (uint64_t)(uint16_t)mdl->flags << 32 | mdl->length_bytes, va_of(s, mdl).v);
}

/* Takes the bytes under the cursor into a bounce run, page by page, and moves on; the caller has
 * sized the run. Packet transfers walk over the chain here. */
void sg_bounce_gather(struct builder *b, struct cursor *c, struct bounce *run)
{
    uint8_t *to = b->w->to_device ? bounce_data(run) : NULL;

    if (__builtin_expect(c->mdl->flags & DMA_MDL_IO_SPACE && !(c->mdl->flags & DMA_MDL_MAPPED), 0))
        say_unmapped(b, c);
    if (run->length_bytes <= c->here)
        gather_here(b, c, run, to);
    else
        gather_chain(b, c, run, to);
    run->next = b->m->bounces;
    b->m->bounces = run;
    sched_spend(b->s, to ? (run->length_bytes >> 10) * b->s->profile.kib_ns : 0);
}

/* How much of what lies under the cursor is out of reach, in at most so many source runs. A run
 * that straddles the limit counts as out of reach. */
static uint64_t unreachable_bytes(const struct builder *b, const struct cursor *from, uint32_t runs)
{
    struct cursor c = *from;
    bool single = b->s->profile.elements == ELEMENTS_SPLIT;
    uint64_t bytes = 0, ba;

    while (c.here && runs) {
        uint64_t run = cursor_run(&c, single);

        if (adapter_reaches(b->m->a, *c.pfn << PAGE_BITS | c.at, run, &ba))
            break;
        bytes += run;
        cursor_skip(&c, run);
        runs -= !b->join;
    }
    return bytes;
}

/* Nobody may cut, join or stop, and ranges are not kept: elements need only be written down. Their
 * number has been seen to by unreachable_bytes. */
static bool elements_as_they_come(const struct builder *b)
{
    return b->w->unranged && b->w->elements && !b->join && !b->w->one_run &&
           !b->w->first_run_only && choices_idle(b->s);
}

static void bounce_elements(struct builder *b, const struct bounce *run, uint64_t base)
{
    const struct bounce_part *p = run->parts, *end = p + run->part_count;
    bool single = b->s->profile.elements == ELEMENTS_SPLIT;
    struct sg_element *e = b->w->elements + b->count;
    uint32_t count = 0;

    while (p < end) {
        uint64_t next = p->source + p->length_bytes;
        uint32_t at = p->at, length = p->length_bytes;

        for (p++; p < end && !single && p->source == next && (uint32_t)next; p++) {
            next += p->length_bytes;
            length += p->length_bytes;
        }
        *e++ = (struct sg_element) { .ba = base + at, .length_bytes = length };
        count++;
    }
    b->count += count;
    b->m->a->ranges_live += count;
    b->mapped += run->length_bytes;
}

static bool bounce_here(struct builder *b, struct cursor *c, bool *more)
{
    struct cursor shape = *c;
    struct bounce *run;
    uint64_t bytes, at = 0, base;

    *more = run_out(b);
    if (!*more)
        return true;
    bytes = unreachable_bytes(b, c, b->w->first_run_only ? 1 : b->w->elements_max - b->count);
    run = bounce_alloc(b->s, adapter_zone(b->m->a), c->at, bytes);
    if (!run)
        return false;
    run->offset = b->w->offset + b->mapped;
    sg_bounce_gather(b, c, run);
    base = bounce_bus(b, run);
    if (elements_as_they_come(b)) {
        bounce_elements(b, run, base);
        *more = b->count < b->w->elements_max;
        return true;
    }
    shape.left = shape.here;
    while (at < bytes && *more) {
        uint64_t piece =
            min_u64(cursor_run(&shape, b->s->profile.elements == ELEMENTS_SPLIT), bytes - at);

        *more = sg_run_in(b, base + at, piece, true);
        at += piece;
        cursor_skip(&shape, piece);
    }
    return true;
}

static bool map_direct(struct builder *b, struct cursor *c)
{
    const struct adapter *a = b->m->a;
    bool single = b->s->profile.elements == ELEMENTS_SPLIT, more = true;

    do {
        while (c->here && more) {
            uint64_t bytes = cursor_run(c, single), ba;

            if (__builtin_expect(!adapter_reaches(a, *c->pfn << PAGE_BITS | c->at, bytes, &ba),
                                 0)) {
                if (!bounce_here(b, c, &more))
                    return false;
                continue;
            }
            more = sg_run_in(b, ba, bytes, false);
            if (more)
                cursor_skip(c, bytes);
        }
    } while (more && cursor_next_mdl(c));
    return true;
}

/* Whether all that is left lies in one run that the device reaches. */
static bool one_piece(const struct builder *b, const struct cursor *from, uint64_t bytes,
                      uint64_t *ba)
{
    struct cursor c = *from;
    uint64_t start = *c.pfn << PAGE_BITS | c.at, end = start, left = bytes;

    while (left) {
        uint64_t run = min_u64(cursor_run(&c, false), left);

        if ((*c.pfn << PAGE_BITS | c.at) != end || (end != start && !(uint32_t)end))
            return false; /* a gap, or a 4 GiB line, which no run crosses */
        end += run;
        left -= run;
        cursor_skip(&c, run);
        if (left && !c.here && !cursor_next_mdl(&c))
            return false;
    }
    return adapter_reaches(b->m->a, start, bytes, ba);
}

/* Packet: a fragmented or unreachable transfer goes through one bounce run as a whole. */
static bool map_packet(struct builder *b, struct cursor *c)
{
    bool more = true;

    do {
        uint64_t bytes = b->w->per_mdl || !b->w->chain ? c->here : c->left, ba;
        struct bounce *run = NULL;

        if (one_piece(b, c, bytes, &ba)) {
            more = sg_run_in(b, ba, bytes, false);
            cursor_skip(c, c->here < bytes ? c->here : bytes);
        } else {
            run = bounce_alloc(b->s, adapter_zone(b->m->a), c->at, bytes);
            if (!run)
                return false;
            run->offset = b->w->offset + b->mapped + b->length;
            sg_bounce_gather(b, c, run);
            more = sg_run_in(b, bounce_bus(b, run), bytes, true);
        }
    } while (b->w->per_mdl && more && b->count + 1 < b->w->elements_max && cursor_next_mdl(c));
    return true;
}

/* --- the whole --- */

/* How much of the wish so many registers carry: each MDL's pages count for themselves. */
static uint64_t cut_to_registers(const struct sg_want *w)
{
    struct cursor c;
    uint64_t registers = w->registers_max, bytes = 0;

    if (!cursor_begin(&c, w, w->length_bytes))
        return 0;
    do {
        uint64_t pages = span_pages(c.at, c.here);

        if (pages > registers)
            return bytes + registers * PAGE_BYTES - (registers ? c.at : 0);
        registers -= pages;
        bytes += c.here;
        cursor_skip(&c, c.here);
    } while (w->chain && cursor_next_mdl(&c));
    return bytes;
}

void sg_say(struct sim *s, const struct dma_map *m)
{
    for (const struct dma_range *r = m->ranges; r && s->trace.on; r = r->sibling)
        trace_emit(&s->trace, EV_MAP, API_NONE, m->owner, r->ba,
                   dir_length(r->length_bytes, m->to_device) | (r->bounced ? EVENT_BOUNCED : 0),
                   r->offset, m->mdl_obj);
}

static void undo(struct sim *s, struct dma_map *m, uint32_t unranged)
{
    m->a->ranges_live -= unranged;
    m->mapped_bytes = 0;
    for (struct dma_range *r = m->ranges; r; r = r->sibling)
        m->mapped_bytes += r->length_bytes;
    if (m->bus) /* pages that no range shows yet are translated already */
        iommu_unmap(s, m->bus, m->bus_pages);
    sg_unmap(s, m, 0, 0, true);
}

uint32_t sg_map(struct sim *s, struct dma_map *m, const struct sg_want *w)
{
    struct builder b = { .s = s, .m = m, .w = w, .tail = &m->ranges };
    uint64_t length = w->registers_max ? cut_to_registers(w) : w->length_bytes;
    struct cursor c;
    bool done;

    b.join = s->profile.elements == ELEMENTS_MERGE;
    m->offset = w->offset;
    m->to_device = w->to_device;
    m->length_bytes = m->mapped_bytes = 0;
    m->ranges = NULL;
    m->bounces = NULL;
    m->bus = 0;
    if (!length || !cursor_begin(&c, w, length))
        return 0;
    if (__builtin_expect(m->a->remapped, 0))
        done = sg_map_remapped(&b, &c);
    else if (__builtin_expect(w->one_run, 0))
        done = map_packet(&b, &c);
    else
        done = map_direct(&b, &c);
    if (done && b.length && b.count < w->elements_max)
        run_out(&b);
    *b.tail = NULL;
    m->length_bytes = m->mapped_bytes = b.mapped;
    sched_spend(s, (uint64_t)s->profile.page_ns * span_pages(0, b.mapped));
    if (__builtin_expect(!done, 0)) {
        undo(s, m, w->unranged ? b.count : 0);
        return 0;
    }
    if (__builtin_expect(!s->profile.coherent, 0))
        cache_map(s, m, w->cleans);
    return b.count;
}
