/*
 * Twin of rule neighbour_exposed: a small block is mapped that lies in one page with another one.
 */
#ifndef DMACHECK_SCENARIO
#include "twin.h"

static NTSTATUS TwinStart(PTWIN Twin)
{
    UNREFERENCED_PARAMETER(Twin);
    return STATUS_SUCCESS;
}

#if BUG
#define OWN_BYTES 256u
#else
#define OWN_BYTES PAGE_SIZE
#endif

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    PVOID secret = ExAllocatePool2(POOL_FLAG_NON_PAGED, 256, 'niwT');
    PVOID buffer = ExAllocatePool2(POOL_FLAG_NON_PAGED, OWN_BYTES, 'niwT');
    PMDL own = buffer != NULL ? IoAllocateMdl(buffer, 256, FALSE, FALSE, NULL) : NULL;
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;

    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
    if (own != NULL) {
        MmBuildMdlForNonPagedPool(own);
        status = TwinListGet(Twin, own, 256, TRUE);
    }
    if (NT_SUCCESS(status)) {
        TwinListMove(Twin, 256);
        TwinListPut(Twin, TRUE);
    }
    if (own != NULL)
        IoFreeMdl(own);
    if (buffer != NULL)
        ExFreePoolWithTag(buffer, 'niwT');
    if (secret != NULL)
        ExFreePoolWithTag(secret, 'niwT');
    return status;
}

static VOID TwinStop(PTWIN Twin) { Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter); }

#else
#include "twin_scenario.h"
#endif
