/*
 * Twin of rule sgl_leaked: the list is never put. Its memory is the driver's own and outlives the
 * adapter, so that the leak is all that is wrong.
 */
#ifndef DMACHECK_SCENARIO
#include "twin.h"

#define OWN_BYTES 2048u

static PVOID TwinOwn;
static PMDL TwinOwnMdl;

static VOID TwinOwnFree(VOID)
{
    if (TwinOwnMdl != NULL)
        IoFreeMdl(TwinOwnMdl);
    if (TwinOwn != NULL)
        ExFreePoolWithTag(TwinOwn, 'niwT');
    TwinOwnMdl = NULL;
    TwinOwn = NULL;
}

static NTSTATUS TwinStart(PTWIN Twin)
{
    UNREFERENCED_PARAMETER(Twin);
    TwinOwn = ExAllocatePool2(POOL_FLAG_NON_PAGED, OWN_BYTES, 'niwT');
    TwinOwnMdl = TwinOwn != NULL ? IoAllocateMdl(TwinOwn, OWN_BYTES, FALSE, FALSE, NULL) : NULL;
    if (TwinOwnMdl == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    MmBuildMdlForNonPagedPool(TwinOwnMdl);
    return STATUS_SUCCESS;
}

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    NTSTATUS status = TwinListGet(Twin, TwinOwnMdl, OWN_BYTES, TRUE);

    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
    if (!NT_SUCCESS(status))
        return status;
    TwinListMove(Twin, OWN_BYTES);
#if !BUG
    TwinListPut(Twin, TRUE);
#endif
    return STATUS_SUCCESS;
}

static VOID TwinStop(PTWIN Twin)
{
    Twin->Adapter->DmaOperations->PutDmaAdapter(Twin->Adapter);
    TwinOwnFree();
}

#else
#include "twin_scenario.h"
#endif
