/*
 * Twin of rule pageable_access_at_dispatch: paged pool is written at DISPATCH_LEVEL.
 */
#ifndef DMACHECK_SCENARIO
#include "twin_plain.h"

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    volatile UCHAR *buffer = ExAllocatePoolWithTag(PagedPool, 64, 'niwT');
    KIRQL irql;

    UNREFERENCED_PARAMETER(Twin);
    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
    if (buffer == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    KeRaiseIrql(BUG ? DISPATCH_LEVEL : APC_LEVEL, &irql);
    buffer[0] = 1;
    KeLowerIrql(irql);
    ExFreePoolWithTag((PVOID)buffer, 'niwT');
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
