/*
 * Twin of rule map_locked_pages_user_irql: pages are mapped into the process at DISPATCH_LEVEL.
 */
#ifndef DMACHECK_SCENARIO
#include "twin_plain.h"

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    PMDL mdl = TwinMdlGet(NonPagedPool);
    PVOID va;
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
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    va = MmMapLockedPages(mdl, UserMode);
    KeLowerIrql(irql);
#else
    va = MmMapLockedPagesSpecifyCache(mdl, UserMode, MmCached, NULL, FALSE, NormalPagePriority);
#endif
    if (va != NULL)
        MmUnmapLockedPages(va, mdl);
    MmUnlockPages(mdl);
    TwinMdlFree(mdl);
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
