/*
 * Twin of rule memory_overrun: a loop writes one word too many behind a pool block.
 */
#ifndef DMACHECK_SCENARIO
#include "twin.h"

#define TWIN_TAG 'niwT'
#define TWIN_WORDS 24

static NTSTATUS TwinStart(PTWIN Twin)
{
    UNREFERENCED_PARAMETER(Twin);
    return STATUS_SUCCESS;
}

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    volatile ULONG *words;
    ULONG i;

    UNREFERENCED_PARAMETER(Twin);
    UNREFERENCED_PARAMETER(Mdl);
    words = ExAllocatePoolWithTag(NonPagedPoolNx, TWIN_WORDS * sizeof(ULONG), TWIN_TAG);
    if (words == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
#if BUG
    for (i = 0; i <= TWIN_WORDS; i++)
#else
    for (i = 0; i < TWIN_WORDS; i++)
#endif
        words[i] = Length;
    ExFreePoolWithTag((PVOID)words, TWIN_TAG);
    return STATUS_SUCCESS;
}

static VOID TwinStop(PTWIN Twin)
{
    Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter);
}

#else
#include "twin_scenario.h"
#endif
