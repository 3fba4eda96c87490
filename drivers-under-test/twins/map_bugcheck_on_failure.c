/*
 * Twin of rule map_bugcheck_on_failure: an MDL is mapped with BugCheckOnFailure.
 */
#ifndef DMACHECK_SCENARIO
#include "twin_plain.h"

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    PMDL mdl = TwinMdlGet(NonPagedPool);
    PVOID va;

    UNREFERENCED_PARAMETER(Twin);
    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
    if (mdl == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    MmProbeAndLockPages(mdl, KernelMode, IoReadAccess);
    va = MmMapLockedPagesSpecifyCache(mdl, KernelMode, MmCached, NULL, BUG, NormalPagePriority);
    if (va != NULL)
        MmUnmapLockedPages(va, mdl);
    MmUnlockPages(mdl);
    TwinMdlFree(mdl);
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
