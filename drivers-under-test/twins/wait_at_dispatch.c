/*
 * Twin of rule wait_at_dispatch: an event is waited for at DISPATCH_LEVEL; it happens to be set.
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
    KeSetEvent(&Twin->Granted, IO_NO_INCREMENT, FALSE);
#if BUG
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
#endif
    KeWaitForSingleObject(&Twin->Granted, Executive, KernelMode, FALSE, NULL);
#if BUG
    KeLowerIrql(irql);
#endif
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
