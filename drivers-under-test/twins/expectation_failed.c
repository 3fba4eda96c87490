/*
 * Twin of rule expectation_failed: the driver refuses a request that its device could serve, which no
 * rule can know; the scenario does.
 */
#ifndef DMACHECK_SCENARIO
#include "twin.h"

#if BUG
#define TWIN_LENGTH_MAX 1024u
#else
#define TWIN_LENGTH_MAX PAGE_SIZE
#endif

static NTSTATUS TwinStart(PTWIN Twin)
{
    UNREFERENCED_PARAMETER(Twin);
    return STATUS_SUCCESS;
}

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    NTSTATUS status;

    if (Length > TWIN_LENGTH_MAX)
        return STATUS_INVALID_BUFFER_SIZE;
    status = TwinListGet(Twin, Mdl, Length, TRUE);
    if (NT_SUCCESS(status)) {
        TwinListMove(Twin, Length);
        TwinListPut(Twin, TRUE);
    }
    return status;
}

static VOID TwinStop(PTWIN Twin) { Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter); }

#else
#include "twin_scenario.h"
#endif
