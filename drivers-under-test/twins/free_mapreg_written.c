/*
 * Twin of rule free_mapreg_written: the driver keeps the address at which it saw the bytes that
 * the device gets, and writes there when the map registers are free again.
 */
#ifndef DMACHECK_SCENARIO
#define TWIN_DESCRIPTION(Description) ((Description)->Version = DEVICE_DESCRIPTION_VERSION2)
#include "twin.h"

static NTSTATUS TwinStart(PTWIN Twin)
{
    UNREFERENCED_PARAMETER(Twin);
    return STATUS_SUCCESS;
}

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    NTSTATUS status = TwinListGet(Twin, Mdl, Length, TRUE);
    PMDL shown = NULL;
    PUCHAR seen = NULL;

    if (!NT_SUCCESS(status))
        return status;
    status = Twin->Adapter->DmaOperations->BuildMdlFromScatterGatherList(Twin->Adapter, Twin->List,
                                                                         Mdl, &shown);
    if (NT_SUCCESS(status))
        seen = MmGetSystemAddressForMdlSafe(shown, NormalPagePriority | MdlMappingNoExecute);
    TwinListMove(Twin, Length);
    TwinListPut(Twin, TRUE);
#if BUG
    if (seen != NULL)
        seen[0] = 0;
#else
    UNREFERENCED_PARAMETER(seen);
#endif
    return STATUS_SUCCESS;
}

static VOID TwinStop(PTWIN Twin) { Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter); }

#else
#include "twin_scenario.h"
#endif
