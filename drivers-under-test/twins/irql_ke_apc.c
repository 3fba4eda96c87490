/*
 * Twin of rule irql_ke_apc: KeDelayExecutionThread is called at DISPATCH_LEVEL.
 */
#ifndef DMACHECK_SCENARIO
#include "twin_plain.h"

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    LARGE_INTEGER tick;
#if BUG
    KIRQL irql;
#endif

    UNREFERENCED_PARAMETER(Twin);
    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
    tick.QuadPart = -10;
#if BUG
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
#endif
    KeDelayExecutionThread(KernelMode, FALSE, &tick);
#if BUG
    KeLowerIrql(irql);
#endif
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
