/*
 * Twin of rule map_pages_unlocked: a partial MDL is mapped when its source is unlocked already.
 */
#ifndef DMACHECK_SCENARIO
#include "twin_plain.h"

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    PMDL mdl = TwinMdlGet(PagedPool);
    PMDL part =
        mdl != NULL ? IoAllocateMdl(MmGetMdlVirtualAddress(mdl), 512, FALSE, FALSE, NULL) : NULL;

    UNREFERENCED_PARAMETER(Twin);
    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
    if (part == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    MmProbeAndLockPages(mdl, KernelMode, IoReadAccess);
    IoBuildPartialMdl(mdl, part, MmGetMdlVirtualAddress(mdl), 512);
#if BUG
    MmUnlockPages(mdl);
#endif
    MmMapLockedPagesSpecifyCache(part, KernelMode, MmCached, NULL, FALSE, NormalPagePriority);
    IoFreeMdl(part);
#if !BUG
    MmUnlockPages(mdl);
#endif
    TwinMdlFree(mdl);
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
