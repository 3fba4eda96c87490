/*
 * Twin of rule pool_bad_free: a pointer into a block is freed.
 */
#ifndef DMACHECK_SCENARIO
#include "twin_plain.h"

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    PUCHAR buffer = ExAllocatePoolWithTag(NonPagedPool, 64, 'niwT');

    UNREFERENCED_PARAMETER(Twin);
    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
    if (buffer == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
#if BUG
    ExFreePoolWithTag(buffer + 16, 'niwT');
#endif
    ExFreePoolWithTag(buffer, 'niwT');
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
