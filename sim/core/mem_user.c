/*
 * User memory: pages of one process, zeroed, seen by the scenario and the driver through the user
 * view. A page that belongs to nobody lies behind each range, so that an overrun is not another
 * buffer's data.
 */
#include "sim/core/mem_priv.h"

#include "base/must.h"

#define GAPS 4u /* pages left out in front: shifts a buffer against the runs of its frames */

void *mem_user_alloc(struct sim *s, uint32_t process, uint64_t bytes, uint32_t offset)
{
    struct mem *m = s->mem;
    uint64_t pages = span_pages(offset, bytes ? bytes : 1) + 1;
    uint32_t gap, first;

    must(offset < PAGE_BYTES);
    if (pages > m->ram_pages)
        return NULL;
    gap = choice_draw(s, CHOICE_POOL_PLACE, GAPS);
    first = mem_pages_get(m, MEM_ANY, gap + (uint32_t)pages, true);
    if (first == MEM_NONE)
        return NULL;
    if (gap)
        mem_pages_free(s, first, gap);
    first += gap;
    mem_frames_use(s, first, (uint32_t)pages - 1, FRAME_USER);
    for (uint32_t i = first; i < first + pages - 1; i++)
        m->frames[i].process = (uint16_t)process;
    m->owner[first] = (uint32_t)pages;
    mem_populate_user(m, first, (uint32_t)pages - 1);
    return (char *)mem_user(first) + offset;
}

void mem_user_free(struct sim *s, void *p)
{
    uint32_t first = mem_page_of(s, p);

    must(mem_is_user(p) && first != MEM_NONE && s->mem->frames[first].allocated == FRAME_USER);
    must(s->mem->owner[first] > 0);
    mem_pages_free(s, first, s->mem->owner[first]);
}

bool mem_user_valid(struct sim *s, uint32_t process, const void *p, uint64_t bytes)
{
    const struct mem *m = s->mem;
    uint64_t at = (uint64_t)((const char *)p - mem_window.user),
             ram = (uint64_t)m->ram_pages << PAGE_BITS;

    if (mem_views_user_valid(m, process, p, bytes))
        return true;
    if (at >= ram || bytes > ram - at)
        return false;
    for (uint64_t i = at >> PAGE_BITS; i < (at + bytes + PAGE_BYTES - 1) >> PAGE_BITS; i++) {
        const struct frame *f = &m->frames[i];

        if ((f->allocated != FRAME_USER && !f->user_mapped) || f->process != (uint16_t)process)
            return false;
    }
    return true;
}
