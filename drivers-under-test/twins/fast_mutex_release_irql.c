/*
 * Twin of rule fast_mutex_release_irql: a fast mutex is given back at PASSIVE_LEVEL.
 */
#ifndef DMACHECK_SCENARIO
#include "twin_plain.h"

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    FAST_MUTEX mutex;

    UNREFERENCED_PARAMETER(Twin);
    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
    ExInitializeFastMutex(&mutex);
    ExAcquireFastMutex(&mutex);
#if BUG
    KeLowerIrql(PASSIVE_LEVEL);
#endif
    ExReleaseFastMutex(&mutex);
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
