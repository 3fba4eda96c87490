/*
 * MDLs: made, built, locked, advanced, freed. An MDL's frame numbers are the machine's physical
 * pages, so that whatever walks them (the DMA functions, a device) finds the bytes. Mapping is
 * mm_map.c's.
 */
#include "sim/nt/mm.h"

#include <string.h>

#include "sim/core/bus.h"
#include "sim/core/userptr.h"
#include "sim/nt/zw.h"

#define INVALID_MDL_RANGE 0x12E
#define TARGET_MDL_TOO_SMALL 0x40
#define MDL_LENGTH_MAX (0u - PAGE_SIZE) /* 4 GiB less a page */
#define PFN_UNLOCKED_TOO_OFTEN 7
#define POOL_ALREADY_FREED 7

/* What a partial MDL takes over from its source. */
#define MDL_INHERITED                                                                              \
    (MDL_SOURCE_IS_NONPAGED_POOL | MDL_IO_SPACE | MDL_IO_PAGE_READ | MDL_WRITE_OPERATION)

static uint64_t mdl_va(struct sim *s, PMDL mdl) { return va_of(s, mm_mdl_va(mdl)).v; }

uint32_t mdl_obj_other(struct sim *s, PMDL Mdl)
{
    const struct objmap_entry *e;

    if (!Mdl)
        return 0;
    e = objmap_last(&s->nt->objects, Mdl);
    /* A driver's own memory may hold a new MDL where an old one was. */
    if (e && (e->live || !pool_room(s, Mdl) || pool_is_internal(s, Mdl)))
        return e->obj;
    nt_obj_new(s, Mdl, OBJ_MDL);
    trace_emit(&s->trace, EV_MDL, API_NONE, nt_obj(s, Mdl, OBJ_MDL), mdl_va(s, Mdl), Mdl->ByteCount,
               0, 0);
    return nt_obj(s, Mdl, OBJ_MDL);
}

bool mm_mdl_usable(struct sim *s, PMDL mdl)
{
    const struct objmap_entry *e = mdl ? objmap_last(&s->nt->objects, mdl) : NULL;

    return mdl && (!e || e->live);
}

uint32_t mm_mdl_pages(struct sim *s, PMDL mdl)
{
    uint64_t pages = span_pages(mdl->ByteOffset, mdl->ByteCount), room = pool_room(s, mdl);

    if (room)
        pages = min_u64(pages, room < sizeof *mdl ? 0 : (room - sizeof *mdl) / sizeof(PFN_NUMBER));
    return (uint32_t)pages;
}

PMDL mdl_create(struct sim *s, PVOID Va, ULONG Length, PIRP Irp)
{
    uint64_t bytes = sizeof(MDL) + span_pages((uintptr_t)Va, Length) * sizeof(PFN_NUMBER);
    PMDL mdl;

    if (Length > MDL_LENGTH_MAX)
        return NULL;
    mdl = pool_alloc_internal(s, bytes);
    if (!mdl)
        return NULL;
    MmInitializeMdl(mdl, Va, Length);
    nt_obj_new(s, mdl, OBJ_MDL);
    trace_emit(&s->trace, EV_MDL, API_NONE, nt_obj(s, mdl, OBJ_MDL), mdl_va(s, mdl), Length,
               Irp ? nt_obj(s, Irp, OBJ_IRP) : 0, 0);
    return mdl;
}

void mdl_destroy(struct sim *s, PMDL Mdl)
{
    uint32_t obj = mdl_obj(s, Mdl);

    if (Mdl->MdlFlags & MDL_PARTIAL_HAS_BEEN_MAPPED)
        mm_views_drop(s, Mdl, KernelMode);
    mm_views_leak(s, Mdl);
    trace_emit(&s->trace, EV_MDL_END, API_NONE, obj, 0, 0, 0, 0);
    nt_obj_drop(s, Mdl);
    if (pool_is_internal(s, Mdl))
        pool_free_internal(s, Mdl);
    else
        mm_pool_free(s, Mdl, 0); /* memory of the driver's own: Windows frees it as pool, too */
}

/*
 * IoAllocateMdl: make an MDL that describes a buffer; its pages are not filled in.
 *
 * Irql     <= DISPATCH_LEVEL
 * Units    Length: bytes
 * Returns  NULL: no memory, or longer than 4 GiB less a page
 * Gap      ChargeQuota is reserved and has no effect; MDL_ALLOCATED_FIXED_SIZE is never set
 * Says     CALL, MDL, RETURN
 * Source   wdm/nf-wdm-ioallocatemdl
 */
PMDL IoAllocateMdl(PVOID VirtualAddress, ULONG Length, BOOLEAN SecondaryBuffer, BOOLEAN ChargeQuota,
                   PIRP Irp)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_IoAllocateMdl, Irp ? nt_obj(s, Irp, OBJ_IRP) : 0,
                               va_of(s, VirtualAddress).v, Length, SecondaryBuffer, ChargeQuota);
    PMDL mdl = fault_take(s, FAULT_MDL) ? NULL : mdl_create(s, VirtualAddress, Length, Irp);

    if (mdl && Irp) {
        PMDL *at = &Irp->MdlAddress;

        while (SecondaryBuffer && *at)
            at = &(*at)->Next;
        *at = mdl;
    }
    call_end(&c, mdl ? mdl_obj(s, mdl) : 0, 0, 0, 0);
    return mdl;
}

/*
 * IoFreeMdl: give an MDL back. Its pages stay locked if they were: that is a leak of the caller's.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      freed twice: bug check 0xC2 (7), as for pool; Windows may not notice at once
 * Says     CALL (a0: MdlFlags), VIEW_END for a partial MDL's mapping, MDL_END, RETURN
 * Source   wdm/nf-wdm-iofreemdl
 */
VOID IoFreeMdl(PMDL Mdl)
{
    struct sim *s = sim_now();
    bool usable = mm_mdl_usable(s, Mdl);
    struct call c = call_begin(s, API_IoFreeMdl, mdl_obj(s, Mdl),
                               usable ? (USHORT)Mdl->MdlFlags : 0, usable, 0, 0);
    usable = mm_mdl_usable(s, Mdl);

    if (usable)
        mdl_destroy(s, Mdl);
    else
        sim_bugcheck(s, BAD_POOL_CALLER, POOL_ALREADY_FREED, 0, 0, va_of(s, Mdl).v);
    call_end(&c, 0, 0, 0, 0);
}

static void partial_inherit(PMDL from, PMDL to, const char *va)
{
    uint64_t skip = (uintptr_t)va - (uintptr_t)mm_mdl_va(from);

    to->Process = from->Process;
    to->MdlFlags = (CSHORT)(MDL_PARTIAL | (from->MdlFlags & MDL_INHERITED));
    if (from->MdlFlags & (MDL_MAPPED_TO_SYSTEM_VA | MDL_SOURCE_IS_NONPAGED_POOL))
        to->MappedSystemVa = mm_at(from->MappedSystemVa, skip);
    if (from->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA)
        to->MdlFlags |= MDL_MAPPED_TO_SYSTEM_VA | MDL_PARENT_MAPPED_SYSTEM_VA;
}

/* false: the part is not in the source, or the target has no room; then nothing is changed. */
static bool partial_build(struct sim *s, PMDL from, PMDL to, char *va, ULONG length)
{
    char *start = mm_mdl_va(from);
    uint64_t skip = (uintptr_t)va - (uintptr_t)start, first, pages;

    if (va < start || skip > from->ByteCount || length > from->ByteCount - skip) {
        sim_bugcheck(s, INVALID_MDL_RANGE, mdl_obj(s, from), mdl_obj(s, to), va_of(s, va).v,
                     length);
        return false;
    }
    length = length ? length : (ULONG)(from->ByteCount - skip);
    first = (from->ByteOffset + skip) >> PAGE_SHIFT;
    pages = span_pages((uintptr_t)va, length);
    if (pages > ((uint16_t)to->Size - sizeof *to) / sizeof(PFN_NUMBER) ||
        first + pages > mm_mdl_pages(s, from)) {
        sim_bugcheck(s, TARGET_MDL_TOO_SMALL, 0, 0, 0, 0);
        return false;
    }
    to->StartVa = PAGE_ALIGN(va);
    to->ByteOffset = BYTE_OFFSET(va);
    to->ByteCount = length;
    partial_inherit(from, to, va);
    memmove(MmGetMdlPfnArray(to), MmGetMdlPfnArray(from) + first, pages * sizeof(PFN_NUMBER));
    return true;
}

/*
 * IoBuildPartialMdl: let one MDL describe a part of another's buffer.
 *
 * Irql     <= DISPATCH_LEVEL
 * Units    Length: bytes; 0: all from VirtualAddress on
 * Returns  nothing; a part outside the source is bug check 0x12E, a target too small 0x40
 * Gap      after such a bug check the target stays as it was
 * Says     CALL, ARG (length, source flags), MDL_BUILD of the target, RETURN
 * Source   wdm/nf-wdm-iobuildpartialmdl, debugger/bug-check-0x12e--invalid-mdl-range
 */
VOID IoBuildPartialMdl(PMDL SourceMdl, PMDL TargetMdl, PVOID VirtualAddress, ULONG Length)
{
    struct sim *s = sim_now();
    bool usable = mm_mdl_usable(s, SourceMdl) && mm_mdl_usable(s, TargetMdl);
    struct call c =
        call_begin(s, API_IoBuildPartialMdl, mdl_obj(s, TargetMdl), mdl_obj(s, SourceMdl),
                   va_of(s, VirtualAddress).v, Length, usable ? (USHORT)SourceMdl->MdlFlags : 0);
    usable = mm_mdl_usable(s, SourceMdl) && mm_mdl_usable(s, TargetMdl);

    /* A target that was mapped and not prepared for reuse loses track of its mapping: the
     * driver's leak. */
    if (usable && partial_build(s, SourceMdl, TargetMdl, VirtualAddress, Length))
        trace_emit(&s->trace, EV_MDL_BUILD, API_NONE, mdl_obj(s, TargetMdl), mdl_va(s, TargetMdl),
                   mm_mdl_pages(s, TargetMdl), 0, 0);
    call_end(&c, usable && TargetMdl->ByteCount, 0, 0, 0);
}

/* Memory that Windows may page out unless it is locked. */
bool mm_is_pageable(const struct frame *f)
{
    return !f->locks && (f->allocated == FRAME_FREE || f->allocated == FRAME_PAGED ||
                         f->allocated == FRAME_USER);
}

static bool page_is_pageable(struct sim *s, uint64_t pfn)
{
    uint32_t page = mem_page(s, pfn);

    return page != MEM_NONE && mm_is_pageable(mem_frame(s, page));
}

/*
 * MmBuildMdlForNonPagedPool: fill in the pages of a buffer that is resident anyway.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      a buffer that is not resident gets what frames it has (Windows: bug check 0x1A (0x1240)
 *          where there is no frame at all, which is said here, too)
 * Says     CALL (va, length, flags, use of the first frame), MISUSE for pageable memory, MDL_BUILD, RETURN
 * Source   wdm/nf-wdm-mmbuildmdlfornonpagedpool
 */
VOID MmBuildMdlForNonPagedPool(PMDL MemoryDescriptorList)
{
    struct sim *s = sim_now();
    PMDL mdl = MemoryDescriptorList;
    bool usable = mm_mdl_usable(s, mdl), io = false, io_here, paged = false;
    char *va = usable ? mm_mdl_va(mdl) : NULL;
    uint32_t page = mem_page_of(s, va), pages;
    struct call c = call_begin(s, API_MmBuildMdlForNonPagedPool, mdl_obj(s, mdl), va_of(s, va).v,
                               usable ? mdl->ByteCount : 0, usable ? (USHORT)mdl->MdlFlags : 0,
                               page != MEM_NONE ? mem_frame(s, page)->allocated : 0);

    usable = mm_mdl_usable(s, mdl);
    va = usable ? mm_mdl_va(mdl) : NULL;
    pages = usable ? mm_mdl_pages(s, mdl) : 0;
    for (uint32_t i = 0; i < pages; i++) {
        uint64_t pfn = mm_pfn(s, mm_mdl_page_va(mdl, i), &io_here);
        bool first = !paged;

        MmGetMdlPfnArray(mdl)[i] = pfn;
        io |= io_here;
        paged |= page_is_pageable(s, pfn);
        if (paged && first)
            trace_emit(&s->trace, EV_MISUSE, API_NONE, c.obj, MISUSE_BUILD_PAGED, va_of(s, va).v,
                       (USHORT)mdl->MdlFlags, 0);
        if (!pfn) {
            sim_bugcheck(s, MEMORY_MANAGEMENT, 0x1240, mdl_obj(s, mdl), 0, 0);
            break;
        }
    }
    if (usable) {
        mdl->Process = NULL;
        mdl->MappedSystemVa = va;
        mdl->MdlFlags |= (CSHORT)(MDL_SOURCE_IS_NONPAGED_POOL | (io ? MDL_IO_SPACE : 0));
        trace_emit(&s->trace, EV_MDL_BUILD, API_NONE, c.obj, va_of(s, va).v, pages, 0, 0);
    }
    call_end(&c, 0, 0, 0, 0);
}

/* Whether the buffer may be used by this mode: STATUS_SUCCESS or what probing raises. */
static NTSTATUS lock_check(struct sim *s, PMDL mdl, KPROCESSOR_MODE mode)
{
    char *va = mm_mdl_va(mdl);
    bool io;

    if (fault_take(s, FAULT_PROBE))
        return STATUS_WORKING_SET_QUOTA;
    if (mem_is_user(va))
        return mem_user_valid(s, mm_process(s), va, mdl->ByteCount) ? STATUS_SUCCESS
                                                                    : STATUS_ACCESS_VIOLATION;
    if (mode == UserMode)
        return STATUS_ACCESS_VIOLATION;
    for (uint32_t i = 0; i < mm_mdl_pages(s, mdl); i++) {
        char *p = mm_mdl_page_va(mdl, i);
        uint32_t page = mem_page_of(s, p);

        if (page != MEM_NONE ? mem_frame(s, page)->allocated == FRAME_FREE : !mm_pfn(s, p, &io))
            return STATUS_ACCESS_VIOLATION;
    }
    return STATUS_SUCCESS;
}

void mm_pages_lock(struct sim *s, PMDL mdl)
{
    for (uint32_t i = 0; i < mm_mdl_pages(s, mdl); i++) {
        uint32_t page = mem_page(s, MmGetMdlPfnArray(mdl)[i]);

        if (page != MEM_NONE && mem_frame(s, page)->locks < UINT16_MAX)
            mem_frame(s, page)->locks++;
    }
}

/* An MDL that is locked twice counts twice and is unlocked once: the driver's leak, as on
 * Windows. */
NTSTATUS mdl_lock(struct sim *s, PMDL Mdl, KPROCESSOR_MODE Mode, LOCK_OPERATION Operation)
{
    NTSTATUS status = lock_check(s, Mdl, Mode);
    uint32_t pages = mm_mdl_pages(s, Mdl);
    bool io = false, io_here;

    if (!NT_SUCCESS(status))
        return status;
    for (uint32_t i = 0; i < pages; i++) {
        MmGetMdlPfnArray(Mdl)[i] = mm_pfn(s, mm_mdl_page_va(Mdl, i), &io_here);
        io |= io_here;
    }
    mm_pages_lock(s, Mdl);
    Mdl->Process = mem_is_user(Mdl->StartVa) ? ps_process(s, mm_process(s)) : NULL;
    Mdl->MdlFlags &= (CSHORT) ~(MDL_WRITE_OPERATION | MDL_IO_SPACE);
    Mdl->MdlFlags |=
        (CSHORT)(MDL_PAGES_LOCKED | (Operation != IoReadAccess ? MDL_WRITE_OPERATION : 0) |
                 (io ? MDL_IO_SPACE : 0));
    trace_emit(&s->trace, EV_LOCK, API_NONE, mdl_obj(s, Mdl), Operation, pages, 0, 0);
    return STATUS_SUCCESS;
}

/*
 * MmProbeAndLockPages: check a buffer, make it resident, lock its pages, fill them in.
 *
 * Irql     <= APC_LEVEL for pageable buffers, <= DISPATCH_LEVEL for others
 * Returns  nothing; raises STATUS_ACCESS_VIOLATION or STATUS_WORKING_SET_QUOTA
 * Gap      all user memory is writable, and no page is ever out; a kernel address with nothing
 *          behind it raises, where Windows may bug check (0x50)
 * Says     CALL (va, length, flags, mode << 8 | operation), LOCK, MISUSE for a device's memory,
 *          RETURN (status)
 * Source   wdm/nf-wdm-mmprobeandlockpages
 */
VOID MmProbeAndLockPages(PMDL MemoryDescriptorList, KPROCESSOR_MODE AccessMode,
                         LOCK_OPERATION Operation)
{
    struct sim *s = sim_now();
    PMDL mdl = MemoryDescriptorList;
    bool usable = mm_mdl_usable(s, mdl);
    struct call c =
        call_begin(s, API_MmProbeAndLockPages, mdl_obj(s, mdl), usable ? mdl_va(s, mdl) : 0,
                   usable ? mdl->ByteCount : 0, usable ? (USHORT)mdl->MdlFlags : 0,
                   (uint64_t)AccessMode << 8 | Operation);
    usable = mm_mdl_usable(s, mdl);
    NTSTATUS status = usable ? mdl_lock(s, mdl, AccessMode, Operation) : STATUS_ACCESS_VIOLATION;

    if (NT_SUCCESS(status) && mem_is_user(mdl->StartVa))
        userptr_probed(s, (const char *)mdl->StartVa + mdl->ByteOffset, mdl->ByteCount);
    if (NT_SUCCESS(status) && mdl->MdlFlags & MDL_IO_SPACE)
        trace_emit(&s->trace, EV_MISUSE, API_NONE, c.obj, MISUSE_LOCK_IO, MmGetMdlPfnArray(mdl)[0],
                   0, 0);
    call_end(&c, (uint32_t)status, 0, 0, 0);
    if (!NT_SUCCESS(status))
        mm_raise(status);
}

void mdl_unlock(struct sim *s, PMDL Mdl)
{
    uint32_t pages = mm_mdl_pages(s, Mdl);
    bool told = false;

    if (Mdl->MdlFlags & MDL_MAPPED_TO_SYSTEM_VA && !(Mdl->MdlFlags & MDL_PARENT_MAPPED_SYSTEM_VA))
        mm_views_drop(s, Mdl, KernelMode);
    for (uint32_t i = 0; i < pages; i++) {
        uint32_t page = mem_page(s, MmGetMdlPfnArray(Mdl)[i]);
        struct frame *f = page != MEM_NONE ? mem_frame(s, page) : NULL;

        if (f && f->locks)
            f->locks--;
        else if (f && !told) {
            sim_bugcheck(s, PFN_LIST_CORRUPT, PFN_UNLOCKED_TOO_OFTEN, MmGetMdlPfnArray(Mdl)[i], 0,
                         0);
            told = true;
        }
    }
    Mdl->MdlFlags &= (CSHORT) ~(MDL_PAGES_LOCKED | MDL_IO_SPACE);
    Mdl->Process = NULL;
    trace_emit(&s->trace, EV_UNLOCK, API_NONE, mdl_obj(s, Mdl), pages, 0, 0, 0);
}

/*
 * MmUnlockPages: take the lock of an MDL's pages back, with a system mapping if there is one.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing; pages without a lock are bug check 0x4E (7)
 * Gap      none known
 * Says     CALL (va, length, flags), VIEW_END, UNLOCK, RETURN
 * Source   wdm/nf-wdm-mmunlockpages, debugger/bug-check-0x4e--pfn-list-corrupt
 */
VOID MmUnlockPages(PMDL MemoryDescriptorList)
{
    struct sim *s = sim_now();
    PMDL mdl = MemoryDescriptorList;
    bool usable = mm_mdl_usable(s, mdl);
    struct call c = call_begin(s, API_MmUnlockPages, mdl_obj(s, mdl), usable ? mdl_va(s, mdl) : 0,
                               usable ? mdl->ByteCount : 0, usable ? (USHORT)mdl->MdlFlags : 0, 0);
    usable = mm_mdl_usable(s, mdl);

    if (usable)
        mdl_unlock(s, mdl);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * MmAdvanceMdl: let an MDL begin further on; pages left behind are unlocked.
 *
 * Irql     <= DISPATCH_LEVEL
 * Units    NumberOfBytes: bytes
 * Returns  STATUS_INVALID_PARAMETER_2: more than the MDL has
 * Gap      a system mapping stays whole until it is unmapped
 * Says     CALL, RETURN (status)
 * Source   wdm/nf-wdm-mmadvancemdl
 */
NTSTATUS MmAdvanceMdl(PMDL Mdl, ULONG NumberOfBytes)
{
    struct sim *s = sim_now();
    bool usable = mm_mdl_usable(s, Mdl);
    struct call c = call_begin(s, API_MmAdvanceMdl, mdl_obj(s, Mdl), NumberOfBytes,
                               usable ? Mdl->ByteCount : 0, usable ? (USHORT)Mdl->MdlFlags : 0, 0);
    usable = mm_mdl_usable(s, Mdl);
    NTSTATUS status =
        usable && NumberOfBytes < Mdl->ByteCount ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER_2;

    if (NT_SUCCESS(status)) {
        PPFN_NUMBER pfns = MmGetMdlPfnArray(Mdl);
        uint32_t pages = mm_mdl_pages(s, Mdl);
        uint32_t gone = (Mdl->ByteOffset + NumberOfBytes) >> PAGE_SHIFT;

        for (uint32_t i = 0; i < gone && (Mdl->MdlFlags & MDL_PAGES_LOCKED); i++) {
            uint32_t page = mem_page(s, pfns[i]);

            if (page != MEM_NONE && mem_frame(s, page)->locks)
                mem_frame(s, page)->locks--;
        }
        memmove(pfns, pfns + gone, (pages - gone) * sizeof *pfns);
        Mdl->StartVa = mm_at(Mdl->StartVa, (uint64_t)gone * PAGE_SIZE);
        Mdl->ByteOffset = (Mdl->ByteOffset + NumberOfBytes) & (PAGE_SIZE - 1);
        Mdl->ByteCount -= NumberOfBytes;
        if (Mdl->MdlFlags & (MDL_MAPPED_TO_SYSTEM_VA | MDL_SOURCE_IS_NONPAGED_POOL))
            Mdl->MappedSystemVa = mm_at(Mdl->MappedSystemVa, NumberOfBytes);
    }
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}
