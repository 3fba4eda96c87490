/*
 * Twin of rule pfns_copied: a second view of a request's pages, by an MDL that was put together by hand.
 */
#ifndef DMACHECK_SCENARIO
#include "twin.h"

static NTSTATUS TwinStart(PTWIN Twin)
{
    UNREFERENCED_PARAMETER(Twin);
    return STATUS_SUCCESS;
}

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    PMDL view = IoAllocateMdl(MmGetMdlVirtualAddress(Mdl), Length, FALSE, FALSE, NULL);
    PVOID at;

    UNREFERENCED_PARAMETER(Twin);
    if (view == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
#if BUG
    RtlCopyMemory(MmGetMdlPfnArray(view), MmGetMdlPfnArray(Mdl),
                  ADDRESS_AND_SIZE_TO_SPAN_PAGES(MmGetMdlVirtualAddress(Mdl), Length) *
                      sizeof(PFN_NUMBER));
    view->MdlFlags |= Mdl->MdlFlags & MDL_PAGES_LOCKED;
#else
    IoBuildPartialMdl(Mdl, view, MmGetMdlVirtualAddress(Mdl), Length);
#endif
    at = MmMapLockedPagesSpecifyCache(view, KernelMode, MmCached, NULL, FALSE, NormalPagePriority);
    if (at != NULL)
        MmUnmapLockedPages(at, view);
#if BUG
    view->MdlFlags &= ~MDL_PAGES_LOCKED;
#endif
    IoFreeMdl(view);
    return STATUS_SUCCESS;
}

static VOID TwinStop(PTWIN Twin) { Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter); }

#else
#include "twin_scenario.h"
#endif
