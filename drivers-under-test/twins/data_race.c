/*
 * Twin of rule data_race: two requests at a time count in the same place, each in its own thread, and
 * nothing keeps one out while the other is between its load and its store.
 */
#ifndef DMACHECK_SCENARIO
#include "twin.h"

static KSPIN_LOCK TwinLock;
static ULONG64 TwinBytes;

static NTSTATUS TwinStart(PTWIN Twin)
{
    UNREFERENCED_PARAMETER(Twin);
    KeInitializeSpinLock(&TwinLock);
    return STATUS_SUCCESS;
}

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
#if BUG
    TwinBytes += Length;
#else
    KIRQL irql;

    KeAcquireSpinLock(&TwinLock, &irql);
    TwinBytes += Length;
    KeReleaseSpinLock(&TwinLock, irql);
#endif
    UNREFERENCED_PARAMETER(Twin);
    UNREFERENCED_PARAMETER(Mdl);
    return STATUS_SUCCESS;
}

static VOID TwinStop(PTWIN Twin) { Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter); }

#else
#include "dmacheck/scenario.h"

static void write_once(struct dm_run *r, void *file)
{
    uint64_t information = 0;
    uint64_t *buffer = dm_alloc(r, sizeof *buffer, 0);

    dm_expect(r, dm_write(r, file, buffer, sizeof *buffer, 0, &information) == 0);
    dm_free(r, buffer);
}

static void run_two(struct dm_run *r)
{
    int32_t status = 0;
    struct dm_file *f = dm_open(r, dm_device_at(r, 0), DM_WRITE_ACCESS, &status);
    struct dm_thread *one, *two;

    dm_expect(r, f != NULL && status == 0);
    if (!f)
        return;
    one = dm_thread(r, write_once, f);
    two = dm_thread(r, write_once, f);
    dm_join(r, one);
    dm_join(r, two);
    dm_close(r, f);
}

const struct dm_scenario dmacheck_scenarios[] = {
    { "two", "two threads of a program write at the same time", run_two, 0 },
    { NULL, NULL, NULL, 0 },
};
const struct dm_setup dmacheck_setup = { .devices = "pktdma" };
#endif
