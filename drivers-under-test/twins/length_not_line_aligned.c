/*
 * Twin of rule length_not_line_aligned: the card is to fill 100 bytes of the driver's own buffer,
 * which ends with them. Mended, the rest of the line belongs to the buffer too.
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
    ULONG length = 100;

    if (!NT_SUCCESS(status))
        return status;
    KeFlushIoBuffers(Mdl, TRUE, TRUE);
    Twin->Adapter->DmaOperations->MapTransfer(Twin->Adapter, Mdl, Twin->MapRegisterBase, va,
                                              &length, FALSE);
    Twin->Adapter->DmaOperations->FlushAdapterBuffers(Twin->Adapter, Mdl, Twin->MapRegisterBase, va,
                                                      length, FALSE);
    TwinMapRegistersFree(Twin, 1);
    return STATUS_SUCCESS;
}

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
#if BUG
    ULONG offset = 0, length = 100;
#else
    ULONG offset = 0, length = 128;
#endif
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;
    PUCHAR page = ExAllocatePoolWithTag(NonPagedPoolNx, PAGE_SIZE, 'niwT');
    PMDL mdl = page != NULL ? IoAllocateMdl(page + offset, length, FALSE, FALSE, NULL) : NULL;

    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
    if (mdl != NULL) {
        MmBuildMdlForNonPagedPool(mdl);
        status = TwinMap(Twin, mdl);
        IoFreeMdl(mdl);
    }
    if (page != NULL)
        ExFreePoolWithTag(page, 'niwT');
    return status;
}

static VOID TwinStop(PTWIN Twin) { Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter); }

#else
#include "twin_scenario.h"
#endif
