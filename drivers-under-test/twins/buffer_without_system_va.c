/*
 * Twin of rule buffer_without_system_va: half a page of the card's registers is mapped for DMA,
 * and nobody has mapped it for the CPU.
 */
#ifndef DMACHECK_SCENARIO
#include "twin.h"

static NTSTATUS TwinStart(PTWIN Twin)
{
    UNREFERENCED_PARAMETER(Twin);
    return STATUS_SUCCESS;
}

static NTSTATUS TwinMap(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    NTSTATUS status = TwinMapRegistersGet(Twin, 1);
    PVOID va = MmGetMdlVirtualAddress(Mdl);

    if (!NT_SUCCESS(status))
        return status;
    Twin->Adapter->DmaOperations->MapTransfer(Twin->Adapter, Mdl, Twin->MapRegisterBase, va,
                                              &Length, TRUE);
    Twin->Adapter->DmaOperations->FlushAdapterBuffers(Twin->Adapter, Mdl, Twin->MapRegisterBase, va,
                                                      Length, TRUE);
    TwinMapRegistersFree(Twin, 1);
    return STATUS_SUCCESS;
}

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    MM_PHYSICAL_ADDRESS_LIST range;
    NTSTATUS status;

    UNREFERENCED_PARAMETER(Mdl);
    range.PhysicalAddress = Twin->RegistersStart;
    range.NumberOfBytes = PAGE_SIZE;
    status = MmAllocateMdlForIoSpace(&range, 1, &Mdl);
    if (!NT_SUCCESS(status))
        return status;
#if BUG
    status = TwinMap(Twin, Mdl, Length);
#else
    if (MmGetSystemAddressForMdlSafe(Mdl, NormalPagePriority | MdlMappingNoExecute) != NULL)
        status = TwinMap(Twin, Mdl, Length);
    MmUnmapLockedPages(MmGetSystemAddressForMdlSafe(Mdl, NormalPagePriority), Mdl);
#endif
    IoFreeMdl(Mdl);
    return status;
}

static VOID TwinStop(PTWIN Twin) { Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter); }

#else
#include "twin_scenario.h"
#endif
