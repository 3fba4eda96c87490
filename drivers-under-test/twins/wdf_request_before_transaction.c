/*
 * Twin of rule wdf_request_before_transaction: a request is completed before its transaction is told
 * that the card is done.
 */
#ifndef DMACHECK_SCENARIO
#define TWIN_PROFILE WdfDmaProfileScatterGather
#include "kmdf.h"

TWIN_STARTS_WITH_NOTHING
TWIN_STOPS_WITH_NOTHING

static VOID TwinWrite(PTWIN Twin, WDFREQUEST Request, size_t Length)
{
    NTSTATUS status = TwinBegin(Twin, Request);

    if (!NT_SUCCESS(status)) {
        TwinComplete(Request, status, Length);
        return;
    }
    TwinCardStart(Twin, TRUE);
    TwinCardWait(Twin);
#if BUG
    TwinComplete(Request, STATUS_SUCCESS, Length);
    (VOID)TwinEnd(Twin);
#else
    status = TwinEnd(Twin);
    TwinComplete(Request, status, Length);
#endif
}

#else
#include "twin_scenario.h"
#endif
