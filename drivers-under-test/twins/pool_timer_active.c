/*
 * Twin of rule pool_timer_active: a block is freed while the timer in it is set.
 */
#ifndef DMACHECK_SCENARIO
#include "twin_plain.h"

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    PKTIMER timer = ExAllocatePoolWithTag(NonPagedPool, sizeof(*timer), 'niwT');
    LARGE_INTEGER due;

    UNREFERENCED_PARAMETER(Twin);
    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
    if (timer == NULL)
        return STATUS_INSUFFICIENT_RESOURCES;
    due.QuadPart = -10 * 1000 * 1000;
    KeInitializeTimer(timer);
    KeSetTimer(timer, due, NULL);
#if !BUG
    KeCancelTimer(timer);
#endif
    ExFreePoolWithTag(timer, 'niwT');
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
