/*
 * Device memory and driver images: mapping physical ranges, MDLs over them, and the calls that lock
 * a driver's pageable sections.
 */
#include "sim/core/bus.h"
#include "sim/nt/mm.h"

#define TAG_IO 0x6f496d4du /* "MmIo" */
#define PTE_NOT_MAPPED 0x302
#define IO_SPACE_MAX_BYTES 0xffffffffull

/* Memory that somebody may page out while it is mapped. */
static void complain_of_frames(struct sim *s, uint64_t physical, uint64_t bytes)
{
    uint64_t pages = span_pages(physical, bytes);

    for (uint64_t i = 0; i < pages; i++) {
        uint32_t page = mem_page(s, (physical >> PAGE_SHIFT) + i);

        if (page == MEM_NONE || !mm_is_pageable(mem_frame(s, page)))
            continue;
        trace_emit(&s->trace, EV_MISUSE, API_NONE, 0, MISUSE_IO_SPACE_RAM, physical, bytes,
                   (physical >> PAGE_SHIFT) + i);
        return;
    }
}

/* RAM at this physical range: plainly where its frames follow one another, else page by page. */
static void *map_ram(struct sim *s, uint64_t physical, uint64_t bytes, struct mm_block *b)
{
    uint32_t first = mem_page(s, physical >> PAGE_SHIFT);
    uint64_t pages = span_pages(physical, bytes);
    uint64_t pfns[256];
    bool plain = first != MEM_NONE;

    for (uint64_t i = 0; i < pages && plain; i++)
        plain = mem_page(s, (physical >> PAGE_SHIFT) + i) == first + i;
    if (s->trace.on)
        complain_of_frames(s, physical, bytes);
    b->view = MM_VIEW_PLAIN;
    if (plain)
        return (char *)mem_system(first) + PAGE_OFFSET(physical);
    if (first == MEM_NONE || pages > sizeof pfns / sizeof pfns[0])
        return NULL;
    for (uint64_t i = 0; i < pages; i++)
        pfns[i] = (physical >> PAGE_SHIFT) + i;
    b->view = MM_VIEW_PAGES;
    b->p = mem_view_map(s, pfns, (uint32_t)pages);
    return b->p ? b->p + PAGE_OFFSET(physical) : NULL;
}

static void *map_io(struct sim *s, uint64_t physical, uint64_t bytes)
{
    struct mm_block b = { .bytes = bytes,
                          .tag = TAG_IO,
                          .kind = MM_IO,
                          .view = MM_VIEW_IO,
                          .pages = (uint32_t)span_pages(physical, bytes) };

    if (!bytes || bytes > IO_SPACE_MAX_BYTES || fault_take(s, FAULT_MAP_IO))
        return NULL;
    b.p = bus_mmio_map(s, physical, bytes);
    if (!b.p)
        b.p = map_ram(s, physical, bytes, &b);
    if (b.p)
        mm_block_add(s, &b);
    return b.p;
}

/*
 * MmMapIoSpace: map a range of physical addresses: a device's memory as a rule.
 *
 * Irql     <= DISPATCH_LEVEL
 * Units    NumberOfBytes: bytes
 * Returns  NULL: no room, or nothing at these addresses
 * Gap      CacheType has no effect on a device's registers; RAM whose frames are scattered is
 *          mapped up to 1 MiB; Windows maps addresses with nothing behind them as well
 * Says     CALL, MISUSE for memory that is not locked, POOL (type 5), RETURN (va)
 * Source   wdm/nf-wdm-mmmapiospace
 */
PVOID MmMapIoSpace(PHYSICAL_ADDRESS PhysicalAddress, SIZE_T NumberOfBytes,
                   MEMORY_CACHING_TYPE CacheType)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_MmMapIoSpace, 0, (uint64_t)PhysicalAddress.QuadPart,
                               NumberOfBytes, CacheType, 0);
    void *p = map_io(s, (uint64_t)PhysicalAddress.QuadPart, NumberOfBytes);

    call_end(&c, va_of(s, p).v, 0, 0, 0);
    return p;
}

/*
 * MmMapIoSpaceEx: the same with page protections.
 *
 * Irql     <= DISPATCH_LEVEL
 * Units    NumberOfBytes: bytes
 * Returns  NULL: no room, nothing there, or Protect is none of the readable ones
 * Gap      read-only mappings can be written; the rest as MmMapIoSpace
 * Says     CALL, POOL (type 5), RETURN (va)
 * Source   wdm/nf-wdm-mmmapiospaceex
 */
PVOID MmMapIoSpaceEx(PHYSICAL_ADDRESS PhysicalAddress, SIZE_T NumberOfBytes, ULONG Protect)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_MmMapIoSpaceEx, 0, (uint64_t)PhysicalAddress.QuadPart,
                               NumberOfBytes, Protect, 0);
    ULONG access = Protect & ~(ULONG)(PAGE_NOCACHE | PAGE_WRITECOMBINE);
    bool readable = access == PAGE_READONLY || access == PAGE_READWRITE || access == PAGE_EXECUTE ||
                    access == PAGE_EXECUTE_READ || access == PAGE_EXECUTE_READWRITE;
    void *p = readable ? map_io(s, (uint64_t)PhysicalAddress.QuadPart, NumberOfBytes) : NULL;

    call_end(&c, va_of(s, p).v, 0, 0, 0);
    return p;
}

/*
 * MmUnmapIoSpace: end such a mapping.
 *
 * Irql     <= DISPATCH_LEVEL
 * Units    NumberOfBytes: bytes, as mapped
 * Returns  nothing; what is not mapped is bug check 0xDA (0x302)
 * Gap      a length other than the mapped one ends the whole mapping (both lengths are said)
 * Says     CALL (va, bytes, bytes mapped), POOL_END, RETURN
 * Source   wdm/nf-wdm-mmunmapiospace
 */
VOID MmUnmapIoSpace(PVOID BaseAddress, SIZE_T NumberOfBytes)
{
    struct sim *s = sim_now();
    struct mm_block *b = mm_block_of(s, BaseAddress);
    struct call c = call_begin(s, API_MmUnmapIoSpace, b ? b->obj : 0, va_of(s, BaseAddress).v,
                               NumberOfBytes, b ? b->bytes : 0, 0);

    b = mm_block_of(s, BaseAddress);
    if (!b || b->kind != MM_IO)
        sim_bugcheck(s, SYSTEM_PTE_MISUSE, PTE_NOT_MAPPED, va_of(s, BaseAddress).v, 0, 0);
    else {
        struct mm_block gone = *b;

        mm_block_end(s, b);
        if (gone.view == MM_VIEW_IO)
            bus_mmio_unmap(s, gone.p, gone.bytes);
        else if (gone.view == MM_VIEW_PAGES)
            mem_view_unmap(s, PAGE_ALIGN(gone.p), gone.pages);
    }
    call_end(&c, 0, 0, 0, 0);
}

/* Sum of the entries' pages; 0: some entry is not whole pages of something other than RAM. */
static uint64_t io_list_pages(struct sim *s, const MM_PHYSICAL_ADDRESS_LIST *list, SIZE_T entries)
{
    uint64_t pages = 0;

    for (SIZE_T i = 0; i < entries; i++) {
        uint64_t at = (uint64_t)list[i].PhysicalAddress.QuadPart, bytes = list[i].NumberOfBytes;

        if (!bytes || (at | bytes) & (PAGE_SIZE - 1) || bytes > IO_SPACE_MAX_BYTES)
            return 0;
        for (uint64_t pfn = at >> PAGE_SHIFT; pfn < (at + bytes) >> PAGE_SHIFT; pfn++)
            if (mem_page(s, pfn) != MEM_NONE)
                return 0;
        pages += bytes >> PAGE_SHIFT;
    }
    return pages;
}

/*
 * MmAllocateMdlForIoSpace: an MDL over a device's memory.
 *
 * Irql     <= DISPATCH_LEVEL
 * Units    NumberOfEntries: ranges
 * Returns  STATUS_INVALID_PARAMETER_1: a range is not whole pages, is RAM, or all are too long;
 *          STATUS_INSUFFICIENT_RESOURCES
 * Gap      none known
 * Says     CALL, MDL, MDL_BUILD, RETURN (status, MDL)
 * Source   wdm/nf-wdm-mmallocatemdlforiospace
 */
NTSTATUS MmAllocateMdlForIoSpace(PMM_PHYSICAL_ADDRESS_LIST PhysicalAddressList,
                                 SIZE_T NumberOfEntries, PMDL *NewMdl)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_MmAllocateMdlForIoSpace, 0, NumberOfEntries, 0, 0, 0);
    uint64_t pages = io_list_pages(s, PhysicalAddressList, NumberOfEntries), at = 0;
    NTSTATUS status = STATUS_INVALID_PARAMETER_1;
    PMDL mdl = NULL;

    *NewMdl = NULL;
    if (pages && pages << PAGE_SHIFT <= IO_SPACE_MAX_BYTES) {
        mdl = fault_take(s, FAULT_MDL) ? NULL
                                       : mdl_create(s, NULL, (ULONG)(pages << PAGE_SHIFT), NULL);
        status = mdl ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
    }
    for (SIZE_T i = 0; mdl && i < NumberOfEntries; i++)
        for (uint64_t k = 0; k < PhysicalAddressList[i].NumberOfBytes >> PAGE_SHIFT; k++)
            MmGetMdlPfnArray(mdl)[at++] =
                ((uint64_t)PhysicalAddressList[i].PhysicalAddress.QuadPart >> PAGE_SHIFT) + k;
    if (mdl) {
        mdl->MdlFlags |= MDL_IO_SPACE;
        trace_emit(&s->trace, EV_MDL_BUILD, API_NONE, mdl_obj(s, mdl), 0, pages, 0, 0);
        *NewMdl = mdl;
    }
    call_end(&c, (uint32_t)status, mdl_obj(s, mdl), 0, 0);
    return status;
}

/*
 * MmProtectMdlSystemAddress: change the protection of an MDL's system mapping.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  STATUS_NOT_MAPPED_VIEW: not mapped; STATUS_INVALID_PAGE_PROTECTION
 * Gap      nothing is protected
 * Says     CALL, RETURN (status)
 * Source   wdm/nf-wdm-mmprotectmdlsystemaddress
 */
NTSTATUS MmProtectMdlSystemAddress(PMDL MemoryDescriptorList, ULONG NewProtect)
{
    struct sim *s = sim_now();
    PMDL mdl = MemoryDescriptorList;
    bool usable = mm_mdl_usable(s, mdl);
    struct call c = call_begin(s, API_MmProtectMdlSystemAddress, mdl_obj(s, mdl), NewProtect,
                               usable ? (USHORT)mdl->MdlFlags : 0, 0, 0);
    usable = mm_mdl_usable(s, mdl);
    NTSTATUS status = STATUS_INVALID_PAGE_PROTECTION;

    if (NewProtect && !(NewProtect & (NewProtect - 1)) && NewProtect <= PAGE_EXECUTE_WRITECOPY)
        status = usable && mdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA ? STATUS_SUCCESS
                                                                   : STATUS_NOT_MAPPED_VIEW;
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/* --- pageable sections: a driver's image is always resident here, so these only tell --- */

/*
 * MmLockPagableDataSection: keep the section of this address resident.
 *
 * Irql     <= APC_LEVEL
 * Returns  a handle of the section
 * Gap      images are never paged; the handle is the address itself
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-mmlockpagabledatasection
 */
PVOID MmLockPagableDataSection(PVOID AddressWithinSection)
{
    struct sim *s = sim_now();
    struct call c =
        call_begin(s, API_MmLockPagableDataSection, 0, va_of(s, AddressWithinSection).v, 0, 0, 0);

    call_end(&c, va_of(s, AddressWithinSection).v, 0, 0, 0);
    return AddressWithinSection;
}

/*
 * MmLockPagableSectionByHandle: lock a section once more.
 *
 * Irql     <= APC_LEVEL
 * Returns  nothing
 * Gap      images are never paged
 * Says     CALL, RETURN
 * Source   ntddk/nf-ntddk-mmlockpagablesectionbyhandle
 */
VOID MmLockPagableSectionByHandle(PVOID ImageSectionHandle)
{
    struct sim *s = sim_now();
    struct call c =
        call_begin(s, API_MmLockPagableSectionByHandle, 0, va_of(s, ImageSectionHandle).v, 0, 0, 0);

    call_end(&c, 0, 0, 0, 0);
}

/*
 * MmUnlockPagableImageSection: let a section be paged again.
 *
 * Irql     <= APC_LEVEL
 * Returns  nothing
 * Gap      images are never paged
 * Says     CALL, RETURN
 * Source   wdm/nf-wdm-mmunlockpagableimagesection
 */
VOID MmUnlockPagableImageSection(PVOID ImageSectionHandle)
{
    struct sim *s = sim_now();
    struct call c =
        call_begin(s, API_MmUnlockPagableImageSection, 0, va_of(s, ImageSectionHandle).v, 0, 0, 0);

    call_end(&c, 0, 0, 0, 0);
}

/*
 * MmPageEntireDriver: let all of a driver be paged.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  the image's base on Windows; the address itself here
 * Gap      images are never paged
 * Says     CALL, RETURN
 * Source   ntddk/nf-ntddk-mmpageentiredriver
 */
PVOID MmPageEntireDriver(PVOID AddressWithinSection)
{
    struct sim *s = sim_now();
    struct call c =
        call_begin(s, API_MmPageEntireDriver, 0, va_of(s, AddressWithinSection).v, 0, 0, 0);

    call_end(&c, va_of(s, AddressWithinSection).v, 0, 0, 0);
    return AddressWithinSection;
}

/*
 * MmResetDriverPaging: undo MmPageEntireDriver.
 *
 * Irql     PASSIVE_LEVEL
 * Returns  nothing
 * Gap      images are never paged
 * Says     CALL, RETURN
 * Source   ntddk/nf-ntddk-mmresetdriverpaging
 */
VOID MmResetDriverPaging(PVOID AddressWithinSection)
{
    struct sim *s = sim_now();
    struct call c =
        call_begin(s, API_MmResetDriverPaging, 0, va_of(s, AddressWithinSection).v, 0, 0, 0);

    call_end(&c, 0, 0, 0, 0);
}
