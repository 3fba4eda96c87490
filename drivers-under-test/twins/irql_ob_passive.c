/*
 * Twin of rule irql_ob_passive: ObReferenceObjectByHandle is called at DISPATCH_LEVEL.
 */
#ifndef DMACHECK_SCENARIO
#include "twin_plain.h"

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    HANDLE handle;
    PVOID object;
    NTSTATUS status;
#if BUG
    KIRQL irql;
#endif

    UNREFERENCED_PARAMETER(Twin);
    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
    status = ZwCreateEvent(&handle, EVENT_ALL_ACCESS, NULL, NotificationEvent, FALSE);
    if (!NT_SUCCESS(status))
        return status;
#if BUG
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
#endif
    status = ObReferenceObjectByHandle(handle, EVENT_ALL_ACCESS, NULL, KernelMode, &object, NULL);
#if BUG
    KeLowerIrql(irql);
#endif
    if (NT_SUCCESS(status))
        ObDereferenceObject(object);
    ZwClose(handle);
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
