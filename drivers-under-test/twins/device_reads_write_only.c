/*
 * Twin of rule device_reads_write_only: memory that was mapped for the card to write is read by it.
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
        TwinCardStart(Twin, Twin->List->Elements[0].Address.LowPart, Length, BUG);
        TwinCardWait(Twin);
        TwinListPut(Twin, FALSE);
    }
    TwinPageFree(mdl, page);
    return status;
}

static VOID TwinStop(PTWIN Twin) { Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter); }

#else
#include "twin_scenario.h"
#endif
