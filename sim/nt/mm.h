/*
 * What the files of mm and ex_pool share. Mappings and page-sized allocations are kept in memory of
 * ours and found by MDL or address, so that what a driver writes into an MDL cannot break us.
 */
#ifndef DMACHECK_SIM_NT_MM_H
#define DMACHECK_SIM_NT_MM_H

#include "sim/nt/nt.h"

/* How a mapping of an MDL was made, and so how it ends. */
enum mm_view_kind {
    MM_VIEW_PLAIN,    /* a pointer into the system or user view; nothing was mapped */
    MM_VIEW_PAGES,    /* page by page */
    MM_VIEW_IO,       /* device memory through the bus */
    MM_VIEW_HOST,     /* memory outside RAM: where it lies */
    MM_VIEW_RESERVED, /* page by page in a range that the driver reserved */
};

struct mm_view {
    char *base; /* page aligned */
    PMDL mdl;
    uint32_t obj;               /* of the MDL */
    uint32_t pages, first_page; /* first_page: MM_VIEW_PLAIN to a user, whose frames are marked */
    uint64_t length_bytes;
    uint8_t kind, mode; /* mode: KernelMode or UserMode */
    uint32_t process;
    uint32_t next; /* of the same MDL, or of the free ones; 0: none */
};

/* Pages that a driver got as such: contiguous and noncached memory, reserved addresses, I/O
 * space. */
enum mm_block_kind { MM_CONTIGUOUS, MM_NONCACHED, MM_RESERVED, MM_IO };
#define MM_BLOCK_TYPE 2u /* POOL's type argument: this + kind; below: enum pool_kind */
struct mm_block {
    char *p;
    uint64_t bytes;
    uint32_t obj, tag, pages, first_page;
    uint8_t kind;
    bool in_use;   /* MM_RESERVED: an MDL is mapped there */
    uint8_t view;  /* MM_IO: enum mm_view_kind of how it is mapped */
    uint32_t next; /* at the same address, or of the free ones; 0: none */
};

struct nt_mm {
    struct objmap views;  /* by MDL: head of its list */
    struct mm_view *view; /* [0] is nobody's */
    uint32_t view_count, view_room, view_free;
    struct objmap blocks; /* by address */
    struct mm_block *block;
    uint32_t block_count, block_room, block_free;
    struct objmap pool; /* where a pool block starts or started: its id, for frees of the wrong */
};

/* Whether the CPU keeps memory of this type out of its caches, where that can be told. */
static inline bool mm_is_uncached(MEMORY_CACHING_TYPE type)
{
    return type == MmNonCached || type == MmWriteCombined || type == MmNonCachedUnordered;
}

/* base + offset, also where base is a driver's wild or null pointer. */
static inline char *mm_at(const void *base, uint64_t offset)
{
    return (char *)((uintptr_t)base + offset);
}
static inline char *mm_mdl_va(PMDL mdl) { return mm_at(mdl->StartVa, mdl->ByteOffset); }
/* The buffer's first byte in its i-th page: a mapping of registers may begin there and not
 * before. */
static inline char *mm_mdl_page_va(PMDL mdl, uint32_t i)
{
    return i ? mm_at(mdl->StartVa, (uint64_t)i * PAGE_SIZE) : mm_mdl_va(mdl);
}

/* The running thread's process, an object id; 0: the system's. */
uint32_t mm_process(struct sim *s);
/* Raises in the running fiber, after the call has been ended. */
void mm_raise(NTSTATUS status);
/* Frame number of what lies at p: RAM, a device's BAR (*io) or memory outside RAM. 0: nothing. */
uint64_t mm_pfn(struct sim *s, const void *p, bool *io);
/* Whether an MDL may be looked into: not one that is known to be freed. Facades ask before
 * call_begin, for what they say, and again after it: others may have run in between, and freed
 * it. The same holds for views and blocks. */
bool mm_mdl_usable(struct sim *s, PMDL mdl);
/* Pages that its header says, but no more than its memory holds. */
uint32_t mm_mdl_pages(struct sim *s, PMDL mdl);
struct mm_view *mm_view_of(struct sim *s, PMDL mdl, const void *p,
                           KPROCESSOR_MODE mode); /* p NULL: any */
void mm_view_add(struct sim *s, PMDL mdl, const struct mm_view *view);
void mm_view_end(struct sim *s, struct mm_view *v);
void mm_views_drop(struct sim *s, PMDL mdl, KPROCESSOR_MODE mode); /* ends all that are left */
void mm_views_leak(struct sim *s, PMDL mdl); /* the MDL goes, what it was mapped to stays */
/* Makes a mapping without remembering it; false: no room, or frames that nothing is behind. */
bool mm_view_make(struct sim *s, PMDL mdl, KPROCESSOR_MODE mode, struct mm_view *v);
/* Maps for the system; NULL: no room, or frames that nothing is behind. */
void *mm_map_system(struct sim *s, PMDL mdl);
struct mm_block *mm_block_add(struct sim *s, const struct mm_block *b); /* NULL: no memory */
struct mm_block *mm_block_of(struct sim *s, const void *p);             /* the latest at p; NULL */
void mm_block_end(struct sim *s, struct mm_block *b);
/* Contiguous frames in [low, high], aligned, not crossing a multiple of boundary (0: none);
 * first page. */
uint32_t mm_contiguous_take(struct sim *s, uint64_t pages, uint64_t low, uint64_t high,
                            uint64_t boundary, uint64_t align_pages);
/* An MDL with `pages` frame numbers to be filled in: locked, unmapped, owned by nobody's buffer. */
PMDL mm_mdl_of_pages(struct sim *s, uint64_t pages);
bool mm_is_pageable(const struct frame *f); /* and without a lock */
void mm_pages_lock(struct sim *s, PMDL mdl);
/* As ExFreePoolWithTag: what Windows would say of a pointer that is no block. */
void mm_pool_free(struct sim *s, PVOID p, ULONG tag);
void mm_pool_type_reset(void); /* ExDefaultNonPagedPoolType */

#endif
