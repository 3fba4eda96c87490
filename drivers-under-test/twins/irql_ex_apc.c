/*
 * Twin of rule irql_ex_apc: user memory is probed at DISPATCH_LEVEL.
 */
#ifndef DMACHECK_SCENARIO
#include "twin_plain.h"

static NTSTATUS TwinWrite(PTWIN Twin, PMDL Mdl, ULONG Length)
{
    NTSTATUS status = STATUS_SUCCESS;
#if BUG
    KIRQL irql;
#endif

    UNREFERENCED_PARAMETER(Twin);
#if BUG
    KeRaiseIrql(DISPATCH_LEVEL, &irql);
#endif
    __try {
        ProbeForRead(MmGetMdlVirtualAddress(Mdl), Length, 1);
    } __except (EXCEPTION_EXECUTE_HANDLER) {
        status = GetExceptionCode();
    }
#if BUG
    KeLowerIrql(irql);
#endif
    return status;
}

#else
#include "twin_scenario.h"
#endif
