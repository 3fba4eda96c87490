/*
 * Twin of rule mdl_unmapped_while_mapped: the buffer is unmapped before its list is put.
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
    PVOID buffer = ExAllocatePool2(POOL_FLAG_NON_PAGED, 2 * PAGE_SIZE, 'niwT');
    PMDL own = buffer != NULL ? IoAllocateMdl(buffer, Length, FALSE, FALSE, NULL) : NULL;
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;
    PVOID va = NULL;

    UNREFERENCED_PARAMETER(Mdl);
    if (own != NULL) {
        MmProbeAndLockPages(own, KernelMode, IoWriteAccess); /* pool: it cannot raise */
        va = MmGetSystemAddressForMdlSafe(own, NormalPagePriority);
        if (va != NULL)
            status = TwinListGet(Twin, own, Length, FALSE);
    }
    if (NT_SUCCESS(status)) {
        TwinCardStart(Twin, Twin->List->Elements[0].Address.LowPart, Length, FALSE);
        TwinCardWait(Twin);
#if BUG
        MmUnmapLockedPages(va, own);
#endif
        TwinListPut(Twin, FALSE);
#if !BUG
        MmUnmapLockedPages(va, own);
#endif
    }
    if (own != NULL) {
        MmUnlockPages(own);
        IoFreeMdl(own);
    }
    if (buffer != NULL)
        ExFreePoolWithTag(buffer, 'niwT');
    return status;
}

static VOID TwinStop(PTWIN Twin) { Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter); }

#else
#include "twin_scenario.h"
#endif
