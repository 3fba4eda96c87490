/*
 * Twin of rule dma_irql_too_high: a common buffer is freed at DISPATCH_LEVEL.
 */
#ifndef DMACHECK_SCENARIO
#include "twin_plain.h"

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    PHYSICAL_ADDRESS logical;
    PVOID common;
#if BUG
    KIRQL irql;
#endif

    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
    common = Twin->Adapter->DmaOperations->AllocateCommonBuffer(Twin->Adapter, PAGE_SIZE, &logical,
                                                                TRUE);
    if (common == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
#if BUG
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
#endif
    Twin->Adapter->DmaOperations->FreeCommonBuffer(Twin->Adapter, PAGE_SIZE, logical, common, TRUE);
#if BUG
    KeLowerIrql(irql);
#endif
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
