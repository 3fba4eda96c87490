/*
 * wdfdriver.h: the driver object, from which all of a driver's other objects hang.
 * Source: wdfdriver/
 */
#ifndef DDK_WDFDRIVER_H
#define DDK_WDFDRIVER_H

typedef enum _WDF_DRIVER_INIT_FLAGS {
    WdfDriverInitNonPnpDriver = 0x1,
    WdfDriverInitNoDispatchOverride = 0x2,
    WdfVerifyOn = 0x4,
    WdfVerifierOn = 0x8,
    WdfDriverInitCompanion = 0x10
} WDF_DRIVER_INIT_FLAGS;

#define WDF_TRACE_ID ('TRAC')

typedef NTSTATUS EVT_WDF_DRIVER_DEVICE_ADD(WDFDRIVER Driver, PWDFDEVICE_INIT DeviceInit);
typedef EVT_WDF_DRIVER_DEVICE_ADD *PFN_WDF_DRIVER_DEVICE_ADD;
typedef VOID EVT_WDF_DRIVER_UNLOAD(WDFDRIVER Driver);
typedef EVT_WDF_DRIVER_UNLOAD *PFN_WDF_DRIVER_UNLOAD;
typedef NTSTATUS EVT_WDF_TRACE_CALLBACK(UCHAR minorFunction, PVOID dataPath, ULONG bufferLength, PVOID buffer,
                                        PVOID context, PULONG size);
typedef EVT_WDF_TRACE_CALLBACK *PFN_WDF_TRACE_CALLBACK;

typedef struct _WDF_DRIVER_CONFIG {
    ULONG Size;
    PFN_WDF_DRIVER_DEVICE_ADD EvtDriverDeviceAdd;
    PFN_WDF_DRIVER_UNLOAD EvtDriverUnload;
    ULONG DriverInitFlags;
    ULONG DriverPoolTag;
} WDF_DRIVER_CONFIG, *PWDF_DRIVER_CONFIG;

DDK_INLINE VOID WDF_DRIVER_CONFIG_INIT(PWDF_DRIVER_CONFIG Config,
                                       PFN_WDF_DRIVER_DEVICE_ADD EvtDriverDeviceAdd)
{
    RtlZeroMemory(Config, sizeof(*Config));
    Config->Size = sizeof(*Config);
    Config->EvtDriverDeviceAdd = EvtDriverDeviceAdd;
}

typedef struct _WDF_DRIVER_VERSION_AVAILABLE_PARAMS {
    ULONG Size;
    ULONG MajorVersion;
    ULONG MinorVersion;
} WDF_DRIVER_VERSION_AVAILABLE_PARAMS, *PWDF_DRIVER_VERSION_AVAILABLE_PARAMS;

DDK_INLINE VOID WDF_DRIVER_VERSION_AVAILABLE_PARAMS_INIT(PWDF_DRIVER_VERSION_AVAILABLE_PARAMS Params,
                                                         ULONG MajorVersion, ULONG MinorVersion)
{
    Params->Size = sizeof(*Params);
    Params->MajorVersion = MajorVersion;
    Params->MinorVersion = MinorVersion;
}

#if !defined(DDK_HOST) || defined(WDF_CLIENT)
DDK_INLINE WDFDRIVER WdfGetDriver(VOID) { return WdfDriverGlobals->Driver; }
#endif

WDF_FN(NTSTATUS, WdfDriverCreate, (PDRIVER_OBJECT DriverObject, PCUNICODE_STRING RegistryPath, PWDF_OBJECT_ATTRIBUTES DriverAttributes, PWDF_DRIVER_CONFIG DriverConfig, WDFDRIVER *Driver), (DriverObject, RegistryPath, DriverAttributes, DriverConfig, Driver))
WDF_FN(PWSTR, WdfDriverGetRegistryPath, (WDFDRIVER Driver), (Driver))
WDF_FN(PDRIVER_OBJECT, WdfDriverWdmGetDriverObject, (WDFDRIVER Driver), (Driver))
WDF_FN(NTSTATUS, WdfDriverOpenParametersRegistryKey, (WDFDRIVER Driver, ACCESS_MASK DesiredAccess, PWDF_OBJECT_ATTRIBUTES KeyAttributes, WDFKEY *Key), (Driver, DesiredAccess, KeyAttributes, Key))
WDF_FN(WDFDRIVER, WdfWdmDriverGetWdfDriverHandle, (PDRIVER_OBJECT DriverObject), (DriverObject))
WDF_FN(NTSTATUS, WdfDriverRegisterTraceInfo, (PDRIVER_OBJECT DriverObject, PFN_WDF_TRACE_CALLBACK EvtTraceCallback, PVOID ControlBlock), (DriverObject, EvtTraceCallback, ControlBlock))
WDF_FN(NTSTATUS, WdfDriverRetrieveVersionString, (WDFDRIVER Driver, WDFSTRING String), (Driver, String))
WDF_FN(BOOLEAN, WdfDriverIsVersionAvailable, (WDFDRIVER Driver, PWDF_DRIVER_VERSION_AVAILABLE_PARAMS VersionAvailableParams), (Driver, VersionAvailableParams))
WDF_FN(NTSTATUS, WdfDriverErrorReportApiMissing, (WDFDRIVER Driver, PCWSTR FrameworkExtensionName, ULONG ApiIndex, BOOLEAN DoesApiReturnNtstatus), (Driver, FrameworkExtensionName, ApiIndex, DoesApiReturnNtstatus))
WDF_FN(NTSTATUS, WdfDriverOpenPersistentStateRegistryKey, (WDFDRIVER Driver, ACCESS_MASK DesiredAccess, PWDF_OBJECT_ATTRIBUTES KeyAttributes, WDFKEY *Key), (Driver, DesiredAccess, KeyAttributes, Key))

#endif
