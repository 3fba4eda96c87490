/*
 * Twin of rule cache_line_shared: a counter behind a small buffer is written while the card fills the buffer.
 */
#ifndef DMACHECK_SCENARIO
#include "twin.h"

static NTSTATUS TwinStart(PTWIN Twin)
{
    UNREFERENCED_PARAMETER(Twin);
    return STATUS_SUCCESS;
}

#define LINE 64u
#define RECEIVED 32u

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    PUCHAR memory = ExAllocatePool2(POOL_FLAG_NON_PAGED, 4 * LINE, 'niwT');
    PUCHAR buffer = (PUCHAR)(((ULONG_PTR)memory + LINE - 1) & ~(ULONG_PTR)(LINE - 1));
    PMDL own = memory != NULL ? IoAllocateMdl(buffer, RECEIVED, FALSE, FALSE, NULL) : NULL;
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;
#if BUG
    volatile UCHAR *state = buffer + RECEIVED;
#else
    volatile UCHAR *state = buffer + LINE;
#endif

    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
    if (own != NULL) {
        MmProbeAndLockPages(own, KernelMode, IoWriteAccess); /* pool: it cannot raise */
        RtlFillMemory(buffer, 2 * LINE, 0x5a);
        status = TwinListGet(Twin, own, RECEIVED, FALSE);
    }
    if (NT_SUCCESS(status)) {
        TwinCardStart(Twin, Twin->List->Elements[0].Address.LowPart, RECEIVED, FALSE);
        *state = 1; /* busy */
        TwinCardWait(Twin);
        TwinListPut(Twin, FALSE);
    }
    if (own != NULL) {
        MmUnlockPages(own);
        IoFreeMdl(own);
    }
    if (memory != NULL)
        ExFreePoolWithTag(memory, 'niwT');
    return status;
}

static VOID TwinStop(PTWIN Twin) { Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter); }

#else
#include "twin_scenario.h"
#endif
