/*
 * Twin of rule buffer_not_locked: a buffer in paged pool is mapped without having been locked.
 */
#ifndef DMACHECK_SCENARIO
#include "twin.h"

static NTSTATUS TwinStart(PTWIN Twin)
{
    UNREFERENCED_PARAMETER(Twin);
    return STATUS_SUCCESS;
}

static NTSTATUS TwinMap(PTWIN Twin, PMDL Mdl)
{
    NTSTATUS status = TwinMapRegistersGet(Twin, 1);
    PVOID va = MmGetMdlVirtualAddress(Mdl);
    ULONG length = MmGetMdlByteCount(Mdl);

    if (!NT_SUCCESS(status))
        return status;
    Twin->Adapter->DmaOperations->MapTransfer(Twin->Adapter, Mdl, Twin->MapRegisterBase, va,
                                              &length, TRUE);
    Twin->Adapter->DmaOperations->FlushAdapterBuffers(Twin->Adapter, Mdl, Twin->MapRegisterBase, va,
                                                      length, TRUE);
    TwinMapRegistersFree(Twin, 1);
    return STATUS_SUCCESS;
}

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;
    PVOID own = ExAllocatePoolWithTag(PagedPool, Length, 'niwT');
    PMDL mdl = own != NULL ? IoAllocateMdl(own, Length, FALSE, FALSE, NULL) : NULL;

    UNREFERENCED_PARAMETER(Mdl);
    if (mdl != NULL) {
#if BUG
        status = TwinMap(Twin, mdl);
#else
        MmProbeAndLockPages(mdl, KernelMode, IoReadAccess);
        status = TwinMap(Twin, mdl);
        MmUnlockPages(mdl);
#endif
        IoFreeMdl(mdl);
    }
    if (own != NULL)
        ExFreePoolWithTag(own, 'niwT');
    return status;
}

static VOID TwinStop(PTWIN Twin) { Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter); }

#else
#include "twin_scenario.h"
#endif
