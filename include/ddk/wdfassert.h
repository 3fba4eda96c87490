/*
 * wdfassert.h: assertions that are on while the framework verifies the driver.
 * Source: wdf/debugging-a-kmdf-driver
 */
#ifndef DDK_WDFASSERT_H
#define DDK_WDFASSERT_H

#define WDFVERIFY(exp)                                                                             \
    {                                                                                              \
        if ((WdfDriverGlobals->DriverFlags & WdfVerifyOn) && !(exp))                               \
            RtlAssert((PVOID)#exp, (PVOID)__FILE__, __LINE__, NULL);                               \
    }
#define VERIFY_IS_IRQL_PASSIVE_LEVEL() WDFVERIFY(KeGetCurrentIrql() == PASSIVE_LEVEL)
#define IS_AT_PASSIVE() WDFVERIFY(KeGetCurrentIrql() == PASSIVE_LEVEL)
#define WDFCASSERT(c) _Static_assert(c, #c)

#endif
