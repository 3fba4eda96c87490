/*
 * Twin of rule locked_for_read_but_written: memory that the card is to write is locked with IoReadAccess.
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
    LOCK_OPERATION operation = BUG ? IoReadAccess : IoWriteAccess;
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;
    PVOID page = ExAllocatePool2(POOL_FLAG_NON_PAGED, PAGE_SIZE, TWIN_POOL_TAG);
    PMDL mdl = page != NULL ? IoAllocateMdl(page, Length, FALSE, FALSE, NULL) : NULL;

    UNREFERENCED_PARAMETER(Mdl);
    if (mdl != NULL) {
        MmProbeAndLockPages(mdl, KernelMode, operation);
        status = TwinListGet(Twin, mdl, Length, FALSE);
        if (NT_SUCCESS(status)) {
            TwinCardStart(Twin, Twin->List->Elements[0].Address.LowPart, Length, FALSE);
            TwinCardWait(Twin);
            TwinListPut(Twin, FALSE);
        }
        MmUnlockPages(mdl);
        IoFreeMdl(mdl);
    }
    if (page != NULL)
        ExFreePoolWithTag(page, TWIN_POOL_TAG);
    return status;
}

static VOID TwinStop(PTWIN Twin) { Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter); }

#else
#include "twin_scenario.h"
#endif
