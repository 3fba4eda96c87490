/*
 * Twin of rule unlock_never_locked: an MDL is unlocked that nobody locked.
 */
#ifndef DMACHECK_SCENARIO
#include "twin_plain.h"

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    PMDL mdl = TwinMdlGet(NonPagedPool);

    UNREFERENCED_PARAMETER(Twin);
    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
    if (mdl == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
#if !BUG
    MmProbeAndLockPages(mdl, KernelMode, IoReadAccess);
#endif
    MmUnlockPages(mdl);
    TwinMdlFree(mdl);
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
