/*
 * A driver that is right but for one write: longer than a page, with one byte in its last sector, from the
 * last byte of a page on. It costs a block of memory.
 */
#ifndef DMACHECK_SCENARIO
#include "../../drivers-under-test/twins/twin.h"

static NTSTATUS TwinStart(PTWIN Twin)
{
    UNREFERENCED_PARAMETER(Twin);
    return STATUS_SUCCESS;
}

static VOID TwinStop(PTWIN Twin)
{
    Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter);
}

/* Functions of their own, so that each step towards the bug is one that a fuzzer sees. */
static DECLSPEC_NOINLINE VOID FromTheLastByte(VOID)
{
    (VOID)ExAllocatePoolWithTag(NonPagedPoolNx, 32, 'ranC'); /* at: lost */
}

static DECLSPEC_NOINLINE VOID OneByteMore(PMDL Mdl)
{
    if (MmGetMdlByteOffset(Mdl) == PAGE_SIZE - 1)
        FromTheLastByte();
}

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    UNREFERENCED_PARAMETER(Twin);
    if (Length > PAGE_SIZE && Length % 512 == 1)
        OneByteMore(Mdl);
    return STATUS_SUCCESS;
}

#else
#include "../../drivers-under-test/twins/twin_scenario.h"
#endif
