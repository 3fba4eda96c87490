/*
 * Twin of rule mdl_freed_while_mapped: the MDL of a pool buffer is freed before its list is put.
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
        MmBuildMdlForNonPagedPool(own);
        status = TwinListGet(Twin, own, Length, TRUE);
    }
    if (NT_SUCCESS(status)) {
        TwinListMove(Twin, Length);
#if BUG
        IoFreeMdl(own);
#endif
        TwinListPut(Twin, TRUE);
#if !BUG
        IoFreeMdl(own);
#endif
    }
    if (own != NULL && !NT_SUCCESS(status))
        IoFreeMdl(own);
    if (buffer != NULL)
        ExFreePoolWithTag(buffer, 'niwT');
    return status;
}

static VOID TwinStop(PTWIN Twin) { Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter); }

#else
#include "twin_scenario.h"
#endif
