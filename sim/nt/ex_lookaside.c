/*
 * Lookaside lists. Every entry comes out of the pool and goes back to it, or through the driver's
 * own routines, as under Driver Verifier, so that a use after free of an entry and a leaked one are
 * seen.
 */
#include "sim/nt/mm.h"

#include <stddef.h>
#include <string.h>

/* What the three kinds of list have in common: all begin with this structure. It is the one without
 * the alignment, since a driver may have put a list where it is not met. */
#define COMMON(list) ((PGENERAL_LOOKASIDE_POOL)(list))

static void list_init(PGENERAL_LOOKASIDE_POOL l, POOL_TYPE type, SIZE_T size, ULONG tag,
                      PALLOCATE_FUNCTION alloc, PFREE_FUNCTION free_routine)
{
    memset(l, 0, offsetof(GENERAL_LOOKASIDE_POOL, Future) + sizeof l->Future); /* without padding */
    l->MaximumDepth = EX_MAXIMUM_LOOKASIDE_DEPTH_BASE;
    l->Type = type;
    l->Tag = tag;
    l->Size = (ULONG)size;
    l->Allocate = alloc;
    l->Free = free_routine;
}

/* A driver whose own call runs inside ours sees its callback; pool calls say themselves. */
static PVOID entry_take(PGENERAL_LOOKASIDE_POOL l)
{
    l->TotalAllocates++;
    l->AllocateMisses++;
    return l->Allocate ? l->Allocate(l->Type, l->Size, l->Tag)
                       : ExAllocatePoolWithTag(l->Type, l->Size, l->Tag);
}

static void entry_give(PGENERAL_LOOKASIDE_POOL l, PVOID entry)
{
    l->TotalFrees++;
    l->FreeMisses++;
    if (l->Free)
        l->Free(entry);
    else
        ExFreePoolWithTag(entry, l->Tag);
}

/*
 * ExInitializeNPagedLookasideList: a list of entries of one size from nonpaged pool.
 *
 * Irql     <= DISPATCH_LEVEL
 * Units    Size: bytes
 * Returns  nothing
 * Gap      no entry is kept in the list; Depth is reserved and has no effect
 * Says     CALL (size, tag, flags), RETURN
 * Source   wdm/nf-wdm-exinitializenpagedlookasidelist
 */
VOID ExInitializeNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside, PALLOCATE_FUNCTION Allocate,
                                     PFREE_FUNCTION Free, ULONG Flags, SIZE_T Size, ULONG Tag,
                                     USHORT Depth)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_ExInitializeNPagedLookasideList, 0, Size, Tag, Flags, Depth);
    POOL_TYPE type = (POOL_TYPE)(NonPagedPool |
                                 (Flags & (POOL_NX_ALLOCATION | POOL_RAISE_IF_ALLOCATION_FAILURE)));

    list_init(COMMON(Lookaside), type, Size, Tag, Allocate, Free);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * ExDeleteNPagedLookasideList: end a list.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      entries that are out stay allocated, as on Windows
 * Says     CALL (allocated, freed), RETURN
 * Source   wdm/nf-wdm-exdeletenpagedlookasidelist
 */
VOID ExDeleteNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside)
{
    struct sim *s = sim_now();
    struct call c =
        call_begin(s, API_ExDeleteNPagedLookasideList, 0, COMMON(Lookaside)->TotalAllocates,
                   COMMON(Lookaside)->TotalFrees, 0, 0);

    call_end(&c, 0, 0, 0, 0);
}

/*
 * ExAllocateFromNPagedLookasideList: take an entry.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  NULL: none to be had
 * Gap      no entry is kept in the list; Depth is reserved and has no effect
 * Says     CALL, what the pool says, RETURN (va)
 * Source   wdm/nf-wdm-exallocatefromnpagedlookasidelist
 */
PVOID ExAllocateFromNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_ExAllocateFromNPagedLookasideList, 0, COMMON(Lookaside)->Size,
                               COMMON(Lookaside)->Tag, 0, 0);
    PVOID p = entry_take(COMMON(Lookaside));

    call_end(&c, va_of(s, p).v, 0, 0, 0);
    return p;
}

/*
 * ExFreeToNPagedLookasideList: give an entry back.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      no entry is kept in the list; Depth is reserved and has no effect
 * Says     CALL (va), what the pool says, RETURN
 * Source   wdm/nf-wdm-exfreetonpagedlookasidelist
 */
VOID ExFreeToNPagedLookasideList(PNPAGED_LOOKASIDE_LIST Lookaside, PVOID Entry)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_ExFreeToNPagedLookasideList, 0, va_of(s, Entry).v,
                               COMMON(Lookaside)->Tag, 0, 0);

    entry_give(COMMON(Lookaside), Entry);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * ExInitializePagedLookasideList: a list of entries of one size from paged pool.
 *
 * Irql     <= APC_LEVEL
 * Units    Size: bytes
 * Returns  nothing
 * Gap      no entry is kept in the list; Depth is reserved and has no effect
 * Says     CALL (size, tag, flags), RETURN
 * Source   wdm/nf-wdm-exinitializepagedlookasidelist
 */
VOID ExInitializePagedLookasideList(PPAGED_LOOKASIDE_LIST Lookaside, PALLOCATE_FUNCTION Allocate,
                                    PFREE_FUNCTION Free, ULONG Flags, SIZE_T Size, ULONG Tag,
                                    USHORT Depth)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_ExInitializePagedLookasideList, 0, Size, Tag, Flags, Depth);
    POOL_TYPE type = (POOL_TYPE)(PagedPool | (Flags & POOL_RAISE_IF_ALLOCATION_FAILURE));

    list_init(COMMON(Lookaside), type, Size, Tag, Allocate, Free);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * ExDeletePagedLookasideList: end a list.
 *
 * Irql     <= APC_LEVEL
 * Returns  nothing
 * Gap      entries that are out stay allocated, as on Windows
 * Says     CALL (allocated, freed), RETURN
 * Source   wdm/nf-wdm-exdeletepagedlookasidelist
 */
VOID ExDeletePagedLookasideList(PPAGED_LOOKASIDE_LIST Lookaside)
{
    struct sim *s = sim_now();
    struct call c =
        call_begin(s, API_ExDeletePagedLookasideList, 0, COMMON(Lookaside)->TotalAllocates,
                   COMMON(Lookaside)->TotalFrees, 0, 0);

    call_end(&c, 0, 0, 0, 0);
}

/*
 * ExAllocateFromPagedLookasideList: take an entry.
 *
 * Irql     <= APC_LEVEL
 * Returns  NULL: none to be had
 * Gap      no entry is kept in the list; Depth is reserved and has no effect
 * Says     CALL, what the pool says, RETURN (va)
 * Source   wdm/nf-wdm-exallocatefrompagedlookasidelist
 */
PVOID ExAllocateFromPagedLookasideList(PPAGED_LOOKASIDE_LIST Lookaside)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_ExAllocateFromPagedLookasideList, 0, COMMON(Lookaside)->Size,
                               COMMON(Lookaside)->Tag, 0, 0);
    PVOID p = entry_take(COMMON(Lookaside));

    call_end(&c, va_of(s, p).v, 0, 0, 0);
    return p;
}

/*
 * ExFreeToPagedLookasideList: give an entry back.
 *
 * Irql     <= APC_LEVEL
 * Returns  nothing
 * Gap      no entry is kept in the list; Depth is reserved and has no effect
 * Says     CALL (va), what the pool says, RETURN
 * Source   wdm/nf-wdm-exfreetopagedlookasidelist
 */
VOID ExFreeToPagedLookasideList(PPAGED_LOOKASIDE_LIST Lookaside, PVOID Entry)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_ExFreeToPagedLookasideList, 0, va_of(s, Entry).v,
                               COMMON(Lookaside)->Tag, 0, 0);

    entry_give(COMMON(Lookaside), Entry);
    call_end(&c, 0, 0, 0, 0);
}

/*
 * ExInitializeLookasideListEx: a list from either pool, whose routines get the list.
 *
 * Irql     <= DISPATCH_LEVEL
 * Units    Size: bytes
 * Returns  STATUS_INVALID_PARAMETER_4, _5: pool type or flags; STATUS_SUCCESS
 * Gap      no entry is kept in the list; Depth is reserved and has no effect
 * Says     CALL (pool type, flags, size, tag), RETURN (status)
 * Source   wdm/nf-wdm-exinitializelookasidelistex
 */
NTSTATUS ExInitializeLookasideListEx(PLOOKASIDE_LIST_EX Lookaside, PALLOCATE_FUNCTION_EX Allocate,
                                     PFREE_FUNCTION_EX Free, POOL_TYPE PoolType, ULONG Flags,
                                     SIZE_T Size, ULONG Tag, USHORT Depth)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_ExInitializeLookasideListEx, 0, PoolType, Flags, Size, Tag);
    ULONG pool = (ULONG)PoolType & ~(ULONG)POOL_NX_ALLOCATION;
    ULONG raise = EX_LOOKASIDE_LIST_EX_FLAGS_RAISE_ON_FAIL,
          quiet = EX_LOOKASIDE_LIST_EX_FLAGS_FAIL_NO_RAISE;
    NTSTATUS status = STATUS_SUCCESS;

    call_arg(&c, 0, Depth, 0, 0, 0);
    if (pool != NonPagedPool && pool != PagedPool)
        status = STATUS_INVALID_PARAMETER_4;
    else if (Flags & ~(raise | quiet) || Flags == (raise | quiet))
        status = STATUS_INVALID_PARAMETER_5;
    if (NT_SUCCESS(status)) {
        ULONG type = (ULONG)PoolType | (Flags & raise ? POOL_RAISE_IF_ALLOCATION_FAILURE : 0) |
                     (Flags & quiet ? POOL_QUOTA_FAIL_INSTEAD_OF_RAISE : 0);

        list_init(COMMON(Lookaside), (POOL_TYPE)type, Size, Tag, NULL, NULL);
        COMMON(Lookaside)->AllocateEx = Allocate;
        COMMON(Lookaside)->FreeEx = Free;
    }
    call_end(&c, (uint32_t)status, 0, 0, 0);
    return status;
}

/*
 * ExDeleteLookasideListEx: end a list.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      entries that are out stay allocated, as on Windows
 * Says     CALL (allocated, freed), RETURN
 * Source   wdm/nf-wdm-exdeletelookasidelistex
 */
VOID ExDeleteLookasideListEx(PLOOKASIDE_LIST_EX Lookaside)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_ExDeleteLookasideListEx, 0, COMMON(Lookaside)->TotalAllocates,
                               COMMON(Lookaside)->TotalFrees, 0, 0);

    call_end(&c, 0, 0, 0, 0);
}

/*
 * ExFlushLookasideListEx: free the entries that are in the list.
 *
 * Irql     <= DISPATCH_LEVEL
 * Returns  nothing
 * Gap      no entry is ever in the list
 * Says     CALL (allocated, freed), RETURN
 * Source   wdm/nf-wdm-exflushlookasidelistex
 */
VOID ExFlushLookasideListEx(PLOOKASIDE_LIST_EX Lookaside)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_ExFlushLookasideListEx, 0, COMMON(Lookaside)->TotalAllocates,
                               COMMON(Lookaside)->TotalFrees, 0, 0);

    call_end(&c, 0, 0, 0, 0);
}

/*
 * ExAllocateFromLookasideListEx: take an entry.
 *
 * Irql     <= DISPATCH_LEVEL nonpaged, <= APC_LEVEL paged
 * Returns  NULL: none to be had; raises with RAISE_ON_FAIL
 * Gap      no entry is kept in the list; Depth is reserved and has no effect
 * Says     CALL, what the pool says, RETURN (va)
 * Source   wdm/nf-wdm-exallocatefromlookasidelistex
 */
PVOID ExAllocateFromLookasideListEx(PLOOKASIDE_LIST_EX Lookaside)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_ExAllocateFromLookasideListEx, 0, COMMON(Lookaside)->Size,
                               COMMON(Lookaside)->Tag, 0, 0);
    PGENERAL_LOOKASIDE_POOL l = COMMON(Lookaside);
    PVOID p;

    l->TotalAllocates++;
    l->AllocateMisses++;
    p = l->AllocateEx ? l->AllocateEx(l->Type, l->Size, l->Tag, Lookaside)
                      : ExAllocatePoolWithTag(l->Type, l->Size, l->Tag);
    call_end(&c, va_of(s, p).v, 0, 0, 0);
    return p;
}

/*
 * ExFreeToLookasideListEx: give an entry back.
 *
 * Irql     <= DISPATCH_LEVEL nonpaged, <= APC_LEVEL paged
 * Returns  nothing
 * Gap      no entry is kept in the list; Depth is reserved and has no effect
 * Says     CALL (va), what the pool says, RETURN
 * Source   wdm/nf-wdm-exfreetolookasidelistex
 */
VOID ExFreeToLookasideListEx(PLOOKASIDE_LIST_EX Lookaside, PVOID Entry)
{
    struct sim *s = sim_now();
    struct call c = call_begin(s, API_ExFreeToLookasideListEx, 0, va_of(s, Entry).v,
                               COMMON(Lookaside)->Tag, 0, 0);
    PGENERAL_LOOKASIDE_POOL l = COMMON(Lookaside);

    l->TotalFrees++;
    l->FreeMisses++;
    if (l->FreeEx)
        l->FreeEx(Entry, Lookaside);
    else
        ExFreePoolWithTag(Entry, l->Tag);
    call_end(&c, 0, 0, 0, 0);
}
