/*
 * wdfpdo.h: device objects of a bus driver's children.
 * Source: wdfpdo/
 */
#ifndef DDK_WDFPDO_H
#define DDK_WDFPDO_H

typedef NTSTATUS EVT_WDF_DEVICE_RESOURCES_QUERY(WDFDEVICE Device, WDFCMRESLIST Resources);
typedef EVT_WDF_DEVICE_RESOURCES_QUERY *PFN_WDF_DEVICE_RESOURCES_QUERY;
typedef NTSTATUS EVT_WDF_DEVICE_RESOURCE_REQUIREMENTS_QUERY(WDFDEVICE Device,
                                                            WDFIORESREQLIST IoResourceRequirementsList);
typedef EVT_WDF_DEVICE_RESOURCE_REQUIREMENTS_QUERY *PFN_WDF_DEVICE_RESOURCE_REQUIREMENTS_QUERY;
typedef NTSTATUS EVT_WDF_DEVICE_EJECT(WDFDEVICE Device);
typedef EVT_WDF_DEVICE_EJECT *PFN_WDF_DEVICE_EJECT;
typedef NTSTATUS EVT_WDF_DEVICE_SET_LOCK(WDFDEVICE Device, BOOLEAN IsLocked);
typedef EVT_WDF_DEVICE_SET_LOCK *PFN_WDF_DEVICE_SET_LOCK;
typedef NTSTATUS EVT_WDF_DEVICE_ENABLE_WAKE_AT_BUS(WDFDEVICE Device, SYSTEM_POWER_STATE PowerState);
typedef EVT_WDF_DEVICE_ENABLE_WAKE_AT_BUS *PFN_WDF_DEVICE_ENABLE_WAKE_AT_BUS;
typedef VOID EVT_WDF_DEVICE_DISABLE_WAKE_AT_BUS(WDFDEVICE Device);
typedef EVT_WDF_DEVICE_DISABLE_WAKE_AT_BUS *PFN_WDF_DEVICE_DISABLE_WAKE_AT_BUS;
typedef VOID EVT_WDF_DEVICE_REPORTED_MISSING(WDFDEVICE Device);
typedef EVT_WDF_DEVICE_REPORTED_MISSING *PFN_WDF_DEVICE_REPORTED_MISSING;

typedef struct _WDF_PDO_EVENT_CALLBACKS {
    ULONG Size;
    PFN_WDF_DEVICE_RESOURCES_QUERY EvtDeviceResourcesQuery;
    PFN_WDF_DEVICE_RESOURCE_REQUIREMENTS_QUERY EvtDeviceResourceRequirementsQuery;
    PFN_WDF_DEVICE_EJECT EvtDeviceEject;
    PFN_WDF_DEVICE_SET_LOCK EvtDeviceSetLock;
    PFN_WDF_DEVICE_ENABLE_WAKE_AT_BUS EvtDeviceEnableWakeAtBus;
    PFN_WDF_DEVICE_DISABLE_WAKE_AT_BUS EvtDeviceDisableWakeAtBus;
    PFN_WDF_DEVICE_REPORTED_MISSING EvtDeviceReportedMissing;
} WDF_PDO_EVENT_CALLBACKS, *PWDF_PDO_EVENT_CALLBACKS;

DDK_INLINE VOID WDF_PDO_EVENT_CALLBACKS_INIT(PWDF_PDO_EVENT_CALLBACKS Callbacks)
{
    RtlZeroMemory(Callbacks, sizeof(*Callbacks));
    Callbacks->Size = sizeof(*Callbacks);
}

WDF_FN(PWDFDEVICE_INIT, WdfPdoInitAllocate, (WDFDEVICE ParentDevice), (ParentDevice))
WDF_FV(WdfPdoInitSetEventCallbacks, (PWDFDEVICE_INIT DeviceInit, PWDF_PDO_EVENT_CALLBACKS DispatchTable), (DeviceInit, DispatchTable))
WDF_FN(NTSTATUS, WdfPdoInitAssignDeviceID, (PWDFDEVICE_INIT DeviceInit, PCUNICODE_STRING DeviceID), (DeviceInit, DeviceID))
WDF_FN(NTSTATUS, WdfPdoInitAssignInstanceID, (PWDFDEVICE_INIT DeviceInit, PCUNICODE_STRING InstanceID), (DeviceInit, InstanceID))
WDF_FN(NTSTATUS, WdfPdoInitAddHardwareID, (PWDFDEVICE_INIT DeviceInit, PCUNICODE_STRING HardwareID), (DeviceInit, HardwareID))
WDF_FN(NTSTATUS, WdfPdoInitAddCompatibleID, (PWDFDEVICE_INIT DeviceInit, PCUNICODE_STRING CompatibleID), (DeviceInit, CompatibleID))
WDF_FN(NTSTATUS, WdfPdoInitAssignContainerID, (PWDFDEVICE_INIT DeviceInit, PCUNICODE_STRING ContainerID), (DeviceInit, ContainerID))
WDF_FN(NTSTATUS, WdfPdoInitAddDeviceText, (PWDFDEVICE_INIT DeviceInit, PCUNICODE_STRING DeviceDescription, PCUNICODE_STRING DeviceLocation, LCID LocaleId), (DeviceInit, DeviceDescription, DeviceLocation, LocaleId))
WDF_FV(WdfPdoInitSetDefaultLocale, (PWDFDEVICE_INIT DeviceInit, LCID LocaleId), (DeviceInit, LocaleId))
WDF_FN(NTSTATUS, WdfPdoInitAssignRawDevice, (PWDFDEVICE_INIT DeviceInit, CONST GUID *DeviceClassGuid), (DeviceInit, DeviceClassGuid))
WDF_FV(WdfPdoInitAllowForwardingRequestToParent, (PWDFDEVICE_INIT DeviceInit), (DeviceInit))
WDF_FN(NTSTATUS, WdfPdoMarkMissing, (WDFDEVICE Device), (Device))
WDF_FV(WdfPdoRequestEject, (WDFDEVICE Device), (Device))
WDF_FN(WDFDEVICE, WdfPdoGetParent, (WDFDEVICE Device), (Device))
WDF_FN(NTSTATUS, WdfPdoRetrieveIdentificationDescription, (WDFDEVICE Device, PWDF_CHILD_IDENTIFICATION_DESCRIPTION_HEADER IdentificationDescription), (Device, IdentificationDescription))
WDF_FN(NTSTATUS, WdfPdoRetrieveAddressDescription, (WDFDEVICE Device, PWDF_CHILD_ADDRESS_DESCRIPTION_HEADER AddressDescription), (Device, AddressDescription))
WDF_FN(NTSTATUS, WdfPdoUpdateAddressDescription, (WDFDEVICE Device, PWDF_CHILD_ADDRESS_DESCRIPTION_HEADER AddressDescription), (Device, AddressDescription))
WDF_FN(NTSTATUS, WdfPdoAddEjectionRelationsPhysicalDevice, (WDFDEVICE Device, PDEVICE_OBJECT PhysicalDevice), (Device, PhysicalDevice))
WDF_FV(WdfPdoRemoveEjectionRelationsPhysicalDevice, (WDFDEVICE Device, PDEVICE_OBJECT PhysicalDevice), (Device, PhysicalDevice))
WDF_FV(WdfPdoClearEjectionRelationsDevices, (WDFDEVICE Device), (Device))
WDF_FV(WdfPdoInitRemovePowerDependencyOnParent, (PWDFDEVICE_INIT DeviceInit), (DeviceInit))

#endif
