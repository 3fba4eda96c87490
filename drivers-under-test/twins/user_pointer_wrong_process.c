/*
 * Twin of rule user_pointer_wrong_process: a DPC reads a number at an address of the program's. Whose
 * memory that address is depends on which process the DPC has interrupted.
 */
#include "twin_neither.h"

#ifndef DMACHECK_SCENARIO
typedef struct _TWIN_SUM {
    KDPC Dpc;
    KEVENT Done;
    volatile ULONG *Number;
} TWIN_SUM;

static VOID NTAPI TwinAdd(PKDPC Dpc, PVOID Context, PVOID Argument1, PVOID Argument2)
{
    TWIN_SUM *sum = Context;

    UNREFERENCED_PARAMETER(Dpc);
    UNREFERENCED_PARAMETER(Argument1);
    UNREFERENCED_PARAMETER(Argument2);
    TwinSum += *sum->Number;
    KeSetEvent(&sum->Done, IO_NO_INCREMENT, FALSE);
}

static NTSTATUS TwinNumber(PTWIN Twin, volatile ULONG *Number)
{
    TWIN_SUM sum;
    ULONG value;
    NTSTATUS status = TwinNumberGet(Number, &value);

    UNREFERENCED_PARAMETER(Twin);
    if (!NT_SUCCESS(status))
        return status;
#if BUG
    sum.Number = Number;
#else
    sum.Number = &value;
#endif
    KeInitializeEvent(&sum.Done, NotificationEvent, FALSE);
    KeInitializeDpc(&sum.Dpc, TwinAdd, &sum);
    KeInsertQueueDpc(&sum.Dpc, NULL, NULL);
    KeWaitForSingleObject(&sum.Done, Executive, KernelMode, FALSE, NULL);
    return STATUS_SUCCESS;
}
#endif
