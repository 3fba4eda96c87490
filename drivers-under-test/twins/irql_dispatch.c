/*
 * Twin of rule irql_dispatch: KeInsertDeviceQueue is called at PASSIVE_LEVEL.
 */
#ifndef DMACHECK_SCENARIO
#include "twin_plain.h"

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    KDEVICE_QUEUE queue;
    KDEVICE_QUEUE_ENTRY entry;
#if !BUG
    KIRQL irql;
#endif

    UNREFERENCED_PARAMETER(Twin);
    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
    KeInitializeDeviceQueue(&queue);
#if BUG
    KeInsertDeviceQueue(&queue, &entry);
#else
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    KeInsertDeviceQueue(&queue, &entry);
    KeLowerIrql(irql);
#endif
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
