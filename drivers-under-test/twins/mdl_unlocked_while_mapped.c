/*
 * Twin of rule mdl_unlocked_while_mapped: a buffer is unlocked before its list is put.
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
    PVOID buffer = ExAllocatePool2(POOL_FLAG_NON_PAGED, Length, 'niwT');
    PMDL own = buffer != NULL ? IoAllocateMdl(buffer, Length, FALSE, FALSE, NULL) : NULL;
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;

    UNREFERENCED_PARAMETER(Mdl);
    if (own != NULL) {
        MmProbeAndLockPages(own, KernelMode, IoReadAccess); /* pool: it cannot raise */
        status = TwinListGet(Twin, own, Length, TRUE);
    }
    if (NT_SUCCESS(status)) {
        TwinListMove(Twin, Length);
#if BUG
        MmUnlockPages(own);
#endif
        TwinListPut(Twin, TRUE);
#if !BUG
        MmUnlockPages(own);
#endif
    }
    if (own != NULL && !NT_SUCCESS(status))
        MmUnlockPages(own);
    if (own != NULL)
        IoFreeMdl(own);
    if (buffer != NULL)
        ExFreePoolWithTag(buffer, 'niwT');
    return status;
}

static VOID TwinStop(PTWIN Twin) { Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter); }

#else
#include "twin_scenario.h"
#endif
