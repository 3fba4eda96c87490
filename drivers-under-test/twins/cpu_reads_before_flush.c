/*
 * Twin of rule cpu_reads_before_flush: the first byte that the card wrote is looked at before the put.
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
    volatile UCHAR *buffer = ExAllocatePool2(POOL_FLAG_NON_PAGED, Length, 'niwT');
    PMDL own = buffer != NULL ? IoAllocateMdl((PVOID)buffer, Length, FALSE, FALSE, NULL) : NULL;
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;

    UNREFERENCED_PARAMETER(Mdl);
    if (own != NULL) {
        MmBuildMdlForNonPagedPool(own);
        status = TwinListGet(Twin, own, Length, FALSE);
    }
    if (NT_SUCCESS(status)) {
        TwinCardStart(Twin, Twin->List->Elements[0].Address.LowPart, Length, FALSE);
        TwinCardWait(Twin);
#if BUG
        (VOID) buffer[0];
#endif
        TwinListPut(Twin, FALSE);
#if !BUG
        (VOID) buffer[0];
#endif
    }
    if (own != NULL)
        IoFreeMdl(own);
    if (buffer != NULL)
        ExFreePoolWithTag((PVOID)buffer, 'niwT');
    return status;
}

static VOID TwinStop(PTWIN Twin) { Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter); }

#else
#include "twin_scenario.h"
#endif
