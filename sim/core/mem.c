/*
 * One machine's memory: lending the one RAM of the process to it, and what a pointer or a physical
 * address is. Nothing is unmapped or given back to the host between machines: a page that an
 * earlier machine wrote is made zero when a later machine takes it (mem_pages.c), so that making a
 * machine costs what its run dirties and no more.
 */
#include "sim/core/mem_priv.h"

#include <sys/mman.h>

#include "base/err.h"
#include "base/must.h"
#include "sim/core/sched.h"

#define REGION_BITS 56        /* of an offset in a region */
#define SMALL_VALUES 0x10000u /* below: no pointer but a number */

/* Everything that the last machine did is forgotten; its bytes go when their pages are taken
 * again. */
static void forget(struct mem *m)
{
    m->epoch++;
    must(m->epoch != 0);
    mem_pages_reset(m);
    mem_views_reset(m);
    runs_reset(&m->mmio);
    pool_reset(m);
    objmap_reset(&m->host_names);
    objmap_reset(&m->host_pages);
    m->host_name_count = m->host_page_count = 0;
    m->host_last = NULL;
}

int mem_create(struct sim *s)
{
    struct mem *m = &mem_memory;
    int err;

    must(m->s == NULL); /* one machine at a time */
    err = mem_make(m);
    if (err)
        return err;
    s->mem = m;
    m->s = s;
    m->ram_pages = s->profile.ram_mib << (20 - PAGE_BITS);
    if (m->ram_pages > MEM_PAGES_MAX || m->ram_pages < MEM_PAGES_MIN)
        m->ram_pages = m->ram_pages < MEM_PAGES_MIN ? MEM_PAGES_MIN : MEM_PAGES_MAX;
    place_init(m, &s->profile);
    mem_pages_lay_out(m);
    forget(m);
    mem_door_attach();
    return 0;
}

void mem_reset(struct sim *s)
{
    struct mem *m = s->mem;

    must(m->s == s);
    forget(m);
    place_init(m, &s->profile); /* the machine may be another one than the last */
    mem_door_attach();
}

void mem_destroy(struct sim *s)
{
    if (!s->mem)
        return;
    must(s->mem->s == s);
    forget(s->mem);
    s->mem->s = NULL;
    s->mem = NULL;
}

/* --- pointers --- */

bool mem_is_user(const void *p)
{
    return (uint64_t)((const char *)p - mem_user_views) < MEM_VIEWS_BYTES + MEM_RAM_MAX_BYTES;
}

bool mem_is_system(const void *p)
{
    return (uint64_t)((const char *)p - mem_window.system) < MEM_RAM_MAX_BYTES + MEM_VIEWS_BYTES;
}

bool mem_in_window(const void *p)
{
    return (uint64_t)((const char *)p - mem_user_views) < MEM_VIEWS_BYTES + MEM_WINDOW_BYTES;
}

uint32_t mem_page_of(const struct sim *s, const void *p)
{
    const struct mem *m = s->mem;
    uint64_t at = (uint64_t)((const char *)p - mem_window.user), page;

    if (at < 2 * MEM_RAM_MAX_BYTES)
        page = (at & (MEM_RAM_MAX_BYTES - 1)) >> PAGE_BITS;
    else if (MEM_ASAN && (uint64_t)((const char *)p - mem_raw) < MEM_RAM_MAX_BYTES)
        page = (uint64_t)((const char *)p - mem_raw) >> PAGE_BITS;
    else
        return mem_views_page(m, p);
    return page < m->ram_pages ? (uint32_t)page : MEM_NONE;
}

void *mem_at(const struct sim *s, struct pa pa)
{
    const struct mem *m = s->mem;
    uint64_t pfn = pa.v >> PAGE_BITS, host = pfn - m->place.host_pfn;
    uint32_t page;

    if (!place_near(&m->place, pfn, &page))
        page = mem_page(s, pfn);

    /* With ASan: a view of its own without poison, since what a device touches is judged
     * elsewhere. */
    if (page != MEM_NONE)
        return (MEM_ASAN ? mem_raw : mem_window.system) + ((uint64_t)page << PAGE_BITS) +
               PAGE_OFFSET(pa.v);
    return host < m->host_page_count ? (char *)(uintptr_t)m->host_page_at[host] + PAGE_OFFSET(pa.v)
                                     : NULL;
}

uint64_t mem_host_pfn(struct sim *s, const void *p)
{
    struct mem *m = s->mem;
    const char *at = (const char *)align_down((uint64_t)(uintptr_t)p, PAGE_BYTES);
    struct objmap_entry *e = objmap_find(&m->host_pages, at);

    if (e)
        return m->place.host_pfn + e->obj - 1;
    /* A wild pointer has no frame: the host says whether anything is there (ENOMEM: nothing). */
    if (m->host_page_count == MEM_HOST_PAGES_MAX ||
        msync((void *)(uintptr_t)at, PAGE_BYTES, MS_ASYNC))
        return 0;
    m->host_page_at[m->host_page_count++] = at;
    objmap_put(&m->host_pages, at, m->host_page_count, NULL);
    return m->place.host_pfn + m->host_page_count - 1;
}

static struct va region(enum mem_region r, uint64_t offset)
{
    return (struct va) { (uint64_t)r << REGION_BITS | offset };
}

/* On the running stack: the distance from its top, which is the same in every run. */
static __attribute__((noinline)) struct va va_of_host(struct sim *s, const void *p)
{
    struct mem *m = s->mem;
    struct objmap_entry *e = objmap_find(&m->host_names, p);

    if (!e) {
        objmap_put(&m->host_names, p, ++m->host_name_count, NULL);
        e = objmap_find(&m->host_names, p);
    }
    m->host_last = p;
    m->host_last_number = e->obj;
    return region(REGION_HOST, e->obj);
}

static struct va va_of_window(uint64_t at)
{
    if (at < MEM_RAM_MAX_BYTES)
        return region(REGION_USER, at);
    if (at < 2 * MEM_RAM_MAX_BYTES)
        return region(REGION_SYSTEM, at - MEM_RAM_MAX_BYTES);
    if (at < 2 * MEM_RAM_MAX_BYTES + MEM_VIEWS_BYTES)
        return region(REGION_VIEW, at - 2 * MEM_RAM_MAX_BYTES);
    return region(REGION_MMIO, at - 2 * MEM_RAM_MAX_BYTES - MEM_VIEWS_BYTES);
}

/* The regions do not overlap: the order is how often each is asked for. */
struct va va_of_elsewhere(struct sim *s, const void *p)
{
    uint64_t at = (uint64_t)((const char *)p - mem_window.user);
    const char *high = s->hot.stack_high;

    if ((const char *)p >= (const char *)s->hot.stack_low && (const char *)p < high)
        return region(REGION_STACK,
                      (uint64_t)s->trace.agent << 32 | (uint64_t)(high - (const char *)p));
    if (p == s->mem->host_last && p)
        return region(REGION_HOST, s->mem->host_last_number);
    if (at < MEM_WINDOW_BYTES)
        return va_of_window(at);
    if (MEM_ASAN && at < MEM_WINDOW_BYTES + MEM_RAM_MAX_BYTES)
        return region(REGION_SYSTEM, at - MEM_WINDOW_BYTES);
    if ((uint64_t)((const char *)p - mem_user_views) < MEM_VIEWS_BYTES)
        return region(REGION_USER_VIEW, (uint64_t)((const char *)p - mem_user_views));
    if ((uint64_t)(uintptr_t)p < SMALL_VALUES)
        return (struct va) { (uint64_t)(uintptr_t)p };
    return va_of_host(s, p);
}

bool va_is_place(struct sim *s, const void *p)
{
    return mem_in_window(p) || (uint64_t)(uintptr_t)p < SMALL_VALUES ||
           ((const char *)p >= (const char *)s->hot.stack_low &&
            (const char *)p < (const char *)s->hot.stack_high);
}

void *va_pointer(struct va v)
{
    uint64_t at = v.v & ((1ull << REGION_BITS) - 1);

    switch (v.v >> REGION_BITS) {
    case 0:
        return v.v < SMALL_VALUES ? (void *)(uintptr_t)v.v : NULL;
    case REGION_USER:
        return at < MEM_RAM_MAX_BYTES ? mem_window.user + at : NULL;
    case REGION_SYSTEM:
        return at < MEM_RAM_MAX_BYTES ? mem_window.system + at : NULL;
    case REGION_VIEW:
        return at < MEM_VIEWS_BYTES ? mem_window.views + at : NULL;
    case REGION_MMIO:
        return at < MEM_MMIO_BYTES ? mem_window.mmio + at : NULL;
    case REGION_USER_VIEW:
        return at < MEM_VIEWS_BYTES ? mem_user_views + at : NULL;
    }
    return NULL;
}

/* --- BAR space --- */

void *mem_mmio_alloc(struct sim *s, uint64_t bytes)
{
    uint64_t pages = (bytes + PAGE_BYTES - 1) >> PAGE_BITS;
    uint32_t first = pages > MEM_MMIO_PAGES ? MEM_NONE : runs_alloc(&s->mem->mmio, (uint32_t)pages);

    return first == MEM_NONE ? NULL : mem_window.mmio + ((uint64_t)first << PAGE_BITS);
}

void mem_mmio_free(struct sim *s, void *p, uint64_t bytes)
{
    uint64_t at = (uint64_t)((char *)p - mem_window.mmio);

    must(at < MEM_MMIO_BYTES && PAGE_OFFSET(at) == 0);
    runs_free(&s->mem->mmio, (uint32_t)(at >> PAGE_BITS),
              (uint32_t)((bytes + PAGE_BYTES - 1) >> PAGE_BITS));
}
