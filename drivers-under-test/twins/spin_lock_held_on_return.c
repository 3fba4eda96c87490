/*
 * Twin of rule spin_lock_held_on_return: a DPC returns with a spin lock held.
 */
#ifndef DMACHECK_SCENARIO
#include "twin_plain.h"

static KSPIN_LOCK TwinLock;
static KDEFERRED_ROUTINE TwinDpc;
static VOID NTAPI TwinDpc(PKDPC Dpc, PVOID Context, PVOID One, PVOID Two)
{
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(One);
    UNREFERENCED_PARAMETER(Two);
    KeAcquireSpinLockAtDpcLevel(&TwinLock);
#if !BUG
    KeReleaseSpinLockFromDpcLevel(&TwinLock);
#endif
}

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    KDPC dpc;

    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
    KeInitializeSpinLock(&TwinLock);
    KeInitializeDpc(&dpc, TwinDpc, Twin);
    KeInsertQueueDpc(&dpc, NULL, NULL);
    KeFlushQueuedDpcs();
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
