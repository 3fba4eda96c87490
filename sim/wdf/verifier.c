/*
 * What a driver asks of the framework's verifier.
 *
 * Source: wdfverifier/, microsoft/Windows-Driver-Frameworks (verifierapi.cpp)
 */
#include "sim/wdf/wdf.h"

/*
 * WdfVerifierDbgBreakPoint: breaks into the debugger, where the framework's verifier is on.
 *
 * Irql     any
 * Returns  nothing
 * Gap      as DbgBreakPoint: no debugger is attached, the driver goes on
 * Says     CALL, DbgBreakPoint's, RETURN
 * Source   wdfverifier/nf-wdfverifier-wdfverifierdbgbreakpoint
 */
VOID imp_WdfVerifierDbgBreakPoint(PWDF_DRIVER_GLOBALS DriverGlobals)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfVerifierDbgBreakPoint, 0, 0, 0, 0, 0);

    (void)DriverGlobals;
    DbgBreakPoint();
    call_end(&c, 0, 0, 0, 0);
}

/*
 * WdfVerifierKeBugCheck: stops the machine.
 *
 * Irql     any
 * Returns  not on Windows
 * Gap      as KeBugCheckEx
 * Says     CALL (code and parameters), KeBugCheckEx's
 * Source   wdfverifier/nf-wdfverifier-wdfverifierkebugcheck
 */
VOID imp_WdfVerifierKeBugCheck(PWDF_DRIVER_GLOBALS DriverGlobals, ULONG BugCheckCode,
                               ULONG_PTR BugCheckParameter1, ULONG_PTR BugCheckParameter2,
                               ULONG_PTR BugCheckParameter3, ULONG_PTR BugCheckParameter4)
{
    struct fx *f = fx_now();
    struct call c = call_begin(f->s, API_WdfVerifierKeBugCheck, 0, BugCheckCode, BugCheckParameter1,
                               BugCheckParameter2, BugCheckParameter3);

    (void)DriverGlobals;
    call_end(&c, 0, 0, 0, 0); /* what follows does not come back */
    KeBugCheckEx(BugCheckCode, BugCheckParameter1, BugCheckParameter2, BugCheckParameter3,
                 BugCheckParameter4);
}
