/*
 * Twin of rule user_mapping_left: a page of the driver's is mapped into the program and stays there.
 */
#ifndef DMACHECK_SCENARIO
#include "twin.h"

static PVOID page;
static PMDL pages;

static NTSTATUS TwinStart(PTWIN Twin)
{
    UNREFERENCED_PARAMETER(Twin);
    page = ExAllocatePool2(POOL_FLAG_NON_PAGED, PAGE_SIZE, 'niwT');
    if (page == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    pages = IoAllocateMdl(page, PAGE_SIZE, FALSE, FALSE, NULL);
    if (pages == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    MmBuildMdlForNonPagedPool(pages);
    return STATUS_SUCCESS;
}

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    NTSTATUS status = STATUS_SUCCESS;
    PVOID user = NULL;

    UNREFERENCED_PARAMETER(Twin);
    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
    __try {
        user = MmMapLockedPagesSpecifyCache(pages, UserMode, MmCached, NULL, FALSE, NormalPagePriority);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
    }
#if !BUG
    if (user != NULL)
        MmUnmapLockedPages(user, pages);
#endif
    return status;
}

static VOID TwinStop(PTWIN Twin)
{
    if (pages != NULL)
        IoFreeMdl(pages);
    if (page != NULL)
        ExFreePoolWithTag(page, 'niwT');
    Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter);
}

#else
#include "twin_scenario.h"
#endif
