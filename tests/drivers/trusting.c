/*
 * A driver that believes what its card says: it takes a register's value for an index into a table of its
 * own. The card at hand says 0, always; one that does not is the test's.
 */
#ifndef DMACHECK_SCENARIO
#include "../../drivers-under-test/twins/twin.h"

#define ENTRIES 8

static NTSTATUS TwinStart(PTWIN Twin)
{
    UNREFERENCED_PARAMETER(Twin);
    return STATUS_SUCCESS;
}

static VOID TwinStop(PTWIN Twin)
{
    Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter);
}

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    ULONG *table = ExAllocatePoolWithTag(NonPagedPoolNx, ENTRIES * sizeof(ULONG), 'tsrT');
    ULONG index;

    UNREFERENCED_PARAMETER(Mdl);
    if (table == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    RtlZeroMemory(table, ENTRIES * sizeof(ULONG));
    TwinRegister(Twin, PKTDMA_WINDOW, 0);
    index = READ_REGISTER_ULONG((PULONG)(Twin->Registers + PKTDMA_WINDOW));
    table[index] = Length; /* at: trusted */
    ExFreePoolWithTag(table, 'tsrT');
    return STATUS_SUCCESS;
}

#else
#include "../../drivers-under-test/twins/twin_scenario.h"
#endif
