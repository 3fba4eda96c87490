/*
 * Twin of rule lock_wrong_flags: an MDL that was built for nonpaged pool is locked as well.
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
    MmBuildMdlForNonPagedPool(mdl);
#if BUG
    MmProbeAndLockPages(mdl, KernelMode, IoReadAccess);
#endif
    TwinMdlFree(mdl);
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
