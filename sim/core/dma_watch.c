/*
 * The memory of our lists. Lists lie in pages of their own; while somebody listens, the access door
 * asks about those pages, and a touch that nobody may make is said (owned.c).
 */
#include <string.h>

#include "base/must.h"
#include "sim/core/mapreg.h"
#include "sim/core/owned.h"

#define CHUNK_PAGES 4u

/* Memory for one list of this size (a power of two, 256 at least). NULL: none. */
void *list_memory(struct sim *s, unsigned class, uint64_t bytes)
{
    struct dma *d = s->dma;
    char **at = &d->lists[class].carve;

    if (!*at || *at == d->lists[class].carve_end) {
        uint32_t pages = (uint32_t)max_u64(CHUNK_PAGES, bytes >> PAGE_BITS);
        uint32_t first = mem_pages_alloc(s, MEM_ANY, pages);

        if (first == MEM_NONE)
            return NULL;
        mem_frames_use(s, first, pages, FRAME_OTHER);
        *at = mem_system(first);
        d->lists[class].carve_end = *at + (uint64_t)pages * PAGE_BYTES;
        for (uint32_t i = 0; i < pages; i++)
            objmap_put(&d->list_pages, *at + (uint64_t)i * PAGE_BYTES, class + 1, *at);
        if (s->trace.on)
            owned_mark(*at, (uint64_t)pages * PAGE_BYTES);
    }
    void *p = *at;

    *at += bytes;
    return p;
}

bool list_memory_at(struct sim *s, uint64_t address, uint32_t *obj, bool *live)
{
    struct objmap_entry *page =
        objmap_find(&s->dma->list_pages, (void *)(uintptr_t)align_down(address, PAGE_BYTES));
    uint64_t base;

    if (!page)
        return false;
    base = (uint64_t)(uintptr_t)page->data;
    base += align_down(address - base, 256ull << (page->obj - 1));
    *live = list_find(s, (void *)(uintptr_t)base, obj) != NULL;
    return true;
}
