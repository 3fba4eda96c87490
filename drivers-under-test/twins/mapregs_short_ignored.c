/*
 * Twin of rule mapregs_short_ignored: a transfer is asked for whole, although the adapter has map
 * registers for parts of it.
 */
#ifndef DMACHECK_SCENARIO
#include "twin.h"

static NTSTATUS TwinStart(PTWIN Twin)
{
    UNREFERENCED_PARAMETER(Twin);
    return STATUS_SUCCESS;
}

static DECLSPEC_NOINLINE NTSTATUS TwinPart(PTWIN Twin, PMDL Mdl, ULONG Offset, ULONG Length)
{
    PDMA_ADAPTER adapter = Twin->Adapter;
    NTSTATUS status;
    KIRQL irql;
    ULONG i;

    KeClearEvent(&Twin->Granted);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    status =
        adapter->DmaOperations->GetScatterGatherList(adapter, Twin->Self, Mdl,
                                                     (PUCHAR)MmGetMdlVirtualAddress(Mdl) + Offset,
                                                     Length, TwinListControl, Twin, TRUE);
    KeLowerIrql(irql);
    if (!NT_SUCCESS(status))
        return status;
    KeWaitForSingleObject(&Twin->Granted, Executive, KernelMode, FALSE, NULL);
    for (i = 0; i < Twin->List->NumberOfElements; i++) {
        TwinCardStart(Twin, Twin->List->Elements[i].Address.LowPart, Twin->List->Elements[i].Length,
                      TRUE);
        TwinCardWait(Twin);
    }
    TwinListPut(Twin, TRUE);
    return status;
}

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    ULONG most = BUG ? Length : (Twin->MapRegisters - 1) * PAGE_SIZE, done, length;
    NTSTATUS status = STATUS_SUCCESS;

    for (done = 0; done < Length && NT_SUCCESS(status); done += length) {
        length = min(Length - done, most);
        status = TwinPart(Twin, Mdl, done, length);
    }
    return status;
}

static VOID TwinStop(PTWIN Twin) { Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter); }

#else
#include "dmacheck/scenario.h"

#define BYTES 32768u

/* Eight pages; whether they can be written is not what this is about. */
static void twin_large(struct dm_run *r)
{
    int32_t status = 0;
    uint64_t information = 0;
    struct dm_file *f = dm_open(r, dm_device_at(r, 0), DM_WRITE_ACCESS, &status);
    void *buffer = dm_alloc(r, BYTES, 0);

    dm_expect(r, f != NULL);
    if (f) {
        dm_fill(r, buffer, BYTES, 1);
        status = dm_write(r, f, buffer, BYTES, 0, &information);
        dm_expect(r, status < 0 || information == BYTES);
        dm_close(r, f);
    }
    dm_free(r, buffer);
}

const struct dm_scenario dmacheck_scenarios[] = {
    { "large", "one write of eight pages", twin_large, 0 },
    { NULL, NULL, NULL, 0 },
};
const struct dm_setup dmacheck_setup = { .devices = "pktdma", .faults = "map-registers-few:1" };
#endif
