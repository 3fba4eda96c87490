/*
 * Twin of rule map_already_mapped: the request's MDL is mapped twice.
 */
#ifndef DMACHECK_SCENARIO
#include "twin_plain.h"

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    PVOID va = MmGetSystemAddressForMdlSafe(Mdl, NormalPagePriority);

    UNREFERENCED_PARAMETER(Twin);
    UNREFERENCED_PARAMETER(Length);
    if (va == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
#if BUG
    MmMapLockedPagesSpecifyCache(Mdl, KernelMode, MmCached, NULL, FALSE, NormalPagePriority);
#else
    MmGetSystemAddressForMdlSafe(Mdl, NormalPagePriority);
#endif
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
