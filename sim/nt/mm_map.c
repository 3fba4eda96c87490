/*
 * Mapping an MDL's pages: into the system's addresses, into a process, into a range reserved
 * before.
 */
#include "sim/nt/mm.h"

#define NO_MORE_SYSTEM_PTES 0x3F
#define MAP_OF_UNLOCKED 0x1233
#define PTE_FREE_NOT_OWNED 0x101
#define PTE_FREE_EMPTY 0x102
#define PTE_FREE_STILL_MAPPED 0x103
#define PTE_MAP_NOT_OWNED 0x104
#define PTE_MAP_INVALID 0x105
#define PTE_MAP_NOT_EMPTY 0x107
#define PTE_UNMAP_NOT_OWNED 0x108
#define PTE_UNMAP_EMPTY 0x109
#define PTE_NOT_MAPPED 0x302
#define MDL_HAS_PAGES (MDL_PAGES_LOCKED | MDL_SOURCE_IS_NONPAGED_POOL | MDL_PARTIAL | MDL_IO_SPACE)

/* What Windows maps, and Driver Verifier does not let pass: frames that may go to somebody else while they
 * are mapped, and frames with nothing behind them that nobody has called I/O space. */
static void complain_of_frames(struct sim *s, PMDL mdl)
{
    uint32_t pages = mm_mdl_pages(s, mdl);

    for (uint32_t i = 0; i < pages && !(mdl->MdlFlags & MDL_IO_SPACE); i++) {
        uint64_t pfn = MmGetMdlPfnArray(mdl)[i];
        uint32_t page = mem_page(s, pfn);
        bool memory = page != MEM_NONE || mem_at(s, (struct pa) { pfn << PAGE_SHIFT });

        if (memory && (page == MEM_NONE || !mm_is_pageable(mem_frame(s, page))))
            continue;
        if (memory)
            trace_emit(&s->trace, EV_MISUSE, API_NONE, mdl_obj(s, mdl), MISUSE_MAP_UNLOCKED, pages,
                       pfn, 0);
        else
            trace_emit(&s->trace, EV_MISUSE, API_NONE, mdl_obj(s, mdl), MISUSE_MAP_NOT_IO, i, pfn,
                       0);
        return;
    }
}

static void complain_of_unlocked(struct sim *s, PMDL mdl)
{
    if (!(mdl->MdlFlags & MDL_HAS_PAGES))
        sim_bugcheck(s, MEMORY_MANAGEMENT, MAP_OF_UNLOCKED, MmGetMdlPfnArray(mdl)[0], 0, 0);
    else if (s->trace.on)
        complain_of_frames(s, mdl);
}

/* NULL with *status: what a mapping into a process raises. */
static void *map_user(struct sim *s, PMDL mdl, PVOID wanted, NTSTATUS *status)
{
    struct mm_view v;

    *status = STATUS_INSUFFICIENT_RESOURCES;
    if (fault_take(s, FAULT_VIEW) || !mm_view_make(s, mdl, UserMode, &v))
        return NULL;
    mm_view_add(s, mdl, &v);
    if (wanted && PAGE_ALIGN(wanted) != (PVOID)v.base) {
        mm_view_end(s, mm_view_of(s, mdl, v.base, UserMode));
        *status = STATUS_CONFLICTING_ADDRESSES;
        return NULL;
    }
    *status = STATUS_SUCCESS;
    return v.base + mdl->ByteOffset;
}

static void *map_kernel(struct sim *s, PMDL mdl, bool must_succeed)
{
    void *va = fault_take(s, FAULT_VIEW) ? NULL : mm_map_system(s, mdl);

    if (!va && must_succeed)
        sim_bugcheck(s, NO_MORE_SYSTEM_PTES, 0, mm_mdl_pages(s, mdl), 0, 0);
    return va;
}

/*
 * MmMapLockedPagesSpecifyCache: map an MDL's pages for the system or for the current process.
 *
 * Irql     <= DISPATCH_LEVEL (KernelMode), <= APC_LEVEL (UserMode)
 * Returns  the address of the first byte; NULL or bug check 0x3F: no room. UserMode raises instead
 * Gap      CacheType and the NoWrite, NoExecute bits of Priority have no effect on accesses; a
 *          device's registers mapped to a process lie above MmUserProbeAddress; RequestedAddress is
 *          met only where it is the address that the machine would choose. A second system mapping
 *          is made as asked and the first one forgotten until the MDL is unlocked
 * Says     CALL, ARG (cache type, priority, bug check), VIEW, RETURN (va)
 * Source   wdm/nf-wdm-mmmaplockedpagesspecifycache, debugger/bug-check-0x1a--memory-management
 */
PVOID MmMapLockedPagesSpecifyCache(PMDL MemoryDescriptorList, KPROCESSOR_MODE AccessMode,
                                   MEMORY_CACHING_TYPE CacheType, PVOID RequestedAddress,
                                   ULONG BugCheckOnFailure, ULONG Priority)
{
    struct sim *s = sim_now();
    PMDL mdl = MemoryDescriptorList;
    bool usable = mm_mdl_usable(s, mdl);
    struct call c = call_begin(s, API_MmMapLockedPagesSpecifyCache, mdl_obj(s, mdl),
                               (uint8_t)AccessMode, usable ? (USHORT)mdl->MdlFlags : 0,
                               usable ? mdl->ByteCount : 0, va_of(s, RequestedAddress).v);
    usable = mm_mdl_usable(s, mdl);
    NTSTATUS status = STATUS_SUCCESS;
    void *va = NULL;

    call_arg(&c, c.obj, CacheType, Priority, BugCheckOnFailure, 0);
    if (usable) {
        complain_of_unlocked(s, mdl);
        va = AccessMode == UserMode ? map_user(s, mdl, RequestedAddress, &status)
                                    : map_kernel(s, mdl, BugCheckOnFailure != 0);
    }
    call_end(&c, va_of(s, va).v, (uint32_t)status, 0, 0);
    if (!NT_SUCCESS(status))
        mm_raise(status);
    return va;
}

/*
 * MmMapLockedPages: the old form; a failure is a bug check.
 *
 * Irql     <= DISPATCH_LEVEL (KernelMode), <= APC_LEVEL (UserMode)
 * Returns  the address of the first byte
 * Gap      as MmMapLockedPagesSpecifyCache
 * Says     CALL, VIEW, RETURN (va)
 * Source   wdm/nf-wdm-mmmaplockedpages
 */
PVOID MmMapLockedPages(PMDL MemoryDescriptorList, KPROCESSOR_MODE AccessMode)
{
    struct sim *s = sim_now();
    PMDL mdl = MemoryDescriptorList;
    bool usable = mm_mdl_usable(s, mdl);
    struct call c = call_begin(s, API_MmMapLockedPages, mdl_obj(s, mdl), (uint8_t)AccessMode,
                               usable ? (USHORT)mdl->MdlFlags : 0, usable ? mdl->ByteCount : 0, 0);
    usable = mm_mdl_usable(s, mdl);
    NTSTATUS status = STATUS_SUCCESS;
    void *va = NULL;

    if (usable) {
        complain_of_unlocked(s, mdl);
        va = AccessMode == UserMode ? map_user(s, mdl, NULL, &status) : map_kernel(s, mdl, true);
    }
    call_end(&c, va_of(s, va).v, (uint32_t)status, 0, 0);
    if (!NT_SUCCESS(status))
        mm_raise(status);
    return va;
}

/* A device's registers in a process have an address that does not tell, so both lists are asked. */
static struct mm_view *view_at(struct sim *s, PMDL mdl, const void *p)
{
    struct mm_view *v = mem_is_user(p) ? NULL : mm_view_of(s, mdl, p, KernelMode);

    return v ? v : mm_view_of(s, mdl, p, UserMode);
}

/*
 * MmUnmapLockedPages: end one mapping.
 *
 * Irql     <= DISPATCH_LEVEL (system address), <= APC_LEVEL (user address, in its process)
 * Returns  nothing; what is not mapped is bug check 0xDA (0x302)
 * Gap      a user mapping may be ended from any process
 * Says     CALL (va, flags, process of the mapping, 1: mapped | 2: a user address), VIEW_END, RETURN
 * Source   wdm/nf-wdm-mmunmaplockedpages, debugger/bug-check-0xda--system-pte-misuse
 */
VOID MmUnmapLockedPages(PVOID BaseAddress, PMDL MemoryDescriptorList)
{
    struct sim *s = sim_now();
    PMDL mdl = MemoryDescriptorList;
    struct mm_view *v = view_at(s, mdl, BaseAddress);
    struct call c =
        call_begin(s, API_MmUnmapLockedPages, mdl_obj(s, mdl), va_of(s, BaseAddress).v,
                   mm_mdl_usable(s, mdl) ? (USHORT)mdl->MdlFlags : 0, v ? v->process : 0,
                   (v != NULL) | (uint64_t)mem_is_user(BaseAddress) << 1);

    v = view_at(s, mdl, BaseAddress);
    if (v)
        mm_view_end(s, v);
    else
        sim_bugcheck(s, SYSTEM_PTE_MISUSE, PTE_NOT_MAPPED, va_of(s, BaseAddress).v, 0, 0);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * MmAllocateMappingAddress: reserve addresses to which MDLs can be mapped when memory is short.
 *
 * Irql     <= APC_LEVEL
 * Units    NumberOfBytes: bytes
 * Returns  NULL: no room
 * Gap      none known
 * Says     CALL, POOL (type 3), RETURN (va)
 * Source   wdm/nf-wdm-mmallocatemappingaddress
 */
PVOID MmAllocateMappingAddress(SIZE_T NumberOfBytes, ULONG PoolTag)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_MmAllocateMappingAddress, 0, NumberOfBytes, PoolTag, 0, 0);
    uint64_t pages = (NumberOfBytes >> PAGE_SHIFT) + ((NumberOfBytes & (PAGE_SIZE - 1)) != 0);
    void *p = NULL;

    if (!pages)
        sim_bugcheck(s, SYSTEM_PTE_MISUSE, 0x100, 0, PoolTag, 0);
    else if (pages < UINT32_MAX && !fault_take(s, FAULT_VIEW))
        p = mem_view_reserve(s, (uint32_t)pages);
    if (p)
        mm_block_add(s, &(struct mm_block) { .p = p,
                                             .bytes = NumberOfBytes,
                                             .tag = PoolTag,
                                             .pages = (uint32_t)pages,
                                             .kind = MM_RESERVED });
    call_end(&c, va_of(s, p).v, 0, 0, 0);
    return p;
}

/*
 * MmFreeMappingAddress: give reserved addresses back.
 *
 * Irql     <= APC_LEVEL
 * Returns  nothing; not the owner's 0xDA (0x101), nothing reserved (0x102), still mapped (0x103)
 * Gap      none known
 * Says     CALL, POOL_END, RETURN
 * Source   wdm/nf-wdm-mmfreemappingaddress, debugger/bug-check-0xda--system-pte-misuse
 */
VOID MmFreeMappingAddress(PVOID BaseAddress, ULONG PoolTag)
{
    struct sim *s = sim_now();
    struct mm_block *b = mm_block_of(s, BaseAddress);
    struct call c = call_begin(s, API_MmFreeMappingAddress, b ? b->obj : 0, va_of(s, BaseAddress).v,
                               PoolTag, b ? b->tag : 0, 0);

    b = mm_block_of(s, BaseAddress);
    if (!b || b->kind != MM_RESERVED)
        sim_bugcheck(s, SYSTEM_PTE_MISUSE, PTE_FREE_EMPTY, va_of(s, BaseAddress).v, PoolTag, 0);
    else if (b->tag != PoolTag)
        sim_bugcheck(s, SYSTEM_PTE_MISUSE, PTE_FREE_NOT_OWNED, va_of(s, BaseAddress).v, PoolTag,
                     b->tag);
    else if (b->in_use)
        sim_bugcheck(s, SYSTEM_PTE_MISUSE, PTE_FREE_STILL_MAPPED, va_of(s, BaseAddress).v, PoolTag,
                     b->pages);
    else {
        mem_view_release(s, b->p, b->pages);
        mm_block_end(s, b);
    }
    call_end(&c, 0, 0, 0, 0);
}

/*
 * MmMapLockedPagesWithReservedMapping: map an MDL where room was reserved; needs no memory.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  NULL: the MDL is longer than what was reserved
 * Gap      CacheType has no effect; a device's registers cannot be mapped so (NULL)
 * Says     CALL, VIEW, RETURN (va)
 * Source   wdm/nf-wdm-mmmaplockedpageswithreservedmapping
 */
PVOID MmMapLockedPagesWithReservedMapping(PVOID MappingAddress, ULONG PoolTag,
                                          PMDL MemoryDescriptorList, MEMORY_CACHING_TYPE CacheType)
{
    struct sim *s = sim_now();
    PMDL mdl = MemoryDescriptorList;
    bool usable = mm_mdl_usable(s, mdl);
    struct mm_block *b;
    struct call c = call_begin(s, API_MmMapLockedPagesWithReservedMapping, mdl_obj(s, mdl),
                               va_of(s, MappingAddress).v, PoolTag,
                               usable ? (USHORT)mdl->MdlFlags : 0, CacheType);
    usable = mm_mdl_usable(s, mdl);
    struct mm_view v = { .base = MappingAddress,
                         .kind = MM_VIEW_RESERVED,
                         .mode = KernelMode,
                         .pages = usable ? mm_mdl_pages(s, mdl) : 0,
                         .length_bytes = usable ? mdl->ByteCount : 0 };
    uint64_t named = va_of(s, MappingAddress).v;
    void *va = NULL;

    b = mm_block_of(s, MappingAddress);
    if (!b || b->kind != MM_RESERVED)
        sim_bugcheck(s, SYSTEM_PTE_MISUSE, PTE_MAP_INVALID, named, PoolTag, 0);
    else if (b->tag != PoolTag)
        sim_bugcheck(s, SYSTEM_PTE_MISUSE, PTE_MAP_NOT_OWNED, named, PoolTag, b->tag);
    else if (b->in_use)
        sim_bugcheck(s, SYSTEM_PTE_MISUSE, PTE_MAP_NOT_EMPTY, named, named, 0);
    else if (v.pages && v.pages <= b->pages &&
             mem_view_fill(s, b->p, (uint64_t *)MmGetMdlPfnArray(mdl), v.pages)) {
        complain_of_unlocked(s, mdl);
        b->in_use = true;
        mm_view_add(s, mdl, &v);
        va = mdl->MappedSystemVa = b->p + mdl->ByteOffset;
        mdl->MdlFlags |= MDL_MAPPED_TO_SYSTEM_VA |
                         (mdl->MdlFlags & MDL_PARTIAL ? MDL_PARTIAL_HAS_BEEN_MAPPED : 0);
    }
    call_end(&c, va_of(s, va).v, 0, 0, 0);
    return va;
}

/*
 * MmUnmapReservedMapping: end such a mapping; the addresses stay reserved.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing; not the owner's 0xDA (0x108), not mapped (0x109)
 * Gap      none known
 * Says     CALL, VIEW_END, RETURN
 * Source   wdm/nf-wdm-mmunmapreservedmapping
 */
VOID MmUnmapReservedMapping(PVOID BaseAddress, ULONG PoolTag, PMDL MemoryDescriptorList)
{
    struct sim *s = sim_now();
    struct mm_block *b = mm_block_of(s, PAGE_ALIGN(BaseAddress));
    struct mm_view *v = mm_view_of(s, MemoryDescriptorList, BaseAddress, KernelMode);
    struct call c = call_begin(s, API_MmUnmapReservedMapping, mdl_obj(s, MemoryDescriptorList),
                               va_of(s, BaseAddress).v, PoolTag, b ? b->tag : 0, v != NULL);

    b = mm_block_of(s, PAGE_ALIGN(BaseAddress));
    v = mm_view_of(s, MemoryDescriptorList, BaseAddress, KernelMode);
    if (b && b->tag != PoolTag)
        sim_bugcheck(s, SYSTEM_PTE_MISUSE, PTE_UNMAP_NOT_OWNED, va_of(s, BaseAddress).v, PoolTag,
                     b->tag);
    else if (!b || !v || v->kind != MM_VIEW_RESERVED)
        sim_bugcheck(s, SYSTEM_PTE_MISUSE, PTE_UNMAP_EMPTY, va_of(s, BaseAddress).v, PoolTag, 0);
    else
        mm_view_end(s, v);
    call_end(&c, 0, 0, 0, 0);
}
