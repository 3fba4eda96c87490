/*
 * Twin of rule irql_io_passive: an adapter is asked for at DISPATCH_LEVEL.
 */
#ifndef DMACHECK_SCENARIO
#include "twin_plain.h"

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    ULONG registers;
    PDMA_ADAPTER adapter;
#if BUG
    KIRQL irql;
#endif

    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
#if BUG
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
#endif
    adapter = TwinAdapterGet(Twin, &registers);
#if BUG
    KeLowerIrql(irql);
#endif
    if (adapter != NULL)
        adapter->DmaOperations->PutDmaAdapter(adapter);
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
