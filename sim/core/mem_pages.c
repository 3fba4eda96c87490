/*
 * The page allocator: contiguous pages out of a zone, the state of each frame, and the promise that
 * nobody sees what an earlier machine wrote. Each page remembers the machine that used it last;
 * whoever takes it in another machine gets it zeroed first.
 */
#include "sim/core/mem_priv.h"

#include <string.h>
#include <sys/mman.h>

#include "base/must.h"

#define POPULATE_PAGES                                                                             \
    64u /* mapped in advance at a time, so that first uses do not fault one by one */

char *mem_raw;

void mem_pages_lay_out(struct mem *m)
{
    for (unsigned z = 0; z < MEM_ZONES; z++) {
        /* Page 0 is nobody's: the window's first bytes are near what a wild index reaches. */
        uint32_t first = m->place.zone_first[z] + (z == MEM_ANY);

        runs_init(&m->zones[z], m->page_links, first, m->place.zone_end[z]);
    }
}

void mem_pages_reset(struct mem *m)
{
    for (unsigned z = 0; z < MEM_ZONES; z++) {
        struct runs *r = &m->zones[z];

        /* Nothing to clear is not a memset of nothing: the host's masked stores are slow where no
         * page is present, even if they store no byte. */
        if (r->high == r->first)
            continue;
        memset(m->frames + r->first, 0, (r->high - r->first) * sizeof *m->frames);
        memset(m->owner + r->first, 0, (r->high - r->first) * sizeof *m->owner);
        runs_reset(r);
    }
}

static struct runs *zone_of(struct mem *m, uint32_t page)
{
    for (unsigned z = 0; z < MEM_ZONES; z++)
        if (page >= m->zones[z].first && page < m->zones[z].end)
            return &m->zones[z];
    return NULL;
}

static void populate(char *view, uint8_t *done, uint32_t first, uint32_t count)
{
    for (uint32_t block = first / POPULATE_PAGES; block <= (first + count - 1) / POPULATE_PAGES;
         block++)
        if (!(done[block / 8] & 1u << block % 8)) {
            done[block / 8] |= (uint8_t)(1u << block % 8);
            /* A hint: where the host refuses, the pages come by faults. */
            (void)madvise(view + ((uint64_t)block * POPULATE_PAGES << PAGE_BITS),
                          (uint64_t)POPULATE_PAGES << PAGE_BITS, MADV_POPULATE_WRITE);
        }
}

void mem_populate_user(struct mem *m, uint32_t first, uint32_t count)
{
    populate(mem_window.user, m->populated_user, first, count);
}

/* zero: also what this machine wrote goes. */
static void clean(struct mem *m, uint32_t first, uint32_t count, bool zero)
{
    for (uint32_t i = first, run; i < first + count; i += run) {
        uint32_t epoch = m->epochs[i];
        bool dirty = epoch != 0 && (zero || epoch != m->epoch);

        run = 0;
        while (i + run < first + count && m->epochs[i + run] == epoch)
            m->epochs[i + run++] = m->epoch;
        if (dirty)
            memset(mem_system(i), 0, (uint64_t)run << PAGE_BITS);
        must(run > 0);
    }
}

static uint32_t take(struct mem *m, enum mem_zone zone, uint32_t count)
{
    uint32_t first;

    must(zone < MEM_ZONES);
    first = runs_alloc(&m->zones[zone], count);
    if (first == MEM_NONE)
        return MEM_NONE;
    for (uint32_t i = first; i < first + count; i++) {
        must(m->frames[i].allocated == FRAME_FREE);
        m->frames[i] = (struct frame) { .allocated = FRAME_OTHER };
    }
    populate(mem_window.system, m->populated_system, first, count);
    mem_unpoison(mem_system(first), (uint64_t)count << PAGE_BITS);
    return first;
}

uint32_t mem_pages_get(struct mem *m, enum mem_zone zone, uint32_t count, bool zero)
{
    uint32_t first = take(m, zone, count);

    if (first != MEM_NONE)
        clean(m, first, count, zero);
    return first;
}

uint32_t mem_pages_alloc(struct sim *s, enum mem_zone zone, uint32_t count)
{
    return mem_pages_get(s->mem, zone, count, false);
}

uint32_t mem_pages_alloc_zeroed(struct sim *s, enum mem_zone zone, uint32_t count)
{
    return mem_pages_get(s->mem, zone, count, true);
}

uint32_t mem_pages_reserve(struct sim *s, enum mem_zone zone, uint32_t count)
{
    return take(s->mem, zone, count);
}

void mem_pages_clean(struct sim *s, uint32_t first, uint32_t count)
{
    must(count > 0 && first + count <= s->mem->ram_pages);
    clean(s->mem, first, count, false);
}

/* A driver may free memory that is locked or that a device still reaches. As Windows does, the
 * frame then belongs to nobody until the last reference is gone; here: until the machine ends. */
void mem_pages_free(struct sim *s, uint32_t first, uint32_t count)
{
    struct mem *m = s->mem;
    struct runs *zone = zone_of(m, first);
    bool held = false;

    must(zone && count > 0 && first + count <= zone->end);
    for (uint32_t i = first; i < first + count; i++) {
        must(m->frames[i].allocated != FRAME_FREE && m->frames[i].allocated != FRAME_HELD);
        held |= m->frames[i].locks || m->frames[i].mappings;
    }
    for (uint32_t i = first; i < first + count; i++) {
        m->frames[i].allocated = held ? FRAME_HELD : FRAME_FREE;
        m->frames[i].user_mapped = 0;
        m->owner[i] = 0;
    }
    if (!held)
        runs_free(zone, first, count);
}

struct frame *mem_frame(struct sim *s, uint32_t page)
{
    must(page < s->mem->ram_pages);
    return &s->mem->frames[page];
}

void mem_frames_use(struct sim *s, uint32_t first, uint32_t count, enum frame_use use)
{
    must(use != FRAME_FREE && use != FRAME_HELD && first + count <= s->mem->ram_pages);
    for (uint32_t i = first; i < first + count; i++) {
        must(s->mem->frames[i].allocated != FRAME_FREE);
        s->mem->frames[i].allocated = (uint8_t)use;
    }
}
