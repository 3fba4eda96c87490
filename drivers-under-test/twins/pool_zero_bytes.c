/*
 * Twin of rule pool_zero_bytes: a block of no bytes is allocated.
 */
#ifndef DMACHECK_SCENARIO
#include "twin_plain.h"

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    PVOID buffer = ExAllocatePoolWithTag(NonPagedPool, BUG ? 0 : Length, 'niwT');

    UNREFERENCED_PARAMETER(Twin);
    UNREFERENCED_PARAMETER(Mdl);
    if (buffer != NULL)
        ExFreePoolWithTag(buffer, 'niwT');
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
