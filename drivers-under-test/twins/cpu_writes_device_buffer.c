/*
 * Twin of rule cpu_writes_device_buffer: the first byte is filled in after the buffer was mapped.
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
#if !BUG
        buffer[0] = 1;
#endif
        status = TwinListGet(Twin, own, Length, TRUE);
    }
    if (NT_SUCCESS(status)) {
#if BUG
        buffer[0] = 1;
#endif
        TwinListMove(Twin, Length);
        TwinListPut(Twin, TRUE);
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
