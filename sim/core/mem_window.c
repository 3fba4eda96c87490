/*
 * The window of the process: the memfd that is RAM, its views at fixed addresses, and the tables
 * beside it. Made once, at the first machine, and never given back. A forked child gets a copy of
 * its own.
 */
#include "sim/core/mem_priv.h"

#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/err.h"
#include "base/must.h"

#define HOST_NAME_BITS 6

struct mem mem_memory = { .fd = -1 };
struct mem_window mem_window;

void *mem_reserve(uint64_t bytes)
{
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                   -1, 0);

    return p == MAP_FAILED ? NULL : p;
}

static bool map_ram(int fd, char *at)
{
    return mmap(at, MEM_RAM_MAX_BYTES, PROT_READ | PROT_WRITE,
                MAP_SHARED | MAP_FIXED | MAP_NORESERVE, fd, 0) == at;
}

static int ram_file(void)
{
    int fd = memfd_create("dmacheck-ram", MFD_CLOEXEC);

    if (fd >= 0 && ftruncate(fd, (off_t)MEM_RAM_MAX_BYTES) != 0) {
        close(fd);
        fd = -1;
    }
    return fd;
}

static bool map_views(int fd)
{
    return map_ram(fd, mem_window.user) && map_ram(fd, mem_window.system) &&
           (!MEM_ASAN || map_ram(fd, mem_raw));
}

/*
 * A forked child (dmacheck --jobs) gets RAM of its own: the memfd is shared, and parent and child
 * would write into each other's machines. What a live machine has in it is taken along.
 */
static void after_fork(void)
{
    struct mem *m = &mem_memory;
    int fd = ram_file();

    must(fd >= 0);
    for (unsigned z = 0; m->s && z < MEM_ZONES; z++) {
        uint64_t at = (uint64_t)m->zones[z].first << PAGE_BITS;
        uint64_t end = (uint64_t)m->zones[z].high << PAGE_BITS;

        while (at < end) {
            ssize_t n =
                pwrite(fd, (MEM_ASAN ? mem_raw : mem_window.system) + at, end - at, (off_t)at);

            must(n > 0);
            at += (uint64_t)n;
        }
    }
    must(map_views(fd));
    close(m->fd);
    m->fd = fd;
    if (!m->s)
        memset(m->epochs, 0, MEM_PAGES_MAX * sizeof *m->epochs);
    memset(m->populated_system, 0, sizeof m->populated_system);
    memset(m->populated_user, 0, sizeof m->populated_user);
    mem_views_after_fork(m);
}

static bool make_window(void)
{
    char *base = (char *)(uintptr_t)MEM_WINDOW_BASE - MEM_VIEWS_BYTES;
    uint64_t bytes = MEM_VIEWS_BYTES + MEM_WINDOW_BYTES + (MEM_ASAN ? MEM_RAM_MAX_BYTES : 0);

    if (mmap(base, bytes, PROT_NONE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0) != base)
        return false;
    mem_user_views = base;
    mem_window.user = base + MEM_VIEWS_BYTES;
    mem_window.system = mem_window.user + MEM_RAM_MAX_BYTES;
    mem_window.views = mem_window.system + MEM_RAM_MAX_BYTES;
    mem_window.mmio = mem_window.views + MEM_VIEWS_BYTES;
    mem_raw = mem_window.mmio + MEM_MMIO_BYTES;
    return mprotect(mem_window.mmio, MEM_MMIO_BYTES, PROT_READ | PROT_WRITE) == 0;
}

/* Once for the process: the window, the memfd and the tables, all of them sparse. */
int mem_make(struct mem *m)
{
    if (m->fd >= 0)
        return 0;
    if (!mem_window.user && !make_window())
        return ERR_NOMEM;
    int fd = ram_file();

    if (fd < 0 || !map_views(fd))
        return ERR_NOMEM;
    m->frames = mem_reserve(MEM_PAGES_MAX * sizeof *m->frames);
    m->epochs = mem_reserve(MEM_PAGES_MAX * sizeof *m->epochs);
    m->owner = mem_reserve(MEM_PAGES_MAX * sizeof *m->owner);
    m->page_links = mem_reserve(MEM_PAGES_MAX * sizeof *m->page_links);
    m->mmio_links = mem_reserve(MEM_MMIO_PAGES * sizeof *m->mmio_links);
    m->host_page_at = mem_reserve(MEM_HOST_PAGES_MAX * sizeof *m->host_page_at);
    if (!m->frames || !m->epochs || !m->owner || !m->page_links || !m->mmio_links ||
        !m->host_page_at)
        return ERR_NOMEM;
    runs_init(&m->mmio, m->mmio_links, 0, MEM_MMIO_PAGES);
    if (mem_views_create(m) || pool_create(m) || objmap_create(&m->host_names, HOST_NAME_BITS) ||
        objmap_create(&m->host_pages, HOST_NAME_BITS) || pthread_atfork(NULL, NULL, after_fork))
        return ERR_NOMEM;
    m->fd = fd;
    return 0;
}
