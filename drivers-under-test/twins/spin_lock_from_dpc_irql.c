/*
 * Twin of rule spin_lock_from_dpc_irql: KeReleaseSpinLockFromDpcLevel is called at PASSIVE_LEVEL.
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
    KeAcquireSpinLock(&lock, &irql);
#if BUG
    KeLowerIrql(irql);
    KeReleaseSpinLockFromDpcLevel(&lock);
#else
    KeReleaseSpinLock(&lock, irql);
#endif
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
