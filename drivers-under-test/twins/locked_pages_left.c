/*
 * Twin of rule locked_pages_left: an MDL is freed with its pages locked.
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
    MmProbeAndLockPages(mdl, KernelMode, IoReadAccess);
#if !BUG
    MmUnlockPages(mdl);
#endif
    TwinMdlFree(mdl);
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
