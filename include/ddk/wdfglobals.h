/*
 * wdfglobals.h: what the framework keeps for a driver, and the table that it is called through. Both
 * are bound when the driver is loaded, before DriverEntry.
 * Source: wdf/framework-library-versioning, microsoft/Windows-Driver-Frameworks (wdfglobals.h, public)
 */
#ifndef DDK_WDFGLOBALS_H
#define DDK_WDFGLOBALS_H

#define WDF_DRIVER_GLOBALS_NAME_LEN (32)

typedef struct _WDF_DRIVER_GLOBALS {
    WDFDRIVER Driver;
    ULONG DriverFlags;
    ULONG DriverTag;
    CHAR DriverName[WDF_DRIVER_GLOBALS_NAME_LEN];
    BOOLEAN DisplaceDriverUnload;
} WDF_DRIVER_GLOBALS, *PWDF_DRIVER_GLOBALS;

typedef VOID (*WDFFUNC)(VOID);

/* The name carries the version, as the real one does. What a driver's objects define in common is one. */
#define WdfFunctions WdfFunctions_01033
#if !defined(DDK_HOST)
__attribute((weak, visibility("default"))) const WDFFUNC *WdfFunctions = NULL;
__attribute((weak, visibility("default"))) PWDF_DRIVER_GLOBALS WdfDriverGlobals = NULL;
#elif defined(WDF_CLIENT)
extern const WDFFUNC *WdfFunctions;
extern PWDF_DRIVER_GLOBALS WdfDriverGlobals;
#endif

#ifndef KMDF_VERSION_MAJOR
#define KMDF_VERSION_MAJOR 1
#endif
#ifndef KMDF_VERSION_MINOR
#define KMDF_VERSION_MINOR 33
#endif

/* Nothing is missing: the framework is the one that these headers describe. */
#define WDF_IS_FUNCTION_AVAILABLE(FunctionName) (FunctionName##TableIndex < WdfFunctionTableNumEntries)
#define WDF_IS_STRUCTURE_AVAILABLE(StructName) (sizeof(StructName) != 0)
#define WDF_IS_FIELD_AVAILABLE(StructName, FieldName)                                              \
    (FIELD_OFFSET(StructName, FieldName) < (LONG)sizeof(StructName))
#define WDF_STRUCTURE_SIZE(StructName) ((ULONG)sizeof(StructName))

#endif
