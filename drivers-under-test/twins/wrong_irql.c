/*
 * Twin of rule wrong_irql: a device property is asked for at DISPATCH_LEVEL.
 */
#ifndef DMACHECK_SCENARIO
#include "twin_plain.h"

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    ULONG number, length;
#if BUG
    KIRQL irql;
#endif

    UNREFERENCED_PARAMETER(Mdl);
    UNREFERENCED_PARAMETER(Length);
#if BUG
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
#endif
    IoGetDeviceProperty(Twin->Pdo, DevicePropertyBusNumber, sizeof(number), &number, &length);
#if BUG
    KeLowerIrql(irql);
#endif
    return STATUS_SUCCESS;
}

#else
#include "twin_scenario.h"
#endif
