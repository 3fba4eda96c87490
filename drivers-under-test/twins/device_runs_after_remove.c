/*
 * Twin of rule device_runs_after_remove: nobody stops the card; its buffer is freed when the driver goes.
 */
#ifndef DMACHECK_SCENARIO
#define TWIN_HAS_GONE 1
#include "twin.h"

static PDMA_ADAPTER Adapter;
static PVOID Common;
static PHYSICAL_ADDRESS CommonLogical;

static NTSTATUS TwinStart(PTWIN Twin)
{
    NTSTATUS status = TwinAdapter64(Twin);

    if (!NT_SUCCESS(status))
        return status;
    Adapter = Twin->Adapter;
    Common = Adapter->DmaOperations->AllocateCommonBuffer(Adapter, PAGE_SIZE, &CommonLogical, TRUE);
    return Common != NULL ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
}

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    UNREFERENCED_PARAMETER(Mdl);
    TwinCard64Start(Twin, CommonLogical.QuadPart, Length, FALSE, 0, 0);
    TwinCardWait(Twin);
    return STATUS_SUCCESS;
}

/* The card is sent off once more: what it writes while it goes is looked at by nobody. */
static VOID TwinStop(PTWIN Twin)
{
    TwinCard64Start(Twin, CommonLogical.QuadPart, PAGE_SIZE, FALSE, 0x4, 0); /* slow */
#if !BUG
    TwinRegister(Twin, PKTDMA_CONTROL, CONTROL_RESET);
#endif
}

static VOID TwinGone(VOID)
{
    if (Common != NULL)
        Adapter->DmaOperations->FreeCommonBuffer(Adapter, PAGE_SIZE, CommonLogical, Common, TRUE);
    if (Adapter != NULL)
        Adapter->DmaOperations->PutDmaAdapter(Adapter);
}

#else
#include "card64.h"
#define TWIN_DEVICES "card64"
#include "twin_scenario.h"
#endif
