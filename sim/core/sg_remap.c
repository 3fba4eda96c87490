/*
 * Mapping behind an IOMMU: one range of bus addresses for a transfer, a bus page for each page of
 * each MDL. What an external device must not see is bounced behind it.
 */
#include "sim/core/iommu.h"
#include "sim/core/sg_private.h"

static uint32_t bus_pages_of(const struct builder *b, const struct cursor *from)
{
    struct cursor c = *from;
    uint64_t pages = 0;

    do {
        pages += span_pages(c.at, c.here);
        cursor_skip(&c, c.here);
    } while ((b->w->chain) && cursor_next_mdl(&c));
    return (uint32_t)pages;
}

/* One bus page for what the cursor has of this frame. An external device must not see the rest of a
 * page that it has only a part of, so such a part is bounced. */
static bool map_page(struct builder *b, struct cursor *c, uint64_t bus, uint64_t bytes,
                     uint64_t offset, bool *bounced)
{
    struct sim *s = b->s;
    uint64_t pfn = *c->pfn;
    struct bounce *run;

    if (s->profile.external && bytes < PAGE_BYTES) {
        run = bounce_alloc(s, MEM_BELOW_4G, c->at, bytes);
        if (!run)
            return false;
        run->offset = offset;
        pfn = bounce_pa(s, run) >> PAGE_BITS;
        sg_bounce_gather(b, c, run);
        *bounced = true;
    } else {
        cursor_skip(c, bytes);
    }
    iommu_map(s, b->m->a->device->domain, bus, pfn, b->w->to_device ? IOMMU_READ : IOMMU_WRITE);
    return true;
}

static uint64_t bus_reserve(struct builder *b, uint32_t pages)
{
    struct dma_map *m = b->m;
    uint32_t skip = choice_rare(b->s, CHOICE_MAPREG_PLACE, 8, 4);
    uint64_t bus =
        iommu_reserve(b->s, iommu_window_of(m->a->address_bits), pages + skip, 1, 0, m->a->ba_max);

    if (!bus)
        return 0;
    m->bus = bus;
    m->bus_pages = pages + skip;
    return bus + (uint64_t)skip * PAGE_BYTES;
}

static bool bus_elements(struct builder *b, uint64_t bus, uint64_t bytes, bool bounced)
{
    if (b->s->profile.elements != ELEMENTS_SPLIT || b->w->one_run)
        return sg_run_in(b, bus, bytes, bounced);
    while (bytes) {
        uint64_t piece = min_u64(PAGE_BYTES - PAGE_OFFSET(bus), bytes);

        if (!sg_run_in(b, bus, piece, bounced))
            return false;
        bus += piece;
        bytes -= piece;
    }
    return true;
}

/* A packet over a chain whose parts do not meet at page borders: no translation can make them
 * one run, so the whole goes through a bounce run behind the IOMMU. */
static bool map_remapped_packet(struct builder *b, struct cursor *c)
{
    uint64_t bytes = c->left;
    uint32_t at = c->at, pages = (uint32_t)span_pages(at, bytes);
    uint64_t bus = bus_reserve(b, pages);
    struct bounce *run = bus ? bounce_alloc(b->s, MEM_BELOW_4G, at, bytes) : NULL;

    if (!run)
        return false;
    run->offset = b->w->offset;
    for (uint32_t i = 0; i < pages; i++)
        iommu_map(b->s, b->m->a->device->domain, bus + (uint64_t)i * PAGE_BYTES,
                  mem_pfn(b->s, run->first_page + i), b->w->to_device ? IOMMU_READ : IOMMU_WRITE);
    sg_bounce_gather(b, c, run);
    sg_run_in(b, bus + at, bytes, true);
    return true;
}

static bool meets_at_pages(const struct cursor *from)
{
    struct cursor c = *from;

    while (c.here < c.left) {
        uint32_t end = PAGE_OFFSET(c.at + c.here);

        cursor_skip(&c, c.here);
        if (!cursor_next_mdl(&c))
            return true;
        if (end || c.at)
            return false;
    }
    return true;
}

/* How many bytes under the cursor still find an element. What no element shows is not translated:
 * nothing would ever take such a translation away. */
static uint64_t bytes_shown(struct builder *b, const struct cursor *c, uint64_t first)
{
    uint64_t room;

    if (!sg_run_in(b, first, 0, b->bounced)) /* what was growing is put out, unless this joins it */
        return 0;
    if (b->s->profile.elements != ELEMENTS_SPLIT || b->w->one_run)
        return c->here;
    room = b->w->first_run_only ? 1 : b->w->elements_max - b->count;
    return room > c->here >> PAGE_BITS ? c->here : min_u64(c->here, room * PAGE_BYTES - c->at);
}

bool sg_map_remapped(struct builder *b, struct cursor *c)
{
    bool more = true;
    uint64_t bus, offset = b->w->offset;

    if (b->w->one_run && !b->w->per_mdl && b->w->chain && !meets_at_pages(c))
        return map_remapped_packet(b, c);
    if (b->w->one_run && !b->w->per_mdl)
        b->join = true;
    bus = bus_reserve(b, bus_pages_of(b, c));
    if (!bus)
        return false;
    do {
        uint64_t first = bus + c->at, bytes = bytes_shown(b, c, first), done = 0;
        bool bounced = false;

        more = bytes == c->here;
        if (!bytes)
            break;

        while (done < bytes) {
            uint64_t piece = min_u64(PAGE_BYTES - c->at, bytes - done);

            if (!map_page(b, c, bus, piece, offset + done, &bounced))
                return false;
            done += piece;
            bus += PAGE_BYTES;
        }
        offset += bytes;
        more &= bus_elements(b, first, bytes, bounced);
    } while (more && b->w->chain && cursor_next_mdl(c));
    return true;
}
