/*
 * wdfcall.h: how a driver reaches the framework. A row WDF_FN(return type, name, (parameters),
 * (arguments)) of the wdf headers is one function of KMDF's table; WDF_FV returns nothing, and the
 * forms with 0 take nothing beside the driver's globals.
 *
 * For a driver a row is an inline call through WdfFunctions, as on Windows; without debug information of its
 * own, so that the line of the call is the driver's. For the simulator (DDK_HOST without WDF_CLIENT) it
 * declares the function of the framework that stands in the table.
 */
#ifndef DDK_WDFCALL_H
#define DDK_WDFCALL_H

#define WDF_GLOBALS_AND_(...) (PWDF_DRIVER_GLOBALS DriverGlobals, __VA_ARGS__)
#define WDF_GLOBALS_THEN_(...) (WdfDriverGlobals, __VA_ARGS__)

#if defined(DDK_HOST) && !defined(WDF_CLIENT)
#define WDF_FN(ret, name, params, args) ret imp_##name WDF_GLOBALS_AND_ params;
#define WDF_FN0(ret, name) ret imp_##name(PWDF_DRIVER_GLOBALS DriverGlobals);
#define WDF_FV(name, params, args) void imp_##name WDF_GLOBALS_AND_ params;
#define WDF_FV0(name) void imp_##name(PWDF_DRIVER_GLOBALS DriverGlobals);
#else
#define WDF_INLINE_ static __inline__ __attribute((always_inline, unused, nodebug))
#ifndef __clang__
#undef WDF_INLINE_
#define WDF_INLINE_ DDK_INLINE
#endif
#define WDF_FN(ret, name, params, args)                                                            \
    typedef ret ddk_pfn_##name WDF_GLOBALS_AND_ params;                                            \
    WDF_INLINE_ ret name params                                                                    \
    {                                                                                              \
        return ((ddk_pfn_##name *)WdfFunctions[name##TableIndex])WDF_GLOBALS_THEN_ args;           \
    }
#define WDF_FN0(ret, name)                                                                         \
    typedef ret ddk_pfn_##name(PWDF_DRIVER_GLOBALS);                                               \
    WDF_INLINE_ ret name(void)                                                                     \
    {                                                                                              \
        return ((ddk_pfn_##name *)WdfFunctions[name##TableIndex])(WdfDriverGlobals);               \
    }
#define WDF_FV(name, params, args)                                                                 \
    typedef void ddk_pfn_##name WDF_GLOBALS_AND_ params;                                           \
    WDF_INLINE_ void name params                                                                   \
    {                                                                                              \
        ((ddk_pfn_##name *)WdfFunctions[name##TableIndex])WDF_GLOBALS_THEN_ args;                  \
    }
#define WDF_FV0(name)                                                                              \
    typedef void ddk_pfn_##name(PWDF_DRIVER_GLOBALS);                                              \
    WDF_INLINE_ void name(void)                                                                    \
    {                                                                                              \
        ((ddk_pfn_##name *)WdfFunctions[name##TableIndex])(WdfDriverGlobals);                      \
    }
#endif

#endif
