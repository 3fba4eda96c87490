/*
 * Contiguous and noncached memory: pages whose frames follow one another, within the addresses that
 * a device can reach.
 */
#include "sim/nt/mm.h"

#define TAG_CONTIGUOUS 0x6d436d4du /* "MmCm" */
#define FREE_NOT_CONTIGUOUS 0x60

struct wish {
    uint64_t pages, low, high, boundary, align_pages;
};

static bool fits(struct sim *s, uint32_t first, const struct wish *w)
{
    uint64_t at = mem_pfn(s, first) << PAGE_SHIFT, end = at + (w->pages << PAGE_SHIFT) - 1;

    return at >= w->low && end <= w->high && (at >> PAGE_SHIFT) % w->align_pages == 0 &&
           (!w->boundary || at / w->boundary == end / w->boundary);
}

/* Takes more than is wanted and gives back what lies in front of and behind the part that fits. */
static uint32_t take_trimmed(struct sim *s, enum mem_zone zone, const struct wish *w)
{
    uint64_t slack = max_u64(w->align_pages, w->boundary >> PAGE_SHIFT), total = w->pages + slack;
    uint32_t first = total < UINT32_MAX ? mem_pages_alloc(s, zone, (uint32_t)total) : MEM_NONE;

    if (first == MEM_NONE)
        return MEM_NONE;
    for (uint32_t skip = 0; skip <= slack; skip++) {
        if (!fits(s, first + skip, w))
            continue;
        if (skip)
            mem_pages_free(s, first, skip);
        if (slack > skip)
            mem_pages_free(s, first + skip + (uint32_t)w->pages, (uint32_t)slack - skip);
        return first + skip;
    }
    mem_pages_free(s, first, (uint32_t)total);
    return MEM_NONE;
}

uint32_t mm_contiguous_take(struct sim *s, uint64_t pages, uint64_t low, uint64_t high,
                            uint64_t boundary, uint64_t align_pages)
{
    static const enum mem_zone order[] = { MEM_HIGH_CONTIGUOUS, MEM_BELOW_4G, MEM_BELOW_16M };
    const struct wish w = { .pages = pages,
                            .low = low,
                            .high = high,
                            .boundary = boundary,
                            .align_pages = align_pages ? align_pages : 1 };

    if (!pages || pages >= UINT32_MAX || (boundary && pages << PAGE_SHIFT > boundary))
        return MEM_NONE;
    for (unsigned i = 0; i < sizeof order / sizeof order[0]; i++) {
        uint64_t start, bytes;
        uint32_t first;

        mem_zone_range(s, order[i], &start, &bytes);
        if (start > high || start + bytes <= low)
            continue;
        first = mem_pages_alloc(s, order[i], (uint32_t)pages);
        if (first != MEM_NONE && !fits(s, first, &w)) {
            mem_pages_free(s, first, (uint32_t)pages);
            first = take_trimmed(s, order[i], &w);
        }
        if (first != MEM_NONE)
            return first;
    }
    return MEM_NONE;
}

static void *contiguous(struct sim *s, uint64_t bytes, uint64_t low, uint64_t high,
                        uint64_t boundary, enum mm_block_kind kind, bool uncached)
{
    uint64_t pages = (bytes >> PAGE_SHIFT) + ((bytes & (PAGE_SIZE - 1)) != 0);
    uint32_t first = fault_take(s, FAULT_CONTIGUOUS)
                         ? MEM_NONE
                         : mm_contiguous_take(s, pages, low, high, boundary, 1);

    if (first == MEM_NONE)
        return NULL;
    mem_frames_use(s, first, (uint32_t)pages, FRAME_CONTIGUOUS);
    for (uint32_t i = 0; uncached && i < pages; i++)
        mem_frame(s, first + i)->uncached = true;
    mm_block_add(s, &(struct mm_block) { .p = mem_system(first),
                                         .bytes = bytes,
                                         .tag = TAG_CONTIGUOUS,
                                         .pages = (uint32_t)pages,
                                         .first_page = first,
                                         .kind = (uint8_t)kind });
    return mem_system(first);
}

static void contiguous_free(struct sim *s, void *p, enum mm_block_kind kind)
{
    struct mm_block *b = mm_block_of(s, p);

    if (!b || b->kind != kind) {
        sim_bugcheck(s, BAD_POOL_CALLER, FREE_NOT_CONTIGUOUS, va_of(s, p).v, 0, 0);
        return;
    }
    mem_pages_free(s, b->first_page, b->pages);
    mm_block_end(s, b);
}

/*
 * MmAllocateContiguousMemory: contiguous pages up to an address.
 *
 * Irql     <= DISPATCH_LEVEL
 * Units    NumberOfBytes: bytes
 * Returns  NULL: none to be had
 * Gap      none known
 * Says     CALL, POOL (type 2), RETURN (va)
 * Source   wdm/nf-wdm-mmallocatecontiguousmemory
 */
PVOID MmAllocateContiguousMemory(SIZE_T NumberOfBytes, PHYSICAL_ADDRESS HighestAcceptableAddress)
{
    struct sim *s = sim_now();
    uint64_t high = (uint64_t)HighestAcceptableAddress.QuadPart;
    struct call c = call_begin(s, API_MmAllocateContiguousMemory, 0, NumberOfBytes, high, 0, 0);
    void *p = contiguous(s, NumberOfBytes, 0, high, 0, MM_CONTIGUOUS, false);

    call_end(&c, va_of(s, p).v, 0, 0, 0);
    return p;
}

/* Both forms; each says itself under its own name. */
static void *specify_cache(enum api api, uint64_t bytes, uint64_t low, uint64_t high,
                           uint64_t boundary, MEMORY_CACHING_TYPE type, NODE_REQUIREMENT node)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, api, 0, bytes, low, high, 0);
    void *p;

    call_arg(&c, 0, boundary, type, node, 0);
    p = contiguous(s, bytes, low, high, boundary, MM_CONTIGUOUS, mm_is_uncached(type));
    call_end(&c, va_of(s, p).v, 0, 0, 0);
    return p;
}

/*
 * MmAllocateContiguousMemorySpecifyCache: contiguous pages in a range, not crossing a boundary.
 *
 * Irql     <= DISPATCH_LEVEL
 * Units    NumberOfBytes, BoundaryAddressMultiple: bytes
 * Returns  NULL: none to be had
 * Gap      CacheType has no effect but on a machine that is not coherent
 * Says     CALL, ARG (boundary, cache type), POOL (type 2), RETURN (va)
 * Source   wdm/nf-wdm-mmallocatecontiguousmemoryspecifycache
 */
PVOID MmAllocateContiguousMemorySpecifyCache(SIZE_T NumberOfBytes,
                                             PHYSICAL_ADDRESS LowestAcceptableAddress,
                                             PHYSICAL_ADDRESS HighestAcceptableAddress,
                                             PHYSICAL_ADDRESS BoundaryAddressMultiple,
                                             MEMORY_CACHING_TYPE CacheType)
{
    return specify_cache(API_MmAllocateContiguousMemorySpecifyCache, NumberOfBytes,
                         (uint64_t)LowestAcceptableAddress.QuadPart,
                         (uint64_t)HighestAcceptableAddress.QuadPart,
                         (uint64_t)BoundaryAddressMultiple.QuadPart, CacheType, MM_ANY_NODE_OK);
}

/*
 * MmAllocateContiguousMemorySpecifyCacheNode: the same with a preferred node.
 *
 * Irql     <= DISPATCH_LEVEL
 * Units    NumberOfBytes, BoundaryAddressMultiple: bytes
 * Returns  NULL: none to be had
 * Gap      the machine has one node; CacheType has no effect but on a machine that is not coherent
 * Says     CALL, ARG (boundary, cache type, node), POOL (type 2), RETURN (va)
 * Source   wdm/nf-wdm-mmallocatecontiguousmemoryspecifycachenode
 */
PVOID MmAllocateContiguousMemorySpecifyCacheNode(SIZE_T NumberOfBytes,
                                                 PHYSICAL_ADDRESS LowestAcceptableAddress,
                                                 PHYSICAL_ADDRESS HighestAcceptableAddress,
                                                 PHYSICAL_ADDRESS BoundaryAddressMultiple,
                                                 MEMORY_CACHING_TYPE CacheType,
                                                 NODE_REQUIREMENT PreferredNode)
{
    return specify_cache(API_MmAllocateContiguousMemorySpecifyCacheNode, NumberOfBytes,
                         (uint64_t)LowestAcceptableAddress.QuadPart,
                         (uint64_t)HighestAcceptableAddress.QuadPart,
                         (uint64_t)BoundaryAddressMultiple.QuadPart, CacheType, PreferredNode);
}

/*
 * MmAllocateContiguousNodeMemory: the same with page protections instead of a cache type.
 *
 * Irql     <= DISPATCH_LEVEL
 * Units    NumberOfBytes, BoundaryAddressMultiple: bytes
 * Returns  NULL: none to be had, or Protect is not read-write
 * Gap      the machine has one node; cache bits of Protect have no effect but on a machine that is
 *          not coherent
 * Says     CALL, ARG (boundary, protect, node), POOL (type 2), RETURN (va)
 * Source   wdm/nf-wdm-mmallocatecontiguousnodememory
 */
PVOID MmAllocateContiguousNodeMemory(SIZE_T NumberOfBytes, PHYSICAL_ADDRESS LowestAcceptableAddress,
                                     PHYSICAL_ADDRESS HighestAcceptableAddress,
                                     PHYSICAL_ADDRESS BoundaryAddressMultiple, ULONG Protect,
                                     NODE_REQUIREMENT PreferredNode)
{
    struct sim *s = sim_now();
    uint64_t low = (uint64_t)LowestAcceptableAddress.QuadPart,
             high = (uint64_t)HighestAcceptableAddress.QuadPart;
    uint64_t boundary = (uint64_t)BoundaryAddressMultiple.QuadPart;
    struct call c =
        call_begin(s, API_MmAllocateContiguousNodeMemory, 0, NumberOfBytes, low, high, 0);
    ULONG access = Protect & ~(ULONG)(PAGE_NOCACHE | PAGE_WRITECOMBINE);
    void *p = NULL;

    call_arg(&c, 0, boundary, Protect, PreferredNode, 0);
    if (access == PAGE_READWRITE || access == PAGE_EXECUTE_READWRITE)
        p = contiguous(s, NumberOfBytes, low, high, boundary, MM_CONTIGUOUS, access != Protect);
    call_end(&c, va_of(s, p).v, 0, 0, 0);
    return p;
}

/*
 * MmFreeContiguousMemory: give contiguous memory back.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing; any other pointer is bug check 0xC2 (0x60)
 * Gap      pages that are still locked or mapped for a device are not given to others
 * Says     CALL, POOL_END, RETURN
 * Source   wdm/nf-wdm-mmfreecontiguousmemory, debugger/bug-check-0xc2--bad-pool-caller
 */
VOID MmFreeContiguousMemory(PVOID BaseAddress)
{
    struct sim *s = sim_now();
    struct mm_block *b = mm_block_of(s, BaseAddress);
    struct call c =
        call_begin(s, API_MmFreeContiguousMemory, b ? b->obj : 0, va_of(s, BaseAddress).v, 0, 0, 0);

    contiguous_free(s, BaseAddress, MM_CONTIGUOUS);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * MmFreeContiguousMemorySpecifyCache: the same; length and cache type are those of the allocation.
 *
 * Irql     <= DISPATCH_LEVEL
 * Units    NumberOfBytes: bytes
 * Returns  nothing; any other pointer is bug check 0xC2 (0x60)
 * Gap      a length other than the allocated one frees all (both are said)
 * Says     CALL (va, bytes, cache type, bytes allocated), POOL_END, RETURN
 * Source   wdm/nf-wdm-mmfreecontiguousmemoryspecifycache
 */
VOID MmFreeContiguousMemorySpecifyCache(PVOID BaseAddress, SIZE_T NumberOfBytes,
                                        MEMORY_CACHING_TYPE CacheType)
{
    struct sim *s = sim_now();
    struct mm_block *b = mm_block_of(s, BaseAddress);
    struct call c = call_begin(s, API_MmFreeContiguousMemorySpecifyCache, b ? b->obj : 0,
                               va_of(s, BaseAddress).v, NumberOfBytes, CacheType, b ? b->bytes : 0);

    contiguous_free(s, BaseAddress, MM_CONTIGUOUS);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * MmAllocateNonCachedMemory: whole pages that are not cached.
 *
 * Irql     <= APC_LEVEL
 * Units    NumberOfBytes: bytes
 * Returns  NULL: none to be had
 * Gap      its frames are contiguous, and only on a machine that is not coherent can it be told from
 *          cached memory
 * Says     CALL, POOL (type 3), RETURN (va)
 * Source   ntddk/nf-ntddk-mmallocatenoncachedmemory
 */
PVOID MmAllocateNonCachedMemory(SIZE_T NumberOfBytes)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_MmAllocateNonCachedMemory, 0, NumberOfBytes, 0, 0, 0);
    void *p = contiguous(s, NumberOfBytes, 0, UINT64_MAX, 0, MM_NONCACHED, true);

    call_end(&c, va_of(s, p).v, 0, 0, 0);
    return p;
}

/*
 * MmFreeNonCachedMemory: give it back.
 *
 * Irql     <= APC_LEVEL
 * Units    NumberOfBytes: bytes, as allocated
 * Returns  nothing; any other pointer is bug check 0xC2 (0x60)
 * Gap      a length other than the allocated one frees all (both are said)
 * Says     CALL (va, bytes, bytes allocated), POOL_END, RETURN
 * Source   ntddk/nf-ntddk-mmfreenoncachedmemory
 */
VOID MmFreeNonCachedMemory(PVOID BaseAddress, SIZE_T NumberOfBytes)
{
    struct sim *s = sim_now();
    struct mm_block *b = mm_block_of(s, BaseAddress);
    struct call c = call_begin(s, API_MmFreeNonCachedMemory, b ? b->obj : 0,
                               va_of(s, BaseAddress).v, NumberOfBytes, b ? b->bytes : 0, 0);

    contiguous_free(s, BaseAddress, MM_NONCACHED);
    call_end(&c, 0, 0, 0, 0);
}
