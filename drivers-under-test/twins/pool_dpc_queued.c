/*
 * Twin of rule pool_dpc_queued: a block is freed while the DPC in it is queued.
 */
#ifndef DMACHECK_SCENARIO
#include "twin_plain.h"

static KDEFERRED_ROUTINE TwinDpc;
static VOID NTAPI TwinDpc(PKDPC Dpc, PVOID Context, PVOID One, PVOID Two)
{
    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(One);
    UNREFERENCED_PARAMETER(Two);
}

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    PKDPC dpc = ExAllocatePoolWithTag(NonPagedPool, sizeof(*dpc), 'niwT');
    KIRQL irql;

    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
    if (dpc == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    KeInitializeDpc(dpc, TwinDpc, Twin);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    KeInsertQueueDpc(dpc, NULL, NULL);
#if !BUG
    KeRemoveQueueDpc(dpc);
#endif
    ExFreePoolWithTag(dpc, 'niwT');
    KeLowerIrql(irql);
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
