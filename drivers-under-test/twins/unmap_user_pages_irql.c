/*
 * Twin of rule unmap_user_pages_irql: a user mapping is ended at DISPATCH_LEVEL.
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
    va = MmMapLockedPagesSpecifyCache(mdl, UserMode, MmCached, NULL, FALSE, NormalPagePriority);
#if BUG
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
#endif
    if (va != NULL)
        MmUnmapLockedPages(va, mdl);
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
