/*
 * Twin of rule wdf_object_leaked: a reference is taken and not given back.
 */
#ifndef DMACHECK_SCENARIO
#include "kmdf.h"

TWIN_STOPS_WITH_NOTHING

static NTSTATUS TwinStart(PTWIN Twin)
{
    WdfObjectReference(Twin->Transaction);
#if !BUG
    WdfObjectDereference(Twin->Transaction);
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
