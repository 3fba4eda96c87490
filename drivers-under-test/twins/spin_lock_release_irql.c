/*
 * Twin of rule spin_lock_release_irql: IRQL is lowered before the spin lock is given back.
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
#endif
    KeReleaseSpinLock(&lock, irql);
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
