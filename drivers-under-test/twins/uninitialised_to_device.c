/*
 * Twin of rule uninitialised_to_device: of a packet only the first words are filled in.
 */
#ifndef DMACHECK_SCENARIO
#include "twin.h"

static NTSTATUS TwinStart(PTWIN Twin)
{
    UNREFERENCED_PARAMETER(Twin);
    return STATUS_SUCCESS;
}

#define PACKET_BYTES 64u
#if BUG
#define HOW (POOL_FLAG_NON_PAGED | POOL_FLAG_UNINITIALIZED)
#else
#define HOW POOL_FLAG_NON_PAGED
#endif

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    PULONG packet = ExAllocatePool2(HOW, PACKET_BYTES, 'niwT');
    PMDL own = packet != NULL ? IoAllocateMdl(packet, PACKET_BYTES, FALSE, FALSE, NULL) : NULL;
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;

    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
    if (own != NULL) {
        packet[0] = 1;
        packet[1] = PACKET_BYTES;
        MmBuildMdlForNonPagedPool(own);
        status = TwinListGet(Twin, own, PACKET_BYTES, TRUE);
    }
    if (NT_SUCCESS(status)) {
        TwinListMove(Twin, PACKET_BYTES);
        TwinListPut(Twin, TRUE);
    }
    if (own != NULL)
        IoFreeMdl(own);
    if (packet != NULL)
        ExFreePoolWithTag(packet, 'niwT');
    return status;
}

static VOID TwinStop(PTWIN Twin) { Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter); }

#else
#include "twin_scenario.h"
#endif
