/*
 * wdfqueryinterface.h: interfaces that a driver offers to others of its stack.
 * Source: wdfqueryinterface/
 */
#ifndef DDK_WDFQUERYINTERFACE_H
#define DDK_WDFQUERYINTERFACE_H

typedef NTSTATUS EVT_WDF_DEVICE_PROCESS_QUERY_INTERFACE_REQUEST(WDFDEVICE Device, LPGUID InterfaceType,
                                                                PINTERFACE ExposedInterface,
                                                                PVOID ExposedInterfaceSpecificData);
typedef EVT_WDF_DEVICE_PROCESS_QUERY_INTERFACE_REQUEST *PFN_WDF_DEVICE_PROCESS_QUERY_INTERFACE_REQUEST;

typedef struct _WDF_QUERY_INTERFACE_CONFIG {
    ULONG Size;
    PINTERFACE Interface;
    CONST GUID *InterfaceType;
    BOOLEAN SendQueryToParentStack;
    PFN_WDF_DEVICE_PROCESS_QUERY_INTERFACE_REQUEST EvtDeviceProcessQueryInterfaceRequest;
    BOOLEAN ImportInterface;
} WDF_QUERY_INTERFACE_CONFIG, *PWDF_QUERY_INTERFACE_CONFIG;

DDK_INLINE VOID WDF_QUERY_INTERFACE_CONFIG_INIT(
    PWDF_QUERY_INTERFACE_CONFIG InterfaceConfig, PINTERFACE Interface, CONST GUID *InterfaceType,
    PFN_WDF_DEVICE_PROCESS_QUERY_INTERFACE_REQUEST EvtDeviceProcessQueryInterfaceRequest)
{
    RtlZeroMemory(InterfaceConfig, sizeof(*InterfaceConfig));
    InterfaceConfig->Size = sizeof(*InterfaceConfig);
    InterfaceConfig->Interface = Interface;
    InterfaceConfig->InterfaceType = InterfaceType;
    InterfaceConfig->EvtDeviceProcessQueryInterfaceRequest = EvtDeviceProcessQueryInterfaceRequest;
}

/* For interfaces whose users need not be counted. */
DDK_INLINE VOID WdfDeviceInterfaceReferenceNoOp(PVOID Context) { UNREFERENCED_PARAMETER(Context); }
DDK_INLINE VOID WdfDeviceInterfaceDereferenceNoOp(PVOID Context) { UNREFERENCED_PARAMETER(Context); }

WDF_FN(NTSTATUS, WdfDeviceAddQueryInterface, (WDFDEVICE Device, PWDF_QUERY_INTERFACE_CONFIG InterfaceConfig), (Device, InterfaceConfig))

#endif
