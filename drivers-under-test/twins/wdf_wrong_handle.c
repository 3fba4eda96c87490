/*
 * Twin of rule wdf_wrong_handle: a transaction of one request is asked how far it got after it was deleted.
 */
#ifndef DMACHECK_SCENARIO
#include "kmdf.h"

TWIN_STOPS_WITH_NOTHING

static NTSTATUS TwinStart(PTWIN Twin)
{
    WDFDMATRANSACTION transaction;
    NTSTATUS status =
        WdfDmaTransactionCreate(Twin->Enabler, WDF_NO_OBJECT_ATTRIBUTES, &transaction);

    if (!NT_SUCCESS(status))
        return status;
#if BUG
    WdfObjectDelete(transaction);
    (VOID)WdfDmaTransactionGetBytesTransferred(transaction);
#else
    (VOID)WdfDmaTransactionGetBytesTransferred(transaction);
    WdfObjectDelete(transaction);
#endif
    return STATUS_SUCCESS;
}

static VOID TwinWrite(PTWIN Twin, WDFREQUEST Request, size_t Length)
{
    TwinComplete(Request, TwinTransfer(Twin, Request), Length);
}

#else
#include "twin_scenario.h"
#endif
