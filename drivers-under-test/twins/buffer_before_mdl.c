/*
 * Twin of rule buffer_before_mdl: the list is asked for from 16 bytes before the buffer on.
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
    PUCHAR va = MmGetMdlVirtualAddress(Mdl);
    NTSTATUS status = STATUS_UNSUCCESSFUL;

#if BUG
    status = TwinListGetAt(Twin, Mdl, va - 16, Length, TRUE);
#endif
    if (!NT_SUCCESS(status)) /* which it is, or was not asked yet */
        status = TwinListGetAt(Twin, Mdl, va, Length, TRUE);
    if (!NT_SUCCESS(status))
        return status;
    TwinListMove(Twin, Length);
    TwinListPut(Twin, TRUE);
    return STATUS_SUCCESS;
}

static VOID TwinStop(PTWIN Twin) { Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter); }

#else
#include "twin_scenario.h"
#endif
