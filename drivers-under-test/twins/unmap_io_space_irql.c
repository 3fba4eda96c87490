/*
 * Twin of rule unmap_io_space_irql: registers are unmapped at HIGH_LEVEL.
 */
#ifndef DMACHECK_SCENARIO
#include "twin_plain.h"

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    PVOID again = MmMapIoSpace(MmGetPhysicalAddress(Twin->Registers), 64, MmNonCached);
#if BUG
    KIRQL irql;
#endif

    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
    if (again == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
#if BUG
    KeRaiseIrql(HIGH_LEVEL, &irql);
#endif
    MmUnmapIoSpace(again, 64);
#if BUG
    KeLowerIrql(irql);
#endif
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
