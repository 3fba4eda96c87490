/*
 * Twin of rule fast_mutex_acquire_irql: a fast mutex is taken at DISPATCH_LEVEL.
 */
#ifndef DMACHECK_SCENARIO
#include "twin_plain.h"

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    FAST_MUTEX mutex;
#if BUG
    KIRQL irql;
#endif

    UNREFERENCED_PARAMETER(Twin);
    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
    ExInitializeFastMutex(&mutex);
#if BUG
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    ExAcquireFastMutex(&mutex);
    KeLowerIrql(APC_LEVEL);
#else
    ExAcquireFastMutex(&mutex);
#endif
    ExReleaseFastMutex(&mutex);
#if BUG
    KeLowerIrql(irql);
#endif
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
