/*
 * Twin of rule pool_nonpaged_irql: nonpaged pool is allocated at HIGH_LEVEL.
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
    KeRaiseIrql(BUG ? HIGH_LEVEL : DISPATCH_LEVEL, &irql);
    buffer = ExAllocatePoolWithTag(NonPagedPool, 64, 'niwT');
    KeLowerIrql(irql);
    if (buffer != NULL)
        ExFreePoolWithTag(buffer, 'niwT');
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
