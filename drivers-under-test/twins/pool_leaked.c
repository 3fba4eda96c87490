/*
 * Twin of rule pool_leaked: a block is allocated and forgotten.
 */
#ifndef DMACHECK_SCENARIO
#include "twin_plain.h"

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    PVOID buffer = ExAllocatePoolWithTag(NonPagedPool, 64, 'niwT');

    UNREFERENCED_PARAMETER(Twin);
    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
    if (buffer == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
#if !BUG
    ExFreePoolWithTag(buffer, 'niwT');
#endif
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
