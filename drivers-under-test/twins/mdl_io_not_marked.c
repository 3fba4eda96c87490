/*
 * Twin of rule mdl_io_not_marked: the mark of an MDL of the card's registers is cleared.
 */
#ifndef DMACHECK_SCENARIO
#include "twin_plain.h"

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    MM_PHYSICAL_ADDRESS_LIST registers;
    NTSTATUS status;
    PMDL mdl;
    PVOID va;

    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
    registers.PhysicalAddress = MmGetPhysicalAddress(Twin->Registers);
    registers.NumberOfBytes = PAGE_SIZE;
    status = MmAllocateMdlForIoSpace(&registers, 1, &mdl);
    if (!NT_SUCCESS(status))
        return status;
#if BUG
    mdl->MdlFlags = (mdl->MdlFlags & ~MDL_IO_SPACE) | MDL_PAGES_LOCKED;
#endif
    va =
        MmMapLockedPagesSpecifyCache(mdl, KernelMode, MmNonCached, NULL, FALSE, NormalPagePriority);
    if (va != NULL)
        MmUnmapLockedPages(va, mdl);
#if BUG
    mdl->MdlFlags = (mdl->MdlFlags & ~MDL_PAGES_LOCKED) | MDL_IO_SPACE;
#endif
    IoFreeMdl(mdl);
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
