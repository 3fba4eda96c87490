/*
 * Twin of rule device_runs_in_low_power: the card is put to D3 in the middle of a transfer.
 */
#ifndef DMACHECK_SCENARIO
#include "twin.h"

static NTSTATUS TwinStart(PTWIN Twin)
{
    return TwinAdapter64(Twin);
}

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    POWER_STATE state;
    NTSTATUS status = TwinListGet(Twin, Mdl, Length, TRUE);

    if (!NT_SUCCESS(status))
        return status;
    TwinCard64Start(Twin, Twin->List->Elements[0].Address.QuadPart, Length, TRUE, 0x4, 0); /* slow */
#if !BUG
    TwinCardWait(Twin);
#endif
    state.DeviceState = PowerDeviceD3;
    PoRequestPowerIrp(Twin->Pdo, IRP_MN_SET_POWER, state, NULL, NULL, NULL);
    TwinCardWait(Twin);
    TwinListPut(Twin, TRUE);
    return STATUS_SUCCESS;
}

static VOID TwinStop(PTWIN Twin)
{
    Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter);
}

#else
#include "card64.h"
#define TWIN_DEVICES "card64"
#include "twin_scenario.h"
#endif
