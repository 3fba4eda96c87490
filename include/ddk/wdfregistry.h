/*
 * wdfregistry.h: registry keys as framework objects.
 * Source: wdfregistry/, wdf/using-the-registry-in-wdf-drivers
 */
#ifndef DDK_WDFREGISTRY_H
#define DDK_WDFREGISTRY_H

/* For the DeviceInstanceKeyType of WdfDeviceOpenRegistryKey: a key below the one that is named. */
#define WDF_REGKEY_DEVICE_SUBKEY 0
#define WDF_REGKEY_DRIVER_SUBKEY 0

WDF_FN(NTSTATUS, WdfRegistryOpenKey, (WDFKEY ParentKey, PCUNICODE_STRING KeyName, ACCESS_MASK DesiredAccess, PWDF_OBJECT_ATTRIBUTES KeyAttributes, WDFKEY *Key), (ParentKey, KeyName, DesiredAccess, KeyAttributes, Key))
WDF_FN(NTSTATUS, WdfRegistryCreateKey, (WDFKEY ParentKey, PCUNICODE_STRING KeyName, ACCESS_MASK DesiredAccess, ULONG CreateOptions, PULONG CreateDisposition, PWDF_OBJECT_ATTRIBUTES KeyAttributes, WDFKEY *Key), (ParentKey, KeyName, DesiredAccess, CreateOptions, CreateDisposition, KeyAttributes, Key))
WDF_FV(WdfRegistryClose, (WDFKEY Key), (Key))
WDF_FN(HANDLE, WdfRegistryWdmGetHandle, (WDFKEY Key), (Key))
WDF_FN(NTSTATUS, WdfRegistryRemoveKey, (WDFKEY Key), (Key))
WDF_FN(NTSTATUS, WdfRegistryRemoveValue, (WDFKEY Key, PCUNICODE_STRING ValueName), (Key, ValueName))
WDF_FN(NTSTATUS, WdfRegistryQueryValue, (WDFKEY Key, PCUNICODE_STRING ValueName, ULONG ValueLength, PVOID Value, PULONG ValueLengthQueried, PULONG ValueType), (Key, ValueName, ValueLength, Value, ValueLengthQueried, ValueType))
WDF_FN(NTSTATUS, WdfRegistryQueryMemory, (WDFKEY Key, PCUNICODE_STRING ValueName, POOL_TYPE PoolType, PWDF_OBJECT_ATTRIBUTES MemoryAttributes, WDFMEMORY *Memory, PULONG ValueType), (Key, ValueName, PoolType, MemoryAttributes, Memory, ValueType))
WDF_FN(NTSTATUS, WdfRegistryQueryMultiString, (WDFKEY Key, PCUNICODE_STRING ValueName, PWDF_OBJECT_ATTRIBUTES StringsAttributes, WDFCOLLECTION Collection), (Key, ValueName, StringsAttributes, Collection))
WDF_FN(NTSTATUS, WdfRegistryQueryUnicodeString, (WDFKEY Key, PCUNICODE_STRING ValueName, PUSHORT ValueByteLength, PUNICODE_STRING Value), (Key, ValueName, ValueByteLength, Value))
WDF_FN(NTSTATUS, WdfRegistryQueryString, (WDFKEY Key, PCUNICODE_STRING ValueName, WDFSTRING String), (Key, ValueName, String))
WDF_FN(NTSTATUS, WdfRegistryQueryULong, (WDFKEY Key, PCUNICODE_STRING ValueName, PULONG Value), (Key, ValueName, Value))
WDF_FN(NTSTATUS, WdfRegistryAssignValue, (WDFKEY Key, PCUNICODE_STRING ValueName, ULONG ValueType, ULONG ValueLength, PVOID Value), (Key, ValueName, ValueType, ValueLength, Value))
WDF_FN(NTSTATUS, WdfRegistryAssignMemory, (WDFKEY Key, PCUNICODE_STRING ValueName, ULONG ValueType, WDFMEMORY Memory, PWDFMEMORY_OFFSET MemoryOffsets), (Key, ValueName, ValueType, Memory, MemoryOffsets))
WDF_FN(NTSTATUS, WdfRegistryAssignMultiString, (WDFKEY Key, PCUNICODE_STRING ValueName, WDFCOLLECTION StringsCollection), (Key, ValueName, StringsCollection))
WDF_FN(NTSTATUS, WdfRegistryAssignUnicodeString, (WDFKEY Key, PCUNICODE_STRING ValueName, PCUNICODE_STRING Value), (Key, ValueName, Value))
WDF_FN(NTSTATUS, WdfRegistryAssignString, (WDFKEY Key, PCUNICODE_STRING ValueName, WDFSTRING String), (Key, ValueName, String))
WDF_FN(NTSTATUS, WdfRegistryAssignULong, (WDFKEY Key, PCUNICODE_STRING ValueName, ULONG Value), (Key, ValueName, Value))

#endif
