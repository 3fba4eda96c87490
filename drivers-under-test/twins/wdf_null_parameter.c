/*
 * Twin of rule wdf_null_parameter: an enabler that nobody made is asked for its length.
 */
#ifndef DMACHECK_SCENARIO
#include "kmdf.h"

TWIN_STOPS_WITH_NOTHING

static NTSTATUS TwinStart(PTWIN Twin)
{
#if BUG
    (VOID)WdfDmaEnablerGetMaximumLength(Twin->SecondEnabler); /* which nobody made */
#else
    (VOID)WdfDmaEnablerGetMaximumLength(Twin->Enabler);
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
