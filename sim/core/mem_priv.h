/*
 * What the files of sim/core/mem*.c share and nobody else sees: the one memory of the process,
 * which is lent to one machine at a time, and the allocator of runs that pages, views and BAR space
 * use.
 */
#ifndef DMACHECK_SIM_CORE_MEM_PRIV_H
#define DMACHECK_SIM_CORE_MEM_PRIV_H

#include "base/asan.h"
#include "sim/core/mem.h"
#include "sim/core/objmap.h"

#define MEM_ASAN ASAN_THERE

#if MEM_ASAN
#define MEM_WINDOW_BASE MEM_WINDOW_ASAN
#define mem_poison(p, bytes) __asan_poison_memory_region((p), (bytes))
#define mem_unpoison(p, bytes) __asan_unpoison_memory_region((p), (bytes))
#else
#define MEM_WINDOW_BASE MEM_WINDOW_PLAIN
#define mem_poison(p, bytes) ((void)(p), (void)(bytes))
#define mem_unpoison(p, bytes) ((void)(p), (void)(bytes))
#endif

#define MEM_PAGES_MAX ((uint32_t)(MEM_RAM_MAX_BYTES >> PAGE_BITS))
#define MEM_VIEW_PAGES ((uint32_t)(MEM_VIEWS_BYTES >> PAGE_BITS))
#define MEM_MMIO_PAGES ((uint32_t)(MEM_MMIO_BYTES >> PAGE_BITS))
#define MEM_WINDOW_BYTES (2 * MEM_RAM_MAX_BYTES + MEM_VIEWS_BYTES + MEM_MMIO_BYTES)
#define MEM_HOST_PAGES_MAX 65536u /* pages of driver images and stacks that MDLs may describe */

/* --- runs: contiguous ranges of numbers, with reuse (mem_runs.c) --- */
#define RUNS_BINS 20
struct run_link {
    uint32_t length, next, prev;
}; /* length at both ends of a free run, else 0 */
struct runs {
    struct run_link *links; /* indexed by number */
    uint32_t first, end;    /* numbers [first, end) are ours */
    uint32_t top;           /* from here on never given, or given back */
    uint32_t high;          /* highest top so far: what a reset must clear */
    uint32_t bins;          /* bit b: head[b] is not empty */
    uint32_t head[RUNS_BINS];
};
void runs_init(struct runs *r, struct run_link *links, uint32_t first, uint32_t end);
uint32_t runs_alloc(struct runs *r, uint32_t count); /* MEM_NONE: no room */
void runs_free(struct runs *r, uint32_t first, uint32_t count);
void runs_reset(struct runs *r);

/* --- placement (mem_place.c) --- */
struct placement {
    bool drawn; /* the key is drawn at the first question, so that the seed is known */
    bool scattered;
    uint64_t key;
    uint32_t bits; /* groups of 16 pages: 2^bits of them, used or not */
    uint32_t mul[2], inverse[2], add, shift;
    uint64_t any_pfn;                                    /* first frame of MEM_ANY */
    uint64_t host_pfn;                                   /* first frame of what lies outside RAM */
    uint64_t zone_pfn[MEM_ZONES];                        /* first frame of each zone */
    uint32_t zone_first[MEM_ZONES], zone_end[MEM_ZONES]; /* pages */
    struct {
        uint64_t first_pfn; /* PLACE_NONE: none */
        uint32_t first_page, key;
    } last; /* the group that was asked for last, since neighbours are asked for in a row */
};
#define PLACE_NONE (1ull << 60) /* far from any frame's number */
#define GROUP_BITS 4            /* pages that a scattered machine keeps together */
#define GROUP_PAGES (1u << GROUP_BITS)

/* Whether a frame is of the group that was asked for last; then *page is its page. */
static inline bool place_near(const struct placement *pl, uint64_t pfn, uint32_t *page)
{
    *page = pl->last.first_page | (((uint32_t)pfn & (GROUP_PAGES - 1)) ^ pl->last.key);
    return pfn - pl->last.first_pfn < GROUP_PAGES;
}

void place_init(struct mem *m, const struct profile *p);
void place_key(struct placement *pl, uint32_t value); /* for tests: a key by its choice */

/* --- pool (mem_pool.c) --- */
#define POOL_KINDS 3 /* nonpaged, paged, our own */
#define POOL_INTERNAL 2
#define POOL_CLASSES 22
#define POOL_BLOCKS_MAX (1u << 22)
#define POOL_SLABS_MAX (1u << 18)
enum pool_state { POOL_UNUSED, POOL_FREE, POOL_LIVE };
struct pool_header { /* kept apart from the block: no overflow of a driver reaches it */
    struct pool_block block;
    uint32_t page;      /* of the block's first byte */
    uint16_t offset;    /* in that page */
    uint8_t state, set; /* enum pool_state; kind or POOL_INTERNAL */
    uint32_t slab;
    uint32_t next, prev; /* in the list of live blocks, or next of the free ones */
    bool lent;           /* POOL_INTERNAL: pool_lend */
};
struct pool_slab {
    uint32_t page, pages; /* of blocks and guard */
    uint32_t headers;     /* index of the first header */
    uint16_t blocks, carved,
        skew; /* how many fit, how many were ever given, where carving begins */
    uint8_t class, set;
};
struct pool_class {
    uint32_t slab, free_head, free_tail;
}; /* slab: being carved */
struct pool {
    struct pool_header *headers;
    struct pool_slab *slabs;
    uint32_t header_count, slab_count;
    uint32_t live_head, live_tail, live;
    uint32_t big_free; /* headers of freed page-sized blocks; each keeps its slab */
    struct pool_class classes[POOL_KINDS][POOL_CLASSES];
};
int pool_create(struct mem *m);
void pool_reset(struct mem *m);

/* --- views (mem_view.c) --- */
struct view_area {
    char *base;
    struct runs runs;
    uint32_t *page;    /* by page of the area: what is mapped there + 1; 0: nothing */
    uint16_t *process; /* who may use it, below MmUserProbeAddress */
    uint32_t mapped;   /* pages; 0: a reset has nothing to unmap */
};
extern char *mem_user_views; /* MEM_VIEWS_BYTES, just below mem_window.user */
int mem_views_create(struct mem *m);
void mem_views_reset(struct mem *m);
void mem_views_after_fork(struct mem *m);
uint32_t mem_views_page(const struct mem *m, const void *p);
bool mem_views_user_valid(const struct mem *m, uint32_t process, const void *p, uint64_t bytes);

/* --- the memory --- */
struct mem {
    struct sim *s;  /* whom it is lent to; NULL: nobody */
    int fd;         /* -1: not made yet */
    uint32_t epoch; /* one more for each machine */
    uint32_t ram_pages;
    struct frame *frames; /* by page, as are the next three */
    uint32_t *epochs;     /* machine that used this page last; 0: never used, so zero */
    uint32_t *owner;      /* pool pages: slab; first page of a user range: its pages */
    struct run_link *page_links;
    struct runs zones[MEM_ZONES];
    uint8_t populated_system[MEM_PAGES_MAX / 64 / 8]; /* blocks the host has mapped in advance */
    uint8_t populated_user[MEM_PAGES_MAX / 64 / 8];
    struct placement place;
    struct pool pool;
    struct view_area view_areas[2]; /* system, user */
    struct runs mmio;
    struct run_link *mmio_links;
    struct objmap host_names; /* pointers outside the window, by first sight */
    uint32_t host_name_count;
    const void *host_last; /* named last, and its number */
    uint32_t host_last_number;
    struct objmap host_pages; /* pages outside RAM that have been given a frame number */
    const char **host_page_at;
    uint32_t host_page_count;
};
extern struct mem mem_memory;
extern char *mem_raw; /* with ASan: RAM once more, never poisoned */

#define MEM_PAGES_MIN 4096u

int mem_make(struct mem *m); /* the window and the tables, once for the process (mem_window.c) */
void mem_pages_lay_out(struct mem *m);
void mem_pages_reset(struct mem *m);
uint32_t mem_pages_get(struct mem *m, enum mem_zone zone, uint32_t count, bool zero);
void mem_populate_user(struct mem *m, uint32_t first, uint32_t count);
void *mem_reserve(uint64_t bytes); /* zeroed, sparse, kept for the life of the process; NULL */

/* --- glue to the access door (mem_door.c) --- */
void mem_door_attach(void); /* tells the window; marks user pages and BAR pages */

#endif
