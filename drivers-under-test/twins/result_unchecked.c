/*
 * Twin of rule result_unchecked: a list that could not be had is not missed, and the request ends
 * well.
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
    NTSTATUS status = TwinListGet(Twin, Mdl, Length, TRUE);

    if (!NT_SUCCESS(status)) {
#if BUG
        return STATUS_SUCCESS;
#else
        status = TwinListGet(Twin, Mdl, Length, TRUE); /* once more */
        if (!NT_SUCCESS(status))
            return status;
#endif
    }
    TwinListMove(Twin, Length);
    TwinListPut(Twin, TRUE);
    return STATUS_SUCCESS;
}

static VOID TwinStop(PTWIN Twin) { Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter); }

#else
#define TWIN_FAULTS "map-registers:1"
#include "twin_scenario.h"
#endif
