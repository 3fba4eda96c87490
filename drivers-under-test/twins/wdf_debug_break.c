/*
 * Twin of rule wdf_debug_break: a bus master is asked for the register of a system DMA device.
 */
#ifndef DMACHECK_SCENARIO
#include "kmdf.h"

TWIN_STOPS_WITH_NOTHING

static NTSTATUS TwinStart(PTWIN Twin)
{
#if BUG
    WdfDmaTransactionSetDeviceAddressOffset(Twin->Transaction, 4); /* a bus master has none */
#else
    (VOID)WdfDmaTransactionGetDevice(Twin->Transaction);
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
