/*
 * Twin of rule irql_ex_passive: ExRaiseStatus is called at DISPATCH_LEVEL.
 */
#ifndef DMACHECK_SCENARIO
#include "twin_plain.h"

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    KIRQL irql = KeGetCurrentIrql();

    UNREFERENCED_PARAMETER(Twin);
    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
    __try {
#if BUG
        KeRaiseIrql(DISPATCH_LEVEL, &irql);
#endif
        ExRaiseStatus(STATUS_INVALID_PARAMETER);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        KeLowerIrql(irql);
    }
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
