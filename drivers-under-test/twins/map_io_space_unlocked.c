/*
 * Twin of rule map_io_space_unlocked: paged pool is mapped by its physical address.
 */
#ifndef DMACHECK_SCENARIO
#include "twin_plain.h"

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    PVOID buffer = ExAllocatePoolWithTag(BUG ? PagedPool : NonPagedPool, PAGE_SIZE, 'niwT');
    PVOID again;

    UNREFERENCED_PARAMETER(Twin);
    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
    if (buffer == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    again = MmMapIoSpace(MmGetPhysicalAddress(buffer), 512, MmCached);
    if (again != NULL)
        MmUnmapIoSpace(again, 512);
    ExFreePoolWithTag(buffer, 'niwT');
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
