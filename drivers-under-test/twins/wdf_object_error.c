/*
 * Twin of rule wdf_object_error: a reference is given back that was not taken.
 */
#ifndef DMACHECK_SCENARIO
#include "kmdf.h"

TWIN_STOPS_WITH_NOTHING

static NTSTATUS TwinStart(PTWIN Twin)
{
#if !BUG
    WdfObjectReference(Twin->Transaction);
#endif
    WdfObjectDereference(Twin->Transaction);
    return STATUS_SUCCESS;
}

static VOID TwinWrite(PTWIN Twin, WDFREQUEST Request, size_t Length)
{
    TwinComplete(Request, TwinTransfer(Twin, Request), Length);
}

#else
#include "twin_scenario.h"
#endif
