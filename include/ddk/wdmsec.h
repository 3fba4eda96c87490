/*
 * wdmsec.h: devices created with a security descriptor in words.
 * Source: wdmsec/nf-wdmsec-wdmlibiocreatedevicesecure, kernel/sddl-for-device-objects
 */
#ifndef DDK_WDMSEC_H
#define DDK_WDMSEC_H
#include <ntddk.h>
NTKERNELAPI NTSTATUS NTAPI WdmlibIoCreateDeviceSecure(PDRIVER_OBJECT DriverObject,
                                                      ULONG DeviceExtensionSize,
                                                      PUNICODE_STRING DeviceName,
                                                      DEVICE_TYPE DeviceType,
                                                      ULONG DeviceCharacteristics,
                                                      BOOLEAN Exclusive,
                                                      PCUNICODE_STRING DefaultSDDLString,
                                                      LPCGUID DeviceClassGuid,
                                                      PDEVICE_OBJECT *DeviceObject);
NTKERNELAPI NTSTATUS NTAPI WdmlibIoValidateDeviceIoControlAccess(PIRP Irp, ULONG RequiredAccess);
NTKERNELAPI NTSTATUS NTAPI WdmlibRtlInitUnicodeStringEx(PUNICODE_STRING DestinationString,
                                                        PCWSTR SourceString);
#define IoCreateDeviceSecure WdmlibIoCreateDeviceSecure
#define IoValidateDeviceIoControlAccess WdmlibIoValidateDeviceIoControlAccess
extern const UNICODE_STRING SDDL_DEVOBJ_KERNEL_ONLY;
extern const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL;
extern const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL_ADM_ALL;
extern const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL_ADM_RX;
extern const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_R;
extern const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_R_RES_R;
extern const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_RW_RES_R;
extern const UNICODE_STRING SDDL_DEVOBJ_SYS_ALL_ADM_RWX_WORLD_RWX_RES_RWX;
#endif
