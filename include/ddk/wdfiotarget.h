/*
 * wdfiotarget.h: I/O targets: whom a driver sends its requests to.
 * Source: wdfiotarget/, wdf/using-i-o-targets
 */
#ifndef DDK_WDFIOTARGET_H
#define DDK_WDFIOTARGET_H

typedef enum _WDF_IO_TARGET_STATE {
    WdfIoTargetStateUndefined = 0,
    WdfIoTargetStarted,
    WdfIoTargetStopped,
    WdfIoTargetClosedForQueryRemove,
    WdfIoTargetClosed,
    WdfIoTargetDeleted,
    WdfIoTargetPurged
} WDF_IO_TARGET_STATE, *PWDF_IO_TARGET_STATE;

typedef enum _WDF_IO_TARGET_OPEN_TYPE {
    WdfIoTargetOpenUndefined = 0,
    WdfIoTargetOpenUseExistingDevice = 1,
    WdfIoTargetOpenByName = 2,
    WdfIoTargetOpenReopen = 3,
    WdfIoTargetOpenLocalTargetByFile = 4
} WDF_IO_TARGET_OPEN_TYPE;

typedef enum _WDF_IO_TARGET_SENT_IO_ACTION {
    WdfIoTargetSentIoUndefined = 0,
    WdfIoTargetCancelSentIo,
    WdfIoTargetWaitForSentIoToComplete,
    WdfIoTargetLeaveSentIoPending
} WDF_IO_TARGET_SENT_IO_ACTION;

typedef enum _WDF_IO_TARGET_PURGE_IO_ACTION {
    WdfIoTargetPurgeIoUndefined = 0,
    WdfIoTargetPurgeIoAndWait = 1,
    WdfIoTargetPurgeIo = 2
} WDF_IO_TARGET_PURGE_IO_ACTION;

typedef NTSTATUS EVT_WDF_IO_TARGET_QUERY_REMOVE(WDFIOTARGET IoTarget);
typedef EVT_WDF_IO_TARGET_QUERY_REMOVE *PFN_WDF_IO_TARGET_QUERY_REMOVE;
typedef VOID EVT_WDF_IO_TARGET_REMOVE_CANCELED(WDFIOTARGET IoTarget);
typedef EVT_WDF_IO_TARGET_REMOVE_CANCELED *PFN_WDF_IO_TARGET_REMOVE_CANCELED;
typedef VOID EVT_WDF_IO_TARGET_REMOVE_COMPLETE(WDFIOTARGET IoTarget);
typedef EVT_WDF_IO_TARGET_REMOVE_COMPLETE *PFN_WDF_IO_TARGET_REMOVE_COMPLETE;

typedef struct _WDF_IO_TARGET_OPEN_PARAMS {
    ULONG Size;
    WDF_IO_TARGET_OPEN_TYPE Type;
    PFN_WDF_IO_TARGET_QUERY_REMOVE EvtIoTargetQueryRemove;
    PFN_WDF_IO_TARGET_REMOVE_CANCELED EvtIoTargetRemoveCanceled;
    PFN_WDF_IO_TARGET_REMOVE_COMPLETE EvtIoTargetRemoveComplete;
    PDEVICE_OBJECT TargetDeviceObject; /* WdfIoTargetOpenUseExistingDevice */
    PFILE_OBJECT TargetFileObject;
    UNICODE_STRING TargetDeviceName; /* WdfIoTargetOpenByName, as ZwCreateFile */
    ACCESS_MASK DesiredAccess;
    ULONG ShareAccess;
    ULONG FileAttributes;
    ULONG CreateDisposition;
    ULONG CreateOptions;
    PVOID EaBuffer;
    ULONG EaBufferLength;
    PLONGLONG AllocationSize;
    ULONG FileInformation; /* filled: FILE_OPENED and its like */
    UNICODE_STRING FileName; /* user mode only */
} WDF_IO_TARGET_OPEN_PARAMS, *PWDF_IO_TARGET_OPEN_PARAMS;

DDK_INLINE VOID ddk_target_open_init(PWDF_IO_TARGET_OPEN_PARAMS Params, WDF_IO_TARGET_OPEN_TYPE type)
{
    RtlZeroMemory(Params, sizeof(*Params));
    Params->Size = sizeof(*Params);
    Params->Type = type;
}

DDK_INLINE VOID WDF_IO_TARGET_OPEN_PARAMS_INIT_EXISTING_DEVICE(PWDF_IO_TARGET_OPEN_PARAMS Params,
                                                               PDEVICE_OBJECT DeviceObject)
{
    ddk_target_open_init(Params, WdfIoTargetOpenUseExistingDevice);
    Params->TargetDeviceObject = DeviceObject;
}

DDK_INLINE VOID WDF_IO_TARGET_OPEN_PARAMS_INIT_CREATE_BY_NAME(PWDF_IO_TARGET_OPEN_PARAMS Params,
                                                              PCUNICODE_STRING TargetDeviceName,
                                                              ACCESS_MASK DesiredAccess)
{
    ddk_target_open_init(Params, WdfIoTargetOpenByName);
    Params->TargetDeviceName = *TargetDeviceName;
    Params->DesiredAccess = DesiredAccess;
    Params->CreateOptions = FILE_NON_DIRECTORY_FILE;
}

DDK_INLINE VOID WDF_IO_TARGET_OPEN_PARAMS_INIT_OPEN_BY_NAME(PWDF_IO_TARGET_OPEN_PARAMS Params,
                                                            PCUNICODE_STRING TargetDeviceName,
                                                            ACCESS_MASK DesiredAccess)
{
    WDF_IO_TARGET_OPEN_PARAMS_INIT_CREATE_BY_NAME(Params, TargetDeviceName, DesiredAccess);
    Params->CreateDisposition = FILE_OPEN;
}

DDK_INLINE VOID WDF_IO_TARGET_OPEN_PARAMS_INIT_REOPEN(PWDF_IO_TARGET_OPEN_PARAMS Params)
{
    ddk_target_open_init(Params, WdfIoTargetOpenReopen);
}

/* wdfmemory.h */
typedef struct _WDF_MEMORY_DESCRIPTOR *PWDF_MEMORY_DESCRIPTOR;
typedef struct _WDFMEMORY_OFFSET *PWDFMEMORY_OFFSET;

WDF_FN(NTSTATUS, WdfIoTargetCreate, (WDFDEVICE Device, PWDF_OBJECT_ATTRIBUTES IoTargetAttributes, WDFIOTARGET *IoTarget), (Device, IoTargetAttributes, IoTarget))
WDF_FN(NTSTATUS, WdfIoTargetOpen, (WDFIOTARGET IoTarget, PWDF_IO_TARGET_OPEN_PARAMS OpenParams), (IoTarget, OpenParams))
WDF_FV(WdfIoTargetCloseForQueryRemove, (WDFIOTARGET IoTarget), (IoTarget))
WDF_FV(WdfIoTargetClose, (WDFIOTARGET IoTarget), (IoTarget))
WDF_FN(NTSTATUS, WdfIoTargetStart, (WDFIOTARGET IoTarget), (IoTarget))
WDF_FV(WdfIoTargetStop, (WDFIOTARGET IoTarget, WDF_IO_TARGET_SENT_IO_ACTION Action), (IoTarget, Action))
WDF_FV(WdfIoTargetPurge, (WDFIOTARGET IoTarget, WDF_IO_TARGET_PURGE_IO_ACTION Action), (IoTarget, Action))
WDF_FN(WDF_IO_TARGET_STATE, WdfIoTargetGetState, (WDFIOTARGET IoTarget), (IoTarget))
WDF_FN(WDFDEVICE, WdfIoTargetGetDevice, (WDFIOTARGET IoTarget), (IoTarget))
WDF_FN(NTSTATUS, WdfIoTargetQueryTargetProperty, (WDFIOTARGET IoTarget, DEVICE_REGISTRY_PROPERTY DeviceProperty, ULONG BufferLength, PVOID PropertyBuffer, PULONG ResultLength), (IoTarget, DeviceProperty, BufferLength, PropertyBuffer, ResultLength))
WDF_FN(NTSTATUS, WdfIoTargetAllocAndQueryTargetProperty, (WDFIOTARGET IoTarget, DEVICE_REGISTRY_PROPERTY DeviceProperty, POOL_TYPE PoolType, PWDF_OBJECT_ATTRIBUTES PropertyMemoryAttributes, WDFMEMORY *PropertyMemory), (IoTarget, DeviceProperty, PoolType, PropertyMemoryAttributes, PropertyMemory))
WDF_FN(NTSTATUS, WdfIoTargetQueryForInterface, (WDFIOTARGET IoTarget, LPCGUID InterfaceType, PINTERFACE Interface, USHORT Size, USHORT Version, PVOID InterfaceSpecificData), (IoTarget, InterfaceType, Interface, Size, Version, InterfaceSpecificData))
WDF_FN(PDEVICE_OBJECT, WdfIoTargetWdmGetTargetDeviceObject, (WDFIOTARGET IoTarget), (IoTarget))
WDF_FN(PDEVICE_OBJECT, WdfIoTargetWdmGetTargetPhysicalDevice, (WDFIOTARGET IoTarget), (IoTarget))
WDF_FN(PFILE_OBJECT, WdfIoTargetWdmGetTargetFileObject, (WDFIOTARGET IoTarget), (IoTarget))
WDF_FN(HANDLE, WdfIoTargetWdmGetTargetFileHandle, (WDFIOTARGET IoTarget), (IoTarget))
WDF_FN(NTSTATUS, WdfIoTargetSendReadSynchronously, (WDFIOTARGET IoTarget, WDFREQUEST Request, PWDF_MEMORY_DESCRIPTOR OutputBuffer, PLONGLONG DeviceOffset, PWDF_REQUEST_SEND_OPTIONS RequestOptions, PULONG_PTR BytesRead), (IoTarget, Request, OutputBuffer, DeviceOffset, RequestOptions, BytesRead))
WDF_FN(NTSTATUS, WdfIoTargetFormatRequestForRead, (WDFIOTARGET IoTarget, WDFREQUEST Request, WDFMEMORY OutputBuffer, PWDFMEMORY_OFFSET OutputBufferOffset, PLONGLONG DeviceOffset), (IoTarget, Request, OutputBuffer, OutputBufferOffset, DeviceOffset))
WDF_FN(NTSTATUS, WdfIoTargetSendWriteSynchronously, (WDFIOTARGET IoTarget, WDFREQUEST Request, PWDF_MEMORY_DESCRIPTOR InputBuffer, PLONGLONG DeviceOffset, PWDF_REQUEST_SEND_OPTIONS RequestOptions, PULONG_PTR BytesWritten), (IoTarget, Request, InputBuffer, DeviceOffset, RequestOptions, BytesWritten))
WDF_FN(NTSTATUS, WdfIoTargetFormatRequestForWrite, (WDFIOTARGET IoTarget, WDFREQUEST Request, WDFMEMORY InputBuffer, PWDFMEMORY_OFFSET InputBufferOffset, PLONGLONG DeviceOffset), (IoTarget, Request, InputBuffer, InputBufferOffset, DeviceOffset))
WDF_FN(NTSTATUS, WdfIoTargetSendIoctlSynchronously, (WDFIOTARGET IoTarget, WDFREQUEST Request, ULONG IoctlCode, PWDF_MEMORY_DESCRIPTOR InputBuffer, PWDF_MEMORY_DESCRIPTOR OutputBuffer, PWDF_REQUEST_SEND_OPTIONS RequestOptions, PULONG_PTR BytesReturned), (IoTarget, Request, IoctlCode, InputBuffer, OutputBuffer, RequestOptions, BytesReturned))
WDF_FN(NTSTATUS, WdfIoTargetFormatRequestForIoctl, (WDFIOTARGET IoTarget, WDFREQUEST Request, ULONG IoctlCode, WDFMEMORY InputBuffer, PWDFMEMORY_OFFSET InputBufferOffset, WDFMEMORY OutputBuffer, PWDFMEMORY_OFFSET OutputBufferOffset), (IoTarget, Request, IoctlCode, InputBuffer, InputBufferOffset, OutputBuffer, OutputBufferOffset))
WDF_FN(NTSTATUS, WdfIoTargetSendInternalIoctlSynchronously, (WDFIOTARGET IoTarget, WDFREQUEST Request, ULONG IoctlCode, PWDF_MEMORY_DESCRIPTOR InputBuffer, PWDF_MEMORY_DESCRIPTOR OutputBuffer, PWDF_REQUEST_SEND_OPTIONS RequestOptions, PULONG_PTR BytesReturned), (IoTarget, Request, IoctlCode, InputBuffer, OutputBuffer, RequestOptions, BytesReturned))
WDF_FN(NTSTATUS, WdfIoTargetFormatRequestForInternalIoctl, (WDFIOTARGET IoTarget, WDFREQUEST Request, ULONG IoctlCode, WDFMEMORY InputBuffer, PWDFMEMORY_OFFSET InputBufferOffset, WDFMEMORY OutputBuffer, PWDFMEMORY_OFFSET OutputBufferOffset), (IoTarget, Request, IoctlCode, InputBuffer, InputBufferOffset, OutputBuffer, OutputBufferOffset))
WDF_FN(NTSTATUS, WdfIoTargetSendInternalIoctlOthersSynchronously, (WDFIOTARGET IoTarget, WDFREQUEST Request, ULONG IoctlCode, PWDF_MEMORY_DESCRIPTOR OtherArg1, PWDF_MEMORY_DESCRIPTOR OtherArg2, PWDF_MEMORY_DESCRIPTOR OtherArg4, PWDF_REQUEST_SEND_OPTIONS RequestOptions, PULONG_PTR BytesReturned), (IoTarget, Request, IoctlCode, OtherArg1, OtherArg2, OtherArg4, RequestOptions, BytesReturned))
WDF_FN(NTSTATUS, WdfIoTargetFormatRequestForInternalIoctlOthers, (WDFIOTARGET IoTarget, WDFREQUEST Request, ULONG IoctlCode, WDFMEMORY OtherArg1, PWDFMEMORY_OFFSET OtherArg1Offset, WDFMEMORY OtherArg2, PWDFMEMORY_OFFSET OtherArg2Offset, WDFMEMORY OtherArg4, PWDFMEMORY_OFFSET OtherArg4Offset), (IoTarget, Request, IoctlCode, OtherArg1, OtherArg1Offset, OtherArg2, OtherArg2Offset, OtherArg4, OtherArg4Offset))

#endif
