/*
 * Twin of rule map_io_space_irql: registers are mapped at HIGH_LEVEL.
 */
#ifndef DMACHECK_SCENARIO
#include "twin_plain.h"

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    PVOID again;
#if BUG
    KIRQL irql;
#endif

    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
#if BUG
    KeRaiseIrql(HIGH_LEVEL, &irql);
#endif
    again = MmMapIoSpace(MmGetPhysicalAddress(Twin->Registers), 64, MmNonCached);
#if BUG
    KeLowerIrql(irql);
#endif
    if (again == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    MmUnmapIoSpace(again, 64);
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
