/*
 * Twin of rule wdf_dma_wrong_state: a transfer is completed by the interrupt, and then again by a time-out.
 */
#ifndef DMACHECK_SCENARIO
#include "kmdf.h"

TWIN_STARTS_WITH_NOTHING
TWIN_STOPS_WITH_NOTHING

static VOID TwinWrite(PTWIN Twin, WDFREQUEST Request, size_t Length)
{
    NTSTATUS status = TwinBegin(Twin, Request);

    if (NT_SUCCESS(status)) {
        TwinCardStart(Twin, TRUE);
        TwinCardWait(Twin);
        while (!WdfDmaTransactionDmaCompleted(Twin->Transaction, &status)) {
            KeWaitForSingleObject(&Twin->Programmed, Executive, KernelMode, FALSE, NULL);
            TwinCardStart(Twin, TRUE);
            TwinCardWait(Twin);
        }
#if BUG
        {
            NTSTATUS again;

            (VOID)WdfDmaTransactionDmaCompleted(Twin->Transaction, &again);
        }
#endif
        WdfDmaTransactionRelease(Twin->Transaction);
    }
    TwinComplete(Request, status, Length);
}

#else
#include "twin_scenario.h"
#endif
