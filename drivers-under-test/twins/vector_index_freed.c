/*
 * Twin of rule vector_index_freed: the first element is asked for after it was freed.
 */
#ifndef DMACHECK_SCENARIO
#define TWIN_DESCRIPTION(Description)                                                              \
    ((Description)->Version = DEVICE_DESCRIPTION_VERSION3, (Description)->DmaAddressWidth = 32)
#include "twin.h"

#define VECTOR_ELEMENTS 4

static NTSTATUS TwinStart(PTWIN Twin)
{
    PHYSICAL_ADDRESS low, high;

    low.QuadPart = 0;
    high.QuadPart = 0xffffffff;
    return Twin->Adapter->DmaOperations->AllocateCommonBufferVector(
        Twin->Adapter, low, high, MmCached, 0, 0, VECTOR_ELEMENTS, 512,
        (PDMA_COMMON_BUFFER_VECTOR *)&Twin->Common);
}

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    UNREFERENCED_PARAMETER(Twin);
    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
    return STATUS_SUCCESS; /* the bytes are dropped: this twin is about the vector */
}

static VOID TwinStop(PTWIN Twin)
{
    PHYSICAL_ADDRESS logical;
    PVOID va;
    ULONG i;

    if (Twin->Common != NULL) {
#if !BUG
        Twin->Adapter->DmaOperations->GetCommonBufferFromVectorByIndex(Twin->Adapter, Twin->Common,
                                                                       0, &va, &logical);
#endif
        for (i = 0; i < VECTOR_ELEMENTS; i++)
            Twin->Adapter->DmaOperations->FreeCommonBufferFromVector(Twin->Adapter, Twin->Common,
                                                                     i);
#if BUG
        Twin->Adapter->DmaOperations->GetCommonBufferFromVectorByIndex(Twin->Adapter, Twin->Common,
                                                                       0, &va, &logical);
#endif
        Twin->Adapter->DmaOperations->FreeCommonBufferVector(Twin->Adapter, Twin->Common);
    }
    Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter);
}

#else
#include "twin_scenario.h"
#endif
