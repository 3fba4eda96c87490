/*
 * Twin of rule mdl_freed_twice: an MDL is freed twice.
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
    TwinMdlFree(mdl);
#if BUG
    IoFreeMdl(mdl);
#endif
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
