/*
 * Twin of rule critical_region_entered_irql: KeEnterCriticalRegion is called at DISPATCH_LEVEL.
 */
#ifndef DMACHECK_SCENARIO
#include "twin_plain.h"

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
#if BUG
    KIRQL irql;
#endif

    UNREFERENCED_PARAMETER(Twin);
    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
#if BUG
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
#endif
    KeEnterCriticalRegion();
#if BUG
    KeLowerIrql(irql);
#endif
    KeLeaveCriticalRegion();
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
