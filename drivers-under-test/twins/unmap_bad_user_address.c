/*
 * Twin of rule unmap_bad_user_address: the requester's own buffer is unmapped as if it were a
 * mapping of an MDL.
 */
#ifndef DMACHECK_SCENARIO
#include "twin_plain.h"

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    PMDL mdl = TwinMdlGet(NonPagedPool);
    PVOID va;

    UNREFERENCED_PARAMETER(Twin);
    UNREFERENCED_PARAMETER(Length);
    if (mdl == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    MmProbeAndLockPages(mdl, KernelMode, IoReadAccess);
    va = MmMapLockedPagesSpecifyCache(mdl, UserMode, MmCached, NULL, FALSE, NormalPagePriority);
#if BUG
    MmUnmapLockedPages(MmGetMdlVirtualAddress(Mdl), mdl);
#endif
    if (va != NULL)
        MmUnmapLockedPages(va, mdl);
    MmUnlockPages(mdl);
    TwinMdlFree(mdl);
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
