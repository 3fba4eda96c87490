/*
 * Twin of rule irql_changed_by_callback: a DPC returns at HIGH_LEVEL.
 */
#ifndef DMACHECK_SCENARIO
#include "twin_plain.h"

static KDEFERRED_ROUTINE TwinDpc;
static VOID NTAPI TwinDpc(PKDPC Dpc, PVOID Context, PVOID One, PVOID Two)
{
    KIRQL irql;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Context);
    UNREFERENCED_PARAMETER(One);
    UNREFERENCED_PARAMETER(Two);
    KeRaiseIrql(HIGH_LEVEL, &irql);
#if !BUG
    KeLowerIrql(irql);
#endif
}

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    KDPC dpc;

    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
    KeInitializeDpc(&dpc, TwinDpc, Twin);
    KeInsertQueueDpc(&dpc, NULL, NULL);
    KeFlushQueuedDpcs();
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
