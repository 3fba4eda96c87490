/*
 * wdfverifier.h: what a driver asks of the framework's verifier.
 * Source: wdfverifier/
 */
#ifndef DDK_WDFVERIFIER_H
#define DDK_WDFVERIFIER_H

WDF_FV0(WdfVerifierDbgBreakPoint)
WDF_FV(WdfVerifierKeBugCheck, (ULONG BugCheckCode, ULONG_PTR BugCheckParameter1, ULONG_PTR BugCheckParameter2, ULONG_PTR BugCheckParameter3, ULONG_PTR BugCheckParameter4), (BugCheckCode, BugCheckParameter1, BugCheckParameter2, BugCheckParameter3, BugCheckParameter4))
WDF_FN0(PVOID, WdfGetTriageInfo)

#endif
