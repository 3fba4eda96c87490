/*
 * Twin of rule spin_lock_acquire_irql: a spin lock is taken at HIGH_LEVEL.
 */
#ifndef DMACHECK_SCENARIO
#include "twin_plain.h"

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    KSPIN_LOCK lock;
    KIRQL irql;
#if BUG
    KIRQL high;
#endif

    UNREFERENCED_PARAMETER(Twin);
    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
    KeInitializeSpinLock(&lock);
#if BUG
    KeRaiseIrql(HIGH_LEVEL, &irql);
    KeAcquireSpinLock(&lock, &high);
    KeReleaseSpinLockFromDpcLevel(&lock);
    KeLowerIrql(irql);
#else
    KeAcquireSpinLock(&lock, &irql);
    KeReleaseSpinLock(&lock, irql);
#endif
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
