/*
 * Twin of rule spin_lock_owned_already: a spin lock is taken twice by the same thread.
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
    KeAcquireSpinLockAtDpcLevel(&lock);
#endif
    KeReleaseSpinLock(&lock, irql);
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
