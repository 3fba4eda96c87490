/*
 * Twin of rule irql_ke_dispatch: KeClearEvent is called at HIGH_LEVEL.
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
    KeClearEvent(&Twin->Granted);
#if BUG
    KeLowerIrql(irql);
#endif
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
