/*
 * Twin of rule pool_paged_irql: paged pool is allocated at DISPATCH_LEVEL.
 */
#ifndef DMACHECK_SCENARIO
#include "twin_plain.h"

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    PVOID buffer;
    KIRQL irql;

    UNREFERENCED_PARAMETER(Twin);
    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
    buffer = ExAllocatePoolWithTag(BUG ? PagedPool : NonPagedPool, 64, 'niwT');
    KeLowerIrql(irql);
    if (buffer != NULL)
        ExFreePoolWithTag(buffer, 'niwT');
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
