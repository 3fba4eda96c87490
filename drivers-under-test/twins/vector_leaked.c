/*
 * Twin of rule vector_leaked: the elements are freed, the vector is not.
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
    ULONG i;

    for (i = 0; Twin->Common != NULL && i < VECTOR_ELEMENTS; i++)
        Twin->Adapter->DmaOperations->FreeCommonBufferFromVector(Twin->Adapter, Twin->Common, i);
#if !BUG
    if (Twin->Common != NULL)
        Twin->Adapter->DmaOperations->FreeCommonBufferVector(Twin->Adapter, Twin->Common);
#endif
    Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter);
}

#else
#include "twin_scenario.h"
#endif
