/*
 * Twin of rule set_event_irql: KeSetEvent is called at HIGH_LEVEL.
 */
#ifndef DMACHECK_SCENARIO
#include "twin_plain.h"

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
#if BUG
    KIRQL irql;
#endif

    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
#if BUG
    KeRaiseIrql(HIGH_LEVEL, &irql);
#endif
    KeSetEvent(&Twin->Granted, IO_NO_INCREMENT, FALSE);
#if BUG
    KeLowerIrql(irql);
#endif
    KeClearEvent(&Twin->Granted);
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
