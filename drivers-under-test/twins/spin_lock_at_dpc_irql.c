/*
 * Twin of rule spin_lock_at_dpc_irql: KeAcquireSpinLockAtDpcLevel is called at PASSIVE_LEVEL.
 */
#ifndef DMACHECK_SCENARIO
#include "twin_plain.h"

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    KSPIN_LOCK lock;
    KIRQL irql;

    UNREFERENCED_PARAMETER(Twin);
    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
    KeInitializeSpinLock(&lock);
#if BUG
    KeAcquireSpinLockAtDpcLevel(&lock);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
#else
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    KeAcquireSpinLockAtDpcLevel(&lock);
#endif
    KeReleaseSpinLockFromDpcLevel(&lock);
    KeLowerIrql(irql);
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
