/*
 * Twin of rule memory_used_after_free: a block is written after it was freed.
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
    for (i = 0; i < TWIN_WORDS; i++)
        words[i] = Length;
#if BUG
    ExFreePoolWithTag((PVOID)words, TWIN_TAG);
    words[2] = 0;
#else
    words[2] = 0;
    ExFreePoolWithTag((PVOID)words, TWIN_TAG);
#endif
    return STATUS_SUCCESS;
}

static VOID TwinStop(PTWIN Twin)
{
    Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter);
}

#else
#include "twin_scenario.h"
#endif
