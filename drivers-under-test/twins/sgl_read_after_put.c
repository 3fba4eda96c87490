/*
 * Twin of rule sgl_read_after_put: the number of elements is looked at after the put.
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
    volatile SCATTER_GATHER_LIST *list = Twin->List;

    if (!NT_SUCCESS(status))
        return status;
    TwinListMove(Twin, Length);
#if !BUG
    (VOID) list->NumberOfElements;
#endif
    TwinListPut(Twin, TRUE);
#if BUG
    (VOID) list->NumberOfElements;
#endif
    return STATUS_SUCCESS;
}

static VOID TwinStop(PTWIN Twin) { Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter); }

#else
#include "twin_scenario.h"
#endif
