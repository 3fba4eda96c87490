/*
 * Twin of rule unmap_partial_mdl: the mapping that a partial MDL has from its source is ended
 * through the partial MDL.
 */
#ifndef DMACHECK_SCENARIO
#include "twin_plain.h"

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    PVOID va = MmGetSystemAddressForMdlSafe(Mdl, NormalPagePriority);
    PMDL part = IoAllocateMdl(MmGetMdlVirtualAddress(Mdl), 512, FALSE, FALSE, NULL);

    UNREFERENCED_PARAMETER(Twin);
    UNREFERENCED_PARAMETER(Length);
    if (va == NULL || part == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    IoBuildPartialMdl(Mdl, part, MmGetMdlVirtualAddress(Mdl), 512);
#if BUG
    MmUnmapLockedPages(part->MappedSystemVa, part);
#else
    MmPrepareMdlForReuse(part);
#endif
    IoFreeMdl(part);
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
