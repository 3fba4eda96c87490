/*
 * Twin of rule wait_above_dispatch: an event is looked at by a wait of no time at HIGH_LEVEL.
 */
#ifndef DMACHECK_SCENARIO
#include "twin_plain.h"

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    LARGE_INTEGER zero;
    KIRQL irql;

    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
    zero.QuadPart = 0;
#if BUG
    KeRaiseIrql(HIGH_LEVEL, &irql);
#else
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
#endif
    KeWaitForSingleObject(&Twin->Granted, Executive, KernelMode, FALSE, &zero);
    KeLowerIrql(irql);
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
