/*
 * Twin of rule mapping_used_both_ways: the card writes a result into a mapping and then reads it back
 * from there.
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
    PVOID page;
    PMDL mdl = TwinPageGet(Length, &page);
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;

    UNREFERENCED_PARAMETER(Mdl);
    if (mdl == NULL)
        return status;
    status = TwinListGet(Twin, mdl, Length, FALSE);
    if (NT_SUCCESS(status)) {
        TwinCardStart(Twin, Twin->List->Elements[0].Address.LowPart, Length, FALSE);
        TwinCardWait(Twin);
#if BUG
        TwinCardStart(Twin, Twin->List->Elements[0].Address.LowPart, Length, TRUE);
        TwinCardWait(Twin);
#endif
        TwinListPut(Twin, FALSE);
    }
    TwinPageFree(mdl, page);
    return status;
}

static VOID TwinStop(PTWIN Twin) { Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter); }

#else
#include "twin_scenario.h"
#endif
