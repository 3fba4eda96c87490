/*
 * wdffdo.h: function and filter device objects: what may be asked before they are made, their resource
 * requirements, the interfaces below them, and their children.
 * Source: wdffdo/
 */
#ifndef DDK_WDFFDO_H
#define DDK_WDFFDO_H

typedef NTSTATUS EVT_WDF_DEVICE_FILTER_RESOURCE_REQUIREMENTS(WDFDEVICE Device,
                                                             WDFIORESREQLIST IoResourceRequirementsList);
typedef EVT_WDF_DEVICE_FILTER_RESOURCE_REQUIREMENTS *PFN_WDF_DEVICE_FILTER_RESOURCE_REQUIREMENTS;
typedef NTSTATUS EVT_WDF_DEVICE_REMOVE_ADDED_RESOURCES(WDFDEVICE Device, WDFCMRESLIST ResourcesRaw,
                                                       WDFCMRESLIST ResourcesTranslated);
typedef EVT_WDF_DEVICE_REMOVE_ADDED_RESOURCES *PFN_WDF_DEVICE_REMOVE_ADDED_RESOURCES;

typedef struct _WDF_FDO_EVENT_CALLBACKS {
    ULONG Size;
    PFN_WDF_DEVICE_FILTER_RESOURCE_REQUIREMENTS EvtDeviceFilterAddResourceRequirements;
    PFN_WDF_DEVICE_FILTER_RESOURCE_REQUIREMENTS EvtDeviceFilterRemoveResourceRequirements;
    PFN_WDF_DEVICE_REMOVE_ADDED_RESOURCES EvtDeviceRemoveAddedResources;
} WDF_FDO_EVENT_CALLBACKS, *PWDF_FDO_EVENT_CALLBACKS;

DDK_INLINE VOID WDF_FDO_EVENT_CALLBACKS_INIT(PWDF_FDO_EVENT_CALLBACKS Callbacks)
{
    RtlZeroMemory(Callbacks, sizeof(*Callbacks));
    Callbacks->Size = sizeof(*Callbacks);
}

WDF_FN(PDEVICE_OBJECT, WdfFdoInitWdmGetPhysicalDevice, (PWDFDEVICE_INIT DeviceInit), (DeviceInit))
WDF_FN(NTSTATUS, WdfFdoInitOpenRegistryKey, (PWDFDEVICE_INIT DeviceInit, ULONG DeviceInstanceKeyType, ACCESS_MASK DesiredAccess, PWDF_OBJECT_ATTRIBUTES KeyAttributes, WDFKEY *Key), (DeviceInit, DeviceInstanceKeyType, DesiredAccess, KeyAttributes, Key))
WDF_FN(NTSTATUS, WdfFdoInitQueryProperty, (PWDFDEVICE_INIT DeviceInit, DEVICE_REGISTRY_PROPERTY DeviceProperty, ULONG BufferLength, PVOID PropertyBuffer, PULONG ResultLength), (DeviceInit, DeviceProperty, BufferLength, PropertyBuffer, ResultLength))
WDF_FN(NTSTATUS, WdfFdoInitAllocAndQueryProperty, (PWDFDEVICE_INIT DeviceInit, DEVICE_REGISTRY_PROPERTY DeviceProperty, POOL_TYPE PoolType, PWDF_OBJECT_ATTRIBUTES PropertyMemoryAttributes, WDFMEMORY *PropertyMemory), (DeviceInit, DeviceProperty, PoolType, PropertyMemoryAttributes, PropertyMemory))
WDF_FN(NTSTATUS, WdfFdoInitQueryPropertyEx, (PWDFDEVICE_INIT DeviceInit, PWDF_DEVICE_PROPERTY_DATA DeviceProperty, ULONG BufferLength, PVOID PropertyBuffer, PULONG ResultLength, PDEVPROPTYPE Type), (DeviceInit, DeviceProperty, BufferLength, PropertyBuffer, ResultLength, Type))
WDF_FN(NTSTATUS, WdfFdoInitAllocAndQueryPropertyEx, (PWDFDEVICE_INIT DeviceInit, PWDF_DEVICE_PROPERTY_DATA DeviceProperty, POOL_TYPE PoolType, PWDF_OBJECT_ATTRIBUTES PropertyMemoryAttributes, WDFMEMORY *PropertyMemory, PDEVPROPTYPE Type), (DeviceInit, DeviceProperty, PoolType, PropertyMemoryAttributes, PropertyMemory, Type))
WDF_FV(WdfFdoInitSetEventCallbacks, (PWDFDEVICE_INIT DeviceInit, PWDF_FDO_EVENT_CALLBACKS FdoEventCallbacks), (DeviceInit, FdoEventCallbacks))
WDF_FV(WdfFdoInitSetFilter, (PWDFDEVICE_INIT DeviceInit), (DeviceInit))
WDF_FV(WdfFdoInitSetDefaultChildListConfig, (PWDFDEVICE_INIT DeviceInit, PWDF_CHILD_LIST_CONFIG Config, PWDF_OBJECT_ATTRIBUTES DefaultChildListAttributes), (DeviceInit, Config, DefaultChildListAttributes))
WDF_FN(NTSTATUS, WdfFdoQueryForInterface, (WDFDEVICE Fdo, LPCGUID InterfaceType, PINTERFACE Interface, USHORT Size, USHORT Version, PVOID InterfaceSpecificData), (Fdo, InterfaceType, Interface, Size, Version, InterfaceSpecificData))
WDF_FN(WDFCHILDLIST, WdfFdoGetDefaultChildList, (WDFDEVICE Fdo), (Fdo))
WDF_FN(NTSTATUS, WdfFdoAddStaticChild, (WDFDEVICE Fdo, WDFDEVICE Child), (Fdo, Child))
WDF_FV(WdfFdoLockStaticChildListForIteration, (WDFDEVICE Fdo), (Fdo))
WDF_FN(WDFDEVICE, WdfFdoRetrieveNextStaticChild, (WDFDEVICE Fdo, WDFDEVICE PreviousChild, ULONG Flags), (Fdo, PreviousChild, Flags))
WDF_FV(WdfFdoUnlockStaticChildListFromIteration, (WDFDEVICE Fdo), (Fdo))

#endif
