/*
 * Twin of rule pool_nonpaged_free_irql: nonpaged pool is freed at HIGH_LEVEL.
 */
#ifndef DMACHECK_SCENARIO
#include "twin_plain.h"

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    PVOID buffer = ExAllocatePoolWithTag(NonPagedPool, 64, 'niwT');
    KIRQL irql;

    UNREFERENCED_PARAMETER(Twin);
    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
    if (buffer == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    KeRaiseIrql(BUG ? HIGH_LEVEL : DISPATCH_LEVEL, &irql);
    ExFreePoolWithTag(buffer, 'niwT');
    KeLowerIrql(irql);
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
