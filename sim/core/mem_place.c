/*
 * Placement: which page frame number a page has. Nothing is stored: the number is computed from the
 * page, the profile's policy and one key drawn for each machine, and computed back.
 *
 * Ordinary memory (MEM_ANY) of a scattered machine is cut into groups of 16 pages. The groups
 * change places by a reversible mix, and inside a group the page numbers are XORed with a key of
 * the group, so that runs of 1, 2, 4, 8 and 16 frames occur, half of the groups giving runs of 1.
 * The other zones are identity: their frames follow one another, as bounce memory and common
 * buffers need them.
 *
 * Physical addresses, all disjoint from bus addresses (0x80000000 and up, 0x4000000000 and up):
 *
 *     0x0_00100000  below 16 MiB          0x0_01000000  below 4 GiB (up to 256 MiB)
 *     machine with memory above 4 GiB     0x1_00000000  ordinary   0x1_80000000  high contiguous
 *                                         0x1_C0000000  outside RAM (driver images, stacks)
 *     machine without                     0x0_20000000  high contiguous   0x0_30000000  ordinary
 *                                         0x0_70000000  outside RAM
 */
#include "sim/core/mem_priv.h"

#include "base/must.h"
#include "base/rng.h"

#define PLACEMENTS 65536u /* keys that the choice tells apart */
#define PFN(physical) ((physical) >> PAGE_BITS)
#define BELOW_16M_PAGES 3840u /* 1 MiB to 16 MiB */

_Static_assert(PFN(0x30000000ull) + (MEM_RAM_MAX_BYTES >> PAGE_BITS) <= PFN(0x70000000ull),
               "ordinary memory ends below what lies outside RAM");
_Static_assert(PFN(0x70000000ull) + MEM_HOST_PAGES_MAX <= PFN(0x80000000ull),
               "memory below 4 GiB ends where 32-bit bus addresses begin");

static uint32_t inverse_odd(uint32_t a)
{
    uint32_t x = a; /* right in 3 bits; each step doubles them */

    for (int i = 0; i < 4; i++)
        x *= 2 - a * x;
    return x;
}

void place_key(struct placement *pl, uint32_t value)
{
    uint64_t r = rng_mix(value ^ 0x706c616365ull);

    pl->key = r;
    pl->mul[0] = ((uint32_t)r & ~7u) | 5; /* neither 1 nor -1: neighbours always part */
    pl->mul[1] = ((uint32_t)(r >> 32) & ~7u) | 3;
    pl->inverse[0] = inverse_odd(pl->mul[0]);
    pl->inverse[1] = inverse_odd(pl->mul[1]);
    pl->add = (uint32_t)(rng_mix(r) >> 40);
    pl->shift = (pl->bits + 1) / 2 ? (pl->bits + 1) / 2 : 1;
    pl->drawn = true;
    pl->last.first_pfn = PLACE_NONE;
}

static __attribute__((noinline)) void place_draw(struct mem *m)
{
    must(m->s != NULL);
    place_key(&m->place, choice_draw(m->s, CHOICE_PLACEMENT, PLACEMENTS));
}

void place_init(struct mem *m, const struct profile *p)
{
    struct placement *pl = &m->place;
    uint32_t total = m->ram_pages, low = total / 16, quarter = total / 4, at;

    pl->drawn = false;
    pl->last.first_pfn = PLACE_NONE;
    pl->scattered = p->placement == MEMORY_SCATTERED;
    low = (low > BELOW_16M_PAGES ? BELOW_16M_PAGES : low) & ~(GROUP_PAGES - 1);
    quarter &= ~(GROUP_PAGES - 1);
    at = total - low - 2 * quarter;
    pl->zone_first[MEM_ANY] = 0;
    pl->zone_end[MEM_ANY] = pl->zone_first[MEM_BELOW_16M] = at;
    pl->zone_end[MEM_BELOW_16M] = pl->zone_first[MEM_BELOW_4G] = at + low;
    pl->zone_end[MEM_BELOW_4G] = pl->zone_first[MEM_HIGH_CONTIGUOUS] = at + low + quarter;
    pl->zone_end[MEM_HIGH_CONTIGUOUS] = total;
    pl->zone_pfn[MEM_BELOW_16M] = PFN(0x100000ull);
    pl->zone_pfn[MEM_BELOW_4G] = PFN(0x1000000ull);
    pl->zone_pfn[MEM_HIGH_CONTIGUOUS] = PFN(p->above_4g ? 0x180000000ull : 0x20000000ull);
    pl->zone_pfn[MEM_ANY] = pl->any_pfn = PFN(p->above_4g ? 0x100000000ull : 0x30000000ull);
    pl->host_pfn = PFN(p->above_4g ? 0x1c0000000ull : 0x70000000ull);
    pl->bits = 0;
    while ((GROUP_PAGES << pl->bits) < at)
        pl->bits++;
}

/* Where a group lies; a permutation of [0, 2^bits). */
static uint32_t group_place(const struct placement *pl, uint32_t group)
{
    uint32_t mask = (1u << pl->bits) - 1, x = group * pl->mul[0] & mask;

    x ^= x >> pl->shift;
    return (x * pl->mul[1] + pl->add) & mask;
}

static uint32_t group_unplace(const struct placement *pl, uint32_t place)
{
    uint32_t mask = (1u << pl->bits) - 1, x = (place - pl->add) * pl->inverse[1] & mask;

    x ^= x >> pl->shift; /* its own inverse: the shift is at least half of the bits */
    return x * pl->inverse[0] & mask;
}

static uint32_t group_key(const struct placement *pl, uint32_t group)
{
    return (uint32_t)((group + 1) * pl->key >> 37) & (GROUP_PAGES - 1);
}

uint64_t mem_pfn(const struct sim *s, uint32_t page)
{
    struct mem *m = s->mem;
    const struct placement *pl = &m->place;

    must(page < m->ram_pages);
    if (page >= pl->zone_end[MEM_ANY]) {
        enum mem_zone z = MEM_BELOW_16M;

        while (page >= pl->zone_end[z])
            z++;
        return pl->zone_pfn[z] + (page - pl->zone_first[z]);
    }
    if (!pl->scattered)
        return pl->any_pfn + page;
    if (!pl->drawn)
        place_draw(m);
    uint32_t group = page >> GROUP_BITS;

    return pl->any_pfn + (group_place(pl, group) << GROUP_BITS |
                          ((page & (GROUP_PAGES - 1)) ^ group_key(pl, group)));
}

/* The first page of the group at this place. It is remembered when all of its pages are there. */
static uint32_t group_at(struct mem *m, uint32_t place, uint32_t *key)
{
    struct placement *pl = &m->place;
    uint32_t group, first;

    if (!pl->drawn)
        place_draw(m);
    group = group_unplace(pl, place);
    first = group << GROUP_BITS;
    *key = group_key(pl, group);
    if (first + GROUP_PAGES <= pl->zone_end[MEM_ANY]) {
        pl->last.first_pfn = pl->any_pfn + ((uint64_t)place << GROUP_BITS);
        pl->last.first_page = first;
        pl->last.key = *key;
    }
    return first;
}

uint32_t mem_page(const struct sim *s, uint64_t pfn)
{
    struct mem *m = s->mem;
    const struct placement *pl = &m->place;
    uint64_t at = pfn - pl->any_pfn;
    uint32_t page, key;

    if (place_near(pl, pfn, &page))
        return page;
    if (at < (uint64_t)GROUP_PAGES << pl->bits) {
        if (!pl->scattered)
            return at < pl->zone_end[MEM_ANY] ? (uint32_t)at : MEM_NONE;
        page = group_at(m, (uint32_t)at >> GROUP_BITS, &key);
        page |= ((uint32_t)at & (GROUP_PAGES - 1)) ^ key;
        return page < pl->zone_end[MEM_ANY] ? page : MEM_NONE;
    }
    for (enum mem_zone z = MEM_BELOW_16M; z < MEM_ZONES; z++)
        if (pfn - pl->zone_pfn[z] < pl->zone_end[z] - pl->zone_first[z])
            return pl->zone_first[z] + (uint32_t)(pfn - pl->zone_pfn[z]);
    return MEM_NONE;
}

void mem_zone_range(const struct sim *s, enum mem_zone zone, uint64_t *physical, uint64_t *bytes)
{
    const struct placement *pl = &s->mem->place;
    uint64_t pages = zone == MEM_ANY && pl->scattered ? (uint64_t)GROUP_PAGES << pl->bits
                                                      : pl->zone_end[zone] - pl->zone_first[zone];

    must(zone < MEM_ZONES);
    *physical = pl->zone_pfn[zone] << PAGE_BITS;
    *bytes = pages << PAGE_BITS;
}

bool mem_ram_range(const struct sim *s, unsigned index, uint64_t *physical, uint64_t *bytes)
{
    const struct placement *pl = &s->mem->place;
    bool any_first = pl->any_pfn < pl->zone_pfn[MEM_HIGH_CONTIGUOUS];
    enum mem_zone ascending[MEM_ZONES] = { MEM_BELOW_16M, MEM_BELOW_4G,
                                           any_first ? MEM_ANY : MEM_HIGH_CONTIGUOUS,
                                           any_first ? MEM_HIGH_CONTIGUOUS : MEM_ANY };

    if (index >= MEM_ZONES)
        return false;
    mem_zone_range(s, ascending[index], physical, bytes);
    return true;
}
