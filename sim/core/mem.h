/*
 * Memory. RAM is one sparse memfd, mapped twice in one reserved window of the address space: the
 * user view (below MmUserProbeAddress) and the system view; further parts of the window hold
 * mappings made page by page (MDLs whose frames do not follow one another in the memfd) and
 * devices' BARs.
 *
 *     window:  [user view | system view | mapped views | MMIO]
 *
 * "page" below is a page's index in the memfd. Its page frame number (PFN) comes from the placement
 * policy of the profile: a fixed, reversible function of the page, computed, not stored, so that a
 * buffer that is contiguous for the CPU is scattered for a device. Zones of the memfd have frames
 * that follow one another, for what must be contiguous.
 */
#ifndef DMACHECK_SIM_CORE_MEM_H
#define DMACHECK_SIM_CORE_MEM_H

#include "sim/core/sim.h"

#define MEM_WINDOW_PLAIN 0x040000000000ull /* base without ASan: below valgrind's ceiling */
#define MEM_WINDOW_ASAN 0x200000000000ull  /* base with ASan: inside its high memory */
#define MEM_RAM_MAX_BYTES (1ull << 30)     /* one view; a profile's ram_mib must not exceed it */
#define MEM_VIEWS_BYTES (1ull << 28)
#define MEM_MMIO_BYTES (1ull << 26)

enum mem_zone {
    MEM_ANY,             /* placed by the profile's policy */
    MEM_BELOW_16M,       /* contiguous frames below 16 MiB */
    MEM_BELOW_4G,        /* contiguous frames below 4 GiB: bounce buffers, 32-bit common buffers */
    MEM_HIGH_CONTIGUOUS, /* contiguous frames above 4 GiB (below on a machine without) */
    MEM_ZONES
};

#define MEM_NONE UINT32_MAX

/* Regions of va_of: the top byte of a named address. Below them: byte offset in the region; for
 * a stack: agent << 32 | bytes below its top; for the host: a number by first sight. Values
 * below 64 KiB (NULL above all) name themselves. */
enum mem_region {
    REGION_USER = 1,
    REGION_SYSTEM,
    REGION_VIEW,
    REGION_MMIO,
    REGION_STACK,
    REGION_USER_VIEW,
    REGION_HOST = 0xf
};

struct mem_window {
    char *user, *system, *views, *mmio;
}; /* fixed for the process */
extern struct mem_window mem_window;

/* --- pages and frames --- */
uint32_t mem_pages_alloc(struct sim *s, enum mem_zone zone, uint32_t count); /* contiguous in the
                           memfd (and in frames but for MEM_ANY); first page or MEM_NONE */
void mem_pages_free(struct sim *s, uint32_t first, uint32_t count);
/* The same, every byte zero. */
uint32_t mem_pages_alloc_zeroed(struct sim *s, enum mem_zone zone, uint32_t count);
/* For large stores that are used bit by bit (bounce memory): what an earlier machine left in the
 * pages is still there until mem_pages_clean, which must come before the first use of each page. */
uint32_t mem_pages_reserve(struct sim *s, enum mem_zone zone, uint32_t count);
void mem_pages_clean(struct sim *s, uint32_t first, uint32_t count);
/* The frame number of a page outside RAM (a driver's statics, a stack), given at first sight, since
 * an MDL may describe it. mem_at finds it, mem_page gives MEM_NONE for it; 0: none left. */
uint64_t mem_host_pfn(struct sim *s, const void *p);
/* Physical addresses of a zone; a scattered MEM_ANY has holes. */
void mem_zone_range(const struct sim *s, enum mem_zone zone, uint64_t *physical, uint64_t *bytes);
/* The index-th range of physical memory, ascending; false: no more. A range may have holes. */
bool mem_ram_range(const struct sim *s, unsigned index, uint64_t *physical, uint64_t *bytes);
uint64_t mem_pfn(const struct sim *s, uint32_t page);
uint32_t mem_page(const struct sim *s, uint64_t pfn); /* MEM_NONE: no memory there */
static inline void *mem_system(uint32_t page)
{
    return mem_window.system + ((uint64_t)page << PAGE_BITS);
}
static inline void *mem_user(uint32_t page)
{
    return mem_window.user + ((uint64_t)page << PAGE_BITS);
}
/* Memory at a physical address through the system view; NULL: none. Valid to the end of the
 * page. */
void *mem_at(const struct sim *s, struct pa pa);

/* --- pointers --- */
bool mem_is_user(const void *p);
bool mem_is_system(const void *p); /* in the system view or a mapped view */
bool mem_in_window(const void *p); /* of the machine: user, system, views, registers */
/* The page that a pointer of any view lies in, MEM_NONE if in none. */
uint32_t mem_page_of(const struct sim *s, const void *p);
/* A name for a pointer in events: region number in the top byte, offset below; never a host
 * address. Pointers outside every region get the region "host" and a number by first sight. */
struct va va_of_elsewhere(struct sim *s, const void *p);
static inline struct va va_of(struct sim *s, const void *p)
{
    uint64_t at = (uint64_t)((const char *)p - mem_window.system);

    if (__builtin_expect(at < MEM_RAM_MAX_BYTES, 1))
        return (struct va) { (uint64_t)REGION_SYSTEM << 56 | at };
    return va_of_elsewhere(s, p);
}

/* Whether it has a name of its own, so that va_of draws no number for it. */
bool va_is_place(struct sim *s, const void *p);
/* The pointer of a name; NULL: a stack's or the host's, or none. */
void *va_pointer(struct va v);

/* --- mapped views: frames that do not follow one another, one after the other for the CPU --- */
void *mem_view_map(struct sim *s, const uint64_t *pfns, uint32_t count); /* NULL: none left */
void mem_view_unmap(struct sim *s, void *view, uint32_t count);
/* The same below MmUserProbeAddress, for one process. */
void *mem_user_view_map(struct sim *s, uint32_t process, const uint64_t *pfns, uint32_t count);
void mem_user_view_unmap(struct sim *s, void *view, uint32_t count);
/* Address space without memory behind it, and the same with (MmAllocateMappingAddress). */
void *mem_view_reserve(struct sim *s, uint32_t count);
bool mem_view_fill(struct sim *s, void *view, const uint64_t *pfns, uint32_t count);
void mem_view_empty(struct sim *s, void *view, uint32_t count);
void mem_view_release(struct sim *s, void *view, uint32_t count);

/* --- frames: state of one page --- */
struct frame {
    uint16_t locks;         /* MmProbeAndLockPages and friends */
    uint16_t mappings : 15; /* live DMA mappings of it */
    uint16_t uncached : 1;  /* the CPU does not keep it in its caches (sim/core/cache.c) */
    uint8_t allocated;      /* 0 free, else enum frame_use */
    uint8_t user_mapped;
    uint16_t process; /* owner of a user page */
};
enum frame_use {
    FRAME_FREE,
    FRAME_POOL,
    FRAME_PAGED,
    FRAME_USER,
    FRAME_STACK,
    FRAME_CONTIGUOUS,
    FRAME_BOUNCE,
    FRAME_COMMON,
    FRAME_MDL,
    FRAME_OTHER,
    FRAME_HELD /* freed while locked or mapped: not given again before the next machine */
};
struct frame *mem_frame(struct sim *s, uint32_t page);
void mem_frames_use(struct sim *s, uint32_t first, uint32_t count, enum frame_use use);

/* --- pool --- */
enum pool_kind { POOL_NONPAGED, POOL_PAGED };
struct pool_block {
    uint32_t obj; /* OBJ_POOL */
    uint32_t tag;
    uint64_t bytes;
    enum pool_kind kind;
    uint32_t site;       /* where it was allocated */
    uint32_t freed_site; /* 0: it lives */
    uint32_t agent;
};
void *pool_alloc(struct sim *s, enum pool_kind kind, uint64_t bytes, uint32_t tag, bool zero);
/* The same, at a multiple of align (a power of two up to a page). */
void *pool_alloc_aligned(struct sim *s, enum pool_kind kind, uint64_t bytes, uint32_t tag,
                         bool zero, uint32_t align);
/* false: p is not a live block (freed twice, never allocated, not its start). */
bool pool_free(struct sim *s, void *p, uint32_t tag);
const struct pool_block *pool_block_of(struct sim *s, const void *p); /* by its start; NULL */
/* By any address in it, in whichever view of memory; NULL. */
const struct pool_block *pool_block_containing(struct sim *s, const void *p);
/* Another live block of the driver's that has bytes in the page of p, beside the block that holds p;
 * NULL: none, or p is no driver's pool. */
const struct pool_block *pool_neighbour(struct sim *s, const void *p);
/* The first run of bytes (8 at least) of [p, p + bytes), in one block, that still are as they were
 * given: its offset and length; UINT64_MAX: none. Only blocks up to POOL_FRESH_MAX are told. */
#define POOL_FRESH_MAX 512u
uint64_t pool_unwritten(struct sim *s, const void *p, uint64_t bytes, uint64_t *length_bytes);
/* What a pointer into pool pages points at, for the story of a bad access. The block that the bytes
 * belong to or lie behind (free or not), its distance as the kind returned says; 0: no pool. */
enum bad_access pool_story(struct sim *s, const void *p, struct pool_block *block,
                           int32_t *distance);
/* Whether [p, p + bytes) is within one live block, or not in pool at all. */
bool pool_may_touch(struct sim *s, const void *p, uint64_t bytes);
/* Whose blocks lie in the page of p. */
enum pool_page { POOL_PAGE_NONE, POOL_PAGE_DRIVER, POOL_PAGE_INTERNAL };
enum pool_page pool_page_kind(struct sim *s, const void *p);
/* Looks at every guard and at the fill of every freed block: what was damaged is said. */
void pool_check(struct sim *s);
/* In the order of allocation; checks each block's guard first. Returns how many. */
uint32_t pool_live(struct sim *s, void (*each)(void *ctx, const struct pool_block *), void *ctx);
/* Memory for the simulator's own Windows structures (IRPs, MDLs, device objects): nonpaged, not
 * counted as the driver's, seen by the door. */
void *pool_alloc_internal(struct sim *s, uint64_t bytes);
void pool_free_internal(struct sim *s, void *p);
/* Such a block is a driver's to use (a context of the framework's): its races are told. */
void pool_lend(struct sim *s, void *p);
bool pool_is_lent(struct sim *s, const void *p); /* by any address in it */
/* Bytes from p to the end of the live block of either kind that holds it; 0: none does. */
uint64_t pool_room(struct sim *s, const void *p);
bool pool_is_internal(struct sim *s, const void *p); /* a live block of that kind starts here */

/* --- user memory of a process --- */
void *mem_user_alloc(struct sim *s, uint32_t process, uint64_t bytes,
                     uint32_t offset); /* first byte
                          at this offset in its page */
void mem_user_free(struct sim *s, void *p);
/* Whether [p, p+bytes) is user memory of this process that exists. */
bool mem_user_valid(struct sim *s, uint32_t process, const void *p, uint64_t bytes);

/* --- MMIO window --- */
void *mem_mmio_alloc(struct sim *s,
                     uint64_t bytes); /* page aligned address space for a BAR mapping */
void mem_mmio_free(struct sim *s, void *p, uint64_t bytes);

int mem_create(struct sim *s);
void mem_reset(struct sim *s);
void mem_destroy(struct sim *s);

#endif
