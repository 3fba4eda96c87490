/*
 * Twin of rule unlock_partial_mdl: a partial MDL of nonpaged pool is unlocked.
 */
#ifndef DMACHECK_SCENARIO
#include "twin_plain.h"

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    PMDL mdl = TwinMdlGet(NonPagedPool);
    PMDL part =
        mdl != NULL ? IoAllocateMdl(MmGetMdlVirtualAddress(mdl), 512, FALSE, FALSE, NULL) : NULL;

    UNREFERENCED_PARAMETER(Twin);
    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
    if (part == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    MmBuildMdlForNonPagedPool(mdl);
    IoBuildPartialMdl(mdl, part, MmGetMdlVirtualAddress(mdl), 512);
#if BUG
    MmUnlockPages(part);
#endif
    IoFreeMdl(part);
    TwinMdlFree(mdl);
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
