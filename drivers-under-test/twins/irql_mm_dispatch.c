/*
 * Twin of rule irql_mm_dispatch: MmFreeContiguousMemory is called at HIGH_LEVEL.
 */
#ifndef DMACHECK_SCENARIO
#include "twin_plain.h"

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    PHYSICAL_ADDRESS highest;
    PVOID buffer;
#if BUG
    KIRQL irql;
#endif

    UNREFERENCED_PARAMETER(Twin);
    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
    highest.QuadPart = -1;
    buffer = MmAllocateContiguousMemory(PAGE_SIZE, highest);
    if (buffer == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
#if BUG
    KeRaiseIrql(HIGH_LEVEL, &irql);
#endif
    MmFreeContiguousMemory(buffer);
#if BUG
    KeLowerIrql(irql);
#endif
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
