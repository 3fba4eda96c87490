/*
 * Twin of rule pool_paged_free_irql: paged pool is freed at DISPATCH_LEVEL.
 */
#ifndef DMACHECK_SCENARIO
#include "twin_plain.h"

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    PVOID buffer = ExAllocatePoolWithTag(PagedPool, 64, 'niwT');
    KIRQL irql;

    UNREFERENCED_PARAMETER(Twin);
    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
    if (buffer == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    KeRaiseIrql(BUG ? DISPATCH_LEVEL : APC_LEVEL, &irql);
    ExFreePoolWithTag(buffer, 'niwT');
    KeLowerIrql(irql);
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
