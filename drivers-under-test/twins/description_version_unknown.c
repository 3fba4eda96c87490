/*
 * Twin of rule description_version_unknown: a version that is not there yet is tried, with the first
 * adapter to fall back on.
 */
#ifndef DMACHECK_SCENARIO
#include "twin.h"

static NTSTATUS TwinStart(PTWIN Twin)
{
    DEVICE_DESCRIPTION description;
    ULONG registers;

    RtlZeroMemory(&description, sizeof(description));
#if BUG
    description.Version = DEVICE_DESCRIPTION_VERSION3 + 1;
#else
    description.Version = DEVICE_DESCRIPTION_VERSION3;
#endif
    description.Master = TRUE;
    description.DmaAddressWidth = 32;
    description.InterfaceType = PCIBus;
    description.MaximumLength = PAGE_SIZE;
    Twin->SecondAdapter = IoGetDmaAdapter(Twin->Pdo, &description, &registers);
    return STATUS_SUCCESS;
}

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    NTSTATUS status = TwinListGet(Twin, Mdl, Length, TRUE);

    if (!NT_SUCCESS(status))
        return status;
    TwinListMove(Twin, Length);
    TwinListPut(Twin, TRUE);
    return STATUS_SUCCESS;
}

static VOID TwinStop(PTWIN Twin)
{
    if (Twin->SecondAdapter != NULL)
        Twin->SecondAdapter->DmaOperations->PutDmaAdapter(Twin->SecondAdapter);
    Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter);
}

#else
#include "twin_scenario.h"
#endif
