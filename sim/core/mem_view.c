/*
 * Mapped views: ranges of address space in which frames that do not follow one another in the memfd
 * follow one another for the CPU. One area lies in the system's part of the window and one below
 * MmUserProbeAddress. A range that is unmapped cannot be touched any more: the host faults, and the
 * runner makes a finding of it. Each range has a page of nothing behind it.
 */
#include "sim/core/mem_priv.h"

#include <string.h>
#include <sys/mman.h>

#include "base/err.h"
#include "base/must.h"

char *mem_user_views;

int mem_views_create(struct mem *m)
{
    for (unsigned i = 0; i < 2; i++) {
        struct view_area *a = &m->view_areas[i];
        struct run_link *links = mem_reserve(MEM_VIEW_PAGES * sizeof *links);

        a->base = i ? mem_user_views : mem_window.views;
        a->page = mem_reserve(MEM_VIEW_PAGES * sizeof *a->page);
        a->process = mem_reserve(MEM_VIEW_PAGES * sizeof *a->process);
        if (!links || !a->page || !a->process)
            return ERR_NOMEM;
        runs_init(&a->runs, links, 0, MEM_VIEW_PAGES);
    }
    return 0;
}

static void blank(struct view_area *a, uint32_t first, uint32_t count)
{
    char *at = a->base + ((uint64_t)first << PAGE_BITS);

    for (uint32_t i = first; i < first + count; i++)
        a->mapped -= a->page[i] != 0;
    memset(a->page + first, 0, count * sizeof *a->page);
    memset(a->process + first, 0, count * sizeof *a->process);
    must(mmap(at, (uint64_t)count << PAGE_BITS, PROT_NONE,
              MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0) == at);
}

void mem_views_reset(struct mem *m)
{
    for (unsigned i = 0; i < 2; i++) {
        struct view_area *a = &m->view_areas[i];

        if (a->mapped)
            blank(a, a->runs.first, a->runs.high - a->runs.first);
        must(a->mapped == 0);
        if (a->runs.high > a->runs.first)
            runs_reset(&a->runs);
    }
}

/* Maps what a->page says from first on, as few pieces as the memfd allows. */
static bool map_pages(const struct mem *m, const struct view_area *a, uint32_t first,
                      uint32_t count)
{
    for (uint32_t i = 0, run; i < count; i += run) {
        char *at = a->base + ((uint64_t)(first + i) << PAGE_BITS);
        uint32_t page = a->page[first + i];

        run = 1;
        while (i + run < count && page && a->page[first + i + run] == page + run)
            run++;
        if (page && mmap(at, (uint64_t)run << PAGE_BITS, PROT_READ | PROT_WRITE,
                         MAP_SHARED | MAP_FIXED, m->fd, (off_t)(page - 1) << PAGE_BITS) != at)
            return false;
    }
    return true;
}

void mem_views_after_fork(struct mem *m)
{
    for (unsigned i = 0; i < 2; i++)
        must(map_pages(m, &m->view_areas[i], 0, m->view_areas[i].runs.high));
}

static struct view_area *area_of(struct mem *m, const void *view, uint32_t *first)
{
    for (unsigned i = 0; i < 2; i++) {
        struct view_area *a = &m->view_areas[i];
        uint64_t at = (uint64_t)((const char *)view - a->base);

        if (at < MEM_VIEWS_BYTES) {
            *first = (uint32_t)(at >> PAGE_BITS);
            return a;
        }
    }
    return NULL;
}

uint32_t mem_views_page(const struct mem *m, const void *p)
{
    uint32_t at;
    const struct view_area *a = area_of((struct mem *)m, p, &at);

    return a && a->page[at] ? a->page[at] - 1 : MEM_NONE;
}

bool mem_views_user_valid(const struct mem *m, uint32_t process, const void *p, uint64_t bytes)
{
    const struct view_area *a = &m->view_areas[1];
    uint64_t at = (uint64_t)((const char *)p - a->base);

    if (at >= MEM_VIEWS_BYTES || bytes > MEM_VIEWS_BYTES - at)
        return false;
    for (uint64_t i = at >> PAGE_BITS; i < (at + bytes + PAGE_BYTES - 1) >> PAGE_BITS; i++)
        if (!a->page[i] || a->process[i] != (uint16_t)process)
            return false;
    return true;
}

static void *reserve(struct view_area *a, uint32_t count)
{
    uint32_t first = count < MEM_VIEW_PAGES ? runs_alloc(&a->runs, count + 1) : MEM_NONE;

    return first == MEM_NONE ? NULL : a->base + ((uint64_t)first << PAGE_BITS);
}

static bool fill(struct sim *s, void *view, uint32_t process, const uint64_t *pfns, uint32_t count)
{
    uint32_t first;
    struct view_area *a = area_of(s->mem, view, &first);

    must(a != NULL && count > 0 && first + count <= a->runs.top);
    for (uint32_t i = 0; i < count; i++)
        if (mem_page(s, pfns[i]) == MEM_NONE)
            return false;
    for (uint32_t i = 0; i < count; i++) {
        must(a->page[first + i] == 0);
        a->page[first + i] = mem_page(s, pfns[i]) + 1;
        a->process[first + i] = (uint16_t)process;
    }
    a->mapped += count;
    if (map_pages(s->mem, a, first, count))
        return true;
    blank(a, first, count); /* the host has no mappings left */
    return false;
}

void *mem_view_reserve(struct sim *s, uint32_t count)
{
    return reserve(&s->mem->view_areas[0], count);
}

bool mem_view_fill(struct sim *s, void *view, const uint64_t *pfns, uint32_t count)
{
    return fill(s, view, 0, pfns, count);
}

void mem_view_empty(struct sim *s, void *view, uint32_t count)
{
    uint32_t first;
    struct view_area *a = area_of(s->mem, view, &first);

    must(a != NULL && PAGE_OFFSET((uintptr_t)view) == 0);
    blank(a, first, count);
}

void mem_view_release(struct sim *s, void *view, uint32_t count)
{
    uint32_t first;
    struct view_area *a = area_of(s->mem, view, &first);

    must(a != NULL);
    for (uint32_t i = first; i < first + count; i++)
        must(a->page[i] == 0);
    runs_free(&a->runs, first, count + 1);
}

static void *map(struct sim *s, struct view_area *a, uint32_t process, const uint64_t *pfns,
                 uint32_t count)
{
    void *view = count ? reserve(a, count) : NULL;

    if (!view || fill(s, view, process, pfns, count))
        return view;
    mem_view_release(s, view, count);
    return NULL;
}

void *mem_view_map(struct sim *s, const uint64_t *pfns, uint32_t count)
{
    return map(s, &s->mem->view_areas[0], 0, pfns, count);
}

void *mem_user_view_map(struct sim *s, uint32_t process, const uint64_t *pfns, uint32_t count)
{
    return map(s, &s->mem->view_areas[1], process, pfns, count);
}

void mem_view_unmap(struct sim *s, void *view, uint32_t count)
{
    mem_view_empty(s, view, count);
    mem_view_release(s, view, count);
}

void mem_user_view_unmap(struct sim *s, void *view, uint32_t count)
{
    mem_view_unmap(s, view, count);
}
