/*
 * Twin of rule pages_for_mdl_irql: MmFreePagesFromMdl is called at HIGH_LEVEL.
 */
#ifndef DMACHECK_SCENARIO
#include "twin_plain.h"

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    PHYSICAL_ADDRESS low, high, skip;
    PMDL pages;
#if BUG
    KIRQL irql;
#endif

    UNREFERENCED_PARAMETER(Twin);
    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
    low.QuadPart = skip.QuadPart = 0;
    high.QuadPart = -1;
    pages = MmAllocatePagesForMdl(low, high, skip, PAGE_SIZE);
    if (pages == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
#if BUG
    KeRaiseIrql(HIGH_LEVEL, &irql);
#endif
    MmFreePagesFromMdl(pages);
#if BUG
    KeLowerIrql(irql);
#endif
    ExFreePool(pages);
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
