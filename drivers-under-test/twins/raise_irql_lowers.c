/*
 * Twin of rule raise_irql_lowers: at DISPATCH_LEVEL, KeRaiseIrql to APC_LEVEL.
 */
#ifndef DMACHECK_SCENARIO
#include "twin_plain.h"

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    KIRQL irql, second;

    UNREFERENCED_PARAMETER(Twin);
    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
#if BUG
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    KeRaiseIrql(APC_LEVEL, &second);
#else
    KeRaiseIrql(APC_LEVEL, &irql);
    KeRaiseIrql(DISPATCH_LEVEL, &second);
    KeLowerIrql(second);
#endif
    KeLowerIrql(irql);
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
