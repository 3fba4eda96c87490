/*
 * MmAllocatePagesForMdl(Ex): physical pages without an address, in ranges of physical addresses.
 */
#include <stdlib.h>
#include <string.h>

#include "sim/nt/mm.h"

#define PAGES_BYTES_MAX ((1ull << 32) - PAGE_SIZE)
#define PFN_UNLOCKED_TOO_OFTEN 7

struct pick {
    struct sim *s;
    uint64_t low, high; /* physical addresses, both included */
    uint64_t wanted, got;
    PFN_NUMBER *pfns;
    bool zero;
};

static void pick_add(struct pick *k, uint32_t first, uint32_t count)
{
    mem_frames_use(k->s, first, count, FRAME_MDL);
    mem_pages_clean(k->s, first, count);
    if (k->zero)
        memset(mem_system(first), 0, (uint64_t)count * PAGE_SIZE);
    for (uint32_t i = 0; i < count; i++)
        k->pfns[k->got++] = mem_pfn(k->s, first + i);
}

/* All of the zone will do: as few pieces as its free runs allow. */
static void pick_whole(struct pick *k, enum mem_zone zone)
{
    uint64_t piece = k->wanted - k->got;

    while (k->got < k->wanted && piece) {
        uint32_t first = mem_pages_reserve(k->s, zone, (uint32_t)piece);

        if (first != MEM_NONE)
            pick_add(k, first, (uint32_t)piece);
        piece = first != MEM_NONE ? min_u64(piece, k->wanted - k->got) : piece / 2;
    }
}

/* Only some of the zone will do: page by page; those outside are given back at the end. */
static void pick_some(struct pick *k, enum mem_zone zone, uint64_t zone_pages)
{
    uint32_t *outside = malloc(zone_pages * sizeof *outside);
    uint64_t count = 0;

    while (outside && k->got < k->wanted) {
        uint32_t page = mem_pages_reserve(k->s, zone, 1);
        uint64_t at = page != MEM_NONE ? mem_pfn(k->s, page) << PAGE_SHIFT : 0;

        if (page == MEM_NONE)
            break;
        if (at >= k->low && at + PAGE_SIZE - 1 <= k->high)
            pick_add(k, page, 1);
        else
            outside[count++] = page;
    }
    while (count)
        mem_pages_free(k->s, outside[--count], 1);
    free(outside);
}

static void pick_range(struct pick *k)
{
    static const enum mem_zone order[] = { MEM_ANY, MEM_HIGH_CONTIGUOUS, MEM_BELOW_4G,
                                           MEM_BELOW_16M };

    for (unsigned i = 0; i < sizeof order / sizeof order[0] && k->got < k->wanted; i++) {
        uint64_t start, bytes;

        mem_zone_range(k->s, order[i], &start, &bytes);
        if (start > k->high || start + bytes - 1 < k->low)
            continue;
        if (start >= k->low && start + bytes - 1 <= k->high)
            pick_whole(k, order[i]);
        else
            pick_some(k, order[i], bytes >> PAGE_SHIFT);
    }
}

/* Contiguous chunks, each aligned to its size; without a size one chunk of all, unaligned. */
static void pick_chunks(struct pick *k, uint64_t chunk_bytes)
{
    uint64_t chunk = chunk_bytes ? chunk_bytes >> PAGE_SHIFT : k->wanted;

    while (k->got < k->wanted) {
        uint32_t first =
            mm_contiguous_take(k->s, chunk, k->low, k->high, 0, chunk_bytes ? chunk : 1);

        if (first == MEM_NONE)
            return;
        pick_add(k, first, (uint32_t)chunk);
    }
}

/* The window [low, high] moves up by skip until there is enough or no RAM is left above. */
static void pick_windows(struct pick *k, uint64_t skip)
{
    uint64_t start, bytes, top = 0;

    for (unsigned i = 0; mem_ram_range(k->s, i, &start, &bytes); i++)
        top = start + bytes;
    do {
        pick_range(k);
        k->low += skip;
        k->high = k->high + skip < k->high ? UINT64_MAX : k->high + skip;
    } while (skip && k->got < k->wanted && k->low < top);
}

static void pick_give_back(struct pick *k)
{
    while (k->got)
        mem_pages_free(k->s, mem_page(k->s, k->pfns[--k->got]), 1);
}

static bool wish_is_sound(uint64_t skip, uint64_t total, ULONG flags)
{
    if (!total || total > PAGES_BYTES_MAX || skip & (PAGE_SIZE - 1))
        return false;
    if (flags & MM_ALLOCATE_REQUIRE_CONTIGUOUS_CHUNKS && skip)
        return !(skip & (skip - 1)) && total % skip == 0;
    return !(flags & MM_ALLOCATE_FAST_LARGE_PAGES);
}

PMDL mm_mdl_of_pages(struct sim *s, uint64_t pages)
{
    PMDL mdl = mdl_create(s, NULL, (ULONG)(pages << PAGE_SHIFT), NULL);

    if (mdl)
        mdl->MdlFlags |= MDL_PAGES_LOCKED;
    return mdl;
}

static PMDL pages_for_mdl(struct sim *s, uint64_t low, uint64_t high, uint64_t skip, uint64_t total,
                          ULONG flags)
{
    struct pick k = { .s = s,
                      .low = low,
                      .high = high,
                      .wanted = (total + PAGE_SIZE - 1) >> PAGE_SHIFT,
                      .zero = !(flags & MM_DONT_ZERO_ALLOCATION) };
    bool whole = flags & MM_ALLOCATE_FULLY_REQUIRED;
    PMDL mdl = NULL;

    if (!wish_is_sound(skip, total, flags) || fault_take(s, FAULT_PAGES_MDL))
        return NULL;
    k.pfns = malloc(k.wanted * sizeof *k.pfns);
    if (k.pfns && flags & MM_ALLOCATE_REQUIRE_CONTIGUOUS_CHUNKS)
        pick_chunks(&k, skip);
    else if (k.pfns)
        pick_windows(&k, skip);
    if (k.got && (k.got == k.wanted || !whole))
        mdl = mm_mdl_of_pages(s, k.got);
    if (mdl) {
        memcpy(MmGetMdlPfnArray(mdl), k.pfns, k.got * sizeof *k.pfns);
        mm_pages_lock(s, mdl);
        trace_emit(&s->trace, EV_LOCK, API_NONE, mdl_obj(s, mdl), IoModifyAccess, k.got, 0, 0);
    } else
        pick_give_back(&k);
    free(k.pfns);
    return mdl;
}

static PMDL pages_call(struct sim *s, struct call *c, uint64_t skip, uint64_t low, uint64_t high,
                       uint64_t total, MEMORY_CACHING_TYPE cache, ULONG flags, ULONG node)
{
    PMDL mdl;

    call_arg(c, 0, cache, flags, node, 0);
    mdl = pages_for_mdl(s, low, high, skip, total, flags);
    for (ULONG i = 0; mdl && mm_is_uncached(cache) && i < mdl->ByteCount >> PAGE_SHIFT; i++)
        mem_frame(s, mem_page(s, MmGetMdlPfnArray(mdl)[i]))->uncached = true;
    call_end(c, mdl_obj(s, mdl), mdl ? mdl->ByteCount : 0, 0, 0);
    return mdl;
}

/*
 * MmAllocatePagesForMdl: zeroed physical pages, locked, not mapped.
 *
 * Irql     <= APC_LEVEL
 * Units    SkipBytes, TotalBytes: bytes
 * Returns  an MDL of what was to be had, which may be less; NULL: nothing
 * Gap      none known
 * Says     CALL (low, high, skip, total), ARG, MDL, LOCK, RETURN (MDL, bytes)
 * Source   wdm/nf-wdm-mmallocatepagesformdl
 */
PMDL MmAllocatePagesForMdl(PHYSICAL_ADDRESS LowAddress, PHYSICAL_ADDRESS HighAddress,
                           PHYSICAL_ADDRESS SkipBytes, SIZE_T TotalBytes)
{
    struct sim *s = sim_now();
    uint64_t low = (uint64_t)LowAddress.QuadPart, high = (uint64_t)HighAddress.QuadPart;
    uint64_t skip = (uint64_t)SkipBytes.QuadPart;
    struct call c = call_begin(s, API_MmAllocatePagesForMdl, 0, low, high, skip, TotalBytes);

    return pages_call(s, &c, skip, low, high, TotalBytes, MmCached, 0, 0);
}

/*
 * MmAllocatePagesForMdlEx: the same with flags.
 *
 * Irql     <= DISPATCH_LEVEL
 * Units    SkipBytes, TotalBytes: bytes
 * Returns  an MDL of what was to be had; NULL: nothing, less than all with
 *          MM_ALLOCATE_FULLY_REQUIRED, flags or SkipBytes that do not fit together
 * Gap      CacheType has no effect but on a machine that is not coherent;
 *          MM_ALLOCATE_PREFER_CONTIGUOUS, NO_WAIT, LOCAL_NODE_ONLY and TRIM_IF_NECESSARY ask for
 *          nothing that this machine would do otherwise; there are no large pages
 *          (MM_ALLOCATE_FAST_LARGE_PAGES gives NULL)
 * Says     CALL (low, high, skip, total), ARG (cache type, flags), MDL, LOCK, RETURN (MDL, bytes)
 * Source   wdm/nf-wdm-mmallocatepagesformdlex
 */
PMDL MmAllocatePagesForMdlEx(PHYSICAL_ADDRESS LowAddress, PHYSICAL_ADDRESS HighAddress,
                             PHYSICAL_ADDRESS SkipBytes, SIZE_T TotalBytes,
                             MEMORY_CACHING_TYPE CacheType, ULONG Flags)
{
    struct sim *s = sim_now();
    uint64_t low = (uint64_t)LowAddress.QuadPart, high = (uint64_t)HighAddress.QuadPart;
    uint64_t skip = (uint64_t)SkipBytes.QuadPart;
    struct call c = call_begin(s, API_MmAllocatePagesForMdlEx, 0, low, high, skip, TotalBytes);

    return pages_call(s, &c, skip, low, high, TotalBytes, CacheType, Flags, 0);
}

/*
 * MmAllocateNodePagesForMdlEx: the same with an ideal node.
 *
 * Irql     <= DISPATCH_LEVEL
 * Units    SkipBytes, TotalBytes: bytes
 * Returns  as MmAllocatePagesForMdlEx
 * Gap      the machine has one node; the rest as MmAllocatePagesForMdlEx
 * Says     CALL (low, high, skip, total), ARG (cache type, flags, node), MDL, LOCK, RETURN (MDL,
 *          bytes)
 * Source   wdm/nf-wdm-mmallocatenodepagesformdlex
 */
PMDL MmAllocateNodePagesForMdlEx(PHYSICAL_ADDRESS LowAddress, PHYSICAL_ADDRESS HighAddress,
                                 PHYSICAL_ADDRESS SkipBytes, SIZE_T TotalBytes,
                                 MEMORY_CACHING_TYPE CacheType, ULONG IdealNode, ULONG Flags)
{
    struct sim *s = sim_now();
    uint64_t low = (uint64_t)LowAddress.QuadPart, high = (uint64_t)HighAddress.QuadPart;
    uint64_t skip = (uint64_t)SkipBytes.QuadPart;
    struct call c = call_begin(s, API_MmAllocateNodePagesForMdlEx, 0, low, high, skip, TotalBytes);

    return pages_call(s, &c, skip, low, high, TotalBytes, CacheType, Flags, IdealNode);
}

/* One page back; false: it is not such an MDL's page (any more). */
static bool page_give_back(struct sim *s, uint64_t pfn)
{
    uint32_t page = mem_page(s, pfn);
    struct frame *f = page != MEM_NONE ? mem_frame(s, page) : NULL;

    if (!f || f->allocated != FRAME_MDL || !f->locks)
        return false;
    f->locks--;
    mem_pages_free(s, page, 1);
    return true;
}

/*
 * MmFreePagesFromMdl: give the pages back, with a mapping if there is one; the MDL itself stays,
 * until ExFreePool.
 *
 * Irql     <= APC_LEVEL
 * Returns  nothing; pages that are not such an MDL's are bug check 0x4E (7)
 * Gap      none known
 * Says     CALL (bytes, flags), VIEW_END, UNLOCK, RETURN
 * Source   wdm/nf-wdm-mmfreepagesfrommdl
 */
VOID MmFreePagesFromMdl(PMDL MemoryDescriptorList)
{
    struct sim *s = sim_now();
    PMDL mdl = MemoryDescriptorList;
    bool usable = mm_mdl_usable(s, mdl), told = false;
    struct call c =
        call_begin(s, API_MmFreePagesFromMdl, mdl_obj(s, mdl), usable ? mdl->ByteCount : 0,
                   usable ? (USHORT)mdl->MdlFlags : 0, 0, 0);
    usable = mm_mdl_usable(s, mdl);
    uint32_t pages = usable ? mm_mdl_pages(s, mdl) : 0;

    if (usable)
        mm_views_drop(s, mdl, KernelMode);
    for (uint32_t i = 0; i < pages; i++)
        if (!page_give_back(s, MmGetMdlPfnArray(mdl)[i]) && !told) {
            sim_bugcheck(s, PFN_LIST_CORRUPT, PFN_UNLOCKED_TOO_OFTEN, MmGetMdlPfnArray(mdl)[i], 0,
                         0);
            told = true;
        }
    if (usable) {
        mdl->MdlFlags &= (CSHORT)~MDL_PAGES_LOCKED;
        trace_emit(&s->trace, EV_UNLOCK, API_NONE, c.obj, pages, 0, 0, 0);
    }
    call_end(&c, 0, 0, 0, 0);
}
