/*
 * Twin of rule map_specify_cache_irql: an MDL is mapped at HIGH_LEVEL.
 */
#ifndef DMACHECK_SCENARIO
#include "twin_plain.h"

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    PMDL mdl = TwinMdlGet(NonPagedPool);
#if BUG
    KIRQL irql;
#endif

    UNREFERENCED_PARAMETER(Twin);
    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
    if (mdl == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    MmProbeAndLockPages(mdl, KernelMode, IoReadAccess);
#if BUG
    KeRaiseIrql(HIGH_LEVEL, &irql);
#endif
    MmMapLockedPagesSpecifyCache(mdl, KernelMode, MmCached, NULL, FALSE, NormalPagePriority);
#if BUG
    KeLowerIrql(irql);
#endif
    MmUnlockPages(mdl);
    TwinMdlFree(mdl);
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
