/*
 * Twin of rule wdf_irql_changed: EvtIoWrite returns raised.
 */
#ifndef DMACHECK_SCENARIO
#include "kmdf.h"

TWIN_STARTS_WITH_NOTHING
TWIN_STOPS_WITH_NOTHING

static VOID TwinWrite(PTWIN Twin, WDFREQUEST Request, size_t Length)
{
    KIRQL irql;

    TwinComplete(Request, TwinTransfer(Twin, Request), Length);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
#if !BUG
    KeLowerIrql(irql);
#endif
}

#else
#include "twin_scenario.h"
#endif
